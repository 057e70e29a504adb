# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 1 · Sequential models
#
# After this chapter you can build a Keras model that is a plain stack of layers, say how many
# weights it has before you run it, train it, judge it by its learning curves, and save it.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | Python functions and classes; NumPy arrays and their shapes |
# | **Running time** | about 40 s on two CPU cores |
# | **Assignment** | {{ ex01_sequential }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. With fewer images or epochs everything still runs, but
# claims about trained models are no longer checked.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights and shuffling, 0 to 2,147,483,647
TRAIN_SIZE = 12_000  # int: training images used, 1,000 to 58,000
EPOCHS = 8  # int: passes over the training images in the main example, 1 to 100

# %%
import re
import tempfile
import warnings
import zipfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact
from keras import layers, ops

assert 0 <= SEED <= 2_147_483_647, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 1_000 <= TRAIN_SIZE <= 58_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 58,000 images."
assert 1 <= EPOCHS <= 100, f"EPOCHS is {EPOCHS}: choose 1 to 100 epochs."
long_enough = EPOCHS >= 4 and TRAIN_SIZE >= 6_000  # for claims about trained models

keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes

# %% [markdown]
# ## A model is a stack of layers
#
# A **layer** is a function with memory: it turns an array into another array, and the numbers it
# learns, its **weights**, are kept inside it. A **Sequential** model is a list of layers in which
# each one is fed what the one before it returned. The first axis of every array is the
# **batch**: as many samples as you like are sent through at once.

# %%
model = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
batch = np.array([[5.1, 3.5, 1.4], [6.2, 2.9, 4.3]], dtype="float32")
y_pred = model(batch)
print("2 samples of 3 numbers in:", batch.shape)
print("2 rows of 10 numbers out: ", tuple(y_pred.shape))

# %% [markdown]
# Calling the model is calling its layers one after the other. A `Dense` layer is one matrix product, one addition and
# one **activation** function: `relu` replaces negative numbers by 0, `softmax` turns ten numbers into
# probabilities, which sum to one. Before training they mean nothing yet.

# %%
hidden, head = model.layers
by_layers = head(hidden(batch))

kernel, bias = hidden.get_weights()
by_numpy = np.maximum(batch @ kernel + bias, 0)  # relu

np.testing.assert_allclose(by_layers, y_pred, rtol=1e-5)
np.testing.assert_allclose(by_numpy, hidden(batch), rtol=1e-5, atol=1e-6)
np.testing.assert_allclose(ops.sum(y_pred, axis=-1), 1, rtol=1e-5)
print("kernel", kernel.shape, " bias", bias.shape)

# %% [markdown]
# ## Weights exist once the input shape is known
#
# The kernel of a `Dense` layer has one row per input feature. A layer that has not been told how
# wide its input is cannot have a kernel yet. Leave `keras.Input` out, and the model stays empty.

# %%
lazy = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10)])
print("built:", lazy.built, "| weights:", len(lazy.weights))

try:
    lazy.count_params()
except ValueError as error:
    print("ValueError:", str(error).split(". ")[0])

# %% [markdown]
# Three things tell it the shape. All three give the same four arrays: two kernels, two biases.
#
# | way | when you would choose it |
# |---|---|
# | `keras.Input((3,))` as first entry | nearly always: mistakes show while you write the model |
# | the first call, or the first batch of `fit` | the width is known only when the data arrive |
# | `model.build((None, 3))` | you load weights or count parameters before there are data |
#
# In a shape, `None` stands for *any number*: here, any batch size.


# %%
def stack():
    return [layers.Dense(64, activation="relu"), layers.Dense(10)]


declared = keras.Sequential([keras.Input((3,)), *stack()])

called = keras.Sequential(stack())
called(np.zeros((1, 3), dtype="float32"))

built = keras.Sequential(stack())
built.build((None, 3))

for label, model in [("Input", declared), ("first call", called), ("build", built)]:
    shapes = [tuple(weight.shape) for weight in model.weights]
    print(f"{label:10} {shapes}")
    assert shapes == [(3, 64), (64,), (64, 10), (10,)]

# %% [markdown]
# > **Pitfall: a built model is bound to its width.** `built` was made for three features. Data
# > with five are refused with a message that names both numbers. The batch size is free, the width
# > is not.

# %%
try:
    built(np.zeros((2, 5), dtype="float32"))
except ValueError as error:
    print("ValueError:", re.search(r"expected .*\)", str(error))[0])

assert built(np.zeros((7, 3), dtype="float32")).shape == (7, 10)  # any batch size

# %% [markdown]
# ## Watch it grow with `add` and `summary`
#
# `add` puts a layer on top, `pop` takes the last one off. Look at the output shape on the way. A `Dense` layer works on the
# *last* axis: of an image of 28 rows it makes 28 rows again. `Flatten` makes one row of them.

# %%
growing = keras.Sequential([keras.Input((28, 28))], name="growing")
growing.add(layers.Dense(16, activation="relu", name="each_row"))
print("after each_row:", growing.output_shape)
growing.add(layers.Dense(10, activation="softmax", name="classes"))
print("after classes: ", growing.output_shape, "- ten numbers for every row of the image")

growing.pop()
growing.add(layers.Flatten(name="flatten"))
growing.add(layers.Dense(10, activation="softmax", name="classes"))
print("with flatten:  ", growing.output_shape)

# %% [markdown]
# `summary` prints all shapes at once, with the number of weights beside them.

# %%
growing.summary()

# %% [markdown]
# ## Names
#
# A layer's name is how you find it again: in the summary, in a saved file, and with `get_layer`.
# Keras makes names up where you give none, and counts upwards for as long as the process lives. So
# rely only on names that you gave yourself. Within a model they are unique.

# %%
named = keras.Sequential(
    [
        keras.Input((3,), name="measurements"),
        layers.Dense(64, activation="relu", name="features"),
        layers.Dense(10, activation="softmax", name="species"),
    ],
    name="irises",
)
print(named.name, "->", [layer.name for layer in named.layers])
assert named.get_layer("features") is named.layers[0]

try:
    named.add(layers.Dense(5, name="features"))
except ValueError as error:
    print("ValueError:", str(error).split(". ")[0])

# %% [markdown]
# ## Count parameters by hand
#
# A `Dense` layer that maps *d* features to *u* has a kernel of *d × u* numbers and a bias of *u*:
#
# $$\text{parameters} = d \cdot u + u$$
#
# For the model above: 3 · 64 + 64 = 256, then 64 · 10 + 10 = 650, together **906**.

# %%
assert named.get_layer("features").count_params() == 3 * 64 + 64 == 256
assert named.get_layer("species").count_params() == 64 * 10 + 10 == 650
assert named.count_params() == 906
print("256 + 650 =", named.count_params())

# %% [markdown]
# What counts is the last axis of the input. Give `Dense` a sequence, say 10 time steps of 20 numbers each, and the same
# kernel is used at every step. So the 10 does not appear in the count: 20 · 32 + 32 = **672**.

# %%
sequence_model = keras.Sequential([keras.Input((10, 20)), layers.Dense(32)])
print("output", sequence_model.output_shape, "| parameters", sequence_model.count_params())
assert sequence_model.count_params() == 20 * 32 + 32 == 672

# %% [markdown]
# ## From images to predictions
#
# The whole loop on real data: load, prepare, compile, fit, evaluate, predict. Fashion-MNIST has
# 70,000 grey images of clothes in ten classes. 10,000 of them are the test set, which stays untouched
# until the end. One image of each class:

# %% alt="Ten small grey images in a row, one of each class from T-shirt to ankle boot"
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_spare, y_spare = x_train[58_000:], y_train[58_000:]  # 2,000 for experiments
x_train, y_train = x_train[:TRAIN_SIZE], y_train[:TRAIN_SIZE]
class_names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat"]
class_names += ["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]

print("images", x_train.shape, x_train.dtype, "| from", x_train.min(), "to", x_train.max())
print("labels", y_train.shape, y_train.dtype, "| from", y_train.min(), "to", y_train.max())

fig, axes = plt.subplots(1, 10, figsize=(10, 1.5))
for label, ax in enumerate(axes):
    ax.imshow(x_train[y_train == label][0], cmap="gray_r")
    ax.set_title(class_names[label], fontsize=8)
    ax.axis("off")
plt.show()

# %% [markdown]
# ### Prepare
#
# `Dense` wants a row of numbers per sample, and training goes well when these are small. So each
# image is flattened to 784 numbers between 0 and 1.


# %%
def prepare(images):
    return images.reshape(len(images), -1).astype("float32") / 255


print(prepare(x_train).shape, prepare(x_train).dtype)

# %% [markdown]
# > **Pitfall: pixels from 0 to 255.** Forget the division, and the loss starts huge. Nothing
# > fails; the model is only worse, and you would not know why. Two epochs, once with and once without:


# %%
def mlp(**kwargs):
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        **kwargs,
    )


# %% tags=["nbval-ignore-output"]
losses = {}
for label, inputs in [("0 … 1", prepare(x_train)), ("0 … 255", prepare(x_train) * 255)]:
    keras.utils.set_random_seed(SEED)
    trial = mlp()
    trial.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    losses[label] = trial.fit(inputs, y_train, 64, epochs=2, verbose=0).history["loss"]
    print(f"{label:8} loss after each epoch:", [round(loss, 2) for loss in losses[label]])

assert losses["0 … 255"][-1] > 2 * losses["0 … 1"][-1], "expected; another seed may differ."

# %% [markdown]
# ### Compile: what to minimize, how, and what to report
#
# | argument | its job | here |
# |---|---|---|
# | `loss` | the one number that training makes smaller | cross-entropy: how surprised the model is by the true label |
# | `optimizer` | how the weights are changed | Adam, step size `learning_rate` |
# | `metrics` | numbers for people, never for training | accuracy: the share of right answers |
#
# Each can be a string or an object. The object takes arguments; the string of a loss or an optimizer does what the object with
# its defaults does (`"adam"`, `"sgd"`, `"rmsprop"`, `"nadam"` are optimizers). `"accuracy"` is special: Keras chooses the kind of accuracy that fits the labels, here
# `SparseCategoricalAccuracy` ([chapter 6](06_metrics.ipynb)).

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
model = mlp(name="fashion")
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy", keras.metrics.SparseCategoricalAccuracy(name="chosen")],
)
told = model.evaluate(prepare(x_spare), y_spare, verbose=0, return_dict=True)
print("before training:", {name: round(value, 2) for name, value in told.items()})
assert told["accuracy"] == told["chosen"]
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])  # the same, shorter

# %% [markdown]
# Which loss depends on two things: what the labels look like and what the last layer returns.
#
# | labels | last layer | loss |
# |---|---|---|
# | integers `3` | `Dense(10, activation="softmax")` | `SparseCategoricalCrossentropy()` |
# | integers `3` | `Dense(10)`: *logits* | `SparseCategoricalCrossentropy(from_logits=True)` |
# | one-hot rows `[0, 0, 0, 1, …]` | `Dense(10, activation="softmax")` | `CategoricalCrossentropy()` |
# | 0 or 1 | `Dense(1, activation="sigmoid")` | `BinaryCrossentropy()` |
# | any number | `Dense(1)` | `MeanSquaredError()` |
#
# The first three lines are the same formula: minus the logarithm of the probability of the true class.

# %%
logits = np.array([[2.0, 1.0, 0.1]], dtype="float32")
probabilities = ops.convert_to_numpy(ops.softmax(logits))
by_hand = -np.log(probabilities[0, 1])

sparse = keras.losses.SparseCategoricalCrossentropy()(np.array([1]), probabilities)
from_logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([1]), logits)
one_hot = keras.losses.CategoricalCrossentropy()(np.array([[0.0, 1.0, 0.0]]), probabilities)

print(f"by hand {by_hand:.4f}, the three losses {sparse:.4f} {from_logits:.4f} {one_hot:.4f}")
np.testing.assert_allclose([sparse, from_logits, one_hot], by_hand, rtol=1e-5)

# %% [markdown]
# > **Pitfall: softmax on a single unit.** Softmax makes a row sum to one. A row of one number can only
# > be 1.0, whatever the weights are: such a model answers *yes* to everything, for ever. Keras warns, but
# > it trains. One yes-or-no output takes `sigmoid`.

# %%
one_number = np.array([[-3.0], [0.0], [3.0]], dtype="float32")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print("softmax:", ops.convert_to_numpy(keras.activations.softmax(one_number)).ravel())
print("warned: ", str(caught[0].message)[:84], "…")
print("sigmoid:", ops.convert_to_numpy(keras.activations.sigmoid(one_number)).ravel().round(2))

# %% [markdown]
# ### What an optimizer does
#
# Take a model of one weight, $y = w x$, and three points on the line $y = 2 x$. The loss is a curve over $w$, lowest at 2. The
# optimizer does not see the curve, only its slope where it stands. Gradient descent, the plainest optimizer, steps
# downhill: the learning rate times the slope. With many weights there is a slope for each, and all of them together are called the
# **gradient**.
#
# Turn the learning rate. From which value on does it jump over the valley, and when does it never arrive? (Where sliders cannot
# run, you see the picture of the first value.)

# %% tags=["playground"] alt="A parabola: the loss over the weight, lowest at 2. Eight steps of gradient descent with learning rate 0.05 start at -1 and come down the left side in ever smaller steps, close to the lowest point"
x_line = np.array([1.0, 2.0, 3.0])


def squared_error(w):
    return np.mean((np.multiply.outer(w, x_line) - 2 * x_line) ** 2, axis=-1)


def slope(w):
    return np.mean(2 * x_line * (w * x_line - 2 * x_line))


def descend(learning_rate=0.05):
    path = [-1.0]
    for _ in range(8):
        path.append(path[-1] - learning_rate * slope(path[-1]))
    fig, ax = plt.subplots()
    curve = np.linspace(-2, 6, 100)
    ax.plot(curve, squared_error(curve), color="0.5")
    ax.plot(path, squared_error(np.array(path)), "o-")
    ax.set(xlim=(-2, 6), ylim=(-5, 75), xlabel="weight w", ylabel="loss: mean squared error")
    ax.set_title(f"learning rate {learning_rate:.2f}: after 8 steps w = {path[-1]:.2f}")
    plt.show()


_ = interact(descend, learning_rate=(0.01, 0.25, 0.01))

# %% [markdown]
# Keras makes the same step. (`SGD` is gradient descent; Adam also adapts the size of the step to each weight.)

# %%
line = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
line.set_weights([np.array([[-1.0]])])
line.compile(keras.optimizers.SGD(learning_rate=0.05), "mean_squared_error")
line.train_on_batch(x_line[:, None], 2 * x_line[:, None])  # one step with one batch

w = line.layers[0].kernel.numpy().item()
print(f"from -1 to {w:.2f}")
np.testing.assert_allclose(w, -1 - 0.05 * slope(-1), rtol=1e-5)

# %% [markdown]
# ### Fit
#
# `fit` goes `epochs` times through the data, in shuffled batches of `batch_size`.
# `validation_split=0.2` sets a fifth aside: the *last* fifth of the arrays as you pass them,
# before any shuffling. The model is never trained on it.
#
# `verbose=2` prints one line per epoch, `verbose=0` none. The default is a progress bar, made for watching.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
history = model.fit(
    prepare(x_train), y_train, batch_size=64, epochs=EPOCHS, validation_split=0.2, verbose=2
)

# %% [markdown]
# ### Read the learning curves
#
# `fit` returns a `History`. Its `history` is a dictionary with one list per quantity, one
# number per epoch. `val_` marks what was measured on the part held out.


# %%
def plot_history(history, title):
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
    for ax, quantity in zip(axes, ["loss", "accuracy"]):
        values = history.history[quantity]
        epochs = range(1, len(values) + 1)
        ax.plot(epochs, values, "o-", markersize=3, label="training")
        ax.plot(epochs, history.history[f"val_{quantity}"], "s--", markersize=3, label="validation")
        ax.set(xlabel="epoch", ylabel=quantity)
        ax.legend()
    fig.suptitle(title)
    plt.show()


assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
assert all(len(values) == EPOCHS for values in history.history.values())

# %% alt="Two line charts over the epochs. Loss falls and accuracy rises for both training and validation; validation levels off near 0.85 accuracy while training goes on improving" tags=["nbval-ignore-output"]
plot_history(history, "Both curves improve: training is worth its time")

# %% [markdown]
# Read them together:
#
# - both still improve: train longer;
# - training improves, validation does not: the model learns the training images by heart. That is
#   **overfitting**, and more epochs do harm;
# - neither improves: the model is too small, the learning rate is wrong, or the data are.
#
# > **Note** The training numbers are averages *over the epoch*, taken while the weights were still
# > changing; the validation numbers are taken at its end. In the first epochs the validation
# > curve may therefore look better than the training curve. Nothing is wrong then.

# %% [markdown]
# Overfitting is easy to provoke: few images and many epochs.

# %% alt="Two line charts over 40 epochs with 500 images. Training loss falls towards zero, validation loss stops falling about half-way and rises a little; validation accuracy stays near 0.8 while training accuracy goes to 1" tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
overfitted = mlp()
overfitted.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
small = overfitted.fit(
    prepare(x_train[:500]),
    y_train[:500],
    epochs=40,
    validation_data=(prepare(x_spare), y_spare),
    validation_batch_size=500,
    verbose=0,
)
plot_history(small, "Overfitting: the gap is what was learned by heart")
lowest = int(np.argmin(small.history["val_loss"])) + 1
print(f"validation loss was lowest after epoch {lowest} of 40")
gap = small.history["accuracy"][-1] - small.history["val_accuracy"][-1]
assert gap > 0.1 and lowest < 40, "a gap is expected; another seed may differ."

# %% [markdown]
# ### Evaluate, once
#
# The test set answers one question: how good is the model on images that nobody, neither
# the optimizer nor you, has looked at? `return_dict=True` saves you from remembering an order.

# %% tags=["nbval-ignore-output"]
scores = model.evaluate(prepare(x_test), y_test, verbose=0, return_dict=True)
print({name: round(value, 2) for name, value in scores.items()})
if long_enough:
    assert scores["accuracy"] > 0.8, "about 0.85 is usual; another seed may differ."

# %% [markdown]
# ### Predict
#
# `predict` returns the ten probabilities of each image. The answer is where the largest stands: `argmax`
# along the *last* axis, one answer per row.
#
# > **Pitfall: one image is still a batch.** `x_test[0]` has the shape `(28, 28)`; the model wants a
# > first axis. Slice it instead: `x_test[:1]`.

# %%
probabilities = model.predict(prepare(x_test), verbose=0)
y_pred = probabilities.argmax(axis=-1)
assert probabilities.shape == (10_000, 10) and y_pred.shape == (10_000,)
assert model.predict(prepare(x_test[:1]), verbose=0).shape == (1, 10)

np.testing.assert_allclose((y_pred == y_test).mean(), scores["accuracy"], atol=1e-6)

# %% [markdown]
# One number hides where the mistakes are. A **confusion matrix** counts every pair of true and
# predicted class. Most mistakes are made on four garments that look alike.

# %% alt="Confusion matrix of ten classes with a strong diagonal; the largest numbers off the diagonal are between shirt, T-shirt, pullover and coat" tags=["nbval-ignore-output"]
confusion = np.zeros((10, 10), dtype=int)
np.add.at(confusion, (y_test, y_pred), 1)

fig, ax = plt.subplots(figsize=(5.6, 5))
ax.imshow(confusion, cmap="Blues")
ax.grid(False)
for i, j in np.ndindex(confusion.shape):
    if confusion[i, j] >= 10:
        color = "white" if confusion[i, j] > 500 else "black"
        ax.text(j, i, confusion[i, j], ha="center", va="center", fontsize=7, color=color)
ax.set_xticks(range(10), class_names, rotation=60, ha="right")
ax.set_yticks(range(10), class_names)
ax.set(xlabel="predicted", ylabel="true", title="Shirts are taken for T-shirts, pullovers, coats")
plt.show()

wrong_by_class = confusion.sum(axis=1) - confusion.diagonal()
alike = [class_names.index(name) for name in ["T-shirt", "Pullover", "Coat", "Shirt"]]
share = wrong_by_class[alike].sum() / wrong_by_class.sum()
print(f"share of T-shirt, pullover, coat and shirt in all mistakes: {share:.0%}")
if long_enough:
    assert share > 0.5, "expected more than half; another seed may differ."

# %% [markdown]
# These are the images on which the model was most certain, and wrong:

# %% alt="Eight test images that the model got wrong with the highest probability, each titled with the true class, the predicted class and the probability" tags=["nbval-ignore-output"]
certainty = np.where(y_pred == y_test, 0, probabilities.max(axis=-1))
worst = certainty.argsort()[::-1][:8]

fig, axes = plt.subplots(1, 8, figsize=(11, 2.2))
for index, ax in zip(worst, axes):
    ax.imshow(x_test[index], cmap="gray_r")
    told = f"{class_names[y_pred[index]]}, {certainty[index]:.0%}"
    ax.set_title(f"{class_names[y_test[index]]}\ntaken for\n{told}", fontsize=8)
    ax.axis("off")
plt.show()

# %% [markdown]
# ## Save and reload
#
# A `.keras` file holds everything: the layers and their settings, the weights, and what `compile` was
# told, the optimizer's state included: training can go on as if it had never stopped. It is a zip archive, so you can look
# into it. The ending is part of the call: a name without one is refused.

# %%
model.save(folder / "fashion.keras")
print(sorted(zipfile.ZipFile(folder / "fashion.keras").namelist()))

reloaded = keras.saving.load_model(folder / "fashion.keras")
np.testing.assert_allclose(
    reloaded.predict(prepare(x_test[:5]), verbose=0), probabilities[:5], rtol=1e-4
)
assert int(reloaded.optimizer.iterations) == int(model.optimizer.iterations) > 0

try:
    model.save(folder / "fashion")
except ValueError as error:
    print("ValueError:", str(error).split(". ")[0])

# %% [markdown]
# ## Reuse a trained stack
#
# A trained layer is an ordinary object: put it into another model, and both models share its weights. A model that ends
# earlier shows what the network has made of an image: here 128 numbers instead of 784 pixels, its **features**.

# %%
features = keras.Sequential([keras.Input((784,)), model.layers[0]])
print("784 pixels ->", features.output_shape[-1], "features")
assert features.layers[0].kernel is model.layers[0].kernel

# %% [markdown]
# **Transfer** means: features that were learned for other classes, and a new head. Does it help when labels are few? Only an
# experiment with a *control* can tell. `base` learns to tell five classes apart, T-shirt to coat. The new task is the other
# five, with 25 labelled images. The features start as a copy of those of `base`, and are either **frozen**
# (`trainable = False`, set before `compile`) or trained further; the control starts from scratch. Three seeds each, as one run proves
# little.

# %% alt="Dot chart of the accuracy on the new task, three seeds for each of three starts. Frozen features lie lowest, at 0.6 to 0.7; features that are trained further and those from scratch lie close together, at 0.7 to 0.8" tags=["nbval-ignore-output"]
first_five = y_train < 5
keras.utils.set_random_seed(SEED)
base = mlp()
base.compile("adam", "sparse_categorical_crossentropy")
base.fit(prepare(x_train[first_five]), y_train[first_five], 64, epochs=EPOCHS, verbose=0)


def accuracy_on_new_task(start, seed):
    keras.utils.set_random_seed(seed)
    net = mlp()
    if start != "from scratch":
        net.layers[0].set_weights(base.layers[0].get_weights())
    net.layers[0].trainable = start != "frozen"
    adam = keras.optimizers.Adam(0.003)
    net.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    few = np.random.default_rng(seed).choice(np.flatnonzero(y_train >= 5), 25, replace=False)
    few = np.tile(few, 40)  # the same 25 images again and again: 200 steps in 5 epochs
    net.fit(prepare(x_train[few]), y_train[few], batch_size=25, epochs=5, verbose=0)
    others = y_spare >= 5
    return net.evaluate(prepare(x_spare[others]), y_spare[others], batch_size=500, verbose=0)[1]


starts = ["frozen", "trained further", "from scratch"]
reached = {start: [accuracy_on_new_task(start, SEED + i) for i in range(3)] for start in starts}
fig, ax = plt.subplots(figsize=(7, 2.6))
for i, values in enumerate(reached.values()):
    ax.plot(values, [i] * 3, "o", color="C0")
ax.set_yticks(range(3), starts)
ax.set(xlabel="accuracy on the new task", ylabel="features", xlim=(0, 1), ylim=(2.5, -0.5))
ax.set_title("Features of other clothes gain nothing here")
plt.show()
if long_enough:
    gain = np.mean(reached["from scratch"]) - np.mean(reached["frozen"])
    assert gain > -0.03, "frozen features are expected not to win; another seed may differ."

# %% [markdown]
# Nothing is gained; frozen features do worse. They were made to tell a dress from a coat, not a sandal from a bag. Transfer
# pays where the old task has taught what the new one needs, and the new data are too few to teach it, as with large networks that
# were trained on millions of photos. Whether that is so, a control shows.

# %% [markdown]
# ## What Sequential cannot do
#
# A stack has one input, one output, and a straight line between them. Whatever branches, joins, skips
# a layer or uses one twice is another shape of model.

# %%
stacked = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
try:
    stacked.add(layers.Concatenate())
except ValueError as error:
    print("ValueError:", str(error).splitlines()[0][:88])

# %% [markdown]
# `Concatenate` joins *several* arrays, and a stack has only one to give. For such models there is the
# Functional API, in [chapter 2](02_functional.ipynb).

# %% [markdown]
# ## What changed
#
# If you arrive with older Keras or TensorFlow 2.0 material in hand:
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `Dense(64, input_shape=(3,))`, `input_dim=3` | works in the first layer, with a warning | `keras.Input((3,))` as first entry |
# | first layer with `input_shape=(10,)`, then `build((None, 3))` | `ValueError` | one of the two, with the true width |
# | `model.save("path")` | `ValueError` | `model.save("path.keras")` |
# | `keras.backend.clear_session()` | works, old address | `keras.utils.clear_session()` |
# | `model.predict_classes(x)` | `AttributeError` | `model.predict(x).argmax(axis=-1)` |
# | `fit_generator`, `evaluate_generator` | `AttributeError` | `fit`, `evaluate` take generators |
# | `Adam(lr=0.01)` | `ValueError` | `Adam(learning_rate=0.01)` |
#
# `from tensorflow import keras` is Keras 3, too, with some old names added; here it makes no difference. Each line, tried:

# %%
attempts = {
    "input_shape": lambda: layers.Dense(64, input_shape=(3,)),
    "input_dim": lambda: layers.Dense(64, input_dim=3),
    "build": lambda: keras.Sequential([layers.Dense(64, input_shape=(10,))], name="a").build(
        (None, 3)
    ),
    "save": lambda: model.save("path"),
    "clear_session": lambda: keras.backend.clear_session(),
    "predict_classes": lambda: model.predict_classes(x_test),
    "fit_generator": lambda: model.fit_generator([]),
    "evaluate_generator": lambda: model.evaluate_generator([]),
    "lr": lambda: keras.optimizers.Adam(lr=0.01),
}
for label, attempt in attempts.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attempt()
            print(f"{label:18} runs", *[f"and warns: {w.message!s:.50} …" for w in caught])
        except (ValueError, AttributeError) as error:
            print(f"{label:18} {type(error).__name__}: {str(error).splitlines()[0][:70]}")

# %% [markdown]
# ## Try it
#
# **1.** How many parameters has `Sequential([Input((12, 5)), Dense(8), Flatten(), Dense(3)])`? Count
# first, then ask Keras.
#
# <details><summary>Answer</summary>
#
# `Dense(8)` works on the last axis: 5 · 8 + 8 = 48. Its output is `(12, 8)`, flattened 96 numbers. The
# last layer has 96 · 3 + 3 = 291. Together 339.
#
# </details>
#
# **2.** Shuffle the labels (`np.random.default_rng(0).permutation(y_train)`) and train `mlp()` on them for 30 epochs
# with `validation_split=0.2`. What do the curves show, and why?
#
# <details><summary>Answer</summary>
#
# Training accuracy creeps up, validation accuracy stays at 10 %. There is nothing to learn but each image by
# heart. This is a good test of any training code: if validation gets better on shuffled labels, it leaks.
#
# </details>
#
# **3.** Sort the training images by label before you call `fit(..., validation_split=0.2)`. What is `val_accuracy`?
#
# <details><summary>Answer</summary>
#
# Close to 0. The last fifth holds the classes *Bag* and *Ankle boot* only, of which the model saw a few bags and no boot in training.
# Shuffle before you split; chapter 7 shows how.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | a stack of layers | `keras.Sequential([keras.Input(shape), …])` |
# | to see shapes and counts | `model.summary()`, `model.output_shape`, `model.count_params()` |
# | a layer again | `model.get_layer(name)` |
# | to train | `model.compile(optimizer, loss, metrics=[…])`, `model.fit(x, y, validation_split=0.2)` |
# | the curves | `history.history["val_loss"]` |
# | classes | `model.predict(x).argmax(axis=-1)` |
# | to keep it | `model.save("name.keras")`, `keras.saving.load_model("name.keras")` |
#
# **Read on** in the official documentation: [The Sequential model](https://keras.io/guides/sequential_model/),
# [Training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/),
# [Save, serialize, and export](https://keras.io/guides/serialization_and_saving/).
#
# **Now you:** the assignment [ex01_sequential](../exercises/ex01_sequential/ex01_sequential.ipynb), {{ ex01_sequential.tasks }}. Next chapter:
# [the Functional API](02_functional.ipynb), for models that are not a line.

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.

# %% [markdown]
# ### Weights alone
#
# For a model that you build by code, keep the weights only.

# %%
model.save_weights(folder / "fashion.weights.h5")
twin = mlp()
twin.load_weights(folder / "fashion.weights.h5")
np.testing.assert_allclose(
    twin.predict(prepare(x_test[:5]), verbose=0), probabilities[:5], rtol=1e-4
)

# %% [markdown]
# ### One process, many models
#
# Keras runs on TensorFlow, JAX or PyTorch. The environment variable `KERAS_BACKEND` says which one; `import keras` reads it, so
# set it before. This course uses TensorFlow.
#
# In a long session Keras keeps a state of its own, for one the count of the names it makes up. It grows when you build models
# in a loop; `keras.utils.clear_session()` resets it.

# %%
print("backend:", keras.config.backend())

keras.utils.clear_session()
first = keras.Sequential([layers.Dense(1)]).name
second = keras.Sequential([layers.Dense(1)]).name
keras.utils.clear_session()
again = keras.Sequential([layers.Dense(1)]).name
print(first, second, again)
assert first == again != second
