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
SEED = 0  # int: seed of weights, shuffling and made-up data, from 0 on
TRAIN_SIZE = 6_000  # int: Fashion-MNIST images in the longer examples, 2,000 to 50,000
EPOCHS = 6  # int: passes over the images in the longer examples, 2 to 50

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
from ipywidgets import interact
from keras import layers, ops

assert 0 <= SEED <= 2**31 - 1, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 2_000 <= TRAIN_SIZE <= 50_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 2,000 to 50,000 images."
assert 2 <= EPOCHS <= 50, f"EPOCHS is {EPOCHS}: choose 2 to 50."

keras.utils.set_random_seed(SEED)
tf.get_logger().setLevel("ERROR")  # many short fits in one process: TensorFlow would advise against
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes

# %% [markdown]
# ## A callback is a set of hooks
#
# The data: images of clothes as rows of 784 numbers. The validation images are the last 2,000 of the training set.

# %%
(images, labels), _ = keras.datasets.fashion_mnist.load_data()
flat = images.reshape(len(images), -1)
x_train, y_train = flat[:TRAIN_SIZE].astype("float32") / 255, labels[:TRAIN_SIZE]
x_val, y_val = flat[-2000:].astype("float32") / 255, labels[-2000:]


def clothes_model(optimizer="adam", hidden_units=64):
    """A compiled MLP for Fashion-MNIST, with the same first weights each time."""
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


# %% [markdown]
# A **callback** is an object that `fit` calls while it trains. It has *hooks*: methods with fixed names, each for one moment. You override
# those you need; the others do nothing. This one tells when the model is better than before:


# %% tags=["nbval-ignore-output"]
class TellBest(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.best = float("inf")

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best = logs["val_loss"]
            print(f"epoch {epoch}: a new best, val_loss {self.best:.3f}")


longer = {"batch_size": 100, "epochs": EPOCHS, "validation_data": (x_val, y_val), "verbose": 0}
history = clothes_model().fit(x_train, y_train, callbacks=[TellBest()], **longer)

# %% [markdown]
# Keras numbers epochs and batches from 0. Many callbacks are ready-made:
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
#
# ## The life of a fit
#
# There is a pair of hooks, *begin* and *end*, for each of five things: the training, an epoch, a training batch, a validation, a validation batch. The last two
# are named `test`, as in `evaluate`. `LambdaCallback` takes functions for them. Here all ten note when they are called, and what they are given:

# %%
PARTS = ["train", "epoch", "train_batch", "test", "test_batch"]
calls = []
names = [f"on_{part}_{moment}" for part in PARTS for moment in ["begin", "end"]]
hooks = {
    name: lambda *told, name=name, **logs: calls.append((name, *told, *logs.values()))
    for name in names
}


def tiny_model(optimizer=None, **kwargs):
    """A model with one weight and one bias, fast enough for many experiments."""
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, name="line")], name="tiny")
    model.compile(optimizer or keras.optimizers.SGD(0.01), loss="mse", **kwargs)
    return model


x_tiny, y_tiny = np.ones((8, 1), "float32"), np.arange(8, dtype="float32")[:, None]
held_out = (x_tiny[:4], y_tiny[:4])
tiny_model(metrics=["mae"]).fit(
    x_tiny[:6],
    y_tiny[:6],
    batch_size=2,
    epochs=2,
    validation_data=held_out,
    verbose=0,
    callbacks=[keras.callbacks.LambdaCallback(**hooks)],
)
for name, *told in calls[:15]:  # of the logs, the keys
    print(f"{name:20}", *[part if isinstance(part, int) else sorted(part or {}) for part in told])

# %% [markdown]
# Every bar goes from a *begin* hook to its *end* hook. The validation lies *inside* the epoch: this is
# why `on_epoch_end` knows its results.

# %% alt="Timeline of the hook calls in five rows. One long bar for the training; below it two bars for the epochs; in each epoch three short bars for training batches, then one bar for the validation with two short bars for its batches"
fig, ax = plt.subplots(figsize=(9, 3))
for row, part in enumerate(PARTS):
    begins = [i for i, call in enumerate(calls) if call[0] == f"on_{part}_begin"]
    ends = [i for i, call in enumerate(calls) if call[0] == f"on_{part}_end"]
    widths = np.subtract(ends, begins)
    ax.barh([row] * len(begins), widths, left=begins, height=0.5, color=f"C{row}", alpha=0.6)
    ax.plot(begins, [row] * len(begins), ">", ends, [row] * len(ends), "<", color="gray")
ax.set_yticks(range(5), [f"on_{part}_…" for part in PARTS])
ax.invert_yaxis()
ax.set(xlabel="order of the calls", title="2 epochs of 3 batches (▸ begin, ◂ end)")
plt.show()

# %% [markdown]
# `evaluate` and `predict` take callbacks too, and call only their own hooks: `on_test_…`, `on_predict_…`.
#
# ## What the logs hold
#
# > **Pitfall: the loss in a batch hook is not the batch's loss.** `logs["loss"]` is the mean over everything *since the epoch
# > began*. (Metrics count from there, too.) This model always returns 0 and never learns. Its five batches of one sample
# > have the losses 1, 4, 9, 16, 25.

# %%
frozen = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
frozen.compile(keras.optimizers.SGD(learning_rate=0.0), loss="mse")
reported = []
watch = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda batch, logs: reported.append(logs["loss"])
)
targets = np.array([[1], [2], [3], [4], [5]], dtype="float32")
frozen.fit(x_tiny[:5], targets, batch_size=1, shuffle=False, verbose=0, callbacks=[watch])
print("reported:", np.round(reported, 2).tolist())
np.testing.assert_allclose(reported, [1, 2.5, 14 / 3, 7.5, 11], rtol=1e-5)

# %% [markdown]
# A running mean hides a batch that goes wrong late in the epoch. It can be undone. If
# all batches have the same size, the sum after *n* batches is *n* times the mean, and the batch's loss is the difference of
# two sums.

# %% alt="Five batches. Bars for the true batch losses 1, 4, 9, 16 and 25, a line below them for the reported running means 1, 2.5, 4.67, 7.5 and 11"
own = np.diff(reported * np.arange(1, 6), prepend=0)
np.testing.assert_allclose(own, [1, 4, 9, 16, 25], rtol=1e-5)

fig, ax = plt.subplots(figsize=(6, 3))
ax.bar(range(5), own, color="C1", label="loss of the batch, recovered")
ax.plot(range(5), reported, "o-", color="C0", label='logs["loss"]')
ax.set(xlabel="batch", ylabel="loss", title="The logs show a running mean")
ax.legend()
plt.show()

# %% [markdown]
# In `on_epoch_end` the same number is the mean over the whole epoch.
#
# ## Act, not only watch
#
# In every hook `self.model` is the model that is trained, and `self.params` says how many epochs and steps are planned. You may change
# the model: its weights, its learning rate, and `stop_training`. Once that is set, no further batch is trained. A validation
# that is due still runs, and all *end* hooks are called.


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
run = model.fit(
    x_tiny,
    y_tiny,
    batch_size=2,
    epochs=100,
    validation_data=held_out,
    verbose=0,
    callbacks=[StopAfterSteps(10)],
)
print("steps:", int(model.optimizer.iterations), "| validations:", len(run.history["val_loss"]))
assert int(model.optimizer.iterations) == 10 and len(run.history["val_loss"]) == 3

# %% [markdown]
# **The logs are shared.** All callbacks get the same dictionary, one after the other, and `History` comes after yours. What a callback puts into it in
# `on_epoch_end`, the callbacks after it see. So this one can feed others with *chosen* validation losses, and show exactly what they do.
# (`run_eagerly=True` spares making a graph for so short a training.)


# %%
class Script(keras.callbacks.Callback):
    """Puts chosen values into the logs of each epoch."""

    def __init__(self, val_loss):
        super().__init__()
        self.val_loss = val_loss

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.val_loss[epoch]


def scripted_fit(val_loss, *callbacks, optimizer=None):
    """Train a tiny model, one epoch per value, as if these were its validation losses."""
    model = tiny_model(optimizer, run_eagerly=True)
    run = model.fit(
        x_tiny, y_tiny, epochs=len(val_loss), verbose=0, callbacks=[Script(val_loss), *callbacks]
    )
    return model, run.history


_, history = scripted_fit([0.9, 0.7, 0.8])
assert history["val_loss"] == [0.9, 0.7, 0.8]

# %% [markdown]
# ## Draw the losses live
#
# Hours of training are easier to wait for if you can watch the curve. `display(…, display_id=True)` returns a handle, and `handle.update(…)` draws
# again in the same place. This callback recovers the batch losses as above and adds the epoch's results.


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


# %% alt="Line chart over the training steps: the losses of single batches as a thin jagged line that falls quickly and then slowly, the training loss of each epoch as circles, the validation loss as squares" tags=["nbval-ignore-output"]
live = LivePlot()
history = clothes_model().fit(x_train, y_train, callbacks=[live], **longer)

# %% [markdown]
# Are the recovered losses right? Their mean over an epoch is the loss that Keras reports (nearly so, if the last batch is shorter).

# %%
first_epoch = live.batch_losses[: live.params["steps"]]
np.testing.assert_allclose(np.mean(first_epoch), history.history["loss"][0], rtol=0.05)

# %% [markdown]
# ## Stop when nothing improves
#
# With few images and many epochs a network learns the images by heart: the training loss goes on falling, the validation loss turns
# round. `EarlyStopping` watches a value (`monitor`), waits `patience` epochs for an improvement by more than `min_delta`, and stops.
# First, 30 epochs on 800 images without it:

# %% tags=["nbval-ignore-output"]
few, few_labels = x_train[:800], y_train[:800]
many = {"epochs": 30, "validation_data": (x_val, y_val), "validation_batch_size": 500, "verbose": 0}
recorded = clothes_model(keras.optimizers.Adam(0.003), 128).fit(few, few_labels, **many).history
val_loss = recorded["val_loss"]
print(
    f"val_loss: best {min(val_loss):.2f} after epoch {np.argmin(val_loss)}, last {val_loss[-1]:.2f}"
)
assert min(val_loss) < 0.9 * val_loss[-1], "Expected overfitting; another seed may differ."

# %% [markdown]
# **Play with it.** Where would early stopping have ended this training, and which epoch would it take for the best? Make it stop too early, and too late.


# %% tags=["playground"] alt="Training and validation loss over 30 epochs. The training loss keeps falling; the validation loss falls, then rises. A dotted line marks the epoch taken for the best, a grey band the three epochs of patience after it, where training stops"
def early_stop(values, patience, min_delta):
    """The epoch after which training stops, and the one that counts as the best."""
    best = 0
    for epoch in range(1, len(values)):
        if values[epoch] + min_delta < values[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch, best
    return len(values) - 1, best


def draw_stop(patience=3, min_delta=0.0):
    stopped, best = early_stop(val_loss, patience, min_delta)
    fig, ax = plt.subplots()
    ax.plot(recorded["loss"], "o-", markersize=3, label="training")
    ax.plot(val_loss, "s--", markersize=3, label="validation")
    ax.axvspan(best, stopped, color="gray", alpha=0.2, label="waiting")
    ax.axvline(best, color="gray", linestyle=":", label="taken for the best")
    ax.set(xlabel="epoch (from 0)", ylabel="loss", ylim=(0, 2))
    ax.set_title(f"Stops after epoch {stopped}, val_loss {val_loss[best]:.3f} at best")
    ax.legend()
    plt.show()


_ = interact(draw_stop, patience=(1, 20, 1), min_delta=(0.0, 0.1, 0.005))

# %% [markdown]
# Keras does the same with the recorded losses as a script:

# %%
for patience, min_delta in [(1, 0.0), (8, 0.0), (3, 0.02)]:
    stop = keras.callbacks.EarlyStopping(patience=patience, min_delta=min_delta)
    _, history = scripted_fit(val_loss, stop)
    assert len(history["loss"]) == early_stop(val_loss, patience, min_delta)[0] + 1
print("the same, three times")

# %% [markdown]
# `mode` says whether smaller (`"min"`) or larger (`"max"`) is better; by default Keras finds out by the metric.
#
# > **Pitfall: stopping early is not enough.** Then the model has the weights of the *last* epoch, not of the best.
# > `restore_best_weights=True` puts the best ones back, at the end of training and whether or not it was stopped.

# %%
for restore in [False, True]:
    kept = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs, kept=kept: kept.append(note.model.get_weights()[0])
    )
    stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=restore)
    model, _ = scripted_fit([0.9, 0.5, 0.6, 0.7, 0.4, 0.3], note, stop)
    held = [np.allclose(model.get_weights()[0], weights) for weights in kept].index(True)
    print(f"restore_best_weights={restore!s:5}: trained epochs 0 to {len(kept) - 1}, holds {held}")
    assert (len(kept), held) == (4, 1 if restore else 3)

# %% [markdown]
# Epochs 4 and 5 would have been better still. Patience is a bet.
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
# `EarlyStopping` keeps the best weights in memory, `ModelCheckpoint` on disk. With `save_best_only=True` it writes only when the monitored value has improved.
# Here all 30 epochs are trained, and the best weights are fetched from the file afterwards:

# %% tags=["nbval-ignore-output"]
path = folder / "best.weights.h5"
keep = keras.callbacks.ModelCheckpoint(path, save_weights_only=True, save_best_only=True)
model = clothes_model(keras.optimizers.Adam(0.003), 128)
val_losses = model.fit(few, few_labels, callbacks=[keep], **many).history["val_loss"]
for label, expected in [("after fit", val_losses[-1]), ("from the file", min(val_losses))]:
    loss, _ = model.evaluate(x_val, y_val, verbose=0)
    print(f"{label:13} val_loss {loss:.4f}")
    np.testing.assert_allclose(loss, expected, rtol=1e-4)
    model.load_weights(path)

# %% [markdown]
# Weights alone need `save_weights_only=True` and a name that ends in `.weights.h5`. By default it is the *whole* model, in a `.keras` file, with the compile
# settings and the state of the optimizer. Give `ModelCheckpoint` and `EarlyStopping` the same monitor: else the file and the model may hold different epochs. The name may contain the epoch (counted from 1 here) and any
# value of the logs: `"{epoch:02d}-{val_loss:.2f}.keras"`.
#
# > **Pitfall: the default does not keep the best.** `ModelCheckpoint("best.keras")` overwrites the file after every epoch: what is left is the *last* one.
#
# ## Write a log
#
# `CSVLogger` writes one row per epoch, as it happens. The next `fit` overwrites the file, unless you say `append=True`. With `initial_epoch` the numbers go on.

# %%
model = tiny_model(metrics=["mae"])
log = folder / "log.csv"
for first, last, append in [(0, 3, False), (3, 5, True)]:
    logger = keras.callbacks.CSVLogger(log, append=append)
    model.fit(x_tiny, y_tiny, initial_epoch=first, epochs=last, verbose=0, callbacks=[logger])
print("epochs: ", pd.read_csv(log)["epoch"].tolist())
assert pd.read_csv(log)["epoch"].tolist() == [0, 1, 2, 3, 4]

# %% [markdown]
# ## Give up on NaN
#
# `TerminateOnNaN` stops when the loss is infinite or NaN (*not a number*) after a batch. By then the step with that loss is made, and the weights
# may be lost. Here the learning rate is far too large:

# %%
model = tiny_model(keras.optimizers.SGD(learning_rate=1e20))
give_up = keras.callbacks.TerminateOnNaN()
history = model.fit(x_tiny, y_tiny, batch_size=1, epochs=50, verbose=0, callbacks=[give_up])
print("epochs begun:", len(history.history["loss"]), "of 50; the bias:", model.get_weights()[1])
assert len(history.history["loss"]) == 1 and int(model.optimizer.iterations) < 8

# %% [markdown]
# ## Go on after an interruption
#
# `BackupAndRestore` saves weights, optimizer and epoch to a folder after every epoch. Run *the same program*
# again, and `fit` finds the backup and goes on where it was. The proof: a training that is really interrupted must end with
# the very weights of one that is not. It is stopped in the middle of epoch 3, by the `KeyboardInterrupt` that the stop button causes:


# %%
class PressStop(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 3 and batch == 7:
            raise KeyboardInterrupt


def train_for_six_epochs(*callbacks):
    """Build the model and train it: what a program does from its start to its end."""
    model = clothes_model()
    x, y = x_train[:2000], y_train[:2000]
    run = model.fit(x, y, batch_size=100, epochs=6, verbose=0, callbacks=list(callbacks))
    return model, run.history["loss"]


def safe_callbacks():
    yield keras.callbacks.BackupAndRestore(folder / "backup")
    yield keras.callbacks.CSVLogger(folder / "progress.csv", append=True)


undisturbed, undisturbed_loss = train_for_six_epochs()
try:
    train_for_six_epochs(*safe_callbacks(), PressStop())
except KeyboardInterrupt:
    print("interrupted; the backup holds", sorted(file.name for file in folder.glob("backup/*")))

# %% [markdown]
# Run it again. The model is a new one; all it has of the first attempt is the folder.

# %%
resumed, resumed_loss = train_for_six_epochs(*safe_callbacks())
print("epochs trained this time:", len(resumed_loss))
print("backup left behind:      ", (folder / "backup").exists())
for ours, theirs in zip(resumed.get_weights(), undisturbed.get_weights()):
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)

# %% [markdown]
# The interrupted epoch was repeated from its start, the three before it were not. The backup is deleted when training ends well.

# %% alt="Training loss over six epochs: a line for the undisturbed training, and on it circles for the first three epochs of the interrupted training and squares for the three epochs after it was resumed" tags=["nbval-ignore-output"]
losses = pd.read_csv(folder / "progress.csv")["loss"]
np.testing.assert_allclose(losses, undisturbed_loss, rtol=1e-5)

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(undisturbed_loss, color="gray", label="undisturbed")
ax.plot(range(3), losses[:3], "o", color="C0", label="before the interruption")
ax.plot(range(3, 6), losses[3:], "s", color="C1", label="resumed")
ax.axvline(2.5, color="gray", linestyle=":")
ax.set(xlabel="epoch (from 0)", ylabel="loss", title="Resumed training follows the undisturbed one")
ax.legend()
plt.show()

# %% [markdown]
# > **Note** No other callback is backed up: `EarlyStopping` counts its patience anew. Nor is the order of the data. Here `fit` shuffled, but once a seed is set its order is
# > [the same in every epoch](07_data.ipynb#Who-shuffles,-and-when). A dataset that is shuffled anew in each pass begins again with its first order, and the weights differ.
#
# ## Schedules: the learning rate as a function of the step
#
# Most trainings want large steps at first and small ones later. The optimizer asks a **schedule** for the learning rate of each step. Keras has six:

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
fig.supxlabel("training step")
fig.supylabel("learning rate")
fig.tight_layout()
plt.show()

# %% [markdown]
# > **Pitfall: steps are batches, not epochs.** Compute them: batches an epoch, *rounded up*, times the
# > epochs. With `validation_split`, count the training part only.
#
# The optimizer counts its steps in `iterations`, and `learning_rate` is the schedule at that count:

# %%
epochs, batch_size = 5, 3
total_steps = epochs * int(np.ceil(len(x_tiny) / batch_size))
model = tiny_model(keras.optimizers.SGD(schedules.PolynomialDecay(0.1, total_steps, 0.02)))
for epoch in range(epochs):
    rate = float(model.optimizer.learning_rate)
    print(f"before epoch {epoch}: {int(model.optimizer.iterations):2} steps, rate {rate:.3f}")
    model.fit(x_tiny, y_tiny, batch_size=batch_size, verbose=0)
assert int(model.optimizer.iterations) == total_steps == 15
np.testing.assert_allclose(float(model.optimizer.learning_rate), 0.02, rtol=1e-5)

# %% [markdown]
# ### A schedule of your own
#
# Subclass `LearningRateSchedule` and write `__call__(self, step)`. With `get_config` and the registration, a model that uses it can be saved and loaded. This one goes up and
# down: a *cyclical* learning rate.


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
# > **Pitfall: a Python `if` on the step.** `if step < 100` works by hand and [fails in `fit`](#An-if-in-a-schedule), where the step has no value yet. Choose with
# > `ops.where(step < 100, 0.1, 0.01)`.
#
# ## Callbacks that set the learning rate
#
# A schedule knows the step. A callback knows the validation results. `ReduceLROnPlateau` multiplies the rate by `factor` after `patience` epochs without an
# improvement. `LearningRateScheduler` takes a function of the epoch and the current rate. Both report the rate in the history.

# %%
plateaus = [1.0, 0.8, 0.7, 0.7, 0.71, 0.6, 0.58, 0.59, 0.6, 0.58, 0.57, 0.57]
by_results = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.01)
by_clock = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 * 0.8**epoch)
rates = {}
for callback in [by_results, by_clock]:
    _, history = scripted_fit(plateaus, callback, optimizer=keras.optimizers.SGD(0.1))
    rates[type(callback).__name__] = history["learning_rate"]
    print(f"{type(callback).__name__:22}", np.round(history["learning_rate"], 3).tolist())

# %% alt="Two charts over twelve epochs, one above the other. Above, a validation loss with two flat stretches; below, the learning rate that ReduceLROnPlateau halves after each of them, and the smooth decay of LearningRateScheduler"
fig, (above, below) = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True)
above.plot(plateaus, "s--", color="C1")
above.set(ylabel="val_loss", title="One rate follows the results, the other the clock")
for style, (name, values) in zip(["s-", "o-"], rates.items()):
    below.plot(values, style, markersize=3, label=name)
below.set(xlabel="epoch (from 0)", ylabel="learning rate", ylim=(0, None))
below.legend()
plt.show()

# %% [markdown]
# `ReduceLROnPlateau` reports the rate *before* the cut at that epoch's end. Its default `min_delta=0.0001` ignores smaller improvements.
#
# | | schedule | callback |
# |---|---|---|
# | changes | every step | every epoch, or in any hook you choose |
# | knows | the step | all logs |
# | saved with the model | yes | no |
# | in a loop of your own | works | you have to call it |
#
# Not both: if the optimizer has a schedule, a callback that sets the rate ends in a `TypeError`.
#
# ## TensorBoard
#
# [TensorBoard](https://www.tensorflow.org/tensorboard) is a small web server that draws logs while they are written. The callback writes them, as *event files*, to a folder for
# each run. In a terminal you start the server with `tensorboard --logdir logs`, in a notebook with `%load_ext tensorboard` and
# `%tensorboard --logdir logs`. TensorFlow does not bring it any more: `pip install tensorboard`.

# %%
logs = folder / "logs"
write = keras.callbacks.TensorBoard(logs / "adam_0.001", histogram_freq=1, update_freq=20)
run = clothes_model().fit(x_train, y_train, callbacks=[write], **longer)
print(sorted(path.name for path in logs.glob("*/*")))

# %% [markdown]
# This is its page on two runs, in a browser. The strong lines are *smoothed*, the faint ones are the values.
#
# ![TensorBoard's page Scalars in a browser: on the left a slider for smoothing and the list of runs, training and validation of each in its own colour; on the right the curves of epoch_accuracy and epoch_loss over six epochs, and below them those of single batches](../docs/images/tensorboard.png)
#
# | argument of the callback | what it writes |
# |---|---|
# | (none) | loss, metrics and learning rate of every epoch: `epoch_loss`, … |
# | `update_freq="batch"`, or a number of batches | also `batch_loss`, …, which are running means, as above |
# | `histogram_freq=1` | the distribution of every layer's *weights*, each epoch; neither activations nor gradients, which older texts promise |
# | `write_images=True` | with it, the weights as pictures |
# | `embeddings_freq=1` | all weights, each epoch, in a file of Keras (`.weights.h5`), and a config for TensorBoard's projector, which cannot read that file |
# | `profile_batch=(10, 20)` | where the time goes in these batches; to be shown it needs the package `tensorboard-plugin-profile` |
#
# Give each run its own folder: a second `fit` puts a second file beside the first, and the curve jumps back to step 0.
#
# ### Read the logs in Python
#
# TensorBoard's own reader gives the numbers. A scalar is stored as a tensor: `Scalars(tag)` finds nothing in files that TensorFlow 2 wrote,
# `Tensors(tag)` does. By default the reader keeps ten tensors of each tag; `size_guidance={"tensors": 0}` keeps all.

# %%
has_tensorboard = importlib.util.find_spec("tensorboard") is not None
if has_tensorboard:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(logs / "adam_0.001" / "train"), size_guidance={"tensors": 0})
    events.Reload()
    print([tag for tag in sorted(events.Tags()["tensors"]) if "loss" in tag or "kernel" in tag])
    values = [tf.make_ndarray(event.tensor_proto) for event in events.Tensors("epoch_loss")]
    np.testing.assert_allclose(values, run.history["loss"], rtol=1e-5)

# %% [markdown]
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
# | `print(model.optimizer.lr)` | `AttributeError` | `model.optimizer.learning_rate` |
# | `model.optimizer.lr = 0.1` | runs, and changes nothing | `model.optimizer.learning_rate = 0.1` |
# | `K.set_value(model.optimizer.learning_rate, 0.1)` | `AttributeError` | the same |
# | `SGD(0.1, decay=1e-3)` | warns and ignores it | `InverseTimeDecay` |
# | `self.validation_data` in a callback | `AttributeError` | pass the data to `__init__` |
# | `callbacks.experimental.BackupAndRestore` | `AttributeError` | `callbacks.BackupAndRestore` |
# | `logs["acc"]` | `KeyError` | the name as in `compile`: `logs["accuracy"]` |
#
# Each line, tried. With `from tensorflow import keras` the results are the same:


# %%
def old_ways(kr):
    """What happens with the older code: kr is keras or tensorflow.keras."""
    model = tiny_model(metrics=["accuracy"])
    read_acc = kr.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs["acc"])
    attempts = {
        "no suffix": lambda: kr.callbacks.ModelCheckpoint("model_{epoch}"),
        "hdf5": lambda: kr.callbacks.ModelCheckpoint("model_{epoch}.hdf5"),
        "period": lambda: kr.callbacks.ModelCheckpoint("model.keras", period=2),
        "weights only": lambda: kr.callbacks.ModelCheckpoint("m.keras", save_weights_only=True),
        "write_grads": lambda: kr.callbacks.TensorBoard(write_grads=True),
        "optimizer.lr": lambda: model.optimizer.lr,
        "lr = 0.1": lambda: setattr(model.optimizer, "lr", 0.1),
        "set_value": lambda: kr.backend.set_value(model.optimizer.learning_rate, 0.1),
        "decay": lambda: kr.optimizers.SGD(0.1, decay=1e-3),
        "validation_data": lambda: kr.callbacks.Callback().validation_data,
        "experimental": lambda: kr.callbacks.experimental.BackupAndRestore,
        "acc": lambda: model.fit(x_tiny, y_tiny, verbose=0, callbacks=[read_acc]),
    }
    for label, attempt in attempts.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                attempt()
                yield label, f"runs, {len(caught)} warnings"
            except (ValueError, TypeError, AttributeError, KeyError) as error:
                yield label, type(error).__name__
    assert round(float(model.optimizer.learning_rate), 5) == 0.01  # whatever was tried


tried = dict(old_ways(keras))
print(*[f"{label:16} {result}" for label, result in tried.items()], sep="\n")
assert tried == dict(old_ways(tf.keras))

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
# **2.** `EarlyStopping(patience=2, min_delta=0.03)` sees the losses 1, 0.99, 0.98, 0.97, 0.96: each is better than the one before. When does it stop?
#
# <details><summary>Answer</summary>
#
# After the third. An improvement is counted from the best value so far, and neither 0.99 nor 0.98 is lower than 1 by more than 0.03.
#
# </details>
#
# **3.** Write a callback that stops training after ten seconds. In which hook do you look at the clock?
#
# <details><summary>Answer</summary>
#
# Note `time.monotonic()` in `on_train_begin`, and compare in `on_train_batch_end`: an epoch may take longer than the
# whole budget. After `stop_training` no further batch is trained; a validation that is due still runs.
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

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### A number of your own in the logs
#
# A callback writes the norm of the largest weight array into the shared logs. A logger that stands *before* it never sees the number. (It has an empty column `val_loss` instead:
# `CSVLogger` provides for validation results even if there are none.)


# %%
class LogWeightNorm(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        norms = [float(ops.norm(weight)) for weight in self.model.trainable_weights]
        logs["weight_norm"] = max(norms)


before, after = (keras.callbacks.CSVLogger(folder / f"{name}.csv") for name in ["before", "after"])
history = tiny_model().fit(
    x_tiny, y_tiny, epochs=2, verbose=0, callbacks=[before, LogWeightNorm(), after]
)
print("History:        ", sorted(history.history))
for name in ["before", "after"]:
    print(f"logger {name:6} it:", sorted(pd.read_csv(folder / f"{name}.csv").columns))

# %% [markdown]
# ### Several batches in one go
#
# `compile(steps_per_execution=4)` runs four batches in one go, which is faster for small models. The hooks then see every fourth batch only, by the number of the last one.

# %%
numbers = []
note_batch = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda batch, logs: numbers.append(int(batch))
)
model = tiny_model(steps_per_execution=4)
model.fit(x_tiny, y_tiny, batch_size=1, verbose=0, callbacks=[note_batch])
print("batches seen:", numbers, "of 0 to 7")
assert numbers == [3, 7]

# %% [markdown]
# ### A callback that is used twice
#
# > **Pitfall: `ModelCheckpoint` remembers, `EarlyStopping` forgets.** Use the same callbacks in a second `fit`, and `EarlyStopping` starts from nothing,
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
every, best_only, fresh = (
    keras.callbacks.ModelCheckpoint(path, save_best_only=best) for best in [False, True, True]
)
print("default:        file holds epoch", epoch_in_file(path, [0.9, 0.5, 0.7], every))
print("save_best_only: file holds epoch", epoch_in_file(path, [0.9, 0.5, 0.7], best_only))
print("used again:     file holds epoch", epoch_in_file(path, [3.0, 2.0, 2.5], best_only))
print("a fresh one:    file holds epoch", epoch_in_file(path, [3.0, 2.0, 2.5], fresh))

# %% [markdown]
# Make the callbacks anew for each `fit`; a function that returns the list is the easiest way. If it is the same training that goes on, the memory is
# welcome, and `initial_value_threshold` gives it to a fresh callback.
#
# ### An if in a schedule
#
# In `fit` the step is a symbol in a graph that is recorded once.


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
rates, losses = sweep.rates[: len(sweep.losses)], np.array(sweep.losses)

# %% alt="Loss of each batch against the learning rate on a logarithmic axis: flat for tiny rates, falling between about 0.02 and 0.2, then jumping up. A band marks the useful range" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.semilogx(rates, losses)
ax.axvspan(0.02, 0.2, color="C1", alpha=0.15, label="useful with SGD")
ax.set(xlabel="learning rate", ylabel="loss of the batch", ylim=(0, 6))
ax.set_title("Too small, about right, too large")
ax.legend()
plt.show()

useful, slow = losses[(rates > 0.05) & (rates < 0.2)].mean(), losses[rates < 1e-3].mean()
assert useful < slow - 0.3, f"Expected {slow:.1f} to fall by 0.8 or so; another seed may differ."
assert not losses[-1] < 3 * losses[0], (
    "Expected the largest rates to fail; another seed may differ."
)

# %% [markdown]
# ### Ask the server
#
# Here we do what the browser does: start TensorBoard on a free port of this machine while a second run is trained, ask it for its curves over HTTP, and stop it, whatever
# happens in between. Its address stands in what it prints. Below it, `data/plugin/scalars/tags` lists runs and their curves, and `data/plugin/scalars/scalars` gives the points of one as
# `[time, step, value]`.


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
# What the server tells is what `fit` returned:

# %% tags=["nbval-ignore-output"]
served = None
if has_tensorboard:
    with tensorboard_server(logs) as printed:
        write = keras.callbacks.TensorBoard(logs / "adam_0.01")
        model = clothes_model(keras.optimizers.Adam(0.01))
        run = model.fit(x_train, y_train, callbacks=[write], **longer)
        address = wait_for(lambda: re.search(r"http://\S+", printed.read_text()))
        served = address and wait_for(lambda: last_points(address[0], "adam_0.01/validation"))
        tags = ask(address[0], "tags") if served else {}
    print("served:" if served else "The server did not answer within a minute.", *sorted(tags))
if served:
    assert [step for _, step, _ in served] == list(range(EPOCHS))
    np.testing.assert_allclose([value for *_, value in served], run.history["val_loss"], rtol=1e-5)

# %% [markdown]
# ### Histograms
#
# They are in the files too: rows of `(left edge, right edge, count)`. So you can draw how the weights of the first layer spread out as it learns.
# (Keras 3.13 mixes the kernels of all layers under one tag, `kernel/histogram`; there the next cell draws nothing.)

# %% alt="Distributions of the weights of the first layer, one line per epoch from light to dark: a broad hump around zero whose tails get longer" tags=["nbval-ignore-output"]
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
# ### Any number in TensorBoard
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
    for _ in range(2):
        log_hidden = LogHiddenUnits(logs / "own", x_val)
        clothes_model().fit(few, few_labels, epochs=2, verbose=0, callbacks=[log_hidden])
    events = EventAccumulator(str(logs / "own"), size_guidance={"tensors": 0}).Reload()
    steps = [point.step for point in events.Tensors("dead_units")]
    print("event files:", len(list((logs / "own").iterdir())), "| steps:", steps)
    assert steps == [0, 1, 0, 1]
