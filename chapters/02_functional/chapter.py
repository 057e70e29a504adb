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
# used twice, links that skip. You can feed it by name, give each output a loss of its own, and open it to
# see or reuse what is inside.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 1](01_sequential.ipynb) (layers, shapes, compile, fit) |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex02_functional }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, shuffling and made-up data
TRAIN_SIZE = 6_000  # int: Fashion-MNIST images used for training, at most 60,000
EPOCHS = 4  # int: passes over the training data in every example

# %%
import re
import tempfile
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
tf.get_logger().setLevel("ERROR")  # no remarks on how many models this notebook compiles
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes


def first_line(error):
    """The first sentence of an error message, without colour codes."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error.args[0]))
    return f"{type(error).__name__}: {text.splitlines()[0].split('. ')[0][:110]}"


# %% [markdown]
# ## From a stack to a graph
#
# A Sequential model calls its layers one after the other. The Functional API lets you write these calls
# down yourself. Three steps: declare what comes in, call layers on it, name both ends.

# %%
inputs = keras.Input((3,), name="measurements")
hidden = layers.Dense(64, activation="relu", name="hidden")(inputs)
outputs = layers.Dense(10, activation="softmax", name="species")(hidden)
model = keras.Model(inputs, outputs, name="functional")

print([layer.name for layer in model.layers], "|", model.count_params(), "weights")

# %% [markdown]
# Where the graph happens to be a line, it is the same model as the stack of chapter 1: the same arrays of
# weights, and with the same numbers in them the same outputs.

# %%
stack = keras.Sequential(
    [keras.Input((3,)), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
)
stack.set_weights(model.get_weights())
batch = rng.normal(size=(5, 3)).astype("float32")
np.testing.assert_allclose(model(batch), stack(batch), rtol=1e-5)
assert model.count_params() == stack.count_params() == 906

# %% [markdown]
# A Sequential model knows only how to go from top to bottom. A Functional model knows which layer was called on
# what, and that is all this chapter needs.

# %% [markdown]
# ## Symbolic tensors
#
# `inputs` above is no array. It is a **symbolic tensor**: a promise that an array of this shape and type
# will stand here. A layer called on a promise gives another promise, and remembers where it came from.

# %%
for tensor in [inputs, hidden, outputs]:
    print(f"{type(tensor).__name__} {str(tensor.shape):12} {tensor.dtype}")
assert hidden.shape == (None, 64)  # None: any batch size

# %% [markdown]
# Nothing has been computed. But the layers are real: calling `Dense` on a promise with 3 features has made its
# kernel of 3 × 64 numbers, and the same layer works on arrays.

# %%
dense = model.get_layer("hidden")
print("kernel", tuple(dense.kernel.shape), "| on an array:", tuple(dense(batch).shape))

# %% [markdown]
# You can compute with symbolic tensors: arithmetic, slices, and every function in `keras.ops` work, and become
# part of the graph.

# %%
scaled = (inputs - 5.0) / 2.0
squares = ops.sum(ops.square(scaled), axis=-1, keepdims=True)
first_two = scaled[:, :2]
distance_model = keras.Model(inputs, [squares, first_two])

values, parts = distance_model(batch)
np.testing.assert_allclose(values, (((batch - 5) / 2) ** 2).sum(axis=-1, keepdims=True), rtol=1e-5)
print("squares", squares.shape, "| first two", first_two.shape)

# %% [markdown]
# > **Pitfall: asking a promise for its numbers.** It has none. NumPy, TensorFlow's own functions and Python's `if`
# > want numbers, so they refuse it.

# %%
attempts = {
    "np.exp(x)": lambda: np.exp(inputs),
    "tf.exp(x)": lambda: tf.exp(inputs),
    "if x > 0": lambda: 1 if inputs > 0 else 0,
    "x.numpy()": lambda: inputs.numpy(),
    "for row in x": lambda: list(inputs),
}
for label, attempt in attempts.items():
    try:
        attempt()
    except Exception as error:
        print(f"{label:13} {first_line(error)}")

# %% [markdown]
# The fix is the same function from `keras.ops`, and `ops.where` in place of `if`: it decides for each number, when
# there are numbers.

# %%
positive = keras.Model(inputs, ops.where(inputs > 0, ops.exp(inputs), 0.0))
np.testing.assert_allclose(positive(batch), np.where(batch > 0, np.exp(batch), 0), rtol=1e-5)

# %% [markdown]
# ## What `Input` accepts
#
# `Input` takes the shape of *one sample*. Keras puts `None` in front of it, for the batch. Other axes may be `None`,
# too, if they differ from batch to batch.

# %%
shapes = {
    "a row of 3 numbers": (3,),
    "one number": (),
    "a grey image": (28, 28, 1),
    "a colour image, any size": (None, None, 3),
    "a series of any length, 10 values a step": (None, 10),
}
for meaning, shape in shapes.items():
    print(f"{meaning:42} Input({shape!s:16}) -> {keras.Input(shape).shape}")

# %% [markdown]
# `dtype` says what the numbers are; the default is `float32`. Other numbers are converted when you feed them.
# Word numbers for an `Embedding` are best declared as integers, words as strings.

# %%
assert keras.Input((4,), dtype="int32").dtype == "int32"
assert keras.Input((1,), dtype="string").dtype == "string"
print(
    "fed", np.ones((2, 3), dtype="int64").dtype, "-> computed in", model(np.ones((2, 3))).dtype.name
)

# %% [markdown]
# > **Pitfall: a shape that means something else.** The batch is not part of the shape. One number is no shape
# > either, and a forgotten zero makes a tensor with nothing in it that nobody complains about.

# %%
try:
    keras.Input(3)
except ValueError as error:
    print("Input(3):", first_line(error))
print("Input((1000, 3)) for 1000 samples of 3:", keras.Input((1000, 3)).shape)
print("Input((3, 0)):", keras.Input((3, 0)).shape)

# %% [markdown]
# ### A declared input is strict
#
# A bare `Dense` layer works on the last axis of anything. A model with `Input((3,))` takes `(n, 3)` and says no to
# the rest. Two shapes are forgiven, where only an axis of size 1 is too many or missing.

# %%
bare = layers.Dense(2)
three = keras.Model(inputs, layers.Dense(2)(inputs), name="three")
number = keras.Input((1,))
one = keras.Model(number, layers.Dense(2)(number), name="one")

for shape in [(4, 3), (4, 7, 3), (4, 7, 7, 3)]:
    try:
        result = tuple(three(np.zeros(shape)).shape)
    except ValueError as error:
        result = re.search(r"expected shape.*", str(error))[0]
    print(f"{str(shape):13} bare Dense: {tuple(bare(np.zeros(shape)).shape)!s:13} model: {result}")

assert three(np.zeros((4, 3, 1))).shape == (4, 2)
assert one(np.zeros(4)).shape == (4, 2)

# %% [markdown]
# ### Sizes that are left open
#
# A convolution does not care how large the image is: its window is what has weights. *Global* pooling reduces
# whatever comes to one number per channel. So one model serves images of every size.

# %%
image = keras.Input((None, None, 3), name="image")
maps = layers.Conv2D(8, 3, activation="relu", name="window")(image)
pooled = layers.GlobalMaxPooling2D(name="strongest")(maps)
any_size = keras.Model(image, layers.Dense(2, name="scores")(pooled))

for height, width in [(32, 32), (20, 48)]:
    result = any_size(np.zeros((1, height, width, 3)))
    print(f"{height} x {width} pixels -> {tuple(result.shape)}")

# %% [markdown]
# > **Pitfall: `Flatten` needs to know.** A flattened image has as many numbers as it has pixels. A `Dense` kernel needs
# > a row for each, so the size must be fixed.

# %%
try:
    layers.Dense(2, name="scores")(layers.Flatten(name="flat")(maps))
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# ## The first branch
#
# Now a model that is no line. A *wide and deep* model looks at its inputs twice: through two hidden layers, which can
# learn rules, and directly, which keeps simple relations simple. `Concatenate` puts both side by side.

# %%
inputs = keras.Input((8,), name="features")
deep = layers.Dense(16, activation="relu", name="deep_1")(inputs)
deep = layers.Dense(16, activation="relu", name="deep_2")(deep)
joined = layers.Concatenate(name="wide_and_deep")([inputs, deep])
price = layers.Dense(1, name="price")(joined)
wide_and_deep = keras.Model(inputs, price, name="wide_and_deep_model")

assert wide_and_deep.get_layer("price").kernel.shape == (8 + 16, 1)

# %% [markdown]
# In a list, the branch would be invisible. `plot_model` draws the graph.

# %% alt="Graph of five boxes. The input features goes to deep_1 and deep_2, and by a second arrow directly to wide_and_deep, which joins 8 and 16 numbers to 24; price makes one number of them"
keras.utils.plot_model(
    wide_and_deep, folder / "wide.png", show_shapes=True, show_layer_names=True, dpi=60
)

# %% [markdown]
# Shapes are checked while you write, not when the data arrive. Layers that join have rules: `Concatenate` wants all axes but
# one to agree, `Add` wants them all to agree, or to be 1.

# %%
for layer in [layers.Concatenate(name="join"), layers.Add(name="sum")]:
    try:
        layer([keras.Input((4, 4)), keras.Input((5, 3))])
    except ValueError as error:
        print(f"{type(layer).__name__:12} {first_line(error)}")

# %% [markdown]
# ## Three inputs, two outputs
#
# A help desk sorts its tickets. A ticket has a title and a text, each as the row of words that occur in it, and tags
# that the customer has ticked. The model shall say how urgent the ticket is, and which of four departments should
# answer. One layer of features serves both answers.

# %%
VOCABULARY, TAGS, DEPARTMENTS = 120, 20, 4


def ticket_inputs():
    return [
        keras.Input((VOCABULARY,), name="title"),
        keras.Input((VOCABULARY,), name="text_body"),
        keras.Input((TAGS,), name="tags"),
    ]


inputs = ticket_inputs()
joined = layers.Concatenate(name="joined")(inputs)
features = layers.Dense(64, activation="relu", name="features")(joined)
priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
department = layers.Dense(DEPARTMENTS, activation="softmax", name="department")(features)
tickets = keras.Model(inputs, [priority, department], name="tickets")

# %% alt="Graph of the ticket model: the inputs title, text_body and tags meet in the box joined, 260 numbers wide; features, 64 wide, follows, and from it arrows go to priority with 1 and department with 4 outputs"
keras.utils.plot_model(
    tickets, folder / "tickets.png", show_shapes=True, show_layer_names=True, dpi=60
)

# %% [markdown]
# ### Walk the graph
#
# The model keeps its graph, and you can ask it. `layers` lists the layers in the order of computation; each one knows the
# symbolic tensors that it was called on and returned.


# %%
def shape_of(tensors):
    return " + ".join(str(tensor.shape) for tensor in keras.tree.flatten(tensors))


for layer in tickets.layers[3:]:
    print(f"{layer.name:11} {shape_of(layer.input):38} -> {shape_of(layer.output)}")

assert tickets.get_layer("features").output is features
print("inputs: ", [tensor.name for tensor in tickets.inputs])
print("outputs:", tickets.output_names)

# %% [markdown]
# Inputs are found by the name of the `Input`, outputs by the name of the layer that made them. The `summary` has a
# column for the links: *Connected to*.

# %%
tickets.summary(line_length=88, positions=[0.28, 0.52, 0.66, 1.0])

# %% [markdown]
# > **Pitfall: a piece that is not connected.** The inputs you list must lead to the outputs you list. If one is
# > missing, or belongs to another model, Keras finds out at once.

# %%
try:
    keras.Model(inputs[:2], priority)  # tags are missing
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# Whether it minds an input that leads nowhere depends on the release: Keras 3.13 (Colab's) does, Keras 3.15 does not. So
# check that nothing you feed is ignored: outputs must change when the input does.

# %%
unused = keras.Input((3,), name="forgotten")
data = [np.zeros((1, VOCABULARY)), np.zeros((1, VOCABULARY)), np.zeros((1, TAGS))]
try:
    model = keras.Model([*inputs, unused], priority)
except ValueError as error:  # Keras 3.13
    print(first_line(error))
else:
    same = np.array_equal(model([*data, np.zeros((1, 3))]), model([*data, np.ones((1, 3))]))
    print("another value of `forgotten`, same output:", same)
    assert same

# %% [markdown]
# ## Feed it: lists and dicts
#
# Made-up tickets will do. Each department has words of its own, which show up in titles and texts; the urgent tickets have
# more of the first ten tags.


# %%
def make_tickets(n, rng):
    department = rng.integers(0, DEPARTMENTS, size=n)
    priority = rng.random((n, 1))
    own_words = np.arange(VOCABULARY) % DEPARTMENTS == department[:, None]
    urgent_tags = np.arange(TAGS) < 10
    x = {
        "title": rng.random((n, VOCABULARY)) < 0.02 + 0.04 * own_words,
        "text_body": rng.random((n, VOCABULARY)) < 0.05 + 0.05 * own_words,
        "tags": rng.random((n, TAGS)) < 0.1 + 0.6 * priority * urgent_tags,
    }
    y = {"priority": priority, "department": np.eye(DEPARTMENTS)[department]}
    as_floats = [{k: v.astype("float32") for k, v in part.items()} for part in (x, y)]
    return tuple(as_floats)


x_train, y_train = make_tickets(2_000, rng)
x_test, y_test = make_tickets(1_000, rng)
print({name: array.shape for name, array in x_train.items()})
print({name: array.shape for name, array in y_train.items()})

# %% [markdown]
# The arrays can be passed as a list, in the order of `model.inputs`, or as a dict, by name. The results are the same. In
# a dict the order does not matter, and what the model does not know is left aside.

# %%
as_list = [x_test["title"], x_test["text_body"], x_test["tags"]]
as_dict = {"tags": as_list[2], "text_body": as_list[1], "title": as_list[0]}

from_list = tickets.predict(as_list, verbose=0)
from_dict = tickets.predict({**as_dict, "author": np.zeros((1_000, 7))}, verbose=0)
for by_position, by_name in zip(from_list, from_dict):
    np.testing.assert_array_equal(by_position, by_name)
print("one array per output:", [array.shape for array in from_list])

# %% [markdown]
# > **Pitfall: a list in the wrong order.** Title and text are equally wide, so nothing fails when they change
# > places. The model only answers differently. A dict cannot get this wrong, and says what is missing.

# %%
swapped = tickets.predict([as_list[1], as_list[0], as_list[2]], verbose=0)
changed = np.mean(swapped[1].argmax(axis=-1) != from_list[1].argmax(axis=-1))
print("some answers change:", bool(changed > 0))
assert changed > 0

try:
    tickets.predict({"title": as_list[0], "tags": as_list[2]}, verbose=0)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# > **Pitfall: inputs declared as a dict.** `keras.Model` takes dicts, too. But a dict is laid out in the order of
# > its *sorted keys*, whatever order you wrote: a list then means tags, text, title.

# %%
by_dict = keras.Model(dict(zip(["title", "text_body", "tags"], inputs)), [priority, department])
print("order of the inputs:", [tensor.name for tensor in by_dict.inputs])
np.testing.assert_allclose(by_dict(as_dict)[0], from_list[0], rtol=1e-5)

try:
    by_dict(as_list)
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# So: list the inputs, name them, and feed dicts. A `tf.data.Dataset` of dicts works the same way; chapter 7 is about
# those.

# %%
dataset = tf.data.Dataset.from_tensor_slices(x_test).batch(256)
np.testing.assert_allclose(tickets.predict(dataset, verbose=0)[0], from_list[0], rtol=1e-5)

# %% [markdown]
# ## A loss for each output
#
# Training makes *one* number smaller. With several outputs it is the sum of their losses, each times its weight:
#
# $$\text{loss} = w_1 \cdot \text{loss}_1 + w_2 \cdot \text{loss}_2$$
#
# Losses, weights and metrics are given by the names of the outputs.

# %%
losses = {"priority": "mean_squared_error", "department": "categorical_crossentropy"}
metrics = {"priority": ["mean_absolute_error"], "department": ["accuracy"]}


def compiled(model, run_eagerly=True, **kwargs):
    model.compile(optimizer=keras.optimizers.Adam(0.01), run_eagerly=run_eagerly, **kwargs)
    return model


def evaluate(model, x=x_test, y=y_test, batch_size=1_000):
    return model.evaluate(x, y, batch_size=batch_size, verbose=0, return_dict=True)


loss_weights = {"priority": 1.0, "department": 0.5}
compiled(tickets, False, loss=losses, loss_weights=loss_weights, metrics=metrics)
logs = evaluate(tickets)
print(sorted(logs))

# %% [markdown]
# The names say it: `loss` is the total, the rest is the output's name and what was measured. (`run_eagerly` will
# spare the small examples below a translation step that only pays in longer trainings; chapter 10 tells the story.) Check
# the total by hand.

# %%
p, d = [np.asarray(output) for output in tickets(x_test)]
squared_error = np.mean((p - y_test["priority"]) ** 2)
cross_entropy = -np.mean(np.sum(y_test["department"] * np.log(d), axis=-1))

np.testing.assert_allclose(logs["priority_loss"], squared_error, rtol=1e-4)
np.testing.assert_allclose(logs["department_loss"], cross_entropy, rtol=1e-4)
np.testing.assert_allclose(logs["loss"], squared_error + 0.5 * cross_entropy, rtol=1e-4)

# %% [markdown]
# > **Pitfall: the parts do not add up to the total.** In several batches of different sizes, `loss` is the mean over all
# > *samples*, while the loss of an output is the mean over *batches*. Here 1,000 samples make one batch of 999 and one
# > of 1. That one ticket counts for half of `department_loss`.

# %% tags=["nbval-ignore-output"]
uneven = evaluate(tickets, batch_size=999)
parts = uneven["priority_loss"] + 0.5 * uneven["department_loss"]
print(f"loss {uneven['loss']:.4f}, sum of the weighted parts {parts:.4f}")
np.testing.assert_allclose(uneven["loss"], logs["loss"], rtol=1e-4)
assert abs(parts - uneven["loss"]) > 1e-4

# %% [markdown]
# ### Train

# %% tags=["nbval-ignore-output"]
history = tickets.fit(x_train, y_train, epochs=EPOCHS, validation_split=0.2, verbose=0)
logs = evaluate(tickets)
print("department accuracy:", round(logs["department_accuracy"], 2), "(guessing: 0.25)")
print(
    "priority error:     ", round(logs["priority_mean_absolute_error"], 2), "(guessing 0.5: 0.25)"
)
assert logs["department_accuracy"] > 0.4
assert len(history.history["val_priority_loss"]) == EPOCHS

# %% [markdown]
# ### What the weight decides
#
# The two losses have different units: a squared error of 0.08 is bad, a cross-entropy of 0.08 excellent. Without weights, the
# larger numbers win. Here both answers share 4 features only, so that they have to compete for them.


# %%
def small_tickets(width=4):
    inputs = ticket_inputs()
    joined = layers.Concatenate()(inputs)
    features = layers.Dense(width, activation="relu", name="features")(joined)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(DEPARTMENTS, activation="softmax", name="department")(features)
    return keras.Model(inputs, [priority, department])


# %% tags=["nbval-ignore-output"]
weights = [0, 0.03, 0.3, 3]
errors, accuracies = [], []
for weight in weights:
    keras.utils.set_random_seed(SEED)
    trial = small_tickets()
    loss_weights = {"priority": 1.0, "department": weight}
    compiled(trial, False, loss=losses, loss_weights=loss_weights, metrics=metrics)
    trial.fit(x_train, y_train, batch_size=128, epochs=2 * EPOCHS, verbose=0)
    logs = evaluate(trial)
    errors.append(logs["priority_mean_absolute_error"])
    accuracies.append(logs["department_accuracy"])
assert accuracies[-1] > accuracies[0]

# %% alt="Two line charts over the weight of the department loss, from 0 to 3. The accuracy on department rises from about a quarter to about two thirds; the error on priority is smallest for small weights and rises towards the largest" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
for ax, values, label in zip(
    axes, [accuracies, errors], ["department: accuracy", "priority: mean absolute error"]
):
    ax.plot(range(len(weights)), values, "o-")
    ax.set_xticks(range(len(weights)), weights)
    ax.set(xlabel="weight of the department loss", ylabel=label)
fig.suptitle("What one output gains, the other pays for")
plt.show()

# %% [markdown]
# ### One loss for all, and an output without a loss
#
# An output that is only there to train the layers below it is called *auxiliary*, and gets a small weight. A single loss is
# used for every output, fitting or not. `None` stands for *no loss*: the output is computed, and
# not trained. An output that is left out of the dict is an error, so that you can't forget one.

# %%
compiled(small_tickets(), loss="mean_squared_error")  # runs, on both

only_department = {"priority": None, "department": "categorical_crossentropy"}
keras.utils.set_random_seed(SEED)
half = compiled(small_tickets(), loss=only_department)
before = half.get_layer("priority").get_weights()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Keras warns that priority has no gradient
    half.fit(x_train, y_train, batch_size=500, verbose=0)
for old, new in zip(before, half.get_layer("priority").get_weights()):
    np.testing.assert_array_equal(old, new)

try:
    evaluate(compiled(small_tickets(), loss={"department": "categorical_crossentropy"}))
except ValueError as error:
    print(first_line(error))

# %% [markdown]
# ### Pairing by position
#
# Everything can be a list, too: the first loss for the first output, and so on; `metrics=[["mae"], ["accuracy"]]` is a list of
# lists. Lists are short. They are also where mistakes stay silent, and there are four to know.
#
# > **Pitfall 1: targets in the wrong order.** With one loss for all, shapes that do not fit are *broadcast* until
# > they do, stretched: 1 priority against 4 columns of departments. No error, a loss that looks like any other.

# %%
right = [y_test["priority"], y_test["department"]]
model = compiled(small_tickets(), loss="mean_squared_error")
told = [evaluate(model, y=targets)["loss"] for targets in (right, [right[1], right[0]])]
print("two different losses:", not np.isclose(*told, rtol=0.01))
assert not np.isclose(*told, rtol=0.01)

# %% [markdown]
# > **Pitfall 2: targets of another shape.** The same stretching happens where one output gets the targets of
# > another. Compare shapes before you train: `y.shape` should be that of the output.

# %%
p = np.asarray(model(x_test)[0])
stretched = {"priority": y_test["department"], "department": y_test["department"]}
logs = evaluate(model, y=stretched)
by_numpy = np.mean((p - y_test["department"]) ** 2)  # (1000, 1) against (1000, 4)
np.testing.assert_allclose(logs["priority_loss"], by_numpy, rtol=1e-4)
print("trained on targets of shape", stretched["priority"].shape, "for outputs of shape", p.shape)

# %% [markdown]
# > **Pitfall 3: a list of losses and a dict of weights.** They are paired by position, the dict in the order of its
# > sorted keys: the department's weight lands on the priority.

# %%
model = compiled(
    small_tickets(),
    loss=["mean_squared_error", "categorical_crossentropy"],
    loss_weights={"priority": 1.0, "department": 100.0},
)
logs = evaluate(model)
meant = logs["priority_loss"] + 100 * logs["department_loss"]
got = 100 * logs["priority_loss"] + logs["department_loss"]
np.testing.assert_allclose(logs["loss"], got, rtol=1e-4)
assert not np.isclose(logs["loss"], meant, rtol=0.1)
print("the weight of 100 is on priority")

# %% [markdown]
# > **Pitfall 4: a model that returns a dict, and lists for the rest.** Its outputs are in the order of their sorted
# > keys, so `department` is the first. Here it gets the loss that was meant for `priority`.

# %%
inputs = ticket_inputs()
h = layers.Concatenate()(inputs)
named = {
    "priority": layers.Dense(1, activation="sigmoid")(h),
    "department": layers.Dense(DEPARTMENTS, activation="softmax")(h),
}
model = keras.Model(inputs, named)
print("order of the outputs:", sorted(model.output))

compiled(model, loss=["mean_squared_error", None])
department_error = np.mean((model(x_test)["department"] - y_test["department"]) ** 2)
np.testing.assert_allclose(evaluate(model)["loss"], department_error, rtol=1e-4)

# %% [markdown]
# With dicts of names for losses, weights, metrics and targets, the same `compile` call is right for a model that lists
# `priority` first, one that lists `department` first, and one that returns a dict.

# %%
features = layers.Dense(8, activation="relu")(layers.Concatenate()(inputs))
priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
department = layers.Dense(DEPARTMENTS, activation="softmax", name="department")(features)

totals = []
for outputs in [
    [priority, department],
    [department, priority],
    {"priority": priority, "department": department},
]:
    model = compiled(keras.Model(inputs, outputs), loss=losses, metrics=metrics)
    totals.append(evaluate(model)["loss"])
np.testing.assert_allclose(totals, totals[0], rtol=1e-5)

# %% [markdown]
# ## An image and a series
#
# Inputs may be of different kinds. This model looks at a picture and at a series of measurements of any length, and gives a
# score and a class. Each input is first turned into a row of features by layers that suit it: windows over pixels, windows over
# time steps. Then rows can be joined.

# %%
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

# %% alt="Graph with two columns that meet. Left, from img_input down: a convolution, pooling, global pooling to 8 numbers. Right, from ts_input with an open length: a convolution over time and global pooling to 16 numbers. Both go into the box both, then mixed and dropout, then score_output and class_output"
keras.utils.plot_model(mixed, folder / "mixed.png", show_shapes=True, show_layer_names=True, dpi=50)

# %% [markdown]
# Data to go with it: the class is the colour of a bright square in the image, the score is the mean of the first
# measurement over time.


# %%
def make_images_and_series(n, steps, rng):
    labels = rng.integers(0, 5, size=n)
    colors = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]])
    images = 0.2 * rng.random((n, 32, 32, 3))
    for i, (row, column) in enumerate(rng.integers(0, 24, size=(n, 2))):
        images[i, row : row + 8, column : column + 8] += 0.8 * colors[labels[i]]
    level = rng.normal(size=(n, 1, 1)) * (np.arange(10) == 0)
    series = level + 0.3 * rng.normal(size=(n, steps, 10))
    x = {"img_input": images.astype("float32"), "ts_input": series.astype("float32")}
    y = {
        "score_output": series[:, :, 0].mean(axis=1, keepdims=True),
        "class_output": np.eye(5)[labels],
    }
    return x, y


x_mixed, y_mixed = make_images_and_series(800, 12, rng)
x_longer, y_longer = make_images_and_series(300, 40, rng)

# %% alt="Five small noisy images, each with a bright square in one colour, and one line chart of the first measurement of five series over 12 time steps, each at its own level"
fig, axes = plt.subplots(1, 6, figsize=(9, 1.7), width_ratios=[1] * 5 + [2], layout="constrained")
for i in range(5):
    shown = np.flatnonzero(y_mixed["class_output"][:, i])[0]
    axes[i].imshow(x_mixed["img_input"][shown].clip(0, 1))
    axes[i].set_title(f"class {i}", fontsize=9)
    axes[i].axis("off")
    axes[5].plot(x_mixed["ts_input"][shown, :, 0])
axes[5].set(xlabel="time step", ylabel="measurement 1", title="score: the mean")
plt.show()

# %% [markdown]
# The score counts twice. Several metrics for one output go into a list.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
mixed.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss={
        "score_output": keras.losses.MeanSquaredError(),
        "class_output": keras.losses.CategoricalCrossentropy(),
    },
    loss_weights={"score_output": 2.0, "class_output": 1.0},
    metrics={
        "score_output": ["mae", "mape"],
        "class_output": [keras.metrics.CategoricalAccuracy()],
    },
)
mixed.fit(x_mixed, y_mixed, epochs=2 * EPOCHS, verbose=0)
logs = mixed.evaluate(x_longer, y_longer, batch_size=300, verbose=0, return_dict=True)
print(sorted(logs))
print("on longer series: error of the score", round(logs["score_output_mae"], 1))
np.testing.assert_allclose(
    logs["loss"], 2 * logs["score_output_loss"] + logs["class_output_loss"], rtol=1e-4
)
assert logs["score_output_mae"] < 0.8

# %% [markdown]
# The series in the last line have 40 steps, those of the training 12. `None` in the shape made that possible.
#
# Is the score only there to be looked at? Then it gets no loss: `None` in the list. Its predictions still come out. And note
# the metrics: `compile` without `metrics` keeps those of the time before.

# %%
mixed.compile(loss=[None, keras.losses.CategoricalCrossentropy()], run_eagerly=True)
logs = mixed.evaluate(x_longer, y_longer, batch_size=300, verbose=0, return_dict=True)
print("logged:", list(logs), "| predicted:", [p.shape for p in mixed.predict(x_longer, verbose=0)])

# %% [markdown]
# ## Look inside: feature extraction
#
# All the tensors between input and output are there, and every one of them can be the output of another model. Train
# a small convolutional network on images of clothes, then look at what its layers return.

# %% tags=["nbval-ignore-output"]
(images, labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
images = images[:TRAIN_SIZE, ..., None].astype("float32") / 255
test_images = test_images[:2000, ..., None].astype("float32") / 255
labels, test_labels = labels[:TRAIN_SIZE], test_labels[:2000]
keras.utils.set_random_seed(SEED)

inputs = keras.Input((28, 28, 1), name="image")
h = layers.Conv2D(8, 3, activation="relu", name="conv_1")(inputs)
h = layers.MaxPooling2D(2, name="pool")(h)
h = layers.Conv2D(16, 3, activation="relu", name="conv_2")(h)
h = layers.GlobalAveragePooling2D(name="pooled")(layers.MaxPooling2D(2, name="pool_2")(h))
h = layers.Dense(32, activation="relu", name="vector")(h)
classifier = keras.Model(inputs, layers.Dense(10, activation="softmax", name="class")(h))

classifier.compile(
    keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"]
)
classifier.fit(images, labels, batch_size=64, epochs=EPOCHS, verbose=0)
accuracy = classifier.evaluate(test_images, test_labels, verbose=0)[1]
print("accuracy on test images:", round(accuracy, 1))
assert accuracy > 0.4

# %% [markdown]
# A model from the same input to three tensors in between. It is made of the same layers: nothing is copied, nothing is
# trained.

# %%
names = ["conv_1", "conv_2", "vector"]
inside = keras.Model(classifier.inputs, [classifier.get_layer(name).output for name in names])

shown = [np.flatnonzero(test_labels == label)[0] for label in (0, 1, 7)]
activations = inside.predict([test_images[shown]], verbose=0)
for name, array in zip(names, activations):
    print(f"{name:7} {array.shape}")
kept = {id(weight) for weight in classifier.weights}
assert all(id(weight) in kept for weight in inside.weights)

# %% [markdown]
# `conv_1` gives 8 maps of 26 × 26 numbers: for each of its windows, where in the image it was found. Some answer to edges
# on one side, some to areas. Nobody told them to. (Each map has its own scale: yellow is its largest number.)

# %% alt="Three rows of pictures, for a T-shirt, trousers and a sneaker. The first picture of a row is the image, the next eight are activation maps of the first convolution layer: some show the outline on one side, some the filled shape, some stay dark" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(3, 9, figsize=(9, 3.3))
for row, (index, maps) in enumerate(zip(shown, activations[0])):
    axes[row, 0].imshow(test_images[index], cmap="gray_r")
    for i in range(8):
        brightest = activations[0][..., i].max() + 1e-6
        axes[row, i + 1].imshow(maps[..., i], cmap="viridis", vmin=0, vmax=brightest)
        axes[0, i + 1].set_title(f"map {i + 1}", fontsize=9)
axes[0, 0].set_title("image", fontsize=9)
for ax in axes.flat:
    ax.axis("off")
fig.suptitle("conv_1: some maps answer to areas, some to edges")
plt.show()

# %% [markdown]
# Deeper maps are coarser, and answer to larger parts: each number of `conv_2` has seen 8 × 8 pixels of the image.

# %% alt="Three rows of 16 small coarse activation maps of the second convolution layer, for a T-shirt, trousers and a sneaker. Different maps are bright for different garments" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(3, 16, figsize=(11, 2.4))
for row, maps in enumerate(activations[1]):
    for i in range(16):
        brightest = activations[1][..., i].max() + 1e-6
        axes[row, i].imshow(maps[..., i], cmap="viridis", vmin=0, vmax=brightest)
        axes[row, i].axis("off")
fig.suptitle("conv_2: which maps light up depends on the garment")
plt.show()

# %% [markdown]
# The last layer before the classes gives 32 numbers per image: a *feature vector*. Images with similar vectors look
# alike to the network, whatever their pixels. For each image on the left, the six nearest of 2,000 others:

# %% alt="Three rows of seven garments. In each row the six images on the right are of the same kind as the one on the left, or look much like it" tags=["nbval-ignore-output"]
to_vector = keras.Model(classifier.inputs, classifier.get_layer("vector").output)
vectors = to_vector.predict([test_images], verbose=0)

fig, axes = plt.subplots(3, 7, figsize=(5.6, 2.7))
nearest = [np.argsort(((vectors - vectors[i]) ** 2).sum(axis=1))[:7] for i in shown]
for ax, index in zip(axes.flat, np.concatenate(nearest)):
    ax.imshow(test_images[index], cmap="gray_r")
    ax.axis("off")
fig.suptitle("Left: an image. Right: its nearest neighbours by feature vector")
plt.show()

# %%
same_class = np.mean([test_labels[row[1:]] == test_labels[row[0]] for row in nearest])
assert same_class > 0.3  # guessing: 0.1

# %% [markdown]
# ### Add an output to a model
#
# The help desk now wants to know how difficult a ticket is. The features of the trained ticket model are a good start: a new
# layer on them, and a model with three outputs.

# %%
features = tickets.get_layer("features").output
difficulty = layers.Dense(3, activation="softmax", name="difficulty")(features)
extended = keras.Model(tickets.inputs, [*tickets.outputs, difficulty], name="extended")

print(extended.output_names)
before = tickets.predict(x_test, verbose=0)
np.testing.assert_allclose(extended.predict(x_test, verbose=0)[0], before[0], rtol=1e-5)
assert len(extended.weights) == len(tickets.weights) + 2

# %% [markdown]
# > **Pitfall: two models, one set of weights.** Training the new model changes the old one, for better or worse. If that is
# > not what you want, freeze the old layers *before* you compile.

# %%
y_difficulty = np.eye(3)[(x_train["text_body"].sum(axis=1) // 4 % 3).astype(int)]
targets = {**y_train, "difficulty": y_difficulty}
only_difficulty = {"priority": 0.0, "department": 0.0, "difficulty": 1.0}
all_losses = {**losses, "difficulty": "categorical_crossentropy"}

for trainable in [False, True]:
    tickets.trainable = trainable
    compiled(extended, loss=all_losses, loss_weights=only_difficulty)
    extended.fit(x_train, targets, batch_size=500, verbose=0)
    after = tickets.predict(x_test, verbose=0)
    moved = not np.allclose(before[0], after[0], atol=1e-6)
    print(f"trainable={trainable}: the old model has moved: {moved}")
    assert moved == trainable

# %% [markdown]
# ## A layer used twice
#
# A layer is an object with weights. Call it on two tensors, and both go through the same weights. That is how you tell a
# model that two inputs are of the same kind.

# %%
left, right = keras.Input((28, 28, 1), name="left"), keras.Input((28, 28, 1), name="right")
shared = layers.Dense(16, name="shared")
flatten = layers.Flatten(name="flatten")
from_left, from_right = shared(flatten(left)), shared(flatten(right))
pair = keras.Model([left, right], [from_left, from_right])

print([weight.path for weight in pair.weights], "|", pair.count_params(), "numbers")
assert pair.count_params() == 784 * 16 + 16  # once, not twice
a, b = pair([test_images[:3], test_images[:3]])
np.testing.assert_array_equal(a, b)

# %% [markdown]
# In training, the gradients of both uses add up. Proof: the gradient of a sum over two inputs is that of one
# input plus that of the other.

# %%
small = layers.Dense(1, name="small")
x1, x2 = tf.constant([[1.0, 2.0]]), tf.constant([[10.0, 20.0]])
with tf.GradientTape() as tape:
    total = tf.reduce_sum(small(x1) + small(x2))
gradient = tape.gradient(total, small.trainable_variables)[0]
print("gradient of the kernel:", gradient.numpy().ravel(), "= [1 2] + [10 20]")
np.testing.assert_allclose(gradient.numpy().ravel(), [11, 22])

# %% [markdown]
# > **Pitfall: `.output` of a layer that was used twice.** There are two outputs, and the attribute gives the first. Keep
# > the tensors themselves if you need the other.

# %%
assert shared.output is from_left
assert shared.output is not from_right
print("shared.output is what came from:", "left" if shared.output is from_left else "right")

# %% [markdown]
# ### The same for whole models: a siamese network
#
# A model can be called like a layer. Two images go through one network that gives vectors, and the distance of the vectors says
# how unlike the images are. With the vectors from above:

# %%
difference = to_vector(left) - to_vector(right)
squared = ops.sum(ops.square(difference), axis=-1, keepdims=True)
distance = ops.sqrt(ops.maximum(squared, 1e-7))
siamese = keras.Model([left, right], distance, name="siamese")

assert siamese.output_shape == (None, 1)
assert len(siamese.weights) == len(to_vector.weights)
first, second = test_images[:1000], test_images[1000:2000]
distances = siamese.predict([first, second], verbose=0)[:, 0]
expected = np.linalg.norm(vectors[:1000] - vectors[1000:], axis=1)
np.testing.assert_allclose(distances, expected, rtol=1e-3, atol=1e-3)

# %% alt="Two histograms of the distance over 1,000 pairs: pairs of the same class lie at small distances, pairs of different classes spread over larger ones; the two overlap" tags=["nbval-ignore-output"]
same = test_labels[:1000] == test_labels[1000:2000]
fig, ax = plt.subplots()
bins = np.linspace(0, distances.max(), 30)
ax.hist(distances[same], bins, density=True, alpha=0.7, label="same class")
ax.hist(
    distances[~same], bins, density=True, histtype="step", linewidth=2, label="different classes"
)
ax.set(xlabel="distance of the two vectors", ylabel="density of pairs")
ax.set_title("Images of the same class are closer")
ax.legend()
plt.show()
assert np.median(distances[same]) < np.median(distances[~same])

# %% [markdown]
# > **Pitfall: the slope of a square root at zero.** It is infinite. For two equal images the gradient is then
# > *infinity times zero*, which is `nan`, and one such pair is enough to lose all weights. That is what the `maximum`
# > above is for.

# %%
v = tf.constant([[0.5, 0.5]])
for label, root in [
    ("sqrt(s)", ops.sqrt),
    ("sqrt(maximum(s, 1e-7))", lambda s: ops.sqrt(ops.maximum(s, 1e-7))),
]:
    with tf.GradientTape() as tape:
        tape.watch(v)
        loss = root(ops.sum(ops.square(v - tf.constant([[0.5, 0.5]]))))
    print(f"{label:23} gradient {tape.gradient(loss, v).numpy().ravel()}")

# %% [markdown]
# ## Links that skip
#
# A **residual block** adds what came in to what it has computed. The layers in it need to learn only the difference, and the gradient
# has a way around them. Where the widths differ, a linear layer without bias brings the skip to the right one.


# %%
def residual_block(x, units):
    h = layers.Dense(units, activation="relu")(x)
    h = layers.Dense(units)(h)
    skip = x if x.shape[-1] == units else layers.Dense(units, use_bias=False)(x)
    return layers.ReLU()(layers.Add()([h, skip]))


inputs = keras.Input((8,), name="numbers")
block = keras.Model(inputs, residual_block(inputs, 8))
block.set_weights([np.zeros_like(weight) for weight in block.get_weights()])
x = rng.normal(size=(4, 8)).astype("float32")
np.testing.assert_array_equal(block(x), np.maximum(x, 0))  # what is left is the skip

# %% alt="Graph of a residual block from 8 to 16 numbers: from the input one arrow goes through two Dense layers, another through one Dense layer; both meet in Add, followed by ReLU"
inputs = keras.Input((8,), name="numbers")
wider = keras.Model(inputs, residual_block(inputs, 16))
keras.utils.plot_model(wider, folder / "block.png", show_shapes=True, dpi=55)

# %% [markdown]
# What it buys shows in deep models. Training needs to know how the loss depends on what the early layers return: a gradient that is
# passed back from layer to layer. Measure it in sixty layers, before any training. A model with all the inner tensors as
# outputs gives something to differentiate by.


# %%
def gradient_sizes(block, x):
    """Size of the gradient of the output by what each of 30 blocks returns, first block first."""
    inputs = keras.Input((32,))
    tensors = [inputs]
    for _ in range(30):
        tensors.append(block(tensors[-1], 32))
    deep_model = keras.Model(inputs, [*tensors[1:], layers.Dense(1)(tensors[-1])])
    with tf.GradientTape() as tape:
        *inner, output = deep_model(x)
        total = tf.reduce_sum(output)
    return np.array([float(tf.norm(g)) for g in tape.gradient(total, inner)])


def plain_block(x, units):
    return layers.Dense(units, activation="relu")(layers.Dense(units, activation="relu")(x))


keras.utils.set_random_seed(SEED)
x = rng.normal(size=(64, 32)).astype("float32")
sizes = {"plain": gradient_sizes(plain_block, x), "with skips": gradient_sizes(residual_block, x)}
assert sizes["plain"][0] / sizes["plain"][-1] < 1e-4
assert sizes["with skips"][0] / sizes["with skips"][-1] > 0.1

# %% alt="Line chart with a logarithmic axis: size of the gradient, relative to the last block, against the position of the block, 1 to 30. The plain stack falls by many orders of magnitude towards the input; the curve with skips does not fall" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
for (label, values), style in zip(sizes.items(), ["--", "-"]):
    ax.semilogy(range(1, 31), values / values[-1], style, label=label)
ax.set(xlabel="block of two layers, counted from the input", ylabel="gradient, last block = 1")
ax.set_title("Skips carry the gradient back to the first layers")
ax.legend()
plt.show()

# %% [markdown]
# ## Models in models
#
# A model is a layer. So large models are made of small ones, which you can train, test and keep on their own. An **autoencoder**
# is two: an *encoder* squeezes an image into 16 numbers, a *decoder* makes an image of them again.

# %%
pixels = keras.Input((28, 28, 1), name="pixels")
h = layers.Dense(64, activation="relu", name="squeeze")(layers.Flatten(name="flat")(pixels))
encoder = keras.Model(pixels, layers.Dense(16, name="code")(h), name="encoder")

code = keras.Input((16,), name="numbers")
h = layers.Dense(64, activation="relu", name="stretch")(code)
h = layers.Dense(784, activation="sigmoid", name="paint")(h)
decoder = keras.Model(code, layers.Reshape((28, 28, 1), name="frame")(h), name="decoder")

image = keras.Input((28, 28, 1), name="image")
autoencoder = keras.Model(image, decoder(encoder(image)), name="autoencoder")
print([layer.name for layer in autoencoder.layers], autoencoder.output_shape)
assert autoencoder.count_params() == encoder.count_params() + decoder.count_params()

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
autoencoder.compile(keras.optimizers.Adam(0.003), loss="mean_squared_error")
autoencoder.fit(images, images, batch_size=64, epochs=EPOCHS, verbose=0)
error = autoencoder.evaluate(test_images, test_images, verbose=0)
mean_image = np.mean((test_images - images.mean(axis=0)) ** 2)
print(f"squared error {error:.2f}; for the mean image, always: {mean_image:.2f}")
assert error < 0.7 * mean_image

# %% [markdown]
# The parts have been trained with the whole. Used alone, the decoder can paint codes that no image had: the way
# from one garment to another.

# %% alt="A row of nine pictures that changes from a pair of trousers to a T-shirt; the pictures in between are blurred mixtures of both" tags=["nbval-ignore-output"]
codes = encoder.predict(test_images[[shown[1], shown[0]]], verbose=0)
mixture = np.linspace(0, 1, 9)[:, None]
painted = decoder.predict((1 - mixture) * codes[0] + mixture * codes[1], verbose=0)

fig, axes = plt.subplots(1, 9, figsize=(8, 1.4))
for ax, image, share in zip(axes, painted, mixture[:, 0]):
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(f"{share:.0%}", fontsize=9)
    ax.axis("off")
fig.suptitle("From one code to another, painted by the decoder alone", y=1.15)
plt.show()

# %% [markdown]
# Summary and plot show a nested model as one box, or opened with `expand_nested=True`.

# %% alt="Graph of the autoencoder with two frames, encoder and decoder, one below the other, each with its layers inside"
keras.utils.plot_model(
    autoencoder, folder / "nested.png", expand_nested=True, show_layer_names=True, dpi=50
)

# %% [markdown]
# > **Pitfall: a layer inside a nested model.** The outer model does not find it. Ask the inner model. And the tensor that
# > the inner model's layer shows is of the inner graph: it starts at the inner input, not at the outer one.

# %%
try:
    autoencoder.get_layer("code")
except ValueError as error:
    print(first_line(error))

squeeze = autoencoder.get_layer("encoder").get_layer("squeeze")
try:
    keras.Model(autoencoder.inputs, squeeze.output)
except ValueError as error:
    print(first_line(error))
assert keras.Model(encoder.inputs, squeeze.output).output_shape == (None, 64)

# %% [markdown]
# Nesting has a second use: **ensembles**. Several models see the same input, and their answers are averaged by a layer.

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
assert len(ensemble.weights) == 3 * 2

# %% [markdown]
# ### All styles mix
#
# A Sequential model inside a Functional one has just been shown. Layers that you write yourself fit in as well; chapter 4 is about
# them. This one learns how much of a skip to let through.


# %%
@keras.saving.register_keras_serializable(package="workbook")
class Gate(layers.Layer):
    """inputs + share * skip, with one trainable share per feature."""

    def build(self, input_shape):
        self.share = self.add_weight(name="share", shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs, skip):
        return inputs + self.share * skip


inputs = keras.Input((6,), name="numbers")
h = layers.Dense(6, activation="relu", name="inner")(inputs)
gated = keras.Model(inputs, layers.Dense(1, name="out")(Gate(name="gate")(h, inputs)), name="gated")
print([weight.path for weight in gated.weights])

# %% [markdown]
# ## Save, load, copy
#
# The graph is data: which layers, with which settings, connected how. So a Functional model saves itself completely, and the file
# needs no code of yours, except for classes that you wrote.

# %%
gated.save(folder / "gated.keras")
loaded = keras.saving.load_model(folder / "gated.keras")
x = rng.normal(size=(4, 6)).astype("float32")
np.testing.assert_allclose(loaded(x), gated(x), rtol=1e-5)

for entry in gated.get_config()["layers"]:
    print(entry["class_name"], entry["name"])

# %% [markdown]
# > **Pitfall: a clone starts afresh.** `clone_model` copies the graph, with *new* weights. Copy these, too, if you want a twin. Unlike
# > two models over the same layers, twins go separate ways from then on.

# %%
twin = keras.models.clone_model(gated)
assert not np.allclose(twin(x), gated(x))

twin.set_weights(gated.get_weights())
np.testing.assert_allclose(twin(x), gated(x), rtol=1e-5)
kept = {id(weight) for weight in gated.weights}
assert not any(id(weight) in kept for weight in twin.weights)

# %% [markdown]
# ## When the Functional API, and when not
#
# | your model | choose |
# |---|---|
# | a plain stack | `Sequential` |
# | branches, joins, several inputs or outputs, shared layers | Functional |
# | you want a plot, the inner tensors, checks while you build, a file without code | Functional |
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
# | `tf.reduce_sum(x)`, `tf.nn.relu(x)` on an `Input` | `ValueError` | `ops.sum(x)`, `ops.relu(x)` |
# | `x.shape.as_list()` | `AttributeError`: shapes are tuples | `x.shape`, `list(x.shape)` |
# | `layer.output_shape`, `layer.get_output_at(1)` | `AttributeError` | `layer.output.shape`; keep the tensors |
# | `.output` of a layer used twice was an error | the first output, silently | keep the tensors |
# | `model.add_loss(tensor)` on a Functional model | `NotImplementedError` | `self.add_loss` in a layer's `call`, chapter 5 |
# | `model.to_yaml()` | `AttributeError` | `model.to_json()`, `model.save("name.keras")` |
#
# Each line, tried:

# %%
x = keras.Input((3,), name="x")
y = shared_layer = layers.Dense(2, name="dense")
y = shared_layer(x)
one_of_two = {"department": "categorical_crossentropy"}
attempts = {
    "input=, output=": lambda: keras.Model(input=x, output=y),
    "merge": lambda: layers.merge([x, x], mode="concat"),
    "loss_weight": lambda: tickets.compile(loss=losses, loss_weight=[1, 2]),
    "loss left out": lambda: evaluate(compiled(tickets, loss=one_of_two)),
    "weight left out": lambda: evaluate(
        compiled(tickets, loss=losses, loss_weights={"department": 2.0})
    ),
    "tf.reduce_sum": lambda: tf.reduce_sum(x),
    "as_list": lambda: x.shape.as_list(),
    "output_shape": lambda: shared_layer.output_shape,
    "get_output_at": lambda: shared_layer.get_output_at(1),
    "used twice": lambda: (shared_layer(2 * x), shared_layer.output),
    "add_loss": lambda: keras.Model(x, y).add_loss(ops.mean(y)),
    "to_yaml": lambda: tickets.to_yaml(),
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:16} runs")
    except Exception as error:
        print(f"{label:16} {type(error).__name__}")

# %% [markdown]
# ## Try it
#
# **1.** How many parameters has the ticket model? Count first, then ask `tickets.count_params()`.
#
# <details><summary>Answer</summary>
#
# 120 + 120 + 20 = 260 numbers are joined. `features`: 260 · 64 + 64 = 16,704. `priority`: 64 + 1 = 65. `department`:
# 64 · 4 + 4 = 260. Together 17,029.
#
# </details>
#
# **2.** In the siamese network, replace `to_vector(right)` by a clone of `to_vector`. What becomes of the distance of two equal
# images, and of the number of weights?
#
# <details><summary>Answer</summary>
#
# The clone has weights of its own, so there are twice as many, and equal images get different vectors: their distance is no longer
# near 0. `clone_model` keeps the name, too, and names are unique in a model: rename the clone first.
#
# </details>
#
# **3.** Feed `mixed` with series of 2 steps. Why does it fail, and with how many steps does it work?
#
# <details><summary>Answer</summary>
#
# `Conv1D(16, 3)` slides a window of 3 steps. Into 2 steps it does not fit even once, so there is nothing to average. From 3
# steps on it works.
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
# | no loss for one | `loss={"y": None, "z": …}` |
# | to see the graph | `keras.utils.plot_model(model, path, show_shapes=True)` |
# | the inside | `keras.Model(model.inputs, model.get_layer(name).output)` |
# | to share weights | call the same layer or model again |
# | to skip | `layers.Add()([h, x])` |
#
# **Read on** in the official documentation: [The Functional API](https://keras.io/guides/functional_api/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [Model plotting utilities](https://keras.io/api/utils/model_plotting_utils/).
#
# **Now you:** the assignment [ex02_functional](../exercises/ex02_functional/ex02_functional.ipynb), {{ ex02_functional.tasks }}. Next chapter:
# [subclassing](03_subclassing.ipynb), for models whose computation you write as code.
