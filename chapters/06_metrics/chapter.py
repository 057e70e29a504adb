# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 6 · Custom metrics
#
# After this chapter you can choose metrics, write your own that stay right over batches, weights and epochs, and watch what
# happens inside a model while it trains.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 4](04_layers.ipynb) (custom layers), [5](05_losses.ipynb) (loss functions, sample weights) |
# | **Running time** | about 35 s on two CPU cores |
# | **Assignment** | {{ ex06_metrics }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of data, weights and shuffling, 0 to 2,147,483,647
TRAIN_SIZE = 6_000  # int: training images used, 1,000 to 60,000
EPOCHS = 4  # int: passes over the training images, 1 to 30

# %%
import re
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 2**31 - 1, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 1_000 <= TRAIN_SIZE <= 60_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 60,000 images."
assert 1 <= EPOCHS <= 30, f"EPOCHS is {EPOCHS}: choose 1 to 30 passes."

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes
tf.get_logger().setLevel("ERROR")  # many small models are compiled here: no remarks on that


def first_line(error):
    """Return the first sentence of an error's message, without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0].split(". ")[0][:88]


# %% [markdown]
# ## A loss trains, a metric tells
#
# | | loss | metric |
# |---|---|---|
# | its reader | the optimizer | a person, or something that decides for one |
# | has to have | a [slope](05_losses.ipynb#A-loss-needs-a-slope,-a-metric-does-not) | a meaning |
# | computed from | one batch | everything since the last reset: an epoch, a test set |
# | changes the training | yes | no |
#
# The data of this chapter: 1,000 loans, about one in seven not paid back (label 1). The model for the next sections has one
# unit whose weights are set by hand, so that its numbers are the same everywhere.

# %%
generator = np.random.default_rng(SEED)
x = generator.normal(size=(1000, 2)).astype("float32")
true_probability = 1 / (1 + np.exp(3 - 2 * x[:, 0] - x[:, 1]))
y = (generator.uniform(size=1000) < true_probability).astype("int64")


def loan_model(bias=-3.0, scale=1.0, activation="sigmoid"):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation=activation)])
    model.set_weights([scale * np.array([[2.0], [1.0]]), np.array([bias])])
    return model


def evaluate(model, *data, **arguments):
    logs = model.evaluate(*data, verbose=0, return_dict=True, **arguments)
    return {name: round(value, 3) for name, value in logs.items()}


y_pred = loan_model().predict(x, verbose=0)
print(f"{len(y)} loans, {y.mean():.0%} not paid back; predictions {y_pred.shape}")

# %% [markdown]
# ## Metrics in `compile`
#
# `metrics` is a list. An entry is a string, an object, or a function `(y_true, y_pred)`. Ask for as many as you like.


# %%
def mean_probability(y_true, y_pred):
    """The output itself, whatever the truth: a metric may ignore one of the two."""
    return y_pred


metrics = ["accuracy", keras.metrics.Precision(), keras.metrics.Recall(name="found")]
metrics += [keras.metrics.AUC(), "mse", mean_probability]
model = loan_model()
model.compile(loss="binary_crossentropy", metrics=metrics)
for name, value in evaluate(model, x, y).items():
    print(f"{name:17} {value}")

# %% [markdown]
# The name in the logs is the string you wrote, the object's `name`, or the function's name. With `return_dict=True` you need no order.
#
# | question | metric |
# |---|---|
# | how many answers are right? | `"accuracy"`; `SparseTopKCategoricalAccuracy(k)` counts the first *k* guesses |
# | of those called positive, how many are? | `Precision()` |
# | of the positives, how many are found? | `Recall()` |
# | both in one number | `F1Score(threshold=…)`, `FBetaScore(beta=…, threshold=…)` |
# | how often is a positive ranked above a negative? | `AUC()` |
# | how far off is a number? | `"mae"`, `"mse"`, `RootMeanSquaredError()`, `MeanAbsolutePercentageError()`, `R2Score()` |
# | how well do areas overlap? | `MeanIoU(num_classes)` |
#
# > **Pitfall: accuracy where one class is rare.** A model that never says *yes* is right about six times out of seven. Precision and recall
# > are 0, and the AUC is 0.5, that of a coin.

# %%
scores = {}
for label, model in [("model", loan_model()), ("always no", loan_model(bias=-9.0, scale=0.0))]:
    metrics = [keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall")]
    metrics += ["accuracy", keras.metrics.AUC(name="auc")]
    model.compile(loss="binary_crossentropy", metrics=metrics)
    scores[label] = evaluate(model, x, y)
    print(label, scores[label])
assert scores["always no"]["accuracy"] > 0.8, "Expected few positives; another seed may differ."

# %% [markdown]
# "Positive" means: above a threshold, 0.5 if nothing is said. Is that the right place? Move it. Further left, more of the bad loans are found, and more
# good customers are turned away. (`Precision` and `Recall` take a list of thresholds, so one pass over the data gives both curves.)

# %% tags=["playground"] alt="Left, histogram of the predicted probabilities: bars for loans paid back pile up near 0, those for loans not paid back are spread out; a vertical line marks the threshold 0.5. Right, over the threshold precision rises and recall falls; dots mark both at 0.5, where precision is above recall"
steps = [i / 50 for i in range(1, 46)]
curves = {"precision": keras.metrics.Precision(steps), "recall": keras.metrics.Recall(steps)}
for name, metric in curves.items():
    metric.update_state(y, y_pred)
    curves[name] = ops.convert_to_numpy(metric.result())


def show_threshold(threshold):
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    groups = [y_pred[y == 0, 0], y_pred[y == 1, 0]]
    left.hist(groups, bins=20, label=["paid back", "not paid back"])
    left.axvline(threshold, color="black", linestyle="--")
    left.set(xlabel="predicted probability", ylabel="loans", yscale="log")
    left.set_title(f"{(y_pred > threshold).sum()} loans are refused")
    for (name, values), style in zip(curves.items(), ["-", "--"]):
        value = np.interp(threshold, steps, values)
        right.plot(steps, values, style, label=f"{name} {value:.2f}")
        right.plot(threshold, value, "o", color="black")
    right.set(xlabel="threshold", ylabel="share", title="Fewer alarms, more of them right")
    left.legend(fontsize=8)
    right.legend(fontsize=8)
    plt.show()


assert np.all(np.diff(curves["recall"]) <= 0)
_ = interact(show_threshold, threshold=FloatSlider(value=0.5, min=0.02, max=0.9, step=0.02))

# %% [markdown]
# ### Names that promise more than they keep
#
# > **Pitfall: a string is not always the object of that name.** `"accuracy"` becomes binary, categorical or sparse
# > categorical accuracy, depending on targets and outputs: here `BinaryAccuracy()`. The *object* `keras.metrics.Accuracy()` compares labels with outputs as
# > they are, and a probability hardly ever equals a label.
#
# > **Pitfall: `F1Score()` is made for one-hot targets.** With one output, the largest of one is always chosen: all loans are called positive. Give it a threshold, and targets as a
# > column.
#
# > **Pitfall: `AUC()` looks at 200 fixed thresholds.** If all probabilities lie between two of them, as for very rare events, it sees nothing.

# %%
for label, metric, target, scale in [
    ("BinaryAccuracy()", keras.metrics.BinaryAccuracy(), y, 1),
    ("Accuracy()", keras.metrics.Accuracy(), y, 1),
    ("F1Score()", keras.metrics.F1Score(), y[:, None], 1),
    ("F1Score(threshold=0.5)", keras.metrics.F1Score(threshold=0.5), y[:, None], 1),
    ("AUC()", keras.metrics.AUC(), y, 1),
    ("AUC() of p / 300", keras.metrics.AUC(), y, 300),
    ("AUC(20_000) of p / 300", keras.metrics.AUC(20_000), y, 300),
]:
    metric.update_state(target, y_pred / scale)
    print(f"{label:23} {np.squeeze(metric.result()):.3f}")

# %% [markdown]
# > **Pitfall: metrics on logits.** A metric knows nothing of the loss's `from_logits`. Its default threshold, 0.5, is meant for probabilities; for a
# > logit the same place is 0. Logits between 0 and 0.5 land on the wrong side, and nothing tells you.
# > Say `threshold=0.0` (in `Precision` and `Recall` it is called `thresholds`), and `AUC(from_logits=True)`.

# %%
logit_model = loan_model(activation=None)
logit_model.compile(
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.Recall(name="wrong"), keras.metrics.Recall(0.0, name="right")],
)
logs = evaluate(logit_model, x, y)
print(logs)
assert logs["wrong"] < logs["right"] == scores["model"]["recall"]

# %% [markdown]
# ## Why a ratio cannot be averaged
#
# Precision is the share of right answers among those called positive. In a first batch the model calls five samples positive, and four of
# them are: 80 %. In a second batch it calls three positive, none of them rightly: 0 %. What is the precision over both?

# %%
first = np.array([1, 1, 0, 1, 1, 0, 1]), np.array([0.9, 0.8, 0.7, 0.6, 0.9, 0.1, 0.3])
second = np.array([0, 0, 0, 1, 0]), np.array([0.9, 0.6, 0.7, 0.2, 0.1])

alone = [float(keras.metrics.Precision()(*batch)) for batch in [first, second]]
print(f"each batch alone: {alone[0]:.0%} and {alone[1]:.0%}, their mean {np.mean(alone):.0%}")

precision = keras.metrics.Precision()
for batch in [first, second]:
    precision.update_state(*batch)
    print(f"state so far: {float(precision.result()):.0%}")
print({variable.name: float(variable[0]) for variable in precision.variables})

precision.reset_state()
print("after reset_state:", float(precision.result()))

# %% [markdown]
# Eight samples were called positive, four of them rightly: 50 %. The mean of the batches, 40 %, belongs to nobody. So a metric must remember
# *counts*, and divide at the end. These counts are its **state**: they stand in `variables`, and `reset_state` sets them to zero.
# (Calling a metric like a function is `update_state`, then `result`.)
#
# The same on the loans, in batches of 20:

# %%
metric = keras.metrics.Precision()
counts, streaming, single = [], [], []
for start in range(0, 1000, 20):
    batch = y[start : start + 20], y_pred[start : start + 20]
    streaming.append(float(metric(*batch)))
    single.append(float(keras.metrics.Precision()(*batch)))
    counts.append([float(variable[0]) for variable in metric.variables])

print(f"streaming {streaming[-1]:.3f}, mean of the batches {np.mean(single):.3f}")
assert np.isclose(streaming[-1], scores["model"]["precision"], atol=1e-3)

# %% alt="Two charts over 50 batches. Left: the counts of true and false positives rise like stairs. Right: the precision of single batches jumps between 0 and 1 while the streaming precision settles to a level line; a dotted line marks the mean of the batches"
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
axes[0].plot(np.array(counts), drawstyle="steps-post", label=["true positives", "false positives"])
axes[0].set(xlabel="batch", ylabel="count", title="The state only adds up")
axes[0].legend()
axes[1].plot(single, "o", markersize=4, color="C2", label="this batch alone")
axes[1].axhline(np.mean(single), color="C2", linestyle=":", label="mean of the batches")
axes[1].plot(streaming, color="C0", label="streaming")
axes[1].set(xlabel="batch", ylabel="precision", title="Its ratio settles")
axes[1].legend(fontsize=8)
plt.show()

# %% [markdown]
# ## A function is a metric, and its mean is taken
#
# Keras takes the mean of what a function returns. For a quantity that *is* a mean over
# samples (absolute error, accuracy), nothing more is needed. Two things go wrong: a function that returns a *ratio* of its batch, and one
# that returns a *single number*, so that a short last batch weighs as much as a full one.


# %%
def batch_precision(y_true, y_pred):
    y_true = ops.cast(ops.reshape(y_true, ops.shape(y_pred)), "float32")
    called = ops.cast(y_pred > 0.5, "float32")
    return ops.divide_no_nan(ops.sum(y_true * called), ops.sum(called))


def per_batch(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred))  # (): wrong


for batch_size in [10, 1000]:
    model = loan_model()
    model.compile(
        loss="binary_crossentropy",
        metrics=[batch_precision, keras.metrics.Precision(name="precision")],
    )
    print(f"batches of {batch_size:4}:", evaluate(model, x, y, batch_size=batch_size))

errors = np.array([[1.0], [1.0], [1.0], [5.0]], dtype="float32")
identity = keras.Sequential([keras.Input((1,)), layers.Identity()])
identity.compile(loss="mse", metrics=[keras.metrics.mean_squared_error, per_batch])
print("errors 1, 1, 1 | 5:", evaluate(identity, errors, np.zeros((4, 1)), batch_size=3))

# %% [markdown]
# ## Write your own: four methods
#
# | method | job | called |
# |---|---|---|
# | `__init__` | make the state with `add_weight` | once |
# | `update_state` | take in one batch; return nothing | once a batch |
# | `result` | turn the state into the number, and change nothing | whenever somebody asks |
# | `reset_state` | forget; inherited, sets every weight to 0 | before each epoch |
#
# Update and result are two methods because counts add up, over batches and over machines; a ratio or a root does not, so it is taken last, from the sums.
#
# As an example, *specificity*: of the negatives, the share that is called negative. A bank that fears to turn down good customers looks at it.


# %%
class Specificity(keras.metrics.Metric):
    """True negatives / negatives. y_true: 0 or 1, (n,) or (n, 1); y_pred: (n, 1)."""

    def __init__(self, name="specificity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_negatives = self.add_weight(name="true_negatives", initializer="zeros")
        self.negatives = self.add_weight(name="negatives", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        negative = 1 - ops.cast(ops.reshape(y_true, (-1,)), "float32")
        called_negative = ops.cast(ops.reshape(y_pred, (-1,)) <= 0.5, "float32")
        if sample_weight is not None:
            negative = negative * ops.cast(ops.reshape(sample_weight, (-1,)), "float32")
        self.true_negatives.assign_add(ops.sum(negative * called_negative))
        self.negatives.assign_add(ops.sum(negative))

    def result(self):
        return ops.divide_no_nan(self.true_negatives, self.negatives)


# %% [markdown]
# Labels arrive as you gave them: here `(n,)`, integers. The outputs are `(n, 1)`. A metric, class or function, gets no help with that, and
# [`(n,)` beside `(n, 1)`](05_losses.ipynb#Reduction-and-sample-weights) makes `(n, n)`. Hence the `reshape`.
#
# Check it where you know the answer: before any update, by NumPy over unequal batches, and by asking twice.

# %%
specificity = Specificity()
assert float(specificity.result()) == 0  # 0 / 0, without a NaN

for part in np.split(np.arange(1000), [7, 300, 301]):
    specificity.update_state(y[part], y_pred[part])
by_numpy = np.mean(y_pred[y == 0] <= 0.5)
np.testing.assert_allclose(specificity.result(), by_numpy, rtol=1e-5)
np.testing.assert_allclose(specificity.result(), by_numpy, rtol=1e-5)  # asking changes nothing

model = loan_model()
model.compile(loss="binary_crossentropy", metrics=[Specificity()])
print(evaluate(model, x, y, batch_size=64), f"by NumPy {by_numpy:.3f}")

# %% [markdown]
# And in training, with the progress bar that this course switches off elsewhere. The numbers in it are running results: those of the epoch so far.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=[Specificity()])
history = model.fit(x, y, epochs=3, verbose=1)

# %% [markdown]
# In `fit` and `evaluate`, `update_state` runs in a graph. Use `keras.ops` there. NumPy, `float(…)` and an `if` on a value need
# numbers that do not exist yet; and a plain attribute is counted up when the graph is made, [not in each step](#State-in-Python).
#
# Often a metric of Keras does nearly what you want. Then change what it is fed. The root mean squared error of a *classifier* compares probabilities with
# one-hot targets; this one makes them inside, so that integer labels will do:


# %%
class LabelRMSE(keras.metrics.RootMeanSquaredError):
    """RMSE of probabilities (n, k) against integer labels (n,) or (n, 1)."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        super().update_state(ops.one_hot(labels, y_pred.shape[-1]), y_pred, sample_weight)


probabilities = np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3]], dtype="float32")
rmse = LabelRMSE()
rmse.update_state(np.array([0, 2]), probabilities)
by_numpy = np.sqrt(np.mean((np.eye(3)[[0, 2]] - probabilities) ** 2))
np.testing.assert_allclose(rmse.result(), by_numpy, rtol=1e-5)
print(f"RMSE of the classifier: {float(rmse.result()):.3f}")

# %% [markdown]
# ## Sample weights
#
# The loss always uses sample weights. `metrics=` leaves them out; `weighted_metrics=` passes them on. (A `class_weight` in `fit` is made into sample weights, so the same holds for it.) So the same metric may stand in
# both lists, and tell two different things.

# %%
sample_weight = np.where(x[:, 0] > 0.5, 5.0, 1.0)  # large loans count five times
model = loan_model()
model.compile(
    loss="binary_crossentropy",
    metrics=[Specificity(name="plain")],
    weighted_metrics=[Specificity(name="weighted")],
)
logs = evaluate(model, x, y, sample_weight=sample_weight)
called_negative = (y_pred[:, 0] <= 0.5)[y == 0]
by_numpy = np.average(called_negative, weights=sample_weight[y == 0])
print({name: logs[name] for name in ["plain", "weighted"]}, f"by NumPy {by_numpy:.3f}")

# %% [markdown]
# In a metric of your own, bring the weights to the shape of what they
# multiply, as `Specificity` does: a column `(n, 1)` times a row `(n,)` is `(n, n)` again. A *count* of right answers, weighted, is
# the same pattern: a row of hits, times a row of weights, summed.
#
# ## Settings: `__init__` and `get_config`
#
# A metric with a setting needs what every Keras object with a setting needs: an argument, and `get_config` to write it down. (A function made by a function is saved
# [by name only](05_losses.ipynb#A-loss-with-settings-is-a-class).) Where the result is a mean, `keras.metrics.Mean` is a shorter
# base class. It has the state, the sample weights and `result` already; you turn a batch into values.


# %%
@keras.saving.register_keras_serializable(package="chapter6")
class Within(keras.metrics.Mean):
    """Share of the predictions that are at most `tolerance` off."""

    def __init__(self, tolerance=1.0, name="within", **kwargs):
        super().__init__(name=name, **kwargs)
        self.tolerance = tolerance

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred))
        close = ops.abs(y_true - y_pred) <= self.tolerance
        super().update_state(ops.cast(close, "float32"), sample_weight=sample_weight)

    def get_config(self):
        return {**super().get_config(), "tolerance": self.tolerance}


prices = generator.normal(10, 4, size=200).astype("float32")
guesses = (prices + generator.normal(0, 0.8, size=200).astype("float32"))[:, None]
identity.compile(loss="mse", metrics=[Within(0.5, name="within_half")])
before = evaluate(identity, guesses, prices)
identity.save(folder / "within.keras")
after = evaluate(keras.saving.load_model(folder / "within.keras"), guesses, prices)
print(before, after)
assert before == after

# %% [markdown]
# ## Reset, and what is not reset
#
# `fit` resets every metric before each epoch, and once more before the validation data. A metric that only counts samples shows it: 480 for training and 120 for validation, the same in
# each epoch.


# %%
class SamplesSeen(keras.metrics.Metric):
    def __init__(self, name="seen", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.count.assign_add(ops.cast(ops.shape(y_pred)[0], "float32"))

    def result(self):
        return self.count + 0  # a number of its own, not the weight itself


model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=[SamplesSeen()])
history = model.fit(x[:600], y[:600], validation_split=0.2, epochs=3, verbose=0).history
print("seen", history["seen"], " val_seen", history["val_seen"])
assert history["seen"] == [480] * 3 and history["val_seen"] == [120] * 3

# %% [markdown]
# Three exceptions, each tried in [Going further](#Three-resets-that-surprise): a `result` that returns the weight itself is read too late, `reset_state` sets *zero*, not the
# initial value, and an object that was used before brings its old counts along.
#
# ## Metrics in a loop of your own
#
# Without `fit`, the three calls are yours: `update_state` for each batch, `result` when you want the number, `reset_state` before the next epoch. Training and validation need a metric object *each*. One object for both mixes
# them. (Chapter [9](09_loops.ipynb) is about such loops; here, setting `w` stands for the training.)

# %%
train_mae, val_mae, shared = (keras.metrics.MeanAbsoluteError() for _ in range(3))
for epoch, w in enumerate([0.5, 0.9]):
    for metric in [train_mae, val_mae, shared]:
        metric.reset_state()
    for start in range(0, 160, 32):
        part = slice(start, start + 32)
        for metric in [train_mae, shared]:
            metric.update_state(prices[part, None], w * guesses[part])
    for metric in [val_mae, shared]:
        metric.update_state(prices[160:, None], guesses[160:])
    parts = [f"{float(metric.result()):.2f}" for metric in (train_mae, val_mae, shared)]
    print(f"epoch {epoch + 1}: training {parts[0]}, validation {parts[1]}, one for both {parts[2]}")

by_numpy = np.abs(prices[160:, None] - guesses[160:]).mean()
np.testing.assert_allclose(val_mae.result(), by_numpy, rtol=1e-4)

# %% [markdown]
# ## Log a value from inside a layer
#
# A metric need not compare anything with a target. Held by a layer as an attribute, it is found by the model, reset with the others, and reported by `fit`. This `Dense` layer
# reports the share of zeros in its output: behind a ReLU, how silent the units are. The key in the logs is the name of the *metric*, so two such layers need two names.


# %%
class ProbedDense(layers.Dense):
    """A Dense layer that logs the share of zeros in its output as `<name>_zeros`."""

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.zeros = keras.metrics.Mean(name=f"{self.name}_zeros")

    def call(self, inputs):
        outputs = super().call(inputs)
        self.zeros.update_state(ops.cast(ops.equal(outputs, 0), "float32"))
        return outputs


(images, labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
images, labels = images[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255, labels[:TRAIN_SIZE]
test_images, test_labels = test_images[:2000].reshape(-1, 784) / 255, test_labels[:2000]


def probed_model(learning_rate):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((784,))])
    for i in [1, 2]:
        model.add(ProbedDense(64, activation="relu", name=f"hidden_{i}"))
    model.add(layers.Dense(10, activation="softmax"))
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# Train it twice: with a usual learning rate, and with one fifty times as large. The accuracy tells you *that* the second one is bad. The probes tell where to look.

# %% tags=["nbval-ignore-output"]
histories = {}
for learning_rate in [0.001, 0.05]:
    model = probed_model(learning_rate)
    history = model.fit(images, labels, batch_size=64, epochs=EPOCHS, verbose=0).history
    histories[learning_rate] = history
    second = keras.Model(model.inputs[0], model.layers[1].output).predict(test_images, verbose=0)
    dead = (second == 0).all(axis=0).mean()
    last = {name: round(values[-1], 2) for name, values in history.items()}
    print(learning_rate, last, f"| units of layer 2 that are 0 for all test images: {dead:.0%}")
if EPOCHS * TRAIN_SIZE >= 24_000:
    zeros = [history["hidden_2_zeros"][-1] for history in histories.values()]
    assert zeros[0] < zeros[1], "Expected more zeros with the large steps; another seed may differ."

# %% alt="Line chart of the share of zeros behind two hidden layers over the epochs. With the learning rate 0.001 both shares stay near one half or below, with 0.05 they are well above it" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7, 3.2))
for color, (learning_rate, history) in zip(["C0", "C1"], histories.items()):
    for line, layer in zip(["o-", "s--"], ["hidden_1", "hidden_2"]):
        shares = history[f"{layer}_zeros"]
        label = f"{layer}, learning rate {learning_rate}"
        ax.plot(range(1, EPOCHS + 1), shares, line, color=color, markersize=4, label=label)
ax.set(xlabel="epoch", ylabel="share of zeros", ylim=(0, 1.05), xticks=range(1, EPOCHS + 1))
ax.set_title("Too large a step silences units")
ax.legend(fontsize=8)
plt.show()

# %% [markdown]
# ### One metric for training, another for evaluation
#
# A layer is told by `training` which of the two it is in. An [endpoint](05_losses.ipynb#The-endpoint-layer:-targets-as-an-input) can therefore watch something cheap while it trains,
# and something else, here the largest error, when it is evaluated.


# %%
class PriceEndpoint(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.train_error = keras.metrics.Mean(name="train_error")
        self.worst = keras.metrics.Mean(name="worst_of_batch")

    def call(self, prices, targets, training=None):
        error = ops.abs(prices - targets)
        self.add_loss(ops.mean(ops.square(error)))
        if training:
            self.train_error.update_state(error)
        else:
            self.worst.update_state(ops.max(error))
        return prices


inputs = {name: keras.Input((1,), name=name) for name in ("guess", "price")}
priced = keras.Model(inputs, PriceEndpoint()(layers.Dense(1)(inputs["guess"]), inputs["price"]))
priced.compile(keras.optimizers.SGD(0.001))
data = {"guess": guesses, "price": prices[:, None]}
history = priced.fit(data, validation_data=(data,), epochs=2, verbose=0).history
for name in ["train_error", "worst_of_batch", "val_train_error", "val_worst_of_batch"]:
    print(f"{name:19} {np.round(history[name], 1)}")

# %% [markdown]
# The metric of the other mode is not left out of the logs: never updated, it says 0. Read `train_error` and `val_worst_of_batch`.
#
# ## Several outputs
#
# A model with several outputs takes a list of metrics for each: in a dictionary by output name, or as a list of lists in the order of the outputs. The name of the output becomes a prefix in the logs.

# %%
inputs = keras.Input((2,))
price = layers.Dense(1, name="price")(inputs)
kind = layers.Dense(3, activation="softmax", name="kind")(inputs)
two_outputs = keras.Model(inputs, [price, kind])
targets = [x[:, 0], np.arange(1000) % 3]


def keys(metrics):
    two_outputs.compile(loss=["mse", "sparse_categorical_crossentropy"], metrics=metrics)
    logs = evaluate(two_outputs, x, targets)
    return [name for name in logs if not name.endswith("loss")]


top2 = keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")
print(keys({"price": ["mae", "mse"], "kind": ["accuracy", top2]}))
print(keys([["mae", "mse"], ["accuracy"]]))
print("flat list:", keys(["mae", "accuracy"]))

# %% [markdown]
# A flat list is one each, in order, and not all for both; with any other number of entries it is an error. Give each output an object of its own: one object in two places has one state, and both names
# show the same mixture.
#
# ## A confusion matrix as a metric
#
# State can have any shape. A confusion matrix counts every pair of true class (row) and answer (column), and it adds up over batches. One-hot rows make it a single product: entry *(i, j)* of `truth.T @ answers`
# counts the samples of class *i* that got the answer *j*. Logs show scalars, so `result` boils the matrix down: to the share of right answers, and the recall of the class that is found worst.


# %%
class ConfusionMatrix(keras.metrics.Metric):
    """Streaming confusion matrix. y_true: integer labels (n,); y_pred: scores (n, classes)."""

    def __init__(self, num_classes, name="confusion", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        shape = (num_classes, num_classes)
        self.matrix = self.add_weight(name="matrix", shape=shape, initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = ops.one_hot(y_true, self.num_classes)
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        self.matrix.assign_add(ops.matmul(ops.transpose(truth), answers))

    def result(self):
        found = ops.diagonal(self.matrix)
        recalls = ops.divide_no_nan(found, ops.sum(self.matrix, axis=1))
        share = ops.divide_no_nan(ops.sum(found), ops.sum(self.matrix))
        return {"right": share, "worst_recall": ops.min(recalls)}


small = ConfusionMatrix(3)
small.update_state(np.array([0, 0, 1, 2]), np.eye(3)[[0, 1, 1, 2]])
small.update_state(np.array([0, 2]), np.eye(3)[[0, 0]])
print(ops.convert_to_numpy(small.matrix))
print({name: round(float(value), 3) for name, value in small.result().items()})

# %% [markdown]
# The argument `axis=-1` matters: without one, `ops.argmax` gives *one* position in the flattened array. Now for clothes. After `evaluate` the metric holds
# the counts of the test images, and the matrix can be read from it.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
confusion = ConfusionMatrix(10)
hidden = [keras.Input((784,)), layers.Dense(64, activation="relu")]
model = keras.Sequential([*hidden, layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", confusion])
model.fit(images, labels, batch_size=64, epochs=EPOCHS, verbose=0)
logs = evaluate(model, test_images, test_labels)
print(logs)

matrix = ops.convert_to_numpy(confusion.matrix)
np.testing.assert_array_equal(matrix.sum(axis=1), np.bincount(test_labels, minlength=10))
assert np.isclose(logs["right"], logs["accuracy"], atol=1e-3)

# %% alt="Confusion matrix of ten kinds of clothes in percent of each row. The diagonal is dark, most of all for trouser, boot and sandal. Shirts are taken for T-shirts, pullovers and coats, and less than two thirds of them are found" tags=["nbval-ignore-output"]
names = "T-shirt Trouser Pullover Dress Coat Sandal Shirt Sneaker Bag Boot".split()
percent = 100 * matrix / matrix.sum(axis=1, keepdims=True)
fig, ax = plt.subplots(figsize=(6.4, 5.2), layout="constrained")
ax.imshow(percent, cmap="Blues", vmin=0, vmax=100)
ax.grid(False)
for i, j in zip(*np.nonzero(percent >= 1)):
    dark = percent[i, j] > 50
    ax.text(j, i, f"{percent[i, j]:.0f}", ha="center", va="center", color="w" if dark else "k")
ax.set_xticks(range(10), names, rotation=90)
ax.set_yticks(range(10), names)
ax.set(
    xlabel="predicted",
    ylabel="true",
    title="Percent of each kind: shirts are hard to tell",
)
plt.show()

# %% [markdown]
# On the diagonal stands the recall of each class. Diagonal by *column* sums would be the precision of each. One matrix answers questions that no single number does.
#
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand, it matters what you import. Old material writes
# `from tensorflow import keras`, which keeps some old names alive; `import keras` does not.
#
# | older code | `import keras` | `from tensorflow import keras` | write instead |
# |---|---|---|---|
# | `metric.reset_states()` | `AttributeError` | the same | `metric.reset_state()` |
# | `self.add_weight("total", initializer="zeros")` in a metric | `ValueError` | the same | `self.add_weight(name="total", …)` |
# | `self.add_metric(value, name=…)` in a layer | `NotImplementedError` | the same | a `keras.metrics.Mean` as attribute, updated in `call` |
# | `metric.weights` | `AttributeError` | the same | `metric.variables` |
# | `compile(metrics="mae")` | `ValueError` | the same | `compile(metrics=["mae"])` |
# | `compile(sample_weight_mode="temporal")` | `TypeError` | the same | weights of shape `(n, steps)` as they are |
# | `keras.metrics.mse` | `AttributeError` | runs | `keras.metrics.mean_squared_error` |
# | `metrics=["acc"]` | runs; the key in the logs is `acc` | the same | `"accuracy"` |
# | `model.metrics_names` to pair with `evaluate`'s list | `["loss", "compile_metrics"]` | the same | `evaluate(…, return_dict=True)` |
#
# Each row, tried:

# %%
from tensorflow import keras as tensorflow_keras

attempts = {
    "reset_states": lambda k: k.metrics.Mean().reset_states(),
    "positional name": lambda k: k.metrics.Mean().add_weight("total", initializer="zeros"),
    "add_metric": lambda k: k.layers.Layer().add_metric(1.0, name="one"),
    "metric.weights": lambda k: k.metrics.Mean().weights,
    "string": lambda k: k.Sequential().compile(loss="mse", metrics="mae"),
    "sample_weight_mode": lambda k: k.Sequential().compile(sample_weight_mode="temporal"),
    "metrics.mse": lambda k: k.metrics.mse.__name__,
    'compile(["acc"])': lambda k: k.Sequential().compile(loss="mse", metrics=["acc"]) or "runs",
    "metrics_names": lambda k: identity.metrics_names,
}


def outcome(attempt, k):
    try:
        return str(attempt(k))
    except Exception as error:
        return type(error).__name__


for label, attempt in attempts.items():
    print(f"{label:19} {outcome(attempt, keras):27} {outcome(attempt, tensorflow_keras)}")

# %% [markdown]
# ## Try it
#
# **1.** A metric for the *largest* absolute error of an epoch: which state, which `update_state`, and is the inherited `reset_state` right?
#
# <details><summary>Answer</summary>
#
# One scalar weight; `self.largest.assign(ops.maximum(self.largest, ops.max(ops.abs(y_true - y_pred))))` after bringing `y_true` into the shape of `y_pred`. Absolute errors are never below 0,
# so zero is the right beginning and the inherited reset will do. Sample weights have no clear meaning here, except for 0.
#
# </details>
#
# **2.** Which of these can be averaged over equal batches without harm: accuracy, mean absolute error, recall, AUC, R²?
#
# <details><summary>Answer</summary>
#
# Accuracy and mean absolute error: their denominator is the number of samples, which is the same in each batch. Recall divides by the positives, R² by the spread of the targets, and AUC compares samples of
# different batches. Those need state. Even the first two go wrong once the last batch is shorter.
#
# </details>
#
# **3.** Write `ProbedDropout` in the same way as `ProbedDense`, and put one with the rate 0.5 behind each hidden layer. What does `fit` log for it, and what `evaluate`?
#
# <details><summary>Answer</summary>
#
# In `fit`, dropout sets half of the values to zero, on top of those that the ReLU has silenced: about 0.5 + 0.5 · the share of zeros in the layer before. In `evaluate` dropout does nothing, and you see that share alone. A probe
# sees what flows, and this differs between training and inference.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | metrics in training | `compile(…, metrics=["accuracy", keras.metrics.AUC()])` |
# | them weighted | `weighted_metrics=[…]` |
# | a mean over samples | a function that returns one value per sample, or a subclass of `keras.metrics.Mean` |
# | a ratio, a root, a matrix | a subclass of `keras.metrics.Metric`: `add_weight`, `update_state`, `result` |
# | it to survive saving | `get_config` and `register_keras_serializable` |
# | right shapes | `ops.reshape(y_true, ops.shape(y_pred))` first |
# | a value from inside the model | a `keras.metrics.Mean` as attribute of a layer, updated in `call` |
# | several outputs | `metrics={"price": […], "kind": […]}` |
#
# **Read on** in the official documentation: [Metrics](https://keras.io/api/metrics/), [the base Metric class](https://keras.io/api/metrics/base_metric/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/).
#
# **Now you:** the assignment [ex06_metrics](../exercises/ex06_metrics/ex06_metrics.ipynb), {{ ex06_metrics.tasks }}. Next chapter: [feeding data](07_data.ipynb).

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### Three resets that surprise
#
# **The result is read too late.** A `result` that returns the weight hands out something that Keras 3.15 reads only when the epoch is over,
# after the validation data have passed through: the training value is then that of the validation. (Keras 3.13 reads it in time.) `SamplesSeen` adds 0 for this reason.


# %%
class LazySamplesSeen(SamplesSeen):
    def result(self):
        return self.count


model = loan_model()
model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=[LazySamplesSeen()])
history = model.fit(x[:600], y[:600], validation_split=0.2, epochs=3, verbose=0).history
print("seen", history["seen"], " val_seen", history["val_seen"])
assert history["seen"] in ([120] * 3, [480] * 3)  # Keras 3.15: 120, and it was 480

# %% [markdown]
# **Zero is not always the beginning.** The inherited `reset_state` sets zeros, not the initial value. A running minimum begins at infinity; after the first reset nothing is below 0 any
# more.


# %%
class LowestOutput(keras.metrics.Metric):
    def __init__(self, name="lowest", **kwargs):
        super().__init__(name=name, **kwargs)
        infinity = keras.initializers.Constant(np.inf)
        self.lowest = self.add_weight(name="lowest", initializer=infinity)

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.lowest.assign(ops.minimum(self.lowest, ops.min(y_pred)))

    def result(self):
        return self.lowest + 0


class LowestOutputFixed(LowestOutput):
    def reset_state(self):
        self.lowest.assign(np.inf)


outputs = np.array([[0.7], [0.3], [0.9]], dtype="float32")
for metric in [LowestOutput(), LowestOutputFixed()]:
    values = [f"{float(metric(outputs, outputs)):.1f}"]
    metric.reset_state()
    values.append(f"{float(metric(outputs, outputs)):.1f}")
    print(f"{type(metric).__name__:18} first epoch {values[0]}, second epoch {values[1]}")

# %% [markdown]
# **A metric that was used before.** `compile` takes the object as it is, state included, and its old counts leak into the
# first result. Make a new one, or call `reset_state()`.

# %%
used = keras.metrics.MeanAbsoluteError(name="mae")
used.update_state(np.zeros((200, 1)), np.full((200, 1), 100.0))  # something else, long ago

identity.compile(loss="mse", metrics=[used])
leaked, clean = (evaluate(identity, guesses, prices)["mae"] for _ in range(2))
print("first:", leaked, "| second:", clean)
assert leaked > 10 * clean

# %% [markdown]
# ### State in Python
#
# Twenty batches, counted in a plain attribute and in a weight:


# %%
class BatchesSeen(keras.metrics.Metric):
    def __init__(self, name="batches", **kwargs):
        super().__init__(name=name, **kwargs)
        self.in_python = 0
        self.in_weight = self.add_weight(name="in_weight", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.in_python += 1
        self.in_weight.assign_add(1)

    def result(self):
        return {"in_python": float(self.in_python), "in_weight": self.in_weight + 0}


model = loan_model()
model.compile(loss="binary_crossentropy", metrics=[BatchesSeen()])
logs = evaluate(model, x, y, batch_size=50)
print(logs, "| true: 20 batches")
assert logs["in_weight"] == 20 != logs["in_python"]

# %% [markdown]
# ### A metric that forgets its setting
#
# Without `get_config` the setting is not in the file. If the argument has a default, the loaded model comes back with *that*, without a word. If it has none, loading fails, which is
# the better of the two.


# %%
@keras.saving.register_keras_serializable(package="chapter6")
class Forgetful(Within):
    def get_config(self):
        return keras.metrics.Mean.get_config(self)


identity.compile(loss="mse", metrics=[Forgetful(0.5, name="within_half")])
before = evaluate(identity, guesses, prices)
identity.save(folder / "forgetful.keras")
after = evaluate(keras.saving.load_model(folder / "forgetful.keras"), guesses, prices)
print("saved:", before["within_half"], "| loaded:", after["within_half"])
assert after["within_half"] > before["within_half"] + 0.1

# %% [markdown]
# ### Three ways to a wrong root
#
# A root mean squared error is a root, so batches cannot be averaged; it is over *elements*, not rows; and each element has the weight of its
# sample. Wrong results look plausible, which is why nobody notices. Two batches of four and one rows, three columns:

# %%
errors = generator.normal(size=(5, 3)).astype("float32")
weights = np.array([1, 3, 0.5, 2, 1], dtype="float32")
batches = [slice(0, 4), slice(4, 5)]
squares = weights[:, None] * errors**2

builtin = keras.metrics.RootMeanSquaredError()
for part in batches:
    builtin.update_state(np.zeros_like(errors[part]), errors[part], sample_weight=weights[part])
right = np.sqrt(squares.sum() / (3 * weights.sum()))

print(f"right, by hand and by Keras  {right:.3f} {float(builtin.result()):.3f}")
print(f"weights ignored              {np.sqrt(np.mean(errors**2)):.3f}")
print(f"divided by rows              {np.sqrt(squares.sum() / weights.sum()):.3f}  = right x √3")
roots = [np.sqrt(squares[p].sum() / (3 * weights[p].sum())) for p in batches]
print(f"mean of the batches' roots   {np.mean(roots):.3f}")
np.testing.assert_allclose(builtin.result(), right, rtol=1e-5)

# %% [markdown]
# ### Metrics that decide
#
# This one needs chapter [8](08_callbacks.ipynb). Early stopping watches a metric. For one of Keras's own on a single output it knows whether up is good. For your own it cannot know, and
# for several outputs even the built-in ones are not found: under `mode="auto"` an error is raised. Say `mode="max"` or `mode="min"`.

# %%
model = loan_model()
model.compile("sgd", "binary_crossentropy", metrics=[Specificity()])
two_outputs.compile("sgd", ["mse", "sparse_categorical_crossentropy"], metrics=[["mae"], []])
for watched, target, name, mode in [
    (model, y, "val_specificity", "auto"),
    (model, y, "val_specificity", "max"),
    (two_outputs, targets, "val_price_mae", "auto"),
    (two_outputs, targets, "val_price_mae", "min"),
]:
    stop = keras.callbacks.EarlyStopping(monitor=name, mode=mode)
    try:
        watched.fit(x, target, validation_split=0.2, epochs=1, callbacks=[stop], verbose=0)
        print(f"{name}, {mode}: runs")
    except ValueError as error:
        print(f"{name}, {mode}: ValueError: {first_line(error)[:60]}")

# %% [markdown]
# ### Counts that grow too large
#
# Beyond 2²⁴ = 16,777,216, adding 1 in float32 changes nothing. One pixel at a time over a few large images gets there. A metric with `dtype="float64"` goes on, provided that its weights are made
# with that dtype: write `add_weight(…, dtype=self.dtype)`.

# %%
for dtype in ["float32", "float64"]:
    counter = keras.metrics.Sum(dtype=dtype)
    counter.total.assign(2.0**24)  # as if counted so far
    for _ in range(3):
        counter.update_state([1.0])
    print(f"{dtype}: {int(counter.result()):,}")
