# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 7 · Feeding data
#
# After this chapter you can feed a Keras model from arrays, tables, pipelines and Python code, say which samples
# it sees in which order, weigh them, and find out whether your training waits for its data.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 2](02_functional.ipynb) (several inputs and outputs), [5](05_losses.ipynb) (losses, sample weights) |
# | **Running time** | about 45 s on two CPU cores |
# | **Assignment** | {{ ex07_data }} |

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, made-up data and shuffling, from 0 on
TRAIN_SIZE = 4_000  # int: training images used, 2,000 to 60,000
EPOCHS = 3  # int: passes over the training images, 1 to 20

# %%
import re
import tempfile
import time
import timeit
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from ipywidgets import SelectionSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 2**31 - 1, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 2_000 <= TRAIN_SIZE <= 60_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 2,000 to 60,000 images."
assert 1 <= EPOCHS <= 20, f"EPOCHS is {EPOCHS}: choose 1 to 20."

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
tf.get_logger().setLevel("ERROR")  # many small models: retracing is no news here

# %% [markdown]
# ## What `fit` takes
#
# Images of clothes, and what they show: two arrays. Row *i* of the one belongs to row *i* of the other.

# %% alt="A strip of twelve small grey images of clothes and shoes, each with its label below, from 9, an ankle boot, to 5, a sandal"
(x_all, y_all), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_all[:TRAIN_SIZE], y_all[:TRAIN_SIZE]
print("images:", x_train.shape[1:], x_train.dtype, "| labels:", y_train.shape[1:], y_train.dtype)

fig, ax = plt.subplots(figsize=(9, 1.3))
ax.imshow(np.hstack(x_train[:12]), cmap="gray_r")
ax.set_xticks(14 + 28 * np.arange(12), y_train[:12])
ax.set(title="The first twelve samples", yticks=[], xlabel="label")
ax.grid(False)
plt.show()

# %% [markdown]
# `fit` cuts the arrays into batches of `batch_size` samples (32 if you do not say), in a [random order](#Who-shuffles,-and-when), and makes a step with each. The last
# batch is what is left: nothing is dropped, and nothing is filled up.


# %% tags=["nbval-ignore-output"]
def compiled_mlp():
    """A small classifier of images, with the same first weights each time."""
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


model = compiled_mlp()
history = model.fit(x_train, y_train, batch_size=64, epochs=EPOCHS, verbose=0).history
print(f"{int(model.optimizer.iterations)} steps, accuracy {history['accuracy'][-1]:.2f}")
assert int(model.optimizer.iterations) == EPOCHS * np.ceil(TRAIN_SIZE / 64)

# %% [markdown]
# Arrays are right as long as everything fits into memory. This is what else `fit` takes:
#
# | data | who makes the batches | who shuffles | `validation_split` | `class_weight` |
# |---|---|---|---|---|
# | NumPy arrays, tensors, pandas | `fit` (`batch_size`) | `fit` (`shuffle=True`) | yes | yes |
# | `tf.data.Dataset` | you (`.batch`) | you (`.shuffle`) | no | yes |
# | `keras.utils.PyDataset` | you, one batch per call | `fit` the batches, you the samples | no | yes |
# | generator | you | you | no | no |
#
# A `tf.data.Dataset` is a pipeline: it can read the next batch while the model trains on this one. A `PyDataset` does
# the same for Python code. A generator is the simplest and the weakest of them.
#
# ### Tables
#
# A pandas `DataFrame` of numbers works like an array: one row per sample, one feature per column, in the order of the columns.
#
# > **Pitfall: Keras does not read the index.** pandas joins rows by their index, Keras by position. After a shuffle of the
# > frame alone, rows meet other rows' targets, and nothing tells you.

# %%
frame = pd.DataFrame({"width": [1.0, 2.0, 3.0, 4.0], "height": [0.5, 0.1, 0.9, 0.4]})
total = frame["width"] + frame["height"]
adder = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
adder.compile("sgd", "mse")
print("loss of a model that adds:", round(adder.evaluate(frame, total, verbose=0), 2))

mixed = frame.iloc[[2, 0, 3, 1]]
print("loss, by position: ", round(adder.evaluate(mixed, total, verbose=0), 2))
print("loss, as it should:", round(adder.evaluate(mixed, total.loc[mixed.index], verbose=0), 2))

# %% [markdown]
# For columns of text and numbers, feed a dictionary with one entry per column: [chapter 12](12_churn.ipynb) does it.
#
# ## Hold data out
#
# `validation_split=0.25` sets a quarter aside. Which quarter? The *last* one, as you passed it, before any shuffling. Of *n* samples,
# `floor(n * (1.0 - fraction))` are for training: of 501 these are 375, of 375.75.

# %%
few, few_labels = x_train[:501], y_train[:501]
split = compiled_mlp().fit(few, few_labels, validation_split=0.25, verbose=0)
by_hand = compiled_mlp().fit(
    few[:375], few_labels[:375], validation_data=(few[375:], few_labels[375:]), verbose=0
)
np.testing.assert_allclose(split.history["val_loss"], by_hand.history["val_loss"], rtol=1e-4)

# %% [markdown]
# > **Pitfall: sorted labels.** Files are often sorted by class. Then the last fifth holds classes that training hardly sees.

# %% tags=["nbval-ignore-output"]
orders = {
    "sorted by label": np.argsort(y_train, kind="stable"),
    "in random order": np.random.default_rng(SEED).permutation(TRAIN_SIZE),
}
val_accuracy = {}
for label, order in orders.items():
    history = compiled_mlp().fit(
        x_train[order], y_train[order], epochs=EPOCHS, validation_split=0.2, verbose=0
    )
    val_accuracy[label] = history.history["val_accuracy"][-1]
    print(f"{label}: accuracy on the images held out {val_accuracy[label]:.2f}")

gap = val_accuracy["in random order"] - val_accuracy["sorted by label"]
assert gap > 0.2, f"Expected a gap of 0.4 or more, found {gap:.2f}; other sizes may differ."

# %% alt="Two scatter charts of the class over the position in the array. Sorted: a staircase, and the shaded last fifth holds little but the two highest classes. In random order: all ten classes everywhere, also in the shaded fifth" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
for ax, (label, order) in zip(axes, orders.items()):
    ax.plot(np.arange(TRAIN_SIZE)[::10], y_train[order][::10], ".", markersize=2)
    ax.axvspan(TRAIN_SIZE * 0.8, TRAIN_SIZE, alpha=0.3, label="held out")
    ax.set(xlabel="position in the array", title=f"{label}: accuracy {val_accuracy[label]:.2f}")
axes[0].set(ylabel="class")
axes[0].legend(loc="upper left")
plt.show()

# %% [markdown]
# Shuffle x and y with *one* permutation before you split. For everything but arrays, hand over the part held out as
# `validation_data`: arrays `(x, y)`, or a dataset, of another kind than the training data if you like.
#
# ## Pipelines with `tf.data`
#
# A `tf.data.Dataset` is a recipe. Each method returns a new one with one more step, and nothing is read before someone
# iterates. `from_tensor_slices` cuts arrays along the first axis; `element_spec` tells what comes out.

# %%
samples = tf.data.Dataset.from_tensor_slices((x_train, y_train))
batches = samples.map(lambda image, label: (tf.cast(image, tf.float32) / 255, label)).batch(64)
print("one sample:", [spec.shape for spec in samples.element_spec])
print("one batch: ", [spec.shape for spec in batches.element_spec])

images, labels = next(iter(batches))
print("images", images.shape, images.dtype, "| largest pixel", float(tf.reduce_max(images)))
assert len(samples) == TRAIN_SIZE and len(batches) == np.ceil(TRAIN_SIZE / 64)

# %% [markdown]
# `fit` takes it in place of x *and* y. It needs no `batch_size` then, and `shuffle=False`: the default `True` has no effect here and warns.

# %% tags=["nbval-ignore-output"]
history = compiled_mlp().fit(samples.batch(64), epochs=EPOCHS, shuffle=False, verbose=0).history
print(f"accuracy {history['accuracy'][-1]:.2f}")

# %% [markdown]
# ### Shuffle
#
# `shuffle(buffer_size)` keeps a buffer of samples and draws the next one from it. Only a buffer as large as the data shuffles fully.

# %% alt="Three scatter charts of the place before over the place after shuffling 1000 samples. Buffer 10: a straight line. Buffer 100: a band along the diagonal. Buffer 1000: points everywhere" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True)
for ax, buffer_size in zip(axes, [10, 100, 1000]):
    order = list(tf.data.Dataset.range(1000).shuffle(buffer_size, seed=SEED).as_numpy_iterator())
    assert max(old - new for new, old in enumerate(order)) < buffer_size
    ax.plot(order, ".", markersize=2)
    ax.set(title=f"buffer of {buffer_size}", xlabel="place after shuffling")
axes[0].set(ylabel="place before")
fig.suptitle("A small buffer hardly shuffles", y=1.04)
plt.show()

# %% [markdown]
# A large buffer costs memory. So shuffle *early*, while a sample is small: 60,000 images take 47 MB as bytes, four times that as float32. When the samples
# are files, shuffle their names.
#
# And shuffle before you batch. Otherwise whole batches change places, and the same neighbours meet in every epoch:

# %%
ids = np.arange(10, dtype="float32").reshape(-1, 1)
pairs = tf.data.Dataset.from_tensor_slices((ids, ids))
for label, dataset in [
    ("shuffle, then batch", pairs.shuffle(10, seed=1).batch(5)),
    ("batch, then shuffle", pairs.batch(5).shuffle(10, seed=1)),
]:
    together = [sorted(x[:, 0].astype(int).tolist()) for x, y in dataset.as_numpy_iterator()]
    print(f"{label}: {together}")
assert sorted(together) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]

# %% [markdown]
# Each new pass is shuffled anew, and `seed` makes the *sequence* of orders repeatable.
#
# > **Pitfall: split a shuffled dataset, and it leaks.** `take` and `skip` cut by position, and the positions are new in every pass.

# %% tags=["nbval-ignore-output"]
shuffled = tf.data.Dataset.range(10).shuffle(10, seed=SEED)
trained, validated = set(), set()
for _ in range(5):
    trained |= {int(i) for i in shuffled.take(7)}
    validated |= {int(i) for i in shuffled.skip(7)}
print("both trained on and held out:", sorted(trained & validated))
assert trained & validated, "Expected an overlap; another seed may differ."

# %% [markdown]
# Split first, shuffle the training part then. `keras.utils.split_dataset` splits data in memory; its own shuffle is drawn once:

# %%
left, right = keras.utils.split_dataset((ids, ids), left_size=0.7, shuffle=True, seed=SEED)
train_set, val_set = left.shuffle(len(left), seed=SEED).batch(4), right.batch(4)
trained, validated = ({int(i) for x, y in part for i in x[:, 0]} for part in [train_set, val_set])
print(len(trained), "train,", len(validated), "are held out, in common:", trained & validated)
assert not trained & validated

# %% [markdown]
# ### Steps and epochs
#
# Which samples does a model see? This layer notes the first number of each.
# (`run_eagerly=True` runs `call` as ordinary Python on each batch; otherwise it runs once, to record a graph. Chapter 10 is about that.)


# %%
class Watcher(layers.Dense):
    """A Dense layer that notes the first number of every sample."""

    def call(self, x, training=False):
        if tf.executing_eagerly():  # not when Keras only asks for shapes
            seen["trained" if training else "validated"].append([int(i) for i in x[:, 0]])
        return super().call(x)


def batches_seen(*data, **kwargs):
    """Fit a model with a Watcher and return the batches that it saw."""
    seen.update(trained=[], validated=[])
    watcher = keras.Sequential([Watcher(1)])
    watcher.compile("sgd", "mse", run_eagerly=True)
    watcher.fit(*data, verbose=0, **kwargs)
    return dict(seen)


seen = {}
print(batches_seen(ids, ids, batch_size=4, validation_split=0.25, shuffle=False))

# %% [markdown]
# An epoch is one pass over the dataset. `take(n)` shortens the pass: the first *n* elements each time. `steps_per_epoch` sets
# another length, too, but the pass then *goes on* where the epoch before stopped. So the dataset must be long enough for all epochs together;
# `.repeat()` makes it endless. With `validation_steps` each validation starts at the beginning, so that its numbers can be compared.

# %%
five = pairs.batch(2)
two = {"epochs": 2, "shuffle": False}
print("take(2):        ", batches_seen(five.take(2), **two)["trained"])
print("repeat, 3 steps:", batches_seen(five.repeat(), steps_per_epoch=3, **two)["trained"])
checked = batches_seen(five, validation_data=five.repeat(), validation_steps=2, **two)
print("validation of 2:", checked["validated"])
assert checked["validated"] == [[0, 1], [2, 3]] * 2

# %% [markdown]
# An endless dataset *without* `steps_per_epoch` never ends its first epoch. `dataset.cardinality()` tells the length before you train.
#
# ## What reading costs, measured
#
# Say that reading a batch from a disk takes 40 ms, in which the processor is idle, and a training step takes 20 ms. In turns that is 60 ms a batch.
# With `prefetch(1)` the next batch is read while the model trains on this one, and with `map(read, num_parallel_calls=2)` two threads read at once.
#
# How much that helps can be computed. Reading starts when a thread is free and there is room for the batch; training starts when its batch is there.


# %%
def timeline(batches, read, train, readers=1, prefetch=0):
    """Begin and end of reading, and of training, for each batch; all times in ms."""
    ahead = prefetch + (readers if readers > 1 else 0)  # batches read and not yet trained on
    reads, trains = [], []
    for i in range(batches):
        trained = trains[-1][1] if trains else 0
        free = reads[i - readers][1] if i >= readers else 0
        room = (trains[i - ahead][0] if i >= ahead else 0) if ahead else trained
        begin = max(free, room)
        reads.append((begin, begin + read))
        begin = max(begin + read, trained)
        trains.append((begin, begin + train))
    return reads, trains


# %% [markdown]
# **Play with it.** An epoch of 512 images. A batch costs a fixed time and some more for each image: at 64 images 40 ms to read and 20 ms to train. How many readers
# are worth having? Why is the largest batch not the best?


# %% tags=["playground"] alt="A timeline of eight batches of 64 images: below, one row of reading bars of 40 ms, above, training bars of 20 ms, in turns, with gaps. The title says 480 ms, the model waits 67 % of the time"
def draw_timeline(batch_size, readers=1, prefetch=0):
    read, train = 8 + 0.5 * batch_size, 4 + 0.25 * batch_size
    reads, trains = timeline(512 // batch_size, read, train, readers, prefetch)
    end = trains[-1][1]
    fig, ax = plt.subplots(figsize=(9, 2.8))
    for i, (begin, _) in enumerate(reads):
        ax.broken_barh([(begin, read)], (i % readers - 0.4, 0.8), color="C1", edgecolor="white")
    ax.broken_barh([(begin, train) for begin, _ in trains], (readers - 0.4, 0.8), edgecolor="white")
    ax.set_yticks(range(readers + 1), [f"reader {i + 1}" for i in range(readers)] + ["training"])
    waits = 1 - train * len(trains) / end
    ax.set(xlabel="milliseconds since the epoch began", xlim=(0, 800))
    ax.set_title(f"An epoch takes {end:.0f} ms; the model waits {waits:.0%} of it")
    plt.show()


sizes = SelectionSlider(options=[16, 32, 64, 128, 256, 512], value=64)
_ = interact(draw_timeline, batch_size=sizes, readers=(1, 4, 1), prefetch=(0, 4, 1))

# %% [markdown]
# Does a real pipeline follow? Reading and training are simulated by sleeping, so that you see the pipeline and not your machine. `tf.numpy_function` lets a
# pipeline call Python, and `tf.ensure_shape` tells it the shape of what comes back. The first pipeline
# needs an option: TensorFlow adds a `prefetch` of its own behind a last step that does not read ahead.


# %%
def read_batch(index):
    def read(i):  # Python, in a pipeline
        time.sleep(0.040)
        return np.float32(i)

    return tf.ensure_shape(tf.numpy_function(read, [index], tf.float32), ())


as_written = tf.data.Options()
as_written.experimental_optimization.inject_prefetch = False
numbers, auto = tf.data.Dataset.range(8), tf.data.AUTOTUNE
pipelines = {
    "map": numbers.map(read_batch).with_options(as_written),
    "map, prefetch": numbers.map(read_batch).prefetch(1),
    "map by 2, prefetch": numbers.map(read_batch, num_parallel_calls=2).prefetch(1),
    "map, cache, prefetch": numbers.map(read_batch).cache().prefetch(1),
}
settings = [(40, 20, 1, 0), (40, 20, 1, 1), (40, 20, 2, 1), (0, 20, 1, 1)]
computed = [timeline(8, *told)[1][-1][1] / 480 for told in settings]

# %% [markdown]
# Medians of five epochs of 8 batches, told relative to the slowest:

# %% tags=["nbval-ignore-output"]
runs = {name: [] for name in pipelines}
for _ in range(6):
    for name, dataset in pipelines.items():
        begin = time.perf_counter()
        for _ in dataset:
            time.sleep(0.020)  # a training step
        runs[name].append(time.perf_counter() - begin)
medians = {name: np.median(times[1:]) for name, times in runs.items()}
measured = {name: seconds / medians["map"] for name, seconds in medians.items()}
alone, ahead, by_two, _ = measured.values()
assert alone > ahead > by_two, "Expected falling times; a busy machine may differ."

# %% alt="Bar chart of measured epoch times relative to a plain map, with a diamond for the computed time at each bar: map 1, with prefetch about 0.7, two readers between 0.4 and 0.5, cache about a third" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7, 3))
bars = ax.barh(list(measured), list(measured.values()), label="measured")
ax.bar_label(bars, [f"{ratio:.2f}" for ratio in measured.values()], label_type="center", color="w")
ax.plot(computed, list(measured), "D", color="C1", label="computed")
ax.invert_yaxis()
ax.set(xlabel="time of an epoch, relative to the plain map", xlim=(0, 1.2))
ax.set_title("Reading ahead, by two readers, or from memory")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# An epoch of 8 batches takes 480 ms in turns, 340 ms with `prefetch` (8 · 40, and 20 for the last step), 200 ms with two readers (8 · 20, and 40 before the first
# step) and 160 ms from a filled cache. That is 1, 0.71, 0.42 and 0.33. What does each step cost? (With `tf.data.AUTOTUNE` as a number TensorFlow chooses it, and
# changes it while the pipeline runs.)
#
# | step | gain | cost |
# |---|---|---|
# | `prefetch(AUTOTUNE)`, last | reading and training overlap | memory for a few batches |
# | `map(…, num_parallel_calls=AUTOTUNE)` | several elements at once | threads, memory for what they hold |
# | `cache()` after what is slow | nothing is read twice | all of it in memory; the first epoch gains nothing |
# | `cache(path)` | the same, across runs | disk; an old file is used whatever you change in the code |
# | `shuffle(n)` | random order | memory for n samples, a wait while the buffer fills |
#
# The usual order is *read, cache, shuffle, batch, prefetch*. Random changes of the samples come after the cache, or [the first draw is kept](#Orders-that-come-back).
#
# ### Find the bottleneck
#
# Is it the data or the model? Measure passes over the data alone, training on one batch that is repeated from memory, and the two together. Training is
# *input-bound* when it takes about as long as the data alone. Here a real model, and a reader that takes 20 ms for each batch of 64 images:


# %%
def load_images(index):
    def load(i):
        time.sleep(0.020)
        return x_all[i * 64 : (i + 1) * 64], y_all[i * 64 : (i + 1) * 64]

    images, labels = tf.numpy_function(load, [index], (tf.uint8, tf.uint8))
    return tf.ensure_shape(images, (64, 28, 28)), tf.ensure_shape(labels, (64,))


def seconds(run, repeat=3):
    """Seconds of the fastest of some runs."""
    return min(timeit.repeat(run, number=1, repeat=repeat))


# %% tags=["nbval-ignore-output"]
slow = tf.data.Dataset.range(12).map(load_images)
one_batch, cached = slow.take(1).cache().repeat(12), slow.cache().prefetch(auto)
mlp, twice = compiled_mlp(), {"epochs": 2, "shuffle": False, "verbose": 0}
for data in [slow, one_batch, cached]:
    mlp.fit(data, **twice)  # compiles the model, fills the caches
waits = {
    "data alone": seconds(lambda: list(slow.repeat(2))),
    "model alone": seconds(lambda: mlp.fit(one_batch, **twice)),
    "together": seconds(lambda: mlp.fit(slow, **twice)),
    "together, with cache": seconds(lambda: mlp.fit(cached, **twice)),
}
for name, waited in waits.items():
    print(f"{name:20} {waited / waits['together']:.2f} of the time of both together")
assert waits["together"] > waits["model alone"], "A busy machine may differ."

# %% [markdown]
# This training waits for its data; the model could be several times faster.
#
# ## Batches from Python: `PyDataset`
#
# A `keras.utils.PyDataset` is a Python object that Keras asks for its length and for batch number *i*. Here each batch is a file.


# %%
class FileBatches(keras.utils.PyDataset):
    """One batch for each file."""

    def __init__(self, paths, **kwargs):
        super().__init__(**kwargs)  # workers, use_multiprocessing, max_queue_size
        self.paths = paths
        self.reading = self.most = 0  # files that are being read now, and the most there were

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        self.reading += 1
        self.most = max(self.most, self.reading)
        with np.load(self.paths[index]) as part:
            time.sleep(0.02)  # a slow disk
            batch = part["x"], part["y"]
        self.reading -= 1
        return batch


folder = Path(tempfile.mkdtemp())
for i in range(6):
    np.savez(folder / f"part_{i}.npz", x=ids[:2] * 0 + i, y=ids[:2])
files = FileBatches(sorted(folder.glob("part_*.npz")))

# %% [markdown]
# `shuffle=True` changes the order of the *batches*. For a new order of the samples, draw it in `on_epoch_end`,
# which Keras calls after every epoch, and once before the first. You will write that in the assignment.

# %% tags=["nbval-ignore-output"]
for shuffle in [False, True]:
    trained = batches_seen(files, epochs=2, shuffle=shuffle)["trained"]
    print(f"shuffle={shuffle!s:5}", [batch[0] for batch in trained])
    assert sorted(trained[:6]) == [[i, i] for i in range(6)]

# %% [markdown]
# `workers=4` asks four threads for batches ahead of time. The argument belongs to the dataset, not to `fit`. Threads help where Python waits (files, network) or is in a library that
# releases its lock. For pure Python work there is `use_multiprocessing=True`: several processes, each with a copy of the dataset.

# %% tags=["nbval-ignore-output"]
for workers in [1, 4]:
    read_by = FileBatches(files.paths, workers=workers)
    batches_seen(read_by, epochs=2)
    print(f"{workers} workers: at most {read_by.most} files at once")

# %% [markdown]
# ### Generators
#
# A generator yields batches as tuples. It has no length and cannot be restarted.
#
# > **Pitfall: a finite generator is used up.** Keras takes two batches in advance to learn their shapes. Later epochs get these two and
# > nothing else, with a warning that is easy to overlook. Make it endless, and say `steps_per_epoch`.


# %%
def four_batches():
    for i in range(4):
        yield ids[:1] * 0 + i, ids[:1]


def endless():
    while True:
        yield from four_batches()


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    used_up = batches_seen(four_batches(), epochs=3, shuffle=False)["trained"]
print("finite: ", used_up, "\n  warns:", str(caught[-1].message)[:52])
print("endless:", batches_seen(endless(), epochs=2, steps_per_epoch=4, shuffle=False)["trained"])
assert used_up == [[0], [1], [2], [3], [0], [1], [0], [1]]

# %% [markdown]
# ## Weights for samples and classes
#
# A [sample weight](05_losses.ipynb#Reduction-and-sample-weights) multiplies the loss of its sample. `class_weight` is the short form: one weight for all samples
# of a class. In a dataset the weights are the third element. All three are the same thing:

# %%
x, y = x_train[:512], y_train[:512]
sample_weight = np.where(y == 1, 0.5, 1.0).astype("float32")
triples = tf.data.Dataset.from_tensor_slices((x, y, sample_weight)).batch(32)

by_class, by_sample, by_triple = compiled_mlp(), compiled_mlp(), compiled_mlp()
by_class.fit(x, y, class_weight={0: 1.0, 1: 0.5}, shuffle=False, verbose=0)  # all others: 1
by_sample.fit(x, y, sample_weight=sample_weight, shuffle=False, verbose=0)
by_triple.fit(triples, shuffle=False, verbose=0)

for a, b, c in zip(by_class.get_weights(), by_sample.get_weights(), by_triple.get_weights()):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(a, c, rtol=1e-4, atol=1e-6)
print("three ways, one model; and a dataset trains as arrays do")

# %% [markdown]
# Losses are weighted; metrics are only where you [say so](06_metrics.ipynb#Sample-weights).
#
# ### Rare classes
#
# One sample of twenty is positive. A model trained as always says *no* nearly all the time, which is right most of the time. Weights of
# *n* / (*k* · count), with *k* classes, make all classes count alike in the loss.

# %%
rng = np.random.default_rng(SEED)


def rare_class(n):
    labels = (rng.random(n) < 0.05).astype("float32")
    points = rng.normal(size=(n, 2)) + 1.5 * labels[:, None]
    return points.astype("float32"), labels


points, rare = rare_class(3000)
test_points, test_rare = rare_class(6000)
balanced = {0: 1 / (2 * (1 - rare.mean())), 1: 1 / (2 * rare.mean())}


def logistic(class_weight):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    model.fit(points, rare, epochs=12, batch_size=200, class_weight=class_weight, verbose=0)
    return model


# %% tags=["nbval-ignore-output"]
lines = {"all alike": logistic(None), "balanced": logistic(balanced)}
report = {}
for name, model in lines.items():
    probability = model.predict(test_points, verbose=0)[:, 0]
    found = probability > 0.5
    report[name] = {
        "accuracy": (found == test_rare).mean(),
        "recall": found[test_rare == 1].mean(),
        "precision": test_rare[found].mean(),
        "mean probability": probability.mean(),
    }
print("weights:", {c: round(float(w), 1) for c, w in balanced.items()})
print(pd.DataFrame(report).round(2))
more = report["balanced"]["recall"] - report["all alike"]["recall"]
assert more > 0.2, f"Expected 0.3 more recall or so, found {more:.2f}; other seeds may differ."

# %% alt="Scatter chart of a large cloud of negatives and a small cloud of positives to its upper right, with two nearly parallel lines of probability 0.5: the one of equal weights cuts off few positives, the balanced one lies closer to the negatives and has most positives beyond it" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6, 4.2))
for label, marker, color in [(0, ".", "0.7"), (1, "x", "C1")]:
    ax.plot(*points[rare == label].T, marker, color=color, markersize=4, label=f"class {label}")
line = np.linspace(-4, 5, 2)
for style, (name, model) in zip(["--", "-"], lines.items()):
    (w1, w2), bias = model.get_weights()[0][:, 0], model.get_weights()[1][0]
    ax.plot(line, -(w1 * line + bias) / w2, style, color="black", label=f"probability 0.5, {name}")
ax.set(xlim=(-4, 5), ylim=(-4, 5), xlabel="feature 1", ylabel="feature 2")
ax.set_title("Balanced weights move the boundary towards the many")
ax.legend(loc="lower left", fontsize=8)
plt.show()

# %% [markdown]
# > **Pitfall: weighted training gives weighted probabilities.** The mean probability should be near the share of positives, 0.05. With balanced weights it is several times that.
# > If you need probabilities, train without weights and move the threshold instead.
#
# ### Zeros as masks
#
# A weight of 0 takes a sample out: padding, or a missing target. But Keras's default divides the sum
# by the number of *all* samples (or steps), zeros included; `reduction="mean_with_sample_weight"` divides by the sum of the weights.

# %%
errors = np.array([[1.0], [2.0], [3.0], [6.0]], dtype="float32")
mask = np.array([1, 1, 1, 0], dtype="float32")
for reduction in ["sum_over_batch_size", "mean_with_sample_weight"]:
    loss = keras.losses.MeanSquaredError(reduction=reduction)
    print(f"{reduction:24} {float(loss(errors * 0, errors, mask)):.3f}")

# %% [markdown]
# The squares that count add up to 14: this is 14 / 4 and 14 / 3. So with the default, losses of differently masked data cannot be compared. Targets with a time axis
# take weights with a time axis: `(samples, steps)` for outputs `(samples, steps, features)`.
#
# ## Several inputs, several outputs
#
# Feed them as lists, in the model's order, or by name: dictionaries of arrays, or a dataset whose elements are pairs of dictionaries. The keys are the names of inputs and outputs, in any order.
#
# ### A time series of unknown length
#
# Weather stations send a photo of the sky and 5 to 40 temperatures. Tell how bright the photo is and whether the day is warm. The data are made up; each reading is noisy.

# %%
n = 600
photos = (rng.random((n, 8, 8, 1)) * rng.random((n, 1, 1, 1))).astype("float32")
bright = photos.mean(axis=(1, 2))
warm = rng.integers(0, 2, size=(n, 1))
readings = [rng.normal(2 * w - 1, 2, (rng.integers(5, 41), 1)).astype("float32") for w in warm]
print("lengths of the first series:", [len(series) for series in readings[:8]])

# %% [markdown]
# These series do not fit into one array. `Dataset.from_generator` takes a generator *function*, starts it anew in each pass, and must be told what comes out:
# `None` is the length that is not known. `padded_batch` fills up with zeros, to the longest *of the batch*.


# %%
def stations():
    for photo, series, b, w in zip(photos, readings, bright, warm):
        yield {"photo": photo, "readings": series}, {"warm": w, "bright": b}


signature = (
    {"photo": tf.TensorSpec((8, 8, 1)), "readings": tf.TensorSpec((None, 1))},
    {"warm": tf.TensorSpec((1,), tf.int64), "bright": tf.TensorSpec((1,))},
)
counted = tf.data.experimental.assert_cardinality(n)  # else the length is unknown
days = tf.data.Dataset.from_generator(stations, output_signature=signature).apply(counted)
padded = days.padded_batch(50)
print([inputs["readings"].shape for inputs, _ in padded.take(3)])

# %% [markdown]
# The model leaves the length open, too. `Masking` marks the steps that are zero, and the average skips them.

# %% tags=["nbval-ignore-output"]
photo, series = keras.Input((8, 8, 1), name="photo"), keras.Input((None, 1), name="readings")
steps = layers.Dense(16, activation="relu")(layers.Masking()(series))  # on each step
joined = layers.Concatenate()([layers.Flatten()(photo), layers.GlobalAveragePooling1D()(steps)])
outputs = {
    "bright": layers.Dense(1, name="bright")(joined),
    "warm": layers.Dense(1, activation="sigmoid", name="warm")(joined),
}
station = keras.Model([photo, series], outputs)
station.compile(
    keras.optimizers.Adam(0.01),
    loss={"bright": "mse", "warm": "binary_crossentropy"},
    metrics={"warm": ["accuracy"]},
)
history = station.fit(padded, epochs=5, shuffle=False, verbose=0).history
print({name: round(values[-1], 2) for name, values in history.items()})
accuracy = history["warm_accuracy"][-1]
assert accuracy > 0.85, f"Expected about 0.97, found {accuracy:.2f}; other seeds may differ."

# %% [markdown]
# A prediction must not depend on the company in a batch. Thirty zeros more change nothing here. `predict` returns a dictionary, as the model does.

# %%
alone = station.predict({"photo": photos[:1], "readings": readings[0][None]}, verbose=0)
longer = np.pad(readings[0], [(0, 30), (0, 0)])[None]
filled = station.predict({"readings": longer, "photo": photos[:1]}, verbose=0)
print({name: value.shape for name, value in sorted(alone.items())})
for name in alone:
    np.testing.assert_allclose(alone[name], filled[name], rtol=1e-4, atol=1e-6)

# %% [markdown]
# ### Targets among the inputs
#
# A model with an [endpoint layer](05_losses.ipynb#The-endpoint-layer:-targets-as-an-input) takes its targets as an input and adds the loss itself. It is fed with one dictionary, without `y`, and
# `compile` needs no loss.


# %%
class Endpoint(layers.Layer):
    """Adds the squared error to the model's losses."""

    def call(self, y_pred, targets):
        self.add_loss(ops.mean(ops.square(targets - y_pred)))
        return y_pred


feature, target = keras.Input((1,), name="feature"), keras.Input((1,), name="target")
endpoint = keras.Model([feature, target], Endpoint()(layers.Dense(1)(feature), target))
endpoint.compile("sgd")
losses = endpoint.fit({"feature": ids / 10, "target": ids / 5}, epochs=20, verbose=0).history[
    "loss"
]
assert losses[-1] < losses[0]

# %% [markdown]
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `fit_generator(g)`, `evaluate_generator`, `predict_generator` | `AttributeError` | `fit(g)`, `evaluate(g)`, `predict(g)` |
# | `fit(x, y, workers=4, use_multiprocessing=True)` | `TypeError` | `class D(keras.utils.PyDataset)`, `D(workers=4)` |
# | `class D(keras.utils.Sequence)` | works: another name of `PyDataset` | `keras.utils.PyDataset`, and call `super().__init__(**kwargs)` |
# | `ImageDataGenerator` | `AttributeError`; with `from tensorflow import keras` it still works, deprecated | `image_dataset_from_directory` and augmentation layers |
# | `fit([[1.0], [2.0]], [1, 2])`, Python lists | `ValueError`: a list means several inputs | `np.array(…)` |
# | `compile(sample_weight_mode="temporal")` | `TypeError` | weights of shape `(samples, steps)`, nothing else |
# | `dataset.make_one_shot_iterator()` | `AttributeError` | `for batch in dataset` |
# | `dataset.output_shapes`, `output_types` | `AttributeError` | `dataset.element_spec` |
# | `keras.preprocessing.sequence.pad_sequences` | works, old address | `keras.utils.pad_sequences` |
#
# Each line, tried with `import keras` and with `from tensorflow import keras`:


# %%
def old_ways(kr):
    """What happens with the older code: kr is keras or tensorflow.keras."""
    tiny = kr.Sequential([kr.Input((1,)), kr.layers.Dense(1)])
    tiny.compile("sgd", "mse")
    attempts = {
        "fit_generator": lambda: tiny.fit_generator(endless()),
        "workers": lambda: tiny.fit(ids, ids, workers=4),
        "Sequence": lambda: kr.utils.Sequence is keras.utils.PyDataset,
        "ImageDataGenerator": lambda: kr.preprocessing.image.ImageDataGenerator() is not None,
        "lists": lambda: tiny.fit([[1.0], [2.0]], [1, 2], verbose=0),
        "weight_mode": lambda: tiny.compile("sgd", "mse", sample_weight_mode="temporal"),
        "one_shot_iterator": lambda: five.make_one_shot_iterator(),
        "output_shapes": lambda: five.output_shapes,
        "pad_sequences": lambda: kr.preprocessing.sequence.pad_sequences([[1]]).shape,
    }
    for label, attempt in attempts.items():
        try:
            yield label, f"runs: {attempt()}"
        except (ValueError, TypeError, AttributeError) as error:
            yield label, type(error).__name__


tried = {"keras": dict(old_ways(keras)), "tensorflow.keras": dict(old_ways(tf.keras))}
print(pd.DataFrame(tried).to_string())

# %% [markdown]
# ## Try it
#
# **1.** A dataset of 1,000 samples is made with `.batch(32).repeat().shuffle(100)`. Name two things that are wrong with it, then run `.take(40)` of it over `tf.data.Dataset.range(1000)` and count how often each
# number came.
#
# <details><summary>Answer</summary>
#
# Whole batches are shuffled, so the same 32 neighbours stay together. And because `repeat` comes before `shuffle`, batches of different epochs mix: among the first 32 batches some come twice and some not at all. Write
# `.shuffle(1000).batch(32)`, and `.repeat()` at the end if you need it.
#
# </details>
#
# **2.** In the playground a batch of 64 takes 40 ms to read and 20 ms to train. How many readers are worth having? And if training took 5 ms?
#
# <details><summary>Answer</summary>
#
# Two: then reading delivers a batch every 20 ms, as fast as training takes them. With 5 ms it would be eight.
#
# </details>
#
# **3.** Half of your samples get the weight 0, with the default reduction. Which learning rate gives SGD the same steps as training with `mean_with_sample_weight`?
#
# <details><summary>Answer</summary>
#
# Twice the rate: the default divides by all samples, so loss and gradients are half as large. That holds on average; from batch to batch the number of zeros changes, and the steps differ.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | arrays | `fit(x, y, batch_size=32)` |
# | the last fifth held out | `validation_split=0.2`, after one common permutation |
# | anything else held out | `validation_data=(x, y)` or a dataset |
# | a pipeline | `from_tensor_slices((x, y)).shuffle(n).batch(32).prefetch(tf.data.AUTOTUNE)`, and `fit(dataset, shuffle=False)` |
# | epochs of a fixed length | `.repeat()` and `steps_per_epoch` |
# | batches from Python code | a `keras.utils.PyDataset` with `workers` |
# | a generator | endless with `steps_per_epoch`, or `from_generator` with its function |
# | rare classes to count more | `class_weight={class: n / (k * count)}` |
# | samples to count more, less or not | `sample_weight`, or the third element of the dataset |
# | the mean over what counts | `reduction="mean_with_sample_weight"` |
# | several inputs and outputs | dictionaries by name, also in a dataset |
# | series of unknown length | `padded_batch`, and `Input((None, features))` with `Masking` |
# | to know what is slow | time the data alone, the model on a cached batch, and both |
#
# **Read on** in the official documentation: [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [tf.data: build TensorFlow input pipelines](https://www.tensorflow.org/guide/data), [Better performance with the tf.data API](https://www.tensorflow.org/guide/data_performance),
# [PyDataset](https://keras.io/api/utils/python_utils/).
#
# **Now you:** the assignment [ex07_data](../exercises/ex07_data/ex07_data.ipynb), {{ ex07_data.tasks }}. Next chapter: [callbacks and schedules](08_callbacks.ipynb).

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### Who shuffles, and when
#
# > **Pitfall: a seed can freeze the order of `fit`.** `fit` shuffles arrays by a random operation inside a pipeline. Once a seed is set, as `keras.utils.set_random_seed` does, every pass
# > starts that operation anew from the same seed: all epochs have *one* order. Without a seed the orders differ. If you want both, repeatable runs and a new order in each epoch, shuffle in a
# > dataset of your own.


# %%
def orders_in_five_epochs(*data, **kwargs):
    order = np.concatenate(batches_seen(*data, epochs=5, **kwargs)["trained"]).reshape(5, 10)
    return len(np.unique(order, axis=0))


own = pairs.shuffle(10, seed=SEED).batch(4)
keras.utils.set_random_seed(SEED)
seeded = orders_in_five_epochs(ids, ids, batch_size=4)
tf.random.set_seed(None)
unseeded = orders_in_five_epochs(ids, ids, batch_size=4)
keras.utils.set_random_seed(SEED)
by_dataset = orders_in_five_epochs(own, shuffle=False)
print("orders in 5 epochs: arrays and a seed", seeded, "| no seed", unseeded, "| own", by_dataset)
assert seeded == 1 < min(unseeded, by_dataset), "Without a seed, chance may repeat an order."

# %% [markdown]
# ### What `fit` refuses, and what it does not
#
# `batch_size` with a dataset is ignored without a word, and so is a `validation_split` of 1.5: from the formula comes a negative number, and a negative slice counts from the end. Write the check
# yourself where the number comes from outside.


# %%
def first_line(error):
    """The first line of an error's message, without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0][:96]


tiny = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
tiny.compile("sgd", "mse")
attempts = {
    "lists": lambda: tiny.fit(ids.tolist(), ids.tolist(), verbose=0),
    "9 targets for 10": lambda: tiny.fit(ids, ids[:9], verbose=0),
    "split of 0.99": lambda: tiny.fit(ids, ids, validation_split=0.99, verbose=0),
    "split of 1.5": lambda: tiny.fit(ids, ids, validation_split=1.5, verbose=0),
    "dataset and y": lambda: tiny.fit(five, ids, shuffle=False, verbose=0),
    "dataset, split": lambda: tiny.fit(five, validation_split=0.2, shuffle=False, verbose=0),
    "dataset, shuffle": lambda: tiny.fit(five, verbose=0),
    "dataset, size 5": lambda: tiny.fit(five, batch_size=5, shuffle=False, verbose=0),
}
for label, attempt in attempts.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attempt()
            print(f"{label:17} runs", *[f"and warns: {first_line(w.message)}" for w in caught])
        except ValueError as error:
            print(f"{label:17} ValueError:", first_line(error))
print(batches_seen(ids, ids, validation_split=1.5, shuffle=False))

# %% [markdown]
# And without `.batch` the first axis of an image is taken for the batch. The error message speaks of shapes; the cause is the missing batch axis.

# %%
try:
    compiled_mlp().fit(samples, shuffle=False, verbose=0)
except ValueError as error:
    print(re.search(r"Expected shape.*\)", str(error))[0])

# %% [markdown]
# ### Too short, endless, or of unknown length
#
# Ask for more steps than there are, and the epoch ends early, with a warning. A filter or a generator makes the length unknown.

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    short = batches_seen(five, steps_per_epoch=8, shuffle=False)["trained"]
print("8 steps asked for, seen:", len(short), "| warned:", first_line(caught[0].message))

lengths = {"plain": five, "repeat": five.repeat(), "filter": five.filter(lambda *_: True)}
print({label: int(dataset.cardinality()) for label, dataset in lengths.items()})
print("infinite is", tf.data.INFINITE_CARDINALITY, "| unknown is", tf.data.UNKNOWN_CARDINALITY)

# %% [markdown]
# ### Orders that come back
#
# Two habits undo the new order of each pass: `reshuffle_each_iteration=False` and a `cache` after the shuffle.

# %%
six = tf.data.Dataset.range(6)
for label, dataset in {
    "shuffle(6)": six.shuffle(6, seed=2),
    "… reshuffle_each_iteration=False": six.shuffle(6, seed=2, reshuffle_each_iteration=False),
    "… then cache": six.shuffle(6, seed=2).cache(),
}.items():
    print(f"{label:33}", *[[int(i) for i in dataset] for _ in range(3)])

# %% [markdown]
# > **Pitfall: random changes that are always the same.** Augmentation draws new numbers for each sample. Put it before the `cache`, and the first draw
# > is kept for ever. And once a seed is set, an operation such as `tf.random.uniform` inside `map` repeats itself in every pass, as the shuffling of
# > `fit` does. A generator object has a state that goes on: `tf.random.Generator`, `keras.random.SeedGenerator`, or a layer like `RandomFlip`,
# > which holds one.

# %%
generator = tf.random.Generator.from_seed(SEED)
flip = layers.RandomFlip("horizontal", seed=SEED)
pixels = tf.data.Dataset.from_tensor_slices(x_train[:8, None, :, :, None].astype("float32"))


def jitter(i):
    return tf.cast(i, tf.float32) + tf.random.uniform(())


def jitter_by_generator(i):
    return tf.cast(i, tf.float32) + generator.uniform(())


for label, dataset in [
    ("jitter by generator, then cache", six.map(jitter_by_generator).cache()),
    ("cache, then jitter by operation", six.cache().map(jitter)),
    ("cache, then jitter by generator", six.cache().map(jitter_by_generator)),
    ("cache, then flip by layer", pixels.cache().map(lambda image: flip(image, training=True))),
]:
    first, second = (np.array(list(dataset.as_numpy_iterator())) for _ in range(2))
    same = np.array_equal(first, second)
    print(f"{label}: the second pass", "repeats the first" if same else "is new")

# %% [markdown]
# ### Batch before you map
#
# Waiting is one cost of a pipeline. The other is calling: each call of a mapped function costs some microseconds, whatever it does. A function that can work on whole batches is
# called 64 times less. Here it is the division by 255, of 1,500 images:

# %% tags=["nbval-ignore-output"]
raw = tf.data.Dataset.from_tensor_slices(x_train[:1500])


def scale(images):
    return tf.cast(images, tf.float32) / 255


variants = {
    "map, then batch": raw.map(scale).batch(64),
    "map in parallel, then batch": raw.map(scale, num_parallel_calls=auto).batch(64),
    "batch, then map": raw.batch(64).map(scale),
}
scaling = {name: seconds(lambda data=data: list(data), 12) for name, data in variants.items()}
assert scaling["batch, then map"] < scaling["map, then batch"], "A busy machine may differ."

# %% alt="Bar chart of the time to scale 1500 images: batching before mapping takes a small part of the time that mapping single images takes; parallel mapping of single images is not much better than serial" tags=["nbval-ignore-output"]
ratios = [time_taken / scaling["map, then batch"] for time_taken in scaling.values()]
fig, ax = plt.subplots(figsize=(7, 2.2))
bars = ax.barh(list(scaling), ratios)
ax.bar_label(bars, [f" {ratio:.2f}" for ratio in ratios])
ax.invert_yaxis()
ax.set(xlabel="time of a pass, relative to the first", title="Few large calls beat many small ones")
ax.margins(x=0.15)
plt.show()

# %% [markdown]
# More threads do little for work this small: they spend their time handing samples around. `num_parallel_calls` is for functions that wait, or that work long.
#
# ### Workers start before the epoch
#
# > **Pitfall: `on_epoch_begin` is late when there are workers.** They start before it is called. Whatever it changes, an order for example, comes too late for the batches that they have made by
# > then. `on_epoch_end` runs while they are stopped. The class notes in which epoch it thinks it is:


# %% tags=["nbval-ignore-output"]
class EpochNumbers(keras.utils.PyDataset):
    """Batches that hold the number of the epoch in which they were made."""

    epoch = 0

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return np.full((1, 1), self.epoch, "float32"), np.zeros((1, 1), "float32")

    def on_epoch_begin(self):
        time.sleep(0.3)  # a slow shuffle, say
        self.epoch += 1


for workers in [1, 2]:
    made_in = batches_seen(EpochNumbers(workers=workers), epochs=2, shuffle=False)["trained"]
    print(f"{workers} workers:", made_in)
assert made_in[0] == [0], "Expected a batch from before on_epoch_begin; a busy machine may differ."

# %% [markdown]
# ### Data in files
#
# Data that do not fit into memory are kept in several files, *shards*. `interleave` reads from a few of them in turns, which mixes them and lets them be read in parallel. For lines of text:

# %%
for shard in range(3):
    rows = [f"{shard},{row},{shard * 10 + row}" for row in range(4)]
    (folder / f"shard_{shard}.csv").write_text("\n".join(["shard,row,target", *rows]))


def parse(line):
    *features, target = tf.io.decode_csv(line, record_defaults=[0.0, 0.0, 0.0])
    return tf.stack(features), target


names = tf.data.Dataset.list_files(str(folder / "shard_*.csv"), shuffle=False)
text_lines = names.interleave(
    lambda name: tf.data.TextLineDataset(name).skip(1), cycle_length=3, block_length=1
)
for _, target in text_lines.map(parse).batch(6):
    print("targets in a batch:", target.numpy())

# %% [markdown]
# `TFRecord` is TensorFlow's own format: a file of binary records, often `tf.train.Example`, a dictionary of lists. It can keep images compressed and is read in one stream.

# %%
path = str(folder / "images.tfrecord")
with tf.io.TFRecordWriter(path) as writer:
    for image, label in zip(x_train[:20], y_train[:20]):
        png = tf.io.encode_png(image[..., None]).numpy()
        feature = {
            "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[png])),
            "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
        }
        example = tf.train.Example(features=tf.train.Features(feature=feature))
        writer.write(example.SerializeToString())


def parse_example(record):
    spec = {
        "image": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
    }
    fields = tf.io.parse_single_example(record, spec)
    return tf.io.decode_png(fields["image"]), fields["label"]


images, labels = next(iter(tf.data.TFRecordDataset(path).map(parse_example).batch(20)))
np.testing.assert_array_equal(images[..., 0], x_train[:20])
print("read back:", images.shape, labels.shape)

# %% [markdown]
# For images in one folder per class Keras makes the dataset. By default the images are shuffled, in batches of 32, and the classes are the sorted names of the folders.

# %%
for label, name in [(1, "trouser"), (5, "sandal"), (9, "boot")]:
    (folder / "photos" / name).mkdir(parents=True)
    for i, image in enumerate(x_train[y_train == label][:4]):
        keras.utils.save_img(folder / "photos" / name / f"{i}.png", image[..., None], scale=False)

clothes = keras.utils.image_dataset_from_directory(
    folder / "photos", image_size=(28, 28), color_mode="grayscale", verbose=False, seed=SEED
)
images, labels = next(iter(clothes))
print("classes:", clothes.class_names, "| labels", sorted(labels.numpy().tolist()))
print("images ", images.shape, images.dtype)

# %% [markdown]
# ### Series of like length
#
# Padding is computed with, too. `bucket_by_sequence_length` puts series of like length into one batch. How much of all batches of the weather stations is padding:

# %%
bucketed = days.bucket_by_sequence_length(
    lambda inputs, _: tf.shape(inputs["readings"])[0], [12, 20, 28, 34], [50] * 5
)
true_steps = sum(len(series) for series in readings)
shares = []
for dataset in [padded, bucketed]:
    shapes = [inputs["readings"].shape for inputs, _ in dataset]
    shares.append(1 - true_steps / sum(rows * length for rows, length, _ in shapes))
assert shares[1] < 0.5 * shares[0], "Expected less padding; another seed may differ."
print("less than half of the padding")

# %% [markdown]
# ### Preprocess in the pipeline or in the model?
#
# Both are possible with the same layer. In a `map` it runs beside the training, on the processor, and what comes after it can be cached. In the model it is saved with it, so that whoever loads the model can feed
# raw data. A layer with statistics, as `Normalization`, learns them from the *training* data by `adapt`.

# %%
normalize = layers.Normalization(axis=None)
normalize.adapt(x_train[:1000].astype("float32"))

head = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(3)])
whole = keras.Sequential([keras.Input((28, 28)), normalize, head])
in_pipeline = tf.data.Dataset.from_tensor_slices(x_test[:64]).batch(32).map(normalize)
piped, built_in = head.predict(in_pipeline, verbose=0), whole.predict(x_test[:64], verbose=0)
np.testing.assert_allclose(piped, built_in, rtol=1e-3, atol=1e-4)
print("same outputs; mean of the training pixels:", round(float(ops.squeeze(normalize.mean)), 1))

# %% [markdown]
# ### A class that is missing in `class_weight`
#
# With arrays it weighs 1. With a dataset it also does, unless its number is above all the keys: then the look-up fails, with an error that
# does not speak of class weights.

# %%
in_batches = tf.data.Dataset.from_tensor_slices((x[:64], y[:64])).batch(32)
compiled_mlp().fit(x[:64], y[:64], class_weight={0: 2.0, 1: 0.5}, verbose=0)
print("arrays: runs")
for class_weight in [{0: 2.0, 1: 0.5}, {0: 2.0, 1: 0.5, 9: 1.0}]:
    try:
        compiled_mlp().fit(in_batches, class_weight=class_weight, shuffle=False, verbose=0)
        print(f"dataset, {class_weight}: runs")
    except tf.errors.InvalidArgumentError as error:
        assert re.search(r"indices\[.*?\] = \d is not in \[0, 2\)", str(error))
        print(f"dataset, {class_weight}: InvalidArgumentError: … is not in [0, 2)")

# %% [markdown]
# ### Weights for one output, and weights from a layer
#
# Weights come per output too: a dictionary in the third place. A weight of 0 for one output is how you train on samples whose other target is missing. `class_weight` is
# refused as soon as there are two outputs.

# %%
inputs = {"photo": photos[:100], "readings": rng.normal(size=(100, 7, 1))}
targets = {"bright": bright[:100], "warm": warm[:100]}
no_bright = {"bright": np.zeros(100), "warm": np.ones(100)}
logs = station.evaluate(inputs, targets, sample_weight=no_bright, verbose=0, return_dict=True)
print("loss of bright:", logs["bright_loss"])
assert logs["bright_loss"] == 0
try:
    station.fit(inputs, targets, class_weight={0: 1.0, 1: 2.0}, verbose=0)
except ValueError as error:
    print("ValueError:", first_line(error))

# %% [markdown]
# A mask that a *layer* makes, such as `Masking` or `Embedding(mask_zero=True)`, reaches the loss by itself, and there the sum is divided by what counts:

# %%
steps = np.array([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]], dtype="float32")
plain = keras.Sequential([keras.Input((3, 1)), layers.Identity()])
masking = keras.Sequential([keras.Input((3, 1)), layers.Masking(), layers.Identity()])
plain.compile(loss="mse")
masking.compile(loss="mse")
given = (steps[..., 0] != 0).astype("float32")
by_weights = plain.evaluate(steps, steps + 1, sample_weight=given, verbose=0)  # all errors are 1
by_layer = masking.evaluate(steps, steps + 1, verbose=0)
print(f"sample weights: {by_weights:.2f} (3 of 6 steps count)   Masking layer: {by_layer:.2f}")
np.testing.assert_allclose([by_weights, by_layer], [0.5, 1.0], rtol=1e-5)

# %% [markdown]
# ### A tuple of two is always (x, y)
#
# A dataset of two *inputs* and no targets looks like a dataset of inputs and targets. `predict` drops the second part: with a one-input model silently, with a two-input model by an error.
# Wrap them once more, `((a, b),)`, or use a dictionary. A missing key in a dictionary is refused by name; one that is too many is ignored.

# %%
a, b = inputs["photo"][:4], inputs["readings"][:4].astype("float32")
one_input = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten()])
for label, reader, elements in [
    ("one input, (a, b)", one_input, (a, b)),
    ("two inputs, (a, b)", station, (a, b)),
    ("two inputs, ((a, b),)", station, ((a, b),)),
    ("a key missing", station, ({"photo": a},)),
    ("a key too many", station, ({"photo": a, "readings": b, "other": b},)),
]:
    try:
        reader.predict(tf.data.Dataset.from_tensor_slices(elements).batch(2), verbose=0)
        print(f"{label:21} runs")
    except ValueError as error:
        print(f"{label:21} ValueError:", first_line(error)[:72])
