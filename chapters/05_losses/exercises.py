# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 5 · Losses beyond (y_true, y_pred)
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 5](../../notebooks/05_losses.ipynb). The tasks do not depend on each other: do them in any order.
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
# ## `make_huber`
#
# The Huber loss is a parabola near zero and a straight line further out, so that a few wild targets do not
# rule the training. With the error *e* = `y_true - y_pred` and a threshold *t*, each element counts
#
# - *e*² / 2 where |*e*| ≤ *t*,
# - *t* · |*e*| − *t*² / 2 elsewhere.
#
# Write `make_huber(threshold=1.0)`. It returns a *function* `(y_true, y_pred)` that Keras takes as a loss:
#
# - `y_true` and `y_pred` are tensors of one shape, `(batch, …)`, with any number of axes after the first;
# - it returns one number per sample, `(batch,)`: the mean over all axes but the first;
# - `y_true` may hold integers; `y_pred` is `float32`;
# - it can be trained with: `model.compile(loss=make_huber(2.0))` works, and gradients reach `y_pred`;
# - every function keeps its own threshold.
#
# **Example.** `make_huber(2.0)(tf.constant([[0.0, 0.0]]), tf.constant([[1.0, 5.0]]))` is `[4.25]`: the mean of
# 0.5 (inside) and 2 · 5 − 2 = 8 (outside).
#
# <details><summary>Hint 1: a nudge</summary>
#
# A function that is defined inside another one sees the outer one's arguments, and can be returned like any value.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `ops.where(condition, a, b)` chooses element by element. Bring `y_true` to the type of `y_pred` with
# `ops.cast` first. `ops.mean` takes a tuple of axes: `range(1, number of axes)` are all but the first.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Once `y_true` has the type of `y_pred`, `ops.abs` of their difference is the size of each error. Compute both branches for all
# elements; `ops.where` takes one of each, and the condition compares sizes with `threshold`. `len(y_pred.shape)` is the number of
# axes.
#
# </details>


# %% task="make_huber" role="answer" about="a loss function with a setting" minutes=20 difficulty=2
def make_huber(threshold=1.0):
    """Return a Huber loss: a function (y_true, y_pred) -> one loss per sample, (batch,).

    threshold: the size of an error from which the loss is a straight line.
    """
    ### BEGIN SOLUTION

    def huber(y_true, y_pred):
        size = ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)
        inside = size**2 / 2
        outside = threshold * size - threshold**2 / 2
        values = ops.where(size <= threshold, inside, outside)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    return huber
    ### END SOLUTION


# %% task="make_huber" role="check" points=1
y_true = tf.constant([[0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 4.0, 9.0]])
y_pred = tf.constant([[0.5, 0.0, 7.0, 3.0], [3.0, -1.0, 1.2, 9.0], [-3.5, 0.0, 0.0, 8.0]])
e = np.asarray(y_true, dtype="float64") - np.asarray(y_pred, dtype="float64")
a = np.abs(e)

loss_fn = make_huber(2.0)
assert loss_fn is not None, "make_huber returned None: is a `return` missing?"
assert callable(loss_fn), (
    f"make_huber(2.0) returned {type(loss_fn).__name__}, it should return a function that takes y_true "
    "and y_pred: define it inside make_huber and return it without calling it."
)
try:
    result = loss_fn(y_true, y_pred)
except Exception as error:
    raise AssertionError(
        f"The loss function raises {type(error).__name__} for y_true and y_pred of shape (3, 4). It takes "
        "these two arguments. A Python `if` cannot decide for many numbers at once: choose with ops.where."
    ) from error
assert result is not None, "The loss function returned None: is a `return` missing in it?"
result = np.asarray(result, dtype="float64")
assert result.shape != (), (
    "The loss function returned a single number. It should return one per sample: with 3 samples the "
    "shape is (3,). Take the mean over all axes but the first; Keras averages the samples."
)
assert result.shape != (3, 4), (
    "The loss function returned one number per element, (3, 4). It should return one per sample, (3,): "
    "take the mean over all axes but the first."
)
assert result.shape == (3,), f"With 3 samples the result has shape {result.shape}, not (3,)."
mistakes = {
    "The parabola is e², it should be e² / 2": np.where(a <= 2, a**2, 2 * a - 2),
    "The elements are summed, take their mean": np.where(a <= 2, a**2 / 2, 2 * a - 2) * 4,
    "The line is t·|e| without − t² / 2, so the two parts do not meet at |e| = t": np.where(
        a <= 2, a**2 / 2, 2 * a
    ),
    "The line is |e| − t² / 2, its slope should be t": np.where(a <= 2, a**2 / 2, a - 2),
    "The line is t·(|e| − 1/2), which is right for t = 1 only": np.where(
        a <= 2, a**2 / 2, 2 * (a - 0.5)
    ),
    "e is used without its absolute value: large negative errors count too": np.where(
        e <= 2, e**2 / 2, 2 * e - 2
    ),
    "The threshold is ignored, it is always 1": np.where(a <= 1, a**2 / 2, a - 0.5),
    "The two parts are exchanged": np.where(a > 2, a**2 / 2, 2 * a - 2),
    "There is no straight line: this is the squared error": a**2 / 2,
}
expected = np.where(a <= 2, a**2 / 2, 2 * a - 2).mean(axis=1)
for mistake, values in mistakes.items():
    assert not np.allclose(result, values.mean(axis=1), rtol=1e-4, atol=1e-5), (
        f"{mistake}. make_huber(2.0) gave {result.round(3)}, it should be {expected.round(3)}."
    )
assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
    f"make_huber(2.0) gave {result.round(4)}, it should be {expected.round(4)}, for the errors\n{e}"
)

# %% task="make_huber" role="hidden" points=2 tries="any number of axes, the default threshold, several losses side by side, integer targets, gradients, and a compiled model"
# Any number of axes.
generator = np.random.default_rng(3)
for t, shape in [(0.5, (5, 1)), (1.0, (4, 3, 2)), (2.5, (3, 4, 4, 2)), (3, (2, 6))]:
    true, pred = (generator.normal(scale=3, size=shape).astype("float32") for _ in range(2))
    a = np.abs(true.astype("float64") - pred)
    expected = np.where(a <= t, a**2 / 2, t * a - t**2 / 2).reshape(len(a), -1).mean(axis=1)
    result = make_huber(t)(tf.constant(true), tf.constant(pred))
    result = np.asarray(result, dtype="float64")
    assert result.shape == (len(a),), (
        f"For y_true and y_pred of shape {shape} the result has shape {result.shape}, it should be "
        f"{(len(a),)}: the mean over *all* axes but the first, not only over the last one."
    )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"make_huber({t}) gave {result.round(4)} for the shape {shape}, it should be "
        f"{expected.round(4)}."
    )

# The default, and several functions side by side.
true, pred = tf.zeros((1, 2)), tf.constant([[-0.4, 6.0]])
made = [make_huber(4.0), make_huber(0.2), make_huber()]
for i, (label, expected) in enumerate(
    [
        ("make_huber(4.0)", (0.08 + 16) / 2),
        ("make_huber(0.2)", (0.06 + 1.18) / 2),
        ("make_huber()", (0.08 + 5.5) / 2),
    ]
):
    result = np.asarray(made[i](true, pred), dtype="float64")
    assert np.allclose(result, expected, rtol=1e-4), (
        f"{label} gave {result}, it should be {expected:.2f}. Three loss functions with different "
        "thresholds were made before the first was called: each keeps its own; the default is 1."
    )

# Integer targets.
for dtype in ["int32", "int64"]:
    true, pred = tf.constant([[1, 2], [0, 5]], dtype=dtype), tf.constant([[1.5, 0.25], [0.75, 4.5]])
    try:
        result = np.asarray(make_huber(1.0)(true, pred), dtype="float64")
    except Exception as error:
        raise AssertionError(
            f"With integer targets ({dtype}) the loss function raises {type(error).__name__}: bring "
            "y_true to the type of y_pred first, with ops.cast(y_true, y_pred.dtype)."
        ) from error
    assert np.allclose(result, [0.6875, 0.203125], rtol=1e-4), (
        f"With integer targets ({dtype}) the result is {result}, it should be [0.6875, 0.2031]. Was "
        "y_pred cut down to integers? Cast y_true to the type of y_pred, not the other way round."
    )

# Gradients.
true, pred = tf.constant([[0.0, 0.0, 0.0, 1.0]]), tf.constant([[0.5, 4.0, -4.0, 1.0]])
with tf.GradientTape() as tape:
    tape.watch(pred)
    value = make_huber(1.5)(true, pred)
gradient = tape.gradient(value, pred) if tf.is_tensor(value) else None
assert gradient is not None, (
    "There is no gradient from the loss back to y_pred, so nothing can be trained with it. Use keras.ops "
    "or tf on the tensors, not NumPy or float()."
)
gradient = np.asarray(gradient, dtype="float64")
assert np.allclose(gradient, [[0.125, 0.375, -0.375, 0]], rtol=1e-4, atol=1e-5), (
    f"The gradient with respect to y_pred is {gradient.round(4)}, it should be "
    "[[0.125, 0.375, -0.375, 0.0]]: e / 4 inside the threshold, ± threshold / 4 outside."
)

# As in `fit`: a graph that is made once, where the batch size is not known; the last batch is smaller.
unknown = tf.TensorSpec((None, 1), "float32")
recorded = tf.function(make_huber(0.5), input_signature=[unknown, unknown], autograph=False)
true, pred = tf.constant([[1.0], [2.0], [-1.0]]), tf.constant([[1.25], [0.0], [3.0]])
try:
    result = np.r_[recorded(true[:2], pred[:2]), recorded(true[2:], pred[2:])]
except Exception as error:
    raise AssertionError(
        "compile(loss=make_huber(0.5)) works, then `fit` and `evaluate` fail with "
        f"{type(error).__name__}. They run the loss as a graph: no NumPy, no float(), no "
        "Python `if` on tensors, and the batch size is unknown there."
    ) from error
assert np.allclose(result, [0.03125, 0.875, 1.875], rtol=1e-4), (
    f"In a graph, as in `fit`, make_huber(0.5) gives {result} for batches of 2 and 1; the losses are "
    "0.03125, 0.875 and 1.875."
)

# %% [markdown]
# ## `HuberLoss`
#
# A function cannot tell what threshold it was made with. A class can. Write
# `class HuberLoss(keras.losses.Loss)` with `__init__(self, threshold=1.0, **kwargs)`:
#
# - further arguments, such as `name` and `reduction`, go to the base class;
# - each sample's loss is the one of `make_huber`: the mean over all axes but the first of *e*² / 2 where |*e*| ≤
#   `threshold`, and `threshold` · |*e*| − `threshold`² / 2 elsewhere;
# - sample weights and reduction are left to the base class;
# - `HuberLoss.from_config(loss.get_config())` gives a loss with the same threshold, name and reduction.
#
# **Example.** With `true = [[0.0], [0.0]]` and `pred = [[1.0], [5.0]]` as tensors, `HuberLoss(2.0)(true, pred)` is
# 4.25, and `HuberLoss(2.0, reduction="none")(true, pred)` is `[0.5, 8.0]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `keras.losses.Loss` does everything except for the formula and what its config says about it.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Write three methods: `__init__`, `call(self, y_true, y_pred)`, which returns one loss per *sample*, and `get_config`.
# The base class calls `call` for you, multiplies by the weights and averages.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `super().__init__(**kwargs)` takes name and reduction, and `super().get_config()` tells them again. What it cannot know is the
# threshold: keep it, use it in `call`, and add it to the config under the name of the argument.
#
# </details>


# %% task="HuberLoss" role="answer" about="the same loss as a class" minutes=20 difficulty=2
class HuberLoss(keras.losses.Loss):
    """Huber loss: a parabola for errors up to `threshold`, a straight line beyond."""

    def __init__(self, threshold=1.0, **kwargs):
        """Keep the threshold; name, reduction and the like go to the base class."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.threshold = threshold
        ### END SOLUTION

    def call(self, y_true, y_pred):
        """Return one loss per sample, (batch,)."""
        ### BEGIN SOLUTION
        size = ops.abs(y_true - y_pred)
        inside = size**2 / 2
        outside = self.threshold * size - self.threshold**2 / 2
        values = ops.where(size <= self.threshold, inside, outside)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))
        ### END SOLUTION

    def get_config(self):
        """Return a dict of the arguments that make this loss again."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "threshold": self.threshold}
        ### END SOLUTION


# %% task="HuberLoss" role="check" points=1
true = tf.constant([[0.0, 0.0], [1.0, -1.0], [2.0, 2.0]])
pred = tf.constant([[1.0, -5.0], [1.5, -1.0], [2.0, -4.0]])
per_sample = np.array([4.25, 0.0625, 5.0])

loss = HuberLoss(2.0)
assert isinstance(loss, keras.losses.Loss), "HuberLoss should be a subclass of keras.losses.Loss."
try:
    result = loss(true, pred)
except NotImplementedError as error:
    if str(error):
        raise
    raise AssertionError("HuberLoss has no method `call(self, y_true, y_pred)`.") from error
except AttributeError as error:
    raise AssertionError(
        f"Calling the loss raises an AttributeError: {error}. Does __init__ keep the threshold, and does "
        "it call super().__init__(**kwargs)?"
    ) from error
result = np.asarray(result, dtype="float64")
assert result.shape == (), (
    f"HuberLoss(2.0)(y_true, y_pred) has shape {result.shape}, it should be a single number: write "
    "`call`, which returns one loss per sample, and let the base class average them."
)
assert np.isclose(result, per_sample.mean(), rtol=1e-4), (
    f"HuberLoss(2.0) gave {result:.4f}; the samples' losses are {per_sample}, their mean is "
    f"{per_sample.mean():.4f}."
)
try:
    result = np.asarray(HuberLoss(2.0, reduction="none")(true, pred), dtype="float64")
except TypeError as error:
    raise AssertionError(
        "HuberLoss(2.0, reduction='none') raises a TypeError: take **kwargs in __init__ and pass them "
        "on with super().__init__(**kwargs)."
    ) from error
assert result.shape != (3, 2), (
    "With reduction='none' the result has shape (3, 2), one number per element. `call` should return one "
    "loss per sample, (3,): the mean over all axes but the first."
)
assert result.shape == (3,), (
    f"With reduction='none' the result has shape {result.shape}, it should be (3,), one loss per sample. "
    "Does `call` average over the samples too, or is `reduction` not passed on to the base class?"
)
assert np.allclose(result, per_sample, rtol=1e-4, atol=1e-5), (
    f"The losses of the three samples are {result.round(4)}, they should be {per_sample}."
)
try:
    named = HuberLoss(2.0, name="robust")
except TypeError as error:
    raise AssertionError(
        f"HuberLoss(2.0, name='robust') raises a TypeError: {error}. Set no name of your own in "
        "super().__init__(…): the caller's comes with **kwargs."
    ) from error
try:
    again = HuberLoss.from_config(named.get_config())
except (TypeError, ValueError) as error:
    raise AssertionError(
        f"from_config(get_config()) raises a {type(error).__name__}: {error}. get_config should return a "
        "dict whose keys are the arguments of __init__."
    ) from error
assert again.name == "robust", (
    f"After from_config(get_config()) the loss is named {again.name!r}, it was 'robust': start from "
    "super().get_config() in get_config."
)
assert np.isclose(np.asarray(again(true, pred), dtype="float64"), per_sample.mean(), rtol=1e-4), (
    "After from_config(get_config()) the loss gives another number: the threshold was lost. Put it into "
    "the dict that get_config returns."
)

# %% task="HuberLoss" role="hidden" points=2 tries="any number of axes, reductions, sample weights, get_config, several losses side by side, gradients, and a compiled model"
generator = np.random.default_rng(5)
for t, shape in [(0.5, (4, 1)), (1.5, (4, 3, 2)), (3, (4, 2, 2, 3))]:
    true, pred = (generator.normal(scale=3, size=shape).astype("float32") for _ in range(2))
    a = np.abs(true.astype("float64") - pred)
    values = np.where(a <= t, a**2 / 2, t * a - t**2 / 2).reshape(4, -1).mean(axis=1)
    true, pred = tf.constant(true), tf.constant(pred)
    weights = np.array([1.0, 0.0, 3.0, 0.5], dtype="float32")

    result = np.asarray(HuberLoss(t, reduction=None)(true, pred), dtype="float64")
    assert result.shape == (4,), (
        f"For y_true and y_pred of shape {shape}, `call` should return one loss per sample, (4,): the "
        f"mean over all axes but the first. With reduction=None the result has shape {result.shape}."
    )
    assert np.allclose(result, values, rtol=1e-4, atol=1e-5), (
        f"HuberLoss({t}, reduction=None) gave {result.round(4)} for the shape {shape}, it should be "
        f"{values.round(4)}."
    )
    try:
        result = np.asarray(HuberLoss(t)(true, pred, sample_weight=weights), dtype="float64")
    except TypeError as error:
        raise AssertionError(
            "HuberLoss cannot be called with sample_weight: leave `__call__` to the base class and "
            "write `call(self, y_true, y_pred)`."
        ) from error
    expected = (values * weights).sum() / 4
    assert np.isclose(result, expected, rtol=1e-4), (
        f"With sample_weight={weights.tolist()} the loss is {result}, it should be {expected:.4f}: each "
        "sample's own loss times its weight, summed, divided by 4. `call` should return one loss per "
        "sample, unweighted; the base class does the rest."
    )
    for reduction, expected in [
        ("sum", (values * weights).sum()),
        ("mean_with_sample_weight", (values * weights).sum() / weights.sum()),
    ]:
        loss = HuberLoss(t, reduction=reduction)
        result = np.asarray(loss(true, pred, sample_weight=weights), dtype="float64")
        assert np.isclose(result, expected, rtol=1e-4), (
            f"With reduction={reduction!r} the loss is {result}, it should be {expected:.4f}. Is "
            "`reduction` passed on to the base class, and is reducing left to it?"
        )

true, pred = tf.zeros((2, 2)), tf.constant([[-0.4, 6.0], [3.0, -3.0]])
made = [HuberLoss(threshold=4.0), HuberLoss(threshold=0.2), HuberLoss()]
for i, (label, expected) in enumerate(
    [
        ("HuberLoss(threshold=4.0)", (0.08 + 16 + 4.5 + 4.5) / 4),
        ("HuberLoss(threshold=0.2)", (0.06 + 1.18 + 0.58 + 0.58) / 4),
        ("HuberLoss()", (0.08 + 5.5 + 2.5 + 2.5) / 4),
    ]
):
    result = np.asarray(made[i](true, pred), dtype="float64")
    assert np.isclose(result, expected, rtol=1e-4), (
        f"{label} gave {result}, it should be {expected:.4f}. Three losses with different thresholds "
        "were made before the first was called: each keeps its own; the default is 1."
    )

assert HuberLoss(dtype="float64").dtype == "float64", (
    "HuberLoss(dtype='float64') has another dtype: pass all further arguments on to the base class."
)
first = HuberLoss(0.2, name="robust", reduction="sum")
assert first.name == "robust", f"HuberLoss(0.2, name='robust') is named {first.name!r}."
second = HuberLoss.from_config(first.get_config())
assert second.name == "robust", (
    "After from_config(get_config()) the name is another, it was 'robust': start from "
    "super().get_config()."
)
assert second.reduction == "sum", (
    "After from_config(get_config()) the reduction is another, it was 'sum': start from "
    "super().get_config(), and pass **kwargs on to super().__init__."
)
result = np.asarray(second(true, pred), dtype="float64")
assert np.isclose(result, 1.2, rtol=1e-4), (
    f"After from_config(get_config()) the loss gives {result}, it gave 1.2 before: is the threshold in "
    "the config?"
)

with tf.GradientTape() as tape:
    tape.watch(pred)
    value = HuberLoss(1.0)(true, pred)
gradient = tape.gradient(value, pred)
assert gradient is not None, (
    "There is no gradient from the loss back to y_pred: use keras.ops or tf in `call`, not NumPy."
)
gradient = np.asarray(gradient, dtype="float64")
assert np.allclose(gradient, [[-0.1, 0.25], [0.25, -0.25]], rtol=1e-4, atol=1e-5), (
    f"The gradient with respect to y_pred is {gradient}, it should be [[-0.1, 0.25], [0.25, -0.25]]."
)

unknown = tf.TensorSpec((None, 1), "float32")
recorded = tf.function(HuberLoss(0.5).__call__, input_signature=[unknown, unknown], autograph=False)
true, pred = tf.constant([[1.0], [2.0], [-1.0]]), tf.constant([[1.25], [0.0], [3.0]])
try:
    result = np.r_[recorded(true[:2], pred[:2]), recorded(true[2:], pred[2:])]
except Exception as error:
    raise AssertionError(
        "compile(loss=HuberLoss(0.5)) works, then `fit` and `evaluate` fail with "
        f"{type(error).__name__}. They run `call` as a graph: no NumPy, no float(), no "
        "Python `if` on tensors, and the batch size is unknown there."
    ) from error
assert np.allclose(result, [0.453125, 1.875], rtol=1e-4), (
    f"In a graph, as in `fit`, HuberLoss(0.5) gives {result} for batches of 2 and 1; the losses are "
    "0.453125 and 1.875."
)

# %% [markdown]
# ## `ActivityPenalty`
#
# Large activations can be penalized where they arise. Write `class ActivityPenalty(layers.Layer)` with
# `__init__(self, rate, **kwargs)`:
#
# - further arguments, such as `name`, go to the base class;
# - its inputs, of any shape `(batch, …)`, pass through unchanged;
# - on every call, in training or not, it adds one loss: `rate` × the sum of the squares of all inputs / batch size;
# - it works in any model, and is differentiable like any loss.
#
# **Example.** `layer = ActivityPenalty(0.1)`, called with `[[1.0, 2.0], [3.0, 0.0]]`, returns the same four numbers, and
# `layer.losses` holds 0.1 · (1 + 4 + 9 + 0) / 2 = 0.7.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Inside `call`, a layer may add a number to what is minimized: `self.add_loss(…)`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Inside a Functional model, `inputs.shape[0]` is `None`. `ops.shape(inputs)[0]` is the size of the batch at
# hand, there too. It is an integer: bring it to the type of the sum before you divide.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.cast(…, inputs.dtype)` turns the batch size into a number to divide by. `ops.sum` without an axis sums over all of them.
# `add_loss` returns nothing; `call` does.
#
# </details>


# %% task="ActivityPenalty" role="answer" about="a loss added by a layer" minutes=15 difficulty=2
class ActivityPenalty(layers.Layer):
    """Pass the inputs through and add rate * (sum of squares / batch size) as a loss."""

    def __init__(self, rate, **kwargs):
        """Keep the rate; name and the like go to the base class."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.rate = rate
        ### END SOLUTION

    def call(self, inputs):
        """Return the inputs, of any shape (batch, ...), and add the penalty."""
        ### BEGIN SOLUTION
        batch_size = ops.cast(ops.shape(inputs)[0], inputs.dtype)
        self.add_loss(self.rate * ops.sum(ops.square(inputs)) / batch_size)
        return inputs
        ### END SOLUTION


# %% task="ActivityPenalty" role="check" points=1
x = np.array([[1.0, 2.0, 0.5], [3.0, 0.0, -1.0], [-2.0, 1.0, 1.0], [0.5, 0.0, 2.0]], "float32")
layer = ActivityPenalty(0.3)
try:
    outputs = layer(x)
except ValueError as error:
    raise AssertionError(
        "Calling the layer raises a ValueError. Did add_loss get a float or a NumPy number? add_loss takes a "
        "tensor: use keras.ops on the inputs."
    ) from error
assert outputs is not None, "The layer returns None: `call` should return its inputs."
assert np.array_equal(np.asarray(outputs), x), (
    "The outputs differ from the inputs: they should pass through unchanged."
)
assert layer.losses, "layer.losses is empty: call self.add_loss(…) inside `call`."
value = float(sum(np.sum(np.asarray(loss, dtype="float64")) for loss in layer.losses))
squares = float((x.astype("float64") ** 2).sum())
mistakes = {
    "the sum of squares is not divided by the batch size, so that a larger batch is penalized more": (
        0.3 * squares
    ),
    "the sum of squares is divided by the number of elements, divide by the batch size": (
        0.3 * squares / x.size
    ),
    "`rate` is missing": squares / 4,
    "it is half of that": 0.15 * squares / 4,
    "`rate` is squared": 0.09 * squares / 4,
    "these are absolute values, not squares": 0.3 * float(np.abs(x).sum()) / 4,
    "this is the square root of the sum of squares": 0.3 * squares**0.5 / 4,
    "the sum is divided by the number of features, divide by the batch size": 0.3 * squares / 3,
    "it is twice that: call add_loss once": 2 * 0.3 * squares / 4,
}
expected = 0.3 * squares / 4
for mistake, wrong in mistakes.items():
    assert not np.isclose(value, wrong, rtol=1e-4), (
        f"ActivityPenalty(0.3) added {value:.4f}: {mistake}. It should add {expected:.4f} for 4 samples "
        f"with a sum of squares of {squares}."
    )
assert np.isclose(value, expected, rtol=1e-4), (
    f"ActivityPenalty(0.3) added {value:.4f}, it should add 0.3 * {squares} / 4 = {expected:.4f}."
)

# %% task="ActivityPenalty" role="hidden" points=2 tries="inputs of any shape, calls with and without training, a second call, gradients, a Functional model of unknown batch size, and a layer that is used twice in one"
generator = np.random.default_rng(11)
for rate, shape, training in [
    (0.5, (1, 4), False),
    (0.02, (7, 2), True),
    (2, (3, 4, 5), None),
    (0.1, (2, 3, 3, 2), True),
]:
    x = generator.normal(size=shape).astype("float32")
    layer = ActivityPenalty(rate)
    outputs = layer(x, training=training)
    assert np.array_equal(np.asarray(outputs), x), (
        f"For inputs of shape {shape} the outputs differ from the inputs."
    )
    assert layer.losses, (
        f"With training={training} layer.losses is empty: the penalty should be added on every call, in "
        "training or not."
    )
    value = float(sum(np.sum(np.asarray(loss, dtype="float64")) for loss in layer.losses))
    expected = rate * float((x.astype("float64") ** 2).sum()) / shape[0]
    assert np.isclose(value, expected, rtol=1e-4), (
        f"ActivityPenalty({rate}) added {value:.5f} for inputs of shape {shape}, it should add "
        f"{expected:.5f}: rate * sum of all squares / {shape[0]} samples."
    )
    layer(2 * x, training=training)
    value = float(sum(np.sum(np.asarray(loss, dtype="float64")) for loss in layer.losses))
    assert np.isclose(value, 4 * expected, rtol=1e-4), (
        f"In a second call, with doubled inputs, the layer reports {value:.5f}; it should be "
        f"{4 * expected:.5f}, the penalty of *these* inputs: compute it anew in each call."
    )

try:
    layer = ActivityPenalty(0.1, name="quiet")
except TypeError as error:
    raise AssertionError(
        "ActivityPenalty(0.1, name='quiet') raises a TypeError: take **kwargs in __init__ and pass them "
        "on with super().__init__(**kwargs)."
    ) from error
assert layer.name == "quiet", (
    f"ActivityPenalty(0.1, name='quiet') is named {layer.name!r}: pass **kwargs on with "
    "super().__init__(**kwargs)."
)

# Differentiable: d/dx of 0.2 * sum(x²) / 3.
x = generator.normal(size=(3, 2)).astype("float32")
layer = ActivityPenalty(0.2)
tensor = tf.constant(x)
with tf.GradientTape() as tape:
    tape.watch(tensor)
    layer(tensor)
    value = sum(layer.losses)
gradient = tape.gradient(value, tensor) if tf.is_tensor(value) else None
assert gradient is not None, (
    "There is no gradient from the penalty back to the inputs, so it trains nothing: use keras.ops or tf "
    "on the tensors, not NumPy or float()."
)
assert np.allclose(np.asarray(gradient), 0.4 * x / 3, rtol=1e-4, atol=1e-5), (
    "The gradient of the penalty is not 2 * rate * inputs / batch size."
)

# In a Functional model the batch size is unknown; the last batch here has one sample.
keras.utils.set_random_seed(0)
inputs = keras.Input((3,))
hidden = layers.Dense(4, kernel_initializer="ones")(inputs)
try:
    outputs = layers.Dense(1)(ActivityPenalty(0.7)(hidden))
except Exception as error:
    raise AssertionError(
        f"In a Functional model the layer raises {type(error).__name__}: there, inputs.shape[0] is "
        "None, and inputs have no values yet. ops.shape(inputs)[0] is the size of the batch at hand; "
        "keep to keras.ops."
    ) from error
model = keras.Model(inputs, outputs)
unknown = tf.TensorSpec((None, 3), "float32")


@tf.function(input_signature=[unknown], autograph=False)
def penalty(x):
    """The extra losses of an inference pass, in a graph that is made once."""
    model(x, training=False)
    return tf.add_n(model.losses) if model.losses else tf.zeros(())


x = generator.normal(size=(3, 3)).astype("float32")
h = 4 * x.astype("float64").sum(axis=1) ** 2
for batch, expected in [(x[:2], 0.7 * h[:2].sum() / 2), (x[2:], 0.7 * h[2])]:
    try:
        value = float(penalty(batch))
    except Exception as error:
        raise AssertionError(
            f"`evaluate` of a model with the layer fails with {type(error).__name__}: use keras.ops on the "
            "tensors, not NumPy or float()."
        ) from error
    assert value != 0, (
        "In a Functional model, the penalty is not added outside of training: it should be added on every "
        "call."
    )
    assert np.isclose(value, expected, rtol=1e-3), (
        f"In a graph, as in `evaluate`, a batch of {len(batch)} adds {value:.4f}, it should be "
        f"{expected:.4f}. Is the size of each batch used?"
    )

# One layer, used twice in a model, with other losses around it.
layer = ActivityPenalty(0.5)
regularized = layers.Dense(
    3, kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.1)
)
model = keras.Model(inputs, layer(regularized(layer(inputs))))
model(x)
first, second = (x.astype("float64") ** 2).sum(), 3 * (x.astype("float64").sum(axis=1) ** 2).sum()
value, expected = float(sum(model.losses)), 0.5 * (first + second) / 3 + 0.1 * 9
assert np.isclose(value, expected, rtol=1e-3), (
    f"In a model that uses one layer twice, and has a regularizer, the extra losses are {value:.4f} "
    f"together, they should be {expected:.4f}. Every call adds its penalty, whatever losses there are already."
)

# %% [markdown]
# ## `total_loss`
#
# In a training loop of your own, nobody adds up the losses for you. Write `total_loss(model, loss_fn, x, y)`, which
# returns the number that a training step minimizes, as a scalar tensor:
#
# - one forward pass of `model` over `x`, in training mode;
# - the data loss, from `loss_fn` (a `keras.losses.Loss` object), the targets `y` and the model's predictions;
# - plus every extra loss of *this* pass, whatever added it: a layer, the model itself, a regularizer. There may be
#   none.
#
# Gradients reach the model's weights. The weights themselves stay as they are.
#
# **Example.** For a model with one `Dense` layer whose `kernel_regularizer` is `keras.regularizers.L2(0.1)`, and with
# `keras.losses.MeanSquaredError()`, the result is the mean squared error + 0.1 × the sum of the squared kernel.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Where does Keras collect what `add_loss` was given, and when does it forget it?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Call the model with `training=True`. *After* that call, `model.losses` is the list of this pass's extra losses. It may be
# empty.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Keep what that one call returns: the data loss compares it with `y`, and the true values come first. Python's `sum` adds up a list
# of tensors, and of an empty one it makes 0.
#
# </details>


# %% task="total_loss" role="answer" about="everything that training minimizes" minutes=12 difficulty=2
def total_loss(model, loss_fn, x, y):
    """Return data loss plus extra losses of one forward pass in training mode.

    model: a Keras model; loss_fn: a keras.losses.Loss; x: a batch for the model; y: its
    targets. Returns a scalar tensor.
    """
    ### BEGIN SOLUTION
    y_pred = model(x, training=True)
    return loss_fn(y, y_pred) + sum(model.losses)
    ### END SOLUTION


# %% task="total_loss" role="check" points=1
x = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]], dtype="float32")
y = np.array([[1.0], [0.0], [2.0]], dtype="float32")
dense = layers.Dense(
    1,
    kernel_initializer="ones",
    kernel_regularizer=keras.regularizers.L2(0.1),
    activity_regularizer=keras.regularizers.L2(0.3),
)
model = keras.Sequential([keras.Input((2,)), dense])
outputs = x.sum(axis=1, keepdims=True).astype("float64")
data_loss = float(((outputs - y) ** 2).mean())
dense(x)
kernel_loss = 0.1 * 2
activity_loss = float(sum(dense.losses)) - kernel_loss  # its size depends on the release of Keras
expected = data_loss + kernel_loss + activity_loss

try:
    result = total_loss(model, keras.losses.MeanSquaredError(), x, y)
except TypeError as error:
    raise AssertionError(
        f"total_loss raises a TypeError: {str(error).splitlines()[0][:120]} … Call the model itself, "
        "model(x, training=True). After predict, fit or evaluate model.losses holds tensors of a graph, "
        "and predictions without a gradient."
    ) from error
assert result is not None, "total_loss returned None: is a `return` missing?"
assert not isinstance(result, (list, tuple)), (
    "total_loss returned a list; it should return one number, the sum of all losses."
)
assert tf.is_tensor(result), (
    f"total_loss returned {type(result).__name__}, it should return a tensor: a float or NumPy number "
    "has no gradient."
)
value = np.asarray(result, dtype="float64")
assert value.shape == (), (
    f"The result has shape {value.shape}, it should be a scalar, (). model.losses is a list: add up what "
    "is in it."
)
mistakes = {
    "the data loss alone. The model's extra losses are missing: look at model.losses": data_loss,
    "the extra losses alone, without the data loss": kernel_loss + activity_loss,
    "the data loss and the kernel's penalty. The penalty of the activities is missing: read "
    "model.losses after the forward pass": data_loss + kernel_loss,
    "the data loss and the penalty of the activities, without the kernel's": data_loss
    + activity_loss,
    "the data loss and the mean of the extra losses, add them up instead": (
        data_loss + (kernel_loss + activity_loss) / 2
    ),
    "everything, with the extra losses counted twice": data_loss
    + 2 * (kernel_loss + activity_loss),
    "everything, with the data loss counted twice": 2 * data_loss + kernel_loss + activity_loss,
}
for mistake, wrong in mistakes.items():
    assert not np.isclose(value, wrong, rtol=1e-4), f"total_loss returned {value:.4f}: {mistake}."
assert np.isclose(value, expected, rtol=1e-4), (
    f"total_loss returned {value:.4f}; data loss {data_loss:.4f}, kernel penalty {kernel_loss:.4f} and "
    f"activity penalty {activity_loss:.4f} are {expected:.4f} together."
)


# %% task="total_loss" role="hidden" points=2 tries="models without extra losses, other reductions, training mode, losses that the model adds itself, gradients, and a model that has been trained"
class AddsLoss(layers.Layer):
    """Adds 0.5 * the sum of its inputs as a loss."""

    def call(self, inputs):
        self.add_loss(0.5 * ops.sum(inputs))
        return inputs


class ShiftsInTraining(layers.Layer):
    """Adds 3 to its inputs in training mode, and counts its calls."""

    def build(self, input_shape):
        self.calls = self.add_weight(
            name="calls", shape=(), initializer="zeros", trainable=False, dtype="float32"
        )

    def call(self, inputs, training=False):
        self.calls.assign(self.calls + 1)
        return inputs + 3 if training else inputs


class AddsItsOwnLoss(keras.Model):
    """A subclassed model that calls add_loss itself."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1, kernel_initializer="ones")

    def call(self, inputs):
        self.add_loss(0.25 * ops.sum(ops.square(inputs)))
        return self.dense(inputs)


x = np.array([[1.0, 2.0], [0.5, 1.0], [3.0, 0.5]], dtype="float32")
y = np.array([[1.0], [0.0], [2.0]], dtype="float32")
mse = keras.losses.MeanSquaredError

# No extra losses at all.
plain = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
outputs = x.sum(axis=1, keepdims=True).astype("float64")
try:
    value = np.asarray(total_loss(plain, mse(), x, y), dtype="float64")
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        "For a model without extra losses, where model.losses is an empty list, total_loss raises "
        f"{type(error).__name__}. It should return the data loss."
    ) from error
assert value.shape == () and np.isclose(value, ((outputs - y) ** 2).mean(), rtol=1e-4), (
    f"For a model without extra losses total_loss gave {value}, the data loss is "
    f"{((outputs - y) ** 2).mean():.4f}."
)

# The loss object's own reduction, and the order of its arguments.
value = np.asarray(total_loss(plain, mse(reduction="sum"), x, y), dtype="float64")
assert np.isclose(value, ((outputs - y) ** 2).sum(), rtol=1e-4), (
    f"With MeanSquaredError(reduction='sum') the data loss is {((outputs - y) ** 2).sum():.4f}, you gave "
    f"{value}. Call the loss object itself, loss_fn(y, y_pred), and leave the reduction to it."
)
value = np.asarray(
    total_loss(plain, keras.losses.MeanAbsolutePercentageError(), x, y + 1), dtype="float64"
)
expected = 100 * (np.abs(outputs - y - 1) / (y + 1)).mean()
assert np.isclose(value, expected, rtol=1e-4), (
    f"With MeanAbsolutePercentageError total_loss gave {value}, it should be {expected:.4f}. Was "
    "loss_fn called with the true values first and the predictions second?"
)

# Training mode, one pass, and losses of this pass only.
shifts = ShiftsInTraining()
model = keras.Sequential(
    [keras.Input((2,)), shifts, AddsLoss(), layers.Dense(1, kernel_initializer="ones")]
)
model(100 * x)
model(-7 * x, training=True)
calls = float(np.asarray(shifts.calls))
value = np.asarray(total_loss(model, mse(), x, y), dtype="float64")
h = x.astype("float64") + 3
train = ((h.sum(axis=1, keepdims=True) - y) ** 2).mean(), 0.5 * h.sum()
infer = ((outputs - y) ** 2).mean(), 0.5 * x.astype("float64").sum()
stale = 0.5 * (-7 * x.astype("float64") + 3).sum()
passes = float(np.asarray(shifts.calls)) - calls
assert passes < 2, (
    f"The model was called {passes:.0f} times. Use one forward pass, in training mode, for predictions and "
    "extra losses."
)
assert not np.isclose(value, sum(infer), rtol=1e-4), (
    "The forward pass ran in inference mode: call the model with training=True. Dropout and the like "
    "depend on it."
)
assert not np.isclose(value, train[0] + stale, rtol=1e-4), (
    "The extra losses are those of the call *before*: read model.losses after the forward pass."
)
assert np.isclose(value, sum(train), rtol=1e-4), (
    f"total_loss gave {value:.4f}; in training mode the data loss is {train[0]:.4f} and the extra loss "
    f"of this pass {train[1]:.4f}."
)

# Losses that the model itself adds.
model = AddsItsOwnLoss()
value = np.asarray(total_loss(model, mse(), x, y), dtype="float64")
expected = ((outputs - y) ** 2).mean() + 0.25 * (x.astype("float64") ** 2).sum()
assert np.isclose(value, expected, rtol=1e-4), (
    f"For a subclassed model that calls self.add_loss in its own `call`, total_loss gave {value:.4f}, "
    f"it should be {expected:.4f}. model.losses holds what the model and all its layers added."
)

# After fit, and with gradients. The model is compiled with other things than those to be used.
keras.utils.set_random_seed(0)
kernel_regularizer = keras.regularizers.L2(0.1)
dense = layers.Dense(1, kernel_initializer="ones", kernel_regularizer=kernel_regularizer)
model = keras.Sequential([keras.Input((2,)), AddsLoss(), dense])
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mean_absolute_error")
# As `fit` does: a step in a graph, whose extra losses stay behind in model.losses.
tf.function(lambda x: model(x, training=True), autograph=False).get_concrete_function(x)
kernel, bias = (w.astype("float64") for w in model.get_weights())
with tf.GradientTape() as tape:
    try:
        result = total_loss(model, mse(), x, y)
    except Exception as error:
        raise AssertionError(
            f"After `fit`, total_loss raises {type(error).__name__}: model.losses still holds what `fit` "
            "left behind. Read it after the forward pass."
        ) from error
gradients = tape.gradient(result, model.trainable_variables) if tf.is_tensor(result) else [None]
assert all(gradient is not None for gradient in gradients), (
    "There is no gradient from the result back to the model's weights: keep to tensors, no float() or "
    "NumPy."
)
error = x.astype("float64") @ kernel + bias - y
expected = (error**2).mean() + 0.5 * x.astype("float64").sum() + 0.1 * (kernel**2).sum()
assert np.isclose(np.asarray(result), expected, rtol=1e-4), (
    f"After `fit`, total_loss gave {np.asarray(result):.4f}, it should be {expected:.4f}: the given "
    "loss_fn (not the compiled one) plus the extra losses of this pass."
)
expected = 2 * x.T @ error / 3 + 0.2 * kernel
assert np.allclose(np.asarray(gradients[0]), expected, rtol=1e-3, atol=1e-4), (
    "The value is right, but the gradient with respect to the kernel is not that of data loss plus L2 "
    "penalty. Were some of the losses turned into plain numbers on the way (float(), NumPy)?"
)
assert np.allclose(model.get_weights()[0], kernel), "total_loss changed the model's weights."

# %% [markdown]
# ## `perceptual_loss`
#
# Two images can differ in every pixel and look alike. A *perceptual* loss therefore compares what a network sees in
# them, too. Write `perceptual_loss(extractor, weight=0.5)`. `extractor` is a built Keras model that maps a batch of images to
# features (one output, any shape `(batch, …)`). It returns a function `(y_true, y_pred)` that Keras takes as a loss; both
# are batches of images, `float32`, of the same shape.
#
# - It returns one number per sample, `(batch,)`: the mean squared error of the images + `weight` × the mean squared
#   error of their features. Both means are over all axes but the first.
# - Gradients reach `y_pred`, through both terms.
# - `fit` never changes a weight of the extractor, also when the model that is trained holds the extractor as one of its
#   attributes. You may freeze the extractor that you are given.
# - The extractor always works in inference mode, also when the loss is computed inside the `call` of a layer that is
#   called with `training=True`.
#
# **Example.** If a sample's images differ by 2 in every pixel and its features by 1 in every place, its loss is
# 4 + 0.5 · 1 = 4.5.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A model is a function: inside the loss, call it on both batches. What else could that call do to the model?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `extractor.trainable = False` takes all its weights out of what `fit` trains. `training=False` in the call settles the
# mode. For a mean per sample, average over `axis=tuple(range(1, number of axes))`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Both terms are the same function of two batches, once of the images and once of their features. Each call of the extractor says in
# which mode it is, and freezing comes before the function that is returned.
#
# </details>


# %% task="perceptual_loss" role="answer" about="a frozen model inside a loss" minutes=30 difficulty=3
def perceptual_loss(extractor, weight=0.5):
    """Return a loss that compares images and their features: (y_true, y_pred) -> (batch,).

    extractor: a built Keras model, images -> features; it is not trained. weight: factor of
    the features' mean squared error.
    """
    ### BEGIN SOLUTION
    extractor.trainable = False

    def per_sample(values):
        return ops.mean(ops.square(values), axis=tuple(range(1, len(values.shape))))

    def loss(y_true, y_pred):
        difference = extractor(y_true, training=False) - extractor(y_pred, training=False)
        return per_sample(y_true - y_pred) + weight * per_sample(difference)

    return loss
    ### END SOLUTION


# %% task="perceptual_loss" role="check" points=1
keras.utils.set_random_seed(1)
extractor = keras.Sequential(
    [
        keras.Input((6, 6, 1)),
        layers.Conv2D(3, 3, activation="tanh"),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(5),
    ]
)
generator = np.random.default_rng(0)
true, pred = (tf.constant(generator.normal(size=(4, 6, 6, 1)), "float32") for _ in range(2))
f_true, f_pred = (np.asarray(extractor(z, training=False), dtype="float64") for z in [true, pred])
pixels = ((np.asarray(true, dtype="float64") - np.asarray(pred)) ** 2).mean(axis=(1, 2, 3))
features = ((f_true - f_pred) ** 2).mean(axis=1)

loss_fn = perceptual_loss(extractor, weight=0.7)
assert loss_fn is not None, "perceptual_loss returned None: is a `return` missing?"
assert callable(loss_fn), (
    f"perceptual_loss returned {type(loss_fn).__name__}, it should return a function that takes y_true "
    "and y_pred."
)
try:
    result = loss_fn(true, pred)
except Exception as error:
    raise AssertionError(
        f"For 4 images of shape (6, 6, 1) the loss function raises {type(error).__name__}: "
        f"{str(error).splitlines()[0][:160]}. Call the extractor on both batches, and bring images and "
        "features to one number per sample, (4,), before you add them."
    ) from error
assert result is not None, "The loss function returned None: is a `return` missing in it?"
assert tf.is_tensor(result) or isinstance(result, np.ndarray), (
    f"The loss function returned a {type(result).__name__}. The `output` of a layer is a symbol from the "
    "making of the model, not the features of this batch: call the extractor on y_true and on y_pred."
)
result = np.asarray(result, dtype="float64")
assert result.shape != (), (
    "The loss function returned a single number. It should return one per sample, (4,): Keras weighs "
    "and averages the samples."
)
assert result.shape == (4,), (
    f"For 4 images of shape (6, 6, 1) the result has shape {result.shape}, it should be (4,): take both "
    "means over all axes but the first."
)
expected = pixels + 0.7 * features
mistakes = {
    "only the images are compared, not their features": pixels,
    "only the features are compared, not the images": 0.7 * features,
    "`weight` is ignored, the features count 0.5 times": pixels + 0.5 * features,
    "`weight` is ignored, both terms count the same": pixels + features,
    "`weight` is at the wrong term, it belongs to the features": 0.7 * pixels + features,
    "the images count 1 − weight times, they should count once": 0.3 * pixels + 0.7 * features,
    "the features are summed, take their mean": pixels + 0.7 * features * 5,
    "the pixels are summed, take their mean": pixels * 36 + 0.7 * features,
    "both are summed, take their means": pixels * 36 + 0.7 * features * 5,
    "all images are compared with the features of the first one": pixels
    + 0.7 * ((f_true[:1] - f_pred) ** 2).mean(axis=1),
    "the features are averaged over the batch, which makes all samples alike": pixels
    + 0.7 * features.mean(),
}
for mistake, wrong in mistakes.items():
    assert not np.allclose(result, wrong, rtol=1e-4, atol=1e-5), (
        f"{mistake[0].upper()}{mistake[1:]}. With weight=0.7 the loss is {result.round(3)}, it should "
        f"be {expected.round(3)}."
    )
again = np.asarray(loss_fn(true, pred), dtype="float64")
assert np.allclose(again, result, rtol=1e-4, atol=1e-5), (
    "The same images give another loss in a second call. The extractor has a Dropout layer, and it is in "
    "training mode: call it with training=False."
)
assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
    f"With weight=0.7 the loss is {result.round(4)}. The mean squared errors of the images are "
    f"{pixels.round(4)}, those of the features {features.round(4)}, together {expected.round(4)}."
)

# %% task="perceptual_loss" role="hidden" points=3 tries="flat features and feature maps, the default weight, gradients, inference mode inside a layer that trains, and whether the extractor stays as it is"
import warnings


class HoldsExtractor(keras.Model):
    """A model that has the extractor as an attribute, as a model made for such a loss may."""

    def __init__(self, extractor):
        super().__init__()
        self.convolution = layers.Conv2D(2, 3, padding="same")
        self.extractor = extractor

    def call(self, inputs):
        return self.convolution(inputs)


class ComputesLoss(layers.Layer):
    """Computes a loss inside `call`, as a layer that uses add_loss does."""

    def __init__(self, loss_fn, target):
        super().__init__()
        self.loss_fn, self.target = loss_fn, target

    def call(self, inputs, training=False):
        return self.loss_fn(self.target, inputs)


def make_extractor(flat=True):
    keras.utils.set_random_seed(2)
    extractor = keras.Sequential(
        [
            keras.Input((5, 5, 2)),
            layers.Conv2D(3, 2, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
        ]
    )
    if flat:
        extractor.add(layers.Flatten())
    extractor.set_weights([w + 0.3 for w in extractor.get_weights()])
    return extractor


generator = np.random.default_rng(4)
true, pred = (tf.constant(generator.normal(size=(3, 5, 5, 2)), "float32") for _ in range(2))


def reference(extractor, weight):
    """Return the loss per sample of true and pred, and its gradient with respect to pred."""
    with tf.GradientTape() as tape:
        tape.watch(pred)
        difference = tf.reshape(
            extractor(true, training=False) - extractor(pred, training=False), (3, -1)
        )
        pixels = tf.reshape(true - pred, (3, -1))
        loss = tf.reduce_mean(pixels**2, axis=1) + weight * tf.reduce_mean(difference**2, axis=1)
    return np.asarray(loss), np.asarray(tape.gradient(loss, pred))


# Values and gradients, with flat features and with feature maps.
kept = {}
for flat, weight in [(True, 0.5), (False, 2)]:
    extractor = make_extractor(flat)
    expected, expected_gradient = reference(extractor, weight)
    loss_fn = perceptual_loss(extractor) if weight == 0.5 else perceptual_loss(extractor, weight)
    kept[flat] = extractor, loss_fn, expected
    with tf.GradientTape() as tape:
        tape.watch(pred)
        try:
            result = loss_fn(true, pred)
        except Exception as error:
            raise AssertionError(
                f"With features of shape {extractor.output_shape} and 3 images the loss function raises "
                f"{type(error).__name__}: reduce images and features to one number per sample, (3,), before "
                "you add them. Average over all axes but the first."
            ) from error
    gradient = tape.gradient(result, pred) if tf.is_tensor(result) else None
    value = np.asarray(result, dtype="float64")
    assert value.shape == (3,), (
        f"With features of shape {extractor.output_shape} and 3 images the result has shape "
        f"{value.shape}, it should be (3,): average over all axes but the first."
    )
    assert np.allclose(value, expected, rtol=1e-4, atol=1e-5), (
        f"With features of shape {extractor.output_shape} and weight {weight} "
        f"{'(the default) ' if weight == 0.5 else ''}the loss is {value.round(4)}, it should be "
        f"{expected.round(4)}. Does the extractor work in inference mode, and is each sample compared "
        "with its own target?"
    )
    assert gradient is not None, (
        "There is no gradient from the loss back to y_pred: call the extractor like a function (predict "
        "and NumPy stop gradients), and stop no gradient of y_pred."
    )
    gradient = np.asarray(gradient, dtype="float64")
    only_pixels = 2 * (np.asarray(pred, dtype="float64") - np.asarray(true)) / 50
    assert not np.allclose(gradient, only_pixels, rtol=1e-3, atol=1e-6), (
        "The gradient reaches y_pred through the images only; the features train nothing. Call the "
        "extractor on y_pred like a function (predict and NumPy stop gradients), without stop_gradient."
    )
    assert np.allclose(gradient, expected_gradient, rtol=1e-3, atol=1e-5), (
        "The gradient with respect to y_pred is not that of the two mean squared errors."
    )

# Inference mode, also inside a layer that is being trained.
extractor, loss_fn, expected = kept[True]
before = [w.copy() for w in extractor.get_weights()]
layer = ComputesLoss(loss_fn, true)
result = np.asarray(layer(pred, training=True), dtype="float64")
assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
    "Computed inside a layer that is called with training=True, the loss is another: the extractor took "
    "over the training mode (Dropout drops, BatchNormalization uses the batch). Call it with "
    "training=False."
)
assert all(np.array_equal(a, b) for a, b in zip(before, extractor.get_weights())), (
    "Computing the loss changed the moving statistics of the extractor's BatchNormalization: call it "
    "with training=False."
)

# The extractor stays as it is, also inside the model that is trained.
images, targets = (generator.normal(size=(6, 5, 5, 2)).astype("float32") for _ in range(2))
extractor, loss_fn, _ = kept[False]
model = HoldsExtractor(extractor)
model.convolution.build((None, 5, 5, 2))
before = [w.copy() for w in extractor.get_weights()]
kernel = model.convolution.get_weights()[0].copy()
model.compile(optimizer=keras.optimizers.SGD(0.5), loss=loss_fn, run_eagerly=True)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # weights without gradient are fine here
    try:
        recorded = tf.function(lambda true, pred: loss_fn(true, pred), autograph=False)
        recorded.get_concrete_function(targets, images)  # as in `fit`
        model.train_on_batch(images, targets)
        model.train_on_batch(images, targets)
    except Exception as error:
        raise AssertionError(
            "compile(loss=perceptual_loss(extractor)) works, then `fit` fails with "
            f"{type(error).__name__}. It runs the loss as a graph: keep to keras.ops or tf."
        ) from error
assert not np.array_equal(kernel, model.convolution.get_weights()[0]), (
    "Training with the loss does not change the trained model's own weights."
)
assert all(np.array_equal(a, b) for a, b in zip(before, extractor.get_weights())), (
    "The trained model holds the extractor as an attribute, and `fit` changed the extractor's weights: it "
    "learns to see less difference instead of the model learning to make less. Freeze it: "
    "extractor.trainable = False."
)

# %% [markdown]
# ## `LogisticEndpoint`
#
# An *endpoint layer* stands at the end of a model and computes the loss itself, because it is fed the targets as well.
# Write `class LogisticEndpoint(layers.Layer)` with `__init__(self, name="logistic_endpoint", **kwargs)`, which passes both on
# to the base class (the default name is yours to choose), and `call(self, logits, targets=None, sample_weight=None)`:
#
# - `logits` has the shape `(n, 1)`, and so have the targets, which are 0.0 or 1.0. `sample_weight` is `(n,)` or `(n, 1)`.
# - It always returns the probabilities, of the same shape as the logits (whatever that is, if there are no targets).
# - Given targets, in training or not, it adds the binary cross-entropy as a loss. It is computed from the logits, so that it
#   stays finite for large ones. Sample weights count as everywhere in Keras by default: the sum of the weighted losses
#   / *n*.
# - Given targets, it also updates its attribute `self.accuracy`, a `keras.metrics.BinaryAccuracy` in which a sample counts as
#   positive if its *probability* is above 0.5. (Whether the accuracy is weighted too is up to you.)
# - Without targets it adds no loss and leaves the accuracy alone.
# - It works in a Functional model, where targets and weights are further inputs, and in a subclassed one.
#
# **Example.** `endpoint = LogisticEndpoint()` called with `[[0.0], [2.0]]` and the targets `[[1.0], [1.0]]` returns `[[0.5],
# [0.88]]`, its `losses` hold 0.41, and `endpoint.accuracy.result()` is 0.5.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Keras has the loss and the metric ready. Make one of each in `__init__`, use them in `call`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.losses.BinaryCrossentropy` takes `from_logits=True`, and a loss object takes the sample weights as third argument. One number
# per row is squeezed to a probability by a *sigmoid*; softmax would make it 1.0. What does `BinaryAccuracy` compare with what?
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# All that needs targets stands under `if targets is not None:`. A loss object takes true values, logits and weights, in this order,
# and its result goes to `self.add_loss`. The threshold of `BinaryAccuracy` is 0.5 unless you say otherwise, which fits probabilities.
# (With logits it would have to be 0.)
#
# </details>


# %% task="LogisticEndpoint" role="answer" about="a layer that is fed the targets" minutes=35 difficulty=3
class LogisticEndpoint(layers.Layer):
    """Turn logits into probabilities; given targets, add the loss and update the accuracy."""

    def __init__(self, name="logistic_endpoint", **kwargs):
        """Make the loss and the metric `accuracy`; the arguments go to the base class."""
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.BinaryAccuracy()
        ### END SOLUTION

    def call(self, logits, targets=None, sample_weight=None):
        """Return the probabilities, of the shape of the logits.

        logits: (n, 1); targets: None or (n, 1) of 0 and 1; sample_weight: None, (n,) or (n, 1).
        """
        ### BEGIN SOLUTION
        probabilities = ops.sigmoid(logits)
        if targets is not None:
            self.add_loss(self.loss_fn(targets, logits, sample_weight))
            self.accuracy.update_state(targets, probabilities)
        return probabilities
        ### END SOLUTION


# %% task="LogisticEndpoint" role="check" points=1
logits = np.array([[0.3], [-2.0], [1.5], [-0.4]], dtype="float32")
targets = np.array([[1.0], [0.0], [0.0], [1.0]], dtype="float32")
probabilities = 1 / (1 + np.exp(-logits.astype("float64")))
losses = np.log1p(np.exp(-logits.astype("float64"))) + (1 - targets) * logits

endpoint = LogisticEndpoint()
try:
    result = endpoint(logits)
except TypeError as error:
    raise AssertionError(
        "The layer cannot be called with logits alone: give `targets` and `sample_weight` the default None."
    ) from error
assert result is not None, "Without targets the layer returns None, it should return probabilities."
result = np.asarray(result, dtype="float64")
assert result.shape == (4, 1), f"For logits (4, 1) the layer returned the shape {result.shape}."
assert not np.allclose(result, 1), (
    "Every probability is 1.0: softmax over a single number gives 1, whatever it is. One logit takes a "
    "sigmoid."
)
assert not np.allclose(result, logits), (
    "The layer returns the logits, it should return probabilities."
)
assert np.allclose(result, probabilities, rtol=1e-4, atol=1e-5), (
    f"For the logits {logits.ravel()} the layer returned {result.ravel().round(3)}; the probabilities "
    f"are {probabilities.ravel().round(3)}: the sigmoid of the logits."
)
assert not endpoint.losses, "Without targets there is nothing to compare with: add no loss then."

endpoint = LogisticEndpoint()
try:
    result = endpoint(logits, targets)
except Exception as error:
    told = "Make loss and metric in __init__, use them in `call`, and give add_loss a tensor."
    if "truth value" in str(error):
        told = "Ask `if targets is not None`: an array is neither true nor false."
    raise AssertionError(
        f"Called with logits and targets the layer raises {type(error).__name__}. {told}"
    ) from error
assert result is not None, "With targets the layer returns None, it should return probabilities."
assert not isinstance(result, (list, tuple)), (
    f"With targets the layer returns {len(result)} things. It should return the probabilities; the loss "
    "goes to self.add_loss."
)
assert np.allclose(np.asarray(result), probabilities, rtol=1e-4, atol=1e-5), (
    "With targets the layer should return the same probabilities as without."
)
assert endpoint.losses, (
    "With targets, endpoint.losses is empty: call self.add_loss(…) inside `call`."
)
value = float(sum(np.sum(np.asarray(loss, dtype="float64")) for loss in endpoint.losses))
taken = float(keras.losses.BinaryCrossentropy()(targets, logits))
twice = np.log1p(np.exp(-probabilities)) + (1 - targets) * probabilities
mistakes = {
    "the logits are taken for probabilities: BinaryCrossentropy needs from_logits=True": taken,
    "the sigmoid is applied twice: from_logits=True wants the logits, not the probabilities": (
        twice.mean()
    ),
    "the samples' losses are summed, Keras's default is their mean": losses.sum(),
    "it is twice the right one: call add_loss once": 2 * losses.mean(),
    "logits and targets are exchanged": -(targets * logits - np.log1p(np.exp(targets))).mean(),
}
for mistake, wrong in mistakes.items():
    assert not np.isclose(value, wrong, rtol=1e-3), (
        f"The loss is {value:.4f}: {mistake}. It should be {losses.mean():.4f}."
    )
assert np.isclose(value, losses.mean(), rtol=1e-4), (
    f"The loss is {value:.4f}; the binary cross-entropy of these logits is {losses.mean():.4f}."
)
assert isinstance(getattr(endpoint, "accuracy", None), keras.metrics.BinaryAccuracy), (
    "The layer should have an attribute `accuracy`, a keras.metrics.BinaryAccuracy."
)
value = float(np.asarray(endpoint.accuracy.result()))
assert not np.isclose(value, 0.25), (
    "The accuracy is 0.25, it should be 0.5. The sample with the logit 0.3 has a probability of 0.57, and "
    "yet it counts as negative: give BinaryAccuracy probabilities, or the threshold 0 for logits."
)
assert np.isclose(value, 0.5), (
    f"The accuracy is {value}, it should be 0.5: two of four samples are right. Is it updated, and with "
    "the true values first?"
)


# %% task="LogisticEndpoint" role="hidden" points=3 tries="name and other arguments of the base class, inputs of any shape, large logits, sample weights, the accuracy over several calls, and Functional and subclassed models"
class Subclassed(keras.Model):
    """A subclassed model that takes a dict, with or without targets and weights."""

    def __init__(self, endpoint):
        super().__init__()
        self.dense = layers.Dense(1)
        self.endpoint = endpoint

    def call(self, inputs):
        logits = self.dense(inputs["x"])
        return self.endpoint(
            logits, targets=inputs.get("targets"), sample_weight=inputs.get("sample_weight")
        )


def loss_of(layer):
    return float(sum(np.sum(np.asarray(loss, dtype="float64")) for loss in layer.losses))


def cross_entropy(logits, targets):
    logits = logits.astype("float64")
    return (np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))).ravel()


# Name, and what the base class takes.
try:
    named = LogisticEndpoint(name="approval", trainable=False)
except TypeError as error:
    raise AssertionError(
        "LogisticEndpoint(name='approval', trainable=False) raises a TypeError: take name and **kwargs in "
        "__init__ and pass them on with super().__init__(name=name, **kwargs)."
    ) from error
assert named.name == "approval", f"LogisticEndpoint(name='approval') is named {named.name!r}."
assert named.trainable is False, "trainable=False is not passed on to the base class."

# Any shape without targets; large logits; training or not.
generator = np.random.default_rng(6)
for shape in [(5, 3), (2, 4, 1), (6,)]:
    logits = generator.normal(size=shape).astype("float32")
    result = np.asarray(LogisticEndpoint()(logits), dtype="float64")
    assert result.shape == shape, (
        f"For logits of shape {shape} the layer returns the shape {result.shape}, it should be the same."
    )
    assert np.allclose(result, 1 / (1 + np.exp(-logits)), rtol=1e-4, atol=1e-5), (
        f"For logits of shape {shape} the result is not the sigmoid of each logit."
    )
logits = np.array([[60.0], [-60.0], [0.5]], dtype="float32")
targets = np.array([[1.0], [0.0], [1.0]], dtype="float32")
for training in [True, False]:
    endpoint = LogisticEndpoint()
    endpoint(logits, targets, training=training)
    assert endpoint.losses, f"With targets and training={training} no loss was added."
    value = loss_of(endpoint)
    assert np.isfinite(value), (
        "For logits of 60 and -60 the loss is not finite: the logarithm of a probability that was rounded to "
        "0. Compute the cross-entropy from the logits: BinaryCrossentropy(from_logits=True)."
    )
    assert np.isclose(value, cross_entropy(logits, targets).mean(), rtol=1e-3), (
        f"For the logits 60, -60, 0.5 with the targets 1, 0, 1 the loss is {value:.4f}, it should be "
        f"{cross_entropy(logits, targets).mean():.4f}."
    )

# A large logit that is wrong: the loss is the logit, and its slope is 1.
logits = tf.constant([[50.0], [-50.0]])
targets = np.array([[0.0], [1.0]], dtype="float32")
endpoint = LogisticEndpoint()
with tf.GradientTape() as tape:
    tape.watch(logits)
    endpoint(logits, targets)
    value = sum(endpoint.losses)
assert np.isclose(float(value), 50.0, rtol=1e-3), (
    f"For the logits 50 and -50 with the targets 0 and 1 the loss is {float(value):.2f}, it should be 50. "
    "A probability that is rounded, or clipped, knows no more how wrong it is: compute the cross-entropy from "
    "the logits, BinaryCrossentropy(from_logits=True)."
)
slope = tape.gradient(value, logits)
assert slope is not None and np.allclose(np.asarray(slope), [[0.5], [-0.5]], rtol=1e-3), (
    "For large logits that are wrong, no gradient, or a wrong one, comes back from the loss: compute it from "
    "the logits."
)

# Sample weights, in both shapes.
logits = generator.normal(scale=2, size=(5, 1)).astype("float32")
targets = np.array([[1.0], [0.0], [1.0], [1.0], [0.0]], dtype="float32")
weights = np.array([0.5, 3.0, 0.0, 1.0, 4.0], dtype="float32")
values = cross_entropy(logits, targets)
expected = (values * weights).sum() / 5
for shape in [(5,), (5, 1)]:
    endpoint = LogisticEndpoint()
    result = np.asarray(endpoint(logits, targets, sample_weight=weights.reshape(shape)))
    value = loss_of(endpoint)
    told = (
        f"With sample weights of shape {shape} the loss is {value:.4f}, it should be {expected:.4f}"
    )
    assert result.shape == (5, 1), (
        f"With sample weights the layer returns the shape {result.shape}."
    )
    assert not np.isclose(value, values.mean(), rtol=1e-4), f"{told}: the weights are ignored."
    assert not np.isclose(value, (values * weights).sum() / weights.sum(), rtol=1e-4), (
        f"{told}: you divided by the sum of the weights. Keras divides by the number of samples."
    )
    assert not np.isclose(value, values.mean() * weights.mean(), rtol=1e-4), (
        f"{told}. This is mean loss x mean weight: each loss should be multiplied by its own weight. "
        "Either the losses were averaged before the weights came, or (n, 1) and (n,) were broadcast to "
        "(n, n)."
    )
    assert not np.isclose(value, (values * weights).sum(), rtol=1e-4), (
        f"{told}: divide the sum of the weighted losses by the number of samples."
    )
    assert np.isclose(value, expected, rtol=1e-4), (
        f"{told}: the sum of weight x loss, divided by 5."
    )

# Accuracy: streaming, at probability 0.5, untouched without targets.
endpoint = LogisticEndpoint()
three = np.array([[0.2], [0.4], [-0.1]], "float32"), np.array([[1.0], [1.0], [0.0]], "float32")
endpoint(*three, training=False)
value = float(np.asarray(endpoint.accuracy.result()))
assert np.isclose(value, 1), (
    f"Logits 0.2, 0.4, -0.1 with targets 1, 1, 0 are all right, the accuracy is {value:.2f}. The "
    "probability 0.5 is the logit 0: is the threshold compared with the right one of the two? And is the "
    "accuracy updated with training=False, as in evaluate?"
)
endpoint(np.array([[3.0]], "float32"), np.array([[0.0]], "float32"), np.array([1.0], "float32"))
endpoint(np.array([[2.0], [2.0]], "float32"))
value = float(np.asarray(endpoint.accuracy.result()))
assert np.isclose(value, 0.75), (
    f"After three right samples, a wrong one and a call without targets the accuracy is {value:.2f}, it "
    "should be 0.75: over everything seen that had targets."
)

# Functional, with and without weights; the same layers without targets.
x = generator.normal(size=(13, 3)).astype("float32")
y = (x[:, :1] > 0.2).astype("float32")
w = (3 * generator.random(13)).astype("float32")
keras.utils.set_random_seed(0)
dense = layers.Dense(1)
for weighted in [False, True]:
    inputs = {"x": keras.Input((3,), name="x"), "targets": keras.Input((1,), name="targets")}
    data = {"x": x, "targets": y}
    if weighted:
        inputs["sample_weight"] = keras.Input((), name="sample_weight")
        data["sample_weight"] = w
    endpoint = LogisticEndpoint()
    try:
        outputs = endpoint(
            dense(inputs["x"]), targets=inputs["targets"], sample_weight=inputs.get("sample_weight")
        )
        model = keras.Model(inputs, outputs)
        if weighted:

            @tf.function(autograph=False)
            def recorded(data, model=model):
                """The extra losses of an inference pass, in a graph, as in `evaluate`."""
                model(data, training=False)
                return tf.add_n(model.losses)

            value = float(recorded(data))
        else:
            model(data)
            value = loss_of(model)
    except Exception as error:
        raise AssertionError(
            f"In a Functional model with targets as an input, {type(error).__name__} is raised when the "
            "model is built or evaluated: use Keras operations on the tensors, and no Python `if` on "
            "their values."
        ) from error
    logits = x.astype("float64") @ dense.get_weights()[0] + dense.get_weights()[1]
    expected = (cross_entropy(logits, y) * (w if weighted else 1)).mean()
    assert np.isclose(value, expected, rtol=1e-3), (
        f"A Functional model {'with' if weighted else 'without'} weights has the loss {value:.4f}, it "
        f"should be {expected:.4f}."
    )
    inference = keras.Model(inputs["x"], endpoint(dense(inputs["x"])))
    result = np.asarray(inference(x), dtype="float64")
    assert np.allclose(result, 1 / (1 + np.exp(-logits)), rtol=1e-3, atol=1e-5), (
        "An inference model of the same layers, without targets, does not give the probabilities."
    )

# One endpoint for two pairs of logits and targets, with a regularizer beside it.
endpoint = LogisticEndpoint()
penalized = layers.Dense(
    1, kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.1)
)
other = 1 - inputs["targets"]
both = endpoint(penalized(inputs["x"]), inputs["targets"]), endpoint(penalized(inputs["x"]), other)
model = keras.Model({key: inputs[key] for key in ("x", "targets")}, both)
model({"x": x, "targets": y})
logits = x.astype("float64").sum(axis=1, keepdims=True)
expected = cross_entropy(logits, y).mean() + cross_entropy(logits, 1 - y).mean() + 0.1 * 3
value = float(sum(model.losses))
assert np.isclose(value, expected, rtol=1e-3), (
    f"In a model that uses the endpoint twice, and has a regularizer, the extra losses are {value:.4f} together, "
    f"they should be {expected:.4f}. Every call with targets adds its loss, whatever losses there are already."
)

# Subclassed: train with targets, predict without.
model = Subclassed(LogisticEndpoint())
model({"x": x, "targets": y})
logits = x.astype("float64") @ model.dense.get_weights()[0] + model.dense.get_weights()[1]
value, expected = loss_of(model), cross_entropy(logits, y).mean()
assert np.isclose(value, expected, rtol=1e-3), (
    f"A subclassed model has the loss {value:.4f}, it should be {expected:.4f}."
)
before = model.dense.get_weights()[0].copy()
model.compile(optimizer=keras.optimizers.SGD(0.1), run_eagerly=True)
batches = tf.data.Dataset.from_tensor_slices(({"x": x, "targets": y},)).batch(7)
model.fit(batches, epochs=2, shuffle=False, verbose=0)
assert not np.allclose(before, model.dense.get_weights()[0]), "`fit` did not train anything."
seen = sum(float(np.asarray(v)) for v in model.endpoint.accuracy.variables[1:])
assert np.isclose(seen, 13), (
    f"After 2 epochs over 13 samples the accuracy has counted {seen:.0f} samples, it should be the 13 of "
    "the last epoch: is it updated in each batch, and held as the attribute `accuracy` from __init__ on, so "
    "that `fit` can reset it?"
)
try:
    recorded = tf.function(lambda inputs: model(inputs, training=False), autograph=False)
    result = np.asarray(recorded({"x": x}))
except Exception as error:
    raise AssertionError(
        f"A subclassed model cannot predict without targets: {type(error).__name__}. `targets` is None "
        "then."
    ) from error
logits = x.astype("float64") @ model.dense.get_weights()[0] + model.dense.get_weights()[1]
assert np.allclose(result, 1 / (1 + np.exp(-logits)), rtol=1e-3, atol=1e-5), (
    "predict without targets does not give the probabilities."
)
