# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Appendix · What else a gradient is good for
#
# After this appendix you can take second derivatives, make a Newton step, attack a classifier with its own gradient, train a model
# that nobody gave an answer to, and write a gradient yourself.
#
# {{ colab_badge }}
#
# | | |
# |---|---|
# | **Know first** | [Chapter 9](09_loops.ipynb) (`GradientTape`, a training step, saliency) |
# | **Running time** | about 10 s on two CPU cores |
#
# Nothing here is needed for an assignment or for a later chapter.

# %% tags=["parameters"]
SEED = 0  # int: seed of made-up data, weights and plays, 0 to 2,147,483,647
TRAIN_SIZE = 6_000  # int: training images used, 1,000 to 50,000

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

assert 0 <= SEED <= 2_147_483_647, f"SEED is {SEED}: choose 0 to 2,147,483,647."
assert 1_000 <= TRAIN_SIZE <= 50_000, f"TRAIN_SIZE is {TRAIN_SIZE}: choose 1,000 to 50,000."

keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)  # for made-up data
plt.style.use("tableau-colorblind10")
plt.rcParams.update({"figure.figsize": (7, 3.4), "axes.grid": True, "grid.alpha": 0.3})

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
# With it you can draw the curvature of an activation. ReLU and all others that are put together from straight pieces, such as leaky ReLU, have
# none. A loss made of second derivatives with respect to the inputs, as for differential equations, gets nothing but zeros from a
# network with ReLU.

# %% alt="Three panels with an activation, its first and its second derivative, for ReLU, GELU and tanh. The second derivative of ReLU is zero everywhere, those of GELU and tanh are smooth curves"
z = tf.constant(np.linspace(-3, 3, 121), tf.float32)


def two_derivatives(function):
    """The values of a function at z, and its first and second derivative."""
    with tf.GradientTape() as outer:
        outer.watch(z)
        with tf.GradientTape() as inner:
            inner.watch(z)
            value = function(z)
        slope = inner.gradient(value, z)
    return value, slope, outer.gradient(slope, z, unconnected_gradients="zero")


fig, axes = plt.subplots(1, 3, figsize=(10, 2.9), sharey=True, layout="constrained")
for ax, name in zip(axes, ["relu", "gelu", "tanh"]):
    curves = two_derivatives(keras.activations.get(name))
    for curve, style, label in zip(curves, ["C0-", "C1--", "k:"], ["value", "slope", "curvature"]):
        ax.plot(z, curve, style, label=label)
    ax.set(xlabel="z", title=name, ylim=(-1.2, 2))
axes[0].set_ylabel("value, slope, curvature")
axes[0].legend(loc="upper left", fontsize=8)
fig.suptitle("ReLU has no curvature, GELU and tanh have")
plt.show()
for name in ["relu", "leaky_relu", "relu6", "hard_tanh"]:
    assert not np.any(two_derivatives(keras.activations.get(name))[2])

# %% [markdown]
# ## Newton's step
#
# Gradient descent took sixty steps along a valley to fit a straight line in [chapter 9](09_loops.ipynb#A-straight-line,-step-by-step). The matrix of all second derivatives,
# the **Hessian**, knows the shape of the valley. **Newton's step**, inverse Hessian times gradient, goes to the bottom of a parabola at once, and the mean
# squared error of a straight line *is* a parabola.

# %%
line_x = np.linspace(0, 2, 50).astype("float32")
line_y = (1.5 * line_x + 0.5 + rng.normal(0, 0.15, 50)).astype("float32")

theta = tf.Variable([-1.0, 2.5])  # slope and intercept in one vector
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        loss = tf.reduce_mean((theta[0] * line_x + theta[1] - line_y) ** 2)
    gradient = inner.gradient(loss, theta)
hessian = outer.jacobian(gradient, theta)
theta.assign_sub(tf.linalg.solve(hessian, gradient[:, None])[:, 0])

least_squares = np.polyfit(line_x, line_y, 1)
print("one Newton step:", theta.numpy().round(2), "| least squares:", least_squares.round(2))
np.testing.assert_allclose(theta.numpy(), least_squares, rtol=1e-3, atol=1e-3)

# %% [markdown]
# For a network with a million weights the Hessian has 10¹² entries, which is why nobody does this there.
#
# ## Do saliency maps tell the truth?
#
# A saliency map says how much each pixel counts. The proof is to move the pixels. Change every pixel by 0.05, which you would hardly see: once with
# random signs, once in the direction in which the loss of the true class grows.

# %%
(images, labels), _ = keras.datasets.fashion_mnist.load_data()
images = images.astype("float32") / 255
x_val, y_val = images[-2000:], labels[-2000:]
classifier = keras.Sequential([keras.Input((28, 28)), layers.Flatten()])
classifier.add(layers.Dense(64, activation="relu"))
classifier.add(layers.Dense(10))
class_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
classifier.compile("adam", class_loss)
classifier.fit(images[:TRAIN_SIZE], labels[:TRAIN_SIZE], epochs=5, verbose=0)

pixels = tf.convert_to_tensor(x_val)
with tf.GradientTape() as tape:
    tape.watch(pixels)
    loss = class_loss(y_val, classifier(pixels, training=False))
uphill = np.sign(tape.gradient(loss, pixels).numpy())
random_signs = rng.choice([-1.0, 1.0], size=x_val.shape).astype("float32")

# %% alt="Bar chart of the accuracy on 2,000 images for changes of the pixels of 0, 0.02, 0.05 and 0.1: with random signs it hardly falls, along the gradient it falls steeply" tags=["nbval-ignore-output"]
sizes = [0.0, 0.02, 0.05, 0.1]
accuracies = {}
for label, change in [("random signs", random_signs), ("along the gradient", uphill)]:
    answers = [np.argmax(classifier(x_val + size * change), axis=1) for size in sizes]
    accuracies[label] = [np.mean(answer == y_val) for answer in answers]
    print(f"{label:19}", np.round(accuracies[label], 2))

fig, ax = plt.subplots()
for offset, (label, values) in zip([-0.2, 0.2], accuracies.items()):
    ax.bar(np.arange(4) + offset, values, width=0.4, label=label)
ax.set_xticks(range(4), sizes)
ax.set(xlabel="change of every pixel", ylabel="accuracy", ylim=(0, 1.1))
ax.set_title("The gradient knows where it hurts")
ax.legend(ncols=2, loc="upper right")
plt.show()
told = "Along the gradient more should be lost than with random signs: try another seed or size."
assert accuracies["along the gradient"][2] < accuracies["random signs"][2] - 0.1, told

# %% [markdown]
# Such images are called **adversarial examples**, and this way to make them the fast gradient sign method.
#
# ## Learning without targets
#
# A machine has three arms that pay with probability 0.2, 0.5 and 0.8. Nobody tells the model which arm is right. It plays, sees what it
# won, and makes the arms that paid above average more likely (**policy gradient**, REINFORCE). There are no data until the model has
# acted, so there is nothing to give to `fit`.

# %% alt="Probability of each of three arms over 120 steps: they start at one third; the arm that pays with probability 0.8 rises to nearly one, the others fall to nearly zero" tags=["nbval-ignore-output"]
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
ax.set(xlabel="step of 32 plays", ylabel="probability of the arm")
ax.set_title("It finds the best arm by playing")
ax.legend()
plt.show()
assert chosen[-1][2] > 0.5, (
    "It should prefer the best arm by now, but chance decides: another seed?"
)

# %% [markdown]
# ## A gradient of your own
#
# The softplus function, log(1 + eᶻ), overflows when it is written like that. Another formula for the value is safe. `tf.custom_gradient` lets you
# give both parts yourself: the value, and what to multiply the incoming gradient by.


# %%
@tf.custom_gradient
def softplus(z):
    def gradient(upstream):
        return upstream * tf.sigmoid(z)

    return tf.maximum(z, 0.0) + tf.math.log1p(tf.exp(-tf.abs(z))), gradient


z = tf.Variable([-100.0, 0.0, 2.0, 100.0])
with tf.GradientTape(persistent=True) as tape:
    naive, mine, kept = tf.math.log(1 + tf.exp(z)), softplus(z), ops.softplus(z)
print(
    "naive value:   ", naive.numpy().round(3), "gradient:", tape.gradient(naive, z).numpy().round(3)
)
print(
    "softplus value:", mine.numpy().round(3), "gradient:", tape.gradient(mine, z).numpy().round(3)
)
np.testing.assert_allclose(mine, kept, rtol=1e-5, atol=1e-7)
np.testing.assert_allclose(tape.gradient(mine, z), tape.gradient(kept, z), rtol=1e-5, atol=1e-7)

# %% [markdown]
# ## Recap
#
# | you want | you write |
# |---|---|
# | second derivatives | a tape inside a tape |
# | a Hessian | `outer.jacobian(inner.gradient(loss, theta), theta)` |
# | the direction that hurts a classifier | `np.sign` of the gradient of the loss with respect to the pixels |
# | to learn from rewards | the gradient of the log-probability of what was chosen, times the reward above average |
# | a gradient of your own | `@tf.custom_gradient` |
#
# **Read on** in the official documentation: [Advanced automatic differentiation](https://www.tensorflow.org/guide/advanced_autodiff),
# [Adversarial example using FGSM](https://www.tensorflow.org/tutorials/generative/adversarial_fgsm),
# [tf.custom_gradient](https://www.tensorflow.org/api_docs/python/tf/custom_gradient). Back to [chapter 9](09_loops.ipynb).
