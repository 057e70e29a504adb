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
SEED = 0  # int: seed of data, weights and shuffling
TRAIN_SIZE = 6_000  # int: training images used, at most 60,000
EPOCHS = 4  # int: passes over the training images

# %%
import re
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes
tf.get_logger().setLevel("ERROR")  # many small models are compiled here: no remarks on that


def first_line(error):
    """Return the first line of an error's message, without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0][:88]


# %% [markdown]
# ## A loss trains, a metric tells
#
# | | loss | metric |
# |---|---|---|
# | its reader | the optimizer | a person, or a callback that decides for one |
# | has to be | differentiable in the model's weights | a number that means something |
# | computed from | one batch | everything since the last reset: an epoch, a test set |
# | changes the training | yes | no |
#
# Accuracy is what you want to know, and it cannot be trained on. Take one feature and one cut: what lies to the right of the cut
# is called positive. Move the cut, and accuracy jumps from step to step. Between two steps it is flat, so it has no slope that
# would say where to go. Cross-entropy has one everywhere.

# %%
generator = np.random.default_rng(SEED)
feature = np.concatenate([generator.normal(-1, 1, 12), generator.normal(1, 1, 12)])
feature = feature[:, None].astype("float32")
is_positive = np.repeat([[0.0], [1.0]], 12, axis=0).astype("float32")

cuts = np.linspace(-3, 3, 400)
loss_at, accuracy_at = [], []
for cut in cuts:
    probability = 1 / (1 + np.exp(-2 * (feature - cut)))
    chosen = np.where(is_positive == 1, probability, 1 - probability)
    loss_at.append(-np.log(chosen).mean())
    accuracy_at.append(((probability > 0.5) == is_positive).mean())

# %% alt="Two charts over the position of the cut. The loss is a smooth valley. The accuracy is a staircase that rises to a plateau near the middle and falls again in steps"
fig, axes = plt.subplots(1, 2, figsize=(9, 3))
axes[0].plot(cuts, loss_at)
axes[0].set(xlabel="cut", ylabel="cross-entropy", title="The loss has a slope everywhere")
axes[1].plot(cuts, accuracy_at, color="C1")
axes[1].set(xlabel="cut", ylabel="accuracy", title="The metric is a staircase")
plt.show()
assert len(set(np.round(accuracy_at, 6))) <= 25 < len(set(np.round(loss_at, 6)))

# %% [markdown]
# A gradient tape says the same. The comparison with 0.5 inside accuracy cuts the connection to the weight.

# %%
cut = tf.Variable(0.0)
with tf.GradientTape(persistent=True) as tape:
    probability = ops.sigmoid(2 * (feature - cut))
    loss = ops.mean(keras.losses.binary_crossentropy(is_positive, probability))
    accuracy = ops.mean(keras.metrics.binary_accuracy(is_positive, probability))

print("gradient of the loss is a number:", tape.gradient(loss, cut) is not None)
print("gradient of the accuracy:", tape.gradient(accuracy, cut))
assert tape.gradient(loss, cut) is not None and tape.gradient(accuracy, cut) is None

# %% [markdown]
# The other way round, every loss makes a metric. And metrics leave the training alone: the same seed gives the same weights, with metrics and without.


# %%
def trained_weights(metrics):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=metrics)
    model.fit(feature, is_positive, epochs=3, batch_size=4, verbose=0)
    return model.get_weights()


for plain, watched in zip(trained_weights([]), trained_weights(["accuracy", "mse"])):
    np.testing.assert_array_equal(plain, watched)

# %% [markdown]
# ## Metrics in `compile`
#
# For the next sections you need data and a model whose numbers are the same everywhere: 1,000 loans, about one in seven not paid back
# (label 1), and a model with one unit whose weights are set by hand. Nothing is trained.

# %%
generator = np.random.default_rng(SEED)
x = generator.normal(size=(1000, 2)).astype("float32")
true_probability = 1 / (1 + np.exp(3 - 2 * x[:, 0] - x[:, 1]))
y = (generator.uniform(size=1000) < true_probability).astype("int64")


def loan_model(bias=-3.0, scale=1.0):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.set_weights([scale * np.array([[2.0], [1.0]]), np.array([bias])])
    return model


def evaluate(model, *data, **arguments):
    logs = model.evaluate(*data, verbose=0, return_dict=True, **arguments)
    return {name: round(value, 3) for name, value in logs.items()}


print(f"{len(y)} loans, {y.mean():.0%} not paid back")

# %% [markdown]
# `metrics` is a list. An entry is a string, an object, or a function `(y_true, y_pred)`. Ask for as many as you like.


# %%
def mean_probability(y_true, y_pred):
    """The output itself, whatever the truth: a metric may ignore one of the two."""
    return y_pred


model = loan_model()
model.compile(
    loss="binary_crossentropy",
    metrics=[
        "accuracy",
        keras.metrics.Precision(),
        keras.metrics.Recall(name="found"),
        keras.metrics.AUC(),
        "mse",
        mean_probability,
    ],
)
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
# | both in one number | `F1Score()`, `FBetaScore(beta=…)` |
# | is a positive ranked above a negative? | `AUC()`, `AUC(curve="PR")` |
# | how far off is a number? | `"mae"`, `"mse"`, `RootMeanSquaredError()`, `MeanAbsolutePercentageError()`, `R2Score()` |
# | how well do areas overlap? | `MeanIoU(num_classes)` |
#
# > **Pitfall: accuracy where one class is rare.** A model that never says yes is right about six times out of seven. Precision and recall
# > are 0, and AUC is at its floor of 0.5.


# %%
def loan_metrics():
    return [
        keras.metrics.BinaryAccuracy(name="accuracy"),
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(name="auc"),
    ]


scores = {}
for label, model in [("model", loan_model()), ("always no", loan_model(bias=-9.0, scale=0.0))]:
    model.compile(loss="binary_crossentropy", metrics=loan_metrics())
    scores[label] = evaluate(model, x, y)
    print(label, scores[label])
assert scores["always no"]["accuracy"] > 0.8 and scores["always no"]["recall"] == 0

# %% alt="Grouped bars of accuracy, precision, recall and AUC for a model and for one that always says no: the accuracies are close, while precision and recall of the second are zero and its AUC is 0.5"
fig, ax = plt.subplots(figsize=(7, 3))
names = ["accuracy", "precision", "recall", "auc"]
for shift, (label, logs) in zip([-0.2, 0.2], scores.items()):
    bars = ax.bar(np.arange(4) + shift, [logs[name] for name in names], 0.36, label=label)
    ax.bar_label(bars, fmt="%.2f", fontsize=8)
ax.set_xticks(range(4), names)
ax.set(
    ylabel="score", ylim=(0, 1.25), title="Accuracy hardly sees that the second model is useless"
)
ax.legend(ncols=2, loc="upper right")
plt.show()

# %% [markdown]
# Where to put the threshold is a question of its own. `Precision` and `Recall` take a list of thresholds and keep a pair of counts for
# each, so one pass over the data gives the whole curve.

# %% alt="Line chart over the threshold from 0 to 1: precision rises and recall falls, and they cross between 0.3 and 0.5"
thresholds = [i / 20 for i in range(1, 19)]
precision = keras.metrics.Precision(thresholds=thresholds)
recall = keras.metrics.Recall(thresholds=thresholds)
y_pred = loan_model().predict(x, verbose=0)
precision.update_state(y, y_pred)
recall.update_state(y, y_pred)

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(thresholds, precision.result(), "o-", markersize=3, label="precision")
ax.plot(thresholds, recall.result(), "s--", markersize=3, label="recall")
ax.set(
    xlabel="threshold", ylabel="share", title="A higher threshold: fewer alarms, more of them right"
)
ax.legend()
plt.show()
assert np.all(np.diff(recall.result()) <= 0)

# %% [markdown]
# > **Pitfall: `"accuracy"` is a string with three meanings, and `Accuracy()` is none of them.** The string becomes binary, categorical or sparse
# > categorical accuracy, depending on the shapes of targets and outputs. The *object* `keras.metrics.Accuracy()` compares labels with outputs as
# > they are: a probability never equals a label.

# %%
for spec in ["accuracy", keras.metrics.Accuracy()]:
    model = loan_model()
    model.compile(loss="binary_crossentropy", metrics=[spec])
    print(f"{type(spec).__name__:9}", evaluate(model, x, y))

labels, one_hot = np.arange(30) % 3, np.eye(3)[np.arange(30) % 3]
three = keras.Sequential([keras.Input((3,)), layers.Softmax()])
for targets, loss in [(labels, "sparse_categorical_crossentropy"), (one_hot, "mse")]:
    three.compile(loss=loss, metrics=["accuracy"])
    three.evaluate(one_hot, targets, verbose=0)
    print(f"targets {targets.shape!s:8} ->", type(three.metrics[1].metrics[0]).__name__)

# %% [markdown]
# > **Pitfall: metrics on logits.** A metric knows nothing of `from_logits`. Its default threshold, 0.5, is meant for probabilities; for a
# > logit the same place is 0. Logits between 0 and 0.5 land on the wrong side, and nothing tells you.

# %%
logit_model = loan_model()
logit_model.layers[0].activation = keras.activations.linear
logit_model.compile(
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[
        keras.metrics.Recall(name="recall_at_0.5"),
        keras.metrics.Recall(thresholds=0.0, name="recall_at_0"),
        keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        keras.metrics.AUC(from_logits=True, name="auc"),
    ],
)
logs = evaluate(logit_model, x, y)
print(logs)
assert logs["recall_at_0.5"] < logs["recall_at_0"] == scores["model"]["recall"]

# %% [markdown]
# ## Why a ratio cannot be averaged
#
# Precision is the share of right answers among those called positive. In a first batch the model calls five samples positive, and four of
# them are: 80 %. In a second batch it calls three positive, none of them right: 0 %. What is the precision over both?

# %%
first = np.array([1, 1, 0, 1, 1, 0, 1]), np.array([0.9, 0.8, 0.7, 0.6, 0.9, 0.1, 0.3])
second = np.array([0, 0, 0, 1, 0]), np.array([0.9, 0.6, 0.7, 0.2, 0.1])

alone = [float(keras.metrics.Precision()(*batch)) for batch in [first, second]]
print(f"each batch alone: {alone[0]:.0%} and {alone[1]:.0%}, their mean {np.mean(alone):.0%}")

precision = keras.metrics.Precision()
for batch in [first, second]:
    precision.update_state(*batch)
    print(f"state so far: {float(precision.result()):.0%}")

assert np.isclose(np.mean(alone), 0.4) and np.isclose(precision.result(), 0.5)

# %% [markdown]
# Eight samples were called positive, four of them rightly: 50 %. The mean of the batches, 40 %, belongs to nobody. A metric that is right must remember
# *counts*, and divide at the end. These counts are its **state**: they stand in `variables`, and `reset_state` sets them to zero.

# %% alt="Three stacked bars of predicted positives. First batch: 4 right and 1 wrong, 80 percent. Second batch: 0 right and 3 wrong, 0 percent. Both: 4 right and 4 wrong, 50 percent"
right, wrong = np.array([4, 0, 4]), np.array([1, 3, 4])
fig, ax = plt.subplots(figsize=(6, 3))
ax.bar(range(3), right, label="right")
ax.bar(range(3), wrong, bottom=right, label="wrong", hatch="//")
for i in range(3):
    ax.text(i, right[i] + wrong[i] + 0.15, f"{right[i] / (right[i] + wrong[i]):.0%}", ha="center")
ax.set_xticks(range(3), ["first batch", "second batch", "both"])
ax.set(ylabel="predicted positives", ylim=(0, 10), title="80 % and 0 % make 50 %, not 40 %")
ax.legend(ncols=2)
plt.show()

# %%
for variable in precision.variables:
    print(f"{variable.name:16}", ops.convert_to_numpy(variable))

precision.reset_state()
print("after reset_state:", float(precision.result()))
assert all(not np.any(variable) for variable in precision.variables)

# %% [markdown]
# The same on the loans, in batches of 20. The counts grow from batch to batch, and the streaming precision settles. The precision of a single
# batch jumps about, and is not even defined where nothing was called positive.

# %%
metric = keras.metrics.Precision()
counts, streaming, single = [], [], []
for start in range(0, 1000, 20):
    batch = y[start : start + 20], y_pred[start : start + 20]
    streaming.append(float(metric(*batch)))  # a call is update_state, then result
    single.append(float(keras.metrics.Precision()(*batch)))
    counts.append([float(variable[0]) for variable in metric.variables])

print(f"streaming {streaming[-1]:.3f}, mean of the batches {np.mean(single):.3f}")
assert np.isclose(streaming[-1], scores["model"]["precision"], atol=1e-3)
assert abs(np.mean(single) - streaming[-1]) > 0.02

# %% alt="Two charts over 50 batches. Left: the counts of true and false positives rise like stairs. Right: the precision of single batches jumps between 0 and 1 while the streaming precision settles to a level line; the mean of the batches lies below it"
fig, axes = plt.subplots(1, 2, figsize=(10, 3.2))
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
# Keras wraps a function in `keras.metrics.MeanMetricWrapper`: it takes the mean of what the function returns. For a quantity that *is* a mean over
# samples (absolute error, Huber, accuracy), nothing more is needed. Two things can go wrong.
#
# > **Pitfall: a function that returns a ratio of its batch.** What you get depends on the batch size.


# %%
def batch_precision(y_true, y_pred):
    y_true = ops.cast(ops.reshape(y_true, ops.shape(y_pred)), "float32")
    called = ops.cast(y_pred > 0.5, "float32")
    return ops.divide_no_nan(ops.sum(y_true * called), ops.sum(called))


model = loan_model()
precision = keras.metrics.Precision(name="precision")
model.compile(loss="binary_crossentropy", metrics=[batch_precision, precision])
for batch_size in [10, 50, 250, 1000]:
    logs = evaluate(model, x, y, batch_size=batch_size)
    print(f"batches of {batch_size:4}:", logs["batch_precision"], "|", logs["precision"])
    assert logs["precision"] == scores["model"]["precision"]

# %% [markdown]
# > **Pitfall: a function that returns one number.** Return one value *per sample*. A scalar counts as one value per batch, so a short last batch weighs
# > as much as a full one. Four errors of 1, 1, 1 and 5, in batches of three and one:


# %%
def per_sample(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)  # (n,)


def per_batch(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred))  # ()


errors = np.array([[1.0], [1.0], [1.0], [5.0]], dtype="float32")
identity = keras.Sequential([keras.Input((1,)), layers.Identity()])
identity.compile(loss="mse", metrics=[per_sample, per_batch])
logs = evaluate(identity, errors, np.zeros((4, 1)), batch_size=3)
print(logs, "| true:", np.mean(errors**2))
assert logs["per_sample"] == np.mean(errors**2) == 7 and logs["per_batch"] == (1 + 25) / 2

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
# Update and result are two methods because the work is of two kinds. Counts add up, so they can be collected batch by batch, on several machines too. A ratio
# or a root cannot, so it is taken last, from the sums.
#
# As an example, *specificity*: of the negatives, the share that is called negative. It is what a bank that fears to turn down good customers looks at.


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
# Check it where you know the answer: before any update, by NumPy over unequal batches, and by asking twice.

# %%
specificity = Specificity()
assert float(specificity.result()) == 0  # 0 / 0, without a NaN

for part in np.split(np.arange(1000), [7, 300, 301]):
    specificity.update_state(y[part], y_pred[part])

by_numpy = np.mean(y_pred[y == 0] <= 0.5)
np.testing.assert_allclose(specificity.result(), by_numpy, rtol=1e-5)
np.testing.assert_allclose(specificity.result(), by_numpy, rtol=1e-5)  # asking changes nothing

model.compile(loss="binary_crossentropy", metrics=[Specificity()])
print(evaluate(model, x, y, batch_size=64))

# %% [markdown]
# In `fit` and `evaluate`, `update_state` runs in a graph. Use `keras.ops` (or `tf`) there: NumPy, `float(…)`, `len(…)` and an `if` on a value need
# numbers that do not exist yet. The shapes are worth a look. `print` in `update_state` runs when the graph is made:


# %%
class ShapeSpy(Specificity):
    def update_state(self, y_true, y_pred, sample_weight=None):
        print("y_true", y_true.shape, y_true.dtype.name, "| y_pred", y_pred.shape)
        super().update_state(y_true, y_pred, sample_weight)


model.compile(loss="binary_crossentropy", metrics=[ShapeSpy()])
logs = evaluate(model, x, y)

# %% [markdown]
# The labels come as you gave them: `(n,)`, integers. The outputs are `(n, 1)`.
#
# > **Pitfall: `(n,)` beside `(n, 1)`.** Their difference is `(n, n)`: every target minus every output. The mean over it is a number like any other. Here are
# > predictions that are off by about 0.8, and a metric that says more than 5:

# %%
generator = np.random.default_rng(SEED)
prices = generator.normal(10, 4, size=200).astype("float32")
guesses = (prices + generator.normal(0, 0.8, size=200).astype("float32"))[:, None]

difference = prices - guesses
print(
    "broadcast:", difference.shape, " root mean square:", f"{np.sqrt(np.mean(difference**2)):.2f}"
)

difference = np.reshape(prices, guesses.shape) - guesses
print(
    "reshaped: ", difference.shape, "   root mean square:", f"{np.sqrt(np.mean(difference**2)):.2f}"
)
assert np.sqrt(np.mean(difference**2)) < 1 < 4 < np.sqrt(np.mean((prices - guesses) ** 2))

# %% [markdown]
# The fix is one line at the top of `update_state`: bring `y_true` into the shape of `y_pred`, or both into one row, as `Specificity` does. The metrics of Keras do so
# themselves.
#
# The root mean squared error has three more traps: it is a root, so batches cannot be averaged; it is over *elements*, not rows; and each element has the weight of its
# sample. Wrong results are off by a plain factor, which is why nobody notices. Two batches of four and one rows, three columns:

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
# Counting right answers has traps of its own. Four rows of scores, three of them with the largest score at the label:

# %%
rows = np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.5, 0.3, 0.2], [0.1, 0.6, 0.3]])
labels = np.array([[0], [1], [2], [1]])

print("argmax without axis:", ops.argmax(rows).shape, "| axis=-1:", ops.argmax(rows, axis=-1).shape)
classes = ops.argmax(rows, axis=-1)
print(
    "labels (4, 1) against classes (4,):",
    int(ops.sum(ops.equal(labels, classes))),
    "right of 4 rows",
)
hits = ops.equal(ops.reshape(labels, (-1,)), classes)
print("labels (4,)   against classes (4,):", int(ops.sum(hits)), "right of 4 rows")
assert int(ops.sum(hits)) == 3

# %% [markdown]
# `ops.argmax` without an axis gives *one* position in the flattened array; `tf.argmax` without one goes down the columns, which is just as wrong.
#
# ## Sample weights
#
# A weight says how much a sample counts. `metrics=` leaves sample weights out; `weighted_metrics=` passes them on. The loss always uses them. So the same metric may stand in
# both lists, and tell two different things.

# %%
weights = np.where(x[:, 0] > 0.5, 5.0, 1.0)  # large loans count five times
model.compile(
    loss="binary_crossentropy",
    metrics=[Specificity(name="plain")],
    weighted_metrics=[Specificity(name="weighted")],
)
logs = evaluate(model, x, y, sample_weight=weights)
print(logs)

called_negative = (y_pred[:, 0] <= 0.5)[y == 0]
expected = np.average(called_negative, weights=weights[y == 0])
assert np.isclose(logs["weighted"], expected, atol=1e-3) and logs["plain"] != logs["weighted"]

# %% [markdown]
# The same goes for `class_weight` in `fit`: it changes the loss and `weighted_metrics`, and `metrics` do not see it. In a metric of your own, bring the weights to the shape of what they
# multiply, as `Specificity` does. A weight column `(n, 1)` times a row `(n,)` is `(n, n)` again:

# %%
column = weights[:, None]
row = np.where(y == 0, 1.0, 0.0)
print("(n, 1) x (n,):", (column * row).shape, "sum", (column * row).sum())
print("(n,)   x (n,):", (weights * row).shape, "  sum", (weights * row).sum())

model.compile(
    keras.optimizers.SGD(0.0),  # no step: fit only measures
    "binary_crossentropy",
    metrics=[keras.metrics.BinaryAccuracy(name="plain")],
    weighted_metrics=[keras.metrics.BinaryAccuracy(name="weighted")],
)
history = model.fit(x, y, class_weight={0: 1.0, 1: 7.0}, verbose=0).history
print({name: round(history[name][0], 3) for name in ["plain", "weighted"]})
assert history["weighted"][0] < history["plain"][0]

# %% [markdown]
# ## Settings: `__init__` and `get_config`
#
# A metric with a setting needs what every Keras object with a setting needs: an argument, and `get_config` to write it down. Where the result is a mean, `keras.metrics.Mean` is a shorter
# base class: it has the two weights, the sample weights, and `result` already. You turn a batch into values.


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


identity.compile(loss="mse", metrics=[Within(0.5, name="within_half")])
before = evaluate(identity, guesses, prices)
identity.save(folder / "within.keras")
after = evaluate(keras.saving.load_model(folder / "within.keras"), guesses, prices)
print(before, after)
assert before == after

# %% [markdown]
# > **Pitfall: no `get_config`.** The setting is not in the file. If the argument has a default, the loaded model comes back with *that*, without a word: another metric under the same
# > name. If it has none, loading fails, which is the better of the two.


# %%
@keras.saving.register_keras_serializable(package="chapter6")
class Forgetful(Within):
    def get_config(self):
        return keras.metrics.Mean.get_config(self)


identity.compile(loss="mse", metrics=[Forgetful(0.5, name="within_half")])
identity.save(folder / "forgetful.keras")
loaded = keras.saving.load_model(folder / "forgetful.keras")
forgotten = evaluate(loaded, guesses, prices)
print("saved: ", before)
print("loaded:", forgotten)
assert forgotten["within_half"] > before["within_half"] + 0.1

# %% [markdown]
# A function made by a function has the same trouble, since a function is saved by its *name* only. Loading asks for it, and takes whatever bears that name:


# %%
def make_within(tolerance):
    def within(y_true, y_pred):
        y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred))
        return ops.cast(ops.abs(y_true - y_pred) <= tolerance, "float32")

    return within


identity.compile(loss="mse", metrics=[make_within(0.5)])
print("saved: ", evaluate(identity, guesses, prices))
identity.save(folder / "closure.keras")
try:
    keras.saving.load_model(folder / "closure.keras")
except TypeError as error:
    print("TypeError:", first_line(error).split(". ")[0])

other = {"within": make_within(1.0)}
loaded = keras.saving.load_model(folder / "closure.keras", custom_objects=other)
print("loaded:", evaluate(loaded, guesses, prices))

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
        return self.count + 0  # a number of its own; see below


model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=[SamplesSeen()])
history = model.fit(x[:600], y[:600], validation_split=0.2, epochs=3, verbose=0).history
print("seen", history["seen"], " val_seen", history["val_seen"])
assert history["seen"] == [480] * 3 and history["val_seen"] == [120] * 3

# %% [markdown]
# > **Pitfall: a result that is the state itself.** Return a number *computed* from the weights. A `result` that returns the weight hands out something that Keras 3.15 reads only when the epoch is over,
# > after the validation data have passed through: the training value is then that of the validation. (Keras 3.13 reads it in time.) Published examples do this for plain counts.


# %%
class LazySamplesSeen(SamplesSeen):
    def result(self):
        return self.count


model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=[LazySamplesSeen()])
history = model.fit(x[:600], y[:600], validation_split=0.2, epochs=3, verbose=0).history
print("seen", history["seen"], " val_seen", history["val_seen"])
assert history["seen"] in ([120] * 3, [480] * 3)  # Keras 3.15: 120, and it was 480

# %% [markdown]
# > **Pitfall: zero is not always the beginning.** The inherited `reset_state` sets zeros, not the initial value. A running minimum begins at infinity; after the first reset nothing is below 0 any
# > more.


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
# > **Pitfall: state in Python.** `self.batches += 1` on a plain attribute runs when the graph is traced, not in each step. The same goes for a list that is appended to. What changes from batch to batch
# > belongs in `add_weight`. (This one shows that `result` may return a dictionary, too: each key becomes an entry in the logs.)


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


model.compile(loss="binary_crossentropy", metrics=[BatchesSeen()])
logs = evaluate(model, x, y, batch_size=50)
print(logs, "| true: 20 batches")
assert logs["in_weight"] == 20 != logs["in_python"]

# %% [markdown]
# > **Pitfall: a metric that was used before.** `compile` takes the object as it is, state included, and the first `fit` or `evaluate` after it starts before Keras has looked at the metric. Its old counts leak into the
# > first result. Make a new one, or call `reset_state()`.

# %%
used = keras.metrics.MeanAbsoluteError(name="mae")
used.update_state(np.zeros((200, 1)), np.full((200, 1), 100.0))  # something else, long ago

identity.compile(loss="mse", metrics=[used])
leaked = evaluate(identity, guesses, prices)["mae"]
clean = evaluate(identity, guesses, prices)["mae"]
print("first:", leaked, "| second:", clean)
assert leaked > 10 * clean

# %% [markdown]
# ## Metrics in a loop of your own
#
# Without `fit`, the three calls are yours: `update_state` for each batch, `result` when you want the number, `reset_state` before the next epoch. Training and validation need a metric object *each*. One object for both mixes
# them. (Chapter 9 is about such loops.)

# %%
train_mae, val_mae, shared = (keras.metrics.MeanAbsoluteError() for _ in range(3))
w = tf.Variable(0.5)
for epoch in range(2):
    for metric in [train_mae, val_mae, shared]:
        metric.reset_state()
    for start in range(0, 160, 32):
        part = slice(start, start + 32)
        train_mae.update_state(prices[part, None], w * guesses[part])
        shared.update_state(prices[part, None], w * guesses[part])
    w.assign(1.0)  # stands for the training of an epoch
    val_mae.update_state(prices[160:, None], w * guesses[160:])
    shared.update_state(prices[160:, None], w * guesses[160:])
    print(
        f"epoch {epoch + 1}: training {float(train_mae.result()):.2f}, "
        f"validation {float(val_mae.result()):.2f}, one object for both {float(shared.result()):.2f}"
    )

expected = np.abs(prices[160:, None] - guesses[160:]).mean()
np.testing.assert_allclose(val_mae.result(), expected, rtol=1e-4)

# %% [markdown]
# ## Log a value from inside a layer
#
# A metric need not compare anything with a target. Held by a layer as an attribute, it is found by the model, reset with the others, and reported by `fit`. So a layer that passes its input through
# unchanged can be put anywhere, like a probe. This one reports the share of zeros. Behind a ReLU, that is the share of units that are silent.


# %%
class ZeroShare(layers.Layer):
    """Pass the inputs on; log the share of zeros among them as `<name>_zeros`."""

    def __init__(self, name="probe", **kwargs):
        super().__init__(name=name, **kwargs)
        self.zeros = keras.metrics.Mean(name=f"{name}_zeros")

    def call(self, inputs):
        self.zeros.update_state(ops.mean(ops.cast(ops.equal(inputs, 0), "float32")))
        return inputs


(images, labels), _ = keras.datasets.fashion_mnist.load_data()
images, labels = images[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255, labels[:TRAIN_SIZE]


def probed_model(learning_rate):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((784,))])
    for i in [1, 2]:
        model.add(layers.Dense(64, activation="relu"))
        model.add(ZeroShare(name=f"hidden_{i}"))
    model.add(layers.Dense(10, activation="softmax"))
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% [markdown]
# Train it twice: with a usual learning rate, and with one fifty times as large. The loss alone would tell you *that* the second one is bad. The probe tells why: most units have died. They give 0 for every image, pass no
# gradient, and stay that way.

# %% tags=["nbval-ignore-output"]
histories = {}
for learning_rate in [0.001, 0.05]:
    model = probed_model(learning_rate)
    histories[learning_rate] = model.fit(
        images, labels, batch_size=64, epochs=EPOCHS, verbose=0
    ).history
    last = {name: round(values[-1], 2) for name, values in histories[learning_rate].items()}
    print(learning_rate, last)

for history in histories.values():
    assert {"hidden_1_zeros", "hidden_2_zeros"} <= set(history)
assert histories[0.05]["hidden_2_zeros"][-1] > histories[0.001]["hidden_2_zeros"][-1]

# %% alt="Line chart of the share of zeros behind two hidden layers over the epochs. With the learning rate 0.001 the shares stay below one half, with 0.05 they are well above it" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7, 3.2))
for color, (learning_rate, history) in zip(["C0", "C1"], histories.items()):
    for line, layer in zip(["o-", "s--"], ["hidden_1", "hidden_2"]):
        shares = history[f"{layer}_zeros"]
        label = f"{layer}, learning rate {learning_rate}"
        ax.plot(range(1, EPOCHS + 1), shares, line, color=color, markersize=4, label=label)
ax.set(xlabel="epoch", ylabel="share of zeros", ylim=(0, 1.05), xticks=range(1, EPOCHS + 1))
ax.set_title("Too large a step silences units for good")
ax.legend(fontsize=8)
plt.show()

# %% [markdown]
# > **Pitfall: two probes of one name.** The key in the logs is the name of the *metric*, not of the layer. Give two probes the same one, and the logs show the last only. `ZeroShare` therefore takes the layer's
# > name into the metric's.


# %%
class SameName(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mean = keras.metrics.Mean(name="mean_input")

    def call(self, inputs):
        self.mean.update_state(inputs)
        return inputs


twice = keras.Sequential(
    [keras.Input((1,)), SameName(), layers.Rescaling(100.0), SameName(), layers.Rescaling(0.01)]
)
twice.compile(loss="mse")
logs = evaluate(twice, np.ones((8, 1)), np.ones((8, 1)))
print(logs)
assert logs["mean_input"] == 100

# %% [markdown]
# ## Several outputs
#
# A model with several outputs takes a list of metrics for each: in a dictionary by output name, or in a list in the order of the outputs. The name of the output becomes a prefix in the logs.

# %%
inputs = keras.Input((2,))
price = layers.Dense(1, name="price")(inputs)
kind = layers.Dense(3, activation="softmax", name="kind")(inputs)
two_outputs = keras.Model(inputs, [price, kind])
targets = [x[:, 0], np.arange(1000) % 3]
two_losses = ["mse", "sparse_categorical_crossentropy"]


def keys(metrics):
    two_outputs.compile(loss=two_losses, metrics=metrics)
    logs = evaluate(two_outputs, x, targets)
    return [name for name in logs if not name.endswith("loss")]


top2 = keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")
print(keys({"price": ["mae", "mse"], "kind": ["accuracy", top2]}))
print(keys([["mae", "mse"], ["accuracy"]]))
print(keys({"kind": ["accuracy"]}))

# %% [markdown]
# > **Pitfall: a flat list.** Two outputs and `["mae", "accuracy"]`: one each, in order, and not both for both. With any other number of entries you get an error.
#
# > **Pitfall: one object for two outputs.** It has one state, and both outputs update it. Both names show the same mixture.

# %%
print("flat list of two:  ", keys(["mae", "accuracy"]))
try:
    keys(["mae", "mse", "accuracy"])
except ValueError as error:
    print("flat list of three: ValueError:", first_line(error))

one = keras.metrics.MeanAbsoluteError(name="mae")
both = keras.Model(inputs, [price, layers.Rescaling(10.0, name="tenfold")(price)])
both.compile(loss=["mse", "mse"], metrics={"price": [one], "tenfold": [one]})
logs = evaluate(both, x, [x[:, 0] * 0, x[:, 0] * 0])
assert logs["price_mae"] == logs["tenfold_mae"]

own = {name: [keras.metrics.MeanAbsoluteError(name="mae")] for name in ["price", "tenfold"]}
both.compile(loss=["mse", "mse"], metrics=own)
logs = evaluate(both, x, [x[:, 0] * 0, x[:, 0] * 0])
assert np.isclose(logs["tenfold_mae"], 10 * logs["price_mae"], rtol=1e-2)

# %% [markdown]
# ## A confusion matrix as a metric
#
# State can have any shape. A confusion matrix counts every pair of true class (row) and answer (column), and it adds up over batches. One-hot rows make it a single product: entry *(i, j)* of `truth.T @ answers`
# counts the samples of class *i* that got the answer *j*. Logs show scalars, so `result` boils the matrix down to two of them: the share of right answers, and the recall of the class that is found worst.


# %%
class ConfusionMatrix(keras.metrics.Metric):
    """Streaming confusion matrix. y_true: labels (n,) or (n, 1); y_pred: scores (n, classes)."""

    def __init__(self, num_classes, name="confusion", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        shape = (num_classes, num_classes)
        self.matrix = self.add_weight(name="matrix", shape=shape, initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), self.num_classes)
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        if sample_weight is not None:
            truth = truth * ops.cast(ops.reshape(sample_weight, (-1, 1)), "float32")
        self.matrix.assign_add(ops.matmul(ops.transpose(truth), answers))

    def result(self):
        found = ops.diagonal(self.matrix)
        recalls = ops.divide_no_nan(found, ops.sum(self.matrix, axis=1))
        share = ops.divide_no_nan(ops.sum(found), ops.sum(self.matrix))
        return {"right": share, "worst_recall": ops.min(recalls)}

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}


# %% [markdown]
# Six samples in two batches, the second one weighted. Row 0 holds the three samples of class 0: two found, one taken for class 1.

# %%
small = ConfusionMatrix(3)
small.update_state(np.array([0, 0, 1, 2]), np.eye(3)[[0, 1, 1, 2]])
small.update_state(np.array([[0], [2]]), np.eye(3)[[0, 0]], sample_weight=np.array([1.0, 0.5]))
print(ops.convert_to_numpy(small.matrix))
print({name: round(float(value), 3) for name, value in small.result().items()})

# %% [markdown]
# Now in training. At the end of an epoch the metric holds the counts of the *validation* data, since these came last. A callback takes a copy each time, before the reset.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
model = keras.Sequential(
    [
        keras.Input((784,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
confusion = ConfusionMatrix(10)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", confusion])
matrices = []
keep = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: matrices.append(ops.convert_to_numpy(confusion.matrix).copy())
)
history = model.fit(
    images, labels, batch_size=64, epochs=EPOCHS, validation_split=0.25, callbacks=[keep], verbose=0
).history
print("val_right       ", [round(value, 2) for value in history["val_right"]])
print("val_worst_recall", [round(value, 2) for value in history["val_worst_recall"]])

# %%
held_out = labels[int(TRAIN_SIZE * 0.75) :]
for matrix in matrices:
    np.testing.assert_array_equal(matrix.sum(axis=1), np.bincount(held_out, minlength=10))
np.testing.assert_allclose(history["val_right"], history["val_accuracy"], rtol=1e-4)

# %% alt="A row of confusion matrices, one after each of the first epochs, for ten kinds of clothes: the diagonal grows darker, and what is left beside it gathers among T-shirt, pullover, coat and shirt" tags=["nbval-ignore-output"]
class_names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat"]
class_names += ["Sandal", "Shirt", "Sneaker", "Bag", "Boot"]
shown = matrices[:4]

size = (2.6 * len(shown), 3.3)
fig, axes = plt.subplots(1, len(shown), figsize=size, squeeze=False, layout="constrained")
for i, (ax, matrix) in enumerate(zip(axes[0], shown)):
    ax.imshow(matrix / matrix.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    ax.grid(False)
    ax.set_xticks(range(10), class_names, rotation=90, fontsize=7)
    ax.set_yticks(range(10), class_names if i == 0 else [], fontsize=7)
    ax.set(xlabel="predicted", title=f"after epoch {i + 1}")
axes[0, 0].set_ylabel("true")
fig.suptitle("The diagonal fills; shirts stay hard to tell")
plt.show()

# %% [markdown]
# From the same state come the recall of each class (diagonal by row sums) and the precision of each (diagonal by column sums). One matrix answers questions that no single number does.

# %% alt="Recall and precision of ten classes after the last epoch as points in ten rows: shirt has by far the lowest recall, while trouser, sandal, bag and boot are near 0.9 in both" tags=["nbval-ignore-output"]
matrix = matrices[-1]
recalls = matrix.diagonal() / matrix.sum(axis=1)
precisions = matrix.diagonal() / np.maximum(matrix.sum(axis=0), 1)

fig, ax = plt.subplots(figsize=(7, 3.4))
ax.hlines(range(10), recalls, precisions, color="0.7")
ax.plot(recalls, range(10), "o", label="recall")
ax.plot(precisions, range(10), "s", label="precision")
ax.set_yticks(range(10), class_names)
ax.invert_yaxis()
ax.set(xlabel="share", xlim=(0, 1.02), title="Some clothes are found much better than others")
ax.legend(loc="lower left")
plt.show()

# %% tags=["nbval-ignore-output"]
np.testing.assert_allclose(recalls.min(), history["val_worst_recall"][-1], rtol=1e-4)
print("hardest class:", class_names[int(recalls.argmin())])
assert recalls.max() - recalls.min() > 0.1

# %% [markdown]
# ## Metrics that decide
#
# Early stopping and checkpoints watch a metric. For the metrics of Keras they know whether up is good. For your own they cannot know.
#
# > **Pitfall: `mode="auto"` with a metric of your own.** Say `mode="max"` or `mode="min"`.

# %%
model = loan_model()
for mode in ["auto", "max"]:
    model.compile("sgd", "binary_crossentropy", metrics=[Specificity()])
    stop = keras.callbacks.EarlyStopping(monitor="val_specificity", mode=mode, patience=2)
    try:
        model.fit(x, y, validation_split=0.2, epochs=2, callbacks=[stop], verbose=0)
        print(f"{mode}: runs")
    except ValueError as error:
        print(f"{mode}: ValueError:", first_line(error))

# %% [markdown]
# ## Counts that grow too large
#
# > **Pitfall: float32 counts stop at 16,777,216.** Beyond 2²⁴, adding 1 in float32 changes nothing. One pixel at a time over a few large images gets there. A metric with `dtype="float64"` goes on, provided that its weights are made
# > with that dtype: write `add_weight(…, dtype=self.dtype)`.

# %%
for dtype in ["float32", "float64"]:
    counter = keras.metrics.Sum(dtype=dtype)
    counter.total.assign(2.0**24)  # as if counted so far
    for _ in range(3):
        counter.update_state([1.0])
    print(f"{dtype}: {int(counter.result()):,}")

# %% [markdown]
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `metric.reset_states()` | `AttributeError` | `metric.reset_state()` |
# | `self.add_weight("total", initializer="zeros")` in a metric | `ValueError`: the first argument is the shape | `self.add_weight(name="total", …)` |
# | `self.add_metric(value, name=…)` in a layer or model | `NotImplementedError` | a `keras.metrics.Mean` as attribute, updated in `call` |
# | `metric.weights` | `AttributeError` | `metric.variables` |
# | `model.metrics_names` to pair with `evaluate`'s list | `["loss", "compile_metrics"]` | `evaluate(…, return_dict=True)` |
# | `compile(metrics="mae")` | `ValueError` | `compile(metrics=["mae"])` |
# | `compile(sample_weight_mode="temporal")` | `TypeError` | weights of shape `(n, steps)` as they are |
# | `metrics=["acc"]` | works in `compile`, with `acc` as key | `"accuracy"` |
#
# Each line, tried:

# %%
identity.compile(loss="mse", metrics=["mae"])
identity.evaluate(guesses, prices, verbose=0)
attempts = {
    "reset_states": lambda: clean_metric.reset_states(),
    "positional name": lambda: clean_metric.add_weight("total", initializer="zeros"),
    "add_metric": lambda: layers.Layer().add_metric(1.0, name="one"),
    "metric.weights": lambda: clean_metric.weights,
    "metrics_names": lambda: identity.metrics_names,
    "string": lambda: identity.compile(loss="mse", metrics="mae"),
    "sample_weight_mode": lambda: identity.compile(loss="mse", sample_weight_mode="temporal"),
    "acc": lambda: three.compile(loss="mse", metrics=["acc"]) or evaluate(three, one_hot, one_hot),
}
clean_metric = keras.metrics.Mean(name="clean")
for label, attempt in attempts.items():
    try:
        print(f"{label:18} runs: {attempt()}")
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        print(f"{label:18} {type(error).__name__}: {first_line(error)}")

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
# **3.** Put `ZeroShare` in front of the softmax layer of a model with `layers.Dropout(0.5)` before it. What does `fit` log, and what `evaluate`?
#
# <details><summary>Answer</summary>
#
# In `fit`, dropout sets half of the values to zero, on top of those that the ReLU has silenced: about 0.5 + 0.5 · the share of zeros without dropout. In `evaluate` dropout does nothing, and you see that share alone. A probe
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
# | a value from inside the model | a `keras.metrics.Mean` as attribute of a pass-through layer |
# | several outputs | `metrics={"price": […], "kind": […]}` |
#
# **Read on** in the official documentation: [Metrics](https://keras.io/api/metrics/), [the base Metric class](https://keras.io/api/metrics/base_metric/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/).
#
# **Now you:** the assignment [ex06_metrics](../exercises/ex06_metrics/ex06_metrics.ipynb), {{ ex06_metrics.tasks }}. Next chapter: [feeding data](07_data.ipynb).
