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
SEED = 0  # int: seed of weights, data, shuffling and dropout, 0 to 2,147,483,647
TRAIN_SIZE = 8_000  # int: images that the autoencoder is trained with, 2,000 to 60,000
EPOCHS = 8  # int: passes over these images, 1 to 50

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
from ipywidgets import FloatSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 2**31 - 1, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 2_000 <= TRAIN_SIZE <= 60_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 2,000 to 60,000 images."
assert 1 <= EPOCHS <= 50, f"EPOCHS is {EPOCHS}: choose 1 to 50."

logging.getLogger("tensorflow").setLevel("ERROR")  # no notes on how often graphs are recorded
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.2), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes


def first_line(error, width=100):
    """The telling line of a Keras error, without colour codes and without the frame around it."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error.args[0]))
    line = [line for line in text.splitlines() if line and not line.startswith("Exception enc")][0]
    line = f"{type(error).__name__}: {line.strip()}"
    return line if len(line) <= width else line[:width].rsplit(" ", 1)[0] + " …"


# %% [markdown]
# ## A model is a class with two methods
#
# A Sequential or Functional model is *declared*: you say which layers there are and how they hang together, and Keras
# runs it. A subclassed model is *programmed*. You write a class with two methods:
#
# - `__init__` makes what lasts: the layers and the settings. `super().__init__()` comes first.
# - `call` does the computation, in plain Python.


# %%
class TwoLayers(keras.Model):
    def __init__(self, name="two_layers"):
        super().__init__(name=name)
        self.hidden = layers.Dense(64, activation="relu", name="hidden")
        self.head = layers.Dense(10, activation="softmax", name="head")

    def call(self, inputs):
        return self.head(self.hidden(inputs))


model = TwoLayers()
x = rng.normal(size=(64, 3)).astype("float32")
y_pred = model(x)
print("in", x.shape, "-> out", tuple(y_pred.shape))

# %% [markdown]
# You call the *model*, and Keras calls your `call`. In between it turns arrays into tensors, makes the weights that do not
# exist yet, and passes on whether this is training. So write `model(x)`, never `model.call(x)`.
#
# It is the model of chapter 1 in other words. A Sequential with the same weights gives the same numbers:

# %%
sequential = keras.Sequential(
    [keras.Input((3,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
)
sequential.set_weights(model.get_weights())
np.testing.assert_allclose(sequential(x), y_pred, rtol=1e-4, atol=1e-6)

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
# `__init__` does not know how wide the data will be. Before the first call there is nothing to count. Any first call will do: on
# data, inside `fit`, or on a symbolic `keras.Input` (chapter 2), which needs no data.

# %%
called, symbolic, fitted = TwoLayers(), TwoLayers(), TwoLayers()
print("before:", called.count_params() if called.built else "not built, no weights")

called(x[:1])
symbolic(keras.Input((3,)))
fitted.compile("sgd", "sparse_categorical_crossentropy")
fitted.fit(x, np.zeros(64), verbose=0)

for label, model in [("a call", called), ("a symbolic call", symbolic), ("fit", fitted)]:
    print(f"{label:16} -> {model.count_params()} weights")
    assert model.count_params() == 3 * 64 + 64 + 64 * 10 + 10 == 906

# %% [markdown]
# What lasts is made in `__init__`, what happens stands in `call`: that border is the one thing to get right.
#
# > **Pitfall: a layer made in `call`.** It is a new layer each time, with new random weights, and nobody keeps it. The model looks
# > fine at first: it answers. But it answers differently each time, and has nothing to train.


# %%
class NewEachTime(keras.Model):
    def call(self, inputs):
        return layers.Dense(1)(inputs)


forgetful = NewEachTime()
first, second = np.asarray(forgetful(x)), np.asarray(forgetful(x))
print("same input, same answer:", np.array_equal(first, second))
print("weights:", len(forgetful.weights))
assert not np.array_equal(first, second) and not forgetful.weights

# %% [markdown]
# ## The ticket model as a class
#
# Chapter 2 drew a model that routes support tickets. Here is one as a class, wired in another way. A ticket has a title, a text, and
# tags. The model says how urgent it is, and which department should answer. The tickets are made up so that there is something to
# learn: both answers follow from the words, and a word means the same in the title and in the text.

# %%
NUM_WORDS, NUM_TAGS, NUM_DEPARTMENTS, NUM_TICKETS = 100, 20, 4, 2_000
tickets = {
    "title": rng.binomial(1, 0.05, size=(NUM_TICKETS, NUM_WORDS)).astype("float32"),
    "text_body": rng.binomial(1, 0.2, size=(NUM_TICKETS, NUM_WORDS)).astype("float32"),
    "tags": rng.binomial(1, 0.1, size=(NUM_TICKETS, NUM_TAGS)).astype("float32"),
}
content = np.concatenate([tickets["title"] + tickets["text_body"], tickets["tags"]], axis=1)
urgency = content @ rng.normal(size=content.shape[1])
scores = content @ rng.normal(size=(content.shape[1], NUM_DEPARTMENTS))
scores -= scores.mean(axis=0)

priority = (urgency > urgency.mean()).reshape(-1, 1).astype("float32")
department = np.eye(NUM_DEPARTMENTS, dtype="float32")[scores.argmax(axis=1)]
print("priority", priority.shape, "| department", department.shape)

# %% [markdown]
# `call` takes one argument, of any structure: here a dict, in which each array is looked up by its key. What `call` returns may
# have any structure too: here a pair. One layer, `words`, reads title and text: an attribute may be used twice.


# %%
class HelpDesk(keras.Model):
    def __init__(self, num_departments, units=32, **kwargs):
        super().__init__(**kwargs)
        self.num_departments, self.units = num_departments, units
        self.words = layers.Dense(units, name="words")
        self.marks = layers.Dense(units, name="marks")
        self.priority = layers.Dense(1, activation="sigmoid", name="priority")
        self.department = layers.Dense(num_departments, activation="softmax", name="department")

    def call(self, inputs):
        text = self.words(inputs["title"]) + self.words(inputs["text_body"])
        features = ops.relu(text + self.marks(inputs["tags"]))
        return self.priority(features), self.department(features)


desk = HelpDesk(NUM_DEPARTMENTS)
print([tuple(output.shape) for output in desk(tickets)])
print("weights:", [tuple(weight.shape) for weight in desk.weights])

# %% [markdown]
# `**kwargs` hands on what every model takes, `name` above all.
#
# `compile` and `fit` do not care how a model was written. `call` returns a pair, so `fit` gets a list of two targets and a list of two
# losses, in that order.

# %% tags=["nbval-ignore-output"]
desk.compile("adam", loss=["binary_crossentropy", "categorical_crossentropy"])
losses = desk.fit(tickets, [priority, department], batch_size=64, epochs=10, verbose=0).history
print("logged:", sorted(losses))

predicted = desk.predict(tickets, verbose=0)[1].argmax(axis=1)
right = (predicted == department.argmax(axis=1)).mean()
print(f"right department: {right:.0%} of the tickets it was trained with")
assert right > 0.5, (
    f"Right for {right:.0%} of the tickets. More than half was expected; another seed may differ."
)

# %% [markdown]
# Look at the logs: a tuple has no names, so the two losses bear the names of the *functions*. Twice the same function would even
# be one entry. The names of the layers do not matter. What counts is what `call` returns, so return a dict. Its keys are the outputs' names, everywhere.


# %%
class NamedHelpDesk(HelpDesk):
    def call(self, inputs):
        priority, department = super().call(inputs)
        return {"priority": priority, "department": department}


named = NamedHelpDesk(NUM_DEPARTMENTS)
losses = {"priority": "binary_crossentropy", "department": "categorical_crossentropy"}
named.compile("adam", loss=losses, metrics={"department": ["accuracy"]})
targets = {"priority": priority, "department": department}
print("logged:", sorted(named.fit(tickets, targets, batch_size=64, verbose=0).history))
shapes = {key: value.shape for key, value in named.predict(tickets, verbose=0).items()}
print("predict returns", shapes)

# %% [markdown]
# ### The structure of the data is part of the contract
#
# A Functional model compares what it gets with its declared inputs. A class does not: your `call` takes what it is given, and fails where it
# does not fit. So `fit`, `evaluate` and `predict` must all pass the same structure.

# %%
eight = {key: value[:8] for key, value in tickets.items()}
trials = {
    "keys in another order": {key: eight[key] for key in ["tags", "text_body", "title"]},
    "one key too many": {**eight, "id": np.zeros(8)},
    "one key missing": {key: eight[key] for key in ["title", "text_body"]},
    "a list": list(eight.values()),
}
expected = named.predict(eight, verbose=0)["priority"]
for label, inputs in trials.items():
    try:
        np.testing.assert_allclose(named(inputs)["priority"], expected, rtol=1e-3)
        print(f"{label:22} same predictions")
    except (KeyError, TypeError) as error:
        print(f"{label:22} {first_line(error)}")

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
        own = 1 if shared else depth
        self.blocks = [layers.Dense(units, activation="tanh") for _ in range(own)]
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
# Arguments, shapes and `training` may decide in an `if`. The *values* in a tensor may not:
# [Python runs while the graph is recorded](#Python-runs-while-the-graph-is-recorded).
#
# ### Where Keras looks for layers
#
# Lists, tuples, sets and dicts of layers are searched, nested ones too. What hides in something else is not found.
#
# > **Pitfall: an untracked layer is never trained.** It computes, `fit` runs, the loss falls. But this layer stays as random as it was, and
# > is not saved. Count the weights of every new model.


# %%
class Plain:
    """An object that Keras knows nothing about."""

    def __init__(self, layer):
        self.layer = layer


class Holder(keras.Model):
    """Two layers, the first of them kept wrapped in something."""

    def __init__(self, wrap):
        super().__init__()
        layer = layers.Dense(8, activation="relu")
        self.held = wrap(layer)
        self.compute = lambda inputs: layer(inputs)
        self.head = layers.Dense(1)

    def call(self, inputs):
        return self.head(self.compute(inputs))


# %% [markdown]
# The same layer, kept in five ways. `call` finds it in each; does Keras?

# %%
wraps = {
    "a list": lambda layer: [layer],
    "a dict in a tuple": lambda layer: ({"first": layer},),
    "a plain object": Plain,
    "a function": lambda layer: lambda inputs: layer(inputs),
    "a NumPy array": lambda layer: np.array([layer, None], dtype=object),
}
for label, wrap in wraps.items():
    holder = Holder(wrap)
    holder.compile("sgd", "mse")
    holder(x)
    before = np.asarray(holder.compute(x))
    holder.fit(x, x[:, :1], verbose=0)
    trained = not np.array_equal(holder.compute(x), before)
    print(f"{label:18} {holder.count_params():2} of 41 weights found | trained: {trained}")
    assert trained == (holder.count_params() == 41)

# %% [markdown]
# ## `training=True`, or not
#
# Some layers do one thing in training and another at all other times. Dropout sets some of its inputs to zero, at random, and only in
# training. It has to be told which it is. That is the argument `training` of `call`.
#
# One sample, sent a thousand times through a model with dropout: in training mode each answer is another one, around the answer that you get otherwise.


# %%
class DropoutModel(keras.Model):
    def __init__(self, rate):
        super().__init__()
        self.hidden = layers.Dense(200, activation="relu")
        self.dropout = layers.Dropout(rate)
        self.head = layers.Dense(1)

    def call(self, inputs, training=None):
        return self.head(self.dropout(self.hidden(inputs), training=training))


keras.utils.set_random_seed(SEED)
model = DropoutModel(rate=0.5)
thousand = np.repeat(x[:1], 1000, axis=0)
in_training = np.asarray(model(thousand, training=True)).ravel()
otherwise = np.asarray(model(thousand)).ravel()
assert np.ptp(otherwise) < 1e-4 < in_training.std(), "expected noise in training, and only there"

# %% alt="Histogram of a thousand outputs for the same sample in training mode, bell-shaped, with a dashed vertical line in its middle: the single output outside of training" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6, 3))
ax.hist(in_training, bins=40, label="training=True, 1000 calls")
ax.axvline(otherwise[0], color="black", linestyle="--", label="otherwise: always this")
ax.set(xlabel="output for one sample", ylabel="calls", title="Dropout is noise around the answer")
ax.set_ylim(top=1.45 * ax.get_ylim()[1])
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# Who says what? Keras hands `training` down from layer to layer by itself. But somebody has to start.
#
# > **Pitfall: a model whose `call` has no `training`.** `fit` starts only if the model's own `call` has this argument. Leave it out,
# > and Dropout is off in `fit`, and nobody says a word.
#
# A layer that writes down what it hears, in a model with the argument and in one without:

# %%
heard = []


class Listener(layers.Layer):
    def call(self, inputs, training=None):
        heard.append(training)
        return inputs


class WithArgument(keras.Model):
    def __init__(self):
        super().__init__()
        self.listener, self.dense = Listener(), layers.Dense(1)

    def call(self, inputs, training=None):
        return self.dense(self.listener(inputs))  # not even passed on


class WithoutArgument(WithArgument):
    def call(self, inputs):
        return super().call(inputs)


# %% [markdown]
# What the layer heard last:

# %%
situations = {
    "fit": lambda model: model.fit(x, x[:, :1], verbose=0),
    "evaluate": lambda model: model.evaluate(x, x[:, :1], verbose=0),
    "predict": lambda model: model.predict(x, verbose=0),
    "model(x)": lambda model: model(x),
    "model(x, training=True)": lambda model: model(x, training=True),
}
models = [WithArgument(), WithoutArgument()]
for model in models:
    model.compile("sgd", "mse")
print(f"{'':24}", *[f"{type(model).__name__:15}" for model in models])
for label, run in situations.items():
    print(f"{label:24}", end="")
    for model in models:
        run(model)
        print(f" {heard[-1]!s:15}", end="")
    print()

# %% [markdown]
# `None` counts as *not training*. Say `training` by its name: `model(x, True)` is an error. And give it the default `None`: with `training=True` as
# default, `model(x)` is noisy for everybody who does not think of it.
#
# ## A model that wants to be a class
#
# A *variational autoencoder* (VAE) squeezes an image into two numbers and draws it again from them. Three traits make a graph
# awkward and a class natural: it is **random in training** and not otherwise, it has a **loss of its own**, and it is used in **more than one
# way**: to encode, to decode, to do both.
#
# The encoder returns a mean and a spread for each of the two numbers; the spread as the logarithm of the variance, which may be any number, where a
# variance may not be negative. In training the decoder gets a random draw from there. A penalty
# (the Kullback-Leibler divergence) pulls all these clouds towards the origin, so that what lies between two images can be drawn too. `add_loss` adds it to
# what `fit` minimizes ([chapter 5](05_losses.ipynb#Losses-from-inside:-add_loss)).


# %%
class VAE(keras.Model):
    def __init__(self, num_pixels, hidden_units=256):
        super().__init__()
        self.num_pixels = num_pixels
        self.reader = layers.Dense(hidden_units, activation="relu")
        self.mean = layers.Dense(2)
        self.log_variance = layers.Dense(2)
        painter = layers.Dense(hidden_units, activation="relu")
        pixels = layers.Dense(num_pixels, activation="sigmoid")
        self.decoder = keras.Sequential([keras.Input((2,)), painter, pixels])
        self.seeds = keras.random.SeedGenerator(SEED)  # counts on with every draw

    def encode(self, images):
        x = self.reader(images)
        return self.mean(x), self.log_variance(x)

    def call(self, images, training=None):
        code, log_variance = self.encode(images)
        divergence = 0.5 * (ops.square(code) + ops.exp(log_variance) - log_variance - 1)
        self.add_loss(ops.mean(ops.sum(divergence, axis=-1)) / self.num_pixels)
        if training:
            noise = keras.random.normal(ops.shape(code), seed=self.seeds)
            code = code + ops.exp(0.5 * log_variance) * noise
        return self.decoder(code)


# %% [markdown]
# The images are their own targets. Everything else is as always: `compile`, `fit`, on Fashion-MNIST.

# %% tags=["nbval-ignore-output"]
(images, _), (test_images, labels) = keras.datasets.fashion_mnist.load_data()
x_train = images[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255
x_test = test_images[:2000].reshape(-1, 784).astype("float32") / 255
labels = labels[:2000]

keras.utils.set_random_seed(SEED)
vae = VAE(num_pixels=784)
vae.compile(keras.optimizers.Adam(2e-3), loss="binary_crossentropy")
untrained = vae.evaluate(x_test, x_test, batch_size=500, verbose=0)
vae.fit(x_train, x_train, batch_size=128, epochs=EPOCHS, verbose=0)
trained = vae.evaluate(x_test, x_test, batch_size=500, verbose=0)
print(f"loss on test images: {untrained:.2f} before, {trained:.2f} after training")
assert trained < 0.9 * untrained, f"{trained:.2f}, a clear fall was expected; try more EPOCHS."

# %% [markdown]
# What do two numbers per image hold? Outline and brightness, no buttons. Not even always the kind of thing: look for one that came back as
# another.

# %% alt="Two rows of ten images. Above, one test image of each kind of clothing; below, what the model draws from two numbers each: blurred, without details, and some of them as another kind of clothing" tags=["nbval-ignore-output"]
shown = [int(np.flatnonzero(labels == label)[0]) for label in range(10)]
drawn = np.asarray(vae(x_test[shown]))

fig, axes = plt.subplots(2, 10, figsize=(10, 2.2))
for column, index in enumerate(shown):
    axes[0, column].imshow(x_test[index].reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
    axes[1, column].imshow(drawn[column].reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
for ax in axes.flat:
    ax.axis("off")
fig.suptitle("Above: test images. Below: drawn again from two numbers")
plt.show()

# %% [markdown]
# `encode` alone gives a map of all images. `decoder` alone draws from any point of it, also from where no image was. Neither needs another model:
# they are attributes of this one. How good is the map? Ask each test image for its nearest neighbour: is it the same kind of clothing?

# %% tags=["nbval-ignore-output"]
code = np.asarray(vae.encode(x_test)[0])


def same_kind(points):
    """How often the nearest other point belongs to the same kind of clothing."""
    squares = np.sum(points**2, axis=1)
    distance = squares[:, None] + squares - 2 * points @ points.T
    np.fill_diagonal(distance, np.inf)
    return np.mean(labels[distance.argmin(axis=1)] == labels)


print(f"by all 784 pixels: {same_kind(x_test):.0%}, by the two numbers: {same_kind(code):.0%}")
print("by chance: 10%")
assert same_kind(code) > 0.15, "above chance was expected; another seed or size may differ."

# %% [markdown]
# **Turn the two numbers yourself.** The cross moves over the map; beside it is what the decoder draws from there.

# %% tags=["playground"] alt="Left: scatter plot of the two numbers of 2000 test images, five kinds of clothing in different colours, which overlap in part, with a black cross among the trousers. Right: what the decoder draws from there, blurred trousers"
low, high = np.percentile(code, [2, 98], axis=0).round(1)


def draw(first, second):
    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), width_ratios=[1.6, 1])
    for label, name in [(1, "Trouser"), (2, "Pullover"), (5, "Sandal"), (8, "Bag"), (9, "Boot")]:
        left.scatter(*code[labels == label].T, s=5, label=name)
    left.plot(first, second, "k+", markersize=22, markeredgewidth=3)
    left.legend(markerscale=2, fontsize=8)
    left.set(xlabel="first number", ylabel="second number", title="Two numbers of each test image")
    picture = vae.decoder(np.array([[first, second]], dtype="float32"))
    right.imshow(np.reshape(picture, (28, 28)), cmap="gray_r", vmin=0, vmax=1)
    right.set_title("Drawn from the cross")
    right.axis("off")
    plt.show()


start = code[shown[1]].round(1)  # a pair of trousers
sliders = [FloatSlider(v, min=a, max=b, step=0.1) for v, a, b in zip(start, low, high)]
_ = interact(draw, first=sliders[0], second=sliders[1])

# %% [markdown]
# ## What a class loses: the graph
#
# Keras can run your `call`. It cannot look into it. `model.inputs`, `model.output` and `input_shape`, with which chapter 2 took models apart, do
# not exist, and plotted the model is a single box:

# %% alt="The help desk drawn by plot_model: one box named desk, without any connection"
fresh = HelpDesk(NUM_DEPARTMENTS, name="desk")
fresh(tickets)
assert not any(hasattr(fresh, name) for name in ["inputs", "input_shape", "output"])
keras.utils.plot_model(fresh, folder / "class.png", show_layer_names=True, dpi=60)

# %% [markdown]
# **How to win it back.** If all that `call` does is calling layers and `keras.ops`, it also runs on symbolic tensors. Let it, and close
# the graph. Here `call` is meant, not the model, so that the layers inside become the nodes. Nothing is copied; the two models share their layers.

# %% alt="The same model opened, drawn as a graph: title and text_body both lead to the one box words, tags to the box marks; the results are added, and go through a ReLU to the boxes priority and department"
inputs = {key: keras.Input(value.shape[1:], name=key) for key, value in tickets.items()}
opened = keras.Model(inputs, fresh.call(inputs), name="opened")
assert opened.get_layer("words") is fresh.words
for one, other in zip(opened(tickets), fresh(tickets)):
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
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
# Without `get_config`, a model with an argument that has no default cannot even be saved. That error is the harmless case:

# %%
try:
    fresh.save(folder / "desk.keras")
except NotImplementedError as error:
    print(type(error).__name__, "… must override `get_config()` …")
    assert "must override `get_config()`" in " ".join(str(error).split())

# %% [markdown]
# > **Pitfall: arguments with defaults are forgotten.** If all arguments have a default, Keras writes the *defaults* down, whatever you
# > passed. The file loads, without a warning, and the model is another one. (A `Layer` remembers its simple arguments. A `Model` does not.)


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
before = np.asarray(scaled(x))
scaled.save(folder / "scaled.keras")
loaded = keras.saving.load_model(folder / "scaled.keras")
print("config says", scaled.get_config()["factor"], "| loaded factor:", loaded.factor)
np.testing.assert_allclose(3 * loaded(x), before, rtol=1e-4, atol=1e-6)

# %% [markdown]
# The pattern that works has four pieces. Two are in `HelpDesk` already: `**kwargs` handed to `super().__init__`, and the arguments kept
# as attributes. The other two are the decorator, and a `get_config` which adds the arguments to what the base class returns.


# %%
@keras.saving.register_keras_serializable(package="chapter3")
class SavedHelpDesk(NamedHelpDesk):
    def get_config(self):
        own = {"num_departments": self.num_departments, "units": self.units}
        return {**super().get_config(), **own}


model = SavedHelpDesk(NUM_DEPARTMENTS, units=16, name="router")
model.compile("adam", losses)
model.fit(tickets, targets, batch_size=50, verbose=0)
model.save(folder / "desk.keras")
loaded = keras.saving.load_model(folder / "desk.keras")

assert isinstance(loaded, SavedHelpDesk) and loaded.get_config() == model.get_config()
for key, value in model(tickets).items():
    np.testing.assert_allclose(loaded(tickets)[key], value, rtol=1e-4, atol=1e-6)
print({key: loaded.get_config()[key] for key in ["name", "num_departments", "units"]})
print("training steps so far:", int(loaded.optimizer.iterations))
print("in the file:", sorted(zipfile.ZipFile(folder / "desk.keras").namelist()))

# %% [markdown]
# Same class, name, arguments, predictions. The optimizer's state is there too, so training can go on.
#
# ## Three styles in one model
#
# Every model is also a layer. So any style can stand inside any other. A class in a graph, and a graph and a stack in a class:

# %%
inputs = keras.Input((3,))
hidden = layers.Dense(16, activation="relu")(inputs)
graph_with_class = keras.Model(inputs, Classifier(10, name="classifier")(hidden))
print("nodes:", [type(layer).__name__ for layer in graph_with_class.layers])


class ClassWithBoth(keras.Model):
    def __init__(self):
        super().__init__()
        inputs = keras.Input((16,))
        self.graph = keras.Model(inputs, inputs + layers.Dense(16)(inputs))
        self.stack = keras.Sequential([layers.Dense(16), layers.ReLU()])
        self.classifier = Classifier(10)

    def call(self, inputs):
        return self.classifier(self.graph(self.stack(inputs)))


both = ClassWithBoth()
both(x)
print("parts:", [type(layer).__name__ for layer in both.layers])
assert both.count_params() == (3 * 16 + 16) + (16 * 16 + 16) + (16 * 10 + 10)

# %% [markdown]
# The weights are found, however deep they lie, and one `fit` trains everything.
#
# ### Layer or Model?
#
# Both have weights, `call`, `training`, `add_loss` and `get_config`, and both nest. What a model has on top concerns training and keeping:

# %%
extra = ["compile", "fit", "evaluate", "predict", "save", "summary", "get_layer"]
assert all(hasattr(keras.Model, name) and not hasattr(layers.Layer, name) for name in extra)
assert issubclass(keras.Model, layers.Layer)

# %% [markdown]
# The rule: what you `fit`, `predict` and save is a `Model`; the parts it is made of are `Layer`s. [Chapter 4](04_layers.ipynb) is about layers.
#
# ## Which style when
#
# | | Sequential | Functional | class |
# |---|---|---|---|
# | has weights before any data | yes | yes | after a symbolic call |
# | refuses data of another width | yes | yes | once it has weights |
# | is drawn as a graph, gives features by name | yes | yes | once opened |
# | is saved and loaded, is cloned | yes | yes | with `get_config` |
#
# | if … | take |
# |---|---|
# | the model is a line of layers | Sequential |
# | it has several inputs or outputs, branches, skips: a fixed graph | Functional |
# | a loop or an `if` is easier to say than to draw: `Deep`, `Classifier` | class |
# | it is random in a way of its own, has more methods than one, or a loss from the inside: `VAE` | class |
# | you override the training step ([chapter 11](11_train_step.ipynb)) | class |
# | most is a fixed graph, a part is not | Functional, with that part as a class |
# | the part is used inside a model and never trained alone | `Layer`, not `Model` |
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
# | `self.add_metric(…)` in `call` | `NotImplementedError` | a `keras.metrics.Mean` as attribute ([chapter 6](06_metrics.ipynb)) |
# | `model.output` of a subclassed model | `AttributeError` | `keras.Model(inputs, model.call(inputs))` |
#
# All of it is the same with `from tensorflow import keras`. The lines that fail are tried at [the end](#Each-line-of-What-changed,-tried).

# %% [markdown]
# ## Try it
#
# **1.** `Deep(units=3, depth=4, shared=False)` is called on data of width 5. What happens, and why? Would `Dense(3)` alone mind?
#
# <details><summary>Answer</summary>
#
# `x + block(x)` adds a width of 5 and one of 3: an error from the addition. A `Dense(3)` alone takes any width. The residual step
# is what ties the width of the data to `units`; a `Dense(units)` before the loop would free it.
#
# </details>
#
# **2.** Set `self.hidden` and `self.head` in the other order in `TwoLayers.__init__`, and copy the weights to the Sequential as above. Does it still
# agree?
#
# <details><summary>Answer</summary>
#
# `set_weights` raises a `ValueError`: the class lists its weights in the order of the attributes, head first, and the shapes no longer fit. Predictions of
# the class itself do not depend on that order. Where all shapes were the same, the copy would succeed and be wrong.
#
# </details>
#
# **3.** Give `HelpDesk` a `layers.Dropout(0.5)` as attribute, and let `call` use it on `features`. Does `fit` drop anything?
#
# <details><summary>Answer</summary>
#
# No. `HelpDesk.call` has no argument `training`, so `fit` does not say that it trains, and nobody tells you. With `call(self, inputs, training=None)` it does.
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
# | different behaviour in training | `def call(self, inputs, training=None)` |
# | the graph again | `keras.Model(inputs, model.call(inputs))` |
# | to save it | `@keras.saving.register_keras_serializable()`, `**kwargs`, attributes, `get_config` |
# | it inside another model | call it like a layer |
#
# **Read on** in the official documentation: [Making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/),
# [The Functional API](https://keras.io/guides/functional_api/), which compares the styles,
# [Save, serialize, and export](https://keras.io/guides/serialization_and_saving/).
#
# **Now you:** the assignment [ex03_subclassing](../exercises/ex03_subclassing/ex03_subclassing.ipynb), {{ ex03_subclassing.tasks }}. Next chapter:
# [Custom layers](04_layers.ipynb), the parts that models are made of.

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### Mistakes that Keras finds, and one that it only warns of
#
# A layer set in `call`, or added once the model is built: its state is locked by then. No `super().__init__()`: the first call tells. A name
# that is taken: a model has attributes of its own.


# %%
class SetInCall(keras.Model):
    def call(self, inputs):
        self.dense = layers.Dense(1)
        return self.dense(inputs)


class NoSuper(keras.Model):
    def __init__(self):
        self.dense = layers.Dense(1)


class TakenName(keras.Model):
    def __init__(self):
        super().__init__()
        self.layers = [layers.Dense(1)]


mistakes = {
    "set in call": lambda: SetInCall()(x),
    "added later": lambda: setattr(called, "extra", layers.Dense(1)),
    "no super": lambda: NoSuper()(x),
    "taken name": TakenName,
}
for label, mistake in mistakes.items():
    try:
        mistake()
    except (ValueError, RuntimeError, AttributeError) as error:
        print(f"{label:12} {first_line(error)}")

# %% [markdown]
# `model.build((None, 3))` is right for a Sequential. A class has no `build` of its own, so its layers learn nothing from that shape.
# Keras warns, and calls the model built all the same.

# %%
unbuilt = TwoLayers()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    unbuilt.build((None, 3))
print("warned:", bool(caught), "| built:", unbuilt.built, "| weights:", len(unbuilt.weights))
assert unbuilt.built and not unbuilt.weights

# %% [markdown]
# ### Python runs while the graph is recorded
#
# Called on data, `call` is Python, line by line. Inside `fit` Keras runs it once or a few times, to record a TensorFlow graph, and then runs the
# graph ([chapter 10](10_graphs.ipynb)). While it is recorded, tensors have no values. So an `if` on a value works when you call the
# model, tests pass, and `fit` fails. Values go into `ops.where` or `ops.cond`.


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
# ### What batch normalization remembers
#
# BatchNormalization differs in training in two ways. The answer for a sample depends on its neighbours in the batch. And each call moves the
# layer's running mean a little, by 1 % with the default momentum of 0.99, towards the mean of the batch. At all other times the running
# values are used, and nothing changes. Here are 300 calls in training mode, then 300 without:

# %% alt="Line chart: the running mean starts at 0 and approaches the data's mean of about 5 while the layer is called with training=True; it stays flat while it is called without" tags=["nbval-ignore-output"]
norm = layers.BatchNormalization()
x_far = 5 + x
alone, in_company = x_far[:4], np.concatenate([x_far[:4], x_far[:4] + 10])
for training in [True, False]:
    one, other = norm(alone, training=training), norm(in_company, training=training)[:4]
    assert np.allclose(one, other, atol=1e-3) != training

norm = layers.BatchNormalization()
running = []
for call_number in range(600):
    norm(x_far, training=call_number < 300)
    running.append(float(ops.mean(norm.moving_mean)))
assert np.isclose(running[299], x_far.mean(), rtol=0.1) and running[299] == running[-1]

fig, ax = plt.subplots()
ax.plot(running, label="running mean")
ax.axhline(x_far.mean(), color="black", linestyle=":", label="mean of the data")
ax.axvline(300, color="grey", linestyle="--")
ax.text(160, 1.0, "training=True")
ax.text(320, 1.0, "training=False")
ax.set(xlabel="call", ylabel="running mean", title="Only training moves the running mean")
ax.legend(loc="center right")
plt.show()

# %% [markdown]
# ### An argument that is a layer
#
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
before = np.asarray(wrapped(x))
wrapped.save(folder / "wrapped.keras")
loaded = keras.saving.load_model(folder / "wrapped.keras")
np.testing.assert_allclose(loaded(x), before, rtol=1e-4, atol=1e-6)
print("inner:", type(loaded.inner).__name__, loaded.inner.units, loaded.inner.activation.__name__)

# %% [markdown]
# ### Weights alone, and an export
#
# **Weights alone** need no config: you make the model by code, and fill it. It must have its weights first. **An export** needs no class at all:
# it holds the recorded graph, for prediction only, and runs where your code is not.

# %%
model.save_weights(folder / "desk.weights.h5")
twin = SavedHelpDesk(NUM_DEPARTMENTS, units=16)
try:
    twin.load_weights(folder / "desk.weights.h5")
except ValueError as error:
    print(first_line(error))
twin(tickets)
twin.load_weights(folder / "desk.weights.h5")

model.export(folder / "exported", verbose=False)
exported = layers.TFSMLayer(folder / "exported", call_endpoint="serve")
for other in [twin(tickets), exported(tickets)]:
    np.testing.assert_allclose(other["priority"], model(tickets)["priority"], rtol=1e-4, atol=1e-6)
print("twin and export predict what the model predicts")

# %% [markdown]
# ### A compiled model inside a layer
#
# A compiled model brings its metrics along, its loss tracker included. Inside a `Layer` these are taken for the outer model's own, and the
# reported loss is 0.0. Training works; what you read is wrong. Compile the outermost model only.


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
    assert (loss == 0.0) == compiled

# %% [markdown]
# ### Each line of What changed, tried

# %%
attempts = {
    "dynamic": lambda: keras.Model(dynamic=True),
    "by position": lambda: model(tickets, True),
    "learning_phase": lambda: keras.backend.learning_phase(),
    "save": lambda: model.save("folder"),
    "save_format": lambda: model.save(folder / "desk", save_format="tf"),
    "save_weights": lambda: model.save_weights("name"),
    "load_model": lambda: keras.models.load_model("folder"),
    "add_metric": lambda: model.add_metric(0.0, name="mine"),
    "output": lambda: model.output,
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:15} runs")
    except (ValueError, AttributeError, NotImplementedError) as error:
        print(f"{label:15} {first_line(error)}")
