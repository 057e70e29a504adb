# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 1 · Sequential models
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 1](../../notebooks/01_sequential.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace the line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.

# %%
import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

# Warnings go to stdout: nbgrader takes whatever a test cell writes to stderr for a failure.
warnings.showwarning = lambda message, category, *place: print(f"{category.__name__}: {message}")
tf.get_logger().setLevel("ERROR")

# %% [markdown]
# ## `dense_params`
#
# How many weights does a `Dense` layer have? Write `dense_params(input_dim, units, use_bias=True)`, which
# returns the number as an integer (an `int` or NumPy's). No layer has to be built for that.
#
# - `input_dim`: size of the last axis of the layer's input
# - `units`: size of the last axis of its output
# - `use_bias`: whether the layer adds a bias
#
# **Example.** `dense_params(3, 64)` is `256`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Every output is a weighted sum of all inputs. How many weights is that for one output?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The kernel has one row per input and one column per unit. The bias has one number per *unit*.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# With 3 inputs and 64 units, the kernel has 3 · 64 numbers, and the example has 64 more. Where do these stand in the
# formula, and what makes them go away?
#
# </details>


# %% task="dense_params" role="answer" about="weights of one layer" minutes=5 difficulty=1
def dense_params(input_dim, units, use_bias=True):
    """Return the number of weights of a Dense layer.

    input_dim: size of the last axis of the input; units: size of the last axis of the
    output; use_bias: whether a bias is added.
    """
    ### BEGIN SOLUTION
    weights = input_dim * units
    if use_bias:
        weights += units
    return weights
    ### END SOLUTION


# %% task="dense_params" role="check" points=1
for input_dim, units in [(3, 64), (64, 10), (1, 1)]:
    layer = layers.Dense(units)
    layer.build((None, input_dim))
    expected = layer.count_params()
    result = dense_params(input_dim, units)
    assert result is not None, "dense_params returned None: is a `return` missing?"
    assert isinstance(result, (int, np.integer)) and not isinstance(result, bool), (
        f"dense_params({input_dim}, {units}) returned {result!r}, a {type(result).__name__}: a number "
        "of weights is an integer."
    )
    assert result != input_dim * units, (
        f"dense_params({input_dim}, {units}) returned {result}, the size of the kernel alone. "
        "The bias is missing: one more weight for each unit."
    )
    assert result == expected, (
        f"dense_params({input_dim}, {units}) returned {result}; a Keras layer of that size has "
        f"{expected} weights: a kernel of {input_dim} x {units} and a bias of {units}."
    )

# %% task="dense_params" role="hidden" points=1 tries="other sizes, with and without a bias"
for input_dim, units in [(20, 32), (5, 5), (7, 1), (784, 128)]:
    layer = layers.Dense(units, use_bias=False)
    layer.build((None, input_dim))
    result = dense_params(input_dim, units, use_bias=False)
    assert isinstance(result, (int, np.integer)), (
        f"dense_params({input_dim}, {units}, use_bias=False) returned {result!r}, a "
        f"{type(result).__name__}: a number of weights is an integer."
    )
    assert result == layer.count_params(), (
        f"dense_params({input_dim}, {units}, use_bias=False) returned {result}; without a bias "
        f"only the kernel is left, {layer.count_params()} weights."
    )
    result = dense_params(input_dim, units, use_bias=True)
    assert result == input_dim * units + units, (
        f"dense_params({input_dim}, {units}, use_bias=True) returned {result}; the kernel has "
        f"{input_dim * units} weights, the bias one per unit: {units} more."
    )

# %% [markdown]
# ## `sequential_params`
#
# Write `sequential_params(input_dim, widths)`: the number of weights of a whole stack of `Dense` layers, all
# with a bias. It is an integer again. `widths` is the list of their units, from first to last. No layer, no weights: for an
# empty list it is 0. The list that you are given stays as it is.
#
# **Example.** `sequential_params(3, [64, 10])` is `906`: 256 for the first layer, 650 for the second.
#
# <details><summary>Hint 1: a nudge</summary>
#
# What is the input of the second layer?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Go through the widths one by one, and remember how wide the output of the layer before was.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# One turn of the loop adds the weights of one layer, as in `dense_params`. What is `input_dim` in the next turn?
#
# </details>


# %% task="sequential_params" role="answer" about="weights of a stack" minutes=8 difficulty=1
def sequential_params(input_dim, widths):
    """Return the number of weights of a stack of Dense layers with bias.

    input_dim: number of features of the input; widths: list of the layers' units.
    """
    ### BEGIN SOLUTION
    total = 0
    for units in widths:
        total += input_dim * units + units
        input_dim = units
    return total
    ### END SOLUTION


# %% task="sequential_params" role="check" points=1
result = sequential_params(3, [64, 10])
assert result is not None, "sequential_params returned None: is a `return` missing?"
assert isinstance(result, (int, np.integer)), (
    f"sequential_params(3, [64, 10]) returned {result!r}, a {type(result).__name__}: a number of "
    "weights is an integer."
)
assert result != 3 * 64 + 64 * 10, (
    f"sequential_params(3, [64, 10]) returned {result}: these are the kernels without the biases. "
    "Each layer has one more weight per unit."
)
assert result != (3 * 64 + 64) + (3 * 10 + 10), (
    f"sequential_params(3, [64, 10]) returned {result}: every layer was counted as if it were fed "
    "the model's input. The second layer's input is the first layer's output, 64 numbers wide."
)
assert result == 906, f"sequential_params(3, [64, 10]) returned {result}, it is 256 + 650 = 906."

given = [64, 10]
sequential_params(3, given)
assert given == [64, 10], (
    f"The list of widths was [64, 10] before the call and is {given} after it."
)

# %% task="sequential_params" role="hidden" points=1 tries="deeper stacks, an empty one, and whether your list of widths is left as it was"
result = sequential_params(784, [])
assert result == 0 and isinstance(result, (int, np.integer)), (
    f"sequential_params(784, []) returned {result!r}: a stack without layers has no weights, so it is "
    "0, an integer."
)
for input_dim, widths, expected in [
    (784, [128, 10], 101_770),
    (4, [8], 40),
    (2, [3, 5, 7, 1], 79),
    (10, [10, 10], 220),
]:
    given = list(widths)
    result = sequential_params(input_dim, given)
    assert result == expected, (
        f"sequential_params({input_dim}, {widths}) returned {result}; a Keras model of these "
        f"layers has {expected} weights. Each layer is as wide as its own units and "
        "is fed the output of the layer before it, the last one included."
    )
    assert given == widths, f"The list of widths was {widths} before the call, {given} after it."

# %% [markdown]
# ## `build_mlp`
#
# A *multilayer perceptron* (MLP) is a stack of `Dense` layers. Write `build_mlp(input_dim, hidden_units, num_classes,
# name="mlp")`, which returns a `keras.Sequential` that
#
# - bears the given `name`;
# - is built: `model.input_shape == (None, input_dim)`;
# - has one `Dense` layer with ReLU for each number in `hidden_units` (a list, a tuple or a `range`; it may be
#   empty), named `hidden_1`, `hidden_2`, …;
# - ends in a `Dense` layer with softmax, `num_classes` wide, named `probabilities`.
#
# Nothing else changes the numbers on their way, in training or not.
#
# **Example.** The layers of `build_mlp(784, [64, 32], 10)` are named `hidden_1`, `hidden_2`, `probabilities`, and it
# has 52,650 weights.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Start with an empty `keras.Sequential` and `add` what you need in a loop.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A first entry `keras.Input((input_dim,))` makes the model built from the start. `enumerate(hidden_units, start=1)`
# counts from one.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Each turn of the loop adds one `Dense`, of which you say `units`, `activation` and `name` (`f"hidden_{i}"`). Which one is
# left when the loop is over, and what else bears a name?
#
# </details>


# %% task="build_mlp" role="answer" about="a model built to a plan" minutes=15 difficulty=2
def build_mlp(input_dim, hidden_units, num_classes, name="mlp"):
    """Return a built keras.Sequential: ReLU layers, then a softmax layer.

    input_dim: number of features; hidden_units: units of the hidden layers (may be empty);
    num_classes: units of the last layer; name: name of the model.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((input_dim,))], name=name)
    for i, units in enumerate(hidden_units, start=1):
        model.add(layers.Dense(units, activation="relu", name=f"hidden_{i}"))
    model.add(layers.Dense(num_classes, activation="softmax", name="probabilities"))
    return model
    ### END SOLUTION


# %% task="build_mlp" role="check" points=2
model = build_mlp(784, [64, 32], 10)
assert isinstance(model, keras.Sequential), (
    f"build_mlp returned {type(model).__name__}, it should return a keras.Sequential."
)
assert model.built, "The model is not built. Give it the shape of its input with keras.Input."
assert tuple(model.input_shape) == (None, 784), (
    f"input_shape is {model.input_shape}, it should be (None, 784)."
)
names = [layer.name for layer in model.layers]
for wanted in ["hidden_1", "hidden_2", "probabilities"]:
    assert wanted in names, f"There is no layer named {wanted}; the names are {names}."
for wanted, units in [("hidden_1", 64), ("hidden_2", 32), ("probabilities", 10)]:
    width = model.get_layer(wanted).kernel.shape[-1]
    assert width == units, f"The layer {wanted} is {width} wide, it should be {units}."
assert model.count_params() == 52_650, (
    f"The model has {model.count_params():,} weights, it should have 52,650: 784 x 64 + 64, "
    "64 x 32 + 32 and 32 x 10 + 10."
)
probabilities = np.asarray(model(np.random.default_rng(0).normal(size=(4, 784))), dtype="float64")
assert np.allclose(probabilities.sum(axis=-1), 1, atol=1e-5) and (probabilities >= 0).all(), (
    "The outputs of one sample should be probabilities: not negative, with a sum of 1. Is the "
    f"last activation softmax? The first row sums to {probabilities[0].sum():.3f}."
)


# %% task="build_mlp" role="hidden" points=2 tries="other numbers of hidden layers, none among them, lists, tuples and ranges, the names, what the model computes, and training mode"
def check_build_mlp(input_dim, hidden_units, num_classes, **kwargs):
    call = f"build_mlp({input_dim}, {hidden_units!r}, {num_classes})"
    try:
        model = build_mlp(input_dim, hidden_units, num_classes, **kwargs)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"{call} raised {type(error).__name__}: {error}. hidden_units may be a list, a tuple or "
            "a range, and it may be empty; the model has the layers of this call only."
        ) from error
    assert model.name == kwargs.get("name", "mlp"), (
        f"{call} with {kwargs or 'no name'} gave a model named {model.name!r}: pass the argument "
        "`name` on to keras.Sequential."
    )
    assert tuple(model.input_shape) == (None, input_dim), (
        f"{call} has input_shape {model.input_shape}, it should be (None, {input_dim})."
    )
    wanted = [f"hidden_{i + 1}" for i in range(len(hidden_units))] + ["probabilities"]
    names = [layer.name for layer in model.layers if layer.weights]
    assert names == wanted, f"{call} has the layers {names}, they should be {wanted}."

    # Large weights of both signs, so that another activation gives other numbers.
    generator = np.random.default_rng(7)
    x = generator.normal(size=(6, input_dim)).astype("float32")
    h = x
    for name in wanted:
        layer = model.get_layer(name)
        kernel, bias = (generator.normal(size=weight.shape) for weight in layer.weights)
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)
        logits = h @ kernel + bias
        h = np.maximum(logits, 0)
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    expected = exps / exps.sum(axis=-1, keepdims=True)
    result = np.asarray(model(x), dtype="float64")
    assert np.allclose(result, expected, rtol=1e-3, atol=1e-4), (
        f"{call} does not compute softmax(… relu(x @ kernel + bias) …). Has every hidden layer "
        "the activation ReLU, and only the last one softmax?"
    )
    in_training = np.asarray(model(x, training=True), dtype="float64")
    assert np.allclose(in_training, result, rtol=1e-3, atol=1e-4), (
        f"{call} gives other numbers with training=True: is there a Dropout or another layer in it "
        "that was not asked for?"
    )


check_build_mlp(784, [64], 10)
check_build_mlp(5, (8, 4, 8), 3, name="three_deep")
check_build_mlp(6, range(4, 7), 2, name="from_range")
check_build_mlp(12, [], 4, name="no_hidden_layer")
check_build_mlp(3, [16, 16], 2)

# %% [markdown]
# ## `shapes_while_growing`
#
# Write `shapes_while_growing(input_dim, widths)`: build one growing `keras.Sequential`, a `Dense` layer for each number
# in `widths`, and note the model's output shape each time a layer was added. Return the list of these shapes, each a
# tuple. The list of widths stays as it is.
#
# **Example.** `shapes_while_growing(3, [64, 10])` is `[(None, 64), (None, 10)]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A model that knows its input shape knows its output shape, after every `add`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Make the model with `keras.Input` alone, add layers in a loop, and look at `model.output_shape` *after* each one.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `model.output_shape` is a tuple as it is wanted. Append it to a list in each turn of the loop: before the layer is
# added, or after?
#
# </details>


# %% task="shapes_while_growing" role="answer" about="shapes as layers are added" minutes=10 difficulty=1
def shapes_while_growing(input_dim, widths):
    """Return the output shape of a growing Sequential after each added Dense layer.

    input_dim: number of features; widths: list of the layers' units. Shapes are tuples whose
    first entry, the batch size, is None.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((input_dim,))])
    shapes = []
    for units in widths:
        model.add(layers.Dense(units))
        shapes.append(model.output_shape)
    return shapes
    ### END SOLUTION


# %% task="shapes_while_growing" role="check" points=1
from unittest import mock

made, make_dense = [], layers.Dense.__init__


def note_dense(self, *args, **kwargs):
    made.append(args[0] if args else kwargs.get("units"))
    make_dense(self, *args, **kwargs)


with mock.patch.object(layers.Dense, "__init__", note_dense):
    result = shapes_while_growing(3, [64, 10])
assert result is not None, "shapes_while_growing returned None: is a `return` missing?"
assert isinstance(result, list), f"It should return a list, it returned {result!r}."
assert len(result) == 2, (
    f"Two layers were added, so there should be two shapes; you returned {len(result)}: {result}. "
    "Note one shape after each layer, and none before the first."
)
assert all(isinstance(shape, (tuple, list)) and len(shape) == 2 for shape in result), (
    f"The list holds {result}. A shape is a tuple with one entry per axis: the batch and the units."
)
assert all(isinstance(shape, tuple) for shape in result), (
    f"The list holds {result}: each shape should be a tuple, as `model.output_shape` is, not a list."
)
shapes = list(result)
assert all(shape[0] is None for shape in shapes), (
    f"The shapes are {shapes}: the first entry should be None, since a model takes any batch size."
)
assert shapes == [(None, 64), (None, 10)], (
    f"shapes_while_growing(3, [64, 10]) returned {shapes}, it should be [(None, 64), (None, 10)]: "
    "the model's *output* shape, looked at after each layer."
)
assert {64, 10} <= set(made), (
    "The shapes are right, and there was no model: add a Dense layer for each of the widths, and ask the "
    "model for its output shape."
)

# %% task="shapes_while_growing" role="hidden" points=2 tries="other widths, a single layer among them, and whether the list is left as it was"
for input_dim, widths in [(784, [128, 64, 10]), (4, [4]), (2, [7, 7, 1, 9])]:
    given = list(widths)
    shapes = list(shapes_while_growing(input_dim, given))
    assert shapes == [(None, units) for units in widths], (
        f"shapes_while_growing({input_dim}, {widths}) returned {shapes}; after each of the "
        f"{len(widths)} layers the output is (None, units of that layer), in the order of widths."
    )
    assert given == widths, f"The list of widths was {widths} before the call, {given} after it."

# %% [markdown]
# ## `train_mlp`
#
# Write `train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2)`, which prepares the
# images, compiles the model, trains it, and returns the dictionary of its learning curves.
#
# - `model` takes rows of 784 numbers and returns the probabilities of ten classes, as `build_mlp(784, …, 10)` does.
# - `images` is a `uint8` array of shape `(n, 28, 28)`: divide by 255, whatever the brightest pixel is, and flatten to
#   `(n, 784)`, row by row. Leave the caller's array as it is.
# - `labels` are integers, `(n,)`. Choose the loss to fit, an optimizer that gets somewhere, and
#   `metrics=["accuracy"]`.
# - It is trained for that many `epochs`, in batches of `batch_size`. The given fraction is held out for validation, by the
#   argument that `fit` has for it.
# - What you return has the keys `loss`, `accuracy`, `val_loss`, `val_accuracy`, one number per epoch in each.
#
# On 6,000 images of Fashion-MNIST, an MLP with one hidden layer of 64 units gets to a `val_accuracy` of at least 0.78
# within 5 epochs. (The hidden test takes what this comes to for 3,000 images in batches of 160: 0.655 within 4 epochs.)
#
# **Example.** `train_mlp(model, images, labels, epochs=2)["val_loss"]` is a list of two numbers.
#
# <details><summary>Hint 1: a nudge</summary>
#
# It is the section *From images to predictions* of the chapter, in one function.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Prepare, `compile`, `fit`. Integer labels and probabilities call for `"sparse_categorical_crossentropy"`; `"adam"` is a
# safe choice of optimizer.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `fit` has arguments named `epochs`, `batch_size` and `validation_split`; those left out have defaults of Keras's own, not yours. It
# returns a `History` object, which holds the dictionary.
#
# </details>


# %% task="train_mlp" role="answer" about="from images to learning curves" minutes=25 difficulty=2
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    """Train a classifier and return its learning curves.

    model: takes (n, 784), returns probabilities (n, 10); images: uint8 (n, 28, 28); labels:
    integers (n,). Returns a dict of lists, one number per epoch: loss, accuracy, val_loss,
    val_accuracy.
    """
    ### BEGIN SOLUTION
    x = images.reshape(len(images), -1).astype("float32") / 255
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x,
        labels,
        epochs=epochs,
        batch_size=batch_size,
        validation_split=validation_fraction,
        verbose=0,
    )
    return history.history
    ### END SOLUTION


# %% task="train_mlp" role="check" points=2
from unittest import mock


class Recorder(layers.Layer):
    """Passes its inputs on and remembers the largest value of each feature and the largest batch."""

    def build(self, input_shape):
        options = {"initializer": "zeros", "trainable": False}
        self.largest = self.add_weight(name="largest", shape=input_shape[1:], **options)
        self.batch = self.add_weight(name="batch", shape=(), **options)

    def call(self, inputs):
        self.largest.assign(ops.maximum(self.largest, ops.max(inputs, axis=0)))
        size = ops.cast(ops.shape(inputs)[0], self.batch.dtype)
        self.batch.assign(ops.maximum(self.batch, size))
        return inputs


def compile_eagerly(self, *args, **kwargs):
    """Compile a model whose steps run one by one: so few do not repay the making of a graph."""
    keras.Model.compile(self, *args, **kwargs)
    self.run_eagerly = True


generator = np.random.default_rng(0)
images = generator.integers(0, 201, size=(100, 28, 28)).astype("uint8")  # none is white
labels = generator.integers(0, 10, size=100)
before = images.copy()

keras.utils.set_random_seed(0)
recorder = Recorder()
model = keras.Sequential([keras.Input((784,)), recorder, layers.Dense(10, activation="softmax")])
try:
    with mock.patch.object(keras.Sequential, "compile", compile_eagerly):
        result = train_mlp(model, images, labels, epochs=2)
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    weights = (model.get_compile_config() or {}).get("loss_weights")
    assert weights is None, (
        f"compile took {weights} for loss_weights, which are its third argument: give the metrics by "
        'name, metrics=["accuracy"].'
    )
    raise AssertionError(
        f"train_mlp raised {type(error).__name__}: {str(error).strip()[:300]} … The model takes rows "
        "of 784 numbers and returns ten probabilities per image, and the labels are integers: do "
        "the shape of the images and the loss fit?"
    ) from error

assert isinstance(result, dict), (
    f"train_mlp returned {type(result).__name__}, it should return a dict: the `.history` of the "
    "History that `fit` returns."
)
for key in ["loss", "accuracy", "val_loss", "val_accuracy"]:
    assert key in result, (
        f"The key {key!r} is missing; there are {sorted(result)}. `accuracy` comes from "
        'metrics=["accuracy"], `val_…` from the fraction held out for validation.'
    )
    assert len(result[key]) == 2, (
        f"{key!r} has {len(result[key])} entries after 2 epochs: use the argument `epochs`."
    )
largest = np.asarray(recorder.largest, dtype="float64")
assert largest.max() < 1.5, (
    f"The model was fed values up to {largest.max():.0f}: divide the pixels by 255."
)
assert largest.max() > 0.5, (
    f"The model was fed values no larger than {largest.max():.4f}: divide by 255 once only."
)
brightest = images.max() / 255
assert np.isclose(largest.max(), brightest, rtol=1e-5), (
    f"The brightest pixel is {images.max()}, and the model was fed {largest.max():.4f} for it, not "
    f"{images.max()} / 255 = {brightest:.4f}. Divide by 255, not by what the images happen to hold."
)
batch, steps = int(recorder.batch), int(model.optimizer.iterations)
assert batch == 64, (
    f"The largest batch had {batch} images. With no batch_size named, it is 64 here (and 32 is what `fit` "
    "takes by itself): pass `batch_size` on to `fit`."
)
assert steps == 4, (
    f"100 images, of which 20 are held out, in batches of 64 for 2 epochs are 4 training steps; there "
    f"were {steps}. With no validation_fraction named, it is 0.2."
)
assert np.array_equal(images, before), "train_mlp changed the caller's images."


# %% task="train_mlp" role="hidden" points=3 tries="another split, batch size and number of epochs, which images are held out, and whether real training images are learned"
import gzip
from unittest import mock


class Recorder(layers.Layer):
    """Passes its inputs on and remembers the largest value of each feature and the largest batch."""

    def build(self, input_shape):
        options = {"initializer": "zeros", "trainable": False}
        self.largest = self.add_weight(name="largest", shape=input_shape[1:], **options)
        self.batch = self.add_weight(name="batch", shape=(), **options)

    def call(self, inputs):
        self.largest.assign(ops.maximum(self.largest, ops.max(inputs, axis=0)))
        size = ops.cast(ops.shape(inputs)[0], self.batch.dtype)
        self.batch.assign(ops.maximum(self.batch, size))
        return inputs


def first_images(n):
    """The first n training images of Fashion-MNIST and their labels; load_data unpacks all 60,000."""
    arrays = []
    for name, header, shape in [("images-idx3", 16, (n, 28, 28)), ("labels-idx1", 8, (n,))]:
        file, folder = f"train-{name}-ubyte.gz", "datasets/fashion-mnist"
        origin = f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{file}"
        with gzip.open(keras.utils.get_file(file, origin, cache_subdir=folder)) as data:
            found = np.frombuffer(data.read(header + np.prod(shape)), "uint8", offset=header)
        arrays.append(found.reshape(shape))
    return arrays


def compile_eagerly(self, *args, **kwargs):
    """Compile a model whose steps run one by one: so few do not repay the making of a graph."""
    keras.Model.compile(self, *args, **kwargs)
    self.run_eagerly = True


x, y = first_images(3000)

# The last 30 % of 100 images are held out: 70 train, in 2 batches of up to 48, for 1 epoch.
recorder, hidden = Recorder(), layers.Dense(64, activation="relu")
last = layers.Dense(10, activation="softmax")
model = keras.Sequential([keras.Input((784,)), recorder, hidden, last])
with mock.patch.object(keras.Sequential, "compile", compile_eagerly):
    result = train_mlp(model, x[:100], y[:100], epochs=1, batch_size=48, validation_fraction=0.3)
steps = int(model.optimizer.iterations)
batch = int(recorder.batch)
assert batch == 48, f"With batch_size=48 the largest batch had {batch} images: pass it on to `fit`."
assert steps == 2, (
    f"With 100 images, validation_fraction=0.3, batch_size=48 and 1 epoch there should be 2 "
    f"training steps, there were {steps}. Are `epochs` and `validation_fraction` passed "
    "on to `fit`?"
)
expected = x[:100].reshape(100, 784).max(axis=0) / 255
assert np.allclose(np.asarray(recorder.largest), expected, atol=1e-5), (
    "The 784 inputs are not the pixels row by row, divided by 255: flatten with "
    "reshape(len(images), -1)."
)
kernel, bias = last.get_weights()
features = np.asarray(hidden(x[70:100].reshape(30, 784) / 255), dtype="float64")
logits = features @ kernel + bias
logits -= logits.max(axis=-1, keepdims=True)
log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
cross_entropy = -log_probabilities[np.arange(30), y[70:100]].mean()
val_loss = float(result["val_loss"][-1])
assert np.isclose(val_loss, cross_entropy, rtol=1e-3), (
    f"val_loss is {val_loss:.4f}, the cross-entropy of the last 30 % of the images is "
    f"{cross_entropy:.4f}. Either other images were held out (use validation_split), or the loss is "
    "another one: for integer labels and a model that returns probabilities it is sparse "
    "categorical cross-entropy."
)
val_accuracy = float(result["val_accuracy"][-1])
share = float((logits.argmax(axis=-1) == y[70:100]).mean())
assert np.isclose(val_accuracy, share, atol=1e-3), (
    f"val_accuracy is {val_accuracy:.3f}, the share of right answers among the images held out is "
    f"{share:.3f}."
)

keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input((784,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
best = max(train_mlp(model, x, y, epochs=4, batch_size=160)["val_accuracy"])
assert best >= 0.655, (
    f"On 3,000 images of Fashion-MNIST, in batches of 160, the best val_accuracy of 4 epochs was {best:.3f}, it "
    "should be 0.655 or more. Are the pixels divided by 255, do loss and labels fit, is the optimizer one "
    "that adapts its step size (Adam)?"
)

# %% [markdown]
# ## `predict_labels`
#
# Write `predict_labels(model, images)`, which returns the class of each image: a NumPy array of integers, of shape
# `(n,)`. `model` and `images` are as in `train_mlp`, and so is the preparation. It works for a single image too
# (`n = 1`), leaves the caller's images as they are, and prints nothing.
#
# **Example.** For `images` of shape `(5, 28, 28)` the result may be `array([9, 2, 1, 1, 6])`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The model gives ten probabilities for each image. Which of them is the answer?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Prepare as in training, `predict`, and take the position of the largest probability in each row: `argmax` along the
# last axis. `predict` has an argument that keeps it quiet.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# What `predict` returns has the shape `(n, 10)`. The classes are its last axis: along this one `argmax` looks, and the `n` is
# left.
#
# </details>


# %% task="predict_labels" role="answer" about="from images to classes" minutes=12 difficulty=1
def predict_labels(model, images):
    """Return the predicted class of each image.

    model: takes (n, 784), returns probabilities (n, 10); images: uint8 (n, 28, 28). Returns
    integers, shape (n,).
    """
    ### BEGIN SOLUTION
    x = images.reshape(len(images), -1).astype("float32") / 255
    return model.predict(x, verbose=0).argmax(axis=-1)
    ### END SOLUTION


# %% task="predict_labels" role="check" points=1
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((784,)), layers.Dense(10, activation="softmax")])
model.run_eagerly = True  # a small batch does not repay the making of a graph
images = np.random.default_rng(0).integers(0, 256, size=(5, 28, 28)).astype("uint8")
result = predict_labels(model, images)
assert result is not None, "predict_labels returned None: is a `return` missing?"
assert isinstance(result, np.ndarray), (
    f"predict_labels returned a {type(result).__name__}, it should return a NumPy array: `predict` gives "
    "one, and np.asarray makes one of a list or a tensor."
)
assert result.shape != (5, 10), (
    "predict_labels returned ten numbers per image, the probabilities. Return the position of the "
    "largest one."
)
assert result.shape == (5,), (
    f"For 5 images the result has shape {result.shape}, it should be (5,): one class per image. "
    "Along which axis did you take argmax?"
)
assert result.dtype.kind in "iu", f"Classes are integers, you returned {result.dtype}."

# %% task="predict_labels" role="hidden" points=3 tries="many images and a single one, how a pixel is scaled, whether anything is printed, and whether the caller's images are left as they were"
import contextlib
import io

generator = np.random.default_rng(3)
images = generator.integers(0, 256, size=(200, 28, 28)).astype("uint8")
before = images.copy()
model = keras.Sequential(
    [keras.Input((784,)), layers.Dense(10, activation="softmax"), layers.Dropout(0.9)]
)
model.run_eagerly = True  # small batches do not repay the making of a graph
# Weights and biases of the same weight: pixels on another scale give other classes.
kernel = generator.normal(size=(784, 10)) / 16
bias = generator.normal(size=10)
model.set_weights([kernel, bias])
expected = (images.reshape(200, 784) / 255 @ kernel + bias).argmax(axis=-1)

printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    result = np.asarray(predict_labels(model, images))
assert result.shape == (200,), f"For 200 images the shape is {result.shape}, it should be (200,)."
unscaled = (images.reshape(200, 784) @ kernel + bias).argmax(axis=-1)
assert not np.array_equal(result, unscaled), (
    "The classes are those of pixels from 0 to 255. The model was trained on values from 0 to 1: "
    "prepare the images as in training."
)
same = float((result == expected).mean())
assert same > 0.99, (
    f"Only {same:.0%} of the classes are those of the largest probability. Are the images prepared "
    "for training (divided by 255, flattened row by row), is it argmax over the classes, and is the "
    "model used as in prediction, not in training?"
)
assert not printed.getvalue().strip(), (
    f"predict_labels printed {printed.getvalue().strip()[:40]!r}…: pass verbose=0 to predict."
)
assert np.array_equal(images, before), "predict_labels changed the caller's images."

# One gray image, and weights that tell its 128 / 255 from a number a little smaller or larger.
weights = np.zeros((784, 10))
weights[:, 0], weights[:, 2] = 1 / 784, 2 / 784
model.set_weights([weights, np.array([0, 0.501, -0.503] + [-9] * 7)])
result = np.asarray(predict_labels(model, np.full((1, 28, 28), 128, dtype="uint8")))
assert result.shape == (1,), (
    f"For n = 1 the result has shape {result.shape}, it should be (1,): a single image is still a batch."
)
gray = int(result[0])
assert gray == 0, (
    f"A pixel of 128 was fed to the model as a {'smaller' if gray == 1 else 'larger'} number than "
    "128 / 255: divide by 255, not by 256 or by what the images happen to hold."
)
