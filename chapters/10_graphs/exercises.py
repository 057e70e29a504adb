# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 10 · tf.function
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 10](../../notebooks/10_graphs.ipynb). The tasks do not depend on each other: do
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
tf.get_logger().setLevel("ERROR")  # the checks trace a lot, on purpose: no remarks on that
# Their graphs run once or twice: to optimize them would take longer than to run them as they are.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})

# %% [markdown]
# ## `count_traces`
#
# `tf.function(fn)` runs the Python code of `fn` only when it needs a new graph. That is a *trace*. Write
# `count_traces(fn, calls)`: how often does a fresh `tf.function(fn)`, made with no other argument, trace when it is called with the
# entries of `calls`, one after the other? Return that number, an integer (an `int` or NumPy's).
#
# - `fn` is a Python function; `calls` is a list of argument tuples, perhaps an empty one. The entry `(a, b)` stands for the
#   call `fn(a, b)`.
# - The arguments may be tensors, NumPy arrays, Python numbers, strings.
# - Each call of `count_traces` starts from zero.
#
# **Example.** `count_traces(fn, [(1,), (2,), (1,)])` is 2: two different Python numbers, two graphs. With three scalar tensors of one dtype it
# is 1.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Do not work out TensorFlow's rules by hand: let it trace, and watch. What runs once per trace and not once per call?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Plain Python code inside a `tf.function` runs while it is traced, and at no other time. Or ask the `tf.function` itself: it has a
# method that tells the number of its traces.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Make the `tf.function` before the loop over `calls`: one that is made in the loop has forgotten its graphs. In the loop, call it
# with all arguments of the entry. Afterwards ask its `experimental_get_tracing_count`.
#
# </details>


# %% task="count_traces" role="answer" about="when a graph is made anew" minutes=12 difficulty=2
def count_traces(fn, calls):
    """Return how often tf.function(fn) traces when it is called with each tuple of `calls`.

    fn: a Python function; calls: list of argument tuples.
    """
    ### BEGIN SOLUTION
    traced = tf.function(fn)
    for arguments in calls:
        traced(*arguments)
    return traced.experimental_get_tracing_count()
    ### END SOLUTION


# %% task="count_traces" role="check" points=1
def fresh_double():
    @tf.autograph.experimental.do_not_convert  # it has no `if` or loop, and traces faster
    def double(x):
        return x + x

    return double


@tf.autograph.experimental.do_not_convert
def test_product(x, y):
    return x * y


result = count_traces(fresh_double(), [(tf.constant(number),) for number in (1.0, 2.0, 3.0)])
assert result is not None, "count_traces returned None: is a `return` missing?"
assert result != 3, (
    "For three scalar tensors of one dtype you return 3, the number of calls. Only the first call "
    "traces. Count what happens inside one and the same tf.function."
)
assert isinstance(result, (int, np.integer)) and not isinstance(result, bool), (
    f"count_traces returned a {type(result).__name__}: a number of traces is an integer."
)
assert result == 1, f"For three scalar tensors of one dtype it should be 1, it is {result}."

result = count_traces(fresh_double(), [(1,), (2,), (1,)])
assert result != 1, (
    "For the Python numbers 1, 2, 1 you return 1. Their values are part of the graph: each new "
    "value is a new trace."
)
assert result == 2, f"For the Python numbers 1, 2, 1 it should be 2, it is {result}."

try:
    result = count_traces(test_product, [(tf.ones(2), 3), (tf.zeros(2), 3), (tf.ones(2), 4)])
except Exception as error:
    raise AssertionError(
        f"A function of two arguments gave {type(error).__name__}. Each entry of `calls` is the tuple "
        "of all arguments of one call: unpack it, traced(*arguments)."
    ) from error
assert result == 2, f"For (ones, 3), (zeros, 3), (ones, 4) it should be 2, it is {result}."


# %% task="count_traces" role="hidden" points=2 tries="no calls at all, Python numbers, strings, arrays and tensors, several arguments, and the same function asked about twice"
@tf.autograph.experimental.do_not_convert  # it has no `if` or loop, and traces faster
def test_identity(x):
    return x


@tf.autograph.experimental.do_not_convert
def test_sum(x, y, z):
    return x + y + z


def test_branches(x):
    return x if tf.reduce_sum(x) > 0 else -x


shapes = [(tf.ones(2),), (tf.ones(3),), (tf.ones(4),), (tf.ones((2, 1)),), (tf.zeros(3),)]
dtypes = [(tf.constant(1),), (tf.constant(1.0),), (tf.constant(2),)]
tensor = tf.constant(2.0)
expectations = [
    (0, test_identity, [], "no calls"),
    (2, test_identity, dtypes, "an int32, a float32 and again an int32 tensor"),
    (2, test_identity, dtypes, "the same function and calls a second time"),
    (4, test_identity, shapes, "tensors of the shapes (2,), (3,), (4,), (2, 1), (3,)"),
    (2, test_identity, [(np.ones(3),), (np.zeros(3),), (np.ones(4),)], "NumPy arrays"),
    (2, test_identity, [("a",), ("b",), ("a",)], "the strings a, b, a"),
    (3, test_identity, [(0.1,), (0.2,), (0.3,), (0.1,)], "the Python numbers 0.1, 0.2, 0.3, 0.1"),
    (2, test_identity, [(1,), (1.0,), (True,), (2,)], "1, 1.0, True and 2, three of them equal"),
    (2, test_sum, [(1, 2, 3.0), (3.0, 2, 1), (1, 2, 3.0)], "(1, 2, 3.0), (3.0, 2, 1), (1, 2, 3.0)"),
    (2, test_sum, [(tensor, 1, 2), (tensor, 1, 2), (1, tensor, 2)], "a tensor in two places"),
    (1, test_branches, [(tf.ones(2),), (-tf.ones(2),)], "a function with an `if` on a tensor"),
]
for expected, fn, calls, what in expectations:
    try:
        result = count_traces(fn, calls)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"For {what} count_traces raised {type(error).__name__}: does it only make tf.function(fn) "
            "and call that, traced(*arguments)?"
        ) from error
    assert isinstance(result, (int, np.integer)), (
        f"For {what} count_traces returned a {type(result).__name__}: a number of traces is an integer."
    )
    assert result == expected or "second time" not in what, (
        f"Asked again about the same function, count_traces returned {result} and not "
        f"{expected}: each call of it starts from zero, with a fresh tf.function(fn)."
    )
    assert result == expected, (
        f"For {what} it should be {expected}, it is {result}. Is the number that of the traces "
        "of one tf.function(fn), made without other arguments and called as asked?"
    )

# %% [markdown]
# ## `compiled_train_step`
#
# Write `compiled_train_step(model, loss_fn, optimizer, input_shape)`. It returns a function `step(x, y)`, a `tf.function` that does one
# training step and returns the total loss, a scalar tensor, before the update.
#
# - `x` is a float32 tensor of shape `(n, *input_shape)`, `y` an int32 tensor of shape `(n,)`, `n` any batch size. The model
#   is built, its weights exist; `loss_fn` is a `keras.losses.Loss`, called with `(y_true, y_pred)`.
# - The step is traced **once**, whatever batch sizes follow each other.
# - The forward pass is in training mode. The total loss is `loss_fn` plus the extra losses of this pass (`model.losses`).
# - `optimizer` itself does the update of the trainable weights. It is used as it is, not copied: whoever changes its learning rate later changes the
#   step.
# - After each step the weights are those that the same step without `tf.function` would give.
#
# **Example.** `step = compiled_train_step(model, loss_fn, optimizer, (4,))`, then `step(x[:32], y[:32])` and `step(x[32:39], y[32:39])`: two
# updates, one trace.
#
# <details><summary>Hint 1: a nudge</summary>
#
# First write the step as in chapter 9, then decorate it. Two things cost a second trace: a new batch size, and variables that are
# made during the first call.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# An `input_signature` says in advance what will come; a size of `None` stands for any number. Which variables does an optimizer like Adam
# have, when are they made, and how can you have them made earlier?
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The spec of `x` is `tf.TensorSpec((None, *input_shape), tf.float32)`. Write that of `y`, and put both into the `input_signature` of
# a step that is defined inside your function. The optimizer's `build` takes the list of what it will train.
#
# </details>


# %% task="compiled_train_step" role="answer" about="a training step as a graph" minutes=35 difficulty=3
def compiled_train_step(model, loss_fn, optimizer, input_shape):
    """Return a tf.function step(x, y) -> total loss that is traced only once.

    model: a built keras.Model; loss_fn: a keras.losses.Loss; optimizer: a Keras optimizer, used as
    it is; input_shape: shape of one sample. x: float32 (n, *input_shape); y: int32 (n,).
    """
    ### BEGIN SOLUTION
    optimizer.build(model.trainable_variables)
    signature = [
        tf.TensorSpec((None, *input_shape), tf.float32),
        tf.TensorSpec((None,), tf.int32),
    ]

    @tf.function(input_signature=signature)
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    return step
    ### END SOLUTION


# %% task="compiled_train_step" role="check" points=2
class TestTraceProbe(layers.Layer):
    """Passes its inputs on and counts how often its Python code runs."""

    def call(self, inputs):
        self.runs += 1
        return inputs

    def build(self, input_shape):
        self.runs = 0


keras.utils.set_random_seed(0)
probe = TestTraceProbe()
model = keras.Sequential([keras.Input((4,)), probe, layers.Dense(3)])
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.SGD(0.5, momentum=0.9)
before = probe.runs
step = compiled_train_step(model, loss_fn, optimizer, (4,))
in_advance = probe.runs - before
assert isinstance(step, tf.types.experimental.Callable), (
    f"What compiled_train_step returned, a {type(step).__name__}, is no tf.function: decorate the step, and "
    "return what tf.function made, not a Python function around it."
)
traced, generator = [], np.random.default_rng(0)
for size in (4, 4, 7):
    x = tf.constant(generator.normal(size=(size, 4)), "float32")
    y = tf.constant(generator.integers(0, 3, size), "int32")
    with tf.GradientTape() as tape:
        expected = loss_fn(y, model(x, training=True))
    if not traced:  # in the first step momentum makes no difference
        gradients = tape.gradient(expected, model.trainable_variables)
        moved = [np.asarray(w) - 0.5 * g for w, g in zip(model.trainable_variables, gradients)]
    before = probe.runs
    try:
        result = step(x, y)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The step on a batch of {size} raised {type(error).__name__}. Does the input_signature fit a "
            "float32 x of shape (n, *input_shape) and an int32 y of shape (n,), for any n?"
        ) from error
    traced.append(probe.runs - before)
    assert result is not None, "The step returned None: return the total loss."
    assert tf.is_tensor(result) and result.shape == (), (
        f"The step returned a {type(result).__name__} of shape {np.shape(result)}, it should be the "
        "total loss as a scalar tensor."
    )
    assert np.isclose(float(result), float(expected), rtol=1e-3), (
        f"The step returned {float(result):.4f}, the loss of this batch before the update is "
        f"{float(expected):.4f}."
    )
    for mine, right in zip(model.trainable_variables, moved):
        assert len(traced) > 1 or np.allclose(mine, right, rtol=1e-3, atol=1e-4), (
            "After one step the weights differ from those of the same step without tf.function. Did the "
            "optimizer apply the gradients of the total loss to the trainable variables?"
        )
runs = in_advance + traced[0] + traced[1]
assert runs < 2, (
    f"Up to the second call, with batches of 4, the model's Python code ran {runs} "
    "times. The first call made the optimizer's variables, and so it was traced again. Build the "
    "optimizer before the first call. (Or does your step call the model more than once?)"
)
assert not traced[2], (
    "A batch of 7 after batches of 4 was traced again. A new batch size is a new trace: say with "
    "an input_signature, of None as first size, that the batch size is open."
)


# %% task="compiled_train_step" role="hidden" points=2 tries="images, momentum, any batch size with one trace, a layer that keeps an average in training, frozen layers, extra losses, and a learning rate that changes between steps"
class TestMeanPenalty(layers.Layer):
    """Passes its inputs on, adds their mean square as a loss, counts its runs."""

    runs = 0

    def call(self, inputs):
        self.runs += 1
        self.add_loss(0.3 * ops.mean(inputs**2))
        return inputs


class TestCentering(layers.Layer):
    """Subtracts the batch's mean in training and takes note of it; otherwise subtracts its notes."""

    def build(self, input_shape):
        self.mean = self.add_weight(shape=input_shape[1:], initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if not training:
            return inputs - self.mean
        mean = ops.mean(inputs, axis=0)
        self.mean.assign(0.9 * self.mean + 0.1 * mean)
        return inputs - mean


class TestUnevenLoss(keras.losses.Loss):
    """Cross-entropy in which a true class of 2 counts three times."""

    def call(self, y_true, y_pred):
        loss = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
        return loss * ops.where(ops.equal(y_true, 2), 3.0, 1.0)


def fresh_case_model(case):
    keras.utils.set_random_seed(3)
    if "an image" in case:
        stack = [keras.Input((2, 2, 1)), layers.Flatten()]
    else:
        stack = [keras.Input((4,))]
    stack.append(layers.Dense(6, use_bias=False, name="first"))
    if "training mode" in case:
        stack.append(TestCentering())
    if "extra losses" in case:
        stack.append(TestMeanPenalty())
    regularizer = keras.regularizers.L2(0.1) if "extra losses" in case else None
    stack.append(layers.Dense(3, use_bias=False, kernel_regularizer=regularizer, name="last"))
    model = keras.Sequential(stack)
    if "frozen" in case:
        model.get_layer("first").trainable = False
    return model


def eager_reference_step(model, loss_fn, optimizer, x, y):
    """The same step without tf.function, the numbers to compare with."""
    with tf.GradientTape() as tape:
        data_loss = loss_fn(y, model(x, training=True))
        total = tf.add_n([data_loss, *model.losses])
    gradients = tape.gradient(total, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return float(total), float(data_loss)


generator = np.random.default_rng(2)


def compare_with_eager_steps(case, question):
    """Two steps on a model with what the case says, compared with the same steps without a graph."""
    model, loss_fn = fresh_case_model(case), TestUnevenLoss()
    optimizer, reference = (keras.optimizers.SGD(0.1, momentum=0.9) for _ in range(2))
    shape = tuple(model.input_shape[1:])
    start, expected = model.get_weights(), []
    for size, rate in [(6, 0.1), (3, 0.01 if "learning rate" in case else 0.1)]:
        x = tf.constant(generator.normal(0.5, 2.0, size=(size, *shape)), "float32")
        y = tf.constant(generator.integers(0, 3, size=size), "int32")
        reference.learning_rate = rate
        losses = eager_reference_step(model, loss_fn, reference, x, y)
        expected.append((x, y, rate, *losses, model.get_weights()))
    model.set_weights(start)

    try:
        step = compiled_train_step(model, loss_fn, optimizer, shape)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"({case}, SGD) compiled_train_step raised {type(error).__name__}. {question}"
        ) from error
    probes = [layer for layer in model.layers if isinstance(layer, TestMeanPenalty)]
    for number, (x, y, rate, total, data_loss, weights) in enumerate(expected, start=1):
        what = f"({case}, SGD) Step {number}"
        if number == 2:
            optimizer.learning_rate = rate
        try:
            result = float(step(x, y))
        except Exception as error:
            raise AssertionError(f"{what} raised {type(error).__name__}. {question}") from error
        if number == 1:
            runs_after_first = [probe.runs for probe in probes]
        assert np.isclose(total, data_loss) or not np.isclose(result, data_loss, rtol=1e-4), (
            f"{what} returned {result:.4f}, the loss without the extra losses; with them it is "
            f"{total:.4f}. {question}"
        )
        assert np.isclose(result, total, rtol=1e-3, atol=1e-5), (
            f"{what} returned {result:.4f}, the total loss before the update is {total:.4f}. "
            f"{question}"
        )
        same = [
            np.allclose(mine, right, rtol=1e-3, atol=1e-4)
            for mine, right in zip(model.get_weights(), weights)
        ]
        assert all(same), (
            f"{what} gives other weights than the same step without tf.function. {question}"
        )
    assert [probe.runs for probe in probes] == runs_after_first, (
        f"({case}, SGD) A later step was traced again; one trace should serve all batch sizes."
    )
    updates = int(optimizer.iterations)
    assert updates == 2, (
        f"({case}, SGD) After 2 steps the optimizer has counted {updates}. Is it used as it is, not copied, for "
        "exactly one update per step, and none before?"
    )


advice = {
    "plain": "Is the optimizer's own update used, once per step, and loss_fn called as loss_fn(y, y_pred)?",
    "training mode": "Is the forward pass in training mode, model(x, training=True)?",
    "extra losses": "Are the regularizer's penalty and what a layer adds (model.losses) part of the loss?",
    "frozen": "Do only the trainable weights move?",
    "an image": "Is `input_shape` the shape of one sample, of any rank?",
    "learning rate": "It was changed to 0.01 before step 2: does your step use the optimizer's learning rate of now?",
}
# One model with all of these shows whether they are respected. Only where they are not, each is tried
# alone to say which, and what to look at.
different = None
try:
    compare_with_eager_steps(", ".join(advice), "")
except AssertionError as error:
    different = error
if different:
    for case, question in advice.items():
        compare_with_eager_steps(case, question)
    raise different

# %% [markdown]
# ## `collatz_steps`
#
# Take a whole number *n*. If it is even, halve it. If it is odd, make it 3*n* + 1. How many such steps until it is 1? Nobody has proved that it always gets
# there, and nobody has found a number for which it does not. Write `collatz_steps(n)`.
#
# - The name `collatz_steps` itself is a `tf.function`: decorate it, or end the cell with `collatz_steps = tf.function(collatz_steps)`.
# - `n` is an int64 scalar tensor, at least 1. On the way its value may outgrow int32, and what a float holds exactly.
# - The result is an int32 scalar tensor. For `n` = 1 it is 0.
# - The loop is part of the graph: one trace serves all int64 scalar tensors.
#
# **Example.** `collatz_steps(tf.constant(6, tf.int64))` is 8: 6, 3, 10, 5, 16, 8, 4, 2, 1.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Inside a `tf.function` a Python `while` over a *tensor* condition becomes a loop of the graph.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Everything that changes in the loop is a tensor that keeps its dtype. `/` makes a float, `//` does not. The counter starts as
# an int32 tensor.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `steps = tf.constant(0)` before the loop; the loop itself looks as it would for Python numbers, with `//`. What counts, and what does
# the loop wait for?
#
# </details>


# %% task="collatz_steps" role="answer" about="a loop whose length depends on the data" minutes=20 difficulty=2
def collatz_steps(n):
    """Number of Collatz steps from n to 1, as an int32 scalar tensor. Itself a tf.function.

    n: int64 scalar tensor, at least 1.
    """
    ### BEGIN SOLUTION
    steps = tf.constant(0)
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


collatz_steps = tf.function(collatz_steps)
### END SOLUTION


# %% task="collatz_steps" role="check" points=1
import threading

from tensorflow.python.eager import cancellation  # so that an endless loop can be stopped


def call_collatz(number):
    """collatz_steps of one number, stopped if it does not end."""
    manager = cancellation.CancellationManager()
    timer = threading.Timer(15, manager.start_cancel)
    try:
        concrete = collatz_steps.get_concrete_function(tf.TensorSpec((), tf.int64))
        timer.start()
        return manager.get_cancelable_function(concrete)(tf.constant(number, tf.int64))
    except tf.errors.CancelledError as error:
        raise AssertionError(
            f"collatz_steps({number}) does not come to an end: does its loop stop at 1?"
        ) from error
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"collatz_steps({number}) raised {type(error).__name__}. In a graph a "
            "loop variable keeps its dtype (use // and not /), the condition of the `while` is a tensor, and a "
            "tensor has no value yet: there is no .numpy()."
        ) from error
    finally:
        timer.cancel()


if not isinstance(collatz_steps, tf.types.experimental.GenericFunction):
    collatz_steps(tf.constant(1, tf.int64))  # raises if it was not attempted yet
    raise AssertionError(
        f"collatz_steps is a {type(collatz_steps).__name__}, it should be a tf.function itself."
    )
result = call_collatz(1)
assert result is not None, "collatz_steps returned None: is a `return` missing?"
assert tf.is_tensor(result) and result.shape == (), (
    f"The result should be a scalar tensor, it is a {type(result).__name__} of shape {np.shape(result)}."
)
assert result.dtype == tf.int32, f"The result should be int32, it is {result.dtype.name}."
assert result != 1, "For n = 1 the result is 1, it should be 0: count the steps, not the numbers."
for number, expected in [(1, 0), (2, 1), (3, 7), (6, 8), (27, 111)]:
    result = call_collatz(number)
    assert result == expected, (
        f"collatz_steps({number}) is {int(result)}, it should be {expected}: halve an even number, "
        "make an odd one 3n + 1, count each as one step."
    )
for number in (5, 8):
    collatz_steps(tf.constant(number, tf.int64))
traces = collatz_steps.experimental_get_tracing_count()
assert traces == 1, (
    f"For int64 scalar tensors alone it was traced {traces} times, it should be once."
)


# %% task="collatz_steps" role="hidden" points=2 tries="large numbers and long runs, the dtype of the result, one trace for all calls, and whether the loop is one of the graph"
import threading

from tensorflow.python.eager import cancellation  # so that an endless loop can be stopped


def call_collatz_in_time(number):
    """collatz_steps of one number, stopped if it does not end."""
    manager = cancellation.CancellationManager()
    timer = threading.Timer(15, manager.start_cancel)
    try:
        concrete = collatz_steps.get_concrete_function(tf.TensorSpec((), tf.int64))
        timer.start()
        return manager.get_cancelable_function(concrete)(tf.constant(number, tf.int64))
    except tf.errors.CancelledError as error:
        raise AssertionError(
            f"collatz_steps({number}) does not come to an end: does its loop stop at 1?"
        ) from error
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"collatz_steps({number}) raised {type(error).__name__}. In a graph a "
            "loop variable keeps its dtype (use // and not /), the condition of the `while` is a tensor, and a "
            "tensor has no value yet: there is no .numpy()."
        ) from error
    finally:
        timer.cancel()


def expected_collatz(number):
    steps = 0
    while number != 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        steps += 1
    return steps


if not isinstance(collatz_steps, tf.types.experimental.GenericFunction):
    collatz_steps(tf.constant(1, tf.int64))  # raises if it was not attempted yet
    raise AssertionError(
        f"collatz_steps is a {type(collatz_steps).__name__}, it should be a tf.function itself."
    )
for number in [1, 2, 3, 7, 97]:
    result = call_collatz_in_time(number)
    assert tf.is_tensor(result) and result.dtype == tf.int32 and result.shape == (), (
        f"collatz_steps({number}) is a {type(result).__name__}, it should be an int32 scalar tensor."
    )
    assert int(result) == expected_collatz(number), (
        f"collatz_steps({number}) is {int(result)}, it should be {expected_collatz(number)}."
    )
# Numbers that 32 bits cannot hold. Those that end quickly if cut to 32 bits come first.
for number in [2**32 + 1, 2**33 + 2, 2**40, 2**31 + 5, 113_383, 837_799, 2**53 + 1, 2**56 + 3]:
    result = int(call_collatz_in_time(number))
    assert result == expected_collatz(number), (
        f"collatz_steps({number}) is {result}, it should be {expected_collatz(number)}. The numbers "
        "outgrow int32 and what floats hold exactly (2**24 for float32, 2**53 for float64): stay "
        "with int64."
    )
for number in [63_728_127, 75_128_138_247]:
    result = int(call_collatz_in_time(number))
    assert result == expected_collatz(number), (
        f"collatz_steps({number}) is {result}, it should be {expected_collatz(number)}. Is there a "
        "limit to the number of steps?"
    )
for number in (5, 8, 2**50):
    result = collatz_steps(tf.constant(number, tf.int64))
    assert int(result) == expected_collatz(number), (
        f"collatz_steps({number}) is {int(result)}, it should be {expected_collatz(number)}."
    )
traces = collatz_steps.experimental_get_tracing_count()
assert traces == 1, (
    f"After calls with int64 scalar tensors alone it has been traced {traces} times: one trace should "
    "serve all of them."
)
collatz_graph = collatz_steps.get_concrete_function(
    tf.TensorSpec((), tf.int64)
).graph.as_graph_def()
collatz_nodes = [
    *collatz_graph.node,
    *(n for f in collatz_graph.library.function for n in f.node_def),
]
assert not any("PyFunc" in node.op for node in collatz_nodes), (
    "The graph calls back into Python (py_function or numpy_function). The loop should be a loop of "
    "the graph, over tensors."
)
assert len(collatz_nodes) < 1000, (
    f"The graph has {len(collatz_nodes)} nodes: the loop was unrolled. A Python `for` over `range` is "
    "run while tracing; loop over a tensor condition."
)

# %% [markdown]
# ## `ema`
#
# An exponential moving average smooths a sequence: each value is a mixture of the average so far and the new
# number,
#
# $$m_0 = x_0, \qquad m_t = \text{decay} \cdot m_{t-1} + (1 - \text{decay}) \cdot x_t$$
#
# Write `ema(x, decay)`, which returns all of *m*, along the first axis of `x`.
#
# - `x` is a float32 tensor of shape `(n,)`, `(n, k)` or with more axes, *n* at least 1. The result has the same shape.
# - `decay` is a Python float in [0, 1], both ends included.
# - It works when called as it is and from inside a `tf.function`, there also if *n* is unknown while tracing (`None`).
# - In a `tf.function` it is a loop of the graph: 60 time steps need no larger graph than 10.
# - Gradients flow through it.
#
# **Example.** `ema(tf.constant([1.0, 3.0, 3.0]), 0.5)` is `[1.0, 2.0, 2.5]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A function that carries a state from row to row and keeps every state is called a *scan*.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `tf.scan(fn, x)` starts from the first row and calls `fn(state, row)` for each further one. If you write the loop yourself: a Python list
# cannot be filled by a graph loop, a `tf.TensorArray` can; and `tf.shape(x)[0]` knows the length when `x.shape[0]` does not.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Without an initializer, `tf.scan` takes the first row for the first state, as it should be here. What remains is the function of the state and the next row: it
# is the formula for $m_t$ above.
#
# </details>


# %% task="ema" role="answer" about="a loop over a sequence, with gradients" minutes=30 difficulty=3
def ema(x, decay):
    """All exponential moving averages of x along axis 0, in the shape of x.

    x: float32 tensor (n, ...), n may be unknown; decay: Python float in [0, 1].
    """
    ### BEGIN SOLUTION
    return tf.scan(lambda m, x_t: decay * m + (1 - decay) * x_t, x)
    ### END SOLUTION


# %% task="ema" role="check" points=1
result = ema(tf.constant([1.0, 3.0, 3.0]), 0.5)
assert result is not None, "ema returned None: is a `return` missing?"
result = np.asarray(result, dtype="float64")
assert result.shape == (3,), (
    f"For x of shape (3,) the result has the shape {result.shape}: return every average, not only the "
    "last one."
)
for wrong, words in [
    ([0.5, 1.75, 2.375], "Your average starts from 0. It starts from the first value: m_0 = x_0."),
    ([1.0, 3.0, 3.0], "This is x itself."),
    ([1.0, 2.0, 7 / 3], "This is the plain mean of all values so far."),
]:
    assert not np.allclose(result, wrong, rtol=1e-4), words
assert np.allclose(result, [1, 2, 2.5], rtol=1e-4), (
    f"ema([1, 3, 3], 0.5) is {result.tolist()}, it should be [1, 2, 2.5]."
)
result = np.asarray(ema(tf.constant([[0.0, 10.0], [1.0, 10.0]]), 0.9), dtype="float64")
assert not np.allclose(result, [[0, 10], [0.9, 10]], rtol=1e-4), (
    "decay and 1 - decay are swapped: `decay` is the share of the old average."
)
assert not np.allclose(result, [[0, 10], [1, 10]], rtol=1e-4), "The rows were not averaged."
assert result.shape == (2, 2) and np.allclose(result, [[0, 10], [0.1, 10]], rtol=1e-4), (
    f"For x = [[0, 10], [1, 10]] and decay 0.9 the result is {result.tolist()}, it should be "
    "[[0, 10], [0.1, 10]]: average along the first axis."
)


# %% task="ema" role="hidden" points=3 tries="other shapes and decays, sequences of unknown length in a tf.function, gradients, and whether the loop is one of the graph"
def expected_ema(x, decay):
    averages = [x[0].astype("float64")]
    for row in x[1:]:
        averages.append(decay * averages[-1] + (1 - decay) * row)
    return np.stack(averages)


def compare_ema(result, x, decay, what):
    result, expected = np.asarray(result, dtype="float64"), expected_ema(x, decay)
    assert result.shape == expected.shape, (
        f"{what}, x {x.shape}: the result has the shape {result.shape}, not that of x."
    )
    assert np.isfinite(result).all(), (
        f"{what}, x {x.shape}, decay {decay}: the result has NaN or infinite values. Do you divide by "
        "decay, or by a power of it?"
    )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"{what}, x {x.shape}, decay {decay}: the result is not decay * m + (1 - decay) * x_t along "
        f"the first axis, from m_0 = x_0. Largest error: {abs(result - expected).max():.3g}."
    )


generator = np.random.default_rng(0)
for shape, decay in [
    ((1,), 0.5),
    ((6,), 0.0),
    ((5, 3), 0.9),
    ((1, 2), 0.3),
    ((4, 2, 3), 1.0),
    ((60,), 0.1),
]:
    x = generator.normal(3, 1, size=shape).astype("float32")
    compare_ema(ema(tf.constant(x), decay), x, decay, "Called as it is")


def ema_graph_nodes(length):
    """All nodes of the graph of ema on `length` numbers, those of its loops included."""
    try:
        traced = tf.function(ema).get_concrete_function(tf.TensorSpec((length,)), 0.7)
    except Exception as error:
        raise AssertionError(
            f"In a tf.function ema raised {type(error).__name__}. While a graph is made, tensors have no "
            "values: no .numpy(), and no Python list that a graph loop fills."
        ) from error
    if length == 10:
        x = generator.normal(size=length).astype("float32")
        compare_ema(traced(tf.constant(x)), x, 0.7, "In a tf.function, length known")
    graph = traced.graph.as_graph_def()
    return [*graph.node, *(node for f in graph.library.function for node in f.node_def)]


small, large = ema_graph_nodes(10), ema_graph_nodes(60)
assert not any("PyFunc" in node.op for node in large), (
    "The graph calls back into Python (py_function or numpy_function): write the loop with tensors."
)
assert len(large) <= len(small) + 10, (
    f"The graph for 10 rows has {len(small)} nodes, that for 60 rows {len(large)}: the loop was "
    "unrolled while tracing. A Python `range` is unrolled; tf.range, tf.while_loop, tf.scan are not."
)


def check_ema_and_slope(function, length, features, decay, what):
    """Compare the averages, and the gradient of their weighted sum."""
    x, weights = map(tf.constant, generator.normal(-1, 2, (2, length, *features)).astype("float32"))
    try:
        with tf.GradientTape() as tape:
            tape.watch(x)
            averages = function(x, decay)
            score = tf.reduce_sum(weights * averages)
        slope = tape.gradient(score, x)
    except Exception as error:
        raise AssertionError(
            f"{what}, x {x.shape}: ema, or its gradient, raised {type(error).__name__}. Is every step a "
            "TensorFlow operation? A length that is unknown while the graph is made is None in x.shape[0], "
            "and len(x) fails; tf.shape(x)[0] is a tensor."
        ) from error
    compare_ema(averages, x.numpy(), decay, what)
    assert slope is not None, (
        f"{what}: the gradient of ema with respect to x is None: something cuts it off, such as "
        "NumPy, a tf.Variable that is assigned, or a constant made of x."
    )
    jacobian = expected_ema(np.eye(length), decay)  # dm_t/dx_s, one column after the other
    expected = np.tensordot(jacobian.T, weights, 1)
    assert np.allclose(np.asarray(slope), expected, rtol=1e-3, atol=1e-4), (
        f"{what}, decay {decay}: the gradient of ema with respect to x is wrong. Does every "
        "x_t flow into all later averages?"
    )


check_ema_and_slope(ema, 6, (2,), 0.0, "Called as it is")
in_graph = tf.function(ema)


def ema_of_any_length(x, decay):
    """ema in a graph that is made once, for any number of rows."""
    return in_graph.get_concrete_function(tf.TensorSpec((None, 2, 3)), decay)(x)


for length in (7, 1, 40):
    check_ema_and_slope(ema_of_any_length, length, (2, 3), 0.8, "In a tf.function, length unknown")

# %% [markdown]
# ## `Counter`
#
# Write `class Counter(tf.Module)`, made without arguments, whose running total starts at 0.
#
# - `add(by)` is a `tf.function`. It adds `by`, a Python number or a float32 scalar tensor, and returns the new total, a float32 scalar tensor.
# - It is right on every call, also when it is called twice with the same argument.
# - Each instance counts on its own.
# - `reset()` sets the total back to 0, and `add` goes on from there.
#
# **Example.** `counter.add(2.0)` returns 2.0, then `counter.add(2.0)` returns 4.0. After `counter.reset()`, `counter.add(1.5)` returns 1.5.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Python code inside a `tf.function` runs only while it is traced. What can a graph change each time it runs?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A `tf.Variable`, made once for each instance, in `__init__`. The graph is bound to this very variable: `reset` has to change its value, not
# replace it.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# A variable that holds a float32 is `tf.Variable(0.0)`. Its method `assign_add` adds, and what it returns can be returned; `assign` sets a
# value. Which of your three methods is decorated with `@tf.function`?
#
# </details>


# %% task="Counter" role="answer" about="state that outlives a call" minutes=15 difficulty=2
class Counter(tf.Module):
    """A running total in float32. Methods: add(by), a tf.function; reset()."""

    def __init__(self):
        ### BEGIN SOLUTION
        super().__init__()
        self.total = tf.Variable(0.0)

    @tf.function
    def add(self, by):
        """Add `by` and return the new total."""
        return self.total.assign_add(by)

    def reset(self):
        """Set the total back to 0."""
        self.total.assign(0.0)
        ### END SOLUTION


# %% task="Counter" role="check" points=1
def add_and_explain(counter, by):
    """Call counter.add(by); explain what a student is likely to run into."""
    try:
        return counter.add(by)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"add({by}) raised {type(error).__name__}. A graph can keep a number only in a tf.Variable, "
            "and that has to be made once, in __init__."
        ) from error


counter = Counter()
assert isinstance(counter, tf.Module), "Counter should be a subclass of tf.Module."
for method in ("add", "reset"):
    assert callable(getattr(counter, method, None)), f"Counter has no method {method}."
assert isinstance(counter.add, tf.types.experimental.GenericFunction), (
    "add is a plain Python method, it should be a tf.function: decorate it."
)
totals = [add_and_explain(counter, 2.0) for _ in range(3)]
assert all(total is not None for total in totals), "add returned None: return the new total."
totals = [float(total) for total in totals]
assert totals != [2, 2, 2], (
    "add(2.0) three times returned 2, 2, 2: the sum is a Python number, so it was added up only while "
    "tracing, or the total is made anew in every call. Keep it in a tf.Variable."
)
assert totals != [0, 2, 4], "add returns the total before the addition, it should be that after it."
assert totals == [2, 4, 6], f"add(2.0) three times returned {totals}, it should be 2, 4, 6."
counter.reset()
after = float(add_and_explain(counter, 2.0))
assert after != 8, (
    "After reset() the total went on from 6: the graph of add still has the old variable. Assign 0 to "
    "it, do not replace it."
)
assert after == 2, f"After reset() add(2.0) returned {after}, it should be 2."


# %% task="Counter" role="hidden" points=2 tries="several counters side by side, numbers and tensors, fractions, reset at any time, and totals that were returned earlier"
def add_in_words(counter, by):
    """Call counter.add(by); explain what a student is likely to run into."""
    try:
        return counter.add(by)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"add({float(by)}) raised {type(error).__name__}. `by` may be a Python number or a float32 "
            "scalar tensor, and a graph can keep a number only in a tf.Variable, made once."
        ) from error


assert isinstance(Counter().add, tf.types.experimental.GenericFunction), (
    "add is a plain Python method, it should be a tf.function: decorate it."
)
first, second = Counter(), Counter()
add_in_words(first, 5.0)
result = float(add_in_words(second, 1.0))
assert result == 1, (
    f"first.add(5.0), then second.add(1.0) returned {result}, it should be 1.0: counters share one "
    "total. Make the variable in __init__, one for each instance."
)
first, second = Counter(), Counter()
totals = {"first": 0.0, "second": 0.0}
sequence = [
    ("first", 1.5),
    ("first", tf.constant(2.5)),
    ("second", tf.constant(-4.0)),
    ("first", tf.constant(2.5)),
    ("first", 1.5),
    ("first", 3),
    ("second", tf.constant(0.25)),
    ("first", 3),
]
for name, by in sequence:
    result = add_in_words(first if name == "first" else second, by)
    totals[name] += float(by)
    assert tf.is_tensor(result) and result.dtype == tf.float32 and result.shape == (), (
        f"add should return a float32 scalar tensor, it returned a {type(result).__name__}."
    )
    assert np.isclose(float(result), totals[name]), (
        f"After {name}.add({float(by)}) the {name} counter says {float(result)}, it should be "
        f"{totals[name]}. Does it count on its own, on every call, for numbers and tensors?"
    )
kept = add_in_words(second, tf.constant(1.0))
first.reset()
for total in (2.5, 5.0):
    result = float(add_in_words(first, tf.constant(2.5)))
    assert np.isclose(result, total), (
        f"After reset() and add(2.5) the total is {result}, it should be {total}. The graph of add is "
        "bound to the variable that it first saw: assign 0 to it, do not replace it."
    )
assert np.isclose(float(add_in_words(second, tf.constant(1.0))), totals["second"] + 2), (
    "Resetting one counter changed another one."
)
assert np.isclose(float(kept), totals["second"] + 1), (
    "A total that was returned earlier has changed afterwards."
)
first.reset()
result = float(add_in_words(first, 1.5))
assert np.isclose(result, 1.5), f"After a further reset() the total is {result}, it should be 1.5."
unused = Counter()
try:
    unused.reset()
except Exception as error:
    raise AssertionError(
        f"reset() before the first add() raised {type(error).__name__}: the variable belongs to the counter "
        "from the start. Make it in __init__."
    ) from error
assert np.isclose(float(add_in_words(unused, 4.0)), 4.0), (
    "reset() before the first add() does harm."
)

# %% [markdown]
# ## `fast_predict`
#
# Write `fast_predict(model)`. It returns a function `f(x)` that gives the class of each sample: the position of the largest output, as
# `argmax(model.predict(x), axis=-1)` does.
#
# - `model` is a built classifier with outputs `(n, number of classes)`; `x` is a float32 array or tensor of *n* samples, *n* at least 1.
# - The result has shape `(n,)` and dtype int64; a tensor or a NumPy array.
# - The model runs compiled by XLA, whatever `model.compile` was told.
# - It runs in inference mode, with the weights that the model has when `f` is called. Nothing in the model changes.
#
# **Example.** `f = fast_predict(model)`; for four images `f(images)` might be `[3, 0, 9, 3]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `tf.function` has an argument that has the whole graph compiled.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Define a function inside `fast_predict`, decorated with `@tf.function(jit_compile=True)`, that calls the model itself, not `model.predict`. Mind the dtype of
# your `argmax`: not all of them give int64.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# What `f` computes fits into one line: the model on `x`, in inference mode, and `tf.argmax` of that, along the axis of the classes.
#
# </details>


# %% task="fast_predict" role="answer" about="a prediction compiled by XLA" minutes=15 difficulty=2
def fast_predict(model):
    """Return f(x) -> class index, int64 (n,), compiled by XLA, in inference mode.

    model: a built classifier with outputs (n, number of classes).
    """

    ### BEGIN SOLUTION
    @tf.function(jit_compile=True)
    def predict(x):
        return tf.argmax(model(x, training=False), axis=-1)

    return predict
    ### END SOLUTION


# %% task="fast_predict" role="check" points=1
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((6,)), layers.Dense(5)])
model.compile("sgd", "mse", jit_compile=False)
x = np.random.default_rng(0).normal(size=(12, 6)).astype("float32")
predict_fast = fast_predict(model)
assert callable(predict_fast), (
    f"fast_predict should return a function f(x), it returned {type(predict_fast).__name__}."
)
try:
    result = predict_fast(x)
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"f(x) raised {type(error).__name__}. Inside a tf.function call the model itself, and use "
        "TensorFlow's operations; model.predict, NumPy and .numpy() do not work there."
    ) from error
assert result is not None, "f(x) returned None: is a `return` missing?"
assert tf.is_tensor(result) or isinstance(result, np.ndarray), (
    f"f(x) returned a {type(result).__name__}, it should be a tensor or a NumPy array."
)
result = np.asarray(result)
assert result.shape != (12, 5), "f(x) returned the outputs; return the position of the largest one."
assert result.shape == (12,), (
    f"For 12 samples the result has shape {result.shape}, it should be (12,). Along which axis is "
    "your argmax?"
)
assert result.dtype == np.int64, (
    f"The result is {result.dtype}, it should be int64: keras.ops.argmax gives int32, tf.argmax int64."
)
expected = np.asarray(model(x, training=False)).argmax(axis=-1)
assert np.array_equal(result, expected), (
    f"The classes are {result.tolist()}, those of model.predict are {expected.tolist()}."
)


# %% task="fast_predict" role="hidden" points=2 tries="arrays and tensors, a single sample, two models side by side, inference mode, weights that change, and whether XLA compiles it"
class TestOnlyPython(layers.Layer):
    """Passes its inputs on through Python, which XLA cannot compile."""

    def call(self, inputs):
        outputs = tf.numpy_function(np.array, [inputs], tf.float32)
        return tf.ensure_shape(outputs, inputs.shape)


class TestNotInTraining(layers.Layer):
    """Turns the sign of its inputs in training mode, and counts in a weight how often."""

    def build(self, input_shape):
        self.turned = self.add_weight(initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if not training:
            return inputs
        self.turned.assign_add(1.0)
        return -inputs


def classes_by(predict, x, samples):
    """The classes that a student's function gives; explains what a student is likely to run into."""
    try:
        result = predict(x)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"f(x) for {samples} raised {type(error).__name__}: x may be an array or a tensor of any "
            "number of samples."
        ) from error
    result = np.asarray(result)
    assert result.shape == (len(x),) and result.dtype == np.int64, (
        f"For {samples} the result is {result.dtype} of shape {result.shape}, it should be int64 of "
        f"shape ({len(x)},): a single sample is still a batch."
    )
    return result


def change_weights(model, seed):
    generator = np.random.default_rng(seed)
    model.set_weights(
        [
            generator.normal(size=weight.shape)
            if weight.ndim == 2
            else generator.uniform(0.3, 1.5, weight.shape)
            for weight in model.get_weights()
        ]
    )


def outputs_of(model, x):
    """What model.predict gives, without the graph that it makes first."""
    return np.asarray(model(x, training=False))


def clear_images(model, seed):
    """40 images whose class is clear, so that the last digits do not decide."""
    x = np.random.default_rng(seed).normal(size=(200, 4, 4, 1)).astype("float32")
    best = np.sort(outputs_of(model, x), axis=-1)
    images = x[best[:, -1] - best[:, -2] > 0.2][:40]
    assert len(images) == 40, "The test made too few images: please report this."
    return images


stack = [keras.Input((4, 4, 1)), layers.Flatten(), TestNotInTraining(), layers.Dropout(0.5)]
model = keras.Sequential([*stack, layers.Dense(6)])
change_weights(model, 1)
optimizer = keras.optimizers.Adam(0.01)
model.compile(optimizer, "mse", jit_compile=False)
signed = keras.Sequential([keras.Input((3,)), TestNotInTraining()])
fast_one, fast_signed = fast_predict(model), fast_predict(signed)
weights_before = model.get_weights()
images = clear_images(model, 3)
expected = outputs_of(model, images).argmax(axis=-1)
repeated = [classes_by(fast_one, images, "40 images as an array") for _ in range(3)]
assert all(np.array_equal(classes, repeated[0]) for classes in repeated), (
    "The same images get different classes in different calls: Dropout is at work. Is the model in "
    "inference mode (training=False)?"
)
wrong = np.mean(repeated[0] != expected)
assert not wrong, (
    f"{wrong:.0%} of the classes of 40 images differ from argmax of model.predict. Is the model in "
    "inference mode (training=False), and argmax over the classes?"
)
for before, now in zip(weights_before, model.get_weights()):
    assert np.array_equal(before, now), (
        "Predicting changed the model's weights, as it would the moving averages of "
        "BatchNormalization: use training=False."
    )
assert model.optimizer is optimizer and model.jit_compile is False, (
    "fast_predict changed what model.compile had been told. The model stays as it was."
)

result = classes_by(fast_signed, tf.constant([[2.0, 4.0, 1.0]]), "one sample, a tensor").tolist()
assert result == [1], (
    f"A second model gave the classes {result}, they should be [1]. One of its layers turns the sign in "
    "training mode: is the model in inference mode, and does each function run its own model?"
)

change_weights(model, 9)
images = clear_images(model, 5)
expected = outputs_of(model, images).argmax(axis=-1)
assert np.array_equal(classes_by(fast_one, images, "40 images as an array"), expected), (
    "After the model's weights had changed, f still answered with the old ones. The graph should read "
    "the model's variables, not copies of their values."
)

not_for_xla = keras.Sequential([keras.Input((3,)), TestOnlyPython()])
not_for_xla.compile("sgd", "mse", jit_compile=False)
try:
    fast_predict(not_for_xla)(np.ones((4, 3), dtype="float32"))
except Exception:
    compiled_by_xla = True
else:
    compiled_by_xla = False
assert compiled_by_xla, (
    "A model with an operation that XLA cannot compile ran without complaint: so the model does not "
    "run compiled by XLA. Which argument of tf.function asks for it?"
)
