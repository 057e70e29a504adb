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
# | **Running time** | about 25 s on two CPU cores |
# | **Assignment** | {{ ex10_graphs }} |

# %% tags=["parameters"]
SEED = 0  # int: seed of data, weights and shuffling, 0 to 2,147,483,647
ROUNDS = 7  # int: how often each variant is timed, 5 to 50
BATCHES = 20  # int: batches of 16 images in one timed pass of a loop, 10 to 100

# %%
import re
import tempfile
import time
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import IntSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 2_147_483_647, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 5 <= ROUNDS <= 50, f"ROUNDS is {ROUNDS}: choose 5 to 50."
assert 10 <= BATCHES <= 100, f"BATCHES is {BATCHES}: choose 10 to 100."

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
    return (named or [f"{type(error).__name__}: {lines[0]}"])[0][:98]


# %% [markdown]
# ## Two ways to run the same code
#
# A loop of your own runs **eagerly**: Python comes to a line, TensorFlow computes it, Python goes to the next line. Between any two
# operations there is Python. `tf.function` does it in two stages. It first runs the Python code once, with stand-ins for the tensors,
# and notes which operations are asked for. That is a **trace**, and the notes are a **graph**. From then on it runs the graph,
# without your Python code. (`get_concrete_function` hands out the graph for arguments like these, to look into.)


# %%
def score(x, w):
    return tf.reduce_sum(tf.nn.relu(x @ w))


score_graph = tf.function(score)

x = tf.constant([[1.0, -2.0, 3.0], [0.5, 0.5, -1.0]])
w = tf.constant([[1.0], [0.5], [0.25]])
print("eager:", score(x, w).numpy(), "| graph:", score_graph(x, w).numpy())

operations = score_graph.get_concrete_function(x, w).graph.get_operations()
print([operation.type for operation in operations])
assert score(x, w) == score_graph(x, w)

# %% [markdown]
# The decorator `@tf.function` above a `def` does the same as the call. Gradients pass through a graph as through any operation, whether the tape is outside or
# inside of it.
#
# ## The training step
#
# Take the step of [chapter 9](09_loops.ipynb#The-whole-loop), as a function that can be compiled whole: model, optimizer and metrics are made outside, what
# changes comes in as tensors, and what the loop wants to know goes out, as a **dict of logs**.
#
# - `optimizer.build` makes the optimizer's own variables before the first step ([below](#A-training-step-makes-variables-too) you will see why).
# - `tf.shape(x)[0]` is the number of samples, as a tensor. `len(x)` needs a size that is known while tracing.

# %%
(images, labels), _ = keras.datasets.fashion_mnist.load_data()
images = images[:1600].reshape(1600, 784).astype("float32") / 255
labels = labels[:1600].astype("int32")
dataset = tf.data.Dataset.from_tensor_slices((images, labels)).batch(16).take(BATCHES)
batches = list(dataset)  # in memory: reading data is not what is timed
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def make_model():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential([keras.Input((784,)), layers.Dense(64, "relu"), layers.Dense(10)])


def make_train_step(model, optimizer, build=True):
    """A step on a batch; it returns loss and accuracy over all batches so far."""
    mean_loss, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()
    if build:
        optimizer.build(model.trainable_variables)

    def train_step(x, y):
        with tf.GradientTape() as tape:
            logits = model(x, training=True)
            loss = loss_fn(y, logits) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        mean_loss.update_state(loss, sample_weight=tf.shape(x)[0])
        accuracy.update_state(y, logits)
        return {"loss": mean_loss.result(), "accuracy": accuracy.result()}

    return train_step


# %% [markdown]
# Three ways to run it: eagerly, as a graph, and as a graph compiled by XLA, of which more [below](#jit_compile:-one-program-of-many-operations). The logs are tensors; `float` makes numbers of them. From
# the same weights on the same batches all three give the same numbers, up to rounding.

# %% tags=["nbval-ignore-output"]
compilers = {
    "eager": lambda step: step,
    "graph": tf.function,
    "XLA": lambda step: tf.function(step, jit_compile=True),
}
steps, losses = {}, {}
for label, compiler in compilers.items():
    steps[label] = compiler(make_train_step(make_model(), keras.optimizers.Adam()))
    for x_batch, y_batch in batches[:10]:
        logs = steps[label](x_batch, y_batch)
    losses[label] = float(logs["loss"])
    print(f"{label:6}", {name: f"{float(value):.2f}" for name, value in logs.items()})
np.testing.assert_allclose(list(losses.values()), losses["eager"], rtol=1e-3)

# %% [markdown]
# And how fast? Every variant runs once before anything is timed, which pays for tracing. Then all take turns, `ROUNDS` times. What counts is the *median*,
# divided into that of the eager variant; the dots in the chart are the single rounds.


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


def plot_race(seconds, title):
    base = np.median(next(iter(seconds.values())))
    fig, ax = plt.subplots(figsize=(7, 0.9 + 0.5 * len(seconds)))
    for row, (label, ratio) in enumerate(speedups(seconds).items()):
        rounds = base / np.array(seconds[label])
        ax.plot(rounds, np.full(len(rounds), row), "o", color="C0", alpha=0.35)
        ax.plot(ratio, row, "|", color="C1", markersize=22, markeredgewidth=3)
        ax.annotate(f"{ratio:,.1f}×", (rounds.max(), row), (10, -4), textcoords="offset points")
    ax.set_xscale("log", subs=[])
    ax.xaxis.set_major_formatter("{x:,g}×")
    ax.set_yticks(range(len(seconds)), list(seconds))
    ax.margins(x=0.3, y=0.25)
    ax.invert_yaxis()
    ax.set(xlabel=f"speed, {next(iter(seconds))} = 1 (bar: median, dots: rounds)", title=title)
    plt.show()


def loop_over(step, batches=batches):
    def run():
        for batch in batches:
            step(*batch)

    return run


# %% alt="Dot chart of the speed of a training step with Adam, eager being 1. The graph and XLA are many times as fast" tags=["nbval-ignore-output"]
training = race({label: loop_over(step, batches[:5]) for label, step in steps.items()})
plot_race(training, "Training step: a graph pays off")
assert speedups(training)["graph"] > 2, "The graph should be faster: is the machine very busy?"

# %% [markdown]
# ### The evaluation loop
#
# A small model, many small batches, two metrics: little to compute, and much Python. The fourth variant takes the loop over the dataset into the graph, too. It also
# has to read the data, which the others find ready in a list.

# %%
model = make_model()
mean_loss, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()


def test_step(x, y):
    y_pred = model(x, training=False)
    mean_loss.update_state(loss_fn(y, y_pred))
    accuracy.update_state(y, y_pred)


@tf.function
def whole_loop(dataset):
    for x, y in dataset:
        test_step(x, y)


variants = {label: loop_over(compiler(test_step)) for label, compiler in compilers.items()}
variants["whole loop"] = lambda: whole_loop(dataset)

# %% alt="Dot chart of the speed of an evaluation loop, eager being 1. The graph, XLA and the whole loop in a graph are all several times as fast, each round shown as a dot" tags=["nbval-ignore-output"]
evaluation = race(variants)
plot_race(evaluation, "Evaluation loop: the graph leaves Python out")
assert speedups(evaluation)["graph"] > 2.25, "The graph should be faster: is the machine very busy?"

# %% [markdown]
# Older material on this very loop reports 1.80 s before and 0.8 s after the decorator, a ratio of 2.25. It is more here.
#
# ## Tracing, made visible
#
# Your Python code runs while tracing and at no other time. So a `print` in the function tells when it is traced.


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
# for one kind of argument. All graphs stay in store, and a call looks for one that fits.
#
# | argument | a graph is made for |
# |---|---|
# | tensor, NumPy array or NumPy number | its dtype and shape; the values are free |
# | Python number, string, `None` | its value |
# | list, tuple, dict | its structure, and each entry by these rules |
# | any other object | all objects that are *equal* to it; a model is equal to itself only |
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
# > **Pitfall: the step number as a Python number.** `train_step(x, y, step)` with `step` from `range` is traced at each step, and the graphs pile up. Pass what
# > changes as a tensor.
#
# How dear is that? The lines below are drawn from times measured on this machine. Turn the knob: how rare must a new trace be for a graph to
# be worth its while?

# %% tags=["playground"] alt="Time against number of steps, both logarithmic. The eager line rises evenly; the graph traced once starts high and is overtaken by the eager line after some steps; the graph traced anew at every step stays above both"
start = time.perf_counter()
tf.function(make_train_step(make_model(), keras.optimizers.Adam()))(*batches[0])
first_call = time.perf_counter() - start
eager_step, graph_step = (np.median(training[label]) / 5 for label in ("eager", "graph"))


def draw_costs(steps_per_trace):
    """Draw the time that steps take eagerly, and as a graph that is traced now and then."""
    steps = np.arange(1, 1001)
    traces = np.ceil(steps / steps_per_trace)
    fig, ax = plt.subplots()
    ax.loglog(steps, steps * eager_step, "C0--", label="eager")
    ax.loglog(steps, first_call + steps * graph_step, "k:", label="graph, traced once")
    label = f"graph, traced every {steps_per_trace} step(s)"
    ax.loglog(steps, traces * first_call + (steps - traces) * graph_step, "C1", label=label)
    ax.set(xlabel="steps", ylabel="time in s", title="A trace has to be earned back")
    ax.legend()
    plt.show()


_ = interact(draw_costs, steps_per_trace=IntSlider(1, min=1, max=200))

# %% [markdown]
# > **Pitfall: `tf.function` in a loop.** `tf.function(f)(x)` inside a loop makes a new function with an empty store each time, so each call
# > traces. Make it once, outside.
#
# ### One graph for many shapes
#
# The last batch of an epoch is often shorter. That is a second shape, hence a second trace; with texts of every length it is one trace after
# the other. Two arguments of `tf.function` help.
#
# - `input_signature` says beforehand what will come. `None` in a shape stands for any size. There is one graph, made once, and what does not keep the promise is refused.
# - `reduce_retracing=True` lets TensorFlow find out: at the second shape it makes a graph for any size.


# %%
def count_over_lengths(**arguments):
    """Traces so far after each of 12 calls, each with another length."""
    total = tf.function(tf.reduce_sum, **arguments)
    counts = []
    for n in range(1, 13):
        total(tf.ones(n))
        counts.append(total.experimental_get_tracing_count())
    return counts


signature = [tf.TensorSpec((None,), tf.float32)]
for arguments in [{}, {"reduce_retracing": True}, {"input_signature": signature}]:
    counts = count_over_lengths(**arguments)
    print(f"{next(iter(arguments), 'no argument'):16} {counts}")
assert counts[-1] == 1

try:
    tf.function(tf.reduce_sum, input_signature=signature)(tf.ones((2, 2)))
except TypeError as error:
    print(first_line(error), "…")

# %% [markdown]
# ## AutoGraph: loops and conditions
#
# A condition on a tensor cannot be decided while tracing: the tensor has no value yet. `tf.function` therefore rewrites your code before
# it runs it. An `if`, `while` or `for` over a *tensor* becomes an operation of the graph that contains both branches or the body of
# the loop. This rewriting is called **AutoGraph**. Over Python values they stay Python.


# %%
@tf.function
def even_digits(n):
    count = tf.constant(0)
    while n > 0:
        if n % 2 == 0:
            count += 1
        n = n // 10
    return count


print([int(even_digits(tf.constant(n))) for n in [7, 42, 2468, 123_456_789]])
assert even_digits.experimental_get_tracing_count() == 1

# %% [markdown]
# One trace served all four numbers, though the loop was run one to nine times.
#
# ### `range` is unrolled, `tf.range` is a loop
#
# A Python loop runs while tracing. Each turn adds its operations to the graph, and the graph grows with the number of turns. A loop over
# `tf.range` is in the graph once. Unrolling is right for a few turns, over the layers of a model for instance. For a thousand time steps it is not.


# %%
def decay(x, turns):
    for _ in turns:
        x = x * 0.5 + 1.0
    return x


def graph_nodes(function, *arguments):
    """Number of nodes of the graph, the bodies of its loops included."""
    graph = tf.function(function).get_concrete_function(*arguments).graph.as_graph_def()
    return len(graph.node) + sum(len(inner.node_def) for inner in graph.library.function)


for turns in [1, 10, 100]:
    in_python, in_graph = (graph_nodes(decay, one, r(turns)) for r in (range, tf.range))
    print(f"{turns:3} turns: range {in_python:3} nodes, tf.range {in_graph} nodes")
assert in_python > 10 * in_graph

# %% [markdown]
# > **Pitfall: a loop is stricter in a graph.** A variable that is used later must get a value in both branches of a condition, and keep its dtype in a loop: `n // 2`, not
# > `n / 2` ([below](#What-a-loop-in-a-graph-does-not-allow)). A list that is filled in a loop is of no use.


# %%
@tf.function
def fills_a_list(x):
    rows = []
    for row in x:
        rows.append(2 * row)
    return tf.stack(rows)


try:
    fills_a_list(x)
except Exception as error:
    print(first_line(error), "…")

# %% [markdown]
# Use a `tf.TensorArray`, a list that a graph can fill. Its `write` returns the array to go on with. Here is a running maximum over rows, for any number
# of rows. The last lines show the shorter way: `tf.scan(fn, x)` carries a state from row to row and keeps every state.


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
scanned = tf.scan(tf.maximum, tf.constant(series))
np.testing.assert_array_equal(scanned, running_maximum(series))

# %% [markdown]
# ## Side effects happen once
#
# Appending to a list, counting in a Python variable, drawing from NumPy, reading a global: all of it happens while tracing. The
# graph keeps what came out. What is meant to happen at each run has to be an operation: `tf.random` for random numbers, `tf.print` for a look
# inside, a `tf.Variable` for what is to be kept or changed.

# %%
log, offset, runs, path = [], 1.0, tf.Variable(0), folder / "inside.txt"


@tf.function
def with_side_effects(x):
    log.append("called")
    runs.assign_add(1)
    tf.print("x is", x, output_stream=f"file://{path}")  # without a stream: to the terminal
    return x + offset, np.random.uniform(), tf.random.uniform(())


first = with_side_effects(one)
offset = 100.0
results = [first, *(with_side_effects(one) for _ in range(3))]
print("entries in the list:", len(log), "| the variable:", runs.numpy())
print("lines by tf.print:  ", len(path.read_text().splitlines()))
for name, drawn in zip(["x + offset", "NumPy", "tf.random"], zip(*results)):
    print(f"{name:10} {len({float(number) for number in drawn})} different number(s) in 4 calls")
assert len(log) == 1 and runs == 4 and float(results[-1][0]) == 2.0

# %% [markdown]
# > **Pitfall: NumPy's random numbers in a layer or a training step.** Noise drawn with NumPy is the same noise in every batch. Nothing fails. Use
# > `tf.random`, or `keras.random` with a `SeedGenerator`.
#
# ## Variables are made once
#
# A graph that made a variable at each run could keep nothing in it. So `tf.function` allows variables to be made during the first call
# only. Make them outside, in `__init__` for instance. Then the graph is bound to this very variable: it reads and writes the value of now.


# %%
@tf.function
def new_variable(x):
    total = tf.Variable(0.0)
    return total.assign_add(x)


try:
    new_variable(one)
except ValueError as error:
    print(first_line(error))


class Record(tf.Module):
    """The highest value seen so far."""

    def __init__(self):
        super().__init__()
        self.best = tf.Variable(0.0)

    @tf.function
    def see(self, value):
        return self.best.assign(tf.maximum(self.best, value))


jumps, throws = Record(), Record()
print("jumps: ", [float(jumps.see(tf.constant(v))) for v in [2.0, 5.0, 3.0]])
print("throws:", [float(throws.see(tf.constant(v))) for v in [1.0, 4.0]])
jumps.best.assign(1.0)
print("after assign:   ", float(jumps.see(tf.constant(3.0))))
jumps.best = tf.Variable(100.0)
print("after replacing:", float(jumps.see(tf.constant(3.0))), "and not 100.0")

# %% [markdown]
# > **Pitfall: replaced instead of assigned.** In the last lines, `jumps.best = tf.Variable(…)` put a new variable beside the one that the graph holds.
#
# ### A training step makes variables too
#
# Optimizers such as Adam keep two numbers for each weight, in variables that they make at their first update. Inside a `tf.function` this is
# allowed the first time, at the price of a second trace. `optimizer.build` makes them beforehand.

# %%
for build in [False, True]:
    step = tf.function(make_train_step(make_model(), keras.optimizers.Adam(), build))
    traces = traces_of(step, batches[:3])
    print("built before:", build, "| traces in 3 steps:", traces)
assert traces == 1

# %% [markdown]
# ## A graph is more than a recording
#
# TensorFlow looks at a graph as a whole before it runs it, and does not do everything that you wrote:
#
# - **Pruning**: what nothing depends on is not computed.
# - **Common subexpressions**: what is asked for twice is computed once.
#
# Eagerly, each line is computed when Python comes to it.


# %%
def unused(x):
    for _ in range(20):
        tf.matmul(x, x)  # nobody asks for it
    return tf.reduce_sum(x)


def repeated(x):
    return tf.add_n([tf.matmul(x, x) for _ in range(20)])


# %% tags=["nbval-ignore-output"]
square = tf.random.normal((500, 500), seed=SEED)
for function in [unused, repeated]:
    both = {"eager": function, "graph": tf.function(function)}
    times = race({label: loop_over(run, [[square]]) for label, run in both.items()})
    print(f"{function.__name__}: the graph is {speedups(times)['graph']:.0f} times as fast")
    assert speedups(times)["graph"] > 2, "The graph should be faster: is the machine very busy?"

# %% [markdown]
# > **Pitfall: an error that vanishes.** What is not computed cannot fail. A graph is **not strict**: an operation that nothing depends on does not raise its error. Checks that shall count, such as
# > `tf.debugging.assert_less`, are kept: like `assign` and `tf.print` they have side effects, and those run always, in the order in which you wrote them.


# %%
def careless(x):
    tf.gather(x, [7])  # x has two entries
    return x + 1


def checked(x):
    tf.debugging.assert_less(x, 2.0)
    return x + 1


two = tf.constant([1.0, 2.0])
runs = {"eager": careless, "graph": tf.function(careless), "checked": tf.function(checked)}
for label, run in runs.items():
    try:
        print(f"{label}:", run(two).numpy())
    except tf.errors.InvalidArgumentError as error:
        print(f"{label}: {type(error).__name__}")

# %% [markdown]
# ## `jit_compile`: one program of many operations
#
# A graph starts each operation for itself, and each reads its input from memory and writes its output to memory. With `jit_compile=True` the **XLA** compiler
# makes one program of the whole graph and *fuses* operations: a chain of element-wise steps goes through memory once.


# %%
def chain(x):
    for _ in range(12):
        x = 0.5 * x + 0.1 * x * x - 0.1
    return tf.reduce_sum(x)


million = tf.random.normal((1_000_000,), seed=SEED)
# %% alt="Dot chart of the speed of a chain of element-wise operations on a million numbers, eager being 1. XLA is the fastest by far" tags=["nbval-ignore-output"]
chains = {label: compiler(chain) for label, compiler in compilers.items()}
fused = race({label: lambda f=f: f(million).numpy() for label, f in chains.items()})
plot_race(fused, "Element-wise chain: fusing is what gains")
assert speedups(fused)["XLA"] > 1.5, "XLA should be faster: is the machine very busy?"
np.testing.assert_allclose(chains["XLA"](million), chain(million), rtol=1e-2)

# %% [markdown]
# XLA knows fewer operations than TensorFlow; what it cannot compile it refuses when the function is called. It compiles again for each new shape, even where the trace is shared. And it leaves checks
# out, also `tf.debugging.assert_less`: what `tf.gather(x, [7])` refuses otherwise it answers with the last entry.

# %%
try:
    tf.function(tf.strings.as_string, jit_compile=True)(tf.constant(12))
except tf.errors.InvalidArgumentError as error:
    print(first_line(error)[:80], "…")

out_of_range = tf.function(lambda x: tf.gather(x, [7]), jit_compile=True)
print("entry 7 of", two.numpy(), "by XLA:", out_of_range(two).numpy())
print("checked by XLA:", tf.function(checked, jit_compile=True)(two).numpy())

# %% [markdown]
# ## `fit` is compiled already
#
# `fit`, `evaluate` and `predict` run graphs unless you ask for something else. Three arguments of `compile` steer that:
#
# | argument | default | meaning |
# |---|---|---|
# | `run_eagerly` | `False` | `True`: no graph, for debugging |
# | `jit_compile` | `"auto"` | XLA. On a machine with nothing but CPUs `"auto"` means no; with a GPU it means yes, if every layer allows it (but not on a Mac, nor with a distribution strategy) |
# | `steps_per_execution` | `1` | how many batches one run of the graph takes in |
#
# With `steps_per_execution=k` the loop over *k* batches moves into the graph, as in *whole loop* above. The numbers are the same. The callbacks
# pay: they see every *k*-th batch only.

# %%
fitted = {}
for k in [1, 5]:
    fitted[k], seen = make_model(), []
    callback = keras.callbacks.LambdaCallback(on_train_batch_end=lambda i, logs: seen.append(i))
    fitted[k].compile("sgd", loss_fn, steps_per_execution=k)
    fitted[k].fit(images[:320], labels[:320], batch_size=16, verbose=0, callbacks=[callback])
    print(f"steps_per_execution={k}:", seen)
assert seen == [4, 9, 14, 19]
for weight_1, weight_5 in zip(fitted[1].get_weights(), fitted[5].get_weights()):
    np.testing.assert_allclose(weight_1, weight_5, rtol=1e-3, atol=1e-4)

# %% [markdown]
# ## When a graph does not help
#
# To call a graph costs something, too: arguments are checked, the right graph is looked up, and it is started.
#
# - *One tiny operation*: there is no Python between operations to save, and the call of the graph comes on top.
# - *One big operation*: nearly all the time is arithmetic, and one product is one product. There is nothing to gain; the same product may even take longer from a graph.
#
# The gains above came from Keras layers, losses, metrics and optimizers, which run much Python for many small operations.


# %% alt="Bar chart of the speed of a graph, eager being 1: far above 1 for the Keras evaluation loop and training step, near 1 or below for one big matrix product, far below 1 for one tiny operation; the number stands above each bar" tags=["nbval-ignore-output"]
gains = {"evaluation loop": evaluation, "training step": training}
for label, function, argument, repeats in [
    ("one big\noperation", lambda x: tf.matmul(x, x), tf.random.normal((700, 700)), 2),
    ("one tiny\noperation", lambda x: x + 1.0, one, 100),
]:
    both = {"eager": function, "graph": tf.function(function)}
    gains[label] = race({name: loop_over(f, [[argument]] * repeats) for name, f in both.items()})
ratios = [speedups(seconds)["graph"] for seconds in gains.values()]
fig, ax = plt.subplots()
bars = ax.bar(list(gains), np.array(ratios) - 1, bottom=1, color=["C0", "C0", "C1", "C1"])
for column, ratio in enumerate(ratios):
    place = (column, max(ratio, 1))
    ax.annotate(f"{ratio:.2g}×", place, (0, 4), textcoords="offset points", ha="center")
ax.axhline(1, color="gray")
ax.set(yscale="log", ylim=(0.1, 3 * max(ratios)), ylabel="speed of graph, eager = 1")
ax.set_title("Many small operations gain, a single one does not")
plt.show()
assert max(ratios[2:]) < min(ratios[:2]), (
    "One operation should gain less: is the machine very busy?"
)

# %% [markdown]
# ## Debug eagerly, then compile
#
# In a graph there are no values to look at while the Python code runs: no `.numpy()`, no NumPy function, no debugger that shows a number. So write and debug eagerly,
# and decorate when it works. If the decorator is there already, one switch makes every `tf.function` run as plain Python. Do not
# forget to switch back. For a Keras model the switch is `compile(..., run_eagerly=True)`.


# %%
@tf.function
def normalize(x):
    spread = np.std(x)
    return (x - tf.reduce_mean(x)) / spread


try:
    normalize(tf.constant([1.0, 3.0]))
except NotImplementedError as error:
    print("graph:", first_line(error)[:80])
tf.config.run_functions_eagerly(True)
print("eager:", normalize(tf.constant([1.0, 3.0])).numpy())
tf.config.run_functions_eagerly(False)

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `tf.Session()`, `tf.placeholder` | `AttributeError` (`tf.compat.v1` still has them) | call the function |
# | `tf.enable_eager_execution()` | `AttributeError` | nothing: eager is the default |
# | `tf.contrib.eager.defun` | `AttributeError` | `tf.function` |
# | `keras.backend.function(inputs, outputs)` | `AttributeError` | `keras.Model(inputs, outputs)` |
# | `experimental_compile=True`, `experimental_relax_shapes=True` | run, deprecated | `jit_compile=True`, `reduce_retracing=True` |
# | `tf.config.experimental_run_functions_eagerly` | runs, deprecated | `tf.config.run_functions_eagerly` |
# | `compile(experimental_steps_per_execution=…)` | `TypeError` | `steps_per_execution=…` |
# | `metric.reset_states()` around the loop | `AttributeError` | `metric.reset_state()` |
#
# Each line of code, tried. With `from tensorflow import keras` the Keras lines end the same:

# %%
from tensorflow import keras as tf_keras

renamed = {"experimental_steps_per_execution": 5}
attempts = {
    "Session": lambda: tf.Session(),
    "placeholder": lambda: tf.placeholder(tf.float32),
    "eager execution": lambda: tf.enable_eager_execution(),
    "defun": lambda: tf.contrib.eager.defun(score),
    "experimental_compile": lambda: tf.function(score, experimental_compile=True),
    "relax_shapes": lambda: tf.function(score, experimental_relax_shapes=True),
    "run eagerly": lambda: tf.config.experimental_run_functions_eagerly(False),
}
for name, old in [("keras", keras), ("tf.keras", tf_keras)]:
    attempts[f"{name}: function"] = lambda old=old: old.backend.function([], [])
    attempts[f"{name}: steps"] = lambda old=old: old.Sequential().compile(**renamed)
    attempts[f"{name}: reset_states"] = lambda old=old: old.metrics.Mean().reset_states()
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:22} runs")
    except (AttributeError, TypeError) as error:
        print(f"{label:22} {type(error).__name__}")

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
# Python number: each step is a trace, and the condition is decided while tracing. Variable: the condition becomes part of the graph, but the `print` runs while tracing
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
# | numbers out of a step | `return {"loss": …}`, then `float(logs["loss"])` |
# | an error that does not vanish | `tf.debugging.assert_…` |
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

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### Equal is the same
#
# In Python `1 == 1.0 == True`. To `tf.function` they are the same argument, and the graph that was made first
# answers for all three. The same holds for objects of your own that say they are equal.


# %%
@tf.function
def kind(value):
    return "a bool" if isinstance(value, bool) else "a number"


print("1 is", kind(1).numpy().decode(), "| True is", kind(True).numpy().decode())
assert kind(True).numpy() == b"a number" and kind.experimental_get_tracing_count() == 1


class Setting:
    def __init__(self, name, value):
        self.name, self.value = name, value

    def __eq__(self, other):
        return isinstance(other, Setting) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


@tf.function
def value_of(setting):
    return tf.constant(setting.value)


old, new = Setting("rate", 0.1), Setting("rate", 0.5)
print("old:", value_of(old).numpy(), "| new:", value_of(new).numpy())
assert value_of.experimental_get_tracing_count() == 1

# %% [markdown]
# ### A scalar loop
#
# A loop of 300 turns with one small operation after the other. In the graph there is no Python between the turns. XLA goes further and
# makes machine code of the loop. And a fourth variant does without TensorFlow: for single numbers Python's own are faster than
# TensorFlow operations that are started one by one.


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


# %% alt="Dot chart on a logarithmic axis of the speed of a scalar loop, eager TensorFlow being 1. The graph is faster, and XLA and plain Python with its own numbers are faster by far" tags=["nbval-ignore-output"]
turns = tf.constant(300)
loops = {label: compiler(logistic_map) for label, compiler in compilers.items()}
loops = {label: lambda f=f: f(turns).numpy() for label, f in loops.items()}
scalar = race({**loops, "Python floats": lambda: logistic_map_in_python(300)})
plot_race(scalar, "Scalar loop: what counts is what runs between two operations")
assert speedups(scalar)["Python floats"] > 5, "Python should be faster: is the machine very busy?"

# %% [markdown]
# ### What a loop in a graph does not allow
#
# A variable that exists in one branch only, and a variable that changes its dtype. The fixes: give `y` a value before the `if`; use `//`, which keeps whole numbers whole.


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


for function, argument in [(one_branch, one), (other_dtype, tf.constant(8))]:
    try:
        function(argument)
    except (ValueError, TypeError) as error:
        print(first_line(error))

# %% [markdown]
# ### A loop over data
#
# A loop over a Python list of tensors copies its body for each of them; a loop over a `tf.data.Dataset` is a loop of the graph. `break`, `continue` and `return` work
# in both.


# %%
def sum_of(data):
    total = tf.constant(0.0)
    for value in data:
        if value < 0:
            continue
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
# ### In and out of Python
#
# If it has to be Python, an operation can call back: `tf.numpy_function(f, inputs, dtype)` runs `f` at each run of the graph. It is slow, has no gradient, and XLA cannot
# compile it. The other way round a tensor that gets out of the trace, in a list or an attribute, is of no use: it has no value. What you need outside, return.

# %%
kept = []


@tf.function
def through_numpy(x):
    kept.append(x)
    return tf.numpy_function(lambda values: np.sort(values)[::-1].copy(), [x], tf.float32)


with tf.GradientTape() as tape:
    tape.watch(two)
    result = through_numpy(two)
print(result.numpy(), "| gradient:", tape.gradient(result, two))
try:
    kept[0] + 1
except Exception as error:
    print(type(error).__name__, "|", str(error).splitlines()[0][:93])

# %% [markdown]
# ### A graph without your class
#
# A graph and its variables need your Python code no more, so they can be saved and run without your class, in another program or language:

# %%
tf.saved_model.save(throws, folder / "record")
restored = tf.saved_model.load(folder / "record")
print("made by Record:", isinstance(restored, Record), "| best:", float(restored.see(one)))
assert restored.see(tf.constant(9.0)) == 9.0 and throws.best == 4.0
