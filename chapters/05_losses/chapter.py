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
SEED = 0  # int: seed of weights, shuffling and made-up data, 0 to 2,147,483,647
TRAIN_SIZE = 6_000  # int: Fashion-MNIST images used, 1,000 to 60,000
EPOCHS = 4  # int: passes over the images in the larger trainings, 1 to 30

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
tf.get_logger().setLevel("ERROR")  # many small models on purpose: no advice on retracing


def first_line(error):
    """Return the first sentence of an error's message, without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0].split(". ")[0][:88]


# %% [markdown]
# ## A loss is a function of two arrays
#
# `fit` makes one number smaller. A **loss** says which: it takes the targets `y_true` and the
# predictions `y_pred`, and returns *one number per sample*. These are then averaged over the batch.
# The losses of Keras come in two forms: a function does the first step, a class does both.

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
# Two of them surprise. The KL divergence is not symmetric. The cosine similarity as a *loss* has its sign turned: −1 is
# best, and the lengths of the vectors do not matter.

# %%
p, q = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
kl, cosine = keras.losses.kl_divergence, keras.losses.cosine_similarity
print(f"KL(p, p) {kl(p, p)[0]:.3f}   KL(p, q) {kl(p, q)[0]:.3f}   KL(q, p) {kl(q, p)[0]:.3f}")
print(f"cosine of p with 7p {cosine(p, 7 * p)[0]:.1f}, with -p {cosine(p, -p)[0]:.1f}")

# %% [markdown]
# ### How much does a large error count?
#
# For a number, choosing a loss means choosing how much a large error counts. The square makes it count most; the
# absolute value gives every error the same pull. **Huber** is a parabola up to a threshold and a straight line beyond.
#
# Below, the points follow the line *y* = 2 *x*, but every eighth target is nonsense. Move the threshold: a small one
# ignores the nonsense, a large one is as misled as the squared error.

# %% tags=["playground"] alt="Left, Huber's loss over the error for the threshold 0.5: a parabola near zero, straight lines beyond, far below the dotted squared error. Right, points along a rising line and eight outliers; the line fitted with Huber's loss runs through the points, the dotted line of the squared error is much flatter"
generator = np.random.default_rng(SEED)
x_line = np.linspace(-1, 1, 64)
y_line = 2 * x_line + generator.normal(scale=0.1, size=64)
y_line[4::8] = 6 - 8 * x_line[4::8]


def fit_line(threshold):
    """Return the line with the least Huber loss, by least squares with weights, again and again."""
    columns, line = np.stack([x_line, np.ones(64)], axis=1), np.zeros(2)
    for _ in range(60):
        size = np.abs(y_line - columns @ line)
        root = np.sqrt(np.minimum(1, threshold / np.maximum(size, 1e-9)))
        line = np.linalg.lstsq(columns * root[:, None], y_line * root, rcond=None)[0]
    return line


def show_huber(threshold):
    errors = np.linspace(-4, 4, 161)[:, None]
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    left.plot(errors, keras.losses.huber(0 * errors, errors, delta=threshold))
    left.plot(errors, errors**2 / 2, ":")
    left.set(xlabel="error", ylabel="loss", ylim=(0, 8), title=f"threshold {threshold:.1f}")
    right.plot(x_line, y_line, ".", color="0.5")
    for limit, style, label in [(threshold, "-", "Huber"), (1e6, ":", "squared error / 2")]:
        slope, shift = fit_line(limit)
        right.plot(x_line, slope * x_line + shift, style, label=f"{label}, slope {slope:.1f}")
    right.set(xlabel="x", ylabel="y", title="The slope of the good targets is 2")
    right.legend(fontsize=8)
    plt.show()


_ = interact(show_huber, threshold=FloatSlider(value=0.5, min=0.1, max=10.0, step=0.1))

# %% [markdown]
# ### Logits or probabilities?
#
# A **logit** is what the last layer of a classifier returns without activation: any number, 0 for undecided. The loss must know
# which of the two it is given. Nothing fails if you are wrong.
#
# > **Pitfall: a confident mistake is never corrected.** Computed from probabilities, the cross-entropy cuts off what was rounded to
# > 0 or 1, and beyond the cut there is no slope. Below, the model says *yes* with the logit 20, and the target is *no*. One step of
# > gradient descent with the learning rate 1 should lower the bias by 1.


# %%
def one_step(*last_layers, from_logits):
    """Return the loss and the step of the bias, for a model that wrongly says yes."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1), *last_layers])
    model.set_weights([np.array([[20.0]]), np.zeros(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)
    model.compile(keras.optimizers.SGD(1.0), loss)
    history = model.fit(np.ones((1, 1)), np.zeros((1, 1)), verbose=0).history
    return f"loss {history['loss'][0]:4.1f}, step {model.get_weights()[1][0]:4.1f}"


sigmoid, reshape = layers.Activation("sigmoid"), layers.Reshape((1,))
print("logits, from_logits=True        ", one_step(from_logits=True))
print("logits taken for probabilities  ", one_step(from_logits=False))
print("sigmoid last, from_logits=False ", one_step(sigmoid, from_logits=False))
print("sigmoid, then Reshape           ", one_step(sigmoid, reshape, from_logits=False))

# %% [markdown]
# The third line works because Keras's sigmoid remembers its logits, and the loss finds them. The fourth shows how easily they are
# lost: any layer behind it that makes a new tensor is enough. So end a classifier in a `Dense` without activation, tell the loss
# `from_logits=True`, and apply the sigmoid where you predict.
#
# ## A loss needs a slope, a metric does not
#
# Training follows the slope of the loss. Accuracy says exactly what you want, and has none.
# Below, one weight of a yes-or-no model is moved, and accuracy and cross-entropy are measured.

# %% alt="Two charts over the value of one weight. Left, accuracy is a flat line with one jump. Right, cross-entropy is a smooth bowl with one lowest point"
x = generator.normal(size=(40, 1)).astype("float32")
y = (x + generator.normal(scale=0.5, size=x.shape) > 0).astype("float32")
weights = np.linspace(-2, 10, 60)
accuracy = [((weight * x > 0) == (y > 0.5)).mean() for weight in weights]
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
entropy = [float(cross_entropy(y, (weight * x).astype("float32"))) for weight in weights]

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
axes[0].step(weights, accuracy, where="mid")
axes[0].set(xlabel="weight", ylabel="accuracy", ylim=(0, 1), title="No slope: nowhere to go")
axes[1].plot(weights, entropy)
axes[1].set(xlabel="weight", ylabel="cross-entropy", title="A slope everywhere")
plt.show()
assert len(set(accuracy)) == 2, "Accuracy should have one value on each side of the weight 0."

# %% [markdown]
# > **Pitfall: a loss that rounds, counts or compares.** If there is no gradient at all, as through `round`, Keras says so. The gradient of
# > `sign` exists and is 0 everywhere: training runs, nothing moves, and nobody says a word.


# %%
def rounds(y_true, y_pred):
    return ops.mean(ops.abs(y_true - ops.round(ops.sigmoid(y_pred))), axis=-1)


def takes_the_sign(y_true, y_pred):
    return ops.mean(ops.abs(2 * y_true - 1 - ops.sign(y_pred)), axis=-1)


for loss_fn in [rounds, takes_the_sign]:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    before = model.get_weights()
    model.compile("sgd", loss_fn)
    try:
        model.fit(x, y, epochs=3, verbose=0)
        print(f"{loss_fn.__name__}: no error, weight {before[0]} is now {model.get_weights()[0]}")
    except ValueError as error:
        print(f"{loss_fn.__name__}: ValueError: {first_line(error)}")

# %% [markdown]
# So you train with the cross-entropy and *report* the accuracy. Chapter [6](06_metrics.ipynb) is about what you report.
#
# ## Your own loss is a function
#
# A restaurant wants to tell its customers when the food will be there, and to keep that promise nine times in ten. The squared error is of no use: it
# leads to the *mean* time. You need a loss that punishes being late more than being early.
#
# The contract is short. The function takes `y_true` and `y_pred` as tensors, returns a tensor of shape `(batch,)`, and is
# made of `keras.ops`. It keeps nothing between calls. Settings come from outside: a function *makes* the
# loss and remembers what it was given. This one is known as pinball or quantile loss.


# %%
def make_pinball(share):
    """Return a loss (y_true, y_pred) -> (batch,): its best prediction suffices in `share` of cases."""

    def pinball(y_true, y_pred):
        late = y_true - y_pred
        return ops.mean(ops.maximum(share * late, (share - 1) * late), axis=-1)

    return pinball


long, short = np.array([[30.0]]), np.array([[20.0]])
print("10 minutes late:", make_pinball(0.9)(long, short)[0].numpy().round(3))
print("10 minutes early:", make_pinball(0.9)(short, long)[0].numpy().round(3))

# %% [markdown]
# Made-up orders: the time grows with the distance, and so does the uncertainty. The same model with two losses:

# %% tags=["nbval-ignore-output"]
distance = generator.uniform(0, 4, size=(640, 1)).astype("float32")
minutes = (10 + 5 * distance + generator.exponential(2 + 2 * distance)).astype("float32")

promises, kept = {}, {}
for label, loss in [("squared error", "mean_squared_error"), ("pinball 0.9", make_pinball(0.9))]:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.3), loss)
    model.fit(distance, minutes, batch_size=64, epochs=30, verbose=0)
    promises[label] = model.predict(distance, verbose=0)
    kept[label] = float((minutes <= promises[label]).mean())
    print(f"{label:13} promise kept for {kept[label]:.0%} of the orders")

assert abs(kept["pinball 0.9"] - 0.9) < 0.04, "Expected near 90 %; another seed may differ."
assert kept["squared error"] < 0.75, "Expected near 63 %; another seed may differ."

# %% alt="Minutes until delivery over the distance for 640 orders, more scattered at large distances. The line of the squared error runs through the middle of the points, the line of the pinball loss above nine tenths of them" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.plot(distance, minutes, ".", markersize=3, color="0.6")
order = distance[:, 0].argsort()
for (label, promise), style in zip(promises.items(), ["--", "-"]):
    ax.plot(distance[order], promise[order], style, label=f"{label}: {kept[label]:.0%} kept")
ax.set(xlabel="distance (km)", ylabel="minutes", title="The loss decides what is promised")
ax.legend()
plt.show()

# %% [markdown]
# ## Reduction and sample weights
#
# Not every sample has to count the same. A **sample weight** multiplies the loss of its sample: `fit(x, y, sample_weight=…)` takes
# an array with one number per sample. What happens to the weighted losses then is the **reduction**, an argument of every
# loss class.
#
# | `reduction` | the number |
# |---|---|
# | `"sum_over_batch_size"`, `"mean"` (default) | Σ wᵢ ℓᵢ / *n* |
# | `"mean_with_sample_weight"` | Σ wᵢ ℓᵢ / Σ wᵢ |
# | `"sum"` | Σ wᵢ ℓᵢ |
# | `None`, `"none"` | no number: the vector wᵢ ℓᵢ |

# %%
targets, outputs = np.zeros((4, 1), "float32"), np.array([[1.0], [2.0], [3.0], [4.0]], "float32")
sample_weight = np.array([1.0, 1.0, 0.0, 0.0], dtype="float32")

results = {}
for reduction in ["sum_over_batch_size", "mean_with_sample_weight", "sum", None]:
    loss_fn = keras.losses.MeanSquaredError(reduction=reduction)
    result = ops.convert_to_numpy(loss_fn(targets, outputs, sample_weight=sample_weight))
    results[reduction] = result
    print(f"{reduction!s:24} {result}")
assert results["sum_over_batch_size"] == (1 + 4) / 4
assert results["mean_with_sample_weight"] == (1 + 4) / 2

# %% [markdown]
# Two samples count, and the default still divides by all four. That matters where weights of 0 mask samples out, in chapter
# [7](07_data.ipynb). With `"sum"` the step of plain gradient descent grows with the batch: double the batch, and you have doubled the learning rate.
#
# > **Pitfall: the loss averages over the batch itself.** A single number is accepted. But sample weights then multiply the
# > *average*. Below only the first of the four samples has a weight, so only its error should count.


# %%
def one_number(y_true, y_pred):
    return ops.mean((y_true - y_pred) ** 2)


def one_per_sample(y_true, y_pred):
    return ops.mean((y_true - y_pred) ** 2, axis=-1)


def loss_in_fit(loss, y, y_pred, sample_weight=None):
    """Return the number that `fit` would minimize for these predictions."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(loss=loss)
    return float(model.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight))


only_first = np.array([1.0, 0.0, 0.0, 0.0], dtype="float32")
losses = {
    f.__name__: loss_in_fit(f, targets, outputs, only_first) for f in (one_number, one_per_sample)
}
print(losses)
assert losses == {"one_number": 7.5 / 4, "one_per_sample": 1 / 4}

# %% [markdown]
# `compute_loss` is the method by which `fit` gets its number. Later you will override it.
#
# > **Pitfall: one axis too many.** Targets of shape `(n,)` and predictions of shape `(n, 1)` are broadcast to `(n, n)`:
# > every prediction is compared with every target. In `compile`, Keras's own losses and plain functions are guarded, a
# > `Loss` subclass is not. The predictions below are *perfect*.


# %%
class Squared(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)


column = np.array([[0.0], [1.0], [2.0], [3.0]], dtype="float32")
for y_true in [column[:, 0], column]:
    losses = {
        "string": loss_in_fit("mean_squared_error", y_true, column),
        "function": loss_in_fit(one_per_sample, y_true, column),
        "subclass": loss_in_fit(Squared(), y_true, column),
    }
    print(f"targets {y_true.shape!s:6}", losses)

# %% [markdown]
# So make targets a column, `y[:, None]`, whenever the model ends in `Dense(1)`.
#
# ## A loss with settings is a class
#
# A function made by `make_pinball` works, until you save the model. A file can hold the *name* of a function, not the share
# in its closure. A class tells its settings by `get_config`, and `register_keras_serializable` tells
# Keras where the class is to be found. `call` returns one number per sample and leaves weights and reduction to the base class.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class Pinball(keras.losses.Loss):
    """Being late costs `share` per unit, being early 1 - `share`."""

    def __init__(self, share=0.5, **kwargs):
        super().__init__(**kwargs)  # name and reduction
        self.share = share

    def call(self, y_true, y_pred):
        return make_pinball(self.share)(y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "share": self.share}


def before_and_after(loss, custom_objects=None):
    """Return the loss for predictions 20 too low, before saving a model and after loading it."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile(optimizer="sgd", loss=loss)
    model.save(folder / "with_loss.keras")
    loaded = keras.saving.load_model(folder / "with_loss.keras", custom_objects=custom_objects)
    target = np.full((4, 1), 20.0, "float32")
    return [round(float(m.compute_loss(y=target, y_pred=0 * target)), 3) for m in (model, loaded)]


print("Pinball(0.9)                ", before_and_after(Pinball(0.9)))
other = {"pinball": make_pinball(0.5)}
print("closure 0.9, loaded with 0.5", before_and_after(make_pinball(0.9), other))
try:
    before_and_after(make_pinball(0.9))
except TypeError as error:
    print("closure, nothing said: TypeError:", first_line(error)[:44])

# %% [markdown]
# > **Pitfall: a closure is saved by its name.** The model comes back with whatever loss now bears that name, here with the
# > share of today. No warning is given, and training goes on with another loss. Only an unknown name is an error.
#
# Do not take a built-in class on trust either:

# %% tags=["nbval-ignore-output"]
print("keras.losses.Huber(delta=10):", before_and_after(keras.losses.Huber(delta=10.0)))
print("its config:", keras.losses.Huber(delta=10.0).get_config())

# %% [markdown]
# In Keras 3.15 `keras.losses.Huber` does not put `delta` into its config, so a reloaded model is back at 1.
#
# ## Several outputs, several losses
#
# A model with several outputs takes one loss per output, by name or in order. One loss given alone is used for
# all. `loss_weights` say how much each counts, and `None` leaves an output out.

# %%
inputs = keras.Input((3,))
score = layers.Dense(1, name="score")(inputs)
topic = layers.Dense(2, name="topic")(inputs)
two_heads = keras.Model(inputs, {"score": score, "topic": topic})

both = {"score": np.array([[3.0], [1.0]]), "topic": np.array([[1.0, 1.0], [2.0, 0.0]])}
y = {name: np.zeros_like(values) for name, values in both.items()}
cases = {
    "mse for both": ("mse", None, 5 + 1.5),
    "2 x score + topic": (dict(score="mse", topic="mae"), dict(score=2.0, topic=1.0), 2 * 5 + 1),
    "score only": (dict(score="mse", topic=None), None, 5),
}
for label, (loss, loss_weights, expected) in cases.items():
    two_heads.compile(loss=loss, loss_weights=loss_weights)
    total = float(two_heads.compute_loss(y=y, y_pred=both))
    print(f"{label:18} {total:.1f}")
    assert np.isclose(total, expected)

# %% [markdown]
# Chapter [2](02_functional.ipynb) has the traps of pairing outputs with targets. What if a loss depends on more than
# one pair `(y_true, y_pred)`?
#
# ## Losses from inside: add_loss
#
# A layer sees what a loss function does not: activations in the middle of the model. A penalty on large ones is built in: every
# layer takes an `activity_regularizer`. For anything else, hand a number to `self.add_loss` in `call`, and `fit` adds it to what it minimizes.
# This layer passes its inputs through unchanged, and asks that few of them differ from zero.


# %%
class FewActive(layers.Layer):
    """Pass the inputs through; add rate * (sum of absolute values, mean over the batch) as a loss."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * ops.mean(ops.sum(ops.abs(inputs), axis=-1)))
        return inputs


x = np.array([[1.0, 2.0], [3.0, 0.0]], dtype="float32")
own = FewActive(0.1)
own(x)
built_in = layers.Activation("linear", activity_regularizer=keras.regularizers.L1(0.1))
built_in(x)
print(
    "FewActive:", own.losses[0].numpy().round(3), " built in:", built_in.losses[0].numpy().round(3)
)
assert np.isclose(own.losses[0], 0.1 * (3 + 3) / 2)
assert np.isclose(built_in.losses[0] / own.losses[0], [1, 2]).any()  # 2: Keras 3.13

# %% [markdown]
# Both are means over the batch. (An `activity_regularizer` in Keras 3.13 is a plain sum.) That matters: the loss of `compile` is a mean, too,
# and a sum would outgrow it in large batches. [Going further](#A-penalty-that-grows-with-the-batch) trains a network to
# death that way. If you divide by hand, take `ops.shape(inputs)[0]`: while a Functional model is built, `inputs.shape[0]` is `None`.
#
# ### model.losses, and when it is forgotten
#
# What was added is collected in `model.losses`: the `add_loss` of all layers, activity and weight regularizers. It is what `fit`
# minimizes besides the loss of `compile`. Each call of the model starts the list anew. So what is added outside of a call, by
# `model.add_loss(…)`, is wiped before it counts.

# %%
first = layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.01))
model = keras.Sequential([keras.Input((2,)), first, FewActive(0.1), layers.Dense(1)])
print("before the first call:", len(model.losses), "(the kernel's penalty needs no data)")
model.add_loss(ops.convert_to_tensor(1000.0))
for call in range(2):
    y_pred = model(x * (call + 1))
    print(f"after call {call + 1}: {len(model.losses)} losses, sum {float(sum(model.losses)):.2f}")

model.compile("sgd", "mean_squared_error")
y = np.zeros((2, 1), dtype="float32")
data_loss = float(keras.losses.MeanSquaredError()(y, y_pred))
extra = float(model.compute_loss(y=y, y_pred=y_pred)) - data_loss
np.testing.assert_allclose(extra, float(sum(model.losses)), rtol=1e-4)
print(f"what fit adds to the loss of compile: {extra:.2f}")

# %% [markdown]
# ## A model inside the loss
#
# Compress each garment to *two numbers*, and draw it again from these. Two numbers cannot hold an image, so something must be given up.
# Which error do you mind least? Compared pixel by pixel, a shirt drawn as a coat is nearly right. A **perceptual loss**
# also compares what a network sees in the two images, its *features*. That network, the **extractor**, must be trained
# beforehand and stay as it is. Here it is a small classifier without its last layer. A second classifier, the *judge*, will tell afterwards
# what can still be recognized. It takes no part in the training.

# %%
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:TRAIN_SIZE].astype("float32") / 255, y_train[:TRAIN_SIZE]
x_test, y_test = x_test[:1000].astype("float32") / 255, y_test[:1000]
print("images", x_train.shape[1:], "from", x_train.min(), "to", x_train.max())

# %% [markdown]
# Two classifiers, alike but for their size:


# %% tags=["nbval-ignore-output"]
def make_classifier(units):
    hidden = [
        layers.Flatten(),
        layers.Dense(units, "relu"),
        layers.Dense(32, "relu", name="features"),
    ]
    model = keras.Sequential([keras.Input((28, 28)), *hidden, layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=64, epochs=EPOCHS, verbose=0)
    return model


keras.utils.set_random_seed(SEED)
classifier, judge = make_classifier(64), make_classifier(48)
accuracy = {"originals": judge.evaluate(x_test, y_test, verbose=0)[1]}
print(f"the judge is right about {accuracy['originals']:.0%} of the original images")

# %% [markdown]
# `extractor.trainable = False` freezes every weight in it, and so the classifier that it shares its layers with; do that before `compile`
# (chapter [4](04_layers.ipynb)). `training=False` in the call keeps
# dropout and batch normalization out. The loss is a closure that calls the extractor like a function, on both images. Its two terms are of
# about the same size, and each is one number per sample.

# %%
extractor = keras.Model(classifier.inputs[0], classifier.get_layer("features").output)
extractor.trainable = False
assert extractor.trainable_weights == [] and len(extractor.weights) == 4


def pixels(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred), axis=(1, 2))


def angle(features_true, features_pred):
    """1 - cosine of the angle between two vectors: 0 if they point the same way."""
    return 1 + keras.losses.cosine_similarity(features_true, features_pred)


def perceptual(y_true, y_pred):
    features = extractor(y_true, training=False), extractor(y_pred, training=False)
    return 0.5 * pixels(y_true, y_pred) + 0.5 * angle(*features)


def make_autoencoder():
    keras.utils.set_random_seed(SEED)
    encoder = [layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(2)]
    decoder = [layers.Dense(64, "relu"), layers.Dense(784, "sigmoid"), layers.Reshape((28, 28))]
    return keras.Sequential([keras.Input((28, 28)), *encoder, *decoder])


# %% [markdown]
# Same network, same seed, two losses:

# %% tags=["nbval-ignore-output"]
drawn = {}
for label, loss in [("pixels", pixels), ("perceptual", perceptual)]:
    autoencoder = make_autoencoder()
    autoencoder.compile(keras.optimizers.Adam(0.003), loss)
    autoencoder.fit(x_train, x_train, batch_size=64, epochs=2 * EPOCHS, verbose=0)
    drawn[label] = autoencoder.predict(x_test, verbose=0)
    accuracy[label] = judge.evaluate(drawn[label], y_test, verbose=0)[1]
    error = np.abs(drawn[label] - x_test).mean()
    print(f"{label:10} recognized {accuracy[label]:.0%}, mean pixel error {error:.3f}")
if EPOCHS * TRAIN_SIZE >= 24_000:
    assert accuracy["perceptual"] > accuracy["pixels"] + 0.05, "Expected more; seeds may differ."

# %% alt="Three rows with one garment of each of ten kinds: the originals, and drawings from two numbers trained with the pixel loss and with the perceptual loss. Above each image stands what the judge takes it for, in bold if that is right. Both kinds of drawings are blurred; with the perceptual loss the judge is right more often" tags=["nbval-ignore-output"]
names = "T-shirt Trouser Pullover Dress Coat Sandal Shirt Sneaker Bag Boot".split()
chosen = [int(np.argmax(y_test == kind)) for kind in range(10)]
fig, axes = plt.subplots(3, 10, figsize=(10, 3.8), layout="constrained")
for row, (label, images) in zip(axes, {"originals": x_test, **drawn}.items()):
    guesses = judge.predict(images[chosen], verbose=0).argmax(axis=-1)
    for kind, ax in enumerate(row):
        ax.imshow(images[chosen[kind]], cmap="gray_r", vmin=0, vmax=1)
        weight = "bold" if guesses[kind] == kind else "normal"
        ax.set_title(names[guesses[kind]], fontsize=8, fontweight=weight)
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(f"{label}\n{accuracy[label]:.0%} right")
fig.suptitle("What the judge takes them for (bold: right)")
plt.show()

# %% [markdown]
# The pixels are a little worse, and many more garments are recognized. No magic is in it: the extractor knows the ten classes from their labels,
# and the loss passes that on.
#
# > **Pitfall: a term without a gradient.** Call the extractor like a function. `extractor.predict` returns NumPy arrays, and
# > `extractor.layers[-1].output` is a symbol from the making of the model: both end in an error. A term under `ops.stop_gradient` makes
# > the loss larger, and training does not notice. [Going further](#Ways-that-fail,-or-silently-do-nothing) tries them, and shows
# > three more [ways to write the same loss](#The-same-loss,-four-ways).
#
# ## The endpoint layer: targets as an input
#
# So far targets arrived at the side, through `fit`. An **endpoint layer** takes them as ordinary inputs and computes loss and metrics itself.
# That is the way out when the loss needs more than one target and one prediction. How long do batteries last? Some of yours have failed, so you know. Others
# are still running: of these you know only that they last *longer* than what was observed. Predicting more than that is no error for them.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class LifetimeEndpoint(layers.Layer):
    """Turn log-lifetimes into months; given what was observed, add the loss and update the error."""

    def __init__(self, name="lifetime", **kwargs):
        super().__init__(name=name, **kwargs)
        self.failed_error = keras.metrics.Mean(name="failed_error")

    def call(self, log_months, observed=None, running=None):
        months = ops.exp(log_months)
        if observed is not None:
            error = log_months - ops.log(observed)
            error = ops.where(running > 0, ops.minimum(error, 0.0), error)
            self.add_loss(ops.mean(ops.square(error)))
            self.failed_error.update_state(ops.abs(months - observed), sample_weight=1 - running)
        return months


# %% [markdown]
# Made-up batteries: two measurements each, a lifetime, and an age at which you look. About half are still running then.

# %%
x = generator.normal(size=(640, 2)).astype("float32")
noise = generator.normal(scale=0.4, size=(640, 1))
lifetime = np.exp(1.8 + x @ [[0.3], [-0.2]] + noise).astype("float32")
age = generator.uniform(2, 10, size=(640, 1)).astype("float32")
running = (lifetime > age).astype("float32")
data = {"x": x, "observed": np.minimum(lifetime, age), "running": running}
print({name: values.shape for name, values in data.items()}, f"{running.mean():.0%} running")

# %% [markdown]
# In a Functional model, the targets are inputs like any other. `compile` gets no loss, and `fit` is given a dict and no `y`.


# %%
def make_body():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="body")


body, endpoint = make_body(), LifetimeEndpoint()
inputs = {name: keras.Input(values.shape[1:], name=name) for name, values in data.items()}
outputs = endpoint(body(inputs["x"]), inputs["observed"], inputs["running"])
training_model = keras.Model(inputs, outputs)
training_model.compile(optimizer=keras.optimizers.Adam(0.1))
history = training_model.fit(data, batch_size=64, epochs=15, shuffle=False, verbose=0).history
print("logs:", sorted(history))

# %% alt="Graph of the training model: x goes through the body, whose output goes into the lifetime endpoint together with the inputs observed and running"
keras.utils.plot_model(
    training_model, folder / "endpoint.png", show_shapes=True, show_layer_names=True, dpi=60
)

# %% [markdown]
# Was it worth it? The data are made up, so the true lifetimes are known. Beside it two plain models: one takes what was observed for the
# lifetime, one leaves the running batteries out, and with them the best ones.

# %% tags=["nbval-ignore-output"]
months = {"endpoint": training_model.predict(data, verbose=0)}
failed = running[:, 0] == 0
for label, chosen in [("observed = lifetime", failed | True), ("failed only", failed)]:
    plain = make_body()
    plain.compile(keras.optimizers.Adam(0.1), "mean_squared_error")
    target = np.log(data["observed"][chosen])
    plain.fit(x[chosen], target, batch_size=64, epochs=15, verbose=0)
    months[label] = np.exp(plain.predict(x, verbose=0))
off = {name: float(np.exp(np.mean(np.log(m / lifetime)))) - 1 for name, m in months.items()}
print("typical error:", {name: f"{value:.0%}" for name, value in off.items()})
assert abs(off["endpoint"]) < abs(off["failed only"]), "Expected less; another seed may differ."

# %% [markdown]
# All three predict too short lifetimes, the endpoint the least: nobody could tell it how long the running ones will go on.
#
# ### Use it without targets
#
# The trained model wants to be told what was observed, also to predict. Where it will be used, nothing has been observed yet. Three ways out:
#
# 1. **share the layers**: a second Functional model from `x` to the same endpoint, which is called without targets;
# 2. **copy the weights**: build a plain model anew, `set_weights`. It knows nothing of endpoints, and its file can be loaded anywhere;
# 3. **a subclassed model** that passes targets on where there are some ([Going further](#One-model-with-and-without-targets)).

# %%
try:
    training_model.predict({"x": x}, verbose=0)
except ValueError as error:
    print("training model: ValueError:", first_line(error))

x_input = keras.Input((2,), name="x")
sharing = keras.Model(x_input, endpoint(body(x_input)))
plain = keras.Sequential([*make_body().layers, layers.Activation("exponential")])
plain.set_weights(body.get_weights())
for model in [sharing, plain]:
    np.testing.assert_allclose(model.predict(x, verbose=0), months["endpoint"], rtol=1e-4)

# %% [markdown]
# The file of the training model needs the class, which is registered; that of the plain model needs nothing ([Going further](#Saving-an-endpoint) saves both).
#
# > **Pitfall: what published endpoint layers do.** Some take no `**kwargs` in `__init__`: saving works, and loading fails, because Keras
# > rebuilds a layer by calling it with its config, which holds `trainable` and `dtype`. Some, for yes-or-no models, return `softmax(logits)` of *one* logit per row.
# > That is 1.0, whatever the weights are; the loss is computed from the logits, so training looks fine. For one logit, take the sigmoid.
#
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand, it matters what you import. Old material writes
# `from tensorflow import keras`, which keeps some old names alive; `import keras` does not.
#
# | older code | `import keras` | `from tensorflow import keras` | write instead |
# |---|---|---|---|
# | `model.add_loss(tensor)` on a Functional model | `NotImplementedError` | the same | a layer that calls `self.add_loss` in `call` |
# | `self.add_loss(loss, inputs=True)` | `TypeError` | the same | `self.add_loss(loss)` |
# | `self.add_metric(value, name=…)` | `NotImplementedError` | the same | a `keras.metrics.Mean` as attribute of the layer |
# | `compile(loss_weight=[…])` | `TypeError` | the same | `loss_weights=` |
# | a dict of losses that leaves an output of a list out | `ValueError` | the same | name it with `None` |
# | `keras.losses.Reduction.SUM` | `AttributeError` | runs | `reduction="sum"` |
# | `reduction="auto"` | `ValueError` | the same | leave it out |
# | `K.square`, `K.abs`, … (`keras.backend`) | `AttributeError` | run | `ops.square`, `ops.abs`, … |
# | `keras.losses.mse`, `keras.losses.kld` | `AttributeError` | run | `mean_squared_error`, `kl_divergence` |
#
# In `compile`, the strings `"mse"` and `"kld"` still work. Each row, tried with both:

# %%
from tensorflow import keras as tensorflow_keras


def leave_one_out(k):
    inputs = k.Input((3,))
    model = k.Model(inputs, [k.layers.Dense(1, name=name)(inputs) for name in ("a", "b")])
    model.compile(loss={"a": "mse"})
    model.compute_loss(y=[np.zeros((8, 1))] * 2, y_pred=model(np.zeros((8, 3))))


tensor = ops.ones((2, 3))
attempts = {
    "model.add_loss": lambda k: k.Model(i := k.Input((3,)), i).add_loss(tensor),
    "add_loss(inputs=)": lambda k: k.layers.Layer().add_loss(tensor, inputs=True),
    "add_metric": lambda k: k.layers.Layer().add_metric(1.0, name="m"),
    "loss_weight=": lambda k: k.Sequential().compile(loss="mse", loss_weight=[1, 2]),
    "an output left out": leave_one_out,
    "losses.Reduction": lambda k: k.losses.Reduction.SUM,
    'reduction="auto"': lambda k: k.losses.MeanSquaredError(reduction="auto"),
    "K.square, K.abs": lambda k: (k.backend.square(tensor), k.backend.abs(tensor)),
    "losses.mse, .kld": lambda k: (k.losses.mse, k.losses.kld),
}


def outcome(attempt, k):
    try:
        attempt(k)
    except Exception as error:
        return type(error).__name__
    return "runs"


for label, attempt in attempts.items():
    print(f"{label:20} {outcome(attempt, keras):20} {outcome(attempt, tensorflow_keras)}")

# %% [markdown]
# ## Try it
#
# **1.** `keras.losses.BinaryCrossentropy()` is given probabilities that are all 0.5. What is the loss, whatever the targets are? And
# what does it tell you about the first loss that you see in a training?
#
# <details><summary>Answer</summary>
#
# ln 2 = 0.693: the cross-entropy of a coin toss. For *k* classes it is ln *k*, 2.303 for ten. An untrained model should start near it. If
# it starts much higher, look at the scale of the inputs and at `from_logits`.
#
# </details>
#
# **2.** You use `FewActive(0.1)` twice in one model, the same object. How many entries has `model.losses` after a call?
#
# <details><summary>Answer</summary>
#
# Two, one for each time the layer was called in this pass. Both count.
#
# </details>
#
# **3.** In the figure of delivery times, the restaurant now wants to keep three promises in four. What do you change, and does the
# line lie above that of the squared error?
#
# <details><summary>Answer</summary>
#
# `make_pinball(0.75)`. The squared error's line is kept in about 63 % of the cases, so the new one lies above it.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | your own loss | a function of `(y_true, y_pred)` that returns `(batch,)`, made of `keras.ops` |
# | a loss with settings that can be saved | a subclass of `keras.losses.Loss`: `call`, `get_config`, registered |
# | some samples to count more | `fit(…, sample_weight=…)`, and a `reduction` that divides as you mean it |
# | several losses | one per output, `loss_weights=` |
# | a penalty on something inside | `self.add_loss(…)` in `call`, a mean over the batch |
# | everything that is minimized | the loss of `compile` and `sum(model.losses)`, after the forward pass |
# | a model inside the loss | frozen, called like a function on `y_true` and `y_pred` with `training=False` |
# | the model itself in the loss | override `compute_loss` |
# | a loss that needs further inputs | an endpoint layer; share its layers for prediction |
# | to be sure | compare with a number computed by hand, and compare a step of training |
#
# **Read on** in the official documentation: [Losses](https://keras.io/api/losses/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [Making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/).
#
# **Now you:** the assignment [ex05_losses](../exercises/ex05_losses/ex05_losses.ipynb), {{ ex05_losses.tasks }}. Next chapter:
# [custom metrics](06_metrics.ipynb), for the numbers that people read.

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### compute_loss: the whole number in your hands
#
# Some losses need the *model*, not only its output. Example: a shirt is still a shirt after a left-right flip. A
# **consistency loss** asks that the model give both images the same answer, which takes a second forward pass. Override
# `compute_loss`; `super().compute_loss` gives you what `compile` and `add_loss` asked for.


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
    model.fit(x_train, y_train, batch_size=128, epochs=EPOCHS, verbose=0)
    answers = model.predict(x_test, verbose=0).argmax(axis=-1)
    flipped = model.predict(x_test[:, :, ::-1], verbose=0).argmax(axis=-1)
    agreement[factor] = float((answers == flipped).mean())
    share = (answers == y_test).mean()
    print(f"factor {factor:4}: same answer {agreement[factor]:.2f}, right answer {share:.2f}")
if EPOCHS * TRAIN_SIZE >= 24_000:
    assert agreement[30.0] > agreement[0.0] + 0.02, "Expected more agreement; seeds may differ."


# %% [markdown]
# ### A penalty that grows with the batch
#
# A classifier of clothes, trained in batches of 256 with the penalty of `FewActive`: as a mean over the batch, and as a sum, at the same rate.


# %%
class SummedActive(FewActive):
    def call(self, inputs):
        self.add_loss(self.rate * ops.sum(ops.abs(inputs)))
        return inputs


# %% tags=["nbval-ignore-output"]
accuracy, activity = {}, {}
for label, penalty in [
    ("none", layers.Identity()),
    ("mean", FewActive(0.003)),
    ("sum", SummedActive(0.003)),
]:
    keras.utils.set_random_seed(SEED)
    hidden = [keras.Input((28, 28)), layers.Flatten(), layers.Dense(64, "relu"), penalty]
    model = keras.Sequential([*hidden, layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x_train, y_train, batch_size=256, epochs=6, verbose=0)
    both = keras.Model(model.inputs[0], [model.layers[-2].output, model.outputs[0]])
    activations, logits = both.predict(x_test, verbose=0)
    activity[label] = activations.ravel()
    accuracy[label] = float((logits.argmax(axis=-1) == y_test).mean())
    silent = (activations < 0.01).mean()
    print(f"penalty {label:5} accuracy {accuracy[label]:.2f}, silent activations {silent:.0%}")

if TRAIN_SIZE >= 6_000:
    assert accuracy["mean"] > accuracy["sum"] + 0.1, "Expected the sum to do harm; seeds differ."

# %% alt="Histogram of the hidden activations on a logarithmic scale for three trainings. Without a penalty they are the largest, with the mean penalty they are smaller, with the summed penalty nearly all are close to zero" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
bins = np.linspace(0, 5, 51)
for (label, values), style in zip(activity.items(), ["-", "--", ":"]):
    name = f"{label}, accuracy {accuracy[label]:.2f}"
    ax.hist(values, bins, histtype="step", linestyle=style, linewidth=1.6, label=name)
ax.set(xlabel="activation of a hidden unit", ylabel="how many", yscale="log")
ax.set_title("A penalty that grows with the batch silences the network")
ax.legend(title="penalty")
plt.show()

# %% [markdown]
# ### model.losses after fit
#
# What you find there after `fit` are symbols of the compiled training step, without a value. Call the model once more, and read then.

# %%
model = keras.Sequential([keras.Input((2,)), FewActive(0.1), layers.Dense(1)])
model.compile("sgd", "mean_squared_error")
model.fit(x, lifetime, verbose=0)
try:
    print([float(loss) for loss in model.losses])
except TypeError as error:
    print("TypeError:", first_line(error))
model(x)
assert all(np.isfinite(float(loss)) for loss in model.losses)

# %% [markdown]
# ### Ways that fail, or silently do nothing
#
# Four wrong perceptual losses, as they are often written. Each is given the same model for one step of gradient descent. If the weights
# end where the pixel loss alone would take them, the extractor does nothing.


# %%
def with_predict(y_true, y_pred):
    features = extractor.predict(y_true, verbose=0), extractor.predict(y_pred, verbose=0)
    return pixels(y_true, y_pred) + angle(*features)


def with_layer_output(y_true, y_pred):
    symbol = extractor.layers[-1].output  # not the features of this batch
    return pixels(y_true, y_pred) + angle(extractor(y_true), symbol)


def with_stopped_gradient(y_true, y_pred):
    features_pred = ops.stop_gradient(extractor(y_pred, training=False))
    return pixels(y_true, y_pred) + angle(extractor(y_true), features_pred)


def with_first_sample(y_true, y_pred):
    return pixels(y_true, y_pred) + angle(extractor(y_true)[:1], extractor(y_pred))


def after_one_step(loss):
    model = make_autoencoder()
    model.compile(keras.optimizers.SGD(1.0), loss)
    model.fit(x_train[:32], x_train[:32], verbose=0)
    return model.get_weights()[-1]


# %% [markdown]
# Compared with the right one, and with the pixels alone:


# %%
def right(y_true, y_pred):
    return pixels(y_true, y_pred) + angle(extractor(y_true), extractor(y_pred))


of_pixels, of_right = after_one_step(pixels), after_one_step(right)
assert not np.allclose(of_pixels, of_right, rtol=1e-3)
for loss in [with_predict, with_layer_output, with_stopped_gradient, with_first_sample]:
    try:
        weights = after_one_step(loss)
        same = {"the pixels alone": of_pixels, "the right loss": of_right}
        found = [name for name, other in same.items() if np.allclose(weights, other, atol=1e-7)]
        print(f"{loss.__name__:22} runs, moves like {found[0] if found else 'neither'}")
    except Exception as error:
        print(f"{loss.__name__:22} {type(error).__name__}")

# %% [markdown]
# - `predict` runs a loop of its own and returns NumPy arrays, without a gradient. Call the extractor like a function.
# - `layer.output` is a symbol from the making of the model. It has nothing to do with the batch.
# - A stopped gradient makes the term a constant. The loss you see is larger; training does not notice.
# - `[:1]` compares all images with the first target, by broadcasting. It runs, trains, and is wrong.
#
# Two lines find all of these: compare a step with that of the first term alone, and the loss with one computed by hand.
#
# ### The same loss, four ways
#
# A loss with a model inside can be written in four ways. Way 1 is the closure from above. Below are the others, for the sum of the pixel
# term and the feature term.
#
# **2. Two outputs,** the image and its features. Each loss is an ordinary one and is shown in the logs, and the
# features of the targets are computed once, not in every step.


# %%
def by_outputs(autoencoder):
    image = autoencoder.outputs[0]
    model = keras.Model(autoencoder.inputs[0], [image, extractor(image, training=False)])
    model.compile(keras.optimizers.SGD(1.0), loss=[pixels, angle], loss_weights=[1.0, 1.0])
    return model, x_train[:32], [x_train[:32], extractor.predict(x_train[:32], verbose=0)]


# %% [markdown]
# **3. `compute_loss`,** for losses that need more than targets and predictions. **4. `add_loss` in a layer** that is given the
# targets as a further input.


# %%
class Perceptual(keras.Model):
    def __init__(self, autoencoder, extractor):
        super().__init__()
        self.autoencoder, self.extractor = autoencoder, extractor

    def call(self, inputs, training=None):
        return self.autoencoder(inputs, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        seen = self.extractor(y, training=False), self.extractor(y_pred, training=False)
        return loss + ops.mean(angle(*seen))


class FeatureMatching(layers.Layer):
    """Return the image; given a target, add the perceptual loss."""

    def call(self, image, target=None):
        if target is not None:
            self.add_loss(ops.mean(right(target, image)))
        return image


def by_compute_loss(autoencoder):
    model = Perceptual(autoencoder, extractor)
    model.compile(keras.optimizers.SGD(1.0), pixels)
    return model, x_train[:32], x_train[:32]


def by_add_loss(autoencoder):
    target = keras.Input((28, 28))
    output = FeatureMatching()(autoencoder.outputs[0], target)
    model = keras.Model([autoencoder.inputs[0], target], output)
    model.compile(keras.optimizers.SGD(1.0))
    return model, [x_train[:32], x_train[:32]], None


# %% [markdown]
# One loss? The same model takes one step with each of them, and must end at the same weights:

# %%
for way in [by_outputs, by_compute_loss, by_add_loss]:
    autoencoder = make_autoencoder()
    model, inputs, targets = way(autoencoder)
    loss = model.fit(inputs, targets, verbose=0).history["loss"][0]
    np.testing.assert_allclose(autoencoder.get_weights()[-1], of_right, rtol=1e-3, atol=1e-6)
    print(f"{way.__name__:16} same step as the closure")

# %% [markdown]
# | way | choose it when |
# |---|---|
# | closure | the loss is a matter of targets and predictions; sample weights work |
# | two outputs | you want each term in the logs; targets' features can be computed beforehand |
# | `compute_loss` | the loss needs inputs, several passes, or the model's inside |
# | `add_loss` | the loss belongs to a layer, and should travel with it into other models |
#
# With `compute_loss` and `add_loss`, weigh the samples of your own term yourself: sample weights do not reach it.
#
# > **Pitfall: an extractor that is trained along.** If the model that you train *holds* the extractor, as way 3 does, its weights are among the
# > model's. Not frozen, they move, and you measure with a ruler that stretches.

# %%
for frozen in [True, False]:
    held = keras.models.clone_model(extractor)
    held.set_weights(extractor.get_weights())
    for layer in held.layers:
        layer.trainable = not frozen
    model = Perceptual(make_autoencoder(), held)
    model.compile(keras.optimizers.SGD(1.0), pixels)
    model.fit(x_train[:32], x_train[:32], verbose=0)
    pairs = zip(held.get_weights(), extractor.get_weights())
    print(f"frozen={frozen!s:5} weights moved: {any(np.any(a != b) for a, b in pairs)}")

# %% [markdown]
# ### A compiled model inside a layer
#
# Wrap a model that was itself compiled into a layer of your own, and the outer `fit` reports the
# *inner* model's loss tracker, which nobody updates: 0.0, in every epoch. The weights are trained all the same. Build the
# inner model without `compile`.


# %%
class Wrapper(layers.Layer):
    def __init__(self, model, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def call(self, inputs):
        return self.model(inputs)


ones, sevens = np.ones((4, 2), "float32"), np.full((4, 1), 7.0, "float32")
for compiled in [True, False]:
    inner = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros")])
    if compiled:
        inner.compile(loss="mean_squared_error")
    outer = keras.Sequential([keras.Input((2,)), Wrapper(inner)])
    outer.compile("sgd", "mean_squared_error")
    loss = outer.fit(ones, sevens, verbose=0).history["loss"][0]
    moved = bool(np.any(inner.get_weights()[0]))
    print(f"inner model compiled: {compiled!s:5}  reported loss {loss:.1f}  weights moved {moved}")

# %% [markdown]
# ### Saving an endpoint
#
# Save and reload: the training model needs the class, which is registered, and goes on learning. The plain model needs nothing.

# %% tags=["nbval-ignore-output"]
training_model.save(folder / "training.keras")
reloaded = keras.saving.load_model(folder / "training.keras")
again = reloaded.fit(data, batch_size=64, epochs=1, shuffle=False, verbose=0).history["loss"][0]
print(f"loss of the first epoch {history['loss'][0]:.2f}, after reloading {again:.3f}")

plain.save(folder / "plain.keras")
served = keras.saving.load_model(folder / "plain.keras")
np.testing.assert_allclose(served.predict(x, verbose=0), months["endpoint"], rtol=1e-4)

# %% [markdown]
# ### One model with and without targets
#
# In a subclassed model, `inputs.get("observed")` is `None` where nothing was observed, so one model trains and predicts.
# `inputs["observed"]` would train as well, and fail in `predict`.


# %%
class WithEndpoint(keras.Model):
    def __init__(self):
        super().__init__()
        self.body, self.endpoint = make_body(), LifetimeEndpoint()

    def call(self, inputs):
        log_months = self.body(inputs["x"])
        return self.endpoint(log_months, inputs.get("observed"), inputs.get("running"))


class Demanding(WithEndpoint):
    def call(self, inputs):
        return self.endpoint(self.body(inputs["x"]), inputs["observed"], inputs["running"])


for model in [WithEndpoint(), Demanding()]:
    model.compile(optimizer=keras.optimizers.Adam(0.1))
    losses = model.fit(data, batch_size=64, epochs=3, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(losses, history["loss"][:3], rtol=1e-3)
    try:
        print(type(model).__name__, "predicts", model.predict({"x": x}, verbose=0).shape)
    except KeyError as error:
        print(type(model).__name__, type(error).__name__)
