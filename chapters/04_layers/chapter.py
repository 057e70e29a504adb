# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 4 · Custom layers
#
# After this chapter you can write layers, initializers, regularizers and constraints of your own that train, save and load
# like those of Keras, and you know which mistakes raise no error.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 2](02_functional.ipynb) (Functional models), [3](03_subclassing.ipynb) (`training=`, `get_config`) |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex04_layers }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of data, weights, dropout, 0 to 2,147,483,647
TRAIN_SIZE = 6_000  # int: training images used, 1,000 to 60,000
EPOCHS = 4  # int: passes over the training images, 1 to 30

# %%
import logging
import math
import re
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 2**31 - 1, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 1_000 <= TRAIN_SIZE <= 60_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 60,000 images."
assert 1 <= EPOCHS <= 30, f"EPOCHS is {EPOCHS}: choose 1 to 30."

logging.getLogger("tensorflow").setLevel("ERROR")  # no notes on how often graphs are recorded
keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.2), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes


def first_line(error, length=110):
    # on one line, without colours and Keras's frame
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = text.split("Error encountered:")[-1].split("Arguments received by")[0]
    return f"{type(error).__name__}: {' '.join(text.split())[:length]}"


# %% [markdown]
# ## A function as a layer
#
# A layer is a computation and the numbers it remembers. Where there is nothing to remember, a function will do. Three
# ways to put one into a model, here the exponential function:

# %%
dense = layers.Dense(1)
by_lambda = keras.Sequential([keras.Input((3,)), dense, layers.Lambda(lambda z: ops.exp(z))])

by_name = keras.Sequential([keras.Input((3,)), layers.Dense(1, activation="exponential")])
by_name.set_weights(dense.get_weights())

inputs = keras.Input((3,))
by_ops = keras.Model(inputs, ops.exp(dense(inputs)))

x = np.random.default_rng(SEED).normal(size=(5, 3)).astype("float32")
for model in [by_name, by_ops]:
    np.testing.assert_allclose(model(x), by_lambda(x), rtol=1e-4)

# %% [markdown]
# The third is the most general: a function of `keras.ops` takes a symbolic tensor of a Functional model as well as
# an array.
#
# What is an exponential output good for? For targets of very different size: prices, counts, waiting times. It cannot
# be negative, and a step of 1 in front of it means *times e*, whatever the size. The same small network twice, on targets from
# 0.03 to 250, with and without; the loss is the mean error in percent.

# %% tags=["nbval-ignore-output"]
generator = np.random.default_rng(SEED)
size = generator.uniform(-3, 3, size=(400, 1)).astype("float32")
price = np.exp(1.5 * size + 1 + 0.1 * generator.normal(size=size.shape)).astype("float32")

predicted = {}
for activation in ["linear", "exponential"]:
    keras.utils.set_random_seed(SEED)
    hidden, output = layers.Dense(16, "relu"), layers.Dense(1, activation)
    model = keras.Sequential([keras.Input((1,)), hidden, output])
    model.compile(keras.optimizers.Adam(0.01), loss="mean_absolute_percentage_error")
    model.fit(size, price, epochs=30, verbose=0)
    predicted[activation] = model.predict(size, verbose=0)

errors = {name: (np.abs(y_pred - price) / price).mean() for name, y_pred in predicted.items()}
print({name: f"mean error {error:.0%}" for name, error in errors.items()})
assert errors["exponential"] < errors["linear"], "expected; another seed may differ"

# %% alt="Two scatter plots of prediction against target, both axes logarithmic. Linear output: the points bend away from the diagonal, far below it at the largest targets. Exponential output: all points lie along the diagonal" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharex=True, sharey=True)
for ax, (activation, y_pred) in zip(axes, predicted.items()):
    ax.loglog(price, np.maximum(y_pred, 1e-2), ".", markersize=3, alpha=0.6)
    ax.loglog([0.02, 400], [0.02, 400], "k--", linewidth=1)
    ax.set(xlabel="target", ylabel="prediction", title=f"{activation} output")
fig.suptitle("An exponential output fits small and large targets alike", y=1.02)
plt.show()

# %% [markdown]
# > **Pitfall: a `Lambda` around a Python `lambda` can be saved and not loaded.** It has no name by which it could be found
# > again, so its *code* is in the file, and Keras refuses to run code out of a file. `safe_mode=False` allows it, for this file and
# > everything in it: never for a file that you did not write. Even then the function comes back without the names around it, here
# > without `ops`. The fix is a function with a name and a registration.

# %%
by_lambda.save(folder / "lambda.keras")
for options in [{}, {"safe_mode": False}]:
    try:
        keras.saving.load_model(folder / "lambda.keras", **options)(x)
    except (ValueError, NameError) as error:
        print(options, first_line(error, 88))


@keras.saving.register_keras_serializable(package="chapter04")
def exponential(z):
    return ops.exp(z)


named = keras.Sequential([keras.Input((3,)), layers.Lambda(exponential)])
named.save(folder / "named.keras")
np.testing.assert_allclose(keras.saving.load_model(folder / "named.keras")(x), np.exp(x), rtol=1e-4)

# %% [markdown]
# ### A function with a setting: a layer class
#
# `SoftClip` keeps numbers between −limit and limit, smoothly. The limit has to be kept, and saved: so it is a class. A layer class with `__init__` and
# `call` stands in a model as a layer, or in another layer as its activation. `**kwargs` carries what all layers take, such as `name`.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class SoftClip(layers.Layer):
    """limit * tanh(inputs / limit)"""

    def __init__(self, limit=3.0, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        return self.limit * ops.tanh(inputs / self.limit)


model = keras.Sequential(
    [keras.Input((3,)), layers.Dense(4, activation=SoftClip(0.5)), SoftClip(2.0)]
)
model.save(folder / "clip.keras")
loaded = keras.saving.load_model(folder / "clip.keras")
print("limits of the loaded model:", loaded.layers[0].activation.limit, loaded.layers[1].limit)
np.testing.assert_allclose(loaded(x), model(x), rtol=1e-4, atol=1e-6)

# %% [markdown]
# ## Four functions that a layer takes
#
# Most of what you may want to change in a layer needs no new layer. `Dense`, `Conv2D` and their like take four
# functions:
#
# | argument | the function | gets | returns | is called |
# |---|---|---|---|---|
# | `kernel_initializer` | initializer | `shape`, `dtype=` | the first weights | once, when the layer is built |
# | `activation` | activation | the layer's result | the same shape | in every call |
# | `kernel_regularizer` | regularizer | a weight | one number, a penalty | whenever the loss is computed |
# | `kernel_constraint` | constraint | a weight | the weight to use instead | after every update |
#
# `bias_…` does the same for the bias. Here are three, each beside the one that Keras has. (Softplus is a smooth ReLU, log(1 + eᶻ). Written like that it is
# infinite at z = 100, and no error comes; `logaddexp` computes the same without that step.)


# %%
def softplus(z):
    return ops.logaddexp(z, 0.0)


def l2_penalty(weight):
    return 0.01 * ops.sum(ops.square(weight))


def positive(weight):
    return ops.where(weight < 0, ops.zeros_like(weight), weight)


w = ops.convert_to_tensor(np.random.default_rng(SEED).normal(size=(200, 100)).astype("float32"))
np.testing.assert_allclose(softplus(w), keras.activations.softplus(w), rtol=1e-3)
np.testing.assert_allclose(l2_penalty(w), keras.regularizers.L2(0.01)(w), rtol=1e-4)
np.testing.assert_array_equal(positive(w), keras.constraints.NonNeg()(w))
assert np.isinf(ops.log(1 + ops.exp(100.0))) and softplus(100.0) == 100

# %% [markdown]
# ### Why the initializer matters
#
# This initializer has one setting, the *gain*: the variance of the weights, times the number of inputs. It is a class like
# those of Keras: `__init__` keeps the settings, `__call__` makes the numbers, `get_config` gives the settings back.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class FanIn(keras.initializers.Initializer):
    """Normal numbers with the variance gain / inputs."""

    def __init__(self, gain=1.0, seed=None):
        self.gain, self.seed = gain, seed

    def __call__(self, shape, dtype=None):
        stddev = (self.gain / math.prod(shape[:-1])) ** 0.5
        return keras.random.normal(shape, stddev=stddev, dtype=dtype, seed=self.seed)

    def get_config(self):
        return {"gain": self.gain, "seed": self.seed}


model = keras.Sequential([keras.Input((3,)), layers.Dense(4, kernel_initializer=FanIn(2.0))])
model.compile("sgd", "mse")
model.fit(x, np.ones((5, 4)), verbose=0)
model.save(folder / "gain.keras")
loaded = keras.saving.load_model(folder / "gain.keras")
print("loaded:", loaded.layers[0].kernel_initializer.get_config())
np.testing.assert_allclose(loaded(x), model(x), rtol=1e-4, atol=1e-6)

# %% [markdown]
# What does the gain do? Ten layers of 100 units, no training: how large is the signal that arrives? Its size is measured as root mean square, 1 at the
# start.

# %%
signal = np.random.default_rng(SEED).normal(size=(300, 100)).astype("float32")


def ten_layers(gain, activation):
    """The last layer's outputs, and the size of the signal before and after each layer."""
    h, sizes = signal, [1.0]
    for depth in range(10):
        start = FanIn(gain, seed=depth)
        h = layers.Dense(100, activation, use_bias=False, kernel_initializer=start)(h)
        sizes.append(float(ops.sqrt(ops.mean(ops.square(h)))))
    return np.asarray(h), sizes


for name, gain in [("tanh", 0.1), ("tanh", 1), ("relu", 1), ("relu", 2)]:
    print(f"{name}, gain {gain:3}: {ten_layers(gain, name)[1][-1]:.2g}")
assert ten_layers(0.1, "tanh")[1][-1] < 1e-3 < 0.1 < ten_layers(1, "tanh")[1][-1]
assert ten_layers(1, "relu")[1][-1] < 0.1 < 0.4 < ten_layers(2, "relu")[1][-1] < 2

# %% [markdown]
# A gain of 1 carries a signal through tanh: for as many inputs as units, that is the variance of `glorot_normal`. ReLU throws half of it away in each layer and needs a
# gain of 2: that of `he_normal`, He's initialization. With a large gain tanh is saturated: most units sit near −1 or 1, where there is hardly a slope
# to learn from. Gradients have the same trouble on their way back. **Turn the gain yourself:**


# %% tags=["playground"] alt="Left: line chart, logarithmic axis, of the size of the signal over 10 layers of tanh with a gain of 1; it falls slowly from 1 to about 0.2. Right: histogram of the outputs of the last layer, bell-shaped around 0"
def draw(gain, activation):
    h, sizes = ten_layers(gain, activation)
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    left.semilogy(range(11), np.maximum(sizes, 1e-8), "o-")
    left.set(xlabel="layer", ylabel="size of the signal", ylim=(1e-8, 1e6))
    left.set_title(f"{activation}, gain {gain:.2f}")
    right.hist(h.ravel(), bins=50)
    right.set(xlabel="output of a unit", ylabel="count", title="Outputs of the last layer")
    plt.show()


slider = FloatLogSlider(1.0, base=10, min=-2, max=1.5, step=0.1)
_ = interact(draw, gain=slider, activation=["tanh", "relu", "linear"])

# %% [markdown]
# ### With arguments: classes
#
# A penalty with a *strength* and a limit with two ends are classes of the same kind. Their base
# class needs no `super().__init__()`, because it keeps nothing.
#
# This regularizer adds up the *lengths of the rows* of a kernel. A row belongs to one input; to shorten it, all of its weights must
# shrink together. What comes out is a network that ignores whole inputs. The constraint keeps weights within limits.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class RowPenalty(keras.regularizers.Regularizer):
    """Penalizes factor times the sum of the L2 norms of a kernel's rows."""

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, weight):
        return self.factor * ops.sum(ops.sqrt(ops.sum(ops.square(weight), axis=1) + 1e-12))

    def get_config(self):
        return {"factor": self.factor}


@keras.saving.register_keras_serializable(package="chapter04")
class Between(keras.constraints.Constraint):
    """Clips weights to the interval from low to high."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, weight):
        return ops.clip(weight, self.low, self.high)

    def get_config(self):
        return {"low": self.low, "high": self.high}


layer = layers.Dense(2, kernel_regularizer=RowPenalty(0.1), kernel_constraint=Between(-1, 1))
layer.build((None, 2))
layer.kernel.assign([[3.0, 4.0], [0.0, 2.0]])
print("penalty:", round(float(layer.losses[0]), 4), "= 0.1 * (5 + 2)")

np.testing.assert_array_equal(layer.kernel_constraint(layer.kernel), [[1, 1], [0, 1]])

# %% [markdown]
# > **Pitfall: `call` instead of `__call__`.** Layers and models, whose base class wraps the call, have a method `call`.
# > Regularizers, initializers and constraints are plain callables: `__call__`. The base classes of regularizers and constraints have a `__call__` of their
# > own, which returns 0 or the weight as it is. So your method named `call` is never used, and nobody says so.


# %%
class Silent(keras.regularizers.Regularizer):
    def call(self, weight):
        return 100.0 * ops.sum(ops.square(weight))


layer = layers.Dense(2, kernel_regularizer=Silent())
layer(np.ones((1, 3)))
print("penalty:", [float(loss) for loss in layer.losses])

# %% [markdown]
# ### Watch them work
#
# One network on Fashion-MNIST, three times from the same first weights: plain, with `RowPenalty` on the first kernel, and with Keras's `MaxNorm`
# constraint, which keeps every column, the weights of one unit, at a length of at most 1.

# %% tags=["nbval-ignore-output"]
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train = x_train[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255
y_train = y_train[:TRAIN_SIZE]

variants = {
    "plain": {},
    "RowPenalty": {"kernel_regularizer": RowPenalty(0.002)},
    "MaxNorm": {"kernel_constraint": keras.constraints.MaxNorm(1.0)},
}
networks, longest = {}, {}
for label, arguments in variants.items():
    keras.utils.set_random_seed(SEED)
    first = layers.Dense(128, activation="relu", **arguments)
    model = keras.Sequential([keras.Input((784,)), first, layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=64, epochs=EPOCHS, verbose=0)
    accuracy = model.evaluate(x_test, y_test, 1000, verbose=0, return_dict=True)["accuracy"]
    networks[label] = model
    longest[label] = np.linalg.norm(first.kernel, axis=0).max()
    print(f"{label:10} accuracy on test images {accuracy:.2f}, longest column {longest[label]:.2f}")
assert longest["MaxNorm"] < 1 + 1e-5 < longest["plain"], "MaxNorm should keep every column at 1"

# %% [markdown]
# A constraint cuts, exactly. A penalty has no limit: it pulls, and the data pull the other way. What has it made of the pixels? The length of a row says how
# much the network looks at that pixel. The
# plain network looks everywhere, even at corners that are zero in nearly every image: there is no gradient there,
# so the random first weights stay. The penalty takes them away.

# %% alt="Two maps of 28 by 28 pixels. Plain network: all pixels have row norms of similar size, corners included. With the row penalty: the corners and the left and right edges are near zero, the middle is not" tags=["nbval-ignore-output"]
rows = {
    label: np.linalg.norm(networks[label].layers[0].kernel, axis=1).reshape(28, 28)
    for label in ["plain", "RowPenalty"]
}
fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.4), layout="constrained")
for ax, (label, values) in zip(axes, rows.items()):
    image = ax.imshow(values, cmap="cividis", vmin=0, vmax=0.9)
    ax.grid(False)
    ax.set(title=label, xlabel="pixel column", ylabel="pixel row")
fig.colorbar(image, ax=axes, label="length of the row")
fig.suptitle("The row penalty finds out which pixels matter")
plt.show()

ratios = {label: r[:3, :3].mean() / r[10:18, 10:18].mean() for label, r in rows.items()}
print({label: f"corner / middle = {ratio:.1f}" for label, ratio in ratios.items()})
assert ratios["RowPenalty"] < ratios["plain"], "expected smaller corners with the penalty"

# %% [markdown]
# ## A layer with weights, in four steps
#
# Nearly all weights of that network, 100,352 of 101,770, are one kernel of 784 × 128. A *low-rank* layer puts the product of two thin matrices in its place:
# `inputs @ down @ up`, with only `rank` columns in the middle. It is `Dense` with a fraction of the weights.
#
# ### Step 1: three methods
#
# | method | runs | is the place for |
# |---|---|---|
# | `__init__` | once, when the object is made | arguments: what does not depend on the data |
# | `build(input_shape)` | once, before the first call | weights: now the width of the input is known |
# | `call(inputs)` | for every batch | the computation |


# %%
class LowRank(layers.Layer):
    def __init__(self, units, rank, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rank = units, rank

    def build(self, input_shape):
        width = input_shape[-1]
        self.down = self.add_weight(name="down", shape=(width, self.rank), initializer=FanIn())
        self.up = self.add_weight(name="up", shape=(self.rank, self.units), initializer=FanIn())
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return ops.matmul(ops.matmul(inputs, self.down), self.up) + self.bias


low = LowRank(units=4, rank=1)
print("before:", low.built, low.weights)
low(x)
print("after: ", low.built, [(weight.name, tuple(weight.shape)) for weight in low.weights])

# %% [markdown]
# `add_weight` makes a weight, and takes an initializer, a regularizer and a constraint of your own as well as Keras's. Nothing else has to be done:
# Keras calls `build` itself, marks the layer as built, and finds the weights because they are attributes. `super().build(…)` and `self.built =
# True` are not needed.
#
# ### Step 2: activation and shapes
#
# `keras.activations.get` makes a function of everything that may be called an activation: a name, a function, a layer, `None`.
# `keras.activations.serialize` goes back, to something that can be written to a file.

# %%
for activation in [None, "relu", ops.tanh, SoftClip(0.3, name="clip")]:
    function = keras.activations.get(activation)
    saved = keras.activations.serialize(function)
    written = saved if isinstance(saved, str) else saved["class_name"]
    print(f"{float(function(ops.convert_to_tensor(-1.0))):6.3f}  {written}")

# %% [markdown]
# A Functional model asks each layer for the shape of its output before there are data. You may tell it, with
# `compute_output_shape`. If you don't, Keras runs `call` on placeholders and looks. So you need it where `call` cannot be run on
# placeholders, and where somebody asks for the shape directly, as a layer that holds yours may do.


# %%
class ActiveLowRank(LowRank):
    def __init__(self, units, rank, activation=None, **kwargs):
        super().__init__(units, rank, **kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs):
        return self.activation(super().call(inputs))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


told = ActiveLowRank(4, 2).compute_output_shape((None, 3))
found = LowRank(4, 2)(keras.Input((3,))).shape
print("told:", told, "| found:", found, "| three axes:", LowRank(4, 2)(keras.Input((8, 3))).shape)

# %% [markdown]
# ### Step 3: a config, to be saved
#
# A file holds the weights, and for each layer its class and its *config*, the arguments to make it again. Keras keeps arguments
# by itself if they are `None`, booleans, numbers, strings, or lists, tuples and dicts of these: that was enough for `SoftClip`. (A tuple comes back as a list.) An activation given as a
# function is not among them. So write `get_config`: the base class's part first,
# which holds `name`, `trainable` and `dtype`, then your arguments.


# %%
try:
    ActiveLowRank(4, 2, activation=ops.tanh).get_config()
except NotImplementedError as error:
    print(first_line(error, 92))


@keras.saving.register_keras_serializable(package="chapter04")
class LowRankDense(ActiveLowRank):
    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        own = {"units": self.units, "rank": self.rank, "activation": activation}
        return {**super().get_config(), **own}


layer = LowRankDense(4, 2, activation=ops.tanh, name="hidden")
model = keras.Sequential([keras.Input((3,)), layer])
model.save(folder / "low.keras")
loaded = keras.saving.load_model(folder / "low.keras")
np.testing.assert_allclose(loaded(x), model(x), rtol=1e-4, atol=1e-6)
print(loaded.layers[0].name, loaded.layers[0].get_config()["activation"])

# %% [markdown]
# > **Pitfall: a class that nobody registered.** The file says `LowRankDense`; where is that? The decorator puts the class on a
# > list, here as `chapter04>LowRankDense`. Without it `save` works and `load_model` does not, unless you name the class there:
# > `load_model(path, custom_objects={"LowRankDense": LowRankDense})`. A function *made by* a function is not found at all: [chapter 5](05_losses.ipynb).
#
# ### Step 4: the proof
#
# Take the kernel of the trained network apart: its singular value decomposition says which product of rank `rank` comes closest to it. With the full rank, 128, the new
# layer must do what the old one did. And with less?

# %% alt="Line chart of the accuracy on test images against the number of weights of the first layer, logarithmic axis. It rises up to rank 16, where it reaches the dashed line of the whole kernel, and is flat from there on" tags=["nbval-ignore-output"]
first, head = networks["plain"].layers
kernel, bias = first.get_weights()
u, s, v = np.linalg.svd(kernel, full_matrices=False)
whole = np.asarray(networks["plain"](x_test))

counts, accuracies = [], {}
for rank in [1, 2, 4, 8, 16, 32, 64, 128]:
    low = LowRankDense(128, rank, activation="relu")
    smaller = keras.Sequential([keras.Input((784,)), low, head])
    low.set_weights([u[:, :rank] * s[:rank], v[:rank], bias])
    y_pred = np.asarray(smaller(x_test))
    counts.append(low.count_params())
    accuracies[rank] = np.mean(y_pred.argmax(axis=1) == y_test)
np.testing.assert_allclose(y_pred, whole, atol=1e-3)  # the full rank: the same network

fig, ax = plt.subplots()
ax.semilogx(counts, list(accuracies.values()), "o-", label="low rank")
accuracy = np.mean(whole.argmax(axis=1) == y_test)
ax.axhline(
    accuracy, color="black", linestyle="--", label=f"Dense, {first.count_params():,} weights"
)
for rank, count in zip(accuracies, counts):
    ax.annotate(f"rank {rank}", (count, accuracies[rank] - 0.07), fontsize=8)
ax.set(xlabel="weights of the first layer", ylabel="accuracy", xlim=(700, 3e5), ylim=(0, 1))
ax.set_title("How many weights does the first layer need?")
ax.legend(loc="lower right")
plt.show()

print(f"rank 16: {accuracies[16]:.2f}, whole: {accuracy:.2f}")
if EPOCHS >= 4 and TRAIN_SIZE >= 6_000:
    assert accuracies[16] > accuracy - 0.05, "rank 16 fell behind; another seed may differ"

# %% [markdown]
# Rank 16 has 784 · 16 + 16 · 128 + 128 = 14,720 weights instead of 100,480: a seventh, for nearly the same accuracy.
#
# ## State that is not trained
#
# Some numbers belong to a layer, have to be saved, and are none of the optimizer's business: counters, moving averages, tables.
# They are weights with `trainable=False`, and the layer changes them itself with `assign`. This one learns the mean
# of its inputs as they come by, in training only, and subtracts it:


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class Center(layers.Layer):
    """Subtracts a moving average of the inputs' means, updated in training."""

    def __init__(self, momentum=0.9, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum

    def build(self, input_shape):
        shape = (input_shape[-1],)
        self.mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            batch_mean = ops.mean(inputs, axis=0)
            self.mean.assign(self.momentum * self.mean + (1 - self.momentum) * batch_mean)
        return inputs - self.mean


center = Center(name="center")
model = keras.Sequential([keras.Input((2,)), center, layers.Dense(1)])
print("trainable:    ", [weight.name for weight in model.trainable_weights])
print("not trainable:", [weight.name for weight in model.non_trainable_weights])

# %% [markdown]
# The data have the means 3 and −2. In `fit` the layer finds them. In `evaluate` and `predict` it stays as it is, whatever comes by. And its state is in the file.

# %% tags=["nbval-ignore-output"]
points = np.random.default_rng(SEED).normal([3, -2], 1, size=(960, 2)).astype("float32")
model.compile("sgd", "mse")
model.fit(points, points[:, :1], batch_size=16, verbose=0)
mean = center.get_weights()[0]
print("after 60 steps:", mean.round(1))
np.testing.assert_allclose(mean, [3, -2], atol=1, err_msg="another seed may differ")

model.evaluate(points + 100, points[:, :1], verbose=0)
model.predict(points + 100, verbose=0)
np.testing.assert_array_equal(center.get_weights()[0], mean)

model.save(folder / "center.keras")
loaded = keras.saving.load_model(folder / "center.keras")
np.testing.assert_array_equal(loaded.get_layer("center").get_weights()[0], mean)

# %% [markdown]
# ## Random, in training only
#
# Dropout sets a share of the numbers to zero, at random, and scales up the others so that the sum stays the same on average. It must do
# that in training only: `call` has the argument `training`, as in [chapter 3](03_subclassing.ipynb#training=True,-or-not). Its shape must be that of the actual
# batch, `ops.shape(inputs)`: while a model is built, `inputs.shape` has a `None` where the batch size is unknown.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class MyDropout(layers.Layer):
    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.seed = rate, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        draw = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        return ops.where(draw < self.rate, 0.0, inputs / (1 - self.rate))


ones = np.ones((1000, 1000), dtype="float32")
result = ops.convert_to_numpy(MyDropout(0.3, seed=SEED)(ones, training=True))
print(f"zeros {np.mean(result == 0):.2f}, largest {result.max():.3f}, mean {result.mean():.2f}")

# %% alt="Four pictures of the same ankle boot: as it is, and three times with 40 percent of the pixels missing and the others darker, other pixels each time" tags=["nbval-ignore-output"]
dropout, boot = MyDropout(0.4, seed=SEED), x_test[:1]
pictures = [dropout(boot)] + [dropout(boot, training=True) for _ in range(3)]
titles = ["inference", "training, 1", "training, 2", "training, 3"]
fig, axes = plt.subplots(1, 4, figsize=(9, 2.4))
for ax, picture, title in zip(axes, pictures, titles):
    ax.imshow(ops.convert_to_numpy(picture).reshape(28, 28), cmap="gray_r", vmin=0, vmax=1 / 0.6)
    ax.set_title(title, fontsize=9)
    ax.axis("off")
fig.suptitle("Each call in training draws other pixels", y=1.06)
plt.show()

# %% [markdown]
# The layer owns a `SeedGenerator`, which counts on with every draw. Two layers with the same seed give the same
# sequence, a graph gets new numbers in each step, and no other random numbers in the program disturb it. (With an int as seed every draw would be the same; with
# NumPy's random numbers every step of a graph: [see below](#An-int-as-seed,-or-NumPy).)
#
# ## Several inputs, several outputs
#
# A layer with two inputs takes them as a list, or as two arguments. With a list, `build` and `compute_output_shape` get a list of
# shapes. What `call` returns as a list or dict comes out as such.


# %%
class Polar(layers.Layer):
    """Turns [x, y] into radius and angle."""

    def call(self, inputs):
        x, y = inputs
        return {"radius": ops.sqrt(x * x + y * y), "angle": ops.arctan2(y, x)}


given = [np.array([[3.0], [0.0]]), np.array([[4.0, 0.0], [1.0, -2.0]])]
for name, values in Polar()(given).items():
    print(f"{name:6}", ops.convert_to_numpy(values).astype("float64").round(3).tolist())

outputs = Polar()([keras.Input((1,)), keras.Input((2,))])
print({name: tensor.shape for name, tensor in outputs.items()})

# %% [markdown]
# The shapes `(n, 1)` and `(n, 2)` were *broadcast* to `(n, 2)`, and the symbolic shapes say so before any data come.
#
# ## Layers made of layers
#
# When the same group of layers comes again and again, make it a layer: a stack A, B, C, A, B, C, A, B, C becomes
# D, D, D. The layers within are attributes, alone or in lists and dicts; their weights, losses and seeds are found
# through them. One whose arguments depend on the input is made in `build`; the others build themselves in the first call.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class ResidualBlock(layers.Layer):
    """Normalization, two Dense layers, dropout, added to the inputs."""

    def __init__(self, hidden_units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.hidden_units, self.rate = hidden_units, rate
        self.normalize = layers.LayerNormalization()
        self.expand = layers.Dense(hidden_units, activation="relu")
        self.dropout = layers.Dropout(rate)

    def build(self, input_shape):
        self.shrink = layers.Dense(input_shape[-1])
        self.normalize.build(input_shape)
        self.expand.build(input_shape)
        self.shrink.build((*input_shape[:-1], self.hidden_units))

    def call(self, inputs):
        hidden = self.expand(self.normalize(inputs))
        return inputs + self.dropout(self.shrink(hidden))


blocks = [ResidualBlock(32, name=f"block_{i}") for i in range(3)]
model = keras.Sequential([keras.Input((8,)), *blocks, layers.Dense(1)])
print("weights of a block:", [block.count_params() for block in blocks])
assert blocks[0].count_params() == 2 * 8 + (8 * 32 + 32) + (32 * 8 + 8) == 568

# %% [markdown]
# The argument `training` finds its way to
# the dropout although `call` of the block does not mention it, and the whole can be saved.

# %%
features = np.random.default_rng(SEED).normal(size=(4, 8)).astype("float32")
assert not np.array_equal(model(features, training=True), model(features, training=True))

model.save(folder / "blocks.keras")
loaded = keras.saving.load_model(folder / "blocks.keras")
np.testing.assert_allclose(loaded(features), model(features), rtol=1e-4, atol=1e-6)

# %% [markdown]
# A layer need not change anything at all. One that passes its inputs through may still *add a loss*: [chapter 5](05_losses.ipynb). Sequences with padding come
# with a *mask*, which layers hand on: [see below](#Masks:-which-time-steps-count).
#
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `self.add_weight("kernel", shape=…)` | `ValueError` | `self.add_weight(name="kernel", shape=…)` |
# | `self.kernel = tf.Variable(…)` | runs, is not trained | `self.add_weight(…)` or `keras.Variable` |
# | `batch_input_shape.as_list()` | `AttributeError`: shapes are tuples | `(*input_shape[:-1], self.units)` |
# | `super().build(input_shape)`, `self.built = True` | works, not needed | nothing |
# | `K.dot`, `K.mean`, `K.square` of `keras.backend` | `AttributeError`; with `from tensorflow import keras` they run, on tensors of TensorFlow only | `keras.ops` |
# | `self.add_metric(value, name=…)` | `NotImplementedError` | a `keras.metrics.Mean` as attribute |
# | `self.add_update(…)` | `AttributeError` | `weight.assign(…)` in `call` |
# | `self.add_loss(loss, inputs=True)` | `TypeError` | `self.add_loss(loss)` in `call` |
# | `keras.backend.learning_phase()` | `AttributeError` | argument `training` of `call` |
# | `MyLayer(dynamic=True)` | `ValueError` | `run_eagerly=True` in `compile` |
# | `tf.exp(x)` on a symbolic tensor | `ValueError` | `ops.exp(x)` |
# | loading a `Lambda` around a Python `lambda` | `ValueError` | a registered function, or a layer class |
# | `layer.output_shape` of a layer that is no model | `AttributeError` | `layer.output.shape` in a model, `compute_output_shape` |
#
# All but the line on `K.dot` is the same with `from tensorflow import keras`. The lines are tried at [the end](#Each-line-of-What-changed,-tried).

# %% [markdown]
# ## Try it
#
# **1.** `Center` uses the batch's mean only to update, and subtracts the moving one. Change it so that in training it subtracts the
# mean of the *batch*, as `BatchNormalization` does. What does a batch of one sample give then, in training?
#
# <details><summary>Answer</summary>
#
# Zeros, for every feature: a single sample is its own mean. This is why layers that normalize with the batch go wrong with very small
# batches, and why what they do in training and in inference differs.
#
# </details>
#
# **2.** Give the constraint `Between(0, 1)` to a layer whose `kernel_initializer` is `"ones"` times minus one
# (`keras.initializers.Constant(-1.0)`). What is the kernel before `fit`, and after one step?
#
# <details><summary>Answer</summary>
#
# Before: −1 everywhere. A constraint is applied after an *update*, never to the first weights. After one step it lies between 0 and 1,
# and is exactly 0 wherever the step did not lift it above 0.
#
# </details>
#
# **3.** Write a layer `Scale` with one trainable number, made in `__init__` with `self.add_weight(shape=(), initializer="ones")`. Does it
# need a `build`?
#
# <details><summary>Answer</summary>
#
# No. A weight whose shape does not depend on the input can be made in `__init__`; such a layer has its weight before any input was
# seen. `build` is for shapes that the input decides.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | a function in a model | a function of `keras.ops` on a symbolic tensor, or `activation=` |
# | a function with a setting | a layer class with `__init__` and `call` |
# | another start, penalty or limit | a function, or a class with `__init__`, `__call__`, `get_config` |
# | weights | `self.add_weight(name=…, shape=…, initializer=…)` in `build` |
# | state that is not trained | `add_weight(…, trainable=False)`, `assign` in `call` |
# | other behaviour in training | `call(self, inputs, training=False)` |
# | randomness | one `keras.random.SeedGenerator` per layer |
# | several inputs | a list, or arguments; `build(a_shape, b_shape)` |
# | layers in a layer | attributes, made in `__init__` or `build` |
# | to save and load it | `get_config` with `super().get_config()`, and a registration |
# | to stay free of the backend | `keras.ops`, no NumPy and no `tf` in `call` |
#
# **Read on** in the official documentation:
# [Making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/),
# [The base Layer class](https://keras.io/api/layers/base_layer/),
# [Layer weight initializers](https://keras.io/api/layers/initializers/),
# [regularizers](https://keras.io/api/layers/regularizers/),
# [constraints](https://keras.io/api/layers/constraints/),
# [Save, serialize, and export](https://keras.io/guides/serialization_and_saving/).
#
# **Now you:** the assignment [ex04_layers](../exercises/ex04_layers/ex04_layers.ipynb), {{ ex04_layers.tasks }}. Next chapter:
# [losses](05_losses.ipynb) that need more than the true and the predicted value.

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### When each of the four is called
#
# Let them write it down. In `fit` a function of yours runs as Python only while the graph is made, so the diary needs `run_eagerly=True`. (Regularizer and
# constraint are objects of a class here: Keras 3.15 takes plain functions too, Keras 3.13 refuses them.)

# %%
diary = []


def noted(label, function):
    def wrapped(*args, **kwargs):
        diary.append(label)
        return function(*args, **kwargs)

    return wrapped


class NotedPenalty(keras.regularizers.Regularizer):
    def __call__(self, weight):
        diary.append("regularizer")
        return l2_penalty(weight)


class NotedConstraint(keras.constraints.Constraint):
    def __call__(self, weight):
        diary.append("constraint")
        return positive(weight)


layer = layers.Dense(
    1,
    use_bias=False,
    kernel_initializer=noted("initializer", FanIn()),
    activation=noted("activation", softplus),
    kernel_regularizer=NotedPenalty(),
    kernel_constraint=NotedConstraint(),
)
model = keras.Sequential([keras.Input((3,)), layer])
model.compile("sgd", "mse", run_eagerly=True)
print("built:   ", diary)
diary.clear()
model.fit(x[:4], np.ones((4, 1)), batch_size=2, epochs=1, verbose=0)
print("2 steps: ", diary)
assert diary == ["activation", "regularizer", "constraint"] * 2

# %% [markdown]
# A constraint is applied after an update only: the first weights may break it.
#
# ### One initializer object for two layers
#
# An initializer of Keras draws its seed when it is *made*, and gives the
# same numbers in every call. Two layers of the same shape start as twins. Give each its own object, or the
# name as a string, which makes a new one.

# %%
shared = keras.initializers.GlorotUniform()
first, second = [layers.Dense(4, kernel_initializer=shared) for _ in range(2)]
third, fourth = [layers.Dense(4, kernel_initializer="glorot_uniform") for _ in range(2)]
for layer in [first, second, third, fourth]:
    layer.build((None, 3))
print(
    "shared object, equal kernels:", np.array_equal(first.get_weights()[0], second.get_weights()[0])
)
print(
    "by name, equal kernels:      ", np.array_equal(third.get_weights()[0], fourth.get_weights()[0])
)

# %% [markdown]
# ### Without `get_config`
#
# For a regularizer without it `save` fails, which is good. For a constraint `save` works, since the
# base class has an empty config, and `load_model` fails: weeks later, on another machine.


# %%
class Forgetful(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor


@keras.saving.register_keras_serializable(package="chapter04")
class ForgetfulLimit(keras.constraints.Constraint):
    def __init__(self, limit):
        self.limit = limit


path = folder / "forgetful.keras"
for label, part in [
    ("regularizer", {"kernel_regularizer": Forgetful(0.1)}),
    ("constraint", {"kernel_constraint": ForgetfulLimit(1.0)}),
]:
    try:
        keras.Sequential([keras.Input((2,)), layers.Dense(1, **part)]).save(path)
        print(f"{label}: saved")
        keras.saving.load_model(path)
    except (NotImplementedError, TypeError) as error:
        print(f"{label}:", re.sub("<.*>", "…", first_line(error, 150)))

# %% [markdown]
# ### Weights hidden in a function, NumPy in `call`
#
# Keras finds weights in the *attributes* of a layer. What a function uses from outside it does not see: such weights are neither trained nor saved.
# And NumPy works in `call` as long as you call the layer with arrays; a model works with placeholders and graphs. Use `keras.ops`, which has
# most of NumPy's functions by the same name.


# %%
inner = layers.Dense(4)
hidden = layers.Lambda(lambda z: inner(z))
hidden(x)
print("in the function:", len(inner.weights), "arrays | of the layer:", len(hidden.weights))


class NumPyRelu(layers.Layer):
    def call(self, inputs):
        return np.maximum(inputs, 0)


assert (np.asarray(NumPyRelu()(x)) >= 0).all()
try:
    NumPyRelu(name="np_relu")(keras.Input((3,)))
except NotImplementedError as error:
    print(first_line(error, 35))

# %% [markdown]
# ### A `tf.Variable` as weight
#
# Keras tracks `keras.Variable`, which is what `add_weight` makes. A `tf.Variable`
# computes just as well, but it is neither trained nor saved. In a model with other weights nothing tells you.


# %%
import tensorflow as tf


class Untracked(layers.Layer):
    def build(self, input_shape):
        self.scale = tf.Variable(tf.ones(input_shape[-1]))

    def call(self, inputs):
        return inputs * self.scale


model = keras.Sequential([keras.Input((3,)), Untracked(), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(x, np.ones((5, 1)), epochs=2, verbose=0)
print("after training:", model.layers[0].scale.numpy(), "| weights:", model.layers[0].weights)

# %% [markdown]
# ### A Python number as state
#
# `fit` runs `call` as Python only while it makes the graph. After that the graph runs, and
# a line like `self.calls += 1` is not in it. Nor is `list.append`, nor anything NumPy does. A weight counts.


# %%
class Counting(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.python_count = 0
        self.count = self.add_weight(
            name="count", shape=(), dtype="int32", initializer="zeros", trainable=False
        )

    def call(self, inputs):
        self.python_count += 1
        self.count.assign_add(1)
        return inputs


counting = Counting()
model = keras.Sequential([keras.Input((2,)), counting, layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(points[:320], points[:320, :1], batch_size=16, epochs=5, verbose=0)
print("20 batches in 5 epochs | weight:", int(counting.count), "| Python:", counting.python_count)
assert int(counting.count) == 100 > counting.python_count

# %% [markdown]
# ### Freeze a layer
#
# `layer.trainable = False` moves all weights of a layer to the non-trainable ones, for a model that you want to reuse as it is. Do it before
# `compile`: the first `fit` after `compile` fixes what is trained. A later change of `trainable` has no effect, and no warning comes.


# %%
def trains(model):
    """Whether fit changes the first kernel of a model."""
    before = model.layers[0].get_weights()[0]
    model.fit(points, points[:, :1], batch_size=64, verbose=0)
    return not np.array_equal(model.layers[0].get_weights()[0], before)


model = keras.Sequential([keras.Input((2,)), layers.Dense(4), layers.Dense(1)])
model.compile("sgd", "mse")
answers = [trains(model)]
model.layers[0].trainable = False
answers.append(trains(model))
model.compile("sgd", "mse")
answers.append(trains(model))
print("trained at first: {}, after freezing: {}, compiled again: {}".format(*answers))

# %% [markdown]
# ### An int as seed, or NumPy
#
# A random function with an int gives the same numbers in every call. NumPy draws while the graph is made, and the graph repeats that one draw for ever.


# %%
seeds = keras.random.SeedGenerator(1)


def with_generator(z):
    return z * keras.random.uniform(ops.shape(z), seed=seeds)


def with_int(z):
    return z * keras.random.uniform(ops.shape(z), seed=1)


def with_numpy(z):
    return z * np.random.uniform(size=z.shape).astype("float32")


for function in [with_generator, with_int, with_numpy]:
    graph = tf.function(function)  # what fit does with a layer
    draws = [graph(tf.ones(3)).numpy() for _ in range(3)]
    equal = np.array_equal(draws[0], draws[1]) and np.array_equal(draws[1], draws[2])
    print(f"{function.__name__:15} three calls, the same numbers: {equal}")

# %% [markdown]
# A generator's count is in the layer's `variables`, not in its `weights`. A loaded model starts counting anew:

# %%
model = keras.Sequential([keras.Input((3,)), MyDropout(0.5, seed=1)])
first = np.asarray(model(x, training=True))
second = np.asarray(model(x, training=True))
model.save(folder / "dropout.keras")
loaded = keras.saving.load_model(folder / "dropout.keras")
assert not np.array_equal(first, second)
np.testing.assert_array_equal(loaded(x, training=True), first)
print("weights:", len(model.weights), "| variables:", len(model.variables))

# %% [markdown]
# ### Inputs as separate arguments
#
# Then `build` names them: the argument `query` has its shape in `query_shape`.


# %%
class Similarity(layers.Layer):
    """Bilinear similarity of two vectors of different widths: query @ kernel @ key."""

    def build(self, query_shape, key_shape):
        self.kernel = self.add_weight(name="kernel", shape=(query_shape[-1], key_shape[-1]))

    def call(self, query, key):
        return ops.sum(ops.matmul(query, self.kernel) * key, axis=-1, keepdims=True)

    def compute_output_shape(self, query_shape, key_shape):
        return (*query_shape[:-1], 1)


similarity = Similarity()
score = similarity(keras.Input((3,)), keras.Input((5,)))
print("kernel", tuple(similarity.kernel.shape), "| output", score.shape)

# %% [markdown]
# ### A block without `build`
#
# A layer made of layers needs no `build`. Called, its inner layers build themselves. Built by shape alone, as `ResidualBlock` does with its parts, they do not know their shapes: the
# block counts as built and has no weights until its first call. Keras warns. Loading a file builds by shape first, so it warns too; the loaded model computes
# the same all the same.


# %%
import warnings


@keras.saving.register_keras_serializable(package="chapter04")
class NoBuild(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(4)

    def call(self, inputs):
        return self.inner(inputs)


block = NoBuild()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    block.build((None, 3))
print("built:", block.built, "| weights:", len(block.weights), "| warned:", bool(caught))

model = keras.Sequential([keras.Input((3,)), NoBuild()])
model.save(folder / "no_build.keras")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    loaded = keras.saving.load_model(folder / "no_build.keras")
np.testing.assert_allclose(loaded(x), model(x), rtol=1e-4, atol=1e-6)
print("loaded, the same outputs | warned:", any("build()" in str(w.message) for w in caught))

# %% [markdown]
# ### Masks: which time steps count
#
# Sequences of different length are padded with zeros. `Embedding(mask_zero=True)` knows where, and hands a *mask* on along with
# its output. A layer gets it as argument `mask`, if its `call` has one.


# %%
class MaskedMean(layers.Layer):
    """Mean over the time steps that count."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True  # without it: the same, and a warning

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=1)
        weights = ops.cast(ops.expand_dims(mask, -1), inputs.dtype)
        return ops.sum(inputs * weights, axis=1) / ops.maximum(ops.sum(weights, axis=1), 1)

    def compute_mask(self, inputs, mask=None):
        return None  # the time axis is gone, and the mask with it


words = np.array([[3, 5, 0, 0], [1, 2, 4, 6]])
embedding = layers.Embedding(10, 2, mask_zero=True)
embedded = embedding(words)
table = embedding.get_weights()[0]

masked = ops.convert_to_numpy(MaskedMean()(embedded))
plain = ops.convert_to_numpy(layers.GlobalAveragePooling1D()(ops.convert_to_numpy(embedded)))
np.testing.assert_allclose(masked[0], table[[3, 5]].mean(axis=0), rtol=1e-5)
np.testing.assert_allclose(plain[0], table[[3, 5, 0, 0]].mean(axis=0), rtol=1e-5)
print("padding counted as words changes the first mean:", not np.allclose(masked[0], plain[0]))

# %% [markdown]
# A custom layer does not pass masks on to the next unless it sets `supports_masking = True`. Without that Keras warns that the mask is lost, and the layers after it count
# the padding.


# %%
class Double(layers.Layer):
    def call(self, inputs):
        return 2 * inputs


class DoubleKeepingMask(Double):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True


for layer in [Double(name="double"), DoubleKeepingMask(name="double_keeping_mask")]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mean = ops.convert_to_numpy(MaskedMean()(layer(embedded)))
    right = np.allclose(mean[0], 2 * table[[3, 5]].mean(axis=0), rtol=1e-5)
    print(f"{layer.name:20} right mean: {right!s:5} | warnings: {len(caught)}")

# %% [markdown]
# ### One layer, several backends
#
# `keras.ops` is NumPy's interface on top of whichever backend Keras runs on. So a layer that uses `keras.ops`, `keras.random`
# and `add_weight` alone knows nothing of TensorFlow. The backend is chosen before `import keras`, so a second one needs a second
# process. This is a small program with a layer in it. Run as a program, it prints what the layer computes.

# %%
import importlib.util
import json
import os
import runpy
import subprocess
import sys

program = '''
import json

import keras
import numpy as np
from keras import layers, ops


class Distance(layers.Layer):
    """Distance of each input to a number of learned points."""

    def __init__(self, points, **kwargs):
        super().__init__(**kwargs)
        self.points = points

    def build(self, input_shape):
        self.centers = self.add_weight(name="centers", shape=(self.points, input_shape[-1]))

    def call(self, inputs):
        difference = ops.expand_dims(inputs, -2) - self.centers
        return ops.sqrt(ops.sum(ops.square(difference), axis=-1))


layer = Distance(points=2)
layer.build((None, 3))
layer.set_weights([np.arange(6, dtype="float32").reshape(2, 3)])
result = layer(np.eye(3, dtype="float32"))
kind = f"{type(result).__module__.partition('.')[0]}.{type(result).__name__}"
result = ops.convert_to_numpy(result).tolist()
if __name__ == "__main__":
    print(json.dumps({"backend": keras.config.backend(), "kind": kind, "result": result}))
'''
path = folder / "distance.py"
path.write_text(program)

run = runpy.run_path(str(path))
print("here, on", keras.config.backend(), "it returns a", run["kind"])

# %% [markdown]
# Now in other processes, one for each backend that is installed. (In Keras 3.15 the NumPy backend borrows a little from JAX and
# SciPy, so it needs both. Colab has them.) What comes back has to be the same.

# %% tags=["nbval-ignore-output"]
needs = {"numpy": ["jax", "scipy"], "jax": ["jax"]}
running = {}
for backend, packages in needs.items():
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        print(f"{backend:6} not tried: {' and '.join(missing)} not installed")
        continue
    environment = {**os.environ, "KERAS_BACKEND": backend}
    running[backend] = subprocess.Popen(
        [sys.executable, path], env=environment, stdout=subprocess.PIPE, cwd=folder, text=True
    )

for backend, process in running.items():
    answer = json.loads(process.communicate()[0].splitlines()[-1])
    print(f"{answer['backend']:6} returned a {answer['kind']}")
    assert answer["backend"] == backend
    np.testing.assert_allclose(answer["result"], run["result"], rtol=1e-5)

# %% [markdown]
# On NumPy a layer can be called but not trained: there are no gradients. On JAX and PyTorch it trains, too.
#
# A function of `tf` in a layer ties it to TensorFlow, and it cannot stand in a Functional model on its own either:

# %%
symbolic = keras.Input((3,))
print("ops.exp:", ops.exp(symbolic).shape)
try:
    tf.exp(symbolic)
except ValueError as error:
    print("tf.exp: ", first_line(error, 76))

# %% [markdown]
# ### Each line of What changed, tried

# %%
layer = layers.Layer()
attempts = {
    "add_weight": lambda: layer.add_weight("kernel", shape=(3, 4)),
    "as_list": lambda: layers.Dense(2).compute_output_shape((None, 3)).as_list(),
    "super().build": lambda: layers.Layer().build((None, 3)),
    "K.dot": lambda: keras.backend.dot,
    "add_metric": lambda: layer.add_metric(1.0, name="one"),
    "add_update": lambda: layer.add_update,
    "add_loss": lambda: layer.add_loss(0.0, inputs=True),
    "learning_phase": lambda: keras.backend.learning_phase(),
    "dynamic": lambda: layers.Layer(dynamic=True),
    "tf.exp": lambda: tf.exp(symbolic),
    "Lambda": lambda: keras.saving.load_model(folder / "lambda.keras"),
    "output_shape": lambda: layers.Dense(2).output_shape,
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:15} runs")
    except (ValueError, AttributeError, TypeError, NotImplementedError) as error:
        print(f"{label:15} {first_line(error, 68)}")

untracked = Untracked()
untracked(x)
print(f"{'tf.Variable':15} runs, weights: {untracked.weights}")
