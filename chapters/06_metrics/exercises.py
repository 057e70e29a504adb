# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 6 · Custom metrics
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 6](../../notebooks/06_metrics.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace the line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.
#
# Each class has more than one method, so there is more than one such line to replace.

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
# ## What the five metrics have in common
#
# Tasks 1 to 5 ask for metrics. Each of them
#
# - takes `name` and `**kwargs` and passes them on to the base class (`dtype` is one of them);
# - has `update_state(y_true, y_pred, sample_weight=None)`, which takes in one batch, and `result()`, which gives
#   one number for everything seen since the last `reset_state()` and changes nothing; a later batch does not change a
#   number that was given;
# - keeps its state in Keras weights (`add_weight`), so that `reset_state`, `fit` and `evaluate` can start it anew;
# - works inside `fit` and `evaluate`, where batches are tensors of a graph and the last one may be shorter;
# - takes weights `sample_weight` of shape `(n,)` or `(n, 1)`, one for each sample, whole numbers or fractions, as `float32`;
# - leaves the arrays that it is given as they are.
#
# Mind the shapes. Where the outputs `y_pred` are `(n, 1)`, the targets `y_true` may come as `(n,)` or as `(n, 1)`, as
# integers or as floats: `fit` hands your labels over as you gave them. The outputs are `float32`. Nothing may broadcast to
# `(n, n)`.

# %% [markdown]
# ## `RootMeanSquaredError`
#
# Write a metric for the root mean squared error over *all elements* of all batches:
#
# $$\sqrt{\frac{\sum w\,(y - p)^2}{\sum w}}$$
#
# - Both sums go over elements. A batch of shape `(4, 3)` has twelve of them.
# - `y_true` and `y_pred` have the same shape `(n, k)` (or are `(n,)` and `(n, 1)`, see above). Without weights they may have
#   more axes.
# - `sample_weight` has one weight for each sample, `(n,)` or `(n, 1)`, or one for each element, in the shape of `y_pred`.
#   A sample's weight counts for each of its elements. Without `sample_weight` every *w* is 1.
# - Before any update, and again after `reset_state()`, the result is 0.
#
# **Example.** After `update_state([[0.0, 0.0]], [[3.0, 4.0]])` (as arrays) the result is the root of 25 / 2, 3.54.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Roots cannot be added up. Which two numbers can be, from batch to batch, so that the root is taken once, at the end?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Two scalar weights: the sum of *w*·(*y* - *p*)² and the sum of *w*. Bring `y_true` into the shape of `y_pred` first, and
# the weights too, so that both sums go over the same elements.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.reshape(…, ops.shape(y_pred))` gives the targets, cast to floats, the shape of the outputs. Weights `(n,)` need one axis more,
# so that a row's weight goes to its elements. Multiplied by ones in the shape of `y_pred`, they can be summed over elements, too.
# `ops.divide_no_nan` gives 0 for 0 / 0.
#
# </details>


# %% task="RootMeanSquaredError" role="answer" about="a root of a streaming mean" minutes=30 difficulty=2
class RootMeanSquaredError(keras.metrics.Metric):
    """Root mean squared error over all elements of all batches, 0 before the first.

    y_true, y_pred: same shape, or (n,) beside (n, 1); sample_weight: (n,), (n, 1) or the shape
    of y_pred.
    """

    def __init__(self, name="root_mean_squared_error", **kwargs):
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        ### BEGIN SOLUTION
        y_pred = ops.cast(y_pred, "float32")
        y_true = ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
        squares = ops.square(y_true - y_pred)
        weights = ops.ones_like(squares)
        if sample_weight is not None:
            given = ops.cast(sample_weight, "float32")
            if len(given.shape) < len(squares.shape):
                given = ops.expand_dims(given, -1)
            weights = weights * given
        self.total.assign_add(ops.sum(weights * squares))
        self.count.assign_add(ops.sum(weights))
        ### END SOLUTION

    def result(self):
        ### BEGIN SOLUTION
        return ops.sqrt(ops.divide_no_nan(self.total, self.count))
        ### END SOLUTION


# %% task="RootMeanSquaredError" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


def check_rmse(batches, expected, mistakes=()):
    """Feed the batches to a fresh metric and explain a wrong result."""
    try:
        metric = RootMeanSquaredError()
        for batch in batches:
            metric.update_state(*[np.asarray(array, dtype="float32") for array in batch])
        result = metric.result()
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The metric raised {reason(error)} "
            "(add_weight takes its name as a keyword: add_weight(name=…).)"
        ) from error
    assert result is not None, "result() returned None: is a `return` missing?"
    result = np.asarray(result, dtype="float64")
    assert result.size == 1, f"result() should be one number, it has the shape {result.shape}."
    for value, words in mistakes:
        assert not np.allclose(result, value, rtol=1e-4, atol=1e-5), (
            f"{words} You gave {value:.4f}."
        )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"For {batches} the result is {result.item():.4f}, it should be {expected:.4f}: the root "
        "of (sum of squared errors / number of elements), over all batches together."
    )


empty = np.asarray(RootMeanSquaredError().result(), dtype="float64")
assert not np.isnan(empty).any(), "Before any update the result is NaN (0 / 0), it should be 0."
assert np.allclose(empty, 0), f"Before any update the result is {empty}, it should be 0."

check_rmse(
    [([[0], [0]], [[3], [4]])],
    np.sqrt(12.5),
    [
        (12.5, "This is the mean squared error: take the root in result()."),
        (3.5, "This is the mean of the absolute errors. Square first, take the root at the end."),
        (5.0, "This is the root of the sum of squares: divide by the number of elements."),
    ],
)
check_rmse(
    [([[0, 0]], [[3, 4]])],
    np.sqrt(12.5),
    [(5.0, "You divided by the number of rows. One row of two elements counts twice.")],
)
check_rmse(
    [([1, 2, 3], [[1], [2], [3]])],
    0,
    [
        (
            np.sqrt(4 / 3),
            "y_true is (3,) and y_pred is (3, 1): their difference was broadcast to (3, 3). Bring "
            "y_true into the shape of y_pred before you subtract.",
        )
    ],
)
check_rmse(
    [([[0], [0], [0]], [[1], [1], [1]]), ([[0]], [[5]])],
    np.sqrt(7),
    [
        (3.0, "Your metric averages the roots of the batches, 1 and 5. Keep sums instead."),
        (np.sqrt(13), "Your metric averages batch means; a batch of 1 counts like one of 3."),
        (5.0, "Only the last batch counts: add to the state, do not replace it."),
        (6.0, "Your metric adds up the roots of the batches. Keep sums, take one root."),
    ],
)


# %% task="RootMeanSquaredError" role="hidden" points=2 tries="three axes, integer targets, sample weights in every shape, arguments of the base class, several batches, reset, and evaluate"
def rmse_value(metric):
    return np.asarray(metric.result(), dtype="float64").reshape(-1)[0]


def is_close(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-5)


def expected_rmse(y, p, w):
    return np.sqrt((w * (y - p) ** 2).sum() / w.sum())


generator = np.random.default_rng(4)
y = generator.normal(size=(4, 4)).astype("float32")
p = generator.normal(size=(4, 4)).astype("float32")
w = np.array([0.5, 3, 0, 1], dtype="float32")
per_element = generator.uniform(0.1, 2, size=(4, 4)).astype("float32")
full = np.repeat(w[:, None], 4, axis=1)

for given, weights, called in [
    (w, full, "of shape (n,)"),
    (w[:, None], full, "of shape (n, 1)"),
    (per_element, per_element, "of the shape of y_pred"),
]:
    copies = y.copy(), p.copy(), given.copy()
    metric = RootMeanSquaredError()
    try:
        metric.update_state(y, p, sample_weight=given)
    except Exception as error:
        raise AssertionError(
            f"sample_weight {called} raised {type(error).__name__}: one weight for each sample may stand as "
            "(n,) or (n, 1), or one for each element."
        ) from error
    result = rmse_value(metric)
    assert all(np.array_equal(a, b) for a, b in zip(copies, (y, p, given))), (
        "update_state changed the arrays that it was given."
    )
    squares = (y - p) ** 2
    for value, words in [
        (expected_rmse(y, p, np.ones((4, 4))), "sample_weight is ignored, or cancels out."),
        (
            np.sqrt((weights * squares).sum() / 16),
            "The squares are weighted, but then divided by the number of elements: divide by the "
            "sum of the weights.",
        ),
        (
            np.sqrt((weights * squares).sum() / w.sum()),
            "The weights were added up once per row and not once per element: the result is too "
            "large by the root of the number of columns.",
        ),
        (
            expected_rmse(y, p, np.repeat(w[None], 4, axis=0)),
            "The weights went to columns, not to rows.",
        ),
        (
            np.sqrt(((weights * (y - p)) ** 2).sum() / weights.sum()),
            "The weights were squared too: weight the squares, not the errors.",
        ),
    ]:
        assert not is_close(result, value), f"sample_weight {called}: {words}"
    assert is_close(result, expected_rmse(y, p, weights)), (
        f"With sample_weight {called} the result is {result:.4f}, it should be "
        f"{expected_rmse(y, p, weights):.4f}."
    )

metric = RootMeanSquaredError()
metric.update_state(y[:1], p[:1], sample_weight=np.array([0.1], dtype="float32"))
expected = expected_rmse(y[:1], p[:1], np.ones((1, 4)))
assert is_close(rmse_value(metric), expected), (
    f"For one sample with the weight 0.1 the result is {rmse_value(metric):.4f}, it should be "
    f"{expected:.4f}, as without a weight: a sum of weights may be less than 1, and only a sum of 0 needs "
    "care."
)

# Three axes, and integers as targets.
y3, p3 = generator.normal(size=(2, 2, 3, 2)).astype("float32")
metric = RootMeanSquaredError()
metric.update_state(y3, p3)
assert is_close(rmse_value(metric), np.sqrt(np.mean((y3 - p3) ** 2))), (
    "Wrong for arrays with three axes: the mean is over all elements."
)
p1 = generator.normal(size=(5, 1)).astype("float32")
w1 = np.array([1, 2, 0, 4, 0.5], dtype="float32")
for labels in [np.array([3, 0, 2, 1, 1]), np.array([[3], [0], [2], [1], [1]], dtype="int32")]:
    for weights in [None, w1, w1[:, None]]:
        metric = RootMeanSquaredError()
        try:
            metric.update_state(tf.constant(labels), tf.constant(p1), sample_weight=weights)
        except Exception as error:
            raise AssertionError(
                f"Integer targets of shape {labels.shape} raised {type(error).__name__}: cast y_true to a "
                "float first."
            ) from error
        used = np.ones((5, 1)) if weights is None else w1[:, None]
        cut = expected_rmse(labels.reshape(5, 1), np.trunc(p1), used)
        assert not is_close(rmse_value(metric), cut), (
            "For integer targets the predictions were cut to whole numbers. Cast y_true to a float, not "
            "y_pred to the dtype of y_true."
        )
        assert is_close(rmse_value(metric), expected_rmse(labels.reshape(5, 1), p1, used)), (
            f"Wrong for y_true of shape {labels.shape}, y_pred (5, 1) and sample_weight "
            f"{None if weights is None else weights.shape}. Does something broadcast to (5, 5)?"
        )

# The life of a metric.
try:
    other = RootMeanSquaredError(name="other", dtype="float64")
except TypeError as error:
    raise AssertionError(
        f"name and **kwargs should be accepted, but there was a {type(error).__name__}."
    ) from error
assert other.name == "other" and other.dtype == "float64", (
    "Pass `name` and **kwargs (here: dtype) on to super().__init__."
)
metric, twin = RootMeanSquaredError(), RootMeanSquaredError()
twin.update_state(y, y + 1)
metric.update_state(y, p, sample_weight=w)
metric.update_state(y[:1], p[:1])
joined = expected_rmse(np.r_[y, y[:1]], np.r_[p, p[:1]], np.r_[full, np.ones((1, 4))])
assert is_close(rmse_value(metric), joined), "Wrong over a weighted batch and one without weights."
assert is_close(rmse_value(metric), joined), "result() changes the state: the second call differs."
for variable, kept in zip(twin.variables, metric.variables):
    variable.assign(kept)
assert is_close(rmse_value(twin), joined), (
    "The state is not all in Keras weights: a second metric with the same weights gives another "
    "result. Make each number that you keep with add_weight."
)
early = metric.result()
metric.update_state(y, p + 3)
assert is_close(np.asarray(early, dtype="float64"), joined), (
    "A result that was read changes with later batches: result() gives the variable itself, and `fit` "
    "would log the last epoch's number for all. Return a number of its own, such as variable + 0.0."
)
metric.reset_state()
assert is_close(rmse_value(metric), 0), "After reset_state() the result should be 0 again."

x10, y10 = generator.normal(size=(2, 10, 1)).astype("float32")
w10 = generator.uniform(0, 2, size=10).astype("float32")
metric = RootMeanSquaredError()
expected = expected_rmse(y10, x10, w10[:, None])
row, column = tf.TensorSpec((None,), "float32"), tf.TensorSpec((None, 1), "float32")


@tf.function(input_signature=[row, column, row], autograph=False)
def step(y, p, w):
    """One batch of `evaluate`, in a graph that is made once for any size of batch."""
    metric.update_state(y, p, sample_weight=w)
    return metric.result()


for _ in range(2):
    metric.reset_state()
    try:
        for start in range(0, 10, 3):
            result = float(step(*(each[start : start + 3] for each in (y10[:, 0], x10, w10))))
    except Exception as error:
        raise AssertionError(
            "The metric fails inside `evaluate`, where it works on tensors of a graph: no NumPy, "
            f"no float(…), no len(…) there. ({type(error).__name__})"
        ) from error
    assert is_close(result, expected), (
        f"As in `evaluate`, 10 samples in batches of 3 give {result:.4f}, it should be "
        f"{expected:.4f} each time. Is the state kept in Keras weights, and does reset_state set all of it back?"
    )

# %% [markdown]
# ## `Precision`
#
# Precision is the share of right answers among the samples that the model calls positive. Write it as a metric over
# everything seen.
#
# - `__init__(self, threshold=0.5, name="precision", **kwargs)`
# - `y_true` holds 0 and 1, `(n,)` or `(n, 1)`; `y_pred` holds probabilities, `(n, 1)`.
# - A sample is *predicted positive* where the probability is greater than `threshold` (equal is not enough).
# - The result is true positives / predicted positives, both counted with `sample_weight` if it is given. As long as
#   nothing was predicted positive, it is 0.
# - `Precision.from_config(metric.get_config())` is a metric with the same threshold and name.
#
# **Example.** A batch with 5 predicted positives, 4 of them right, gives 0.8. A second batch with 3, none of them right, makes
# it 4 / 8 = 0.5.
#
# <details><summary>Hint 1: a nudge</summary>
#
# 0.8 and 0 have the mean 0.4, and the answer is 0.5. What do you need to remember of the first batch?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Two counts, two weights. With labels and predictions as 0.0 and 1.0, a product says *both*, and a sum counts. `get_config`
# returns the base class's dictionary with `threshold` added.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Flatten all three with `ops.reshape(…, (-1,))`. A comparison gives booleans; cast to floats, and multiplied by the weights if there are
# any, they say how much each predicted positive counts. One of the two sums takes them as they are, the other only where the label
# is 1. `ops.divide_no_nan` gives 0 for 0 / 0. The key in the config is the name of the argument.
#
# </details>


# %% task="Precision" role="answer" about="a ratio of two counts" minutes=25 difficulty=2
class Precision(keras.metrics.Metric):
    """True positives / predicted positives over everything seen, 0 if there are none.

    threshold: a probability greater than it is a predicted positive. y_true: 0 or 1, (n,) or
    (n, 1); y_pred: probabilities (n, 1); sample_weight: (n,) or (n, 1).
    """

    def __init__(self, threshold=0.5, name="precision", **kwargs):
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.true_positives = self.add_weight(name="true_positives", initializer="zeros")
        self.predicted_positives = self.add_weight(name="predicted_positives", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        ### BEGIN SOLUTION
        y_true = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        predicted = ops.cast(ops.reshape(y_pred, (-1,)) > self.threshold, "float32")
        if sample_weight is not None:
            predicted = predicted * ops.cast(ops.reshape(sample_weight, (-1,)), "float32")
        self.true_positives.assign_add(ops.sum(predicted * y_true))
        self.predicted_positives.assign_add(ops.sum(predicted))
        ### END SOLUTION

    def result(self):
        ### BEGIN SOLUTION
        return ops.divide_no_nan(self.true_positives, self.predicted_positives)
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "threshold": self.threshold}
        ### END SOLUTION


# %% task="Precision" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


def check_precision(batches, expected, mistakes=(), **arguments):
    """Feed the batches to a fresh metric and explain a wrong result."""
    try:
        metric = Precision(**arguments)
        for labels, scores in batches:
            metric.update_state(np.array(labels), np.array(scores, dtype="float32")[:, None])
        result = metric.result()
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The metric raised {reason(error)} (Labels may be integers: cast them. "
            "add_weight takes its name as a keyword: add_weight(name=…).)"
        ) from error
    assert result is not None, "result() returned None: is a `return` missing?"
    result = np.asarray(result, dtype="float64")
    assert result.size == 1, f"result() should be one number, it has the shape {result.shape}."
    for value, words in mistakes:
        assert not np.allclose(result, value, rtol=1e-4, atol=1e-5), (
            f"{words} You gave {value:.4f}."
        )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"Precision({arguments}) gives {result.item():.4f} for (labels, probabilities) {batches}, "
        f"it should be {expected:.4f}: true positives / predicted positives."
    )


first = ([1, 1, 0, 1, 1, 0, 1, 1, 0, 0], [0.9, 0.8, 0.7, 0.6, 0.9, 0.1, 0.3, 0.4, 0.2, 0.3])
second = ([0, 0, 0, 1, 0], [0.9, 0.6, 0.7, 0.2, 0.1])
broadcast = "Labels (10,) and outputs (10, 1) were broadcast to (10, 10): flatten both."
check_precision(
    [first],
    0.8,
    [
        (6.0, broadcast),
        (0.6, broadcast),
        (0.7, "This is accuracy: only predicted positives count here."),
        (0.4, "You divided by the number of samples. Divide by the predicted positives."),
        (4.0, "This is the number of true positives. Divide it by the predicted positives."),
        (4 / 6, "This is recall: you divided by the positive labels, not the predicted ones."),
    ],
)
check_precision(
    [first, second],
    0.5,
    [
        (0.4, "Your metric averages the precision of the batches, 80 % and 0 %. Keep counts."),
        (0.0, "Only the last batch counts: add to the state, do not replace it."),
    ],
)
empty = np.asarray(Precision().result(), dtype="float64")
assert not np.isnan(empty).any(), "Before any update the result is NaN (0 / 0), it should be 0."
check_precision([([1, 0], [0.2, 0.3])], 0)


# %% task="Precision" role="hidden" points=2 tries="other thresholds and their config, labels and sample weights in every shape, arguments of the base class, several batches, reset, and evaluate"
def precision_value(metric):
    return np.asarray(metric.result(), dtype="float64").reshape(-1)[0]


def is_close(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-5)


def as_column(*values):
    return np.array(values, dtype="float32")[:, None]


# The threshold.
labels = np.array([1, 0, 0, 1, 1])
for threshold, scores, expected, otherwise, words in [
    (0.75, [0.8, 0.7, 0.6, 0.7, 0.3], 1, 2 / 4, "The threshold 0.5 was used: use the argument."),
    (0.25, [0.3, 0.4, 0.3, 0.9, 0.2], 2 / 4, 1, "The threshold 0.5 was used: use the argument."),
    (0.5, [0.8, 0.5, 0.1, 0.4, 0.3], 1, 1 / 2, "0.5 is not greater than 0.5: use >, not >=."),
    (0.75, [0.8, 0.75, 0.1, 0.4, 0.3], 1, 1 / 2, "0.75 is not greater than 0.75: use >, not >=."),
    (0.0, [0.2, 0.1, 0.0, 0.4, 0.0], 2 / 3, 0, "Is threshold=0.0 taken for `not given`?"),
]:
    metric = Precision(threshold=threshold)
    metric.update_state(labels, as_column(*scores))
    result = precision_value(metric)
    assert is_close(result, expected), (
        f"Precision(threshold={threshold}) of labels {labels} and probabilities {scores} is "
        f"{result:.4f}, it should be {expected:.4f}. {words if is_close(result, otherwise) else ''}"
    )
metric = Precision(0.25)
metric.update_state(labels, as_column(0.3, 0.4, 0.3, 0.9, 0.2))
assert is_close(precision_value(metric), 1 / 2), "Precision(0.25) should use the threshold 0.25."

# Weights, in every shape.
labels, scores = np.array([1, 1, 0, 0, 1]), as_column(0.9, 0.8, 0.7, 0.2, 0.1)
w = np.array([0.5, 2, 1.5, 5, 3], dtype="float32")
for y in [labels, labels[:, None].astype("float32")]:
    for weights in [None, w, w[:, None]]:
        copies = y.copy(), scores.copy(), w.copy()
        metric, on_tensors = Precision(), Precision()
        told = f"y_true {y.dtype} {y.shape}, sample_weight {getattr(weights, 'shape', None)}"
        try:
            metric.update_state(y, scores, sample_weight=weights)
            on_tensors.update_state(tf.constant(y), tf.constant(scores), sample_weight=weights)
        except Exception as error:
            raise AssertionError(
                f"update_state raised {type(error).__name__} for {told}."
            ) from error
        result = precision_value(metric)
        assert is_close(precision_value(on_tensors), result), (
            "Tensors and arrays give other results."
        )
        assert all(np.array_equal(a, b) for a, b in zip(copies, (y, scores, w))), (
            "update_state changed the arrays that it was given."
        )
        expected = 2 / 3 if weights is None else 2.5 / 4
        assert weights is None or not is_close(result, 2 / 3), (
            f"sample_weight is ignored, or broadcast to (n, n), where it cancels out ({told})."
        )
        assert weights is None or not (is_close(result, 2.5 / 3) or is_close(result, 2 / 4)), (
            f"Only one of the two counts is weighted ({told}): weight both."
        )
        assert is_close(result, expected), (
            f"The result is {result:.4f}, not {expected:.4f}, for {told}: weighted true "
            "positives / weighted predicted positives."
        )

metric = Precision()
metric.update_state(labels[1:3], scores[1:3], sample_weight=np.array([0.25, 0.25], "float32"))
assert is_close(precision_value(metric), 1 / 2), (
    f"For a true and a false positive, each with the weight 0.25, the result is "
    f"{precision_value(metric):.4f}, it should be 0.5: a sum of weights may be less than 1, and only a sum "
    "of 0 needs care."
)

# The life of a metric.
try:
    other = Precision(0.25, name="other", dtype="float64")
    default = Precision(dtype="float32")
except TypeError as error:
    raise AssertionError(
        f"name and **kwargs should be accepted, but there was a {type(error).__name__}."
    ) from error
assert other.name == "other" and other.dtype == "float64" and default.name == "precision", (
    "Pass `name` and **kwargs (here: dtype) on to super().__init__; the default name is 'precision'."
)
for threshold in [0.75, 0.0]:
    original = Precision(threshold=threshold, name="kept")
    try:
        rebuilt = Precision.from_config(original.get_config())
    except Exception as error:
        raise AssertionError(
            f"from_config(get_config()) raised {type(error).__name__}: get_config returns the arguments of "
            "__init__ by their names."
        ) from error
    rebuilt.update_state(np.array([1, 0, 0]), as_column(0.8, 0.7, 0.0))
    expected = {0.75: 1, 0.0: 1 / 2}[threshold]
    assert rebuilt.name == "kept", "from_config(get_config()) loses the name: start from super()."
    assert is_close(precision_value(rebuilt), expected), (
        f"The metric rebuilt by from_config(get_config()) has lost threshold={threshold}: "
        "get_config should contain it."
    )
metric, twin = Precision(), Precision()
twin.update_state(np.array([0]), as_column(0.9))
metric.update_state(labels, scores, sample_weight=w)
metric.update_state(labels[:1], scores[:1])
assert is_close(precision_value(metric), 3.5 / 5), "Wrong over a weighted and an unweighted batch."
assert is_close(precision_value(metric), 3.5 / 5), "result() changes the state: call it twice."
for variable, kept in zip(twin.variables, metric.variables):
    variable.assign(kept)
assert is_close(precision_value(twin), 3.5 / 5), (
    "The state is not all in Keras weights: a second metric with the same weights gives another "
    "result. Make each number that you keep with add_weight."
)
early = metric.result()
metric.update_state(np.array([0]), as_column(0.9))
assert is_close(np.asarray(early, dtype="float64"), 3.5 / 5), (
    "A result that was read changes with later batches: result() gives the variable itself, and `fit` "
    "would log the last epoch's number for all. Return a number of its own, such as variable + 0.0."
)
metric.reset_state()
assert is_close(precision_value(metric), 0), "After reset_state() the result should be 0 again."
metric.update_state(labels[:3], scores[:3])
assert is_close(precision_value(metric), 2 / 3), "After reset_state() earlier batches still count."

x10 = as_column(0.9, 0.8, 0.3, 0.6, 0.7, 0.95, 0.1, 0.55, 0.2, 0.85)
y10 = np.array([1, 0, 1, 1, 0, 1, 0, 0, 1, 1])
metric = Precision(threshold=0.65)
expected = 3 / 5
row, column = tf.TensorSpec((None,), "int64"), tf.TensorSpec((None, 1), "float32")


@tf.function(input_signature=[row, column], autograph=False)
def step(y, p):
    """One batch of `evaluate`, in a graph that is made once for any size of batch."""
    metric.update_state(y, p)
    return metric.result()


for _ in range(2):
    metric.reset_state()
    try:
        for start in range(0, 10, 3):
            result = float(step(*(each[start : start + 3] for each in (y10, x10))))
    except Exception as error:
        raise AssertionError(
            "The metric fails inside `evaluate`, where it works on tensors of a graph: no NumPy, "
            f"no float(…), no `if` on values there. ({type(error).__name__})"
        ) from error
    assert is_close(result, expected), (
        f"As in `evaluate`, 10 samples in batches of 3 give {result:.4f}, it should be "
        f"{expected:.4f} each time. Is the state kept in Keras weights, and does reset_state set all of it back?"
    )

# %% [markdown]
# ## `CategoricalTruePositives`
#
# Write a metric that counts how often the model was right: the number of rows whose largest score stands at the true
# label.
#
# - `y_pred` holds one row of scores per sample, `(n, num_classes)`: probabilities or logits.
# - `y_true` holds the labels, `(n,)` or `(n, 1)`, of any dtype: `uint8`, `int32`, `int64`, `float32`, …
# - With `sample_weight`, `(n,)` or `(n, 1)`, a row counts as much as its weight.
# - The result is a count, not a share: 0 at the beginning, and it grows from batch to batch.
#
# **Example.** For the labels `[0, 2]` and the scores `[[0.7, 0.2, 0.1], [0.5, 0.2, 0.3]]` it is 1: the second row has its largest
# score at 0.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two vectors of `n` integers are to be compared. How do you get the second one out of the scores?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `argmax` along the *last* axis gives one class per row. Flatten the labels, and give both the same dtype before you
# compare them. Flatten the weights as well.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Both vectors are `"int32"` after a cast; `ops.equal` compares them row by row. What it returns are booleans: as floats they can be
# multiplied by the weights and summed. `assign_add` adds to a weight. A weight that is returned goes on changing, a sum with
# it does not.
#
# </details>


# %% task="CategoricalTruePositives" role="answer" about="a weighted count" minutes=25 difficulty=2
class CategoricalTruePositives(keras.metrics.Metric):
    """Weighted count of the rows whose largest score is at the true label.

    y_true: labels of any dtype, (n,) or (n, 1); y_pred: scores (n, num_classes);
    sample_weight: (n,) or (n, 1).
    """

    def __init__(self, name="categorical_true_positives", **kwargs):
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        ### BEGIN SOLUTION
        labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        classes = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        hits = ops.cast(ops.equal(labels, classes), "float32")
        if sample_weight is not None:
            hits = hits * ops.cast(ops.reshape(sample_weight, (-1,)), "float32")
        self.count.assign_add(ops.sum(hits))
        ### END SOLUTION

    def result(self):
        ### BEGIN SOLUTION
        return self.count + 0.0  # a number of its own: fit may read the result late
        ### END SOLUTION


# %% task="CategoricalTruePositives" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


scores = np.array(
    [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.5, 0.3, 0.2], [0.1, 0.6, 0.3]], dtype="float32"
)
labels = np.array([0, 1, 2, 1])
for y_true in [labels, labels[:, None]]:
    try:
        metric = CategoricalTruePositives()
        metric.update_state(y_true, scores)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The metric raised for labels {y_true.dtype} {y_true.shape} and scores (4, 3): {reason(error)} "
            "Has argmax an axis, and have both sides of the comparison the same dtype? (add_weight "
            "takes its name as a keyword: add_weight(name=…).)"
        ) from error
    result = metric.result()
    assert result is not None, "result() returned None: is a `return` missing?"
    result = np.asarray(result, dtype="float64")
    assert result.size == 1, f"result() should be one number, it has the shape {result.shape}."
    assert not np.allclose(result, 0.75), "0.75 is the share of right rows. Return their number, 3."
    assert not np.allclose(result, 6), (
        f"With labels {y_true.shape} the result is 6, for four rows: labels and classes were "
        "broadcast to (4, 4). Give both the shape (4,)."
    )
    assert not np.allclose(result, 2), (
        f"With labels {y_true.shape} the result is 2. Did you ask for a score above 0.5? It is the "
        "largest of the row that counts."
    )
    assert np.allclose(result, 3), (
        f"With labels {y_true.shape} the result is {result.item():g}, it should be 3: the largest "
        "scores stand at [0, 1, 0, 1], the labels are [0, 1, 2, 1]. Is argmax along the last axis?"
    )
    metric.update_state(y_true[:2], scores[:2])
    result = np.asarray(metric.result(), dtype="float64")
    assert not np.allclose(result, 2), "Only the last batch counts: add to the state."
    assert np.allclose(result, 5), (
        f"After batches with 3 and 2 right rows it is {result}, it should be 5."
    )


# %% task="CategoricalTruePositives" role="hidden" points=3 tries="as many rows as classes, negative scores, labels of any dtype, sample weights in every shape, several batches, reset, and evaluate"
def count_value(metric):
    return np.asarray(metric.result(), dtype="float64").reshape(-1)[0]


def is_close(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-5)


# As many rows as classes, negative scores, right answers in rows 0, 1 and 4.
logits = np.array(
    [
        [-1, -3, -2, -5, -4],
        [-4, -1, -2, -3, -9],
        [-1, -7, -3, -2, -4],
        [-2, -3, -1, -4, -5],
        [-9, -6, -8, -7, -3],
    ],
    dtype="float32",
)
labels = np.array([0, 1, 2, 4, 4])
w = np.array([0.5, 2, 5, 7, 0.25], dtype="float32")
for dtypes, weights in [
    (["int64", "float32"], None),
    (["uint8", "int32"], w),
    (["float64", "int8"], w[:, None]),
]:
    for dtype in dtypes:
        for y_true in [labels.astype(dtype), labels.astype(dtype)[:, None]]:
            told = f"y_true {dtype} {y_true.shape}, sample_weight {getattr(weights, 'shape', None)}"
            copies = y_true.copy(), logits.copy(), w.copy()
            metric, on_tensors = CategoricalTruePositives(), CategoricalTruePositives()
            try:
                metric.update_state(y_true, logits, sample_weight=weights)
                on_tensors.update_state(
                    tf.constant(y_true), tf.constant(logits), sample_weight=weights
                )
            except Exception as error:
                raise AssertionError(
                    f"update_state raised {type(error).__name__} for {told}. Bring labels and classes to one "
                    "dtype."
                ) from error
            assert all(np.array_equal(a, b) for a, b in zip(copies, (y_true, logits, w))), (
                "update_state changed the arrays that it was given."
            )
            result = count_value(metric)
            assert is_close(count_value(on_tensors), result), (
                "Tensors and arrays give other results."
            )
            expected = 3 if weights is None else 2.75
            used = np.ones(5) if weights is None else w
            mistakes = [
                ((labels == logits.argmax(axis=0)) @ used, "argmax goes down the columns"),
                (3, "sample_weight is ignored"),
                (2, "the weights were cut to integers"),
                (3 * w.sum(), "hits and weights were broadcast to (5, 5)"),
                (expected / used.sum(), "this is a share, not a count"),
                (0, "no row counts. Logits may all be negative: compare positions, not values"),
            ]
            if not is_close(result, expected):
                why = [words for value, words in mistakes if is_close(result, value)]
                raise AssertionError(
                    f"The result is {result:.4g}, not {expected}, for {told}: "
                    f"{why[0] if why else 'the rows 0, 1 and 4 are right'}."
                )

# More classes than small types can count: there, the first label is the second.
for label, other, dtype in [
    (257, 1, "8 bits"),
    (2049, 2048, "float16"),
    (65_537, 1, "16 bits"),
]:
    scores = np.zeros((2, label + 1), dtype="float32")
    scores[:, other] = 1
    metric = CategoricalTruePositives()
    metric.update_state(np.array([label, other]), scores)
    assert is_close(count_value(metric), 1), (
        f"With {label + 1} classes, the labels {label} and {other} and both largest scores at {other}, the "
        f"count is {count_value(metric):g}, it should be 1. In a dtype of {dtype}, {label} is {other}: "
        "compare as int32 or int64."
    )

# Two classes as booleans.
metric = CategoricalTruePositives()
try:
    metric.update_state(np.array([False, True, True]), logits[:3, :2])
except Exception as error:
    raise AssertionError(
        f"update_state raised {type(error).__name__} for labels of dtype bool."
    ) from error
assert is_close(count_value(metric), 2), (
    f"For labels of dtype bool the count is {count_value(metric):g}, it should be 2."
)

# The life of a metric.
try:
    other = CategoricalTruePositives(name="other", dtype="float64")
except TypeError as error:
    raise AssertionError(
        f"name and **kwargs should be accepted, but there was a {type(error).__name__}."
    ) from error
assert other.name == "other" and other.dtype == "float64", (
    "Pass `name` and **kwargs (here: dtype) on to super().__init__."
)
metric, twin = CategoricalTruePositives(), CategoricalTruePositives()
assert is_close(count_value(metric), 0), "Before any update the count should be 0."
twin.update_state(labels, logits)
metric.update_state(labels, logits, sample_weight=w)
metric.update_state(labels[:2], logits[:2])
metric.update_state(labels[1:3], logits[1:3], sample_weight=w[:2])
assert is_close(count_value(metric), 5.25), "Wrong over three batches, two of them weighted."
assert is_close(count_value(metric), 5.25), "result() changes the state: the second call differs."
for variable, kept in zip(twin.variables, metric.variables):
    variable.assign(kept)
assert is_close(count_value(twin), 5.25), (
    "The state is not all in Keras weights: a second metric with the same weights gives another "
    "result. Make each number that you keep with add_weight."
)
early = metric.result()
metric.update_state(labels, logits)
assert is_close(np.asarray(early, dtype="float64"), 5.25), (
    "A result that was read changes with later batches: result() gives the variable itself, and `fit` "
    "would log the last epoch's number for all. Return a number of its own, such as variable + 0.0."
)
metric.reset_state()
assert is_close(count_value(metric), 0), "After reset_state() the count should be 0 again."

generator = np.random.default_rng(3)
x10 = generator.dirichlet(np.ones(3), size=10).astype("float32")
y10 = np.where(np.arange(10) % 4, x10.argmax(axis=-1), x10.argmin(axis=-1))  # 7 are right
w10 = generator.uniform(0, 2, size=10).astype("float32")
metric = CategoricalTruePositives()
expected = w10[x10.argmax(axis=-1) == y10].sum()
labels, scores = tf.TensorSpec((None,), "int64"), tf.TensorSpec((None, 3), "float32")
weights = tf.TensorSpec((None,), "float32")


@tf.function(input_signature=[labels, scores, weights], autograph=False)
def step(y, p, w):
    """One batch of `evaluate`, in a graph that is made once for any size of batch."""
    metric.update_state(y, p, sample_weight=w)
    return metric.result()


for _ in range(2):
    metric.reset_state()
    try:
        for start in range(0, 10, 3):
            result = float(step(*(each[start : start + 3] for each in (y10, x10, w10))))
    except Exception as error:
        raise AssertionError(
            "The metric fails inside `evaluate`, where it works on tensors of a graph: no NumPy, "
            f"no float(…), no loops over rows there. ({type(error).__name__})"
        ) from error
    assert is_close(result, expected), (
        f"As in `evaluate`, 10 samples in batches of 3 give {result:.4f}, it should be "
        f"{expected:.4f} each time. Is the state kept in Keras weights, and does reset_state set all of it back?"
    )

# %% [markdown]
# ## `HuberMetric`
#
# The Huber value of an error *e* = *y* - *p* is quadratic near zero and linear far away, with the threshold *t* between
# the two:
#
# $$h(e) = \begin{cases} e^2 / 2 & \text{if } |e| \le t \\ t\,|e| - t^2 / 2 & \text{otherwise} \end{cases}$$
#
# Write a metric for the mean Huber value over all elements that it has seen.
#
# - `__init__(self, threshold=1.0, name="huber", **kwargs)`
# - `y_true` and `y_pred` have the same shape `(n, k)`, or are `(n,)` and `(n, 1)`; targets may be integers.
# - The result is the weighted mean: the sum of *w* · *h* over all elements, divided by the sum of *w* over all elements. With
#   `sample_weight`, `(n,)` or `(n, 1)`, each element has the weight of its sample; without, *w* is 1.
# - Batches need not be of equal size.
# - `HuberMetric.from_config(metric.get_config())` is a metric with the same threshold and name.
#
# **Example.** Errors of 0.5 and 3 with the threshold 1 have the values 0.125 and 2.5, so the result is 1.3125.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A mean is a sum and a count. Is there a class in `keras.metrics` that keeps both, with weights?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Either two weights of your own, as in `RootMeanSquaredError`, or a subclass of `keras.metrics.Mean` whose `update_state` turns the
# errors into Huber values and hands them to `super().update_state(values, sample_weight=sample_weight)`. `ops.where`
# chooses between the two branches, element by element.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Targets are cast and reshaped to the outputs' type and shape before anything is subtracted. `ops.where(condition, a, b)` is given
# both branches for all elements, and picks. If you keep two sums of your own, give weights `(n,)` a second axis, and add up as many
# of them as there are values. The key in the config is the name of the argument.
#
# </details>


# %% task="HuberMetric" role="answer" about="a mean with a setting" minutes=25 difficulty=2
class HuberMetric(keras.metrics.Metric):
    """Weighted mean of the Huber values of all elements seen.

    threshold: where the value turns from quadratic to linear. y_true, y_pred: (n, k), or (n,)
    beside (n, 1); sample_weight: (n,) or (n, 1).
    """

    def __init__(self, threshold=1.0, name="huber", **kwargs):
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        ### BEGIN SOLUTION
        y_pred = ops.cast(y_pred, "float32")
        y_true = ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
        error = ops.abs(y_true - y_pred)
        t = self.threshold
        values = ops.where(error <= t, 0.5 * error**2, t * error - 0.5 * t**2)
        weights = ops.ones_like(values)
        if sample_weight is not None:
            weights = weights * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        self.total.assign_add(ops.sum(weights * values))
        self.count.assign_add(ops.sum(weights))
        ### END SOLUTION

    def result(self):
        ### BEGIN SOLUTION
        return ops.divide_no_nan(self.total, self.count)
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "threshold": self.threshold}
        ### END SOLUTION


# %% task="HuberMetric" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


def check_huber(batches, expected, mistakes=(), **arguments):
    """Feed the batches of errors to a fresh metric and explain a wrong result."""
    try:
        metric = HuberMetric(**arguments)
        for errors in batches:
            y_pred = np.array(errors, dtype="float32")
            metric.update_state(np.zeros_like(y_pred), y_pred)
        result = metric.result()
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The metric raised {reason(error)} "
            "(add_weight takes its name as a keyword: add_weight(name=…).)"
        ) from error
    assert result is not None, "result() returned None: is a `return` missing?"
    result = np.asarray(result, dtype="float64")
    assert result.size == 1, f"result() should be one number, it has the shape {result.shape}."
    for value, words in mistakes:
        assert not np.allclose(result, value, rtol=1e-4, atol=1e-5), (
            f"{words} You gave {value:.4f}."
        )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"HuberMetric({arguments}) gives {result.item():.4f} for the errors {batches}, it should be "
        f"{expected:.4f}."
    )


check_huber(
    [[[0.5], [-3.0], [5.0]]],
    2.375,
    [
        (7.125, "This is the sum of the Huber values: divide by the number of elements."),
        (17 / 3, "The two branches are swapped: small errors are the quadratic ones."),
        (
            8.125 / 3,
            "The linear branch is threshold * |e| - threshold² / 2: half a square is missing.",
        ),
        (7.25 / 3, "The quadratic branch is e² / 2: the half is missing."),
        (9.125 / 3, "Take the absolute value of the error: -3 is a large error."),
        (15.125 / 3, "Take the absolute value of the error: -5 is a large error."),
    ],
)
check_huber([[[0.5, -3.0]]], 1.3125, [(2.625, "You divided by rows, not by elements.")])
check_huber(
    [[[0.0], [0.0], [0.0]], [[4.5]]],
    1.0,
    [
        (2.0, "Your metric averages batch means: 3 samples with mean 0 and 1 with mean 4."),
        (4.0, "Only the last batch counts: add to the state, do not replace it."),
    ],
)
check_huber(
    [[[0.5], [-3.0], [5.0]]],
    12.125 / 3,
    [(2.375, "This is the result for threshold=1; threshold=2 is not used.")],
    threshold=2.0,
)
metric = HuberMetric()
try:
    metric.update_state(np.array([1, 2, 3]), np.array([[1], [2], [3]], dtype="float32"))
except Exception as error:
    raise AssertionError(
        f"Integer targets of shape (3,) beside outputs (3, 1) raised {reason(error)} Bring y_true to the "
        "dtype and the shape of y_pred first."
    ) from error
result = np.asarray(metric.result(), dtype="float64")
assert np.allclose(result, 0, atol=1e-5), (
    f"y_true (3,) and y_pred (3, 1) hold the same numbers, but the result is {result}: their "
    "difference was broadcast to (3, 3). Bring y_true into the shape of y_pred before you subtract."
)


# %% task="HuberMetric" role="hidden" points=2 tries="other thresholds and their config, integer targets, sample weights in every shape, several batches, reset, and evaluate"
def huber_value(metric):
    return np.asarray(metric.result(), dtype="float64").reshape(-1)[0]


def is_close(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-5)


def expected_huber(y, p, t):
    e = np.abs(np.asarray(y, dtype="float64") - p)
    return np.where(e <= t, e**2 / 2, t * e - t**2 / 2)


generator = np.random.default_rng(6)
for shape in [(5, 1), (4, 4)]:
    n = shape[0]
    y = np.round(generator.normal(size=shape) * 3).astype("int32")
    p = (generator.normal(size=shape) * 3).astype("float32")
    w = generator.permutation([0.0, 0.25, 0.5, 3.0, 1.5, 2.0])[:n].astype("float32")
    for target in [y, y[:, 0]] if shape[1] == 1 else [y, y.astype("float32")]:
        for weights in [None, w, w[:, None]]:
            told = f"y_true {target.dtype} {target.shape}, y_pred {shape}, sample_weight "
            told += str(getattr(weights, "shape", None))
            copies = target.copy(), p.copy(), w.copy()
            metric, on_tensors = HuberMetric(threshold=1.5), HuberMetric(threshold=1.5)
            try:
                metric.update_state(target, p, sample_weight=weights)
                on_tensors.update_state(tf.constant(target), tf.constant(p), sample_weight=weights)
            except Exception as error:
                raise AssertionError(
                    f"update_state raised {type(error).__name__} for {told}."
                ) from error
            assert all(np.array_equal(a, b) for a, b in zip(copies, (target, p, w))), (
                "update_state changed the arrays that it was given."
            )
            result = huber_value(metric)
            assert is_close(huber_value(on_tensors), result), (
                "Tensors and arrays give other results."
            )
            values = expected_huber(y, p, 1.5)
            full = np.ones(shape) if weights is None else np.repeat(w[:, None], shape[1], axis=1)
            expected = (full * values).sum() / full.sum()
            if weights is not None:
                for value, words in [
                    (
                        values.mean(),
                        "sample_weight is ignored, or broadcast to (n, n), where it cancels out",
                    ),
                    ((full * values).mean(), "divide by the sum of the weights, not by the count"),
                ]:
                    assert not is_close(result, value), (
                        f"The result is {value:.4f} for {told}: {words}."
                    )
            cut = (full * expected_huber(y, np.trunc(p), 1.5)).sum() / full.sum()
            assert not is_close(result, cut), (
                f"The result is {result:.4f} for {told}: the predictions were cut to whole numbers. Cast "
                "y_true to a float, not y_pred to the dtype of y_true."
            )
            if shape[1] > 1:
                assert not is_close(result, (full * values).sum() / full[:, 0].sum()), (
                    f"The result is {result:.4f} for {told}: the weights were added up once per row "
                    "and not once per element."
                )
            assert is_close(result, expected), (
                f"The result is {result:.4f} for {told}, it should be {expected:.4f}. Does something "
                "broadcast, or do the weights go to columns instead of rows?"
            )

metric = HuberMetric()
metric.update_state(
    np.zeros((1, 1), "float32"),
    np.array([[3]], "float32"),
    sample_weight=np.array([0.1], "float32"),
)
assert is_close(huber_value(metric), 2.5), (
    f"For one error of 3 with the weight 0.1 the result is {huber_value(metric):.4f}, it should be 2.5, as "
    "without a weight: a sum of weights may be less than 1, and only a sum of 0 needs care."
)

# The threshold itself, and its config.
metric = HuberMetric(threshold=2)
metric.update_state(np.zeros((4, 1), "float32"), np.array([[2], [-2], [1.5], [-10]], "float32"))
assert is_close(huber_value(metric), (2 + 2 + 1.125 + 18) / 4), (
    "Wrong for threshold=2 and the errors 2, -2, 1.5 and -10, whose values are 2, 2, 1.125 and 18."
)
try:
    other = HuberMetric(0.5, name="other", dtype="float64")
    default = HuberMetric(dtype="float32")
except TypeError as error:
    raise AssertionError(
        f"name and **kwargs should be accepted, but there was a {type(error).__name__}."
    ) from error
assert other.name == "other" and other.dtype == "float64" and default.name == "huber", (
    "Pass `name` and **kwargs (here: dtype) on to super().__init__; the default name is 'huber'."
)
try:
    rebuilt = HuberMetric.from_config(HuberMetric(threshold=2.5, name="kept").get_config())
except Exception as error:
    raise AssertionError(
        f"from_config(get_config()) raised {type(error).__name__}: get_config returns the arguments of "
        "__init__ by their names."
    ) from error
rebuilt.update_state(np.zeros((1, 1), "float32"), np.array([[4]], "float32"))
assert rebuilt.name == "kept", "from_config(get_config()) loses the name: start from super()."
assert is_close(huber_value(rebuilt), 6.875), (
    "The metric rebuilt by from_config(get_config()) has lost threshold=2.5: get_config should "
    "contain it."
)

# The life of a metric.
metric, twin = HuberMetric(), HuberMetric()
y, p = generator.normal(size=(2, 5, 2)).astype("float32") * 2
w = np.array([2, 0.5, 0, 1, 1], dtype="float32")
twin.update_state(y, y + 1)
metric.update_state(y, p, sample_weight=w)
metric.update_state(y[:2], p[:2])
joined = ((w[:, None] * expected_huber(y, p, 1)).sum() + expected_huber(y[:2], p[:2], 1).sum()) / (
    2 * w.sum() + 4
)
assert is_close(huber_value(metric), joined), "Wrong over a weighted batch and one without weights."
assert is_close(huber_value(metric), joined), "result() changes the state: the second call differs."
for variable, kept in zip(twin.variables, metric.variables):
    variable.assign(kept)
assert is_close(huber_value(twin), joined), (
    "The state is not all in Keras weights: a second metric with the same weights gives another "
    "result. Make each number that you keep with add_weight."
)
early = metric.result()
metric.update_state(y, p + 3)
assert is_close(np.asarray(early, dtype="float64"), joined), (
    "A result that was read changes with later batches: result() gives the variable itself, and `fit` "
    "would log the last epoch's number for all. Return a number of its own, such as variable + 0.0."
)
metric.reset_state()
metric.update_state(y[:1], p[:1])
assert is_close(huber_value(metric), expected_huber(y[:1], p[:1], 1).mean()), (
    "After reset_state() the batches from before still count."
)

x10, y10 = generator.normal(size=(2, 10, 1)).astype("float32") * 2
w10 = generator.uniform(0, 2, size=10).astype("float32")
metric = HuberMetric(threshold=0.75)
expected = (w10[:, None] * expected_huber(y10, x10, 0.75)).sum() / w10.sum()
row, column = tf.TensorSpec((None,), "float32"), tf.TensorSpec((None, 1), "float32")


@tf.function(input_signature=[row, column, row], autograph=False)
def step(y, p, w):
    """One batch of `evaluate`, in a graph that is made once for any size of batch."""
    metric.update_state(y, p, sample_weight=w)
    return metric.result()


for _ in range(2):
    metric.reset_state()
    try:
        for start in range(0, 10, 3):
            result = float(step(*(each[start : start + 3] for each in (y10[:, 0], x10, w10))))
    except Exception as error:
        raise AssertionError(
            "The metric fails inside `evaluate`, where it works on tensors of a graph: no NumPy, "
            f"no float(…), no `if` on values there. ({type(error).__name__})"
        ) from error
    assert is_close(result, expected), (
        f"As in `evaluate`, 10 samples in batches of 3 give {result:.4f}, it should be "
        f"{expected:.4f} each time. Is the state kept in Keras weights, and does reset_state set all of it back?"
    )

# %% [markdown]
# ## `MacroRecall`
#
# The recall of a class is the share of its samples that the model finds. Their plain mean is the *macro* recall: a rare class
# counts as much as a frequent one. Write it as a metric that keeps a confusion matrix.
#
# - `__init__(self, num_classes, name="macro_recall", **kwargs)`
# - `y_true` holds integer labels, `(n,)` or `(n, 1)`, of any integer dtype; `y_pred` holds scores, `(n, num_classes)`. The largest
#   score of a row is the answer.
# - With `sample_weight`, `(n,)` or `(n, 1)`, a sample adds its weight to the matrix instead of 1.
# - The result is the mean of the recalls of those classes that have occurred in `y_true`. A class that was only predicted, or
#   that never came up, is left out. If no class has occurred yet, the result is 0.
# - `MacroRecall.from_config(metric.get_config())` is a metric with the same number of classes and name.
#
# **Example.** Of three samples of class 0 two are found, of one sample of class 2 one. The recalls are 2/3 and 1, the result is 0.833,
# whether there are three classes or ten.
#
# <details><summary>Hint 1: a nudge</summary>
#
# What has to be remembered is one table: for each true class, how many samples got which answer. Where in it are the
# samples that were found?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A weight of shape `(num_classes, num_classes)`, rows for the truth. With one-hot rows for labels and answers, the matrix
# of a batch is one product: `labels.T @ answers`, after the label rows are multiplied by the sample weights. The found ones are on the
# diagonal, the occurrences of a class are the sum of its row.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.one_hot(…, self.num_classes)` makes such rows of flat integer labels, and of what `ops.argmax(…, axis=-1)` says. In `result`,
# `ops.diagonal` and `ops.sum(…, axis=1)` of the matrix are the two vectors to divide, with `ops.divide_no_nan`; rows whose
# sum is 0 then add nothing. What is left to find is the number by which to divide for the mean.
#
# </details>


# %% task="MacroRecall" role="answer" about="a streaming confusion matrix" minutes=40 difficulty=3
class MacroRecall(keras.metrics.Metric):
    """Mean recall of the classes that occurred in y_true, from a streaming confusion matrix.

    num_classes: number of classes. y_true: integer labels (n,) or (n, 1); y_pred: scores
    (n, num_classes); sample_weight: (n,) or (n, 1). 0 if no class occurred.
    """

    def __init__(self, num_classes, name="macro_recall", **kwargs):
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.matrix = self.add_weight(
            name="matrix", shape=(num_classes, num_classes), initializer="zeros"
        )
        ### END SOLUTION

    def update_state(self, y_true, y_pred, sample_weight=None):
        ### BEGIN SOLUTION
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        truth = ops.one_hot(labels, self.num_classes)
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        if sample_weight is not None:
            truth = truth * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        self.matrix.assign_add(ops.matmul(ops.transpose(truth), answers))
        ### END SOLUTION

    def result(self):
        ### BEGIN SOLUTION
        occurred = ops.sum(self.matrix, axis=1)
        recalls = ops.divide_no_nan(ops.diagonal(self.matrix), occurred)
        number = ops.sum(ops.cast(occurred > 0, "float32"))
        return ops.divide_no_nan(ops.sum(recalls), number)
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "num_classes": self.num_classes}
        ### END SOLUTION


# %% task="MacroRecall" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


def check_macro_recall(num_classes, batches, expected, mistakes=()):
    """Feed batches of (labels, answers) to a fresh metric and explain a wrong result."""
    try:
        metric = MacroRecall(num_classes)
        for labels, answers in batches:
            scores = 0.1 + np.eye(num_classes, dtype="float32")[answers]
            metric.update_state(np.array(labels), scores)
        result = metric.result()
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The metric raised {reason(error)} (Is argmax along the last axis, and "
            "are the labels flat? add_weight takes its name as a keyword: add_weight(name=…).)"
        ) from error
    assert result is not None, "result() returned None: is a `return` missing?"
    result = np.asarray(result, dtype="float64")
    assert result.size == 1, f"result() should be one number, it has the shape {result.shape}."
    assert not np.isnan(result).any(), (
        "The result is NaN. A class that did not occur has the recall 0 / 0: leave it out."
    )
    for value, words in mistakes:
        assert not np.allclose(result, value, rtol=1e-4, atol=1e-5), (
            f"{words} You gave {value:.4f}."
        )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"MacroRecall({num_classes}) gives {result.item():.4f} for (labels, answers) {batches}, it "
        f"should be {expected:.4f}: the mean recall of the classes among the labels."
    )


check_macro_recall(
    3,
    [([0, 0, 0, 0, 2, 2, 2], [0, 1, 1, 2, 2, 2, 0])],
    (1 / 4 + 2 / 3) / 2,
    [
        (11 / 36, "You divided by all 3 classes. Class 1 is no label here: leave it out."),
        (3 / 7, "This is the share of right answers. Take the recall of each class first."),
        (7 / 12, "This is precision: divide by the labels of a class (rows), not its answers."),
        (7 / 18, "This is precision: divide by the labels of a class (rows), not its answers."),
        (1 / 4, "This is the smallest of the recalls, 1/4 and 2/3. Take their mean."),
        (2 / 3, "Class 0 does not count in it, or only the largest recall: take the mean of both."),
        (11 / 12, "This is the sum of the recalls, 1/4 and 2/3. Take their mean."),
    ],
)
check_macro_recall(
    2,
    [([0, 0, 0, 1], [0, 0, 0, 1]), ([0, 1, 1, 1], [1, 0, 1, 0])],
    5 / 8,
    [
        (7 / 12, "Your metric averages the results of the batches. Add up the matrix instead."),
        (1 / 6, "Only the last batch counts: add to the state, do not replace it."),
    ],
)
check_macro_recall(4, [([1, 1, 3, 3], [3, 1, 3, 0]), ([0, 1], [0, 2])], (1 + 1 / 3 + 1 / 2) / 3)
empty = np.asarray(MacroRecall(3).result(), dtype="float64")
assert np.allclose(empty, 0), f"Before any update the result is {empty}, it should be 0."


# %% task="MacroRecall" role="hidden" points=3 tries="a class that never occurs, logits, many classes, labels of other dtypes, sample weights in every shape, several batches, reset, and evaluate"
def recall_value(metric):
    return np.asarray(metric.result(), dtype="float64").reshape(-1)[0]


def is_close(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-5)


def expected_recall(labels, answers, weights):
    recalls = []
    for c in np.unique(labels):
        of_class = labels == c
        recalls.append(weights[of_class & (answers == c)].sum() / weights[of_class].sum())
    return np.mean(recalls)


# Class 3 is an answer and never a label; scores are logits, some rows all negative.
generator = np.random.default_rng(11)
labels = np.array([0, 0, 0, 1, 1, 2, 4, 4, 4, 4])
answers = np.array([0, 1, 3, 1, 1, 0, 4, 4, 3, 2])
logits = generator.normal(size=(10, 5)).astype("float32") - 1.5
logits[np.arange(10), answers] = logits.max(axis=1) + 0.5
w = np.array([0.25, 2, 0.5, 0.25, 0.5, 0.4, 0.75, 0.25, 4, 1.5], dtype="float32")
for dtype, weights in [("int64", None), ("int32", w), ("uint8", w[:, None])]:
    for y_true in [labels.astype(dtype), labels.astype(dtype)[:, None]]:
        told = f"y_true {dtype} {y_true.shape}, sample_weight {getattr(weights, 'shape', None)}"
        copies = y_true.copy(), logits.copy(), w.copy()
        metric, on_tensors = MacroRecall(5), MacroRecall(5)
        try:
            metric.update_state(y_true, logits, sample_weight=weights)
            on_tensors.update_state(tf.constant(y_true), tf.constant(logits), sample_weight=weights)
        except Exception as error:
            raise AssertionError(
                f"update_state raised {type(error).__name__} for {told}."
            ) from error
        assert all(np.array_equal(a, b) for a, b in zip(copies, (y_true, logits, w))), (
            "update_state changed the arrays that it was given."
        )
        result = recall_value(metric)
        assert is_close(recall_value(on_tensors), result), "Tensors and arrays give other results."
        plain = expected_recall(labels, answers, np.ones(10))
        expected = plain if weights is None else expected_recall(labels, answers, w)
        assert weights is None or not is_close(result, plain), (
            f"sample_weight is ignored, or broadcast to (n, n), where it cancels out ({told})."
        )
        assert not is_close(result, expected * 4 / 5), (
            f"The mean is over all 5 classes ({told}). Class 3 was predicted but is never a label: "
            "leave it out."
        )
        assert is_close(result, expected), (
            f"The result is {result:.4f}, it should be {expected:.4f}, for {told}: the mean recall of "
            "the classes 0, 1, 2 and 4. (Weights may be fractions, one for each row. "
            "Together they may be less than 1: only a sum of 0 needs care.)"
        )

# As many samples as classes, many classes, labels as small integers.
many = np.arange(40)
scores = np.eye(40, dtype="float32")[(many + (many % 4 == 0)) % 40]
metric = MacroRecall(40)
metric.update_state(many.astype("uint8"), scores)
assert not is_close(recall_value(metric), 1 / 40), "argmax should go along the last axis."
assert is_close(recall_value(metric), 3 / 4), (
    f"With 40 classes and uint8 labels the result is {recall_value(metric):.4f}, it should be 0.75. "
    "Did a product of labels overflow? Cast them to int32 first."
)

# The life of a metric.
try:
    other = MacroRecall(num_classes=3, name="other", dtype="float64")
    default = MacroRecall(3, dtype="float32")
except TypeError as error:
    raise AssertionError(
        f"name and **kwargs should be accepted, but there was a {type(error).__name__}."
    ) from error
assert other.name == "other" and other.dtype == "float64" and default.name == "macro_recall", (
    "Pass `name` and **kwargs (here: dtype) on to super().__init__; the default is 'macro_recall'."
)
try:
    rebuilt = MacroRecall.from_config(MacroRecall(5, name="kept").get_config())
    rebuilt.update_state(labels, logits)
except Exception as error:
    raise AssertionError(
        f"The metric rebuilt by from_config(get_config()) raised {type(error).__name__}. Does get_config "
        "contain num_classes?"
    ) from error
assert rebuilt.name == "kept", "from_config(get_config()) loses the name: start from super()."
assert is_close(recall_value(rebuilt), expected_recall(labels, answers, np.ones(10))), (
    "The metric rebuilt by from_config(get_config()) gives another result. Is num_classes kept?"
)
metric, twin = MacroRecall(5), MacroRecall(5)
twin.update_state(labels[:2], logits[:2])
metric.update_state(labels[:7], logits[:7], sample_weight=w[:7])
metric.update_state(labels[7:], logits[7:])
joined = expected_recall(labels, answers, np.r_[w[:7], np.ones(3)])
assert is_close(recall_value(metric), joined), (
    "Wrong over a weighted batch and one without weights."
)
assert is_close(recall_value(metric), joined), (
    "result() changes the state: the second call differs."
)
for variable, kept in zip(twin.variables, metric.variables):
    variable.assign(kept)
assert is_close(recall_value(twin), joined), (
    "The state is not all in Keras weights: a second metric with the same weights gives another "
    "result. Make the matrix with add_weight."
)
early = metric.result()
metric.update_state(labels[:3], logits[:3])
assert is_close(np.asarray(early, dtype="float64"), joined), (
    "A result that was read changes with later batches: result() gives the variable itself, and `fit` "
    "would log the last epoch's number for all. Return a number of its own, such as variable + 0.0."
)
try:
    metric.reset_state()
except Exception as error:
    raise AssertionError(
        f"reset_state raised {type(error).__name__}. (The base class has one that sets every weight to "
        "zeros of its shape.)"
    ) from error
assert is_close(recall_value(metric), 0), "After reset_state() the result should be 0 again."
metric.update_state(labels[:3], logits[:3])
assert is_close(recall_value(metric), 1 / 3), (
    "After reset_state() the batches from before still count."
)

metric = MacroRecall(5)
expected = expected_recall(labels, answers, w)
truth, scores = tf.TensorSpec((None,), "int64"), tf.TensorSpec((None, 5), "float32")
weights = tf.TensorSpec((None,), "float32")


@tf.function(input_signature=[truth, scores, weights], autograph=False)
def step(y, p, w):
    """One batch of `evaluate`, in a graph that is made once for any size of batch."""
    metric.update_state(y, p, sample_weight=w)
    return metric.result()


for _ in range(2):
    metric.reset_state()
    try:
        for start in range(0, 10, 3):
            result = float(step(*(each[start : start + 3] for each in (labels, logits, w))))
    except Exception as error:
        raise AssertionError(
            "The metric fails inside `evaluate`, where it works on tensors of a graph: no NumPy, "
            f"no float(…), no loops over rows there. ({type(error).__name__})"
        ) from error
    assert is_close(result, expected), (
        f"As in `evaluate`, 10 samples in batches of 3 give {result:.4f}, it should be "
        f"{expected:.4f} each time. Is the matrix kept in a Keras weight, and does reset_state set it back?"
    )

# %% [markdown]
# ## `ActivationStd`
#
# Write a layer that can be put anywhere into a model to watch what flows through it.
#
# - `__init__(self, name="activation_std_layer", **kwargs)`; both are passed on to the base class. (The default name is yours to
#   choose.)
# - Its output is its input, unchanged, for inputs with any number of axes. Gradients pass through.
# - The logs of the model's `fit` have a key `activation_std`: the standard deviation of the layer's inputs over *all* elements of a
#   batch (`ops.std`), averaged over the batches of the epoch. Every batch counts the same, also a short last one.
# - Each epoch starts anew.
#
# **Example.** With `model = keras.Sequential([keras.Input((2,)), ActivationStd(), layers.Dense(1)])`, after `history = model.fit(…, epochs=2)`,
# `history.history["activation_std"]` is a list of two numbers.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A layer can hold a metric as an attribute. The model finds it there, resets it, and reports it.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The key in the logs is the *name of the metric*. Make a `keras.metrics.Mean` in `__init__`, and in `call` update it with one number.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.std` without an axis takes all elements together. The metric's `update_state` wants that one number; its name is the key
# in the logs. `call` still has to return something.
#
# </details>


# %% task="ActivationStd" role="answer" about="a metric inside a layer" minutes=15 difficulty=2
class ActivationStd(layers.Layer):
    """Pass the inputs on and log the mean over batches of their standard deviation.

    The model's fit logs show it as `activation_std`.
    """

    def __init__(self, name="activation_std_layer", **kwargs):
        ### BEGIN SOLUTION
        super().__init__(name=name, **kwargs)
        self.std = keras.metrics.Mean(name="activation_std")
        ### END SOLUTION

    def call(self, inputs):
        ### BEGIN SOLUTION
        self.std.update_state(ops.std(inputs))
        return inputs
        ### END SOLUTION


# %% task="ActivationStd" role="check" points=1
import re


def reason(error):
    """The words of an error, without what Keras writes around them."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("Exception encountered: ")[-1]
    text = re.sub(r"Exception encountered when calling .*\n", "", text)
    return f"{type(error).__name__}: {' '.join(text.split())[:200]}"


x = np.array([[1, 5], [2, 2], [0, 9], [4, 4], [3, -3], [8, 1], [0, 20], [6, 6]], dtype="float32")
x = np.concatenate([x, x[::-1] * 0.5])  # 16 rows, in batches of 5 with one left over
batches = [x[0:5], x[5:10], x[10:15], x[15:]]

layer = ActivationStd()
try:
    out = layer(x)
except Exception as error:
    raise AssertionError(
        "Calling the layer raised an error. Make a keras.metrics.Mean in __init__ (layers have no "
        "add_metric any more, and call cannot make new metrics), and update it in call. "
        f"{reason(error)}"
    ) from error
assert out is not None, "The layer returned None: call should return its inputs."
assert np.array_equal(np.asarray(out), x), "The output should be the input, unchanged."

try:
    model = keras.Sequential([keras.Input((2,)), ActivationStd(), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1e-4), loss="mse")
    dataset = tf.data.Dataset.from_tensor_slices((x, x[:, :1])).batch(5)
    history = model.fit(dataset, epochs=2, shuffle=False, verbose=0).history
except Exception as error:
    raise AssertionError(
        "A model with the layer cannot be built or trained. There, `call` works on tensors of a "
        f"graph: no NumPy, no float(…). {reason(error)}"
    ) from error
assert "activation_std" in history, (
    f"The logs of `fit` have the keys {sorted(history)}, there is no activation_std. Keep a "
    'keras.metrics.Mean(name="activation_std") as an attribute of the layer, made in __init__.'
)
logged = np.array([float(value) for value in history["activation_std"]])
expected = np.mean([batch.std() for batch in batches])
for value, words in [
    (x.std(), "This is the standard deviation of all samples at once."),
    (x.mean(), "This is the mean of the inputs, not their standard deviation."),
    (np.mean([batch.var() for batch in batches]), "This is the variance: take the root."),
    (np.sum([batch.std() for batch in batches]), "This is the sum over batches, not the mean."),
    (batches[-1].std(), "This is the last batch alone."),
    (
        sum(len(batch) * batch.std() for batch in batches) / len(x),
        "The batches are weighted by their size: each should count the same.",
    ),
    (
        np.mean([batch.std(axis=0).mean() for batch in batches]),
        "This is the mean of the columns' standard deviations: take it over all elements.",
    ),
    (
        np.mean([batch.std(axis=1).mean() for batch in batches]),
        "This is the mean of the rows' standard deviations: take it over all elements.",
    ),
    (
        np.concatenate([batch.std(axis=1) for batch in batches]).mean(),
        "This is the mean of the rows' standard deviations: take it over all elements.",
    ),
]:
    assert not np.allclose(logged, value, rtol=1e-4), f"activation_std is {value:.4f}. {words}"
assert np.allclose(logged, expected, rtol=1e-4), (
    f"activation_std is {logged.round(4)}, it should be {expected:.4f} in both epochs: the mean of "
    f"the batches' {[round(float(batch.std()), 4) for batch in batches]}."
)

# %% task="ActivationStd" role="hidden" points=2 tries="several epochs of different data, a call by hand before them, and whether inputs of any shape are passed on unchanged"
# Behind a layer that multiplies by 10; data that differ from epoch to epoch, after a call by hand.
keras.utils.set_random_seed(5)
generator = np.random.default_rng(5)
parts = generator.normal(2, 1, size=(4, 3, 4, 2)).astype("float32")
parts[2:] *= 5
inputs = keras.Input((4, 2))
outputs = layers.Dense(1)(layers.Flatten()(ActivationStd()(layers.Rescaling(10.0)(inputs))))
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.SGD(0.0),
    loss="mse",
    metrics=[keras.metrics.MeanAbsoluteError("mae")],
    run_eagerly=True,
)
model(np.full((2, 4, 2), 50, dtype="float32") * np.array([[[1.0]], [[-1.0]]], dtype="float32"))
zeros = np.zeros((4, 3, 1), dtype="float32")
dataset = tf.data.Dataset.from_tensor_slices((parts, zeros))  # part by part
larger = tf.data.Dataset.from_tensors((parts[0] * 3, zeros[0]))
history = model.fit(
    dataset, steps_per_epoch=2, epochs=2, shuffle=False, verbose=0, validation_data=larger
).history
assert "activation_std" in history, (
    "The logs of `fit` have no key activation_std. Is the metric "
    "made in __init__ and kept as an attribute?"
)
logged = np.array([float(value) for value in history["activation_std"]])
by_batch = np.array([10 * part.std() for part in parts])
expected = by_batch.reshape(2, 2).mean(axis=1)
running = by_batch.cumsum()[1::2] / [2, 4]
assert not np.allclose(logged, running, rtol=1e-3), (
    f"activation_std is {logged.round(3)}: a mean over all epochs so far. Each epoch starts anew."
)
assert np.allclose(logged, expected, rtol=1e-3), (
    f"Behind a layer that multiplies by 10, with other data in each of two epochs, and validation data, "
    f"activation_std is {logged.round(3)}, it should be {expected.round(3)}. Is it the standard deviation over "
    "all elements of this layer's inputs in a training batch, fresh each epoch, whatever went through the "
    "layer before?"
)
assert "mae" in history, "The compiled metrics are lost: the layer should only add its own."

# It watches its own inputs, and does nothing else.
for shape in [(6, 3), (5, 2, 3), (4, 3, 2, 2)]:
    x = generator.normal(size=shape).astype("float32")
    for training in [False, True]:
        assert np.array_equal(np.asarray(ActivationStd()(x, training=training)), x), (
            f"The output differs from the input of shape {shape} with training={training}."
        )
tensor = tf.constant(generator.normal(size=(3, 2)).astype("float32"))
with tf.GradientTape() as tape:
    tape.watch(tensor)
    value = tf.reduce_sum(ActivationStd()(tensor) ** 2)
gradient = tape.gradient(value, tensor)
assert gradient is not None and np.allclose(np.asarray(gradient), 2 * np.asarray(tensor)), (
    "Gradients do not pass through the layer unchanged."
)
layer = ActivationStd()
layer(tensor)
assert len(layer.trainable_weights) == 0, "The layer has nothing to train."
assert len(layer.losses) == 0, "The layer adds a loss, so it changes the training that it watches."

try:
    named = ActivationStd(name="probe", dtype="float64")
except TypeError as error:
    raise AssertionError(
        f"name and **kwargs should be accepted, but there was a {type(error).__name__}."
    ) from error
assert named.name == "probe" and named.compute_dtype == "float64", (
    "Pass `name` and **kwargs (here: dtype) on to super().__init__."
)
