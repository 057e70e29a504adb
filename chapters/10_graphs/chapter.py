# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 10 · tf.function
#
# After this chapter you can turn your own loops into TensorFlow graphs, say when a graph is made anew, measure what it gains, and tell
# where it gains nothing.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 9](09_loops.ipynb) (`GradientTape`, a training step, an evaluation loop) |
# | **Running time** | about 45 s on two CPU cores |
# | **Assignment** | {{ ex10_graphs }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of data, weights and shuffling
ROUNDS = 7  # int: how often each variant is timed, at least 5
BATCHES = 20  # int: batches of 16 images in one timed pass of a loop, 10 to 100

# %%
import re
import tempfile
import time
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes
tf.get_logger().setLevel("ERROR")  # this chapter retraces on purpose: no remarks on that


def first_line(error):
    """Return the line of an error's message that says what is wrong."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"\w+Error: ", line)]
    return (named or [f"{type(error).__name__}: {lines[0]}"])[0][:110]


# %% [markdown]
# ## Two ways to run the same code
#
# So far TensorFlow has worked **eagerly**: Python comes to a line, TensorFlow computes it, Python goes to the next line. Between any two
# operations there is Python. `tf.function` does it in two stages. It first runs the Python code once, with stand-ins for the tensors,
# and notes which operations are asked for. That is a **trace**, and the notes are a **graph**. From then on it runs the graph,
# without Python.


# %%
def score(x, w):
    return tf.reduce_sum(tf.nn.relu(x @ w))


score_graph = tf.function(score)

x = tf.constant([[1.0, -2.0, 3.0], [0.5, 0.5, -1.0]])
w = tf.constant([[1.0], [0.5], [0.25]])
print("eager:", score(x, w).numpy(), "| graph:", score_graph(x, w).numpy())
assert score(x, w) == score_graph(x, w)

# %% [markdown]
# The decorator `@tf.function` above a `def` does the same as the call. The result can be called like the function it
# was made of. The graph can be looked at: it is a list of operations, and no Python is left in it.

# %%
concrete = score_graph.get_concrete_function(x, w)
print([operation.type for operation in concrete.graph.get_operations()])
assert "MatMul" in [operation.type for operation in concrete.graph.get_operations()]

# %% [markdown]
# Gradients pass through it as through any operation, whether the tape is outside or inside.


# %%
@tf.function
def slope_inside(x, w):
    with tf.GradientTape() as tape:
        tape.watch(w)
        result = score(x, w)
    return tape.gradient(result, w)


with tf.GradientTape() as tape:
    tape.watch(w)
    result = score_graph(x, w)
slope = tape.gradient(result, w)
print("slope:", slope.numpy().ravel())
np.testing.assert_allclose(slope, slope_inside(x, w))

# %% [markdown]
# ## Tracing, made visible
#
# Plain Python runs while tracing and at no other time. So a `print` in the function tells when it is traced.


# %%
@tf.function
def double(x):
    print("  tracing for", x)
    return x + x


for value in [tf.constant(1.0), tf.constant(2.0), tf.constant([1.0, 2.0]), tf.constant(3)]:
    print("call with", value.numpy())
    double(value)
print("traces:", double.experimental_get_tracing_count())
assert double.experimental_get_tracing_count() == 3

# %% [markdown]
# The second call was served by the graph of the first. A new **shape** and a new **dtype** each took a new trace: a graph is made
# for one kind of argument. All graphs stay in store, and a call looks for the one that fits.
#
# | argument | what a graph is made for |
# |---|---|
# | tensor, NumPy array | its dtype and shape; the values are free |
# | Python number, string, `None` | this very value |
# | list, tuple, dict | its structure, and each entry by these rules |
# | any other object, a model for instance | this very object |
#
# ### Python values are part of the graph
#
# A Python number is no input of the graph. It is built into it, as a constant. Another number, another graph.


# %%
@tf.function
def scale(x, factor):
    return x * factor


def traces_of(function, calls):
    """How many new graphs the calls took."""
    before = function.experimental_get_tracing_count()
    for arguments in calls:
        function(*arguments)
    return function.experimental_get_tracing_count() - before


one = tf.constant(1.0)
python_numbers = traces_of(scale, [(one, 0.1 * i) for i in range(10)])
tensors = traces_of(scale, [(one, tf.constant(0.1 * i)) for i in range(10)])
print("10 Python numbers:", python_numbers, "traces | 10 scalar tensors:", tensors, "trace")
assert (python_numbers, tensors) == (10, 1)

# %% [markdown]
# > **Pitfall: the step number as a Python number.** `train_step(x, y, step)` with `step` from `range` is traced at each step: it is slower than
# > no graph at all, and the graphs pile up. Pass what changes as a tensor.
#
# How dear is it? Here are the times of 12 calls. Tracing is what costs.


# %% alt="Bar chart of the time of twelve calls on a logarithmic axis. The calls that were traced, with a new Python number, take many times as long as the calls that were not" tags=["nbval-ignore-output"]
@tf.function
def thirty_steps(x, factor):
    for _ in range(30):
        x = x * factor + 1.0
    return x


milliseconds, traced = [], []
for factor in [0.5, 0.5, 0.5, 0.6, 0.6, 0.7, 0.5, 0.6, 0.8, 0.8, 0.9, 0.5]:
    before = thirty_steps.experimental_get_tracing_count()
    start = time.perf_counter()
    thirty_steps(one, factor)
    milliseconds.append(1000 * (time.perf_counter() - start))
    traced.append(thirty_steps.experimental_get_tracing_count() > before)

fig, ax = plt.subplots(figsize=(7, 3))
colors = ["C1" if was_traced else "C0" for was_traced in traced]
ax.bar(range(1, 13), milliseconds, color=colors, hatch=["//" if t else "" for t in traced])
ax.set(yscale="log", xlabel="call", ylabel="time in ms", xticks=range(1, 13))
ax.set_title("Each new Python number (hatched) pays for a trace")
plt.show()
assert sum(traced) == 5

# %% [markdown]
# > **Pitfall: equal is the same.** In Python `1 == 1.0 == True`. To `tf.function` they are the same argument, and the graph that was made first
# > answers for all three.


# %%
@tf.function
def kind(value):
    return "a bool" if isinstance(value, bool) else "a number"


print("1 is", kind(1).numpy().decode(), "| True is", kind(True).numpy().decode())
assert kind(True).numpy() == b"a number" and kind.experimental_get_tracing_count() == 1

# %% [markdown]
# ### One graph for many shapes
#
# The last batch of an epoch is shorter. That is a second shape, hence a second trace; with texts of every length it is one trace after
# the other. Two arguments of `tf.function` help.
#
# - `input_signature` says beforehand what will come. `None` in a shape stands for any size. There is one graph, made once.
# - `reduce_retracing=True` lets TensorFlow find out: at the second shape it makes a graph for any size.


# %%
def count_over_lengths(**arguments):
    """Traces so far after each of 12 calls, each with another length."""

    @tf.function(**arguments)
    def total(x):
        return tf.reduce_sum(x)

    counts = []
    for n in range(1, 13):
        total(tf.ones(n))
        counts.append(total.experimental_get_tracing_count())
    return counts


counts = {
    "tf.function()": count_over_lengths(),
    "reduce_retracing=True": count_over_lengths(reduce_retracing=True),
    "input_signature": count_over_lengths(input_signature=[tf.TensorSpec((None,), tf.float32)]),
}
for label, numbers in counts.items():
    print(f"{label:22} {numbers}")
assert [numbers[-1] for numbers in counts.values()] == [12, 2, 1]

# %% alt="Line chart of the number of traces over twelve calls with tensors of twelve lengths. Without argument it climbs to twelve, with reduce_retracing it stays at two, with input_signature at one"
fig, ax = plt.subplots()
for (label, numbers), style in zip(counts.items(), ["o-", "s--", "^:"]):
    ax.plot(range(1, 13), numbers, style, label=label)
ax.set(xlabel="call, each with another length", ylabel="traces so far")
ax.set_title("An open size ends the retracing")
ax.legend()
plt.show()

# %% [markdown]
# A signature is a promise. What does not keep it is refused, before anything runs:


# %%
@tf.function(input_signature=[tf.TensorSpec((None, 3), tf.float32)])
def row_sums(x):
    return tf.reduce_sum(x, axis=1)


print(row_sums(tf.ones((2, 3))).numpy(), row_sums(tf.ones((4, 3))).numpy())
for wrong in [tf.ones((2, 4)), tf.ones((2, 3), tf.int32)]:
    try:
        row_sums(wrong)
    except TypeError as error:
        print(first_line(error)[:105], "…")
assert row_sums.experimental_get_tracing_count() == 1

# %% [markdown]
# ## AutoGraph: loops and conditions
#
# A condition on a tensor cannot be decided while tracing: the tensor has no value yet. `tf.function` therefore rewrites your code before
# it runs it. An `if`, `while` or `for` over a *tensor* becomes an operation of the graph that contains both branches or the body of
# the loop. This rewriting is called **AutoGraph**. Over Python values they stay Python.


# %%
@tf.function
def halvings(n):
    count = tf.constant(0)
    while n > 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = n - 1
        count += 1
    return count


print([int(halvings(tf.constant(n))) for n in [1, 2, 7, 1000]])
types = [op.type for op in halvings.get_concrete_function(tf.constant(5)).graph.get_operations()]
assert any("While" in name for name in types) and halvings.experimental_get_tracing_count() == 1

# %% [markdown]
# One trace served all four numbers, though the loop was run 0 to 14 times. Switch AutoGraph off to see what it spares you:


# %%
@tf.function(autograph=False)
def without_autograph(n):
    return n if n > 1 else -n


try:
    without_autograph(tf.constant(5))
except TypeError as error:
    print(first_line(error)[:98])

# %% [markdown]
# ### `range` is unrolled, `tf.range` is a loop
#
# A Python loop runs while tracing. Each turn adds its operations to the graph, and the graph grows with the number of turns. A loop over
# `tf.range` is in the graph once.


# %%
def unrolled(x, turns):
    for _ in range(turns):
        x = x * 0.5 + 1.0
    return x


def looped(x, turns):
    for _ in tf.range(turns):
        x = x * 0.5 + 1.0
    return x


def graph_nodes(function, *arguments):
    """Number of nodes of the graph, the bodies of its loops included."""
    graph = tf.function(function).get_concrete_function(*arguments).graph.as_graph_def()
    return len(graph.node) + sum(len(inner.node_def) for inner in graph.library.function)


turns = [1, 25, 50, 100, 200]
nodes = {
    "range": [graph_nodes(unrolled, one, count) for count in turns],
    "tf.range": [graph_nodes(looped, one, count) for count in turns],
}
assert nodes["range"][-1] > 10 * nodes["tf.range"][-1] and len(set(nodes["tf.range"])) == 1

# %% alt="Line chart of the nodes of the graph over the number of turns of the loop. With a Python range it grows in a straight line to about 800 nodes, with tf.range it stays constant"
fig, ax = plt.subplots(figsize=(6, 3))
for (label, numbers), style in zip(nodes.items(), ["o-", "s--"]):
    ax.plot(turns, numbers, style, label=f"for … in {label}")
ax.set(
    xlabel="turns of the loop", ylabel="nodes in the graph", title="range copies, tf.range loops"
)
ax.legend()
plt.show()

# %% [markdown]
# Unrolling is right for a few turns, over the layers of a model for instance. For a thousand time steps it is not. The same goes for data: a loop over
# a Python list of batches copies the step for each batch, a loop over a `tf.data.Dataset` is a loop of the graph.


# %%
def sum_of(data):
    total = tf.constant(0.0)
    for value in data:
        if value < 0:
            continue  # break, continue and return work too
        total += value
    return total


for length in [5, 20]:
    numbers = [tf.constant(float(i)) for i in range(length)]
    ready = tf.data.Dataset.from_tensor_slices(numbers)
    in_list, in_dataset = graph_nodes(sum_of, numbers), graph_nodes(sum_of, ready)
    print(f"{length:2} values: {in_list:3} nodes from a list, {in_dataset} from a dataset")
    assert tf.function(sum_of)(numbers) == tf.function(sum_of)(ready) == sum(range(length))
assert in_list > 3 * in_dataset

# %% [markdown]
# > **Pitfall: a loop is stricter in a graph.** Three things that Python allows and a graph loop does not: a variable that exists in one
# > branch only, a variable that changes its dtype, a list that is filled.


# %%
@tf.function
def one_branch(x):
    if x > 0:
        y = x
    return y


@tf.function
def other_dtype(n):
    while n > 1:
        n = n / 2
    return n


@tf.function
def fills_a_list(x):
    rows = []
    for row in x:
        rows.append(2 * row)
    return tf.stack(rows)


for function, argument in [(one_branch, one), (other_dtype, tf.constant(8)), (fills_a_list, x)]:
    try:
        function(argument)
    except Exception as error:
        print(first_line(error))

# %% [markdown]
# The fixes: give `y` a value before the `if`; use `//`, which keeps whole numbers whole; and instead of a list use a `tf.TensorArray`, a list
# that a graph can fill. Its `write` returns the array to go on with. Here is a running maximum over rows, for any number of rows:


# %%
@tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float32)])
def running_maximum(x):
    rows = tf.shape(x)[0]  # x.shape[0] is None while tracing
    best = x[0]
    result = tf.TensorArray(tf.float32, size=rows)
    for i in tf.range(rows):
        best = tf.maximum(best, x[i])
        result = result.write(i, best)
    return result.stack()


series = np.random.default_rng(SEED).normal(size=(6, 2)).astype("float32")
np.testing.assert_array_equal(running_maximum(series), np.maximum.accumulate(series))
np.testing.assert_array_equal(running_maximum(series[:1]), series[:1])
scanned = tf.scan(tf.maximum, tf.constant(series))
np.testing.assert_array_equal(scanned, running_maximum(series))

# %% [markdown]
# The last lines show the shorter way for this pattern: `tf.scan(fn, x)` carries a state from row to row and keeps every state.
#
# ## Side effects happen once
#
# Appending to a list, counting in a Python variable, drawing from NumPy, reading a global: all of it happens while tracing. The
# graph keeps what came out.

# %%
log, offset = [], 1.0


@tf.function
def with_side_effects(x):
    log.append("called")
    return x + offset, np.random.uniform(), tf.random.uniform(())


keras.utils.set_random_seed(SEED)
first = with_side_effects(one)
offset = 100.0
later = [with_side_effects(one) for _ in range(3)]

print("entries in the log after 4 calls:", len(log))
print("x + offset:    ", [float(result[0]) for result in [first, *later]])
print("NumPy's number:", [round(float(result[1]), 3) for result in [first, *later]])
assert len(log) == 1 and len({float(result[0]) for result in [first, *later]}) == 1
assert len({float(result[1]) for result in later}) == 1  # NumPy: drawn once
assert len({float(result[2]) for result in later}) == 3  # tf.random: drawn at each call

# %% [markdown]
# > **Pitfall: NumPy's random numbers in a layer or a training step.** Noise drawn with NumPy is the same noise in every batch. Nothing fails. Use
# > `tf.random`, or `keras.random` with a `SeedGenerator`.
#
# A Python iterator is such a side effect as well: `next` is called while tracing, and the graph keeps that one item.

# %%
items = iter([10.0, 20.0, 30.0])


@tf.function
def with_next(x):
    return x + next(items)


print([float(with_next(one)) for _ in range(3)])
assert with_next(one) == 11.0 and next(items) == 20.0

# %% [markdown]
# What is meant to happen at each run has to be an operation: `tf.print` for a look inside, a `tf.Variable` for what is to be kept or changed.

# %%
offset_variable = tf.Variable(1.0)
runs = tf.Variable(0)
path = folder / "inside.txt"


@tf.function
def with_operations(x):
    runs.assign_add(1)
    tf.print("x is", x, output_stream=f"file://{path}")
    return x + offset_variable


with_operations(one)
offset_variable.assign(100.0)
print("x + offset:", with_operations(one).numpy(), "| runs:", runs.numpy())
print(path.read_text().splitlines())
assert runs == 2 and with_operations.experimental_get_tracing_count() == 1

# %% [markdown]
# `tf.print` writes to the terminal unless told otherwise. Operations with side effects keep the order in which you wrote them. If it has to be Python, an operation
# can call back: `tf.numpy_function(f, inputs, dtype)` runs `f` at each run of the graph. It is slow, has no gradient, and neither XLA nor a saved graph can take
# it along.


# %%
@tf.function
def through_numpy(x):
    return tf.numpy_function(lambda values: np.sort(values)[::-1].copy(), [x], tf.float32)


print(through_numpy(tf.constant([2.0, 3.0, 1.0])).numpy())
with tf.GradientTape() as tape:
    tape.watch(one)
    result = through_numpy(one[None])
assert tape.gradient(result, one) is None

# %% [markdown]
# > **Pitfall: a tensor that gets out.** A tensor of the trace has no value. Put away in a list or an attribute, it is of no use later. What you
# > need outside, return.

# %%
kept = []


@tf.function
def leaks(x):
    kept.append(x * 2)
    return x


leaks(one)
try:
    kept[0] + 1
except Exception as error:
    print(type(error).__name__, "|", str(error).splitlines()[0][:93])

# %% [markdown]
# ## Variables are made once
#
# A graph that made a variable at each run could keep nothing in it. So `tf.function` allows variables to be made during the first call
# only.


# %%
@tf.function
def new_variable(x):
    total = tf.Variable(0.0)
    return total.assign_add(x)


try:
    new_variable(one)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# Make it outside, in `__init__` for instance. Then the graph is bound to this variable: it reads and writes the value of now.
#
# > **Pitfall: replaced instead of assigned.** `self.level = tf.Variable(…)` puts a new variable beside the one that the graph holds.


# %%
class Thermostat(tf.Module):
    def __init__(self):
        super().__init__()
        self.level = tf.Variable(20.0)

    @tf.function
    def warmer(self, degrees):
        return self.level.assign_add(degrees)


thermostat, other = Thermostat(), Thermostat()
print("warmer:        ", thermostat.warmer(one).numpy(), thermostat.warmer(one).numpy())
thermostat.level.assign(10.0)
print(
    "after assign:  ", thermostat.warmer(one).numpy(), "| the other one:", other.warmer(one).numpy()
)
thermostat.level = tf.Variable(0.0)
print("after replacing:", thermostat.warmer(one).numpy(), "and not 1.0")
assert thermostat.warmer(one) == 13.0 and thermostat.level == 0.0

# %% [markdown]
# A graph and its variables need no Python any more, so they can be saved and run without your class, in another program or language:

# %%
other.level.assign(5.0)
tf.saved_model.save(other, folder / "thermostat")
restored = tf.saved_model.load(folder / "thermostat")
print(type(restored).__name__ != "Thermostat", restored.warmer(one).numpy())
assert restored.warmer(one) == 7.0 and other.level == 5.0

# %% [markdown]
# ### A training step makes variables too
#
# Optimizers such as Adam keep two numbers for each weight, in variables that they make at their first update. Inside a `tf.function` this is
# allowed the first time, at the price of a second trace. `optimizer.build` makes them beforehand.


# %%
def make_model():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential(
        [keras.Input((784,)), layers.Dense(64, activation="relu"), layers.Dense(10)]
    )


def make_train_step(model, optimizer, loss_fn):
    def train_step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return train_step


loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
batch = tf.zeros((8, 784)), tf.zeros(8, tf.int32)
for built_before in [False, True]:
    model, optimizer = make_model(), keras.optimizers.Adam()
    if built_before:
        optimizer.build(model.trainable_variables)
    step = tf.function(make_train_step(model, optimizer, loss_fn))
    print("built before:", built_before, "| traces in 3 steps:", traces_of(step, [batch] * 3))
assert traces_of(step, [batch]) == 0

# %% [markdown]
# > **Pitfall: one `tf.function`, two optimizers.** A second optimizer, not built yet, makes its variables too late. Give each its own
# > `tf.function`, or build both.


# %%
@tf.function
def step_with(optimizer, x, y):
    return make_train_step(model, optimizer, loss_fn)(x, y)


step_with(keras.optimizers.Adam(), *batch)
try:
    step_with(keras.optimizers.Adam(), *batch)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# ## The same numbers
#
# A graph is a way to run a computation, not another computation. Trained from the same weights on the same batches, the eager step and
# the graph end at the same weights. So do all of these steps compiled by XLA, of which more below.

# %%
(images, labels), _ = keras.datasets.fashion_mnist.load_data()
images = images[:1600].reshape(1600, 784).astype("float32") / 255
labels = labels[:1600].astype("int32")
dataset = tf.data.Dataset.from_tensor_slices((images, labels)).batch(16).take(BATCHES)
batches = list(dataset)  # in memory: reading data is not what is timed
print(len(images) // 16, "batches of shape", batches[0][0].shape, "and", batches[0][1].shape)

# %% tags=["nbval-ignore-output"]
ends = {}
for label, compiler in {
    "eager": lambda step: step,
    "graph": tf.function,
    "XLA": lambda step: tf.function(step, jit_compile=True),
}.items():
    model, optimizer = make_model(), keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    step = compiler(make_train_step(model, optimizer, loss_fn))
    losses = [float(step(x, y)) for x, y in batches[:10]]
    ends[label] = model.get_weights()
    print(f"{label:6} loss of the first and the tenth batch: {losses[0]:.3f} {losses[-1]:.3f}")

for label in ["graph", "XLA"]:
    for eager_weight, weight in zip(ends["eager"], ends[label]):
        np.testing.assert_allclose(weight, eager_weight, rtol=1e-3, atol=1e-4)

# %% [markdown]
# ## What it gains, measured
#
# Times depend on the machine and on what else it does. So: every variant runs once before anything is timed, which pays for
# tracing. Then all variants take turns, `ROUNDS` times. What counts is the *median* of each, divided into the median of the eager variant. The
# dots in the charts are the single rounds.


# %%
def race(variants):
    """Time functions in turns. Returns {label: seconds of each round}."""
    for run in variants.values():
        run()
    seconds = {label: [] for label in variants}
    for _ in range(ROUNDS):
        for label, run in variants.items():
            start = time.perf_counter()
            run()
            seconds[label].append(time.perf_counter() - start)
    return seconds


def speedups(seconds):
    """Median of the first variant divided by the median of each."""
    base = np.median(next(iter(seconds.values())))
    return {label: base / np.median(times) for label, times in seconds.items()}


# %%
def plot_race(seconds, title):
    ratios = {label: speedups(seconds)[label] for label in seconds}
    base = np.median(next(iter(seconds.values())))
    fig, ax = plt.subplots(figsize=(7, 0.9 + 0.5 * len(seconds)))
    for row, (label, times) in enumerate(seconds.items()):
        rounds = base / np.array(times)
        ax.plot(rounds, np.full(len(rounds), row), "o", color="C0", alpha=0.35)
        ax.plot(ratios[label], row, "|", color="C1", markersize=22, markeredgewidth=3)
        told = f"{ratios[label]:.1f}×" if ratios[label] < 10 else f"{ratios[label]:,.0f}×"
        ax.annotate(told, (rounds.max(), row), (10, -4), textcoords="offset points")
    ax.axvline(1, color="gray", linewidth=1)
    ax.set_xscale("log", subs=[])
    ax.xaxis.set_major_formatter("{x:,g}×")
    if max(ratios.values()) < 20:
        ax.set_xticks([0.2, 0.5, 1, 2, 5, 10, 20])
    ax.set_yticks(range(len(seconds)), list(seconds))
    ax.margins(x=0.22, y=0.25)
    ax.invert_yaxis()
    ax.set(xlabel=f"speed, {next(iter(seconds))} = 1 (bar: median, dots: rounds)", title=title)
    plt.show()


# %% [markdown]
# ### The evaluation loop
#
# A small model, many small batches, two metrics. There is little to compute and much Python: this is where a graph gains most.
#
# - *eager*: a Python loop over an eager step;
# - *graph*: the same loop over a `tf.function`;
# - *XLA*: the step with `jit_compile=True`;
# - *whole loop*: the loop over the dataset is in the graph too. It also has to read the data, which the others find ready in a list.

# %%
model = make_model()
mean_loss = keras.metrics.Mean()
accuracy = keras.metrics.SparseCategoricalAccuracy()


def test_step(x, y):
    y_pred = model(x, training=False)
    mean_loss.update_state(loss_fn(y, y_pred))
    accuracy.update_state(y, y_pred)


@tf.function
def whole_loop(dataset):
    for x, y in dataset:
        test_step(x, y)


def loop_over(step, batches=batches):
    def run():
        for x, y in batches:
            step(x, y)

    return run


# %% alt="Dot chart of the speed of an evaluation loop, eager being 1. The graph, XLA and the whole loop in a graph are all several times as fast, each round shown as a dot" tags=["nbval-ignore-output"]
evaluation = race(
    {
        "eager": loop_over(test_step),
        "graph": loop_over(tf.function(test_step)),
        "XLA": loop_over(tf.function(test_step, jit_compile=True)),
        "whole loop": lambda: whole_loop(dataset),
    }
)
plot_race(evaluation, "Evaluation loop: the graph leaves Python out")
assert speedups(evaluation)["graph"] > 2.25

# %% [markdown]
# Older material on this very loop reports 1.80 s before and 0.8 s after the decorator, a ratio of 2.25. The `assert` in the cell says that it is more
# here. And the results are the same:

# %%
results = {}
for label, run in {
    "eager": loop_over(test_step),
    "graph": loop_over(tf.function(test_step)),
    "whole loop": lambda: whole_loop(dataset),
}.items():
    mean_loss.reset_state()
    accuracy.reset_state()
    run()
    results[label] = [float(mean_loss.result()), float(accuracy.result())]
for label in ["graph", "whole loop"]:
    np.testing.assert_allclose(results[label], results["eager"], rtol=1e-4)

# %% [markdown]
# ### The training step
#
# Backpropagation and Adam add many small operations, and eager Python runs between all of them.

# %% alt="Dot chart of the speed of a training step with Adam, eager being 1. The graph and XLA are many times as fast" tags=["nbval-ignore-output"]
variants = {}
for label, compiler in {
    "eager": lambda step: step,
    "graph": tf.function,
    "XLA": lambda step: tf.function(step, jit_compile=True),
}.items():
    model_trained, optimizer = make_model(), keras.optimizers.Adam()
    optimizer.build(model_trained.trainable_variables)
    step = compiler(make_train_step(model_trained, optimizer, loss_fn))
    variants[label] = loop_over(step, batches[:5])
training = race(variants)
plot_race(training, "Training step: a graph pays off at once")
assert speedups(training)["graph"] > 2

# %% [markdown]
# ### A scalar loop
#
# A loop of 300 turns with one small operation in each. In the graph there is no Python between the turns. XLA goes further and
# makes machine code of the loop. And a fourth variant does without TensorFlow:


# %%
def logistic_map(turns):
    value = tf.constant(0.4)
    for _ in tf.range(turns):
        value = 3.7 * value * (1.0 - value)
    return value


def logistic_map_in_python(turns):
    value = 0.4
    for _ in range(turns):
        value = 3.7 * value * (1.0 - value)
    return value


# %% alt="Dot chart on a logarithmic axis of the speed of a scalar loop, eager TensorFlow being 1. The graph is faster, XLA faster still, and plain Python with its own numbers is faster than eager and graph by far" tags=["nbval-ignore-output"]
turns = tf.constant(300)
graph, xla = tf.function(logistic_map), tf.function(logistic_map, jit_compile=True)
scalar = race(
    {
        "eager": lambda: logistic_map(turns),
        "graph": lambda: graph(turns),
        "XLA": lambda: xla(turns),
        "Python floats": lambda: logistic_map_in_python(300),
    }
)
plot_race(scalar, "Scalar loop: what counts is what runs between two operations")
assert speedups(scalar)["graph"] > 2 and speedups(scalar)["Python floats"] > 10

# %% [markdown]
# The lesson of the last row: for single numbers Python's own are faster than any TensorFlow operation that is started alone.
#
# ## `jit_compile`: one program of many operations
#
# A graph starts its operations one by one, and each reads its input from memory and writes its output to memory. With `jit_compile=True` the **XLA** compiler
# makes one program of the whole graph and *fuses* operations: a chain of element-wise steps goes through memory once.


# %%
def chain(x):
    for _ in range(12):
        x = 0.5 * x + 0.1 * x * x - 0.1
    return tf.reduce_sum(x)


million = tf.random.normal((1_000_000,), seed=SEED)
chain_graph, chain_xla = tf.function(chain), tf.function(chain, jit_compile=True)
# %% alt="Dot chart of the speed of a chain of element-wise operations on a million numbers, eager being 1. XLA is the fastest by far, the graph lies between the two" tags=["nbval-ignore-output"]
fused = race(
    {
        "eager": lambda: chain(million).numpy(),
        "graph": lambda: chain_graph(million).numpy(),
        "XLA": lambda: chain_xla(million).numpy(),
    }
)
plot_race(fused, "Element-wise chain: fusing is what gains")
assert speedups(fused)["XLA"] > 1.5
np.testing.assert_allclose(chain_xla(million), chain(million), rtol=1e-2)

# %% [markdown]
# XLA knows fewer operations than TensorFlow, and compiles again for each new shape, even where the trace is shared. What it cannot compile it refuses when
# the function is called:


# %%
@tf.function(jit_compile=True)
def digits(x):
    return tf.strings.length(tf.strings.as_string(x))


try:
    digits(tf.constant(12))
except tf.errors.InvalidArgumentError as error:
    print(first_line(error)[:80], "…")
    assert "AsString" in str(error)

# %% [markdown]
# ## `fit` is compiled already
#
# `fit`, `evaluate` and `predict` run graphs unless you ask for something else. Three arguments of `compile` steer that:
#
# | argument | default | meaning |
# |---|---|---|
# | `run_eagerly` | `False` | `True`: no graph, for debugging |
# | `jit_compile` | `"auto"` | XLA. On a machine with nothing but CPUs `"auto"` means no; with a GPU it means yes, if every layer allows it |
# | `steps_per_execution` | `1` | how many batches one run of the graph takes in |
#
# Count how often the Python code of a loss function runs, in two epochs of eight batches each:

# %%
python_runs = {}
for run_eagerly in [True, False]:
    runs_seen = []

    def counted_loss(y_true, y_pred):
        runs_seen.append(1)
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    regression = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    regression.compile("sgd", counted_loss, run_eagerly=run_eagerly)
    regression.fit(np.ones((80, 2)), np.ones((80, 1)), batch_size=10, epochs=2, verbose=0)
    python_runs[run_eagerly] = len(runs_seen)
print("run_eagerly=True:", python_runs[True], "times")
assert python_runs[True] == 16 and python_runs[False] <= 3

# %% [markdown]
# With `steps_per_execution=k` the loop over *k* batches moves into the graph, as in *whole loop* above. The numbers are the same. The callbacks
# pay: they see every *k*-th batch only.


# %%
class BatchesSeen(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)


def fitted(steps_per_execution):
    """The model after one epoch of 20 batches, and the batches that a callback saw."""
    model, seen = make_model(), BatchesSeen()
    model.compile("sgd", loss_fn, steps_per_execution=steps_per_execution)
    model.fit(images[:320], labels[:320], batch_size=16, verbose=0, callbacks=[seen])
    return model, seen.batches


(model_1, seen_1), (model_5, seen_5) = fitted(1), fitted(5)
print("steps_per_execution=1:", seen_1)
print("steps_per_execution=5:", seen_5)
assert seen_5 == [4, 9, 14, 19]
for weight_1, weight_5 in zip(model_1.get_weights(), model_5.get_weights()):
    np.testing.assert_allclose(weight_1, weight_5, rtol=1e-3, atol=1e-4)

# %% [markdown]
# What is saved is the little Python that `fit` runs per batch: callbacks, fetching data. On small batches that counts, on large ones it is lost in the
# noise.

# %% alt="Dot chart of the speed of fit with steps_per_execution 1, 10 and 50. More steps in one execution are somewhat faster, with rounds that scatter" tags=["nbval-ignore-output"]
variants = {}
for steps, label in [(1, "1 step"), (10, "10 steps"), (50, "50 steps")]:
    model_fit = make_model()
    model_fit.compile("adam", loss_fn, steps_per_execution=steps)
    variants[label] = lambda m=model_fit: m.fit(images, labels, 16, verbose=0)
executions = race(variants)
plot_race(executions, "fit with small batches: several steps in one execution")
assert speedups(executions)["50 steps"] > 0.6

# %% [markdown]
# ## When a graph does not help
#
# A graph saves the Python between operations. To call it costs something too: arguments are checked, the right graph is looked up, and it is started.
#
# - *One tiny operation*: there is no Python between operations to save, and the call of the graph comes on top.
# - *One big operation*: nearly all the time is arithmetic, and that is the same.
#
# The gains above came from Keras layers, losses, metrics and optimizers, which run much Python for many small operations.


# %%
def tiny(x):
    return x + 1.0


def big(x):
    return tf.matmul(x, x)


def repeated(run, argument, repeats):
    def repeat():
        for _ in range(repeats):
            result = run(argument)
        return result.numpy()

    return repeat


# %% tags=["nbval-ignore-output"]
square = tf.random.normal((700, 700), seed=SEED)
gains = {"evaluation loop": evaluation, "training step": training}
for label, function, argument, repeats in [
    ("one big operation", big, square, 2),
    ("one tiny operation", tiny, one, 100),
]:
    gains[label] = race(
        {
            "eager": repeated(function, argument, repeats),
            "graph": repeated(tf.function(function), argument, repeats),
        }
    )
assert speedups(gains["one tiny operation"])["graph"] < 1
assert 0.2 < speedups(gains["one big operation"])["graph"] < 5

# %% alt="Bar chart of the speed of a graph, eager being 1: far above 1 for the Keras evaluation loop and training step, about 1 for one big matrix product, below 1 for one tiny operation" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(7, 3.2))
for column, seconds in enumerate(gains.values()):
    rounds = np.median(seconds["eager"]) / np.array(seconds["graph"])
    ax.bar(column, np.median(rounds) - 1, bottom=1, color="C0" if column < 2 else "C1")
    ax.plot(np.full(len(rounds), column), rounds, "k.", alpha=0.4)
    ax.annotate(
        f"{np.median(rounds):.2g}×", (column + 0.42, np.median(rounds)), va="center", fontsize=11
    )
ax.axhline(1, color="gray")
ax.set_xticks(range(len(gains)), [label.replace(" op", "\nop") for label in gains])
ax.set(
    yscale="log", ylabel="speed of graph, eager = 1", title="A graph saves Python, not arithmetic"
)
ax.set_xlim(-0.6, 3.9)
plt.show()

# %% [markdown]
# And the trace has to be earned back. Here a function is called once: the eager run is done long before the graph is made.


# %% tags=["nbval-ignore-output"]
def once(x):
    for _ in range(50):
        x = x * 0.5 + 1.0
    return x


eager_seconds, graph_seconds = [], []
for _ in range(5):
    fresh = tf.function(once)
    for run, seconds in [(once, eager_seconds), (fresh, graph_seconds)]:
        start = time.perf_counter()
        run(one)
        seconds.append(time.perf_counter() - start)
ratio = np.median(graph_seconds) / np.median(eager_seconds)
print(f"a single call took {ratio:.0f} times as long with tf.function")
assert ratio > 1.5

# %% [markdown]
# > **Pitfall: `tf.function` in a loop.** `tf.function(f)(x)` inside a loop makes a new function with an empty store each time, so each call
# > traces. Make it once, outside.

# %%
traced_for = []


def noted(x):
    traced_for.append(1)
    return x


for _ in range(4):
    tf.function(noted)(one)
print("4 calls,", len(traced_for), "traces")
assert len(traced_for) == 4

# %% [markdown]
# ## Debug eagerly, then compile
#
# In a graph there are no values to look at while the Python code runs: no `.numpy()`, no NumPy function, no debugger that shows a number.


# %%
def normalize(x):
    spread = np.std(x)
    return (x - tf.reduce_mean(x)) / spread


print("eager:", normalize(tf.constant([1.0, 3.0])).numpy())
try:
    tf.function(normalize)(tf.constant([1.0, 3.0]))
except NotImplementedError as error:
    print("graph:", first_line(error)[:80])

# %% [markdown]
# So write and debug eagerly, and decorate when it works. If the decorator is there already, one switch makes every `tf.function` run as plain Python. Do not
# forget to switch back.


# %%
@tf.function
def inspected(x):
    result = tf.sqrt(x)
    if not tf.executing_eagerly():
        return result
    print("  in eager mode there is a value:", result.numpy())
    return result


inspected(tf.constant(9.0))
tf.config.run_functions_eagerly(True)
inspected(tf.constant(9.0))
tf.config.run_functions_eagerly(False)
assert not tf.config.functions_run_eagerly()

# %% [markdown]
# For a Keras model the switch is `compile(..., run_eagerly=True)`. It makes a `print` in your own layer, loss, metric or `train_step` run at every batch. For checks
# that stay in the graph there are `tf.debugging.assert_…` and `tf.debugging.check_numerics`:


# %%
@tf.function
def safe_log(x):
    return tf.debugging.check_numerics(tf.math.log(x), "log of a negative number")


print(safe_log(tf.constant(1.0)).numpy())
try:
    safe_log(tf.constant(-1.0))
except tf.errors.InvalidArgumentError as error:
    print(type(error).__name__, "|", re.search(r"log of .* values", str(error))[0])

# %% [markdown]
# ## What changed
#
# If you arrive with older Keras or TensorFlow material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `tf.Session()`, `tf.placeholder` | `AttributeError` | call the function |
# | `tf.enable_eager_execution()` | `AttributeError` | nothing: eager is the default |
# | `tf.contrib.eager.defun` | `AttributeError` | `tf.function` |
# | `keras.backend.function(inputs, outputs)` | `AttributeError` | `keras.Model(inputs, outputs)` |
# | `experimental_compile=True`, `experimental_relax_shapes=True` | run, deprecated | `jit_compile=True`, `reduce_retracing=True` |
# | `tf.config.experimental_run_functions_eagerly` | runs, deprecated | `tf.config.run_functions_eagerly` |
# | `compile(experimental_steps_per_execution=…)` | `TypeError` | `steps_per_execution=…` |
# | `metric.reset_states()` around the loop | `AttributeError` | `metric.reset_state()` |
# | "the loop took 1.80 s, decorated 0.8 s" | true in kind | measure on your machine, as a ratio |
#
# Each line of code, tried:

# %%
attempts = {
    "Session": lambda: tf.Session(),
    "placeholder": lambda: tf.placeholder(tf.float32),
    "eager execution": lambda: tf.enable_eager_execution(),
    "defun": lambda: tf.contrib.eager.defun(tiny),
    "backend.function": lambda: keras.backend.function([], []),
    "experimental_compile": lambda: tf.function(tiny, experimental_compile=True),
    "relax_shapes": lambda: tf.function(tiny, experimental_relax_shapes=True),
    "run eagerly": lambda: tf.config.experimental_run_functions_eagerly(False),
    "steps": lambda: make_model().compile(experimental_steps_per_execution=5),
    "reset_states": lambda: mean_loss.reset_states(),
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:20} runs")
    except (AttributeError, TypeError) as error:
        print(f"{label:20} {first_line(error)[:75]}")

# %% [markdown]
# ## Try it
#
# **1.** `f = tf.function(lambda x: x)`. How many traces take the calls `f(1)`, `f(2)`, `f(tf.constant(1))`, `f(tf.constant(2))`, `f(np.ones(3))`, `f(np.zeros(3))`? Count first,
# then ask `f.experimental_get_tracing_count()`.
#
# <details><summary>Answer</summary>
#
# Four: one for each of the two Python numbers, one for both int32 scalar tensors, one for both NumPy arrays, which become tensors of shape `(3,)`.
#
# </details>
#
# **2.** Double the width of the hidden layer in `make_model` again and again, up to 4,096, and repeat the race of the evaluation loop. What becomes
# of the ratio, and why?
#
# <details><summary>Answer</summary>
#
# It falls towards 1. The Python between the operations stays the same, the arithmetic grows until Python hardly counts.
#
# </details>
#
# **3.** A training step holds `if step % 100 == 0: print(loss)`. What happens in a `tf.function` if `step` is a Python number, and what if it is a
# `tf.Variable`?
#
# <details><summary>Answer</summary>
#
# Python number: each step is a trace, and the condition is decided while tracing. Variable: one trace, the condition becomes part of the graph, but the `print` runs while tracing, once,
# and shows a tensor without a value. `tf.print` is what you want there.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | a graph | `@tf.function` |
# | to know how often it was traced | `f.experimental_get_tracing_count()` |
# | one trace for all batch sizes | `input_signature=[tf.TensorSpec((None, …))]`, or `reduce_retracing=True` |
# | a value that changes from call to call | a tensor argument |
# | a value that is kept | a `tf.Variable`, made once, changed with `assign` |
# | a loop in the graph | `while` on a tensor, `for` over `tf.range`, a `tf.TensorArray`, `tf.scan` |
# | a training step traced once | `optimizer.build(model.trainable_variables)` first |
# | fused operations | `jit_compile=True` |
# | less Python per batch in `fit` | `compile(..., steps_per_execution=k)` |
# | to see values | `run_eagerly=True`, `tf.config.run_functions_eagerly(True)`, `tf.print` |
#
# **Read on** in the official documentation: [Better performance with tf.function](https://www.tensorflow.org/guide/function),
# [Introduction to graphs and tf.function](https://www.tensorflow.org/guide/intro_to_graphs),
# [Writing a training loop from scratch in TensorFlow](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/).
#
# **Now you:** the assignment [ex10_graphs](../exercises/ex10_graphs/ex10_graphs.ipynb), {{ ex10_graphs.tasks }}. Next chapter:
# [inside `fit`](11_train_step.ipynb), which keeps callbacks and graphs and lets you write the step.
