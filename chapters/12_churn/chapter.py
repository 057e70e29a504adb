# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 12 · Capstone: bank churn
#
# After this chapter you can take a table of customers from a raw CSV file to a model that accepts raw rows, and
# to a submission file, and say at each step what could have fooled you.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 2](02_functional.ipynb) (several inputs), [6](06_metrics.ipynb) (metrics), [7](07_data.ipynb) (class weights), [8](08_callbacks.ipynb) (early stopping) |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex12_churn }} |

# %% tags=["parameters"]
SEED = 0  # int: seed of the split, of weights and of shuffling
EPOCHS = 15  # int: most passes over the training rows; training stops early
HIDDEN_UNITS = 32  # int: units of the first hidden layer, twice those of the second

# %%
import os
import re
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes

# %% [markdown]
# ## The question and the data
#
# A bank wants to know which customers are about to leave, so that it can make them an offer. The schema is that of
# Kaggle's [Playground Series S4E1](https://www.kaggle.com/competitions/playground-series-s4e1).
#
# > **Note** The rows you see here are **synthetic**: no customer in them exists. A script in the course's repository,
# > `data/keras/datasets/bank-churn/make_sample.py`, made them and says how. If you put the competition's own `train.csv` and
# > `test.csv` beside the sample, this notebook works on those instead.

# %%
DATA = "{{ data }}keras/datasets/bank-churn/"


def churn_file(name):
    """Path of a file of the sample: beside this notebook, else downloaded once."""
    if Path(name).exists():
        return Path(name)
    try:
        path = keras.utils.get_file(name, origin=DATA + name, cache_subdir="datasets/bank-churn")
    except Exception:
        raise FileNotFoundError(
            f"{name} cannot be downloaded here. Put it beside this notebook (in Colab: drag it into the "
            "panel Files) and run this cell again. The course has it in data/keras/datasets/bank-churn/."
        ) from None
    return Path(path)


competition = churn_file("sample.csv").with_name("train.csv")
is_sample = not competition.exists()
print("rows from", "the synthetic sample" if is_sample else "the competition's files")

# %% [markdown]
# ## Check the schema before you look at a single number
#
# A model accepts nonsense without a word: an age of 420, a balance in cents, a column that somebody renamed. So the first thing
# that reads the file is a list of rules. What breaks one is refused, with the column and the row.

# %%
FEATURES = ["CreditScore", "Geography", "Gender", "Age", "Tenure", "Balance"]
FEATURES += ["NumOfProducts", "HasCrCard", "IsActiveMember", "EstimatedSalary"]
STRINGS = ["Geography", "Gender"]
RULES = {  # column: which entries are right
    "id": lambda column: ~column.duplicated(),
    "Age": lambda column: column.between(18, 100),
    "Balance": lambda column: column >= 0,
    "HasCrCard": lambda column: column.isin([0, 1]) | column.isna(),
    "IsActiveMember": lambda column: column.isin([0, 1]) | column.isna(),
    "Exited": lambda column: column.isin([0, 1]),
}


def read_customers(path):
    frame = pd.read_csv(path)
    missing = {"id", "CustomerId", "Surname", *FEATURES} - set(frame.columns)
    if missing:
        raise ValueError(f"columns missing: {sorted(missing)}")
    for column, is_right in RULES.items():
        if column in frame and not is_right(frame[column]).all():
            row = frame.loc[~is_right(frame[column]), "id"].iloc[0]
            raise ValueError(f"{column} is wrong in the row with id {row}")
    return frame


# %%
if is_sample:
    customers = read_customers(churn_file("sample.csv"))
    unseen = read_customers(churn_file("heldout.csv"))
else:
    customers = read_customers(competition)
    unseen = customers.sample(frac=0.2, random_state=SEED)
    customers = customers.drop(unseen.index)
assert 0.1 < customers["Exited"].mean() < 0.3

# %% [markdown]
# The rules earn their keep the first time that a file is damaged. Here one age is mistyped:

# %%
damaged = customers.copy()
damaged.loc[damaged.index[7], "Age"] = 420
damaged.to_csv(folder / "damaged.csv", index=False)
try:
    read_customers(folder / "damaged.csv")
except ValueError as error:
    assert str(damaged["id"].iloc[7]) in str(error)
    print("ValueError: Age is wrong in the row with id …, and the id is that of the row")

# %% [markdown]
# ## Look for the shape of the answer
#
# Two pictures decide which model can work. Left: the share of customers who left, by age. It rises to a hump and falls
# again, which no straight line can follow. Right: by number of products and balance. What one of the two means depends on
# the other.

# %% alt="Left: line chart of the share of customers who left by age, low for the young, highest in the fifties, lower again after. Right: heat map of that share by number of products, one to four, and whether the balance is zero" tags=["nbval-ignore-output"]
age_band = customers["Age"].clip(20, 75) // 5 * 5
by_age = customers.groupby(age_band)["Exited"].mean()
has_money = np.where(customers["Balance"] > 0, "balance > 0", "balance = 0")
by_product = customers.pivot_table("Exited", has_money, "NumOfProducts")

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.plot(by_age.index + 2.5, by_age, "o-")
left.set(xlabel="age in years", ylabel="share who left", title="The risk has a hump")
right.imshow(by_product, cmap="Blues", vmin=0, vmax=1, aspect="auto")
right.grid(False)
for (i, j), share in np.ndenumerate(by_product.to_numpy()):
    color = "white" if share > 0.5 else "black"
    right.text(j, i, f"{share:.0%}", ha="center", va="center", color=color)
right.set_xticks(range(4), by_product.columns)
right.set_yticks(range(2), by_product.index)
right.set(xlabel="number of products", title="Balance and products act together")
plt.show()
assert 40 < by_age.idxmax() < 65 and by_age.iloc[-1] < by_age.max() > by_age.iloc[0]

# %% [markdown]
# ## Identifiers that know too much
#
# The **AUC** (area under the ROC curve) is the share of pairs, one customer who left and one who stayed, that a score puts in
# the right order: 0.5 is a coin, 1.0 is perfect. It needs no model: any column can be a score.


# %%
def area_under_curve(y, score):
    """AUC by ranks: exact, also where scores are equal."""
    rank = pd.Series(np.ravel(score)).rank().to_numpy()
    positive = np.asarray(y) == 1
    n_1, n_0 = positive.sum(), (~positive).sum()
    return (rank[positive].sum() - n_1 * (n_1 + 1) / 2) / (n_1 * n_0)


print("three of four pairs in order:", area_under_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))

# %% [markdown]
# > **Pitfall: a column that gives the answer away.** In this sample, `CustomerId` alone beats every honest model. On new
# > customers it is worth nothing. Nobody leaves a bank because of a number in its files: the ids were given out, or the rows
# > sorted, by somebody who knew the answer. This is called **leakage**, and a high score is its only symptom.

# %%
if is_sample:
    inside = area_under_curve(customers["Exited"], customers["CustomerId"])
    outside = area_under_curve(unseen["Exited"], unseen["CustomerId"])
    print(f"CustomerId as a score: AUC {inside:.2f} in the sample, {outside:.2f} on new customers")
    assert inside > 0.9 and abs(outside - 0.5) < 0.05

# %% [markdown]
# So `id`, `CustomerId` and `Surname` are no features. Ask of every column: *would I have this number on the day of the
# prediction, and can it be a reason?*

# %% [markdown]
# ## Split first, fit afterwards
#
# Whatever is *fitted*, a network, a mean, a vocabulary, sees the training rows only. So the split comes before all of them. It
# is random (the rows may be sorted, and in this sample they are) and **stratified**: both parts have the same share of
# leavers.


# %%
def split(frame, fraction, seed):
    validation = frame.groupby("Exited").sample(frac=fraction, random_state=seed)
    return frame.drop(validation.index), validation


train, validation = split(customers, 0.25, SEED)
print(f"rows: {len(train):,} to train, {len(validation):,} to validate")
print(f"left: {train['Exited'].mean():.3f} and {validation['Exited'].mean():.3f}")
assert abs(train["Exited"].mean() - validation["Exited"].mean()) < 1e-3

# %% [markdown]
# > **Pitfall: the first rows are not a sample.** Take the first quarter of the file instead, as `validation_split` would
# > take the last, and the parts are about different customers.

# %%
first, rest = customers.iloc[: len(validation)], customers.iloc[len(validation) :]
if is_sample:
    print(
        f"left: {first['Exited'].mean():.2f} in the first quarter, {rest['Exited'].mean():.2f} after it"
    )
    assert first["Exited"].mean() > 2 * rest["Exited"].mean()

# %% [markdown]
# ## Preprocessing that travels with the model
#
# A network wants small numbers. If the code that makes them lives outside the model, it must be kept in step with it, in every
# program that ever asks for a prediction. Put it *inside*: then one file takes raw rows.
#
# - Numbers: an empty cell (NaN) becomes the mean of the training rows, then `Normalization` subtracts the mean and divides by
#   the standard deviation.
# - Strings: `StringLookup` turns a country into a one-hot row, with one extra column for countries it has never seen.
#
# Each of the ten inputs takes an array of shape `(n,)`. For strings that is an array of `object`.


# %%
def features(frame):
    return {
        name: frame[name].to_numpy(object if name in STRINGS else "float32") for name in FEATURES
    }


def encoder(train):
    """Ten named inputs, and one row of numbers for each customer; fitted on train."""
    inputs, encoded = {}, []
    for name in FEATURES:
        if name in STRINGS:
            x = inputs[name] = keras.Input((), name=name, dtype="string")
            vocabulary = sorted(train[name].unique())
            encoded.append(layers.StringLookup(vocabulary=vocabulary, output_mode="one_hot")(x))
        else:
            mean, variance = float(train[name].mean()), float(train[name].var())
            x = inputs[name] = keras.Input((), name=name, dtype="float32")
            x = ops.expand_dims(ops.where(ops.isnan(x), mean, x), -1)
            encoded.append(layers.Normalization(axis=None, mean=mean, variance=variance)(x))
    return keras.Model(inputs, layers.Concatenate()(encoded), name="encoder")


# %%
encode = encoder(train)
rows = encode.predict(features(train), verbose=0)
print("ten columns in,", rows.shape[1], "numbers out")

strange = validation.head(3).assign(Geography="Atlantis", HasCrCard=np.nan)
assert np.isfinite(encode.predict(features(strange), verbose=0)).all()
np.testing.assert_allclose(rows[:, 0].std(), 1, rtol=1e-2)

# %% [markdown]
# The first column is `CreditScore`: its mean is 0 and its standard deviation 1 on the training rows, and a customer from Atlantis
# whose card is unknown still gets numbers.

# %% [markdown]
# ## A baseline: logistic regression is one unit
#
# Before you believe in a network, know what a straight line achieves. A logistic regression is a `Dense` layer with one
# sigmoid unit on the same encoded inputs.


# %%
def churn_model(train, hidden_units):
    """From raw features to a probability; hidden_units may be empty."""
    encode = encoder(train)
    x = encode.output
    for units in hidden_units:
        x = layers.Dense(units, activation="relu")(x)
    return keras.Model(encode.input, layers.Dense(1, activation="sigmoid")(x))


def labels(frame):
    return frame["Exited"].to_numpy("float32")


def probabilities(model, frame):
    """All rows in one call: for a few thousand rows that is quicker than `predict`."""
    tensors = {name: tf.constant(values) for name, values in features(frame).items()}
    return np.ravel(model(tensors, training=False))


# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
logistic = churn_model(train, [])
logistic.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
logistic.fit(features(train), labels(train), batch_size=256, epochs=6, verbose=0)
baseline = area_under_curve(labels(validation), probabilities(logistic, validation))
print(f"logistic regression: AUC {baseline:.2f} on validation")
assert 0.7 < baseline < 0.86

# %% [markdown]
# ## Imbalance: the rare class is outvoted
#
# One customer in five leaves. A model that says *stays* to everybody is right four times out of five, and finds nobody. That is
# why accuracy is not the metric here.
#
# > **Pitfall: accuracy on rare events.**

# %%
nobody = np.zeros(len(validation))
accuracy = (nobody == labels(validation)).mean()
print(f"saying “stays” to everybody: accuracy {accuracy:.0%}, recall 0 %")
assert accuracy > 0.75

# %% [markdown]
# A weight per class lets both classes count alike: *n / (2 · count)*. And a metric of our own says what the bank cares about:
# the mean of the two recalls, **balanced accuracy**, which is 50 % for the trick above. It streams, as chapter 6 asks: counts are
# summed over batches, the ratio is taken at the end.


# %%
@keras.saving.register_keras_serializable(package="churn")
class BalancedAccuracy(keras.metrics.Metric):
    """Mean recall of leavers and stayers at threshold 0.5."""

    def __init__(self, name="balanced_accuracy", **kwargs):
        super().__init__(name=name, **kwargs)
        self.right = self.add_weight(name="right", shape=(2,), initializer="zeros")
        self.total = self.add_weight(name="total", shape=(2,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        decision = ops.reshape(ops.cast(y_pred >= 0.5, "int32"), (-1,))
        one_hot = ops.one_hot(y_true, 2)
        hit = ops.cast(ops.equal(y_true, decision), one_hot.dtype)
        self.right.assign_add(ops.sum(one_hot * hit[:, None], axis=0))
        self.total.assign_add(ops.sum(one_hot, axis=0))

    def result(self):
        return ops.mean(ops.divide_no_nan(self.right, self.total))


metric = BalancedAccuracy()
metric.update_state(labels(validation), nobody[:, None])
assert float(metric.result()) == 0.5

# %% [markdown]
# > **Note** The metric ignores `sample_weight` on purpose. Class weights are for the loss; what we report should count real customers.

# %% [markdown]
# ## Train, and stop in time
#
# Twice the same network: without class weights, and with them. `EarlyStopping` watches the validation AUC, where larger is
# better, and puts the weights of the best epoch back.


# %%
def fit(model, class_weight=None):
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss="binary_crossentropy",
        metrics=[keras.metrics.AUC(name="auc"), BalancedAccuracy()],
    )
    stop = keras.callbacks.EarlyStopping(
        "val_auc", mode="max", patience=4, restore_best_weights=True
    )
    return model.fit(
        features(train),
        labels(train),
        batch_size=128,
        epochs=EPOCHS,
        validation_data=(features(validation), labels(validation)),
        validation_batch_size=1000,
        class_weight=class_weight,
        callbacks=[stop],
        verbose=0,
    ).history


# %% tags=["nbval-ignore-output"]
counts = np.bincount(labels(train).astype(int))
class_weight = {label: float(len(train) / (2 * count)) for label, count in enumerate(counts)}
units = [HIDDEN_UNITS, HIDDEN_UNITS // 2]

keras.utils.set_random_seed(SEED)
plain = churn_model(train, units)
plain_history = fit(plain)
keras.utils.set_random_seed(SEED)
model = churn_model(train, units)
history = fit(model, class_weight)
print("class weights", {label: round(weight, 2) for label, weight in class_weight.items()})

# %% alt="Two line charts over the epochs: the validation AUC of both networks rises to about the same level; the balanced accuracy on validation is clearly higher with class weights" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
for ax, name, told in zip(axes, ["val_auc", "val_balanced_accuracy"], ["AUC", "balanced accuracy"]):
    for curve, label, style in [(history, "with", "o-"), (plain_history, "without", "s--")]:
        epochs = range(1, len(curve[name]) + 1)
        ax.plot(epochs, curve[name], style, markersize=3, label=f"{label} class weights")
    ax.set(xlabel="epoch", ylabel=f"{told} on validation")
    ax.legend()
fig.suptitle("Class weights move the decision at 0.5, not the order")
plt.show()

# %% [markdown]
# The AUC is about the same: it asks for the order of customers only. What the weights change is the level of the
# probabilities, and with it who is above 0.5.


# %% tags=["nbval-ignore-output"]
def recall(y, probability, threshold):
    return (probability[y == 1] >= threshold).mean()


for name, candidate in [("without", plain), ("with", model)]:
    p = probabilities(candidate, validation)
    auc = area_under_curve(labels(validation), p)
    print(
        f"{name:8} weights: AUC {auc:.2f}, recall at 0.5 {recall(labels(validation), p, 0.5):.2f}"
    )

p_plain, p_model = probabilities(plain, validation), probabilities(model, validation)
assert recall(labels(validation), p_model, 0.5) > recall(labels(validation), p_plain, 0.5)

# %% [markdown]
# ## Is it better than the line?
#
# The **ROC curve** shows all thresholds at once: how many leavers are found, against how many stayers are bothered for nothing.


# %%
def roc_curve(y, score):
    """False positive rate and true positive rate, from the highest threshold to the lowest."""
    ordered = np.asarray(y)[np.argsort(-score, kind="stable")]
    found, bothered = np.cumsum(ordered == 1), np.cumsum(ordered == 0)
    return np.r_[0, bothered / bothered[-1]], np.r_[0, found / found[-1]]


# %% alt="ROC curves on validation: the network's curve lies well above that of logistic regression, both above the diagonal of a coin" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(5, 4.2), layout="constrained")
for name, candidate, style in [("network", model, "-"), ("logistic regression", logistic, "--")]:
    p = probabilities(candidate, validation)
    auc = area_under_curve(labels(validation), p)
    ax.plot(*roc_curve(labels(validation), p), style, label=f"{name}, AUC {auc:.2f}")
ax.plot([0, 1], [0, 1], ":", color="0.5", label="coin, AUC 0.50")
ax.set(xlabel="share of stayers bothered", ylabel="share of leavers found")
ax.set_title("The network finds more for the same bother")
ax.legend(loc="lower right")
plt.show()

# %%
x, y = roc_curve(labels(validation), p_model)
area = np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)  # trapezoids below the curve
np.testing.assert_allclose(area, area_under_curve(labels(validation), p_model), atol=0.01)
gain = area_under_curve(labels(validation), p_model) - baseline
assert gain > 0.02

# %% [markdown]
# ## Choose the threshold, don't inherit it
#
# 0.5 is nobody's decision. Say an offer costs 20 and keeps one leaver in three, who is worth 400. Then what each threshold
# earns can be counted on the validation rows.

# %% alt="Curve of the profit per thousand customers against the threshold: it rises to a maximum at a low threshold and falls to zero at 1; a dashed line marks the best threshold and a dotted line 0.5" tags=["nbval-ignore-output"]
COST, VALUE, KEPT = 20, 400, 1 / 3
thresholds = np.linspace(0, 1, 101)
y_true = labels(validation)
offers = np.array([(p_model >= t).sum() for t in thresholds])
leavers = np.array([((p_model >= t) & (y_true == 1)).sum() for t in thresholds])
profit = 1000 * (leavers * KEPT * VALUE - offers * COST) / len(y_true)
best = thresholds[profit.argmax()]

fig, ax = plt.subplots()
ax.plot(thresholds, profit)
ax.axvline(best, linestyle="--", color="C1", label=f"best threshold, {best:.2f}")
ax.axvline(0.5, linestyle=":", color="0.4", label="0.5")
ax.set(
    xlabel="threshold",
    ylabel="profit per 1,000 customers",
    title="The best threshold is a matter of money",
)
ax.legend()
plt.show()
assert profit.max() >= profit[50] and profit.max() > 0

# %% [markdown]
# The other way to choose: somebody asks for a recall, and you take the *largest* threshold that reaches it. (The assignment
# asks you to write this one.)

# %% [markdown]
# ## Do the probabilities mean what they say?
#
# Among customers with a probability of 0.7, seven of ten should leave. A **calibration plot** checks that: group by predicted
# probability, compare with the share that left. Class weights break it, and by a known factor: leavers counted *w₁ / w₀*
# times as much. Dividing the odds by that factor repairs it:
#
# $$p' = \frac{p}{p + (1 - p)\, w_1 / w_0}$$

# %% alt="Calibration plot: the curve of the class-weighted network lies far below the diagonal, it promises too much; the corrected probabilities lie close to the diagonal" tags=["nbval-ignore-output"]
factor = class_weight[1] / class_weight[0]
corrected = p_model / (p_model + (1 - p_model) * factor)

fig, ax = plt.subplots(figsize=(5, 4.2), layout="constrained")
for name, p, style in [("with class weights", p_model, "o-"), ("corrected", corrected, "s--")]:
    group = pd.qcut(p, 10, labels=False, duplicates="drop")
    table = pd.DataFrame({"p": p, "left": y_true}).groupby(group).mean()
    ax.plot(table["p"], table["left"], style, markersize=4, label=name)
ax.plot([0, 1], [0, 1], ":", color="0.5", label="means what it says")
ax.set(
    xlabel="predicted probability", ylabel="share who left", title="Class weights promise too much"
)
ax.legend()
plt.show()

# %%
assert p_model.mean() > 1.3 * y_true.mean()
assert abs(corrected.mean() - y_true.mean()) < abs(p_model.mean() - y_true.mean()) / 2
np.testing.assert_allclose(
    area_under_curve(y_true, corrected), area_under_curve(y_true, p_model), atol=1e-3
)

# %% [markdown]
# The order of customers, and so the AUC, is the same before and after. The Brier score or the log loss would show the difference.

# %% [markdown]
# ## One file that takes raw rows
#
# Put the correction into the model as well, and save. The encoder, the vocabulary, the means, the network: all in one file,
# which `load_model` reads without any code of this notebook: every layer in it is Keras's own.


# %%
p = model.output
final = keras.Model(model.input, p / (p + (1 - p) * float(factor)), name="churn")
final.save(folder / "churn.keras")

loaded = keras.saving.load_model(folder / "churn.keras")
np.testing.assert_allclose(probabilities(loaded, validation), corrected, rtol=1e-3, atol=1e-5)
print("inputs:", ", ".join(sorted(loaded.input)[:4]), "…")

# %% [markdown]
# > **Pitfall: preprocessing left outside.** Feed the saved *network* alone with raw rows, without its encoder, and nothing
# > complains: it takes any fifteen numbers. It just answers nonsense.

# %% tags=["nbval-ignore-output"]
head = keras.Sequential([layer for layer in model.layers if isinstance(layer, layers.Dense)])
raw = np.zeros((len(validation), rows.shape[1]), dtype="float32")
numbers = [name for name in FEATURES if name not in STRINGS]
raw[:, : len(numbers)] = validation[numbers].fillna(0)
answers = np.ravel(head(raw))
print(f"AUC with raw numbers: {area_under_curve(y_true, answers):.2f}")
assert area_under_curve(y_true, answers) < area_under_curve(y_true, p_model) - 0.1

# %% [markdown]
# ## The answer, once
#
# The rows that nothing has been fitted on, chosen by or stopped on: they are asked one time.

# %% tags=["nbval-ignore-output"]
final_auc = area_under_curve(labels(unseen), probabilities(loaded, unseen))
line_auc = area_under_curve(labels(unseen), probabilities(logistic, unseen))
print(f"on unseen customers: network {final_auc:.2f}, logistic regression {line_auc:.2f}")
assert final_auc > line_auc

# %% [markdown]
# ## The submission file
#
# Kaggle wants two columns, `id` and `Exited`, one row per customer, probabilities. Write to a temporary name and rename at the end:
# then the file is either complete or not there.

# %%
submission_rows = unseen if is_sample else read_customers(competition.with_name("test.csv"))
submission = pd.DataFrame(
    {"id": submission_rows["id"], "Exited": probabilities(loaded, submission_rows)}
)
assert submission["Exited"].between(0, 1).all() and submission["id"].is_unique

submission.to_csv(folder / "submission.csv.part", index=False)
os.replace(folder / "submission.csv.part", folder / "submission.csv")
written = pd.read_csv(folder / "submission.csv")
assert list(written.columns) == ["id", "Exited"] and len(written) == len(submission_rows)
print(
    "columns:",
    list(written.columns),
    "| one row per customer:",
    len(written) == len(submission_rows),
)

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `tf.feature_column.…` with `DenseFeatures` | `AttributeError`: gone from Keras | preprocessing layers in the model |
# | `layers.experimental.preprocessing.Normalization` | `AttributeError` | `layers.Normalization` |
# | `keras.wrappers.scikit_learn.KerasClassifier` | `AttributeError` | `keras.wrappers.SKLearnClassifier`, or `fit` as here |
# | `model.predict_proba(x)` | `AttributeError` | `model.predict(x)` |
# | strings as NumPy `<U…` arrays | `ValueError: Invalid dtype` in `predict` | arrays of `object`, as `features` makes them |
#
# Each line, tried:

# %%
fixed_width = {**features(validation.head(2)), "Gender": np.array(["Male", "Male"])}
attempts = {
    "DenseFeatures": lambda: layers.DenseFeatures,
    "experimental": lambda: layers.experimental,
    "scikit_learn": lambda: keras.wrappers.scikit_learn,
    "predict_proba": lambda: model.predict_proba(features(validation)),
    "<U4 strings": lambda: model.predict(fixed_width, verbose=0),
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:14} runs")
    except (AttributeError, ValueError) as error:
        first_line = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0]
        print(f"{label:14} {type(error).__name__}: {first_line[:60]}")

# %% [markdown]
# ## Try it
#
# **1.** Add `CustomerId` to `FEATURES` and run everything again. What do validation and the unseen customers say?
#
# <details><summary>Answer</summary>
#
# Validation AUC goes above 0.95: validation comes from the same file, so it has the same leak. Only the unseen customers tell the
# truth, and there the AUC falls below that of logistic regression, because the network leans on a column that means nothing.
#
# </details>
#
# **2.** Give logistic regression what it lacks: add `(Age - 53) ** 2` and a column *no balance and one product*. How far does it
# get?
#
# <details><summary>Answer</summary>
#
# Nearly as far as the network. A hidden layer finds such columns by itself; if you know them, you don't need it.
#
# </details>
#
# **3.** What happens to the calibration plot if you train without class weights?
#
# <details><summary>Answer</summary>
#
# The curve lies on the diagonal without any correction. Cross-entropy on the true shares is calibrated; the weights are a choice that
# you pay for.
#
# </details>

# %% [markdown]
# ## Recap
#
# | step | what can fool you | what guards against it |
# |---|---|---|
# | read | damaged or renamed columns | rules that name column and row |
# | choose features | identifiers that leak | AUC of every single column, on new rows |
# | split | sorted rows | random, stratified, before anything is fitted |
# | encode | code outside the model | layers inside it, one file |
# | train | the rare class outvoted | class weights, recall, AUC |
# | decide | 0.5 by habit | money, or a recall that somebody asked for |
# | trust | probabilities that promise too much | calibration plot, corrected odds |
#
# **Read on** in the official documentation:
# [Structured data classification](https://keras.io/examples/structured_data/structured_data_classification_from_scratch/),
# [Imbalanced classification](https://keras.io/examples/structured_data/imbalanced_classification/),
# [Preprocessing layers](https://keras.io/api/layers/preprocessing_layers/).
#
# **Now you:** the assignment [ex12_churn](../exercises/ex12_churn/ex12_churn.ipynb), {{ ex12_churn.tasks }}. You are through: the
# [map of the course](00_index.ipynb) has the glossary.
