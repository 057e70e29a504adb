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

# %% tags=["parameters"]
SEED = 0  # int: seed of data, weights, noise and shuffling, 0 to 1,000,000
TRAIN_SIZE = 3_000  # int: training images used, 1,000 to 20,000
EPOCHS = 3  # int: passes over the training images where nothing else is said, 1 to 20
GAN_EPOCHS = 80  # int: passes of the two players over their points, 4 to 400

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
from ipywidgets import FloatSlider, IntSlider, interact
from keras import layers, ops

assert 0 <= SEED <= 1_000_000, f"SEED is {SEED}: choose 0 to 1,000,000."
assert 1_000 <= TRAIN_SIZE <= 20_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 20,000 images."
assert 1 <= EPOCHS <= 20, f"EPOCHS is {EPOCHS}: choose 1 to 20."
assert 4 <= GAN_EPOCHS <= 400, f"GAN_EPOCHS is {GAN_EPOCHS}: choose 4 to 400."
keras.utils.set_random_seed(SEED)
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})
folder = Path(tempfile.mkdtemp())  # for everything this notebook writes
tf.get_logger().setLevel("ERROR")  # many small models are compiled here: no remarks on that

(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train = x_train[:TRAIN_SIZE].reshape(-1, 784).astype("float32") / 255
x_test = x_test[:1000].reshape(-1, 784).astype("float32") / 255
y_train, y_test = y_train[:TRAIN_SIZE].astype("int32"), y_test[:1000].astype("int32")

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
# `fit` calls `train_step` for each batch, `evaluate` and validation call `test_step`, `predict` calls `predict_step`. Each gets `data`, a batch of whatever
# `fit` was given: a tensor `x`, a tuple `(x, y)` or `(x, y, sample_weight)`. `keras.utils.unpack_x_y_sample_weight(data)` makes three things out of each of these, with `None` for what is missing.
#
# ## The built-in step, in your own words
#
# Write the step that Keras has, and prove that the results are the same. Only then is a later difference the one that you wanted. Ours tells one number more:
# the norm of the gradient, by which you see a training explode or stall.


# %%
class Watched(keras.Model):
    """Trains as keras.Model does, and logs the norm of the gradient."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.norm_tracker = keras.metrics.Mean(name="gradient_norm")

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, sample_weight, training=True)
            scaled = self.optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, self.trainable_weights)
        norm = tf.linalg.global_norm(gradients) / self.optimizer.scale_loss(1.0)
        self.optimizer.apply(gradients, self.trainable_weights)

        self.norm_tracker.update_state(norm)
        samples = ops.shape(keras.tree.flatten(x)[0])[0]
        self.metrics[0].update_state(loss, sample_weight=samples)
        return self.compute_metrics(x, y, y_pred, sample_weight)


# %% [markdown]
# What each line is for:
#
# - `training=True` switches dropout on. `compute_loss` adds the compiled loss and `self.losses`: penalties of regularizers, `add_loss`.
# - `scale_loss` does nothing in ordinary precision; [below](#Mixed-precision) it is vital.
# - `trainable_weights` leaves frozen layers alone.
# - `self.metrics[0]` is the metric named `loss`, which `compile` has made. It gets the number of samples, so that a short last batch counts less; `keras.tree.flatten` finds an array also where `x` is a dictionary.
# - `compute_metrics` updates the compiled metrics and returns everything that is logged: all of `self.metrics`. A tracker that is an attribute of the model is among them, and reset before each
#   epoch.
#
# The test has all of it: dropout, a regularizer, sample weights, a weighted and an unweighted metric, a short last batch.


# %%
def classifier(model_class, **arguments):
    """A small classifier with dropout and a penalty; the same weights each time."""
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((784,))
    hidden = layers.Dense(32, "relu", kernel_regularizer=keras.regularizers.L2(1e-3))(inputs)
    outputs = layers.Dense(10, dtype="float32")(layers.Dropout(0.2, seed=SEED)(hidden))
    model = model_class(inputs, outputs)
    settings = {"optimizer": keras.optimizers.Adam(1e-3), "metrics": ["accuracy"], **arguments}
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="weighted_accuracy")],
        **settings,
    )
    return model


def train(model, **arguments):
    settings = {"batch_size": 70, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **arguments}
    return model.fit(x_train, y_train, **settings).history


sample_weight = np.where(y_train == 6, 3.0, 1.0).astype("float32")  # shirts count three times
watched, builtin = classifier(Watched), classifier(keras.Model)
logs, expected = (train(model, sample_weight=sample_weight) for model in (watched, builtin))

# %%
assert set(logs) == {*expected, "gradient_norm"}
for name in expected:
    np.testing.assert_allclose(logs[name], expected[name], rtol=1e-3, err_msg=name)
for here, there in zip(watched.get_weights(), builtin.get_weights()):
    np.testing.assert_allclose(here, there, atol=1e-3)
print("the same logs:", ", ".join(sorted(expected)))
print("the same weights:", sum(weight.size for weight in watched.get_weights()), "numbers")

# %% [markdown]
# Limits of this step: with several replicas (see [Going further](#With-a-distribution-strategy)) the logged loss needs a factor, and it does not serve models without trainable weights, as Keras's own does.
#
# > **Pitfall: a loss of 0.0, or that of the last batch.** Many recipes return `{"loss": loss}`. At the end of an epoch `fit` compares the names that you return with those in `self.metrics`. If they are the same,
# > it takes the *metrics'* values, and nobody has updated the metric called `loss`: 0.0. With one name more they are not the same, and it takes what the *last batch* returned.


# %%
class ReturnsLoss(keras.Model):
    more = {}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return {"loss": loss, **self.more}


x, y = np.zeros((4, 1), "float32"), np.array([[50.0], [5.0], [3.0], [2.0]], "float32")
for more in [{}, {"one_more": 1.0}]:
    inputs = keras.Input((1,))
    model = ReturnsLoss(inputs, layers.Dense(1, use_bias=False)(inputs))
    model.more = more
    model.compile("sgd", "mse")
    history = model.fit(x, y, batch_size=1, shuffle=False, verbose=0).history
    print(f"returned {['loss', *more]}: history {history['loss']}, true mean {(y**2).mean()}")

# %% [markdown]
# > **Pitfall: Python runs once.** `fit` turns `train_step` into a graph. `print`, a counter, `list.append`, NumPy randomness are executed when it is traced, and
# > not for each batch.
#
# `compile(run_eagerly=True)` runs the method as it stands, batch after batch. It is slow, and it is how you debug a step: with `print`, with a debugger.


# %%
class Counts(Watched):
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
# Here the loss contains the input: a penalty on how strongly the scores react to a slightly brighter image. Both passes for it are made without dropout; else the penalty would mostly measure
# the dropout's noise.


# %% tags=["nbval-ignore-output"]
class Steady(keras.Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if not training:
            return loss
        moved = self(x + 0.1, training=False) - self(x, training=False)
        return loss + ops.mean(moved**2)


def reaction(model):
    return float(np.square(np.asarray(model(x_test + 0.1)) - np.asarray(model(x_test))).mean())


steady, plain = classifier(Steady), classifier(keras.Model)
for name, model in [("plain", plain), ("steady", steady)]:
    train(model)
    accuracy = model.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"]
    print(f"{name:6} reaction {reaction(model):.3f}, test accuracy {accuracy:.2f}")
assert reaction(steady) < 0.7 * reaction(plain), "the penalty should calm the scores"

# %% [markdown]
# ## Mixed precision
#
# With the policy `mixed_float16` layers compute in half precision, which a GPU or a newer processor does faster and in half the memory; their weights stay in full precision. The price: 0.00000006 is the smallest positive number of
# `float16`, and gradients much smaller become 0. So `compile` wraps the optimizer into a `LossScaleOptimizer`. It expects gradients of a loss that was multiplied by a large number, 32,768 at first, and divides
# them by it.
#
# > **Pitfall: a step without `scale_loss`.** The optimizer divides what was never multiplied. The model does not learn, and nothing is said.

# %%
keras.config.set_dtype_policy("mixed_float16")
losses = {}
for name, model_class in [("built-in", keras.Model), ("yours", Watched), ("unscaled", Watched)]:
    model = classifier(model_class, optimizer=keras.optimizers.SGD(0.1))
    if name == "unscaled":
        model.optimizer.scale_loss = lambda loss: loss  # as if the line were forgotten
    losses[name] = train(model, epochs=EPOCHS + 1)["loss"]
keras.config.set_dtype_policy("float32")
print("optimizer:", type(model.optimizer).__name__)

# %% alt="Three lines over the epochs under mixed precision: the loss of the built-in step and that of Watched fall together; that of the step without scale_loss stays where it began" tags=["nbval-ignore-output"]
fig, ax = plt.subplots()
for (name, curve), style in zip(losses.items(), ["C0o-", "k.--", "C1s-"]):
    ax.plot(np.arange(1, EPOCHS + 2), curve, style, label=name)
ax.set(xlabel="epoch", ylabel="training loss", title="A step must scale its loss")
ax.xaxis.get_major_locator().set_params(integer=True)
ax.legend()
plt.show()
np.testing.assert_allclose(losses["yours"], losses["built-in"], rtol=0.05)
assert losses["unscaled"][-1] > 0.9 * losses["unscaled"][0], "without scaling nothing is learned"
assert losses["yours"][-1] < 0.9 * losses["yours"][0], "with scaling the loss should fall"

# %% [markdown]
# ## The steps behind `evaluate` and `predict`
#
# `test_step` is the training step without tape and update, in inference mode. `predict_step` gets a batch and returns what `predict` collects. Here both look at an image *and its mirror image*, and average the scores; `predict`
# gives the class. Training is not touched.


# %%
class BothWays(keras.Model):
    def scores(self, x):
        mirrored = ops.reshape(ops.flip(ops.reshape(x, (-1, 28, 28)), axis=2), (-1, 784))
        return (self(x, training=False) + self(mirrored, training=False)) / 2

    def test_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self.scores(x)
        loss = self.compute_loss(x, y, y_pred, sample_weight, training=False)
        self.metrics[0].update_state(loss, sample_weight=ops.shape(x)[0])
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return ops.argmax(self.scores(x), axis=-1)


both = classifier(BothWays)
both.set_weights(builtin.get_weights())
classes = both.predict(x_test, verbose=0)
accuracy = both.evaluate(x_test, y_test, batch_size=300, verbose=0, return_dict=True)["accuracy"]
print("predict returns", classes.shape, classes.dtype)
np.testing.assert_allclose(accuracy, (classes == y_test).mean(), atol=1e-4)

# %% [markdown]
# ## No targets: a denoiser
#
# Some models make their own targets. Take an image, erase a random part of the pixels, and ask the network for the image as it was. The targets
# are what comes in, so `fit(images)` is called without `y`, and `compile` gets an optimizer alone.
#
# The seed generator is made once, in `__init__`. It keeps its state in a variable, so each step of the graph draws other pixels. An int as seed would erase the same ones forever.


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

    def call(self, images, training=False):
        return self.network(images, training=training)

    def erase(self, images):
        kept = keras.random.uniform(ops.shape(images), seed=self.seed_generator) > self.share
        return images * ops.cast(kept, images.dtype)

    def train_step(self, data):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            loss = ops.mean((self(self.erase(images), training=True) - images) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss, sample_weight=ops.shape(images)[0])
        return {"loss": self.loss_tracker.result()}


# %%
keras.utils.set_random_seed(SEED)
network = keras.Sequential(
    [keras.Input((784,)), layers.Dense(128, "relu"), layers.Dense(784, "sigmoid")]
)
restorer = Restorer(network, share=0.6, seed=SEED)
restorer.compile(keras.optimizers.Adam(4e-3))
history = restorer.fit(x_train, batch_size=64, epochs=4 * EPOCHS, verbose=0).history["loss"]

holes = np.asarray(restorer.erase(x_test))
error_before, error_after = (
    float(np.mean((images - x_test) ** 2)) for images in (holes, restorer.predict(holes, verbose=0))
)
assert error_after < 0.6 * error_before, "the network should restore; more EPOCHS may be needed"
assert np.allclose(restorer.predict(x_test[:64], verbose=0), network(x_test[:64]), atol=1e-5)
try:
    restorer.evaluate(x_test, verbose=0)
except ValueError as error:
    print("evaluate:", str(error).split(".")[0])

# %% [markdown]
# The test images were never trained on. `predict` erases nothing: it uses `call`, and the erasing is in `train_step`. `evaluate` needs a `test_step` of this model's own: the inherited one looks for a compiled loss.
#
# How much can be missing? The network was trained with 60 % erased. Turn the knob.


# %% tags=["playground"] alt="Three rows of eight test images: the clean ones, the same with 60 percent of their pixels erased, and those that the network restored, blurred but recognisable"
def restore(erased=0.6, first=0, seed=0):
    """Clean, erased and restored images for another share of erased pixels."""
    clean = x_test[first : first + 8]
    kept = np.random.default_rng(seed).uniform(size=clean.shape) > erased
    restored = np.asarray(network(clean * kept))
    rows = {"clean": clean, "erased": clean * kept, "restored": restored}
    fig, axes = plt.subplots(3, 8, figsize=(9, 3.6))
    for row, (name, pictures) in zip(axes, rows.items()):
        for ax, picture in zip(row, pictures):
            ax.imshow(picture.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
        row[0].set_ylabel(name)
    before, after = (np.mean((images - clean) ** 2) for images in (clean * kept, restored))
    fig.suptitle(f"{erased:.0%} erased: mean squared error {before:.3f} before, {after:.3f} after")
    plt.show()


knobs = dict(
    erased=FloatSlider(0.6, min=0, max=0.95, step=0.05),
    first=IntSlider(0, 0, 992, 8),
    seed=IntSlider(0, 0, 20),
)
_ = interact(restore, **knobs)

# %% [markdown]
# With nothing erased the result is *worse* than what went in: the network draws every pixel anew, and was never shown a nearly whole image.
#
# ## Large batches in small portions
#
# A large batch gives a quieter gradient and may not fit into memory. Its gradient is the sum of its portions' gradients, each with the portion's share of the samples. So compute them one after the other and apply the
# sum once. This step cuts the batch itself.
#
# The loop must be one of the graph. A Python loop would write all portions side by side into the graph, and nothing keeps TensorFlow from running all forward passes first: then the activations of all portions are in memory at
# once. `tf.while_loop` with `parallel_iterations=1` finishes a portion before it begins the next ([the proof](#In-which-order-the-portions-run)).


# %%
class InPortions(keras.Model):
    portion = 64  # samples

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        size = ops.shape(x)[0]

        def one_portion(start, *sums):
            part = slice(start, start + self.portion)  # the last one may be shorter
            x_, y_, weight_ = (None if v is None else v[part] for v in (x, y, sample_weight))
            with tf.GradientTape() as tape:
                y_pred = self(x_, training=True)
                loss = self.compute_loss(x_, y_, y_pred, weight_, training=True)
                share = ops.cast(ops.shape(x_)[0] / size, loss.dtype)
                scaled = self.optimizer.scale_loss(loss * share)
            gradients = tape.gradient(scaled, self.trainable_weights)
            self.metrics[0].update_state(loss, sample_weight=ops.shape(x_)[0])
            self.compute_metrics(x_, y_, y_pred, weight_)
            return start + self.portion, *[a + b for a, b in zip(sums, gradients)]

        zeros = [ops.zeros_like(weight) for weight in self.trainable_weights]
        _, *sums = tf.while_loop(
            lambda start, *_: start < size, one_portion, (0, *zeros), parallel_iterations=1
        )
        self.optimizer.apply(sums, self.trainable_weights)
        return self.get_metrics_result()


# %% [markdown]
# The proof: 256 images at once, and portions of 64, with sample weights and, for 600 images, a last batch of 88. A third way needs no override: an optimizer with `gradient_accumulation_steps=4` collects over four *batches* of 64 by itself.


# %%
def trained_weights(model_class, batch_size, count=512, **optimizer_arguments):
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((784,))
    outputs = layers.Dense(10)(layers.Dense(32, "tanh")(inputs))
    model = model_class(inputs, outputs)
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, **optimizer_arguments),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    x, y, weight = x_train[:count], y_train[:count], sample_weight[:count]
    model.fit(x, y, batch_size, epochs=4, sample_weight=weight, shuffle=False, verbose=0)
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


whole, whole_600 = trained_weights(keras.Model, 256), trained_weights(keras.Model, 256, 600)
runs = {
    "portions of 64": trained_weights(InPortions, 256) - whole,
    "portions of 64, 600 images": trained_weights(InPortions, 256, 600) - whole_600,
    "gradient_accumulation_steps=4": trained_weights(keras.Model, 64, gradient_accumulation_steps=4)
    - whole,
    "ordinary batches of 64": trained_weights(keras.Model, 64) - whole,
}
same = {name: bool(np.abs(difference).max() < 1e-4) for name, difference in runs.items()}
for name, value in same.items():
    print(f"{name:32} {'the same as batches of 256' if value else 'another result'}")
assert list(same.values()) == [True, True, True, False]

# %% [markdown]
# ## Two players: a GAN
#
# In a generative adversarial network two models train each other. The **generator** turns random numbers into samples. The **discriminator** gets real and generated
# samples and gives each a score: how real does it look? Each has its own optimizer, and a step trains first one, then the other. We use the *hinge* losses:
#
# - The discriminator wants scores above 1 for real and below −1 for generated samples; what falls short is its loss.
# - The generator wants high scores for what it makes.
#
# Points in a plane instead of images: there you see at once what the generator has learned, and can measure it.


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

    @property
    def metrics(self):
        return self.trackers

    def call(self, latent):
        return self.generator(latent)

    def sample(self, size):
        latent = keras.random.normal((size, self.latent_dim), seed=self.seed_generator)
        return self.generator(latent, training=True)

    def train_step(self, data):
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        size = ops.shape(real)[0]
        generated = self.sample(size)  # outside of the tape: it does not see the generator
        with tf.GradientTape() as tape:
            short_real = ops.relu(1 - self.discriminator(real, training=True))
            short_generated = ops.relu(1 + self.discriminator(generated, training=True))
            d_loss = ops.mean(short_real) + ops.mean(short_generated)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        with tf.GradientTape() as tape:  # this one sees both networks
            g_loss = -ops.mean(self.discriminator(self.sample(size), training=True))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)
        for tracker, loss in zip(self.trackers, [d_loss, g_loss]):
            tracker.update_state(loss, sample_weight=size)
        return {tracker.name: tracker.result() for tracker in self.trackers}


# %% [markdown]
# The generator's gradient runs through the discriminator, so its tape must see both. What leaves the discriminator alone then is the list of weights: the optimizer gets those of the generator only. ([The proof](#Neither-player-moves-the-other).)


# %%
def players():
    keras.utils.set_random_seed(SEED)
    return [
        keras.Sequential(
            [
                keras.Input((2,)),
                *[layers.Dense(64, "leaky_relu") for _ in range(2)],
                layers.Dense(n),
            ]
        )
        for n in (1, 2)
    ]


angle, noise = np.random.default_rng(SEED).uniform(0, 1, (2, 2048))
radius = 0.95 + 0.1 * noise
ring = (radius * [np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)]).T.astype("float32")

# %% [markdown]
# Now both play. An ordinary callback keeps what the same 1,000 latent points give at some epochs.


# %%
class KeepSamples(keras.callbacks.Callback):
    def __init__(self, latent, moments):
        super().__init__()
        self.latent, self.moments, self.kept = latent, moments, {}

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 in self.moments:
            self.kept[epoch + 1] = np.asarray(self.model(self.latent))


latent = np.random.default_rng(SEED).normal(size=(1000, 2)).astype("float32")
keeping = KeepSamples(latent, [1, GAN_EPOCHS // 4, GAN_EPOCHS // 2, GAN_EPOCHS])
gan = GAN(*players(), latent_dim=2, seed=SEED)
gan.compile(keras.optimizers.Adam(2e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5))
history = gan.fit(ring, batch_size=128, epochs=GAN_EPOCHS, callbacks=[keeping], verbose=0).history

# %% alt="Scatter plots of generated points at four moments, over a grey ring of real points: a wide cloud at first, then a lopsided ring, at the end points on nearly the whole ring and a few inside" tags=["nbval-ignore-output"]
fig, axes = plt.subplots(1, len(keeping.kept), figsize=(10, 2.9), layout="constrained")
for ax, (epoch, points) in zip(axes, keeping.kept.items()):
    ax.plot(*ring.T, ".", color="0.75", markersize=2)
    ax.plot(*points.T, "C1.", markersize=2)
    ax.set(xlim=(-1.8, 1.8), ylim=(-1.8, 1.8), aspect="equal", title=f"epoch {epoch}")
    ax.set(xlabel="x", ylabel="y")
fig.suptitle("Real points grey, generated ones orange")
plt.show()

# %% [markdown]
# The two losses do not tell whether the samples are good: each is measured against an opponent that changes. Two numbers do. *Distance*: how far are generated points from the ring? *Gaps*: which share of 24 equal
# sectors has no generated point? One number alone can be cheated, as two fakes show: a cloud with the mean and spread of the ring, and a generator that makes the same good point always, which is called **collapsed**.


# %% tags=["nbval-ignore-output"]
def quality(points):
    distance = np.abs(np.hypot(*points.T) - 1).mean()
    sectors = np.floor(24 * (np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) % 1))
    return float(distance), 1 - len(np.unique(sectors)) / 24


cloud = np.random.default_rng(SEED).normal(ring.mean(axis=0), ring.std(axis=0), (1000, 2))
first, *_, last = keeping.kept.values()
candidates = {
    "real": ring,
    "cloud": cloud,
    "collapsed": ring[:1],
    "epoch 1": first,
    "trained": last,
}
for name, points in candidates.items():
    print(f"{name:10} distance {quality(points)[0]:.2f}, gaps {quality(points)[1]:.0%}")
if GAN_EPOCHS >= 60:
    distance, gaps = quality(last)
    assert distance < 0.5 * quality(cloud)[0], "the points should lie near the ring; a GAN can fail"
    assert gaps < 0.5, "most sectors should be reached; another seed may collapse"

# %% [markdown]
# ## What you keep
#
# All of the machinery of `fit` works with your step. The next cell uses a good part of it at once: validation data, three callbacks, the line of progress, several
# batches per call of the graph.

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

# %% [markdown]
# `val_gradient_norm` is 0.0: the tracker is listed in `self.metrics`, and nobody updates it during validation. If that bothers you, write a `test_step` that
# returns a dictionary without it.

# %% [markdown]
# ## What changed
#
# | older code | what happens today | write instead |
# |---|---|---|
# | `self.compiled_loss(y, y_pred)` | still runs, with a warning that it is deprecated | `self.compute_loss(x, y, y_pred, sample_weight)` |
# | `self.optimizer.minimize(loss, weights)` | AttributeError | `self.optimizer.apply(gradients, weights)` |
# | `apply_gradients(zip(weights, gradients))` | an error: the order is gradients, weights | `apply(gradients, weights)` |
# | `keras.engine.data_adapter.unpack_x_y_sample_weight` | AttributeError: it was a private module | `keras.utils.unpack_x_y_sample_weight` |
# | `tracker.reset_states()` | AttributeError | `tracker.reset_state()`; `fit` does it for what is in `self.metrics` |
# | `tape.gradients(loss, weights)` | AttributeError | `tape.gradient` |
#
# Each line, tried with `import keras` and with `from tensorflow import keras`:


# %%
def old_ways(kr):
    """What happens with the older code: kr is keras or tensorflow.keras."""
    inputs = kr.Input((2,))
    model = kr.Model(inputs, kr.layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile("sgd", "mse")
    x, y, weights = np.ones((4, 2), "float32"), np.ones((4, 1), "float32"), model.trainable_weights
    with tf.GradientTape(persistent=True) as tape:
        loss = model.compute_loss(x, y, model(x, training=True))
    gradients = tape.gradient(loss, weights)
    attempts = {
        "compiled_loss": lambda: model.compiled_loss(y, model(x)),
        "minimize": lambda: model.optimizer.minimize(loss, weights),
        "weights first": lambda: model.optimizer.apply_gradients(zip(weights, gradients)),
        "data_adapter": lambda: kr.engine.data_adapter.unpack_x_y_sample_weight((x, y)),
        "reset_states": lambda: kr.metrics.Mean(name="loss").reset_states(),
        "tape.gradients": lambda: tape.gradients(loss, weights),
        "apply": lambda: model.optimizer.apply(gradients, weights),
    }
    for label, attempt in attempts.items():
        try:
            with warnings.catch_warnings(record=True) as caught:
                attempt()
            yield label, "runs, with a warning" if caught else "runs"
        except (AttributeError, TypeError, ValueError) as error:
            yield label, type(error).__name__


tried, others = dict(old_ways(keras)), dict(old_ways(tf.keras))
for label, result in tried.items():
    print(f"{label:15} {result:21} {others[label]}")

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
# **2.** In `GAN.train_step` the first samples are made outside the tape, the second inside. What happens if you exchange the two?
#
# <details><summary>Answer</summary>
#
# The discriminator's part stays right: it asks for gradients of its own weights only, the tape merely records more than it needs. The generator's part breaks: the tape has not seen how the samples came from its weights,
# and all gradients are `None`.
#
# </details>
#
# **3.** `InPortions` weighs each portion by its share of the samples. When is the sum *not* the gradient of the large batch?
#
# <details><summary>Answer</summary>
#
# When samples see each other, as in batch normalization; and when the loss is divided by the sum of the sample weights (`reduction="mean_with_sample_weight"`): then the shares must be those of the weights.
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
# | mixed precision | `self.optimizer.scale_loss(loss)` before the gradient |
# | another evaluation or prediction | `test_step`, `predict_step` |
# | to debug a step | `compile(run_eagerly=True)` |
# | several optimizers | your own `compile`, which calls `super().compile()`; one tape and one list of weights each |
# | certainty | first equal to the built-in step, then changed |
#
# **Read on** in the official documentation: [Customizing what happens in `fit()` with TensorFlow](https://keras.io/guides/custom_train_step_in_tensorflow/),
# [Model training APIs](https://keras.io/api/models/model_training_apis/), [DCGAN by overriding `train_step`](https://keras.io/examples/generative/dcgan_overriding_train_step/).
#
# **Now you:** the assignment [ex11_train_step](../exercises/ex11_train_step/ex11_train_step.ipynb), {{ ex11_train_step.tasks }}. Next chapter: [the capstone, bank churn](12_churn.ipynb).

# %% [markdown]
# ## Going further
#
# Nothing below is needed for the assignment or for later chapters.
#
# ### In which order the portions run
#
# A layer that notes each forward and each backward pass shows what the graph of `InPortions` does with 256 images.


# %%
order = []


def note(letter, tensor):
    """tensor, unchanged; when the graph computes it, letter is noted."""
    noted = tf.numpy_function(
        lambda t: order.append(letter) or t, [tensor], tensor.dtype, stateful=False
    )
    return tf.ensure_shape(noted, tensor.shape)


@tf.custom_gradient
def probe(tensor):
    return note("F", tensor), lambda upstream: note("B", upstream)


class Probe(layers.Layer):
    def call(self, x):
        return probe(x)


inputs = keras.Input((784,))
model = InPortions(inputs, layers.Dense(10)(Probe()(layers.Dense(32, "tanh")(inputs))))
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
order.clear()
model.fit(x_train[:256], y_train[:256], batch_size=256, verbose=0)
print("".join(order))
assert "".join(order) == "FBFBFBFB"

# %% [markdown]
# F is a forward, B a backward pass: each portion is finished before the next begins. Without the loop of the graph the order would be TensorFlow's choice.
#
# ### Inputs and outputs by name
#
# Dictionaries go through `Watched` as through the built-in step, with sample weights for each output:

# %%
generator = np.random.default_rng(SEED)
inputs_by_name = {name: generator.normal(size=(50, 3)) for name in ["a", "b"]}
targets = {"sum": generator.normal(size=(50, 1)), "kind": generator.integers(0, 2, 50)}
weights = {name: generator.random(50) for name in targets}
losses = {}
for model_class in [Watched, keras.Model]:
    keras.utils.set_random_seed(SEED)
    inputs = {name: keras.Input((3,), name=name) for name in inputs_by_name}
    joined = layers.Concatenate()(list(inputs.values()))
    outputs = {name: layers.Dense(n, name=name)(joined) for name, n in [("sum", 1), ("kind", 2)]}
    model = model_class(inputs, outputs)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", {"sum": "mse", "kind": cross_entropy})
    settings = {"batch_size": 16, "epochs": 2, "shuffle": False, "verbose": 0}
    history = model.fit(inputs_by_name, targets, sample_weight=weights, **settings).history
    losses[model_class] = history["loss"]
np.testing.assert_allclose(losses[Watched], losses[keras.Model], rtol=1e-3)
print("the same losses with dictionaries")

# %% [markdown]
# ### With a distribution strategy
#
# Under a strategy `fit` gives each device its share of the batch and calls your step there. With one device the result must be that of no strategy.

# %%
with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
    distributed = classifier(Watched)
alone = classifier(Watched)
for model in [distributed, alone]:
    model.fit(x_train[:640], y_train[:640], batch_size=64, shuffle=False, verbose=0)
for here, there in zip(distributed.get_weights(), alone.get_weights()):
    np.testing.assert_allclose(here, there, atol=1e-3)
print("the same weights with a distribution strategy")

# %% [markdown]
# With *n* devices Keras has divided the compiled loss by *n* already, so that the devices' gradients can be summed. The training is right, but the loss that `Watched` logs is too small by that factor: multiply it by
# `tf.distribute.get_strategy().num_replicas_in_sync` before it is tracked.
#
# ### Training mode in `test_step`
#
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
# ### Portions and batch normalization
#
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
# ### Neither player moves the other
#
# A learning rate of zero for one player shows it.

# %%
for d_rate, g_rate in [(1e-3, 0.0), (0.0, 1e-3)]:
    networks = players()
    gan = GAN(*networks, latent_dim=2, seed=SEED)
    gan.compile(keras.optimizers.SGD(d_rate), keras.optimizers.SGD(g_rate))
    before = [network.get_weights()[0] for network in networks]
    gan.fit(ring[:64], batch_size=16, verbose=0)
    moved = [bool((b != n.get_weights()[0]).any()) for b, n in zip(before, networks)]
    print(
        f"rates {d_rate} and {g_rate}: discriminator moved {moved[0]}, generator moved {moved[1]}"
    )
    assert moved == [d_rate > 0, g_rate > 0]

# %% [markdown]
# ### Save the model with its step
#
# A registered class can be saved and loaded with its step. What `__init__` takes beyond `inputs` and `outputs` has to be in `get_config`, as in [chapter 3](03_subclassing.ipynb).


# %%
keras.saving.register_keras_serializable("workbook")(Watched)
saved = classifier(Watched)
saved.fit(x_train[:640], y_train[:640], verbose=0)
saved.save(folder / "watched.keras")
loaded = keras.saving.load_model(folder / "watched.keras")
np.testing.assert_allclose(loaded(x_test[:4]), saved(x_test[:4]), atol=1e-5)
print("gradient_norm" in loaded.fit(x_train[:640], y_train[:640], verbose=0).history)
