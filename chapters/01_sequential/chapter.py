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
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of weights, shuffling and dropout
TRAIN_SIZE = 12_000  # int: training images used, at most 60,000
EPOCHS = 8  # int: passes over the training images in the main example

# %%
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
# There is no magic in the stack: calling the model is calling its layers one after the other. And
# a `Dense` layer is one matrix product, one addition and one *activation* function.

# %%
hidden, head = model.layers
by_layers = head(hidden(batch))

kernel, bias = hidden.get_weights()
by_numpy = np.maximum(batch @ kernel + bias, 0)  # relu

np.testing.assert_allclose(by_layers, y_pred, rtol=1e-5)
np.testing.assert_allclose(by_numpy, hidden(batch), rtol=1e-5, atol=1e-6)
print("kernel", kernel.shape, " bias", bias.shape)

# %% [markdown]
# `softmax` turns the last ten numbers into probabilities: none is negative, and every row sums to
# one. Before training they mean nothing yet.

# %%
rows = ops.convert_to_numpy(y_pred)
assert np.all(rows >= 0)
np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)

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
# `add` puts a layer on top, `pop` takes the last one off. In a deep stack it pays to look at the
# output shape after every few layers: `summary()` prints it together with the number of weights.
# Here an image shrinks on its way through a small convolutional network.

# %%
convnet = keras.Sequential(name="convnet")
convnet.add(keras.Input((28, 28, 1)))
for layer in [
    layers.Conv2D(16, 5, strides=2, activation="relu"),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
]:
    convnet.add(layer)
    print(f"{type(layer).__name__:17}", convnet.output_shape)

# %% [markdown]
# Without that look, the shapes are easy to get wrong by one. A 5 × 5 window that moves in steps of
# two fits 12 times into 28 pixels, not 14. The summary says the same, with the weights beside it.

# %%
convnet.summary()

# %% [markdown]
# `keras.utils.plot_model` draws the same table as a picture, which is what you will want once a model
# is more than a stack. It draws with [Graphviz](https://graphviz.org/). This course installs it,
# Colab has it, and elsewhere the cell tells what is missing.

# %% alt="The convnet as a column of boxes, one a layer, from an input of 28 by 28 by 1 at the top to 10 outputs at the bottom, each box with its output shape"
keras.utils.plot_model(
    convnet, folder / "convnet.png", show_shapes=True, show_layer_names=False, dpi=60
)

# %% [markdown]
# ## Names
#
# A layer's name is how you find it again: in the summary, in a saved file, and with `get_layer`.
# Keras makes names up where you give none, and counts upwards for as long as the process lives. So
# rely only on names that you gave yourself.

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

# %% [markdown]
# > **Pitfall: names are unique within a model.** The same name twice is refused when you add the layer,
# > not when you first use it.

# %%
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
# What counts is the *last* axis of the input. Give `Dense` a sequence, say 10 time steps of 20
# numbers each, and the same kernel is used at every step. So the 10 does not appear in the count:
# 20 · 32 + 32 = **672**.

# %%
sequence_model = keras.Sequential([keras.Input((10, 20)), layers.Dense(32)])
print("output", sequence_model.output_shape, "| parameters", sequence_model.count_params())
assert sequence_model.count_params() == 20 * 32 + 32 == 672

# %% [markdown]
# The count tells you where a network is big. On 28 × 28 pixels the first hidden layer holds nine
# tenths of all weights; another layer of 64 units on top adds one twelfth of that.

# %% alt="Bar chart of the parameters per layer of a network 784, 64, 64, 10: the first hidden layer has 50,240, the second 4,160, the output layer 650"
widths = [784, 64, 64, 10]
counts = [d * u + u for d, u in zip(widths, widths[1:])]
labels = [f"Dense({u})\non {d} features" for d, u in zip(widths, widths[1:])]

fig, ax = plt.subplots(figsize=(6, 2.8))
bars = ax.bar(labels, counts)
ax.bar_label(bars, [f"{count:,}" for count in counts])
ax.set(ylabel="parameters", title="The first layer holds nearly all weights", ylim=(0, 58_000))
plt.show()
assert 0.9 < counts[0] / sum(counts) < 0.92

# %% [markdown]
# ## From images to predictions
#
# The whole loop on real data: load, prepare, compile, fit, evaluate, predict. Fashion-MNIST has
# 70,000 grey images of clothes in ten classes. 10,000 of them are the test set, which stays untouched
# until the end.

# %%
(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:TRAIN_SIZE], y_train[:TRAIN_SIZE]
class_names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat"]
class_names += ["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]

print("images", x_train.shape, x_train.dtype, "| from", x_train.min(), "to", x_train.max())
print("labels", y_train.shape, y_train.dtype, "| from", y_train.min(), "to", y_train.max())

# %% [markdown]
# Look at the data before you model it. One image of each class:

# %% alt="Ten small grey images in a row, one of each class from T-shirt to ankle boot"
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
# > **Pitfall: pixels from 0 to 255.** Forget the division, and the first steps are huge. Nothing
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

assert losses["0 … 255"][-1] > 2 * losses["0 … 1"][-1]

# %% [markdown]
# ### Compile: what to minimize, how, and what to report
#
# | argument | its job | here |
# |---|---|---|
# | `loss` | the one number that training makes smaller | cross-entropy: how surprised the model is by the true label |
# | `optimizer` | how a gradient becomes a change of the weights | Adam, step size `learning_rate` |
# | `metrics` | numbers for people, never for training | accuracy: the share of right answers |
#
# Each can be a string or an object. The object takes arguments, the string means the same object with
# its defaults.

# %%
model = mlp(name="fashion")
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
assert isinstance(keras.optimizers.get("adam"), keras.optimizers.Adam)

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
# ### Fit
#
# `fit` goes `epochs` times through the data, in shuffled batches of `batch_size`.
# `validation_split=0.2` sets a fifth aside: the *last* fifth of the arrays as you pass them,
# before any shuffling. The model is never trained on it.
#
# `verbose=2` prints one line per epoch, `verbose=0` none. The progress bar (`verbose=1`) is for the
# terminal: saved in a notebook it takes a megabyte.

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

# %% alt="Two line charts over 40 epochs with 500 images. Training loss falls towards zero while validation loss reaches its lowest point early and rises again; validation accuracy stays near 0.77 while training accuracy goes to 1" tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
overfitted = mlp()
overfitted.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
small = overfitted.fit(
    prepare(x_train[:500]),
    y_train[:500],
    epochs=40,
    validation_data=(prepare(x_train[-2000:]), y_train[-2000:]),
    validation_batch_size=500,
    verbose=0,
)
plot_history(small, "Overfitting: the gap is what was learned by heart")
lowest = int(np.argmin(small.history["val_loss"])) + 1
print(f"validation loss was lowest after epoch {lowest} of 40")

# %%
gap = small.history["accuracy"][-1] - small.history["val_accuracy"][-1]
assert gap > 0.1 and lowest < 40

# %% [markdown]
# ### Evaluate, once
#
# The test set answers one question: how good is the model on images that nobody, neither
# the optimizer nor you, has looked at? `return_dict=True` saves you from remembering an order.

# %% tags=["nbval-ignore-output"]
scores = model.evaluate(prepare(x_test), y_test, verbose=0, return_dict=True)
print({name: round(value, 2) for name, value in scores.items()})
assert scores["accuracy"] > (0.8 if EPOCHS >= 4 else 0.7)

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
# predicted class. Most mistakes stand in the rows of four garments that look alike.

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

# %% tags=["nbval-ignore-output"]
wrong_by_class = confusion.sum(axis=1) - confusion.diagonal()
alike = [class_names.index(name) for name in ["T-shirt", "Pullover", "Coat", "Shirt"]]
share = wrong_by_class[alike].sum() / wrong_by_class.sum()
print(f"share of these four classes in all mistakes: {share:.0%}")
assert share > 0.5

# %% [markdown]
# The images on which the model was most certain, and wrong:

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
# told, the optimizer's state included. It is a zip archive, so you can look into it.

# %%
model.save(folder / "fashion.keras")
print(sorted(zipfile.ZipFile(folder / "fashion.keras").namelist()))

reloaded = keras.saving.load_model(folder / "fashion.keras")
np.testing.assert_allclose(
    reloaded.predict(prepare(x_test[:5]), verbose=0), probabilities[:5], rtol=1e-4
)
assert int(reloaded.optimizer.iterations) == int(model.optimizer.iterations) > 0

# %% [markdown]
# The last line says that training can go on from here as if it had never stopped. To keep the weights only, for
# a model that you build by code, use `save_weights`:

# %%
model.save_weights(folder / "fashion.weights.h5")
twin = mlp()
twin.load_weights(folder / "fashion.weights.h5")
np.testing.assert_allclose(
    twin.predict(prepare(x_test[:5]), verbose=0), probabilities[:5], rtol=1e-4
)

# %% [markdown]
# > **Pitfall: the ending is part of the call.** Without `.keras` nothing is saved.

# %%
try:
    model.save(folder / "fashion")
except ValueError as error:
    print("ValueError:", str(error).split(". ")[0])
assert not (folder / "fashion").exists()

# %% [markdown]
# ## Reuse a trained stack
#
# A trained layer is an ordinary object: put it into another model, and both models share its weights. Two
# things follow.
#
# **Features.** A model that ends earlier shows what the network has made of an image: here 128
# numbers instead of 784 pixels.

# %%
features = keras.Sequential([keras.Input((784,)), model.layers[0]])
print("784 pixels ->", features.output_shape[-1], "features")
assert features.layers[0].kernel is model.layers[0].kernel

# %% [markdown]
# **Transfer.** Put a new head on frozen features, and train only the head. The question here: is it
# footwear? 200 images are enough, because the features exist already.

# %% tags=["nbval-ignore-output"]
is_footwear = np.isin(y_train, [5, 7, 9]).astype("float32")
keras.utils.set_random_seed(SEED)
footwear = keras.Sequential([*features.layers, layers.Dense(1, activation="sigmoid")])
features.trainable = False  # before compile
footwear.compile("adam", "binary_crossentropy", metrics=["accuracy"])

before = model.layers[0].get_weights()[0].copy()
footwear.fit(prepare(x_train[:200]), is_footwear[:200], epochs=20, verbose=0)
np.testing.assert_array_equal(model.layers[0].get_weights()[0], before)

test_labels = np.isin(y_test, [5, 7, 9]).astype("float32")
scores = footwear.evaluate(prepare(x_test), test_labels, verbose=0, return_dict=True)
print(f"accuracy with 200 labelled images: {scores['accuracy']:.2f}")
assert scores["accuracy"] > 0.95

# %% [markdown]
# > **Pitfall: freezing between two calls of `fit`.** The first `fit` after `compile` decides which weights
# > train. A change of `trainable` after it has no effect, and nothing is said about it. Set
# > `trainable` first, compile then. [Chapter 4](04_layers.ipynb) shows it.

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
# Functional API, in chapter 2.

# %% [markdown]
# ## One process, many models
#
# Keras runs on TensorFlow, JAX or PyTorch. Which one is decided *before* `import keras`, by the environment
# variable `KERAS_BACKEND`; after the import it cannot be changed. This course uses TensorFlow.
#
# In a long session Keras keeps counting the names it makes up, and keeps what models share.
# `keras.utils.clear_session()` forgets both, which frees memory when you build models in a loop.

# %%
print("backend:", keras.config.backend())

keras.utils.clear_session()
first = keras.Sequential([layers.Dense(1)]).name
second = keras.Sequential([layers.Dense(1)]).name
keras.utils.clear_session()
again = keras.Sequential([layers.Dense(1)]).name
print(first, second, again)
assert first == again != second

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
# | `from tensorflow.keras import …` | the same Keras 3 by another name | `import keras` |
#
# Each line, tried:

# %%
attempts = {
    "build twice": lambda: keras.Sequential([layers.Dense(64, input_shape=(10,))]).build((None, 3)),
    "save": lambda: model.save("path"),
    "predict_classes": lambda: model.predict_classes(x_test),
    "fit_generator": lambda: model.fit_generator([]),
    "lr": lambda: keras.optimizers.Adam(lr=0.01),
}
for label, attempt in attempts.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attempt()
            print(f"{label:16} runs")
        except (ValueError, AttributeError) as error:
            print(f"{label:16} {type(error).__name__}: {str(error).splitlines()[0][:70]}")

# %% [markdown]
# ## Try it
#
# **1.** How many parameters has `Sequential([Input((28, 28)), Dense(16), Flatten(), Dense(10)])`? Count
# first, then ask Keras.
#
# <details><summary>Answer</summary>
#
# `Dense(16)` works on the last axis: 28 · 16 + 16 = 464. Its output is `(28, 16)`, flattened 448 numbers. The
# last layer has 448 · 10 + 10 = 4,490. Together 4,954.
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
# Close to 0. The last fifth holds the classes *Bag* and *Ankle boot* only, which the model never saw in training.
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
