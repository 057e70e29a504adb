# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 8 · Callbacks and schedules
#
# After this chapter you can step into a running `fit`: stop it at the right epoch, keep the best model, survive an
# interruption, steer the learning rate, draw and log what happens, and read the logs back.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 1](01_sequential.ipynb) (`fit`, learning curves), [chapter 6](06_metrics.ipynb) (metrics that run over batches) |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex08_callbacks }} |

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, shuffling and made-up data
TRAIN_SIZE = 6_000  # int: Fashion-MNIST images in the longer examples, 2,000 to 50,000 in hundreds
EPOCHS = 6  # int: passes over the images in the longer examples

# %%
import contextlib
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from IPython.display import display
from keras import layers, ops

keras.utils.set_random_seed(SEED)
tf.get_logger().setLevel("ERROR")  # many short fits in one process: TensorFlow would advise against
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes

# %% [markdown]
# ## A callback is a set of hooks
#
# You call `fit`, and it returns when all epochs are done. A **callback** is an object that `fit` calls back in between. It has
# *hooks*: methods with fixed names, each for one moment. You override those you need; the others do nothing.


# %%
class Announce(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("training begins")

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch} has ended; the logs hold {sorted(logs)}")


def tiny_model(optimizer=None, **kwargs):
    """A model with one weight and one bias, fast enough for many experiments."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, name="line")], name="tiny")
    model.compile(optimizer or keras.optimizers.SGD(0.01), loss="mse", **kwargs)
    return model


x_tiny = np.ones((8, 1), dtype="float32")
y_tiny = np.arange(8, dtype="float32")[:, None]
model = tiny_model()
history = model.fit(
    x_tiny, y_tiny, epochs=2, validation_split=0.5, verbose=0, callbacks=[Announce()]
)

# %% [markdown]
# Keras numbers epochs and batches from 0. What callbacks are used for, and the ready-made one for it:
#
# | job | callback |
# |---|---|
# | stop when nothing improves | `EarlyStopping` |
# | stop when the loss is no number any more | `TerminateOnNaN` |
# | save the model, or the best one | `ModelCheckpoint` |
# | go on after an interruption | `BackupAndRestore` |
# | change the learning rate | `LearningRateScheduler`, `ReduceLROnPlateau` |
# | write a log | `CSVLogger`, `TensorBoard`, `RemoteMonitor` |
# | keep an average of the weights | `SwapEMAWeights` |
# | one or two lines of your own | `LambdaCallback` |
# | anything else | a subclass of `Callback` |
#
# Two more work without being asked: `History`, which `fit` returns, and `ProgbarLogger`, which prints the progress bar.

# %% [markdown]
# ## The life of a fit
#
# Which hooks are there, and in what order are they called? Let a callback record all of them. There is a pair, *begin* and
# *end*, for each of five things: the training, an epoch, a training batch, a validation, a validation batch. The last two are named `test`,
# as in `evaluate`.

# %%
PARTS = ["train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch"]


def recording_hook(name):
    """Return a method that notes that it was called, with which number and which logs."""

    def hook(self, number=None, logs=None):
        if isinstance(number, dict):  # the hooks of the whole training have no number
            number, logs = None, number
        self.calls.append((name, number, sorted(logs or {})))

    return hook


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls = []


for part in PARTS:
    for moment in ["begin", "end"]:
        name = f"on_{part}_{moment}"
        setattr(Recorder, name, recording_hook(name))

# %% [markdown]
# Two epochs of three training batches, each followed by a validation of two batches:

# %%
recorder = Recorder()
model = tiny_model(metrics=["mae"])
x_ten, y_ten = np.ones((10, 1), dtype="float32"), np.zeros((10, 1), dtype="float32")
model.fit(
    x_ten[:6],
    y_ten[:6],
    batch_size=2,
    epochs=2,
    validation_data=(x_ten[6:], y_ten[6:]),
    validation_batch_size=2,
    verbose=0,
    callbacks=[recorder],
)
for name, number, keys in recorder.calls[:10]:
    print(f"{name:20} {'' if number is None else number!s:3} {', '.join(keys)}")
print("…", len(recorder.calls), "calls in all")

# %% [markdown]
# The same as a picture. Every bar goes from a *begin* hook to its *end* hook. The validation lies *inside* the epoch: this is
# why its results are known in `on_epoch_end`, and only there.

# %% alt="Timeline of 30 hook calls in five rows. One long bar for the training; below it two bars for the epochs; in each epoch three short bars for training batches, then one bar for the validation with two short bars for its batches"
fig, ax = plt.subplots(figsize=(9, 3))
for row, part in enumerate(PARTS[:5]):
    begins = [i for i, call in enumerate(recorder.calls) if call[0] == f"on_{part}_begin"]
    ends = [i for i, call in enumerate(recorder.calls) if call[0] == f"on_{part}_end"]
    for begin, end in zip(begins, ends):
        ax.barh(row, end - begin, left=begin, height=0.5, color=f"C{row}", alpha=0.6)
    ax.plot(begins, [row] * len(begins), ">", color="black", markersize=5)
    ax.plot(ends, [row] * len(ends), "<", color="black", markersize=5)
ax.set_yticks(range(5), [f"on_{part}_…" for part in PARTS[:5]])
ax.invert_yaxis()
ax.set(
    xlabel="order of the calls",
    title="The hooks of one fit: 2 epochs of 3 batches (▸ begin, ◂ end)",
)
plt.show()

counts = {part: sum(call[0] == f"on_{part}_begin" for call in recorder.calls) for part in PARTS}
assert counts["train"] == 1 and counts["epoch"] == 2 and counts["train_batch"] == 6
assert counts["test"] == 2 and counts["test_batch"] == 4 and counts["predict"] == 0

# %% [markdown]
# `evaluate` and `predict` take callbacks too. Only their own hooks are called. `on_predict_batch_end` finds the outputs of the batch
# in its logs, so you can pass them on while the next batch is computed.

# %%
recorder.calls.clear()
model.evaluate(x_ten[:2], y_ten[:2], verbose=0, callbacks=[recorder])
model.predict(x_ten[:2], verbose=0, callbacks=[recorder])
for name, _, keys in recorder.calls:
    print(f"{name:24} {', '.join(keys)}")

# %% [markdown]
# Two more names exist: `on_batch_begin` and `on_batch_end`. They are the older names of `on_train_batch_…` and still work.
#
# ## What the logs hold
#
# > **Pitfall: the loss in a batch hook is not the batch's loss.** `logs["loss"]` after a batch is the mean over everything *since the epoch
# > began*, and so are the metrics. Here is a model that always returns 0 and never learns. Its five batches of one sample
# > have the losses 1, 4, 9, 16, 25. What do you see?


# %%
class Reported(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])


frozen = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
frozen.compile(keras.optimizers.SGD(learning_rate=0.0), loss="mse")
reported = Reported()
targets = np.array([[1], [2], [3], [4], [5]], dtype="float32")
frozen.fit(
    x_ten[:5], targets, batch_size=1, shuffle=False, epochs=2, verbose=0, callbacks=[reported]
)
seen = np.array(reported.losses)
print("reported:", seen.round(2).tolist())
np.testing.assert_allclose(seen, [1, 2.5, 14 / 3, 7.5, 11], rtol=1e-5)

# %% [markdown]
# A running mean hides what happens now: a batch that goes wrong late in the epoch hardly moves it. It can be undone. If
# all batches have the same size, the sum after *n* batches is *n* times the mean, and the batch's loss is the difference of
# two sums.

# %% alt="Five batches. Bars for the true batch losses 1, 4, 9, 16 and 25, a line below them for the reported running means 1, 2.5, 4.67, 7.5 and 11"
sums = seen * np.arange(1, 6)
own = np.diff(sums, prepend=0)
np.testing.assert_allclose(own, [1, 4, 9, 16, 25], rtol=1e-5)

fig, ax = plt.subplots(figsize=(6, 3))
ax.bar(range(5), own, color="C1", label="loss of the batch, recovered")
ax.plot(range(5), seen, "o-", color="C0", label='logs["loss"]')
ax.set(xlabel="batch", ylabel="loss", title="The logs show a running mean")
ax.legend()
plt.show()

# %% [markdown]
# In `on_epoch_end` the same number is what you want: the mean over the whole epoch. It starts afresh in every epoch.
#
# > **Pitfall: `steps_per_execution`.** `compile(steps_per_execution=4)` runs four batches in one go, which is faster for small models.
# > The hooks then see every fourth batch only, by the number of the last one.

# %%
numbers = []
note_batch = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda batch, logs: numbers.append(batch)
)
tiny_model(steps_per_execution=4).fit(
    x_tiny, y_tiny, batch_size=1, verbose=0, callbacks=[note_batch]
)
print("batches seen:", [int(number) for number in numbers], "of 0 to 7")
assert numbers == [3, 7]

# %% [markdown]
# ## Act, not only watch
#
# In every hook `self.model` is the model that is trained, and `self.params` says how many epochs and steps are planned. You may change
# the model: its weights, its optimizer's learning rate, and `stop_training`, which ends the `fit` after the current batch, with
# all *end* hooks still called.


# %%
class StopAfterSteps(keras.callbacks.Callback):
    """A budget of training steps, whatever the number of epochs."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.optimizer.iterations) >= self.steps:
            self.model.stop_training = True


model = tiny_model()
model.fit(x_tiny, y_tiny, batch_size=2, epochs=100, verbose=0, callbacks=[StopAfterSteps(10)])
print("steps:", int(model.optimizer.iterations))
assert int(model.optimizer.iterations) == 10

# %% [markdown]
# **The logs are shared.** All callbacks get the same dictionary, one after the other, and `History` comes last. Whatever you put into it in
# `on_epoch_end` is there for the callbacks after yours, and in the `History` that `fit` returns. So a callback can log numbers of its own.


# %%
class LogWeightNorm(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        norms = [float(ops.norm(weight)) for weight in self.model.trainable_weights]
        logs["weight_norm"] = max(norms)


before = keras.callbacks.CSVLogger(folder / "before.csv")
after = keras.callbacks.CSVLogger(folder / "after.csv")
history = tiny_model().fit(
    x_tiny, y_tiny, epochs=2, verbose=0, callbacks=[before, LogWeightNorm(), after]
)
print("History:            ", sorted(history.history))
for name in ["before", "after"]:
    print(f"logger {name + ' it:':12}", sorted(pd.read_csv(folder / f"{name}.csv").columns))

# %% [markdown]
# > **Pitfall: order matters.** The logger that stands *before* the callback never saw the new number. (It wrote an empty column `val_loss` instead:
# > `CSVLogger` provides for validation results even if there are none.) Callbacks that write into the logs go first.
#
# The shared dictionary also gives us a tool for this chapter: a callback that puts *chosen* validation losses into the logs. With it, the
# behaviour of every other callback can be shown exactly.


# %%
class Script(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch."""

    def __init__(self, **values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        for key, numbers in self.values.items():
            logs[key] = numbers[epoch]


def scripted_fit(val_loss, *callbacks, optimizer=None):
    """Train a tiny model, one epoch per value, as if these were its validation losses."""
    model = tiny_model(optimizer, run_eagerly=True)
    script = Script(val_loss=val_loss)
    run = model.fit(x_tiny, y_tiny, epochs=len(val_loss), verbose=0, callbacks=[script, *callbacks])
    return model, run.history


_, history = scripted_fit([0.9, 0.7, 0.8])
assert history["val_loss"] == [0.9, 0.7, 0.8]

# %% [markdown]
# ## Draw the losses live
#
# Hours of training are easier to wait for, and cheaper to give up, if you can watch the curve. A notebook can replace an
# output that it has shown before: `display(…, display_id=True)` returns a handle, and `handle.update(…)` draws again in the same place.
# This callback recovers the batch losses as above and adds the epoch's results.


# %%
class LivePlot(keras.callbacks.Callback):
    """Draws batch losses and epoch losses, again after every epoch, in one place."""

    def on_train_begin(self, logs=None):
        self.batch_losses, self.epoch_logs = [], []
        self.fig, self.ax = plt.subplots()
        self.handle = display(self.fig, display_id=True)
        plt.close(self.fig)  # else the cell would show it a second time at its end

    def on_epoch_begin(self, epoch, logs=None):
        self.sum = 0.0

    def on_train_batch_end(self, batch, logs=None):
        total = logs["loss"] * (batch + 1)
        self.batch_losses.append(total - self.sum)
        self.sum = total

    def on_epoch_end(self, epoch, logs=None):
        self.epoch_logs.append(dict(logs))
        steps = np.arange(1, len(self.epoch_logs) + 1) * self.params["steps"]
        self.ax.clear()
        self.ax.plot(self.batch_losses, color="C2", linewidth=0.8, label="batch")
        for key, style in [("loss", "o-"), ("val_loss", "s--")]:
            self.ax.plot(steps, [log[key] for log in self.epoch_logs], style, label=key)
        title = f"Losses after epoch {epoch + 1} of {self.params['epochs']}"
        self.ax.set(xlabel="training step", ylabel="loss", title=title, ylim=(0, None))
        self.ax.legend()
        self.handle.update(self.fig)


# %% [markdown]
# The data: images of clothes as rows of 784 numbers. The validation images are the last 2,000 of the training set.

# %%
(images, labels), _ = keras.datasets.fashion_mnist.load_data()
flat = images.reshape(len(images), -1)
x_train, y_train = flat[:TRAIN_SIZE].astype("float32") / 255, labels[:TRAIN_SIZE]
x_val, y_val = flat[-2000:].astype("float32") / 255, labels[-2000:]


def clothes_model(optimizer="adam", hidden_units=64):
    """A compiled MLP for Fashion-MNIST, the same start for the same optimizer."""
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(hidden_units, activation="relu", name="hidden"),
            layers.Dense(10, activation="softmax", name="probabilities"),
        ],
        name="clothes",
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% alt="Line chart over the training steps: the losses of single batches as a thin jagged line that falls quickly and then slowly, the training loss of each epoch as circles, the validation loss as squares" tags=["nbval-ignore-output"]
live = LivePlot()
history = clothes_model().fit(
    x_train,
    y_train,
    batch_size=100,
    epochs=EPOCHS,
    validation_data=(x_val, y_val),
    verbose=0,
    callbacks=[live],
)

# %%
assert len(live.epoch_logs) == EPOCHS
first_epoch = live.batch_losses[: live.params["steps"]]
np.testing.assert_allclose(np.mean(first_epoch), history.history["loss"][0], rtol=1e-3)

# %% [markdown]
# The last line checks the recovered losses: their mean over an epoch is the loss that Keras reports for it.
#
# ## Stop when nothing improves
#
# With few images and many epochs a network learns the images by heart: the training loss goes on falling, the validation loss turns
# round. The best model exists somewhere in the middle. `EarlyStopping` watches a value (`monitor`), waits `patience`
# epochs for an improvement, and stops.

# %% tags=["nbval-ignore-output"]
few, few_labels = x_train[:800], y_train[:800]
stop = keras.callbacks.EarlyStopping("val_loss", patience=5)
model = clothes_model(keras.optimizers.Adam(0.003), hidden_units=128)
history = model.fit(
    few,
    few_labels,
    epochs=60,
    validation_data=(x_val, y_val),
    validation_batch_size=500,
    verbose=0,
    callbacks=[stop],
)
val_loss = history.history["val_loss"]
best = int(np.argmin(val_loss))
print(f"best epoch {best}, stopped after epoch {stop.stopped_epoch}, of at most 60")
print(f"val_loss: best {min(val_loss):.2f}, last {val_loss[-1]:.2f}")

# %%
assert stop.stopped_epoch == best + 5 == len(val_loss) - 1 < 59

# %% alt="Training and validation loss over the epochs. The training loss keeps falling; the validation loss reaches its lowest point, marked as the best epoch, and is higher five epochs later where training stops" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.plot(history.history["loss"], "o-", markersize=3, label="training")
ax.plot(val_loss, "s--", markersize=3, label="validation")
ax.axvline(best, color="gray", linestyle=":")
ax.annotate("best", (best, ax.get_ylim()[1]), xytext=(3, -12), textcoords="offset points")
ax.axvspan(best, stop.stopped_epoch, color="gray", alpha=0.15, label="patience: 5 epochs")
ax.set(
    xlabel="epoch (from 0)", ylabel="loss", title="Training stops five epochs after the best one"
)
ax.legend()
plt.show()

# %% [markdown]
# > **Pitfall: stopping early is not enough.** After this `fit` the model has the weights of the *last* epoch, which was worse than the
# > best for five epochs in a row. `restore_best_weights=True` puts the best ones back, at the end of training and whether or not it was stopped.

# %%
for restore in [False, True]:
    noted = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs, noted=noted: noted.append(note.model.get_weights())
    )
    stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=restore)
    model, history = scripted_fit([0.9, 0.5, 0.6, 0.7, 0.4, 0.3], note, stop)
    held = [np.allclose(model.get_weights()[0], kept[0]) for kept in noted].index(True)
    print(f"restore_best_weights={restore!s:5}: trained epochs 0 to {len(noted) - 1}, holds {held}")
    assert (len(noted), held) == (4, 1 if restore else 3)

# %% [markdown]
# Look at the values: epochs 4 and 5 would have been better still. Patience is a bet. How the settings count, each tried on
# scripted losses:


# %%
def epochs_trained(val_loss, **settings):
    """How many epochs run before EarlyStopping ends the training."""
    _, history = scripted_fit(val_loss, keras.callbacks.EarlyStopping(**settings))
    return len(history["loss"])


worse, slow = [1, 2, 3, 4, 5, 6], [1, 0.99, 0.98, 0.97, 0.96, 0.95]
for val_loss, settings, expected in [
    (worse, {"patience": 0}, 2),
    (worse, {"patience": 1}, 2),
    (worse, {"patience": 2}, 3),
    (worse, {"patience": 1, "start_from_epoch": 3}, 5),
    (slow, {"patience": 2}, 6),
    (slow, {"patience": 2, "min_delta": 0.03}, 3),
    (slow, {"patience": 2, "mode": "max"}, 3),
]:
    trained = epochs_trained(val_loss, **settings)
    print(f"{val_loss!s:38} {settings!s:42} {trained} epochs")
    assert trained == expected

# %% [markdown]
# - `patience=0` and `patience=1` are the same: training never stops after the very first epoch.
# - `min_delta` is the smallest change that counts. The loss in the sixth line improves in every epoch, by too little each time: what counts is
#   the distance to the best value so far.
# - `mode` says whether smaller (`"min"`) or larger (`"max"`) is better. By default Keras finds out by the metric.
#
# > **Pitfall: a monitor that does not exist.** Without validation data there is no `val_loss`. `EarlyStopping` only warns, once per epoch, and
# > never stops. With a name whose direction Keras cannot guess it raises.

# %%
for monitor in ["val_loss", "val_accuracy"]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        stop = keras.callbacks.EarlyStopping(monitor)
        try:
            run = tiny_model().fit(x_tiny, y_tiny, epochs=5, verbose=0, callbacks=[stop])
            print(f"{monitor}: {len(run.history['loss'])} epochs, {len(caught)} warnings:")
            print("   ", str(caught[0].message))
        except ValueError as error:
            print(f"{monitor}: ValueError:", str(error).split(", but ")[0])

# %% [markdown]
# ## Keep the best model
#
# `EarlyStopping` keeps the best weights in memory. `ModelCheckpoint` writes to disk, so that a crash costs nothing. With `save_best_only=True` and the
# *same monitor*, the file and the model agree:

# %% tags=["nbval-ignore-output"]
path = folder / "best.keras"
model = clothes_model(keras.optimizers.Adam(0.003), hidden_units=128)
history = model.fit(
    few,
    few_labels,
    epochs=60,
    validation_data=(x_val, y_val),
    validation_batch_size=500,
    verbose=0,
    callbacks=[
        keras.callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True),
    ],
)
best_loss = min(history.history["val_loss"])
from_file = keras.saving.load_model(path)
for name, kept in [("model after fit", model), ("best.keras", from_file)]:
    loss, accuracy = kept.evaluate(x_val, y_val, verbose=0)
    print(f"{name:16} val_loss {loss:.4f}, best of all epochs {best_loss:.4f}")
    np.testing.assert_allclose(loss, best_loss, rtol=1e-4)

# %%
for ours, saved in zip(model.get_weights(), from_file.get_weights()):
    np.testing.assert_array_equal(ours, saved)

# %% [markdown]
# A `.keras` file is the *whole* model, with the compile settings and the state of the optimizer; you need not build it again. For the
# weights alone there is `save_weights_only=True`, and the name then ends in `.weights.h5`.
#
# The name may contain the epoch (counted from 1 here) and any value of the logs. Without `save_best_only` every epoch is saved:

# %%
series = folder / "series"
series.mkdir()
scripted_fit(
    [0.9, 0.5, 0.7],
    keras.callbacks.ModelCheckpoint(series / "{epoch:02d}-{val_loss:.2f}.keras"),
)
print(sorted(file.name for file in series.iterdir()))

# %% [markdown]
# > **Pitfall: the default does not keep the best.** Under a name without a place for the epoch, `ModelCheckpoint(path)` overwrites the file after every epoch:
# > what is left is the *last* one. Many a "best model" is not.
#
# > **Pitfall: it remembers, early stopping forgets.** Use the same callbacks in a second `fit`, and `EarlyStopping` starts from nothing,
# > while `ModelCheckpoint` still compares with the best value of the first. The second training is worse throughout: nothing of it is saved.


# %%
def epoch_in_file(path, val_loss, *callbacks):
    """Which epoch's weights are in the file after a scripted fit? None: of no epoch."""
    noted = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: noted.append(note.model.get_weights()[0])
    )
    scripted_fit(val_loss, note, *callbacks)
    saved = keras.saving.load_model(path).get_weights()[0]
    return next((epoch for epoch, kept in enumerate(noted) if np.allclose(kept, saved)), None)


path = folder / "tiny.keras"
every = keras.callbacks.ModelCheckpoint(path)
print("default:        file holds epoch", epoch_in_file(path, [0.9, 0.5, 0.7], every))
best_only = keras.callbacks.ModelCheckpoint(path, save_best_only=True)
print("save_best_only: file holds epoch", epoch_in_file(path, [0.9, 0.5, 0.7], best_only))
print("used again:     file holds epoch", epoch_in_file(path, [3.0, 2.0, 2.5], best_only))
fresh = keras.callbacks.ModelCheckpoint(path, save_best_only=True)
print("a fresh one:    file holds epoch", epoch_in_file(path, [3.0, 2.0, 2.5], fresh))

# %% [markdown]
# Make the callbacks anew for each `fit`; a function that returns the list is the easiest way. If it is the same training that goes on, the memory is
# welcome, and `initial_value_threshold` gives it to a fresh callback.
#
# ## Write a log
#
# `CSVLogger` writes one row per epoch, as it happens. The file can be read while training runs, and it is there after a crash.
#
# > **Pitfall: the next `fit` overwrites it,** unless you say `append=True`. Then the rows pile up, and you have to know which `fit` they
# > are from: with `initial_epoch` the numbers go on.

# %%
model = tiny_model(metrics=["mae"])
log = folder / "log.csv"
for first, last, append in [(0, 3, False), (3, 5, True)]:
    model.fit(
        x_tiny,
        y_tiny,
        initial_epoch=first,
        epochs=last,
        validation_split=0.25,
        verbose=0,
        callbacks=[keras.callbacks.CSVLogger(log, append=append)],
    )
table = pd.read_csv(log)
print("columns:", list(table.columns), "\nepochs: ", table["epoch"].tolist())
assert table["epoch"].tolist() == [0, 1, 2, 3, 4]

# %% [markdown]
# ## Give up on NaN
#
# Once the loss is infinite or NaN (*not a number*), so are the weights, and no further epoch will help. `TerminateOnNaN` looks after each batch. Here the
# learning rate is far too large:

# %%
model = tiny_model(keras.optimizers.SGD(learning_rate=1e20))
history = model.fit(
    x_tiny,
    y_tiny,
    batch_size=1,
    epochs=50,
    verbose=0,
    callbacks=[keras.callbacks.TerminateOnNaN()],
)
print("epochs begun:", len(history.history["loss"]), "of 50")
assert len(history.history["loss"]) == 1 and int(model.optimizer.iterations) < 8

# %% [markdown]
# ## Go on after an interruption
#
# A machine is switched off in the seventh hour. `BackupAndRestore` saves weights, optimizer and epoch to a folder after every epoch. Run *the same program*
# again, and `fit` finds the backup and goes on where it was. The proof: a training that is really interrupted must end with
# the very weights of one that is not. First, the undisturbed one, with its data in a fixed order:


# %%
def train_for_six_epochs(*callbacks):
    """Build the model and train it: what a program does from its start to its end."""
    model = clothes_model()
    history = model.fit(
        x_train[:2000],
        y_train[:2000],
        batch_size=100,
        epochs=6,
        shuffle=False,
        verbose=0,
        callbacks=list(callbacks),
    )
    return model, history.history


undisturbed, undisturbed_history = train_for_six_epochs()
assert len(undisturbed_history["loss"]) == 6

# %% [markdown]
# Now one that is stopped in the middle of epoch 3, by the same `KeyboardInterrupt` that the stop button causes:


# %%
class PressStop(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 3 and batch == 7:
            raise KeyboardInterrupt


backup_dir = folder / "backup"
progress = folder / "progress.csv"
try:
    train_for_six_epochs(
        keras.callbacks.BackupAndRestore(backup_dir),
        keras.callbacks.CSVLogger(progress, append=True),
        PressStop(),
    )
except KeyboardInterrupt:
    print("interrupted; the backup holds", sorted(file.name for file in backup_dir.iterdir()))
print("epochs in the log:", pd.read_csv(progress)["epoch"].tolist())

# %% [markdown]
# Run it again. The model is a new one; all it has of the first attempt is the folder.

# %%
resumed, resumed_history = train_for_six_epochs(
    keras.callbacks.BackupAndRestore(backup_dir),
    keras.callbacks.CSVLogger(progress, append=True),
)
print("epochs trained this time:", len(resumed_history["loss"]))
print("epochs in the log:       ", pd.read_csv(progress)["epoch"].tolist())
print("backup left behind:      ", backup_dir.exists())
for ours, theirs in zip(resumed.get_weights(), undisturbed.get_weights()):
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)

# %% [markdown]
# The interrupted epoch was repeated from its start, the three before it were not. The backup is deleted when training ends well.

# %% alt="Training loss over six epochs: a line for the undisturbed training, and on it circles for the first three epochs of the interrupted training and squares for the three epochs after it was resumed" tags=["nbval-ignore-output"]
losses = pd.read_csv(progress)["loss"]
np.testing.assert_allclose(losses, undisturbed_history["loss"], rtol=1e-5)

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(undisturbed_history["loss"], color="gray", label="undisturbed")
ax.plot(range(3), losses[:3], "o", color="C0", label="before the interruption")
ax.plot(range(3, 6), losses[3:], "s", color="C1", label="resumed")
ax.axvline(2.4, color="gray", linestyle=":")
ax.set(xlabel="epoch (from 0)", ylabel="loss", title="Resumed training follows the undisturbed one")
ax.legend()
plt.show()

# %% [markdown]
# > **Note** What is backed up is the model, its optimizer and the epoch: no other callback. `EarlyStopping` counts its patience anew after
# > the restart. And with shuffling the order of the data differs, so the numbers agree less exactly. `save_freq=100` backs up every 100 batches.
#
# ## Schedules: the learning rate as a function of the step
#
# Large steps at first, small ones later: that is what most trainings want. A **schedule** is an object that the optimizer asks for the
# learning rate before each step. Keras has six:

# %% alt="Six small line charts of the learning rate over 1,000 steps: exponential decay as a smooth and as a staircase curve, piecewise constant with two drops, polynomial decay, inverse time decay, cosine decay with a warm-up, and cosine decay with restarts"
schedules = keras.optimizers.schedules
shown = {
    "ExponentialDecay (dashed: staircase)": schedules.ExponentialDecay(0.1, 250, 0.5),
    "PiecewiseConstantDecay": schedules.PiecewiseConstantDecay([400, 800], [0.1, 0.05, 0.01]),
    "PolynomialDecay, power=2": schedules.PolynomialDecay(0.1, 800, 0.01, power=2.0),
    "InverseTimeDecay": schedules.InverseTimeDecay(0.1, 100, 0.5),
    "CosineDecay, with warm-up": schedules.CosineDecay(
        0.0, 800, warmup_target=0.1, warmup_steps=150
    ),
    "CosineDecayRestarts": schedules.CosineDecayRestarts(0.1, 250, t_mul=2.0, m_mul=0.7),
}
steps = np.arange(0, 1000, 10)
fig, axes = plt.subplots(2, 3, figsize=(10, 4.4), sharex=True, sharey=True)
for ax, (title, schedule) in zip(axes.flat, shown.items()):
    ax.plot(steps, [float(schedule(step)) for step in steps])
    ax.set_title(title, fontsize=9)
staircase = schedules.ExponentialDecay(0.1, 250, 0.5, staircase=True)
axes[0, 0].plot(steps, [float(staircase(step)) for step in steps], "--")
for ax in axes[1]:
    ax.set_xlabel("training step")
for ax in axes[:, 0]:
    ax.set_ylabel("learning rate")
fig.suptitle("Six schedules")
fig.tight_layout()
plt.show()

# %% [markdown]
# > **Pitfall: steps are batches, not epochs.** 6,000 images in batches of 100 are 60 steps an epoch. A schedule written for epochs is over before
# > the first one has ended. Compute the steps: `epochs * len(x) // batch_size`.
#
# The optimizer counts its steps in `iterations`, and `learning_rate` is the schedule at that count:

# %%
halving = schedules.ExponentialDecay(0.1, decay_steps=4, decay_rate=0.5)
model = tiny_model(keras.optimizers.SGD(halving))
for epoch in range(3):
    steps = int(model.optimizer.iterations)
    print(f"before epoch {epoch}: {steps} steps, rate {float(model.optimizer.learning_rate):.4f}")
    model.fit(x_tiny, y_tiny, batch_size=2, verbose=0)
np.testing.assert_allclose(float(model.optimizer.learning_rate), 0.1 * 0.5**3, rtol=1e-5)

# %% [markdown]
# ### A schedule of your own
#
# Subclass `LearningRateSchedule` and write `__call__(self, step)`. With `get_config` and the registration, a model that uses it can be saved and loaded. This one goes up and
# down in a zigzag, a *cyclical* learning rate.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class Zigzag(keras.optimizers.schedules.LearningRateSchedule):
    """From `low` to `high` and back again every 2 * `half_cycle` steps."""

    def __init__(self, low, high, half_cycle):
        self.low, self.high, self.half_cycle = low, high, half_cycle

    def __call__(self, step):
        phase = ops.cast(step, "float32") / self.half_cycle
        height = 1 - ops.abs(ops.mod(phase, 2.0) - 1)
        return self.low + (self.high - self.low) * height

    def get_config(self):
        return {"low": self.low, "high": self.high, "half_cycle": self.half_cycle}


zigzag = Zigzag(0.01, 0.1, half_cycle=50)
print([round(float(zigzag(step)), 3) for step in [0, 25, 50, 75, 100, 150]])

model = tiny_model(keras.optimizers.SGD(zigzag))
model.fit(x_tiny, y_tiny, batch_size=2, verbose=0)
model.save(folder / "zigzag.keras")
loaded = keras.saving.load_model(folder / "zigzag.keras")
assert float(loaded.optimizer.learning_rate) == float(model.optimizer.learning_rate)

# %% [markdown]
# > **Pitfall: a Python `if` on the step.** Called by hand, the step is a number, and `if step < 100` works. In `fit` it is a symbol in a graph that is
# > drawn once, and has no value yet. Compute both branches and choose with `ops.where`.


# %%
class DropWithIf(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 if step < 100 else 0.01


class DropWithWhere(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return ops.where(step < 100, 0.1, 0.01)


for schedule in [DropWithIf(), DropWithWhere()]:
    by_hand = [round(float(schedule(tf.constant(step))), 2) for step in [99, 100]]
    try:
        tiny_model(keras.optimizers.SGD(schedule)).fit(x_tiny, y_tiny, verbose=0)
        told = "works"
    except Exception as error:
        told = str(error).split(". ")[0]
    print(f"{type(schedule).__name__}: by hand {by_hand}; in fit: {told}")

# %% [markdown]
# ## Callbacks that set the learning rate
#
# A schedule knows the step and nothing else. A callback knows the validation results. `ReduceLROnPlateau` multiplies the rate by `factor` after `patience` epochs without an
# improvement. `LearningRateScheduler` takes a function of the epoch and the current rate. Both report the rate in the history.

# %%
val_loss = [1.0, 0.8, 0.7, 0.7, 0.71, 0.6, 0.58, 0.59, 0.6, 0.58, 0.57, 0.57]
plateau = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.01)
_, by_results = scripted_fit(val_loss, plateau, optimizer=keras.optimizers.SGD(0.1))

by_epoch_rule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 * 0.8**epoch)
_, by_epoch = scripted_fit(val_loss, by_epoch_rule, optimizer=keras.optimizers.SGD(0.1))
print("ReduceLROnPlateau:    ", np.round(by_results["learning_rate"], 3).tolist())
print("LearningRateScheduler:", np.round(by_epoch["learning_rate"], 3).tolist())

# %% alt="Two charts over twelve epochs, one above the other. Above, a validation loss with two flat stretches; below, the learning rate that ReduceLROnPlateau halves after each of them, and the smooth decay of LearningRateScheduler"
fig, (above, below) = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True)
above.plot(val_loss, "s--", color="C1")
above.set(ylabel="val_loss", title="One rate follows the results, the other the clock")
below.plot(by_results["learning_rate"], "s-", markersize=3, label="ReduceLROnPlateau")
below.plot(by_epoch["learning_rate"], "o-", markersize=3, label="LearningRateScheduler")
below.set(xlabel="epoch (from 0)", ylabel="learning rate", ylim=(0, None))
below.legend()
plt.show()

# %% [markdown]
# The rate in the history of `ReduceLROnPlateau` is the one *before* the cut at that epoch's end. And mind its default `min_delta=0.0001`: smaller improvements do not
# count.
#
# > **Pitfall: schedule and callback do not go together.** If the optimizer was made with a schedule, nobody else can set its rate.

# %%
with_schedule = keras.optimizers.SGD(halving)
try:
    scripted_fit([1, 2, 3], keras.callbacks.ReduceLROnPlateau(patience=1), optimizer=with_schedule)
except TypeError as error:
    print("TypeError:", re.sub(r"\s+", " ", str(error)).split(", hence")[0])

# %% [markdown]
# | | schedule | callback |
# |---|---|---|
# | changes | every step | every epoch, or in any hook you choose |
# | knows | the step | all logs |
# | saved with the model | yes | no |
# | in a loop of your own | works | you have to call it |
#
# ### Which learning rate?
#
# A callback can find out. Start tiny, multiply the rate after every batch, and watch the loss of each batch: it falls as soon as the
# steps are large enough, and explodes when they are too large. Take a rate well before that point.


# %%
class LearningRateSweep(keras.callbacks.Callback):
    """Raises the learning rate after each batch and notes the batch's own loss."""

    def __init__(self, first, last, steps):
        super().__init__()
        self.rates = np.geomspace(first, last, steps)
        self.losses = []

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rates[batch]

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"] * (batch + 1) - sum(self.losses))
        if not self.losses[-1] < 3 * self.losses[0]:  # also true for NaN
            self.model.stop_training = True


sweep = LearningRateSweep(1e-4, 30, steps=100)
repeated = np.arange(100 * 50) % len(x_train)
clothes_model(keras.optimizers.SGD(1e-4)).fit(
    x_train[repeated], y_train[repeated], batch_size=50, verbose=0, callbacks=[sweep]
)
rates = sweep.rates[: len(sweep.losses)]

# %% alt="Loss of each batch against the learning rate on a logarithmic axis: flat for tiny rates, falling between about 0.02 and 0.2, then jumping up. A band marks the useful range" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.semilogx(rates, sweep.losses)
ax.axvspan(0.02, 0.2, color="C1", alpha=0.15, label="useful with SGD")
ax.set(xlabel="learning rate", ylabel="loss of the batch", ylim=(0, 6))
ax.set_title("Too small, about right, too large")
ax.legend()
plt.show()
print(f"lowest loss at a rate of about {rates[int(np.argmin(sweep.losses))]:.1g}")

# %%
losses = np.array(sweep.losses)
slow, useful = losses[rates < 1e-3], losses[(rates > 0.05) & (rates < 0.2)]
assert useful.mean() < slow.mean() - 0.3
assert not losses[-1] < 3 * losses[0], "the largest rates must fail"

# %% [markdown]
# ## TensorBoard
#
# [TensorBoard](https://www.tensorflow.org/tensorboard) is a small web server that draws logs while they are written. The callback writes them, as *event files*, one folder per
# run and below it one each for training and validation. The server is a program of its own. In a terminal you start it with `tensorboard --logdir logs`, in a notebook with `%load_ext tensorboard` and
# `%tensorboard --logdir logs`. TensorFlow does not bring it any more, so look first:

# %%
has_tensorboard = importlib.util.find_spec("tensorboard") is not None
if not has_tensorboard:
    print("TensorBoard is not installed: pip install tensorboard, then restart. Skipped for now.")

# %% [markdown]
# Here we do what the browser does: start the server on a free port of this machine, ask it for its curves over HTTP, and stop it, whatever
# happens in between.


# %%
@contextlib.contextmanager
def tensorboard_server(log_dir):
    """Run TensorBoard on the folder; yield the file with what it prints; stop it at the end."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(log_dir)]
    command += ["--host", "127.0.0.1", "--port", "0", "--reload_interval", "1"]
    printed = folder / "tensorboard.txt"
    with printed.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield printed
    finally:
        server.terminate()
        server.wait()


def wait_for(question, seconds=60):
    """Ask until the answer is true, and return it; None if time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):  # the server does not listen yet
            if answer := question():
                return answer
        time.sleep(0.2)
    return None


# %% [markdown]
# Its address stands in what it prints. Below it, `data/plugin/scalars/tags` lists runs and their curves, and `data/plugin/scalars/scalars` gives the points of one as
# `[time, step, value]`.


# %%
def ask(address, page, **query):
    """Fetch a JSON page from the server, never through a proxy."""
    url = f"{address}data/plugin/scalars/{page}?{urllib.parse.urlencode(query)}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as reply:
        return json.load(reply)


def last_points(address, run):
    """The points of epoch_loss in a run, once all epochs are there."""
    if run not in ask(address, "tags"):
        return None
    points = ask(address, "scalars", run=run, tag="epoch_loss")
    return points if len(points) == EPOCHS else None


# %% [markdown]
# Train two runs to compare, each with a folder of its own, while the server is watching:

# %% tags=["nbval-ignore-output"]
logs, runs, served = folder / "logs", {}, None
if has_tensorboard:
    with tensorboard_server(logs) as printed:
        for name, rate in [("adam_0.001", 0.001), ("adam_0.01", 0.01)]:
            runs[name] = clothes_model(keras.optimizers.Adam(rate)).fit(
                x_train,
                y_train,
                batch_size=100,
                epochs=EPOCHS,
                validation_data=(x_val, y_val),
                verbose=0,
                callbacks=[
                    keras.callbacks.TensorBoard(logs / name, histogram_freq=1, update_freq=20)
                ],
            )
        address = wait_for(lambda: re.search(r"http://\S+", printed.read_text()))
        served = address and wait_for(lambda: last_points(address[0], "adam_0.01/validation"))
        tags = ask(address[0], "tags") if served else {}
    print("served:" if served else "The server did not answer within a minute.")
    for run, names in sorted(tags.items()):
        print(f"  {run:24}", ", ".join(sorted(names)))

# %% [markdown]
# What the server tells is what `fit` returned:

# %%
if served:
    values = [value for _, step, value in served]
    np.testing.assert_allclose(values, runs["adam_0.01"].history["val_loss"], rtol=1e-5)
    assert [step for _, step, _ in served] == list(range(EPOCHS))

# %% [markdown]
# This is its page on the same two runs, in a browser. The strong lines are *smoothed*: move the slider to 0 to see the values, drawn
# faintly here. By its validation curves (blue) the larger rate is better at first, and overfits after the second epoch.
#
# ![TensorBoard's page Scalars in a browser: on the left a slider for smoothing and the list of runs, training and validation of each in its own colour; on the right the curves of epoch_accuracy and epoch_loss over six epochs, and below them those of single batches](../docs/images/tensorboard.png)
#
# | argument of the callback | what it writes |
# |---|---|
# | (none) | loss, metrics and learning rate of every epoch: `epoch_loss`, … |
# | `update_freq="batch"`, or a number of batches | also `batch_loss`, …, which are running means, as above |
# | `histogram_freq=1` | the distribution of every *weight*, each epoch |
# | `write_images=True` | with it, the weights as pictures |
# | `embeddings_freq=1` | the weights of `Embedding` layers, for the projector |
# | `profile_batch=(10, 20)` | where the time goes, in these batches |
# | `write_graph=True` (default) | the layers as a graph |
#
# > **Pitfall: histograms are of weights.** Older texts promise activations, or gradients (`write_grads`). Neither is written.
#
# ### Read the logs in Python
#
# For a report, or to compare a hundred runs, you want numbers and no browser. TensorBoard's own reader gives them.
#
# > **Pitfall: a scalar is stored as a tensor.** `Scalars(tag)` finds nothing in files that TensorFlow 2 wrote; `Tensors(tag)` does. And by default the reader
# > keeps a random ten of the tensors of each tag. `size_guidance={"tensors": 0}` keeps all.

# %%
if has_tensorboard:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(logs / "adam_0.01" / "train"), size_guidance={"tensors": 0})
    events.Reload()
    for name in sorted(events.Tags()["tensors"]):
        print(name)
    try:
        events.Scalars("epoch_loss")
    except KeyError as error:
        print("KeyError:", error)

# %%
if has_tensorboard:
    points = events.Tensors("epoch_loss")
    values = [float(tf.make_ndarray(point.tensor_proto)) for point in points]
    np.testing.assert_allclose(values, runs["adam_0.01"].history["loss"], rtol=1e-5)
    assert [point.step for point in points] == list(range(EPOCHS))

    batches = len(events.Tensors("batch_loss"))
    shortened = EventAccumulator(str(logs / "adam_0.01" / "train")).Reload()
    kept = len(shortened.Tensors("batch_loss"))
    assert kept == min(10, batches) <= batches

# %% [markdown]
# The histograms are there too: rows of `(left edge, right edge, count)`. So you can draw how the weights of the first layer spread out as it learns.
# (Keras 3.13 mixes the kernels of all layers under one tag, `kernel/histogram`; there the next cell draws nothing.)

# %% alt="Distributions of the weights of the first layer, one line per epoch from light to dark: a peak near zero that gets lower while its tails get longer" tags=["nbval-ignore-output"]
tag = "clothes/hidden/kernel/histogram"
if has_tensorboard and tag in events.Tags()["tensors"]:
    spread = events.Tensors(tag)
    fig, ax = plt.subplots()
    for i, point in enumerate(spread):
        left, right, count = tf.make_ndarray(point.tensor_proto).T
        density = count / count.sum() / (right - left)
        color = plt.cm.viridis_r((i + 1) / len(spread))
        ax.plot((left + right) / 2, density, color=color, label=f"epoch {point.step}")
    ax.set(xlabel="weight", ylabel="density", title="The first layer's weights spread out")
    ax.legend(fontsize=8)
    plt.show()

# %% [markdown]
# ### Numbers of your own
#
# `tf.summary` writes anything into such files: scalars, images, text. In a callback:


# %%
class LogHiddenUnits(keras.callbacks.Callback):
    """Writes the share of hidden units that are 0 for every validation image."""

    def __init__(self, log_dir, images):
        super().__init__()
        self.log_dir, self.images = str(log_dir), images

    def on_train_begin(self, logs=None):
        self.writer = tf.summary.create_file_writer(self.log_dir)

    def on_epoch_end(self, epoch, logs=None):
        hidden = self.model.get_layer("hidden")(self.images)
        dead = float(ops.mean(ops.cast(ops.max(hidden, axis=0) == 0, "float32")))
        with self.writer.as_default():
            tf.summary.scalar("dead_units", dead, step=epoch)

    def on_train_end(self, logs=None):
        self.writer.close()


if has_tensorboard:
    own_dir = logs / "own"
    for _ in range(2):
        clothes_model().fit(
            few, few_labels, epochs=2, verbose=0, callbacks=[LogHiddenUnits(own_dir, x_val)]
        )
    events = EventAccumulator(str(own_dir), size_guidance={"tensors": 0}).Reload()
    steps = [point.step for point in events.Tensors("dead_units")]
    print("event files:", len(list(own_dir.iterdir())), "| steps:", steps)
    assert steps == [0, 1, 0, 1]

# %% [markdown]
# > **Pitfall: two runs in one folder.** Nothing is overwritten: the second `fit` put a second file beside the first, and the curve jumps back to step 0. Give each run
# > its own folder, named by what distinguishes it.
#
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `ModelCheckpoint("model_{epoch}")`, `.hdf5` | `ValueError` | a name that ends in `.keras` |
# | `ModelCheckpoint(…, period=2)` | `TypeError` | `save_freq`, in batches |
# | "saves the weights" | saves the whole model | `save_weights_only=True` and `.weights.h5` |
# | `TensorBoard(write_grads=True)`, `batch_size=` | `TypeError` | gradients from a callback with `tf.summary` |
# | `model.optimizer.lr` | `AttributeError` | `model.optimizer.learning_rate` |
# | `K.set_value(model.optimizer.lr, 0.1)` | `AttributeError` | `model.optimizer.learning_rate = 0.1` |
# | `SGD(0.1, decay=1e-3)` | warns and ignores it | `InverseTimeDecay` |
# | `self.validation_data` in a callback | `AttributeError` | pass the data to `__init__` |
# | `callbacks.experimental.BackupAndRestore` | `AttributeError` | `callbacks.BackupAndRestore` |
# | `logs["acc"]` | `KeyError` | the name as in `compile`: `logs["accuracy"]` |
#
# Each line, tried:

# %%
callbacks = keras.callbacks
model = tiny_model(metrics=["accuracy"])
read_acc = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs["acc"])
attempts = {
    "no suffix": lambda: callbacks.ModelCheckpoint("model_{epoch}"),
    "hdf5": lambda: callbacks.ModelCheckpoint("model_{epoch}.hdf5"),
    "period": lambda: callbacks.ModelCheckpoint("model.keras", period=2),
    "weights only": lambda: callbacks.ModelCheckpoint("m.keras", save_weights_only=True),
    "write_grads": lambda: callbacks.TensorBoard(write_grads=True),
    "optimizer.lr": lambda: model.optimizer.lr,
    "set_value": lambda: keras.backend.set_value(model.optimizer.learning_rate, 0.1),
    "decay": lambda: keras.optimizers.SGD(0.1, decay=1e-3),
    "validation_data": lambda: callbacks.Callback().validation_data,
    "experimental": lambda: callbacks.experimental.BackupAndRestore,
    "acc": lambda: model.fit(x_tiny, y_tiny, verbose=0, callbacks=[read_acc]),
}
for label, attempt in attempts.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attempt()
            print(f"{label:16} runs, and warns: {caught[0].message}")
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            told = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()[0]
            print(f"{label:16} {type(error).__name__}: {told[:72]}")

# %% [markdown]
# ## Try it
#
# **1.** `scripted_fit([5, 4, 6, 3, 6, 6, 6], EarlyStopping(patience=2))`: how many epochs are trained? Think first, then run it.
#
# <details><summary>Answer</summary>
#
# Six. Epoch 2 is one epoch without improvement, epoch 3 is a new best and sets the count back, epochs 4 and 5 are two in a row: it stops
# after epoch 5.
#
# </details>
#
# **2.** In the learning-rate sweep, note `logs["loss"]` itself instead of the batch's own loss. How does the picture change, and which rate
# would you choose by it?
#
# <details><summary>Answer</summary>
#
# The curve falls later and more slowly, and it rises late as well: the mean remembers all the batches with tiny rates. You would choose a rate
# that is too large.
#
# </details>
#
# **3.** Write a callback that stops training after ten seconds. In which hook do you look at the clock?
#
# <details><summary>Answer</summary>
#
# Note `time.monotonic()` in `on_train_begin`, and compare in `on_train_batch_end`: an epoch may take longer than the
# whole budget. `stop_training` then ends the `fit` after that batch.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | to step into `fit` | a subclass of `keras.callbacks.Callback`; validation results are known in `on_epoch_end` |
# | the loss of one batch | `n * mean` minus the same for the batch before |
# | to end training | `self.model.stop_training = True` |
# | the best epoch | `EarlyStopping(monitor, patience=…, restore_best_weights=True)` |
# | and on disk | `ModelCheckpoint("best.keras", monitor=…, save_best_only=True)`, the same monitor |
# | a table | `CSVLogger("log.csv")`, `pandas.read_csv` |
# | to go on after a crash | `BackupAndRestore(folder)`, and the same program again |
# | a rate by step | `Adam(schedules.CosineDecay(…))` |
# | a rate by results | `ReduceLROnPlateau(…)` |
# | curves in the browser | `TensorBoard(folder_of_this_run)`, `tensorboard --logdir …` |
#
# **Read on** in the official documentation: [Writing your own callbacks](https://keras.io/guides/writing_your_own_callbacks/),
# [Callbacks API](https://keras.io/api/callbacks/), [Learning rate schedules](https://keras.io/api/optimizers/learning_rate_schedules/),
# [Get started with TensorBoard](https://www.tensorflow.org/tensorboard/get_started).
#
# **Now you:** the assignment [ex08_callbacks](../exercises/ex08_callbacks/ex08_callbacks.ipynb), {{ ex08_callbacks.tasks }}. Next chapter:
# [training loops from scratch](09_loops.ipynb).
