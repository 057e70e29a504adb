# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 4 · Custom layers
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 4](../../notebooks/04_layers.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace each line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.
#
# **Two words that come back in several tasks.**
#
# - *Serializable*: `from_config(get_config())` makes an equal object, and a model that uses the class can be saved to a
#   `.keras` file and loaded with `keras.saving.load_model(path)`, without `custom_objects`. The decorator that
#   registers the class is given where a task asks for this: keep it. Methods that are missing in the cell are
#   yours to add.
# - `**kwargs` (`name`, `trainable`, …) belong to the base class: pass them on.

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
# ## `MyDense`
#
# Write your own `Dense` layer, `MyDense(units, activation=None, **kwargs)`.
#
# - It computes `activation(inputs @ kernel + bias)` on the last axis of an input of any rank from 2 up: `(n, d)`,
#   `(n, t, d)`, `(n, h, w, d)`, ….
# - `activation` is whatever `layers.Dense` takes: `None` (none), a name, a function (yours included, if it is
#   registered), an activation layer such as `layers.LeakyReLU(negative_slope=0.3)`.
# - Its two weights, both trainable, are made in `build`, so there are none before the input's shape is known:
#   `layer.kernel`, `(last axis, units)`, which starts random, and `layer.bias`, `(units,)`, which starts at zero.
# - `compute_output_shape(input_shape)` gives the output's shape as a tuple. Sizes that are not known are `None`
#   in it, on any axis but the last.
# - It is serializable, with every activation named above, and the copy bears the same name.
#
# **Example.** `MyDense(4, activation="relu")` called on an array of shape `(2, 5, 3)` returns `(2, 5, 4)`. It then has a
# kernel of `(3, 4)` and a bias of `(4,)`, and its `compute_output_shape((None, 5, 3))` is `(None, 5, 4)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three questions, three methods. What does the layer know from its arguments (`__init__`)? What does it know once it has seen
# the shape of its input (`build`)? What does it do with each batch (`call`)? Two more describe it to Keras:
# `compute_output_shape` and `get_config`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.activations.get` turns all that `activation` may be into a function, and `keras.activations.serialize` goes the other
# way, for `get_config`. `self.add_weight(shape=…, initializer=…)` makes a weight that Keras knows of. `ops.matmul`
# works on the last axis whatever the rank.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The kernel has as many rows as `input_shape[-1]` says; `add_weight` fills it at random unless it is told otherwise, and a bias
# with `initializer="zeros"`. `super().get_config()` holds the name: add the two arguments that are yours. The shape of the output
# is that of the input with one entry replaced, and `(*shape[:-1], …)` replaces the last.
#
# </details>


# %% task="MyDense" role="answer" about="a layer with weights" minutes=40 difficulty=3
@keras.saving.register_keras_serializable(package="ex04")
class MyDense(layers.Layer):
    """Computes activation(inputs @ kernel + bias) on the last axis.

    units: size of the last axis of the output; activation: None, a name, a function or an
    activation layer. Weights: kernel (last axis of the input, units), bias (units,).
    """

    def __init__(self, units, activation=None, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        ### END SOLUTION

    def build(self, input_shape):
        """Make the weights. input_shape: a tuple such as (None, 3)."""
        ### BEGIN SOLUTION
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros")
        ### END SOLUTION

    def call(self, inputs):
        """Return the output for a batch."""
        ### BEGIN SOLUTION
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)

    def compute_output_shape(self, input_shape):
        """Return the shape of the output for the shape of an input, as a tuple."""
        return (*input_shape[:-1], self.units)

    def get_config(self):
        """Return what `from_config` needs to make an equal layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }
        ### END SOLUTION


# %% task="MyDense" role="check" points=2
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


keras.utils.set_random_seed(0)
layer = MyDense(4)
assert len(layer.weights) == 0, (
    f"A new MyDense(4) already has {len(layer.weights)} weights. How many rows the kernel needs is "
    "known only when `build` is told the shape of the input: make the weights there."
)
x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
try:
    y = np.asarray(layer(x), dtype="float64")
except Exception as error:
    raise AssertionError(
        "MyDense(4) cannot be called on an array of shape (5, 3). Make kernel and bias in `build`, "
        f"with self.add_weight, and use them in `call`. What happened: {reason(error)}"
    ) from error
for name, shape, meaning in [
    ("kernel", (3, 4), "one row per input feature, one column per unit"),
    ("bias", (4,), "one number per unit"),
]:
    assert hasattr(layer, name), f"After a call the layer has no attribute `{name}`."
    found = tuple(getattr(layer, name).shape)
    assert found == shape, (
        f"For an input of shape (5, 3) the {name} of MyDense(4) has the shape {found}, it should be "
        f"{shape}: {meaning}."
    )
assert len(layer.weights) == 2, (
    f"The layer has {len(layer.weights)} weights that Keras knows of, there should be 2, kernel and "
    "bias. A tf.Variable or a NumPy array is not tracked: make them with self.add_weight."
)
assert len(layer.trainable_weights) == 2, "Kernel and bias should both be trainable."
kernel = np.asarray(layer.kernel, dtype="float64")
assert np.allclose(np.asarray(layer.bias), 0), "The bias of a new layer should be zero."
assert not np.allclose(kernel, kernel[:, :1]), (
    "All columns of the kernel start equal, so all units would learn the same. Let it start random."
)
twin = MyDense(4)
twin.build((None, 3))
assert not np.allclose(np.asarray(twin.kernel), kernel), (
    "Two layers start with the same kernel: an initializer with a fixed seed, or one object for all "
    "layers, gives the same numbers every time. Let each start random."
)
assert y.shape == (5, 4), f"For an input of shape (5, 3) the output is {y.shape}, not (5, 4)."
assert np.allclose(y, x @ kernel, rtol=1e-4, atol=1e-5), (
    "With a bias of zero and no activation the output should be inputs @ kernel."
)
layer.bias.assign([1.0, -2.0, 3.0, -4.0])
y = np.asarray(layer(x), dtype="float64")
assert np.allclose(y, x @ kernel + [1.0, -2.0, 3.0, -4.0], rtol=1e-4, atol=1e-5), (
    "The output does not change with the bias as it should: inputs @ kernel + bias."
)

try:
    relu = MyDense(4, activation="relu")
    y = np.asarray(relu(x), dtype="float64")
except Exception as error:
    raise AssertionError(
        'MyDense(4, activation="relu") cannot be called. An activation may be given by its name: '
        f"keras.activations.get turns it into a function. What happened: {reason(error)}"
    ) from error
expected = np.maximum(x @ np.asarray(relu.kernel, dtype="float64"), 0)
assert np.allclose(y, expected, rtol=1e-4, atol=1e-5), (
    'With activation="relu" the output should be relu(inputs @ kernel + bias): the activation is '
    "not applied as it should be."
)
try:
    shape = layer.compute_output_shape((None, 3))
except NotImplementedError as error:
    raise AssertionError("The layer has no method `compute_output_shape`: add it.") from error
except Exception as error:
    raise AssertionError(
        "compute_output_shape((None, 3)) fails. A shape is a plain tuple, without methods of its own, "
        f"and None stands for a size that is not known. What happened: {reason(error)}"
    ) from error
assert shape is not None and tuple(shape) == (None, 4), (
    f"compute_output_shape((None, 3)) of MyDense(4) is {shape}, it should be (None, 4)."
)
assert isinstance(shape, tuple), (
    f"compute_output_shape((None, 3)) returned a {type(shape).__name__}: a shape is a tuple."
)

# %% task="MyDense" role="hidden" points=2 tries="inputs of any rank, every kind of activation, arguments of the base class, get_config, saving and loading, and training"
import json
import tempfile
from pathlib import Path

keras.utils.set_random_seed(0)
generator = np.random.default_rng(1)


@keras.saving.register_keras_serializable(package="ex04_tests")
def bump(x):
    return ops.exp(-ops.square(x))


def activated(activation, values):
    """What the activation makes of the values, worked out by Keras itself."""
    activation = keras.activations.get(activation)
    return np.asarray(activation(ops.convert_to_tensor(values)), dtype="float64")


# Arguments of the base class
try:
    named = MyDense(3, name="hidden")
    frozen = MyDense(3, trainable=False)
except TypeError as error:
    raise AssertionError(
        "MyDense(3, name=…) is refused: take **kwargs in __init__ and pass them on with "
        "super().__init__(**kwargs)."
    ) from error
assert named.name == "hidden", (
    f'MyDense(3, name="hidden") is named {named.name!r}: pass **kwargs on to the base class.'
)
frozen.build((None, 2))
assert len(frozen.weights) == 2 and len(frozen.trainable_weights) == 0, (
    "MyDense(3, trainable=False) has trainable weights: pass **kwargs on to the base class."
)
try:
    thawed = MyDense.from_config(frozen.get_config()).trainable
except Exception as error:
    raise AssertionError(
        "from_config(get_config()) fails for MyDense(3, trainable=False). get_config should return "
        f"what __init__ takes, and nothing else. What happened: {type(error).__name__}"
    ) from error
assert not thawed, (
    "The copy of MyDense(3, trainable=False) from get_config is trainable: start get_config from "
    "super().get_config(), which holds name, trainable and dtype."
)

# Any rank: values, shapes, weights made once
for shape, units in [
    ((2, 7), 1),
    ((2, 5, 3), 4),
    ((4, 3), 3),
    ((2, 3, 4, 6), 5),
    ((1, 2, 2, 3, 2), 3),
]:
    x = generator.normal(size=shape).astype("float32")
    layer = MyDense(units, activation="tanh")
    try:
        y = np.asarray(layer(x), dtype="float64")
    except Exception as error:
        raise AssertionError(
            f"MyDense({units}) cannot be called on an input of shape {shape}. It should work on the "
            f"last axis, whatever the rank. What happened: {type(error).__name__}"
        ) from error
    kernel_shape = tuple(layer.kernel.shape)
    assert kernel_shape == (shape[-1], units), (
        f"For an input of shape {shape} the kernel of MyDense({units}) is {kernel_shape}, it should "
        f"be {(shape[-1], units)}: only the last axis counts."
    )
    assert y.shape == (*shape[:-1], units), (
        f"For an input of shape {shape} the output of MyDense({units}) is {y.shape}, it should be "
        f"{(*shape[:-1], units)}."
    )
    bias = generator.normal(size=units)
    layer.bias.assign(bias)
    expected = np.tanh(x @ np.asarray(layer.kernel, dtype="float64") + bias)
    y = np.asarray(layer(np.concatenate([x, x])), dtype="float64")
    assert np.allclose(y, np.concatenate([expected, expected]), rtol=1e-4, atol=1e-5), (
        f"For an input of shape {(2 * shape[0], *shape[1:])} MyDense({units}, 'tanh') does not return "
        "tanh(inputs @ kernel + bias)."
    )
    assert len(layer.weights) == 2, "The layer has more than two weights after a second call."

for shape, expected in [
    ((None, 5, 3), (None, 5, 6)),
    ((None, None, 3), (None, None, 6)),
    ((8, 2, 2, 9), (8, 2, 2, 6)),
    ((None, 6), (None, 6)),
]:
    try:
        result = MyDense(6).compute_output_shape(shape)
        assert isinstance(result, tuple), (
            f"compute_output_shape({shape}) returned a {type(result).__name__}: a shape is a tuple."
        )
    except AssertionError:
        raise
    except NotImplementedError as error:
        if "Not attempted" in str(error):
            raise
        raise AssertionError("The layer has no method `compute_output_shape`: add it.") from error
    except Exception as error:
        raise AssertionError(
            f"compute_output_shape({shape}) fails. Shapes are plain tuples. What happened: "
            f"{type(error).__name__}"
        ) from error
    assert result == expected, (
        f"compute_output_shape({shape}) of MyDense(6) is {result}, it should be {expected}: all axes "
        "but the last stay as they are."
    )

# Every kind of activation: by itself, and after saving and loading
assert keras.saving.get_registered_object(keras.saving.get_registered_name(MyDense)) is MyDense, (
    "MyDense is not registered, so a saved model that uses it cannot be loaded again without "
    "custom_objects. Decorate the class with @keras.saving.register_keras_serializable()."
)
x = generator.normal(size=(6, 3)).astype("float32")
inputs = keras.Input((3,))
branches = {}
for label, make in {
    "None": lambda: None,
    "'sigmoid'": lambda: "sigmoid",
    "keras.activations.gelu": lambda: keras.activations.gelu,
    "a function that you registered": lambda: bump,
    "layers.LeakyReLU(negative_slope=0.3)": lambda: layers.LeakyReLU(negative_slope=0.3),
}.items():
    name = f"the_name_{len(branches)}"
    layer = MyDense(4, activation=make(), name=name)
    try:
        layer.build((None, 3))
        layer.bias.assign([0.5, -0.5, 1.0, -1.0])
        branches[name] = layer(inputs)
        y = np.asarray(layer(x), dtype="float64")
    except Exception as error:
        raise AssertionError(
            f"MyDense(4) with the activation {label} cannot be used in a model. Let "
            "keras.activations.get make a function of the activation. What happened: "
            f"{type(error).__name__}"
        ) from error
    linear = x @ np.asarray(layer.kernel) + np.asarray(layer.bias)
    assert np.allclose(y, activated(make(), linear), rtol=1e-4, atol=1e-5), (
        f"With the activation {label} the output is not activation(inputs @ kernel + bias)."
    )

    try:
        copy = MyDense.from_config(layer.get_config())
        written = json.dumps(keras.saving.serialize_keras_object(layer))
        read = keras.saving.deserialize_keras_object(json.loads(written))
    except Exception as error:
        raise AssertionError(
            f"from_config(get_config()), or saving, fails for the activation {label}. get_config should "
            "return every argument of __init__, the activation as keras.activations.serialize gives it. "
            f"What happened: {type(error).__name__}"
        ) from error
    assert copy.name == name and read.name == name, (
        "The layer was given a name, its copy from get_config has another: start get_config from "
        "super().get_config(), which holds the name."
    )
    for other in (copy, read):
        if not other.built:
            other.build((None, 3))
        assert tuple(other.kernel.shape) == (3, 4), "The copy from get_config has other units."
        other.kernel.assign(layer.kernel)
        other.bias.assign(layer.bias)
        assert np.allclose(np.asarray(other(x)), y, rtol=1e-4, atol=1e-5), (
            f"The copy from get_config has lost its activation, {label}: with equal weights it gives "
            "other outputs."
        )

model = keras.Model(inputs, branches)
with tempfile.TemporaryDirectory() as folder:
    try:
        model.save(Path(folder) / "model.keras")
        loaded = keras.saving.load_model(Path(folder) / "model.keras")
    except Exception as error:
        raise AssertionError(
            f"A model with MyDense layers cannot be saved and loaded. What happened: {type(error).__name__}"
        ) from error
again, before = loaded(x), model(x)
for name in branches:
    assert np.allclose(np.asarray(again[name]), np.asarray(before[name]), rtol=1e-4, atol=1e-5), (
        "A model with MyDense layers gives other outputs after it was saved and loaded. Are kernel and "
        "bias weights of the layer, is the activation in get_config?"
    )
    assert any(layer.name == name for layer in loaded.layers), (
        "A layer was given a name when the model was saved, and has another in the loaded model."
    )

# It trains: gradients reach both weights, in a model of unknown batch size
inputs = keras.Input((None, 3))
layer = MyDense(2)
x = generator.normal(size=(8, 4, 3)).astype("float32")
try:
    model = keras.Model(inputs, layer(inputs))
    # Symbolic, as in `fit`
    tf.function(lambda inputs: model(inputs), autograph=False).get_concrete_function(x)
    with tf.GradientTape() as tape:
        score = ops.sum(ops.square(model(x, training=True)))
    weights = [weight.value for weight in model.trainable_weights]
    gradients = tape.gradient(score, weights)
except Exception as error:
    raise AssertionError(
        "A model with MyDense cannot be trained. Compute with keras.ops (or tf), not with NumPy. What "
        f"happened: {type(error).__name__}"
    ) from error
assert len(gradients) == 2 and all(
    gradient is not None and np.abs(gradient).max() > 0 for gradient in gradients
), (
    "Training does not change both kernel and bias: compute with keras.ops (or tf), not with NumPy, "
    "and let both be trainable."
)

# %% [markdown]
# ## `SumProductRatio`
#
# Write a layer without weights, `SumProductRatio`, that takes a list of two tensors, `[a, b]`, and returns three, in a list or a
# tuple: `a + b`, `a * b`, `a / b`.
#
# - `a` and `b` may have different shapes, as long as NumPy could broadcast them: shapes are compared from the
#   last axis, and an axis that is missing or 1 stretches.
# - `compute_output_shape([shape_of_a, shape_of_b])` gives the shapes of the three outputs, each a tuple. Only the batch size, the
#   first entry of a shape, may be unknown (`None`).
# - It can be used in a Functional model, made without arguments or with a `name`.
#
# **Example.** For `a` of shape `(None, 4)` and `b` of shape `(None, 1)` each of the three shapes is `(None, 4)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The values are one line. What is left is to say the shape of `a + b` when you know the shapes of `a` and `b`. Work it out on
# paper for `(None, 5, 1)` and `(1, 3)`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Make both shapes equally long with ones in front. Then decide axis by axis: where one size is 1, the result is
# the other size. `np.broadcast_shapes` would do all this, but it does not know `None`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `(1,) * k + tuple(shape)` puts `k` ones in front, and none if `k` is negative. Then `zip` pairs the axes. Ask each pair whether one
# of the two is 1, and not which is larger: one may be `None`.
#
# </details>


# %% task="SumProductRatio" role="answer" about="several inputs, several outputs" minutes=25 difficulty=3
class SumProductRatio(layers.Layer):
    """Returns sum, product and ratio of two tensors, with broadcasting."""

    def call(self, inputs):
        """Return [a + b, a * b, a / b] for inputs [a, b]."""
        ### BEGIN SOLUTION
        a, b = inputs
        return [a + b, a * b, a / b]
        ### END SOLUTION

    def compute_output_shape(self, input_shape):
        """Return the shapes of the three outputs for the list of the two input shapes."""
        ### BEGIN SOLUTION
        a, b = input_shape
        rank = max(len(a), len(b))
        a = (1,) * (rank - len(a)) + a
        b = (1,) * (rank - len(b)) + b
        shape = tuple(n if m == 1 else m for m, n in zip(a, b))
        return [shape, shape, shape]
        ### END SOLUTION


# %% task="SumProductRatio" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


left = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], dtype="float32")
right = np.array([[2.0], [4.0]], dtype="float32")
try:
    result = SumProductRatio()([left, right])
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        "The layer cannot be called on [a, b] of shapes (2, 4) and (2, 1). `call` gets the list as one "
        f"argument: call(self, inputs), and then a, b = inputs. What happened: {reason(error)}"
    ) from error
assert result is not None, "The layer returned None: is a `return` missing in `call`?"
assert isinstance(result, (list, tuple)) and len(result) == 3, (
    f"The layer should return three tensors, it returned {type(result).__name__}"
    + (f" of {len(result)}." if isinstance(result, (list, tuple)) else ".")
)
for label, value, expected in zip(
    ["sum", "product", "ratio"], result, [left + right, left * right, left / right]
):
    value = np.asarray(value, dtype="float64")
    assert value.shape == (2, 4), (
        f"The {label} of shapes (2, 4) and (2, 1) has the shape {value.shape}, it should be (2, 4)."
    )
    assert label != "ratio" or not np.allclose(value, right / left), (
        "The third output is b / a, it should be a / b."
    )
    assert np.allclose(value, expected, rtol=1e-4, atol=1e-5), (
        f"The {label} is wrong: the outputs are [a + b, a * b, a / b], in this order."
    )
try:
    shapes = SumProductRatio().compute_output_shape([(None, 4), (None, 1)])
except NotImplementedError as error:
    if "Not attempted" in str(error):
        raise
    raise AssertionError("The layer has no method `compute_output_shape`: add it.") from error
except Exception as error:
    raise AssertionError(
        f"compute_output_shape([(None, 4), (None, 1)]) fails: {reason(error)}. It is given a list of "
        "both shapes. Shapes are plain tuples, without methods of their own, and None stands for a "
        "batch size that is not known."
    ) from error
assert (
    isinstance(shapes, (list, tuple))
    and len(shapes) == 3
    and all(isinstance(shape, (list, tuple)) for shape in shapes)
), f"compute_output_shape([(None, 4), (None, 1)]) returned {shapes}, it should return three shapes."
assert [tuple(shape) for shape in shapes] == [(None, 4)] * 3, (
    f"compute_output_shape([(None, 4), (None, 1)]) returned {shapes}, each of the three should be "
    "(None, 4)."
)
assert all(isinstance(shape, tuple) for shape in shapes), (
    f"compute_output_shape([(None, 4), (None, 1)]) returned {shapes}: a shape is a tuple."
)

# %% task="SumProductRatio" role="hidden" points=2 tries="all kinds of broadcasting, shapes of different lengths or with None, and a Functional model"


generator = np.random.default_rng(4)

# Values, with all kinds of broadcasting
for shape_a, shape_b in [
    ((3, 4), (3, 4)),
    ((3, 1), (3, 4)),
    ((1, 4), (3, 1)),
    ((2, 3, 4), (2, 1, 4)),
    ((2, 3, 4), (4,)),
    ((4,), (3, 4)),
]:
    left = generator.normal(size=shape_a).astype("float32")
    right = generator.uniform(1, 2, size=shape_b).astype("float32")
    try:
        result = SumProductRatio()([left, right])
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The layer cannot be called on [a, b] of shapes {shape_a} and {shape_b}, which NumPy can "
            f"broadcast. `call` gets the list as one argument. What happened: {type(error).__name__}"
        ) from error
    exact = {"sum": left + right, "product": left * right, "ratio": left / right}
    for i, (label, expected) in enumerate(exact.items()):
        value = np.asarray(result[i], dtype="float64")
        assert value.shape == expected.shape, (
            f"The {label} of shapes {shape_a} and {shape_b} has the shape {value.shape}, NumPy gives "
            f"{expected.shape}."
        )
        assert np.allclose(value, expected, rtol=1e-4, atol=1e-5), (
            f"The {label} of arrays of shapes {shape_a} and {shape_b} is wrong. The outputs are "
            "[a + b, a * b, a / b]."
        )

# Symbolic shapes
for shape_a, shape_b, expected in [
    ((None, 3), (None, 3), (None, 3)),
    ((None, 1), (None, 7), (None, 7)),
    ((None, 9000), (None, 1), (None, 9000)),
    ((None, 5, 1), (None, 1, 6), (None, 5, 6)),
    ((1, 3), (None, 3), (None, 3)),
    ((None, 3), (1, 3), (None, 3)),
    ((2, 3), (1, 1), (2, 3)),
    ((None, 5, 3), (1, 3), (None, 5, 3)),
    ((3,), (None, 5, 3), (None, 5, 3)),
    ((None, 5, 1), (2,), (None, 5, 2)),
    ((None, 4, 4), (4, 1), (None, 4, 4)),
    ((None, 1, 6), (5, 1), (None, 5, 6)),
    ((None,), (None,), (None,)),
    ((1, 7), (None, 1), (None, 7)),
    ((1, 5, 3), (3,), (1, 5, 3)),
    ((3,), (1, 1, 3), (1, 1, 3)),
]:
    call = f"compute_output_shape([{shape_a}, {shape_b}])"
    try:
        shapes = list(SumProductRatio().compute_output_shape([shape_a, shape_b]))
    except Exception as error:
        if "Not attempted" in str(error):
            raise
        raise AssertionError(
            f"{call} fails: {type(error).__name__}. It returns three tuples. The shapes that it is given may "
            "differ in length, and their first entry may be None."
        ) from error
    assert len(shapes) == 3, f"{call} returned {len(shapes)} shapes, the layer has three outputs."
    assert shapes == [expected] * 3, (
        f"{call} returned {shapes}, each of the three should be {expected}. Compare the shapes from "
        "their last axis: an axis that is missing or 1 takes the other's size, on every axis, the "
        "batch included."
    )

# In a Functional model
for shape_a, shape_b, expected in [
    ((4,), (4,), (None, 4)),
    ((1,), (4,), (None, 4)),
    ((5, 1), (1, 3), (None, 5, 3)),
]:
    inputs = [keras.Input(shape_a), keras.Input(shape_b)]
    try:
        outputs = SumProductRatio(name="spr")(inputs)
        model = keras.Model(inputs, outputs)
    except Exception as error:
        raise AssertionError(
            f"SumProductRatio(name=…) cannot be used in a Functional model with inputs {shape_a} and "
            f"{shape_b}: {type(error).__name__}"
        ) from error
    shapes = [tuple(output.shape) for output in model.outputs]
    assert shapes == [expected] * 3, (
        f"In a Functional model with inputs {shape_a} and {shape_b} the three outputs have the "
        f"shapes {shapes}, each should be {expected}."
    )
    left = generator.normal(size=(6, *shape_a)).astype("float32")
    right = generator.uniform(1, 2, size=(6, *shape_b)).astype("float32")
    for value, wanted in zip(model([left, right]), [left + right, left * right, left / right]):
        assert np.allclose(np.asarray(value), wanted, rtol=1e-4, atol=1e-5), (
            "A Functional model with the layer gives other numbers than [a + b, a * b, a / b]."
        )
    assert any(layer.name == "spr" for layer in model.layers), (
        'SumProductRatio(name="spr") is not named "spr": pass **kwargs on to the base class.'
    )
    assert not model.weights, "The layer has weights, and there is nothing to learn in it."

# %% [markdown]
# ## `TrainingNoise`
#
# Write a layer, `TrainingNoise(stddev, seed=None, **kwargs)`, that makes a model robust by adding Gaussian noise in training.
#
# - With `training=True` it returns the inputs plus noise: mean 0, standard deviation `stddev`, drawn for every
#   single number of the input on its own.
# - Otherwise, `training=False` or not given, it returns the inputs as they are.
# - Each call draws anew, also each step of `fit`, which runs in a graph.
# - Two layers with the same `seed` (any int, 0 included) give the same sequence of draws, whatever else draws random
#   numbers in the meantime. Different seeds give different sequences, and so do two layers without a seed.
# - `get_config` holds `stddev` and `seed` as they were given, and `from_config(get_config())` makes a layer of the same name that
#   starts the same sequence from its beginning.
#
# **Example.** `TrainingNoise(0.1, seed=3)(x, training=True)`, called twice, adds other noise the second time; a second layer
# `TrainingNoise(0.1, seed=3)` then adds the same two noises in the same order.
#
# <details><summary>Hint 1: a nudge</summary>
#
# NumPy's generators draw once, when `fit` turns the layer into a graph, and never again. Which random numbers does Keras have,
# and what may stand in their argument `seed`?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.random.normal` takes an int, which gives the same numbers each time, or a `keras.random.SeedGenerator`, which
# moves on with every call. The layer needs one of its own.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Made in `__init__`, one `keras.random.SeedGenerator(seed)` serves every call: `keras.random.normal` takes it as its `seed`. For the
# shape of the noise, `ops.shape(inputs)` works where the batch size is unknown, and `inputs.shape` does not.
#
# </details>


# %% task="TrainingNoise" role="answer" about="random, in training only" minutes=25 difficulty=2
class TrainingNoise(layers.Layer):
    """Adds Gaussian noise in training, and nothing otherwise.

    stddev: standard deviation of the noise; seed: int or None.
    """

    def __init__(self, stddev, seed=None, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        ### END SOLUTION

    def call(self, inputs, training=None):
        """Return the inputs, with noise if `training`."""
        ### BEGIN SOLUTION
        if not training:
            return inputs
        noise = keras.random.normal(ops.shape(inputs), stddev=self.stddev, seed=self.seed_generator)
        return inputs + noise

    def get_config(self):
        """Return stddev and seed beside the base class's arguments."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
        ### END SOLUTION


# %% task="TrainingNoise" role="check" points=1
x = np.arange(20, dtype="float32").reshape(4, 5)
layer = TrainingNoise(0.5, seed=3)
first = np.asarray(layer(x, training=True), dtype="float64")
assert first.shape == x.shape, f"For an input of shape (4, 5) the output is {first.shape}."
assert not np.allclose(first, x), "With training=True the layer added no noise."
for kwargs in [{"training": False}, {}]:
    label = "training=False" if kwargs else "no `training`"
    assert np.array_equal(np.asarray(layer(x, **kwargs)), x), (
        f"With {label} the layer should return its inputs as they are, it changed them."
    )
second = np.asarray(layer(x, training=True), dtype="float64")
assert not np.allclose(first, second), (
    "Two calls with training=True added the same noise. An int as `seed` of a random function gives "
    "the same numbers each time: make one keras.random.SeedGenerator(seed) in __init__ and use it."
)
layer, twin = TrainingNoise(0.5, seed=3), TrainingNoise(0.5, seed=3)
for label in ["first", "second"]:
    drawn = [np.asarray(each(x, training=True)) for each in (layer, twin)]
    assert np.allclose(*drawn), (
        f"Two layers with seed=3 should add the same sequence of noise; their {label} draws differ. "
        "Each layer needs random numbers of its own, that follow from its seed."
    )
config = layer.get_config()
for key, value in [("stddev", 0.5), ("seed", 3)]:
    assert key in config, f"get_config() has no entry {key!r}; it has {sorted(config)}."
    assert config[key] == value, f"get_config()[{key!r}] is {config[key]!r}, it should be {value}."

# %% task="TrainingNoise" role="hidden" points=2 tries="how the noise is distributed, seeds, get_config, and a model whose graph is made once, as in fit"


x = np.linspace(-50, 50, 40_000, dtype="float32").reshape(100, 20, 20)


def draws(layer, number=3, x=x[0]):
    """The noise of so many calls."""
    return [np.asarray(layer(x, training=True), dtype="float64") - x for _ in range(number)]


# What the noise is like
for stddev in [0.5, 0.2]:
    noise = draws(TrainingNoise(stddev, seed=11), 1, x)[0]
    assert noise.shape == x.shape, f"For an input of shape {x.shape} the output is {noise.shape}."
    large = np.abs(x) > 25
    assert np.abs(noise[large]).mean() < 1.5 * np.abs(noise[~large]).mean(), (
        "The noise is larger where the inputs are larger. It should be added to the inputs, not "
        "multiplied with them."
    )
    for axis in range(3):
        assert noise.std(axis=axis).min() > 0.1 * stddev, (
            f"Along axis {axis} of the input the same noise is used again and again: draw it in the "
            "shape of the input."
        )
    assert abs(noise.mean()) < 0.05 * stddev, (
        f"The mean of 40,000 draws with stddev={stddev} is {noise.mean():.3f}, it should be near 0."
    )
    spread = noise.std()
    assert not np.isclose(spread, np.sqrt(stddev), rtol=0.05), (
        f"The noise of TrainingNoise({stddev}) has the standard deviation {spread:.3f}, the square "
        "root of stddev: stddev is the standard deviation, not the variance."
    )
    assert not np.isclose(spread, stddev**2, rtol=0.05), (
        f"The noise of TrainingNoise({stddev}) has the standard deviation {spread:.3f}, the square of "
        "stddev: stddev is the standard deviation, not the variance."
    )
    assert np.isclose(spread, stddev, rtol=0.05), (
        f"The noise of TrainingNoise({stddev}) has the standard deviation {spread:.3f}. It should be "
        "the argument stddev, and no value should be cut off."
    )
    inside = (np.abs(noise) < stddev).mean()
    assert abs(inside - 0.683) < 0.02, (
        f"{inside:.0%} of the noise lies within one standard deviation; for Gaussian noise it is "
        "68 %. Another distribution?"
    )

# Seeds
for seed in [123_456, 0]:
    keras.utils.set_random_seed(1)
    wanted = draws(TrainingNoise(0.3, seed=seed))
    keras.utils.set_random_seed(2)
    layer = TrainingNoise(0.3, seed=seed)
    np.random.normal(size=3)
    keras.random.normal((3,))
    for i, (noise, expected) in enumerate(zip(draws(layer), wanted)):
        assert np.allclose(noise, expected, atol=1e-5), (
            f"Two layers with seed={seed} differ in draw {i + 1}. The sequence should follow from "
            "the layer's seed alone"
            + (
                ": 0 is a seed like any other, so ask `seed is None`, not `if seed`."
                if seed == 0
                else "."
            )
        )
    for i, j in [(0, 1), (1, 2), (0, 2)]:
        assert not np.allclose(wanted[i], wanted[j], atol=1e-3), (
            f"With seed={seed} the draws {i + 1} and {j + 1} of one layer are the same."
        )
unseeded = TrainingNoise(0.3), TrainingNoise(0.3)
try:
    first, second, other = *draws(unseeded[0], 2), *draws(unseeded[1], 1)
except Exception as error:
    raise AssertionError(
        f"Without a seed the layer adds no noise: {type(error).__name__}"
    ) from error
assert not np.allclose(first, second, atol=1e-3), (
    "Without a seed two calls of a layer add the same noise: each call should draw anew."
)
assert not np.allclose(first, other, atol=1e-3), (
    "Without a seed two layers add the same noise: None means that nobody knows the sequence, not a fixed seed."
)
large, larger = [draws(TrainingNoise(0.3, seed=seed), 1)[0] for seed in (2**24, 2**24 + 1)]
assert not np.allclose(large, larger, atol=1e-3), (
    "The seeds 16777216 and 16777217 give the same noise: as float32 they are equal. A seed is an int."
)
zero = draws(TrainingNoise(0.3, seed=0), 1)[0]
for seed in [1, 2, 42, 123, 1234, 1337]:
    assert not np.allclose(draws(TrainingNoise(0.3, seed=seed), 1)[0], zero, atol=1e-3), (
        f"The seeds 0 and {seed} give the same noise: 0 is a seed like any other."
    )

# Config
layer = TrainingNoise(0.25, seed=0, name="jitter")
assert layer.name == "jitter", "The argument `name` does not reach the base class."
wanted = draws(layer, 2)
config = layer.get_config()
assert config.get("seed", "missing") == 0 and np.isclose(config.get("stddev", -1), 0.25), (
    "get_config() of TrainingNoise(0.25, seed=0) should hold both, stddev and seed, as they were given."
)
assert TrainingNoise(0.25).get_config().get("seed", "missing") is None, (
    "get_config()['seed'] of a layer made without a seed should be None, as it was given."
)
try:
    copy = TrainingNoise.from_config(config)
except Exception as error:
    raise AssertionError(
        f"TrainingNoise.from_config(get_config()) fails: {type(error).__name__}"
    ) from error
assert copy.name == "jitter", (
    "A layer made by from_config(get_config()) has another name: start get_config from super().get_config()."
)
for noise, expected in zip(draws(copy, 2), wanted):
    assert np.allclose(noise, expected, atol=1e-5), (
        "A layer made by from_config(get_config()) should start the same sequence from its beginning."
    )

# In a model, in a graph that is made once for any batch size, as `fit` does
rows = np.random.default_rng(0).normal(size=(50, 20)).astype("float32")
model = keras.Sequential([keras.Input((20,)), TrainingNoise(0.5, seed=1)])
unknown = tf.TensorSpec((None, 20), "float32")
step = tf.function(lambda x: model(x, training=True), input_signature=[unknown], autograph=False)
try:
    history = [float(np.square(np.asarray(step(rows)) - rows).mean()) for _ in range(4)]
    plain = tf.function(lambda x: model(x, training=False), autograph=False)(rows)
except Exception as error:
    raise AssertionError(
        "A model with TrainingNoise cannot be trained. In `fit` the batch size is not known: take "
        "the shape with ops.shape(inputs), not inputs.shape, and draw with keras.random or tf, not "
        f"with NumPy. What happened: {type(error).__name__}"
    ) from error
assert min(history) > 1e-3, "In `fit` the layer adds no noise: use the argument `training` of call."
assert len({round(square, 7) for square in history}) == 4, (
    "In `fit` every step adds the same noise. What NumPy or a Python counter yields is drawn once, "
    "when the graph is made; keras.random with a SeedGenerator draws in every step."
)
assert np.allclose(history, 0.25, rtol=0.2), (
    f"The mean square of the noise in `fit` is {history[0]:.3f}, it should be near 0.5 ** 2."
)
assert np.array_equal(np.asarray(plain), rows), (
    "With training=False, in a graph, the layer adds noise."
)

# %% [markdown]
# ## `L1`
#
# Write a regularizer, `L1(factor)`: its penalty is `factor` times the sum of the absolute values of a weight.
#
# - Calling it on a tensor of any shape gives one number (a scalar).
# - A `Dense` layer with `kernel_regularizer=L1(0.1)` reports the penalty in its `.losses`, and training makes it smaller.
# - It is serializable.
#
# **Example.** For the kernel `[[1, -2], [3, -4]]`, `L1(0.1)` gives `1.0`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A regularizer is called like a function. Which method of a Python class makes that possible?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Keep `factor` in `__init__`, compute in `__call__` with `keras.ops`, and let `get_config` return a dictionary of the
# arguments of `__init__`. The base class has no config to start from.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.abs` and `ops.sum`, which takes all axes unless it is told which. The key in the config is the name of the argument:
# `L1(**config)` has to work.
#
# </details>


# %% task="L1" role="answer" about="a regularizer" minutes=12 difficulty=1
@keras.saving.register_keras_serializable(package="ex04")
class L1(keras.regularizers.Regularizer):
    """Penalty: factor times the sum of absolute values."""

    def __init__(self, factor):
        ### BEGIN SOLUTION
        self.factor = factor

    def __call__(self, x):
        """Return the penalty of a weight of any shape, a scalar."""
        return self.factor * ops.sum(ops.abs(x))

    def get_config(self):
        """Return the arguments of __init__."""
        return {"factor": self.factor}
        ### END SOLUTION


# %% task="L1" role="check" points=1
kernel = ops.convert_to_tensor([[1.0, -2.0], [3.0, -4.0]])
penalty = L1(0.1)(kernel)
assert penalty is not None, "L1(0.1)(kernel) returned None: is a `return` missing in `__call__`?"
penalty = np.asarray(penalty, dtype="float64")
assert penalty.shape == (), (
    f"The penalty has the shape {penalty.shape}, it should be one number: sum over all axes."
)
for value, mistake in [
    (0.0, "a regularizer computes in `__call__`, and a method named `call` is never used"),
    (-0.2, "the sum without absolute values"),
    (0.25, "the mean of the absolute values, it should be their sum"),
    (3.0, "the sum of squares, it should be the sum of absolute values"),
    (10.0, "the sum without the factor"),
]:
    assert not np.isclose(penalty, value), (
        f"L1(0.1) of [[1, -2], [3, -4]] is {penalty:.2f}: {mistake}."
    )
assert np.isclose(penalty, 1.0, rtol=1e-4), (
    f"L1(0.1) of [[1, -2], [3, -4]] is {penalty:.4f}, it should be 0.1 * (1 + 2 + 3 + 4) = 1.0."
)

layer = layers.Dense(2, kernel_initializer="ones", kernel_regularizer=L1(0.5))
layer.build((None, 3))
assert len(layer.losses) == 1 and np.isclose(float(layer.losses[0]), 3.0, rtol=1e-4), (
    "A Dense layer with a kernel of 3 x 2 ones and kernel_regularizer=L1(0.5) should report the "
    f"penalty 3.0 in its .losses, which is {[float(loss) for loss in layer.losses]}."
)

# %% task="L1" role="hidden" points=2 tries="weights of any shape, several weights one after the other, training, get_config, and saving and loading"
import tempfile
from pathlib import Path

generator = np.random.default_rng(2)

# Weights of any shape, by keyword too
for shape, factor in [((), 0.5), ((7,), 2.0), ((4, 5), 0.01), ((3, 3, 2, 4), 0.3), ((6, 1), 1.5)]:
    w = np.asarray(generator.normal(size=shape), dtype="float32")
    regularizer = L1(factor=factor)
    try:
        penalty = np.asarray(regularizer(ops.convert_to_tensor(w)), dtype="float64")
    except Exception as error:
        raise AssertionError(
            f"L1({factor}) cannot be called on a weight of shape {shape}. It should sum over all axes, "
            f"however many there are. What happened: {type(error).__name__}"
        ) from error
    assert penalty.shape == (), (
        f"For a weight of shape {shape} the penalty has the shape {penalty.shape}, it should be one "
        "number: sum over all axes."
    )
    expected = factor * np.abs(w.astype("float64")).sum()
    assert np.isclose(penalty, expected, rtol=1e-4), (
        f"L1({factor}) of a weight of shape {shape} is {penalty:.4f}, factor times the sum of "
        f"absolute values is {expected:.4f}."
    )
weight = keras.Variable([[1.0, -1.0], [0.0, 2.0]])
regularizer = L1(3)
assert np.isclose(float(regularizer(weight)), 12.0, rtol=1e-4), (
    "L1(3) of [[1, -1], [0, 2]] is not 12."
)
for other, expected in [(2 * weight, 24.0), (ops.ones((3, 5)), 45.0), (weight, 12.0)]:
    penalty = float(regularizer(other))
    assert np.isclose(penalty, expected, rtol=1e-4), (
        f"Called on one weight after the other, L1(3) gives {penalty:.1f} where {expected:.1f} is right: it "
        "should compute the penalty anew at every call, and remember nothing."
    )
assert np.array_equal(np.asarray(weight), [[1.0, -1.0], [0.0, 2.0]]), (
    "L1 changed the weight it was called on. A regularizer only measures; the gradient does the rest."
)

# In training: the penalty alone moves the weights
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, kernel_regularizer=L1(0.5))])
before = np.array([[1, -2, 3], [-1, 2, -3], [2, 3, -1], [-3, 1, 2]], dtype="float32")
model.layers[0].kernel.assign(before)
optimizer = keras.optimizers.SGD(0.01)
try:
    # Symbolic, as in `fit`
    tf.function(lambda: sum(model.losses), autograph=False).get_concrete_function()
    kernel = model.layers[0].kernel
    for _ in range(8):
        with tf.GradientTape() as tape:
            penalty = sum(model.losses)
        gradient = tape.gradient(penalty, kernel.value)
        optimizer.apply([ops.zeros_like(kernel) if gradient is None else gradient], [kernel])
except Exception as error:
    raise AssertionError(
        "A model with the regularizer L1 cannot be trained. Compute with keras.ops, not with NumPy: "
        f"{type(error).__name__}"
    ) from error
moved = model.layers[0].get_weights()[0] - before
assert not np.allclose(moved, 0, atol=1e-7), (
    "In training the penalty does not change the weights: no gradient comes through. Compute with "
    "keras.ops, not with NumPy or Python numbers."
)
assert np.allclose(moved, -8 * 0.01 * 0.5 * np.sign(before), rtol=1e-3, atol=1e-6), (
    "Each step of SGD(0.01) should move every weight by 0.01 * factor towards zero; it moves them "
    "by other amounts."
)

# Serializable
try:
    copy = L1.from_config(L1(0.25).get_config())
except Exception as error:
    raise AssertionError(
        "L1.from_config(L1(0.25).get_config()) fails. get_config should return the arguments of "
        f"__init__ as a dictionary. What happened: {type(error).__name__}"
    ) from error
assert np.isclose(float(copy(weight)), 1.0, rtol=1e-4), (
    "A copy made by from_config(get_config()) has another factor."
)
assert keras.saving.get_registered_object(keras.saving.get_registered_name(L1)) is L1, (
    "L1 is not registered, so a saved model that uses it cannot be loaded again without "
    "custom_objects. Decorate the class with @keras.saving.register_keras_serializable()."
)
with tempfile.TemporaryDirectory() as folder:
    try:
        model.save(Path(folder) / "model.keras")
        loaded = keras.saving.load_model(Path(folder) / "model.keras")
    except Exception as error:
        raise AssertionError(
            "A model with the regularizer L1 cannot be saved and loaded without custom_objects. What "
            f"happened: {type(error).__name__}"
        ) from error
expected = 0.5 * np.abs(model.layers[0].get_weights()[0]).sum()
assert len(loaded.losses) == 1 and np.isclose(float(loaded.losses[0]), expected, rtol=1e-4), (
    f"After saving and loading, the model's .losses are {[float(v) for v in loaded.losses]}, they "
    f"should be [{expected:.4f}]."
)

# %% [markdown]
# ## `MaxColumnNorm`
#
# Write a constraint, `MaxColumnNorm(max_norm)`, that keeps the units of a layer from growing: it returns a kernel in which no
# column is longer than `max_norm`.
#
# - It is called on a kernel of shape `(inputs, units)`. A *column* `kernel[:, j]` holds the weights of unit `j`; its
#   length is its L2 norm, `sqrt(sum of squares)`, along axis 0.
# - A column that is longer than `max_norm` is scaled down to that length. Its direction stays.
# - All other columns come back exactly as they are, to the last bit. Columns of zeros too.
# - The kernel that was passed in stays as it is: the constrained one is returned.
# - It works in training, `Dense(…, kernel_constraint=MaxColumnNorm(1.0))`.
# - It is serializable.
#
# **Example.** `MaxColumnNorm(1.0)` makes `[[3.0, 0.1], [4.0, 0.2]]` to `[[0.6, 0.1], [0.8, 0.2]]`: the first column had the
# length 5, the second is short enough.
#
# <details><summary>Hint 1: a nudge</summary>
#
# What has each column to be multiplied by? For the short ones, that factor is exactly 1.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The norms of all columns at once: `ops.sqrt(ops.sum(ops.square(w), axis=0))`, of shape `(units,)`. Then
# look for a division that cannot become 0 / 0. The built-in `MaxNorm` adds a small number to the norm, so it changes
# short columns a little.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.maximum(norms, max_norm)` is never 0. What is `max_norm` divided by it, for a long column and for a short one?
#
# </details>


# %% task="MaxColumnNorm" role="answer" about="a constraint" minutes=18 difficulty=2
@keras.saving.register_keras_serializable(package="ex04")
class MaxColumnNorm(keras.constraints.Constraint):
    """Scales every column that is longer than max_norm down to that length."""

    def __init__(self, max_norm):
        ### BEGIN SOLUTION
        self.max_norm = max_norm

    def __call__(self, w):
        """Return the constrained kernel, of the shape (inputs, units) of w."""
        norms = ops.sqrt(ops.sum(ops.square(w), axis=0))
        return w * (self.max_norm / ops.maximum(norms, self.max_norm))

    def get_config(self):
        """Return the arguments of __init__."""
        return {"max_norm": self.max_norm}
        ### END SOLUTION


# %% task="MaxColumnNorm" role="check" points=1
kernel = np.array([[3.0, 0.1, 0.0], [4.0, 0.2, 0.0]], dtype="float32")
result = MaxColumnNorm(1.0)(ops.convert_to_tensor(kernel))
assert result is not None, "The constraint returned None: is a `return` missing in `__call__`?"
result = np.asarray(result, dtype="float32")
assert result.shape == (2, 3), f"For a kernel of shape (2, 3) the result has shape {result.shape}."
assert not np.isnan(result).any(), (
    "The result holds NaN: a column of zeros has the norm 0, and 0 / 0 is not a number."
)
assert not np.array_equal(result, kernel), (
    "The constraint changed nothing; the first column has the norm 5. A constraint computes in "
    "`__call__`; a method named `call` is never used."
)
rows = np.sqrt((kernel**2).sum(axis=1, keepdims=True))
assert not np.allclose(result, kernel / np.maximum(rows, 1), atol=1e-4), (
    "The rows were scaled, it should be the columns: the norm of kernel[:, j] is taken along axis 0."
)
assert not np.allclose(result, np.clip(kernel, -1, 1), atol=1e-5), (
    "Each number was clipped on its own. Scale a long column as a whole, so that its direction stays."
)
whole = np.sqrt((kernel**2).sum())
assert not np.allclose(result, kernel / whole, atol=1e-4), (
    "The whole kernel was scaled by one number. Every column has its own norm."
)
assert np.allclose(result[:, 0], [0.6, 0.8], rtol=1e-4), (
    f"The column [3, 4] of norm 5 became {result[:, 0]}, it should be [0.6, 0.8] for max_norm=1."
)
assert np.array_equal(result[:, 1:], kernel[:, 1:]), (
    "Columns shorter than max_norm should come back exactly as they are; the second and third became "
    f"{result[:, 1].tolist()} and {result[:, 2].tolist()}."
)

# %% task="MaxColumnNorm" role="hidden" points=2 tries="columns of very different lengths, one of zeros, training, get_config, and saving and loading"
import tempfile
from pathlib import Path

generator = np.random.default_rng(5)


def constrained(w, max_norm):
    """The kernel that the contract asks for, in double precision."""
    w = w.astype("float64")
    norms = np.sqrt((w**2).sum(axis=0, keepdims=True))
    return np.where(norms > max_norm, w * (max_norm / np.where(norms > 0, norms, 1)), w)


# Values: lengths of the columns from 0.0005 to 30, one of zeros
for rows, max_norm in [(6, 2.0), (3, 0.5), (10, 1.3), (1, 0.7), (40, 4)]:
    w = generator.normal(size=(rows, 8))
    w = (w / np.sqrt((w**2).sum(axis=0)) * [5e-4, 0.01, 0.3, 0.45, 0, 3, 8, 30]).astype("float32")
    weight = keras.Variable(w)
    result = np.asarray(MaxColumnNorm(max_norm=max_norm)(weight), dtype="float32")
    norms = np.sqrt((w.astype("float64") ** 2).sum(axis=0))
    expected = constrained(w, max_norm)
    label = f"max_norm={max_norm}, a kernel of shape {w.shape}"
    assert not np.isnan(result).any(), f"With {label} and a column of zeros the result holds NaN."
    long, short = norms > max_norm, norms <= max_norm
    assert np.allclose(result[:, long], expected[:, long], rtol=1e-4, atol=1e-6), (
        f"With {label}: a column longer than max_norm should be scaled to exactly that length, in its "
        f"own direction. The norms were {norms[long].round(3)}, they became "
        f"{np.sqrt((result[:, long] ** 2).sum(axis=0)).round(3)}."
    )
    assert np.allclose(result[:, short], w[:, short], rtol=1e-2, atol=1e-12), (
        f"With {label}: columns that are short enough were changed; their norms were "
        f"{norms[short].round(4)}, they became "
        f"{np.sqrt((result[:, short] ** 2).sum(axis=0)).round(4)}. Leave them as they are."
    )
    exact = np.array_equal(result[:, short], w[:, short])
    close = np.allclose(result[:, short], w[:, short], rtol=5e-7, atol=0)
    assert exact or (close and max_norm not in (0.5, 2.0, 4)), (
        f"With {label}: short columns were changed in their last digits. Don't add a small number to "
        "the norm before you divide: multiply these columns by exactly 1."
    )
    assert np.array_equal(np.asarray(weight), w), (
        "The constraint changed the kernel that it was called on. Return the new kernel; Keras "
        "assigns it."
    )

# In training
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [keras.Input((4,)), layers.Dense(6, kernel_constraint=MaxColumnNorm(0.8), use_bias=False)]
)
kernel = model.layers[0].kernel
optimizer = keras.optimizers.SGD(0.5)
try:
    # Symbolic, as in `fit`
    constrain = tf.function(lambda w: MaxColumnNorm(0.8)(w), autograph=False)
    constrain.get_concrete_function(tf.ones((4, 6)))
    for _ in range(6):  # the optimizer applies the constraint
        optimizer.apply([ops.convert_to_tensor(generator.normal(size=(4, 6)), "float32")], [kernel])
except Exception as error:
    raise AssertionError(
        "A layer with the constraint cannot be trained. In `fit` the kernel is a tensor of a graph: "
        "compute with keras.ops, without NumPy and without `if` or `for` on its values. What "
        f"happened: {type(error).__name__}"
    ) from error
norms = np.sqrt((model.layers[0].get_weights()[0] ** 2).sum(axis=0))
assert norms.max() < 0.8 * (1 + 1e-4), (
    f"After training with MaxColumnNorm(0.8) the longest column has the norm {norms.max():.3f}."
)
assert norms.max() > 0.75, (
    f"After training with MaxColumnNorm(0.8) and large gradients the longest column has the norm "
    f"{norms.max():.3f}; it should have reached 0.8."
)

# Serializable
w = generator.normal(size=(5, 7)).astype("float32") * 3
try:
    copy = MaxColumnNorm.from_config(MaxColumnNorm(1.5).get_config())
except Exception as error:
    raise AssertionError(
        "MaxColumnNorm.from_config(MaxColumnNorm(1.5).get_config()) fails. The base class's "
        "get_config is empty: return the arguments of __init__ as a dictionary. What happened: "
        f"{type(error).__name__}"
    ) from error
assert np.allclose(np.asarray(copy(ops.convert_to_tensor(w))), constrained(w, 1.5), rtol=1e-4), (
    "A copy made by from_config(get_config()) has another max_norm."
)
registered = keras.saving.get_registered_object(keras.saving.get_registered_name(MaxColumnNorm))
assert registered is MaxColumnNorm, (
    "MaxColumnNorm is not registered, so a saved model that uses it cannot be loaded again without "
    "custom_objects. Decorate the class with @keras.saving.register_keras_serializable()."
)
with tempfile.TemporaryDirectory() as folder:
    try:
        model.save(Path(folder) / "model.keras")
        loaded = keras.saving.load_model(Path(folder) / "model.keras")
    except Exception as error:
        raise AssertionError(
            "A model with the constraint cannot be saved and loaded without custom_objects. What "
            f"happened: {type(error).__name__}"
        ) from error
kept = loaded.layers[-1].kernel_constraint
assert kept is not None and np.allclose(
    np.asarray(kept(ops.convert_to_tensor(w))), constrained(w, 0.8), rtol=1e-4
), "After saving and loading, the layer's constraint has another max_norm."

# %% [markdown]
# ## `Standardize`
#
# Write a layer, `Standardize`, that brings every feature to mean 0 and variance 1, with numbers that it takes from data once,
# before training.
#
# - It has two weights, `mean` and `variance`, one number per feature (the last axis of an input `(n, d)`). They are not
#   trainable, and training never changes them.
# - `call(inputs)` returns `(inputs - mean) / sqrt(variance + 1e-7)`.
# - `adapt(data)`, given a NumPy array of floats `(n, d)`, sets both: for each feature the mean over axis 0 and the population
#   variance (divide by `n`). It may be called before the layer has seen any input, and also later, on a layer in a
#   model; each call starts anew and forgets the data before. Both numbers are accurate where the mean is
#   large compared with the spread, say 10,000 ± 0.5.
# - Before `adapt` the layer changes nothing: it returns its inputs, up to 1e-6.
# - It is made without arguments or with `**kwargs` such as a `name`.
# - It is serializable, and mean and variance are there again after saving and loading a model.
#
# **Example.** After `adapt(np.array([[1.0], [3.0]]))` the mean is `[2.0]`, the variance `[1.0]`, and an input of `[[4.0]]` gives
# `[[2.0]]`, up to the `1e-7`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two arrays that belong to the layer, are saved with the model, and are out of the optimizer's reach: which argument of
# `add_weight` says so? And with which values do they change nothing?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Make both in `build`, with `trainable=False`, the mean at zero and the variance at one. `adapt` builds the layer if it is not
# built yet, computes the two, and assigns them. The mean of squares minus the square of the mean is not accurate.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `self.built` says whether there are weights, and `self.build(data.shape)` makes them. NumPy's `mean` and `var` take an axis, and are
# accurate. `assign` gives a weight its new value.
#
# </details>


# %% task="Standardize" role="answer" about="state that is not trained" minutes=35 difficulty=3
@keras.saving.register_keras_serializable(package="ex04")
class Standardize(layers.Layer):
    """Scales features to mean 0 and variance 1, with statistics that `adapt` takes from data."""

    def adapt(self, data):
        """Set mean and variance from data, a NumPy array (n, d)."""
        ### BEGIN SOLUTION
        if not self.built:
            self.build(data.shape)
        self.mean.assign(data.mean(axis=0))
        self.variance.assign(data.var(axis=0))

    def build(self, input_shape):
        """Make mean and variance, one number per feature."""
        shape = (input_shape[-1],)
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False)
        self.variance = self.add_weight(shape=shape, initializer="ones", trainable=False)

    def call(self, inputs):
        """Return (inputs - mean) / sqrt(variance + 1e-7)."""
        return (inputs - self.mean) / ops.sqrt(self.variance + 1e-7)
        ### END SOLUTION


# %% task="Standardize" role="check" points=2
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


data = np.array([[1.0, 10.0], [3.0, 10.0], [5.0, 40.0], [7.0, 40.0]])
layer = Standardize()
try:
    layer.adapt(data)
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        "`adapt` fails on a new layer and data of shape (4, 2). The layer has seen no input yet, so "
        "`adapt` has to build it; then it sets one number per feature, taken over axis 0. What "
        f"happened: {reason(error)}"
    ) from error
for name in ["mean", "variance"]:
    assert hasattr(layer, name), f"After `adapt` the layer has no attribute `{name}`."
    shape = tuple(np.shape(getattr(layer, name)))
    assert shape != (), f"`{name}` is a single number, it should be one number per feature."
    assert shape in [(2,), (1, 2)], (
        f"For data of shape (4, 2) `{name}` has the shape {shape}, it should be (2,)."
    )
mean = np.ravel(np.asarray(layer.mean, dtype="float64"))
variance = np.ravel(np.asarray(layer.variance, dtype="float64"))
assert np.allclose(mean, [4.0, 25.0]), f"The mean is {mean}, it should be [4, 25]."
assert not np.allclose(variance, [20 / 3, 300.0]), (
    f"The variance is {variance}: the sum of squares was divided by n - 1. The population variance "
    "divides by n."
)
assert not np.allclose(variance, np.sqrt([5.0, 225.0])), (
    f"The variance is {variance}: this is the standard deviation."
)
assert np.allclose(variance, [5.0, 225.0]), f"The variance is {variance}, it should be [5, 225]."
x = np.array([[4.0, 25.0], [6.0, 55.0]], dtype="float32")
result = np.asarray(layer(x), dtype="float64")
assert not np.allclose(result[1], [2 / 5, 30 / 225], rtol=1e-3), (
    "The difference was divided by the variance, it should be its square root."
)
assert np.allclose(result, [[0, 0], [2 / np.sqrt(5), 2]], rtol=1e-4, atol=1e-5), (
    f"For the inputs {x.tolist()} the layer gives {result.tolist()}: it should be "
    "(inputs - mean) / sqrt(variance + 1e-7)."
)
assert len(layer.trainable_weights) == 0, (
    "The layer has trainable weights: an optimizer would change them. Make them with trainable=False."
)
assert len(layer.non_trainable_weights) >= 2, (
    "Mean and variance should be weights of the layer, so that they are saved with it: make them "
    "with self.add_weight(…, trainable=False) and set them with assign."
)
try:
    result = np.asarray(Standardize()(x))
except Exception as error:
    raise AssertionError(
        "Before `adapt` the layer cannot be called. Make mean and variance in `build`, which knows "
        f"the number of features. What happened: {reason(error)}"
    ) from error
assert np.allclose(result, x, rtol=1e-6, atol=1e-6), (
    f"Before `adapt` the inputs {x.tolist()} became {result.tolist()}: without data the layer should "
    "change nothing. Start with a mean of 0 and a variance of 1."
)

# %% task="Standardize" role="hidden" points=2 tries="other data, calling adapt again, constant features, a large mean, use before adapt, training, and saving and loading"
import tempfile
from pathlib import Path

keras.utils.set_random_seed(0)
generator = np.random.default_rng(6)


def statistics(layer):
    """Mean and variance of a layer, one number per feature each."""
    return [np.ravel(np.asarray(v, dtype="float64")) for v in (layer.mean, layer.variance)]


def check_adapted(layer, data, when):
    data = data.astype("float64")
    mean, variance = statistics(layer)
    assert np.allclose(mean, data.mean(axis=0), rtol=1e-4, atol=1e-4), (
        f"{when}: the mean is {mean}, it should be {data.mean(axis=0)}."
    )
    assert np.allclose(variance, data.var(axis=0), rtol=2e-2, atol=1e-6), (
        f"{when}: the variance is {variance}, it should be {data.var(axis=0)}."
    )


# adapt: other numbers of rows and features, each call anew, constant features
for rows, features in [(6, 1), (3, 4), (200, 3)]:
    layer = Standardize()
    first = generator.normal(2, 3, size=(rows, features))
    try:
        layer.adapt(first)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"`adapt` fails on a new layer and data of shape {first.shape}: build the layer in it, and "
            f"take mean and variance over axis 0. What happened: {type(error).__name__}"
        ) from error
    check_adapted(layer, first, f"After adapt on data of shape {first.shape}")
    second = generator.normal(-5, 0.5, size=(rows + 2, features)).astype("float32")
    try:
        layer.adapt(second)
    except Exception as error:
        raise AssertionError(
            "A second call of `adapt` fails. Make the weights once, and give them new values with "
            f"assign. What happened: {type(error).__name__}"
        ) from error
    check_adapted(layer, second, "After a second adapt, which should forget the data of the first")
    before = second.copy()
    layer.adapt(second)
    assert np.array_equal(second, before), "`adapt` changed the caller's array."

layer = Standardize()
layer.adapt(np.array([[5.0, 1.0], [5.0, 3.0]]))
result = np.asarray(layer(np.array([[5.0, 2.0], [5.001, 4.0]], dtype="float32")), dtype="float64")
assert np.isfinite(result).all(), (
    "A feature that never varied has the variance 0, and the result is not finite. The 1e-7 stands "
    "under the root: sqrt(variance + 1e-7)."
)
assert np.allclose(result, [[0, 0], [0.001 / np.sqrt(1e-7), 2]], rtol=2e-3, atol=1e-3), (
    f"For a feature of variance 0, mean 5 and the input 5.001 the result is {result[1, 0]:.3f}; "
    "0.001 / sqrt(0 + 1e-7) is 3.162. Where does the 1e-7 stand?"
)

# Accurate where the mean is large
for dtype in ["float32", "float64"]:
    large = (10_000 + 0.5 * generator.normal(size=(300, 2))).astype(dtype)
    layer = Standardize()
    layer.adapt(large)
    exact = large.astype("float64")
    variance = statistics(layer)[1]
    assert np.allclose(variance, exact.var(axis=0), rtol=2e-2), (
        f"For {dtype} data around 10,000 with a standard deviation of 0.5 the variance is {variance}, "
        f"it should be {exact.var(axis=0).round(3)}. The mean of squares minus the square of the mean "
        "loses all digits here: take the mean of the squared differences, in double precision."
    )
    result = np.asarray(layer(large.astype("float32")), dtype="float64")
    assert np.allclose(result, (exact - exact.mean(axis=0)) / exact.std(axis=0), atol=2e-2), (
        f"For {dtype} data around 10,000 with a standard deviation of 0.5 the outputs are not those of "
        "(inputs - mean) / sqrt(variance + 1e-7): subtract the mean first."
    )

# In a model: identity, adapt later, training, saving
x = generator.normal(3, 2, size=(64, 3)).astype("float32")
try:
    layer = Standardize(name="scaler")
    inputs = keras.Input((3,))
    scaled = layer(inputs)
    model = keras.Model(inputs, layers.Dense(1)(scaled))
    scaler = keras.Model(inputs, scaled)
    predict = tf.function(lambda x: scaler(x, training=False), autograph=False)  # made once
    unchanged = np.asarray(predict(x))
except Exception as error:
    raise AssertionError(
        'Standardize(name="scaler") cannot be used in a model before `adapt`. Pass **kwargs on to the '
        "base class, make mean and variance in `build`, compute with keras.ops, not with NumPy. What "
        f"happened: {type(error).__name__}"
    ) from error
assert layer.name == "scaler", "The argument `name` does not reach the base class."
assert np.allclose(unchanged, x, rtol=1e-6, atol=1e-6), (
    "In a model the layer changes its inputs before `adapt` was called."
)
data = generator.normal(3, 2, size=(500, 3)) * [1, 10, 100]
layer.adapt(data)
check_adapted(layer, data, "After adapt on a layer that is part of a model")
expected = (x - data.mean(axis=0)) / np.sqrt(data.var(axis=0) + 1e-7)
assert np.allclose(np.asarray(predict(x)), expected, rtol=1e-3, atol=1e-4), (
    "`predict` still uses the numbers from before `adapt`: keep mean and variance in weights, whose "
    "values can change, not in arrays or new attributes."
)

assert np.allclose(np.asarray(scaler(x, training=True)), expected, rtol=1e-3, atol=1e-4), (
    "With training=True the layer computes something else. It is not a batch normalization: it takes "
    "its numbers from `adapt`, never from the batch."
)
before = statistics(layer)
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse", run_eagerly=True)
model.train_on_batch(x * 7 + 5, x[:, :1])
after = statistics(layer)
for i, name in enumerate(["mean", "variance"]):
    assert np.array_equal(before[i], after[i]), (
        f"Training changed the {name}. Only `adapt` may: no trainable weights, no moving averages."
    )

try:
    copy = Standardize.from_config(layer.get_config())
except Exception as error:
    raise AssertionError(
        "Standardize.from_config(get_config()) fails: the arguments `name`, `trainable` and `dtype` "
        f"of a config should reach the base class. {type(error).__name__}"
    ) from error
assert np.asarray(copy(x)).shape == x.shape, "A copy made by from_config(get_config()) fails."
registered = keras.saving.get_registered_object(keras.saving.get_registered_name(Standardize))
assert registered is Standardize, (
    "Standardize is not registered, so a saved model that uses it cannot be loaded again without "
    "custom_objects. Decorate the class with @keras.saving.register_keras_serializable()."
)
with tempfile.TemporaryDirectory() as folder:
    try:
        model.save(Path(folder) / "model.keras")
        loaded = keras.saving.load_model(Path(folder) / "model.keras")
    except Exception as error:
        raise AssertionError(
            "A model with Standardize cannot be saved and loaded without custom_objects. The weights "
            "should be made in `build` (or `__init__`), so that they are there when a file is read. "
            f"What happened: {type(error).__name__}"
        ) from error
reloaded = loaded.get_layer(index=1)
after = statistics(reloaded)
for i, name in enumerate(["mean", "variance"]):
    assert np.allclose(before[i], after[i], rtol=1e-5), (
        f"After saving and loading, the {name} is {after[i]}, it was {before[i]}: keep it in a weight."
    )
assert np.allclose(np.asarray(loaded(x)), np.asarray(model(x)), rtol=1e-4, atol=1e-4), (
    "After saving and loading the model predicts other numbers."
)
assert reloaded.name == "scaler", "The layer's name is lost in saving and loading."
