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
# | **Running time** | about 35 s on two CPU cores |
# | **Assignment** | {{ ex09_loops }} |

# %% tags=["parameters"]
SEED = 0  # int: seed of made-up data, weights, shuffling and dropout
TRAIN_SIZE = 6_000  # int: training images used, at most 50,000
EPOCHS = 2  # int: passes over the training images in the main loop

# %%
import re
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

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
# source. The answer is exact up to rounding: it is the chain rule, not a difference quotient.

# %%
a, b = tf.Variable(3.0), tf.Variable(2.0)
with tf.GradientTape() as tape:
    y = a**2 * b
dy_da, dy_db = tape.gradient(y, [a, b])
print(f"y = a² · b = {float(y):.0f}   dy/da = {float(dy_da):.0f}   dy/db = {float(dy_db):.0f}")

h = 1e-3
by_difference = ((3 + h) ** 2 * 2 - (3 - h) ** 2 * 2) / (2 * h)
np.testing.assert_allclose([dy_da, dy_db], [2 * 3 * 2, 3**2])
np.testing.assert_allclose(dy_da, by_difference, rtol=1e-6)

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

with tf.GradientTape() as tape:
    y = a**2
tape.gradient(y, a)
try:
    tape.gradient(y, a)
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0])

# %% [markdown]
# ## A straight line, step by step
#
# Fifty points around the line *y* = 1.5 · *x* + 0.5, and a model with two numbers, *w* and *b*. The loss is the mean squared
# error. **Gradient descent** repeats: ask in which direction the loss grows, and go a little the other way.

# %%
line_x = np.linspace(0, 2, 50).astype("float32")
line_y = (1.5 * line_x + 0.5 + rng.normal(0, 0.15, 50)).astype("float32")


def line_loss(w, b):
    return tf.reduce_mean((w * line_x + b - line_y) ** 2)


w, b = tf.Variable(-1.0), tf.Variable(2.5)
with tf.GradientTape() as tape:
    loss = line_loss(w, b)
dw, db = tape.gradient(loss, [w, b])

error = float(w) * line_x + float(b) - line_y
np.testing.assert_allclose(dw, 2 * np.mean(error * line_x), rtol=1e-4)
np.testing.assert_allclose(db, 2 * np.mean(error), rtol=1e-4)

# %% [markdown]
# The tape agrees with the formulas that you would find with pencil and paper. The update is one line for each variable:
# `assign_sub` changes it in place.


# %%
def descend(learning_rate, steps):
    """Path of (w, b, loss), one row a step, the start included."""
    w, b = tf.Variable(-1.0), tf.Variable(2.5)
    path = []
    for _ in range(steps + 1):
        with tf.GradientTape() as tape:
            loss = line_loss(w, b)
        path.append((float(w), float(b), float(loss)))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(learning_rate * dw)
        b.assign_sub(learning_rate * db)
    return np.array(path)


path = descend(learning_rate=0.2, steps=60)
for step in [0, 1, 2, 5, 20, 60]:
    print("step {:2d}: w {:5.2f}  b {:5.2f}  loss {:.3f}".format(step, *path[step]))
assert abs(path[-1, 0] - 1.5) < 0.3 and np.all(np.diff(path[:, 2]) < 0)

# %% [markdown]
# The same path as a picture. Left: the line after some of the steps. Right: the map of the loss, and the way down. The first
# steps go steeply into a long valley; the many others crawl along its floor. That is what makes training take long.

# %% alt="Left: fifty points and six lines that turn step by step from falling to fitting the points. Right: contour map of the loss over w and b, an elongated valley; the path drops into the valley in two steps and then crawls along it to the minimum" tags=["nbval-ignore-output"]
grid_w, grid_b = np.meshgrid(np.linspace(-1.5, 3, 80), np.linspace(-1, 3, 80))
surface = ((grid_w[..., None] * line_x + grid_b[..., None] - line_y) ** 2).mean(-1)


def draw_valley(ax):
    ax.contourf(grid_w, grid_b, np.log10(surface), levels=18, cmap="Blues")
    ax.set(xlabel="slope w", ylabel="intercept b")


fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
left.plot(line_x, line_y, ".", color="0.5")
shown = [0, 1, 2, 5, 20, 60]
for step, color in zip(shown, plt.cm.viridis(np.linspace(0.9, 0, len(shown)))):
    left.plot(line_x, path[step, 0] * line_x + path[step, 1], color=color, label=f"step {step}")
left.legend(fontsize=8, ncols=3, loc="upper center")
left.set_ylim(0, 4.8)
left.set(xlabel="x", ylabel="y", title="The line turns towards the points")
draw_valley(right)
right.plot(path[:, 0], path[:, 1], "o-", color="C1", markersize=3)
right.set_title("Two quick steps, then a long valley (dark: high loss)")
plt.show()

# %% [markdown]
# The learning rate decides between crawling and flying off. Too small, and you wait. Too large, and each step overshoots the
# valley by more than the one before.

# %% alt="Loss against step on a logarithmic axis for three learning rates: 0.02 falls slowly, 0.2 falls quickly to the floor, 0.5 rises without end" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
paths = {rate: descend(rate, 40) for rate in [0.02, 0.2, 0.5]}
for (rate, steps), style in zip(paths.items(), ["C0--", "C1-", "k:"]):
    ax.semilogy(steps[:, 2], style, label=f"learning rate {rate}")
ax.set(xlabel="step", ylabel="mean squared error", title="Too small, right, too large")
ax.legend()
plt.show()
assert paths[0.5][-1, 2] > 100 * paths[0.5][0, 2] and paths[0.2][-1, 2] < paths[0.02][-1, 2]

# %% [markdown]
# > **Pitfall: `w = w - …` makes another `w`.** The name now stands for a plain tensor. It is not watched, and the next
# > gradient is `None`. Use `assign_sub` or an optimizer.

# %%
w = tf.Variable(0.0)
for step in (1, 2):
    with tf.GradientTape() as tape:
        loss = (w - 3) ** 2
    gradient = tape.gradient(loss, w)
    kind = "variable" if isinstance(w, tf.Variable) else "tensor"
    print(
        f"step {step}: w is a {kind}, its gradient is",
        None if gradient is None else float(gradient),
    )
    if gradient is not None:
        w = w - 0.1 * gradient
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
# both calls the same list. Make the optimizer *once*, before the loop: it keeps momentum and step count.
#
# `apply_gradients` does the same with *pairs*, gradient first. Older code has it, and it still works.
#
# > **Pitfall: pairs the wrong way round.**

# %%
optimizer.apply_gradients(zip(gradients, model.trainable_weights))
print("steps so far:", int(optimizer.iterations.numpy()))

try:
    keras.optimizers.SGD().apply_gradients(zip(model.trainable_weights, gradients))
except AttributeError as error:
    print("AttributeError: …", re.search(r"object has no .*", str(error))[0])

# %% [markdown]
# > **Pitfall: a loss for each sample.** The *functions* in `keras.losses` return one number a sample. The tape takes the
# > gradient of their sum, and your learning rate is 64 times what you think. Reduce to a mean first; the *classes*, such as
# > `MeanSquaredError()`, do it for you.

# %%
with tf.GradientTape(persistent=True) as tape:
    y_pred = model(inputs, training=True)
    vector = keras.losses.mean_squared_error(targets, y_pred)
    scalar = tf.reduce_mean(vector)
kernel = model.trainable_weights[0]
ratio = tf.norm(tape.gradient(vector, kernel)) / tf.norm(tape.gradient(scalar, kernel))
print("shape of the loss:", tuple(vector.shape), "| gradient times", round(float(ratio)))
assert round(float(ratio)) == len(inputs)

# %% [markdown]
# ## `training=True` is your job now
#
# Two kinds of layers behave differently while they are trained. `fit` tells them; in your own loop *you* do. Called without the
# argument, a model is in inference mode.
#
# `Dropout` sets entries to zero at random, and scales up the others so that the expected sum stays. In inference it does nothing.

# %%
dropout = layers.Dropout(0.5, seed=SEED)
ones = np.ones((1, 10), dtype="float32")
print("training=True: ", dropout(ones, training=True).numpy()[0])
print("once more:     ", dropout(ones, training=True).numpy()[0])
print("training=False:", dropout(ones, training=False).numpy()[0])
np.testing.assert_array_equal(dropout(ones), ones)  # the default outside fit

# %% [markdown]
# `BatchNormalization` normalizes with the mean and variance of *this batch* while it is trained, and keeps a running average of
# them. In inference it uses the averages. They are weights that no gradient moves: the forward pass does.
#
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
assert np.all(norm.moving_mean.numpy() == 0) and len(normed.non_trainable_weights) == 2

# %% [markdown]
# ## Extra losses
#
# Regularizers, and layers that call `add_loss`, leave numbers in `model.losses` during the forward pass. `fit` adds them to the
# loss. So must you, *inside* the tape. After each call the list holds the losses of that call only.


# %%
class Quiet(layers.Layer):
    """Passes its inputs on, and asks for small ones."""

    def call(self, inputs):
        self.add_loss(0.1 * ops.mean(inputs**2))
        return inputs


penalized = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(4, kernel_regularizer=keras.regularizers.L2(0.01), name="hidden"),
        Quiet(),
        layers.Dense(1),
    ]
)
y_pred = penalized(inputs, training=True)
squares = float(np.sum(penalized.get_layer("hidden").get_weights()[0] ** 2))
print("extra losses:", len(penalized.losses))
assert np.any(np.isclose(penalized.losses, 0.01 * squares))

penalized(10 * inputs, training=True)
assert len(penalized.losses) == 2  # those of the last call, not four

# %% [markdown]
# That makes the step complete. This function is what the rest of the chapter uses.


# %%
def train_step(model, loss_fn, optimizer, x, y):
    """One update on a batch; the total loss and the outputs before it."""
    with tf.GradientTape() as tape:
        y_pred = model(x, training=True)
        loss = loss_fn(y, y_pred) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_weights)
    optimizer.apply(gradients, model.trainable_weights)
    return loss, y_pred


first, _ = train_step(penalized, loss_fn, keras.optimizers.SGD(0.05), inputs, targets)
second, _ = train_step(penalized, loss_fn, keras.optimizers.SGD(0.05), inputs, targets)
assert float(second) < float(first)

# %% [markdown]
# ## Metrics by hand
#
# A metric has three methods, and a loop needs all of them: `update_state` after each batch, `result` when you want the number,
# `reset_state` when an epoch begins. The epoch's loss is a metric, too: `keras.metrics.Mean`.
#
# > **Pitfall: the mean of batch means.** The last batch is often shorter. 33 samples in batches of 32: one bad sample is a
# > batch of its own, and counts as much as the other 32. Tell `Mean` how many samples stand behind each number.

# %%
per_sample = np.array([1.0] * 32 + [100.0], dtype="float32")
naive, tracker = keras.metrics.Mean(), keras.metrics.Mean(name="loss")
for start in (0, 32):
    batch = per_sample[start : start + 32]
    naive.update_state(batch.mean())
    tracker.update_state(batch.mean(), sample_weight=len(batch))
print(f"mean of batch means: {float(naive.result())}")
print(f"mean over samples:   {float(tracker.result())}")
assert float(tracker.result()) == per_sample.mean() == 4.0

# %% [markdown]
# > **Pitfall: no reset.** A metric never forgets by itself. Here the first epoch has all answers wrong, the second all right.

# %%
accuracy = keras.metrics.BinaryAccuracy()
right, wrong = (np.ones((4, 1)), np.ones((4, 1))), (np.ones((4, 1)), np.zeros((4, 1)))
accuracy.update_state(*wrong)
accuracy.update_state(*right)
print("second epoch without reset:", float(accuracy.result()))

accuracy.reset_state()
accuracy.update_state(*right)
print("second epoch after reset:  ", float(accuracy.result()))

# %% [markdown]
# Use *different* metric objects for training and for validation. If you validate in the middle of an epoch with the training
# metric, its reset throws half of the epoch away.
#
# ## The whole loop
#
# Fashion-MNIST, a small convolutional network that returns logits, and two nested loops: epochs, batches. The dataset gives new
# batches, newly shuffled, each time you iterate over it.

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
print(len(train_data), "training batches,", len(val_data), "validation batches")

# %% [markdown]
# The **evaluation loop** is the training loop without tape and optimizer, in inference mode. It shares no state with anything: it
# makes its own metrics.


# %%
def evaluate(model, loss_fn, dataset):
    """Loss and accuracy over a dataset; nothing in the model changes."""
    loss, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()
    for x, y in dataset:
        y_pred = model(x, training=False)
        loss.update_state(loss_fn(y, y_pred) + sum(model.losses), sample_weight=len(x))
        accuracy.update_state(y, y_pred)
    return {"loss": float(loss.result()), "accuracy": float(accuracy.result())}


# %% [markdown]
# Model, loss, optimizer and training metrics are made once, before the loop.

# %%
keras.utils.set_random_seed(SEED)
network = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.AveragePooling2D(2),  # 14 × 14 pixels are enough here
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.2),
        layers.Dense(10, name="logits"),
    ]
)
class_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(3e-3)
train_metrics = [keras.metrics.Mean(name="loss"), keras.metrics.SparseCategoricalAccuracy()]

# %% [markdown]
# The training loop, with a log line every 50 steps. At the beginning of an epoch all metrics are reset in one place.

# %% tags=["nbval-ignore-output"]
batch_losses, history = [], []
for epoch in range(EPOCHS):
    for metric in train_metrics:
        metric.reset_state()
    for step, (x, y) in enumerate(train_data):
        loss, y_pred = train_step(network, class_loss, optimizer, x, y)
        batch_losses.append(float(loss))
        train_metrics[0].update_state(loss, sample_weight=len(x))
        train_metrics[1].update_state(y, y_pred)
        if step % 50 == 0:
            print(f"epoch {epoch + 1} step {step:3d}: loss of this batch {float(loss):.2f}")
    val = evaluate(network, class_loss, val_data)
    history.append([float(metric.result()) for metric in train_metrics] + list(val.values()))
    loss, accuracy, val_loss, val_accuracy = (f"{value:.2f}" for value in history[-1])
    print(f"epoch {epoch + 1}: {loss=!s} {accuracy=!s} {val_loss=!s} {val_accuracy=!s}")
assert history[-1][3] > 0.5

# %% [markdown]
# A loop of your own sees every batch. `fit` reports one number an epoch, and behind it is this:

# %% alt="Loss of every batch, a noisy curve that falls quickly from above 2 and then slowly, with the validation loss at the end of each epoch as large points on it" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.plot(batch_losses, linewidth=0.8, label="training, each batch")
ends = (np.arange(EPOCHS) + 1) * len(train_data)
ax.plot(ends, [row[2] for row in history], "o", color="C1", label="validation, each epoch")
ax.set(xlabel="step", ylabel="cross-entropy", title="One epoch's loss hides a steep fall")
ax.legend()
plt.show()

# %% [markdown]
# Is the evaluation loop right? `model.evaluate` knows.

# %% tags=["nbval-ignore-output"]
network.compile(loss=class_loss, metrics=["accuracy"])
by_keras = network.evaluate(val_data, verbose=0, return_dict=True)
by_hand = evaluate(network, class_loss, val_data)
print("evaluate:", {name: round(value, 4) for name, value in by_keras.items()})
print("by hand: ", {name: round(value, 4) for name, value in by_hand.items()})
for name in by_keras:
    np.testing.assert_allclose(by_hand[name], by_keras[name], rtol=1e-4)

# %% [markdown]
# The loop is slower than `fit`: it runs *eagerly*, operation by operation, and `fit` compiles its step. Chapter 10 puts
# `@tf.function` on the step, and measures. Until a loop works, leave it eager: you can print and inspect everything.

# %% [markdown]
# ## `fit`, number for number
#
# The strongest test of a loop is `fit` itself. Same seed, same weights, same order of the batches, same dropout masks: then the
# numbers must be the same too. The model has all that could go wrong: a regularizer, batch normalization, dropout, and 330 samples
# in batches of 32, so that the last one has 10.

# %%
x_small = rng.normal(size=(330, 8)).astype("float32")
y_small = x_small[:, :1] * 2 - x_small[:, 1:2] + rng.normal(0, 0.3, (330, 1)).astype("float32")
fixed_order = tf.data.Dataset.from_tensor_slices((x_small, y_small)).batch(32)


def seeded_model():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(16, "relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ]
    )


# %% [markdown]
# Five epochs with `fit`, `shuffle=False`:

# %%
fitted = seeded_model()
fitted.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
by_fit = fitted.fit(fixed_order, epochs=5, shuffle=False, verbose=0).history
print("logged:", list(by_fit))

# %% [markdown]
# And by hand. Loss and metric come from the outputs *before* each update, in training mode: that is what `fit` logs.


# %%
def fit_by_hand(model, loss_fn, optimizer, metric, dataset, epochs):
    """What `fit` logs, as {"loss": […], metric.name: […]}."""
    tracker = keras.metrics.Mean()
    history = {"loss": [], metric.name: []}
    for _ in range(epochs):
        tracker.reset_state()
        metric.reset_state()
        for x, y in dataset:
            loss, y_pred = train_step(model, loss_fn, optimizer, x, y)
            tracker.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        history["loss"].append(float(tracker.result()))
        history[metric.name].append(float(metric.result()))
    return history


looped = seeded_model()
mae = keras.metrics.MeanAbsoluteError(name="mae")
by_loop = fit_by_hand(looped, loss_fn, keras.optimizers.Adam(0.01), mae, fixed_order, epochs=5)

for name in by_fit:
    np.testing.assert_allclose(by_loop[name], by_fit[name], rtol=1e-4)
for mine, right in zip(looped.get_weights(), fitted.get_weights()):
    np.testing.assert_allclose(mine, right, rtol=1e-3, atol=1e-5)

# %% [markdown]
# No assertion failed: five losses, five metrics, all weights and the averages of the batch normalization. As numbers, and as a
# picture:

# %% alt="Loss and mean absolute error over five epochs: the points of the loop lie exactly on the lines of fit" tags=["nbval-ignore-output"]
for epoch, (fit_loss, loop_loss) in enumerate(zip(by_fit["loss"], by_loop["loss"]), start=1):
    print(f"epoch {epoch}: fit {fit_loss:.6f}  by hand {loop_loss:.6f}")

fig, ax = plt.subplots()
epochs = range(1, 6)
for name, color in [("loss", "C0"), ("mae", "C1")]:
    ax.plot(epochs, by_fit[name], color=color, label=f"{name}, fit")
    ax.plot(epochs, by_loop[name], "o", color=color, label=f"{name}, by hand")
ax.set(xlabel="epoch", ylabel="value", title="The loop's points lie on the lines of fit")
ax.set_xticks(epochs)
ax.legend()
plt.show()

# %% [markdown]
# > **Pitfall: almost the same.** Leave out one thing, and the numbers are off, some by so little that you would not see it
# > without a comparison. Each line below is the error of the first epoch's loss.


# %%
def first_epoch_loss(training=True, extra=True, weighted=True):
    model, optimizer = seeded_model(), keras.optimizers.Adam(0.01)
    tracker = keras.metrics.Mean()
    for x, y in fixed_order:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=training))
            loss = loss + sum(model.losses) if extra else loss
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        tracker.update_state(loss, sample_weight=len(x) if weighted else None)
    return float(tracker.result())


# %% [markdown]
# One flag off at a time:

# %% tags=["nbval-ignore-output"]
assert np.isclose(first_epoch_loss(), by_fit["loss"][0], rtol=1e-4)
for flag in ["training", "extra", "weighted"]:
    off = first_epoch_loss(**{flag: False}) - by_fit["loss"][0]
    print(f"{flag + '=False':15} loss off by {off:+.3f}")
    assert abs(off) > 1e-3

# %% [markdown]
# ## Clipping: a step that cannot explode
#
# One damaged batch is enough. Here the targets of step 20 are 1,000 times too large. The loss of that batch is huge, so is its
# gradient, so is the step, and the network lands where every further gradient is larger still.
#
# The **global norm** is the length of all gradients taken together as one long vector. Clipping shortens that vector to a given length,
# and keeps its direction.


# %%
def losses_with_damage(max_norm=None):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((8,)), layers.Dense(32, "relu"), layers.Dense(1)])
    optimizer, losses = keras.optimizers.SGD(0.05), []
    for step, (x, y) in enumerate(fixed_order.repeat(6)):
        with tf.GradientTape() as tape:
            loss = loss_fn(1000 * y if step == 20 else y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_weights)
        if max_norm is not None:
            gradients, norm_before = tf.clip_by_global_norm(gradients, max_norm)
        optimizer.apply(gradients, model.trainable_weights)
        losses.append(float(loss))
    return losses


unclipped, clipped = losses_with_damage(), losses_with_damage(max_norm=1.0)

# %% [markdown]
# `tf.clip_by_global_norm` also returns the norm before clipping. Log it: a norm that grows is the earliest sign of trouble, and
# a limit far below the usual norm slows training down, as it does here in the first steps.

# %% alt="Loss against step on a logarithmic axis. Both curves fall until step 20, where they jump. Without clipping the loss goes up to astronomic numbers and the curve ends; with clipping it is back at the old level at the next step" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.semilogy(
    np.where(np.isfinite(unclipped), unclipped, np.nan), "o--", markersize=3, label="no clipping"
)
ax.semilogy(clipped, label="global norm at most 1")
ax.axvline(20, color="0.6", linestyle=":", label="damaged batch")
ax.set(
    xlabel="step",
    ylabel="mean squared error",
    title="One damaged batch ends the training, or doesn't",
)
ax.legend()
plt.show()
print("last loss without clipping:", unclipped[-1], "| with:", round(clipped[-1], 2))
assert not np.isfinite(unclipped[-1]) or unclipped[-1] > 1e4
assert clipped[-1] < 1

# %% [markdown]
# Every Keras optimizer can do it for you, in three ways. They differ in what they do to the direction. Two gradients, (3, 4) and
# (0, 12), applied once with learning rate 1:

# %%
gradients = [tf.constant([3.0, 4.0]), tf.constant([0.0, 12.0])]
for name in ["global_clipnorm", "clipnorm", "clipvalue"]:
    variables = [keras.Variable([0.0, 0.0]), keras.Variable([0.0, 0.0])]
    keras.optimizers.SGD(1.0, **{name: 1.0}).apply(gradients, variables)
    print(f"{name + '=1':17}", *[(0 - variable.numpy()).round(2) for variable in variables])
    if name == "global_clipnorm":
        expected, norm = tf.clip_by_global_norm(gradients, 1.0)
        np.testing.assert_allclose(-variables[0].numpy(), expected[0], rtol=1e-5)
        assert float(norm) == 13.0

# %% [markdown]
# `global_clipnorm` scales all by 1/13: same direction. `clipnorm` treats each weight array for itself: the two now count alike.
# `clipvalue` cuts every number: 3 and 4 have become the same.

# %% [markdown]
# ## Gradients with respect to the input: saliency
#
# A gradient need not be one of the weights. Ask for the derivative of one class's score with respect to the *pixels*, and
# you see which of them the score depends on. The images are a tensor, so watch them.


# %%
def pixel_gradients(model, images, class_indices):
    """d score / d pixel for one class an image, shaped like images."""
    x = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = tf.gather(model(x, training=False), class_indices, batch_dims=1)
    return tape.gradient(scores, x).numpy()


shown = np.array([np.flatnonzero(y_val == label)[0] for label in [1, 3, 5, 7, 8, 9]])
saliency = np.abs(pixel_gradients(network, x_val[shown], y_val[shown]))

alone = np.abs(pixel_gradients(network, x_val[shown[:1]], y_val[shown[:1]]))
np.testing.assert_allclose(saliency[:1], alone, rtol=1e-3, atol=1e-5)

# %% [markdown]
# The scores of a batch are a vector, so the tape takes the gradient of their sum. That does no harm: an image's score depends on its
# own pixels only, and the map of an image alone is the same as among others.
#
# The absolute value, the **saliency**, says how much a pixel counts. The sign says in which direction. Average the signed gradients over all
# images of a class, and you see what the network looks for.

# %% alt="Three rows of six pictures. Top: a trouser, a dress, a sandal, a sneaker, a bag and an ankle boot. Middle: saliency maps, scattered bright blocks, for the trouser between the legs. Bottom: the signed gradient averaged over the class in red and blue, with large patches; the gap between the legs of trousers is red" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(3, 6, figsize=(10, 5.3), layout="constrained")
for column, index in enumerate(shown):
    of_class = x_val[y_val == y_val[index]]
    mean = pixel_gradients(network, of_class, np.full(len(of_class), y_val[index])).mean(axis=0)
    limit = np.abs(mean).max()
    axes[0, column].imshow(x_val[index], cmap="gray_r")
    axes[0, column].set_title(class_names[y_val[index]], fontsize=9)
    axes[1, column].imshow(saliency[column], cmap="inferno")
    axes[2, column].imshow(mean, cmap="RdBu", vmin=-limit, vmax=limit)
for ax in axes.flat:
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
for ax, label in zip(axes[:, 0], ["image", "saliency", "mean of the class"]):
    ax.set_ylabel(label)
fig.suptitle("Bright: counts much. Blue: cloth there raises the score of the class, red: lowers it")
plt.show()

# %% [markdown]
# Cloth between the legs speaks against trousers. The blocks are the 2 × 2 pixels that the first layer averages.
#
# Do the maps tell the truth? The proof is to move the pixels. Change every pixel by 0.05, which you would hardly see: once with
# random signs, once against the gradient of the true class's log-probability.

# %% tags=["nbval-ignore-output"]
x = tf.convert_to_tensor(x_val)
with tf.GradientTape() as tape:
    tape.watch(x)
    loss = class_loss(y_val, network(x, training=False))
uphill = np.sign(tape.gradient(loss, x).numpy())
random_signs = rng.choice([-1.0, 1.0], size=x_val.shape).astype("float32")

accuracies = {}
for name, change in [("no change", 0), ("random", random_signs), ("along the gradient", uphill)]:
    answers = np.argmax(network(x_val + 0.05 * change, training=False), axis=1)
    accuracies[name] = np.mean(answers == y_val)
    print(f"{name:19} accuracy {accuracies[name]:.2f}")
assert accuracies["along the gradient"] < accuracies["random"] - 0.1

# %% [markdown]
# > **Pitfall: saliency of a probability.** Where the model is sure, softmax is flat: the probability hardly moves, whatever the
# > pixels do. Take the gradient of the logit, as above. Beside a logit of 20, softmax looks like this:

# %%
logits = tf.Variable([20.0, 0.0, 0.0])
with tf.GradientTape() as tape:
    probability = tf.nn.softmax(logits)[0]
slope = float(tape.gradient(probability, logits)[0])
print(f"d probability / d logit = {slope:.5f}")
assert slope < 1e-6

# %% [markdown]
# ## Second derivatives
#
# What a tape computes is a computation like any other, and another tape can watch it. *x*³ has the derivatives 3 *x*² and 6 *x*:

# %%
x = tf.Variable(2.0)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = x**3
    first = inner.gradient(y, x)  # inside the outer tape
second = outer.gradient(first, x)
print(f"x³ at 2: first derivative {float(first):.0f}, second {float(second):.0f}")
assert (float(first), float(second)) == (12.0, 12.0)

# %% [markdown]
# With it you can draw the curvature of an activation. ReLU has none, anywhere: a loss made of second
# derivatives with respect to the inputs, as for differential equations, gets nothing but zeros from a ReLU network.

# %% alt="Three panels with an activation, its first and its second derivative, for ReLU, GELU and tanh. The second derivative of ReLU is zero everywhere, those of GELU and tanh are smooth curves"
z = tf.constant(np.linspace(-3, 3, 121), tf.float32)
fig, axes = plt.subplots(1, 3, figsize=(10, 2.9), sharey=True, layout="constrained")
for ax, name in zip(axes, ["relu", "gelu", "tanh"]):
    with tf.GradientTape() as outer:
        outer.watch(z)
        with tf.GradientTape() as inner:
            inner.watch(z)
            value = keras.activations.get(name)(z)
        slope = inner.gradient(value, z)
    curvature = outer.gradient(slope, z, unconnected_gradients="zero")
    for curve, style, label in [
        (value, "C0-", "value"),
        (slope, "C1--", "slope"),
        (curvature, "k:", "curvature"),
    ]:
        ax.plot(z, curve, style, label=label)
    ax.set(xlabel="z", title=name, ylim=(-1.2, 2))
    if name == "relu":
        assert not np.any(curvature)
axes[0].set_ylabel("value")
axes[0].legend(loc="upper left", fontsize=8)
fig.suptitle("Only ReLU has no curvature")
plt.show()

# %% [markdown]
# And you can jump through the valley. The matrix of all second derivatives, the **Hessian**, knows its shape. **Newton's step**,
# inverse Hessian times gradient, goes to the bottom of a parabola at once, and the loss of a straight line *is* a parabola.

# %%
theta = tf.Variable([-1.0, 2.5])  # w and b in one vector
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        loss = line_loss(theta[0], theta[1])
    gradient = inner.gradient(loss, theta)
hessian = outer.jacobian(gradient, theta)
theta.assign_sub(tf.linalg.solve(hessian, gradient[:, None])[:, 0])

least_squares = np.polyfit(line_x, line_y, 1)
np.testing.assert_allclose(theta.numpy(), least_squares, rtol=1e-3, atol=1e-3)
print("one Newton step:", theta.numpy().round(2), "| least squares:", least_squares.round(2))

# %% [markdown]
# For two weights that is one step against sixty. For a network with a million weights the Hessian has 10¹² entries, which is why nobody
# does this there.

# %% alt="Contour map of the line's loss: gradient descent takes sixty steps along the valley, Newton's method one straight arrow to the minimum" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
draw_valley(ax)
ax.plot(path[:, 0], path[:, 1], "o-", color="C1", markersize=3, label="gradient descent, 60 steps")
ax.plot([-1.0, theta[0]], [2.5, theta[1]], "k*--", markersize=9, label="Newton, 1 step")
ax.set_title("The Hessian knows the valley")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# ## When a gradient is `None`
#
# `None` means: on the tape there is no way from this source to the target. It is not the same as zero. The usual reasons, each
# tried on a small model with two outputs:


# %%
start = keras.Input((3,))
hidden = layers.Dense(4, name="hidden")(start)
two_heads = keras.Model(
    start, [layers.Dense(2, name="used")(hidden), layers.Dense(2, name="idle")(hidden)]
)
weight = two_heads.get_layer("used").kernel


def outputs():
    return two_heads(inputs, training=True)[0]


with tf.GradientTape() as early:
    before_the_end = outputs()
losses = {
    "as it should be": lambda: tf.reduce_mean(outputs()),
    "through NumPy": lambda: tf.constant(outputs().numpy().mean()),
    "argmax, integers": lambda: tf.reduce_mean(tf.cast(tf.argmax(outputs(), 1), "float32")),
    "rounded": lambda: tf.reduce_mean(tf.round(outputs())),
    "stop_gradient": lambda: tf.reduce_mean(ops.stop_gradient(outputs())),
    "computed before the tape": lambda: tf.reduce_mean(before_the_end),
}
for reason, compute in losses.items():
    with tf.GradientTape() as tape:
        loss = compute()
    found = tape.gradient(loss, weight)
    print(f"{reason:25}", "None" if found is None else "a gradient")
    assert (found is None) == (reason != "as it should be")

# %% [markdown]
# What the optimizer makes of it: all `None` is an error, some `None` only a warning, and those weights stay where they are. Here
# the loss uses one output, and the layer `idle` gets nothing. To find it, print the paths of the weights without a gradient.

# %%
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(outputs() ** 2)
weights = two_heads.trainable_weights
gradients = tape.gradient(loss, weights)
missing = [w.path for w, gradient in zip(weights, gradients) if gradient is None]
print("no gradient:", missing)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    keras.optimizers.SGD().apply(gradients, weights)
print("warned:", str(caught[0].message).split(" when ")[0])
try:
    keras.optimizers.SGD().apply([None] * len(weights), weights)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# If nothing is wrong and you want zeros, say so: `tape.gradient(loss, weights, unconnected_gradients="zero")`.
#
# ## When a number is NaN
#
# NaN, *not a number*, comes from an operation without an answer: 0 / 0, ∞ − ∞, 0 · ∞. The treacherous ones have a fine *value*
# and a bad *gradient*, so that the loss looks healthy until one step later.


# %%
def naive_softplus(z):
    return tf.math.log(tf.exp(z) + 1)


suspects = {
    "log(0)": (tf.math.log, 0.0),
    "0 * log(0)": (lambda z: z * tf.math.log(z), 0.0),
    "sqrt(0)": (tf.sqrt, 0.0),
    "sqrt(0 * 0)": (lambda z: tf.sqrt(z * z), 0.0),
    "log(exp(100) + 1)": (naive_softplus, 100.0),
    "where(z > 0, log(z), 0)": (lambda z: tf.where(z > 0, tf.math.log(z), 0.0), 0.0),
}
for name, (function, at) in suspects.items():
    z = tf.Variable(at)
    with tf.GradientTape() as tape:
        value = function(z)
    print(f"{name:24} value {float(value):5}  gradient {float(tape.gradient(value, z)):5}")

# %% [markdown]
# The fourth is the length of a vector of zeros. The last one hurts most: `where` throws the bad value away, but the gradient still
# goes through both branches, and 0 · ∞ is NaN. Make the *argument* harmless as well.
#
# For `softplus` the cure is another formula. Keras has it, and with `tf.custom_gradient` you can give both parts yourself: the value,
# and what to multiply the incoming gradient by.


# %%
@tf.custom_gradient
def softplus(z):
    def gradient(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0.0) + tf.math.log1p(tf.exp(-tf.abs(z))), gradient


def safe_log(z):
    return tf.where(z > 0, tf.math.log(tf.where(z > 0, z, 1.0)), 0.0)


z = tf.Variable([-100.0, 0.0, 2.0, 100.0])
with tf.GradientTape(persistent=True) as tape:
    mine, kept, logs = softplus(z), ops.softplus(z), safe_log(z)
np.testing.assert_allclose(mine, kept, rtol=1e-5, atol=1e-7)
np.testing.assert_allclose(tape.gradient(mine, z), tape.gradient(kept, z), rtol=1e-5, atol=1e-7)
print("gradient of softplus:", tape.gradient(mine, z).numpy().round(3))
print("gradient of safe_log:", tape.gradient(logs, z).numpy().round(3))

# %% [markdown]
# ### Finding it
#
# A cross-entropy written out, and a model that has become very sure. The loss is NaN; but where does it begin? Two tools:
#
# - `tf.debugging.check_numerics(tensor, message)` is a checkpoint: it returns the tensor, or fails with your message.
# - `tf.debugging.enable_check_numerics()` puts such a checkpoint behind *every* operation, those of the backward pass too. It is slow;
#   switch it off again with `disable_check_numerics()`.


# %%
def written_out(y, logits):
    p = tf.sigmoid(logits)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


y_true, logits = tf.constant([1.0, 0.0, 1.0]), tf.constant([2.0, -1.0, 40.0])
print("loss:", written_out(y_true, logits).numpy())
try:
    tf.debugging.check_numerics(written_out(y_true, logits), "cross-entropy")
except tf.errors.InvalidArgumentError as error:
    print("check_numerics:", re.search(r"cross-entropy : [\w ]+\w", str(error))[0])

tf.debugging.enable_check_numerics()
try:
    written_out(y_true, logits)
except tf.errors.InvalidArgumentError as error:
    print(
        "enable_check_numerics:",
        re.search(r'op "\w+"', str(error))[0],
        "|",
        re.search(r"# of -Inf.*", str(error))[0],
    )
finally:
    tf.debugging.disable_check_numerics()

# %% [markdown]
# The first bad number is a logarithm of 0: for a logit of 40 the sigmoid *is* 1.0 in float32. The cure is a loss that takes the logits
# and never computes that 1.0.

# %%
stable = keras.losses.BinaryCrossentropy(from_logits=True)(y_true[:, None], logits[:, None])
print(f"from_logits=True: {float(stable):.4f}")
by_softplus = np.mean(np.log1p(np.exp([-2.0, -1.0, -40.0])))
np.testing.assert_allclose(stable, by_softplus, rtol=1e-5)

# %% [markdown]
# > **Pitfall: one NaN takes all.** A single NaN in a batch makes every gradient NaN, and after the update every weight it
# > reaches: no later batch can repair that. A loop can refuse the step; `fit` has the callback
# > `keras.callbacks.TerminateOnNaN`.

# %%
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

# %% [markdown]
# ## When `fit` is not enough
#
# `fit` needs inputs, targets and one loss a step, made from one forward pass. When that is your problem, use it: you get callbacks,
# validation and speed for nothing. And often overriding `train_step` is enough ([chapter 11](11_train_step.ipynb)). A loop of your own is for the rest:
#
# | problem | what does not fit into `fit` |
# |---|---|
# | generative adversarial networks | two models, two optimizers, in turns |
# | self-supervised learning | targets that the model, or an average of its past, makes during training |
# | reinforcement learning | no data at all until the model has acted |
# | meta-learning, gradient penalties | gradients inside the loss |
#
# The third, as small as it gets: a machine with three arms that pay with probability 0.2, 0.5 and 0.8. Nobody tells the model which
# arm is right. It plays, sees what it won, and makes the arms that paid above average more likely (**policy gradient**, REINFORCE).

# %% alt="Probability of each of three arms over 120 steps: they start at one third; the arm that pays with probability 0.8 rises to nearly one, the others fall to nearly zero" tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
pays = np.array([0.2, 0.5, 0.8])
preferences = keras.Variable(np.zeros(3), dtype="float32")
optimizer, chosen = keras.optimizers.SGD(0.5), []
for _ in range(120):
    chosen.append(ops.convert_to_numpy(ops.softmax(preferences)).astype("float64"))
    arms = rng.choice(3, size=32, p=chosen[-1] / chosen[-1].sum())
    rewards = (rng.random(32) < pays[arms]).astype("float32")
    with tf.GradientTape() as tape:
        log_p = tf.gather(ops.log_softmax(preferences), arms)
        loss = -tf.reduce_mean(log_p * (rewards - rewards.mean()))
    optimizer.apply([tape.gradient(loss, preferences)], [preferences])

fig, ax = plt.subplots()
for arm, style in enumerate(["C0--", "k:", "C1-"]):
    ax.plot(np.array(chosen)[:, arm], style, label=f"pays with probability {pays[arm]}")
ax.set(
    xlabel="step of 32 plays",
    ylabel="probability of the arm",
    title="It finds the best arm by playing",
)
ax.legend()
plt.show()
assert chosen[-1][2] > 0.7

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `tape.gradients(loss, weights)` | `AttributeError`; it never existed, though notes have it | `tape.gradient` |
# | `optimizer.apply_gradients(zip(gradients, weights))` | works | `optimizer.apply(gradients, weights)` |
# | `optimizer.minimize(loss, weights)` | `AttributeError` | tape and `apply` |
# | `optimizer.get_gradients`, `keras.backend.gradients` | `AttributeError` | `tape.gradient` |
# | `metric.reset_states()` | `AttributeError` | `metric.reset_state()` |
# | `keras.backend.learning_phase()`, `set_learning_phase(1)` | `AttributeError` | `model(x, training=True)` |
#
# Each line, tried:

# %%
line = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
sgd = keras.optimizers.SGD()
with tf.GradientTape(persistent=True) as tape:
    loss = loss_fn(targets, line(inputs, training=True))
gradients = tape.gradient(loss, line.trainable_weights)
attempts = {
    "tape.gradients": lambda: tape.gradients(loss, line.trainable_weights),
    "apply_gradients": lambda: sgd.apply_gradients(zip(gradients, line.trainable_weights)),
    "minimize": lambda: sgd.minimize(lambda: loss, line.trainable_weights),
    "get_gradients": lambda: sgd.get_gradients(loss, line.trainable_weights),
    "backend.gradients": lambda: keras.backend.gradients(loss, line.trainable_weights),
    "reset_states": lambda: keras.metrics.Mean().reset_states(),
    "learning_phase": lambda: keras.backend.learning_phase(),
    "set_learning_phase": lambda: keras.backend.set_learning_phase(1),
}
for label, attempt in attempts.items():
    try:
        attempt()
        print(f"{label:19} runs")
    except AttributeError as error:
        print(f"{label:19} AttributeError: {str(error)[:70]}")

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
# **2.** Put the line `optimizer = keras.optimizers.Adam(3e-3)` of the main loop *into* the loop over epochs. Nothing fails. What is lost?
#
# <details><summary>Answer</summary>
#
# Adam's running averages and its step count. The first steps of each epoch are made with averages of very few gradients. A
# learning-rate schedule would begin anew with every epoch, which is worse.
#
# </details>
#
# **3.** In the loop for `fit`, call `model(x, training=True)` once more, outside the tape, to update the metric with the *new* weights. Which
# of the compared numbers change?
#
# <details><summary>Answer</summary>
#
# All, from the first step on for the metric. The second call draws another dropout mask, so every later mask is another one too, and
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
# | no explosion | `tf.clip_by_global_norm`, or `global_clipnorm=` in the optimizer |
# | second derivatives | a tape inside a tape |
# | to find a `None` | `[w.path for w, g in zip(weights, gradients) if g is None]` |
# | to find a NaN | `tf.debugging.enable_check_numerics()` |
#
# **Read on** in the official documentation:
# [Writing a training loop from scratch in TensorFlow](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/),
# [Introduction to gradients and automatic differentiation](https://www.tensorflow.org/guide/autodiff),
# [Advanced automatic differentiation](https://www.tensorflow.org/guide/advanced_autodiff),
# [tf.debugging.enable_check_numerics](https://www.tensorflow.org/api_docs/python/tf/debugging/enable_check_numerics).
#
# **Now you:** the assignment [ex09_loops](../exercises/ex09_loops/ex09_loops.ipynb), {{ ex09_loops.tasks }}. Next chapter:
# [tf.function](10_graphs.ipynb), which makes these loops fast.
