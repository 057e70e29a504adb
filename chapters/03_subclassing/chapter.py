# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 3 · Subclassing
#
# After this chapter you can write a Keras model as a Python class, make it behave differently in training,
# save it together with its arguments, combine it with the other two styles, and say which style a task asks for.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 2](02_functional.ipynb) (Functional models); Python classes, `super()`, dictionaries |
# | **Running time** | about 35 s on two CPU cores |
# | **Assignment** | {{ ex03_subclassing }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, data, shuffling and dropout
TRAIN_SIZE = 8_000  # int: training images used in the last example, at most 60,000
EPOCHS = 8  # int: passes over these images

# %%
import logging
import re
import tempfile
import warnings
import zipfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes

# %% [markdown]
# Many cells below make a mistake on purpose. Keras's messages are long and coloured; these two functions cut out what matters.


# %%
def first_line(error):
    """The telling line of a Keras error, without colour codes and without the frame around it."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error.args[0] if error.args else error))
    lines = [line for line in text.splitlines() if line and not line.startswith("Exception enc")]
    return shortened(f"{type(error).__name__}: {lines[0]}")


def shortened(text, width=100):
    """The first words of a long message."""
    return text if len(text) <= width else text[:width].rsplit(" ", 1)[0] + " …"


# %% [markdown]
# ## A model is a class with two methods
#
# A Sequential or Functional model is *declared*: you say which layers there are and how they hang together, and Keras
# runs it. A subclassed model is *programmed*. You write a class with two methods:
#
# - `__init__` makes what lasts: the layers and the settings. `super().__init__()` comes first.
# - `call` does the computation, each time anew, in plain Python.


# %%
class TwoLayers(keras.Model):
    def __init__(self, name="two_layers"):
        super().__init__(name=name)
        self.hidden = layers.Dense(64, activation="relu", name="hidden")
        self.head = layers.Dense(10, activation="softmax", name="head")

    def call(self, inputs):
        return self.head(self.hidden(inputs))


model = TwoLayers()
batch = rng.normal(size=(2, 3)).astype("float32")
y_pred = model(batch)
print("in", batch.shape, "-> out", tuple(y_pred.shape))

# %% [markdown]
# You call the *model*, and Keras calls your `call`. In between it turns arrays into tensors, makes the weights that do not
# exist yet, and passes on whether this is training. So write `model(x)`, never `model.call(x)`.
#
# It is the model of chapter 1 in other words. Give a Sequential the same weights, and it gives the same numbers:

# %%
sequential = keras.Sequential(
    [keras.Input((3,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
)
sequential.set_weights(model.get_weights())
np.testing.assert_allclose(sequential(batch), y_pred, rtol=1e-5)

# %% [markdown]
# A layer that is an attribute is *tracked*: the model knows its weights, trains them and saves them. `layers` lists the
# attributes in the order in which you set them, which need not be the order in which `call` uses them.

# %%
print("layers: ", [layer.name for layer in model.layers])
print("weights:", [tuple(weight.shape) for weight in model.weights])
assert model.get_layer("hidden") is model.hidden

# %% [markdown]
# ## Weights come to exist with the first call
#
# `__init__` does not know how wide the data will be. Before the first call there is nothing to count.

# %%
model = TwoLayers()
print("built:", model.built, "| weights:", len(model.weights))
model.summary()

# %% [markdown]
# Three things make the weights. The second needs no data: a symbolic `keras.Input` (chapter 2) goes through `call` too.

# %%
x = rng.normal(size=(64, 3)).astype("float32")
y = rng.integers(0, 10, size=64)

called = TwoLayers()
called(x[:1])

symbolic = TwoLayers()
symbolic(keras.Input((3,)))

fitted = TwoLayers()
fitted.compile("sgd", "sparse_categorical_crossentropy")
fitted.fit(x, y, verbose=0)

for label, model in [("a call", called), ("a symbolic call", symbolic), ("fit", fitted)]:
    print(f"{label:16} -> {model.count_params()} weights")
    assert model.count_params() == 3 * 64 + 64 + 64 * 10 + 10 == 906

# %% [markdown]
# > **Pitfall: `build` alone builds nothing.** `model.build((None, 3))` is right for a Sequential. A class has no `build` of its
# > own, so its layers learn nothing from that shape. Keras says so, in a warning, and calls the model built all the same. Call the model
# > on a symbolic input instead.

# %%
unbuilt = TwoLayers()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    unbuilt.build((None, 3))
print("warned:", shortened(str(caught[0].message)) if caught else "nothing")
print("built:", unbuilt.built, "| weights:", len(unbuilt.weights))

# %% [markdown]
# Where `__init__` ends and `call` begins is the one thing to get right. Four mistakes, and what each looks like.
#
# > **Pitfall: a layer made in `call`.** It is a new layer each time, with new random weights, and nobody keeps it. The model looks
# > fine at first: it answers. It answers differently each time, has no weights, and cannot be trained.


# %%
class NewEachTime(keras.Model):
    def call(self, inputs):
        return layers.Dense(1)(inputs)


forgetful = NewEachTime()
first, second = np.asarray(forgetful(x[:1])), np.asarray(forgetful(x[:1]))
print(
    "same input, same answer:", np.array_equal(first, second), "| weights:", len(forgetful.weights)
)
assert not np.array_equal(first, second) and not forgetful.weights

forgetful.compile("sgd", "mse")
try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forgetful.fit(x, y, verbose=0)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# > **Pitfall: `self.dense = …` in `call`, or a layer added later.** Once a model is built its state is locked, so this mistake is
# > found at once.


# %%
class SetInCall(keras.Model):
    def call(self, inputs):
        self.dense = layers.Dense(1)
        return self.dense(inputs)


try:
    SetInCall()(x)
except ValueError as error:
    print(first_line(error))

try:
    called.extra = layers.Dense(1)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# > **Pitfall: no `super().__init__()`.** Nothing happens in `__init__`; the first call tells. And **a name that is taken**: a model
# > has attributes of its own. `layers`, `output`, `weights`, `losses`, `metrics` cannot be set.


# %%
class NoSuper(keras.Model):
    def __init__(self):
        self.dense = layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


class TakenName(keras.Model):
    def __init__(self):
        super().__init__()
        self.layers = [layers.Dense(1)]


for mistake in [lambda: NoSuper()(x), TakenName]:
    try:
        mistake()
    except (RuntimeError, AttributeError) as error:
        print(first_line(error))

# %% [markdown]
# ## The ticket model as a class
#
# Chapter 2 built a model that routes support tickets: from title, text and tags it says how urgent a ticket is and which department
# should answer it. Here are such tickets, made up so that there is something to learn: urgency and department follow from the words.

# %%
NUM_WORDS, NUM_TAGS, NUM_DEPARTMENTS, NUM_TICKETS = 100, 20, 4, 1280
tickets = {
    "title": rng.binomial(1, 0.05, size=(NUM_TICKETS, NUM_WORDS)).astype("float32"),
    "text_body": rng.binomial(1, 0.2, size=(NUM_TICKETS, NUM_WORDS)).astype("float32"),
    "tags": rng.binomial(1, 0.1, size=(NUM_TICKETS, NUM_TAGS)).astype("float32"),
}
words = np.concatenate([tickets["title"], tickets["text_body"], tickets["tags"]], axis=1)
urgency = words @ rng.normal(size=words.shape[1])
scores = words @ rng.normal(size=(words.shape[1], NUM_DEPARTMENTS))

priority = (1 / (1 + np.exp(urgency.mean() - urgency))).reshape(-1, 1).astype("float32")
department = np.eye(NUM_DEPARTMENTS, dtype="float32")[scores.argmax(axis=1)]
print("priority", priority.shape, "| department", department.shape)

# %% [markdown]
# `call` takes one argument. It may have any structure: here it is a dict, and each array is looked up by its key. What `call` returns may
# have any structure too: here a pair.


# %%
class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.features = layers.Dense(hidden_units, activation="relu", name="features")
        self.priority = layers.Dense(1, activation="sigmoid", name="priority")
        self.department = layers.Dense(num_departments, activation="softmax", name="department")

    def call(self, inputs):
        x = ops.concatenate([inputs["title"], inputs["text_body"], inputs["tags"]], axis=-1)
        x = self.features(x)
        return self.priority(x), self.department(x)


tickets_by_class = TicketModel(NUM_DEPARTMENTS)
outputs = tickets_by_class(tickets)
print([tuple(output.shape) for output in outputs])

# %% [markdown]
# The same model as a graph, to compare. It gets the class's weights, and then gives the class's answers.


# %%
def functional_ticket_model():
    inputs = {
        "title": keras.Input((NUM_WORDS,), name="title"),
        "text_body": keras.Input((NUM_WORDS,), name="text_body"),
        "tags": keras.Input((NUM_TAGS,), name="tags"),
    }
    x = layers.Concatenate(name="join")(list(inputs.values()))
    x = layers.Dense(64, activation="relu", name="features")(x)
    heads = (
        layers.Dense(1, activation="sigmoid", name="priority")(x),
        layers.Dense(NUM_DEPARTMENTS, activation="softmax", name="department")(x),
    )
    return keras.Model(inputs, heads, name="tickets")


tickets_by_graph = functional_ticket_model()
tickets_by_graph.set_weights(tickets_by_class.get_weights())
for one, other in zip(tickets_by_class(tickets), tickets_by_graph(tickets)):
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)

# %% [markdown]
# `compile` and `fit` do not care how a model was written. Train both from the same weights on the same batches, with one loss per output
# in the order in which `call` returns them: the losses agree, epoch by epoch.

# %%
histories = {}
for label, model in [("class", tickets_by_class), ("graph", tickets_by_graph)]:
    model.compile("adam", loss=["mean_squared_error", "categorical_crossentropy"])
    histories[label] = model.fit(
        tickets, [priority, department], batch_size=64, epochs=6, shuffle=False, verbose=0
    ).history

np.testing.assert_allclose(histories["class"]["loss"], histories["graph"]["loss"], rtol=1e-3)
for label, history in histories.items():
    print(f"{label}: {sorted(history)}")

# %% [markdown]
# Drawn, the two curves are one:

# %% alt="Line chart of the training loss over six epochs for the class and for the graph: both fall together, and the points of one lie exactly on those of the other" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6, 3))
epochs = range(1, 7)
ax.plot(epochs, histories["graph"]["loss"], "o-", markersize=11, mfc="none", label="Functional")
ax.plot(epochs, histories["class"]["loss"], "x", markersize=7, label="class")
ax.set(xlabel="epoch", ylabel="training loss", title="Two ways to write it, one computation")
ax.legend()
plt.show()

# %% [markdown]
# Look at the names that were printed before the picture. The graph has named outputs, so its losses are called `priority_loss` and `department_loss`. A tuple has
# no names, so the class's losses bear the names of the functions.
#
# > **Pitfall: losses by name for outputs without names.** The layers are named `priority` and `department`. That does not help, because
# > what counts is what `call` returns.

# %%
tickets_by_class.compile("adam", loss={"priority": "mse", "department": "mse"})
try:
    tickets_by_class.fit(tickets, [priority, department], verbose=0)
except (TypeError, ValueError, KeyError) as error:
    print(first_line(error))

# %% [markdown]
# The fix: return a dict. Its keys are the outputs' names, everywhere.


# %%
class NamedTicketModel(TicketModel):
    def call(self, inputs):
        priority, department = super().call(inputs)
        return {"priority": priority, "department": department}


named = NamedTicketModel(NUM_DEPARTMENTS)
named.compile(
    "adam",
    loss={"priority": "mean_squared_error", "department": "categorical_crossentropy"},
    loss_weights={"priority": 2.0, "department": 1.0},
    metrics={"department": ["accuracy"]},
)
targets = {"priority": priority, "department": department}
history = named.fit(tickets, targets, batch_size=64, epochs=2, verbose=0).history
print(sorted(history))
print(
    "predict returns",
    {key: value.shape for key, value in named.predict(tickets, verbose=0).items()},
)

# %% [markdown]
# ### The structure of the data is part of the contract
#
# A Functional model compares what it gets with its declared inputs. A class does not: your `call` takes what it is given, and fails where it
# does not fit. So `fit`, `evaluate` and `predict` must all pass the same structure.

# %%
trials = {
    "keys in another order": {key: tickets[key][:8] for key in ["tags", "text_body", "title"]},
    "one key too many": {**{key: value[:8] for key, value in tickets.items()}, "id": np.zeros(8)},
    "one key missing": {key: tickets[key][:8] for key in ["title", "text_body"]},
    "a list": [value[:8] for value in tickets.values()],
}
expected = named.predict({key: value[:8] for key, value in tickets.items()}, verbose=0)
for label, inputs in trials.items():
    try:
        result = named(inputs)
        np.testing.assert_allclose(result["priority"], expected["priority"], rtol=1e-4)
        print(f"{label:22} same predictions")
    except (KeyError, TypeError) as error:
        print(f"{label:22} {first_line(error)}")

# %% [markdown]
# > **Pitfall: `inputs.values()`.** A dict that is read by position is a list in disguise. With the keys in another order the wrong numbers
# > meet the wrong weights. If the widths fit, nothing fails.


# %%
class ByPosition(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1, activation="sigmoid", name="head")

    def call(self, inputs):
        return self.head(ops.concatenate(list(inputs.values()), axis=-1))


by_position = ByPosition()
in_order = by_position({"title": tickets["title"], "text_body": tickets["text_body"]})
reordered = by_position({"text_body": tickets["text_body"], "title": tickets["title"]})
moved = np.abs(np.asarray(in_order) - np.asarray(reordered)).max()
print("same tickets, other order, largest difference in probability above 0.1:", bool(moved > 0.1))
assert moved > 0.1

# %% [markdown]
# ## Python decides what the network looks like
#
# What you gain by a class is Python itself. An `if` in `__init__` chooses the layers, once per model:


# %%
class Classifier(keras.Model):
    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        if num_classes == 2:
            self.dense = layers.Dense(1, activation="sigmoid")
        else:
            self.dense = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        return self.dense(inputs)


for num_classes in [2, 3, 10]:
    print(f"{num_classes:2} classes -> output of shape", tuple(Classifier(num_classes)(x).shape))

# %% [markdown]
# A loop over a list of layers makes a network as deep as an argument says. A loop over *one* layer makes a deep network with the weights of a
# single layer.


# %%
class Deep(keras.Model):
    def __init__(self, units, depth, shared):
        super().__init__()
        self.blocks = [
            layers.Dense(units, activation="tanh") for _ in range(1 if shared else depth)
        ]
        self.depth = depth

    def call(self, inputs):
        x = inputs
        for step in range(self.depth):
            x = x + self.blocks[step % len(self.blocks)](x)  # a residual step
        return x


for depth in [1, 4, 16]:
    own, shared = Deep(3, depth, shared=False), Deep(3, depth, shared=True)
    own(x), shared(x)
    print(f"depth {depth:2}: {own.count_params():3} weights, shared {shared.count_params()}")
    assert own.count_params() == depth * shared.count_params() == depth * 12

# %% [markdown]
# ### Where Keras looks for layers
#
# Lists, tuples and dicts of layers are searched, nested ones too. What hides in something else is not found: it computes, and is neither
# trained nor saved.


# %%
class Plain:
    """An object that Keras knows nothing about."""

    def __init__(self, layer):
        self.layer = layer


class Holder(keras.Model):
    """Uses one layer, and keeps it wrapped in something."""

    def __init__(self, wrap):
        super().__init__()
        layer = layers.Dense(2)
        self.held = wrap(layer)
        self.compute = lambda inputs: layer(inputs)

    def call(self, inputs):
        return self.compute(inputs)


# %% [markdown]
# The same layer, kept in seven ways. `call` finds it in each; does Keras?

# %%
wraps = {
    "a list": lambda layer: [layer],
    "a tuple": lambda layer: (layer,),
    "a dict": lambda layer: {"first": layer},
    "a list of dicts": lambda layer: [{"first": layer}],
    "a function": lambda layer: lambda inputs: layer(inputs),
    "a plain object": lambda layer: Plain(layer),
    "a NumPy array": lambda layer: np.array([layer, None], dtype=object),
}
for label, wrap in wraps.items():
    holder = Holder(wrap)
    holder(x)
    print(f"{label:15} -> {len(holder.weights)} arrays of weights")

# %% [markdown]
# > **Pitfall: an untracked layer is never trained.** Half of this model lives in a plain object. `fit` runs, the loss falls, and that half
# > stays as random as it was. Count the weights of every new model: `count_params()` tells.


# %%
class HalfHidden(keras.Model):
    def __init__(self):
        super().__init__()
        self.box = Plain(layers.Dense(8, activation="relu"))
        self.head = layers.Dense(1)

    def call(self, inputs):
        return self.head(self.box.layer(inputs))


half = HalfHidden()
half(x)
kernel = half.box.layer.get_weights()[0].copy()
half.compile("sgd", "mse")
losses = half.fit(x, x[:, :1], epochs=5, verbose=0).history["loss"]
print("weights counted:", half.count_params(), "of", (3 * 8 + 8) + (8 + 1))
print("loss fell:", losses[-1] < losses[0])
print("hidden kernel changed:", not np.array_equal(half.box.layer.get_weights()[0], kernel))
assert losses[-1] < losses[0]
np.testing.assert_array_equal(half.box.layer.get_weights()[0], kernel)

# %% [markdown]
# ### Python runs while the graph is recorded
#
# Called on data, `call` is Python, line by line. Inside `fit` Keras runs it a few times only, to record a TensorFlow graph, and then runs the
# graph. Chapter 10 is about this. Two consequences show up early. First, Python side effects happen while recording, not at
# each step:


# %%
class Counting(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
        self.calls = 0

    def call(self, inputs):
        self.calls += 1
        return self.dense(inputs)


counting = Counting()
counting(x)
counting.calls = 0
counting.compile("sgd", "mse")
counting.fit(x, x[:, :1], batch_size=2, epochs=3, verbose=0)
print(f"96 training steps, Python counted fewer than 5 calls: {counting.calls < 5}")
assert counting.calls < 5

# %% [markdown]
# > **Pitfall: `if` on the values in a tensor.** While the graph is recorded there are no values yet. Called on data such a model works, so
# > tests pass; `fit` does not. Arguments, shapes and `training` may go into an `if`. Values go into `ops.where` or `ops.cond`.


# %%
class Branching(keras.Model):
    def __init__(self, branch):
        super().__init__()
        self.dense = layers.Dense(1)
        self.branch = branch

    def call(self, inputs):
        return self.branch(ops.mean(inputs), self.dense(inputs))


branches = {
    "if": lambda mean, y: y if mean > 0 else -y,
    "ops.where": lambda mean, y: ops.where(mean > 0, y, -y),
    "ops.cond": lambda mean, y: ops.cond(mean > 0, lambda: y, lambda: -y),
}
for label, branch in branches.items():
    branching = Branching(branch)
    branching(x)
    branching.compile("sgd", "mse")
    try:
        branching.fit(x, x[:, :1], batch_size=8, verbose=0)
        print(f"{label:10} trains")
    except Exception as error:  # the type belongs to TensorFlow
        print(f"{label:10} {first_line(error)}")

# %% [markdown]
# ## `training=True`, or not
#
# Some layers do one thing in training and another at all other times: Dropout drops units, BatchNormalization uses the
# batch's own mean and variance. They have to be told which it is. That is the argument `training` of `call`. Who says what?
# This layer writes down what it hears:

# %%
heard = []


class Listener(layers.Layer):
    def call(self, inputs, training=None):
        heard.append(training)
        return inputs


class Told(keras.Model):
    def __init__(self):
        super().__init__()
        self.listener = Listener()
        self.dense = layers.Dense(1)

    def call(self, inputs, training=None):
        return self.dense(self.listener(inputs, training=training))


# %% [markdown]
# Five ways to run it, and what the layer heard last in each:

# %%
model = Told()
model.compile("sgd", "mse")
model(x)
situations = {
    "model(x)": lambda: model(x),
    "model(x, training=True)": lambda: model(x, training=True),
    "fit": lambda: model.fit(x, x[:, :1], batch_size=8, verbose=0),
    "evaluate": lambda: model.evaluate(x, x[:, :1], batch_size=8, verbose=0),
    "predict": lambda: model.predict(x, batch_size=8, verbose=0),
}
for label, action in situations.items():
    heard.clear()
    action()
    print(f"{label:24} {heard[-1]}")

# %% [markdown]
# `None` counts as *not training*. Now see what it does. One sample, sent a thousand times through a Dropout model: in training mode each answer is
# another one, around the answer that you get otherwise.


# %%
class DropoutModel(keras.Model):
    def __init__(self, rate):
        super().__init__()
        self.hidden = layers.Dense(200, activation="relu")
        self.dropout = layers.Dropout(rate)
        self.head = layers.Dense(1)

    def call(self, inputs, training=None):
        x = self.dropout(self.hidden(inputs), training=training)
        return self.head(x)


keras.utils.set_random_seed(SEED)
model = DropoutModel(rate=0.5)
thousand = np.repeat(x[:1], 1000, axis=0)
in_training = np.asarray(model(thousand, training=True)).ravel()
otherwise = np.asarray(model(thousand)).ravel()
assert np.ptp(otherwise) < 1e-5 and in_training.std() > 0.01
assert abs(in_training.mean() - otherwise[0]) < 5 * in_training.std() / np.sqrt(1000)

# %% [markdown]
# The two kinds of answers in one picture:

# %% alt="Histogram of a thousand outputs for the same sample in training mode, bell-shaped, with a vertical line in its middle: the single output outside of training" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6, 3))
ax.hist(in_training, bins=40, label="training=True, 1000 calls")
ax.axvline(otherwise[0], color="black", linestyle="--", label="otherwise: always this")
ax.set(xlabel="output for one sample", ylabel="calls", title="Dropout is noise around the answer")
ax.set_ylim(top=1.45 * ax.get_ylim()[1])
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# BatchNormalization differs in two ways. In training the answer for a sample depends on its neighbours in the batch, and each call moves the
# layer's running mean a little (by 1 %, with the default momentum of 0.99) towards the data's mean. At all other times the running
# values are used, and nothing changes.


# %%
class Normed(keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()

    def call(self, inputs, training=None):
        return self.norm(inputs, training=training)


model = Normed()
x_far = (5 + x).astype("float32")  # a mean of about 5
alone, in_company = x_far[:4], np.concatenate([x_far[:4], x_far[:4] + 10])
for training in [True, False]:
    one = np.asarray(model(alone, training=training))
    other = np.asarray(model(in_company, training=training))[:4]
    print(f"training={training!s:5} same answer in another batch: {np.allclose(one, other)}")

# %% [markdown]
# Now 300 calls in training mode, and 300 without:

# %% alt="Line chart: the running mean starts at 0 and approaches the data's mean of about 5 while the model is called with training=True; it stays flat while it is called without" tags=["nbval-ignore-output"]
model = Normed()
running = []
for call_number in range(600):
    model(x_far, training=call_number < 300)
    running.append(float(ops.mean(model.norm.moving_mean)))
assert abs(running[299] - x_far.mean()) < 0.1 * x_far.mean()
assert running[299] == running[-1]

fig, ax = plt.subplots(figsize=(7, 3))
ax.plot(running, label="running mean")
ax.axhline(x_far.mean(), color="black", linestyle=":", label="mean of the data")
ax.axvline(300, color="grey", linestyle="--")
ax.text(160, 1.0, "training=True")
ax.text(320, 1.0, "training=False")
ax.set(xlabel="call", ylabel="running mean", title="Only training moves the running mean")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# > **Pitfall: a `call` without `training`.** Keras hands `training` down from layer to layer by itself, even if you do not pass it on: inside
# > `model(x, training=True)` every Dropout knows. But `fit` *starts* this only for models whose `call` has the argument. Leave it out,
# > and Dropout is off in `fit`, BatchNormalization never learns its running values, and nobody says a word.


# %%
class WithoutArgument(keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()
        self.dropout = layers.Dropout(0.5)

    def call(self, inputs):
        return self.dropout(self.norm(inputs))


class WithArgument(WithoutArgument):
    def call(self, inputs, training=None):
        return super().call(inputs)  # not even passed on


for model in [WithoutArgument(), WithArgument()]:
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(x_far, x_far, batch_size=8, epochs=2, verbose=0)
    moved = float(ops.max(ops.abs(model.norm.moving_mean))) > 0
    random = not np.allclose(model(x_far, training=True), model(x_far, training=True))
    print(
        f"{type(model).__name__:16} running mean moved in fit: {moved!s:5} | "
        f"random when told: {random}"
    )
    assert moved == isinstance(model, WithArgument) and random

# %% [markdown]
# > **Pitfall: `training` by position.** Only tensors may be passed by position. And a **default of `True`** makes `model(x)` noisy for
# > everybody who does not think of it; write `training=None`.

# %%
try:
    DropoutModel(0.5)(x, True)
except ValueError as error:
    print(first_line(error))


class NoisyByDefault(DropoutModel):
    def call(self, inputs, training=True):
        return super().call(inputs, training=training)


noisy = NoisyByDefault(0.5)
print("model(x) twice, the same:", np.allclose(noisy(x), noisy(x)))
assert not np.allclose(noisy(x), noisy(x))

# %% [markdown]
# There is one more such argument. Sequences of different lengths are padded with zeros, and a **mask** says which entries are padding.
# `Embedding(mask_zero=True)` makes one, and Keras carries it from layer to layer like `training`. A layer or model that wants to
# see it has an argument `mask` in its `call`.


# %%
class MeanOfWords(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(50, 4, mask_zero=True)
        self.pooling = layers.GlobalAveragePooling1D()  # its call has an argument `mask`

    def call(self, inputs):
        vectors = self.embedding(inputs)
        return self.pooling(vectors), ops.mean(vectors, axis=1)


sentence, padded = np.array([[7, 3, 9]]), np.array([[7, 3, 9, 0, 0, 0]])
model = MeanOfWords()
with_mask, without_mask = zip(model(sentence), model(padded))
print("pooling layer, padded or not the same:", np.allclose(*with_mask))
print("ops.mean, padded or not the same:     ", np.allclose(*without_mask))
assert np.allclose(*with_mask) and not np.allclose(*without_mask)

# %% [markdown]
# ## What a class loses: the graph
#
# Keras can run your `call`. It cannot look into it. What chapter 2 did with the graph is gone.

# %%
fresh = TicketModel(NUM_DEPARTMENTS)
fresh(tickets)
for attribute in ["inputs", "input_shape", "output", "output_names"]:
    has = [hasattr(model, attribute) for model in (tickets_by_graph, fresh)]
    print(f"{attribute:12} Functional: {has[0]!s:5} class: {has[1]}")
    assert has == [True, False]

# %% [markdown]
# And it cannot be drawn. Here is the graph of chapter 2's kind:

# %% alt="The Functional ticket model drawn as a graph: three inputs join in one box, followed by the features, which branch into priority and department"
keras.utils.plot_model(tickets_by_graph, folder / "graph.png", show_layer_names=True, dpi=60)

# %% [markdown]
# The class, plotted, is a single box:

# %% alt="The subclassed ticket model drawn by plot_model: one box, without any connection"
keras.utils.plot_model(fresh, folder / "class.png", show_layer_names=False, dpi=60)

# %% [markdown]
# **How to win it back.** If all that `call` does is calling layers and `keras.ops`, it also runs on symbolic tensors. Let it, and close
# the graph: here `call` is meant, not the model, so that the layers inside become the nodes. Nothing is copied; the two models share their layers.

# %%
inputs = {key: keras.Input(value.shape[1:], name=key) for key, value in tickets.items()}
opened = keras.Model(inputs, fresh.call(inputs), name="opened")
for one, other in zip(opened(tickets), fresh(tickets)):
    np.testing.assert_allclose(one, other, rtol=1e-5)

features = keras.Model(opened.inputs, opened.get_layer("features").output)
print("nodes:", [layer.name for layer in opened.layers])
print("features of a ticket:", features.output_shape)
assert opened.get_layer("features") is fresh.features

# %% [markdown]
# Drawn, it is the graph from above again:

# %% alt="The opened class drawn as a graph again: three inputs, a concatenation, the features, and the two outputs"
keras.utils.plot_model(opened, folder / "opened.png", show_layer_names=True, dpi=60)

# %% [markdown]
# ## What a class loses: saving for free
#
# A graph can be written down: which layers, which connections. A class is code, and code is not saved. What Keras saves of a subclassed
# model is its class's *name*, the *arguments* it was made with, what `compile` was told, and the weights. To load it, it calls the class of that name with those arguments. You
# have two things to do:
#
# 1. write `get_config`, which returns the arguments;
# 2. register the class, so that its name is known.
#
# Without `get_config`, a model with arguments cannot even be saved:

# %%
try:
    fresh.save(folder / "tickets.keras")
except NotImplementedError as error:
    print("NotImplementedError:", shortened(" ".join(str(error).split()), 150))

# %% [markdown]
# > **Pitfall: arguments with defaults are forgotten.** That error comes only if an argument has no default. If all of them have one,
# > Keras writes the *defaults* down, whatever you passed. The file loads, without a warning, and the model is another one. (A `Layer` remembers its
# > simple arguments. A `Model` does not.)


# %%
@keras.saving.register_keras_serializable(package="chapter3")
class Scaled(keras.Model):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
        self.dense = layers.Dense(2)

    def call(self, inputs):
        return self.factor * self.dense(inputs)


scaled = Scaled(factor=3.0)
before = scaled(x)
scaled.save(folder / "scaled.keras")
loaded = keras.saving.load_model(folder / "scaled.keras")
print("config says", scaled.get_config()["factor"], "| loaded factor:", loaded.factor)
print("same predictions:", np.allclose(loaded(x), before))
assert loaded.factor == 1.0 and np.allclose(3 * loaded(x), before, rtol=1e-4)

# %% [markdown]
# The pattern that works, always the same four pieces: the decorator, `**kwargs` handed to `super().__init__`, the arguments kept as
# attributes, and `get_config`, which adds them to what the base class returns.


# %%
@keras.saving.register_keras_serializable(package="chapter3")
class SavedTicketModel(NamedTicketModel):
    def __init__(self, num_departments, hidden_units=64, **kwargs):
        keras.Model.__init__(self, **kwargs)
        self.num_departments = num_departments
        self.hidden_units = hidden_units
        self.features = layers.Dense(hidden_units, activation="relu")
        self.priority = layers.Dense(1, activation="sigmoid")
        self.department = layers.Dense(num_departments, activation="softmax")

    def get_config(self):
        own = {"num_departments": self.num_departments, "hidden_units": self.hidden_units}
        return {**super().get_config(), **own}


model = SavedTicketModel(NUM_DEPARTMENTS, hidden_units=32, name="router")
model.compile("adam", {"priority": "mse", "department": "categorical_crossentropy"})
model.fit(tickets, targets, batch_size=64, verbose=0)
print({key: model.get_config()[key] for key in ["name", "num_departments", "hidden_units"]})

# %% [markdown]
# Saved and loaded: same class, name, arguments, predictions. The optimizer's state is there too, so training can go on.

# %%
model.save(folder / "tickets.keras")
loaded = keras.saving.load_model(folder / "tickets.keras")

assert isinstance(loaded, SavedTicketModel) and loaded.get_config() == model.get_config()
for key, value in model(tickets).items():
    np.testing.assert_allclose(loaded(tickets)[key], value, rtol=1e-5)
print("training steps so far:", int(loaded.optimizer.iterations))
print("in the file:", sorted(zipfile.ZipFile(folder / "tickets.keras").namelist()))
assert int(loaded.optimizer.iterations) == NUM_TICKETS // 64

# %% [markdown]
# A class that is not registered can be saved and not be loaded. Whoever loads the file needs the class anyway; `custom_objects` says which it is.


# %%
class Unregistered(Scaled):
    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


unregistered = Unregistered(factor=3.0)
before = unregistered(x)
unregistered.save(folder / "unregistered.keras")
try:
    keras.saving.load_model(folder / "unregistered.keras")
except TypeError as error:
    print(first_line(error))

loaded = keras.saving.load_model(
    folder / "unregistered.keras", custom_objects={"Unregistered": Unregistered}
)
np.testing.assert_allclose(loaded(x), before, rtol=1e-5)
print("with custom_objects: loaded, factor", loaded.factor)

# %% [markdown]
# Numbers, strings, lists and dicts go into a config as they are. An argument that is itself a layer or a model is written with `serialize_keras_object`
# and read back in `from_config`.


# %%
@keras.saving.register_keras_serializable(package="chapter3")
class Wrapped(keras.Model):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)

    def get_config(self):
        inner = keras.saving.serialize_keras_object(self.inner)
        return {**super().get_config(), "inner": inner}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        return cls(keras.saving.deserialize_keras_object(config.pop("inner")), **config)


wrapped = Wrapped(layers.Dense(4, activation="tanh"))
before = wrapped(x)
wrapped.save(folder / "wrapped.keras")
loaded = keras.saving.load_model(folder / "wrapped.keras")
np.testing.assert_allclose(loaded(x), before, rtol=1e-5)
print("inner:", type(loaded.inner).__name__, loaded.inner.units, loaded.inner.activation.__name__)

# %% [markdown]
# Two other ways out. **Weights alone** need no config: you make the model by code, and fill it. It must be built first. **An export** needs no class at all:
# it holds the recorded graph, for prediction only, and runs where your code is not.

# %%
model.save_weights(folder / "tickets.weights.h5")
twin = SavedTicketModel(NUM_DEPARTMENTS, hidden_units=32)
try:
    twin.load_weights(folder / "tickets.weights.h5")
except ValueError as error:
    print(first_line(error))
twin(tickets)
twin.load_weights(folder / "tickets.weights.h5")

logging.getLogger("tensorflow").setLevel("ERROR")  # not where the files went
model.export(folder / "exported", verbose=False)
exported = keras.layers.TFSMLayer(folder / "exported", call_endpoint="serve")
for other in [twin(tickets), exported(tickets)]:
    np.testing.assert_allclose(other["priority"], model(tickets)["priority"], rtol=1e-5)
print("twin and export predict what the model predicts")

# %% [markdown]
# ## Three styles in one model
#
# Every model is also a layer. So any style can stand inside any other. A class in a graph: `Classifier` from above becomes one node.

# %%
inputs = keras.Input((3,), name="measurements")
hidden = layers.Dense(16, activation="relu", name="hidden")(inputs)
graph_with_class = keras.Model(inputs, Classifier(10, name="classifier")(hidden), name="mixed")
graph_with_class.summary()

# %% [markdown]
# A graph in a class, and a stack in a class:


# %%
class ClassWithBoth(keras.Model):
    def __init__(self):
        super().__init__()
        inputs = keras.Input((16,))
        skip = layers.Dense(16, activation="relu")(inputs)
        self.graph = keras.Model(inputs, layers.add([inputs, skip]))
        self.stack = keras.Sequential([layers.Dense(16), layers.ReLU()])
        self.classifier = Classifier(10)

    def call(self, inputs):
        return self.classifier(self.graph(self.stack(inputs)))


both = ClassWithBoth()
print("output", tuple(both(x).shape), "| layers", [type(layer).__name__ for layer in both.layers])
assert both.count_params() == (3 * 16 + 16) + (16 * 16 + 16) + (16 * 10 + 10)

# %% [markdown]
# In all of them the weights are found, however deep they lie, and one `fit` trains everything. If a part may not be trained, freeze it: `model.stack.trainable
# = False`, before `compile`.

# %%
both.stack.trainable = False
both.compile("adam", "sparse_categorical_crossentropy")
before = both.get_weights()
both.fit(x, y, batch_size=8, verbose=0)
changed = [not np.array_equal(a, b) for a, b in zip(both.get_weights(), before)]
names = ["graph"] * 2 + ["stack"] * 2 + ["classifier"] * 2
print({name: flag for name, flag in zip(names, changed)})
assert changed == [True, True, False, False, True, True]

# %% [markdown]
# > **Pitfall: a *compiled* model inside a `Layer`.** A compiled model brings its metrics along, its loss tracker included. Inside a
# > Layer these are taken for the outer model's own, and the reported loss is 0.0. Training works; what you read is wrong. Compile the
# > outermost model only.


# %%
class Around(layers.Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)


for compiled in [True, False]:
    inner = keras.Sequential([layers.Dense(4)])
    if compiled:
        inner.compile("sgd", "mse")
    outer = keras.Sequential([Around(inner), layers.Dense(1)])
    outer.compile(keras.optimizers.SGD(0.0), "mse")
    loss = outer.fit(x, x[:, :1] + 10, batch_size=8, verbose=0).history["loss"][0]
    print(f"inner model compiled: {compiled!s:5} reported loss is zero: {loss == 0.0}")
    assert (loss == 0.0) == compiled or loss > 1

# %% [markdown]
# ## Layer or Model?
#
# Both have weights, `call`, `training` and `get_config`, and both nest. The rule: what you `fit`, `evaluate`, `predict` and save is a
# `Model`; the parts it is made of are `Layer`s. Chapter 4 is about layers.


# %%
class Residual(layers.Layer):
    """x + relu(Dense(x)), with a small cost for large changes."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units, activation="relu")

    def call(self, inputs):
        change = self.dense(inputs)
        self.add_loss(1e-3 * ops.mean(ops.square(change)))
        return inputs + change


# %% [markdown]
# The layer may stand in a model as often as you like. Weights and extra losses of all parts are collected in the whole, however deep they lie.


# %%
class ResidualMLP(keras.Model):
    def __init__(self, repeats):
        super().__init__()
        self.blocks = [Residual(3) for _ in range(repeats)]
        self.head = layers.Dense(10, activation="softmax")

    def call(self, inputs):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(inputs)


residual = ResidualMLP(repeats=4)
residual(x)
print(len(residual.weights), "arrays of weights,", len(residual.losses), "extra losses")
assert len(residual.weights) == 4 * 2 + 2 and len(residual.losses) == 4

# %% [markdown]
# What a Model has on top of a Layer is everything that concerns training and keeping:

# %%
methods = ["add_loss", "get_config", "count_params"]
methods += ["compile", "fit", "evaluate", "predict", "save", "summary", "get_layer"]
for method in methods:
    has = [hasattr(kind, method) for kind in (layers.Layer, keras.Model)]
    print(f"{method:13} Layer: {has[0]!s:5} Model: {has[1]}")

# %% [markdown]
# ## A model that wants to be a class
#
# A *variational autoencoder* (VAE) squeezes an image into two numbers and draws it again from them. It has three traits that make a graph
# awkward and a class natural: it is **random in training** and not otherwise, it has a **loss of its own**, and it is used in **more than one
# way**: to encode, to decode, to do both.
#
# The encoder does not return a point but a mean and a spread for each of the two numbers. In training the decoder gets a random draw from there. A penalty
# (the Kullback-Leibler divergence) keeps all these clouds near the origin, so that what lies between two images means something too.


# %%
class Sampling(layers.Layer):
    """A random draw around the mean in training, the mean itself otherwise."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        mean, log_variance = inputs
        if not training:
            return mean
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


# %% [markdown]
# The model has two halves, and a loss term that depends on what is between them. `add_loss` adds it to the one that `compile` is given.


# %%
class VAE(keras.Model):
    def __init__(self, num_pixels, hidden_units=256):
        super().__init__()
        self.reader = layers.Dense(hidden_units, activation="relu")
        self.mean = layers.Dense(2)
        self.log_variance = layers.Dense(2)
        self.sampling = Sampling(seed=SEED)
        painter = [
            layers.Dense(hidden_units, activation="relu"),
            layers.Dense(num_pixels, "sigmoid"),
        ]
        self.decoder = keras.Sequential([keras.Input((2,)), *painter])
        self.num_pixels = num_pixels

    def encode(self, images):
        x = self.reader(images)
        return self.mean(x), self.log_variance(x)

    def call(self, images, training=None):
        mean, log_variance = self.encode(images)
        divergence = 0.5 * (ops.square(mean) + ops.exp(log_variance) - log_variance - 1)
        self.add_loss(ops.mean(ops.sum(divergence, axis=-1)) / self.num_pixels)
        return self.decoder(self.sampling([mean, log_variance], training=training))


# %% [markdown]
# The images are their own targets. Everything else is as always: `compile`, `fit`, on Fashion-MNIST.

# %% tags=["nbval-ignore-output"]
(images, _), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
x_train = images[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255
x_test = test_images[:2000].reshape(-1, 784).astype("float32") / 255

keras.utils.set_random_seed(SEED)
vae = VAE(num_pixels=784)
vae.compile(keras.optimizers.Adam(2e-3), loss="binary_crossentropy")
untrained = vae.evaluate(x_test, x_test, batch_size=500, verbose=0)
vae.fit(x_train, x_train, batch_size=128, epochs=EPOCHS, verbose=0)
trained = vae.evaluate(x_test, x_test, batch_size=500, verbose=0)
print(f"loss on test images: {untrained:.2f} before, {trained:.2f} after training")
assert trained < 0.7 * untrained

# %% [markdown]
# Two numbers per image cannot hold every button. They hold what kind of thing it is, its outline and its brightness.

# %% alt="Two rows of ten images. Above, clothes from the test set; below, what the model draws from two numbers each: the same kinds of clothes, blurred" tags=["nbval-ignore-output"]
shown = [int(np.flatnonzero(test_labels[:2000] == label)[0]) for label in range(10)]
drawn = np.asarray(vae(x_test[shown]))

fig, axes = plt.subplots(2, 10, figsize=(10, 2.2))
for column, index in enumerate(shown):
    axes[0, column].imshow(x_test[index].reshape(28, 28), cmap="gray_r")
    axes[1, column].imshow(drawn[column].reshape(28, 28), cmap="gray_r")
for ax in axes.flat:
    ax.axis("off")
fig.suptitle("Above: test images. Below: drawn again from two numbers")
plt.show()

# %% [markdown]
# `encode` alone gives a map of all images. `decoder` alone draws from any point of it, also from where no image was. Neither needed another model:
# they are attributes of this one.

# %% alt="Left: scatter plot of the two numbers of 2000 test images, coloured by class; most classes, trousers and pullovers above all, lie in a region of their own. Right: a grid of images drawn from evenly spaced points, changing smoothly from one kind of clothing to another" tags=["nbval-ignore-output"]
mean = np.asarray(vae.encode(x_test)[0])
axis = np.linspace(-3, 3, 10)
points = np.array([(a, b) for b in axis[::-1] for a in axis], dtype="float32")
tiles = np.asarray(vae.decoder(points)).reshape(10, 10, 28, 28).swapaxes(1, 2).reshape(280, 280)

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
for label, name in [(1, "Trouser"), (2, "Pullover"), (5, "Sandal"), (8, "Bag"), (9, "Ankle boot")]:
    left.scatter(*mean[test_labels[:2000] == label].T, s=6, label=name)
left.legend(markerscale=2, fontsize=8)
left.set(xlabel="first number", ylabel="second number", title="encode: like things lie together")
right.imshow(tiles, cmap="gray_r", extent=(-3, 3, -3, 3))
right.grid(False)
right.set(xlabel="first number", ylabel="second number", title="decoder: a picture for each point")
plt.show()

# %% [markdown]
# In training the same images give another loss each time; otherwise not. That is the `if not training` in `Sampling`.

# %%
once, twice = np.asarray(vae(x_test[:5])), np.asarray(vae(x_test[:5]))
noisy, noisier = [np.asarray(vae(x_test[:5], training=True)) for _ in range(2)]
assert np.array_equal(once, twice) and not np.allclose(noisy, noisier)

# %% [markdown]
# ## Which style when
#
# The same network, three layers of it, in the three styles, and what can be done with each *without further code*:


# %%
def as_sequential():
    return keras.Sequential(
        [keras.Input((3,)), layers.Dense(8, name="hidden"), layers.Dense(2, name="head")]
    )


def as_functional():
    inputs = keras.Input((3,))
    hidden = layers.Dense(8, name="hidden")(inputs)
    return keras.Model(inputs, layers.Dense(2, name="head")(hidden))


class AsClass(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.hidden, self.head = layers.Dense(units, name="hidden"), layers.Dense(2, name="head")

    def call(self, inputs):
        return self.head(self.hidden(inputs))


# %% [markdown]
# Each question is asked of a new model. An error counts as *no*.


# %%
def refuses_another_width(model):
    try:
        model(np.zeros((1, 4), dtype="float32"))
    except ValueError:
        return True


def survives_saving(model):
    model(x)
    model.save(folder / "style.keras")
    return keras.saving.load_model(folder / "style.keras")


def trains(model):
    model.compile("sgd", "mse")
    return model.fit(x, x[:, :2], verbose=0)


def features(model):
    return keras.Model(model.inputs, model.get_layer("hidden").output)


# %% [markdown]
# The answers:

# %%
questions = {
    "has weights before any data": lambda model: model.weights,
    "refuses another width": refuses_another_width,
    "can be trained": trains,
    "is drawn as a graph": lambda model: keras.utils.model_to_dot(model).get_edges(),
    "gives features by name": features,
    "is saved and loaded": survives_saving,
    "can be cloned": keras.models.clone_model,
}
styles = {"Sequential": as_sequential, "Functional": as_functional, "class": lambda: AsClass(8)}
print(f"{'':28}", *[f"{style:10}" for style in styles])
for question, ask in questions.items():
    answers = []
    for style in styles.values():
        try:
            answers.append("yes" if ask(style()) else "no")
        except (AttributeError, ValueError, TypeError, NotImplementedError):
            answers.append("no")
    print(f"{question:28}", *[f"{answer:10}" for answer in answers])

# %% [markdown]
# To turn the class's *no* into *yes* takes what this chapter showed: a symbolic call for the weights (after which another width is refused), opening the
# graph, and `get_config`.
#
# | if … | take | shown in this chapter by |
# |---|---|---|
# | the model is a line of layers | Sequential | chapter 1 |
# | it has several inputs or outputs, branches, skips: a fixed graph | Functional | the ticket model: same numbers, and named outputs, plot, features, saving for free |
# | its computation differs between training and use in ways of your own, or is random | class | `Sampling` in the VAE |
# | a loop or an `if` is easier to say than to draw | class | `Deep`, `Classifier` |
# | you want more methods than one, or a loss from the inside | class | `encode`, `decoder`, `add_loss` in the VAE |
# | you override the training step | class | chapter 11 |
# | most is a fixed graph, a part is not | Functional, with that part as a class | `Classifier` as a node |
# | the part is used inside a model and never trained alone | `Layer`, not `Model` | `Residual` |
#
# When in doubt take the Functional style: mistakes show earlier, and nothing has to be written to plot it, cut it or save it.

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `super(MyModel, self).__init__()` | works | `super().__init__()` |
# | `super().__init__(dynamic=True)` | `ValueError` | nothing; to debug, `compile(run_eagerly=True)` |
# | `model.build((None, 3))` before `summary()` | a warning, and no weights | `model(keras.Input((3,)))` |
# | `model(x, True)`, `self.dropout(x, training)` | `ValueError` | `training=training` |
# | `keras.backend.learning_phase()` | `AttributeError` | the argument `training` of `call` |
# | `model.save("folder")`, `save_format="tf"` | `ValueError` | `.keras` with `get_config`, or `model.export` |
# | `model.save_weights("name")` | `ValueError` | `"name.weights.h5"` |
# | `keras.models.load_model("folder")` of a SavedModel | `ValueError` | `layers.TFSMLayer("folder", call_endpoint=…)` |
# | `self.add_metric(…)` in `call` | `NotImplementedError` | a `keras.metrics.Mean` as attribute (chapter 6) |
# | a bare `tf.Variable` as attribute | runs, is neither trained nor saved | `self.add_weight(…)` or `keras.Variable` |
# | `model.output` of a subclassed model | `AttributeError` | `keras.Model(inputs, model.call(inputs))` |
#
# Each line that fails, tried:

# %%
attempts = {
    "dynamic": lambda: keras.Model(dynamic=True),
    "by position": lambda: model(tickets, True),
    "learning_phase": lambda: keras.backend.learning_phase(),
    "save": lambda: model.save("folder"),
    "save_format": lambda: model.save(folder / "tickets", save_format="tf"),
    "save_weights": lambda: model.save_weights("name"),
    "load_model": lambda: keras.models.load_model("folder"),
    "add_metric": lambda: model.add_metric(0.0, name="mine"),
    "output": lambda: model.output,
}
model = SavedTicketModel(NUM_DEPARTMENTS, name="router")
model(tickets)
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:15} runs")
    except (ValueError, AttributeError, NotImplementedError) as error:
        print(f"{label:15} {first_line(error)}")

# %% [markdown]
# And the variable that is not tracked:

# %%
import tensorflow as tf


class TwoVariables(keras.Model):
    def __init__(self):
        super().__init__()
        self.forgotten = tf.Variable(1.0)
        self.kept = self.add_weight(shape=(), initializer="ones", name="kept")

    def call(self, inputs):
        return self.forgotten * self.kept * inputs


two = TwoVariables()
two(x)
print("weights:", [weight.name for weight in two.weights])
assert len(two.weights) == 1

# %% [markdown]
# ## Try it
#
# **1.** `Deep(units=3, depth=4, shared=False)` is called on data of width 5. What happens, and why? Would `Dense(3)` alone mind?
#
# <details><summary>Answer</summary>
#
# `x + block(x)` adds a width of 5 and one of 3: an error from the addition. A first `Dense` layer would take any width. The residual step
# is what ties the width of the data to `units`; a layer without the sum before the loop would free it.
#
# </details>
#
# **2.** Set `self.hidden` and `self.head` in the other order in `TwoLayers.__init__`, and copy the weights to the Sequential as above. Does it still agree?
#
# <details><summary>Answer</summary>
#
# `set_weights` raises a `ValueError`: the class lists its weights in the order of the attributes, head first, and the shapes no longer fit. Predictions of
# the class itself do not depend on that order. Where all shapes were the same, the copy would succeed and be wrong.
#
# </details>
#
# **3.** `vae(x_test[:5], training=True)` is noisy. What would `fit` do if `VAE.call` had no argument `training`?
#
# <details><summary>Answer</summary>
#
# `fit` would not say that it trains, `Sampling` would return the mean, and nothing would ever be drawn. It would be an ordinary autoencoder with an
# odd penalty, and nothing would tell you.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | a model as a class | `__init__` with `super().__init__()` and layers as attributes; `call` |
# | its weights before any data | `model(keras.Input(shape))` |
# | several inputs | a dict as the one argument of `call`, looked up by key |
# | named outputs | a dict as return value |
# | many layers | a list or dict of them as attribute |
# | a choice that depends on values | `ops.where`, `ops.cond` |
# | different behaviour in training | `def call(self, inputs, training=None)`, passed on by name |
# | the graph again | `keras.Model(inputs, model.call(inputs))` |
# | to save it | `@keras.saving.register_keras_serializable()`, `**kwargs`, `get_config` |
# | it inside another model | call it like a layer |
#
# **Read on** in the official documentation: [Making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/),
# [The Functional API](https://keras.io/guides/functional_api/), which compares the styles,
# [Save, serialize, and export](https://keras.io/guides/serialization_and_saving/).
#
# **Now you:** the assignment [ex03_subclassing](../exercises/ex03_subclassing/ex03_subclassing.ipynb), {{ ex03_subclassing.tasks }}. Next chapter:
# [Custom layers](04_layers.ipynb), the parts that models are made of.
