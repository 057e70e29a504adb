# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 2 · The Functional API
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 2](../../notebooks/02_functional.ipynb). The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace the line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.

# %%
import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

# Warnings go to stdout: nbgrader takes whatever a test cell writes to stderr for a failure.
warnings.showwarning = lambda message, category, *place: print(f"{category.__name__}: {message}")
tf.get_logger().setLevel("ERROR")

# %% [markdown]
# ## `ticket_model`
#
# A help desk gets tickets. A ticket has a title, a text and tags, each given as a row of numbers. The model says
# how urgent it is and which department should answer. Write `ticket_model(vocabulary_size, num_tags, num_departments)`,
# which returns a Functional `keras.Model`:
#
# - three inputs, given as a list in this order: `title` of shape `(vocabulary_size,)`, `text_body` of shape
#   `(vocabulary_size,)`, `tags` of shape `(num_tags,)`. They bear these names, so that data can be fed as a list
#   or as a dict;
# - all three are concatenated, and one `Dense` layer with 64 units and ReLU, named `features`, works on the result.
#   Both outputs use its output;
# - two outputs, given as a list in this order: `priority`, one unit with sigmoid; `department`, `num_departments`
#   units with softmax. They bear these names.
#
# **Example.** For 8 tickets, `ticket_model(1000, 20, 4)` returns a list of two arrays of the shapes `(8, 1)` and `(8, 4)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three inputs, joined once, two outputs from the same joint: all in one function. Draw it on paper first: three boxes at the top, two at the bottom.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Three `keras.Input(shape, name=…)`, one `layers.Concatenate()` on the list of them, one `Dense` on that, and two `Dense`
# layers that are both called on its output. Then `keras.Model(inputs, outputs)`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Four layers are called on something: `Concatenate` on the list of the inputs, `features` on what that gives, and each of the
# two heads on what `features` gives. Two lists are left to write: which tensors does the model begin with, and which does it
# end with?
#
# </details>


# %% task="ticket_model" role="answer" about="three inputs, two outputs" minutes=25 difficulty=2
def ticket_model(vocabulary_size, num_tags, num_departments):
    """Return the Functional model of a help desk, with three inputs and two outputs.

    Inputs: title (vocabulary_size,), text_body (vocabulary_size,), tags (num_tags,).
    Outputs: priority (1,), sigmoid; department (num_departments,), softmax.
    """
    ### BEGIN SOLUTION
    title = keras.Input((vocabulary_size,), name="title")
    text_body = keras.Input((vocabulary_size,), name="text_body")
    tags = keras.Input((num_tags,), name="tags")
    joined = layers.Concatenate()([title, text_body, tags])
    features = layers.Dense(64, activation="relu", name="features")(joined)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(num_departments, activation="softmax", name="department")(features)
    return keras.Model([title, text_body, tags], [priority, department])
    ### END SOLUTION


# %% task="ticket_model" role="check" points=2
def check_ticket_model():
    try:
        model = ticket_model(20, 5, 4)
    except ValueError as error:
        raise AssertionError(
            f"ticket_model(20, 5, 4) fails: {str(error)[:200]}. keras.Input takes the shape of one "
            "ticket, without the batch; Concatenate takes a list."
        ) from error
    assert model is not None, "ticket_model returned None: is a `return` missing?"
    assert isinstance(model, keras.Model) and getattr(model, "inputs", None), (
        f"ticket_model returned {type(model).__name__}, it should return a Functional model: "
        "keras.Model(inputs, outputs)."
    )
    assert not isinstance(model.input, dict), (
        "The inputs were given to keras.Model as a dict. A dict has its own order (by name), and data "
        "could no longer be fed as a list: give the inputs as a list."
    )
    lists = [each for each in (model.input, model.output) if isinstance(each, (list, tuple))]
    assert not any(isinstance(part, (list, tuple)) for each in lists for part in each), (
        "There is a list in the list of inputs or outputs that keras.Model was given: it should be flat, "
        "with one symbolic tensor after the other."
    )
    assert not isinstance(model.output, dict), (
        "The outputs were given to keras.Model as a dict, so the model returns a dict: give them as a "
        "list."
    )
    names = [tensor.name for tensor in model.inputs]
    assert sorted(names) == ["tags", "text_body", "title"], (
        f"The inputs are named {names}, they should be named title, text_body, tags: pass `name=` to "
        "keras.Input."
    )
    assert names == ["title", "text_body", "tags"], (
        f"The inputs come in the order {names}, it should be title, text_body, tags."
    )
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    assert shapes == [(None, 20), (None, 20), (None, 5)], (
        f"The inputs have the shapes {shapes}, they should be [(None, 20), (None, 20), (None, 5)]. "
        "keras.Input takes the shape of one sample, without the batch."
    )
    assert len(model.outputs) == 2, (
        f"The model has {len(model.outputs)} outputs, it should have two."
    )
    names = list(model.output_names)
    assert sorted(names) == ["department", "priority"], (
        f"The outputs are named {names}, they should be named priority and department: pass `name=` to "
        "the two last layers."
    )
    assert names == ["priority", "department"], (
        f"The outputs come in the order {names}, priority should be the first."
    )
    shapes = [tuple(tensor.shape) for tensor in model.outputs]
    assert shapes == [(None, 1), (None, 4)], (
        f"The outputs have the shapes {shapes}, they should be [(None, 1), (None, 4)]."
    )
    names = [layer.name for layer in model.layers]
    assert "features" in names, f"There is no layer named features; the layers are {names}."
    width = model.get_layer("features").output.shape[-1]
    assert width == 64, f"The layer features gives {width} numbers per ticket, it should be 64."

    generator = np.random.default_rng(0)
    tickets = [3 * generator.normal(size=(8, width)).astype("float32") for width in (20, 20, 5)]
    priority, department = [np.asarray(output, dtype="float64") for output in model(tickets)]
    assert not np.allclose(priority, 1), (
        "priority is 1.0 for every ticket. Softmax over a single unit always is: one yes-or-no output "
        "takes sigmoid."
    )
    assert ((priority >= 0) & (priority <= 1)).all(), (
        "priority should lie between 0 and 1: is its activation sigmoid?"
    )
    assert (department >= 0).all() and np.allclose(department.sum(axis=-1), 1, atol=1e-5), (
        "The department of one ticket should be probabilities: not negative, with a sum of 1. Is its "
        f"activation softmax? The first row sums to {department[0].sum():.3f}."
    )


check_ticket_model()

# %% task="ticket_model" role="hidden" points=2 tries="other sizes, what the model computes with given weights, training mode, and tickets fed as a dict"
import itertools


def softmax_by_numpy(logits):
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def check_ticket_model(vocabulary_size, num_tags, num_departments):
    call = f"ticket_model({vocabulary_size}, {num_tags}, {num_departments})"
    keras.utils.set_random_seed(1)
    model = ticket_model(vocabulary_size, num_tags, num_departments)
    widths = [vocabulary_size, vocabulary_size, num_tags]
    names = ["title", "text_body", "tags"]
    shapes = [tuple(tensor.shape) for tensor in [*model.inputs, *model.outputs]]
    wanted = [(None, width) for width in [*widths, 1, num_departments]]
    assert shapes == wanted, (
        f"{call} has inputs and outputs of the shapes {shapes}, they should be {wanted}."
    )

    # Set all weights, each found by its shape, and compare with NumPy.
    joined = sum(widths)
    wanted = [(joined, 64), (64,), (64, 1), (1,), (64, num_departments), (num_departments,)]
    found = [tuple(weight.shape) for weight in model.weights]
    to_features = [shape for shape in found if len(shape) == 2 and shape[1] == 64]
    assert len(to_features) <= 1, (
        f"{call} has {len(to_features)} layers of 64 units, with kernels {to_features}. Join the "
        "three inputs first; one layer, features, then works on all of them and serves both heads."
    )
    assert not to_features or to_features[0] == (joined, 64), (
        f"In {call} the kernel of features is {to_features[0]}, it should be ({joined}, 64): "
        f"title, text_body and tags joined are {joined} numbers wide."
    )
    assert sorted(found) == sorted(wanted), (
        f"{call} has weights of the shapes {found}; the three Dense layers have {wanted}."
    )
    generator = np.random.default_rng(2)
    values = {shape: generator.normal(size=shape) / np.sqrt(shape[0]) for shape in wanted}
    model.set_weights([values[shape] for shape in found])
    data = [generator.normal(size=(9, width)).astype("float32") for width in widths]

    extractor = keras.Model(model.inputs, model.get_layer("features").output)
    features = np.asarray(extractor(data), dtype="float64")
    kernel, bias = values[joined, 64], values[64,]
    linear = [
        np.concatenate([data[i] for i in order], axis=1) @ kernel + bias
        for order in itertools.permutations(range(3))
    ]
    assert not any(np.allclose(features, h, rtol=1e-4, atol=1e-5) for h in linear), (
        f"In {call} the layer features has no ReLU: its outputs are x @ kernel + bias, negative "
        "ones included."
    )
    relu = [np.maximum(h, 0) for h in linear]
    hits = [h for h in relu if np.allclose(features, h, rtol=1e-4, atol=1e-5)]
    assert hits, (
        f"In {call} the output of features is not relu(x @ kernel + bias) of title, text_body and "
        "tags, each joined in once. Is one of them in there twice? Is it the output of the whole "
        "layer, after ReLU?"
    )
    logit = hits[0] @ values[64, 1] + values[1,]
    logits = hits[0] @ values[64, num_departments] + values[num_departments,]
    priority, department = [np.asarray(output, dtype="float64") for output in model(data)]
    assert np.allclose(priority, 1 / (1 + np.exp(-logit)), rtol=1e-4, atol=1e-5), (
        f"In {call} priority is not sigmoid(features @ kernel + bias)."
    )
    assert np.allclose(department, softmax_by_numpy(logits), rtol=1e-4, atol=1e-5), (
        f"In {call} department is not softmax(features @ kernel + bias)."
    )
    in_training = [np.asarray(output) for output in model(data, training=True)]
    assert np.allclose(in_training[0], priority, rtol=1e-4, atol=1e-5), (
        f"{call} gives other numbers with training=True. There should be nothing in it but the "
        "layers named in the task."
    )

    # The same tickets as a dict, whatever its order.
    as_dict = dict(reversed(list(zip(names, data))))
    for from_list, from_dict in zip(model(data), model(as_dict)):
        assert np.allclose(from_list, from_dict, rtol=1e-4, atol=1e-5), (
            f"{call} gives other numbers for the same tickets fed as a dict than for a list."
        )


check_ticket_model(7, 3, 5)
check_ticket_model(11, 11, 2)

# %% [markdown]
# ## `compile_tickets`
#
# Write `compile_tickets(model, department_weight=1.0)`, which compiles a model with the two outputs `priority` and
# `department`:
#
# - the loss of `priority` is the mean squared error, the loss of `department` the categorical cross-entropy (its targets are one-hot
#   rows, the model returns probabilities);
# - the total is the priority loss + `department_weight` × the department loss. A weight of 0 is allowed;
# - the metrics are the mean absolute error on `priority` and the accuracy on `department`, and no others.
#
# The model is any model with outputs of these names. Models come in three kinds here: one lists `priority` first,
# another lists `department` first, the third returns a dict with these two keys. The function works for all of them, and
# for several models one after the other, which are trained side by side. The optimizer is up to you, and need not be
# returned, nor anything else.
#
# **Example.** After `compile_tickets(model, 0.5)`, a batch with a priority loss of 0.2 and a department loss of 1.4 has the
# total 0.2 + 0.5 · 1.4 = 0.9.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `compile` takes losses, weights and metrics as lists or as dicts. Only one of the two says which output it means.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# A dict for each of `loss`, `loss_weights` and `metrics`, with the names of both outputs as keys.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# In `loss_weights`, `priority` has 1.0. `loss` has the name of a loss for each output, such as `"mean_squared_error"`, and
# `metrics` a list of names.
#
# </details>


# %% task="compile_tickets" role="answer" about="a loss and a metric for each output" minutes=15 difficulty=2
def compile_tickets(model, department_weight=1.0):
    """Compile a model with the outputs priority and department.

    department_weight: factor of the department loss in the total.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer="adam",
        loss={"priority": "mean_squared_error", "department": "categorical_crossentropy"},
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mean_absolute_error"], "department": ["accuracy"]},
    )
    ### END SOLUTION


# %% task="compile_tickets" role="check" points=1
def check_compile_tickets():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    priority = layers.Dense(1, activation="sigmoid", name="priority")(inputs)
    probabilities = layers.Dense(4, activation="softmax")(inputs)
    # Keras corrects from_logits=True where it sees the softmax, so something stands between them.
    department = layers.Rescaling(1.0, name="department")(probabilities)
    model = keras.Model(inputs, [priority, department])

    generator = np.random.default_rng(0)
    x = generator.normal(size=(12, 6)).astype("float32")
    y = {
        "priority": generator.random((12, 1)).astype("float32"),
        "department": np.eye(4, dtype="float32")[generator.integers(0, 4, size=12)],
    }
    p, d = [np.asarray(output, dtype="float64") for output in model(x)]
    squared = ((p - y["priority"]) ** 2).mean()
    absolute = np.abs(p - y["priority"]).mean()
    entropy = -(y["department"] * np.log(d)).sum(axis=-1).mean()
    accuracy = (d.argmax(axis=-1) == y["department"].argmax(axis=-1)).mean()

    try:
        compile_tickets(model)
        assert model.compiled, (
            "The model is not compiled: call model.compile(…) in compile_tickets."
        )
        # As `evaluate` does with a batch, but without a graph.
        logs = model.test_step((tf.constant(x), tf.nest.map_structure(tf.constant, y)))
        logs = {name: float(value) for name, value in logs.items()}
    except AssertionError:
        raise
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        weights = (model.get_compile_config() or {}).get("loss_weights") or []
        weights = list(weights.values()) if isinstance(weights, dict) else weights
        assert all(isinstance(weight, (int, float)) for weight in weights), (
            f"compile took {weights} for loss_weights, which are its third argument: give loss_weights and "
            "metrics by name."
        )
        raise AssertionError(
            f"compile_tickets, or evaluate after it, fails with {type(error).__name__}: "
            f"{str(error)[:120]}. The targets of priority are single numbers, those of department "
            "one-hot rows. loss, loss_weights and metrics each need an entry for both outputs."
        ) from error
    total = logs["loss"]
    if not np.isclose(total, squared + entropy, rtol=1e-4):
        p_clipped = np.clip(p, 1e-7, 1 - 1e-7)
        binary = -(y["priority"] * np.log(p_clipped) + (1 - y["priority"]) * np.log(1 - p_clipped))
        exps = np.exp(d)
        from_logits = -(y["department"] * np.log(exps / exps.sum(axis=-1, keepdims=True)))
        assert not np.isclose(total, binary.mean() + entropy, rtol=1e-4), (
            "The loss on priority is the binary cross-entropy, it should be the mean squared error."
        )
        assert not np.isclose(total, absolute + entropy, rtol=1e-4), (
            "The loss on priority is the mean absolute error, it should be the mean squared error. The "
            "absolute error is its metric."
        )
        assert not np.isclose(total, squared + ((d - y["department"]) ** 2).mean(), rtol=1e-4), (
            "Both outputs have the mean squared error as loss. The department's is the categorical "
            "cross-entropy: a single loss in `loss=` is used for every output."
        )
        assert not np.isclose(total, squared + from_logits.sum(axis=-1).mean(), rtol=1e-4), (
            "The cross-entropy of department takes the outputs for logits (from_logits=True), but they "
            "are probabilities already."
        )
        assert not np.isclose(total, squared, rtol=1e-4), (
            "The total is the priority loss alone, the department loss is missing."
        )
        assert not np.isclose(total, entropy, rtol=1e-4), (
            "The total is the department loss alone, the priority loss is missing."
        )
        assert not np.isclose(total, (squared + entropy) / 2, rtol=1e-4), (
            "The total is the mean of the two losses, it should be their sum."
        )
    assert np.isclose(total, squared + entropy, rtol=1e-4), (
        f"The total loss is {total:.4f}, it should be {squared:.4f} (mean squared error of priority) + "
        f"{entropy:.4f} (categorical cross-entropy of department)."
    )
    metrics = {name: value for name, value in logs.items() if not name.endswith("loss")}
    on_priority = [value for name, value in metrics.items() if name.startswith("priority")]
    on_department = [value for name, value in metrics.items() if name.startswith("department")]
    assert any(np.isclose(value, absolute, rtol=1e-4) for value in on_priority), (
        f"The mean absolute error on priority, {absolute:.4f}, is not among the metrics {metrics}."
    )
    assert any(np.isclose(value, accuracy, rtol=1e-4) for value in on_department), (
        f"The accuracy on department, {accuracy:.4f}, is not among the metrics {metrics}."
    )
    assert len(metrics) == 2, (
        f"There are more metrics than the two asked for: {sorted(metrics)}. Mean absolute error belongs "
        "to priority, accuracy to department."
    )


check_compile_tickets()


# %% task="compile_tickets" role="hidden" points=3 tries="outputs in another order and in a dict, several weights of the department loss, the values of losses and metrics, and fit of two models"
def check_compile_tickets(kind, *cases):
    """kind: how the model gives its outputs; cases: values of department_weight, None for none."""
    keras.utils.set_random_seed(4)
    features = keras.Input((6,))
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    # Keras corrects from_logits=True where it sees the softmax, so something stands between them.
    probabilities = layers.Dense(3, activation="softmax")(features)
    department = layers.Rescaling(1.0, name="department")(probabilities)
    outputs = {
        "lists priority first": [priority, department],
        "lists department first": [department, priority],
        "returns a dict": {"priority": priority, "department": department},
    }[kind]
    model = keras.Model(features, outputs)
    generator = np.random.default_rng(5)
    model.set_weights([2 * generator.normal(size=w.shape) for w in model.get_weights()])

    x = generator.normal(size=(20, 6)).astype("float32")
    y = {
        "priority": generator.random((20, 1)).astype("float32"),
        "department": np.eye(3, dtype="float32")[generator.integers(0, 3, size=20)],
    }
    result = model(x)
    if kind == "returns a dict":
        p, d = result["priority"], result["department"]
    else:
        p, d = result if kind == "lists priority first" else result[::-1]
    p, d = np.asarray(p, dtype="float64"), np.asarray(d, dtype="float64")
    squared = ((p - y["priority"]) ** 2).mean()
    absolute = np.abs(p - y["priority"]).mean()
    entropy = -(y["department"] * np.log(d)).sum(axis=-1).mean()
    accuracy = (d.argmax(axis=-1) == y["department"].argmax(axis=-1)).mean()

    x, y = tf.constant(x), tf.nest.map_structure(tf.constant, y)
    by_name = "Use dicts with the names of the outputs as keys; lists are paired by position."
    for weight in cases:
        told = f"With a model that {kind} and " + (
            "no department_weight" if weight is None else f"department_weight={weight}"
        )
        try:
            compile_tickets(model, *([] if weight is None else [weight]))
            # As `evaluate` does with a batch, but without a graph.
            logs = model.test_step((x, y))
            logs = {name: float(value) for name, value in logs.items()}
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"{told}, compile_tickets or evaluate fails with {type(error).__name__}: "
                f"{str(error)[:120]}. {by_name} loss, loss_weights and metrics each need an "
                "entry for both outputs."
            ) from error
        w = 1.0 if weight is None else weight
        total = logs["loss"]
        if not np.isclose(total, squared + w * entropy, rtol=1e-4):
            assert not np.isclose(total, squared + entropy, rtol=1e-4), (
                f"{told}, the total is the plain sum of the two losses: department_weight has no effect. "
                "Pass it on in `loss_weights`; 0 is a weight like any other."
            )
            assert not np.isclose(total, w * squared + entropy, rtol=1e-4), (
                f"{told}, the weight went to the priority loss. {by_name} Losses in a list and "
                "loss_weights in a dict do not find each other either."
            )
            assert not np.isclose(total, w * (squared + entropy), rtol=1e-4), (
                f"{told}, both losses are multiplied by the weight; it belongs to the department alone."
            )
            assert not np.isclose(total, (squared + w * entropy) / (1 + w), rtol=1e-4), (
                f"{told}, the total is divided by the sum of the weights; it should be a plain sum."
            )
            assert w == 1 or not np.isclose(total, (1 - w) * squared + w * entropy, rtol=1e-4), (
                f"{told}, the priority loss is multiplied by 1 - {w}; its factor is always 1."
            )
        assert np.isclose(total, squared + w * entropy, rtol=1e-4), (
            f"{told}, the total loss is {total:.4f}, it should be {squared:.4f} (priority) + {w} x "
            f"{entropy:.4f} (department). Did each loss go to its own output? {by_name}"
        )
        metrics = {name: value for name, value in logs.items() if not name.endswith("loss")}
        on_priority = [value for name, value in metrics.items() if name.startswith("priority")]
        on_department = [value for name, value in metrics.items() if name.startswith("department")]
        assert any(np.isclose(value, absolute, rtol=1e-4) for value in on_priority), (
            f"{told}, the mean absolute error on priority, {absolute:.4f}, is not among the metrics "
            f"{metrics}. {by_name}"
        )
        assert any(np.isclose(value, accuracy, rtol=1e-4) for value in on_department), (
            f"{told}, the accuracy on department, {accuracy:.4f}, is not among the metrics {metrics}. "
            f"{by_name}"
        )
        assert len(metrics) == 2, f"{told}, there are more than two metrics: {sorted(metrics)}."
    return model, x, y


def check_training(*compiled):
    for model, x, y in compiled:
        before = [np.array(weight) for weight in model.get_weights()]
        try:
            for _ in range(2):  # steps as in `fit`, but without a graph
                with tf.GradientTape() as tape:
                    loss = model.compute_loss(x, y, model(x, training=True))
                weights = model.trainable_weights
                gradients = tape.gradient(loss, [weight.value for weight in weights])
                model.optimizer.apply(gradients, weights)
        except Exception as error:
            raise AssertionError(
                f"Two models were compiled, and fit fails with {type(error).__name__}: "
                f"{str(error)[:120]}. An optimizer belongs to the model that it was first used with: does "
                "compile_tickets make a new one in every call?"
            ) from error
        for old, new in zip(before, model.get_weights()):
            assert not np.array_equal(old, new), (
                "After fit, some weights have not moved: leave what is trainable as it is, and give "
                "every model an optimizer of its own."
            )


check_training(
    check_compile_tickets("lists priority first", None, 3.0),
    check_compile_tickets("lists department first", 0.25),
)
check_compile_tickets("returns a dict", 0)

# %% [markdown]
# ## `add_difficulty`
#
# The help desk wants to know how difficult a ticket is, too. Write `add_difficulty(model, num_levels=3)`. `model` is a ticket
# model: a Functional model with two outputs and a layer named `features` somewhere in it. Return a new model
#
# - with the same inputs;
# - with the old outputs in their old order and with their old names, followed by one more, named `difficulty`: a softmax over
#   `num_levels`, computed from the output of the layer `features`;
# - that reuses the old layers, not copies of them: when either model is trained, the other one moves along.
#
# The old model stays as it is.
#
# **Example.** If `model` has the outputs `priority` and `department`, the new one has `priority`, `department`, `difficulty`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A model knows its symbolic inputs and outputs, and so does each of its layers.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `model.get_layer("features").output` is the symbolic tensor that you call a new `Dense` layer on. A second `keras.Model` over
# the old inputs uses the old layers by itself.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The new output is a softmax layer, called on that tensor. The new model has one flat list of outputs: the symbolic
# tensors that the old one has, then yours.
#
# </details>


# %% task="add_difficulty" role="answer" about="a new output on old layers" minutes=15 difficulty=2
def add_difficulty(model, num_levels=3):
    """Return a model with the layers of `model` and a third output, difficulty.

    model: Functional, with a layer named features; num_levels: classes of the new softmax.
    """
    ### BEGIN SOLUTION
    features = model.get_layer("features").output
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, [*model.outputs, difficulty])
    ### END SOLUTION


# %% task="add_difficulty" role="check" points=2
def check_add_difficulty():
    keras.utils.set_random_seed(0)
    title = keras.Input((12,), name="title")
    text_body = keras.Input((12,), name="text_body")
    tags = keras.Input((4,), name="tags")
    joined = layers.Concatenate()([title, text_body, tags])
    features = layers.Dense(64, activation="relu", name="features")(joined)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(5, activation="softmax", name="department")(features)
    model = keras.Model([title, text_body, tags], [priority, department])

    generator = np.random.default_rng(0)
    tickets = [generator.normal(size=(8, width)).astype("float32") for width in (12, 12, 4)]
    before = [np.asarray(output) for output in model(tickets)]
    try:
        extended = add_difficulty(model)
    except (AttributeError, TypeError, ValueError) as error:
        raise AssertionError(
            f"add_difficulty fails with {type(error).__name__}: {str(error)[:150]}. A Functional model "
            "has no `add`. Make a second keras.Model: its inputs are all of model.inputs, its outputs "
            "all of model.outputs and a new one."
        ) from error
    assert extended is not None, "add_difficulty returned None: is a `return` missing?"
    assert isinstance(extended, keras.Model), (
        f"add_difficulty returned {type(extended).__name__}, it should return a keras.Model."
    )
    names = [tensor.name for tensor in extended.inputs]
    assert names == ["title", "text_body", "tags"], (
        f"The new model's inputs are {names}, they should be those of the old one."
    )
    outputs = extended.output if isinstance(extended.output, (list, tuple)) else []
    assert not isinstance(extended.output, dict) and not any(
        isinstance(part, (list, tuple)) for part in outputs
    ), (
        "The outputs should be one flat list: all of model.outputs one after the other, then difficulty, "
        "and no list in the list, nor a dict."
    )
    shapes = [tuple(tensor.shape) for tensor in extended.outputs]
    assert len(shapes) == 3, (
        f"The new model has {len(shapes)} outputs, it should have three: the old two and difficulty."
    )
    assert shapes == [(None, 1), (None, 5), (None, 3)], (
        f"The outputs have the shapes {shapes}, they should be [(None, 1), (None, 5), (None, 3)]: the "
        "old outputs first, then difficulty with its 3 levels."
    )
    assert extended.output_names[-1] == "difficulty", (
        f"The outputs are named {list(extended.output_names)}, the last should be named difficulty."
    )
    assert list(extended.output_names[:2]) == ["priority", "department"], (
        f"The outputs are named {list(extended.output_names)}: the old two have lost their names, by which "
        "losses and targets find them. A model that is called is one layer, named after itself; use the "
        "symbolic outputs that it has already."
    )
    result = [np.asarray(output, dtype="float64") for output in extended(tickets)]
    for name, old, new in zip(["priority", "department"], before, result):
        assert np.allclose(old, new, rtol=1e-4, atol=1e-5), (
            f"The new model gives another {name} than the old one for the same tickets. Use the old "
            "outputs; new layers start from new weights."
        )
    assert (result[-1] >= 0).all() and np.allclose(result[-1].sum(axis=-1), 1, atol=1e-5), (
        "The difficulty of one ticket should be probabilities: not negative, with a sum of 1. Is its "
        f"activation softmax? The first row sums to {result[-1][0].sum():.3f}."
    )


check_add_difficulty()


# %% task="add_difficulty" role="hidden" points=2 tries="other numbers of levels, tickets fed as a list and as a dict, whether the old model keeps its outputs, and whether the two models share their layers"
def check_add_difficulty(with_hidden_layer, *num_levels):
    """with_hidden_layer: more layers before and after features, so that it has another position."""
    keras.utils.set_random_seed(6)
    inputs = [keras.Input((w,), name=n) for n, w in [("title", 9), ("text_body", 9), ("tags", 2)]]
    h = layers.Concatenate(name="joined")(inputs)
    if with_hidden_layer:
        h = layers.Dense(16, activation="tanh", name="first")(h)
    h = layers.Dense(64, activation="relu", name="features")(h)
    if with_hidden_layer:
        h = layers.Dense(8, activation="tanh", name="second")(h)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(h)
    department = layers.Dense(4, activation="softmax", name="department")(h)
    model = keras.Model(inputs, [priority, department])
    number_of_weights = len(model.weights)

    generator = np.random.default_rng(7)
    data = [generator.normal(size=(10, width)).astype("float32") for width in (9, 9, 2)]
    before = [np.asarray(output) for output in model(data)]
    extended = add_difficulty(model, *num_levels)
    levels = num_levels[0] if num_levels else 3
    assert tuple(extended.outputs[-1].shape) == (None, levels), (
        f"With num_levels={levels}, difficulty has the shape {tuple(extended.outputs[-1].shape)}, "
        f"it should be (None, {levels})."
    )
    assert len(model.outputs) == 2 and len(model.weights) == number_of_weights, (
        "The old model has changed: it should keep its two outputs and its weights."
    )
    assert all(np.allclose(a, b) for a, b in zip(before, model(data))), (
        "add_difficulty changed what the old model returns."
    )
    old = {id(weight) for weight in model.weights}
    shared = sum(id(weight) in old for weight in extended.weights)
    assert shared == number_of_weights, (
        f"Of the old model's {number_of_weights} weights the new one has {shared}; the rest are "
        "copies. Two models that share layers share the weights themselves: build the new model "
        "from the old one's inputs, outputs and layers, without cloning or loading."
    )

    # The same tickets as a list and as a dict.
    as_dict = dict(zip(["title", "text_body", "tags"], data))
    for from_list, from_dict in zip(extended(data), extended(as_dict)):
        assert np.allclose(from_list, from_dict, rtol=1e-4, atol=1e-5), (
            "The new model gives other numbers for the same tickets fed as a dict."
        )

    # Difficulty depends on features and on nothing else of the old model.
    weights = model.get_weights()
    unchanged = np.asarray(extended(data)[-1])
    for name in ["second", "priority", "department"] if with_hidden_layer else ["priority"]:
        layer = model.get_layer(name)
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    assert np.allclose(extended(data)[-1], unchanged, rtol=1e-4, atol=1e-5), (
        "The difficulty changes when layers after features change. Compute it from the output of "
        "the layer named features, found by its name: positions differ between models."
    )
    layer = model.get_layer("features")
    kernel, bias = layer.get_weights()
    layer.set_weights([np.zeros_like(kernel), generator.random(64) * 3])
    constant = np.asarray(extended(data)[-1])
    assert np.allclose(constant, constant[:1], rtol=1e-4, atol=1e-5), (
        "With constant features the difficulty still differs between tickets: it is not computed "
        "from the output of the layer features, but from something before it, or from a copy."
    )
    assert not np.allclose(constant, unchanged, atol=1e-5), (
        "Other features, the same difficulty: compute it from the output of the layer features."
    )

    # Training either model moves the other.
    def train(model, loss_of):
        """Make a step of gradient descent, as `fit` does: it moves what is trainable."""
        with tf.GradientTape() as tape:
            loss = loss_of(model(data, training=True))
        weights = [weight.value for weight in model.trainable_weights]
        for weight, gradient in zip(weights, tape.gradient(loss, weights)):
            if gradient is not None:
                weight.assign_sub(0.5 * gradient)

    model.set_weights(weights)
    train(extended, lambda outputs: -ops.mean(ops.log(outputs[-1][:, 1])))
    assert not np.allclose(before[0], model(data)[0], atol=1e-6), (
        "After training the new model on difficulty, the old model returns what it did before. The "
        "layers up to features should be the same layers, trainable, and the gradient of "
        "difficulty should reach them."
    )
    unmoved = np.asarray(extended(data)[-1])
    train(model, lambda outputs: ops.mean(ops.square(outputs[0] - 1)))
    assert not np.allclose(unmoved, extended(data)[-1], atol=1e-6), (
        "After training the old model, the difficulty is what it was before. It should come from "
        "the layer features, which was trained."
    )


check_add_difficulty(False)
check_add_difficulty(True, 5)

# %% [markdown]
# ## `activations`
#
# What a layer returns is called its *activations*. Write `activations(model, layer_names)`: a model from the same inputs as
# `model`, whose outputs (`.outputs`) are the outputs of the layers named in the list `layer_names`, in the order of that
# list, which stays as it is. It uses the layers of `model`, so that it always shows the present state of `model`.
#
# - Called with several names, the new model returns a list with one entry per name. With one name, a list of one or that one
#   tensor, whichever you prefer.
# - A name that no layer bears raises a `ValueError`.
#
# `model` is Functional and may have several inputs.
#
# **Example.** `activations(ticket_model, ["department", "features"])` returns, for 8 tickets, a list of two arrays of the shapes
# `(8, 4)` and `(8, 64)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The chapter draws what convolution layers see. It needs such a model first.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# For each name, in the given order: find the layer, take its symbolic output. What does `get_layer` do if there is no such layer?
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# That makes a flat list with one symbolic tensor for each name. A new model runs from all inputs of `model` to them.
#
# </details>


# %% task="activations" role="answer" about="a look at the layers inside" minutes=12 difficulty=2
def activations(model, layer_names):
    """Return a model from the inputs of `model` to the outputs of the named layers.

    model: Functional; layer_names: list of names, in the order wanted.
    Raises ValueError for an unknown name.
    """
    ### BEGIN SOLUTION
    outputs = [model.get_layer(name).output for name in layer_names]
    return keras.Model(model.inputs, outputs)
    ### END SOLUTION


# %% task="activations" role="check" points=1
import warnings


def check_activations():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,), name="numbers")
    first = layers.Dense(6, activation="relu", name="first")(inputs)
    second = layers.Dense(3, activation="tanh", name="second")(first)
    model = keras.Model(inputs, layers.Dense(1, name="last")(second))

    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    first = np.asarray(model.get_layer("first")(x))
    second = np.asarray(model.get_layer("second")(first))

    result = activations(model, ["second", "first"])
    assert result is not None, "activations returned None: is a `return` missing?"
    assert isinstance(result, keras.Model), (
        f"activations returned {type(result).__name__}, it should return a keras.Model."
    )
    assert not isinstance(result.output, dict), (
        "The outputs were given to keras.Model as a dict, so the model returns a dict, in the order of "
        "its keys: give them as a list."
    )
    outputs = result.output if isinstance(result.output, (list, tuple)) else []
    assert not any(isinstance(part, (list, tuple)) for part in outputs), (
        "The outputs were given to keras.Model as a list in a list: give one flat list."
    )
    shapes = [tuple(tensor.shape) for tensor in result.outputs]
    assert len(shapes) == 2, (
        f"For two names the model has {len(shapes)} outputs: {shapes}. There should be one per name, "
        "and no others."
    )
    assert shapes != [(None, 6), (None, 3)], (
        "For the names ['second', 'first'] the outputs come as first, second: the order should be that "
        "of the list, not that of the layers in the model."
    )
    assert shapes == [(None, 3), (None, 6)], (
        f"For the names ['second', 'first'] the outputs have the shapes {shapes}, they should be "
        "[(None, 3), (None, 6)]: what each layer returns, not what it is fed."
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one array for a list of one input is fine here
        values = result(x)
    assert isinstance(values, list | tuple), (
        f"For two names the model returns a {type(values).__name__}, it should return a list."
    )
    for name, expected, value in zip(["second", "first"], [second, first], values):
        assert np.allclose(np.asarray(value), expected, rtol=1e-4, atol=1e-5), (
            f"The activations of {name} are not what the layer of `model` returns for this input. Are "
            "the layers of `model` used, not new ones or copies?"
        )


check_activations()

# %% task="activations" role="hidden" points=2 tries="other models and orders of names, models with several inputs, weights that change, and unknown names"
import warnings


def check_activations(model, layer_names, x, expected):
    """expected: function from the present weights of `model` to a list of arrays."""
    told = f"activations(model, {layer_names})"
    try:
        given = list(layer_names)
        result = activations(model, given)
    except ValueError as error:
        raise AssertionError(
            f"{told} fails: {str(error)[:150]}. The model has these layers. The inputs of the new "
            "model are all of the model's inputs."
        ) from error
    assert given == layer_names, (
        f"The list of names was {layer_names}, after the call it is {given}."
    )
    names = [tensor.name for tensor in result.inputs]
    wanted = [tensor.name for tensor in model.inputs]
    assert names == wanted, (
        f"{told} has the inputs {names}, it should have those of the model, all of them: {wanted}."
    )
    assert len(result.outputs) == len(layer_names), (
        f"{told} has {len(result.outputs)} outputs, it should have {len(layer_names)}."
    )
    generator = np.random.default_rng(8)
    for moment in ["as the model was given", "after the model's weights changed"]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one array for a list of one input is fine here
            values = result(x)
        if len(layer_names) == 1 and not isinstance(values, list | tuple):
            values = [values]
        assert isinstance(values, list | tuple), (
            f"{told} returns a {type(values).__name__} when called, it should be a list."
        )
        assert len(values) == len(layer_names), (
            f"{told} returns {len(values)} arrays, it should return {len(layer_names)}."
        )
        for name, value, wanted in zip(layer_names, values, expected()):
            value = np.asarray(value, dtype="float64")
            assert value.shape == wanted.shape and np.allclose(
                value, wanted, rtol=1e-4, atol=1e-5
            ), (
                f"{told}, {moment}: entry {name!r} is not what that layer returns. The outputs come "
                "in the order of the names, from the layers of `model` themselves, not from copies."
            )
        model.set_weights([generator.normal(size=w.shape) for w in model.get_weights()])


def check_stack_of_three():
    keras.utils.set_random_seed(9)
    x = np.random.default_rng(9).normal(size=(7, 5)).astype("float32")
    # All layers are equally wide, so that only the values tell them apart.
    h = inputs = keras.Input((5,), name="numbers")
    for name, activation in [("first", "relu"), ("second", "tanh"), ("third", None)]:
        h = layers.Dense(5, activation=activation, name=name)(h)
    stack = keras.Model(inputs, h)

    def by_layers(names):
        h, found = x, {}
        for layer in stack.layers[1:]:
            h = found[layer.name] = np.asarray(layer(h))
        return [found[name] for name in names]

    for names in [["third", "first", "second"], ["second"], ["first", "third"]]:
        check_activations(stack, names, x, lambda names=names: by_layers(names))

    for names in [["fourth"], ["first", "fourth", "second"]]:
        told = f"activations(model, {names}): no layer is named 'fourth', which should raise a "
        try:
            activations(stack, names)
        except ValueError:
            continue
        except Exception as error:
            raise AssertionError(f"{told}ValueError; it raised {type(error).__name__}.") from error
        raise AssertionError(f"{told}ValueError; nothing was raised.")


def check_two_inputs():
    """One of the layers depends on one of the two inputs only."""
    keras.utils.set_random_seed(9)
    left, right = keras.Input((5,), name="left"), keras.Input((2,), name="right")
    dense_right = layers.Dense(3, activation="relu", name="dense_right")
    dense_both = layers.Dense(4, name="dense_both")
    joined = layers.Concatenate(name="joined")([left, dense_right(right)])
    model = keras.Model([left, right], dense_both(joined))
    generator = np.random.default_rng(10)
    data = [generator.normal(size=(7, width)).astype("float32") for width in (5, 2)]

    def by_layers():
        h = np.asarray(dense_right(data[1]))
        return [np.asarray(dense_both(np.concatenate([data[0], h], axis=1))), h]

    check_activations(model, ["dense_both", "dense_right"], data, by_layers)
    check_activations(model, ["dense_right"], data, lambda: by_layers()[1:])


check_stack_of_three()
check_two_inputs()

# %% [markdown]
# ## `siamese_distance`
#
# How unlike are two images? Embed both with the *same* network, and measure how far apart the embeddings are. Write
# `siamese_distance(embedding)`, where `embedding` is a Functional model with one input, which returns one vector per
# sample. Return a model
#
# - with two inputs, each shaped like the input of `embedding`;
# - whose output, of shape `(batch, 1)`, is the Euclidean distance of the two embeddings: the square root of the sum of the
#   squared differences;
# - with exactly the weights of `embedding`, once, and no others;
# - that is safe where both inputs are equal: there the distance is at most 0.001, and its gradient is finite, also in a
#   graph that is compiled by XLA (`jit_compile=True`). (The slope of the square root at 0 is infinite.)
#
# **Example.** If `embedding` maps two samples to `[0, 0]` and `[3, 4]`, their distance is `[[5.0]]`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A model can be called like a layer, as often as you like. It brings its weights along each time.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Two `keras.Input` of the shape `embedding.input_shape[1:]`, `embedding` called on each, and `keras.ops` for the distance. `keepdims=True`
# keeps the last axis. Keep what goes into the square root away from 0 by a tiny number.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `ops.square`, `ops.sum` and `ops.sqrt` of the difference give the distance. `ops.maximum(…, 1e-7)` belongs to one of the three
# steps: to the one whose slope is infinite, and to what goes into it. The model takes both inputs to the result.
#
# </details>


# %% task="siamese_distance" role="answer" about="one set of weights, used twice" minutes=20 difficulty=3
def siamese_distance(embedding):
    """Return a model of two inputs that gives the distance of their embeddings, (batch, 1).

    embedding: model with one input that returns a vector per sample.
    """
    ### BEGIN SOLUTION
    left = keras.Input(embedding.input_shape[1:])
    right = keras.Input(embedding.input_shape[1:])
    difference = embedding(left) - embedding(right)
    squared = ops.sum(ops.square(difference), axis=-1, keepdims=True)
    return keras.Model([left, right], ops.sqrt(ops.maximum(squared, 1e-7)))
    ### END SOLUTION


# %% task="siamese_distance" role="check" points=1
def check_siamese_distance():
    keras.utils.set_random_seed(0)
    numbers = keras.Input((5,))
    embedding = keras.Model(numbers, layers.Dense(4, activation="tanh")(numbers))
    try:
        model = siamese_distance(embedding)
    except ValueError as error:
        raise AssertionError(
            f"siamese_distance fails: {str(error)[:150]}. Call the same `embedding` on both inputs; a "
            "copy has weights of its own and the same name."
        ) from error
    assert model is not None, "siamese_distance returned None: is a `return` missing?"
    assert isinstance(model, keras.Model), (
        f"siamese_distance returned {type(model).__name__}, it should return a keras.Model."
    )
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    assert shapes == [(None, 5), (None, 5)], (
        f"The inputs have the shapes {shapes}, they should be [(None, 5), (None, 5)]: two, each shaped "
        "like the input of `embedding`."
    )
    assert len(model.weights) == len(embedding.weights), (
        f"`embedding` has {len(embedding.weights)} weight arrays, the model has {len(model.weights)}. "
        "There should be one set of weights: the same `embedding` called on both inputs, no copy and no "
        "layer of its own."
    )
    generator = np.random.default_rng(0)
    a, b = (generator.normal(size=(6, 5)).astype("float32") for _ in range(2))
    # A model of the inputs as a dict takes a dict; the distance is the same both ways round.
    result = np.asarray(model(keras.tree.pack_sequence_as(model.input, [a, b])), dtype="float64")
    difference = np.asarray(embedding(a), dtype="float64") - np.asarray(embedding(b))
    squared = (difference**2).sum(axis=-1, keepdims=True)
    assert result.shape != (6,), (
        "For 6 pairs the output has the shape (6,), it should be (6, 1): sum with keepdims=True."
    )
    assert result.shape == (6, 1), (
        f"For 6 pairs the output has the shape {result.shape}, it should be (6, 1): one distance per "
        "pair, summed over the last axis."
    )
    assert not np.allclose(result, squared, rtol=1e-3), (
        "The output is the squared distance: the square root is missing."
    )
    assert not np.allclose(result, np.abs(difference).sum(axis=-1, keepdims=True), rtol=1e-3), (
        "The output is the sum of the absolute differences. The Euclidean distance is the root of the "
        "sum of their squares."
    )
    assert not np.allclose(result, np.sqrt(squared / 4), rtol=1e-3), (
        "The output is the root of the *mean* of the squared differences, it should be their sum."
    )
    assert np.allclose(result, np.sqrt(squared), rtol=1e-4, atol=1e-5), (
        f"The distance of the first pair is {result[0, 0]:.4f}, it should be "
        f"{np.sqrt(squared[0, 0]):.4f}: the root of the sum of the squared differences of the two "
        "embeddings."
    )
    assert [tuple(tensor.shape) for tensor in model.outputs] == [(None, 1)], (
        f"The model announces an output of the shape {tuple(model.outputs[0].shape)}, it should be "
        "(None, 1), as what it returns."
    )


check_siamese_distance()


# %% task="siamese_distance" role="hidden" points=1 tries="images as inputs, many pairs, equal inputs and their gradients, also under XLA"
def check_siamese_distance():
    keras.utils.set_random_seed(10)
    pixels = keras.Input((4, 4, 1))
    h = layers.Conv2D(3, 2, activation="relu")(pixels)
    vectors = layers.Dense(6)(layers.Flatten()(h))
    embedding = keras.Model(pixels, vectors)
    model = siamese_distance(embedding)
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    assert shapes == [(None, 4, 4, 1)] * 2, (
        f"For images of shape (4, 4, 1) the inputs have the shapes {shapes}, they should be "
        "[(None, 4, 4, 1), (None, 4, 4, 1)]."
    )
    assert {id(w) for w in model.weights} == {id(w) for w in embedding.weights}, (
        "The model's weights are not those of `embedding`: call `embedding` itself, not a copy of it."
    )
    generator = np.random.default_rng(11)
    embedding.set_weights([generator.normal(size=w.shape) for w in embedding.get_weights()])
    a, b = (generator.normal(size=(9, 4, 4, 1)).astype("float32") for _ in range(2))
    difference = np.asarray(embedding(a), dtype="float64") - np.asarray(embedding(b))
    expected = np.sqrt((difference**2).sum(axis=-1, keepdims=True))
    result = np.asarray(model(keras.tree.pack_sequence_as(model.input, [a, b])), dtype="float64")
    assert result.shape == (9, 1), (
        f"For 9 pairs the output has the shape {result.shape}, it should be (9, 1)."
    )
    assert np.allclose(result, expected, rtol=1e-4, atol=1e-5), (
        f"The distance of the first pair is {result[0, 0]:.4f}, it should be {expected[0, 0]:.4f}: the "
        "Euclidean distance of the two embeddings, with the present weights of `embedding`."
    )

    # Equal inputs, alone and among others; a small embedding, since XLA takes its time to compile.
    vectors = keras.Input((3,))
    embedding = keras.Model(vectors, layers.Dense(2)(vectors))
    model = siamese_distance(embedding)
    a, b = a[:, 0, :3, 0], b[:, 0, :3, 0]
    some_equal = np.concatenate([a[:4], b[4:]])

    def gradients(left, right, sources=()):
        with tf.GradientTape() as tape:
            tape.watch([left, right])
            distance = model(keras.tree.pack_sequence_as(model.input, [left, right]))
            total = tf.reduce_sum(distance)
        return distance, tape.gradient(total, [left, *sources])

    # What XLA compiles takes long, so it is no more than the gradient of one input.
    compiled = tf.function(gradients, jit_compile=True, autograph=False)
    for function, right in [(gradients, a), (gradients, some_equal), (compiled, some_equal)]:
        where = " in a graph that XLA compiles" if function is compiled else ""
        left, right = tf.constant(a), tf.constant(right)
        more = [] if function is compiled else [[right, *embedding.trainable_variables]]
        distance, found = function(left, right, *more)
        largest = float(tf.reduce_max(distance[:4]))
        assert largest <= 0.001001, (
            f"Where both inputs are equal the distance is {largest:.4f}, it should be at most 0.001: "
            "the number that keeps the root away from 0 is too large (it goes under the root)."
        )
        for gradient in found:
            assert gradient is not None, "The distance has no gradient with respect to its inputs."
            assert np.isfinite(np.asarray(gradient)).all(), (
                f"Where both inputs are equal the gradient is not finite{where}: the slope of the square "
                "root at 0 is infinite, even where the root itself is replaced afterwards. Keep the number *under* the root away from 0, for instance with "
                "ops.maximum(squared, 1e-7)."
            )


check_siamese_distance()

# %% [markdown]
# ## `residual_block`
#
# A *residual block* adds what comes in to what it has computed, so that it only has to learn the difference. Write
# `residual_block(x, units)`. `x` is a symbolic tensor of shape `(None, d)`; return the symbolic tensor
#
# $$\text{relu}\big(\text{Dense}_2(\text{relu}(\text{Dense}_1(x))) + \text{skip}\big)$$
#
# - `Dense₁` and `Dense₂` are two layers with `units` units and a bias;
# - `skip` is `x` itself if `d == units`. If not, it is a third `Dense` layer with `units` units on `x`, linear and without
#   bias, which makes the widths agree;
# - every call makes layers of its own.
#
# **Example.** `residual_block(keras.Input((8,)), 8)` has the shape `(None, 8)` and 4 weight arrays behind it; with 16 units it has
# the shape `(None, 16)` and 5.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A layer that is called on a tensor does not use it up: `x` can be used again further down.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Two Dense layers one after the other, the first with ReLU, the second without: the second ReLU comes after the addition. `x.shape[-1]`
# is d.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Two ways lead from `x` to the addition: one through both layers, one past them. The second is `x` as it is, or, where
# `x.shape[-1]` is not `units`, one more layer called on `x`. `ops.relu` or `layers.ReLU()` takes the sum.
#
# </details>


# %% task="residual_block" role="answer" about="a link that skips two layers" minutes=20 difficulty=2
def residual_block(x, units):
    """Return relu(Dense(relu(Dense(x))) + skip), a symbolic tensor of shape (None, units).

    x: symbolic tensor of shape (None, d); skip is x, or a linear map of it without bias if
    d is not units.
    """
    ### BEGIN SOLUTION
    h = layers.Dense(units, activation="relu")(x)
    h = layers.Dense(units)(h)
    skip = x if x.shape[-1] == units else layers.Dense(units, use_bias=False)(x)
    return layers.ReLU()(layers.Add()([h, skip]))
    ### END SOLUTION


# %% task="residual_block" role="check" points=1
def check_residual_block():
    x = keras.Input((8,))
    y = residual_block(x, 8)
    assert y is not None, "residual_block returned None: is a `return` missing?"
    assert isinstance(y, keras.KerasTensor), (
        f"residual_block returned {type(y).__name__}, it should return a symbolic tensor: the last "
        "layer, called on something."
    )
    assert tuple(y.shape) == (None, 8), (
        f"The output has the shape {tuple(y.shape)}, it should be (None, 8). The skip is added, not "
        "concatenated."
    )
    block = keras.Model(x, y)
    shapes = sorted(tuple(weight.shape) for weight in block.weights)
    assert shapes != [(8,), (8, 8)], (
        "There is one Dense layer in the block. It takes two, each with its own weights."
    )
    assert shapes != [(8,), (8,), (8, 8), (8, 8), (8, 8)], (
        "Width 8 in, 8 units: there are three kernels. Where the widths agree, the skip is x itself."
    )
    assert shapes == [(8,), (8,), (8, 8), (8, 8)], (
        f"Width 8 in, 8 units: the weights have the shapes {shapes}; two Dense layers with bias have "
        "[(8,), (8,), (8, 8), (8, 8)], and the skip has none."
    )
    # Without weights nothing is left of the two layers but the skip.
    block.set_weights([np.zeros_like(weight) for weight in block.get_weights()])
    values = np.array([[-4.0, -3, -2, -1, 1, 2, 3, 4]], dtype="float32")
    result = np.asarray(block(values), dtype="float64")
    assert not np.allclose(result, 0), (
        "With all weights at zero the block returns zeros: x does not get past the two layers. Add it "
        "to their output."
    )
    assert not np.allclose(result, values), (
        "With all weights at zero the block returns x, negative numbers included: ReLU comes after the "
        "addition."
    )
    assert np.allclose(result, np.maximum(values, 0)), (
        f"With all weights at zero the block should return relu(x); for {values[0]} it returned "
        f"{result[0]}."
    )


check_residual_block()

# %% task="residual_block" role="hidden" points=2 tries="inputs as wide as the block and others, where each ReLU stands, biases, training mode, a width of one, and two blocks in one model"
import itertools


def relu_by_numpy(values):
    return np.maximum(values, 0)


def check_residual_block(width, units):
    told = f"residual_block with d = {width} and {units} units"
    keras.utils.set_random_seed(12)
    x = keras.Input((width,))
    try:
        y = residual_block(x, units)
    except ValueError as error:
        raise AssertionError(
            f"{told} fails: {str(error)[:150]}. x cannot be added where the widths differ; a third "
            "Dense layer, linear and without bias, brings it to the right width."
        ) from error
    assert tuple(y.shape) == (None, units), (
        f"{told} has the shape {tuple(y.shape)}, it should be (None, {units})."
    )
    block = keras.Model(x, y)
    shapes = [tuple(weight.shape) for weight in block.weights]
    wanted = [(width, units), (units,), (units, units), (units,)]
    wanted += [(width, units)] if width != units else []
    if width != units:
        assert shapes.count((units,)) != 3, (
            f"{told} has three biases: the layer that brings x to the right width has none "
            "(use_bias=False)."
        )
        assert shapes.count((width, units)) == 2, (
            f"{told} has weights of the shapes {shapes}. Two layers start from x: the first of the "
            f"two Dense layers, and the one that brings the skip from {width} to {units} numbers."
        )
    assert sorted(shapes) == sorted(wanted), (
        f"{told} has weights of the shapes {shapes}, they should be {wanted}."
    )

    # Arrays of the same shape may be listed in any order: try them all.
    generator = np.random.default_rng(13)
    values = [generator.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]
    block.set_weights(values)
    data = 2 * generator.normal(size=(10, width)).astype("float32")
    result = np.asarray(block(data), dtype="float64")
    in_training = np.asarray(block(data, training=True), dtype="float64")
    assert np.allclose(result, in_training, rtol=1e-4, atol=1e-5), (
        f"{told} gives other numbers with training=True. There should be nothing in it but Dense, "
        "ReLU and an addition."
    )
    kernels = [value for value in values if value.ndim == 2]
    biases = [value for value in values if value.ndim == 1]

    def agrees(formula):
        for order in itertools.permutations(kernels):
            if [k.shape for k in order] != [shape for shape in wanted if len(shape) == 2]:
                continue
            for b1, b2 in itertools.permutations(biases):
                k1, k2 = order[:2]
                skip = data @ order[2] if width != units else data
                if np.allclose(result, formula(k1, b1, k2, b2, skip), rtol=1e-4, atol=1e-5):
                    return True
        return False

    if agrees(
        lambda k1, b1, k2, b2, skip: relu_by_numpy(relu_by_numpy(data @ k1 + b1) @ k2 + b2 + skip)
    ):
        return
    assert not agrees(
        lambda k1, b1, k2, b2, skip: relu_by_numpy(data @ k1 + b1) @ k2 + b2 + skip
    ), f"{told} can return negative numbers: the ReLU after the addition is missing."
    assert not agrees(
        lambda k1, b1, k2, b2, skip: relu_by_numpy(relu_by_numpy(data @ k1 + b1) @ k2 + b2) + skip
    ), f"{told} adds the skip after the second ReLU. Add first; then ReLU."
    assert not agrees(
        lambda k1, b1, k2, b2, skip: relu_by_numpy(
            relu_by_numpy(relu_by_numpy(data @ k1 + b1) @ k2 + b2) + skip
        )
    ), f"{told} has a ReLU on the second Dense layer too. It has none: ReLU follows the addition."
    assert not agrees(
        lambda k1, b1, k2, b2, skip: relu_by_numpy((data @ k1 + b1) @ k2 + b2 + skip)
    ), f"{told} has no ReLU between the two Dense layers."
    assert not agrees(
        lambda k1, b1, k2, b2, skip: relu_by_numpy(
            relu_by_numpy(data @ k1 + b1) @ k2 + b2 + relu_by_numpy(skip)
        )
    ), f"{told} applies ReLU to the skip before it is added. The skip is linear."
    raise AssertionError(
        f"{told} does not compute relu(Dense(relu(Dense(x))) + skip). Which tensor is each layer "
        "called on, and where are the two ReLUs?"
    )


def check_own_layers():
    """Every call makes its own layers, and x may come from a layer."""
    inputs = keras.Input((7,))
    x = layers.Dense(3, name="before")(inputs)
    models = [keras.Model(inputs, residual_block(x, 5)) for _ in range(2)]
    common = set.intersection(*[{id(weight) for weight in model.weights} for model in models])
    assert common == {id(weight) for weight in models[0].get_layer("before").weights}, (
        "Two calls of residual_block share weights: make the layers inside the function, so that "
        "each block has its own."
    )


check_residual_block(6, 6)
check_residual_block(9, 4)
# One number is added to any others without an error, and is not what is asked for.
check_residual_block(1, 5)
check_residual_block(4, 1)
check_own_layers()
