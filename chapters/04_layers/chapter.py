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
SEED = 0  # int: seed of data, weights, dropout
TRAIN_SIZE = 6_000  # int: training images used, at most 60,000
EPOCHS = 4  # int: passes over the training images

# %%
import importlib.util
import json
import os
import re
import runpy
import subprocess
import sys
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


def first_line(error, length=110):
    """Return the words of an error on one line, without colours and Keras's frame."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
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
    np.testing.assert_allclose(model(x), by_lambda(x), rtol=1e-5)

# %% [markdown]
# The third is the most general: every function of `keras.ops` takes a symbolic tensor of a Functional model as well as
# an array.
#
# What is an exponential output good for? For targets of very different size: prices, counts, waiting times. It cannot
# be negative, and a step of 1 in front of it means *times e*, whatever the size. The same small network twice, on targets from
# 0.03 to 250, once with and once without; the loss is the mean error in percent.

# %% tags=["nbval-ignore-output"]
generator = np.random.default_rng(SEED)
size = generator.uniform(-3, 3, size=(400, 1)).astype("float32")
price = np.exp(1.5 * size + 1 + 0.1 * generator.normal(size=size.shape)).astype("float32")

predicted = {}
for activation in ["linear", "exponential"]:
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((1,)),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation=activation),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="mean_absolute_percentage_error")
    model.fit(size, price, epochs=30, verbose=0)
    predicted[activation] = model.predict(size, verbose=0)
    error = np.abs(predicted[activation] - price) / price
    print(f"{activation:12} mean error {error.mean():4.0%}")

# %% alt="Two scatter plots of prediction against target, both axes logarithmic from 0.01 to 1000. Linear output: the points bend away from the diagonal, far below it at the largest targets. Exponential output: all points lie along the diagonal" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharex=True, sharey=True)
for ax, (activation, y_pred) in zip(axes, predicted.items()):
    ax.loglog(price, np.maximum(y_pred, 1e-2), ".", markersize=3, alpha=0.6)
    ax.loglog([0.02, 400], [0.02, 400], "k--", linewidth=1)
    ax.set(xlabel="target", ylabel="prediction", title=f"{activation} output")
fig.suptitle("An exponential output fits small and large targets alike", y=1.02)
plt.show()

errors = {name: (np.abs(y_pred - price) / price).mean() for name, y_pred in predicted.items()}
assert errors["exponential"] < errors["linear"]
assert (predicted["exponential"] > 0).all()

# %% [markdown]
# > **Pitfall: a `Lambda` with weights inside.** Keras finds weights in the *attributes* of a layer. What a function
# > uses from outside it does not see: such weights are neither trained nor saved.

# %%
inner = layers.Dense(4)
hidden = layers.Lambda(lambda z: inner(z))
hidden(x)
print(
    "weights in the function:", len(inner.weights), "| weights of the layer:", len(hidden.weights)
)
assert len(inner.weights) == 2 and len(hidden.weights) == 0

# %% [markdown]
# > **Pitfall: a `Lambda` can be saved and not loaded.** A Python `lambda` has no name by which it could be found
# > again, so Keras would have to run code out of a file. It refuses. A function with a name and a registration is found.

# %%
by_lambda.save(folder / "lambda.keras")
try:
    keras.saving.load_model(folder / "lambda.keras")
except ValueError as error:
    print(first_line(error, 92))


@keras.saving.register_keras_serializable(package="chapter04")
def exponential(z):
    return ops.exp(z)


named = keras.Sequential([keras.Input((3,)), layers.Lambda(exponential)])
named.save(folder / "named.keras")
np.testing.assert_allclose(keras.saving.load_model(folder / "named.keras")(x), np.exp(x), rtol=1e-5)

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
# `bias_…` does the same for the bias. Here are four, each beside the one that Keras has:


# %%
def softplus(z):
    return ops.log(1 + ops.exp(z))


def glorot(shape, dtype=None):
    return keras.random.normal(shape, stddev=(2 / (shape[0] + shape[1])) ** 0.5, dtype=dtype)


def l1_penalty(weight):
    return 0.01 * ops.sum(ops.abs(weight))


def positive(weight):
    return ops.where(weight < 0, ops.zeros_like(weight), weight)


w = ops.convert_to_tensor(np.random.default_rng(SEED).normal(size=(200, 100)).astype("float32"))
np.testing.assert_allclose(softplus(w), keras.activations.softplus(w), rtol=1e-3)
np.testing.assert_allclose(l1_penalty(w), keras.regularizers.L1(0.01)(w), rtol=1e-4)
np.testing.assert_array_equal(positive(w), keras.constraints.NonNeg()(w))
theirs = np.std(keras.initializers.GlorotNormal()((200, 100)))
np.testing.assert_allclose(np.std(glorot((200, 100))), theirs, rtol=0.05)

# %% [markdown]
# When is each of them called? Let them write it down. In `fit` a function of yours runs as Python only
# while the graph is made, so the diary needs `run_eagerly=True`. (Regularizer and constraint are objects of a class here: Keras
# 3.15 takes plain functions too, Keras 3.13 refuses them.)

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
        return l1_penalty(weight)


class NotedConstraint(keras.constraints.Constraint):
    def __call__(self, weight):
        diary.append("constraint")
        return positive(weight)


layer = layers.Dense(
    1,
    use_bias=False,
    kernel_initializer=noted("initializer", glorot),
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
# > **Pitfall: one initializer object for two layers.** An initializer draws its seed when it is *made*, and gives the
# > same numbers in every call. Two layers of the same shape start as twins. Give each its own object, or the
# > name as a string, which makes a new one.

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
# ### Why the initializer matters
#
# Ten layers of 100 units, tanh in each, no training: how large is the signal that arrives? `GlorotNormal` chooses the
# standard deviation $\sqrt{2 / (\text{inputs} + \text{outputs})}$, which is 0.1 here. A third of it, and the signal dies out;
# three times as much, and all units sit at −1 or 1, where tanh has no slope. Gradients suffer the same on their way back.

# %% alt="Line chart of the standard deviation of the activations over 10 layers, logarithmic axis. With initial standard deviation 0.03 it falls from 1 to below 0.0001, with Glorot's 0.1 it falls slowly and stays above 0.1, with 0.3 it stays near 0.9"
signal = np.random.default_rng(SEED).normal(size=(500, 100)).astype("float32")
deviations = {}
for stddev, label in [(0.03, "0.03: dies out"), (0.1, "0.1: Glorot"), (0.3, "0.3: saturates")]:
    h = signal
    deviations[label] = [float(np.std(h))]
    for depth in range(10):
        initializer = keras.initializers.RandomNormal(stddev=stddev, seed=SEED * 100 + depth)
        h = layers.Dense(100, activation="tanh", kernel_initializer=initializer)(h)
        deviations[label].append(float(np.std(h)))

fig, ax = plt.subplots()
for (label, values), marker in zip(deviations.items(), "osv"):
    ax.semilogy(range(11), values, marker + "-", markersize=4, label=label)
ax.set(xlabel="layer", ylabel="standard deviation of its outputs")
ax.set_title("The first weights decide whether the signal gets through")
ax.legend(title="initial weights", loc="lower left")
plt.show()

last = [values[-1] for values in deviations.values()]
assert last[0] < 1e-3 < 0.1 < last[1] < 0.5 < 0.8 < last[2] < 1

# %% [markdown]
# ### With arguments: classes
#
# A penalty with a *strength* needs an argument, and an argument has to be saved. So you write a class, with three
# methods: `__init__` keeps the arguments, `__call__` computes, `get_config` gives the arguments back as a dictionary. The
# base class needs no `super().__init__()`, because it keeps nothing.
#
# This regularizer adds up the *lengths of the rows* of a kernel. A row belongs to one input; to shorten it, all of its weights must
# shrink together. What comes out is a network that ignores whole inputs. And a constraint that keeps weights within
# limits:


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

model = keras.Sequential([keras.Input((2,)), layer])
model.save(folder / "parts.keras")
loaded = keras.saving.load_model(folder / "parts.keras").layers[0]
print("loaded:", loaded.kernel_regularizer.get_config(), loaded.kernel_constraint.get_config())
assert loaded.kernel_regularizer.factor == 0.1 and loaded.kernel_constraint.high == 1

# %% [markdown]
# > **Pitfall: `call` instead of `__call__`.** Layers and models, whose base class wraps the call, have a method `call`.
# > Regularizers, initializers and constraints are plain callables: `__call__`. The base classes have a `__call__` of their
# > own, which returns 0 or the weight as it is. So your method named `call` is never used, and nobody says so.


# %%
class Silent(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def call(self, weight):
        return self.factor * ops.sum(ops.abs(weight))


layer = layers.Dense(2, kernel_regularizer=Silent(100.0))
layer(np.ones((1, 3)))
print("penalty with factor 100:", [float(loss) for loss in layer.losses])

# %% [markdown]
# > **Pitfall: no `get_config`.** For a regularizer `save` fails, which is good. For a constraint `save` works, since the
# > base class has an empty config, and `load_model` fails: weeks later, on another machine.


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
# ### Watch them work
#
# One network on Fashion-MNIST, three times: plain, with `RowPenalty` on the first kernel, and with Keras's `MaxNorm`
# constraint, which keeps every column, the weights of one unit, at a length of at most 1. A callback notes the norms
# after each step.

# %%
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train = x_train[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255
y_train = y_train[:TRAIN_SIZE]


class ColumnNorms(keras.callbacks.Callback):
    """Notes the mean and the largest column norm of the first kernel after each batch."""

    def on_train_begin(self, logs=None):
        self.mean, self.largest = [], []

    def on_train_batch_end(self, batch, logs=None):
        norms = np.linalg.norm(self.model.layers[0].get_weights()[0], axis=0)
        self.mean.append(norms.mean())
        self.largest.append(norms.max())


# %% tags=["nbval-ignore-output"]
variants = {
    "plain": {},
    "RowPenalty(0.002)": {"kernel_regularizer": RowPenalty(0.002)},
    "MaxNorm(1)": {"kernel_constraint": keras.constraints.MaxNorm(1.0)},
}
networks, norms = {}, {}
for label, arguments in variants.items():
    keras.utils.set_random_seed(SEED)
    networks[label] = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(64, activation="relu", **arguments),
            layers.Dense(10, activation="softmax"),
        ]
    )
    networks[label].compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    norms[label] = ColumnNorms()
    networks[label].fit(
        x_train, y_train, batch_size=64, epochs=EPOCHS, callbacks=[norms[label]], verbose=0
    )
    scores = networks[label].evaluate(x_test, y_test, 1000, verbose=0, return_dict=True)
    accuracy = scores["accuracy"]
    print(f"{label:18} accuracy on the test images {accuracy:.2f}")

# %% [markdown]
# The first layer starts from the same weights three times. Then the constraint cuts off what is too long, at once and
# exactly. The penalty has no limit: it pulls, and the data pull the other way.

# %% alt="Line chart over training steps of the mean column norm of the first kernel, all starting near 1.3. Plain: rises slowly. RowPenalty: falls to about 0.8. MaxNorm: drops to 1 in the first step and stays there" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
for (label, recorder), style in zip(norms.items(), ["-", "--", "-."]):
    ax.plot(range(1, len(recorder.mean) + 1), recorder.mean, style, label=label)
ax.set(xlabel="training step", ylabel="mean norm of the columns", ylim=(0, None))
ax.set_title("A constraint cuts, a regularizer pulls")
ax.legend(loc="lower left")
plt.show()

assert max(norms["MaxNorm(1)"].largest) < 1 + 1e-5
assert norms["RowPenalty(0.002)"].mean[-1] < norms["plain"].mean[-1]

# %% [markdown]
# And what has the row penalty made of the pixels? The length of a row says how much the network looks at that pixel. The
# plain network looks everywhere, even at corners that are zero in nearly every image: there is no gradient there,
# so the random first weights stay. The penalty takes them away.

# %% alt="Two maps of 28 by 28 pixels. Plain network: all pixels have row norms of similar size, corners included. With the row penalty: the corners and edges are near zero, the norms are large in the middle" tags=["nbval-ignore-output"]
rows = {
    label: np.linalg.norm(networks[label].layers[0].get_weights()[0], axis=1)
    for label in ["plain", "RowPenalty(0.002)"]
}
fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.4), layout="constrained")
for ax, (label, values) in zip(axes, rows.items()):
    image = ax.imshow(values.reshape(28, 28), cmap="cividis", vmin=0, vmax=0.7)
    ax.grid(False)
    ax.set(title=label, xlabel="pixel column", ylabel="pixel row")
fig.colorbar(image, ax=axes, label="norm of the row")
fig.suptitle("The row penalty finds out which pixels matter")
plt.show()

corner = np.zeros((28, 28), dtype=bool)
corner[:3, :3] = corner[:3, -3:] = True
middle = np.zeros((28, 28), dtype=bool)
middle[10:18, 10:18] = True
for label, values in rows.items():
    ratio = values[corner.ravel()].mean() / values[middle.ravel()].mean()
    print(f"{label:18} corners / middle = {ratio:.1f}")
    assert (ratio < 0.5) == (label != "plain")

# %% [markdown]
# One more penalty looks at what comes *out* of a layer. Every layer takes `activity_regularizer=`, your own layers too. Keras
# 3.15 divides it by the batch size, so that it does not outgrow the loss when the batch grows. Keras 3.13 does not: there it is
# as many times larger as there are samples.

# %%
for batch_size in [1, 10, 100]:
    layer = layers.Dense(2, kernel_initializer="ones", activity_regularizer="l2")
    layer(np.ones((batch_size, 3)))
    penalty = float(layer.losses[0])
    print(f"batch of {batch_size:3}: {penalty:.2f}, for one sample 0.01 * (3² + 3²) = 0.18")
    assert np.isclose(penalty, 0.18) or np.isclose(penalty, 0.18 * batch_size)

# %% [markdown]
# ## A layer with weights, in four steps
#
# `Dense` is the measure: at the end, `MyDense` does the same, number for number.
#
# ### Step 1: three methods
#
# | method | runs | is the place for |
# |---|---|---|
# | `__init__` | once, when the object is made | arguments: what does not depend on the data |
# | `build(input_shape)` | once, before the first call | weights: now the width of the input is known |
# | `call(inputs)` | for every batch | the computation |


# %%
class MyDense(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias


mine = MyDense(4)
print("before:", mine.built, mine.weights)
mine(x)
print("after: ", mine.built, [(weight.name, tuple(weight.shape)) for weight in mine.weights])

# %% [markdown]
# `**kwargs` carries what all layers take: `name`, `dtype`, `trainable`, `activity_regularizer`. Nothing else has to be done:
# Keras calls `build` itself, marks the layer as built, and finds the weights because they are attributes.
#
# The same numbers as `Dense`? Same outputs, and the same gradients for weights and inputs:

# %%
theirs = layers.Dense(4)
theirs.build((None, 3))
theirs.set_weights(mine.get_weights())

gradients = {}
for layer in [mine, theirs]:
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = ops.mean(ops.square(layer(inputs) - 1))
    gradients[layer] = tape.gradient(loss, [*layer.trainable_variables, inputs])

np.testing.assert_allclose(mine(x), theirs(x), rtol=1e-6)
for a, b in zip(gradients[mine], gradients[theirs]):
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
print("gradients of", [tuple(gradient.shape) for gradient in gradients[mine]], "agree")

# %% [markdown]
# > **Pitfall: weights made in `call`.** In the first call it would be too late, and in every later one it would be once
# > more. Keras locks a layer after `build`.


# %%
class TooLate(layers.Layer):
    def call(self, inputs):
        self.scale = self.add_weight(name="scale", shape=(inputs.shape[-1],))
        return inputs * self.scale


try:
    TooLate()(x)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# > **Pitfall: a `tf.Variable` as weight.** Keras tracks `keras.Variable`, which is what `add_weight` makes. A `tf.Variable`
# > computes just as well, but is not in `weights`: it is neither trained nor saved. If the layer is the only one, a
# > warning says so; in a larger model nothing does.


# %%
class Untracked(layers.Layer):
    def build(self, input_shape):
        self.kernel = tf.Variable(tf.ones((input_shape[-1], 1)))

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


model = keras.Sequential([keras.Input((3,)), Untracked()])
model.compile("sgd", "mse")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(x, np.zeros((5, 1)), batch_size=1, epochs=2, verbose=0)
print("warned:", caught[0].message)
print("kernel after training:", model.layers[0].kernel.numpy().ravel(), "| weights:", model.weights)

# %% [markdown]
# ### Step 2: activation and shapes
#
# `keras.activations.get` makes a function of everything that may be called an activation: a name, a function, a layer, `None`.
# `keras.activations.serialize` goes back, to something that can be written to a file.

# %%
for activation in [None, "relu", ops.tanh, layers.LeakyReLU(negative_slope=0.3, name="leaky")]:
    function = keras.activations.get(activation)
    saved = keras.activations.serialize(function)
    written = saved if isinstance(saved, str) else saved["class_name"]
    print(f"{float(function(ops.convert_to_tensor(-1.0))):6.3f}  {written}")


# %% [markdown]
# A Functional model asks each layer for the shape of its output before there are data. You may tell it, with
# `compute_output_shape`. If you don't, Keras runs `call` on placeholders and looks. Both give the same:


# %%
class MyDense(layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], self.units), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)


class WithShape(MyDense):
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


for shape in [(3,), (10, 3), (None, 8, 3)]:
    found = MyDense(4)(keras.Input(shape)).shape
    told = WithShape(4)(keras.Input(shape)).shape
    print("input", (None, *shape), "-> output", found)
    assert found == told == (None, *shape[:-1], 4)

# %% [markdown]
# So when do you need it? When somebody asks for the shape directly, as a layer that holds yours may do, and when `call`
# cannot be run on placeholders.

# %%
print("with:   ", WithShape(4).compute_output_shape((None, 3)))
try:
    MyDense(4).compute_output_shape((None, 3))
except NotImplementedError as error:
    print("without:", first_line(error, 96))

# %% [markdown]
# > **Pitfall: NumPy in `call`.** It works as long as you call the layer with arrays. A model works with placeholders and graphs,
# > and NumPy cannot compute with those. Use `keras.ops`, which has nearly all of NumPy's functions by the same name.


# %%
class NumPyRelu(layers.Layer):
    def call(self, inputs):
        return np.maximum(inputs, 0)


print("called with an array:", NumPyRelu(name="np_relu")(x[:1]).round(2))
try:
    NumPyRelu(name="np_relu")(keras.Input((3,)))
except NotImplementedError as error:
    print(first_line(error, 35))

# %% [markdown]
# ### Step 3: a config, to be saved
#
# A file holds the weights, and for each layer its class and its *config*, the arguments to make it again. For arguments that are
# numbers, strings or booleans Keras keeps them by itself. For anything else it cannot:


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class Automatic(MyDense):
    """MyDense without a get_config of its own."""


print(sorted(Automatic(4, activation="relu", name="hidden").get_config()))
try:
    Automatic(4, activation=ops.tanh).get_config()
except NotImplementedError as error:
    print(first_line(error, 92))

# %% [markdown]
# An activation given by its name is kept, one given as a function is not. So write `get_config`: the base class's part first,
# which holds `name`, `trainable` and `dtype`, then your arguments.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class MyDense(WithShape):
    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }


layer = MyDense(4, activation=ops.tanh, name="hidden")
copy = MyDense.from_config(layer.get_config())
print({key: value for key, value in copy.get_config().items() if key != "dtype"})

model = keras.Sequential([keras.Input((3,)), layer])
model.save(folder / "mine.keras")
loaded = keras.saving.load_model(folder / "mine.keras")
np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)
assert loaded.layers[0].name == copy.name == "hidden"

# %% [markdown]
# > **Pitfall: a class that nobody registered.** The file says `MyDense`; where is that? The decorator puts the class on a
# > list under `package>name`. Without it `save` works and `load_model` does not, unless you name the class there.


# %%
class Unregistered(MyDense):
    pass


model = keras.Sequential([keras.Input((3,)), Unregistered(4)])
model.save(folder / "unregistered.keras")
try:
    keras.saving.load_model(folder / "unregistered.keras")
except TypeError as error:
    print("without custom_objects:", type(error).__name__)

known = {"Unregistered": Unregistered}
loaded = keras.saving.load_model(folder / "unregistered.keras", custom_objects=known)
np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)
print("registered as:", keras.saving.get_registered_name(MyDense))

# %% [markdown]
# ### Step 4: the proof
#
# Two networks, one of `Dense` and one of `MyDense`, with the same first weights, on the same batches. If the layer is right,
# they stay equal in every epoch.

# %%
results = {}
for layer_class in [layers.Dense, MyDense]:
    keras.utils.set_random_seed(SEED)
    network = keras.Sequential(
        [
            keras.Input((784,)),
            layer_class(32, activation="relu"),
            layer_class(10, activation="softmax"),
        ]
    )
    network.compile("adam", "sparse_categorical_crossentropy")
    history = network.fit(x_train[:2000], y_train[:2000], epochs=3, verbose=0)
    results[layer_class.__name__] = history.history["loss"]

np.testing.assert_allclose(results["Dense"], results["MyDense"], rtol=1e-3)
print("losses of 3 epochs agree")

# %% [markdown]
# > **Note: numbers that come in.** Keras converts floating-point inputs to the layer's `compute_dtype`, float32 unless you say
# > otherwise, and leaves integers alone. With `dtype="mixed_float16"` a layer computes in half precision and keeps its weights in full.

# %%
for label, layer, inputs in [
    ("float64 input", MyDense(2), x.astype("float64")),
    ("mixed_float16", MyDense(2, dtype="mixed_float16"), x),
    ("dtype float64", MyDense(2, dtype="float64"), x),
]:
    result = layer(inputs)
    print(f"{label}: output {result.dtype.name}, kernel {layer.kernel.dtype}")

# %% [markdown]
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

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum}


center = Center(name="center")
model = keras.Sequential([keras.Input((2,)), center, layers.Dense(1)])
print("trainable:    ", [weight.path.split("/")[-1] for weight in model.trainable_weights])
print("not trainable:", [weight.path.split("/")[-1] for weight in model.non_trainable_weights])

# %% alt="Line chart of the two entries of the moving mean over 60 training steps: they start at 0 and approach the true means 3 and -2, drawn as dotted lines, within about 40 steps" tags=["nbval-ignore-output"]
points = np.random.default_rng(SEED).normal([3, -2], 1, size=(960, 2)).astype("float32")


class MeanPath(keras.callbacks.Callback):
    """Notes the moving mean after each batch."""

    def on_train_begin(self, logs=None):
        self.path = []

    def on_train_batch_end(self, batch, logs=None):
        self.path.append(center.get_weights()[0])


recorder = MeanPath()
model.compile("sgd", "mse")
model.fit(points, points[:, :1], batch_size=16, verbose=0, callbacks=[recorder])

fig, ax = plt.subplots(figsize=(7, 3))
for feature, (truth, style) in enumerate([(3, "-"), (-2, "--")]):
    ax.plot(np.array(recorder.path)[:, feature], style, label=f"feature {feature}")
    ax.axhline(truth, color="black", linestyle=":", linewidth=1)
ax.set(xlabel="training step", ylabel="moving mean")
ax.set_title("The layer finds the means (dotted) while the model trains")
ax.legend()
plt.show()
np.testing.assert_allclose(center.get_weights()[0], [3, -2], atol=0.8)

# %% [markdown]
# Outside of training it stays as it is. And it is in the file:

# %%
before = center.get_weights()[0]
model.evaluate(points + 100, points[:, :1], verbose=0)
model.predict(points + 100, verbose=0)
np.testing.assert_array_equal(center.get_weights()[0], before)

model.save(folder / "center.keras")
loaded = keras.saving.load_model(folder / "center.keras")
np.testing.assert_array_equal(loaded.get_layer("center").get_weights()[0], before)

# %% [markdown]
# > **Pitfall: a Python number as state.** `fit` runs `call` as Python only while it makes the graph. After that the graph runs, and
# > a line like `self.calls += 1` is not in it. Nor is `list.append`, nor anything NumPy does.


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
# `layer.trainable = False` moves all weights of a layer to the non-trainable ones, for a model that you want to reuse as it is.
#
# > **Pitfall: freezing between two calls of `fit`.** The first `fit` after `compile` fixes what is trained. A later change of
# > `trainable` has no effect, and no warning comes. Compile again.


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
# ## Random, in training only
#
# Dropout sets a share of the numbers to zero, at random, and scales up the others so that the sum stays the same on average. It must do
# that in training only. `call` has an argument for it: `training`, which Keras fills in, `True` in `fit`, `False` in
# `evaluate` and `predict`, and which it passes on to the layers within a layer.


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

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


ones = np.ones((1000, 1000), dtype="float32")
for layer in [MyDropout(0.3, seed=SEED), layers.Dropout(0.3, seed=SEED)]:
    result = ops.convert_to_numpy(layer(ones, training=True))
    kept = result[result > 0]
    print(
        f"zeros {np.mean(result == 0):.2f}, the others {kept.mean():.3f}, mean {result.mean():.2f}"
    )
    np.testing.assert_array_equal(layer(ones, training=False), ones)

# %% alt="Four pictures of the same ankle boot: as it is, and three times with 40 percent of the pixels missing, other pixels each time" tags=["nbval-ignore-output"]
dropout = MyDropout(0.4, seed=SEED)
boot = x_test[:1]
pictures = [dropout(boot)] + [dropout(boot, training=True) for _ in range(3)]
titles = ["inference", "training, call 1", "call 2", "call 3"]
fig, axes = plt.subplots(1, 4, figsize=(9, 2.4))
for ax, picture, title in zip(axes, pictures, titles):
    ax.imshow(ops.convert_to_numpy(picture).reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(title, fontsize=9)
    ax.axis("off")
fig.suptitle("Each call in training draws other pixels", y=1.06)
plt.show()

# %% [markdown]
# The layer owns a `SeedGenerator`: a weight that counts on with every draw. Two layers with the same seed give the same
# sequence, a graph gets new numbers in each step, and nothing else in the program can disturb it. Two tempting shortcuts
# do worse.
#
# > **Pitfall: an int as seed, or NumPy's randomness.** A random function with an int gives the same numbers in every call. NumPy draws
# > while the graph is made, and the graph repeats that one draw for ever.


# %%
seeds = keras.random.SeedGenerator(1)


def with_generator(z):
    return z + keras.random.normal(ops.shape(z), seed=seeds)


def with_int(z):
    return z + keras.random.normal(ops.shape(z), seed=1)


def with_numpy(z):
    return z + np.random.normal(size=z.shape).astype("float32")


for function in [with_generator, with_int, with_numpy]:
    graph = tf.function(function)  # what fit does with a layer
    draws = [graph(tf.zeros(3)).numpy() for _ in range(3)]
    equal = np.array_equal(draws[0], draws[1]) and np.array_equal(draws[1], draws[2])
    print(f"{function.__name__:15} three calls, the same numbers: {equal}")

# %% [markdown]
# > **Pitfall: `inputs.shape` where the batch size is unknown.** In a graph it is `None`, and no random array has that shape.
# > `ops.shape(inputs)` is the shape of the actual batch.


# %%
class StaticShape(layers.Layer):
    def call(self, inputs):
        return inputs + keras.random.normal(inputs.shape)


class ActualShape(layers.Layer):
    def call(self, inputs):
        return inputs + keras.random.normal(ops.shape(inputs))


for layer in [ActualShape(), StaticShape()]:
    try:
        layer(keras.Input((3,)))
        print(f"{type(layer).__name__}: works")
    except ValueError as error:
        print(f"{type(layer).__name__}: {first_line(error)}")

# %% [markdown]
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

inputs = [keras.Input((1,), name="x"), keras.Input((2,), name="y")]
outputs = Polar()(inputs)
print({name: tensor.shape for name, tensor in outputs.items()})
predictions = keras.Model(inputs, outputs).predict(given, verbose=0)
assert predictions["radius"][0, 0] == 5

# %% [markdown]
# The shapes `(n, 1)` and `(n, 2)` were *broadcast* to `(n, 2)`, and the symbolic shapes say so before any data come.
#
# With separate arguments, `build` names them: the argument `query` has its shape in `query_shape`.


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
# > **Pitfall: broadcasting you did not ask for.** `(n,)` and `(n, 1)` make `(n, n)`. No error, only wrong numbers, and an `n` times
# > slower model. The symbolic shape shows it: two unknown sizes where there should be one.

# %%
difference = keras.Input(()) - keras.Input((1,))
print("symbolic:", difference.shape)
targets, predicted_targets = np.arange(4.0), np.arange(4.0).reshape(4, 1)
print("mean squared error of equal numbers:", np.mean((targets - predicted_targets) ** 2))
assert difference.shape == (None, None)

# %% [markdown]
# ## Layers made of layers
#
# When the same group of layers comes again and again, make it a layer: a stack A, B, C, A, B, C, A, B, C becomes
# D, D, D. The layers within are attributes, alone or in lists and dicts; their weights, losses and seeds are found
# through them.


# %%
@keras.saving.register_keras_serializable(package="chapter04")
class ResidualBlock(layers.Layer):
    """Normalization, two Dense layers, dropout, added to the inputs."""

    def __init__(self, hidden_units, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.hidden_units, self.rate = hidden_units, rate
        self.normalize = layers.LayerNormalization()
        self.expand = MyDense(hidden_units, activation="relu")
        self.dropout = layers.Dropout(rate)

    def build(self, input_shape):
        self.normalize.build(input_shape)
        self.expand.build(input_shape)
        self.shrink = MyDense(input_shape[-1])
        self.shrink.build(self.expand.compute_output_shape(input_shape))

    def call(self, inputs):
        hidden = self.expand(self.normalize(inputs))
        return inputs + self.dropout(self.shrink(hidden))

    def get_config(self):
        return {**super().get_config(), "hidden_units": self.hidden_units, "rate": self.rate}


blocks = [ResidualBlock(32, name=f"block_{i}") for i in range(3)]
model = keras.Sequential(
    [keras.Input((8,)), *blocks, layers.Dense(1, name="output")], name="three_blocks"
)
model.summary()

# %% [markdown]
# In each block: 2 · 8 for the normalization, 8 · 32 + 32 and 32 · 8 + 8 for the two layers, **568**. The argument `training` finds its way to
# the dropout although `call` of the block does not mention it, and the whole can be saved.

# %%
assert blocks[0].count_params() == 2 * 8 + (8 * 32 + 32) + (32 * 8 + 8) == 568
features = np.random.default_rng(SEED).normal(size=(4, 8)).astype("float32")
assert np.array_equal(model(features), model(features))
assert not np.array_equal(model(features, training=True), model(features, training=True))

model.save(folder / "blocks.keras")
loaded = keras.saving.load_model(folder / "blocks.keras")
np.testing.assert_allclose(loaded(features), model(features), rtol=1e-6)

# %% [markdown]
# > **Pitfall: a block without `build`.** Called on data, its inner layers build themselves. Built by shape alone, as loading a model
# > does, they cannot know their shapes: the block counts as built and has no weights. Write a `build` that builds the
# > inner layers, in the order in which `call` uses them.


# %%
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
print("built:", block.built, "| weights:", len(block.weights))
print("warned:", str(caught[0].message).split(", ", 1)[1][:92], "…")

# %% [markdown]
# A layer need not change anything at all. One that passes its inputs through may still *add a loss*, with
# `self.add_loss`: Keras adds it to the training loss, from however deep inside. Chapter [5](05_losses.ipynb) uses this, and
# chapter [6](06_metrics.ipynb) does the same with metrics.


# %%
class PenalizeSize(layers.Layer):
    def call(self, inputs):
        self.add_loss(0.1 * ops.mean(ops.square(inputs)))
        return inputs


class Wrapped(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = [PenalizeSize()]

    def call(self, inputs):
        return self.inner[0](inputs)


wrapped = Wrapped()
wrapped(np.full((5, 2), 3.0))
wrapped(np.full((5, 2), 3.0))
print("losses of the outer layer:", [round(float(loss), 3) for loss in wrapped.losses])
assert len(wrapped.losses) == 1  # only those of the last call

# %% [markdown]
# ## Masks: which time steps count
#
# Sequences of different length are padded with zeros. `Embedding(mask_zero=True)` knows where, and hands a *mask* on along with
# its output. A layer gets it as argument `mask`, if its `call` has one, and if the layer says that it can deal with masks.


# %%
class MaskedMean(layers.Layer):
    """Mean over the time steps that count."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

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
# > **Pitfall: a layer in between that drops the mask.** A custom layer does not pass masks on unless it sets
# > `supports_masking = True`. Keras warns, and all layers after it count the padding.


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
# ## One layer, several backends
#
# `keras.ops` is NumPy's interface on top of whichever backend Keras runs on. So a layer that uses `keras.ops`, `keras.random`
# and `add_weight` alone knows nothing of TensorFlow. The backend is chosen before `import keras`, so a second one needs a second
# process. This is a small program with a layer in it. Run as a program, it prints what the layer computes.

# %%
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
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `self.add_weight("kernel", shape=…)` | `ValueError` | `self.add_weight(name="kernel", shape=…)` |
# | `self.kernel = tf.Variable(…)` | runs, is not trained | `self.add_weight(…)` or `keras.Variable` |
# | `batch_input_shape.as_list()`, `tf.TensorShape(…)` | `AttributeError`: shapes are tuples | `(*input_shape[:-1], self.units)` |
# | `super().build(input_shape)`, `self.built = True` | works, not needed | nothing |
# | `K.dot`, `K.mean`, `K.square` of `keras.backend` | `AttributeError` | `keras.ops` |
# | `self.add_metric(value, name=…)` | `NotImplementedError` | a `keras.metrics.Mean` as attribute |
# | `self.add_update(…)` | `AttributeError` | `weight.assign(…)` in `call` |
# | `self.add_loss(loss, inputs=True)` | `TypeError` | `self.add_loss(loss)` in `call` |
# | `K.learning_phase()` | `AttributeError` | argument `training` of `call` |
# | `MyLayer(dynamic=True)` | `ValueError` | `run_eagerly=True` in `compile` |
# | `tf.exp(x)` on a symbolic tensor | `ValueError` | `ops.exp(x)` |
# | loading a `Lambda` around a Python `lambda` | `ValueError` | a registered function, or a layer class |
# | `layer.output_shape` of any layer | `AttributeError` | `layer.output.shape` in a model, `compute_output_shape` |
#
# Each line, tried:

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
# | another start, penalty or limit | a function, or a class with `__init__`, `__call__`, `get_config` |
# | weights | `self.add_weight(name=…, shape=…, initializer=…)` in `build` |
# | state that is not trained | `add_weight(…, trainable=False)`, `assign` in `call` |
# | other behaviour in training | `call(self, inputs, training=False)` |
# | randomness | one `keras.random.SeedGenerator` per layer |
# | several inputs | a list, or arguments; `build(a_shape, b_shape)` |
# | layers in a layer | attributes made in `__init__`, built in `build` |
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
