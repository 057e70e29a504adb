# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 9 · Training loops from scratch
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 9](../../notebooks/09_loops.ipynb). The tasks do not depend on each other: do
# them in any order.
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

# %%
# What tests of several tasks use.
import contextlib
from unittest import mock


def by_hand(function, *arguments):
    """Call a function; returns its result, and what it used that Keras has ready for the task."""
    used, result = [], None

    def refuse(name):
        def refused(*arguments, **keywords):
            used.append(name)
            raise RuntimeError(name)

        return refused

    with contextlib.ExitStack() as patches:
        for name in ["compile", "fit", "evaluate", "train_on_batch", "test_on_batch"]:
            patches.enter_context(mock.patch.object(keras.Model, name, refuse(name)))
        try:
            result = function(*arguments)
        except Exception:
            if not used:
                raise
    return result, used


def too_high(y_true, y_pred):
    """By how much outputs are above their targets: y_true and y_pred must not be swapped."""
    return ops.mean(ops.relu(y_pred - y_true), axis=-1)


class PullToTarget(keras.losses.Loss):
    """Not symmetric: errors above the target count three times."""

    def call(self, y_true, y_pred):
        error = y_pred - y_true
        return ops.mean(ops.where(error > 0, 3 * error, -error) ** 2, axis=-1)


class MeanPenalty(layers.Layer):
    """Passes its inputs on and adds their mean square as a loss."""

    def call(self, inputs):
        self.add_loss(0.3 * ops.mean(inputs**2))
        return inputs


class Centering(layers.Layer):
    """As in BatchNormalization: in training the batch's mean is subtracted and noted, else the note.

    Counts how often it is called.
    """

    passes = 0

    def build(self, input_shape):
        self.mean = self.add_weight(shape=input_shape[1:], initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        self.passes += 1
        if not training:
            return inputs - self.mean
        mean = ops.mean(inputs, axis=0)
        self.mean.assign(0.9 * self.mean + 0.1 * mean)
        return inputs - mean


def start_again(model, weights):
    """Make a model what it was with these weights: no passes are counted yet."""
    model.set_weights(weights)
    for layer in model.layers:
        layer.passes = 0


def what_went_wrong(model, optimizer, steps, question):
    """The likely cause of other numbers than those of so many right steps."""
    passes = sum(getattr(layer, "passes", 0) for layer in model.layers)
    if passes > steps:
        return (
            f"There were {passes} forward passes in {steps} steps. One for each batch is enough: each "
            "has another Dropout mask, and moves the averages of BatchNormalization."
        )
    if optimizer is not None and int(optimizer.iterations) != steps:
        return (
            f"The optimizer that you are given has made {int(optimizer.iterations)} of {steps} updates. "
            "Use it as it is, and no other: it has a state, such as its momentum."
        )
    return question


# %% [markdown]
# ## `linear_step`
#
# Write `linear_step(w, b, x, y, learning_rate)`: one step of gradient descent on the linear model `x @ w + b`.
#
# - `w` `(d, k)` and `b` `(k,)` are `tf.Variable`s and are updated in place; `x` is `(n, d)`, `y` is `(n, k)`.
# - The loss is the mean squared error, the mean over all *n · k* elements.
# - Both variables move by `-learning_rate` times their gradient, both gradients taken at the same point.
# - It returns the loss *before* the step.
#
# **Example.** With `w` 0, `b` 0, one sample `x` = 1, `y` = 3 and a learning rate of 0.1 the loss is 9, and afterwards `w` and `b`
# are both 0.6.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three steps: compute the loss under a `tf.GradientTape`, ask the tape for gradients, update.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `tape.gradient(loss, [w, b])` gives both gradients at once. A `tf.Variable` has `assign_sub`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Only the loss has to be inside the tape: `tf.reduce_mean` of the squared errors takes the mean over all elements at once. Ask for both gradients
# before either variable moves.
#
# </details>


# %% task="linear_step" role="answer" about="one step of gradient descent on a straight line" minutes=12 difficulty=1
def linear_step(w, b, x, y, learning_rate):
    """One gradient-descent step on the mean squared error of x @ w + b.

    w: tf.Variable (d, k); b: tf.Variable (k,); x: (n, d); y: (n, k). Updates w and b in place and
    returns the loss before the step.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.matmul(x, w) + b - y) ** 2)
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(learning_rate * dw)
    b.assign_sub(learning_rate * db)
    return loss
    ### END SOLUTION


# %% task="linear_step" role="check" points=1
w, b = tf.Variable([[0.0]]), tf.Variable([0.0])
loss = linear_step(w, b, tf.constant([[1.0]]), tf.constant([[3.0]]), 0.1)
assert loss is not None, "linear_step returned None: return the loss before the step."
loss = np.asarray(loss)
assert loss.ndim == 0, (
    f"The loss has the shape {loss.shape}. It is one number, the mean over all elements."
)
assert np.isclose(float(loss), 9.0), (
    f"The loss is {float(loss):.4f}; before the step the prediction is 0 and the target 3, so it is "
    "9. Is it the loss before the step, and the mean of the squares without a factor 1/2?"
)
assert not np.allclose(w.numpy(), 0), (
    "w is still 0 after the step: update the variable itself, with assign_sub or assign."
)
assert np.isclose(w.numpy().item(), 0.6) and np.isclose(b.numpy().item(), 0.6), (
    f"After the step w is {w.numpy().item():.3f} and b is {b.numpy().item():.3f}; both should be "
    "0.6: the gradient is 2 * (0 - 3) = -6 for each, and the step is -0.1 times that."
)

# %% task="linear_step" role="hidden" points=2 tries="other shapes and learning rates, several steps, and whether the loss falls"
generator = np.random.default_rng(0)
for n, d, k, rate in [(8, 3, 1, 0.1), (5, 2, 4, 0.05), (1, 1, 3, 0.3), (12, 4, 2, 0.01)]:
    x = generator.normal(size=(n, d)).astype("float32")
    y = generator.normal(size=(n, k)).astype("float32")
    w0 = generator.normal(size=(d, k)).astype("float32")
    b0 = generator.normal(size=k).astype("float32")
    w, b = tf.Variable(w0), tf.Variable(b0)
    error = x @ w0 + b0 - y
    what = f"With x {x.shape} and y {y.shape}"
    try:
        loss = np.asarray(linear_step(w, b, tf.constant(x), tf.constant(y), rate))
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{what} it raised {type(error).__name__}.") from error
    assert loss.size == 1, (
        f"{what} the loss has the shape {loss.shape}. It is one number, the mean over all elements."
    )
    loss = float(loss.item())
    expected = float((error**2).mean())
    after = float(((x @ w.numpy() + b.numpy() - y) ** 2).mean())
    assert not (np.isclose(loss, after, rtol=1e-4) and not np.isclose(loss, expected, rtol=1e-4)), (
        f"{what} the loss after the step was returned, {loss:.4f}; before it, it is {expected:.4f}."
    )
    assert np.isclose(loss, expected, rtol=1e-4, atol=1e-5), (
        f"{what} the loss is {loss:.4f}, the mean over all {n * k} squares is {expected:.4f}. Is it "
        "a mean over all elements, and not a sum over some of them?"
    )
    new_b = b0 - rate * 2 * error.sum(axis=0) / (n * k)
    assert np.allclose(b.numpy(), new_b, rtol=1e-4, atol=1e-5), (
        f"{what} b is {b.numpy()} after the step, it should be {new_b}. Is the gradient that of the "
        "mean over all elements, taken before w has moved?"
    )
    new_w = w0 - rate * 2 * x.T @ error / (n * k)
    assert np.allclose(w.numpy(), new_w, rtol=1e-4, atol=1e-5), (
        f"{what} w is wrong after the step: it should be w - learning_rate * gradient of the mean "
        "over all elements."
    )
losses = []
w, b = tf.Variable([[0.0], [0.0]]), tf.Variable([0.0])
x = generator.normal(size=(40, 2)).astype("float32")
y = x @ np.array([[2.0], [-1.0]], dtype="float32") + 0.5
for _ in range(12):
    losses.append(float(linear_step(w, b, tf.constant(x), tf.constant(y), 0.3)))
assert losses[-1] < 1e-3 * losses[0], (
    f"After 12 steps the loss went from {losses[0]:.3f} to {losses[-1]:.3f}; it should nearly vanish."
)

# %% [markdown]
# ## `train_step`
#
# Write `train_step(model, loss_fn, optimizer, x, y)`: one training step of a Keras model on one batch, by hand: `compile`, `fit` and
# `train_on_batch` stay out of it.
#
# - `loss_fn` is a `keras.losses.Loss`, called with `(y_true, y_pred)`; `optimizer` is a Keras optimizer.
# - The forward pass is in training mode.
# - What is minimized is the *total* loss: `loss_fn` plus every extra loss of this pass (regularizers, `add_loss`).
# - Only trainable weights move.
# - It returns the total loss.
#
# **Example.** For a model without regularizers the result is `loss_fn(y, model(x, training=True))`, and the weights have moved.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The same three steps as in `linear_step`; the optimizer does the third.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# After the forward pass, `model.losses` lists the extra losses of that pass. They have to be added inside the tape.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `sum(model.losses)` is 0 where there are none, so it can be added to what `loss_fn` returns in any case. The optimizer's method is `apply`: gradients
# first, then the weights that they belong to, in the same order.
#
# </details>


# %% task="train_step" role="answer" about="one step of any Keras model" minutes=15 difficulty=2
def train_step(model, loss_fn, optimizer, x, y):
    """One step in training mode on the total loss; returns it.

    model: a keras.Model; loss_fn: a keras.losses.Loss; optimizer: a Keras optimizer; x, y: a batch.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_weights)
    optimizer.apply(gradients, model.trainable_weights)
    return loss
    ### END SOLUTION


# %% task="train_step" role="check" points=1
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
x = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)
loss_fn = keras.losses.MeanSquaredError()
expected = float(loss_fn(y, model(x, training=True)))
before = [weight.copy() for weight in model.get_weights()]
optimizer = keras.optimizers.SGD(0.1)
loss = train_step(model, loss_fn, optimizer, x, y)
assert loss is not None, "train_step returned None: return the total loss."
assert np.isclose(float(loss), expected, rtol=1e-4), (
    f"train_step returned {float(loss):.4f}, the loss of the batch before the step is {expected:.4f}."
)
assert any(not np.array_equal(a, b) for a, b in zip(before, model.get_weights())), (
    "No weight has moved: the gradients were not applied."
)
for _ in range(4):
    last = train_step(model, loss_fn, optimizer, x, y)
assert float(last) < 0.8 * expected, (
    f"After 4 more steps on the same batch the loss went from {expected:.3f} to {float(last):.3f}; "
    "it should fall. Is the gradient that of the loss, and is it subtracted?"
)


# %% task="train_step" role="hidden" points=3 tries="another loss, another optimizer, extra losses, training mode, frozen layers, dropout, and several steps"
def fresh_test_model(parts):
    keras.utils.set_random_seed(3)
    stack = [keras.Input((4,)), layers.Dense(6, use_bias=False, name="first")]
    if "centering" in parts:
        stack.append(Centering())
    if "penalty" in parts:
        stack.append(MeanPenalty())
    regularizer = keras.regularizers.L2(0.1) if "regularizer" in parts else None
    stack.append(layers.Dense(2, kernel_regularizer=regularizer, name="last"))
    model = keras.Sequential(stack)
    if "frozen" in parts:
        model.get_layer("first").trainable = False
    return model


def expected_step(model, loss_fn, optimizer, x, y):
    """The same step, differently written: the numbers to compare with."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for weight in model.trainable_weights:
            tape.watch(weight.value)
        data_loss = loss_fn(y, model(x, training=True))
        total = tf.add_n([data_loss, *model.losses])
    gradients = tape.gradient(total, [weight.value for weight in model.trainable_weights])
    optimizer.apply_gradients(zip(gradients, model.trainable_weights))
    return float(total), float(data_loss)


generator = np.random.default_rng(1)
x = generator.normal(1.0, 2.0, size=(10, 4)).astype("float32")
y = generator.normal(size=(10, 2)).astype("float32")
advice = {
    "": "Is loss_fn called as loss_fn(y_true, y_pred), in this order?",
    "centering": "Is the forward pass in training mode, model(x, training=True)?",
    "regularizer": "Is the penalty of the regularizer (model.losses) part of what is minimized?",
    "penalty": "Is the loss that a layer adds in this pass (model.losses) part of what is minimized?",
    "frozen": "Is the model as it was, and do only its trainable weights move?",
}


def compare_with_right_step(parts):
    """Two steps on a model with the given parts, compared with the same steps written here."""
    question = advice.get(parts, "Training mode, all extra losses, trainable weights only?")
    model, loss_fn = fresh_test_model(parts), PullToTarget()
    optimizer, another = (keras.optimizers.SGD(0.1, momentum=0.9) for _ in range(2))
    what = f"A model with {parts or 'two Dense layers'}"
    start, expected = model.get_weights(), []
    for _ in range(2):
        losses = expected_step(model, loss_fn, another, x, y)
        expected.append((*losses, model.get_weights()))
    start_again(model, start)
    for step_number, (total, data_loss, weights) in enumerate(expected, 1):
        try:
            loss, used = by_hand(train_step, model, loss_fn, optimizer, x, y)
            loss = np.nan if used else float(loss)
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{what}: train_step raised {type(error).__name__}, or returned no number. {question}"
            ) from error
        assert not used, (
            "Your function calls compile, fit, evaluate or something like that. The task is to write what "
            "that does yourself, by hand."
        )
        cause = what_went_wrong(model, optimizer, step_number, question)
        for times, words in [(0, "without the extra losses"), (2, "with the extra losses twice")]:
            other = data_loss + times * (total - data_loss)
            assert np.isclose(total, data_loss) or not np.isclose(loss, other, rtol=1e-4), (
                f"{what}: step {step_number} returned {loss:.4f}, the loss {words}; with them once it "
                f"is {total:.4f}. {question}"
            )
        assert np.isclose(loss, total, rtol=1e-3), (
            f"{what}: step {step_number} returned {loss:.4f}, the total loss is {total:.4f}. {cause}"
        )
        for number, (mine, right) in enumerate(zip(model.get_weights(), weights), 1):
            assert np.allclose(mine, right, rtol=1e-3, atol=1e-4), (
                f"{what}: after step {step_number}, weight {number} of model.weights has other values "
                f"than one right step gives. {cause}"
            )


# One model with all parts shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_right_step(" ".join(filter(None, advice)))
except AssertionError as error:
    different = error
if different:
    for parts in advice:
        compare_with_right_step(parts)
    raise different

keras.utils.set_random_seed(5)
noisy = keras.Sequential([keras.Input((50,)), layers.Dropout(0.5), layers.Dense(1, use_bias=False)])
ones, zeros = np.ones((4, 50), "float32"), np.zeros((4, 1), "float32")
still = keras.optimizers.SGD(0.0)
seen = set()
for _ in range(2):
    loss, _ = by_hand(train_step, noisy, keras.losses.MeanSquaredError(), still, ones, zeros)
    seen.add(round(float(loss), 6))
assert len(seen) > 1, (
    "With Dropout every step should see another mask, and the loss was the same twice: the "
    "forward pass is not in training mode."
)

# %% [markdown]
# ## `fit_loop`
#
# Write `fit_loop(model, loss_fn, optimizer, metric, dataset, epochs)`: `fit` by hand. It returns a list with one dictionary per
# epoch, with the numbers that `fit(dataset, shuffle=False)` logs.
#
# - `dataset` gives batches `(x, y)`, the last one perhaps shorter; `metric` is a Keras metric.
# - `"loss"` is the mean of the total loss over *samples*: a batch of 3 counts three times as much as a batch of 1. Extra losses
#   (regularizers, `add_loss`) are in it.
# - `metric.name` is the metric on the outputs of the training pass, before each update.
# - Both start anew with every epoch, also if the metric was used before. All values are plain `float`s.
#
# A ready-made step is in the next cell. Use it or write your own.
#
# **Example.** `fit_loop(model, loss_fn, optimizer, keras.metrics.MeanAbsoluteError(name="mae"), dataset, 2)` might return
# `[{"loss": 1.9, "mae": 1.1}, {"loss": 1.2, "mae": 0.9}]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two loops, one inside the other. What has to happen at the start of each epoch, what after each batch?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.metrics.Mean` takes a `sample_weight`: the number of samples of the batch. `metric.reset_state()` starts a metric anew.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `step` returns both things that a batch is asked for: the loss, of which `mean` takes note with the size of the batch as its weight, and the outputs, which
# go into the metric with their targets. `metric.name` can be a key of the dictionary as it is; `float(…)` makes the results plain.
#
# </details>


# %%
def step(model, loss_fn, optimizer, x, y):
    """One training step; returns the total loss and the outputs before the update."""
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred) + sum(model.losses)
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return loss, y_pred


# %% task="fit_loop" role="answer" about="`fit`, to the same numbers" minutes=30 difficulty=3
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    """Train for some epochs; returns one dict of floats per epoch, as `fit` logs them.

    dataset: batches (x, y); metric: a Keras metric. Keys: "loss" and metric.name.
    """
    ### BEGIN SOLUTION
    logs = []
    mean = keras.metrics.Mean()
    for _ in range(epochs):
        mean.reset_state()
        metric.reset_state()
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
    ### END SOLUTION


# %% task="fit_loop" role="check" points=1
generator = np.random.default_rng(0)
x = generator.normal(size=(16, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True) + 1
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)

keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
weights = model.get_weights()
twin = keras.Model(model.inputs, model.outputs)  # the same layers
twin.compile(
    keras.optimizers.SGD(0.05),
    "mse",
    metrics=[keras.metrics.MeanAbsoluteError(name="mae")],
    run_eagerly=True,
)
history = twin.fit(dataset, epochs=2, shuffle=False, verbose=0).history
model.set_weights(weights)
result = fit_loop(
    model,
    keras.losses.MeanSquaredError(),
    keras.optimizers.SGD(0.05),
    keras.metrics.MeanAbsoluteError(name="mae"),
    dataset,
    2,
)
assert result is not None, "fit_loop returned None: is a `return` missing?"
assert isinstance(result, list) and len(result) == 2, (
    "For 2 epochs fit_loop should return a list of 2 dictionaries, it returned a "
    f"{type(result).__name__} of {np.size(result)}."
)
assert all(isinstance(logs, dict) and set(logs) == {"loss", "mae"} for logs in result), (
    "Each epoch should have a dictionary with the keys 'loss' and the metric's name, here 'mae'."
)
for epoch, logs in enumerate(result):
    for key in ["loss", "mae"]:
        assert np.isclose(float(logs[key]), history[key][epoch], rtol=1e-3), (
            f"Epoch {epoch + 1}: {key} is {float(logs[key]):.4f}, fit logs {history[key][epoch]:.4f}."
            " Do loss and metric start anew with every epoch, and is the metric that of the outputs of "
            "the training pass, before the update?"
        )


# %% task="fit_loop" role="hidden" points=3 tries="extra losses, training mode, an optimizer with momentum, a shorter last batch, several epochs, and plain numbers in the logs"
def fresh_test_model(parts):
    keras.utils.set_random_seed(2)
    stack = [keras.Input((3,)), layers.Dense(5, "tanh", use_bias=False)]
    if "centering" in parts:
        stack.append(Centering())
    if "penalty" in parts:
        stack.append(MeanPenalty())
    regularizer = keras.regularizers.L2(0.2) if "regularizer" in parts else None
    stack.append(layers.Dense(1, kernel_regularizer=regularizer))
    model = keras.Sequential(stack)
    return model


generator = np.random.default_rng(2)
advice = {
    "": "The loss is a mean over samples, not over batches: the last batch is shorter. Is loss_fn "
    "called as loss_fn(y_true, y_pred), in this order?",
    "regularizer": "The extra losses (model.losses) belong to the loss.",
    "penalty": "The extra losses (model.losses) belong to the loss.",
    "centering": "The metric is computed on the outputs of the training pass, before the update.",
}


def compare_with_fit(parts, samples, batch_size):
    """Two epochs on a model with the given parts, compared with what fit logs and arrives at."""
    question = advice.get(parts, "")
    x = generator.normal(size=(samples, 3)).astype("float32")
    y = x.sum(axis=1, keepdims=True) + 3 * (np.arange(samples) == samples - 1)[:, None]
    y = y.astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    model = fresh_test_model(parts)
    weights = model.get_weights()
    twin = keras.Model(model.inputs, model.outputs)  # the same layers
    another, optimizer = (keras.optimizers.SGD(0.02, momentum=0.9) for _ in range(2))
    twin.compile(
        another,
        PullToTarget(),
        metrics=[keras.metrics.MeanMetricWrapper(too_high, name="too_high")],
        run_eagerly=True,
    )
    history = twin.fit(dataset, epochs=2, shuffle=False, verbose=0).history
    arrived_at = twin.get_weights()
    start_again(model, weights)
    metric = keras.metrics.MeanMetricWrapper(too_high, name="too_high")
    metric.update_state(np.zeros((1, 1)), np.full((1, 1), 100.0))  # used before: must not leak in
    what = f"{samples} samples in batches of {batch_size}, a model with {parts or 'Dense layers'}"
    try:
        result, used = by_hand(fit_loop, model, PullToTarget(), optimizer, metric, dataset, 2)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{what}: fit_loop raised {type(error).__name__}.") from error
    assert not used, (
        "Your function calls compile, fit, evaluate or something like that. The task is to write what "
        "that does yourself, by hand."
    )
    assert (
        isinstance(result, list) and [set(logs) for logs in result] == [{"loss", "too_high"}] * 2
    ), (
        f"{what}: after 2 epochs it should return a list of 2 dictionaries with the keys 'loss' and "
        "metric.name, which is 'too_high' here."
    )
    steps = 2 * len(dataset)
    for epoch, logs in enumerate(result):
        for key in ["loss", "too_high"]:
            assert isinstance(logs[key], float), (
                f"{key} is a {type(logs[key]).__name__}, it should be a plain float: float(…)."
            )
        cause = what_went_wrong(model, optimizer, steps, question)
        assert np.isclose(logs["loss"], history["loss"][epoch], rtol=1e-3), (
            f"{what}, epoch {epoch + 1}: the loss is {logs['loss']:.4f}, fit logs "
            f"{history['loss'][epoch]:.4f}. {cause}"
        )
        advice_on_metric = (
            "Was the metric reset before *every* epoch, the first too, and is it computed on the "
            "outputs of the training pass, before the update? Targets come first."
        )
        cause = what_went_wrong(model, optimizer, steps, advice_on_metric)
        assert np.isclose(logs["too_high"], history["too_high"][epoch], rtol=1e-3), (
            f"{what}, epoch {epoch + 1}: the metric is {logs['too_high']:.4f}, fit logs "
            f"{history['too_high'][epoch]:.4f}. {cause}"
        )
    cause = what_went_wrong(model, optimizer, steps, question)
    for mine, right in zip(model.get_weights(), arrived_at):
        assert np.allclose(mine, right, rtol=1e-2, atol=1e-3), (
            f"{what}: after 2 epochs the weights are not those that fit arrives at. {cause}"
        )


# One model with all parts shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_fit(" ".join(filter(None, advice)), 6, 4)
except AssertionError as error:
    different = error
if different:
    compare_with_fit("", 33, 32)
    compare_with_fit("", 10, 4)
    compare_with_fit("regularizer", 33, 32)
    compare_with_fit("penalty", 33, 32)
    compare_with_fit("centering", 10, 4)
    raise different

# %% [markdown]
# ## `evaluate_loop`
#
# Write `evaluate_loop(model, loss_fn, metric, dataset)`: `evaluate` by hand. It returns `{"loss": …, metric.name: …}`: the numbers that `evaluate`
# gives, as plain `float`s.
#
# - The forward passes are in inference mode.
# - `"loss"` is the mean of the total loss over samples, extra losses included.
# - A metric that was used before does not leak in.
# - Nothing in the model changes: no weight, no trainable flag, nothing that `compile` has set. The model may not be compiled at
#   all.
#
# **Example.** `evaluate_loop(model, keras.losses.MeanSquaredError(), keras.metrics.MeanAbsoluteError(name="mae"), dataset)` might
# return `{"loss": 0.81, "mae": 0.72}`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# It is `fit_loop` without the step, and with one word changed in the forward pass.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `model(x, training=False)`; no tape, no optimizer. Weigh each batch by its number of samples.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `model.losses` has the extra losses of the last pass, in inference mode too. A `keras.metrics.Mean` of your own is new in every call; the metric that you
# are given is not.
#
# </details>


# %% task="evaluate_loop" role="answer" about="`evaluate`, to the same numbers" minutes=20 difficulty=2
def evaluate_loop(model, loss_fn, metric, dataset):
    """Loss and metric over a dataset, in inference mode; returns a dict of floats.

    dataset: batches (x, y); metric: a Keras metric. Keys: "loss" and metric.name.
    """
    ### BEGIN SOLUTION
    mean = keras.metrics.Mean()
    metric.reset_state()
    for x, y in dataset:
        y_pred = model(x, training=False)
        loss = loss_fn(y, y_pred) + sum(model.losses)
        mean.update_state(loss, sample_weight=len(x))
        metric.update_state(y, y_pred)
    return {"loss": float(mean.result()), metric.name: float(metric.result())}
    ### END SOLUTION


# %% task="evaluate_loop" role="check" points=1
keras.utils.set_random_seed(0)
generator = np.random.default_rng(0)
x = generator.normal(size=(12, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
result = evaluate_loop(
    model, keras.losses.MeanSquaredError(), keras.metrics.MeanAbsoluteError(name="mae"), dataset
)
assert result is not None, "evaluate_loop returned None: is a `return` missing?"
assert isinstance(result, dict) and set(result) == {"loss", "mae"}, (
    f"evaluate_loop returned a {type(result).__name__}; it should be a dict with the keys 'loss' and "
    "the metric's name, here 'mae'."
)
error = np.asarray(model(x)) - y
for key, expected in [("loss", (error**2).mean()), ("mae", np.abs(error).mean())]:
    assert np.isclose(float(result[key]), expected, rtol=1e-4), (
        f"{key} is {float(result[key]):.4f}, over all 12 samples it is {expected:.4f}."
    )


# %% task="evaluate_loop" role="hidden" points=2 tries="extra losses, inference mode, dropout and frozen layers, a shorter last batch, a second call, and whether the model is left as it was"
generator = np.random.default_rng(4)


def compare_with_evaluate(parts, samples, batch_size):
    """A model with the given parts and a frozen layer, compared with what evaluate gives."""
    keras.utils.set_random_seed(4)
    stack = [keras.Input((3,)), layers.Dense(6, "tanh")]
    if "dropout" in parts:
        stack.append(layers.Dropout(0.5))
    if "centering" in parts:
        stack.append(Centering())
    if "penalty" in parts:
        stack.append(MeanPenalty())
    regularizer = keras.regularizers.L2(0.2) if "regularizer" in parts else None
    stack.append(layers.Dense(1, kernel_regularizer=regularizer))
    model = keras.Sequential(stack)
    model.layers[0].trainable = False
    x = generator.normal(1.0, 2.0, size=(samples, 3)).astype("float32")
    y = (np.arange(samples) == samples - 1).astype("float32")[:, None] * 9
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
    what = f"{samples} samples in batches of {batch_size}, a model with {parts or 'Dense layers'}"

    weights = [weight.copy() for weight in model.get_weights()]
    metric = keras.metrics.MeanMetricWrapper(too_high, name="too_high")
    metric.update_state(np.zeros((1, 1)), np.full((1, 1), 50.0))  # used before: must not leak in
    try:
        result, used = by_hand(evaluate_loop, model, PullToTarget(), metric, dataset)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"{what}: evaluate_loop raised {type(error).__name__}. The model is not compiled and must "
            "not need to be."
        ) from error
    assert not used, (
        "Your function calls compile, fit, evaluate or something like that. The task is to write what "
        "that does yourself, by hand."
    )
    assert isinstance(result, dict) and set(result) == {"loss", "too_high"}, (
        f"{what}: it should return a dictionary with the keys 'loss' and metric.name, which is 'too_high' "
        "here."
    )
    for mine, right in zip(model.get_weights(), weights):
        assert np.array_equal(mine, right), (
            f"{what}: a weight has changed. (BatchNormalization updates its averages in training "
            "mode.)"
        )
    flags = [layer.trainable for layer in model.layers]
    assert flags == [False] + [True] * (len(flags) - 1), f"{what}: a trainable flag has changed."

    model.compile(
        keras.optimizers.SGD(0.1),
        PullToTarget(),
        metrics=[keras.metrics.MeanMetricWrapper(too_high, name="too_high")],
        run_eagerly=True,
    )
    expected = model.evaluate(dataset, verbose=0, return_dict=True)
    questions = {
        "loss": "Is it the mean over samples (the last batch is shorter), with the extra losses, "
        "in inference mode? loss_fn takes the targets first.",
        "too_high": "Was the metric reset before it was used, and is the pass in inference mode? "
        "Targets come first.",
    }
    for key, question in questions.items():
        assert isinstance(result[key], float), (
            f"{key} is a {type(result[key]).__name__}, it should be a plain float: float(…)."
        )
        assert np.isclose(result[key], expected[key], rtol=1e-3, atol=1e-5), (
            f"{what}: {key} is {result[key]:.4f}, evaluate gives {expected[key]:.4f}. {question}"
        )
    settings = model.optimizer, model.loss
    again, used = by_hand(evaluate_loop, model, keras.losses.MeanAbsoluteError(), metric, dataset)
    assert not used, (
        "Your function calls compile, fit, evaluate or something like that. The task is to write what "
        "that does yourself, by hand."
    )
    assert (model.optimizer, model.loss) == settings, (
        "evaluate_loop changed what compile had set on the model."
    )
    assert np.isclose(again["too_high"], expected["too_high"], rtol=1e-3), (
        f"{what}: called a second time the metric is {again['too_high']:.4f}; it is still "
        f"{expected['too_high']:.4f}."
    )


# One model with all parts shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_evaluate("dropout centering penalty regularizer", 6, 4)
except AssertionError as error:
    different = error
if different:
    compare_with_evaluate("", 33, 32)
    for parts in ["dropout", "centering", "regularizer", "penalty"]:
        compare_with_evaluate(parts, 10, 4)
    raise different

# %% [markdown]
# ## `clipped_step`
#
# One bad batch can throw a network off. Write `clipped_step(model, loss_fn, optimizer, x, y, max_norm)`: a training step as in
# `train_step` (training mode, extra losses, trainable weights only) with clipped gradients.
#
# - The **global norm** is the square root of the sum of all squared entries of all gradients.
# - If it is larger than `max_norm`, all gradients are scaled by the same factor, so that it becomes `max_norm`. Otherwise they
#   stay as they are.
# - It returns the global norm *before* clipping, as a number: a `float`, or a scalar of NumPy or TensorFlow.
#
# **Example.** For gradients `[3.0]` and `[4.0]` the norm is 5. With `max_norm=1` the step is made with `[0.6]` and `[0.8]`, and 5.0 is
# returned.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Between asking the tape and applying, there is room for one line.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# TensorFlow has a function that clips a list of gradients *together* and returns the norm it found.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `tf.clip_by_global_norm` returns two things: the clipped list, which the optimizer gets, and the norm before clipping, which you return.
#
# </details>


# %% task="clipped_step" role="answer" about="a step that cannot explode" minutes=15 difficulty=2
def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    """One training step with the global norm of the gradients clipped; returns the norm before.

    model, loss_fn, optimizer, x, y: as in train_step; max_norm: a positive float.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_weights)
    gradients, norm = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply(gradients, model.trainable_weights)
    return float(norm)
    ### END SOLUTION


# %% task="clipped_step" role="check" points=1
model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
# With w = b = 0, x = 0.75 and y = -2 the gradients are 2 * 2 * 0.75 = 3 for w and 2 * 2 = 4 for b.
x, y = np.array([[0.75]], "float32"), np.array([[-2.0]], "float32")
for max_norm, expected in [(1.0, [0.6, 0.8]), (100.0, [3.0, 4.0])]:
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    norm = clipped_step(
        model, keras.losses.MeanSquaredError(), keras.optimizers.SGD(1.0), x, y, max_norm
    )
    assert norm is not None, "clipped_step returned None: return the norm before clipping."
    assert np.isclose(float(norm), 5.0, rtol=1e-4), (
        f"With max_norm={max_norm} it returned {float(norm):.3f}; the norm of the gradients 3 and 4, "
        "before clipping, is 5."
    )
    moved = [-float(np.ravel(weight)[0]) for weight in model.get_weights()]
    assert np.allclose(moved, expected, rtol=1e-3), (
        f"With max_norm={max_norm} the step used the gradients {moved}, it should use {expected}: one "
        "factor for all gradients, and none if the norm is small enough."
    )


# %% task="clipped_step" role="hidden" points=2 tries="gradients below and above the limit, extra losses, training mode, frozen layers, and the norm that is returned"
def fresh_test_model(parts):
    keras.utils.set_random_seed(6)
    stack = [keras.Input((4,)), layers.Dense(6, "tanh", use_bias=False, name="first")]
    if "centering" in parts:
        stack.append(Centering())
    if "penalty" in parts:
        stack.append(MeanPenalty())
    regularizer = keras.regularizers.L2(0.5) if "regularizer" in parts else None
    stack.append(layers.Dense(2, kernel_regularizer=regularizer))
    model = keras.Sequential(stack)
    if "frozen" in parts:
        model.get_layer("first").trainable = False
    return model


generator = np.random.default_rng(6)
x = generator.normal(1.0, 2.0, size=(12, 4)).astype("float32")
y = generator.normal(size=(12, 2)).astype("float32") * 3
loss_fn = PullToTarget()
advice = {
    "": "One common factor for all gradients, max_norm / norm, if the norm is larger.",
    "centering": "Is the forward pass in training mode?",
    "regularizer": "Do the extra losses (model.losses) belong to what is minimized?",
    "penalty": "Do the extra losses (model.losses) belong to what is minimized?",
    "frozen": "Do frozen weights stay out of the norm and where they are?",
}


def compare_with_right_step(parts):
    """Two steps on a model with the given parts, compared with the same steps written here."""
    model = fresh_test_model(parts)
    optimizer, another = (keras.optimizers.SGD(0.3, momentum=0.9) for _ in range(2))
    start, expected = model.get_weights(), []
    for max_norm in [0.5, 1e6]:
        with tf.GradientTape() as tape:
            total = tf.add_n([loss_fn(y, model(x, training=True)), *model.losses])
        gradients = tape.gradient(total, model.trainable_weights)
        norm = np.sqrt(sum(float((np.asarray(g, "float64") ** 2).sum()) for g in gradients))
        another.apply([min(1.0, max_norm / norm) * g for g in gradients], model.trainable_weights)
        expected.append((max_norm, norm, model.get_weights()))
    start_again(model, start)
    for step_number, (max_norm, norm, weights) in enumerate(expected, 1):
        question = advice.get(parts, "")
        what = f"A model with {parts or 'two Dense layers'}, max_norm={max_norm}"
        try:
            result = float(clipped_step(model, loss_fn, optimizer, x, y, max_norm))
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{what}: clipped_step raised {type(error).__name__}, or returned no number. {question}"
            ) from error
        question = what_went_wrong(model, optimizer, step_number, question)
        assert np.isclose(result, norm, rtol=1e-3), (
            f"{what}: it returned {result:.4f}, the global norm before clipping is {norm:.4f}. "
            f"{question}"
        )
        for mine, right in zip(model.get_weights(), weights):
            assert np.allclose(mine, right, rtol=1e-3, atol=1e-5), (
                f"{what}: the weights after the step are others. {question}"
            )


# One model with all parts shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_right_step(" ".join(filter(None, advice)))
except AssertionError as error:
    different = error
if different:
    for parts in advice:
        compare_with_right_step(parts)
    raise different

# %% [markdown]
# ## `saliency`
#
# Which pixels does a decision depend on? Write `saliency(model, images, class_index)`, which returns
# `|d score[class_index] / d pixel|` for every pixel of every image: a `float32` NumPy array of the shape of `images`.
#
# - `images` is a NumPy array or tensor of any number type, `uint8` too, first axis the batch; the model returns scores `(n, classes)`.
# - The model is in inference mode, and what is returned for an image does not depend on the other images of the batch.
#
# **Example.** For a model whose score 2 is `5 * pixel_0 - pixel_1`, the saliency for class 2 is 5 at the first and 1 at the second
# pixel.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A gradient with respect to the *input* works as one with respect to a weight, except that nobody watches the input yet.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Convert the images to a float32 tensor, `tape.watch` it, and take the gradient of the scores' *sum* over the batch: each image's
# score depends on its own pixels only, so the sum does not mix them.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The scores of one class are a column of what the model returns, and a tape sums what it is asked to differentiate by itself. Cast and watch before the
# forward pass; NumPy takes the absolute value of the gradient.
#
# </details>


# %% task="saliency" role="answer" about="which pixels a score depends on" minutes=15 difficulty=2
def saliency(model, images, class_index):
    """Absolute gradient of one score with respect to each pixel, float32, shaped like images.

    model: returns scores (n, classes); images: (n, ...), any number type; class_index: int.
    """
    ### BEGIN SOLUTION
    x = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = model(x, training=False)[:, class_index]
    return np.abs(tape.gradient(scores, x).numpy())
    ### END SOLUTION


# %% task="saliency" role="check" points=1
model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
model.set_weights([np.array([[1.0, 2.0, 5.0], [0.0, 3.0, -1.0]]), np.zeros(3)])
images = np.array([[0.1, 0.2], [3.0, 4.0]], dtype="float32")
result = saliency(model, images, 2)
assert result is not None, "saliency returned None: is a `return` missing?"
result = np.asarray(result)
assert result.shape == (2, 2), f"The shape is {result.shape}, it should be that of images, (2, 2)."
assert not np.allclose(result, [[5, -1], [5, -1]]), (
    "The second pixel has -1: return absolute values, a dark influence is an influence too."
)
assert np.allclose(result, [[5, 1], [5, 1]], rtol=1e-4), (
    f"The saliency is {result.tolist()}, it should be [[5, 1], [5, 1]] for class 2: the gradient of "
    "that class's score, for each image by itself, neither averaged nor scaled."
)

# %% task="saliency" role="hidden" points=2 tries="other dtypes, tensors, other classes, single images among others, inference mode, and whether images and model are left as they were"
keras.utils.set_random_seed(8)
model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(4, 3, activation="tanh"),
        Centering(),
        layers.Flatten(),
        layers.Dense(5, activation="softmax"),
    ]
)
generator = np.random.default_rng(8)
images = generator.integers(0, 3, size=(3, 8, 8, 1)).astype("uint8")
before = images.copy()
weights = [weight.copy() for weight in model.get_weights()]


def slopes_by_differences(places, h=1e-2):
    """The derivatives of all scores by small differences, one pixel of one image each."""
    moved = np.stack([images[i] for i, _ in places] * 2).astype("float32")
    for number, (_, pixel) in enumerate(places):
        moved[number][pixel] += h
        moved[number + len(places)][pixel] -= h
    above, below = np.split(np.asarray(model(moved, training=False), dtype="float64"), 2)
    return np.abs(above - below) / (2 * h)


cases = [
    ("uint8", 0, "Integers have no gradient: convert the images to float32 before you watch them."),
    ("float64", 1, "The result is float32, whatever the images are."),
    ("float32", 3, "Absolute gradient of the score of class_index, in inference mode."),
]
places = [(0, (2, 3, 0)), (1, (7, 7, 0)), (2, (4, 1, 0))]
slopes = slopes_by_differences(places)
for dtype, class_index, question in cases:
    try:
        result = saliency(model, images.astype(dtype), class_index)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"Images of {dtype} end in {type(error).__name__}. {question}"
        ) from error
    assert isinstance(result, np.ndarray) and result.dtype == np.float32, (
        f"Images of {dtype}: it should return a float32 NumPy array, it returned "
        f"{type(result).__name__} of {getattr(result, 'dtype', 'no dtype')}. {question}"
    )
    assert result.shape == images.shape, f"The shape is {result.shape}, not {images.shape}."
    for (i, pixel), slope in zip(places, slopes[:, class_index]):
        assert np.isclose(result[i][pixel], slope, rtol=2e-2, atol=1e-4), (
            f"Images of {dtype}, class {class_index}: the saliency of a pixel is "
            f"{result[i][pixel]:.5f}; moving that pixel a little moves the score by {slope:.5f} "
            "per unit. Is it the score of class_index, in inference mode?"
        )
alone = np.concatenate([saliency(model, images[i : i + 1], 3) for i in (0, 2)])
assert np.allclose(result[[0, 2]], alone, rtol=1e-3, atol=1e-5), (
    "An image alone has another saliency than among others: each image's gradient is its own, "
    "neither averaged over the batch nor scaled by it."
)
assert np.array_equal(images, before), "saliency changed the caller's images."
assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights())), (
    "A weight of the model has changed: is the pass in inference mode?"
)
of_tensor = saliency(model, tf.constant(images), 3)
assert isinstance(of_tensor, np.ndarray) and np.allclose(of_tensor, result, rtol=1e-3, atol=1e-5), (
    "A tensor of images gives another result than the same NumPy array."
)
