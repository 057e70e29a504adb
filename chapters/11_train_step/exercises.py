# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 11 · Inside fit
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 11](../../notebooks/11_train_step.ipynb). The tasks do not depend on each other: do
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

# %% [markdown]
# ## `CustomFit`
#
# Write the class `CustomFit(keras.Model)`. It is made as `CustomFit(inputs, outputs)` and has a `train_step` of its own, which never
# calls the inherited one and does the same: after `fit` the logs (`loss` and every compiled metric) and the weights are those of a `keras.Model` with
# the same layers. Tests use models with one input and one output.
#
# - The forward pass is in training mode. What is minimized is the compiled loss plus the extra losses (regularizers, `add_loss`). Only
#   trainable weights move.
# - `fit(x, y)` and `fit(x, y, sample_weight=…)` both work. Sample weights reach the loss and the `weighted_metrics`.
# - `loss` in the logs is a mean over *samples*: a batch of 3 counts three times as much as a batch of 1. Every epoch starts anew.
#
# **Example.** `model = CustomFit(inputs, outputs)`, then `model.compile("sgd", "mse", metrics=["mae"])`, then
# `model.fit(x, y, sample_weight=w)`: the history has `loss` and `mae`, with the numbers of the built-in step.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `data` is what one batch brings: `(x, y)` or `(x, y, sample_weight)`. `keras.utils.unpack_x_y_sample_weight(data)` gives three
# things in both cases.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `self.compute_loss(x=…, y=…, y_pred=…, sample_weight=…)` gives the total loss, the extra losses included.
# `self.compute_metrics(x, y, y_pred, sample_weight)` updates the compiled metrics and returns all logs. Between the two somebody has to
# update the metric named `"loss"` in `self.metrics`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Tape, forward pass and `compute_loss` in it, gradients of `self.trainable_weights`, `self.optimizer.apply(…)`, the logs. The `"loss"` metric
# averages what it is given: how does a batch of 3 get three times the weight of a batch of 1?
#
# </details>


# %% task="CustomFit" role="answer" about="the built-in training step, written by you" minutes=25 difficulty=2
class CustomFit(keras.Model):
    """A model whose own training step equals the built-in one. CustomFit(inputs, outputs)."""

    def train_step(self, data):
        """Train on one batch; returns the logs.

        data: (x, y) or (x, y, sample_weight).
        """
        ### BEGIN SOLUTION
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)
        ### END SOLUTION


# %% task="CustomFit" role="check" points=2
generator = np.random.default_rng(0)
x = tf.constant(generator.normal(size=(16, 3)), "float32")
y = tf.reduce_sum(x, axis=1, keepdims=True) + 1
weight = tf.constant(generator.uniform(0.1, 3, size=16), "float32")
models = []
for model_class in [CustomFit, keras.Model]:
    keras.utils.set_random_seed(1)
    inputs = keras.Input((3,))
    model = model_class(inputs, layers.Dense(1)(layers.Dense(4, "tanh")(inputs)))
    mae = keras.metrics.MeanAbsoluteError(name="mae")
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=[mae])
    models.append(model)
model, twin = models
for data in [(x, y), (x, y, weight)]:
    what = "With sample weights" if len(data) == 3 else "Without sample weights"
    try:
        if len(data) == 3:  # as in fit, without the time that a second graph takes
            model.reset_metrics()
            logs = model.train_step(data)
        else:
            batches = tf.data.Dataset.from_tensors(data)
            history = model.fit(batches, epochs=2, shuffle=False, verbose=0).history
            logs = {key: values[-1] for key, values in history.items()}
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"{what} fit fails: {type(error).__name__}. Does train_step take (x, y) as well as "
            "(x, y, sample_weight), and return a dictionary?"
        ) from error
    assert isinstance(logs, dict), f"train_step returned a {type(logs).__name__}: return the logs."
    for nested in [value for value in logs.values() if isinstance(value, dict)]:
        logs = {**{key: value for key, value in logs.items() if value is not nested}, **nested}
    results = model.get_metrics_result()
    logs = results if set(results) == set(logs) else logs  # what fit makes the logs of
    for _ in range(1 if len(data) == 3 else 2):
        twin.reset_metrics()
        expected = twin.train_step(data)
    assert {"loss", "mae"} <= set(logs), (
        f"{what} the logs are {sorted(logs)}, they should be ['loss', 'mae']: return all of them."
    )
    for key in ["mae", "loss"]:
        assert np.any(logs[key]), (
            f"{what} {key} is 0.0 in the logs: its metric in self.metrics was never updated."
        )
    for key in ["loss", "mae"]:
        assert np.isclose(logs[key], expected[key], rtol=1e-3), (
            f"{what} {key} is {float(logs[key]):.4f}, the built-in step gives {float(expected[key]):.4f}. "
            + ("Do the sample weights reach the loss?" if len(data) == 3 else "")
            + ("Are the metrics computed on the outputs before the update?" if key == "mae" else "")
        )
    assert all(
        np.allclose(a, b, rtol=1e-3, atol=1e-5)
        for a, b in zip(model.get_weights(), twin.get_weights())
    ), f"{what} the weights are not those of the built-in step."


# %% task="CustomFit" role="hidden" points=2 tries="sample weights, extra losses, dropout, BatchNormalization, frozen layers, momentum, several epochs, and the weights after them"
class BatchPenalty(layers.Layer):
    """Passes its inputs on and adds their mean square as a loss."""

    def call(self, inputs):
        self.add_loss(0.3 * ops.mean(inputs**2))
        return inputs


def lopsided(y_true, y_pred):
    """Squared errors, of outputs above their targets three times: y_true and y_pred must not be swapped."""
    error = y_pred - y_true
    return ops.mean(ops.where(error > 0, 3.0, 1.0) * error**2, axis=-1)


def fresh_test_model(model_class, part):
    keras.utils.set_random_seed(2)
    inputs = keras.Input((3,))
    hidden = layers.Dense(6, "tanh", trainable="frozen" not in part)(inputs)
    if "dropout" in part:
        hidden = layers.Dropout(0.5, seed=4)(hidden)
    if "batchnorm" in part:
        hidden = layers.BatchNormalization()(hidden)
    if "penalty" in part:
        hidden = BatchPenalty()(hidden)
    regularizer = keras.regularizers.L2(0.2) if "regularizer" in part else None
    model = model_class(inputs, layers.Dense(1, kernel_regularizer=regularizer)(hidden))
    model.compile(
        optimizer=keras.optimizers.SGD(0.02, momentum=0.9 if "momentum" in part else 0.0),
        loss=lopsided,
        metrics=[keras.metrics.MeanAbsoluteError(name="mae")],
        weighted_metrics=[keras.metrics.MeanMetricWrapper(lopsided, name="lopsided")],
    )
    return model


inherited = []


def inherited_step(self, data):
    inherited.append(True)
    return original_step(self, data)


def logs_of_epoch(model, batches):
    """What `fit` does in an epoch, without the time that a graph takes; every metric by its name."""
    model.reset_metrics()
    for batch in batches:
        logs = model.train_step(batch)
    for nested in [value for value in logs.values() if isinstance(value, dict)]:
        logs = {**{key: value for key, value in logs.items() if value is not nested}, **nested}
    results = model.get_metrics_result()
    logs = results if set(results) == set(logs) else logs
    return {key: float(value) for key, value in logs.items()}


generator = np.random.default_rng(2)
advice = {
    "Dense layers": "loss is a mean over samples, not over batches: the last batch has few samples only. "
    "Every epoch starts anew. Targets come before outputs.",
    "momentum": "Does self.optimizer itself make the update, one per step, and not a new optimizer?",
    "dropout": "Is the forward pass in training mode, self(x, training=True), and made once?",
    "batchnorm": "Is the forward pass in training mode, self(x, training=True), and made once?",
    "regularizer": "Is the penalty of the regularizer (self.losses) part of what is minimized, once?",
    "penalty": "Is the loss that a layer adds in this pass (self.losses) part of what is minimized, once?",
    "frozen": "Do only trainable weights move?",
}
hints = {
    "loss": "Do the sample weights reach the loss? ",
    "mae": "Is it computed on the outputs before the update, and without the sample weights? Only "
    "weighted_metrics are weighted. ",
    "lopsided": "Do the sample weights reach the weighted metrics? ",
}
owner = next(base for base in keras.Model.__mro__ if "train_step" in vars(base))
original_step = owner.train_step


def compare_with_built_in(part):
    """Train a CustomFit and a plain model whose layers have the given part, and compare them."""
    question = advice.get(part, "")
    sizes = (16, 4)
    x = tf.constant(generator.normal(1.0, 1.5, size=(20, 3)), "float32")
    y = tf.reduce_sum(x, axis=1, keepdims=True) + 9.0 * tf.constant([[0.0]] * 17 + [[1.0]] * 3)
    weights = tf.constant(generator.uniform(0.1, 4, size=20), "float32")
    model, twin = fresh_test_model(CustomFit, part), fresh_test_model(keras.Model, part)
    for epoch, data in enumerate([(x, y), (x, y, weights)], start=1):
        weighted = len(data) == 3
        batches = list(zip(*(tf.split(values, sizes) for values in data)))
        what = (
            f"{'With' if weighted else 'Without'} sample weights, batches of 16 and 4, a model with {part}, "
            f"epoch {epoch}"
        )
        right = logs_of_epoch(twin, batches)
        owner.train_step = inherited_step
        try:
            logs = logs_of_epoch(model, batches)
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{what}: train_step raised {type(error).__name__}. Does it take (x, y) as well as "
                "(x, y, sample_weight), and return a dictionary?"
            ) from error
        finally:
            owner.train_step = original_step
        assert not inherited, (
            "train_step calls the inherited train_step: write its three steps (forward pass, gradients, "
            "update) yourself."
        )
        missing = set(right) - set(logs)
        assert not missing, f"{what}: {len(missing)} of loss, mae and lopsided are not in the logs."
        for key in ("loss", "mae", "lopsided"):
            hint = hints[key] if weighted or key == "mae" else ""
            assert np.isclose(logs[key], right[key], rtol=2e-3), (
                f"{what}: {key} is {logs[key]:.4f}, the built-in step logs {right[key]:.4f}. {hint}{question}"
            )
        assert all(
            np.allclose(mine, wanted, rtol=1e-2, atol=1e-3)
            for mine, wanted in zip(model.get_weights(), twin.get_weights())
        ), f"{what}: the weights after it are not those of the built-in step. {question}"


# One model with all parts shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_built_in(", ".join(advice))
except AssertionError as error:
    different = error
if different:
    for part in advice:
        compare_with_built_in(part)
    raise different

# %% [markdown]
# ## `MAETracker`
#
# Write the class `MAETracker(keras.Model)`, made as `MAETracker(inputs, outputs)`. It trains on the mean squared error and keeps its own
# trackers.
#
# - `compile(optimizer)` is enough: no loss, no metrics. `fit(x, y)` then minimizes the mean squared error. Only trainable weights move.
# - The logs are `loss` (the mean squared error) and `mae` (the mean absolute error), both on the outputs of the training pass, in training mode, both
#   means over the *samples* of the epoch: the last batch may be shorter.
# - Both are found in `model.metrics` under these names, so that `fit` resets them before each epoch.
#
# **Example.** With one output, errors 1 and 3 in a first batch and 8 in a second, and a learning rate of 0, `loss` is (1 + 9 + 64) / 3 = 24.67 and `mae` is 4.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two metric objects, made in `__init__`, updated in `train_step`, listed in a property called `metrics`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.metrics.Mean(name="loss")` averages what it is given. Give it the loss of the batch together with the number of its samples.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# For the other one, Keras has a metric that needs no weight: it counts the samples of `y` and `y_pred` itself. The logs are a dictionary with each
# metric's `result()`, under its name.
#
# </details>


# %% task="MAETracker" role="answer" about="a loss and a metric of your own in the logs" minutes=25 difficulty=2
class MAETracker(keras.Model):
    """Trains on the mean squared error and logs loss and mae. MAETracker(inputs, outputs)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ### BEGIN SOLUTION
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_tracker = keras.metrics.MeanAbsoluteError(name="mae")
        ### END SOLUTION

    @property
    def metrics(self):
        """The trackers: `fit` resets what is listed here before each epoch."""
        ### BEGIN SOLUTION
        return [self.loss_tracker, self.mae_tracker]
        ### END SOLUTION

    def train_step(self, data):
        """Train on one batch (x, y); returns the logs."""
        ### BEGIN SOLUTION
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = ops.mean((y - y_pred) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss, sample_weight=ops.shape(x)[0])
        self.mae_tracker.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}
        ### END SOLUTION


# %% task="MAETracker" role="check" points=1
generator = np.random.default_rng(0)
x = generator.normal(size=(40, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True) + 2
inputs = keras.Input((3,))
keras.utils.set_random_seed(0)
model = MAETracker(inputs, layers.Dense(1)(inputs))
model.compile(keras.optimizers.SGD(0.1))
try:
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(10, drop_remainder=True)
    history = model.fit(batches, epochs=3, shuffle=False, verbose=0).history
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"fit fails: {type(error).__name__}. The model is compiled with an "
        "optimizer alone: the loss has to come from train_step."
    ) from error
assert {"loss", "mae"} <= set(history), (
    f"The logs are {sorted(history)}, they should be loss and mae."
)
for key in ["loss", "mae"]:
    assert np.any(history[key]), (
        f"{key} is 0.0 in the logs: fit reads the metric named {key!r} in self.metrics, and that one "
        "was never updated. Is your tracker listed in the metrics property?"
    )
    assert history[key][-1] < 0.7 * history[key][0], (
        f"{key} does not fall: {np.round(history[key], 3)}. Are the gradients applied, and does each "
        "epoch start anew?"
    )

# %% task="MAETracker" role="hidden" points=2 tries="a shorter last batch, several outputs, several epochs, the names in the logs, momentum, and the weights after training"
generator = np.random.default_rng(3)
modes = []


class TestMode(layers.Layer):
    """Passes its inputs on, and keeps whether it was in training mode."""

    def call(self, inputs, training=False):
        modes.append(bool(training))
        return inputs


def errors_of_training(x, y, w, b, batch_size, epochs, rate):
    """Errors of all batches of gradient descent with momentum 0.9 on x @ w + b, in NumPy."""
    epoch_errors, v_w, v_b = [], 0, 0
    for _ in range(epochs):
        epoch_errors.append([])
        for start in range(0, len(x), batch_size):
            batch_x = x[start : start + batch_size]
            error = batch_x @ w + b - y[start : start + batch_size]
            epoch_errors[-1].append(error)
            v_w = 0.9 * v_w - rate * 2 * batch_x.T @ error / error.size
            v_b = 0.9 * v_b - rate * 2 * error.sum(axis=0) / error.size
            w, b = w + v_w, b + v_b
    return epoch_errors, w, b


for samples, batch_size, outputs, rate in [(10, 8, 2, 0.02)]:
    x = generator.normal(size=(samples, 3)).astype("float32")
    y = generator.normal(size=(samples, outputs)).astype("float32")
    y[-1] += 9  # the short last batch is far off
    inputs = keras.Input((3,))
    dense, frozen = layers.Dense(outputs), layers.Dense(3, use_bias=False)
    model = MAETracker(inputs, dense(TestMode()(frozen(inputs))))
    frozen.set_weights([np.eye(3)])
    frozen.trainable = False  # from now on: its weights have gradients still
    w, b = dense.get_weights()
    model.compile(keras.optimizers.SGD(rate, momentum=0.9))
    expected, w, b = errors_of_training(x, y, w, b, batch_size, 2, rate)
    modes.clear()
    what = f"{samples} samples in batches of {batch_size}, {outputs} output(s)"
    for epoch in (1, 2):
        model.reset_metrics()  # as fit does, without the time that a graph takes
        for start in range(0, samples, batch_size):
            batch = x[start : start + batch_size], y[start : start + batch_size]
            try:
                logs = model.train_step((tf.constant(batch[0]), tf.constant(batch[1])))
            except Exception as error:
                if "Not attempted yet" in str(error):
                    raise
                raise AssertionError(
                    f"{what}: train_step raised {type(error).__name__}. The model is compiled with an "
                    "optimizer alone, and the last batch is shorter."
                ) from error
        assert any(modes), (
            f"{what}: the forward pass is in inference mode: self(x, training=True). Else Dropout and "
            "BatchNormalization would not do in training what they are for."
        )
        assert np.array_equal(frozen.get_weights()[0], np.eye(3)), (
            f"{what}: a layer whose trainable is False has moved. Only trainable weights move: which ones does "
            "the optimizer get?"
        )
        results = model.get_metrics_result()
        logs = results if set(results) == set(logs) else logs  # what fit makes the logs of
        for key, function in [("loss", np.square), ("mae", np.abs)]:
            of_batches = [function(error).mean() for error in expected[epoch - 1]]
            right = function(np.concatenate(expected[epoch - 1])).mean()
            so_far = function(np.concatenate(sum(expected[:epoch], []))).mean()
            assert key in logs, f"{what}: there is no {key} in the logs."
            value = float(logs[key])
            place = f"{what}, epoch {epoch}: {key} is {value:.4f}, it should be {right:.4f}"
            good = np.isclose(value, right, rtol=1e-3)
            assert value, f"{what}: {key} is 0.0 in the logs: its tracker was not updated."
            assert good or not np.isclose(value, np.mean(of_batches), rtol=1e-3), (
                f"{place}. It is the mean of the batches' means: the last batch is shorter and must "
                "count less."
            )
            assert good or not np.isclose(value, of_batches[-1], rtol=1e-3), (
                f"{place}. It is the value of the last batch, not the mean over the epoch."
            )
            assert good or not np.isclose(value, so_far, rtol=1e-3), (
                f"{place}. The earlier epochs are still in it: a tracker that is not in metrics is "
                "never reset."
            )
            assert good, (
                f"{place}: the mean over the samples of the epoch, on the outputs of the training pass, "
                "before the update, with the mean squared error as loss."
            )
            listed = [float(m.result()) for m in model.metrics if m.name == key]
            assert any(np.isclose(found, value, rtol=1e-3) for found in listed), (
                f"No metric named {key!r} in model.metrics holds the logged value: a tracker that is not in "
                "metrics is never reset."
            )
    updates, steps = int(model.optimizer.iterations), 2 * len(expected[0])
    same = all(np.allclose(a, b, rtol=1e-2, atol=1e-3) for a, b in zip(dense.get_weights(), [w, b]))
    assert same or updates == steps, (
        f"{what}: in {steps} steps the compiled optimizer made {updates} updates. Does self.optimizer itself "
        "make them, one per step, and not a new optimizer?"
    )
    assert same, (
        f"{what}: the weights after 2 epochs are not those of gradient descent with momentum on the mean "
        "squared error."
    )

# %% [markdown]
# ## `EvalOnly`
#
# Write the class `EvalOnly(keras.Model)`, made as `EvalOnly(inputs, outputs)`, with a `test_step` of its own that never calls the
# inherited one and does the same: `evaluate` returns what it returns for a `keras.Model` with the same layers and weights. Tests use models
# with one input and one output.
#
# - The forward pass is in inference mode. No weight changes.
# - `loss` is the compiled loss plus the extra losses, a mean over *samples*: the last batch may be shorter.
# - Sample weights reach the loss and the `weighted_metrics`. `evaluate(x, y)` works as well as `evaluate(x, y, sample_weight=…)`.
# - Every `evaluate` starts anew.
#
# **Example.** `model.evaluate(x, y, sample_weight=w, return_dict=True)` gives `{"loss": …, "mae": …}` after
# `model.compile(loss="mse", metrics=["mae"])`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# It is a training step without tape and optimizer.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `self(x, training=False)`, `self.compute_loss(…)` with the sample weights, `self.compute_metrics(…)`. The metric named `"loss"` in
# `self.metrics` does not update itself.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Look for the metric named `"loss"` in a loop over `self.metrics`, and update it with the loss and the number of samples, which is its
# `sample_weight`. What `compute_metrics` returns are all logs, once that is done.
#
# </details>


# %% task="EvalOnly" role="answer" about="the step behind `evaluate`" minutes=20 difficulty=2
class EvalOnly(keras.Model):
    """A model whose own test step equals the built-in one. EvalOnly(inputs, outputs)."""

    def test_step(self, data):
        """Evaluate one batch; returns the logs.

        data: (x, y) or (x, y, sample_weight).
        """
        ### BEGIN SOLUTION
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(
            x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False
        )
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)
        ### END SOLUTION


# %% task="EvalOnly" role="check" points=1
generator = np.random.default_rng(0)
x = tf.constant(generator.normal(size=(16, 3)), "float32")
y = tf.reduce_sum(x, axis=1, keepdims=True) + 1
weight = tf.constant(generator.uniform(0.1, 3, size=16), "float32")
inputs = keras.Input((3,))
keras.utils.set_random_seed(0)
outputs = layers.Dense(1)(layers.Dense(4, "tanh")(inputs))
model, twin = EvalOnly(inputs, outputs), keras.Model(inputs, outputs)
for each in (model, twin):
    each.compile(loss="mse", metrics=[keras.metrics.MeanAbsoluteError(name="mae")])
twin.run_eagerly = True
for data in [(x, y), (x, y, weight)]:
    what = "With sample weights" if len(data) == 3 else "Without sample weights"
    batches = tf.data.Dataset.from_tensors(data)
    right = twin.evaluate(batches, verbose=0, return_dict=True)
    try:
        mine = model.evaluate(batches, verbose=0, return_dict=True)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"{what} evaluate fails: {type(error).__name__}. Does test_step take (x, y) as well as "
            "(x, y, sample_weight), and return a dictionary?"
        ) from error
    model.run_eagerly = True  # the second time, since a graph takes time
    model.make_test_function(force=True)
    assert set(mine) == {"loss", "mae"}, f"{what} evaluate gives {sorted(mine)}, not loss and mae."
    for key in ["mae", "loss"]:
        assert mine[key] != 0, f"{what} {key} is 0.0: its metric in self.metrics was never updated."
        assert np.isclose(mine[key], right[key], rtol=1e-4), (
            f"{what} {key} is {mine[key]:.4f}, the built-in step gives {right[key]:.4f}."
            + (" Do the sample weights reach the loss?" if len(data) == 3 else "")
        )


# %% task="EvalOnly" role="hidden" points=2 tries="sample weights, several metrics, BatchNormalization and dropout, extra losses, a shorter last batch, and a second evaluate"
class BatchPenalty(layers.Layer):
    """Passes its inputs on and adds their mean square as a loss."""

    def call(self, inputs):
        self.add_loss(0.3 * ops.mean(inputs**2))
        return inputs


def lopsided(y_true, y_pred):
    """Squared errors, of outputs above their targets three times: y_true and y_pred must not be swapped."""
    error = y_pred - y_true
    return ops.mean(ops.where(error > 0, 3.0, 1.0) * error**2, axis=-1)


def fresh_test_models(part):
    """An EvalOnly and a plain model that share their layers."""
    keras.utils.set_random_seed(4)
    inputs = keras.Input((3,))
    hidden = layers.Dense(6, "tanh")(inputs)
    if "dropout" in part:
        hidden = layers.Dropout(0.5)(hidden)
    if "batchnorm" in part:
        hidden = layers.BatchNormalization()(hidden)
    if "penalty" in part:
        hidden = BatchPenalty()(hidden)
    regularizer = keras.regularizers.L2(0.2) if "regularizer" in part else None
    outputs = layers.Dense(1, kernel_regularizer=regularizer)(hidden)
    models = EvalOnly(inputs, outputs), keras.Model(inputs, outputs)
    for model in models:
        model.compile(
            optimizer=keras.optimizers.SGD(0.1),
            loss=lopsided,
            metrics=[keras.metrics.MeanAbsoluteError(name="mae")],
            weighted_metrics=[keras.metrics.MeanMetricWrapper(lopsided, name="lopsided")],
            run_eagerly=True,
        )
    return models


inherited = []


def inherited_step(self, data):
    inherited.append(True)
    return original_step(self, data)


generator = np.random.default_rng(4)
advice = {
    "Dense layers": "loss is a mean over samples, not over batches: the last batch has one sample only. "
    "Targets come before outputs.",
    "dropout": "Is the forward pass in inference mode, self(x, training=False)?",
    "batchnorm": "Is the forward pass in inference mode, self(x, training=False)?",
    "regularizer": "Are the extra losses (self.losses) part of the loss, once?",
    "penalty": "Are the extra losses of this pass (self.losses) part of the loss, once?",
}
hints = {
    "loss": "Do the sample weights reach the loss? ",
    "mae": "The entries of metrics=[…] are not weighted, only those of weighted_metrics. ",
    "lopsided": "Do the sample weights reach the weighted metrics? ",
}
owner = next(base for base in keras.Model.__mro__ if "test_step" in vars(base))
original_step = owner.test_step


def compare_with_built_in(part):
    """Evaluate an EvalOnly and a plain model whose layers have the given part, and compare them."""
    question = advice.get(part, "")
    x = generator.normal(1.0, 1.5, size=(9, 3)).astype("float32")
    y = x.sum(axis=1, keepdims=True) + 9 * (np.arange(9) == 8).astype("float32")[:, None]
    weights = generator.uniform(0.1, 4, size=9).astype("float32")
    model, twin = fresh_test_models(part)
    before, turn = twin.get_weights(), "evaluated a first time"
    for data in [(x, y), (x, y, weights)]:
        batches = tf.data.Dataset.from_tensor_slices(data).batch(8)
        expected = twin.evaluate(batches, verbose=0, return_dict=True)
        weighted = len(data) == 3
        what = f"{'With' if weighted else 'Without'} sample weights, 9 samples in batches of 8, a model with {part}"
        owner.test_step = inherited_step
        try:
            result = model.evaluate(batches, verbose=0, return_dict=True)
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{what}: {type(error).__name__}. Does test_step take (x, y) as well as "
                "(x, y, sample_weight), and return a dictionary?"
            ) from error
        finally:
            owner.test_step = original_step
        assert not inherited, (
            "test_step calls the inherited test_step: write forward pass, loss and metrics yourself."
        )
        for mine, right in zip(twin.get_weights(), before):
            assert np.array_equal(mine, right), (
                f"{what}: evaluate has changed a weight. (In training mode BatchNormalization does.)"
            )
        missing = set(expected) - set(result)
        assert not missing, (
            f"{what}: {len(missing)} of loss, mae and lopsided are not in what evaluate gives."
        )
        for key in ("loss", "mae", "lopsided"):
            hint = hints[key] if weighted else ""
            assert np.isclose(result[key], expected[key], rtol=1e-3), (
                f"{what}, {turn}: {key} is {result[key]:.4f}, the built-in step gives {expected[key]:.4f}. "
                f"{hint}{question}"
            )
        turn = "evaluated a second time, which starts anew"
    assert all(layer.trainable for layer in twin.layers), f"{what}: a trainable flag has changed."


# One model with all parts shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_built_in(", ".join(advice))
except AssertionError as error:
    different = error
if different:
    for part in advice:
        compare_with_built_in(part)
    raise different

# %% [markdown]
# ## `Denoiser`
#
# Write the class `Denoiser(keras.Model)` with `__init__(self, network, stddev=0.3, seed=0)`: it teaches `network`, a model from
# images to images of the same shape, to remove noise.
#
# - `compile(optimizer)` is enough, and `fit(images)` has no targets. `images` is a float32 array, first axis the batch.
# - In each training step Gaussian noise with mean 0 and standard deviation `stddev` (at most 1) is added to the images, nothing else is
#   done to them (no clipping). The network gets the noisy images. What is minimized is the mean squared error between its output and the *clean* images.
#   Only trainable weights move.
# - The noise is drawn anew for every pixel, every image and every step. Two Denoisers with the same `seed` see the same sequence of draws,
#   whatever else is random in the program; another seed gives another sequence.
# - The logs have `loss`, the mean of that squared error over the epoch.
# - `predict(images)` is the network's output for the images as they are: no noise.
#
# **Example.** For a network that returns its input, `loss` is about `stddev ** 2`, 0.09 with the default.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The targets are what comes in. `call` is used by `predict`; the noise belongs into `train_step`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `layers.GaussianNoise(stddev, seed=seed)` adds noise when it is called with `training=True`. Or draw with
# `keras.random.normal` and a `keras.random.SeedGenerator(seed)` made once, in `__init__`: an int as seed would give the same noise in each step.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `images, _, _ = keras.utils.unpack_x_y_sample_weight(data)`. The noise layer is called with `training=True`, and what it gives goes through `self`. Which of
# the two batches, clean or noisy, is the output compared with? A `keras.metrics.Mean(name="loss")` is listed in a `metrics` property.
#
# </details>


# %% task="Denoiser" role="answer" about="training without targets" minutes=35 difficulty=3
class Denoiser(keras.Model):
    """Trains network to give the clean image for image + Gaussian noise.

    network: images -> images of the same shape; stddev: of the noise, at most 1; seed: an int.
    """

    def __init__(self, network, stddev=0.3, seed=0):
        super().__init__()
        ### BEGIN SOLUTION
        self.network = network
        self.noise = layers.GaussianNoise(stddev, seed=seed)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]
        ### END SOLUTION

    def call(self, images, training=False):
        """The network's output for the images as they are."""
        ### BEGIN SOLUTION
        return self.network(images, training=training)
        ### END SOLUTION

    def train_step(self, data):
        """Train on one batch of images; returns the logs."""
        ### BEGIN SOLUTION
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        noisy = self.noise(images, training=True)
        with tf.GradientTape() as tape:
            loss = ops.mean((self(noisy, training=True) - images) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss, sample_weight=ops.shape(images)[0])
        return {"loss": self.loss_tracker.result()}
        ### END SOLUTION


# %% task="Denoiser" role="check" points=1
keras.utils.set_random_seed(0)
images = np.random.default_rng(0).uniform(size=(16, 16, 16, 1)).astype("float32")
unchanged = layers.Conv2D(1, 1)  # weight 1, bias 0: returns its input
network = keras.Sequential([keras.Input((16, 16, 1)), unchanged])
unchanged.set_weights([np.ones((1, 1, 1, 1)), np.zeros(1)])
model = Denoiser(network, stddev=0.5)
model.compile(keras.optimizers.SGD(0.0))
try:
    history = model.fit(images, batch_size=8, epochs=3, verbose=0).history
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"fit(images) fails: {type(error).__name__}. There are no targets and no compiled loss: both have "
        "to come from train_step. Take the images out of data with keras.utils.unpack_x_y_sample_weight. "
        "In a graph tensors have no values: there is no .numpy(), and NumPy's functions do not take them."
    ) from error
assert "loss" in history, f"The logs are {sorted(history)}, loss should be there."
loss = np.asarray(history["loss"], dtype="float64")
assert np.any(loss), (
    "loss is 0.0. Either its tracker is not listed in metrics, or the network's output is compared "
    "with the noisy images, or there is no noise."
)
assert np.allclose(loss, 0.25, atol=0.04), (
    f"For a network that returns its input, loss is {np.round(loss, 3)}; with stddev 0.5 it "
    "should be about 0.25, the mean square of the noise."
)
assert np.ptp(loss) > 1e-5, (
    f"loss is {loss[0]:.6f} in each of three epochs: the noise is the same in all steps. NumPy draws only while "
    "the step becomes a graph, and an int as seed gives the same numbers each time."
)
model.run_eagerly = True  # as always, without the time that another graph takes
try:
    predicted = model.predict(images, verbose=0)
except NotImplementedError as error:
    raise AssertionError("predict needs the method call: the network's output.") from error
assert np.allclose(predicted, images, atol=1e-5), (
    "predict adds noise: noise belongs to training, predict is the network's output for the images."
)

# %% task="Denoiser" role="hidden" points=3 tries="how the noise is distributed, seeds, fresh noise in each step, a shorter last batch, several epochs, the trained weights, and predict"
clean = np.random.default_rng(5).uniform(size=(30, 12, 10, 1)).astype("float32")
sizes = [8, 8, 8, 6]  # one epoch
targets = np.split(clean, np.cumsum(sizes)[:-1]) * 2


modes = []


def spied_network():
    """A 1x1 convolution 0.5 x + 0.1 that keeps each batch it gets, and a frozen one that gives x."""
    seen = []

    class Spy(layers.Layer):
        def call(self, inputs, training=False):
            if hasattr(inputs, "numpy"):
                seen.append(np.array(inputs))
                modes.append(bool(training))
            return inputs

    scale, frozen = layers.Conv2D(1, 1), layers.Conv2D(1, 1, use_bias=False)
    network = keras.Sequential([keras.Input((12, 10, 1)), Spy(), frozen, scale])
    scale.set_weights([np.full((1, 1, 1, 1), 0.5), np.full(1, 0.1)])
    frozen.set_weights([np.ones((1, 1, 1, 1))])
    frozen.trainable = False  # from now on: its weight has a gradient still
    return network, seen


runs = []
for given in [
    {"stddev": 0.4, "seed": 0},
    {"stddev": 0.4},
    {"seed": 7},
]:  # all before any is trained
    keras.utils.set_random_seed(100 + len(runs))  # another global seed each time
    network, seen = spied_network()
    denoiser = Denoiser(network, **given)
    denoiser.compile(keras.optimizers.SGD(0.1, momentum=0.9))
    runs.append((denoiser, network, seen))
noises, losses = [], []
for number, (denoiser, network, seen) in enumerate(runs):
    keras.utils.set_random_seed(200 + number)
    steps = 8 if number == 0 else 2  # two epochs of the first one
    batches = []
    for step, target in enumerate(targets[:steps]):
        if step % 4 == 0:
            denoiser.reset_metrics()  # as fit does, without the time that a graph takes
        seen.clear()
        try:
            logs = denoiser.train_step(tf.constant(target))
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"train_step on {len(target)} images raised {type(error).__name__}. fit(images) hands it the "
                "images of a batch, and the last batch is shorter. (`training` of a call is True or False.)"
            ) from error
        assert seen and all(np.shape(batch) == target.shape for batch in seen), (
            "In a training step the network should get the noisy images, one for each image of the batch."
        )
        batches.append(seen[-1])
        if number == 0 and step % 4 == 3:
            losses.append(float({**logs, **denoiser.get_metrics_result()}["loss"]))
    noises.append([batch - target for batch, target in zip(batches, targets)])
    runs[number] = (denoiser, network, batches)

noise, noisy = noises[0], runs[0][2]
spread = np.concatenate([n.ravel() for n in noise])
assert np.abs(spread).max() > 1e-6, "The network gets the clean images in training: add the noise."
one_batch = noise[0].reshape(8, -1)
assert one_batch.std(axis=1).min() > 0.1 * spread.std(), (
    "All pixels of an image get the same noise: draw one number per pixel, with the shape of the images."
)
assert np.abs(np.corrcoef(one_batch) - np.eye(8)).max() < 0.6, (
    "All images of a batch get the same noise: draw with the whole shape, the batch axis included."
)
rows = noise[0][0, :, :, 0]
assert rows.std(axis=0).min() > 0.05 and rows.std(axis=1).min() > 0.05, (
    "The noise is constant along rows or columns of an image: draw one number per pixel."
)
full = np.stack([n.ravel() for n in noise if len(n) == 8])
assert np.abs(np.corrcoef(full) - np.eye(len(full))).max() < 0.3, (
    "The noise is the same in several steps: it was drawn once (an int as seed, NumPy randomness, or a "
    "SeedGenerator made in each step). It must be drawn anew in every step and epoch."
)
seen_values = np.concatenate([batch.ravel() for batch in noisy])
assert seen_values.min() < 0 and seen_values.max() > 1, (
    "The noisy images were clipped to the range from 0 to 1: nothing but the noise is asked for."
)
assert abs(spread.mean()) < 0.04, f"The noise has mean {spread.mean():.3f}, it should be 0."
assert abs(spread.std() - 0.4) < 0.02, (
    f"The noise has the standard deviation {spread.std():.3f}, with stddev=0.4 it should be 0.4. (Is it "
    "taken for the variance, or is a fixed number used?)"
)
kurtosis = (spread**4).mean() / (spread**2).mean() ** 2
assert abs(kurtosis - 3) < 0.5, (
    f"The noise is not Gaussian: its kurtosis is {kurtosis:.2f}, a normal distribution has 3, a uniform "
    "one 1.8."
)
assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(noises[0], noises[1])), (
    "Two Denoisers with the same seed (0, given and by default) see different noise. The draws must follow "
    "`seed` alone: not the global seed, and not a generator that others use, too. (0 is a seed like any other.)"
)
assert abs(np.corrcoef(noises[0][0].ravel(), noises[2][0].ravel())[0, 1]) < 0.3, (
    "Denoisers with the seeds 0 and 7 see the same noise: is `seed` used?"
)
spread = np.concatenate([n.ravel() for n in noises[2]])
assert abs(spread.std() - 0.3) < 0.02, (
    f"Without stddev the noise has the standard deviation {spread.std():.3f}; the default is 0.3."
)

denoiser, network, seen = runs[0]
frozen, scale = network.layers[-2:]
assert np.ravel(frozen.get_weights())[0] == 1, (
    "A layer whose trainable is False has moved. Only trainable weights move: which ones does the optimizer get?"
)
w, b, v_w, v_b, steps = 0.5, 0.1, 0.0, 0.0, []
for batch, target in zip(seen, targets):
    error = w * batch + b - target
    to_noisy = w * batch + b - batch
    steps.append([(e**2).mean(dtype="float64") for e in (error, to_noisy)])
    v_w = 0.9 * v_w - 0.1 * 2 * (error * batch).mean(dtype="float64")
    v_b = 0.9 * v_b - 0.1 * 2 * error.mean(dtype="float64")
    w, b = w + v_w, b + v_b
for epoch, loss in enumerate(losses, start=1):
    of_batches = np.array(steps[4 * epoch - 4 : 4 * epoch])
    right, noisy_target = np.average(of_batches, axis=0, weights=sizes)
    good = np.isclose(loss, right, rtol=0.03)
    place = f"loss is {loss:.4f} in epoch {epoch}, the mean squared error to the clean images is {right:.4f}"
    assert good or not np.isclose(loss, of_batches[-1, 0], rtol=1e-4), (
        f"{place}. It is that of the last batch, not the mean over the epoch."
    )
    assert good or not np.isclose(loss, noisy_target, rtol=0.05), (
        f"{place}. The output is compared with the noisy images: the target is the clean image."
    )
    assert good or epoch == 1, (
        f"{place}. Does every epoch start anew, and are the network's weights trained?"
    )
    assert good, f"{place}."
w_now, b_now = (float(np.ravel(value)[0]) for value in scale.get_weights())
assert np.isclose(w_now, w, atol=2e-3) and np.isclose(b_now, b, atol=2e-3), (
    f"After 8 steps of gradient descent with momentum the network is {w_now:.4f} x + {b_now:.4f}, it should be "
    f"{w:.4f} x + {b:.4f}. Is what is minimized the mean squared error to the clean image, and does the compiled "
    "optimizer itself make the updates?"
)

predicted = np.asarray(denoiser(clean, training=False))  # as predict does
assert np.allclose(predicted, w_now * clean + b_now, atol=1e-4), (
    "predict is not the network's output for the images as they are. Does it add noise?"
)
assert not modes[-1], (
    "predict runs the network in training mode, with Dropout and the like: `call` passes its `training` on."
)

# %% [markdown]
# ## `GradientAccumulation`
#
# A batch of 256 images may not fit into memory, while 4 batches of 64 do. Write the class `GradientAccumulation(keras.Model)` with
# `__init__(self, inputs, outputs, every)`, where `inputs` and `outputs` are those of a functional model.
#
# - `train_step` runs the model in training mode, collects the gradients of the total loss (compiled loss plus extra losses) and applies their *mean* once per `every`
#   batches. On the batches between, no weight moves, and the optimizer is not called: its momentum rests, too.
# - After an update the collection starts again from zero.
# - For equal batches the weights after `fit` are therefore those of a `keras.Model` trained with batches `every` times as large. This holds for SGD with and
#   without momentum.
# - Epochs in the tests are whole multiples of `every` batches. What is logged is up to you. Only trainable weights move.
#
# **Example.** `every=4`, batches of 8: the weights move after batches 4, 8, 12, … as with batches of 32.
#
# <details><summary>Hint 1: a nudge</summary>
#
# You need a place for the sums, one variable for each trainable weight, and a counter. `train_step` becomes a graph: a Python number would be
# counted once, when it is traced.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Make non-trainable variables in `__init__`, after `super().__init__(inputs, outputs)`. In the step add to them; `tf.cond(counter % every == 0, update, nothing)` decides in the graph.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The function `update` has two things to do: hand the optimizer the mean of what was collected, and set the sums to zero. Call
# `self.optimizer.build(self.trainable_weights)` before the `tf.cond`, since an optimizer makes its variables when it is first used.
#
# </details>


# %% task="GradientAccumulation" role="answer" about="large batches in small portions" minutes=45 difficulty=3
class GradientAccumulation(keras.Model):
    """Applies the mean gradient of `every` batches once per `every` batches."""

    def __init__(self, inputs, outputs, every):
        super().__init__(inputs, outputs)
        ### BEGIN SOLUTION
        self.every = every
        self.seen = tf.Variable(0, trainable=False)
        self.sums = [
            tf.Variable(tf.zeros(w.shape), trainable=False) for w in self.trainable_weights
        ]
        ### END SOLUTION

    def train_step(self, data):
        """Collect the gradients of one batch, and update on every `every`-th; returns the logs."""
        ### BEGIN SOLUTION
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_weights)
        for total, gradient in zip(self.sums, gradients):
            total.assign_add(gradient)
        self.seen.assign_add(1)
        self.optimizer.build(self.trainable_weights)

        def update():
            self.optimizer.apply(
                [total / self.every for total in self.sums], self.trainable_weights
            )
            for total in self.sums:
                total.assign(tf.zeros_like(total))

        tf.cond(self.seen % self.every == 0, update, lambda: None)
        self.metrics[0].update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)
        ### END SOLUTION


# %% task="GradientAccumulation" role="check" points=1
generator = np.random.default_rng(0)
x = generator.normal(size=(32, 3)).astype("float32")
y = x.sum(axis=1, keepdims=True) + 1
inputs = keras.Input((3,))
dense = layers.Dense(1)
outputs = dense(inputs)
w, b = start = dense.get_weights()
try:
    model = GradientAccumulation(inputs, outputs, 4)
    model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9), loss="mse")
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(4, drop_remainder=True)
    model.fit(batches, epochs=2, shuffle=False, verbose=0)
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"fit fails: {type(error).__name__}. Are all variables made before the first step, those of the "
        "optimizer too, and does train_step return a dictionary?"
    ) from error
v_w = v_b = 0
for half in (0, 1, 0, 1):  # batches of 16, in NumPy
    batch_x, batch_y = x[16 * half : 16 * half + 16], y[16 * half : 16 * half + 16]
    slope = 2 * (batch_x @ w + b - batch_y) / 16
    v_w, v_b = 0.9 * v_w - 0.05 * batch_x.T @ slope, 0.9 * v_b - 0.05 * slope.sum(axis=0)
    w, b = w + v_w, b + v_b
trained = dense.get_weights()
assert not np.allclose(trained[0], start[0]), (
    "The weights never move. Is the counter a variable? A Python number is counted only once, when the "
    "step becomes a graph."
)
assert np.allclose(trained[0], w, rtol=1e-3, atol=1e-4) and np.allclose(trained[1], b, atol=1e-3), (
    f"With every=4, batches of 4 and momentum the weights are {trained[0].ravel()} after 2 epochs, with batches "
    f"of 16 they are {w.ravel()}. They should be the same: the mean of 4 gradients, applied once, by the "
    "compiled optimizer, which rests on the batches between."
)


# %% task="GradientAccumulation" role="hidden" points=3 tries="other numbers of batches, momentum, extra losses, frozen layers, a second epoch, and the weights after each batch"
class TestTwiceInTraining(layers.Layer):
    """Doubles its inputs in training mode."""

    def call(self, inputs, training=False):
        return 2 * inputs if training else inputs


def diary_of(every, part, batch_size, optimizer, x, y):
    """Weights after each batch of two epochs; a plain model if every is None."""
    keras.utils.set_random_seed(6)
    inputs = keras.Input((3,))
    regularizer = keras.regularizers.L2(0.3) if "regularizer" in part else None
    test_layers = [
        layers.Dense(5, trainable="frozen" not in part),
        layers.Dense(1, kernel_regularizer=regularizer),
    ]
    hidden = test_layers[0](inputs)
    if "training mode" in part:
        hidden = TestTwiceInTraining()(hidden)
    outputs = test_layers[1](hidden)
    if every is None:
        model = keras.Model(inputs, outputs)
    else:
        model = GradientAccumulation(inputs, outputs, every)
    model.compile(optimizer, keras.losses.MeanSquaredError(), run_eagerly=True)
    pages = [[w for layer in test_layers for w in layer.get_weights()]]
    for _ in range(2):
        model.reset_metrics()  # as fit does, without the time that a graph takes
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            model.train_step((tf.constant(x[batch]), tf.constant(y[batch])))
            pages.append([w for layer in test_layers for w in layer.get_weights()])
    return pages


def same_weights(these, those):
    return all(np.allclose(a, b, rtol=1e-3, atol=2e-5) for a, b in zip(these, those))


generator = np.random.default_rng(6)
advice = {
    ("", 3, 0.0): "The mean of the gradients of 3 batches, applied once, then start from zero.",
    ("", 2, 0.9): "Is the optimizer left alone on the batches between? Momentum must rest, too.",
    ("regularizer", 4, 0.0): "Are the extra losses (self.losses) part of the loss?",
    ("frozen", 2, 0.9): "Do only the trainable weights move?",
    ("training mode", 2, 0.0): "Is the forward pass in training mode, self(x, training=True)?",
    ("", 1, 0.5): "With every=1 it is ordinary training.",
}


def compare_with_large_batches(part, every, momentum):
    """Train on small batches, and a plain model on batches `every` times as large, and compare."""
    question = advice.get((part, every, momentum), "")
    samples = 4 * every  # one update per epoch
    x = generator.normal(size=(samples, 3)).astype("float32")
    y = x.sum(axis=1, keepdims=True) * generator.normal(2, 1, size=(samples, 1)).astype("float32")
    what = f"every={every}, batches of 4, SGD with momentum {momentum}"
    if part:
        what += f", {part}"
    optimizer = keras.optimizers.SGD(0.1, momentum=momentum)
    try:
        pages = diary_of(every, part, 4, optimizer, x, y)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{what}: fit fails: {type(error).__name__}. {question}") from error
    large = diary_of(None, part, samples, keras.optimizers.SGD(0.1, momentum=momentum), x, y)
    assert not same_weights(pages[-1], pages[0]), (
        f"{what}: the weights never move. Is the counter a variable? A Python number is counted only once, "
        "when the step becomes a graph."
    )
    for batch in range(1, len(pages)):
        moved = not same_weights(pages[batch], pages[batch - 1])
        assert not (batch % every and moved), (
            f"{what}: the weights move after batch {batch}; they should move only "
            f"once in {every} batches. (A Python counter counts once, when the step becomes a graph; and "
            "with momentum even a zero gradient moves the weights.)"
        )
        assert batch % every or moved, f"{what}: after batch {batch} the weights have not moved."
        if batch % every or same_weights(pages[batch], large[batch // every]):
            continue
        update = batch // every
        place = f"{what}: after update {update} the weights are not those of batches of {samples}."
        assert int(optimizer.iterations), (
            f"{place} The compiled optimizer has made no update: is it another one, made anew, that does?"
        )
        summed = diary_of(
            None, part, samples, keras.optimizers.SGD(0.1 * every, momentum=momentum), x, y
        )
        assert every == 1 or not same_weights(pages[batch], summed[update]), (
            f"{place} The gradients were summed, not averaged: divide by every."
        )
        assert update == 1, (
            f"{place} The first update was right: are the sums set to zero after it? {question}"
        )
        raise AssertionError(f"{place} {question}")


# All in one first: a regularizer, a frozen layer and momentum. Only where that goes wrong, the questions
# are asked one by one, to say what to look at.
different = None
try:
    compare_with_large_batches("regularizer, frozen, training mode", 2, 0.9)
    compare_with_large_batches("", 1, 0.5)
except AssertionError as error:
    different = error
if different:
    for case in advice:
        compare_with_large_batches(*case)
    raise different

# %% [markdown]
# ## `TwoPlayer`
#
# A generator makes samples from random numbers; a discriminator tells samples of the generator from real ones. Write the class `TwoPlayer(keras.Model)`
# that trains both.
#
# - `__init__(self, discriminator, generator, latent_dim)`: the generator takes random normal numbers of shape `(n, latent_dim)` and
#   returns samples; the discriminator takes samples and returns scores `(n, 1)`.
# - `compile(self, d_optimizer, g_optimizer, loss_fn)`: `loss_fn(y_true, y_pred)` is a Keras loss that fits the scores, with labels 0 and 1.
#   Which of the two means *real* is up to you.
# - `fit(samples)`: each step first trains the discriminator on the batch and as many generated samples, then the generator against the
#   discriminator *as it is now*, so that its samples are taken for real ones. The discriminator's part leaves the generator's weights alone, and the other
#   way round. Only trainable weights move.
# - The logs are `d_loss` and `g_loss`, the two losses that are minimized.
#
# **Example.** `gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam(), keras.losses.BinaryCrossentropy(from_logits=True))`, then
# `gan.fit(images)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two training steps in one, each with a tape of its own. Each asks its tape for the gradients of one network's weights only.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The generator's step runs new random numbers through generator *and* discriminator inside one tape, with the label "real", and takes the gradient
# with respect to `self.generator.trainable_weights`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `compile` calls `super().compile()` and keeps the three arguments. Two `keras.metrics.Mean`, named `d_loss` and `g_loss`, listed in `metrics`, make the logs.
# Take the batch out of data with `keras.utils.unpack_x_y_sample_weight(data)[0]`.
#
# </details>


# %% task="TwoPlayer" role="answer" about="two networks, two optimizers: a GAN" minutes=40 difficulty=3
class TwoPlayer(keras.Model):
    """A generative adversarial network: trains a discriminator and a generator in turn."""

    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        ### BEGIN SOLUTION
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_tracker = keras.metrics.Mean(name="d_loss")
        self.g_tracker = keras.metrics.Mean(name="g_loss")
        ### END SOLUTION

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        """Set one optimizer for each network, and the loss loss_fn(y_true, y_pred) for both."""
        ### BEGIN SOLUTION
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    @property
    def metrics(self):
        return [self.d_tracker, self.g_tracker]
        ### END SOLUTION

    def train_step(self, data):
        """Train the discriminator, then the generator, on one batch; returns the logs."""
        ### BEGIN SOLUTION
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        size = ops.shape(real)[0]
        labels = ops.concatenate([ops.ones((size, 1)), ops.zeros((size, 1))])

        fake = self.generator(keras.random.normal((size, self.latent_dim)), training=True)
        with tf.GradientTape() as tape:
            scores = self.discriminator(ops.concatenate([real, fake]), training=True)
            d_loss = self.loss_fn(labels, scores)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        with tf.GradientTape() as tape:
            fake = self.generator(keras.random.normal((size, self.latent_dim)), training=True)
            scores = self.discriminator(fake, training=True)
            g_loss = self.loss_fn(ops.ones((size, 1)), scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)

        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {metric.name: metric.result() for metric in self.metrics}
        ### END SOLUTION


# %% task="TwoPlayer" role="check" points=1
keras.utils.set_random_seed(0)
keras.random.normal((1,))  # makes the seed's variable, for which a graph would be traced twice
samples = np.random.default_rng(0).normal(3.0, 0.5, size=(64, 2)).astype("float32")
discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(8, "relu"), layers.Dense(1)])
generator = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
players = {"discriminator": discriminator, "generator": generator}
before = {name: player.get_weights() for name, player in players.items()}
try:
    model = TwoPlayer(discriminator, generator, latent_dim=4)
    model.compile(
        d_optimizer=keras.optimizers.SGD(0.1),
        g_optimizer=keras.optimizers.SGD(0.1),
        loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    history = model.fit(samples, batch_size=32, epochs=2, verbose=0).history
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"compile or fit fails: {type(error).__name__}. Does compile call "
        "super().compile(), and does train_step take the batch out of data? If there are no gradients: the "
        "generator's samples must be made inside its tape."
    ) from error
assert {"d_loss", "g_loss"} <= set(history), (
    f"The logs are {sorted(history)}, they should be d_loss and g_loss."
)
for name, player in players.items():
    assert any(not np.allclose(a, b) for a, b in zip(before[name], player.get_weights())), (
        f"The {name}'s weights have not moved: is its gradient taken and applied?"
    )
for key in ["d_loss", "g_loss"]:
    assert np.all(np.isfinite(history[key])) and np.all(history[key]), (
        f"{key} is {history[key]}: it should be a number other than 0.0. Was its tracker updated, and is it "
        "listed in metrics?"
    )

# %% task="TwoPlayer" role="hidden" points=1 tries="each network trained while the other stands still, the order of the two steps, and which way both losses go"
real_samples = np.random.default_rng(9).normal(3.0, 0.5, size=(64, 2)).astype("float32")
latent_points = np.random.default_rng(8).normal(size=(200, 3)).astype("float32")
keras.utils.set_random_seed(9)
d_optimizer, g_optimizer = keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.5)
samples_seen, latent_seen = [], []  # (updates of the discriminator before, rows)


class TestRowsSeen(layers.Layer):
    """Passes its inputs on, and keeps them, with the number of updates that were made before."""

    def __init__(self, rows_seen):
        super().__init__()
        self.keep = rows_seen.append

    def call(self, inputs):
        if hasattr(inputs, "numpy"):
            self.keep((int(d_optimizer.iterations), np.array(inputs)))
        return inputs


def movement(model, before):
    return max(float(np.abs(a - b).max()) for a, b in zip(model.get_weights(), before))


def train_some_steps(model, steps):
    """What fit does, without the time that a graph takes: the logs of each step."""
    logs = []
    for _ in range(steps):
        model.reset_metrics()
        try:
            of_step = model.train_step(tf.constant(real_samples))
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"train_step on 64 samples raised {type(error).__name__}. Does it take the batch out of data, and "
                "are the generator's samples made inside its tape?"
            ) from error
        assert {"d_loss", "g_loss"} <= set(of_step), "d_loss and g_loss should be in the logs."
        logs.append({key: float(of_step[key]) for key in ("d_loss", "g_loss")})
    return logs


def scores_of_both(discriminator, generator):
    """Mean scores of real and of generated samples."""
    fake = np.asarray(discriminator(generator(latent_points))).mean()
    return float(np.asarray(discriminator(real_samples)).mean()), float(fake)


# One step from a discriminator that gives 0 to everything: it has no slope yet, so the generator
# can move only if it learns from the discriminator as it is after its own update.
discriminator = keras.Sequential(
    [
        keras.Input((2,)),
        TestRowsSeen(samples_seen),
        layers.Dense(2, use_bias=False),
        layers.Dense(1, kernel_initializer="zeros"),
    ]
)
near_zero = layers.Dense(2, kernel_initializer=keras.initializers.RandomNormal(stddev=0.3, seed=1))
generator = keras.Sequential(
    [keras.Input((3,)), TestRowsSeen(latent_seen), layers.Dense(3, use_bias=False), near_zero]
)
frozen = [discriminator.layers[1], generator.layers[1]]
for layer in frozen:
    layer.set_weights([np.eye(layer.units)])
    layer.trainable = False  # from now on: its weights have gradients still
before = generator.get_weights()
model = TwoPlayer(discriminator, generator, 3)
model.compile(d_optimizer, g_optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
samples_seen.clear()
latent_seen.clear()
[first] = train_some_steps(model, 1)
updates = int(d_optimizer.iterations), int(g_optimizer.iterations)
assert updates == (1, 1), (
    f"In one step d_optimizer made {updates[0]} updates and g_optimizer {updates[1]}: each makes one, itself and "
    "not by a copy."
)
assert movement(generator, before) > 1e-4, (
    "In the first step the generator did not learn from the updated discriminator. Order: train the "
    "discriminator, apply its gradients, and only then compute the generator's."
)
rows = np.concatenate([rows for count, rows in samples_seen if count == 0])
real_count = sum(int((np.abs(real_samples - row).max(axis=1) < 1e-6).any()) for row in rows)
counts = real_count, len(rows) - real_count
assert counts == (64, 64), (
    f"On a batch of 64 the discriminator learned from {counts[0]} real and {counts[1]} generated samples: it "
    "is as many of each as the batch has."
)

# The discriminator alone, then the generator alone: a learning rate of 0 holds the other one still.
g_optimizer.learning_rate = 0.0
before_d, before_g = discriminator.get_weights(), generator.get_weights()
logs = train_some_steps(model, 8)
assert all(np.array_equal(layer.get_weights()[0], np.eye(layer.units)) for layer in frozen), (
    "A layer whose trainable is False has moved. Only trainable weights move: which ones do the optimizers get?"
)
drawn = [rows for _, rows in latent_seen]
assert movement(generator, before_g) < 1e-7, (
    "With a learning rate of 0 for the generator its weights moved: the discriminator's part must leave "
    "them alone. Which weights does d_optimizer get?"
)
assert movement(discriminator, before_d) > 1e-3, "The discriminator's weights have not moved."
real, fake = scores_of_both(discriminator, generator)
# The labels are 0 and 1, so right scores lie on both sides of 0.
assert abs(real - fake) > 2 and real * fake < 0, (
    f"After 8 steps on a generator that stands still the discriminator scores real samples {real:.2f} and "
    f"generated ones {fake:.2f}: it has not learned to tell them apart. Has it seen both kinds, with "
    "different labels?"
)
assert logs[-1]["d_loss"] < 0.6 * first["d_loss"], (
    f"d_loss went from {first['d_loss']:.3f} to {logs[-1]['d_loss']:.3f} while the discriminator "
    "learned; it should fall. Is it the discriminator's loss?"
)
assert all(rows.ndim == 2 and rows.shape[1] == 3 for rows in drawn), (
    f"The generator got inputs of the shapes {sorted({rows.shape for rows in drawn})}: random numbers of the "
    "shape (n, latent_dim)."
)
values = np.concatenate(drawn)
assert values.std() > 0.1, "The generator always gets the same numbers: draw them at random."
steps_drawn = (
    [rows for count, rows in latent_seen if count == 1],
    [rows for count, rows in latent_seen if count == 2],
)
repeated = steps_drawn[0] and steps_drawn[1] and np.allclose(steps_drawn[0][-1], steps_drawn[1][-1])
assert not repeated and np.ptp(drawn[0], axis=0).min() > 0.1, (
    "The generator gets the same random numbers in every step, or for every sample: draw new ones each "
    "time, with the shape (n, latent_dim)."
)
assert abs(values.mean()) < 0.15 and abs(values.std() - 1) < 0.1, (
    f"The generator's random numbers have mean {values.mean():.2f} and standard deviation "
    f"{values.std():.2f}: normal ones have 0 and 1."
)
assert 0.02 < (np.abs(values) > 1.8).mean() < 0.12, (
    "The generator's random numbers are not normal (uniform ones stay within bounds)."
)
before_d, before_g = discriminator.get_weights(), generator.get_weights()
d_optimizer.learning_rate, g_optimizer.learning_rate = 0.0, 0.5
logs = train_some_steps(model, 3)
samples_seen.clear()
logs += train_some_steps(model, 1)
assert len(samples_seen) > 1, (
    "In a step the discriminator scores samples for its own update, and then new ones for the generator's."
)
*of_d, of_g = [rows for _, rows in samples_seen]
assert movement(discriminator, before_d) < 1e-7, (
    "With a learning rate of 0 for the discriminator its weights moved: the generator's part must leave "
    "them alone. Which weights does g_optimizer get?"
)
assert movement(generator, before_g) > 1e-3, "The generator's weights have not moved."
_, fake_after = scores_of_both(discriminator, generator)
assert abs(real - fake_after) < abs(real - fake) and (fake_after - fake) * (real - fake) > 0, (
    f"The discriminator scores real samples {real:.2f}. Generated ones went from {fake:.2f} to "
    f"{fake_after:.2f} while the generator learned: away from the real ones. Its labels say the opposite of what "
    "it should want: its samples are to be taken for real."
)
assert logs[-1]["g_loss"] < logs[0]["g_loss"], (
    f"g_loss went from {logs[0]['g_loss']:.3f} to {logs[-1]['g_loss']:.3f} while the generator "
    "learned; it should fall. Is it the generator's loss?"
)


def losses_of(rows, taken_for_real):
    """The cross entropy of each row's score with the label that real samples have, or the other one."""
    scores = np.ravel(discriminator(rows)) * np.sign(real)
    return np.log1p(np.exp(np.where(taken_for_real, -scores, scores)))


of_d = np.concatenate(of_d)
is_real = [(np.abs(real_samples - row).max(axis=1) < 1e-6).any() for row in of_d]
d_right, g_right = losses_of(of_d, is_real).mean(), losses_of(of_g, True).mean()
d_loss, g_loss = logs[-1]["d_loss"], logs[-1]["g_loss"]
# The mean over all rows, or the sum of the means over real and over generated ones.
assert np.isclose(d_loss, [d_right, 2 * d_right], rtol=1e-2).any(), (
    f"d_loss is {d_loss:.4f} after a step in which the loss of labels and scores is {d_right:.4f}. It is "
    "loss_fn(labels, scores), and a tracker stands in metrics, so that fit can reset it."
)
assert np.isclose(g_loss, [g_right, -losses_of(of_g, False).mean()], rtol=1e-2).any(), (
    f"g_loss is {g_loss:.4f} after a step in which the loss of labels and scores is {g_right:.4f}. It is "
    "loss_fn(labels, scores), in this order, and a tracker stands in metrics, so that fit can reset it."
)
