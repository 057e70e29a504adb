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
# After this chapter you can feed a Keras model from arrays, tables, files, generators and pipelines, say which samples
# it sees in which order, weigh them, and find out whether your training waits for its data.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 2](02_functional.ipynb) (several inputs and outputs), [5](05_losses.ipynb) (losses, sample weights) |
# | **Running time** | about 45 s on two CPU cores |
# | **Assignment** | {{ ex07_data }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, data and shuffling
TRAIN_SIZE = 4_000  # int: training images used, at most 60,000
EPOCHS = 3  # int: passes over the training images

# %%
import re
import statistics
import tempfile
import time
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
tf.get_logger().setLevel("ERROR")  # many small models: retracing is no news here
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes

# %% [markdown]
# ## What `fit` takes
#
# | data | who makes the batches | who shuffles | `validation_split` | `class_weight` |
# |---|---|---|---|---|
# | NumPy arrays, tensors, pandas | `fit` (`batch_size`) | `fit` (`shuffle=True`) | yes | yes |
# | `tf.data.Dataset` | you (`.batch`) | you (`.shuffle`) | no | yes |
# | `keras.utils.PyDataset` | you, one batch per call | `fit` the batches, you the samples | no | yes |
# | generator | you | you | no | no |
#
# Arrays are right as long as everything fits into memory. A `tf.data.Dataset` is a pipeline: it reads and prepares the next batch
# while the model trains on this one. A `PyDataset` does the same for Python code that TensorFlow cannot run.
# A generator is the simplest and the weakest of them.
#
# Words about order and batches are easily said. So this chapter looks at what arrives *inside* the model: a layer
# that notes the first number of each sample, and a function that trains on anything and returns the notes.

# %%
notes = []  # one list of batches for each epoch, training and validation apart


class Recorder(layers.Layer):
    """Passes its input on, and notes the first number of every sample."""

    def call(self, inputs):
        def note(batch):
            notes[-1].append(batch[:, 0].astype(int).tolist())
            return batch

        return tf.ensure_shape(tf.numpy_function(note, [inputs], tf.float32), inputs.shape)


# %% [markdown]
# A callback opens a new list when an epoch or a validation begins. (Callbacks are the subject of chapter 8.)


# %%
def batches_seen(*data, **kwargs):
    """Train a recording model and return what it saw: one list of batches per pass."""
    notes.clear()
    model = keras.Sequential([keras.Input((1,)), Recorder(), layers.Dense(1)])
    model.compile("sgd", "mse")
    begin = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: notes.append([]),
        on_test_begin=lambda logs: notes.append([]),
    )
    model.fit(*data, verbose=0, callbacks=[begin], **kwargs)
    return list(notes)


ids = np.arange(10, dtype="float32").reshape(-1, 1)
for batches in batches_seen(ids, ids, batch_size=4, epochs=2, shuffle=False):
    print(batches)

# %% [markdown]
# Ten samples in batches of four are two full batches and a short one: `ceil(10 / 4)` = 3 steps an epoch. Nothing is
# dropped, and nothing is filled up. With `shuffle=True`, the default, the samples are shuffled:

# %% tags=["nbval-ignore-output"]
shuffled = batches_seen(ids, ids, batch_size=4, epochs=3)
for batches in shuffled:
    print(batches)

assert all(sorted(sum(batches, [])) == list(range(10)) for batches in shuffled)
assert shuffled[0] != [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]

# %% [markdown]
# > **Pitfall: a seed can freeze the order of `fit`.** Look again: the epochs above have *one* order, the same each time. `fit` shuffles arrays by
# > a random operation inside a pipeline. Once a seed is set, as `keras.utils.set_random_seed` does, every pass starts that operation anew
# > from the same seed. Without a seed the orders differ. If you want both, repeatable runs and a new order in each epoch, shuffle in a
# > dataset of your own.

# %% tags=["nbval-ignore-output"]
tf.random.set_seed(None)
unseeded = batches_seen(ids, ids, batch_size=4, epochs=3)
keras.utils.set_random_seed(SEED)
dataset = tf.data.Dataset.from_tensor_slices((ids, ids)).shuffle(10, seed=SEED).batch(4)
own = batches_seen(dataset, epochs=3, shuffle=False)

for label, passes in [
    ("arrays, set_random_seed", shuffled),
    ("arrays, no seed", unseeded),
    ("Dataset.shuffle, set_random_seed", own),
]:
    print(f"{label:33} different orders in 3 epochs: {len({str(seen) for seen in passes})}")
assert own[0] != own[1] != own[2]

# %% [markdown]
# > **Pitfall: lists are not arrays, and lengths must agree.** Older versions turned Python lists of numbers into arrays. A list now means *several
# > inputs*, so its entries must be arrays.


# %%
def first_line(error):
    """The first line of an error's message, without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0][:96]


tiny = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
tiny.compile("sgd", "mse")
for x, y in [(ids.tolist(), ids.tolist()), (ids, ids[:9])]:
    try:
        tiny.fit(x, y, verbose=0)
    except ValueError as error:
        print("ValueError:", first_line(error))

# %% [markdown]
# ### Tables
#
# A pandas `DataFrame` of numbers works like an array: one row per sample, one feature per column, in the order of the columns.

# %%
frame = pd.DataFrame({"width": [1.0, 2.0, 3.0, 4.0], "height": [0.5, 0.1, 0.9, 0.4]})
area = frame["width"] * frame["height"]


def loss_of(x, y):
    linear = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
    linear.compile("sgd", "mse")
    return linear.evaluate(x, y, verbose=0)


assert loss_of(frame, area) == loss_of(frame.to_numpy(), area.to_numpy())
print("loss:", round(loss_of(frame, area), 2))

# %% [markdown]
# > **Pitfall: Keras does not read the index.** pandas joins rows by their index. Keras takes them by position. After a shuffle of the
# > frame alone, every row meets another row's target, and nothing tells you.

# %%
mixed = frame.sample(frac=1, random_state=1)
print("index of the rows:", mixed.index.tolist(), "| of the targets:", area.index.tolist())
print("loss, by position:  ", round(loss_of(mixed, area), 2))
print("loss, as it should: ", round(loss_of(mixed, area.loc[mixed.index]), 2))

# %% [markdown]
# Columns of text need a step before the first layer. For a table of mixed columns, feed a dictionary, one entry per column: chapter 12
# does it.
#
# ## Hold data out
#
# `validation_split=0.25` sets a quarter aside. Which quarter? The *last* one, as you passed it, before any shuffling:

# %%
training, validation = batches_seen(ids, ids, batch_size=4, epochs=1, validation_split=0.25)
print("trained on: ", sorted(sum(training, [])))
print("held out:   ", sum(validation, []))
assert sum(validation, []) == [7, 8, 9]

# %% [markdown]
# 10 · 0.75 is 7.5, and it is the *training* part that is rounded down: `floor(n * (1.0 - fraction))`. The last line shows how literally: in
# floating point `100 * (1.0 - 0.9)` is a little less than 10.

# %%
for n, fraction in [(10, 0.2), (5, 0.25), (100, 0.9)]:
    n_train = int(n * (1.0 - fraction))
    many = np.arange(n, dtype="float32").reshape(-1, 1)
    training, validation = batches_seen(many, many, epochs=1, validation_split=fraction)
    assert sum(validation, []) == list(range(n_train, n))
    print(f"n = {n:3}, fraction = {fraction:4}: {n_train:2} train, {n - n_train:2} are held out")

# %% [markdown]
# > **Pitfall: sorted labels.** Files are often sorted by class. Then the last fifth holds classes that training never sees. The same images,
# > the same model, once sorted by label and once in random order:

# %%
(x_all, y_all), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_all[:TRAIN_SIZE], y_all[:TRAIN_SIZE]


def mlp():
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def compiled_mlp():
    keras.utils.set_random_seed(SEED)
    model = mlp()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% tags=["nbval-ignore-output"]
by_label = np.argsort(y_train, kind="stable")
at_random = np.random.default_rng(SEED).permutation(len(y_train))
val_accuracy = {}
for label, order in [("sorted by label", by_label), ("in random order", at_random)]:
    history = compiled_mlp().fit(
        x_train[order], y_train[order], epochs=EPOCHS, validation_split=0.2, verbose=0
    )
    val_accuracy[label] = history.history["val_accuracy"][-1]
    print(f"{label}: accuracy on the images held out {val_accuracy[label]:.2f}")

assert val_accuracy["sorted by label"] < 0.15 and val_accuracy["in random order"] > 0.6

# %% alt="Two scatter charts of the label over the position in the array. Sorted: a staircase, and the shaded last fifth holds classes 8 and 9 only. In random order: all ten classes everywhere, also in the shaded fifth" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True)
for ax, (label, order) in zip(
    axes, [("sorted by label", by_label), ("in random order", at_random)]
):
    ax.plot(np.arange(len(order))[::10], y_train[order][::10], ".", markersize=2)
    ax.axvspan(len(order) * 0.8, len(order), alpha=0.3, label="held out")
    ax.set(xlabel="position in the array", title=f"{label}: accuracy {val_accuracy[label]:.2f}")
    ax.legend(loc="upper left")
axes[0].set(ylabel="class")
plt.show()

# %% [markdown]
# Shuffle x and y with *one* permutation before you split. Two things more to know:
#
# > **Pitfall: `fit` does not check the fraction as you would.** 1.5 is taken without a word: from the formula comes a negative number, and a negative
# > slice counts from the end. Write the check yourself where the number comes from outside.

# %%
training, validation = batches_seen(ids, ids, epochs=1, validation_split=1.5)
print("validation_split=1.5 trains on", sorted(sum(training, [])), "and holds out", validation[0])
try:
    tiny.fit(ids, ids, validation_split=0.99, verbose=0)
except ValueError as error:
    print("ValueError:", first_line(error))

# %% [markdown]
# For everything but arrays, hand over the part held out as `validation_data`: arrays `(x, y)` or `(x, y, sample_weight)`, or a
# dataset. It may be of another kind than the training data. `validation_freq=2` looks at it every second epoch.

# %%
held_out = tf.data.Dataset.from_tensor_slices((ids[7:], ids[7:])).batch(2)
passes = batches_seen(
    ids[:7], ids[:7], epochs=2, shuffle=False, validation_data=held_out, validation_freq=2
)
for name, batches in zip(["epoch 1", "epoch 2", "validation after epoch 2"], passes):
    print(f"{name}: {batches}")
assert len(passes) == 3

# %% [markdown]
# ## Pipelines with `tf.data`
#
# A `tf.data.Dataset` is a recipe, not a container. Each method returns a new recipe with one more step, and nothing is read before someone
# iterates. `from_tensor_slices` cuts arrays along the first axis; `element_spec` tells what comes out.

# %%
samples = tf.data.Dataset.from_tensor_slices((x_train, y_train))
scaled = samples.map(lambda image, label: (tf.cast(image, tf.float32) / 255, label))
batches = scaled.batch(64)
print("one sample:", [spec.shape for spec in samples.element_spec], "|", len(samples), "samples")
print("one batch: ", [spec.shape for spec in batches.element_spec], "|", len(batches), "batches")

images, labels = next(iter(batches))
print("images", images.shape, images.dtype, "| largest pixel", float(tf.reduce_max(images)))

# %% [markdown]
# `fit` takes it in place of x *and* y. In the same order it trains the same model as arrays do, to the last digit that counts:

# %%
by_array, by_dataset = compiled_mlp(), compiled_mlp()
by_array.fit(x_train[:512], y_train[:512], batch_size=64, shuffle=False, verbose=0)
by_dataset.fit(samples.take(512).batch(64), shuffle=False, verbose=0)
for a, b in zip(by_array.get_weights(), by_dataset.get_weights()):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
print("same weights")

# %% [markdown]
# What belongs to the dataset is no longer an argument of `fit`. Three of four mistakes are refused or warned of; `batch_size` is ignored
# without a word. Write `shuffle=False` when you pass a dataset: the default `True` has no effect there, and warns.

# %%
pairs = tf.data.Dataset.from_tensor_slices((ids, ids))
attempts = {
    "y again": lambda: tiny.fit(pairs.batch(4), ids, verbose=0),
    "validation_split": lambda: tiny.fit(pairs.batch(4), validation_split=0.2, verbose=0),
    "shuffle=True": lambda: tiny.fit(pairs.batch(4), verbose=0),
    "batch_size": lambda: tiny.fit(pairs.batch(4), batch_size=2, shuffle=False, verbose=0),
}
for label, attempt in attempts.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attempt()
            print(
                f"{label:16}",
                "warns:" if caught else "runs",
                *map(first_line, [w.message for w in caught]),
            )
        except ValueError as error:
            print(f"{label:16} ValueError:", first_line(error))

# %% [markdown]
# > **Pitfall: no batch.** Without `.batch` the first axis of an image is taken for the batch. The error message speaks of shapes; the
# > cause is the missing batch axis.

# %%
try:
    compiled_mlp().fit(samples, shuffle=False, verbose=0)
except ValueError as error:
    print(re.search(r"Expected shape.*\)", str(error))[0])

# %% [markdown]
# ### Shuffle
#
# `shuffle(buffer_size)` keeps a buffer of samples and draws the next one from it. A sample can come forward only as far as the buffer
# reaches. Only a buffer as large as the data shuffles fully.

# %% alt="Three scatter charts of the original position over the new position of 1000 samples. Buffer 10: a straight line. Buffer 100: a thin band along the diagonal. Buffer 1000: points everywhere"
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True)
reach = {}
for ax, buffer_size in zip(axes, [10, 100, 1000]):
    order = list(tf.data.Dataset.range(1000).shuffle(buffer_size, seed=SEED).as_numpy_iterator())
    reach[buffer_size] = max(old - new for new, old in enumerate(order))
    ax.plot(order, ".", markersize=2)
    ax.set(title=f"buffer of {buffer_size}", xlabel="place after shuffling")
axes[0].set(ylabel="place before")
fig.suptitle("A small buffer hardly shuffles", y=1.04)
plt.show()
assert reach[10] < 10 and reach[100] < 100 and reach[1000] > 500

# %% [markdown]
# On data sorted by class this is fatal. The classes that the first 640 samples come from:

# %% tags=["nbval-ignore-output"]
sorted_labels = tf.data.Dataset.from_tensor_slices(np.sort(y_train))
for buffer_size in [100, 1000, len(y_train)]:
    first = list(sorted_labels.shuffle(buffer_size, seed=SEED).take(640).as_numpy_iterator())
    print(f"buffer {buffer_size:5}: {np.bincount(first, minlength=10)}")
assert len(set(first)) == 10

# %% [markdown]
# A large buffer costs memory. So shuffle *early*, while a sample is small: 60,000 images take 47 MB as bytes, four times that as float32. When the samples
# are files, shuffle their names.
#
# The order of the steps matters. Batch first, and it is whole batches that change places. The same neighbours then meet in every epoch:

# %%
for label, dataset in [
    ("shuffle, then batch", pairs.shuffle(10, seed=1).batch(5)),
    ("batch, then shuffle", pairs.batch(5).shuffle(10, seed=1)),
]:
    together = [sorted(x[:, 0].astype(int).tolist()) for x, y in dataset.as_numpy_iterator()]
    print(f"{label}: {together}")
assert sorted(together) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]

# %% [markdown]
# Each new pass is shuffled anew, and `seed` makes the *sequence* of orders repeatable. Two habits undo that: `reshuffle_each_iteration=False`
# and a `cache` after the shuffle.


# %%
def three_passes(dataset):
    return [[int(i) for i in dataset] for _ in range(3)]


numbers = tf.data.Dataset.range(6)
for label, make in {
    "shuffle(6, seed=2)": lambda: numbers.shuffle(6, seed=2),
    "… reshuffle_each_iteration=False": lambda: numbers.shuffle(
        6, seed=2, reshuffle_each_iteration=False
    ),
    "… then cache": lambda: numbers.shuffle(6, seed=2).cache(),
}.items():
    passes = three_passes(make())
    assert passes == three_passes(make())  # the seed repeats the sequence
    print(f"{label:33}", *passes)

# %% [markdown]
# > **Pitfall: split a shuffled dataset, and it leaks.** `take` and `skip` cut by position, and the positions are new in every pass. After a few epochs the model
# > has trained on nearly everything that it is validated on.

# %%
shuffled = numbers.shuffle(6, seed=2)
trained, validated = set(), set()
for _ in range(5):
    trained |= {int(i) for i in shuffled.take(4)}
    validated |= {int(i) for i in shuffled.skip(4)}
print("both trained on and held out:", sorted(trained & validated))
assert trained & validated

# %% [markdown]
# Split first and shuffle the training part after that. For data in memory `keras.utils.split_dataset` does it, with a shuffle that is drawn once:

# %%
left, right = keras.utils.split_dataset((ids, ids), left_size=0.7, shuffle=True, seed=SEED)
train_set, val_set = left.shuffle(len(left), seed=SEED).batch(4), right.batch(4)
passes = batches_seen(train_set, validation_data=val_set, epochs=3, shuffle=False)
trained = {i for batches in passes[::2] for batch in batches for i in batch}
validated = {i for batches in passes[1::2] for batch in batches for i in batch}
print(
    len(trained), "samples train,", len(validated), "are held out, in common:", trained & validated
)
assert not trained & validated and len(trained | validated) == 10

# %% [markdown]
# ### Steps and epochs
#
# Where nothing else is said, an epoch is one pass over the dataset. `steps_per_epoch` sets another length. The pass then *goes on* where the epoch before
# stopped, so the dataset must be long enough for all epochs together: `.repeat()` makes it endless. `validation_steps` is different: each
# validation starts at the beginning, so that its numbers can be compared.

# %%
five = tf.data.Dataset.from_tensor_slices((ids, ids)).batch(2)
cases = {
    "plain": lambda: batches_seen(five, epochs=2, shuffle=False),
    "repeat, 3 steps": lambda: batches_seen(
        five.repeat(), steps_per_epoch=3, epochs=2, shuffle=False
    ),
    "take(2)": lambda: batches_seen(five.take(2), epochs=2, shuffle=False),
}
for label, run in cases.items():
    print(f"{label:16}", *run())

passes = batches_seen(
    five.take(1), epochs=2, validation_data=five.repeat(), validation_steps=2, shuffle=False
)
print(f"{'validation':16}", passes[1], passes[3])
assert passes[1] == passes[3] == [[0, 1], [2, 3]]

# %% [markdown]
# > **Pitfall: a pass that is too short.** Ask for more steps than there are, and the epoch ends early, with a warning. An endless dataset *without*
# > `steps_per_epoch` is worse: the first epoch never ends. Ask for the length before you train.

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    passes = batches_seen(five, steps_per_epoch=8, epochs=2, shuffle=False)
print("batches in each epoch, 8 were asked for:", [len(batches) for batches in passes])
print("warned:", first_line(caught[0].message))

for label, dataset in [
    ("plain", five),
    ("repeat", five.repeat()),
    ("filter", five.filter(lambda *_: True)),
]:
    print(f"{label}: cardinality {int(dataset.cardinality())}")
print("infinite is", tf.data.INFINITE_CARDINALITY, "| unknown is", tf.data.UNKNOWN_CARDINALITY)

# %% [markdown]
# ## What reading costs, measured
#
# Data come from a disk or a network, and each batch makes you wait. The experiment: reading a batch takes 40 ms, in which the processor is idle, and
# a training step takes 20 ms. Both are simulated by sleeping, so that you see the pipeline and not your
# machine. First, who works when:

# %%
READ, STEP, BATCHES = 0.04, 0.02, 8
events = []


def work(kind, seconds, result=None):
    begin = time.perf_counter()
    time.sleep(seconds)
    events.append((kind, begin, time.perf_counter()))
    return result


def read_batch(index):
    read = tf.numpy_function(lambda i: work("read", READ, np.float32(i)), [index], tf.float32)
    return tf.ensure_shape(read, ())


def train_on(dataset):
    begin = time.perf_counter()
    for _ in dataset:
        work("train", STEP)
    return time.perf_counter() - begin


# %% [markdown]
# Six pipelines for the same batches. The first one needs an option: TensorFlow adds a `prefetch` at the end of every pipeline that has none, so a
# plain one is faster than its code says.

# %%
plain_options = tf.data.Options()
plain_options.experimental_optimization.inject_prefetch = False

source = tf.data.Dataset.range(BATCHES)
auto = tf.data.AUTOTUNE
pipelines = {
    "map": source.map(read_batch).with_options(plain_options),
    "map (as it comes)": source.map(read_batch),
    "map, prefetch": source.map(read_batch).prefetch(1),
    "map in 2 threads, prefetch": source.map(read_batch, num_parallel_calls=2).prefetch(1),
    "map AUTOTUNE, prefetch": source.map(read_batch, num_parallel_calls=auto).prefetch(auto),
    "map, cache, prefetch": source.map(read_batch).cache().prefetch(1),
}
for dataset in pipelines.values():
    train_on(dataset)  # fills the cache, starts the threads

# %% alt="Three timelines of reading and training bars. Without prefetch they take turns. With prefetch reading goes on while the model trains, and training waits for reading. With two parallel reads the training bars touch each other" tags=["nbval-ignore-output"]
shown = ["map", "map, prefetch", "map in 2 threads, prefetch"]
fig, axes = plt.subplots(3, 1, figsize=(9, 4.2), sharex=True)
for ax, name in zip(axes, shown):
    events.clear()
    begin = time.perf_counter()
    train_on(pipelines[name])
    for row, kind in enumerate(["train", "read"]):
        spans = [(1000 * (a - begin), 1000 * (b - a)) for k, a, b in events if k == kind]
        ax.broken_barh(spans, (row - 0.4, 0.8), facecolors=f"C{row}", edgecolor="white", alpha=0.8)
    ax.set_yticks([0, 1], ["train", "read"])
    ax.set_title(name, fontsize=9)
axes[-1].set(xlabel="milliseconds since the epoch began")
fig.suptitle("Reading ahead fills the gaps in training")
fig.tight_layout()
plt.show()

# %% [markdown]
# Now the times of a whole epoch: medians of five runs that take turns, told relative to the slowest. The expectation, per batch: 40 + 20 ms in turns; 40 ms with
# `prefetch`, the slower of both; 20 ms with two readers or a filled cache. That is 1, 0.67, 0.33.

# %% tags=["nbval-ignore-output"]
runs = {name: [] for name in pipelines}
for _ in range(5):
    for name, dataset in pipelines.items():
        runs[name].append(train_on(dataset))
medians = {name: statistics.median(times) for name, times in runs.items()}
relative = {name: seconds / medians["map"] for name, seconds in medians.items()}
for name, ratio in relative.items():
    print(f"{name:27} {ratio:.2f}")

assert relative["map in 2 threads, prefetch"] < 0.8 and relative["map, cache, prefetch"] < 0.8

# %% alt="Bar chart of epoch times relative to a plain map. As it comes and with prefetch about two thirds, two threads, AUTOTUNE and cache about one third to a half" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7, 3))
bars = ax.barh(list(relative), list(relative.values()))
ax.bar_label(bars, [f" {ratio:.2f}" for ratio in relative.values()])
ax.invert_yaxis()
ax.set(xlabel="time of an epoch, relative to the plain map", xlim=(0, 1.2))
ax.set_title("Parallel reading or a cache make training wait no more")
plt.show()

# %% [markdown]
# So what does each step cost and gain?
#
# | step | gain | cost |
# |---|---|---|
# | `prefetch(AUTOTUNE)`, last | reading and training overlap | memory for a batch or two |
# | `map(…, num_parallel_calls=AUTOTUNE)` | several samples at once | threads; more batches in memory |
# | `cache()` after what is slow | nothing is read twice | all of it in memory; the first epoch gains nothing |
# | `cache(path)` | the same, across runs | disk; an old file is used whatever you change in the code |
# | `shuffle(n)` | random order | memory for n samples, a wait while the buffer fills |
# | `batch` before `map` | one call for each batch, not for each sample | the function must work on batches |
#
# ### Batch before you map
#
# Waiting was one cost. The other is calling: each call of a mapped function costs some microseconds, whatever it does. A function that can work on whole batches is
# called 64 times less. Here the work is real, the division by 255:

# %% tags=["nbval-ignore-output"]
raw = tf.data.Dataset.from_tensor_slices(x_train[:1500])


def scale(images):
    return tf.cast(images, tf.float32) / 255


def seconds_per_pass(dataset):
    begin = time.perf_counter()
    for _ in dataset:
        pass
    return time.perf_counter() - begin


variants = {
    "map, then batch": raw.map(scale).batch(64),
    "map in parallel, then batch": raw.map(scale, num_parallel_calls=auto).batch(64),
    "batch, then map": raw.batch(64).map(scale),
    "batch, map, cache": raw.batch(64).map(scale).cache(),
}
runs = {name: [] for name in variants}
for _ in range(6):
    for name, dataset in variants.items():
        runs[name].append(seconds_per_pass(dataset))
scaling = {name: statistics.median(times[1:]) for name, times in runs.items()}
assert scaling["batch, then map"] < 0.7 * scaling["map, then batch"]

# %% alt="Bar chart of the time to scale 1500 images: batching before mapping takes a small part of the time that mapping single images takes; parallel mapping of single images is not much better than serial" tags=["nbval-ignore-output"]
slowest = scaling["map, then batch"]
fig, ax = plt.subplots(figsize=(7, 2.4))
bars = ax.barh(list(scaling), [seconds / slowest for seconds in scaling.values()])
ax.bar_label(bars, [f" {seconds / slowest:.2f}" for seconds in scaling.values()])
ax.invert_yaxis()
ax.set(xlabel="time of a pass, relative to the first", title="Few large calls beat many small ones")
ax.margins(x=0.15)
plt.show()

# %% [markdown]
# More threads do little for work this small: they spend their time handing samples around. `num_parallel_calls` is for functions that wait, or that work long.
#
# > **Pitfall: random changes that are always the same.** Augmentation draws new numbers for each sample. Put it before the `cache`, and the first draw
# > is kept for ever. And once a seed is set, an operation such as `tf.random.uniform` inside `map` repeats itself in every pass, as the shuffling of
# > `fit` does. A generator object has a state that goes on: `tf.random.Generator`, `keras.random.SeedGenerator`, or a layer like `RandomFlip`,
# > which holds one.


# %%
generator = tf.random.Generator.from_seed(SEED)


def jitter(i):
    return tf.cast(i, tf.float32) + tf.random.uniform(())


def jitter_by_generator(i):
    return tf.cast(i, tf.float32) + generator.uniform(())


for label, dataset in [
    ("jitter by generator, then cache", numbers.map(jitter_by_generator).cache()),
    ("cache, then jitter by operation", numbers.cache().map(jitter)),
    ("cache, then jitter by generator", numbers.cache().map(jitter_by_generator)),
]:
    first, second = [list(dataset.as_numpy_iterator()) for _ in range(2)]
    print(f"{label}: the second pass", "repeats the first" if first == second else "is new")
assert first != second

# %% [markdown]
# So the usual order is: *read, cache, shuffle, batch, map (random), prefetch*. Shuffle after the cache, change after the shuffle.
#
# ### Find the bottleneck
#
# Is it the data or the model? Three measurements tell: a pass over the data alone, training on one batch that is repeated from memory, and the two together. Training is *input-bound* when
# the whole is hardly faster than the data alone.


# %%
class EpochTimer(keras.callbacks.Callback):
    """Keeps the seconds of each epoch."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.begin)


def epoch_seconds(data, epochs=6):
    """Median over all epochs but the first, which compiles the model."""
    timer = EpochTimer()
    compiled_mlp().fit(data, epochs=epochs, shuffle=False, verbose=0, callbacks=[timer])
    return statistics.median(timer.seconds[1:])


# %% [markdown]
# Real images this time, a real model, and a reader that takes 20 ms for each batch of 64.


# %% tags=["nbval-ignore-output"]
def load_images(index):
    def load(i):
        time.sleep(0.02)
        return x_train[i * 64 : (i + 1) * 64], y_train[i * 64 : (i + 1) * 64]

    images, labels = tf.numpy_function(load, [index], (tf.uint8, tf.uint8))
    return tf.ensure_shape(images, (64, 28, 28)), tf.ensure_shape(labels, (64,))


slow = tf.data.Dataset.range(12).map(load_images)
quick = slow.cache().prefetch(auto)
repeated = slow.take(1).cache().repeat(12)
measured = {
    "data alone": statistics.median(seconds_per_pass(slow) for _ in range(5)),
    "model alone": epoch_seconds(repeated),
    "together": epoch_seconds(slow),
    "together, with cache": epoch_seconds(quick),
}
assert measured["data alone"] > 1.5 * measured["together, with cache"]
assert measured["together"] > 0.8 * measured["data alone"]

# %% alt="Bar chart of epoch times: data alone and together are about equally long, model alone and together with cache are several times shorter" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7, 2.4))
shares = [seconds / measured["together"] for seconds in measured.values()]
bars = ax.barh(list(measured), shares, color=["C1", "C1", "C0", "C0"])
ax.bar_label(bars, [f" {share:.2f}" for share in shares])
ax.invert_yaxis()
ax.set(xlabel="time of an epoch, relative to “together”", title="This training waits for its data")
ax.margins(x=0.15)
plt.show()

# %% [markdown]
# Here the model could be several times faster. Look for this before you buy a faster machine. For a pipeline with many steps, TensorBoard's profiler (chapter 8) tells
# the time of each.
#
# ## Batches from Python: `PyDataset`
#
# Some data only Python can read. `tf.py_function` brings a Python function into a pipeline, as `numpy_function` did above. A `keras.utils.PyDataset` is the other way round: a
# Python object that Keras asks for its length and for batch number *i*. Here each batch is a file.

# %%
for i in range(6):
    np.savez(folder / f"part_{i}.npz", x=ids[:4] * 0 + i, y=ids[:4])


class FileBatches(keras.utils.PyDataset):
    """One batch for each file."""

    def __init__(self, paths, **kwargs):
        super().__init__(**kwargs)  # workers, use_multiprocessing, max_queue_size
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with np.load(self.paths[index]) as part:
            return part["x"], part["y"]


files = FileBatches(sorted(folder.glob("part_*.npz")))
for shuffle in [False, True]:
    passes = batches_seen(files, epochs=2, shuffle=shuffle)
    print(f"shuffle={shuffle!s:5}", *[[batch[0] for batch in batches] for batches in passes])

# %% [markdown]
# `fit(shuffle=True)` changes the order of the *batches*. What is in a batch is yours to decide: draw a new order of the samples in `on_epoch_end`, which Keras calls after every epoch. You will
# write one in the assignment.
#
# ### Workers
#
# `workers=4` asks four threads for batches ahead of time. The arguments belong to the dataset, not to `fit`. Threads help where Python waits (files, network) or is in a library that
# releases its lock. For pure Python work there is `use_multiprocessing=True`: several processes, each with a copy of the dataset, which must be picklable.


# %% tags=["nbval-ignore-output"]
class SlowBatches(keras.utils.PyDataset):
    """Batches of 64 images; each takes 20 ms to read."""

    reading = most = 0  # batches that are being read at this moment, and the most there were

    def __len__(self):
        return 12

    def __getitem__(self, i):
        self.reading += 1
        self.most = max(self.most, self.reading)
        time.sleep(0.02)
        self.reading -= 1
        return x_train[i * 64 : (i + 1) * 64], y_train[i * 64 : (i + 1) * 64]


by_workers = {workers: SlowBatches(workers=workers) for workers in [1, 4]}
seconds = {workers: epoch_seconds(batches) for workers, batches in by_workers.items()}
for workers, batches in by_workers.items():
    print(
        f"{workers} workers: at most {batches.most} at once, "
        f"{seconds[workers] / seconds[1]:.2f} of the time of one"
    )
assert by_workers[1].most == 1 < by_workers[4].most

# %% [markdown]
# > **Pitfall: `on_epoch_begin` is late when there are workers.** The workers start before it is called. Whatever it changes, an order for example, comes too late for the batches that they have made by
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
        time.sleep(0.2)  # a slow shuffle, say
        self.epoch += 1


for workers in [1, 2]:
    passes = batches_seen(EpochNumbers(workers=workers), epochs=3, shuffle=False)
    print(f"{workers} workers:", *[[batch[0] for batch in batches] for batches in passes])
assert any(batch[0] < epoch for epoch, batches in enumerate(passes, 1) for batch in batches)

# %% [markdown]
# ## Generators
#
# A generator yields batches, one after the other, as tuples. It has no length, cannot be shuffled and cannot be restarted.
#
# > **Pitfall: a finite generator is used up.** Keras takes two batches in advance to learn their shapes. When the generator is empty, later epochs get these two batches and
# > nothing else, with a warning that is easy to overlook.


# %%
def numbered_batches(n=4):
    for i in range(n):
        yield ids[:1] * 0 + i, ids[:1]


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    passes = batches_seen(numbered_batches(), epochs=3)
for epoch, batches in enumerate(passes, 1):
    print(f"epoch {epoch}:", [batch[0] for batch in batches])
print("warned:", first_line(caught[-1].message))
assert [len(batches) for batches in passes] == [4, 2, 2]

# %% [markdown]
# Two ways out: an endless generator with `steps_per_epoch`, or `Dataset.from_generator`, which is given the generator *function* and starts it anew in each pass. It must be told what comes out.


# %%
def endless():
    while True:
        yield from numbered_batches()


signature = (tf.TensorSpec((None, 1), tf.float32), tf.TensorSpec((None, 1), tf.float32))
restarted = tf.data.Dataset.from_generator(numbered_batches, output_signature=signature)
restarted = restarted.apply(tf.data.experimental.assert_cardinality(4))  # else unknown: a warning

passes = {
    "endless": batches_seen(endless(), epochs=2, steps_per_epoch=4, shuffle=False),
    "from_generator": batches_seen(restarted, epochs=2, shuffle=False),
}
for label, seen in passes.items():
    print(f"{label:15}", *[[batch[0] for batch in batches] for batches in seen])
    assert [len(batches) for batches in seen] == [4, 4]

# %% [markdown]
# ## Data in files
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
lines = names.interleave(
    lambda name: tf.data.TextLineDataset(name).skip(1), cycle_length=3, block_length=1
)
table = lines.map(parse).batch(6)
for _, target in table:
    print("targets in a batch:", target.numpy())

# %% [markdown]
# `TFRecord` is TensorFlow's own format: a file of binary records, often `tf.train.Example`, a dictionary of lists. It keeps images compressed and is read in one stream.

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
# For images in one folder per class Keras makes the dataset. Beware of its default: the images are shuffled, in batches of 32, and the classes are the sorted names of the folders.

# %%
for label, name in [(1, "trouser"), (5, "sandal"), (9, "boot")]:
    (folder / "photos" / name).mkdir(parents=True)
    for i, image in enumerate(x_train[y_train == label][:4]):
        keras.utils.save_img(folder / "photos" / name / f"{i}.png", image[..., None], scale=False)

photos = keras.utils.image_dataset_from_directory(
    folder / "photos", image_size=(28, 28), color_mode="grayscale", verbose=False, seed=SEED
)
print("classes:", photos.class_names)
images, labels = next(iter(photos))
print("images ", images.shape, images.dtype, "| labels", sorted(labels.numpy().tolist()))

# %% [markdown]
# Sequences of different length cannot share a batch as they are. `padded_batch` fills them up with zeros, to the longest *of the batch*. What the zeros do to the loss comes below.

# %%
words = tf.data.Dataset.from_generator(
    lambda: iter([[5, 3], [7], [2, 8, 6, 1], [9, 4]]),
    output_signature=tf.TensorSpec((None,), tf.int32),
)
for batch in words.padded_batch(2):
    print(batch.numpy().tolist())

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
np.testing.assert_allclose(
    head.predict(in_pipeline, verbose=0),
    whole.predict(x_test[:64], verbose=0),
    rtol=1e-3,
    atol=1e-4,
)
print("same outputs; mean of the training pixels:", round(float(ops.squeeze(normalize.mean)), 1))

# %% [markdown]
# ## Weights for samples and classes
#
# Not every sample is worth the same. A sample weight multiplies its loss. `class_weight` is the short form: one weight for all samples of a class. The two are the same thing:

# %%
rng = np.random.default_rng(SEED)
class_weight = {0: 1.0, 1: 0.5}  # all other classes: 1
sample_weight = np.ones(512, dtype="float32")
sample_weight[y_train[:512] == 1] = 0.5

by_class, by_sample, by_triple = compiled_mlp(), compiled_mlp(), compiled_mlp()
x, y = x_train[:512], y_train[:512]
by_class.fit(x, y, class_weight=class_weight, shuffle=False, verbose=0)
by_sample.fit(x, y, sample_weight=sample_weight, shuffle=False, verbose=0)
triples = tf.data.Dataset.from_tensor_slices((x, y, sample_weight)).batch(32)
by_triple.fit(triples, shuffle=False, verbose=0)

for a, b, c in zip(by_class.get_weights(), by_sample.get_weights(), by_triple.get_weights()):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(a, c, rtol=1e-4, atol=1e-6)
print("three ways, one model")

# %% [markdown]
# In a dataset the weights are the third element, as in the last way. Both kinds at once are refused.
#
# > **Pitfall: a class that is missing in `class_weight`.** With arrays it weighs 1. With a dataset it also does, unless its number is above all the keys: then the look-up fails, with an error that
# > does not speak of class weights.

# %%
small = {"x": x[:64], "y": y[:64]}
compiled_mlp().fit(**small, class_weight={0: 2.0, 1: 0.5}, verbose=0)
print("arrays: runs")
pairs = tf.data.Dataset.from_tensor_slices((x[:64], y[:64])).batch(32)
for class_weight in [{0: 2.0, 1: 0.5}, {0: 2.0, 1: 0.5, 9: 1.0}]:
    try:
        compiled_mlp().fit(pairs, class_weight=class_weight, shuffle=False, verbose=0)
        print(f"dataset, {class_weight}: runs")
    except tf.errors.InvalidArgumentError as error:
        told = re.search(r"indices\[.*?\] = (\d) is not in \[0, 2\)", str(error))
        print(f"dataset, {class_weight}: {type(error).__name__}: … is not in [0, 2)")
        assert told
try:
    compiled_mlp().fit(**small, class_weight={0: 2.0}, sample_weight=np.ones(64), verbose=0)
except ValueError as error:
    print("both at once:", first_line(error))

# %% [markdown]
# ### Rare classes
#
# The usual reason for class weights. One sample of twenty is positive. A model that is trained as always says *no* most of the time, which is right most of the time. Weights of
# *n* / (*k* · count) make both classes count alike in the loss.


# %%
def rare_class(n):
    labels = (rng.random(n) < 0.05).astype("float32")
    points = rng.normal(size=(n, 2)) + 1.5 * labels[:, None]
    return points.astype("float32"), labels


points, rare = rare_class(2000)
test_points, test_rare = rare_class(4000)
share = rare.mean()
balanced = {0: 1 / (2 * (1 - share)), 1: 1 / (2 * share)}
print("weights:", {c: round(float(w), 1) for c, w in balanced.items()})


def logistic(class_weight):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    model.fit(points, rare, epochs=12, batch_size=200, class_weight=class_weight, verbose=0)
    return model


# %% tags=["nbval-ignore-output"]
trained = {"all alike": logistic(None), "balanced": logistic(balanced)}
report = {}
for name, model in trained.items():
    probability = model.predict(test_points, verbose=0)[:, 0]
    found = probability > 0.5
    report[name] = {
        "accuracy": (found == test_rare).mean(),
        "recall": found[test_rare == 1].mean(),
        "precision": test_rare[found].mean(),
        "mean probability": probability.mean(),
    }
print(pd.DataFrame(report).round(2))
assert report["balanced"]["recall"] > report["all alike"]["recall"] + 0.2
assert report["balanced"]["precision"] < report["all alike"]["precision"]

# %% alt="Scatter chart of a large cloud of negatives and a small cloud of positives to its upper right, with two parallel decision lines: the one of equal weights cuts off few positives, the balanced one lies closer to the negatives and catches most positives" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6, 4.2))
for label, marker, color in [(0, ".", "0.7"), (1, "x", "C1")]:
    chosen = points[rare == label]
    ax.plot(*chosen.T, marker, color=color, markersize=4, label=f"class {label}")
line = np.linspace(-4, 5, 2)
for style, (name, model) in zip(["--", "-"], trained.items()):
    (w1, w2), bias = model.get_weights()[0][:, 0], model.get_weights()[1][0]
    ax.plot(line, -(w1 * line + bias) / w2, style, color="black", label=f"probability 0.5, {name}")
ax.set(xlim=(-4, 5), ylim=(-4, 5), xlabel="feature 1", ylabel="feature 2")
ax.set_title("Balanced weights move the boundary towards the many")
ax.legend(fontsize=8)
plt.show()

# %% [markdown]
# > **Pitfall: weighted training gives weighted probabilities.** The mean probability should be near the share of positives, 0.05. With balanced weights it is several times that: the model answers as
# > if half of the world were positive. If you need probabilities, train without weights and move the threshold instead.
#
# ### Metrics and weights
#
# The loss is weighted. The entries of `metrics` are not, unless they stand in `weighted_metrics`:

# %%
judge = keras.Sequential([keras.Input((1,)), layers.Identity()])
judge.compile(
    loss="mse", metrics=["mae"], weighted_metrics=[keras.metrics.MeanAbsoluteError(name="w_mae")]
)
values = np.array([[1.0], [2.0], [3.0], [6.0]], dtype="float32")
scores = judge.evaluate(
    values, values * 0, sample_weight=np.array([1, 1, 1, 0]), verbose=0, return_dict=True
)
print({name: round(value, 3) for name, value in scores.items()})
assert scores["mae"] == 3 and scores["w_mae"] == 2

# %% [markdown]
# ### Zeros as masks, and what you divide by
#
# A weight of 0 takes a sample out: padding, missing targets, the part of an image that no one has labelled. But the loss above, 3.5, is not the mean over the three samples that count, 14 / 3. Keras's default
# divides by the number of *samples*, zeros included. `reduction="mean_with_sample_weight"` divides by the sum of the weights.

# %%
mask = np.array([1, 1, 1, 0], dtype="float32")
for reduction in ["sum_over_batch_size", "mean_with_sample_weight"]:
    loss = keras.losses.MeanSquaredError(reduction=reduction)
    print(f"{reduction:24} {float(loss(values * 0, values, mask)):.3f}")
print(f"14 / 4 = {14 / 4:.3f}, 14 / 3 = {14 / 3:.3f}")

# %% [markdown]
# Does it matter? With the default, a batch that is half masked makes a step half as large, and losses of differently masked data cannot be compared. The mean of a fixed error over
# batches with more and more padding:

# %% alt="Line chart over the share of masked samples from 0 to 0.9: the default loss falls in a straight line from 1 to 0.1 although the errors stay the same, the mean with sample weights stays at 1"
masked_share = np.arange(0, 10) / 10
fig, ax = plt.subplots(figsize=(6, 3))
for style, reduction in [("o-", "sum_over_batch_size"), ("s--", "mean_with_sample_weight")]:
    loss = keras.losses.MeanSquaredError(reduction=reduction)
    errors = np.ones((10, 1), dtype="float32")
    told = [float(loss(errors * 0, errors, (np.arange(10) >= 10 * s) * 1.0)) for s in masked_share]
    ax.plot(masked_share, told, style, label=reduction)
ax.set(
    xlabel="share of samples with weight 0", ylabel="loss", title="Same errors, another denominator"
)
ax.legend()
plt.show()
assert told[0] == told[-1] == 1

# %% [markdown]
# Targets with a time axis take weights with a time axis: `(samples, steps)` for outputs `(samples, steps, features)`. And a mask that a *layer* makes, such as `Masking` or `Embedding(mask_zero=True)`,
# reaches the loss by itself, with the denominator that you would expect:

# %%
steps = np.array([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]], dtype="float32")
targets = steps + 1  # every error is 1
weights = (steps[..., 0] != 0).astype("float32")

plain = keras.Sequential([keras.Input((3, 1)), layers.Identity()])
masking = keras.Sequential([keras.Input((3, 1)), layers.Masking(), layers.Identity()])
plain.compile(loss="mse")
masking.compile(loss="mse")
by_weights = plain.evaluate(steps, targets, sample_weight=weights, verbose=0)
by_layer = masking.evaluate(steps, targets, verbose=0)
print(f"sample weights: {by_weights:.2f} (3 of 6 steps count)   Masking layer: {by_layer:.2f}")
np.testing.assert_allclose([by_weights, by_layer], [0.5, 1.0], rtol=1e-5)

# %% [markdown]
# ## Several inputs, several outputs
#
# Feed them by name: dictionaries of arrays, or a dataset whose elements are pairs of dictionaries. The keys are the names of inputs and outputs; their order does not matter. A made-up task: from an image and a time
# series tell a score, the brightness of the image, and a class, whether the series rises.

# %%
n = 600
image = rng.random((n, 8, 8, 1)).astype("float32") * rng.random((n, 1, 1, 1)).astype("float32")
slope = rng.choice([-1, 1], size=n)
series = slope[:, None, None] * np.linspace(0, 1, 12)[:, None] + rng.normal(0, 0.3, (n, 12, 1))
score, rising = image.mean(axis=(1, 2)), (slope > 0).astype("int32")


def two_by_two():
    keras.utils.set_random_seed(SEED)
    img_input, ts_input = (
        keras.Input((8, 8, 1), name="img_input"),
        keras.Input((12, 1), name="ts_input"),
    )
    joined = layers.Concatenate()([layers.Flatten()(img_input), layers.Flatten()(ts_input)])
    hidden = layers.Dense(32, activation="relu")(joined)
    outputs = {
        "score_output": layers.Dense(1, name="score_output")(hidden),
        "class_output": layers.Dense(2, activation="softmax", name="class_output")(hidden),
    }
    model = keras.Model([img_input, ts_input], outputs, name="two_by_two")
    model.compile(
        keras.optimizers.Adam(0.01),
        loss={"score_output": "mse", "class_output": "sparse_categorical_crossentropy"},
        metrics={"class_output": ["accuracy"]},
    )
    return model


# %% tags=["nbval-ignore-output"]
inputs = {"img_input": image, "ts_input": series.astype("float32")}
targets = {"class_output": rising, "score_output": score}  # any order
dataset = tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(50)

by_arrays, by_dataset = two_by_two(), two_by_two()
by_arrays.fit(inputs, targets, batch_size=50, epochs=5, shuffle=False, verbose=0)
history = by_dataset.fit(dataset, epochs=5, shuffle=False, verbose=0).history
for a, b in zip(by_arrays.get_weights(), by_dataset.get_weights()):
    np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
print({name: round(values[-1], 2) for name, values in history.items()})
assert history["class_output_accuracy"][-1] > 0.8

# %% [markdown]
# `predict` returns what the model returns: here a dictionary with one array per output. A model made with a list of outputs returns a list.

# %%
predicted = by_dataset.predict({name: array[:3] for name, array in inputs.items()}, verbose=0)
print({name: array.shape for name, array in sorted(predicted.items())})

listed = keras.Model(
    by_dataset.inputs, [by_dataset.output["score_output"], by_dataset.output["class_output"]]
)
print([array.shape for array in listed.predict([image[:3], series[:3]], verbose=0)])

# %% [markdown]
# Weights come per output too: a dictionary in the third place, or one array for all. A weight of 0 for one output is how you train on samples whose other target is missing. `class_weight` is
# refused as soon as there are two outputs.

# %%
zero_score = {"score_output": np.zeros(n, "float32"), "class_output": np.ones(n, "float32")}
weighted = two_by_two()
logs = weighted.fit(inputs, targets, sample_weight=zero_score, verbose=0).history
print("loss of score_output:", logs["score_output_loss"])
try:
    weighted.fit(inputs, targets, class_weight={0: 1.0, 1: 2.0}, verbose=0)
except ValueError as error:
    print("ValueError:", first_line(error))
assert logs["score_output_loss"] == [0.0]

# %% [markdown]
# > **Pitfall: a tuple of two is always (x, y).** A dataset of two *inputs* and no targets looks like a dataset of inputs and targets. `predict` drops the second part: with a one-input model silently, with a two-input model by an error.
# > Wrap them once more, `((a, b),)`, or use a dictionary.

# %%
parts = (image[:4], series[:4].astype("float32"))
for label, elements in [("(a, b)", parts), ("((a, b),)", (parts,))]:
    try:
        predicted = by_dataset.predict(
            tf.data.Dataset.from_tensor_slices(elements).batch(2), verbose=0
        )
        print(f"{label:10} runs:", {name: array.shape for name, array in sorted(predicted.items())})
    except ValueError as error:
        print(f"{label:10} ValueError:", first_line(error)[:70])

# %% [markdown]
# A wrong key among the inputs is refused by name. One that is too many is ignored:

# %%
for label, keys in [("missing", ["img_input"]), ("one more", ["img_input", "ts_input", "other"])]:
    given = {**inputs, "other": image}
    try:
        by_dataset.evaluate({key: given[key] for key in keys}, targets, verbose=0)
        print(f"{label:9} runs")
    except ValueError as error:
        print(f"{label:9} ValueError:", first_line(error))

# %% [markdown]
# ### Targets among the inputs
#
# A model may take its targets as an input and add the loss itself. Then everything goes in as one dictionary, without `y`, and `compile` needs no loss. Chapter 5 is about such *endpoint* layers; here is how they are fed.


# %%
class Endpoint(layers.Layer):
    """Adds the squared error to the model's losses if there are targets."""

    def call(self, y_pred, targets):
        self.add_loss(ops.mean(ops.square(targets - y_pred)))
        return y_pred


feature, target = keras.Input((1,), name="feature"), keras.Input((1,), name="target")
endpoint = keras.Model([feature, target], Endpoint()(layers.Dense(1)(feature), target))
endpoint.compile("sgd")
logs = endpoint.fit({"feature": ids / 10, "target": ids / 5}, epochs=20, verbose=0).history
print("the loss fell:", logs["loss"][-1] < logs["loss"][0])
assert logs["loss"][-1] < logs["loss"][0]

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
# | `ImageDataGenerator` | `AttributeError` | `image_dataset_from_directory` and augmentation layers |
# | `fit([[1.0], [2.0]], [1, 2])`, Python lists | `ValueError` | `np.array(…)` |
# | `compile(sample_weight_mode="temporal")` | `TypeError` | weights of shape `(samples, steps)`, nothing else |
# | `dataset.make_one_shot_iterator()` | `AttributeError` | `for batch in dataset` |
# | `dataset.output_shapes`, `output_types` | `AttributeError` | `dataset.element_spec` |
# | `from_generator(g, output_types=…)` | works, deprecated | `output_signature=` |
# | `tf.data.experimental.AUTOTUNE` | works, old address | `tf.data.AUTOTUNE` |
# | `keras.preprocessing.sequence.pad_sequences` | works, old address | `keras.utils.pad_sequences` |
#
# Each line, tried:

# %%
attempts = {
    "fit_generator": lambda: tiny.fit_generator(endless()),
    "workers": lambda: tiny.fit(ids, ids, workers=4),
    "Sequence": lambda: keras.utils.Sequence is keras.utils.PyDataset,
    "ImageDataGenerator": lambda: keras.preprocessing.image.ImageDataGenerator(),
    "lists": lambda: tiny.fit([[1.0], [2.0]], [1, 2], verbose=0),
    "sample_weight_mode": lambda: tiny.compile("sgd", "mse", sample_weight_mode="temporal"),
    "one_shot_iterator": lambda: five.make_one_shot_iterator(),
    "output_shapes": lambda: five.output_shapes,
    "output_types": lambda: len(
        list(tf.data.Dataset.from_generator(lambda: iter([1, 2]), output_types=tf.int32))
    ),
    "AUTOTUNE": lambda: tf.data.experimental.AUTOTUNE == tf.data.AUTOTUNE,
    "pad_sequences": lambda: keras.preprocessing.sequence.pad_sequences([[1]]).shape,
}
for label, attempt in attempts.items():
    try:
        print(f"{label:19} runs: {attempt()}")
    except (ValueError, TypeError, AttributeError) as error:
        print(f"{label:19} {type(error).__name__}: {first_line(error)[:66]}")

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
# **2.** In the timeline, reading takes 40 ms and training 20 ms. How many reading threads are worth having? And if training took 5 ms?
#
# <details><summary>Answer</summary>
#
# Two: then reading delivers a batch every 20 ms, as fast as training takes them. With 5 ms it would be eight. Change `STEP` and try; `AUTOTUNE` finds the number at run time.
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
# | a pipeline | `from_tensor_slices((x, y)).cache().shuffle(n).batch(32).map(f, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)`, and `fit(dataset, shuffle=False)` |
# | epochs of a fixed length | `.repeat()` and `steps_per_epoch` |
# | batches from Python code | a `keras.utils.PyDataset` with `workers` |
# | a generator | endless with `steps_per_epoch`, or `from_generator` with its function |
# | rare classes to count more | `class_weight={class: n / (k * count)}` |
# | samples to count more, less or not | `sample_weight`, or the third element of the dataset |
# | the mean over what counts | `reduction="mean_with_sample_weight"` |
# | several inputs and outputs | dictionaries by name, also in a dataset |
# | to know what is slow | time the data alone, the model on a cached batch, and both |
#
# **Read on** in the official documentation: [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [tf.data: build TensorFlow input pipelines](https://www.tensorflow.org/guide/data), [Better performance with the tf.data API](https://www.tensorflow.org/guide/data_performance),
# [PyDataset](https://keras.io/api/utils/python_utils/).
#
# **Now you:** the assignment [ex07_data](../exercises/ex07_data/ex07_data.ipynb), {{ ex07_data.tasks }}. Next chapter: [callbacks and schedules](08_callbacks.ipynb).
