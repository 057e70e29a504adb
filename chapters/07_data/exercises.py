# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 7 · Feeding data
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 7](../../notebooks/07_data.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace the line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.
#
# In all tasks the arguments are NumPy arrays unless a task says otherwise, and they are left as they are: you may
# read the caller's arrays, not change them.

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
# ## `holdout_split`
#
# Write `holdout_split(x, y, fraction)`, which returns `((x_train, y_train), (x_val, y_val))`, split exactly as
# `fit(x, y, validation_split=fraction)` splits:
#
# - nothing is shuffled: the first part is for training, the last part is held out, each in its order;
# - of *n* samples, `floor(n * (1.0 - fraction))` are for training, calculated with Python floats just like that;
#   all others are held out;
# - a `fraction` that is not between 0 and 1 (0 and 1 themselves are not) raises a `ValueError`.
#
# `x` and `y` are arrays with the same number of samples. Each may have any number of axes; the first one counts the
# samples. The pairs may be tuples or lists.
#
# **Example.** Of 10 samples and `fraction=0.25`, 7 are for training (7.5 rounded down) and the last 3 are held out.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Where does the second part begin? One number is enough to cut both arrays.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Calculate how many samples are for training, from the formula above, and slice: `x[:n_train]` and `x[n_train:]`. Check
# `fraction` first.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `int(…)` of a positive number rounds down. The held-out part begins where the other one ends: both slices need the same
# number. And with `0 < fraction < 1` Python compares twice at once.
#
# </details>


# %% task="holdout_split" role="answer" about="what `validation_split` does" minutes=10 difficulty=1
def holdout_split(x, y, fraction):
    """Split as fit(validation_split=fraction) does: ((x_train, y_train), (x_val, y_val)).

    x, y: arrays with the same number of samples; fraction: share held out, between 0 and 1.
    """
    ### BEGIN SOLUTION
    if not 0 < fraction < 1:
        raise ValueError(f"fraction must lie between 0 and 1, it is {fraction}")
    n_train = int(len(x) * (1.0 - fraction))
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])
    ### END SOLUTION


# %% task="holdout_split" role="check" points=1
x = np.arange(20).reshape(10, 2)
y = np.arange(10) * 100
result = holdout_split(x, y, 0.25)
assert result is not None, "holdout_split returned None: is a `return` missing?"
assert len(result) == 2 and all(isinstance(pair, (tuple, list)) for pair in result), (
    f"Return two pairs, ((x_train, y_train), (x_val, y_val)). You returned {len(result)} things."
)
assert np.shape(result[0][1]) != (3, 2), (
    "You returned ((x_train, x_val), (y_train, y_val)). Return ((x_train, y_train), (x_val, y_val))."
)
(x_train, y_train), (x_val, y_val) = [[np.asarray(part) for part in pair] for pair in result]
assert len(x_train) != 3, (
    "3 of 10 samples train and 7 are held out: `fraction` is the share that is held out, and the "
    "training part comes first in the result."
)
assert len(x_train) != 8, (
    "8 of 10 samples train. 10 * (1.0 - 0.25) is 7.5, and it is the *training* part that is rounded "
    "down, to 7. The remaining 3 are held out."
)
assert len(x_train) == 7 and len(x_val) == 3, (
    f"Of 10 samples {len(x_train)} train and {len(x_val)} are held out; for fraction=0.25 it should "
    "be 7 and 3."
)
assert not np.array_equal(x_val, x[:3]), (
    "The first samples are held out. validation_split takes the last ones."
)
assert np.array_equal(x_train[:, 0] * 50, y_train) and np.array_equal(x_val[:, 0] * 50, y_val), (
    "x and y do not belong together any more: the same rows must go to the same side, in one order."
)
assert np.array_equal(x_train, x[:7]) and np.array_equal(x_val, x[7:]), (
    f"The rows held out are {x_val.tolist()}, they should be the last three, {x[7:].tolist()}: fit "
    "takes the last part as it stands, before any shuffling."
)

# %% task="holdout_split" role="hidden" points=2 tries="many sizes and fractions, counted as fit counts them, fractions that are refused, and whether the arrays are left as they were"
import math


def check_holdout(n, fraction):
    x = np.random.default_rng(n).normal(size=(n, 2, 3))
    y = np.stack([np.arange(n), -np.arange(n)], axis=1)
    if n % 2:
        x, y = y[:, 0].copy(), x
    copies = x.copy(), y.copy()
    try:
        result = holdout_split(x, y, fraction)
        (x_train, y_train), (x_val, y_val) = [
            [np.asarray(part) for part in pair] for pair in result
        ]
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"With x of shape {x.shape}, y of shape {y.shape} and fraction = {fraction}, "
            f"holdout_split ended in {type(error).__name__}, or returned no two pairs. x and y may "
            "have any number of axes: slice along the first one only."
        ) from error
    n_train = math.floor(n * (1.0 - fraction))
    assert len(x_train) == len(y_train) and len(x_val) == len(y_val), (
        f"x was cut into {len(x_train)} and {len(x_val)}, y into {len(y_train)} and {len(y_val)}."
    )
    assert len(x_train) == n_train, (
        f"With n = {n} and fraction = {fraction}, {len(x_train)} samples train. fit takes "
        f"floor(n * (1.0 - fraction)) = floor({n * (1.0 - fraction)!r}) = {n_train}. Calculate it just "
        "like that: other formulas round to another number."
    )
    assert len(x_val) == n - n_train, (
        f"With n = {n} and fraction = {fraction}, {len(x_val)} samples are held out; all that do not "
        f"train should be, {n - n_train}."
    )
    assert np.array_equal(np.concatenate([y_train, y_val]), y), (
        "The samples were reordered: the first ones train, the last ones are held out, in order."
    )
    assert np.allclose(x_train, x[:n_train]) and np.allclose(x_val, x[n_train:]), (
        "x_train and x_val are not the first and the last rows of x, in order."
    )
    assert np.array_equal(x, copies[0]) and np.array_equal(y, copies[1]), (
        "holdout_split changed the caller's arrays."
    )


for n, fraction in [(10, 0.2), (5, 0.25), (7, 0.5), (1000, 0.33), (3, 0.1), (100, 0.9), (50, 0.02)]:
    check_holdout(n, fraction)

x, y = np.zeros((10, 2)), np.zeros(10)
for fraction in [0, 1, 0.0, 1.0, -0.2, 1.5, 20]:
    try:
        holdout_split(x, y, fraction)
    except ValueError:
        continue
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"fraction={fraction} raised {type(error).__name__}, it should be a ValueError."
        ) from error
    raise AssertionError(
        f"fraction={fraction} raised nothing. A fraction that is not between 0 and 1 should raise a "
        "ValueError; 0 and 1 themselves leave one of the two parts empty, so they should as well."
    )

# %% [markdown]
# ## `make_dataset`
#
# Write `make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None)`, which returns a
# `tf.data.Dataset` of batches.
#
# - Its elements are pairs `(x, y)`, or triples `(x, y, sample_weight)` if there is a `sample_weight`, an array `(n,)`.
# - One pass over it gives every sample once. The batches have `batch_size` samples, the last one what is left.
# - Without `shuffle` the samples come in order, in every pass.
# - With `shuffle` all *n* samples are shuffled: any sample can come first, however many there are. Each pass has a new order.
#   The parts of a sample stay together.
# - The same `seed` (an integer from 0 on) gives the same orders: the first pass of one dataset is that of another one with
#   this seed, the second is its second, and so on. Another seed gives other orders. With `seed=None` the orders are any.
#
# **Example.** With 10 samples and `batch_size=4` a pass gives batches of 4, 4 and 2 samples.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `tf.data.Dataset.from_tensor_slices` makes a dataset of samples. What is done to it, and in which order?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Slices of the tuple `(x, y)` or `(x, y, sample_weight)`, then `shuffle`, then `batch`. The buffer of `shuffle` must have room for
# all samples. Ask `sample_weight is None`: an array has no truth value.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Every method returns a new dataset: `dataset = dataset.shuffle(…)`. It takes the number of samples that its buffer holds, and
# `seed`; a new order for each pass is its default. `batch` keeps a short last batch unless you tell it not to.
#
# </details>


# %% task="make_dataset" role="answer" about="batches, shuffled and weighted" minutes=20 difficulty=2
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    """Return a tf.data.Dataset of batches (x, y) or (x, y, sample_weight).

    x, y, sample_weight: arrays with one entry per sample; shuffle: whether each pass has a
    new order of all samples; seed: the same seed gives the same orders.
    """
    ### BEGIN SOLUTION
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    dataset = tf.data.Dataset.from_tensor_slices(arrays)
    if shuffle:
        dataset = dataset.shuffle(len(x), seed=seed, reshuffle_each_iteration=True)
    return dataset.batch(batch_size)
    ### END SOLUTION


# %% task="make_dataset" role="check" points=1
import itertools


def check_make_dataset(n, batch_size, **kwargs):
    """Make a dataset, read one pass, check sizes and parts, return the order of the samples."""
    x = np.stack([np.arange(n), np.arange(n) * 2], axis=1).astype("float32")
    y = np.arange(n) * 10
    try:
        dataset = make_dataset(x, y, batch_size, **kwargs)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"make_dataset raised {type(error).__name__}. (Is an array used as a condition? Write "
            "`if sample_weight is None`.)"
        ) from error
    assert dataset is not None, "make_dataset returned None: is a `return` missing?"
    assert isinstance(dataset, tf.data.Dataset), (
        f"make_dataset returned {type(dataset).__name__}, it should return a tf.data.Dataset."
    )
    expected = 3 if kwargs.get("sample_weight") is not None else 2
    batches = list(itertools.islice(dataset, 2 * n + 2))
    assert batches, "The dataset has no batches at all."
    for batch in batches[:1]:
        assert isinstance(batch, tuple) and len(batch) == expected, (
            f"A batch should be a tuple of {expected} parts, (x, y{', sample_weight' * (expected == 3)}); "
            f"it is a {type(batch).__name__} of {len(batch)}."
        )
        assert np.ndim(batch[0]) == 2, (
            f"x of a batch has the shape {tuple(batch[0].shape)}: the dataset gives single samples. "
            "Is `.batch(batch_size)` missing?"
        )
    sizes = [len(batch[0]) for batch in batches]
    assert sum(sizes) <= n, (
        f"One pass over {n} samples gave {sum(sizes)} and more: it should give each of them once."
    )
    wanted = [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
    assert sizes != wanted[: n // batch_size] or n % batch_size == 0, (
        f"The last, shorter batch is missing: {n} samples with batch_size={batch_size} came as {sizes}."
    )
    assert sizes == wanted, (
        f"The batches have {sizes} samples; with {n} samples and batch_size={batch_size} it should be "
        f"{wanted}. (Shuffle before you batch: otherwise whole batches are shuffled.)"
    )
    order = np.concatenate([np.asarray(batch[0])[:, 0] for batch in batches]).astype(int)
    assert sorted(order) == list(range(n)), "One pass should give every sample exactly once."
    labels = np.concatenate([np.asarray(batch[1]) for batch in batches])
    assert np.array_equal(labels, order * 10), (
        "x and y are not aligned: a sample came with another sample's label."
    )
    if expected == 3:
        weights = np.concatenate([np.asarray(batch[2], dtype="float64") for batch in batches])
        assert np.allclose(weights, kwargs["sample_weight"][order]), (
            "A sample came with another weight than its own. Take the weights through the same "
            "shuffle as x and y."
        )
    return order


assert np.array_equal(check_make_dataset(10, 4), np.arange(10)), (
    "Without `shuffle` the samples should come in order."
)
check_make_dataset(10, 4, sample_weight=np.linspace(0.1, 1, 10))
shuffled = check_make_dataset(40, 8, shuffle=True, seed=1)
assert not np.array_equal(shuffled, np.arange(40)), (
    "With shuffle=True the samples came in their old order."
)

# %% task="make_dataset" role="hidden" points=3 tries="sample weights, batches of several sizes, shuffling over all samples and anew in each pass, seeds, and whether the arrays are left as they were"
import itertools


def read_pass(dataset, n):
    """The parts of one pass as arrays, and the sizes of its batches."""
    batches = list(itertools.islice(dataset, 2 * n + 2))
    assert batches and isinstance(batches[0], tuple) and len(batches[0]) > 1, (
        "The dataset should give batches that are tuples, (x, y) or (x, y, sample_weight)."
    )
    assert not any(isinstance(part, tuple) for part in batches[0]), (
        "A batch is a tuple in a tuple. Make it flat: (x, y) or (x, y, sample_weight)."
    )
    assert all(np.ndim(part) for part in batches[0]), (
        "The dataset gives single samples. Is `.batch(batch_size)` missing?"
    )
    parts = [np.concatenate([np.asarray(part) for part in parts]) for parts in zip(*batches)]
    sizes = [len(batch[0]) for batch in batches]
    assert sum(sizes) <= n, (
        f"One pass over {n} samples gave {sum(sizes)} and more: each comes once."
    )
    return parts, sizes


n = 50
x = np.arange(n).astype("float32").reshape(n, 1, 1) * np.ones((1, 2, 3), dtype="float32")
y = np.stack([np.arange(n), -np.arange(n)], axis=1)
sample_weight = np.arange(n) / 4 + 0.5
copies = x.copy(), y.copy(), sample_weight.copy()


def make(what, **kwargs):
    """A dataset of all 50 samples."""
    try:
        dataset = make_dataset(x, y, 8, **kwargs)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(f"make_dataset {what} raised {type(error).__name__}.") from error
    assert isinstance(dataset, tf.data.Dataset), (
        f"make_dataset returned {type(dataset).__name__}, it should return a tf.data.Dataset."
    )
    return dataset


def read_order(dataset, what, weights=None):
    """The order of the samples in the next pass, which is checked."""
    parts, sizes = read_pass(dataset, n)
    assert sizes == [8] * 6 + [2], (
        f"50 samples with batch_size=8 came as {sizes}: the batches should have 8 samples and the "
        "last one 2, shuffled or not. (Shuffle before you batch.)"
    )
    assert parts[0].shape == (n, 2, 3), f"A batch of x has the shape (8, {parts[0].shape[1:]})."
    order = parts[0][:, 0, 0].astype(int)
    assert sorted(order) == list(range(n)), "One pass should give every sample exactly once."
    assert np.array_equal(parts[0], x[order]), "The rows of x came changed."
    assert np.array_equal(parts[1], y[order]), (
        f"x and y are not aligned {what}: shuffle the samples, not x and y apart."
    )
    assert len(parts) == (2 if weights is None else 3), (
        f"A batch has {len(parts)} parts {what}. It is a triple exactly when there is a "
        "sample_weight, even if all weights are 0."
    )
    if weights is not None:
        assert np.allclose(parts[2].astype("float64"), weights[order]), (
            "The weights are not those of their samples: shuffle them together with x and y."
        )
    return order.tolist()


nothing = np.zeros(n)
for dataset, what, weights in [
    (make("without further arguments"), "without further arguments", None),
    (make("with a seed alone", seed=3), "with a seed alone", None),
    (make("with sample_weight", sample_weight=sample_weight), "with sample_weight", sample_weight),
    (make("with weights of 0", sample_weight=nothing), "with weights of 0", nothing),
]:
    for _ in range(2):
        assert read_order(dataset, what, weights) == list(range(n)), (
            "Without shuffle=True every pass should be in order, also with a seed."
        )
shuffled = "with shuffle=True"
for seed in [None, 0, 5]:
    dataset = make(shuffled, shuffle=True, seed=seed, sample_weight=sample_weight)
    first, second, third = (read_order(dataset, shuffled, sample_weight) for _ in range(3))
    assert first != list(range(n)), f"With shuffle=True and seed={seed} the samples came in order."
    assert first != second and second != third and first != third, (
        f"With shuffle=True and seed={seed} two passes had the same order: each pass should be "
        "shuffled anew. (reshuffle_each_iteration; no cache after the shuffle; not only once in NumPy.)"
    )
for seed in [5, 0]:
    one, other = (make(shuffled, shuffle=True, seed=seed) for _ in range(2))
    for _ in range(2):
        assert read_order(one, shuffled) == read_order(other, shuffled), (
            f"Two datasets with seed={seed}, read in turns, had different orders. Is the seed passed "
            "on to what shuffles? np.random.seed sets a generator that all share. (0 is a seed like "
            "any other: ask `seed is None`, not `if seed`.)"
        )
one, other = make(shuffled, shuffle=True, seed=5), make(shuffled, shuffle=True, seed=6)
assert read_order(one, shuffled) != read_order(other, shuffled), (
    "seed=5 and seed=6 gave the same orders: use the seed that you are given."
)

many = 25_000
ids = np.arange(many).astype("float32")
batches = itertools.islice(make_dataset(ids, ids, 10, shuffle=True, seed=1), 20)
first = np.sort(np.concatenate([np.asarray(batch[0]) for batch in batches])).astype(int)
assert first[-1] > 0.88 * many, (
    f"With {many:,} samples in order, the first 200 after shuffling all came from the first "
    f"{first[-1] + 1:,}: the buffer is too small. A full shuffle needs room for all samples."
)
assert first[0] < 0.12 * many and np.any(np.diff(first) > 1), (
    "The first 200 of many shuffled samples are neighbours: shuffle samples, not batches."
)

parts, sizes = read_pass(make_dataset(x, y, 64), n)
assert sizes == [50], (
    f"50 samples with batch_size=64 came as {sizes}, it should be one batch of 50."
)
parts, sizes = read_pass(make_dataset(x, y, 25, shuffle=True), n)
assert sizes == [25, 25], f"50 samples with batch_size=25 came as {sizes}, it should be [25, 25]."
for array, copy in zip([x, y, sample_weight], copies):
    assert np.array_equal(array, copy), "make_dataset changed the caller's arrays."

# %% [markdown]
# ## `balanced_class_weight`
#
# In a data set of 90 cats and 10 dogs a model that always says *cat* is right nine times of ten. Weights that grow with the
# rarity of a class make both count alike. Write `balanced_class_weight(y)` for an array `(n,)` of integer labels from 0 on, which
# returns the dictionary for the argument `class_weight` of `fit`:
#
# $$\text{weight of a class} = \frac{n}{k \cdot \text{count of the class}}$$
#
# with *n* labels and *k* classes that are present. The labels may have gaps: a class that does not occur in `y` is neither counted in
# *k* nor in the dictionary. Keys are plain Python `int`, values plain Python `float`, not NumPy numbers.
#
# **Example.** `balanced_class_weight(np.array([0, 0, 0, 5]))` is `{0: 0.6666…, 5: 2.0}`: 4 / (2 · 3) and 4 / (2 · 1).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which NumPy function finds the different values of an array and, on request, counts them?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `np.unique(y, return_counts=True)` returns the classes and the counts. Go through both with `zip`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# In a dictionary comprehension over `zip(classes, counts)`, *n* is `len(y)` and *k* is `len(classes)`, not the largest label. What NumPy
# calculates, `int(…)` and `float(…)` make plain.
#
# </details>


# %% task="balanced_class_weight" role="answer" about="rare classes count more" minutes=10 difficulty=1
def balanced_class_weight(y):
    """Return {class: n / (k * count)} for the k classes present, for fit's class_weight.

    y: integer labels, shape (n,). Keys are plain ints, values plain floats.
    """
    ### BEGIN SOLUTION
    classes, counts = np.unique(y, return_counts=True)
    return {int(c): float(len(y) / (len(classes) * count)) for c, count in zip(classes, counts)}
    ### END SOLUTION


# %% task="balanced_class_weight" role="check" points=1
result = balanced_class_weight(np.array([0, 0, 0, 1]))
assert result is not None, "balanced_class_weight returned None: is a `return` missing?"
assert isinstance(result, dict), (
    f"It should return a dictionary, it returned {type(result).__name__}."
)
assert set(result) == {0, 1}, f"The keys should be the classes 0 and 1, they are {list(result)}."
weights = [float(result[0]), float(result[1])]
for mistake, words in [
    ([0.75, 0.25], "These are the shares of the classes: the frequent class would count more."),
    ([3, 1], "These are the counts of the classes: the frequent class would count more."),
    ([1 / 3, 1], "The number of labels n is missing: divide n, not 1, and by k as well."),
    ([4 / 3, 4], "The number of classes k is missing in the denominator."),
]:
    assert not np.allclose(weights, mistake), f"{words} For [0, 0, 0, 1] you gave {result}."
assert np.allclose(weights, [2 / 3, 2]), (
    f"For the labels [0, 0, 0, 1] you gave {result}, it should be {{0: 4 / (2 * 3), 1: 4 / (2 * 1)}}."
)

# %% task="balanced_class_weight" role="hidden" points=1 tries="classes that do not start at 0 or do not occur, plain numbers in the result, and whether the labels are left as they were"
generator = np.random.default_rng(0)
for y in [
    np.array([0, 0, 0, 5]),
    np.array([7, 2, 2, 7, 2, 9, 2], dtype="uint8"),
    np.array([3, 3, 3], dtype="int64"),
    np.array([1, 0, 1, 0]),
    generator.integers(0, 10, size=3000).astype("uint8"),
    np.repeat([4, 1], [900, 100]),
]:
    copy = y.copy()
    try:
        result = balanced_class_weight(y)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"For the classes {np.unique(y)} of {len(y)} labels it raised {type(error).__name__}. "
            "Classes may have any numbers, with gaps between them."
        ) from error
    assert isinstance(result, dict), (
        f"It should return a dictionary, it returned {type(result).__name__}."
    )
    present = sorted(set(y.tolist()))
    assert set(result) == set(present), (
        f"The keys are {sorted(result)}; the classes that occur are {present}. A class that does not "
        "occur has no weight."
    )
    for c in present:
        expected = len(y) / (len(present) * int((y == c).sum()))
        assert np.isclose(result[c], expected, rtol=1e-4), (
            f"Class {c}, {(y == c).sum()} of {len(y)} labels in {len(present)} classes, has the weight "
            f"{result[c]}, it should be {expected}. k is the number of classes that occur, whatever "
            "their numbers are."
        )
    assert all(type(key) is int for key in result), (
        f"A key is of type {type(next(iter(result))).__name__}, it should be a plain int: int(key)."
    )
    assert all(type(value) is float for value in result.values()), (
        f"A value is of type {type(next(iter(result.values()))).__name__}, it should be a plain "
        "float: float(value)."
    )
    assert np.array_equal(y, copy), "balanced_class_weight changed the caller's labels."

# %% [markdown]
# ## `class_sample_weight`
#
# `class_weight` is a short form of `sample_weight`: every sample has the weight of its class. Write
# `class_sample_weight(y, class_weight)`, which writes it out.
#
# - `y`: integer labels `(n,)` from 0 on, of any integer type
# - `class_weight`: a dictionary from class to weight. Weights may be fractions, or 0. It may be empty.
# - The result is a float32 array `(n,)`. A sample whose class is not in the dictionary weighs 1.
#
# So `fit(x, y, sample_weight=class_sample_weight(y, class_weight))` trains as `fit(x, y, class_weight=class_weight)` does.
#
# **Example.** `class_sample_weight(np.array([0, 2, 1, 0]), {0: 0.5, 1: 3.0})` is `[0.5, 1.0, 3.0, 0.5]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Start from the result for an empty dictionary.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# An array of ones in float32. Then, for every class in the dictionary, set the entries where `y` is that class. Or look each
# label up with `get`, which has a default.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `y == c` tells which samples are of class `c`, and can be used as an index of the array of ones. `class_weight.items()` gives the
# classes with their weights.
#
# </details>


# %% task="class_sample_weight" role="answer" about="from class weights to sample weights" minutes=12 difficulty=1
def class_sample_weight(y, class_weight):
    """Return each sample's weight, that of its class, as float32 of shape (n,).

    y: integer labels (n,); class_weight: dict from class to weight. A class that is not in it
    weighs 1.
    """
    ### BEGIN SOLUTION
    weights = np.ones(len(y), dtype="float32")
    for c, weight in class_weight.items():
        weights[y == c] = weight
    return weights
    ### END SOLUTION


# %% task="class_sample_weight" role="check" points=1
y = np.array([0, 2, 1, 0])
try:
    result = class_sample_weight(y, {0: 0.5, 1: 3.0})
except KeyError as error:
    raise AssertionError(
        "A KeyError: class 2 is not in the dictionary. Such a class weighs 1."
    ) from error
assert result is not None, "class_sample_weight returned None: is a `return` missing?"
values = np.asarray(result, dtype="float64")
assert values.shape == (4,), f"For 4 labels the shape is {values.shape}, it should be (4,)."
assert not np.allclose(values, [0, 1, 3, 0]), (
    "The weight 0.5 became 0: an array of integers has no room for fractions. Use float32."
)
assert values[1] != 0, "Class 2 is not in the dictionary and weighs 0; it should weigh 1."
assert values[1] != 2, (
    "Class 2 is not in the dictionary and weighs 2, its label; it should weigh 1."
)
assert np.allclose(values, [0.5, 1, 3, 0.5]), (
    f"For the labels [0, 2, 1, 0] and {{0: 0.5, 1: 3.0}} you gave {values}, it should be "
    "[0.5, 1, 3, 0.5]."
)

# %% task="class_sample_weight" role="hidden" points=2 tries="classes that the dictionary lacks, or that do not occur, dtypes, training with your weights, and whether the arguments are left as they were"
generator = np.random.default_rng(1)
for y, class_weight in [
    (np.array([0, 1, 2, 3, 1]), {0: 1.0, 1: 2.0, 2: 3.0}),
    (np.array([0, 1, 2, 3, 1]), {2: 1.0, 1: 0.0, 0: 2.0}),
    (np.array([3, 3, 1], dtype="uint8"), {3: 0.25}),
    (np.array([0, 1, 1], dtype="int32"), {0: 0.0, 1: 1.5, 8: 4.0}),
    (np.array([5, 0, 9]), {}),
    (np.array([0, 7, 7, 2]), {7: 1000.5}),
    (np.array([1, 0, 1, 0, 0]), {1: 3, 0: 1}),
    (np.array([255, 3, 255], dtype="uint8"), {3: 2.0}),
    (np.array([257, 1, 300]), {1: 2.0, 300: 0.5}),
    (generator.integers(0, 10, size=300).astype("uint8"), {c: 0.1 * c for c in range(0, 10, 2)}),
]:
    copy, dictionary = y.copy(), dict(class_weight)
    shown = f"y = {y[:5].tolist()}{'…' * (len(y) > 5)} and {class_weight}"
    try:
        result = class_sample_weight(y, class_weight)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"For {shown} it raised {type(error).__name__}. A class that is not in the dictionary "
            "weighs 1; the dictionary may be empty or name classes that do not occur."
        ) from error
    expected = [class_weight.get(int(c), 1.0) for c in y]
    dtype = getattr(result, "dtype", None)
    assert isinstance(result, np.ndarray) and dtype == np.float32, (
        f"For {shown} the result is a {type(result).__name__} of {dtype}, it should be a NumPy array "
        "of float32."
    )
    values = result.astype("float64")
    assert values.shape == (len(y),), f"For {len(y)} labels the shape is {values.shape}."
    assert np.allclose(values, expected, rtol=1e-4, atol=1e-5), (
        f"For {shown} the weights are {np.round(values[:5], 3)}, they should be "
        f"{np.round(expected[:5], 3)}. Each is the weight of the sample's class as it stands in the "
        "dictionary (not scaled), 1 if it is not there. Compare with the labels, not with weights "
        "that were filled in already: a weight may look like a label."
    )
    assert np.array_equal(y, copy), "class_sample_weight changed the caller's labels."
    assert class_weight == dictionary, "class_sample_weight changed the caller's dictionary."

x = generator.normal(size=(24, 3)).astype("float32")
y = generator.integers(0, 3, size=24)
model = keras.Sequential([keras.Input((3,)), layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
start = model.get_weights()
trained = []
for kwargs in [
    {"class_weight": {0: 0.2, 2: 2.5}},
    {"sample_weight": class_sample_weight(y, {0: 0.2, 2: 2.5})},
]:
    model.set_weights(start)
    model.train_on_batch(x, y, **kwargs)
    trained.append(model.get_weights())
for by_class, by_sample in zip(*trained):
    assert np.allclose(by_class, by_sample, rtol=1e-4, atol=1e-5), (
        "Training with your sample weights made another model than training with class_weight did."
    )

# %% [markdown]
# ## `ArraySequence`
#
# A `keras.utils.PyDataset` makes batches on demand: Keras asks it for its length and for the batch with a given number. Write
# `ArraySequence(x, y, batch_size, shuffle=False, seed=None, **kwargs)`, a `PyDataset` over two arrays.
#
# - `len(sequence)` is the number of batches, the last, shorter one included.
# - `sequence[i]` is batch number *i*, a tuple `(x_batch, y_batch)`, *i* from 0 on. All batches have `batch_size` samples but the last one, which
#   has what is left. An epoch, that is all batches from 0 to `len(sequence) - 1`, holds every sample once, x and y aligned. Within an
#   epoch the same number gives the same batch.
# - Without `shuffle` the samples are in order, in every epoch.
# - With `shuffle` every epoch has a new order of the *samples*. Draw it in `on_epoch_begin` or in `on_epoch_end`: `fit` calls the one before
#   every epoch and the other one after it. The first epoch may be in order.
# - The same `seed` (an integer from 0 on) gives the same orders, epoch by epoch, also when two sequences are used in turns. Another seed gives
#   other orders.
# - `**kwargs` (`workers`, `use_multiprocessing`, `max_queue_size`) go to the base class.
#
# You will have to add `__len__`, `__getitem__` and one of the two `on_epoch_…` methods; the stub below has the first three methods.
# The caller's arrays stay as they are, during all epochs.
#
# **Example.** With 10 samples and `batch_size=4`, `len(sequence)` is 3, and `sequence[2]` has the last two samples.
#
# <details><summary>Hint 1: a nudge</summary>
#
# To shuffle two arrays alike, and without touching them, shuffle a third one.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Keep `self.order = np.arange(len(x))` and a random generator of your own, made once. Batch *i* is `x[rows]` and `y[rows]`, where `rows` is a
# slice of `order`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The slice begins at `i * self.batch_size`, and may reach beyond the end. The length is a division rounded up, as by `math.ceil`. In
# `on_epoch_end`, if asked for, the generator from `__init__` shuffles `self.order`: `np.random.default_rng(seed)` has a method that does so in place.
#
# </details>


# %% task="ArraySequence" role="answer" about="batches on demand" minutes=35 difficulty=3
class ArraySequence(keras.utils.PyDataset):
    """Batches (x, y) of two arrays, reshuffled between epochs if asked for.

    x, y: arrays with the same number of samples; batch_size: samples in a batch; shuffle:
    whether each epoch has a new order; seed: the same seed gives the same orders; kwargs: for
    PyDataset.
    """

    def __init__(self, x, y, batch_size, shuffle=False, seed=None, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.x, self.y = x, y
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = np.random.default_rng(seed)
        self.order = np.arange(len(x))
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return -(-len(self.x) // self.batch_size)  # division, rounded up
        ### END SOLUTION

    def __getitem__(self, i):
        ### BEGIN SOLUTION
        rows = self.order[i * self.batch_size : (i + 1) * self.batch_size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        if self.shuffle:
            self.generator.shuffle(self.order)
        ### END SOLUTION


# %% task="ArraySequence" role="check" points=2
def check_sequence(n, batch_size, epochs=1, **kwargs):
    """Read some epochs as fit does, check the batches, return the orders of the samples."""
    x = np.stack([np.arange(n), np.arange(n) * 2], axis=1).astype("float32")
    y = np.arange(n) * 10
    try:
        sequence = ArraySequence(x, y, batch_size, **kwargs)
        length = len(sequence)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"ArraySequence{' with shuffle and seed' if kwargs else ''} raised {type(error).__name__}. "
            "(Are __init__ and __len__ there, and does __init__ take all arguments?)"
        ) from error
    wanted = [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
    assert length != n or n == len(wanted), (
        f"len(sequence) is {n}, the number of samples. It should be that of batches, {len(wanted)}."
    )
    assert length == len(wanted), (
        f"len(sequence) is {length}: {n} samples with batch_size={batch_size} make {len(wanted)} "
        f"batches of {wanted} samples."
    )
    orders = []
    for _ in range(epochs):
        try:
            sequence.on_epoch_begin()
        except TypeError as error:
            raise AssertionError("fit calls on_epoch_begin() without arguments.") from error
        batches = [sequence[i] for i in range(length)]
        for batch in batches:
            assert isinstance(batch, tuple) and len(batch) == 2, (
                "sequence[i] should be a tuple (x_batch, y_batch), it is a "
                f"{type(batch).__name__} of {len(batch)}."
            )
        sizes = [np.shape(batch[0])[0] for batch in batches]
        assert sizes == wanted, f"The batches have {sizes} samples, it should be {wanted}."
        order = np.concatenate([np.asarray(batch[0])[:, 0] for batch in batches]).astype(int)
        labels = np.concatenate([np.asarray(batch[1]) for batch in batches])
        assert np.array_equal(labels, order * 10), (
            "x and y are not aligned: a sample came with another sample's label."
        )
        assert sorted(order) == list(range(n)), (
            f"An epoch should hold every sample once; it held {order.tolist()}."
        )
        try:
            sequence.on_epoch_end()
        except TypeError as error:
            raise AssertionError("fit calls on_epoch_end() without arguments.") from error
        orders.append(order.tolist())
        assert np.array_equal(y, np.arange(n) * 10) and np.array_equal(x[:, 0], np.arange(n)), (
            "The caller's arrays were shuffled. Shuffle the numbers of the rows, leave x and y alone."
        )
    return orders


assert check_sequence(10, 4) == [list(range(10))], (
    "Without `shuffle` the samples should be in order."
)
first, second, third = check_sequence(24, 5, epochs=3, shuffle=True, seed=1)
assert not first == second == third == list(range(24)), (
    "With shuffle=True three epochs were in order. Draw a new order in on_epoch_begin or "
    "on_epoch_end; fit calls both, with no arguments."
)
for order in [second, third]:
    assert any(b - a != 1 for a, b in zip(order[:5], order[1:5])), (
        "Only the batches change places: the same samples stay together. Shuffle the samples."
    )
assert first != second and second != third, "With shuffle=True two epochs had the same order."

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
model.compile("sgd", "mse", run_eagerly=True)
model.fit(ArraySequence(np.ones((10, 2)), np.ones(10), 4), epochs=2, verbose=0)
assert int(model.optimizer.iterations) == 6, (
    f"fit with 3 batches and 2 epochs made {int(model.optimizer.iterations)} steps instead of 6."
)

# %% task="ArraySequence" role="hidden" points=2 tries="batch sizes that do not divide the number of samples, a new order in each epoch, seeds, arguments of the base class, and whether the arrays are left as they were"
import warnings

n = 30
x = np.arange(n).astype("float32").reshape(n, 1, 1) * np.ones((1, 2, 3), dtype="float32")
y = np.stack([np.arange(n), -np.arange(n)], axis=1)
copies = x.copy(), y.copy()


def call_hook(hook, name):
    """Call on_epoch_begin or on_epoch_end as fit does."""
    try:
        hook()
    except Exception as error:
        raise AssertionError(
            f"{name}() raised {type(error).__name__}. fit calls it without arguments, and the seed may "
            "be None."
        ) from error


def read_epoch(sequence):
    """The order of the samples in one epoch, as fit reads it."""
    call_hook(sequence.on_epoch_begin, "on_epoch_begin")
    numbers = list(range(len(sequence)))
    batches = {i: sequence[i] for i in reversed(numbers)}  # batches are asked for in any order
    for i in numbers:
        assert isinstance(batches[i], tuple) and len(batches[i]) == 2, (
            f"sequence[{i}] should be a tuple (x_batch, y_batch), it is a {type(batches[i]).__name__}."
        )
        again = sequence[i]
        assert np.array_equal(batches[i][0], again[0]) and np.array_equal(
            batches[i][1], again[1]
        ), (
            f"sequence[{i}] asked for twice in one epoch gave two batches. Draw the order once for "
            "each epoch, not for each batch."
        )
    x_epoch = np.concatenate([np.asarray(batches[i][0]) for i in numbers])
    y_epoch = np.concatenate([np.asarray(batches[i][1]) for i in numbers])
    call_hook(sequence.on_epoch_end, "on_epoch_end")
    order = x_epoch[:, 0, 0].astype(int)
    assert np.array_equal(y_epoch, np.stack([order, -order], axis=1)), (
        "x and y are not aligned: a sample came with another sample's label. Use one order for both."
    )
    assert sorted(order) == list(range(n)), (
        f"An epoch should hold every sample once, it held {order.tolist()}."
    )
    assert x_epoch.shape == x.shape and np.array_equal(x_epoch, copies[0][order]), (
        "The batches of x do not hold the rows of x as they are."
    )
    assert np.array_equal(x, copies[0]) and np.array_equal(y, copies[1]), (
        "The caller's arrays were shuffled. Shuffle the numbers of the rows and leave x and y alone."
    )
    return order.tolist()


def orders(epochs, batch_size=8, **kwargs):
    sequence = ArraySequence(x, y, batch_size, **kwargs)
    return [read_epoch(sequence) for _ in range(epochs)]


for batch_size, sizes in [
    (8, [8, 8, 8, 6]),
    (10, [10, 10, 10]),
    (29, [29, 1]),
    (64, [30]),
    (1, [1] * 30),
]:
    sequence = ArraySequence(x, y, batch_size)
    assert len(sequence) == len(sizes), (
        f"30 samples with batch_size={batch_size} make {len(sizes)} batches, len(sequence) is "
        f"{len(sequence)}."
    )
    found = [np.shape(sequence[i][0])[0] for i in range(len(sequence))]
    assert found == sizes, f"With batch_size={batch_size} the batches are {found}, not {sizes}."

for seed in [None, 3]:
    assert orders(3, seed=seed) == [list(range(n))] * 3, (
        f"Without shuffle=True an epoch was not in order (seed={seed})."
    )
for seed in [None, 0, 4]:
    found = orders(4, shuffle=True, seed=seed)
    for order in found[1:]:
        assert any(b - a != 1 for a, b in zip(order[:8], order[1:8])), (
            "Only the batches change places: the same samples stay together in each epoch. Shuffle "
            "the samples."
        )
    assert all(a != b for i, a in enumerate(found) for b in found[:i]), (
        f"With shuffle=True and seed={seed} two of four epochs had the same order. Make the random "
        "generator once, in __init__, and draw a new order for each epoch: a generator that is made "
        "anew draws the same numbers again."
    )
for seed in [4, 0]:
    one, other = ArraySequence(x, y, 8, True, seed), ArraySequence(x, y, 8, True, seed)
    in_turns = [(read_epoch(one), read_epoch(other)) for _ in range(3)]
    assert all(a == b for a, b in in_turns), (
        f"Two sequences with seed={seed}, used in turns, had different orders. Each needs a random "
        "generator of its own, made from the seed: np.random.seed sets one that all share. (0 is a "
        "seed like any other: `if seed` would skip it.)"
    )
assert orders(3, shuffle=True, seed=4) != orders(3, shuffle=True, seed=5), (
    "seed=4 and seed=5 gave the same orders: use the seed that you are given."
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        sequence = ArraySequence(x, y, 8, workers=3, max_queue_size=4)
    except TypeError as error:
        raise AssertionError(
            "ArraySequence(…, workers=3, max_queue_size=4) raised TypeError. Take **kwargs, and pass "
            "them on: super().__init__(**kwargs)."
        ) from error
    assert sequence.workers == 3 and sequence.max_queue_size == 4, (
        f"Made with workers=3, the sequence has workers={sequence.workers}: call "
        "super().__init__(**kwargs)."
    )

# %% [markdown]
# ## `multi_io_dataset`
#
# A model has the inputs `img_input` and `ts_input` and the outputs `score_output` and `class_output`. Write
# `multi_io_dataset(image, series, score, label, batch_size)`, which returns a `tf.data.Dataset` that `fit` takes for it.
#
# - Each batch is a pair of dictionaries: `{"img_input": …, "ts_input": …}` with the rows of `image` and `series`, and
#   `{"score_output": …, "class_output": …}` with those of `score` and `label`.
# - The samples come in order, the batches have `batch_size` samples, the last one what is left.
# - If the four arrays do not have the same length, it raises a `ValueError` at once (not when the dataset is read). Its message tells
#   arguments that differ and their lengths, for example `image: 100, series: 99, score: 100, label: 100`.
#
# **Example.** With 10 samples and `batch_size=4` there are batches of 4, 4 and 2 samples.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `tf.data.Dataset.from_tensor_slices` takes dictionaries, also a tuple of two.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Compare the lengths before anything else: `set` of the four lengths has more than one element if they differ. `zip` would
# stop at the shortest and say nothing.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# A dictionary from the names of the arguments to their lengths serves twice: its `values()` are compared, and the whole of it fits into
# the message by an f-string. What is sliced is one tuple of two dictionaries.
#
# </details>


# %% task="multi_io_dataset" role="answer" about="several inputs and outputs" minutes=20 difficulty=2
def multi_io_dataset(image, series, score, label, batch_size):
    """Return a tf.data.Dataset of batches ({inputs by name}, {targets by name}), in order.

    image, series: the inputs img_input and ts_input; score, label: the targets of score_output
    and class_output. Raises ValueError if their lengths differ.
    """
    ### BEGIN SOLUTION
    arrays = {"image": image, "series": series, "score": score, "label": label}
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise ValueError(f"The arrays must have the same length. {told}")
    inputs = {"img_input": image, "ts_input": series}
    targets = {"score_output": score, "class_output": label}
    return tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(batch_size)
    ### END SOLUTION


# %% task="multi_io_dataset" role="check" points=1
import itertools

generator = np.random.default_rng(0)
image = generator.normal(size=(10, 6, 6, 3)).astype("float32")
series = generator.normal(size=(10, 5, 2)).astype("float32")
score = generator.normal(size=(10, 1)).astype("float32")
label = generator.integers(0, 4, size=10)

dataset = multi_io_dataset(image, series, score, label, 4)
assert dataset is not None, "multi_io_dataset returned None: is a `return` missing?"
assert isinstance(dataset, tf.data.Dataset), (
    f"It should return a tf.data.Dataset, it returned {type(dataset).__name__}."
)
batches = list(itertools.islice(dataset, 12))
assert isinstance(batches[0], tuple) and len(batches[0]) == 2, (
    f"A batch should be a pair (inputs, targets), it is a {type(batches[0]).__name__} of "
    f"{len(batches[0])}."
)
for part, names in zip(batches[0], [{"img_input", "ts_input"}, {"score_output", "class_output"}]):
    assert isinstance(part, dict), (
        f"The two parts of a batch should be dictionaries, one is a {type(part).__name__}."
    )
    assert set(part) == names, (
        "The keys of the first dictionary should be img_input and ts_input, those of the second "
        "score_output and class_output; the names of the arguments are others."
    )
assert batches[0][0]["img_input"].shape != (6, 6, 3), (
    "The dataset gives single samples. Is `.batch(batch_size)` missing?"
)
sizes = [len(batch[0]["img_input"]) for batch in batches]
assert sizes == [4, 4, 2], f"10 samples with batch_size=4 came as {sizes}, it should be [4, 4, 2]."
for side, name, array, argument in [
    (0, "img_input", image, "image"),
    (0, "ts_input", series, "series"),
    (1, "score_output", score, "score"),
    (1, "class_output", label, "label"),
]:
    rows = np.concatenate([np.asarray(batch[side][name]) for batch in batches])
    assert rows.shape == array.shape and np.allclose(rows, array), (
        f"{name} should hold the rows of `{argument}`, in order and in the same shape."
    )

# %% task="multi_io_dataset" role="hidden" points=3 tries="other batch sizes, each array too short or too long, the words of the error, several passes, and fit"
import itertools
import re
import warnings

generator = np.random.default_rng(8)
n = 23
arrays = {
    "image": generator.normal(size=(n, 4, 4, 1)).astype("float32"),
    "series": generator.normal(size=(n, 7, 2)).astype("float32"),
    "score": generator.normal(size=(n,)).astype("float32"),
    "label": np.eye(3, dtype="float32")[generator.integers(0, 3, size=n)],
}
copies = {name: array.copy() for name, array in arrays.items()}
places = {
    "image": (0, "img_input"),
    "series": (0, "ts_input"),
    "score": (1, "score_output"),
    "label": (1, "class_output"),
}
for batch_size, wanted in [(5, [5, 5, 5, 5, 3]), (23, [23]), (40, [23]), (1, [1] * 23)]:
    dataset = multi_io_dataset(*arrays.values(), batch_size)
    assert isinstance(dataset, tf.data.Dataset), (
        f"It should return a tf.data.Dataset, it returned {type(dataset).__name__}."
    )
    for _ in range(2):
        batches = list(itertools.islice(dataset, 2 * n + 2))
        for batch in batches:
            assert isinstance(batch, tuple) and [
                isinstance(part, dict) and sorted(part) for part in batch
            ] == [["img_input", "ts_input"], ["class_output", "score_output"]], (
                "A batch should be a pair of dictionaries with the names of the inputs and outputs."
            )
        sizes = [len(batch[0]["img_input"]) for batch in batches]
        assert sizes[:30] == wanted[:30], (
            f"23 samples with batch_size={batch_size} came as {sizes[:30]}, it should be {wanted}, in "
            "every pass: each sample once, the last short batch kept."
        )
        for name, (side, key) in places.items():
            rows = np.concatenate([np.asarray(batch[side][key]) for batch in batches])
            assert rows.shape == arrays[name].shape, (
                f"{key} has rows of shape {rows.shape[1:]}, those of `{name}` are "
                f"{arrays[name].shape[1:]}."
            )
            assert np.allclose(rows, arrays[name]), (
                f"{key} should hold the rows of `{name}` in order."
            )

for names in [*itertools.combinations(arrays, 1), *itertools.combinations(arrays, 2)]:
    for length in [17, 31]:
        changed = dict(arrays)
        for name in names:
            changed[name] = np.resize(arrays[name], (length, *arrays[name].shape[1:]))
        told = f"With `{'` and `'.join(names)}` of length {length} and the others of length 23"
        try:
            multi_io_dataset(**changed, batch_size=5)
        except ValueError as error:
            message = str(error)
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{told} it raised {type(error).__name__}. It should be a ValueError of your own, with "
                "the arguments and their lengths."
            ) from error
        else:
            raise AssertionError(
                f"{told} it raised nothing: compare all four lengths with each other (zip stops at the "
                "shortest)."
            )
        assert str(length) in message and "23" in message, (
            f"{told} the message of the ValueError should tell the lengths, {length} and 23."
        )
        named = {name for name in arrays if re.search(f"(?<![A-Za-z]){name}", message)}
        assert len(named) > 1 and named & set(names), (
            f"{told} the message of the ValueError should name arguments beside their lengths, as they "
            "are called in multi_io_dataset(image, series, score, label, …). (TensorFlow's own error "
            "does not: compare all four lengths with each other first.)"
        )
for name, copy in copies.items():
    assert np.array_equal(arrays[name], copy), f"multi_io_dataset changed the caller's `{name}`."

inputs = [
    keras.Input((4, 4, 1), name="img_input"),
    keras.Input((7, 2), name="ts_input"),
]
joined = layers.Concatenate()([layers.Flatten()(tensor) for tensor in inputs])
outputs = {
    "score_output": layers.Dense(1, name="score_output")(joined),
    "class_output": layers.Dense(3, activation="softmax", name="class_output")(joined),
}
model = keras.Model(inputs, outputs)
model.compile(
    "sgd", {"score_output": "mse", "class_output": "categorical_crossentropy"}, run_eagerly=True
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a dataset of unknown length is allowed
    try:
        model.fit(multi_io_dataset(**arrays, batch_size=12), epochs=1, shuffle=False, verbose=0)
    except Exception as error:
        raise AssertionError(
            f"fit with your dataset raised {type(error).__name__}. Do the names and shapes fit the "
            "model's inputs and outputs?"
        ) from error
