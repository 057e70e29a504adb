# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # 11 · Inside fit: overriding the training step
#
# After this chapter you can replace the one method of `fit` that trains on a batch, prove that your version is right, and train models
# that `fit` does not know: without targets, in portions, and with two networks against each other.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 9](09_loops.ipynb) (tape, gradients, update), [10](10_graphs.ipynb) (what tracing does) |
# | **Running time** | about 30 s on two CPU cores |
# | **Assignment** | {{ ex11_train_step }} |

# %% [markdown]
# The next cell holds the numbers you may want to change. Everything random follows `SEED`.

# %% tags=["parameters"]
SEED = 0  # int: seed of data, weights, noise and shuffling
TRAIN_SIZE = 3_000  # int: training images used, 640 to 5,000
EPOCHS = 3  # int: passes over the training images where nothing else is said
GAN_EPOCHS = 15  # int: passes of the two players over their images, at least 4

# %%
import contextlib
import io
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
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes
tf.get_logger().setLevel("ERROR")  # many small models are compiled here: no remarks on that


def first_line(error):
    """Return the first line of an error's message, without colour codes."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0][:88]


(all_images, all_labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
x_train = all_images[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255
y_train = all_labels[:TRAIN_SIZE].astype("int32")
x_test = test_images[:1000].reshape(-1, 784).astype("float32") / 255
y_test = test_labels[:1000].astype("int32")

# %% [markdown]
# ## The middle ground
#
# Between `fit` and a loop of your own lies a third way. You replace what happens to *one batch*, and `fit` keeps doing the rest.
#
# | | `fit` | your `train_step` in `fit` | your own loop |
# |---|---|---|---|
# | forward pass, loss, gradients, update | Keras | **you** | **you** |
# | epochs, batches, shuffling | Keras | Keras | **you** |
# | callbacks, validation, progress, history | Keras | Keras | **you** |
# | graph, `steps_per_execution`, distribution | Keras | Keras | **you** |
#
# `fit` calls `train_step` for each batch, `evaluate` and validation call `test_step`, `predict` calls `predict_step`.

# %% alt="Flow chart. The box fit contains the loop over epochs and the loop over batches. train_step, marked as yours, is inside the loop over batches; test_step is behind validation; callbacks and the history hang on fit"
boxes = [
    (0.00, 0.40, 0.20, "fit\nepochs, shuffling"),
    (0.26, 0.40, 0.17, "batches\n(x, y, weights)"),
    (0.50, 0.66, 0.20, "train_step(data)\nyours"),
    (0.50, 0.14, 0.20, "test_step(data)\nyours, if you like"),
    (0.78, 0.40, 0.20, "logs: history,\nprogress, callbacks"),
]
fig, ax = plt.subplots(figsize=(9, 2.6))
for left, bottom, width, text in boxes:
    color = "C1" if "yours" in text else "C0"
    ax.add_patch(plt.Rectangle((left, bottom), width, 0.24, facecolor=color, alpha=0.35))
    ax.text(left + width / 2, bottom + 0.12, text, ha="center", va="center", fontsize=10)
for start, end in [
    ((0.20, 0.52), (0.26, 0.52)),
    ((0.43, 0.56), (0.50, 0.76)),
    ((0.43, 0.48), (0.50, 0.28)),
    ((0.70, 0.76), (0.78, 0.56)),
    ((0.70, 0.28), (0.78, 0.48)),
]:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->"})
ax.text(0.60, 0.94, "training", ha="center")
ax.text(0.60, 0.03, "evaluate, validation", ha="center")
ax.set(xlim=(0, 1), ylim=(0, 1), title="fit asks a method of the model what to do with a batch")
ax.axis("off")
plt.show()

# %% [markdown]
# What does `data` look like? It is what `fit` was given, cut into batches. A step that says so and hands the work on to the inherited
# one is the smallest override there is.


# %%
class Curious(keras.Model):
    def train_step(self, data):
        parts = data if isinstance(data, tuple) else [data]
        kind = "tuple" if isinstance(data, tuple) else "tensor"
        print(f"{kind:7}", [tuple(part.shape) for part in parts])
        return super().train_step(data)


inputs = keras.Input((2,))
curious = Curious(inputs, layers.Dense(2, activity_regularizer="l2")(inputs))
x, weights = np.ones((8, 2), "float32"), np.ones(8, "float32")
for targets in [{}, {"y": x}, {"y": x, "sample_weight": weights}]:
    curious.compile("sgd", "mse" if targets else None, run_eagerly=True)
    curious.fit(x, **targets, verbose=0)

# %% [markdown]
# The structure differs from call to call. `keras.utils.unpack_x_y_sample_weight(data)` makes three things out of each of these, with
# `None` for what is missing.
#
# ## The built-in step, in your own words
#
# Change nothing at first. Write the step that Keras has, and prove that the results are the same. Only then is a later difference
# the one that you wanted.


# %%
class MyFit(keras.Model):
    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)


# %% [markdown]
# Five things deserve a look. `training=True` switches dropout on. `compute_loss` adds the compiled loss and `self.losses`: penalties of
# regularizers, `add_loss`. `trainable_weights` leaves frozen layers alone. The metric named `loss` gets the number of samples, so that a short last
# batch counts less. `compute_metrics` updates the compiled metrics and returns everything that is logged.
#
# The test has all of it: dropout, a regularizer, sample weights, a weighted and an unweighted metric, a short last batch.


# %%
def classifier(model_class, **arguments):
    """A small classifier with dropout and a penalty; the same weights each time."""
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((784,))
    hidden = layers.Dense(32, "relu", kernel_regularizer=keras.regularizers.L2(1e-3))(inputs)
    outputs = layers.Dense(10)(layers.Dropout(0.2, seed=SEED)(hidden))
    model = model_class(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="weighted_accuracy")],
        **arguments,
    )
    return model


def train(model, **arguments):
    settings = {"batch_size": 70, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **arguments}
    return model.fit(x_train, y_train, **settings).history


sample_weight = np.where(y_train == 6, 3.0, 1.0).astype("float32")  # shirts count three times
mine, builtin = classifier(MyFit), classifier(keras.Model)
logs = train(mine, sample_weight=sample_weight)
expected = train(builtin, sample_weight=sample_weight)

# %%
assert list(logs) == list(expected)
for name in logs:
    np.testing.assert_allclose(logs[name], expected[name], rtol=1e-4)
for here, there in zip(mine.get_weights(), builtin.get_weights()):
    np.testing.assert_allclose(here, there, atol=1e-4)
print("the same logs:", ", ".join(sorted(logs)))
print("the same weights:", sum(weight.size for weight in mine.get_weights()), "numbers")

# %% alt="Two lines over the epochs, one broad and one thin dashed, lie on each other: the loss of the built-in step and that of your own fall in the same way" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
epochs = np.arange(1, EPOCHS + 1)
ax.plot(epochs, expected["loss"], "o-", linewidth=7, alpha=0.4, label="built-in train_step")
ax.plot(epochs, logs["loss"], "k.--", label="your train_step")
ax.set(
    xlabel="epoch",
    ylabel="loss (cross-entropy + penalty)",
    title="The same training, written twice",
)
ax.set_xticks(epochs)
ax.legend()
plt.show()

# %% [markdown]
# > **Pitfall: the loss is 0.0.** Many recipes return `{"loss": loss}`. At the end of an epoch `fit` looks at the metrics in `self.metrics`; if
# > they have the names in your dictionary, it takes *their* values. `compile` has made a metric called `loss`, and nobody has updated it.
#
# The model learns; the history says zero.


# %%
class ForgetsTracker(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        return {"loss": loss}


inputs = keras.Input((784,))
model = ForgetsTracker(inputs, layers.Dense(10)(inputs))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
before = model.get_weights()[0]
print("history:", train(model, epochs=2)["loss"])
assert np.abs(model.get_weights()[0] - before).max() > 1e-3  # it has learned all the same

# %% [markdown]
# > **Pitfall: a mean of means.** `metric.update_state(loss)` without the number of samples counts each batch once. Take 33 errors in batches of 32: the
# > one sample in the last batch then weighs as much as the 32 others.

# %%
errors = np.append(np.full(32, 1.0), 9.0)
means, samples = keras.metrics.Mean(), keras.metrics.Mean()
for batch in [errors[:32], errors[32:]]:
    means.update_state(batch.mean())
    samples.update_state(batch.mean(), sample_weight=len(batch))
print(
    f"mean of the batches {float(means.result()):.2f}, mean of the samples {float(samples.result()):.2f}"
)
assert np.isclose(samples.result(), errors.mean()) and float(means.result()) == 5.0

# %% [markdown]
# > **Pitfall: Python runs once.** `fit` turns `train_step` into a graph. `print`, a counter, `list.append`, NumPy randomness are executed when it is traced, and
# > never again.
#
# `compile(run_eagerly=True)` runs the method as it stands, batch after batch. It is slow, and it is how you debug a step: with `print`, with a debugger.


# %%
class Counts(MyFit):
    calls = 0

    def train_step(self, data):
        self.calls += 1
        return super().train_step(data)


for eagerly in [False, True]:
    model = classifier(Counts, run_eagerly=eagerly)
    model.fit(x_train[:640], y_train[:640], batch_size=64, epochs=2, verbose=0)
    print(f"run_eagerly={eagerly}: 20 batches, train_step was called {model.calls} times")
    assert model.calls == 20 if eagerly else model.calls < 4

# %% [markdown]
# ## Change as little as you can
#
# Often a smaller override is enough. If only the loss is special, replace `compute_loss`: training, evaluation, sample weights, trackers and
# logs stay as they are. It sees inputs, targets and outputs, which a loss function does not.
#
# Here the loss contains the input: a penalty on how strongly the scores react to a small change of the image.


# %%
class Steady(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if not training:
            return loss
        moved = self(x + 0.1, training=True)
        return loss + 0.1 * ops.mean((moved - y_pred) ** 2)


def reaction(model):
    return float(np.square(np.asarray(model(x_test + 0.1)) - np.asarray(model(x_test))).mean())


steady, plain = classifier(Steady), classifier(keras.Model)
for model in [steady, plain]:
    train(model)

# %% tags=["nbval-ignore-output"]
for name, model in [("plain", plain), ("steady", steady)]:
    accuracy = model.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"]
    print(
        f"{name:6} reaction to brighter images {reaction(model):.2f}, test accuracy {accuracy:.2f}"
    )
assert reaction(steady) < reaction(plain)

# %% [markdown]
# If the *gradients* are what you are after, `train_step` is the place. This one logs their global norm and clips it. A tracker that is an attribute of
# the model is found by Keras, listed in `self.metrics`, and reset before each epoch.


# %%
class Watched(MyFit):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.norm_tracker = keras.metrics.Mean(name="gradient_norm")

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_weights)
        gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.norm_tracker.update_state(norm)
        self.metrics[0].update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)


watched = classifier(Watched)
batch_norms = []
keep = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda batch, logs: batch_norms.append(float(watched.norm_tracker.result()))
)
logs = train(watched, callbacks=[keep], epochs=2)
assert {"gradient_norm", "loss", "accuracy"} <= set(logs)
assert np.isclose(batch_norms[-1], logs["gradient_norm"][-1], rtol=1e-4)

# %% alt="Line chart of the running mean of the gradient norm over the batches of two epochs. It jumps at the beginning of the second epoch, marked by a vertical line, because the tracker starts anew" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
ax.plot(np.arange(1, len(batch_norms) + 1), batch_norms)
ax.axvline(len(batch_norms) // 2 + 0.5, color="black", linestyle=":", label="second epoch: reset")
ax.set(
    xlabel="batch",
    ylabel="gradient norm, mean since reset",
    title="A tracker in self.metrics starts anew with each epoch",
)
ax.legend()
plt.show()

# %% [markdown]
# ## The steps behind `evaluate` and `predict`
#
# `test_step` is the training step without tape and update, in inference mode. `predict_step` gets a batch and returns what `predict` collects: here
# the class instead of ten scores, without a change to the model's output or its training.


# %%
class Decides(MyFit):
    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x, y, y_pred, sample_weight, training=False)
        self.metrics[0].update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return ops.argmax(self(x, training=False), axis=-1)


decides = classifier(Decides)
decides.set_weights(builtin.get_weights())
settings = {"sample_weight": np.linspace(0, 2, 1000), "batch_size": 300, "verbose": 0}
mine_logs = decides.evaluate(x_test, y_test, **settings)
builtin_logs = builtin.evaluate(x_test, y_test, **settings)
np.testing.assert_allclose(mine_logs, builtin_logs, rtol=1e-4)

classes = decides.predict(x_test, verbose=0)
assert np.array_equal(classes, builtin.predict(x_test, verbose=0).argmax(axis=-1))
print("predict returns", classes.shape, classes.dtype)

# %% [markdown]
# > **Pitfall: training mode in `test_step`.** With `training=True` dropout removes units while you measure, and batch normalization changes its averages: `evaluate`
# > modifies the model.


# %%
class TestsInTraining(keras.Model):
    def test_step(self, data):
        x, y = data
        self.metrics[0].update_state(self.compute_loss(x, y, self(x, training=True)))
        return {"loss": self.metrics[0].result()}


inputs = keras.Input((784,))
model = TestsInTraining(inputs, layers.BatchNormalization()(inputs))
model.compile(loss="mse")
before = model.get_weights()
model.evaluate(x_test, x_test, batch_size=250, verbose=0)
changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights())]
print(dict(zip([weight.name for weight in model.weights], changed)))
assert changed == [False, False, True, True]

# %% [markdown]
# ## No targets: a denoiser
#
# Some models make their own targets. Take an image, erase a random part of the pixels, and ask the network for the image as it was. The targets
# are what comes in, so `fit(images)` is called without `y`, and `compile` gets an optimizer alone.
#
# The seed generator is made once, in `__init__`. It is a Keras variable, so each step of the graph draws other pixels. An int as seed would erase the same ones forever.


# %%
class Restorer(keras.Model):
    """Learns to fill in erased pixels."""

    def __init__(self, network, share, seed):
        super().__init__()
        self.network = network
        self.share = share
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]  # fit resets what is listed here

    def call(self, images):
        return self.network(images)

    def erase(self, images):
        kept = keras.random.uniform(ops.shape(images), seed=self.seed_generator) > self.share
        return images * ops.cast(kept, images.dtype)

    def train_step(self, data):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = ops.mean((self(self.erase(images)) - images) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss, sample_weight=ops.shape(images)[0])
        return {"loss": self.loss_tracker.result()}


# %% [markdown]
# The `metrics` property says which trackers belong to this model. Without it Keras would also list its own `loss`, and `evaluate` would report that one.

# %%
keras.utils.set_random_seed(SEED)
network = keras.Sequential(
    [keras.Input((784,)), layers.Dense(128, "relu"), layers.Dense(784, "sigmoid")]
)
restorer = Restorer(network, share=0.6, seed=SEED)
restorer.compile(keras.optimizers.Adam(4e-3))
history = restorer.fit(x_train, batch_size=64, epochs=4 * EPOCHS, verbose=0).history["loss"]

holes = ops.convert_to_numpy(restorer.erase(x_test))
restored = restorer.predict(holes, verbose=0)
error_before = float(((holes - x_test) ** 2).mean())
error_after = float(((restored - x_test) ** 2).mean())
assert error_after < 0.5 * error_before and history[-1] < history[0]

# %% alt="Three rows of eight test images: the clean ones, the same with 60 percent of their pixels erased, and those that the network restored, blurred but recognisable" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(3, 8, figsize=(9, 3.6))
rows = {"clean": x_test, "erased": holes, "restored": restored}
for row, (name, pictures) in zip(axes, rows.items()):
    for ax, picture in zip(row, pictures[:8]):
        ax.imshow(picture.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(name)
fig.suptitle(f"Mean squared error {error_before:.3f} before, {error_after:.3f} after")
plt.show()

# %% [markdown]
# The test images were never trained on. `predict` erases nothing: it uses `call`, and the erasing is in `train_step`.

# %%
np.testing.assert_allclose(
    restorer.predict(x_test[:64], verbose=0), np.asarray(network(x_test[:64])), atol=1e-5
)

# %% [markdown]
# ## Large batches in small portions
#
# A large batch gives a quieter gradient and may not fit into memory. Its gradient is the mean of its portions' gradients, so compute them one after the other and
# apply the mean once. Here the step cuts the batch itself; only one portion's activations are in memory at a time.


# %%
class InPortions(keras.Model):
    portions = 4

    def train_step(self, data):
        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        sums = [ops.zeros(weight.shape) for weight in self.trainable_weights]
        for x_part, y_part in zip(ops.split(x, self.portions), ops.split(y, self.portions)):
            with tf.GradientTape() as tape:
                y_pred = self(x_part, training=True)
                loss = self.compute_loss(x=x_part, y=y_part, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_weights)
            sums = [total + gradient for total, gradient in zip(sums, gradients)]
            self.metrics[0].update_state(loss, sample_weight=ops.shape(x_part)[0])
            logs = self.compute_metrics(x_part, y_part, y_pred)
        self.optimizer.apply([total / self.portions for total in sums], self.trainable_weights)
        return logs


# %% [markdown]
# The proof: 256 images at once, and four portions of 64. A third way needs no override: an optimizer with `gradient_accumulation_steps=4` collects over four *batches* of 64 by itself.


# %%
def trained_weights(model_class, batch_size, **optimizer_arguments):
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((784,))
    outputs = layers.Dense(10)(layers.Dense(32, "tanh")(inputs))
    model = model_class(inputs, outputs)
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, **optimizer_arguments),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(
        x_train[:512], y_train[:512], batch_size=batch_size, epochs=4, shuffle=False, verbose=0
    )
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


whole = trained_weights(keras.Model, 256)
runs = {
    "four portions of 64 in one step": trained_weights(InPortions, 256),
    "gradient_accumulation_steps=4": trained_weights(
        keras.Model, 64, gradient_accumulation_steps=4
    ),
    "ordinary batches of 64": trained_weights(keras.Model, 64),
}
distance = {name: float(np.abs(weights - whole).max()) for name, weights in runs.items()}
for name, value in distance.items():
    print(f"{name:32} {'the same as batches of 256' if value < 1e-4 else 'another result'}")
assert [value < 1e-4 for value in distance.values()] == [True, True, False]

# %% alt="Horizontal bars on a logarithmic axis: the largest difference to the weights of a run with batches of 256. The two ways of accumulation are at rounding error, below one in a hundred thousand; ordinary batches of 64 are many thousand times larger" tags=["nbval-ignore-output"]
fig, ax = plt.subplots(figsize=(8, 2.4))
ax.barh(list(distance), [max(value, 1e-9) for value in distance.values()], color=["C0", "C0", "C1"])
ax.set_xscale("log")
ax.set(
    xlabel="largest difference of a weight to batches of 256",
    title="Accumulated gradients are those of the large batch",
)
plt.show()

# %% [markdown]
# > **Pitfall: portions and batch normalization.** Equality holds where a sample's output does not depend on the others in its batch. Batch normalization uses the mean of the
# > portion, not that of the large batch: the results differ.

# %%
normalizer = layers.BatchNormalization()
batch = np.arange(8, dtype="float32")[:, None]
together = normalizer(batch, training=True)
apart = np.concatenate([normalizer(batch[:4], training=True), normalizer(batch[4:], training=True)])
print("together:", np.round(np.ravel(together), 1))
print("apart:   ", np.round(np.ravel(apart), 1))
assert not np.allclose(together, apart, atol=0.1)

# %% [markdown]
# ## Two players: a GAN
#
# In a generative adversarial network two models train each other. The **generator** turns random numbers into images. The **discriminator** gets real and generated
# images and says which is which. Each has its own optimizer, and a step trains first one, then the other.
#
# - The discriminator minimizes the cross-entropy of its answers: 1 for real, 0 for generated.
# - The generator minimizes the cross-entropy of the discriminator's answers on generated images *with the label 1*: it wants them taken for real.


# %%
class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim, seed):
        super().__init__()
        self.discriminator, self.generator, self.latent_dim = discriminator, generator, latent_dim
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = [keras.metrics.Mean(name=name) for name in ["d_loss", "g_loss"]]

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer, self.g_optimizer = d_optimizer, g_optimizer
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self):
        return self.trackers

    def call(self, latent):
        return self.generator(latent)

    def train_step(self, data):
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        d_loss = self.discriminator_step(real)
        g_loss = self.generator_step(ops.shape(real)[0])
        for tracker, loss in zip(self.trackers, [d_loss, g_loss]):
            tracker.update_state(loss)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def sample(self, size):
        latent = keras.random.normal((size, self.latent_dim), seed=self.seed_generator)
        return self.generator(latent, training=True)

    def discriminator_step(self, real):
        size = ops.shape(real)[0]
        images = ops.concatenate([real, self.sample(size)])
        labels = ops.concatenate([ops.ones((size, 1)), ops.zeros((size, 1))])
        with tf.GradientTape() as tape:
            loss = self.loss_fn(labels, self.discriminator(images, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    def generator_step(self, size):
        with tf.GradientTape() as tape:  # the samples are made under the tape this time
            scores = self.discriminator(self.sample(size), training=True)
            loss = self.loss_fn(ops.ones((size, 1)), scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(loss, weights), weights)
        return loss


# %% [markdown]
# Both tapes see both networks. What keeps the players apart is the list of weights: each optimizer gets those of its own network. A step with a learning rate of zero for one of them shows it.


# %%
def players():
    keras.utils.set_random_seed(SEED)
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(12, 5, strides=2, activation="leaky_relu"),
            layers.Conv2D(24, 5, strides=2, activation="leaky_relu"),
            layers.Flatten(),
            layers.Dropout(0.3, seed=SEED),
            layers.Dense(1),
        ]
    )
    generator = keras.Sequential(
        [
            keras.Input((16,)),
            layers.Dense(7 * 7 * 24, "relu"),
            layers.Reshape((7, 7, 24)),
            layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
        ]
    )
    return discriminator, generator


for d_rate, g_rate in [(1e-3, 0.0), (0.0, 1e-3)]:
    discriminator, generator = players()
    gan = GAN(discriminator, generator, 16, SEED)
    gan.compile(keras.optimizers.SGD(d_rate), keras.optimizers.SGD(g_rate))
    before = discriminator.get_weights()[0], generator.get_weights()[0]
    gan.fit(x_train[:64].reshape(-1, 28, 28, 1), batch_size=16, verbose=0)
    after = discriminator.get_weights()[0], generator.get_weights()[0]
    moved = [not np.array_equal(a, b) for a, b in zip(before, after)]
    print(
        f"rates {d_rate} and {g_rate}: discriminator moved {moved[0]}, generator moved {moved[1]}"
    )
    assert moved == [d_rate > 0, g_rate > 0]

# %% [markdown]
# Now both play. The images are ankle boots only: one kind of thing is enough for a short training. The pictures are made by an ordinary callback, from the same
# eight latent points each time.


# %%
class DrawSamples(keras.callbacks.Callback):
    """Keeps the images that fixed latent points give at some epochs."""

    def __init__(self, latent, moments):
        super().__init__()
        self.latent, self.moments, self.drawn = latent, moments, {}

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 in self.moments:
            self.drawn[epoch + 1] = np.asarray(self.model(self.latent))


boots = all_images[all_labels == 9][: TRAIN_SIZE // 2, :, :, None].astype("float32") / 255
latent = np.random.default_rng(SEED).normal(size=(8, 16)).astype("float32")
moments = [1, max(2, GAN_EPOCHS // 4), max(3, GAN_EPOCHS // 2), GAN_EPOCHS]
gan = GAN(*players(), 16, SEED)
untrained = np.asarray(gan(latent))
gan.compile(keras.optimizers.Adam(5e-4, beta_1=0.5), keras.optimizers.Adam(2e-3, beta_1=0.5))
drawing = DrawSamples(latent, moments)
gan_history = gan.fit(
    boots, batch_size=32, epochs=GAN_EPOCHS, callbacks=[drawing], verbose=0
).history

# %% alt="Four rows of eight generated images after growing numbers of epochs: from blurs in the first row to images with the outline of ankle boots in the last" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(4, 8, figsize=(9, 4.8))
for row, (epoch, pictures) in zip(axes, drawing.drawn.items()):
    for ax, picture in zip(row, pictures):
        ax.imshow(picture.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(f"epoch {epoch}")
fig.suptitle("The same eight latent points, later and later")
plt.show()

# %% alt="Two lines over the epochs: the discriminator's loss and the generator's loss. Neither falls towards zero for good; they move against each other" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
for name, style in [("d_loss", "o-"), ("g_loss", "s--")]:
    ax.plot(np.arange(1, GAN_EPOCHS + 1), gan_history[name], style, markersize=4, label=name)
ax.axhline(np.log(2), color="black", linestyle=":", label="guessing (0.69)")
ax.set(
    xlabel="epoch",
    ylabel="cross-entropy",
    title="A game has no falling loss: one's gain is the other's loss",
)
ax.legend()
plt.show()

# %% [markdown]
# The losses do not tell whether the images are good. A number that does: how far is the mean of the generated images from the mean boot, and do the samples differ
# from each other at all? (A generator that makes the same image always has *collapsed*.)

# %% tags=["nbval-ignore-output"]
mean_boot = boots.mean(axis=0)
many = np.random.default_rng(SEED + 1).normal(size=(500, 16)).astype("float32")
generated = np.asarray(gan(many))
gap_before = float(np.abs(untrained.mean(axis=0) - mean_boot).mean())
gap_after = float(np.abs(generated.mean(axis=0) - mean_boot).mean())
print(
    f"distance of the mean image to the mean boot: {gap_before:.2f} before, {gap_after:.2f} after"
)
print(
    f"spread of the pixels: boots {boots.std(axis=0).mean():.2f}, samples {generated.std(axis=0).mean():.2f}"
)
assert gap_after < gap_before

# %% [markdown]
# ## What you keep
#
# All of the machinery of `fit` works with your step. The next cell uses a good part of it at once: validation data, three callbacks, the line of progress, several
# batches per call of the graph, saving.

# %%
model = classifier(Watched, steps_per_execution=4)
callbacks = [
    keras.callbacks.EarlyStopping("val_loss", patience=2),
    keras.callbacks.ModelCheckpoint(folder / "best.weights.h5", save_weights_only=True),
    keras.callbacks.CSVLogger(folder / "log.csv"),
]
with contextlib.redirect_stdout(io.StringIO()) as progress:
    history = model.fit(
        x_train, y_train, validation_data=(x_test, y_test), epochs=2, verbose=2, callbacks=callbacks
    ).history
print("history: ", ", ".join(sorted(name for name in history if "weighted" not in name)))
shown = set(re.findall(r"(\w+): \d", progress.getvalue()))
print("progress:", ", ".join(sorted(name for name in shown if "weighted" not in name)))
print("files:   ", sorted(path.name for path in folder.iterdir()))
assert "gradient_norm" in progress.getvalue() and "val_loss" in history

# %% [markdown]
# `val_gradient_norm` is 0.0: the tracker is listed in `self.metrics`, and nobody updates it during validation. If that bothers you, write a `test_step` that
# returns a dictionary without it.
#
# Distribution: under a strategy `fit` gives each device its share of the batch and calls your step there. With one device the result must be that of no strategy.

# %%
with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
    distributed = classifier(MyFit)
alone = classifier(MyFit)
for model in [distributed, alone]:
    model.fit(x_train[:640], y_train[:640], batch_size=64, shuffle=False, verbose=0)
for here, there in zip(distributed.get_weights(), alone.get_weights()):
    np.testing.assert_allclose(here, there, atol=1e-4)
print("the same weights with a distribution strategy")

# %% [markdown]
# A registered class can be saved and loaded with its step. What `__init__` takes beyond `inputs` and `outputs` has to be in `get_config`, as in [chapter 3](03_subclassing.ipynb).


# %%
@keras.saving.register_keras_serializable("workbook")
class Doubled(MyFit):
    def train_step(self, data):
        return {**super().train_step(data), "twice": 2.0}


doubled = classifier(Doubled)
train(doubled, epochs=1)
doubled.save(folder / "doubled.keras")
loaded = keras.saving.load_model(folder / "doubled.keras")
np.testing.assert_allclose(loaded(x_test[:4]), doubled(x_test[:4]), atol=1e-5)
assert "twice" in loaded.fit(x_train[:640], y_train[:640], verbose=0).history

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `self.compiled_loss(y, y_pred)` | still runs, with a warning that it is deprecated | `self.compute_loss(x, y, y_pred, sample_weight)` |
# | `self.optimizer.minimize(loss, weights)` | AttributeError | `self.optimizer.apply(gradients, weights)` |
# | `apply_gradients(zip(weights, gradients))` | an error: the order is gradients, weights | `apply(gradients, weights)` |
# | `data_adapter.unpack_x_y_sample_weight` | a private module, gone | `keras.utils.unpack_x_y_sample_weight` |
# | `tracker.reset_states()` | AttributeError | `tracker.reset_state()`; `fit` does it for what is in `self.metrics` |
# | `tape.gradients(loss, weights)` | AttributeError | `tape.gradient` |

# %%
inputs = keras.Input((2,))
dense = layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2")
model = keras.Model(inputs, dense(inputs))
model.compile("sgd", "mse")
x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
with tf.GradientTape(persistent=True) as tape:
    loss = model.compute_loss(x, y, model(x, training=True))
gradients = tape.gradient(loss, model.trainable_weights)
attempts = {
    "compiled_loss": lambda: f"{float(model.compiled_loss(y, model(x))):.2f}",
    "compute_loss": lambda: f"{float(model.compute_loss(x, y, model(x))):.2f}",
    "minimize": lambda: model.optimizer.minimize(loss, model.trainable_weights),
    "weights first": lambda: model.optimizer.apply_gradients(
        zip(model.trainable_weights, gradients)
    ),
    "data_adapter": lambda: keras.engine.data_adapter.unpack_x_y_sample_weight((x, y)),
    "reset_states": lambda: keras.metrics.Mean(name="loss").reset_states(),
    "tape.gradients": lambda: tape.gradients(loss, model.trainable_weights),
    "apply": lambda: model.optimizer.apply(gradients, model.trainable_weights) or "weights updated",
}
for label, attempt in attempts.items():
    try:
        with warnings.catch_warnings(record=True) as caught:
            print(f"{label:15} runs: {attempt()}", "with a warning" if caught else "")
    except (AttributeError, TypeError, ValueError) as error:
        print(f"{label:15} {type(error).__name__}: {first_line(error)}")

# %% [markdown]
# ## Try it
#
# **1.** You want a loss that depends on the targets, the outputs and the *epoch*. Which method do you override, and where does the epoch come from?
#
# <details><summary>Answer</summary>
#
# `compute_loss` is enough. The epoch must be a variable: a Python attribute would be read once, when the step is traced. Make a `keras.Variable(0.0, trainable=False)` in `__init__`
# and let a callback assign it in `on_epoch_begin`.
#
# </details>
#
# **2.** In `GAN.discriminator_step` the samples are made outside the tape, in `generator_step` inside. What happens if you exchange the two?
#
# <details><summary>Answer</summary>
#
# The discriminator's step stays right: it asks for gradients of its own weights only, the tape merely records more than it needs. The generator's step breaks: the tape has not seen how the images came from its weights,
# and all gradients are `None`.
#
# </details>
#
# **3.** `InPortions` divides the sum of the gradients by the number of portions. When is that *not* the gradient of the large batch?
#
# <details><summary>Answer</summary>
#
# When the portions differ in size, or in the sum of their sample weights if the loss is divided by it: then the portions must be weighted accordingly. And whenever samples see each other, as in batch normalization.
#
# </details>

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | another loss, nothing else | `compute_loss(self, x, y, y_pred, sample_weight, training)` |
# | another treatment of a batch | `train_step(self, data)`, which returns a dictionary |
# | the parts of `data` | `keras.utils.unpack_x_y_sample_weight(data)` |
# | numbers in the logs | `keras.metrics.Mean` trackers in `self.metrics`, updated in the step |
# | a mean over samples | `update_state(loss, sample_weight=ops.shape(x)[0])` |
# | another evaluation or prediction | `test_step`, `predict_step` |
# | to debug a step | `compile(run_eagerly=True)` |
# | several optimizers | your own `compile`, which calls `super().compile()`; one tape and one list of weights each |
# | certainty | first equal to the built-in step, then changed |
#
# **Read on** in the official documentation: [Customizing what happens in `fit()` with TensorFlow](https://keras.io/guides/custom_train_step_in_tensorflow/),
# [Model training APIs](https://keras.io/api/models/model_training_apis/), [DCGAN by overriding `train_step`](https://keras.io/examples/generative/dcgan_overriding_train_step/).
#
# **Now you:** the assignment [ex11_train_step](../exercises/ex11_train_step/ex11_train_step.ipynb), {{ ex11_train_step.tasks }}. Next chapter: [the capstone, bank churn](12_churn.ipynb).
