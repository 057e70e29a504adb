# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 8 · Callbacks and schedules
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 8](../../notebooks/08_callbacks.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace the line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.
#
# Three of the answers are callbacks. Their `__init__` is there for you; the hooks (`on_…`) that you need are yours to
# choose and to add.

# %%
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

# Warnings go to stdout: nbgrader takes whatever a test cell writes to stderr for a failure.
warnings.showwarning = lambda message, category, *place: print(f"{category.__name__}: {message}")
tf.get_logger().setLevel("ERROR")


# %%
def call_as_fit_does(callbacks, model, epochs, batches=(), validation=(), first=0):
    """Call callbacks as fit does, without training: for tests. Returns how many epochs there were.

    epochs: the logs of each epoch; batches: for each epoch, the logs of its batches; validation:
    the logs of the batches of each validation; first: the number of the first epoch.
    """
    listed = keras.callbacks.CallbackList(
        callbacks, add_history=True, model=model, epochs=first + len(epochs), verbose=0
    )
    model.stop_training = False
    listed.on_train_begin()
    for epoch, logs in enumerate(map(dict, epochs), first):
        listed.on_epoch_begin(epoch)
        for i, reported in enumerate(batches[epoch - first] if batches else ()):
            listed.on_train_batch_begin(i)
            listed.on_train_batch_end(i, dict(reported))
            if model.stop_training:
                break
        if validation:
            listed.on_test_begin()
            for i, reported in enumerate(validation):
                listed.on_test_batch_begin(i)
                listed.on_test_batch_end(i, dict(reported))
            listed.on_test_end(dict(validation[-1]))
        listed.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    listed.on_train_end(logs)
    return epoch + 1 - first


# %% [markdown]
# ## `LossHistory`
#
# Write a callback that keeps every `loss` that `fit` reports after a training batch.
#
# - It is made without arguments.
# - `self.epochs` is a list with one list per epoch of this `fit`. Each of these lists holds the `loss` that Keras
#   reported after each training batch of that epoch, in order, as reported: nothing is undone or averaged.
# - At the start of every `fit` it is empty again, so that a second `fit` with the same callback leaves only its own epochs.
#
# **Example.** Five batches whose own losses are 1, 4, 9, 16 and 25 are reported as 1, 2.5, 4.67, 7.5 and 11: these five numbers
# are the list of that epoch.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three moments matter: training begins, an epoch begins, a training batch has ended. Each has a hook.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A new outer list when training begins, a new inner list when an epoch begins. After a batch, the value goes to the inner
# list that was added last.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The hooks are `on_train_begin(self, logs=None)`, `on_epoch_begin(self, epoch, logs=None)` and `on_train_batch_end(self, batch, logs=None)`.
# What is reported stands in `logs`, and `self.epochs[-1]` is the list that was added last.
#
# </details>


# %% task="LossHistory" role="answer" about="what is reported after each batch" minutes=15 difficulty=1
class LossHistory(keras.callbacks.Callback):
    """Keeps, in `epochs`, one list per epoch of the loss reported after each training batch."""

    def __init__(self):
        ### BEGIN SOLUTION
        super().__init__()
        self.epochs = []

    def on_train_begin(self, logs=None):
        self.epochs = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append([])

    def on_train_batch_end(self, batch, logs=None):
        self.epochs[-1].append(logs["loss"])
        ### END SOLUTION


# %% task="LossHistory" role="check" points=1
# A model that returns 0 and never learns: the five batches have the losses 1, 4, 9, 16, 25.
frozen_model = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
frozen_model.compile(keras.optimizers.SGD(0.0), loss="mse", run_eagerly=True)
batch_x = np.ones((5, 1), dtype="float32")
batch_y = np.array([[1], [2], [3], [4], [5]], dtype="float32")
batches = tf.data.Dataset.from_tensor_slices((batch_x, batch_y)).batch(1)

kept = LossHistory()
reported = [{"loss": value} for value in [1, 2.5, 14 / 3, 7.5, 11]]
for attempt, count in [("first", 1), ("second", 2)]:
    try:
        if attempt == "first":
            frozen_model.fit(batches, shuffle=False, verbose=0, callbacks=[kept])
        else:
            call_as_fit_does([kept], frozen_model, reported[-1:] * 2, [reported] * 2)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The {attempt} fit with the callback raised {type(error).__name__}. Does every hook take "
            "the arguments that Keras passes (epoch or batch, and logs=None)?"
        ) from error
    assert isinstance(getattr(kept, "epochs", None), (list, tuple)), (
        "After fit, there should be an attribute `epochs`, a list of lists."
    )
    assert all(isinstance(epoch, (list, tuple)) for epoch in kept.epochs), (
        f"`epochs` is {kept.epochs}: it should hold one list per epoch, not the numbers themselves. "
        "Start a new inner list when an epoch begins."
    )
    assert not (attempt == "second" and len(kept.epochs) > 2), (
        f"After a second fit of 2 epochs there are {len(kept.epochs)} lists: those of the first fit "
        "are still there. `epochs` should be empty again when training begins."
    )
    assert len(kept.epochs) == count, (
        f"After a fit of {count} epochs `epochs` has {len(kept.epochs)} lists: {kept.epochs}"
    )
    for epoch in kept.epochs:
        assert len(epoch) == 5, (
            f"An epoch of 5 batches has {len(epoch)} values: {list(epoch)}. Keep one value after each "
            "training batch, and start each epoch with a list of its own."
        )
        assert not isinstance(epoch[0], dict), (
            'An epoch holds dictionaries, the logs themselves. Keep one of their entries, logs["loss"].'
        )
        values = np.asarray([float(value) for value in epoch])
        assert not np.allclose(values, [1, 4, 9, 16, 25]), (
            "These are the losses of single batches. Asked for is what Keras reports after each batch, "
            'logs["loss"]: the running mean since the epoch began.'
        )
        assert np.allclose(values, [1, 2.5, 14 / 3, 7.5, 11], rtol=1e-4), (
            "The values of an epoch are "
            f"{values.round(2).tolist()}; reported were 1, 2.5, 4.67, 7.5 and 11."
        )


# %% task="LossHistory" role="hidden" points=2 tries="several epochs and fits, validation data, initial_epoch, and what the list holds when a second fit begins"
class LengthAtStart(keras.callbacks.Callback):
    """Notes how many epochs another callback holds once training has begun."""

    def __init__(self, watched):
        super().__init__()
        self.watched = watched

    def on_train_begin(self, logs=None):
        self.length = len(self.watched.epochs)


model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])


def report_losses(told, histories, losses, validation=(), first=0):
    """Call callbacks as fit does when it reports these losses, a list for each epoch."""
    batches = [[{"mae": 100.0, "loss": value} for value in epoch] for epoch in losses]
    try:
        call_as_fit_does(
            histories, model, [{"loss": 50.0}] * len(losses), batches, validation, first
        )
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"{told}: a hook raised {type(error).__name__}. The number of the first epoch need not be "
            "0: do not use it as a position in the list."
        ) from error


def compare_loss_history(told, history, expected):
    """Check that the history holds the expected losses, a list for each epoch."""
    assert len(history.epochs) == len(expected), (
        f"{told}: `epochs` has {len(history.epochs)} lists after a fit of {len(expected)} epochs. Is it "
        "made anew, for this object alone, when training begins, and does each epoch get one list?"
    )
    for kept, reported in zip(history.epochs, expected):
        try:
            values = [float(value) for value in kept]
        except TypeError as error:
            raise AssertionError(f"{told}: an epoch is no list of numbers.") from error
        assert len(values) == len(reported), (
            f"{told}: an epoch of {len(reported)} training batches has {len(values)} values: {values}. "
            "Only training batches count, not those of the validation."
        )
        assert np.allclose(values, reported, rtol=1e-4, atol=1e-5), (
            f"{told}: an epoch holds {np.round(values, 3).tolist()}; reported were {reported}."
        )


watched_history, twin_history = LossHistory(), LossHistory()
told = "Two callbacks in one fit, with validation data"
losses = [[1.0, 5.0, 4.5], [0.5, 0.75, 2.0], [3.0, 1.0, 0.25]]
report_losses(told, [watched_history, twin_history], losses, [{"loss": 7.0}] * 2)
compare_loss_history(told, watched_history, losses)
compare_loss_history(told, twin_history, losses)

# The same callback in a second fit, which goes on from epoch 3.
at_start = LengthAtStart(watched_history)
told = "A second fit with initial_epoch=3, epochs=5"
report_losses(told, [watched_history, at_start], [[2.0, 2.5], [4.0, 1.0]], first=3)
assert at_start.length == 0, (
    f"When a second fit began, `epochs` still had {at_start.length} lists of the first. Empty it in "
    "on_train_begin."
)
compare_loss_history(told, watched_history, [[2.0, 2.5], [4.0, 1.0]])
compare_loss_history("Not in that fit", twin_history, losses)

# %% [markdown]
# ## `StopAt`
#
# Early stopping waits until nothing improves. Sometimes you know what is good enough. Write a callback that stops training
# as soon as a target is reached.
#
# - `__init__(self, monitor, target, mode)`: `monitor` is a key of the epoch's logs; `mode` is `"min"` (smaller is better)
#   or `"max"` (larger is better); any other mode raises a `ValueError`.
# - Training stops at the end of the first epoch whose value reaches the target. Equal is reached.
# - `self.stopped_epoch` is the number of that epoch as Keras numbers it, from 0. It is `None` if the target was not
#   reached, and `None` again at the start of the next `fit`.
# - Each epoch whose logs lack the key causes a warning (`warnings.warn`), and training goes on: a later epoch may have it.
#
# **Example.** With `StopAt("val_loss", 0.5, "min")` and validation losses 0.9, 0.7, 0.5, … training stops after the third
# epoch, and `stopped_epoch` is `2`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A callback ends training by setting `self.model.stop_training = True`. In which hook are the validation results known?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# In `on_epoch_end`, fetch the value with `logs.get(…)`. There are three cases: it is missing, it reaches the target, it does not.
# Mind that the value 0.0 counts as false in Python: ask `is None`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Reached means `<=` for `"min"` and `>=` for `"max"`; a missing value is compared with nothing. The hook gets the number of the epoch as its
# argument. What one `fit` has set, `on_train_begin` takes back.
#
# </details>


# %% task="StopAt" role="answer" about="stopping at a target" minutes=30 difficulty=3
class StopAt(keras.callbacks.Callback):
    """Stops training at the end of the first epoch that reaches a target.

    monitor: key of the epoch's logs; target: value to reach (equal is reached); mode: "min" or
    "max", anything else is a ValueError. `stopped_epoch` is the epoch from 0, or None.
    """

    def __init__(self, monitor, target, mode):
        ### BEGIN SOLUTION
        super().__init__()
        if mode not in ("min", "max"):
            raise ValueError(f"mode is {mode!r}, it must be 'min' or 'max'.")
        self.monitor = monitor
        self.target = target
        self.mode = mode
        self.stopped_epoch = None

    def on_train_begin(self, logs=None):
        self.stopped_epoch = None

    def on_epoch_end(self, epoch, logs=None):
        value = logs.get(self.monitor)
        if value is None:
            warnings.warn(f"{self.monitor!r} is not in the logs: {sorted(logs)}", stacklevel=2)
            return
        reached = value <= self.target if self.mode == "min" else value >= self.target
        if reached:
            self.stopped_epoch = epoch
            self.model.stop_training = True
        ### END SOLUTION


# %% task="StopAt" role="check" points=1
class ScriptedLogs(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch, for the callbacks after it."""

    def __init__(self, key, values):
        super().__init__()
        self.key, self.values = key, values

    def on_epoch_end(self, epoch, logs=None):
        logs[self.key] = self.values[epoch]


toy_model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
toy_model.compile("sgd", loss="mse")

for mode, target, values, expected in [
    ("min", 0.5, [0.9, 0.7, 0.5, 0.4, 0.3], 2),
    ("max", 0.8, [0.2, 0.85, 0.7, 0.9, 0.9], 1),
    ("min", 0.1, [0.9, 0.7, 0.5, 0.4, 0.3], None),
]:
    told = f'StopAt("val_score", {target}, "{mode}") with the values {values}'
    stopper = StopAt("val_score", target, mode)
    try:
        trained = call_as_fit_does(
            [ScriptedLogs("val_score", values), stopper],
            toy_model,
            epochs=[{"loss": 1.0}] * 5,
            batches=[[{"loss": 1.0}]] * 5,
        )
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{told}: fit raised {type(error).__name__}.") from error
    assert hasattr(stopper, "stopped_epoch"), f"{told}: there is no attribute `stopped_epoch`."
    if expected is None:
        assert trained == 5, f"{told}: the target is not reached, but training stopped."
        assert stopper.stopped_epoch is None, (
            f"{told}: never reached, so stopped_epoch should be None, it is {stopper.stopped_epoch!r}."
        )
        continue
    assert trained != 5, (
        f"{told}: training was not stopped. Set self.model.stop_training = True at the end of the "
        "epoch that reaches the target."
    )
    assert trained == expected + 1, (
        f"{told}: training ran for {trained} epochs, it should end after {expected + 1}. Equal to the "
        'target is reached; with "min" smaller is better, with "max" larger.'
    )
    assert stopper.stopped_epoch != trained, (
        f"{told}: stopped_epoch is {stopper.stopped_epoch}. Keras numbers epochs from 0, so it is "
        f"{expected}."
    )
    assert stopper.stopped_epoch == expected, (
        f"{told}: stopped_epoch is {stopper.stopped_epoch!r}, it should be {expected}."
    )

# %% task="StopAt" role="hidden" points=3 tries="both modes and wrong ones, targets that are just reached, a missing key, several fits with one callback, and when training stops"
import warnings as python_warnings


class LogsFromScript(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch; None leaves the key out."""

    def __init__(self, key, values):
        super().__init__()
        self.key, self.values, self.batches = key, values, 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        if self.values[epoch] is not None:
            logs[self.key] = self.values[epoch]


class StoppedAtStart(keras.callbacks.Callback):
    """Notes `stopped_epoch` of another callback once training has begun."""

    def __init__(self, watched):
        super().__init__()
        self.watched = watched

    def on_train_begin(self, logs=None):
        self.value = self.watched.stopped_epoch


model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
# What fit reports in each epoch: the running mean of the losses 1, 4, 9, 16, 25.
five_batches = [{"loss": value} for value in [1.0, 2.5, 14 / 3, 7.5, 11.0]]


def fit_with_stop_at(stopper, key, values, told, initial_epoch=0):
    """Call the callback as one fit does; return the number of epochs, and the warnings."""
    script, probe = LogsFromScript(key, values), StoppedAtStart(stopper)
    count = len(values) - initial_epoch
    with python_warnings.catch_warnings(record=True) as caught:
        python_warnings.simplefilter("always")
        try:
            epochs = call_as_fit_does(
                [script, stopper, probe],
                model,
                [{"loss": 11.0}] * count,
                [five_batches] * count,
                first=initial_epoch,
            )
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{told}: the callback raised {type(error).__name__}. An epoch whose logs lack the key "
                "should only warn."
            ) from error
    assert script.batches == 5 * epochs, (
        f"{told}: training stopped in the middle of an epoch, after {script.batches} batches of 5 per "
        "epoch. Decide in on_epoch_end."
    )
    assert probe.value is None, (
        f"{told}: when the fit began, stopped_epoch was {probe.value!r}. Set it to None in "
        "on_train_begin."
    )
    return epochs, [w for w in caught if not issubclass(w.category, DeprecationWarning)]


def check_stop_at(key, target, mode, values, expected, told, **kwargs):
    """Check one fresh StopAt on scripted values."""
    stopper = StopAt(key, target, mode)
    epochs, caught = fit_with_stop_at(stopper, key, values, told, **kwargs)
    first = kwargs.get("initial_epoch", 0)
    wanted = len(values) - first if expected is None else expected + 1 - first
    assert epochs == wanted, f"{told}: training ran for {epochs} epochs, it should be {wanted}."
    assert stopper.stopped_epoch == expected and type(stopper.stopped_epoch) is not bool, (
        f"{told}: stopped_epoch is {stopper.stopped_epoch!r}, it should be {expected}."
    )
    return caught


for mode in ["auto", "maximum", "MIN", "", None]:
    try:
        StopAt("loss", 1.0, mode)
    except ValueError:
        continue
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f'StopAt("loss", 1.0, {mode!r}) should raise a ValueError, not {type(error).__name__}.'
        ) from error
    raise AssertionError(f'StopAt("loss", 1.0, {mode!r}) should raise a ValueError.')

told = "A target of 0 and a value of exactly 0.0"
check_stop_at("score", 0.0, "min", [0.5, 0.0, -1.0, -1.0], 1, told)
check_stop_at("score", -0.5, "max", [-2.0, 0.0, 1.0, 1.0], 1, told)
check_stop_at("score", 3, "max", [3.0, 1.0, 1.0], 0, "The first epoch reaches the target")
check_stop_at("score", 3, "min", [3.0, 1.0, 1.0], 0, "The first epoch reaches the target")
check_stop_at("score", 5, "max", [1.0, 2.0, 4.9], None, "The target is never reached")
check_stop_at(
    "score",
    0.3,
    "min",
    [9, 9, 9, 9, 0.7, 0.2, 0.1, 0.1],
    5,
    "With initial_epoch=4",
    initial_epoch=4,
)
# The running loss after the first batch is 1, the loss of the epoch is 11.
told = "The running loss is below the target after the first batch, the epoch's loss is above it"
check_stop_at("loss", 2.0, "min", [None, None], None, told)

told = "The monitored key is missing"
caught = check_stop_at("val_mae", 0.5, "min", [None, None, None], None, told)
assert caught, f"{told}: there was no warning. Call warnings.warn(…) in that case."
assert len(caught) >= 3, (
    f"{told}: three epochs lack it, and there was a warning in {len(caught)}. Each such epoch causes one."
)
told = "The monitored key is missing in the first two epochs"
check_stop_at("val_mae", 0.5, "min", [None, None, 0.4, 0.4], 2, told)
check_stop_at("val_mae", 0.5, "max", [None, None, 0.6, 0.4], 2, told)
assert not check_stop_at("val_mae", 0.5, "min", [0.9, 0.4, 0.1], 1, "Every epoch has the key"), (
    "There was a warning although every epoch has the key."
)

# The same callback in a second fit, which does not reach the target.
reused_stopper = StopAt("score", 1.0, "min")
epochs, caught = fit_with_stop_at(reused_stopper, "score", [2.0, 1.0, 0.5], "The first of two fits")
assert (epochs, reused_stopper.stopped_epoch) == (2, 1), "The first of two fits went wrong."
epochs, caught = fit_with_stop_at(
    reused_stopper, "score", [3.0, 2.0, 2.0], "The second of two fits"
)
assert epochs == 3 and reused_stopper.stopped_epoch is None, (
    f"A second fit with the same callback trained {epochs} of 3 epochs and left stopped_epoch = "
    f"{reused_stopper.stopped_epoch!r}; it never reached the target, so it should be 3 and None."
)

# %% [markdown]
# ## `training_callbacks`
#
# Write `training_callbacks(directory, monitor="val_loss", patience=2)`, which returns the list of callbacks for a careful training. After
# `model.fit(…, callbacks=training_callbacks(directory))`
#
# - training has stopped `patience` epochs after the best one (`patience` is 1 or more), or when its epochs were used up;
# - the model holds the weights of the best epoch, in both cases;
# - `best.keras` in `directory` is the whole model with these same weights;
# - `log.csv` in `directory` has a header line and one row per epoch of *this* `fit`, also if the directory was used before.
#
# The best epoch is that of the smallest value of `monitor` or, if `monitor` is `"accuracy"` or `"val_accuracy"`, of the largest. An improvement counts
# however small it is. `directory` (a `str` or a `Path`) is made if it is missing, with its parents; other files in it stay. The
# function is called anew for each `fit`.
#
# **Example.** Validation losses of 3, 1, 2, 2 end training after the fourth epoch; the model and `best.keras` have the weights
# that they had after the second, and `log.csv` has four rows.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Keras has a callback for each of these: one stops, one saves, one writes CSV. None of them has to be written.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `EarlyStopping`, `ModelCheckpoint`, `CSVLogger`. Two of them monitor something: tell both. Read in their
# documentation how the first puts the best weights back, and how the second keeps only the best.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The arguments to look for are `restore_best_weights` and `save_best_only`; `monitor` goes to both. `mkdir` of `Path(directory)` has `parents`
# and `exist_ok`, and its `/` makes the paths of the files in it.
#
# </details>


# %% task="training_callbacks" role="answer" about="stop, keep the best, write a log" minutes=25 difficulty=2
def training_callbacks(directory, monitor="val_loss", patience=2):
    """Return callbacks that stop early, keep the best model and write a log.

    directory: where best.keras and log.csv go, made if missing; monitor: key of the epoch's
    logs; patience: epochs without improvement after which training stops, at least 1.
    """
    ### BEGIN SOLUTION
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    return [
        keras.callbacks.EarlyStopping(monitor, patience=patience, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(
            directory / "best.keras", monitor=monitor, save_best_only=True
        ),
        keras.callbacks.CSVLogger(directory / "log.csv"),
    ]
    ### END SOLUTION


# %% task="training_callbacks" role="check" points=1
import pathlib
import tempfile


class ScriptedEpochs(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch and notes the weights at its end."""

    def __init__(self, key, values):
        super().__init__()
        self.key, self.values, self.weights = key, values, []

    def on_epoch_end(self, epoch, logs=None):
        logs[self.key] = self.values[epoch]
        self.weights.append([w.copy() for w in self.model.get_weights()])


toy_model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
toy_model.compile(keras.optimizers.SGD(0.01), loss="mse", run_eagerly=True)
target_directory = pathlib.Path(tempfile.mkdtemp()) / "not" / "yet" / "there"
script = ScriptedEpochs("val_loss", [3.0, 1.0, 2.0, 2.0, 0.5, 0.4])
try:
    callbacks = training_callbacks(str(target_directory))
except OSError as error:
    raise AssertionError(
        f"training_callbacks raised {type(error).__name__} for a directory whose parents are missing: "
        "make it with parents=True."
    ) from error
assert isinstance(callbacks, list), (
    f"training_callbacks returned {type(callbacks).__name__}, it should return a list of callbacks."
)
try:
    fit_result = toy_model.fit(
        tf.data.Dataset.from_tensors((tf.ones((2, 1)), tf.fill((2, 1), 9.0))),
        epochs=6,
        shuffle=False,
        verbose=0,
        callbacks=[script, *callbacks],
    )
except Exception as error:
    raise AssertionError(
        f"fit with these callbacks raised {type(error).__name__}. Is the directory made, with its "
        "parents, if it is missing?"
    ) from error
trained = len(fit_result.history["loss"])
assert trained == 4, (
    f"With validation losses 3, 1, 2, 2, 0.5, 0.4 and patience 2, training ran for {trained} epochs. "
    "It should end after 4: two epochs after the best one so far."
)


def same_weights(weights, others):
    """Tell whether two lists of arrays are equal."""
    return len(weights) == len(others) and all(map(np.allclose, weights, others))


assert not same_weights(toy_model.get_weights(), script.weights[3]), (
    "After fit the model has the weights of the last epoch, not of the best. Which argument of "
    "EarlyStopping puts the best weights back?"
)
assert same_weights(toy_model.get_weights(), script.weights[1]), (
    "After fit the model does not have the weights of the best epoch, the second."
)
for name in ["best.keras", "log.csv"]:
    assert (target_directory / name).is_file(), f"There is no {name} in the directory after fit."
best_model = keras.saving.load_model(target_directory / "best.keras")
assert not same_weights(best_model.get_weights(), script.weights[3]), (
    "best.keras holds the model of the last epoch: ModelCheckpoint saves after every epoch unless you "
    "tell it to save the best only."
)
assert same_weights(best_model.get_weights(), script.weights[1]), (
    "best.keras does not hold the weights of the best epoch, the second."
)
log_lines = (target_directory / "log.csv").read_text().split()
assert len(log_lines) == 5, (
    f"log.csv has {len(log_lines)} lines after 4 epochs, it should have 5: a header and 4 rows."
)

# %% task="training_callbacks" role="hidden" points=2 tries="other keys to monitor, patience, small improvements, the weights after fit, the saved model, and the log of a second fit"
import pathlib
import tempfile


class EpochsByScript(keras.callbacks.Callback):
    """Makes all weights of the model the number of the epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])


def epoch_of_weights(model):
    """Return the epoch, from 0, at whose end the weights were these; None if there is none."""
    numbers = {float(number) for w in model.get_weights() for number in w.ravel()}
    return int(numbers.pop()) if len(numbers) == 1 else None


keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
saved = keras.models.clone_model(model)
known = [keras.metrics.BinaryAccuracy("accuracy"), keras.metrics.MeanAbsoluteError("mae")]
model.compile(keras.optimizers.SGD(0.05), loss="mse", metrics=known)
one = np.ones((1, 1), "float32")
model.compute_metrics(None, y=one, y_pred=one, sample_weight=None)  # as in fit, they are built


def check_training_callbacks(told, directory, best, trained, values, **arguments):
    """Call the callbacks as a fit with these logs does; check model, best.keras and log.csv."""
    model.set_weights([np.full_like(w, -1) for w in model.get_weights()])
    logs = [dict(zip(values, numbers)) for numbers in zip(*values.values())]
    try:
        callbacks = training_callbacks(directory, **arguments)
        count = call_as_fit_does([EpochsByScript(), *callbacks], model, logs)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{told}: fit raised {type(error).__name__}.") from error
    assert count == trained, (
        f"{told}: training ran for {count} epochs, it should be {trained}. Improvements of any size "
        "count, and `monitor` and `patience` are those of the call."
    )
    held = epoch_of_weights(model)
    assert held == best, (
        f"{told}: after fit the model has the weights of epoch {held} (from 0), the best was {best}. "
        "They are put back whether or not training was stopped early."
    )
    path = pathlib.Path(directory) / "best.keras"
    assert path.is_file(), f"{told}: there is no best.keras. Does every callback monitor `monitor`?"
    try:
        saved.load_weights(path)
    except Exception as error:
        raise AssertionError(f"{told}: best.keras is not this model as Keras saves it.") from error
    kept = epoch_of_weights(saved)
    assert kept == best, (
        f"{told}: best.keras has the weights of epoch {kept} (from 0, None: of no epoch of this fit), "
        f"the best was {best}. Do stopping and saving monitor the same value?"
    )
    text = (pathlib.Path(directory) / "log.csv").read_text()
    rows = [line for line in text.splitlines() if line.strip()][1:]
    assert len(rows) == trained, (
        f"{told}: log.csv has {len(rows)} rows after the header, this fit had {trained} epochs. A log of "
        "an earlier fit is replaced, not continued."
    )


base = pathlib.Path(tempfile.mkdtemp())
(base / "notes.txt").write_text("Not yours.")
falling = [0.9, 0.8, 0.7, 0.6]
check_training_callbacks(
    "The same directory, first fit", base, 1, 4, {"val_loss": [0.3, 0.1, 0.2, 0.3, 0, 0, 0, 0]}
)
check_training_callbacks(
    "The same directory, a second and worse fit", base, 0, 3, {"val_loss": [5.0, 6, 6, 7, 7, 7]}
)
assert (base / "notes.txt").is_file(), (
    "A file that was in the directory is gone. Replace best.keras and log.csv, and leave all others."
)
check_training_callbacks(
    "patience=3, epochs used up before that",
    base / "b",
    1,
    4,
    {"val_loss": [3.0, 1.0, 2.0, 2.0]},
    patience=3,
)
check_training_callbacks(
    "patience=1 and improvements of 1e-6",
    str(base / "c" / "d"),
    1,
    3,
    {"val_loss": [1.0, 1 - 1e-6, 2.0, 2.0, 2.0]},
    patience=1,
)
check_training_callbacks(
    'monitor="val_accuracy", which is best where it is largest',
    base / "e",
    0,
    3,
    {"val_accuracy": [0.7, 0.6, 0.6, 0.9], "val_loss": falling},
    monitor="val_accuracy",
)
check_training_callbacks(
    'monitor="accuracy", which is best where it is largest',
    base / "f",
    1,
    3,
    {"accuracy": [0.5, 0.7, 0.6, 0.9], "loss": falling},
    monitor="accuracy",
    patience=1,
)
check_training_callbacks(
    'monitor="loss", without validation',
    base / "g",
    0,
    2,
    {"loss": [2.0, 5.0, 1.0]},
    monitor="loss",
    patience=1,
)
check_training_callbacks(
    'monitor="val_mae", which is best where it is smallest',
    base / "h",
    0,
    2,
    {"val_mae": [2.0, 5.0, 1.0], "val_loss": falling},
    monitor="val_mae",
    patience=1,
)

# %% [markdown]
# ## `WarmupCosine`
#
# A *schedule* tells the optimizer the learning rate of each step. Large models are often trained like this: the rate
# rises in a straight line, so that the first steps do no harm, and then falls along half a cosine.
#
# Write the class with `__init__(self, peak, warmup_steps, total_steps)` and `__call__(self, step)`, which returns the learning rate at a
# step ($1 \le$ `warmup_steps` $<$ `total_steps`):
#
# - from step 0 to `warmup_steps` it grows linearly from 0 to `peak`;
# - from there to `total_steps` it is $\text{peak}\cdot\frac{1}{2}(1 + \cos(\pi\,t))$, where $t$ grows linearly from 0 to 1;
# - after that it is 0.
#
# `step` is a scalar tensor of integers or of floats. The schedule works eagerly, inside a `tf.function`, and in an optimizer during
# `fit`. `WarmupCosine.from_config(schedule.get_config())` is the same schedule.
#
# **Example.** With `WarmupCosine(0.4, 10, 110)` the rate is 0 at step 0, 0.2 at 5, 0.4 at 10, 0.2 at 60, and 0 from 110 on.
#
# <details><summary>Hint 1: a nudge</summary>
#
# In `fit` the step is a tensor without a value yet, so a Python `if` on it cannot decide. Compute both pieces, then choose.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Cast the step to float32 first. `ops.where(condition, a, b)` chooses between two tensors. Keep *t* from growing beyond 1, and
# the cosine stays where it ends.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# With `ops.clip(t, 0.0, 1.0)` the cosine of $\pi t$ stays at -1 after the end. *t* is 0 at `warmup_steps` and 1 at `total_steps`: which steps lie between
# them, and how many of them have passed? The config is a dictionary from the names of the three arguments to their values.
#
# </details>


# %% task="WarmupCosine" role="answer" about="a learning-rate schedule" minutes=25 difficulty=2
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Linear from 0 to `peak` at `warmup_steps`, then a cosine to 0 at `total_steps`, 0 after.

    step: scalar tensor, integer or float; returns the learning rate at that step.
    """

    def __init__(self, peak, warmup_steps, total_steps):
        ### BEGIN SOLUTION
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.total_steps = total_steps
        ### END SOLUTION

    def __call__(self, step):
        ### BEGIN SOLUTION
        step = ops.cast(step, "float32")
        rising = self.peak * step / self.warmup_steps
        t = (step - self.warmup_steps) / (self.total_steps - self.warmup_steps)
        falling = 0.5 * self.peak * (1 + ops.cos(np.pi * ops.clip(t, 0.0, 1.0)))
        return ops.where(step < self.warmup_steps, rising, falling)
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
            "total_steps": self.total_steps,
        }
        ### END SOLUTION


# %% task="WarmupCosine" role="check" points=2
def rates_of_schedule(schedule, steps):
    """Return the learning rates at some steps as an array."""
    return np.array([float(np.asarray(schedule(step))) for step in steps])


check_steps = [0, 5, 9, 10, 35, 60, 85, 110, 130]
check_rates = np.array([0, 0.2, 0.36, 0.4, 0.341421, 0.2, 0.058579, 0, 0])
schedule = WarmupCosine(0.4, 10, 110)
for dtype in ["float32", "int64"]:
    try:
        result = rates_of_schedule(schedule, [tf.constant(step, dtype) for step in check_steps])
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"With a step of type {dtype} the schedule raised {type(error).__name__}, or it returned no "
            "number. Cast the step to float32 before you compute with it. Is a `return` missing?"
        ) from error
    assert not np.isclose(result[0], 0.04, atol=1e-4), (
        f"At step 0 the rate is {result[0]:.4f}, it should be 0: the warm-up is peak * step / "
        "warmup_steps, not step + 1."
    )
    assert np.isclose(result[3], 0.4, rtol=1e-4), (
        f"At step 10, where the warm-up ends, the rate is {result[3]:.4f}; it should be the peak, 0.4."
    )
    assert not np.isclose(result[5], 0.2 * (1 + np.cos(np.pi * 50 / 110)), rtol=1e-4), (
        f"At step 60 the rate is {result[5]:.4f}, it should be 0.2: the cosine takes the "
        "total_steps - warmup_steps steps that are left after the warm-up, not total_steps."
    )
    assert np.allclose(result[:8], check_rates[:8], rtol=1e-4, atol=1e-5), (
        f"For steps of type {dtype}, {check_steps[:8]}, the rates are {result[:8].round(4).tolist()}; "
        f"they should be {check_rates[:8].round(4).tolist()}."
    )
    assert np.allclose(result[8], 0, atol=1e-5), (
        f"After total_steps the rate should stay 0; at step 130 of 110 it is {result[8]:.4f}. Keep t "
        "from growing beyond 1."
    )

base_method = keras.optimizers.schedules.LearningRateSchedule.get_config
assert type(schedule).get_config is not base_method, "The method get_config is missing."
config = schedule.get_config()
assert isinstance(config, dict), (
    f"get_config returned {type(config).__name__}, it should return a dict."
)
try:
    rebuilt = WarmupCosine.from_config(config)
except Exception as error:
    raise AssertionError(
        f"WarmupCosine.from_config(schedule.get_config()) raised {type(error).__name__}. The keys "
        "should be the arguments of __init__, all three of them."
    ) from error
result = rates_of_schedule(rebuilt, [tf.constant(step, "float32") for step in check_steps])
assert np.allclose(result, check_rates, rtol=1e-4, atol=1e-5), (
    "The schedule rebuilt from its config gives other rates. Does get_config hold all three arguments?"
)


# %% task="WarmupCosine" role="hidden" points=2 tries="other arguments, steps of several types and in a tf.function, steps after the end, get_config, and fit"
def expected_warmup_cosine(step, peak, warmup_steps, total_steps):
    """Return the learning rate by plain Python."""
    if step <= warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return 0.0
    t = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * 0.5 * (1 + np.cos(np.pi * t))


def check_warmup_cosine(call, steps, arguments, told):
    """Compare the rates of a callable with those of the formula."""
    for step in steps:
        expected = expected_warmup_cosine(float(step), *arguments)
        try:
            result = float(np.asarray(call(step)))
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise  # not attempted yet
            raise AssertionError(
                f"WarmupCosine{arguments} {told} raised {type(error).__name__}. (Inside a tf.function "
                "the step has no value yet: NumPy and float(…) cannot take it.)"
            ) from error
        assert np.isclose(result, expected, rtol=1e-4, atol=1e-5), (
            f"WarmupCosine{arguments} {told}: at step {float(step):g} the rate is {result:.5f}, it "
            f"should be {expected:.5f}. Rising to the peak at warmup_steps, half a cosine to 0 at "
            "total_steps, 0 after."
        )


for arguments, numbers in [
    ((0.4, 10, 110), [110, 0, 10, 3, 60, 111, 500, 60, 9]),
    ((2.0, 1, 5), [0, 1, 2, 4, 5, 6, 10]),
    ((1.0, 7, 8), [0, 3, 7, 8, 9, 15, 16]),
    ((0.5, 30, 40), [0, 20, 29, 30, 31, 35, 40, 45, 50]),
    ((1.5, 1000, 100_000), [999, 1000, 50_000, 100_000, 300_000]),
]:
    schedule = WarmupCosine(*arguments)
    for i, number in enumerate(numbers):
        step = tf.constant(number, ["int32", "int64", "float32"][i % 3])
        check_warmup_cosine(schedule, [step], arguments, "with a step of any type")
steps = [tf.constant(number) for number in [0.25, 1.5, 3.75, 7.5]]
check_warmup_cosine(WarmupCosine(0.8, 2, 6), steps, (0.8, 2, 6), "between whole steps")

schedule = WarmupCosine(peak=0.8, warmup_steps=4, total_steps=12)


def rates_in_graph(step):
    """The rate at a whole step, and at the same step as a float."""
    return schedule(step), schedule(tf.cast(step, "float32"))


rates_in_graph = tf.function(rates_in_graph)
steps = [tf.constant(number, "int64") for number in [0, 2, 4, 8, 12, 20]]
for i, dtype in enumerate(["int64", "float32"]):
    told = f"inside a tf.function, {dtype} steps"
    check_warmup_cosine(lambda step: rates_in_graph(step)[i], steps, (0.8, 4, 12), told)  # noqa: B023

try:
    rebuilt = WarmupCosine.from_config(dict(WarmupCosine(0.7, 3, 9).get_config()))
except Exception as error:
    raise AssertionError(
        f"get_config, or from_config with what it returns, raised {type(error).__name__}."
    ) from error
steps = [tf.constant(number) for number in [0, 2, 3, 5, 9, 12]]
check_warmup_cosine(rebuilt, steps, (0.7, 3, 9), "rebuilt from its config")

# With the gradient 1, each step moves the weight by the learning rate of that step.
optimizer = keras.optimizers.SGD(WarmupCosine(0.8, 4, 12))
weight = keras.Variable(0.0)
optimizer.build([weight])


@tf.function(autograph=False)
def step_of_optimizer():
    optimizer.apply([tf.constant(1.0)], [weight])


try:
    for _ in range(15):
        step_of_optimizer()
except Exception as error:
    raise AssertionError(
        f"In an optimizer, and in a graph as fit makes one, the schedule raised {type(error).__name__}. "
        "There the step is a tensor without a value: choose with ops.where, not with a Python `if`, "
        "and without NumPy."
    ) from error
moved = -float(weight)
expected = sum(expected_warmup_cosine(step, 0.8, 4, 12) for step in range(15))
assert np.isclose(moved, expected, rtol=1e-3), (
    f"In 15 steps of an optimizer the learning rates add up to {moved:.4f}, they should to "
    f"{expected:.4f}. Does the rate depend on `step` alone?"
)

# %% [markdown]
# ## `HalveOnPlateau`
#
# A schedule knows the step and nothing else. A callback sees the validation results and can react to them. Write one that halves the
# optimizer's learning rate when nothing gets better any more.
#
# - `__init__(self, monitor="val_loss", patience=2, min_lr=0.0)`; `monitor` is a key of the epoch's logs, and smaller is better.
# - An epoch is a *new best* if its value is smaller than all before it, by however little.
# - After `patience` epochs in a row without a new best (`patience` is 1 or more), the learning rate is halved at the end of the last of them. Then
#   the count starts anew; the best value so far stays.
# - Where half would be below `min_lr`, the learning rate is set to `min_lr`.
#
# **Example.** From 0.8, with `patience=2` and the values 5, 4, 6, 5, 3, 2: epochs 2 and 3 (counted from 0) bring no new best, so the learning
# rate is 0.4 from the end of epoch 3 on.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two numbers have to be remembered from epoch to epoch.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# The best value, at first infinite, and the number of epochs since the last new best or cut. The optimizer is `self.model.optimizer`,
# and its `learning_rate` can be read with `float(…)` and assigned.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# A new best and a cut both set the count to 0. Only an epoch that is no new best raises it, and only then it is compared with `patience`. `max` keeps
# half the rate from falling below `min_lr`.
#
# </details>


# %% task="HalveOnPlateau" role="answer" about="a learning rate that follows the validation loss" minutes=30 difficulty=3
class HalveOnPlateau(keras.callbacks.Callback):
    """Halves the learning rate after `patience` epochs in a row without a new best.

    monitor: key of the epoch's logs, smaller is better; min_lr: the smallest rate that is set.
    """

    def __init__(self, monitor="val_loss", patience=2, min_lr=0.0):
        ### BEGIN SOLUTION
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.min_lr = min_lr

    def on_train_begin(self, logs=None):
        self.best = float("inf")
        self.wait = 0

    def on_epoch_end(self, epoch, logs=None):
        value = logs[self.monitor]
        if value < self.best:
            self.best = value
            self.wait = 0
            return
        self.wait += 1
        if self.wait == self.patience:
            rate = float(self.model.optimizer.learning_rate)
            self.model.optimizer.learning_rate = max(rate / 2, self.min_lr)
            self.wait = 0
        ### END SOLUTION


# %% task="HalveOnPlateau" role="check" points=1
class ScriptedValues(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch, for the callbacks after it."""

    def __init__(self, key, values):
        super().__init__()
        self.key, self.values = key, values

    def on_epoch_end(self, epoch, logs=None):
        logs[self.key] = self.values[epoch]


class RatesSeen(keras.callbacks.Callback):
    """Notes the learning rate at the end of each epoch."""

    def on_train_begin(self, logs=None):
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(round(float(np.asarray(self.model.optimizer.learning_rate)), 6))


toy_model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
toy_model.compile(keras.optimizers.SGD(0.8), loss="mse")
seen = RatesSeen()
script = ScriptedValues("val_loss", [5.0, 4.0, 6.0, 5.0, 3.0, 2.0])
try:
    call_as_fit_does([script, HalveOnPlateau(), seen], toy_model, [{"loss": 1.0}] * 6)
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"fit with the callback raised {type(error).__name__}. A learning rate is read with "
        "float(self.model.optimizer.learning_rate) and set by assigning to it."
    ) from error
told = f"With the values 5, 4, 6, 5, 3, 2 the learning rates after the epochs are {seen.rates}."
assert seen.rates != [0.8] * 6, (
    f"{told} It was never halved; epochs 2 and 3 (from 0) brought no new best. Do you assign to "
    "self.model.optimizer.learning_rate?"
)
assert seen.rates[:3] != [0.8, 0.8, 0.4], (
    f"{told} It was halved after one epoch without a new best: patience is 2."
)
assert seen.rates == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4], (
    f"{told} They should be [0.8, 0.8, 0.8, 0.4, 0.4, 0.4]: epochs 2 and 3 (from 0) brought no new "
    "best, 4 and 5 did."
)


# %% task="HalveOnPlateau" role="hidden" points=2 tries="other patience and lower limits, losses that stay equal, losses of any size, a rate that others change meanwhile, and other keys to monitor"
class ValuesByScript(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch, for the callbacks after it."""

    def __init__(self, key, values, rates):
        super().__init__()
        self.key, self.values, self.rates = key, values, rates

    def on_epoch_begin(self, epoch, logs=None):
        if epoch in self.rates:
            self.model.optimizer.learning_rate = self.rates[epoch]

    def on_epoch_end(self, epoch, logs=None):
        logs[self.key] = self.values[epoch]


class RatesAfterEpochs(keras.callbacks.Callback):
    """Notes the learning rate at the end of each epoch."""

    def on_train_begin(self, logs=None):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(float(np.asarray(self.model.optimizer.learning_rate)))


def expected_plateau_rates(values, patience, min_lr, rates, mistake=None):
    """Return the rates after each epoch: those of the contract, or of a known mistake."""
    best, wait, pause, rate, result = float("inf"), 0, 0, 0.8, []
    if mistake == "starts at 1":
        best = 1.0
    if mistake == "starts at 0":
        best = 0.0
    for epoch, value in enumerate(values):
        rate = rates.get(epoch, rate)
        margin = 1e-4 if mistake == "min_delta" else 0
        pause -= mistake != "pauses"
        if value < best - margin or (mistake == "equal" and value == best):
            best = value
            wait = wait if mistake == "not in a row" else 0
        elif mistake == "pauses" and pause > 0:
            pause -= 1
        elif mistake != "cooldown" or pause < 0:
            wait += 1
            cut_before = mistake == "once" and min(result, default=0.8) < 0.8
            cut_before |= mistake == "once in a row" and wait > patience
            if wait >= patience + (mistake == "late") and not cut_before:
                half = rate / 2
                if mistake == "no min_lr":
                    rate = half
                elif mistake == "stays above":
                    rate = half if half >= min_lr else rate
                elif mistake == "from the start":
                    rate = max(0.8 * 0.5 ** (1 + sum(r < 0.8 for r in set(result))), min_lr)
                else:
                    rate = max(half, min_lr)
                wait, pause = wait if mistake in ("count goes on", "once in a row") else 0, 1
                best = float("inf") if mistake == "best forgotten" else best
        if mistake == "previous":
            best = value
        result.append(rate)
    return result


PLATEAU_MISTAKES = {
    "previous": "Every value was compared with the one before it, not with the best so far.",
    "not in a row": "The count of bad epochs must start again after a new best: they are in a row.",
    "count goes on": "After a cut the count must start anew; it went on, and cut after every epoch.",
    "best forgotten": "After a cut the best value was forgotten. Only the count starts anew.",
    "min_delta": "A small improvement was not counted: an improvement of any size is a new best.",
    "equal": "An equal value was taken for a new best; it must be smaller.",
    "cooldown": "The epoch after a cut was not counted. There is no pause: the count starts with it.",
    "pauses": "The epoch after a cut was not counted. There is no pause: the count starts with it.",
    "once in a row": "The rate was halved only once; the count starts anew after each cut.",
    "once": "The rate was halved only once; the count starts anew after each cut.",
    "late": "The cut came one epoch late: after `patience` epochs, not patience + 1.",
    "no min_lr": "The learning rate fell below min_lr.",
    "stays above": "Where half would be below min_lr, the learning rate should become min_lr.",
    "starts at 1": "The first epoch is always a new best, however large its value.",
    "starts at 0": "The first epoch is always a new best, however large its value.",
    "from the start": "The rate was computed from the one at the start: halve the current one.",
}


model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.8), loss="mse")


def check_halve_on_plateau(values, patience=2, min_lr=0.0, rates=None, key="val_loss"):
    """Call the callback as a fit with these values does, and compare the learning rates."""
    rates = rates or {}
    told = f"With monitor={key!r}, patience={patience}, min_lr={min_lr} and the values {values}"
    model.optimizer.learning_rate = 0.8
    seen = RatesAfterEpochs()
    try:
        halver = HalveOnPlateau(monitor=key, patience=patience, min_lr=min_lr)
        script = ValuesByScript(key, values, rates)
        call_as_fit_does([script, halver, seen], model, [{"loss": 1.0}] * len(values))
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{told} the callback raised {type(error).__name__}.") from error
    expected = expected_plateau_rates(values, patience, min_lr, rates)
    if np.allclose(seen.seen, expected, rtol=1e-4):
        return
    for mistake, words in PLATEAU_MISTAKES.items():
        wrong = expected_plateau_rates(values, patience, min_lr, rates, mistake)
        assert not np.allclose(seen.seen, wrong, rtol=1e-4), f"{told}: {words}"
    raise AssertionError(
        f"{told}: the learning rates after the epochs are {np.round(seen.seen, 4).tolist()}, they should "
        f"be {np.round(expected, 4).tolist()}."
    )


# Each mistake has rates of its own here.
check_halve_on_plateau([5.0, 7.0, 6.0, 7.0, 5.0, 6.0, 3.0, 7.0, 7.0, 6.0, 5.0, 3.0, 6.0, 7.0])
check_halve_on_plateau([1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0])
check_halve_on_plateau([5.0, 1.0, 3.0, 2.0, 4.0, 3.0, 3.5])
check_halve_on_plateau([5.0, 6.0, 4.0, 6.0, 3.0, 6.0, 2.0, 6.0])
check_halve_on_plateau([1.0, 2.0, 2.0, 2.0, 2.0], patience=3)
check_halve_on_plateau([1.0, 2.0, 2.0, 1.6, 1.5, 1.4, 1.3])
check_halve_on_plateau([1.0 - 1e-6 * i for i in range(5)])
check_halve_on_plateau([3.0, 3.0, 3.0, 3.0], patience=1)
check_halve_on_plateau([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], patience=1, min_lr=0.15)
check_halve_on_plateau([7e12, 6e12, 5e12, 4e12])
check_halve_on_plateau([-1.0, -2.0, -1.5, -3.0, -2.0, -2.5])
check_halve_on_plateau([9.0, 8.0, 8.5, 8.6, 8.7, 8.8], rates={3: 0.3})
check_halve_on_plateau([2.0, 1.0, 1.5, 1.5, 0.5, 0.7, 0.6], key="val_mae")

# %% [markdown]
# ## `read_scalars`
#
# TensorBoard draws its curves from *event files*. Read them yourself: write `read_scalars(log_dir, tag)`, which returns all points of one
# curve as a list of tuples `(step, value)`, an `int` and a `float`, in the order of the steps.
#
# - `log_dir` is a `str` or a `Path`. All event files that lie directly in it count; its subfolders, and files of other kinds, do not.
# - The files are as TensorFlow 2 (`tf.summary.scalar`, the callback `TensorBoard`) writes them: there, a scalar is stored as a tensor.
# - Every point is returned, however many there are; also two points of the same step.
# - If there is no such tag, it raises a `KeyError` whose message names the tags that there are.
#
# **Example.** After two epochs with `TensorBoard("logs")`, `read_scalars("logs/train", "epoch_loss")` may be `[(0, 0.81), (1, 0.52)]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# TensorBoard brings the reader that it uses itself: `EventAccumulator`, in
# `tensorboard.backend.event_processing.event_accumulator`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# After `Reload()`, look at `Tags()`: the curves stand under `"tensors"`. `Tensors(tag)` gives events with `step` and `tensor_proto`;
# `tf.make_ndarray` turns the latter into a number. How many events does an accumulator keep by default?
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `size_guidance={"tensors": 0}` keeps all of them. The `KeyError` of the accumulator does not name the tags: raise one of your own first. Several files
# need not be in order, and what `tf.make_ndarray` returns is not a `float` yet.
#
# </details>


# %% task="read_scalars" role="answer" about="TensorBoard's logs, read in Python" minutes=25 difficulty=2
def read_scalars(log_dir, tag):
    """Return every (step, value) of a scalar in the event files directly in a folder, by step.

    log_dir: folder with TensorBoard event files; tag: name of the scalar. A tag that is not
    there is a KeyError that names those that are.
    """
    ### BEGIN SOLUTION
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir), size_guidance={"tensors": 0}).Reload()
    tags = events.Tags()["tensors"]
    if tag not in tags:
        raise KeyError(f"There is no tag {tag!r}; there are {sorted(tags)}.")
    points = [
        (event.step, float(tf.make_ndarray(event.tensor_proto))) for event in events.Tensors(tag)
    ]
    return sorted(points)
    ### END SOLUTION


# %% task="read_scalars" role="check" points=1
import tempfile

check_dir = tempfile.mkdtemp()
summary_writer = tf.summary.create_file_writer(check_dir)
with summary_writer.as_default():
    for step in range(25):
        tf.summary.scalar("train_loss", 1 / (step + 1), step=step)
    tf.summary.scalar("accuracy", 0.5, step=3)
summary_writer.close()

try:
    result = read_scalars(check_dir, "train_loss")
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"read_scalars raised {type(error).__name__}. TensorFlow 2 stores scalars as tensors: an "
        'EventAccumulator lists them under "tensors", and Scalars(tag) finds none.'
    ) from error
assert isinstance(result, list), f"It should return a list, it returned {type(result).__name__}."
assert len(result) != 10, (
    "25 points were written, you returned 10: an EventAccumulator keeps 10 tensors of each tag unless "
    "its size_guidance says otherwise (0 keeps all)."
)
assert len(result) == 25, f"25 points were written, you returned {len(result)}."
assert all(isinstance(point, tuple) and len(point) == 2 for point in result), (
    f"Each point should be a tuple (step, value); the first is a {type(result[0]).__name__}."
)
assert all(isinstance(step, int) and isinstance(value, float) for step, value in result), (
    f"A point should be an int and a float; the first is a {type(result[0][0]).__name__} and a "
    f"{type(result[0][1]).__name__}. Convert what NumPy or TensorFlow gives: int(…), float(…)."
)
values = np.asarray([value for _, value in result], dtype="float64")
assert [int(step) for step, _ in result] == list(range(25)), (
    f"The steps should be 0 to 24, they are {[step for step, _ in result]}."
)
assert values.any(), (
    "All values are 0: the field simple_value is that of TensorFlow 1. The number is in the tensor; "
    "tf.make_ndarray reads it."
)
assert np.allclose(values, 1 / np.arange(1, 26), rtol=1e-4), (
    f"The values should be 1, 0.5, 0.333, …; they are {values[:3].round(3).tolist()}, …"
)
try:
    read_scalars(check_dir, "lossy")
except KeyError as error:
    message = str(error)
except Exception as error:
    raise AssertionError(
        f"For a tag that is not there read_scalars raised {type(error).__name__}, it should be KeyError."
    ) from error
else:
    raise AssertionError('read_scalars(…, "lossy") should raise a KeyError: there is no such tag.')
assert "train_loss" in message and "accuracy" in message, (
    "The message of the KeyError should name the tags that there are: train_loss and accuracy."
)

# %% task="read_scalars" role="hidden" points=2 tries="many points, points out of order, several files, other tags, and the words of the error for an unknown one"
import pathlib
import tempfile

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.scalar.summary import scalar_pb


def write_event_file(directory, points, tag="curve", name="first"):
    """Write one event file with a curve, as TensorFlow 2 does, only faster."""
    directory.mkdir(exist_ok=True)
    path = directory / f"events.out.tfevents.1700000000.host.{name}"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(Event(file_version="brain.Event:2").SerializeToString())
        for step, value in points:
            event = Event(step=step, wall_time=1.7e9 + step, summary=scalar_pb(tag, value))
            writer.write(event.SerializeToString())


def check_read_scalars(directory, tag, expected, told):
    """Compare the points of one curve."""
    try:
        result = read_scalars(directory, tag)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"{told}: read_scalars raised {type(error).__name__}.") from error
    assert isinstance(result, list) and all(
        isinstance(point, tuple) and list(map(isinstance, point, (int, float))) == [True, True]
        for point in result
    ), f"{told}: the result should be a list of tuples (step, value), an int and a float."
    steps = [step for step, _ in result]
    assert len(steps) == len(expected), (
        f"{told}: {len(expected)} points were written directly in the folder, you returned {len(steps)}."
    )
    assert steps == sorted(steps), f"{told}: the points are not in the order of their steps."
    points = np.asarray(sorted(result))
    assert np.allclose(points, np.asarray(sorted(expected)), rtol=1e-4, atol=1e-6), (
        f"{told}: the points are {points[:4].round(3).tolist()}…, written were "
        f"{np.round(sorted(expected)[:4], 3).tolist()}…"
    )


generator = np.random.default_rng(2)
root = pathlib.Path(tempfile.mkdtemp())
late = [(step, float(generator.normal())) for step in range(40, 70)]
early = [(step, float(generator.normal())) for step in range(0, 44)]
write_event_file(root, late)
check_read_scalars(root, "curve", late, "One event file")
write_event_file(root, early, name="second")
told = "Two event files, the second with the earlier steps and some steps of the first"
check_read_scalars(root, "curve", late + early, told)
writer = tf.summary.create_file_writer(str(root), filename_suffix=".v2")
with writer.as_default():
    for value in [7.0, 5.0]:
        tf.summary.scalar("curve_2", value, step=1)
    tf.summary.histogram("weights/histogram", np.arange(9.0), step=1)
writer.close()
check_read_scalars(root, "curve_2", [(1, 7.0), (1, 5.0)], "The same step twice")
write_event_file(root / "validation", [(5, 100.0)])
write_event_file(root / "validation", [(5, 100.0)], tag="only_below", name="second")
(root / "notes.txt").write_text("Not an event file.")
(root / "log.csv").write_text("epoch,loss\n0,1.0\n")
told = "With a subfolder and files of other kinds in the folder"
check_read_scalars(str(root), "curve", late + early, told)
check_read_scalars(root / "validation", "curve", [(5, 100.0)], "The subfolder itself")

many = [(step, float(np.sin(step / 9))) for step in range(0, 4500, 3)]
write_event_file(root / "many", many)
check_read_scalars(root / "many", "curve", many, "1,500 points")

for tag in ["nothing", "Curve", "curv", "only_below"]:
    try:
        read_scalars(root, tag)
    except KeyError as error:
        message = str(error)
    except Exception as error:
        raise AssertionError(
            f"For the tag {tag!r}, which is not there, it raised {type(error).__name__}, it should be a "
            "KeyError."
        ) from error
    else:
        raise AssertionError(
            f"There is no tag {tag!r} in the files directly in the folder, so read_scalars should raise "
            "a KeyError; it raised nothing."
        )
    assert "curve" in message.replace("curve_2", "") and "curve_2" in message, (
        "The message of the KeyError should name the tags that there are, curve and curve_2 among them."
    )

# What the callback TensorBoard writes.
model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.compile("sgd", loss="mse")
reported = [{"loss": 0.75, "val_loss": 1.5}, {"loss": 0.5, "val_loss": 1.25}]
call_as_fit_does([keras.callbacks.TensorBoard(root / "keras")], model, reported)
for folder_name, key in [("train", "loss"), ("validation", "val_loss")]:
    check_read_scalars(
        root / "keras" / folder_name,
        "epoch_loss",
        [(epoch, logs[key]) for epoch, logs in enumerate(reported)],
        f"epoch_loss, written by the callback TensorBoard to {folder_name}",
    )
