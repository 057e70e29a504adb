# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 2 · The Functional API
#
# After this chapter you can build any model that is a graph of layers: several inputs and outputs, layers
# used twice, links that skip. You can feed it by name, give each output a loss of its own, and look inside.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 1](01_sequential.ipynb) (layers, shapes, compile, fit) |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex02_functional }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. With fewer images or epochs everything still runs, but
# claims about trained models are no longer checked.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, shuffling and made-up data, 0 to 2,147,483,647
TRAIN_SIZE = 6_000  # int: Fashion-MNIST images used for training, 1,000 to 60,000
EPOCHS = 4  # int: passes over the training data, 1 to 50

# %%
import re
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import interact
from keras import layers, ops

assert 0 <= SEED <= 2_147_483_647, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 1_000 <= TRAIN_SIZE <= 60_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 60,000 images."
assert 1 <= EPOCHS <= 50, f"EPOCHS is {EPOCHS}: choose 1 to 50 epochs."
long_enough = EPOCHS >= 4 and TRAIN_SIZE >= 6_000  # for claims about trained models

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
tf.get_logger().setLevel("ERROR")  # no remarks on how many models this notebook compiles
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes


def first_line(error):
    """The first sentence of an error message, without colour codes."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(*error.args[:1]))
    return type(error).__name__ + ": " + re.split(r"\. |\.?\n", text)[0][:110]


# %% [markdown]
# ## From a stack to a graph
#
# A Sequential model calls its layers one after the other. The Functional API lets you write these calls
# yourself. Three steps: declare what comes in, call layers on it, name both ends.

# %%
inputs = keras.Input((3,), name="measurements")
hidden = layers.Dense(64, activation="relu", name="hidden")(inputs)
outputs = layers.Dense(10, activation="softmax", name="species")(hidden)
model = keras.Model(inputs, outputs, name="functional")

stack = keras.Sequential(
    [keras.Input((3,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
)
stack.set_weights(model.get_weights())
batch = rng.normal(size=(5, 3)).astype("float32")
np.testing.assert_allclose(model(batch), stack(batch), rtol=1e-5)
print([layer.name for layer in model.layers], "|", model.count_params(), "numbers")

# %% [markdown]
# This graph is a line, so it is the same model as the stack of chapter 1: with the same weights, the same outputs.

# %% [markdown]
# ## Symbolic tensors
#
# `inputs` above is no array. It is a **symbolic tensor**: a promise that an array of this shape and type
# will stand here. A layer called on a promise makes its weights, returns another promise, and remembers where it
# came from.

# %%
for tensor in [inputs, hidden, outputs]:
    print(f"{type(tensor).__name__} {str(tensor.shape):12} {tensor.dtype}")
assert hidden.shape == (None, 64)  # None: any batch size
assert model.get_layer("hidden").kernel.shape == (3, 64)

# %% [markdown]
# Arithmetic, slices and the functions of `keras.ops` work on promises, too, and become part of the graph.

# %%
squares = ops.sum(ops.square(inputs[:, :2] - 5.0), axis=-1, keepdims=True)
by_ops = keras.Model(inputs, squares)
by_numpy = ((batch[:, :2] - 5) ** 2).sum(axis=-1, keepdims=True)
np.testing.assert_allclose(by_ops(batch), by_numpy, rtol=1e-5)
print("squares:", squares.shape)

# %% [markdown]
# > **Pitfall: asking a promise for its numbers.** It has none. NumPy, TensorFlow's own functions and Python's `if`
# > want numbers, so they refuse it. Use the same function from `keras.ops`, and `ops.where` instead of `if`: it
# > decides for each number, once there are numbers.

# %%
attempts = {
    "np.exp(x)": lambda: np.exp(inputs),
    "tf.exp(x)": lambda: tf.exp(inputs),
    "if x > 0": lambda: 1 if inputs > 0 else 0,
}
for label, attempt in attempts.items():
    try:
        attempt()
    except Exception as error:
        print(f"{label:10} {first_line(error)}")

positive = keras.Model(inputs, ops.where(inputs > 0, ops.exp(inputs), 0.0))
np.testing.assert_allclose(positive(batch), np.where(batch > 0, np.exp(batch), 0), rtol=1e-5)

# %% [markdown]
# ## Three inputs, two outputs
#
# Now a model that is no line. A help desk sorts its tickets. A ticket has a title and a text, each as a row of 120
# numbers that says which words occur in it, and 20 tags. How urgent is it, and which of four departments should answer?
# The words are read by a layer of their own, then the tags join them.

# %% alt="Graph of the help desk's model: title and text_body meet in a Concatenate, 240 numbers wide, and go to words with 32; a second Concatenate joins these with the 20 tags to 52; features, 16 wide, follows, and from it arrows go to priority with 1 output and department with 4"
VOCABULARY, TAGS, DEPARTMENTS = 120, 20, 4


def help_desk(width=16):
    title = keras.Input((VOCABULARY,), name="title")
    text_body = keras.Input((VOCABULARY,), name="text_body")
    tags = keras.Input((TAGS,), name="tags")
    both = layers.Concatenate()([title, text_body])
    words = layers.Dense(32, activation="relu", name="words")(both)
    joined = layers.Concatenate()([words, tags])
    features = layers.Dense(width, activation="relu", name="features")(joined)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(DEPARTMENTS, activation="softmax", name="department")(features)
    return keras.Model([title, text_body, tags], [priority, department], name="help_desk")


tickets = help_desk()
keras.utils.plot_model(
    tickets, folder / "tickets.png", show_shapes=True, show_layer_names=True, dpi=55
)

# %% [markdown]
# ### Walk the graph
#
# `plot_model` can draw the graph because the model keeps it. You can ask for it as well: `layers` lists the layers in
# the order of computation, and each knows the symbolic tensors that it was called on and returned. Inputs bear the name
# of their `Input`, outputs the name of the layer that made them.

# %%
for name in ["words", "features", "priority", "department"]:
    layer = tickets.get_layer(name)
    print(f"{name:11} {str(layer.input.shape):12} -> {layer.output.shape}")
print("inputs: ", [tensor.name for tensor in tickets.inputs])
print("outputs:", tickets.output_names)

# %% [markdown]
# ### Feed it: lists and dicts
#
# Made-up tickets will do. Each department has words of its own, which show up in titles and texts; urgent tickets
# have more of the first ten tags.


# %%
def make_tickets(n):
    department = rng.integers(0, DEPARTMENTS, size=n)
    priority = rng.random((n, 1)).astype("float32")
    own_words = np.arange(VOCABULARY) % DEPARTMENTS == department[:, None]
    urgent_tags = np.arange(TAGS) < 10
    x = {
        "title": rng.random((n, VOCABULARY)) < 0.02 + 0.04 * own_words,
        "text_body": rng.random((n, VOCABULARY)) < 0.05 + 0.05 * own_words,
        "tags": rng.random((n, TAGS)) < 0.1 + 0.6 * priority * urgent_tags,
    }
    x = {name: array.astype("float32") for name, array in x.items()}
    return x, {"priority": priority, "department": department}


x_train, y_train = make_tickets(2_000)
x_test, y_test = make_tickets(1_000)
as_list = [x_test["title"], x_test["text_body"], x_test["tags"]]
from_list = tickets.predict(as_list, verbose=0)
from_dict = tickets.predict(x_test, verbose=0)
for by_position, by_name in zip(from_list, from_dict):
    np.testing.assert_array_equal(by_position, by_name)
print("one array per output:", [array.shape for array in from_dict])

# %% [markdown]
# A list follows the order of `model.inputs`. A dict goes by name, whatever its order.
#
# > **Pitfall: a list in the wrong order.** Title and text are equally wide, so nothing fails when they change
# > places. The model only answers differently. A dict cannot get this wrong, and says what is missing.

# %%
swapped = tickets.predict([as_list[1], as_list[0], as_list[2]], verbose=0)
changed = np.mean(swapped[1].argmax(axis=-1) != from_list[1].argmax(axis=-1))
print("some answers change:", bool(changed > 0))

try:
    tickets.predict({"title": as_list[0], "tags": as_list[2]}, verbose=0)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# ## A loss for each output
#
# Training makes *one* number smaller. With several outputs it is the sum of their losses, each times its weight:
#
# $$\text{loss} = w_1 \cdot \text{loss}_1 + w_2 \cdot \text{loss}_2$$
#
# Losses, weights and metrics are given by the names of the outputs.


# %%
def compile_help_desk(model, optimizer="adam", priority=1.0, department=1.0):
    model.compile(
        optimizer,
        loss={"priority": "mean_squared_error", "department": "sparse_categorical_crossentropy"},
        loss_weights={"priority": priority, "department": department},
        metrics={"priority": ["mean_absolute_error"], "department": ["accuracy"]},
    )


def evaluate(model, x=x_test, y=y_test):
    return model.evaluate(x, y, batch_size=1_000, verbose=0, return_dict=True)


compile_help_desk(tickets, department=0.5)
logs = evaluate(tickets)
print(sorted(logs))

p, d = [np.asarray(output) for output in tickets(x_test)]
squared_error = np.mean((p - y_test["priority"]) ** 2)
cross_entropy = -np.mean(np.log(d[np.arange(1_000), y_test["department"]]))
np.testing.assert_allclose(logs["loss"], squared_error + 0.5 * cross_entropy, rtol=1e-4)

# %% [markdown]
# `loss` is the total; the other names say the output and what was measured.
#
# There are two losses, and *one* optimizer. It works on the total. So a layer below both outputs is moved by both: the
# step for the total is the weighted sum of the steps for each. `train_on_batch` makes one step with one batch, and
# `SGD` is the plainest optimizer: it moves each weight by the learning rate times the slope of the loss.


# %%
start = tickets.get_weights()


def move_of_words(**weights):
    """How far one step moves the kernel of `words`, 240 x 32 numbers."""
    tickets.set_weights(start)
    compile_help_desk(tickets, keras.optimizers.SGD(0.1), **weights)
    before = tickets.get_layer("words").kernel.numpy()
    tickets.train_on_batch(x_train, y_train)
    return tickets.get_layer("words").kernel.numpy() - before


only_priority = move_of_words(priority=1.0, department=0.0)
only_department = move_of_words(priority=0.0, department=1.0)
total = move_of_words(priority=1.0, department=0.5)
np.testing.assert_allclose(total, only_priority + 0.5 * only_department, atol=1e-6)
print("the kernel of words has moved:", bool(np.any(total)))

# %% [markdown]
# ### Train

# %% tags=["nbval-ignore-output"]
tickets.set_weights(start)
compile_help_desk(tickets, keras.optimizers.Adam(0.01), department=0.5)
history = tickets.fit(x_train, y_train, epochs=EPOCHS, validation_split=0.2, verbose=0)
logs = evaluate(tickets)
print(f"department accuracy {logs['department_accuracy']:.2f}, by guessing 0.25")
print(f"priority error {logs['priority_mean_absolute_error']:.2f}, by always saying 0.5: 0.25")
assert logs["department_accuracy"] > 0.4, "0.5 to 0.7 is usual; another seed may differ."

# %% [markdown]
# ### What the weight decides
#
# A squared error of 0.2 is bad, a cross-entropy of 0.2 excellent: the two losses have different units. Without
# weights, the one with the larger numbers has more say. To see it, let the answers compete: both share `features`, now 4 numbers
# wide.

# %% alt="Two line charts over the weight of the department loss: 0, 0.3 and 3. With the weight rise both the accuracy on department, from below 0.3 to above 0.6, and the mean absolute error on priority, from 0.18 to 0.23" tags=["nbval-ignore-output"]
weights = [0.0, 0.3, 3.0]
accuracies, errors = [], []
for weight in weights:
    keras.utils.set_random_seed(SEED)
    trial = help_desk(width=4)
    compile_help_desk(trial, keras.optimizers.Adam(0.01), department=weight)
    trial.fit(x_train, y_train, batch_size=128, epochs=2 * EPOCHS, verbose=0)
    logs = evaluate(trial)
    accuracies.append(logs["department_accuracy"])
    errors.append(logs["priority_mean_absolute_error"])

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for ax, values in zip(axes, [accuracies, errors]):
    ax.plot(range(3), values, "o-")
    ax.set_xticks(range(3), weights)
    ax.set_xlabel("weight of the department loss")
axes[0].set_ylabel("department: accuracy")
axes[1].set_ylabel("priority: mean absolute error")
fig.suptitle("What one output gains, the other pays for")
plt.show()
if long_enough:
    assert accuracies[2] > accuracies[0], "expected a gain by the weight; another seed may differ."

# %% [markdown]
# ### Pairing by position
#
# By name, the same call is right for a model that lists `department` first, and for one that returns a dict.
# Everything can be a list instead, in the order of the outputs; the metrics are then a list of lists.

# %%
priority, department = tickets.outputs
for outputs in [[department, priority], {"priority": priority, "department": department}]:
    by_name = keras.Model(tickets.inputs, outputs)
    compile_help_desk(by_name, department=0.5)
    np.testing.assert_allclose(evaluate(by_name)["loss"], evaluate(tickets)["loss"], rtol=1e-5)

by_position = keras.Model(tickets.inputs, [priority, department])
by_position.compile(
    loss=["mean_squared_error", "sparse_categorical_crossentropy"],
    loss_weights=[1.0, 0.5],
    metrics=[["mean_absolute_error", "mean_squared_error"], ["accuracy"]],
)
logs = evaluate(by_position)
np.testing.assert_allclose(logs["loss"], evaluate(tickets)["loss"], rtol=1e-5)
print(sorted(logs))

# %% [markdown]
# > **Pitfall: targets of the wrong shape.** Lists are where mistakes stay silent. Here one loss serves both outputs,
# > and the targets change places. Their shapes do not fit, so they are *broadcast*, stretched until they do. No error, and
# > a loss that looks like any other. Before you train, compare: a target should have the shape of its output.

# %%
one_hot = np.eye(DEPARTMENTS)[y_test["department"]]
one_for_all = keras.Model(tickets.inputs, tickets.outputs)
one_for_all.compile(loss="mean_squared_error")
right = evaluate(one_for_all, y=[y_test["priority"], one_hot])["loss"]
wrong = evaluate(one_for_all, y=[one_hot, y_test["priority"]])["loss"]
p, d = one_for_all.predict(x_test, verbose=0)
stretched = np.mean((p - one_hot) ** 2) + np.mean((d - y_test["priority"]) ** 2)
np.testing.assert_allclose(wrong, stretched, rtol=1e-4)
print("outputs", p.shape, d.shape, "| targets", one_hot.shape, y_test["priority"].shape)
print("another loss, no error:", not np.isclose(right, wrong, rtol=0.01))

# %% [markdown]
# ## Add an output to a model
#
# The help desk also wants to know how many hours a ticket will take. The features of the trained model are a good start: a new
# layer on them, and two new models, one with all three outputs, one to train the new output alone. All three models are
# made of the same layers.

# %%
features = tickets.get_layer("features").output
hours = layers.Dense(1, name="hours")(features)
extended = keras.Model(tickets.inputs, [*tickets.outputs, hours], name="extended")
hours_only = keras.Model(tickets.inputs, hours, name="hours_only")

print(extended.output_names)
before = tickets.predict(x_test, verbose=0)[0]
np.testing.assert_allclose(extended.predict(x_test, verbose=0)[0], before, rtol=1e-5)
assert len(extended.weights) == len(tickets.weights) + 2

# %% [markdown]
# > **Pitfall: several models, one set of weights.** Training one changes the others, for better or worse. If that is
# > not what you want, freeze the old layers *before* you compile.

# %%
y_hours = x_train["text_body"].sum(axis=1, keepdims=True) / 4
for trainable in [False, True]:
    tickets.trainable = trainable
    hours_only.compile("adam", "mean_squared_error")
    hours_only.fit(x_train, y_hours, batch_size=500, verbose=0)
    moved = not np.allclose(before, tickets.predict(x_test, verbose=0)[0], atol=1e-6)
    print(f"trainable={trainable}: the old model has moved: {moved}")
    assert moved == trainable

# %% [markdown]
# ## What `Input` accepts
#
# `Input` takes the shape of *one sample*. Keras puts `None` in front of it, for the batch. Other axes may be `None`,
# too, if they differ from batch to batch.

# %%
shapes = {
    "a row of 3 numbers": (3,),
    "a colour image": (32, 32, 3),
    "a colour image of any size": (None, None, 3),
    "a series of any length, 10 values a step": (None, 10),
}
for meaning, shape in shapes.items():
    print(f"{meaning:42} Input({shape!s:16}) -> {keras.Input(shape).shape}")

# %% [markdown]
# ## Images: a window that slides
#
# Until here, images would have to be flattened to rows. A **convolution** keeps them in shape. Its weights are a small window,
# here 3 × 3 numbers. It lies on the image, multiplies what is under it, sums, and moves on by one pixel. The result is a
# **map** of where the image looks like the window. **Max pooling** makes maps smaller: of each 2 × 2 numbers it keeps the
# largest. This window asks *is it brighter on the right than on the left?*

# %% alt="Three pictures of a boot: the image of 28 by 28 pixels; the map of a window for left edges, 26 by 26, in which left edges are white and right edges black; the same after max pooling, 13 by 13" tags=["nbval-ignore-output"]
(images, labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
images = images[:TRAIN_SIZE, ..., None].astype("float32") / 255
test_images = test_images[:2000, ..., None].astype("float32") / 255
labels, test_labels = labels[:TRAIN_SIZE], test_labels[:2000]

window = layers.Conv2D(1, 3, use_bias=False)
window.build((None, 28, 28, 1))
window.set_weights([np.array([[-1, 0, 1]] * 3, dtype="float32")[..., None, None]])
edges = window(test_images[:1])
smaller = layers.MaxPooling2D(2)(edges)

patch = test_images[0, 10:13, 10:13, 0]  # under the window when it stands at row 10, column 10
np.testing.assert_allclose(edges[0, 10, 10, 0], patch[:, 2].sum() - patch[:, 0].sum(), atol=1e-5)

fig, axes = plt.subplots(1, 3, figsize=(7, 2.6))
shown = {"image": test_images[:1], "convolution": edges, "then max pooling": smaller}
for ax, (name, array) in zip(axes, shown.items()):
    ax.imshow(np.asarray(array)[0, ..., 0], cmap="gray")
    ax.set_title(f"{name}\n{array.shape[1]} x {array.shape[2]}", fontsize=10)
    ax.axis("off")
plt.show()

# %% [markdown]
# In a network the windows are learned, and there are many of them: `Conv2D(8, 3)` has 8, and returns 8 maps. The windows of
# the next layer look at all 8 maps at once. `Flatten` makes a row of the last maps, for `Dense`.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
image = keras.Input((28, 28, 1), name="image")
h = layers.Conv2D(8, 3, activation="relu", name="conv_1")(image)
h = layers.MaxPooling2D(2, name="pool_1")(h)
h = layers.Conv2D(16, 3, activation="relu", name="conv_2")(h)
h = layers.Flatten(name="flat")(layers.MaxPooling2D(2, name="pool_2")(h))
h = layers.Dense(32, activation="relu", name="vector")(h)
classifier = keras.Model(image, layers.Dense(10, activation="softmax", name="class")(h))

classifier.compile(
    keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"]
)
classifier.fit(images, labels, batch_size=64, epochs=EPOCHS, verbose=0)
accuracy = classifier.evaluate(test_images, test_labels, verbose=0)[1]
print(f"accuracy on test images: {accuracy:.2f}")
if long_enough:
    assert accuracy > 0.75, "about 0.82 is usual; another seed may differ."

# %% [markdown]
# ## Look inside: feature extraction
#
# Every tensor between input and output is there, and can be the output of another model. This one ends at the
# convolutions. It is made of the layers of `classifier`: nothing is copied, nothing is trained.

# %% alt="Two rows of eight maps for an ankle boot. Upper row, conv_1: 26 by 26 numbers, the boot is easy to recognize; lower row, conv_2: coarse maps of 11 by 11 numbers, each bright in other places, some dark" tags=["nbval-ignore-output"]
conv_1, conv_2 = classifier.get_layer("conv_1"), classifier.get_layer("conv_2")
inside = keras.Model(classifier.inputs, [conv_1.output, conv_2.output])
maps_1, maps_2 = inside.predict(test_images[:1], verbose=0)

fig, axes = plt.subplots(2, 8, figsize=(9, 2.8), layout="constrained")
for row, (name, maps) in zip(axes, {"conv_1": maps_1, "conv_2": maps_2}.items()):
    for i, ax in enumerate(row):
        ax.imshow(maps[0, ..., i], cmap="viridis", vmin=0, vmax=maps.max())
        ax.set_title(f"{name}, map {i + 1}", fontsize=8)
        ax.axis("off")
fig.suptitle("What the boot becomes: deeper maps are coarser")
plt.show()

# %% [markdown]
# ## An image and a series
#
# Inputs may be of different kinds. This model looks at a picture and at a series of measurements of any length, and gives a
# score and a class. First each input becomes a row of features; rows can be joined. `Conv1D` slides its window along the
# time. *Global* pooling keeps one number of each map, its largest or its mean, however large the map is. `Dropout(0.1)`
# sets about a tenth of its inputs to zero, at random, in training only ([chapter
# 3](03_subclassing.ipynb#training=True,-or-not)).

# %% alt="Graph with two columns that meet. Left, from img_input down: a convolution, pooling, global pooling to 8 numbers. Right, from ts_input with an open length: a convolution over time and global pooling to 16 numbers. Both go into the box both, then mixed and dropout, then score_output and class_output"
image = keras.Input((32, 32, 3), name="img_input")
h = layers.Conv2D(8, 3, activation="relu", name="img_windows")(image)
h = layers.MaxPooling2D(3, name="img_smaller")(h)
img_features = layers.GlobalMaxPooling2D(name="img_features")(h)

series = keras.Input((None, 10), name="ts_input")
h = layers.Conv1D(16, 3, activation="relu", name="ts_windows")(series)
ts_features = layers.GlobalAveragePooling1D(name="ts_features")(h)

joined = layers.Concatenate(name="both")([img_features, ts_features])
h = layers.Dropout(0.1, name="dropout")(layers.Dense(32, activation="relu", name="mixed")(joined))
score = layers.Dense(1, name="score_output")(h)
label = layers.Dense(5, activation="softmax", name="class_output")(h)
mixed = keras.Model([image, series], [score, label], name="image_and_series")
keras.utils.plot_model(mixed, folder / "mixed.png", show_shapes=True, show_layer_names=True, dpi=50)

# %%
for steps in [12, 40]:
    data = {"img_input": np.zeros((6, 32, 32, 3)), "ts_input": np.zeros((6, steps, 10))}
    shapes = [output.shape for output in mixed.predict(data, verbose=0)]
    print(f"series of {steps} steps: outputs {shapes}")

# %% [markdown]
# ## A layer used twice
#
# A layer is an object with weights. Call it on two tensors, and both go through the same weights. That is how you tell a
# model that two inputs are of the same kind, such as the words of a title and the words of a text.
#
# An **embedding** is the layer for words. It is a table with one row of numbers per word of the vocabulary; words come as
# integers, and each is replaced by its row. The rows are weights: training moves them.

# %%
title = keras.Input((None,), dtype="int32", name="title")  # any number of words
text = keras.Input((None,), dtype="int32", name="text")
table = layers.Embedding(1_000, 4, name="table")
means = [layers.GlobalAveragePooling1D()(table(words)) for words in (title, text)]
reader = keras.Model([title, text], layers.Dense(1)(layers.Concatenate()(means)))

assert table.count_params() == 1_000 * 4  # once, not twice
before = table.embeddings.numpy()
np.testing.assert_array_equal(table(np.array([7, 3])), before[[7, 3]])

reader.compile(keras.optimizers.SGD(1.0), "mean_squared_error")
reader.train_on_batch([np.array([[7, 3]]), np.array([[3, 120, 999]])], np.array([[1.0]]))
moved = np.flatnonzero((table.embeddings.numpy() != before).any(axis=1))
print("words in the title: 7, 3; in the text: 3, 120, 999; rows moved by one step:", moved)
np.testing.assert_array_equal(moved, [3, 7, 120, 999])

# %% [markdown]
# ### The same for whole models: a siamese network
#
# A model can be called like a layer. Two images go through one network that makes vectors of them, here the 32 numbers below the
# classes of `classifier`. Then the vectors are compared, here by the cosine of the angle between them: 1 for the same direction, 0 for nothing in common. `Dot` computes it.

# %% alt="Two histograms of the cosine of the two feature vectors over 1,000 pairs: for pairs of the same class it is mostly near 1, pairs of different classes spread over smaller values; the two overlap" tags=["nbval-ignore-output"]
to_vector = keras.Model(classifier.inputs, classifier.get_layer("vector").output, name="to_vector")
left, right = keras.Input((28, 28, 1), name="left"), keras.Input((28, 28, 1), name="right")
cosine = layers.Dot(axes=-1, normalize=True, name="cosine")([to_vector(left), to_vector(right)])
siamese = keras.Model([left, right], cosine, name="siamese")
assert len(siamese.weights) == len(to_vector.weights)

alike = siamese.predict([test_images[:1000], test_images[1000:]], verbose=0)[:, 0]
same = test_labels[:1000] == test_labels[1000:]
fig, ax = plt.subplots()
bins = np.linspace(0, 1, 30)
ax.hist(alike[same], bins, density=True, alpha=0.7, label="same class")
ax.hist(alike[~same], bins, density=True, histtype="step", linewidth=2, label="different classes")
ax.set(xlabel="cosine of the two vectors", ylabel="density of pairs")
ax.set_title("Images of the same class are more alike")
ax.legend()
plt.show()
if long_enough:
    assert np.median(alike[same]) > np.median(alike[~same]), "expected; another seed may differ."

# %% [markdown]
# > **Pitfall: the slope of a square root at zero.** Lengths and distances have a root, and its slope at 0 is infinite. Times the
# > slope of what is below the root, 0, that makes `nan`. One such sample, as two equal images, and the weights are
# > lost. Keep what is below the root away from zero by a tiny number.

# %%
for name, root in [
    ("sqrt(s)", ops.sqrt),
    ("sqrt(maximum(s, 1e-7))", lambda s: ops.sqrt(ops.maximum(s, 1e-7))),
]:
    vector = layers.Dense(2, use_bias=False)
    squared = ops.sum(ops.square(vector(inputs)), axis=-1, keepdims=True)
    length = keras.Model(inputs, root(squared))
    length.compile(keras.optimizers.SGD(0.1), "mean_squared_error")
    length.train_on_batch(np.zeros((1, 3)), np.ones((1, 1)))
    print(f"{name:23} weights lost by one step: {bool(np.isnan(vector.kernel).any())}")

# %% [markdown]
# ## Links that skip
#
# A **residual block** adds what came in to what it has computed. Its layers need to learn only the difference, and whatever
# comes in gets past them. Here they squeeze to half the width, come back, and the input is added. (Where the two widths
# differ, the skip needs a layer of its own to agree.)


# %%
def block(x, skip=True, **kwargs):
    h = layers.Dense(16, activation="relu", **kwargs)(x)
    if skip:
        return x + layers.Dense(32, **kwargs)(h)
    return layers.Dense(32, activation="relu", **kwargs)(h)


# %% [markdown]
# What it buys shows in deep models. Three networks of 15 blocks, 30 layers. How large are the numbers after each block, before
# training, and how far does one epoch get? Keras draws first weights with **Glorot** initialization, which is made for layers
# without ReLU. **He** initialization makes them larger, because ReLU drops about half of what comes in
# ([chapter 4](04_layers.ipynb) is about initializers). So there is a plain network with each.

# %% alt="Line chart with a logarithmic axis: standard deviation of the numbers after each of 15 blocks. Plain with Glorot falls by many orders of magnitude; plain with He falls much less; with skips it rises slightly" tags=["nbval-ignore-output"]
rows, row_labels = images.reshape(-1, 784)[:6_000], labels[:6_000]
networks = {
    "plain, Glorot": (False, "glorot_uniform", "--"),
    "plain, He": (False, "he_normal", "-."),
    "with skips, Glorot": (True, "glorot_uniform", "-"),
}
fig, ax = plt.subplots()
reached = {}
for name, (skip, initializer, style) in networks.items():
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((784,))
    tensors = [layers.Dense(32, activation="relu")(inputs)]
    for _ in range(15):
        tensors.append(block(tensors[-1], skip, kernel_initializer=initializer))
    sizes = [np.std(values) for values in keras.Model(inputs, tensors)(rows[:500])]
    ax.semilogy(range(16), sizes, style, label=name)

    deep = keras.Model(inputs, layers.Dense(10, activation="softmax")(tensors[-1]))
    deep.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    reached[name] = deep.fit(rows, row_labels, batch_size=64, verbose=0).history["accuracy"][0]
    print(f"{name:19} accuracy in the first epoch {reached[name]:.2f}")
ax.set(xlabel="blocks passed", ylabel="standard deviation", title="Skips keep the signal alive")
ax.legend()
plt.show()
if long_enough:
    assert max(reached, key=reached.get) == "with skips, Glorot", "another seed may differ."

# %% [markdown]
# Where the signal dies on its way forward, the gradients die on their way back, and there is little to learn from. Part of it is
# the initialization: with He alone, the plain network already learns more. The skip does most.

# %% [markdown]
# ## Models in models
#
# A model is a layer. So large models are made of small ones, which you can train, test and keep on their own. An **autoencoder**
# is two: an *encoder* squeezes an image into 16 numbers, its *code*; a *decoder* makes an image of them again. The parts may
# be of any style: here one is Sequential, one Functional.

# %% tags=["nbval-ignore-output"]
pixels = keras.Input((28, 28, 1), name="pixels")
squeeze = layers.Dense(128, activation="relu", name="squeeze")
encoder = keras.Sequential([pixels, layers.Flatten(), squeeze, layers.Dense(16)], name="encoder")

code = keras.Input((16,), name="code")
h = layers.Dense(128, activation="relu", name="stretch")(code)
h = layers.Dense(784, activation="sigmoid", name="paint")(h)
decoder = keras.Model(code, layers.Reshape((28, 28, 1))(h), name="decoder")

image = keras.Input((28, 28, 1), name="image")
autoencoder = keras.Model(image, decoder(encoder(image)), name="autoencoder")

keras.utils.set_random_seed(SEED)
autoencoder.compile(keras.optimizers.Adam(0.003), loss="mean_squared_error")
autoencoder.fit(images, images, batch_size=64, epochs=EPOCHS, verbose=0)
error = autoencoder.evaluate(test_images, test_images, verbose=0)
mean_image = np.mean((test_images - images.mean(axis=0)) ** 2)
print(f"squared error {error:.3f}; always painting the mean image: {mean_image:.3f}")
if long_enough:
    assert error < 0.5 * mean_image, "0.2 to 0.3 of it is usual; another seed may differ."

# %% [markdown]
# Both parts have been trained with the whole. `plot_model` opens them with `expand_nested=True`. A layer inside is asked of its part:
# `autoencoder.get_layer("encoder").get_layer("squeeze")`.

# %% alt="Graph of the autoencoder with two frames, encoder and decoder, one below the other, each with its layers inside"
keras.utils.plot_model(
    autoencoder, folder / "nested.png", expand_nested=True, show_layer_names=True, dpi=50
)

# %% [markdown]
# Used alone, the decoder can paint codes that no image had: the way from one garment to another. Choose two test images and
# how far to go. (Where sliders cannot run you see the picture of the first values.)

# %% tags=["playground"] alt="Five pictures in a row, from a pair of trousers to a T-shirt; the three in between are blurred mixtures, the middle one is marked 50 %"
codes = encoder.predict(test_images, verbose=0)
of_class = [int(np.flatnonzero(test_labels == label)[0]) for label in range(10)]


def paint(first=of_class[1], second=of_class[0], share=0.5):
    path = np.array([0.0, share / 2, share, (1 + share) / 2, 1.0])[:, None]
    painted = ops.convert_to_numpy(decoder((1 - path) * codes[first] + path * codes[second]))
    fig, axes = plt.subplots(1, 5, figsize=(8, 2))
    for ax, picture, part in zip(axes, painted, path[:, 0]):
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(f"{part:.0%} of the way", fontsize=9)
        ax.axis("off")
    plt.show()


_ = interact(paint, first=(0, 1_999), second=(0, 1_999), share=(0.0, 1.0, 0.05))

# %% [markdown]
# ## When the Functional API, and when not
#
# | your model | choose |
# |---|---|
# | a plain stack | `Sequential` |
# | branches, joins, several inputs or outputs, shared layers | Functional |
# | you want a plot, the inner tensors, checks while you build, a file that needs no code | Functional |
# | the computation depends on the data: loops of unknown length, recursion | a subclass, [chapter 3](03_subclassing.ipynb) |
# | a new piece of computation with its own weights | a layer, [chapter 4](04_layers.ipynb), inside a Functional model |
#
# A graph of layers is fixed when you have written it: no cycles, and the same layers for every batch. What varies from
# batch to batch goes inside a layer.

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `Model(input=x, output=y)` | `ValueError` | `Model(inputs, outputs)` |
# | `layers.merge([a, b], mode="concat")` | `AttributeError` | `layers.Concatenate()([a, b])`, `layers.Add()` … |
# | `compile(loss_weight=…)` | `TypeError` | `loss_weights=…` |
# | a loss dict without one of the outputs | `ValueError` | name every output; `None` for no loss |
# | `loss_weights` without one of the outputs | `KeyError` | a weight for every output |
# | `tf.reduce_sum(x)` on an `Input` | `ValueError` | `ops.sum(x)` |
# | `x.shape.as_list()` | `AttributeError`: shapes are tuples | `x.shape`, `list(x.shape)` |
# | `layer.output_shape`, `layer.get_output_at(1)` | `AttributeError` | `layer.output.shape`; keep the tensors |
# | `.output` of a layer used twice was an error | the first output, silently | keep the tensors |
# | `model.add_loss(tensor)` on a Functional model | `NotImplementedError` | `self.add_loss` in a layer's `call`, [chapter 5](05_losses.ipynb) |
# | `model.to_yaml()` | `AttributeError` | `model.to_json()`, `model.save("name.keras")` |
#
# With `from tensorflow import keras` it is all the same. Each line, tried:

# %%
x = keras.Input((3,), name="x")
dense = layers.Dense(2, name="dense")
y = dense(x)
losses = {"priority": "mean_squared_error", "department": "sparse_categorical_crossentropy"}


def compiled(**kwargs):
    model = help_desk()
    model.compile("adam", **kwargs)
    return model.train_on_batch(x_test, y_test)


attempts = {
    "input=, output=": lambda: keras.Model(input=x, output=y),
    "merge": lambda: layers.merge([x, x], mode="concat"),
    "loss_weight": lambda: compiled(loss=losses, loss_weight=[1, 2]),
    "loss left out": lambda: compiled(loss={"department": losses["department"]}),
    "weight left out": lambda: compiled(loss=losses, loss_weights={"department": 2.0}),
    "tf.reduce_sum": lambda: tf.reduce_sum(x),
    "as_list": lambda: x.shape.as_list(),
    "output_shape": lambda: dense.output_shape,
    "get_output_at": lambda: dense.get_output_at(1),
    "used twice": lambda: (dense(2 * x), dense.output is y),
    "add_loss": lambda: keras.Model(x, y).add_loss(ops.mean(y)),
    "to_yaml": lambda: tickets.to_yaml(),
}
for label, attempt in attempts.items():
    try:
        print(f"{label:16} runs: {attempt()[-1]}")
    except Exception as error:
        print(f"{label:16} {first_line(error)[:84]}")

# %% [markdown]
# ## Try it
#
# **1.** How many parameters has the help desk's model? Count first, then ask `help_desk().count_params()`.
#
# <details><summary>Answer</summary>
#
# `words`: 240 · 32 + 32 = 7,712. `features`: 52 · 16 + 16 = 848. `priority`: 16 + 1 = 17. `department`:
# 16 · 4 + 4 = 68. Together 8,645.
#
# </details>
#
# **2.** Feed `mixed` with series of 2 steps. Why does it fail, and from how many steps on does it work?
#
# <details><summary>Answer</summary>
#
# `Conv1D(16, 3)` slides a window of 3 steps. Into 2 steps it does not fit even once, so there is nothing to average. From 3
# steps on it works.
#
# </details>
#
# **3.** Feed `siamese` with the same image twice. What comes out, and would it be so before any training?
#
# <details><summary>Answer</summary>
#
# 1, up to rounding, and yes: both images go through the same weights, whatever these are. With two networks in place of the shared
# one, equal images would get different vectors.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | a graph | `x = keras.Input(shape, name=…)`, `y = layer(x)`, `keras.Model(x, y)` |
# | several inputs, outputs | `keras.Model([a, b], [y, z])`, fed with `{"a": …, "b": …}` |
# | a loss for each output | `compile(loss={…}, loss_weights={…}, metrics={…})` by output name |
# | to see the graph | `keras.utils.plot_model(model, path, show_shapes=True)` |
# | the inside | `keras.Model(model.inputs, model.get_layer(name).output)` |
# | to share weights | call the same layer or model again |
# | to skip | `x + h`, `layers.Add()([h, x])` |
#
# **Read on** in the official documentation: [The Functional API](https://keras.io/guides/functional_api/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [Model plotting utilities](https://keras.io/api/utils/model_plotting_utils/).
#
# **Now you:** the assignment [ex02_functional](../exercises/ex02_functional/ex02_functional.ipynb), {{ ex02_functional.tasks }}. Next chapter:
# [subclassing](03_subclassing.ipynb), for models whose computation you write as code.

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.

# %% [markdown]
# ### Both a straight way and a long one
#
# A *wide and deep* model looks at its inputs twice: through two hidden layers, which can learn rules, and directly, which
# keeps simple relations simple.

# %% alt="Graph of five boxes. The input features goes to deep_1 and deep_2, and by a second arrow directly to wide_and_deep, which joins 8 and 16 numbers to 24; price makes one number of them"
inputs = keras.Input((8,), name="features")
deep = layers.Dense(16, activation="relu", name="deep_1")(inputs)
deep = layers.Dense(16, activation="relu", name="deep_2")(deep)
joined = layers.Concatenate(name="wide_and_deep")([inputs, deep])
price = layers.Dense(1, name="price")(joined)
wide_and_deep = keras.Model(inputs, price)
keras.utils.plot_model(
    wide_and_deep, folder / "wide.png", show_shapes=True, show_layer_names=True, dpi=60
)

# %% [markdown]
# ### What is checked while you build
#
# `Concatenate` wants all axes but one to agree, `Add` wants them to agree, or to be 1. The inputs you list must lead to
# the outputs you list. And one number is no shape.

# %%
tags = tickets.inputs[2]
attempts = {
    "Concatenate": lambda: layers.Concatenate()([keras.Input((4, 4)), keras.Input((5, 3))]),
    "Add": lambda: layers.Add()([keras.Input((4, 4)), keras.Input((5, 3))]),
    "a missing input": lambda: keras.Model(tickets.inputs[:2], tickets.outputs),
    "Input(3)": lambda: keras.Input(3),
}
for label, attempt in attempts.items():
    try:
        attempt()
    except ValueError as error:
        print(f"{label:16} {first_line(error)}")

# %% [markdown]
# A bare `Dense` layer works on the last axis of anything. A model with `Input((3,))` wants `(n, 3)`.

# %%
bare = layers.Dense(2)
x = keras.Input((3,))
three = keras.Model(x, layers.Dense(2)(x), name="three")
for shape in [(4, 3), (4, 7, 3)]:
    try:
        result = tuple(three(np.zeros(shape)).shape)
    except ValueError as error:
        result = re.search(r"expected shape.*", str(error))[0]
    print(f"{str(shape):10} bare Dense: {tuple(bare(np.zeros(shape)).shape)!s:10} model: {result}")

# %% [markdown]
# Two things are not checked. The batch is no part of the shape, and a forgotten zero makes a tensor with nothing in it.

# %%
print("Input((1000, 3)) for 1000 samples of 3:", keras.Input((1000, 3)).shape)
print("Input((3, 0)):", keras.Input((3, 0)).shape)

# %% [markdown]
# ### Sizes that are left open
#
# The weights of a convolution are its window, whatever the size of the image, and global pooling returns one number per map. So one
# model serves images of every size. `Flatten` could not stand there: its result would have as many numbers as the image has
# pixels, and the kernel of `Dense` needs a row for each.

# %%
image = keras.Input((None, None, 3), name="image")
maps = layers.Conv2D(8, 3, activation="relu")(image)
any_size = keras.Model(image, layers.Dense(2)(layers.GlobalMaxPooling2D()(maps)))
for height, width in [(32, 32), (20, 48)]:
    result = any_size(np.zeros((1, height, width, 3)))
    print(f"{height} x {width} pixels -> {tuple(result.shape)}")

try:
    layers.Dense(2)(layers.Flatten()(maps))
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# ### Inputs and outputs in dicts
#
# `keras.Model` takes dicts, too. They are laid out in the order of their *sorted keys*, whatever order you wrote. Inputs as a
# dict, data as a list: here Keras notices, because the widths differ. Outputs as a dict, losses as a list: the first loss goes
# to `department`, and nobody notices. So do not mix: dicts everywhere, or lists everywhere.

# %%
names = ["title", "text_body", "tags"]
by_dict = keras.Model(dict(zip(names, tickets.inputs)), tickets.outputs)
print("order of the inputs:", [tensor.name for tensor in by_dict.inputs])
try:
    by_dict(as_list)
except ValueError as error:
    print(first_line(error))

priority, department = tickets.outputs
dict_outputs = keras.Model(tickets.inputs, {"priority": priority, "department": department})
dict_outputs.compile(loss=["mean_squared_error", None])
told = evaluate(dict_outputs, y={"priority": y_test["priority"], "department": one_hot})["loss"]
d = dict_outputs.predict(x_test, verbose=0)["department"]
np.testing.assert_allclose(told, np.mean((d - one_hot) ** 2), rtol=1e-4)

# %% [markdown]
# The same with losses as a list and weights as a dict: the weights are sorted by key, and the department's lands on the
# priority. (`None` above means *no loss*: that output is computed, and not trained.)

# %%
tickets.compile(
    loss=["mean_squared_error", "sparse_categorical_crossentropy"],
    loss_weights={"priority": 1.0, "department": 100.0},
)
logs = evaluate(tickets)
got = 100 * logs["priority_loss"] + logs["department_loss"]
np.testing.assert_allclose(logs["loss"], got, rtol=1e-4)
print("the weight of 100 is on priority")

# %% [markdown]
# ### When the parts do not add up
#
# In several batches of different sizes, `loss` is the mean over all *samples*, but the loss of an output is the mean over
# *batches*. Here 1,000 samples make one batch of 999 and one of 1. That one ticket counts for half of `department_loss`.

# %% tags=["nbval-ignore-output"]
compile_help_desk(tickets, department=0.5)
even = evaluate(tickets)
uneven = tickets.evaluate(x_test, y_test, batch_size=999, verbose=0, return_dict=True)
parts = uneven["priority_loss"] + 0.5 * uneven["department_loss"]
print(f"loss {uneven['loss']:.4f}, sum of the weighted parts {parts:.4f}")
np.testing.assert_allclose(uneven["loss"], even["loss"], rtol=1e-4)

# %% [markdown]
# ### Nearest neighbours
#
# The last layer before the classes gives 32 numbers per image: a *feature vector*. Images with similar vectors look
# alike to the network, whatever their pixels. For each image on the left, its six nearest among 2,000:

# %% alt="Three rows of seven garments. Most of the six images on the right are of the same kind as the one on the left, or look much like it" tags=["nbval-ignore-output"]
vectors = to_vector.predict(test_images, verbose=0)

fig, axes = plt.subplots(3, 7, figsize=(5.6, 2.7))
nearest = [np.argsort(((vectors - vectors[of_class[i]]) ** 2).sum(axis=1))[:7] for i in (0, 1, 7)]
for ax, index in zip(axes.flat, np.concatenate(nearest)):
    ax.imshow(test_images[index], cmap="gray_r")
    ax.axis("off")
fig.suptitle("Left: an image. Right: its nearest neighbours by feature vector")
plt.show()

# %% [markdown]
# ### Layers inside a nested model
#
# The outer model does not find them; ask the part. And what the part's layer returns belongs to the graph of the part: it starts at
# the part's input.

# %%
for attempt in [
    lambda: autoencoder.get_layer("squeeze"),
    lambda: keras.Model(autoencoder.inputs, squeeze.output),
]:
    try:
        attempt()
    except ValueError as error:
        print(first_line(error))
assert keras.Model(encoder.inputs, squeeze.output).output_shape == (None, 128)

# %% [markdown]
# ### An ensemble
#
# Several models see the same input, and their answers are averaged by a layer.

# %%
inputs = keras.Input((3,), name="measurements")
members = [
    keras.Sequential(
        [keras.Input((3,)), layers.Dense(10, activation="softmax")], name=f"member_{i}"
    )
    for i in range(3)
]
ensemble = keras.Model(inputs, layers.Average(name="mean")([member(inputs) for member in members]))

by_hand = np.mean([member(batch) for member in members], axis=0)
np.testing.assert_allclose(ensemble(batch), by_hand, rtol=1e-5)
print("weight arrays:", len(ensemble.weights))

# %% [markdown]
# ### Save and copy
#
# The graph is data: which layers, with which settings, connected how. So the file of a Functional model needs no code of yours, unless
# there is a layer, a function or a loss in it that you wrote. A clone has the same graph and *new* weights: copy these, too, if you want a twin. Unlike two models
# over the same layers, twins go separate ways.

# %%
siamese.save(folder / "siamese.keras")
loaded = keras.saving.load_model(folder / "siamese.keras")
pairs = [test_images[:4], test_images[4:8]]
np.testing.assert_allclose(loaded(pairs), siamese(pairs), rtol=1e-4, atol=1e-5)

twin = keras.models.clone_model(siamese)
assert not np.allclose(twin(pairs), siamese(pairs))
twin.set_weights(siamese.get_weights())
np.testing.assert_allclose(twin(pairs), siamese(pairs), rtol=1e-4, atol=1e-5)
kept = {id(weight) for weight in siamese.weights}
print("arrays in common:", len([weight for weight in twin.weights if id(weight) in kept]))
