# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 3 · Subclassing
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 3](../../notebooks/03_subclassing.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace each line `raise NotImplementedError(…)` by your code, run the cell, then run
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
# ## `TicketModel`
#
# A company routes its support tickets: how urgent is a ticket, and which department answers it? Write the class
# `TicketModel`, a `keras.Model`.
#
# - `__init__(self, num_departments, hidden_units=64)`
# - `call` gets one argument, a dict with the keys `"title"`, `"text_body"` and `"tags"`. Each is a float array of
#   shape `(n, width)`; the widths differ. A dict has no order that matters.
# - It concatenates the three (title, then text body, then tags), and applies one `Dense` layer with `hidden_units` units
#   and ReLU.
# - It returns a pair `(priority, department)`, a tuple or a list, both computed from that layer's output: `priority` is one
#   sigmoid unit, shape `(n, 1)`; `department` is a softmax over the departments, shape `(n, num_departments)`.
# - It trains with `fit` on dicts.
#
# **Example.** `TicketModel(4)({"title": …, "text_body": …, "tags": …})` for 10 tickets returns two tensors, of shapes `(10, 1)` and
# `(10, 4)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which objects hold weights? They are made in `__init__`, once. What happens to the data at every call stands in `call`.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Three `Dense` layers as attributes, after `super().__init__()`. In `call`: look the three arrays up by their keys, join
# them along the last axis, and send the result through the layers.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.concatenate([…], axis=-1)` takes the three arrays in the order in which they are to stand. Its result goes through the
# hidden layer *once*; what comes out of that goes through each of the two others.
#
# </details>


# %% task="TicketModel" role="answer" about="a model with a dict of inputs and two outputs" minutes=20 difficulty=2
class TicketModel(keras.Model):
    """Priority and department of support tickets.

    Called on a dict of float arrays `title`, `text_body`, `tags`, each (n, width). Returns
    (priority, department) of shapes (n, 1) and (n, num_departments).
    """

    def __init__(self, num_departments, hidden_units=64):
        ### BEGIN SOLUTION
        super().__init__()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.priority = layers.Dense(1, activation="sigmoid")
        self.department = layers.Dense(num_departments, activation="softmax")
        ### END SOLUTION

    def call(self, inputs):
        ### BEGIN SOLUTION
        x = ops.concatenate([inputs["title"], inputs["text_body"], inputs["tags"]], axis=-1)
        features = self.hidden(x)
        return self.priority(features), self.department(features)
        ### END SOLUTION


# %% task="TicketModel" role="check" points=2
import re


def said(error):
    """What an error says, in one line and without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m|\s+", " ", f"{type(error).__name__}: {error}")[:300]


keras.utils.set_random_seed(0)
generator = np.random.default_rng(0)
tickets = {
    "title": generator.integers(0, 2, size=(6, 7)).astype("float32"),
    "text_body": generator.integers(0, 2, size=(6, 11)).astype("float32"),
    "tags": generator.integers(0, 2, size=(6, 3)).astype("float32"),
}
model = TicketModel(4, hidden_units=5)
assert isinstance(model, keras.Model), "TicketModel should be a subclass of keras.Model."
try:
    outputs = model(tickets)
except Exception as error:
    raise AssertionError(
        "TicketModel(4, hidden_units=5) cannot be called on a dict with the keys title, text_body "
        f"and tags ({said(error)}). `call` gets the whole dict as its one "
        'argument: look the arrays up by their keys, inputs["title"] and so on.'
    ) from error
assert outputs is not None, "`call` returned None: is a `return` missing?"
assert isinstance(outputs, (tuple, list)) and len(outputs) == 2, (
    f"`call` returned {type(outputs).__name__}, it should return the pair (priority, department)."
)
assert all(hasattr(output, "shape") for output in outputs), (
    f"The two results are {' and '.join(type(output).__name__ for output in outputs)}: the pair "
    "(priority, department) should hold the two tensors themselves."
)
shapes = [tuple(output.shape) for output in outputs]
assert shapes != [(6, 4), (6, 1)], "The two outputs are swapped: return (priority, department)."
assert shapes == [(6, 1), (6, 4)], (
    f"For 6 tickets and 4 departments the outputs have the shapes {shapes}; they should be (6, 1) "
    "for the priority and (6, 4) for the department."
)
priority, department = [np.asarray(output, dtype="float64") for output in outputs]
assert model.weights, (
    "The model has no weights. Layers that are made inside `call` are new, and untrained, at every "
    "call: make them in `__init__` and keep them as attributes."
)
assert not (priority == 1).all(), (
    "The priority of every ticket is exactly 1.0. A softmax over one unit is always 1: use sigmoid."
)
assert ((priority > 0) & (priority < 1)).all(), (
    "The priority should lie between 0 and 1: is its activation sigmoid?"
)
assert (department >= 0).all() and np.allclose(department.sum(axis=-1), 1, atol=1e-5), (
    "The departments' scores of one ticket should be probabilities with a sum of 1. Is the "
    f"activation softmax? The first row sums to {department[0].sum():.3f}."
)
again = np.asarray(model(tickets)[1], dtype="float64")
assert np.allclose(again, department, atol=1e-6), (
    "The same tickets gave other departments at the second call. Is a layer made inside `call`?"
)
counts = {units: 21 * units + units + units + 1 + 4 * units + 4 for units in [5, 64]}
assert model.count_params() != counts[64], (
    "The hidden layer has 64 units although hidden_units is 5: use the argument."
)
assert model.count_params() == counts[5], (
    f"With inputs of widths 7, 11 and 3, hidden_units=5 and 4 departments there should be "
    f"{counts[5]} weights, there are {model.count_params()}: one Dense layer of 5 units on all 21 "
    "inputs, and on top of its 5 outputs one Dense layer for each result."
)

# %% task="TicketModel" role="hidden" points=2 tries="other widths, the default of 64 hidden units, a dict in another order, the values of both outputs, and a step of training"
from itertools import permutations


def make_tickets(n, **widths):
    generator = np.random.default_rng(5)
    return {key: generator.normal(size=(n, w)).astype("float32") for key, w in widths.items()}


def softmax(x):
    exps = np.exp(x - x.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def close(a, b):
    return np.allclose(a, b, rtol=1e-4, atol=1e-5)


keras.utils.set_random_seed(0)
tickets = make_tickets(8, title=6, text_body=9, tags=4)
model = TicketModel(3, 7)
model(tickets)
shapes = sorted(tuple(weight.shape) for weight in model.trainable_weights)
assert shapes == sorted([(19, 7), (7,), (7, 1), (1,), (7, 3), (3,)]), (
    "For inputs of widths 6, 9 and 4, TicketModel(3, 7) has weights of the shapes "
    f"{shapes}; there should be a kernel (19, 7) on the concatenated inputs, (7, 1) for the "
    "priority and (7, 3) for the department, each with its bias."
)
# Weights of both signs and of a size that tells one activation from another.
generator = np.random.default_rng(1)
values = {}
for weight in model.trainable_weights:
    values[tuple(weight.shape)] = generator.normal(size=weight.shape) * 0.6
    weight.assign(values[tuple(weight.shape)])
priority, department = [np.asarray(output, dtype="float64") for output in model(tickets)]

stated = ("title", "text_body", "tags")
for order in permutations(stated):
    x = np.concatenate([tickets[key] for key in order], axis=-1).astype("float64")
    hidden = x @ values[19, 7] + values[7,]
    relu = np.maximum(hidden, 0)
    right_priority = sigmoid(relu @ values[7, 1] + values[1,])
    right_department = softmax(relu @ values[7, 3] + values[3,])
    if close(priority, right_priority) and close(department, right_department):
        assert order == stated, (
            f"The inputs are concatenated in the order {', '.join(order)}. It should be title, then "
            "text body, then tags: nobody could use the weights otherwise."
        )
        break
    others = {"no activation": hidden, "the activation tanh": np.tanh(hidden)}
    others["the activation sigmoid"] = sigmoid(hidden)
    for name, features in others.items():
        found = close(priority, sigmoid(features @ values[7, 1] + values[1,]))
        assert not found, f"The hidden layer has {name}: it should have ReLU."
    assert not close(department, right_department), (
        "The departments are right, the priorities are not: the priority is one Dense unit with "
        "sigmoid on the hidden layer's output."
    )
    assert not close(priority, right_priority), (
        "The priorities are right, the departments are not: the department is a Dense layer with "
        "softmax on the hidden layer's output."
    )
else:
    raise AssertionError(
        "The outputs are not those of sigmoid and softmax on top of Dense(hidden_units, relu) of the "
        "three concatenated inputs. Do both outputs start from the hidden layer's output, and do all "
        "three inputs reach it?"
    )

backwards = {key: tickets[key] for key in reversed(tickets)}
assert close(model(backwards)[0], priority), (
    "The same tickets in a dict with another order of keys gave other priorities. Look the arrays up "
    "by their keys; the order of `inputs.values()` means nothing."
)
training = [np.asarray(output, dtype="float64") for output in model(tickets, training=True)]
assert close(training[0], priority) and close(training[1], department), (
    "Called with training=True the model gives other results: there is no dropout, or the like, in it."
)

# A step of training, as in `fit`: the model is recorded on symbolic inputs, every weight gets a gradient.
try:
    tf.function(lambda inputs: model(inputs), autograph=False).get_concrete_function(tickets)
    weights = model.trainable_weights
    with tf.GradientTape() as tape:
        score = sum(ops.sum(ops.square(output)) for output in model(tickets, training=True))
    gradients = tape.gradient(score, [weight.value for weight in weights])
except Exception as error:
    raise AssertionError(
        f"A step of training, as in `fit`, on a batch of dicts failed ({type(error).__name__}). Inside `fit` "
        "the inputs are symbolic: compute with keras.ops or layers and not with NumPy, and make every "
        "layer in `__init__`."
    ) from error
for weight, gradient in zip(weights, gradients):
    assert gradient is not None and np.abs(gradient).max() > 0, (
        f"A weight of shape {tuple(weight.shape)} gets no gradient in training: it has no part in the "
        "outputs, or the way to it leads through NumPy."
    )

model = TicketModel(num_departments=2)
model(tickets)
expected = 19 * 64 + 64 + 64 + 1 + 64 * 2 + 2
assert model.count_params() == expected, (
    f"TicketModel(2) has {model.count_params()} weights on inputs of widths 6, 9 and 4; with the "
    f"default of 64 hidden units there are {expected}."
)

# %% [markdown]
# ## `DropoutMLP`
#
# Write the class `DropoutMLP`, a `keras.Model`: a classifier that drops hidden units while it is trained, and at no other time.
#
# - `__init__(self, hidden_units, num_classes, rate=0.5)`; `hidden_units` is a list or tuple of ints, which stays as it is.
# - For each entry of `hidden_units` there is a `Dense` layer with ReLU, followed by dropout with the given `rate`. The last layer is a
#   `Dense` of `num_classes` units with softmax.
# - Called with `training=True` it is random: the dropout is active. Called without `training`, or with `training=False`, it is
#   deterministic.
# - Its weights are made once and stay the same objects, whatever you call.
#
# **Example.** `model = DropoutMLP([64, 32], 10)`. `model(x)` returns the same each time; `model(x, training=True)` does not.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A list of layers may be an attribute: Keras finds the layers in it.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Fill a list in `__init__`, a `Dense` and a `Dropout` per entry, and go through it in `call(self, inputs, training=None)`. A `Dropout` layer
# wants to know whether this call is training.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `zip` goes through two lists in step. Each Dropout layer is told `training=training`; what it is, Keras says when it calls
# `call`, if `call` asks for it. After the last hidden layer there is one more layer, and no dropout.
#
# </details>


# %% task="DropoutMLP" role="answer" about="a model that behaves differently in training" minutes=25 difficulty=2
class DropoutMLP(keras.Model):
    """A classifier with dropout after every hidden layer.

    hidden_units: list of ints; num_classes: int; rate: share of hidden units dropped in
    training. Called on (n, d), returns probabilities (n, num_classes).
    """

    def __init__(self, hidden_units, num_classes, rate=0.5):
        ### BEGIN SOLUTION
        super().__init__()
        self.hidden = [layers.Dense(units, activation="relu") for units in hidden_units]
        self.dropouts = [layers.Dropout(rate) for _ in hidden_units]
        self.head = layers.Dense(num_classes, activation="softmax")
        ### END SOLUTION

    def call(self, inputs, training=None):
        ### BEGIN SOLUTION
        x = inputs
        for dense, dropout in zip(self.hidden, self.dropouts):
            x = dropout(dense(x), training=training)
        return self.head(x)
        ### END SOLUTION


# %% task="DropoutMLP" role="check" points=2
import re


def said(error):
    """What an error says, in one line and without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m|\s+", " ", f"{type(error).__name__}: {error}")[:300]


keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
model = DropoutMLP([64, 32], 3)
assert isinstance(model, keras.Model), "DropoutMLP should be a subclass of keras.Model."
try:
    outputs = model(x)
except Exception as error:
    raise AssertionError(
        f"DropoutMLP([64, 32], 3) cannot be called on an array of shape (20, 4) ({said(error)})."
    ) from error
assert outputs is not None, "`call` returned None: is a `return` missing?"
assert not isinstance(outputs, (list, tuple)), (
    f"`call` returned a {type(outputs).__name__}, it should return one array."
)
assert tuple(outputs.shape) == (20, 3), (
    f"For 20 samples and 3 classes the output has shape {tuple(outputs.shape)}, not (20, 3)."
)
weights = list(model.trainable_weights)
assert weights, (
    "The model has no weights. Layers that are made inside `call` are new, and untrained, at every "
    "call: make them in `__init__` and keep them as attributes."
)
assert len(weights) == 6, (
    f"The model has {len(weights)} arrays of weights; two hidden layers and the last one should have "
    "6, a kernel and a bias each."
)
try:
    first, second, off, off_again, dropped, dropped_again = [
        np.asarray(model(x, **kwargs), dtype="float64")
        for kwargs in [{}, {}, *2 * [{"training": False}], *2 * [{"training": True}]]
    ]
except Exception as error:
    raise AssertionError(
        f"model(x, training=True) or model(x, training=False) failed ({said(error)}). Has `call` an "
        "argument named `training`, and is it passed on by name: dropout(x, training=training)?"
    ) from error
assert np.array_equal(off, off_again), (
    "With training=False two calls gave different results: dropout is active all the time. Pass "
    "the argument `training` of `call` on to the Dropout layers."
)
assert np.array_equal(first, second) and np.allclose(first, off), (
    "Without the argument `training` two calls gave different results: nobody said that this is "
    "training. Is the default of `training` True?"
)
assert (first >= 0).all() and np.allclose(first.sum(axis=-1), 1, atol=1e-5), (
    "The outputs of one sample should be probabilities: not negative, with a sum of 1. Is the last "
    f"activation softmax? The first row sums to {first[0].sum():.3f}."
)
assert not np.allclose(dropped, first), (
    "With training=True the result is the same as without: no unit is dropped. Does every hidden "
    "layer have its Dropout, and does it get `training`?"
)
assert not np.allclose(dropped, dropped_again), (
    "With training=True two calls dropped the same units: each call should draw anew."
)
assert np.allclose(dropped.sum(axis=-1), 1, atol=1e-5), (
    "In training the probabilities of one sample no longer sum to 1. There is no dropout after the "
    "last layer."
)
same = len(model.trainable_weights) == 6 and all(
    a is b for a, b in zip(weights, model.trainable_weights)
)
assert same, "After a few calls the weights are other objects: make all layers in `__init__`."


# %% task="DropoutMLP" role="hidden" points=2 tries="one and several hidden layers, other rates, fresh masks in a graph, training as in fit, and whether the list is left as it was"


hidden_units = [8, 6, 6]
call = "DropoutMLP([8, 6, 6], 3, rate=0.0)"
keras.utils.set_random_seed(1)
model = DropoutMLP(hidden_units, 3, rate=0.0)
generator = np.random.default_rng(3)
x = generator.normal(size=(6, 11)).astype("float32")
model(x)
sizes = [11, 8, 6, 6, 3]
wanted = {(a, b) for a, b in zip(sizes, sizes[1:])} | {(b,) for b in sizes[1:]}
shapes = [tuple(weight.shape) for weight in model.trainable_weights]
assert set(shapes) == wanted and len(shapes) == 8, (
    f"{call} on 11 features has weights of the shapes {shapes}: one Dense layer for each entry "
    "of hidden_units, as wide as the entry says, and one for the classes."
)
values = {}
for weight in model.trainable_weights:
    value = values.setdefault(tuple(weight.shape), generator.normal(size=weight.shape) * 0.7)
    weight.assign(value)
h = x.astype("float64")
for a, b in zip(sizes, sizes[1:-1]):
    h = np.maximum(h @ values[a, b] + values[b,], 0)
logits = h @ values[6, 3] + values[3,]
exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
expected = exps / exps.sum(axis=-1, keepdims=True)
for kwargs in [{}, {"training": False}]:
    result = np.asarray(model(x, **kwargs), dtype="float64")
    assert np.allclose(result, expected, rtol=1e-3, atol=1e-4), (
        f"{call} does not compute softmax(… relu(x @ kernel + bias) …) when it is not in "
        "training. Has every hidden layer the activation ReLU, the last one softmax, and are "
        "they used one after the other?"
    )
assert hidden_units == [8, 6, 6], (
    f"{call} changed the caller's list: it has {len(hidden_units)} entries."
)
result = np.asarray(model(x, training=True), dtype="float64")
assert np.allclose(result, expected, rtol=1e-3, atol=1e-4), (
    "With rate=0.0 training changes the outputs. `rate` is the share that is dropped: pass it on "
    "to Dropout."
)

# Hidden layers of one unit show each dropout: an activation of 1 becomes 0 or 1 / (1 - rate).
x, y = np.ones((3000, 1), dtype="float32"), np.zeros(3000, dtype="int32")


def model_of_ones(depth, kernel, bias, **kwargs):
    keras.utils.set_random_seed(2)
    model = DropoutMLP((1,) * depth, 2, **kwargs)
    model(x)
    for weight in model.trainable_weights:
        value = {(1, 1): [[kernel]], (1,): [bias], (1, 2): [[1.0, 0.0]], (2,): [0.0, 0.0]}
        weight.assign(value[tuple(weight.shape)])
    return model


def activations(outputs):
    rows = np.maximum(np.asarray(outputs, dtype="float64"), 1e-30)
    return np.log(rows[:, 0] / rows[:, 1])


for rate in [0.8, 0.5]:
    kwargs = {} if rate == 0.5 else {"rate": rate}
    told = f"rate={rate}" if kwargs else "the default rate 0.5"
    # The hidden unit is 1 whatever its input is: only the dropout after it can be seen.
    model = model_of_ones(1, kernel=0.0, bias=1.0, **kwargs)
    one = activations(model(x, training=True))
    kept = one[one > 1e-3]
    assert 0 < len(kept) < len(one), (
        f"With one hidden layer and {told}, {len(one) - len(kept)} of {len(one)} hidden activations are "
        "dropped: is there dropout *after* the hidden layer, drawn for each sample and unit?"
    )
    assert np.ptp(kept) < 1e-2, (
        "In training the hidden units are multiplied by many different numbers. Dropout sets some to "
        "0 and scales all others alike."
    )
    share = 1 - len(kept) / len(one)
    assert abs(share - rate) < 0.06, (
        f"With {told} a share of {share:.2f} of the hidden units was dropped. `rate` is the share that "
        "is dropped: pass it on to Dropout, and drop once after each hidden layer."
    )
    assert np.isclose(kept.mean(), 1 / (1 - rate), rtol=1e-2), (
        f"With {told} the units that are kept are multiplied by {kept.mean():.2f}, Dropout multiplies "
        f"them by 1 / (1 - rate) = {1 / (1 - rate):.2f}."
    )

# A step of training, as in `fit`, of the last of these models: its loss tells whether units are dropped.
weights = list(model.trainable_weights)
before = [weight.numpy().copy() for weight in weights]
model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
recorded = tf.function(lambda inputs: model(inputs, training=True), autograph=False)
try:
    first, second = [np.asarray(recorded(x), dtype="float64") for _ in range(2)]
    loss = float(model.train_step((x, y))["loss"])
except Exception as error:
    raise AssertionError(
        f"A step of training, as in `fit`, failed ({type(error).__name__}). Inside `fit` the inputs are "
        "symbolic: compute with layers or keras.ops and not with NumPy, and make every layer in "
        "`__init__`."
    ) from error
assert not np.allclose(first, second), (
    "In a tf.function, which is how `fit` runs a model, every call with training=True drops the same "
    "units. NumPy draws its random numbers once, when the function is recorded: use layers.Dropout."
)
same = len(model.trainable_weights) == 4 and all(
    a is b for a, b in zip(weights, model.trainable_weights)
)
assert same, (
    "After training the weights are other objects than before: make all layers in `__init__`."
)
undropped, dropped = np.log1p(np.exp(-1.0)), (np.log(2) + np.log1p(np.exp(-2.0))) / 2
assert not np.isclose(loss, undropped, atol=1e-3), (
    "While `fit` trains the model, no unit is dropped. Keras tells whether it is training only to a `call` "
    "that asks for it: call(self, inputs, training=None), and each Dropout has to be told in turn."
)
assert np.isclose(loss, dropped, atol=0.03), (
    f"In a training step on half-dropped units the loss is {loss:.2f}, it should be about {dropped:.2f}."
)
for weight, old in zip(weights, before):
    assert not np.array_equal(weight.numpy(), old), (
        f"A weight of shape {tuple(weight.shape)} did not change in training: it is not part of the "
        "model, or it is not trainable."
    )

three = activations(model_of_ones(3, kernel=1.0, bias=0.0, rate=0.25)(x, training=True))
times = np.log(three[three > 1e-3].mean()) / np.log(1 / 0.75)
assert np.isclose(times, 3, atol=0.1), (
    f"In a model with three hidden layers the number of dropouts between input and output is "
    f"{times:.0f}, it should be 3: one after each hidden layer, none before the first."
)

# %% [markdown]
# ## `Recurrence`
#
# A loop in `call` is a network that is as deep as you like, with the weights of a single layer. Write the class
# `Recurrence`, a `keras.Model`.
#
# - `__init__(self, units, steps)`; both are ints of at least 1.
# - It has *one* `Dense` layer of `units` units with the activation tanh, which is applied `steps` times: first to the input, an array of
#   shape `(n, units)`, then to its own output.
# - Therefore it has two arrays of weights, a kernel and a bias, whatever `steps` is.
#
# **Example.** `Recurrence(4, 3)(x)` is `d(d(d(x)))`, with one `Dense` layer `d`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# How many layer objects do you need if all steps use the same weights?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Make one layer in `__init__`, keep `steps`, and write a Python loop in `call`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `range(self.steps)` counts the steps. Before the loop there is the input; in each turn, what there is is replaced by what the
# layer makes of it.
#
# </details>


# %% task="Recurrence" role="answer" about="one layer used many times" minutes=15 difficulty=1
class Recurrence(keras.Model):
    """One Dense layer with tanh, applied `steps` times to its own output.

    units: width of input and output; steps: number of applications. Called on (n, units),
    returns (n, units).
    """

    def __init__(self, units, steps):
        ### BEGIN SOLUTION
        super().__init__()
        self.dense = layers.Dense(units, activation="tanh")
        self.steps = steps
        ### END SOLUTION

    def call(self, inputs):
        ### BEGIN SOLUTION
        x = inputs
        for _ in range(self.steps):
            x = self.dense(x)
        return x
        ### END SOLUTION


# %% task="Recurrence" role="check" points=1
import re


def said(error):
    """What an error says, in one line and without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m|\s+", " ", f"{type(error).__name__}: {error}")[:300]


keras.utils.set_random_seed(0)
generator = np.random.default_rng(0)
x = generator.normal(size=(5, 4)).astype("float32")
model = Recurrence(4, 3)
assert isinstance(model, keras.Model), "Recurrence should be a subclass of keras.Model."
try:
    outputs = model(x)
except Exception as error:
    raise AssertionError(
        f"Recurrence(4, 3) cannot be called on an array of shape (5, 4) ({said(error)})."
    ) from error
assert outputs is not None, "`call` returned None: is a `return` missing?"
assert not isinstance(outputs, (list, tuple)), (
    f"`call` returned a {type(outputs).__name__}, it should return one array."
)
assert tuple(outputs.shape) == (5, 4), (
    f"For an input of shape (5, 4) the output has shape {tuple(outputs.shape)}, not (5, 4)."
)
assert model.weights, (
    "The model has no weights. A layer that is made inside `call` is new, and untrained, at every "
    "call: make it in `__init__` and keep it as an attribute."
)
assert len(model.weights) != 6, (
    "Recurrence(4, 3) has 6 arrays of weights: each step has a Dense layer of its own. Make one "
    "layer, and use it three times."
)
assert len(model.weights) == 2, (
    f"Recurrence(4, 3) has {len(model.weights)} arrays of weights, there should be two: the kernel "
    "and the bias of one Dense layer."
)

# %% task="Recurrence" role="hidden" points=2 tries="other widths and numbers of steps, whether tanh follows each step, and training as in fit"


for units, steps in [(4, 1), (3, 5)]:
    keras.utils.set_random_seed(0)
    generator = np.random.default_rng(units + steps)
    x = generator.normal(size=(7, units)).astype("float32")
    model = Recurrence(units, steps)
    model(x)
    shapes = sorted(tuple(weight.shape) for weight in model.trainable_weights)
    assert shapes == sorted([(units, units), (units,)]) and len(model.weights) == 2, (
        f"Recurrence({units}, {steps}) has weights of the shapes {shapes}; there should be one kernel "
        f"{(units, units)} and one bias {(units,)}, whatever `steps` is."
    )
    values = {len(weight.shape): generator.normal(size=weight.shape) for weight in model.weights}
    for weight in model.weights:
        weight.assign(values[len(weight.shape)])
    result = np.asarray(model(x), dtype="float64")

    def apply(steps, last=np.tanh, others=np.tanh, x=x, values=values):
        h = x.astype("float64")
        for step in range(steps):
            h = (last if step == steps - 1 else others)(h @ values[2] + values[1])
        return h

    def close(expected, result=result):
        return np.allclose(result, expected, rtol=1e-4, atol=1e-4)

    call = f"Recurrence({units}, {steps})"
    if close(apply(steps)):
        continue
    for count in range(steps + 4):
        assert not close(apply(count)), (
            f"{call} does the same as applying the layer {count} time(s), it should be {steps}. Each "
            "step is fed the output of the step before it."
        )
    assert not close(apply(steps, last=lambda h: h, others=lambda h: h)), (
        f"{call} has no activation: the Dense layer has tanh."
    )
    assert not close(apply(steps, others=lambda h: h)), (
        f"{call} applies tanh at the last step only. It belongs to the Dense layer, so to each step."
    )
    assert not close(apply(steps, last=lambda h: h)), (
        f"{call} has no tanh at the last step. It belongs to the Dense layer, so to each step."
    )
    relu, sigmoid = (lambda h: np.maximum(h, 0)), (lambda h: 1 / (1 + np.exp(-h)))
    assert not close(apply(steps, last=relu, others=relu)), (
        f"{call} uses ReLU: the activation is tanh."
    )
    assert not close(apply(steps, last=sigmoid, others=sigmoid)), (
        f"{call} uses sigmoid: the activation is tanh."
    )
    raise AssertionError(
        f"{call} is not tanh(… tanh(x @ kernel + bias) …) with {steps} times the same kernel and bias. "
        "Is each step fed the output of the step before it, and nothing else?"
    )

# A step of training, as in `fit`: the model is recorded on symbolic inputs, both weights get a gradient.
try:
    tf.function(lambda inputs: model(inputs), autograph=False).get_concrete_function(x)
    assert np.allclose(model(x, training=True), result, atol=1e-5), (
        "Called with training=True the model gives other results: there is no dropout, or the like, in it."
    )
    with tf.GradientTape() as tape:
        score = ops.sum(ops.square(model(x, training=True)))
    gradients = tape.gradient(score, [weight.value for weight in model.trainable_weights])
except AssertionError:
    raise
except Exception as error:
    raise AssertionError(
        f"A step of training, as in `fit`, failed ({type(error).__name__}). Inside `fit` the inputs are "
        "symbolic: compute with layers or keras.ops and not with NumPy, and make the layer in "
        "`__init__`."
    ) from error
assert all(gradient is not None and np.abs(gradient).max() > 0 for gradient in gradients), (
    "Kernel and bias should both get a gradient in training: compute with layers and keras.ops, not "
    "with NumPy."
)

# %% [markdown]
# ## `GatedMLP`
#
# A *gate* is a number between 0 and 1 by which a feature is multiplied. Write the class `GatedMLP`, a `keras.Model`.
#
# - `__init__(self, units, num_classes, **kwargs)`; `**kwargs` (such as `name`) go to the base class.
# - With three `Dense` layers (two of `units` units, one of `num_classes`) it computes
#   $$\text{softmax}\big(\text{Dense}(\text{Dense}_\text{sigmoid}(x) \cdot \text{Dense}_\text{relu}(x))\big)$$
#   where the dot multiplies element by element.
# - `get_config` returns what is needed to make the model again, with the arguments that *this* model was made with.
# - Saved to a `.keras` file and loaded back with `keras.saving.load_model(path)`, without `custom_objects`, it gives the same
#   predictions and the same `get_config()`. That needs a class that is registered: the decorator above the class does it, leave it there.
#
# **Example.** `GatedMLP(16, 3, name="gates")(x)` has the shape `(n, 3)`; its `get_config()` tells the name, the 16 and the 3.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A loaded model is made by calling the class with what `get_config` returned, as keyword arguments. Then its weights are filled in.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Keep `units` and `num_classes` as attributes. `super().get_config()` returns the base class's arguments (`name` and others); add yours to
# it. What `__init__` gets in `**kwargs` it hands to `super().__init__`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `{**one, **other}` makes one dictionary of two. The keys are the names of the arguments of `__init__`, as the class is called
# with them: `GatedMLP(**config)`.
#
# </details>


# %% task="GatedMLP" role="answer" about="a model that survives saving and loading" minutes=25 difficulty=3
@keras.saving.register_keras_serializable()
class GatedMLP(keras.Model):
    """A classifier with one gated hidden layer, which can be saved and loaded.

    units: width of the hidden layer and of its gate; num_classes: number of classes. Called on
    (n, d), returns probabilities (n, num_classes).
    """

    def __init__(self, units, num_classes, **kwargs):
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.units = units
        self.num_classes = num_classes
        self.gate = layers.Dense(units, activation="sigmoid")
        self.value = layers.Dense(units, activation="relu")
        self.head = layers.Dense(num_classes, activation="softmax")
        ### END SOLUTION

    def call(self, inputs):
        ### BEGIN SOLUTION
        return self.head(self.gate(inputs) * self.value(inputs))
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "units": self.units, "num_classes": self.num_classes}
        ### END SOLUTION


# %% task="GatedMLP" role="check" points=2
import re
import tempfile
from pathlib import Path


def said(error):
    """What an error says, in one line, without colour codes and Keras's introduction."""
    text = str(error).split("Error encountered during deserialization: ")[-1]
    return re.sub(r"\x1b\[[0-9;]*m|\s+", " ", f"{type(error).__name__}: {text}")[:300]


keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
model = GatedMLP(6, 3)
assert isinstance(model, keras.Model), "GatedMLP should be a subclass of keras.Model."
try:
    outputs = model(x)
except Exception as error:
    raise AssertionError(
        f"GatedMLP(6, 3) cannot be called on an array of shape (5, 4) ({said(error)})."
    ) from error
assert outputs is not None, "`call` returned None: is a `return` missing?"
assert not isinstance(outputs, (list, tuple)), (
    f"`call` returned a {type(outputs).__name__}, it should return one array."
)
assert tuple(outputs.shape) == (5, 3), (
    f"For 5 samples and 3 classes the output has shape {tuple(outputs.shape)}, not (5, 3)."
)
result = np.asarray(outputs, dtype="float64")
assert (result >= 0).all() and np.allclose(result.sum(axis=-1), 1, atol=1e-5), (
    "The outputs of one sample should be probabilities: not negative, with a sum of 1. Is the last "
    f"activation softmax? The first row sums to {result[0].sum():.3f}."
)
assert model.weights, (
    "The model has no weights. Layers that are made inside `call` are new, and untrained, at every "
    "call: make them in `__init__` and keep them as attributes."
)
assert len(model.weights) == 6, (
    f"The model has {len(model.weights)} arrays of weights; three Dense layers should have 6: the gate, "
    "the layer that is gated, and the last one."
)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "gated.keras"
    try:
        model.save(path)
    except Exception as error:
        raise AssertionError(
            f"The model cannot be saved ({said(error)}). Without a "
            "`get_config` of its own a Model does not know the arguments it was made with."
        ) from error
    try:
        loaded = keras.saving.load_model(path)
    except Exception as error:
        if "Could not locate class" in str(error):
            raise AssertionError(
                "The saved model cannot be loaded: Keras does not know the class. Register it with "
                "@keras.saving.register_keras_serializable()."
            ) from error
        raise AssertionError(
            "The saved model cannot be loaded. Keras calls the class with everything that get_config "
            "returned, as keyword arguments: has get_config all arguments of __init__, with the values "
            "of this model, and does __init__ take and pass on **kwargs? "
            f"({said(error)})"
        ) from error
same = np.allclose(np.asarray(loaded(x), dtype="float64"), result, atol=1e-5)
assert same, "The loaded model gives other predictions than the one that was saved."

# %% task="GatedMLP" role="hidden" points=3 tries="what it computes, name and other arguments of the base class, from_config, and saving and loading in several sizes"
import json


def softmax(x):
    exps = np.exp(x - x.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


def close(a, b):
    return np.allclose(np.asarray(a, dtype="float64"), b, rtol=1e-4, atol=1e-5)


keras.utils.set_random_seed(0)
generator = np.random.default_rng(4)
x = generator.normal(size=(9, 5)).astype("float32")
call = 'GatedMLP(7, 3, name="gates")'
try:
    model = GatedMLP(7, 3, name="gates")
except TypeError as error:
    raise AssertionError(
        f"{call} failed with a {type(error).__name__}. __init__(self, units, num_classes, **kwargs) takes what every "
        "keras.Model takes, such as `name`."
    ) from error
assert model.name == "gates", f"{call} does not bear this name: hand **kwargs to super().__init__."
model(x)

# What it computes. Nobody says which of the two kernels belongs to the gate.
shapes = sorted(tuple(weight.shape) for weight in model.trainable_weights)
assert shapes == sorted([(5, 7), (7,), (5, 7), (7,), (7, 3), (3,)]), (
    f"On 5 features GatedMLP(7, 3) has weights of the shapes {shapes}; there should be two Dense layers "
    "from 5 to 7, and one from 7 to 3."
)
values = {}
for weight in model.trainable_weights:
    values.setdefault(tuple(weight.shape), []).append(generator.normal(size=weight.shape))
    weight.assign(values[tuple(weight.shape)][-1])
result = np.asarray(model(x), dtype="float64")
[head], [head_bias] = values[7, 3], values[3,]
linear = [[x @ kernel + bias for bias in values[7,]] for kernel in values[5, 7]]
pairs = [
    (linear[i][j], linear[1 - i][1 - j])  # every kernel with either bias
    for i in range(2)
    for j in range(2)
]
if not any(close(result, softmax(sigmoid(a) * relu(b) @ head + head_bias)) for a, b in pairs):
    mistakes = {
        "adds gate and value: it should multiply them": lambda a, b: sigmoid(a) + relu(b),
        "has no ReLU on the layer that is gated": lambda a, b: sigmoid(a) * b,
        "has no sigmoid on the gate": lambda a, b: a * relu(b),
        "has ReLU on both layers: the gate has sigmoid": lambda a, b: relu(a) * relu(b),
        "has sigmoid on both layers: one has ReLU": lambda a, b: sigmoid(a) * sigmoid(b),
        "uses one layer for both, gate and value": lambda a, b: sigmoid(a) * relu(a),
    }
    for told, mistake in mistakes.items():
        found = any(close(result, softmax(mistake(a, b) @ head + head_bias)) for a, b in pairs)
        assert not found, f"GatedMLP {told}."
    raise AssertionError(
        "GatedMLP does not compute softmax(Dense(Dense_sigmoid(x) * Dense_relu(x))). Do both layers see "
        "the input, and does the last one see their product?"
    )

with tf.GradientTape() as tape:
    score = ops.sum(ops.square(model(x)))
gradients = tape.gradient(score, [weight.value for weight in model.trainable_weights])
assert all(gradient is not None for gradient in gradients), (
    "No gradient reaches some of the weights: compute with layers and keras.ops, not with NumPy."
)

# Arguments, name and weights outlive the file.
config = model.get_config()
try:
    written = json.dumps(keras.saving.serialize_keras_object(model))
    loaded = keras.saving.deserialize_keras_object(json.loads(written))
    loaded.set_weights(model.get_weights())
except Exception as error:
    if "Could not locate class" in str(error):
        raise AssertionError(
            "Keras does not know the class of the saved model: register it with "
            "@keras.saving.register_keras_serializable()."
        ) from error
    raise AssertionError(
        f"{call} cannot be saved and loaded. Look at what get_config returned: it should hold all "
        f"arguments of __init__, with the values that this model was made with. ({type(error).__name__})"
    ) from error
assert close(loaded(x), result), (
    f"{call} was saved and loaded, and gives other predictions. Has get_config all arguments?"
)
assert loaded.get_config() == config, (
    f"The get_config() of {call} is another after loading. What get_config returns must reach the new "
    "model: hand **kwargs to super().__init__."
)
rebuilt = GatedMLP.from_config(config)
assert rebuilt.name == "gates", (
    f"The get_config() of {call} lacks its name: from_config(get_config()) makes a model with another. "
    "Add your own arguments to super().get_config(), which knows the name and more."
)
rebuilt(x)
wanted = [tuple(weight.shape) for weight in model.weights]
assert [tuple(weight.shape) for weight in rebuilt.weights] == wanted, (
    f"from_config(get_config()) of {call} makes a model of another size."
)
try:
    GatedMLP(units=2, num_classes=3)
except TypeError as error:
    raise AssertionError(
        f"GatedMLP(units=2, num_classes=3) failed with a {type(error).__name__}. The arguments are named units and num_classes."
    ) from error

# %% [markdown]
# ## `functional_classifier`
#
# A subclassed model is a layer too: it can stand in a Functional model. The next cell gives you one, `Classifier`, which decides by
# `num_classes` what its last layer is: for two classes one sigmoid unit, for more a softmax.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class Classifier(keras.Model):
    """Class probabilities: (n, 1) for two classes, else (n, num_classes)."""

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        if num_classes == 2:
            self.dense = layers.Dense(1, activation="sigmoid")
        else:
            self.dense = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        return self.dense(inputs)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}


# %% [markdown]
# Write `functional_classifier(input_dim, num_classes, head)`, which returns a Functional model:
#
# - its input has the shape `(None, input_dim)`;
# - a `Dense` layer of 64 units with ReLU comes first, then `head`, whose output is the model's output;
# - `head` is a subclassed model such as `Classifier(num_classes)`; use that object itself, not a copy, and nothing after it.
#   `num_classes` is what `head` was made for; your function need not use it;
# - the result has `.layers`, can be saved and loaded, and calls `head` exactly once each time it is called.
#
# **Example.** `functional_classifier(20, 2, Classifier(2))` has the output shape `(None, 1)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Calling a subclassed model on a symbolic tensor is no different from calling a layer on it.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Start from `keras.Input((input_dim,))`, call the layer on it, call `head` on the result, and close with `keras.Model`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# What `head` returns for the symbolic features is symbolic, too. `keras.Model` needs where the graph begins and where it ends.
#
# </details>


# %% task="functional_classifier" role="answer" about="a class inside a graph" minutes=15 difficulty=2
def functional_classifier(input_dim, num_classes, head):
    """Return a Functional model: Dense(64, relu), then the given head.

    input_dim: number of features; num_classes: what head was made for; head: a subclassed model
    that is called on (n, 64).
    """
    ### BEGIN SOLUTION
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    return keras.Model(inputs, head(features))
    ### END SOLUTION


# %% task="functional_classifier" role="check" points=1
keras.utils.set_random_seed(0)
for num_classes, width in [(2, 1), (5, 5)]:
    head = Classifier(num_classes)
    model = functional_classifier(7, num_classes, head)
    call = f"functional_classifier(7, {num_classes}, Classifier({num_classes}))"
    assert model is not None, "functional_classifier returned None: is a `return` missing?"
    assert isinstance(model, keras.Model), (
        f"{call} returned {type(model).__name__}, it should return a keras.Model."
    )
    assert getattr(model, "inputs", None), (
        f"{call} is not a Functional model: it has no symbolic inputs. Close the graph with "
        "keras.Model(inputs, outputs)."
    )
    shape = tuple(model.inputs[0].shape)
    assert len(model.inputs) == 1 and shape == (None, 7), (
        f"{call} should have one input of shape (None, 7); it has {len(model.inputs)}, the first of "
        f"shape {shape}."
    )
    shape = tuple(model.outputs[0].shape)
    assert len(model.outputs) == 1 and shape == (None, width), (
        f"{call} should have one output of shape (None, {width}), that of the head; it has "
        f"{len(model.outputs)}, the first of shape {shape}."
    )
    assert head.weights and all(any(w is v for v in model.weights) for w in head.weights), (
        f"The weights of the head that was passed to {call} are not among the model's. Call that "
        "very object on the features: no new head, and no Lambda around it."
    )

# %% task="functional_classifier" role="hidden" points=3 tries="other heads, one with dropout among them, how often the head is called, whether all can be trained, and saving and loading"
import tempfile
import warnings
from pathlib import Path


@keras.saving.register_keras_serializable(package="hidden")
class Head(keras.Model):
    """A head with a hidden layer and dropout, which notes how often it is called."""

    def __init__(self, num_classes, rate=0.0, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.rate = rate
        self.count = 0
        self.dropout = layers.Dropout(rate)
        units = 1 if num_classes == 2 else num_classes
        activation = "sigmoid" if num_classes == 2 else "softmax"
        self.hidden = layers.Dense(5, activation="tanh")
        self.dense = layers.Dense(units, activation=activation)

    def call(self, inputs, training=None):
        self.count += 1
        return self.dense(self.hidden(self.dropout(inputs, training=training)))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes, "rate": self.rate}


def outputs_of(model, x):
    """The output as array, also of a model that was made with lists of one input and output."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras tells that it expected a list
        outputs = model(x)
    single = isinstance(outputs, (list, tuple)) and len(outputs) == 1
    return np.asarray(outputs[0] if single else outputs, dtype="float64")


for input_dim, num_classes in [(7, 2), (1, 4)]:
    keras.utils.set_random_seed(0)
    head = Head(num_classes, rate=0.5)
    model = functional_classifier(input_dim, num_classes, head)
    call = f"functional_classifier({input_dim}, {num_classes}, head)"
    generator = np.random.default_rng(1)
    x = generator.normal(size=(6, input_dim)).astype("float32")
    before = head.count
    outputs_of(model, x)
    calls = head.count - before
    assert calls != 0, (
        f"{call} never calls the head that it was given: call it as a layer, head(x), and not a copy "
        "of it or its method head.call(x)."
    )
    assert calls == 1, (
        f"{call} calls the head {calls} times in one forward pass, it should be once."
    )
    assert model.layers, f"{call} has no `.layers`."

    width = 1 if num_classes == 2 else num_classes
    result = outputs_of(model, x)
    assert np.array_equal(outputs_of(model, x), result), (
        "With a head that contains dropout two predictions for the same data differ: the head is in "
        "training mode all the time. Call head(x) without `training`: the model passes it on."
    )
    assert result.shape == (6, width), (
        f"For 6 samples {call} returns the shape {result.shape}; with a head made for {num_classes} "
        f"classes it is {(6, width)}, the head's own output."
    )
    frozen = [
        tuple(w.shape) for w in model.weights if not any(w is v for v in model.trainable_weights)
    ]
    assert not frozen, (
        f"Weights of {call} cannot be trained, those of the shapes {frozen}: nobody asked to freeze the "
        "head or a layer."
    )
    own = [w for w in model.weights if not any(w is v for v in head.weights)]
    shapes = [tuple(w.shape) for w in own]
    assert sorted(shapes) == sorted([(input_dim, 64), (64,)]), (
        f"Besides the head's weights {call} should have those of one Dense layer with 64 units on "
        f"{input_dim} features; it has weights of the shapes {shapes}."
    )
    values = {len(w.shape): generator.normal(size=w.shape) for w in own}
    for weight in own:
        weight.assign(values[len(weight.shape)])
    linear = x.astype("float64") @ values[2] + values[1]
    result = outputs_of(model, x)
    without = np.asarray(head(linear.astype("float32")), dtype="float64")
    assert not np.allclose(result, without, rtol=1e-4, atol=1e-5), (
        f"The first layer of {call} has no activation: it should have ReLU."
    )
    expected = np.asarray(head(np.maximum(linear, 0).astype("float32")), dtype="float64")
    assert np.allclose(result, expected, rtol=1e-3, atol=1e-4), (
        f"{call} is not head(relu(x @ kernel + bias)): is the head fed the 64 features, and is its "
        "output the model's output, unchanged?"
    )

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "classifier.keras"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a model may come compiled
            model.save(path)
            loaded = keras.saving.load_model(path)
    except Exception as error:
        raise AssertionError(
            f"{call} cannot be saved and loaded ({type(error).__name__}). "
            "Call the head itself on a symbolic tensor; a Lambda or a class around it is not needed."
        ) from error
again = outputs_of(loaded, x)
assert np.allclose(again, result, rtol=1e-4, atol=1e-5), (
    f"{call} gives other predictions after it was saved and loaded."
)
