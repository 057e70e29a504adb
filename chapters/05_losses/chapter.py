# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 5 · Losses beyond (y_true, y_pred)
#
# After this chapter you can write a loss as a function, a class, a layer or a method of a model, use a
# second model inside it, and tell by a number whether it does what you meant.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 3](03_subclassing.ipynb) (models as classes), [4](04_layers.ipynb) (layers as classes) |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex05_losses }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, shuffling, dropout and made-up data
TRAIN_SIZE = 6_000  # int: Fashion-MNIST images used, at most 60,000
EPOCHS = 4  # int: passes over the images in the two larger trainings

# %%
import re
import tempfile
import warnings
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
tf.get_logger().setLevel("ERROR")  # many small models on purpose: no advice on retracing


def first_line(error):
    """Return what an error says in its first line that says something, without colour codes."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()
    lines = [line for line in lines if line and not line.startswith("Exception encountered")]
    return lines[0].split(". ")[0][:88] if lines else "(no text)"


# %% [markdown]
# ## A loss is a function of two arrays
#
# `fit` makes one number smaller. A **loss** says which: it takes the targets `y_true` and the
# predictions `y_pred`, and returns *one number per sample*. Then these are averaged over the batch.
# Every loss of Keras comes in both stages: the function does the first, the class does both.

# %%
y_true = np.array([[0.0, 1.0], [2.0, 2.0], [5.0, 0.0]], dtype="float32")
y_pred = np.array([[0.0, 3.0], [2.0, 1.0], [1.0, 0.0]], dtype="float32")

per_sample = keras.losses.mean_squared_error(y_true, y_pred)
average = keras.losses.MeanSquaredError()(y_true, y_pred)
print("function:", ops.convert_to_numpy(per_sample), " class:", float(average))

np.testing.assert_allclose(per_sample, ((y_true - y_pred) ** 2).mean(axis=-1))
np.testing.assert_allclose(average, np.mean(per_sample), rtol=1e-6)
assert keras.losses.get("mean_squared_error") is keras.losses.mean_squared_error

# %% [markdown]
# The last line shows what a string is: the name of the function. `compile(loss=…)` takes the string, the
# function, or an object of the class. Only the object takes arguments.
#
# | you predict | last layer | loss |
# |---|---|---|
# | a number | `Dense(1)` | `MeanSquaredError`, `MeanAbsoluteError`, `Huber`, `LogCosh` |
# | a count, or a number > 0 | `Dense(1, "exponential")` | `Poisson`, `MeanSquaredLogarithmicError` |
# | yes or no | `Dense(1)` | `BinaryCrossentropy(from_logits=True)` |
# | one of *k*, integer targets | `Dense(k)` | `SparseCategoricalCrossentropy(from_logits=True)` |
# | one of *k*, one-hot targets | `Dense(k)` | `CategoricalCrossentropy(from_logits=True)` |
# | a distribution | `Dense(k, "softmax")` | `KLDivergence` |
# | a direction | `Dense(k)` | `CosineSimilarity` |
#
# Two of them surprise. The KL divergence is 0 if two distributions agree, and it is not symmetric. The cosine
# similarity as a *loss* has its sign turned: −1 is best, and the lengths of the vectors do not matter.

# %%
p = np.array([[0.5, 0.5]], dtype="float32")
q = np.array([[0.9, 0.1]], dtype="float32")
kl, cosine = keras.losses.KLDivergence(), keras.losses.CosineSimilarity()
print(f"KL(p, p) {kl(p, p):.3f}   KL(p, q) {kl(p, q):.3f}   KL(q, p) {kl(q, p):.3f}")

a = np.array([[1.0, 2.0]], dtype="float32")
print(f"cosine: same direction {cosine(a, 7 * a):.1f}, opposite {cosine(a, -a):.1f}")
np.testing.assert_allclose(kl(p, q), (p * np.log(p / q)).sum(), rtol=1e-4)

# %% [markdown]
# ### Logits or probabilities?
#
# A **logit** is what the last layer returns without activation: any number, 0 for undecided. The loss must know which of the
# two it is given. It cannot tell from the numbers, so nothing fails if you are wrong.
#
# > **Pitfall: a confident mistake is never corrected.** Computed from probabilities, the cross-entropy has to cut off what was rounded to
# > 0 or 1. Beyond the cut the gradient is zero. Below, the model says *yes* with the logit 20, and the target is *no*.

# %%
no = tf.zeros((1, 1))
logit = tf.constant([[20.0]])
ways = {
    "logits, from_logits=True": (True, lambda z: z),
    "probabilities, from_logits=False": (False, lambda z: 1 / (1 + ops.exp(-z))),
    "logits taken for probabilities": (False, lambda z: z),
    "probabilities taken for logits": (True, lambda z: 1 / (1 + ops.exp(-z))),
}
for label, (from_logits, last_step) in ways.items():
    with tf.GradientTape() as tape:
        tape.watch(logit)
        loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)(no, last_step(logit))
    gradient = float(tape.gradient(loss, logit)[0, 0])
    print(f"{label:33} loss {float(loss):4.1f}  gradient {gradient:.1f}")

# %% [markdown]
# Only the first line pulls the logit back. So end a classifier in a `Dense` without activation, tell the loss
# `from_logits=True`, and apply the sigmoid where you predict.
#
# > **Note** Where Keras made the sigmoid itself (`activation="sigmoid"`, `ops.sigmoid`), it remembers the logits and
# > computes the loss from them. Rely on that only with `from_logits=False`: with `True` it corrects you, too, but warns.

# %%
probability = ops.sigmoid(logit)
print("from ops.sigmoid:", float(keras.losses.BinaryCrossentropy()(no, probability)))

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)(no, probability)
print("and with from_logits=True:", float(loss), "|", len(caught), "warning")

# %% [markdown]
# ### How much does a large error count?
#
# For a number, the choice is a choice of how much a large error counts. The square makes it count most, the
# absolute value treats all errors alike, and **Huber** is the one near zero and the other beyond a threshold.

# %% alt="Four curves of the loss over the error from -4 to 4. The squared error rises to 16; absolute error, Huber and log-cosh rise to about 4 along straight lines, the last two with a round bottom"
errors = np.linspace(-4, 4, 161, dtype="float32")[:, None]
curves = {
    "squared": keras.losses.mean_squared_error,
    "absolute": keras.losses.mean_absolute_error,
    "Huber, threshold 1": keras.losses.huber,
    "log-cosh": keras.losses.log_cosh,
}
fig, ax = plt.subplots()
for (label, loss_fn), style in zip(curves.items(), ["-", "--", "-.", ":"]):
    ax.plot(errors, loss_fn(np.zeros_like(errors), errors), style, label=label)
ax.set(xlabel="error y_pred − y_true", ylabel="loss", ylim=(0, 10))
ax.set_title("Only the squared error is ruled by its largest errors")
ax.legend()
plt.show()

# %% [markdown]
# ## A loss needs a slope, a metric does not
#
# Training follows the gradient. What has no slope cannot be trained, however well it says what you want.
# Accuracy is the standard example. Below, one weight of a yes-or-no model is moved, and accuracy
# and cross-entropy are measured.

# %% alt="Two charts over the value of one weight. Left, accuracy is a flat line with one jump. Right, cross-entropy is a smooth bowl with one lowest point"
generator = np.random.default_rng(SEED)
x = generator.normal(size=(40, 1)).astype("float32")
y = (x + generator.normal(scale=0.5, size=x.shape) > 0).astype("float32")
weights = np.linspace(-2, 10, 60)
accuracy = [((weight * x > 0) == (y > 0.5)).mean() for weight in weights]
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
entropy = [float(cross_entropy(y, (weight * x).astype("float32"))) for weight in weights]

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].step(weights, accuracy)
axes[0].set(xlabel="weight", ylabel="accuracy", ylim=(0, 1), title="No slope: nowhere to go")
axes[1].plot(weights, entropy)
axes[1].set(xlabel="weight", ylabel="cross-entropy", title="A slope everywhere")
plt.show()
assert len(set(accuracy)) == 2  # flat, apart from the jump at 0

# %% [markdown]
# > **Pitfall: a loss that rounds, counts or compares.** Such a loss has no gradient. Keras says so, since the gradient of
# > `round` is not even zero: there is none.


# %%
def share_of_errors(y_true, y_pred):
    wrong = ops.not_equal(y_true, ops.round(ops.sigmoid(y_pred)))
    return ops.mean(ops.cast(wrong, "float32"), axis=-1)


model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.compile(optimizer="sgd", loss=share_of_errors)
try:
    model.fit(x, y, verbose=0)
except ValueError as error:
    print("ValueError:", first_line(error))

# %% [markdown]
# So you train with the cross-entropy and *report* the accuracy. Chapter 6 is about what you report.
#
# ## Your own loss is a function
#
# The contract is short. The function takes `y_true` and `y_pred` as tensors, returns a tensor of shape `(batch,)`, and is
# made of `keras.ops`, which have gradients. It keeps nothing between calls.
#
# Settings come from outside: a function that *makes* the loss, and remembers what it was given. Here
# is Huber's loss with any threshold.


# %%
def make_huber(threshold=1.0):
    """Return a Huber loss: a function (y_true, y_pred) -> (batch,)."""

    def huber_loss(y_true, y_pred):
        size = ops.abs(y_true - y_pred)
        inside = size**2 / 2
        outside = threshold * size - threshold**2 / 2
        return ops.mean(ops.where(size <= threshold, inside, outside), axis=-1)

    return huber_loss


built_in = keras.losses.Huber(delta=2.0, reduction="none")
np.testing.assert_allclose(make_huber(2.0)(y_true, y_pred), built_in(y_true, y_pred), rtol=1e-6)
print(ops.convert_to_numpy(make_huber(2.0)(y_true, y_pred)))

# %% [markdown]
# What is it good for? The points below follow the line *y* = 2 *x*, but every eighth target is nonsense. The squared
# error is pulled away from the line. Huber's loss is hardly disturbed: beyond the threshold its gradient is no
# longer proportional to the error.

# %% tags=["nbval-ignore-output"]
x = np.linspace(-1, 1, 64, dtype="float32")[:, None]
y = 2 * x + generator.normal(scale=0.1, size=x.shape).astype("float32")
y[4::8] = 6 - 8 * x[4::8]

slopes = {}
for label, loss in [("squared", "mean_squared_error"), ("Huber", make_huber(0.2))]:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss=loss)
    model.fit(x, y, batch_size=16, epochs=40, verbose=0)
    slopes[label] = [float(np.squeeze(w)) for w in model.get_weights()]
    print(f"{label:8} y = {slopes[label][0]:.1f} x + {slopes[label][1]:.1f}")
assert abs(slopes["Huber"][0] - 2) < 0.3 and abs(slopes["Huber"][1]) < 0.3
assert abs(slopes["squared"][0] - 2) > 0.6

# %% alt="Points along a rising line, and eight outliers far from it. The line fitted with Huber's loss runs through the points, the line fitted with the squared error is turned and shifted towards the outliers" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
outlier = np.arange(64) % 8 == 4
ax.plot(x[~outlier], y[~outlier], "o", markersize=3, label="good targets")
ax.plot(x[outlier], y[outlier], "x", label="nonsense")
for (label, (slope, shift)), style in zip(slopes.items(), ["--", "-"]):
    ax.plot(x, slope * x + shift, style, label=f"{label} loss")
ax.set(xlabel="x", ylabel="y", title="Huber's loss ignores what the squared error obeys")
ax.legend()
plt.show()

# %% [markdown]
# A loss may be a sum of several. Weigh the terms so that they are of the same size, and return one number per
# sample all the same.


# %%
def direction_and_size(y_true, y_pred):
    direction = 1 + keras.losses.cosine_similarity(y_true, y_pred)
    return 0.5 * direction + 0.5 * keras.losses.mean_absolute_error(y_true, y_pred)


values = ops.convert_to_numpy(direction_and_size(y_true, y_pred))
print(values.round(2))
assert values.shape == (3,)

# %% [markdown]
# ### Three ways to get the shape wrong
#
# > **Pitfall: the loss averages over the batch itself.** A single number is accepted. But sample weights then multiply the
# > *average*, not the samples. Below only the first of four samples has a weight, so only its error should count.


# %%
def one_number(y_true, y_pred):
    return ops.mean((y_true - y_pred) ** 2)


def one_per_sample(y_true, y_pred):
    return ops.mean((y_true - y_pred) ** 2, axis=-1)


targets, outputs = np.zeros((4, 1), "float32"), np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
only_first = np.array([1.0, 0.0, 0.0, 0.0], dtype="float32")

losses = {}
for loss_fn in [one_number, one_per_sample]:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(loss=loss_fn)
    loss = model.compute_loss(y=targets, y_pred=outputs, sample_weight=only_first)
    losses[loss_fn.__name__] = float(loss)
print(losses)
assert losses == {"one_number": 7.5 / 4, "one_per_sample": 1 / 4}

# %% [markdown]
# `compute_loss` is the method by which `fit` gets its number. It is handy for experiments like this one; later you
# will override it.
#
# > **Pitfall: one axis too many.** Targets of shape `(n,)` and predictions of shape `(n, 1)` are broadcast to `(n, n)`:
# > every prediction is compared with every target. Keras's own losses and plain functions are guarded, a
# > `Loss` subclass is not. The predictions below are *perfect*.


# %%
class Squared(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)


column = np.array([[0.0], [1.0], [2.0], [3.0]], dtype="float32")
losses = {}
for label, loss in [
    ("string", "mean_squared_error"),
    ("function", one_per_sample),
    ("subclass", Squared()),
]:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(loss=loss)
    losses[label] = float(model.compute_loss(y=column[:, 0], y_pred=column))
print("targets (4,):  ", losses)
print("targets (4, 1):", {"subclass": float(Squared()(column, column))})
assert losses["subclass"] > 1 and losses["string"] == losses["function"] == 0

# %% [markdown]
# So make targets a column, `y[:, None]`, whenever the model ends in `Dense(1)`.
#
# > **Pitfall: a vector in your own training loop.** `fit` averages what a loss function returns. A `GradientTape` *adds it up*: the
# > gradient of a vector is the gradient of its sum, so that the step is `batch_size` times as large.

# %%
weight = tf.Variable(1.0)
x = tf.constant([[1.0], [2.0], [3.0], [4.0]])
with tf.GradientTape(persistent=True) as tape:
    vector = keras.losses.mean_squared_error(0 * x, weight * x)
    mean = ops.mean(vector)
print("of the vector:", float(tape.gradient(vector, weight)))
print("of its mean:  ", float(tape.gradient(mean, weight)))
assert tape.gradient(vector, weight) == 4 * tape.gradient(mean, weight)

# %% [markdown]
# ## Reduction and sample weights
#
# What happens between `(batch,)` and the one number is the **reduction**, an argument of every loss class. It is also
# where sample weights come in: they multiply the samples' losses before these are added up.
#
# | `reduction` | the number |
# |---|---|
# | `"sum_over_batch_size"`, `"mean"` (default) | Σ wᵢ ℓᵢ / *n* |
# | `"mean_with_sample_weight"` | Σ wᵢ ℓᵢ / Σ wᵢ |
# | `"sum"` | Σ wᵢ ℓᵢ |
# | `None`, `"none"` | no number: the vector wᵢ ℓᵢ |

# %%
values = np.array([1.0, 4.0, 9.0, 16.0])  # the squared errors of `outputs`
sample_weight = np.array([1.0, 1.0, 0.0, 0.0], dtype="float32")

results = {}
for reduction in ["sum_over_batch_size", "mean_with_sample_weight", "sum", None]:
    loss_fn = keras.losses.MeanSquaredError(reduction=reduction)
    result = ops.convert_to_numpy(loss_fn(targets, outputs, sample_weight=sample_weight))
    results[reduction] = result
    print(f"{reduction!s:24} {result}")
assert results["sum_over_batch_size"] == (values * sample_weight).sum() / 4
assert results["mean_with_sample_weight"] == (values * sample_weight).sum() / 2

# %% [markdown]
# > **Pitfall: weights of 0 as a mask.** With two of four samples masked out, the mean of the two left is 2.5. The default says 1.25: it
# > divides by all four. If the masked share differs from batch to batch, the loss jumps for no reason.
# > `mean_with_sample_weight` is the mean that you had in mind.
#
# > **Pitfall: `reduction="sum"`.** The gradient, too, is *n* times that of the mean. Double the batch size, and you have doubled the
# > learning rate.

# %%
weight = tf.Variable(1.0)
for n in [2, 4]:
    for reduction in ["mean", "sum"]:
        with tf.GradientTape() as tape:
            loss = keras.losses.MeanSquaredError(reduction=reduction)(
                tf.zeros((n, 1)), weight * tf.ones((n, 1))
            )
        print(f"{n} samples, {reduction:4}: gradient {float(tape.gradient(loss, weight)):.0f}")

# %% [markdown]
# ## A loss with settings is a class
#
# A function made by `make_huber` works, until you save the model. A file can hold the *name* of a function, not the threshold
# in its closure. A class tells its settings by `get_config`, and `register_keras_serializable` tells
# Keras where the class is to be found.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class HuberLoss(keras.losses.Loss):
    """Huber loss: a parabola for errors up to `threshold`, a straight line beyond."""

    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)  # name and reduction
        self.threshold = threshold

    def call(self, y_true, y_pred):
        return make_huber(self.threshold)(y_true, y_pred)  # one per sample

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


print(HuberLoss(2.0, name="robust", reduction="sum").get_config())

# %% [markdown]
# `call` returns one number per sample and leaves weights and reduction to the base class. Now four models are saved and reloaded. Their
# losses are the class above and three closures, all with threshold 10: one loaded with another closure of the same name, one that bears the name of a loss of Keras, and one of which nothing is said. Each is evaluated before and
# after, with errors of 20.


# %%
def make_named(threshold, name):
    loss_fn = make_huber(threshold)
    loss_fn.__name__ = name
    return loss_fn


def loss_before_and_after(loss, custom_objects=None):
    """Return the loss for errors of 20, before saving the model and after loading it."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(optimizer="sgd", loss=loss)
    model.save(folder / "with_loss.keras")
    loaded = keras.saving.load_model(folder / "with_loss.keras", custom_objects=custom_objects)
    errors = 20 * np.ones((4, 1), dtype="float32")
    return [float(m.compute_loss(y=0 * errors, y_pred=errors)) for m in (model, loaded)]


print("HuberLoss(10)             ", loss_before_and_after(HuberLoss(10.0)))
print(
    "closure, loaded with 2    ",
    loss_before_and_after(make_huber(10.0), {"huber_loss": make_huber(2.0)}),
)
print("closure named like Keras's", loss_before_and_after(make_named(10.0, "huber")))
try:
    loss_before_and_after(make_huber(10.0))
except (TypeError, ValueError) as error:
    print("closure, nothing said     ", type(error).__name__)

# %% [markdown]
# > **Pitfall: a closure is saved by its name.** The model comes back with whatever loss now bears that name: with your threshold of
# > today, or with Keras's own `huber`. No warning is given, and training goes on with another loss. Only the unknown name is an error.
#
# You might expect better of the built-in class. Look before you trust it:

# %% tags=["nbval-ignore-output"]
print("keras.losses.Huber(10):", loss_before_and_after(keras.losses.Huber(delta=10.0)))
print("its config:", keras.losses.Huber(delta=10.0).get_config())

# %% [markdown]
# In Keras 3.15 `keras.losses.Huber` does not put `delta` into its config, so a reloaded model is back at 1. The check takes two lines, and is
# worth having for every loss with settings:

# %%
before, after = loss_before_and_after(HuberLoss(10.0))
assert before == after == 10 * 20 - 10**2 / 2

# %% [markdown]
# ## Several outputs, several losses
#
# A model with several outputs takes one loss per output, by name or in order. One loss given alone is used for
# all. `loss_weights` say how much each counts, and `None` leaves an output out.

# %%
inputs = keras.Input((3,))
score = layers.Dense(1, name="score")(inputs)
topic = layers.Dense(2, name="topic")(inputs)
two_heads = keras.Model(inputs, {"score": score, "topic": topic})

x = generator.normal(size=(8, 3)).astype("float32")
y = {"score": np.zeros((8, 1), "float32"), "topic": np.ones((8, 2), "float32")}
both = two_heads(x)
mse, mae = keras.losses.MeanSquaredError(), keras.losses.MeanAbsoluteError()
score_loss, topic_loss = (
    float(mse(y["score"], both["score"])),
    float(mae(y["topic"], both["topic"])),
)

cases = {
    "2 x score + topic": (dict(score="mse", topic="mae"), dict(score=2.0, topic=1.0)),
    "score only": (dict(score="mse", topic=None), None),
}
print(f"score {score_loss:.2f}, topic {topic_loss:.2f}")
for label, (loss, loss_weights) in cases.items():
    two_heads.compile(loss=loss, loss_weights=loss_weights)
    total = float(two_heads.compute_loss(y=y, y_pred=both))
    expected = 2 * score_loss + topic_loss if loss_weights else score_loss
    np.testing.assert_allclose(total, expected, rtol=1e-5)
    print(f"{label:18} {total:.2f}")

# %% [markdown]
# Chapter 2 has the traps of pairing outputs with targets. Here the question is another: what if a loss depends on more than
# one pair `(y_true, y_pred)`?
#
# ## Losses from inside: add_loss
#
# A layer sees what a loss function does not: activations in the middle of the model. In `call` it may hand any number to
# `self.add_loss`, and `fit` adds it to what it minimizes. The classic is a penalty on large activations.


# %%
class ActivityPenalty(layers.Layer):
    """Pass the inputs through; add rate * (sum of squares / batch size) as a loss."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.tracker = keras.metrics.Mean(name="penalty")  # shows up in the logs of fit

    def call(self, inputs):
        batch_size = ops.cast(ops.shape(inputs)[0], inputs.dtype)
        penalty = self.rate * ops.sum(ops.square(inputs)) / batch_size
        self.add_loss(penalty)
        self.tracker.update_state(penalty)
        return inputs


layer = ActivityPenalty(0.1)
layer(np.array([[1.0, 2.0], [3.0, 0.0]], dtype="float32"))
print("losses:", [round(float(loss), 3) for loss in layer.losses])
np.testing.assert_allclose(layer.losses[0], 0.1 * (1 + 4 + 9) / 2)

# %% [markdown]
# For this very penalty you need no class. Every layer takes an `activity_regularizer`, and Keras 3.15 divides what it
# returns by the batch size. (Keras 3.13 does not: there the penalty of this batch of two is twice as large.)

# %%
x = np.array([[1.0, 2.0], [3.0, 0.0]], dtype="float32")
regularized = layers.Activation("linear", activity_regularizer=keras.regularizers.L2(0.1))
regularized(x)
print("activity_regularizer:", round(float(regularized.losses[0]), 3))
assert np.isclose(regularized.losses[0] / layer.losses[0], [1, 2]).any()

# %% [markdown]
# > **Pitfall: the batch size is not `inputs.shape[0]`.** While a Functional model is built, and inside `fit`, that entry is `None`.
# > `ops.shape(inputs)[0]` is the size of the batch at hand.
#
# > **Pitfall: `add_loss` takes a tensor,** and only in `call`. A NumPy number has no gradient, and is refused.


# %%
class StaticBatch(layers.Layer):
    def call(self, inputs):
        self.add_loss(ops.sum(inputs) / inputs.shape[0])
        return inputs


class PlainNumber(layers.Layer):
    def call(self, inputs):
        self.add_loss(float(np.sum(inputs)))
        return inputs


for layer, argument in [(StaticBatch(name="a"), keras.Input((2,))), (PlainNumber(name="b"), x)]:
    try:
        layer(argument)
    except Exception as error:
        print(f"{type(layer).__name__}: {type(error).__name__}: {first_line(error)}")

# %% [markdown]
# Does the division by the batch size matter? Without it the penalty grows with the batch while the data loss, a mean, does not.
# The same network is trained in batches of 256, with the mean and with the plain sum, at the same rate.

# %%
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:TRAIN_SIZE, ..., None].astype("float32") / 255, y_train[:TRAIN_SIZE]
x_test, y_test = x_test[:1000, ..., None].astype("float32") / 255, y_test[:1000]
print("images", x_train.shape[1:], "from", x_train.min(), "to", x_train.max())


class SummedPenalty(ActivityPenalty):
    """The same without the division: grows with the batch."""

    def call(self, inputs):
        self.add_loss(self.rate * ops.sum(ops.square(inputs)))
        return inputs


# %% tags=["nbval-ignore-output"]
accuracy, activity = {}, {}
for label, penalty in [
    ("none", layers.Identity()),
    ("mean over the batch", ActivityPenalty(0.003)),
    ("sum over the batch", SummedPenalty(0.003)),
]:
    keras.utils.set_random_seed(SEED)
    hidden = [keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(64, "relu"), penalty]
    model = keras.Sequential([*hidden, layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(x_train, y_train, batch_size=256, epochs=6, verbose=0)
    both = keras.Model(model.inputs[0], [model.layers[-2].output, model.outputs[0]])
    activations, logits = both.predict(x_test, verbose=0)
    activity[label] = activations.ravel()
    accuracy[label] = (logits.argmax(axis=-1) == y_test).mean()
    print(f"{label:20} accuracy {accuracy[label]:.2f}  logs: {sorted(history.history)}")

assert accuracy["mean over the batch"] > 0.65 and accuracy["sum over the batch"] < 0.6

# %% alt="Histogram of the hidden activations on a logarithmic scale for three trainings. Without a penalty they reach beyond 5, with the mean penalty they are smaller, with the summed penalty nearly all are zero" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
bins = np.linspace(0, 6, 61)
for (label, values), style in zip(activity.items(), ["-", "--", ":"]):
    name = f"{label}, accuracy {accuracy[label]:.2f}"
    ax.hist(values, bins, histtype="step", linestyle=style, linewidth=1.6, label=name)
ax.set(xlabel="activation of a hidden unit", ylabel="how many", yscale="log")
ax.set_title("A penalty that grows with the batch silences the network")
ax.legend(title="penalty")
plt.show()

# %% [markdown]
# Note `penalty` in the logs: the `Mean` held as an attribute of the layer. `fit` finds it, reports it and resets it each epoch.
#
# ### model.losses, and when it is forgotten
#
# What was added is collected in `model.losses`: the `add_loss` of all layers, activity regularizers, weight regularizers. Each call
# of the model starts a new list. It is not a history.

# %%
model = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.01)),
        ActivityPenalty(0.1),
        layers.Dense(1),
    ]
)
print("before the first call:", len(model.losses), "(the kernel's penalty needs no data)")
for call in range(3):
    model(x * call)
    print(f"after call {call}: {len(model.losses)} losses, sum {float(sum(model.losses)):.2f}")
assert len(model.losses) == 2

# %% [markdown]
# In a training loop of your own, these losses are yours to add. `compute_loss`, and with it `fit`, does the same.

# %%
y = np.zeros((2, 1), dtype="float32")
model.compile(optimizer="sgd", loss="mean_squared_error")

y_pred = model(x, training=True)
total = keras.losses.MeanSquaredError()(y, y_pred) + sum(model.losses)
np.testing.assert_allclose(model.compute_loss(y=y, y_pred=y_pred), total, rtol=1e-6)
assert float(total) > float(keras.losses.MeanSquaredError()(y, y_pred))
print("data loss + sum(model.losses) is what fit minimizes")

# %% [markdown]
# > **Pitfall: reading `model.losses` after `fit`.** What you find are symbols of the compiled training step, without a value. Call the
# > model once more, and read then.

# %%
model.fit(x, y, verbose=0)
try:
    print([float(loss) for loss in model.losses])
except TypeError as error:
    print("TypeError:", first_line(error))
model(x)
assert all(np.isfinite(float(loss)) for loss in model.losses)

# %% [markdown]
# ## compute_loss: the whole number in your hands
#
# Some losses need the *model*, not only its output. Example: the image of a shirt is still that of a shirt after a left-right flip. A
# **consistency loss** asks that the model give both the same answer, which takes a second forward pass. Override
# `compute_loss`, and `super().compute_loss` gives you what `compile` and `add_loss` asked for.


# %%
class Consistent(keras.Model):
    """A classifier that is also asked to answer the same for the flipped image."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.stack = keras.Sequential(
            [layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(10)]
        )

    def call(self, inputs, training=None):
        return self.stack(inputs, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        flipped = self(ops.flip(x, axis=2), training=training)
        difference = ops.softmax(y_pred) - ops.softmax(flipped)
        return loss + self.factor * ops.mean(ops.square(difference))


# %% tags=["nbval-ignore-output"]
agreement = {}
for factor in [0.0, 30.0]:
    keras.utils.set_random_seed(SEED)
    model = Consistent(factor)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x_train, y_train, batch_size=128, epochs=4, verbose=0)
    plain = model.predict(x_test, verbose=0).argmax(axis=-1)
    flipped = model.predict(x_test[:, :, ::-1], verbose=0).argmax(axis=-1)
    agreement[factor] = (plain == flipped).mean()
    right = (plain == y_test).mean()
    print(f"factor {factor:4}: same answer {agreement[factor]:.2f}, right answer {right:.2f}")
assert agreement[30.0] > agreement[0.0] + 0.02

# %% [markdown]
# ## A model inside the loss
#
# How far apart are two images? Pixel by pixel is a poor answer: shift an image by one pixel, and the error is large. A **perceptual loss**
# also compares what a network sees in the two images, its *features*. That network, the **extractor**, must be trained
# beforehand and stay as it is. Here it is a small classifier of clothes, cut off in the middle.


# %% tags=["nbval-ignore-output"]
def convolutions():
    return [
        layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="edges"),
    ]


keras.utils.set_random_seed(SEED)
classifier = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        *convolutions(),
        layers.Flatten(),
        layers.Dense(64, activation="relu", name="meaning"),
        layers.Dropout(0.3),
        layers.Dense(10),
    ]
)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
classifier.compile("adam", cross_entropy, metrics=["accuracy"])
classifier.fit(x_train, y_train, batch_size=64, epochs=EPOCHS, verbose=0)
scores = classifier.evaluate(x_test, y_test, verbose=0, return_dict=True)
print(f"accuracy of the classifier: {scores['accuracy']:.2f}")
assert scores["accuracy"] > 0.6


# %% [markdown]
# `extractor.trainable = False` freezes every weight in it. `training=False` in the call keeps dropout and batch
# normalization out. Both belong to every extractor in a loss. (The cut shares its layers with the classifier, which is
# frozen with it. It is done learning.)


# %%
def cut(name):
    """Return the frozen part of the classifier from the image to the named layer."""
    extractor = keras.Model(classifier.inputs[0], classifier.get_layer(name).output)
    extractor.trainable = False
    return extractor


edges, meaning = cut("edges"), cut("meaning")
print("edges:  ", edges.output_shape[1:], "=", np.prod(edges.output_shape[1:]), "numbers")
print("meaning:", meaning.output_shape[1:], "=", meaning.output_shape[-1], "numbers")
assert edges.trainable_weights == [] and len(edges.weights) == 4

# %% [markdown]
# ### What each loss wants to see
#
# To see what a loss asks for, let it draw. Start from grey images and change the *pixels* by gradient descent until the features are those of
# the targets. No pixel is ever compared.


# %%
def draw(extractor, targets, steps=200):
    """Return images whose features approach those of the targets, found by gradient descent."""
    images = keras.Variable(np.full(targets.shape, 0.5, "float32"))
    optimizer = keras.optimizers.Adam(0.05)
    optimizer.build([images])
    wanted = extractor(targets, training=False)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            difference = extractor(images.value, training=False) - wanted
            loss = ops.mean(ops.square(difference))
        optimizer.apply([tape.gradient(loss, images.value)], [images])
        images.assign(ops.clip(images, 0, 1))

    for _ in range(steps):
        step()
    return ops.convert_to_numpy(images)


targets = x_test[:6]
from_edges, from_meaning = draw(edges, targets), draw(meaning, targets)
for drawn in [from_edges, from_meaning]:
    assert drawn.shape == targets.shape and 0 <= drawn.min() and drawn.max() <= 1

# %% alt="Three rows of six images. First the targets. Second, drawn from the edges, almost the same images. Third, drawn from the meaning, noise in which the garments can hardly be made out" tags=["nbval-ignore-output"]
rows = {"target": targets, "same\nedges": from_edges, "same\nmeaning": from_meaning}
fig, axes = plt.subplots(3, 6, figsize=(6.5, 3.4))
for row, (label, images) in zip(axes, rows.items()):
    for ax, image in zip(row, images):
        ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    row[0].set_ylabel(label, rotation=0, ha="right", va="center")
fig.suptitle("Deep features alone do not make an image")
plt.show()

# %% tags=["nbval-ignore-output"]
seen = classifier.predict(targets, verbose=0).argmax(axis=-1)
agree = (classifier.predict(from_meaning, verbose=0).argmax(axis=-1) == seen).mean()
pixel_errors = [float(((drawn - targets) ** 2).mean()) for drawn in (from_edges, from_meaning)]
print(f"mean squared pixel error: edges {pixel_errors[0]:.3f}, meaning {pixel_errors[1]:.3f}")
print(f"the noise is classified like the targets in {agree:.0%} of the cases")
assert pixel_errors[0] < 0.02 < 0.06 < pixel_errors[1] and agree > 0.5

# %% [markdown]
# To the network the third row *is* clothes. That is why a perceptual loss takes features from early layers, and keeps the pixels in as a
# second term. There are four ways to write that.
#
# ### The same loss, four ways
#
# The task: enlarge images of 7 × 7 pixels to 28 × 28. The loss: mean squared error of the images + `WEIGHT` × mean squared error of
# their features. All four models below train the same `upscaler`, so their gradients can be compared.

# %%
small_train = x_train.reshape(-1, 7, 4, 7, 4, 1).mean(axis=(2, 4))
small_test = x_test.reshape(-1, 7, 4, 7, 4, 1).mean(axis=(2, 4))
WEIGHT = 5.0
extractor = edges


def make_upscaler():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential(
        [
            keras.Input((7, 7, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
        ]
    )


upscaler = make_upscaler()

# %% [markdown]
# **1. A closure over the extractor.** The shortest, and the one to start with. It works in `compile` with sample weights, and leaves
# the model as it is.


# %%
def perceptual_loss(extractor, weight):
    """Return a loss (y_true, y_pred) -> (batch,) that compares images and features."""

    def mean_square(values):
        return ops.mean(ops.square(values), axis=tuple(range(1, len(values.shape))))

    def loss(y_true, y_pred):
        features_true = extractor(y_true, training=False)
        features_pred = extractor(y_pred, training=False)
        return mean_square(y_true - y_pred) + weight * mean_square(features_true - features_pred)

    return loss


by_closure = keras.Model(upscaler.inputs[0], upscaler.outputs[0])
by_closure.compile("adam", perceptual_loss(extractor, WEIGHT))

# %% [markdown]
# **2. A model with two outputs,** the image and its features. The losses are ordinary ones, and each is shown in the logs. The
# features of the targets are computed once, not in every step.

# %%
image = upscaler(upscaler.inputs[0])
by_outputs = keras.Model(upscaler.inputs[0], [image, extractor(image, training=False)])
by_outputs.compile(
    "adam", loss=["mean_squared_error", "mean_squared_error"], loss_weights=[1.0, WEIGHT]
)

# %% [markdown]
# **3. `compute_loss`.** You need it when the loss takes more than targets and predictions.


# %%
class Perceptual(keras.Model):
    def __init__(self, upscaler, extractor, weight):
        super().__init__()
        self.upscaler, self.extractor, self.weight = upscaler, extractor, weight

    def call(self, inputs, training=None):
        return self.upscaler(inputs, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        pixels = super().compute_loss(x, y, y_pred, sample_weight, training)
        difference = self.extractor(y, training=False) - self.extractor(y_pred, training=False)
        return pixels + self.weight * ops.mean(ops.square(difference))


by_compute_loss = Perceptual(upscaler, extractor, WEIGHT)
by_compute_loss.compile("adam", "mean_squared_error")

# %% [markdown]
# **4. `add_loss` in a layer** that is given the targets as a further input. `compile` needs no loss at all then.


# %%
class FeatureMatching(layers.Layer):
    """Return the image; given a target, add the perceptual loss."""

    def __init__(self, extractor, weight, **kwargs):
        super().__init__(**kwargs)
        self.loss_fn = perceptual_loss(extractor, weight)

    def call(self, image, target=None):
        if target is not None:
            self.add_loss(ops.mean(self.loss_fn(target, image)))
        return image


target = keras.Input((28, 28, 1), name="target")
by_add_loss = keras.Model(
    [upscaler.inputs[0], target], FeatureMatching(extractor, WEIGHT)(image, target)
)
by_add_loss.compile("adam")

# %% [markdown]
# Four models, one loss. Are they? The loss and its gradient with respect to the upscaler's first kernel, for the same 32 images:


# %%
def loss_and_gradient(model, x, y=None):
    """Return what fit would minimize, and its gradient for the upscaler's first kernel."""
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = model.compute_loss(x=x, y=y, y_pred=y_pred)
    return float(loss), ops.convert_to_numpy(
        tape.gradient(loss, upscaler.trainable_weights[0].value)
    )


x, y = tf.constant(small_train[:32]), tf.constant(x_train[:32])
ways = {
    "closure": loss_and_gradient(by_closure, x, y),
    "two outputs": loss_and_gradient(by_outputs, x, [y, extractor(y, training=False)]),
    "compute_loss": loss_and_gradient(by_compute_loss, x, y),
    "add_loss": loss_and_gradient(by_add_loss, [x, y]),
}
loss, gradient = ways["closure"]
for way, (other_loss, other_gradient) in ways.items():
    np.testing.assert_allclose(other_loss, loss, rtol=1e-5)
    np.testing.assert_allclose(other_gradient, gradient, rtol=1e-3, atol=1e-7)
    print(f"{way:12} same loss, same gradient of shape {other_gradient.shape}")
assert np.abs(gradient).max() > 1e-5

# %% [markdown]
# | way | choose it when |
# |---|---|
# | closure | the loss is a matter of targets and predictions; you want sample weights |
# | two outputs | you want each term in the logs, with its own weight; targets' features can be computed beforehand |
# | `compute_loss` | the loss needs inputs, several passes, or the model's inside |
# | `add_loss` | the loss belongs to a layer, and should travel with it into other models |
#
# What does each term pull at? Here is the gradient with respect to the *image*, for an enlargement by mere repetition: purple pixels
# are to become darker, orange ones lighter.

# %% alt="Five small pictures in a row for one pullover: the target, the enlarged blocks, and three maps of what each term pulls at. The pixel term pulls wherever a pixel differs, the feature term along the contours, both together mostly along the contours" tags=["nbval-ignore-output"]
blurred = tf.constant(small_test[1:2].repeat(4, axis=1).repeat(4, axis=2))
truth = tf.constant(x_test[1:2])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(blurred)
    pixel_term = ops.mean(ops.square(truth - blurred))
    feature_term = ops.mean(perceptual_loss(extractor, WEIGHT)(truth, blurred)) - pixel_term
    both_terms = pixel_term + feature_term
terms = {"pixels": pixel_term, "features": feature_term, "both": both_terms}

fig, axes = plt.subplots(1, 5, figsize=(10, 2.4))
for ax, (label, picture) in zip(axes, {"target": truth, "enlarged": blurred}.items()):
    ax.imshow(picture[0], cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(label)
for ax, (label, term) in zip(axes[2:], terms.items()):
    pull = -ops.convert_to_numpy(tape.gradient(term, blurred))[0, ..., 0]
    limit = np.abs(pull).max()
    ax.imshow(pull, cmap="PuOr", vmin=-limit, vmax=limit)
    ax.set_title(f"pull of\n{label}")
for ax in axes:
    ax.axis("off")
fig.suptitle("Pixels pull wherever they differ, features along contours", y=1.15)
plt.show()

# %% [markdown]
# And what comes of it, after training with the pixels alone, with both, and with the features alone:

# %% tags=["nbval-ignore-output"]
y = [x_train[:2000], extractor.predict(x_train[:2000], verbose=0)]
y_test_features = extractor.predict(x_test, verbose=0)
enlarged, errors = {}, {}
for label, pixel_weight, feature_weight in [
    ("pixels", 1.0, 0.0),
    ("both", 1.0, WEIGHT),
    ("features", 0.0, WEIGHT),
]:
    trained = make_upscaler()
    outputs = [trained.outputs[0], extractor(trained.outputs[0], training=False)]
    model = keras.Model(trained.inputs[0], outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss=["mean_squared_error", "mean_squared_error"],
        loss_weights=[pixel_weight, feature_weight],
    )
    model.fit(small_train[:2000], y, batch_size=32, epochs=EPOCHS, verbose=0)
    enlarged[label], features = model.predict(small_test, verbose=0)
    pixel_error = ((enlarged[label] - x_test) ** 2).mean()
    feature_error = ((features - y_test_features) ** 2).mean()
    errors[label] = (float(pixel_error), float(feature_error))
    print(f"{label:9} pixel error {pixel_error:.3f}  feature error {feature_error:.4f}")
assert errors["pixels"][0] < errors["features"][0]

# %% alt="Five rows of six images: the 7 by 7 inputs, enlargements trained with the pixel loss, which are blurred, with both terms, which have more contrast and texture, with the features alone, which have dotted patterns, and the targets" tags=["nbval-ignore-output"]
rows = {"input": small_test, **enlarged, "target": x_test}
fig, axes = plt.subplots(5, 6, figsize=(6, 5.2))
for row, (label, images) in zip(axes, rows.items()):
    for ax, image in zip(row, images):
        ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    row[0].set_ylabel(label, rotation=0, ha="right", va="center")
fig.suptitle("Pixels alone blur, features alone make patterns")
plt.show()

# %% [markdown]
# ### Ways that fail, or silently do nothing
#
# Five wrong perceptual losses, written the way they are often written. For each, look whether it runs at all, and compare its gradient with that of
# the pixel loss alone: if they are equal, the extractor does nothing.


# %%
def pixels_only(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=(1, 2, 3))


def feature_term(features_true, features_pred):
    return WEIGHT * ops.mean(ops.square(features_true - features_pred), axis=(1, 2, 3))


def with_predict(y_true, y_pred):
    term = feature_term(extractor.predict(y_true, verbose=0), extractor.predict(y_pred, verbose=0))
    return pixels_only(y_true, y_pred) + term


def with_layer_output(y_true, y_pred):
    features = extractor.layers[-1].output  # a symbol, not the features of this batch
    return pixels_only(y_true, y_pred) + feature_term(extractor(y_true), features)


def with_stopped_gradient(y_true, y_pred):
    features = ops.stop_gradient(extractor(y_pred, training=False))
    return pixels_only(y_true, y_pred) + feature_term(extractor(y_true), features)


def with_targets_twice(y_true, y_pred):
    blurred = ops.average_pool(y_true, 2, strides=1, padding="same")
    return pixels_only(y_true, y_pred) + feature_term(extractor(y_true), extractor(blurred))


def with_first_sample(y_true, y_pred):
    features_true = extractor(y_true, training=False)[0]
    return pixels_only(y_true, y_pred) + feature_term(features_true, extractor(y_pred))


# %% [markdown]
# Each is compiled and trained for one step, then its gradient is taken.

# %%
x, y = tf.constant(small_train[:32]), tf.constant(x_train[:32])
candidates = [with_predict, with_layer_output, with_stopped_gradient, with_targets_twice]
by_closure.compile("sgd", pixels_only)
_, of_pixels = loss_and_gradient(by_closure, x, y)
_, right = ways["closure"]
verdicts = {}
for loss_fn in [*candidates, with_first_sample]:
    by_closure.compile(keras.optimizers.SGD(0.0), loss_fn)
    try:
        by_closure.fit(x, y, verbose=0)
        _, gradient = loss_and_gradient(by_closure, x, y)
        nothing = np.allclose(gradient, of_pixels, rtol=1e-3, atol=1e-8)
        verdict = "runs, gradient of the pixels alone" if nothing else "runs, another gradient"
    except Exception as error:
        verdict = f"{type(error).__name__}: {first_line(error)[:60]}"
    verdicts[loss_fn.__name__] = verdict
    print(f"{loss_fn.__name__:22} {verdict}")
assert verdicts["with_stopped_gradient"] == verdicts["with_targets_twice"]
assert not np.allclose(gradient, right, rtol=1e-2)  # with_first_sample: a wrong one

# %% [markdown]
# - `predict` runs a loop of its own over NumPy data and has no gradient. Call the extractor like a function.
# - `layer.output` is the symbol from the making of the model. It has nothing to do with the batch.
# - A stopped gradient, or a term without `y_pred` in it, is a constant. The loss you see is larger; training does not notice.
# - `[0]` compares all images with the first target. It runs, trains, and is wrong: the targets' features lost their batch axis, and broadcasting
#   put it back.
#
# Two lines find all of these: compare the gradient with that of the first term alone, and compare the loss with one that you computed by hand.

# %% [markdown]
# > **Pitfall: the extractor is trained along.** If the model that you train *holds* the extractor (as way 3 does), its weights are among the
# > model's. Not frozen, the extractor learns to see less: the feature loss goes down while the image gets no better.

# %% tags=["nbval-ignore-output"]
outcome = {}
for frozen in [True, False]:
    held = keras.Sequential([keras.Input((28, 28, 1)), *convolutions()])
    held.set_weights(extractor.get_weights())
    held.trainable = not frozen
    model = Perceptual(make_upscaler(), held, 20 * WEIGHT)
    model.compile(keras.optimizers.Adam(0.005), "mean_squared_error")
    model.fit(small_train[:1000], x_train[:1000], batch_size=32, epochs=2, verbose=0)
    images = model.predict(small_test, verbose=0)
    honest, own = (
        float(ops.mean(ops.square(judge(images) - judge(x_test)))) for judge in (extractor, held)
    )
    moved = max(np.abs(a - b).max() for a, b in zip(held.get_weights(), extractor.get_weights()))
    outcome[frozen] = own
    print(
        f"frozen={frozen!s:5} weights moved {moved:.2f}  its own error {own:.4f}  honest {honest:.4f}"
    )
assert outcome[False] < 0.5 * outcome[True]

# %% [markdown]
# > **Pitfall: freezing too late.** `fit` trains what was trainable when its training step was made, at the first `fit` after
# > `compile`. A flag that is set afterwards changes nothing, and nothing is said. Compile again.

# %%
model = keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Dense(1)])
model.compile("sgd", "mean_squared_error")
x, y = np.ones((4, 2), "float32"), np.full((4, 1), 7.0, "float32")


def moves():
    """Train one epoch; tell whether the first layer's kernel changed."""
    before = model.get_weights()[0].copy()
    model.fit(x, y, verbose=0)
    return not np.array_equal(before, model.get_weights()[0])


print("trainable:              moves", moves())
model.layers[0].trainable = False
late = moves()
print("frozen after fit:       moves", late)
model.compile("sgd", "mean_squared_error")
print("frozen, compiled again: moves", moves())
assert late

# %% [markdown]
# > **Pitfall: a compiled model inside a layer.** Wrap a model that was itself compiled into a layer of your own, and the outer `fit` reports the
# > *inner* model's loss tracker, which nobody updates: 0.0, in every epoch. The weights are trained all the same. Build the
# > inner model without `compile`.


# %%
class Wrapper(layers.Layer):
    def __init__(self, model, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def call(self, inputs):
        return self.model(inputs)


for compiled in [True, False]:
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros")])
    if compiled:
        inner.compile(loss="mean_squared_error")
    outer = keras.Sequential([keras.Input((2,)), Wrapper(inner)])
    outer.compile("sgd", "mean_squared_error")
    loss = outer.fit(x, y, verbose=0).history["loss"][0]
    moved = bool(np.any(inner.get_weights()[0]))
    print(f"inner model compiled: {compiled!s:5}  reported loss {loss:.1f}  weights moved {moved}")

# %% [markdown]
# ## The endpoint layer: targets as an input
#
# So far targets arrived at the side, through `fit`. An **endpoint layer** takes them as an ordinary input and computes loss and metrics itself.
# That is the way out when the loss needs more than Keras passes on: lengths, masks, margins per sample. The example is the plainest
# one, so that it can be checked against `compile`: a yes-or-no model with sample weights.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class LogisticEndpoint(layers.Layer):
    """Turn logits into probabilities; given targets, add the loss and update the accuracy."""

    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.BinaryAccuracy(name="accuracy")

    def call(self, logits, targets=None, sample_weight=None):
        probabilities = ops.sigmoid(logits)
        if targets is not None:
            self.add_loss(self.loss_fn(targets, logits, sample_weight))
            self.accuracy.update_state(targets, probabilities)
        return probabilities


# %% [markdown]
# Made-up data: two groups of points that overlap. The second group is the smaller one, and its points weigh three times as much.

# %%
generator = np.random.default_rng(SEED)
y = (generator.random((600, 1)) < 0.25).astype("float32")
x = (generator.normal(size=(600, 2)) + 1.5 * y * [1.0, 0.5]).astype("float32")
sample_weight = np.where(y[:, 0] == 1, 3.0, 1.0).astype("float32")
print("points", x.shape, " targets", y.shape, " weights", sample_weight.shape)

# %% [markdown]
# In a Functional model, targets and weights are inputs like any other. `keras.Input(())` is one number per sample. `compile` gets no
# loss and no metrics, and `fit` is given a dict and no `y`.


# %%
def make_body():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1)], name="body"
    )


body, endpoint = make_body(), LogisticEndpoint()
inputs = {
    "x": keras.Input((2,), name="x"),
    "targets": keras.Input((1,), name="targets"),
    "sample_weight": keras.Input((), name="sample_weight"),
}
outputs = endpoint(body(inputs["x"]), inputs["targets"], inputs["sample_weight"])
training_model = keras.Model(inputs, outputs)
training_model.compile(optimizer=keras.optimizers.SGD(0.1))

data = {"x": x, "targets": y, "sample_weight": sample_weight}
history = training_model.fit(data, batch_size=32, epochs=5, shuffle=False, verbose=0).history
print("logs:", sorted(history))

# %% alt="Graph of the training model: x goes through the body, and its logits, the targets and the sample weights all go into the logistic endpoint"
keras.utils.plot_model(
    training_model, folder / "endpoint.png", show_shapes=True, show_layer_names=True, dpi=60
)

# %% [markdown]
# Is it the same loss as through `compile`, weights included? The same body, the same seed, the same order of batches:

# %%
reference = make_body()
reference.compile(
    optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.BinaryCrossentropy(from_logits=True)
)
expected = reference.fit(
    x, y, sample_weight=sample_weight, batch_size=32, epochs=5, shuffle=False, verbose=0
).history

np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-4)
for a, b in zip(body.get_weights(), reference.get_weights()):
    np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
print("same loss in every epoch, same weights in the end")

# %% [markdown]
# ### Use it without targets
#
# The trained model wants targets, also to predict. Where it will be used there are none. Three ways to a model without
# them:
#
# 1. **share the layers**: a second Functional model from `x` to the same endpoint, which is called without targets;
# 2. **copy the weights**: build the plain model anew, `set_weights`. It knows nothing of endpoints, and its file can be loaded anywhere;
# 3. **a subclassed model** that passes targets on where there are some.

# %%
try:
    training_model.predict({"x": x, "sample_weight": sample_weight}, verbose=0)
except ValueError as error:
    print("training model: ValueError:", first_line(error))

x_input = keras.Input((2,), name="x")
sharing = keras.Model(x_input, endpoint(body(x_input)))

plain = keras.Sequential([*make_body().layers, layers.Activation("sigmoid")])
plain.set_weights(body.get_weights())

probabilities = training_model.predict(data, verbose=0)
np.testing.assert_allclose(sharing.predict(x, verbose=0), probabilities, rtol=1e-5, atol=1e-6)
np.testing.assert_allclose(plain.predict(x, verbose=0), probabilities, rtol=1e-5, atol=1e-6)
print("shared layers and copied weights: same probabilities, no targets needed")

# %% [markdown]
# Save and reload: the training model needs the class, which is registered; the plain model does not need it.

# %%
training_model.save(folder / "training.keras")
plain.save(folder / "plain.keras")
reloaded = keras.saving.load_model(folder / "training.keras")
np.testing.assert_allclose(reloaded.predict(data, verbose=0), probabilities, rtol=1e-5, atol=1e-6)

again = reloaded.fit(data, batch_size=32, epochs=1, shuffle=False, verbose=0).history["loss"][0]
assert again < history["loss"][0]  # it goes on learning, endpoint and all
served = keras.saving.load_model(folder / "plain.keras")
np.testing.assert_allclose(served.predict(x, verbose=0), probabilities, rtol=1e-5, atol=1e-6)
print("both files reloaded")

# %% [markdown]
# The subclassed model. `inputs.get("targets")` is `None` where there are no targets, and one model serves for both.


# %%
class WithEndpoint(keras.Model):
    def __init__(self):
        super().__init__()
        self.body, self.endpoint = make_body(), LogisticEndpoint()

    def call(self, inputs):
        logits = self.body(inputs["x"])
        return self.endpoint(logits, inputs.get("targets"), inputs.get("sample_weight"))


subclassed = WithEndpoint()
subclassed.compile(optimizer=keras.optimizers.SGD(0.1))
losses = subclassed.fit(data, batch_size=32, epochs=5, shuffle=False, verbose=0).history["loss"]
np.testing.assert_allclose(losses, expected["loss"], rtol=1e-4)
np.testing.assert_allclose(
    subclassed.predict({"x": x}, verbose=0), probabilities, rtol=1e-3, atol=1e-4
)
print("trained with targets, predicts without")

# %% [markdown]
# What the weights do can be seen: the region of *yes* grows towards the points that count more.

# %% alt="Two scatter plots of a large and a small group of points with the line of probability one half. Without weights the line runs close to the small group; with weights of three the line moves towards the large group" tags=["nbval-ignore-output"]
unweighted = make_body()
unweighted.compile(optimizer=keras.optimizers.SGD(0.1), loss=reference.loss)
unweighted.fit(x, y, batch_size=32, epochs=5, shuffle=False, verbose=0)

side = np.linspace(-3.5, 5, 60, dtype="float32")
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for ax, label, logits_of in [
    (axes[0], "every point counts 1", unweighted),
    (axes[1], "yes counts 3", body),
]:
    logits = ops.convert_to_numpy(logits_of(grid)).reshape(60, 60)
    ax.contourf(side, side, logits > 0, levels=[-0.5, 0.5, 1.5], colors=["white", "0.85"])
    ax.plot(*x[y[:, 0] == 0].T, "o", markersize=3, label="no")
    ax.plot(*x[y[:, 0] == 1].T, "^", markersize=3, label="yes")
    ax.set(xlabel="first feature", title=label)
axes[0].set_ylabel("second feature")
axes[1].legend()
fig.suptitle("Sample weights move the border (grey: predicted yes)", y=1.04)
plt.show()

# %% tags=["nbval-ignore-output"]
share_of_yes = {
    name: float((ops.convert_to_numpy(m(x)) > 0).mean())
    for name, m in [("unweighted", unweighted), ("weighted", body)]
}
print({name: round(share, 2) for name, share in share_of_yes.items()})
assert share_of_yes["weighted"] > share_of_yes["unweighted"]

# %% [markdown]
# ### What published endpoint layers get wrong
#
# > **Pitfall: softmax on one logit.** Two well-known recipes return `softmax(logits)`. One number per row, and its softmax is 1.0, whatever the
# > weights are. The loss is computed from the logits, so training looks fine. The predictions are all *yes*.


# %%
class SoftmaxEndpoint(LogisticEndpoint):
    def call(self, logits, targets=None, sample_weight=None):
        super().call(logits, targets, sample_weight)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns: this is always 1
            return ops.softmax(logits)


wrong = ops.convert_to_numpy(SoftmaxEndpoint()(body(x)))
print(f"softmax: from {wrong.min():.2f} to {wrong.max():.2f}")
print(f"sigmoid: from {probabilities.min():.1f} to {probabilities.max():.1f}")
np.testing.assert_allclose(wrong, 1, rtol=1e-6)

# %% [markdown]
# > **Pitfall: the accuracy of logits.** `BinaryAccuracy` compares with 0.5. That is right for probabilities. Fed with logits, it asks for a
# > probability above 0.62. Give it probabilities, or the threshold 0.

# %%
logits = np.array([[0.2], [0.4], [-0.3], [2.0]], dtype="float32")
targets = np.array([[1.0], [1.0], [0.0], [1.0]], dtype="float32")
for label, threshold, values in [
    ("logits, threshold 0.5", 0.5, logits),
    ("logits, threshold 0", 0.0, logits),
    ("probabilities", 0.5, ops.sigmoid(logits)),
]:
    accuracy = keras.metrics.BinaryAccuracy(threshold=threshold)
    print(f"{label:22} accuracy {float(accuracy(targets, values))}")

# %% [markdown]
# > **Pitfall: a constructor that takes no `name`.** Keras rebuilds a layer by calling it with its config, which holds `name`, `trainable` and `dtype`.
# > `def __init__(self)` or `def __init__(self, name=None)` cannot take them. Saving works; loading does not.
#
# > **Pitfall: `inputs["targets"]`** in a subclassed model. It trains; `predict` on inputs without targets fails.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class NoKwargs(LogisticEndpoint):
    def __init__(self, name=None):
        super().__init__(name=name)


class AsksForTargets(WithEndpoint):
    def call(self, inputs):
        return self.endpoint(self.body(inputs["x"]), inputs["targets"])


model = keras.Sequential([keras.Input((1,)), NoKwargs(name="endpoint")])
model.save(folder / "no_kwargs.keras")
try:
    keras.saving.load_model(folder / "no_kwargs.keras")
except TypeError as error:
    print("load: TypeError:", re.search(r"unexpected keyword argument '\w+'", str(error))[0])

model = AsksForTargets()
model({"x": x, "targets": y})
try:
    model.predict({"x": x}, verbose=0)
except KeyError as error:
    print("predict: KeyError:", first_line(error.args[0]))

# %% [markdown]
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `model.add_loss(tensor)` on a Functional model | `NotImplementedError` | a layer that calls `self.add_loss` in `call` |
# | `self.add_loss(loss, inputs=True)` | `TypeError` | `self.add_loss(loss)` |
# | `self.add_metric(value, name=…)`, `aggregation=` | fails | a `keras.metrics.Mean` as attribute of the layer, `update_state` in `call` |
# | `compile(loss_weight=[…])` | `TypeError` | `loss_weights=` |
# | `keras.losses.Reduction.SUM`, `reduction="auto"` | `AttributeError`, `ValueError` | `reduction="sum"`, … |
# | `K.mean`, `K.square`, `K.abs` | `AttributeError` | `ops.mean`, `ops.square`, `ops.abs` |
# | `layer.output` inside a loss | an error, a symbol has no value | the four ways above |
# | `keras.losses.mse`, `keras.losses.kld` | `AttributeError` | `mean_squared_error`, `kl_divergence`; in `compile` the strings still work |
# | a dict of losses that leaves an output out | `ValueError`, if the model returns a list | name it with `None` |
#
# Each line, tried:


# %%
def leave_one_out():
    listed = keras.Model(two_heads.inputs[0], two_heads.outputs)
    listed.compile(loss={"score": "mse"})
    zeros = [np.zeros((8, 1)), np.zeros((8, 2))]
    listed.compute_loss(y=zeros, y_pred=listed(np.zeros((8, 3))))


attempts = {
    "model.add_loss": lambda: keras.Model(inputs, outputs).add_loss(ops.sum(x)),
    "add_loss(inputs=)": lambda: layers.Layer().add_loss(1.0, inputs=True),
    "add_metric": lambda: layers.Layer().add_metric(1.0, name="m"),
    "loss_weight": lambda: two_heads.compile(loss="mse", loss_weight=[1, 2]),
    "losses.Reduction": lambda: keras.losses.Reduction.SUM,
    'reduction="auto"': lambda: keras.losses.MeanSquaredError(reduction="auto"),
    "K.mean": lambda: keras.backend.mean(x),
    "keras.losses.mse": lambda: keras.losses.mse,
    'compile("mse")': lambda: two_heads.compile(loss="mse"),
    "an output left out": leave_one_out,
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:20} runs")
    except Exception as error:
        print(f"{label:20} {type(error).__name__}: {first_line(error)[:66]}")

# %% [markdown]
# ## Try it
#
# **1.** `keras.losses.BinaryCrossentropy()` is given probabilities that are all 0.5. What is the loss, whatever the targets are? And
# what does it tell you about the first loss that you see in a training?
#
# <details><summary>Answer</summary>
#
# ln 2 = 0.693: the cross-entropy of a coin toss. For *k* classes it is ln *k*, 2.303 for ten. An untrained model should start near it. If
# it starts much higher, inputs or weights are too large, or `from_logits` is wrong.
#
# </details>
#
# **2.** You use `ActivityPenalty(0.1)` twice in one model, the same object. How many entries has `model.losses` after a call?
#
# <details><summary>Answer</summary>
#
# Two, one for each time the layer was called in this pass. Both count.
#
# </details>
#
# **3.** Train `by_outputs` with `loss_weights=[1.0, 0.0]`. Is the extractor still computed? Does `fit` still report its loss?
#
# <details><summary>Answer</summary>
#
# Yes and yes. The second output is part of the model, and its loss is computed and reported, times zero in the total. To leave it out,
# give it the loss `None`, or train a model that has only the first output.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | your own loss | a function of `(y_true, y_pred)` that returns `(batch,)`, made of `keras.ops` |
# | a loss with settings that can be saved | a subclass of `keras.losses.Loss`: `call`, `get_config`, registered |
# | a mask as sample weights | `reduction="mean_with_sample_weight"` |
# | several losses | one per output, `loss_weights=` |
# | a penalty on something inside | `self.add_loss(…)` in `call`, divided by `ops.shape(inputs)[0]` |
# | everything that is minimized | `loss_fn(y, y_pred) + sum(model.losses)`, after the forward pass |
# | a model inside the loss | `trainable = False`, `training=False`, called like a function on `y_true` and `y_pred` |
# | the model itself in the loss | override `compute_loss` |
# | a loss that needs further inputs | an endpoint layer; share its layers for prediction |
# | to be sure | compare with a number computed by hand, and compare gradients |
#
# **Read on** in the official documentation: [Losses](https://keras.io/api/losses/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [Making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/).
#
# **Now you:** the assignment [ex05_losses](../exercises/ex05_losses/ex05_losses.ipynb), {{ ex05_losses.tasks }}. Next chapter:
# [custom metrics](06_metrics.ipynb), for the numbers that people read.
