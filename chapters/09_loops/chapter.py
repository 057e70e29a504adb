# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 9 · Training loops from scratch
#
# After this chapter you can write `fit` and `evaluate` yourself, to the same numbers, look into a gradient, tame it, and find out
# why it is `None` or NaN.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 1](01_sequential.ipynb) (compile and fit), [5](05_losses.ipynb) (losses), [6](06_metrics.ipynb) (metrics); what a derivative is |
# | **Running time** | about 25 s on two CPU cores |
# | **Assignment** | {{ ex09_loops }} |

# %% tags=["parameters"]
SEED = 0  # int: seed of made-up data, weights, shuffling and dropout, 0 to 2,147,483,647
TRAIN_SIZE = 6_000  # int: training images used, 1,000 to 50,000
EPOCHS = 2  # int: passes over the training images in the main loop, 1 to 20

# %%
import re
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from ipywidgets import FloatSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 2_147_483_647, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 1_000 <= TRAIN_SIZE <= 50_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 50,000."
assert 1 <= EPOCHS <= 20, f"EPOCHS is {EPOCHS}: choose 1 to 20."

tf.get_logger().setLevel("ERROR")  # no news about the checks that we switch on and off
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)  # for made-up data
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})

# %% [markdown]
# ## A tape remembers how a number came about
#
# Inside `with tf.GradientTape() as tape:` TensorFlow writes down every operation that a *watched* tensor takes part in.
# `tape.gradient(target, sources)` then reads the tape backwards and returns the derivative of the target with respect to each
# source. It is computed by the chain rule, not as a difference quotient.

# %%
a, b = tf.Variable(3.0), tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = a**2 * b
dy_da, dy_db = tape.gradient(y, [a, b])
print(f"y = a² · b = {float(y):.0f}   dy/da = {float(dy_da):.0f}   dy/db = {float(dy_db):.0f}")
np.testing.assert_allclose([dy_da, dy_db], [2 * 3 * 2, 3**2])

# %% [markdown]
# Three rules cover most surprises:
#
# - Trainable variables are watched by themselves, tensors only after `tape.watch`.
# - The tape is used up by one `gradient` call, unless it is made with `persistent=True`.
# - The derivative of a *vector* target is that of its sum. `tape.jacobian` keeps the entries apart.

# %%
x = tf.constant([1.0, 2.0, 3.0])
with tf.GradientTape(persistent=True) as tape:
    unwatched = x**2
    tape.watch(x)
    y = x**2
print("before watch:", tape.gradient(unwatched, x))
print("gradient:    ", tape.gradient(y, x).numpy())
print("jacobian:\n", tape.jacobian(y, x).numpy())

# %% [markdown]
# ## A straight line, step by step
#
# Fifty points around the line *y* = 1.5 · *x* + 0.5, and a model with two numbers, *w* and *b*. The loss is the mean squared
# error. **Gradient descent** repeats: ask in which direction the loss grows, and go a little the other way. `assign_sub` subtracts
# from a variable in place.

# %%
line_x = np.linspace(0, 2, 50).astype("float32")
line_y = (1.5 * line_x + 0.5 + rng.normal(0, 0.15, 50)).astype("float32")


def descend(learning_rate, steps):
    """Path of (w, b, loss), one row a step, the start included."""
    w, b = tf.Variable(-1.0), tf.Variable(2.5)
    path = []
    for _ in range(steps + 1):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * line_x + b - line_y) ** 2)
        path.append((float(w), float(b), float(loss)))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(learning_rate * dw)
        b.assign_sub(learning_rate * db)
    return np.array(path)


path = descend(learning_rate=0.2, steps=60)
for step in [0, 1, 2, 5, 20, 60]:
    print("step {:2d}: w {:5.2f}  b {:5.2f}  loss {:.3f}".format(step, *path[step]))
assert path[-1, 2] < path[20, 2] < path[0, 2], "The loss should fall: is the learning rate larger?"

# %% [markdown]
# As a picture: the line turns towards the points, quickly at first, then more and more slowly.

# %% alt="Fifty points and six lines, after 0, 1, 2, 5, 20 and 60 steps, that turn from falling to fitting the points" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.plot(line_x, line_y, ".", color="0.5")
shown = [0, 1, 2, 5, 20, 60]
for step, color in zip(shown, plt.cm.viridis(np.linspace(0.9, 0, len(shown)))):
    ax.plot(line_x, path[step, 0] * line_x + path[step, 1], color=color, label=f"step {step}")
ax.legend(fontsize=8, ncols=3, loc="upper center")
ax.set(xlabel="x", ylabel="y", ylim=(0, 4.8), title="The line turns towards the points")
plt.show()

# %% [markdown]
# Why so slowly? Below is the map of the loss, dark where it is high, and the way down. The first step goes steeply down; all
# the others crawl along the floor of a long valley. A larger learning rate helps up to a point; beyond it each step overshoots the valley by more than the one before.
# **Momentum** helps more: each step goes on with a part of the step before it, so that steps in the same direction add up.
#
# Turn both knobs. How small can you make the loss after 20 steps? From which learning rate on does the path leave the map?

# %% tags=["playground"] alt="Map of the loss over slope w and intercept b, an elongated valley, with the path of 20 steps with learning rate 0.2 and no momentum: after one long step it crawls along the valley and is not at the minimum yet"
grid = np.stack(np.meshgrid(np.linspace(-1.5, 3, 80), np.linspace(-1, 3, 80)), axis=-1)
columns = np.stack([line_x, np.ones_like(line_x)])  # a point (w, b) times this is the line
surface = np.log10(((grid @ columns - line_y) ** 2).mean(-1))


def roll(learning_rate, momentum):
    """Draw 20 steps of gradient descent with momentum, as `keras.optimizers.SGD` does them."""
    path, velocity = [np.array([-1.0, 2.5])], np.zeros(2)
    for _ in range(20):
        gradient = 2 * np.mean((path[-1] @ columns - line_y) * columns, axis=1)
        velocity = momentum * velocity - learning_rate * gradient
        path.append(path[-1] + velocity)
    loss = np.mean((path[-1] @ columns - line_y) ** 2)
    fig, ax = plt.subplots(figsize=(6, 3.8), layout="constrained")
    ax.contourf(grid[..., 0], grid[..., 1], surface, levels=18, cmap="Blues")
    ax.plot(*np.transpose(path), "o-", color="C1", markersize=3)
    ax.set(xlabel="slope w", ylabel="intercept b", xlim=(-1.5, 3), ylim=(-1, 3))
    ax.set_title(
        f"rate {learning_rate:.2f}, momentum {momentum:.2f}: loss after 20 steps {loss:.4g}"
    )
    plt.show()


rate = FloatSlider(0.2, min=0.02, max=0.6, step=0.02)
_ = interact(roll, learning_rate=rate, momentum=FloatSlider(0, min=0, max=0.95, step=0.05))

# %% [markdown]
# > **Pitfall: `w = w - …` makes another `w`.** The name now stands for a plain tensor. It is not watched, and the next
# > gradient is `None`. Use `assign_sub` or an optimizer.

# %%
w = tf.Variable(0.0)
for step in (1, 2):
    with tf.GradientTape() as tape:
        loss = (w - 3) ** 2
    gradient = tape.gradient(loss, w)
    print(f"step {step}: variable {isinstance(w, tf.Variable)}, gradient {gradient}")
    w = w - 0.1 * (gradient or 0.0)
assert gradient is None

# %% [markdown]
# ## The three steps of a training step
#
# A Keras model changes nothing of this. It has more weights, in the list `model.trainable_weights` (frozen ones are not in it), and an
# optimizer does the subtraction.
#
# 1. **Forward**: call the model inside the tape and compute one number, the loss.
# 2. **Gradients**: `tape.gradient(loss, model.trainable_weights)`, outside the `with` block.
# 3. **Update**: `optimizer.apply(gradients, model.trainable_weights)`.

# %%
inputs = rng.normal(size=(64, 3)).astype("float32")
targets = inputs.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((3,)), layers.Dense(1, name="line")])
loss_fn = keras.losses.MeanSquaredError()
optimizer = keras.optimizers.SGD(learning_rate=0.1)

before = model.get_weights()
with tf.GradientTape() as tape:
    loss = loss_fn(targets, model(inputs, training=True))  # 1
gradients = tape.gradient(loss, model.trainable_weights)  # 2
optimizer.apply(gradients, model.trainable_weights)  # 3

for weight, old, gradient in zip(model.trainable_weights, before, gradients):
    np.testing.assert_allclose(weight.numpy(), old - 0.1 * gradient, rtol=1e-5, atol=1e-6)
    print(f"{weight.name:7} {tuple(weight.shape)}: new = old - 0.1 · gradient")

# %% [markdown]
# The gradients come in the order of the sources you asked for, and the optimizer pairs them with the weights by position: give
# both calls the same list. Make the optimizer *once*, before the loop: it keeps momentum and step count. Older code says
# `optimizer.apply_gradients(zip(gradients, weights))`, pairs with the gradient first. It does the same.
# A loss has to be *one* number: the classes of `keras.losses` return a mean, the functions one
# number a sample ([below](#A-loss-for-each-sample)).
#
# ## `training=True` is your job now
#
# Some layers behave differently while they are trained. `fit` tells them; in your own loop *you* do. The two best known:
#
# - `Dropout` sets entries to zero at random, and scales up the others so that the expected sum stays. In inference it does nothing.
# - `BatchNormalization` normalizes with the mean and variance of *this batch* while it is trained, and keeps a running average of
#   them. In inference it uses the averages. They are weights that no gradient moves: the forward pass does.

# %%
dropout = layers.Dropout(0.5, seed=SEED)
ones = np.ones((1, 10), dtype="float32")
print("training=True: ", dropout(ones, training=True).numpy()[0])
print("once more:     ", dropout(ones, training=True).numpy()[0])
print("training=False:", dropout(ones, training=False).numpy()[0])
np.testing.assert_array_equal(dropout(ones), ones)  # said nothing: as in inference

# %% [markdown]
# > **Pitfall: a loop without `training=True`.** The averages never move, the batch is not normalized, dropout is off. Nothing
# > fails. Thirty steps on inputs with mean 5, both ways:

# %%
shifted = rng.normal(5, 2, size=(64, 3)).astype("float32")
for training in (True, False):
    norm = layers.BatchNormalization(momentum=0.8)
    normed = keras.Sequential([keras.Input((3,)), norm, layers.Dense(1)])
    step_optimizer = keras.optimizers.SGD(0.01)
    for _ in range(30):
        with tf.GradientTape() as tape:
            loss = loss_fn(targets, normed(shifted, training=training))
        gradients = tape.gradient(loss, normed.trainable_weights)
        step_optimizer.apply(gradients, normed.trainable_weights)
    print(f"training={training!s:5} moving mean:", norm.moving_mean.numpy().round(1))
assert np.all(norm.moving_mean.numpy() == 0)

# %% [markdown]
# ## Extra losses
#
# Regularizers, and layers that call `add_loss`, put numbers into `model.losses` ([chapter 5](05_losses.ipynb)). `fit` adds them to the
# loss. So must you: `loss_fn(y, y_pred) + sum(model.losses)`, *inside* the tape. The two kinds differ:
#
# - What a layer added is from the model's last call. The next call replaces it.
# - A regularizer is computed when you *read* the list, from the weights as they are then.


# %%
class Quiet(layers.Layer):
    """Passes its inputs on, and asks for small ones."""

    def call(self, inputs):
        self.add_loss(0.1 * ops.mean(inputs**2))
        return inputs


dense = layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01))
penalized = keras.Sequential([keras.Input((3,)), Quiet(), dense, layers.Dense(1)])
penalized(inputs, training=True)
called = [float(number) for number in penalized.losses]
dense.kernel.assign(10 * dense.kernel)  # no call of the model
changed = [float(number) for number in penalized.losses]
penalized(10 * inputs, training=True)
again = [float(number) for number in penalized.losses]
for label, numbers in [("called", called), ("weights × 10", changed), ("inputs × 10", again)]:
    print(f"{label:13} add_loss {numbers[0]:6.2f}   regularizer {numbers[1]:6.3f}")
np.testing.assert_allclose(changed, [called[0], 100 * called[1]], rtol=1e-4)
np.testing.assert_allclose(again, [100 * called[0], 100 * called[1]], rtol=1e-4)

# %% [markdown]
# ## Metrics by hand
#
# A metric has three methods, and a loop needs all of them: `update_state` after each batch, `result` when you want the number,
# `reset_state` when an epoch begins ([chapter 6](06_metrics.ipynb)). The epoch's loss is a metric, too: `keras.metrics.Mean`.
#
# > **Pitfall: the mean of batch means.** The last batch is often shorter. 33 samples in batches of 32: one bad sample is a
# > batch of its own, and counts as much as the other 32. Tell `Mean` how many samples stand behind each number.

# %%
per_sample = np.array([1.0] * 32 + [100.0], dtype="float32")
naive, tracker = keras.metrics.Mean(), keras.metrics.Mean(name="loss")
for start_at in (0, 32):
    batch = per_sample[start_at : start_at + 32]
    naive.update_state(batch.mean())
    tracker.update_state(batch.mean(), sample_weight=len(batch))
print(f"mean of batch means: {float(naive.result())}")
print(f"mean over samples:   {float(tracker.result())}")
assert float(tracker.result()) == per_sample.mean() == 4.0

# %% [markdown]
# A metric never forgets by itself. Without `reset_state` the second epoch's number would have the first epoch's samples in it. And use
# *different* metric objects for training and for validation: if you validate in the middle of an epoch with the training
# metric, its reset throws half of the epoch away.
#
# ## The whole loop
#
# Fashion-MNIST, a small convolutional network that returns logits, and two nested loops: epochs, batches. The dataset gives new
# batches, newly shuffled, each time you iterate over it. Model, loss, optimizer and training metrics are made once, before the loop.

# %%
(images, labels), _ = keras.datasets.fashion_mnist.load_data()
images = images[..., None].astype("float32") / 255
labels = labels.astype("int32")
class_names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat"]
class_names += ["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
train_part = tf.data.Dataset.from_tensor_slices((images[:TRAIN_SIZE], labels[:TRAIN_SIZE]))
train_data = train_part.shuffle(TRAIN_SIZE, seed=SEED).batch(64)
x_val, y_val = images[-2000:], labels[-2000:]
val_data = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(256)

keras.utils.set_random_seed(SEED)
network = keras.Sequential([keras.Input((28, 28, 1)), layers.AveragePooling2D(2)])
network.add(layers.Conv2D(32, 3, activation="relu"))
network.add(layers.MaxPooling2D(2))
network.add(layers.Flatten())
network.add(layers.Dropout(0.2))
network.add(layers.Dense(10, name="logits"))
class_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(3e-3)
mean_loss, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()
print(len(train_data), "training batches,", len(val_data), "validation batches")

# %% [markdown]
# The **evaluation loop** has no tape and no optimizer, and runs in inference mode. It shares no state with the training: it makes its own
# metrics.


# %%
def validate(dataset):
    """Mean loss and accuracy of the network; nothing in it changes."""
    val_loss, val_accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()
    for x, y in dataset:
        logits = network(x, training=False)
        batch_loss = class_loss(y, logits) + sum(network.losses)
        val_loss.update_state(batch_loss, sample_weight=len(x))
        val_accuracy.update_state(y, logits)
    return float(val_loss.result()), float(val_accuracy.result())


# %% [markdown]
# The **training loop**, with a log line every 50 steps. At the beginning of an epoch its metrics are reset in one place.

# %% tags=["nbval-ignore-output"]
batch_losses, validations = [], []
for epoch in range(1, EPOCHS + 1):
    for metric in (mean_loss, accuracy):
        metric.reset_state()
    for step, (x, y) in enumerate(train_data):
        with tf.GradientTape() as tape:
            logits = network(x, training=True)
            loss = class_loss(y, logits) + sum(network.losses)
        gradients = tape.gradient(loss, network.trainable_weights)
        optimizer.apply(gradients, network.trainable_weights)
        mean_loss.update_state(loss, sample_weight=len(x))
        accuracy.update_state(y, logits)
        batch_losses.append(float(loss))
        if step % 50 == 0:
            print(f"epoch {epoch} step {step:3d}: loss of this batch {batch_losses[-1]:.2f}")
    validations.append(validate(val_data))
    logs = float(mean_loss.result()), float(accuracy.result()), *validations[-1]
    told = zip(["loss", "accuracy", "val_loss", "val_accuracy"], logs)
    print(f"epoch {epoch}:", *(f"{name} {value:.2f}" for name, value in told))
assert logs[-1] > 0.3, f"val_accuracy is {logs[-1]:.2f}, not above 0.3: try another seed or size."

# %% [markdown]
# A loop of your own sees every batch. `fit` reports one number an epoch, and behind it is this:

# %% alt="Loss of every batch, a noisy curve that falls quickly from above 2 and then slowly, with the validation loss at the end of each epoch as large points" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.plot(np.arange(len(batch_losses)) + 1, batch_losses, linewidth=0.8, label="training, each batch")
ends = (np.arange(EPOCHS) + 1) * len(train_data)
ax.plot(ends, [row[0] for row in validations], "o", color="C1", label="validation, each epoch")
ax.set(xlabel="step", ylabel="cross-entropy", title="One epoch's loss hides a steep fall")
ax.legend()
plt.show()

# %% [markdown]
# Is the evaluation loop right? `model.evaluate` knows. (The loop is slower: it runs *eagerly*, operation by operation, and Keras
# compiles its step. [Chapter 10](10_graphs.ipynb) does that with yours. Until a loop works, leave it eager: you can print and inspect everything.)

# %% tags=["nbval-ignore-output"]
network.compile(loss=class_loss, metrics=["accuracy"])
by_keras = network.evaluate(val_data, verbose=0)
by_hand = validate(val_data)
print("evaluate:", np.round(by_keras, 4), "| by hand:", np.round(by_hand, 4))
np.testing.assert_allclose(by_hand, by_keras, rtol=1e-4)

# %% [markdown]
# ## `fit`, number for number
#
# The strongest test of a training loop is `fit` itself. Same seed, same weights, same order of the batches, same dropout masks: then the
# numbers must be the same. The model has all that could go wrong: a regularizer, batch normalization, dropout, and 330 samples
# in batches of 32, so that the last one has 10.

# %%
x_small = rng.normal(size=(330, 8)).astype("float32")
y_small = x_small[:, :1] * 2 - x_small[:, 1:2] + rng.normal(0, 0.3, (330, 1)).astype("float32")
fixed_order = tf.data.Dataset.from_tensor_slices((x_small, y_small)).batch(32)


def seeded_model():
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((8,))])
    model.add(layers.Dense(16, "relu", kernel_regularizer=keras.regularizers.L2(0.01)))
    model.add(layers.BatchNormalization())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(1))
    return model


fitted = seeded_model()
fitted.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
by_fit = fitted.fit(fixed_order, epochs=5, shuffle=False, verbose=0).history

# %% [markdown]
# And by hand. What `fit` logs are the loss and the metric of the outputs *before* each update, in training mode. The three flags are for
# what comes next: leaving something out.


# %% tags=["nbval-ignore-output"]
def losses_by_hand(model, epochs, training=True, extra=True, weighted=True):
    """Loss of each epoch, and the mean absolute error of the last one."""
    optimizer, losses = keras.optimizers.Adam(0.01), []
    for _ in range(epochs):
        tracker, mae = keras.metrics.Mean(), keras.metrics.MeanAbsoluteError()  # fresh ones
        for x, y in fixed_order:
            with tf.GradientTape() as tape:
                y_pred = model(x, training=training)
                loss = loss_fn(y, y_pred) + (sum(model.losses) if extra else 0.0)
            gradients = tape.gradient(loss, model.trainable_weights)
            optimizer.apply(gradients, model.trainable_weights)
            tracker.update_state(loss, sample_weight=len(x) if weighted else None)
            mae.update_state(y, y_pred)
        losses.append(float(tracker.result()))
    return losses, float(mae.result())


looped = seeded_model()
by_loop, mae_by_loop = losses_by_hand(looped, epochs=5)
for epoch, (fit_loss, loop_loss) in enumerate(zip(by_fit["loss"], by_loop), start=1):
    print(f"epoch {epoch}: loss by fit {fit_loss:.4f}, by hand {loop_loss:.4f}")
np.testing.assert_allclose(by_loop, by_fit["loss"], rtol=1e-3)
np.testing.assert_allclose(mae_by_loop, by_fit["mae"][-1], rtol=1e-3)
for mine, right in zip(looped.get_weights(), fitted.get_weights()):
    np.testing.assert_allclose(mine, right, rtol=1e-2, atol=1e-4)

# %% [markdown]
# No assertion failed: losses, metric, all weights, and the averages of the batch normalization.
#
# > **Pitfall: almost the same.** Leave out one thing, and the numbers are off, some by so little that you would not see it
# > without a comparison:

# %% tags=["nbval-ignore-output"]
for flag in ["training", "extra", "weighted"]:
    (first_loss,), _ = losses_by_hand(seeded_model(), epochs=1, **{flag: False})
    off = first_loss - by_fit["loss"][0]
    print(f"{flag + '=False':15} first epoch's loss off by {off:+.3f}")
    assert abs(off) > 1e-4, f"{flag}=False changed nothing, which is rare: try another seed."

# %% [markdown]
# ## Several losses, one optimizer
#
# A step may have as many losses as you like, each with an output of its own, or with none: a loss can look at what happens *inside* the model.
# For that, make a second model over the same layers with the inner tensor as one more output ([chapter 2](02_functional.ipynb)). It is no copy: it has the same weights.
# One forward pass gives everything, the losses are added up with their weights, and one optimizer makes one step. Here the third loss asks the hidden layer for small outputs. An
# optimizer for each loss would be something else ([below](#An-optimizer-for-each-loss)).


# %% tags=["nbval-ignore-output"]
was_sold = (y_small > 0).astype("float32")
sold_loss = keras.losses.BinaryCrossentropy(from_logits=True)


def train_house(inner_weight):
    """A model for two targets; its three losses before the first and before the last step."""
    keras.utils.set_random_seed(SEED)
    facts = keras.Input((8,))
    hidden = layers.Dense(16, "tanh", name="hidden")(facts)
    price, sold = layers.Dense(1, name="price")(hidden), layers.Dense(1, name="sold")(hidden)
    house = keras.Model(facts, [price, sold])
    with_hidden = keras.Model(house.input, [house.get_layer("hidden").output, *house.outputs])
    optimizer, history = keras.optimizers.Adam(0.01), []
    for _ in range(61):
        with tf.GradientTape() as tape:
            features, y_price, y_sold = with_hidden(x_small, training=True)
            losses = loss_fn(y_small, y_price), sold_loss(was_sold, y_sold), ops.mean(features**2)
            loss = 1.0 * losses[0] + 0.5 * losses[1] + inner_weight * losses[2]
        optimizer.apply(tape.gradient(loss, house.trainable_weights), house.trainable_weights)
        history.append([float(one) for one in losses])
    return house, history[0], history[-1]


_, _, without = train_house(0.0)
house, first, last = train_house(1.0)
for label, losses in [("at first", first), ("without the third", without), ("at last", last)]:
    print(f"{label:17} price {losses[0]:.2f}   sold {losses[1]:.2f}   hidden {losses[2]:.2f}")
assert last[0] < first[0] and last[1] < first[1] and last[2] < without[2]

# %% [markdown]
# ## Clipping: a step that cannot explode
#
# One damaged batch is enough. Here the targets of step 20 are 1,000 times too large. The loss of that batch is huge, so is its
# gradient, and so is the step.
#
# The **global norm** is the length of all gradients taken together as one long vector. Clipping shortens that vector to a given length,
# and keeps its direction. Optimizers do it with `global_clipnorm=`. In a loop, `tf.clip_by_global_norm(gradients, max_norm)` returns the
# clipped gradients and the norm before, which is worth a line in the log: a norm that grows is an early sign of trouble.

# %% tags=["nbval-ignore-output"]
gradients = [tf.constant([3.0, 4.0]), tf.constant([0.0, 12.0])]
clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
print("norm before:", float(norm), "| clipped:", *[array.numpy().round(2) for array in clipped])
np.testing.assert_allclose(clipped[0], gradients[0] / 13, rtol=1e-5)


def losses_with_damage(max_norm):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((8,)), layers.Dense(32, "relu"), layers.Dense(1)])
    optimizer, losses = keras.optimizers.SGD(0.05, global_clipnorm=max_norm), []
    for step, (x, y) in enumerate(fixed_order.repeat(6)):
        with tf.GradientTape() as tape:
            loss = loss_fn(1000 * y if step == 20 else y, model(x, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
        losses.append(float(loss))
    return losses


unclipped, clipped = losses_with_damage(None), losses_with_damage(1.0)
print("last loss without clipping:", unclipped[-1], "| with:", round(clipped[-1], 2))
hurt = not np.isfinite(unclipped[-1]) or unclipped[-1] > 10 * clipped[-1]
assert hurt and clipped[-1] < 2, "Clipping should have saved the training: try another seed."

# %% [markdown]
# A limit far below the usual norm slows training down, as it does here in the first steps.

# %% alt="Loss against step on a logarithmic axis. Both curves fall until step 20, where they jump. Without clipping the loss goes up to astronomic numbers and the curve ends; with clipping it is back at the old level at the next step" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
finite = np.where(np.isfinite(unclipped), unclipped, np.nan)
ax.semilogy(finite, "o--", markersize=3, label="no clipping")
ax.semilogy(clipped, label="global norm at most 1")
ax.axvline(20, color="0.6", linestyle=":", label="damaged batch")
ax.set(
    xlabel="step", ylabel="mean squared error", title="One damaged batch, with and without clipping"
)
ax.legend()
plt.show()

# %% [markdown]
# ## Gradients with respect to the input: saliency
#
# A gradient need not be one of the weights. Ask for the derivative of one class's logit with respect to the *pixels*, and
# you see which of them it depends on. The images are a tensor, so watch them. The logits of a batch are a vector, so the tape takes the
# gradient of their sum. That does no harm: an image's logit depends on its own pixels only.


# %%
def pixel_gradients(images, class_indices):
    """d logit / d pixel of the network for one class an image, shaped like images."""
    pixels = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logits = tf.gather(network(pixels, training=False), class_indices, batch_dims=1)
    return tape.gradient(logits, pixels).numpy()


shown = np.array([np.flatnonzero(y_val == label)[0] for label in [1, 3, 5, 7, 8, 9]])
saliency = np.abs(pixel_gradients(x_val[shown], y_val[shown]))
alone = np.abs(pixel_gradients(x_val[shown[:1]], y_val[shown[:1]]))
np.testing.assert_allclose(saliency[:1], alone, rtol=1e-3, atol=1e-5)

# %% [markdown]
# The absolute value, the **saliency**, says how much a pixel counts. The sign says in which direction. Average the signed gradients over all
# images of a class, and you see what the network looks for. The blocks are the 2 × 2 pixels that its first layer averages.

# %% alt="Three rows of six pictures. Top: a trouser, a dress, a sandal, a sneaker, a bag and an ankle boot. Middle: saliency maps, scattered bright blocks. Bottom: the signed gradient averaged over the class, in red and blue, with large patches" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(3, 6, figsize=(10, 5.3), layout="constrained")
for column, index in enumerate(shown):
    of_class = x_val[y_val == y_val[index]]
    mean = pixel_gradients(of_class, np.full(len(of_class), y_val[index])).mean(axis=0)
    limit = np.abs(mean).max()
    axes[0, column].imshow(x_val[index], cmap="gray_r")
    axes[0, column].set_title(class_names[y_val[index]], fontsize=9)
    axes[1, column].imshow(saliency[column], cmap="inferno")
    axes[2, column].imshow(mean, cmap="RdBu", vmin=-limit, vmax=limit)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
for ax, label in zip(axes[:, 0], ["image", "saliency", "mean of the class"]):
    ax.set_ylabel(label)
fig.suptitle("Bright: counts much. Blue: cloth there raises the logit of the class, red: lowers it")
plt.show()

# %% [markdown]
# Do such maps tell the truth? The [appendix on gradients](appendix_gradients.ipynb) moves the pixels and counts the errors. It also has second derivatives, and a
# model that learns without targets.
#
# > **Pitfall: saliency of a probability.** Where the model is sure, softmax is flat: the probability hardly moves, whatever the
# > pixels do. Take the gradient of the logit, as above.
#
# ## When a gradient is `None`
#
# `None` means: on the tape there is no way from this source to the target. It is not the same as zero. The usual reasons, each
# tried on the model with two outputs:

# %%
weight = house.get_layer("price").kernel


def prices():
    return house(x_small, training=True)[0]


with tf.GradientTape() as early:
    computed_early = prices()
reasons = {
    "as it should be": lambda: tf.reduce_mean(prices()),
    "through NumPy": lambda: tf.constant(prices().numpy().mean()),
    "argmax, integers": lambda: tf.reduce_mean(tf.cast(tf.argmax(prices(), 1), "float32")),
    "rounded": lambda: tf.reduce_mean(tf.round(prices())),
    "stop_gradient": lambda: tf.reduce_mean(ops.stop_gradient(prices())),
    "computed before the tape": lambda: tf.reduce_mean(computed_early),
}
for reason, compute in reasons.items():
    with tf.GradientTape() as tape:
        loss = compute()
    found = tape.gradient(loss, weight)
    print(f"{reason:25}", "None" if found is None else "a gradient")
    assert (found is None) == (reason != "as it should be")

# %% [markdown]
# An optimizer that gets nothing but `None` raises a `ValueError`. If only some are `None`, it warns, and those weights stay where they are. To find
# them, print their paths. Here the loss uses one output, and the layer `sold` gets nothing.

# %%
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(prices() ** 2)
weights = house.trainable_weights
gradients = tape.gradient(loss, weights)
print("no gradient:", [w.path for w, gradient in zip(weights, gradients) if gradient is None])
try:
    keras.optimizers.SGD().apply([None], weights[:1])
except ValueError as error:
    print("ValueError:", error)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    keras.optimizers.SGD().apply(gradients, weights)
print("warned:", str(caught[0].message).split(" when ")[0])

# %% [markdown]
# ## When a number is NaN
#
# NaN, *not a number*, comes from an operation without an answer: 0 / 0, ∞ − ∞, 0 · ∞. The treacherous ones have a fine *value*
# and a bad *gradient*, so that the loss looks healthy until one step later.

# %%
suspects = {
    "log(0)": (tf.math.log, 0.0),
    "0 * log(0)": (lambda z: z * tf.math.log(z), 0.0),
    "sqrt(0)": (tf.sqrt, 0.0),
    "sqrt(0 * 0)": (lambda z: tf.sqrt(z * z), 0.0),
    "log(exp(100) + 1)": (lambda z: tf.math.log(tf.exp(z) + 1), 100.0),
    "where(z > 0, log(z), 0)": (lambda z: tf.where(z > 0, tf.math.log(z), 0.0), 0.0),
    "a harmless argument first": (lambda z: tf.math.log(tf.where(z > 0, z, 1.0)), 0.0),
}
for name, (function, at) in suspects.items():
    z = tf.Variable(at)
    with tf.GradientTape() as tape:
        value = function(z)
    print(f"{name:27} value {float(value):5}  gradient {float(tape.gradient(value, z)):5}")

# %% [markdown]
# The fourth is the length of a vector of zeros. The sixth hurts most: `where` throws the bad value away, but the gradient still
# goes through both branches, and 0 · ∞ is NaN. The last line is the cure.
#
# And where does a NaN begin? Take a cross-entropy written out, and a model that has become very sure. Two tools:
#
# - `tf.debugging.check_numerics(tensor, message)` is a checkpoint: it returns the tensor, or fails with your message.
# - `tf.debugging.enable_check_numerics()` puts such a checkpoint behind the operations themselves, those of the backward pass too. It is slow;
#   switch it off again with `disable_check_numerics()`.


# %%
def written_out(y, logits):
    p = tf.sigmoid(logits)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


y_true, logits = tf.constant([1.0, 0.0, 1.0]), tf.constant([2.0, -1.0, 40.0])
print("loss:", written_out(y_true, logits).numpy())
tf.debugging.enable_check_numerics()
try:
    written_out(y_true, logits)
except tf.errors.InvalidArgumentError as error:
    print("found in:", *re.findall(r'op "\w+"|# of -Inf.*', str(error)))
finally:
    tf.debugging.disable_check_numerics()

stable = keras.losses.BinaryCrossentropy(from_logits=True)(y_true[:, None], logits[:, None])
print(f"from_logits=True: {float(stable):.4f}")
assert np.isfinite(stable)

# %% [markdown]
# The first bad number is a logarithm of 0: for a logit of 40 the sigmoid *is* 1.0 in float32. The cure is a loss that takes the logits
# and never computes that 1.0.
#
# ## When `fit` is not enough
#
# `fit` gives you callbacks, validation and speed for nothing. Often overriding its `train_step` is enough
# ([chapter 11](11_train_step.ipynb)). A loop of your own is for what is left:
#
# | problem | what does not fit into a plain `fit` |
# |---|---|
# | generative adversarial networks | two models, two optimizers, in turns |
# | self-supervised learning | targets that the model, or an average of its past, makes during training |
# | reinforcement learning | no data at all until the model has acted |
# | meta-learning, gradient penalties | gradients inside the loss |
#
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `tape.gradients(loss, weights)` | `AttributeError`; it never existed, though notes have it | `tape.gradient` |
# | `optimizer.apply_gradients(zip(gradients, weights))` | works | `optimizer.apply(gradients, weights)` |
# | `optimizer.minimize(loss, weights)` | `AttributeError` | tape and `apply` |
# | `keras.backend.gradients` | `AttributeError`; with `from tensorflow import keras` a `RuntimeError` | `tape.gradient` |
# | `metric.reset_states()` | `AttributeError` | `metric.reset_state()` |
# | `keras.backend.learning_phase()` | `AttributeError` | `model(x, training=True)` |
#
# Each line, tried with `import keras` and with `from tensorflow import keras`:

# %%
from tensorflow import keras as tf_keras

for name, old in [("import keras", keras), ("from tensorflow import keras", tf_keras)]:
    sgd, weights = old.optimizers.SGD(), model.trainable_weights
    with tf.GradientTape(persistent=True) as tape:
        loss = loss_fn(targets, model(inputs, training=True))
    pairs = list(zip(tape.gradient(loss, weights), weights))
    attempts = {
        "tape.gradients": lambda: tape.gradients(loss, weights),
        "apply_gradients": lambda: sgd.apply_gradients(pairs),
        "minimize": lambda: sgd.minimize(lambda: loss, weights),
        "backend.gradients": lambda: old.backend.gradients(loss, weights),
        "reset_states": lambda: old.metrics.Mean().reset_states(),
        "learning_phase": lambda: old.backend.learning_phase(),
    }
    print(name)
    for label, attempt in attempts.items():
        try:
            attempt()
            print(f"  {label:19} runs")
        except (AttributeError, RuntimeError) as error:
            print(f"  {label:19} {type(error).__name__}")

# %% [markdown]
# ## Try it
#
# **1.** A batch of 64 does not fit into memory. Compute the gradients of four quarters, one after the other, add them up, and apply once.
# By what must you divide to get the same step as with the whole batch?
#
# <details><summary>Answer</summary>
#
# By four, if each quarter's loss is a mean and the quarters are equally long: a mean over 64 is the mean of four means over 16. It is
# not the same with `BatchNormalization`, which sees 16 samples at a time. Keras optimizers do it for you with
# `gradient_accumulation_steps=4`.
#
# </details>
#
# **2.** Put the line `optimizer = keras.optimizers.Adam(3e-3)` *into* the loop over epochs. Nothing fails. What is lost?
#
# <details><summary>Answer</summary>
#
# Adam's running averages and its step count. The first steps of each epoch are made with averages of very few gradients. A
# learning-rate schedule would begin anew with every epoch, which is worse.
#
# </details>
#
# **3.** In `losses_by_hand`, call `model(x, training=True)` once more, outside the tape, to update the metric with the *new* weights. Which
# of the compared numbers change?
#
# <details><summary>Answer</summary>
#
# All of them; only the loss of the very first batch is the same. The second call draws another dropout mask, so every later mask is another one too, and
# it moves the averages of the batch normalization a second time. A forward pass in training mode is not free of effects.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | a gradient | `with tf.GradientTape() as tape: …`, then `tape.gradient(loss, weights)` |
# | one of a tensor | `tape.watch(x)` first |
# | an update | `optimizer.apply(gradients, model.trainable_weights)` |
# | the total loss | `loss_fn(y, y_pred) + sum(model.losses)`, inside the tape |
# | the right mode | `model(x, training=True)` to train, `training=False` to evaluate |
# | an epoch's loss | `Mean.update_state(loss, sample_weight=len(x))`, `reset_state()` each epoch |
# | a loss on an inner layer | `keras.Model(model.input, [layer.output, *model.outputs])` |
# | no explosion | `tf.clip_by_global_norm`, or `global_clipnorm=` in the optimizer |
# | to find a `None` | `[w.path for w, g in zip(weights, gradients) if g is None]` |
# | to find a NaN | `tf.debugging.enable_check_numerics()` |
#
# **Read on** in the official documentation:
# [Writing a training loop from scratch in TensorFlow](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/),
# [Introduction to gradients and automatic differentiation](https://www.tensorflow.org/guide/autodiff),
# [tf.debugging.enable_check_numerics](https://www.tensorflow.org/api_docs/python/tf/debugging/enable_check_numerics).
#
# **Now you:** the assignment [ex09_loops](../exercises/ex09_loops/ex09_loops.ipynb), {{ ex09_loops.tasks }}. Next chapter:
# [tf.function](10_graphs.ipynb), which makes these loops fast.

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### A loss for each sample
#
# The *functions* in `keras.losses` return one number a sample. The tape takes the gradient of their sum, and with 64 samples your learning rate
# is 64 times what you think. Reduce to a mean first.

# %%
with tf.GradientTape(persistent=True) as tape:
    vector = keras.losses.mean_squared_error(targets, model(inputs, training=True))
    scalar = tf.reduce_mean(vector)
kernel = model.trainable_weights[0]
ratio = tf.norm(tape.gradient(vector, kernel)) / tf.norm(tape.gradient(scalar, kernel))
print("shape of the loss:", tuple(vector.shape), "| gradient times", round(float(ratio)))
assert round(float(ratio)) == len(inputs)

# %% [markdown]
# ### An optimizer for each loss
#
# Adam divides the gradient by its usual size. An Adam that sees one loss alone divides that loss's weight out again. Two losses
# pull at one number: the first to 3, the second, with the weight 0.001, to 0.


# %%
def settled(*optimizers):
    """Where the number is after 300 steps; with two optimizers each has a loss of its own."""
    number = keras.Variable(1.0)
    for _ in range(300):
        with tf.GradientTape(persistent=True) as tape:
            pulls = [(number - 3) ** 2, 0.001 * number**2]
            wanted = [sum(pulls)] if len(optimizers) == 1 else pulls
        for one, pull in zip(optimizers, wanted):
            one.apply([tape.gradient(pull, number)], [number])
    return float(number)


together = settled(keras.optimizers.Adam(0.05))
apart = settled(keras.optimizers.Adam(0.05), keras.optimizers.Adam(0.05))
print(f"one optimizer: {together:.2f} | two optimizers: {apart:.2f}")
assert abs(together - 3) < 0.05 and apart < 2

# %% [markdown]
# ### Three ways to clip
#
# Every Keras optimizer clips in one of three ways. They differ in what they do to the direction. The gradients (3, 4) and (0, 12),
# applied once with learning rate 1:

# %%
gradients = [tf.constant([3.0, 4.0]), tf.constant([0.0, 12.0])]
for name in ["global_clipnorm", "clipnorm", "clipvalue"]:
    variables = [keras.Variable([0.0, 0.0]), keras.Variable([0.0, 0.0])]
    keras.optimizers.SGD(1.0, **{name: 1.0}).apply(gradients, variables)
    print(f"{name + '=1':17}", *[(0 - variable.numpy()).round(2) for variable in variables])

# %% [markdown]
# `global_clipnorm` scales all by 1/13: same direction. `clipnorm` treats each weight array for itself: the two now count alike.
# `clipvalue` cuts every number: 3 and 4 have become the same.
#
# ### One NaN takes all
#
# A single NaN in a batch makes the batch's loss NaN, and after the update every weight that a gradient reaches: no later batch can repair that.
# Clipping is no help. An infinite number makes the norm infinite, and then everything that is clipped by the global norm becomes NaN. A loop can look
# at the gradients and refuse the step. The callback `keras.callbacks.TerminateOnNaN` comes too late for the weights: it looks at the loss after
# the update.

# %%
clipped, norm = tf.clip_by_global_norm([tf.constant([1.0, np.inf]), tf.constant([1.0])], 1.0)
print("norm:", norm.numpy(), "| clipped:", *[array.numpy() for array in clipped])

spoiled = inputs.copy()
spoiled[0, 0] = np.nan
for careful in (False, True):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    with tf.GradientTape() as tape:
        loss = loss_fn(targets, model(spoiled, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    if not careful or np.isfinite(tf.linalg.global_norm(gradients)):
        keras.optimizers.SGD(0.1).apply(gradients, model.trainable_weights)
    lost = sum(int(np.isnan(weight).sum()) for weight in model.get_weights())
    print(f"careful={careful!s:5} weights lost: {lost} of 4")
assert lost == 0
