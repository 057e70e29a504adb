# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Assignment 12 · Bank churn
#
# {{ colab_badge }}
#
# {{ counts }}, to go with [chapter 12](../../notebooks/12_churn.ipynb). Together they are a small project: from a
# file of customers to a file of predictions. The tasks do not depend on each other: do them in any order.
#
# {{ tasks }}
#
# **How it works.** Replace the line `raise NotImplementedError(…)` by your code, run the cell, then run
# the check below it, which is folded to one line: a click there shows its tests. A check that passes says what
# the hidden tests will try beyond it when your work is graded; one that does not tells you what is wrong.
# Stuck? Each task has three hints. Open one at a time.

# %%
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

# Warnings go to stdout: nbgrader takes whatever a test cell writes to stderr for a failure.
warnings.showwarning = lambda message, category, *place: print(f"{category.__name__}: {message}")
tf.get_logger().setLevel("ERROR")

# %% [markdown]
# The next cell gets the sample: 12,000 **synthetic** customers in the schema of Kaggle's
# [Playground Series S4E1](https://www.kaggle.com/competitions/playground-series-s4e1). `Exited` is the target.
#
# `features` turns a table into what a Keras model is fed: a dictionary with one array of shape `(n,)` per feature, strings
# for `Geography` and `Gender`, `float32` for the others. An empty flag is NaN.

# %%
DATA = "{{ data }}keras/datasets/bank-churn/"
FEATURES = ["CreditScore", "Geography", "Gender", "Age", "Tenure", "Balance"]
FEATURES += ["NumOfProducts", "HasCrCard", "IsActiveMember", "EstimatedSalary"]
STRINGS = ["Geography", "Gender"]


def churn_file(name):
    """Path of a file of the sample: beside this notebook, else downloaded once."""
    if Path(name).exists():
        return name
    try:
        return keras.utils.get_file(name, origin=DATA + name, cache_subdir="datasets/bank-churn")
    except Exception:
        raise FileNotFoundError(
            f"{name} cannot be downloaded here. Put it beside this notebook (in Colab: drag it into the "
            "panel Files) and run this cell again. The course has it in data/keras/datasets/bank-churn/."
        ) from None


def features(frame):
    """The ten features as a dict of arrays of shape (n,), ready for a Keras model."""
    return {
        name: frame[name].to_numpy(object if name in STRINGS else "float32") for name in FEATURES
    }


customers = pd.read_csv(churn_file("sample.csv"))
customers.head()

# %% [markdown]
# ## `load_churn`
#
# Write `load_churn(path)`, which reads the CSV file at `path` into a `pandas.DataFrame`, rows and columns in the
# order of the file, and refuses a table that cannot be right. It checks, in this order:
#
# 1. the columns `id, CustomerId, Surname, CreditScore, Geography, Gender, Age, Tenure, Balance, NumOfProducts, HasCrCard,
#    IsActiveMember, EstimatedSalary` are there (`Exited` may be missing: Kaggle's test file has none);
# 2. every `id` occurs once (`CustomerId` and `Surname` may repeat);
# 3. `Age` is from 18 to 100;
# 4. `Balance` is not negative;
# 5. `HasCrCard`, then `IsActiveMember`, is 0, 1 or empty;
# 6. `Exited`, if it is there, is 0 or 1.
#
# Each check is made on all rows before the next begins. The first that fails is raised as a `ValueError`, whose message names
# *all* the columns that are missing, or else the column and the `id` of the first bad row in file order. (Of an `id` that
# occurs twice, the second row is the bad one.) The columns of checks 3 to 6 hold numbers or nothing; you need not look for text. Whether an
# empty `Age` or `Balance` is refused is up to you.
#
# **Example.** If the customer with `id` 7013 is 17 years old: `ValueError: Age is not from 18 to 100 (id 7013)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Each check gives one boolean per row: is this row bad? The rest is the same for all of them.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Write a small function that takes a column's name and a boolean Series, and raises if any entry is true.
# `frame["id"].duplicated()`, `~frame["Age"].between(18, 100)`, `frame["HasCrCard"].isin([0, 1])` and `isna()` give the
# Series.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `frame.loc[bad, "id"]` holds the ids of the bad rows, in file order: which one does the message need? Call the function once per
# check, in the order of the list.
#
# </details>


# %% task="load_churn" role="answer" about="a table that is checked before it is used" minutes=30 difficulty=2
def load_churn(path):
    """Read a CSV of customers and check it.

    Returns a DataFrame in the order of the file. Raises ValueError naming the missing columns,
    or the column and the id of the first bad row.
    """
    ### BEGIN SOLUTION
    required = ["id", "CustomerId", "Surname", *FEATURES]
    frame = pd.read_csv(path)
    missing = [name for name in required if name not in frame.columns]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}")

    def refuse(column, bad, reason):
        if bad.any():
            raise ValueError(f"{column} {reason} (id {frame.loc[bad, 'id'].iloc[0]})")

    refuse("id", frame["id"].duplicated(), "occurs more than once")
    refuse("Age", ~frame["Age"].between(18, 100), "is not from 18 to 100")
    refuse("Balance", ~(frame["Balance"] >= 0), "is negative")
    for flag in ["HasCrCard", "IsActiveMember"]:
        refuse(flag, ~(frame[flag].isin([0, 1]) | frame[flag].isna()), "is not 0, 1 or empty")
    if "Exited" in frame.columns:
        refuse("Exited", ~frame["Exited"].isin([0, 1]), "is not 0 or 1")
    return frame
    ### END SOLUTION


# %% task="load_churn" role="check" points=1
path = Path(tempfile.mkdtemp()) / "customers.csv"
customers.iloc[100:130].to_csv(path, index=False)
frame = load_churn(path)
assert isinstance(frame, pd.DataFrame), (
    f"load_churn returned {type(frame).__name__}, it should return a pandas.DataFrame."
)
assert list(frame.columns) == list(customers.columns), (
    f"The columns are {list(frame.columns)}; keep all columns of the file in their order."
)
assert list(frame["id"]) == list(customers["id"].iloc[100:130]), (
    "The rows are not those of the file in its order."
)

bad = customers.iloc[100:130].copy()
bad.loc[bad.index[7], "Age"] = 17.0
bad.to_csv(path, index=False)
wanted = str(bad["id"].iloc[7])
try:
    load_churn(path)
except ValueError as error:
    message = str(error)
else:
    raise AssertionError("A customer of 17 was accepted; Age is from 18 to 100, else ValueError.")
assert "Age" in message, f"The message {message!r} does not name the column, Age."
assert wanted in message, (
    f"The message {message!r} does not name the id of the bad row, {wanted}. The id stands in the "
    "column `id`; it is not the row number."
)

# %% task="load_churn" role="hidden" points=2 tries="every column missing, every kind of bad value, the order of the checks, the words of the errors, and tables that are right"
import re

required = ["id", "CustomerId", "Surname", *FEATURES]
path = Path(tempfile.mkdtemp()) / "customers.csv"
base = customers.iloc[500:540].reset_index(drop=True)
base["id"] = [90_001 + 37 * (i * 11 % 40) for i in range(40)]  # not sorted
base[["HasCrCard", "IsActiveMember"]] = base[["HasCrCard", "IsActiveMember"]].fillna(1.0)


def check_refused(changes, column, row, *, what):
    """Change cells {(row, column): value}; the error must name `column` and the id of `row`."""
    frame = base.astype(object)
    for (i, name), value in changes.items():
        frame.loc[i, name] = value
    frame.to_csv(path, index=False)
    try:
        load_churn(path)
    except ValueError as error:
        message = str(error)
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"{what}: it should be a ValueError, it was {type(error).__name__}."
        ) from error
    else:
        raise AssertionError(f"{what} was accepted: it should be a ValueError.")
    wanted = str(frame.loc[row, "id"])
    assert re.search(rf"\b{column}\b", message), (
        f"{what}: the message should name the column {column}. Are the checks made in "
        "the order of the list?"
    )
    assert re.search(rf"\b{wanted}\b", message), (
        f"{what}: the message should name the id of the first bad row in file order, "
        f"{wanted}. (Of an id that occurs twice, the second row is the bad one; a check is made on "
        "all rows before the next check begins.)"
    )


def check_accepted(frame, what):
    """The table must be read as it is."""
    frame.to_csv(path, index=False)
    try:
        result = load_churn(path)
    except ValueError as error:
        raise AssertionError(f"{what} is right and was refused with a ValueError.") from error
    assert list(result.columns) == list(frame.columns), f"{what}: other columns came back."
    assert list(result["id"]) == list(frame["id"]), f"{what}: other rows came back."
    ages = result["Age"].to_numpy("float64")
    assert np.array_equal(ages, frame["Age"].to_numpy("float64")), f"{what}: Age has changed."


check_accepted(base, "A table with ids that are not sorted")
check_accepted(base.drop(columns="Exited"), "A table without Exited")
same = base.assign(CustomerId=15_600_000, Surname="Mortonham")
check_accepted(same, "A table in which CustomerId and Surname repeat")
edge = base.copy()
edge.loc[0, "Age"], edge.loc[1, "Age"], edge.loc[2, "Balance"] = 18.0, 100.0, 0.0
edge.loc[3, "HasCrCard"], edge.loc[4, "IsActiveMember"] = np.nan, np.nan
check_accepted(edge, "Ages of 18 and 100, a balance of 0 and empty flags")
check_accepted(base[base.columns[::-1]], "A table with its columns in another order")

base.drop(columns=["Tenure", "Gender", "Exited"]).to_csv(path, index=False)
try:
    load_churn(path)
except ValueError as error:
    message = str(error)
    assert "Tenure" in message and "Gender" in message, (
        "Two columns are missing, Gender and Tenure: the message should name all of them, not only one."
    )
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"Missing columns should be a ValueError, it was {type(error).__name__}."
    ) from error
else:
    raise AssertionError("A table without Gender and Tenure was accepted.")
for name in required:
    base.drop(columns=name).to_csv(path, index=False)
    try:
        load_churn(path)
    except ValueError as error:
        assert name in str(error), (
            f"The column {name} is missing, and the message does not name it."
        )
    except Exception as error:
        if "Not attempted yet" in str(error):
            raise
        raise AssertionError(
            f"The missing column {name} should be a ValueError naming it, it was "
            f"{type(error).__name__}."
        ) from error
    else:
        raise AssertionError(f"A table without the column {name} was accepted.")

twice = {(21, "id"): base.loc[30, "id"]}
check_refused(twice, "id", 30, what="An id that occurs twice")
pairs = {(20, "id"): base.loc[3, "id"], (10, "id"): base.loc[9, "id"]}
check_refused(pairs, "id", 10, what="Two ids that occur twice")
check_refused({**twice, (2, "Age"): 12}, "id", 30, what="A repeated id and an Age of 12")
check_refused({(31, "Age"): 17.9, (12, "Age"): 101}, "Age", 12, what="An Age of 101")
check_refused({(31, "Age"): 17.9}, "Age", 31, what="An Age of 17.9")
both = {(5, "Balance"): -1, (6, "Age"): 200}
check_refused(both, "Age", 6, what="An Age of 200 below a negative Balance")
check_refused({(9, "Balance"): -0.01, (8, "Exited"): 2}, "Balance", 9, what="A negative Balance")
check_refused({(14, "HasCrCard"): 2}, "HasCrCard", 14, what="A HasCrCard of 2")
check_refused({(14, "HasCrCard"): 0.5}, "HasCrCard", 14, what="A HasCrCard of 0.5")
check_refused({(17, "IsActiveMember"): -1}, "IsActiveMember", 17, what="An IsActiveMember of -1")
flags = {(3, "IsActiveMember"): 7, (30, "HasCrCard"): 7}
check_refused(flags, "HasCrCard", 30, what="Two bad flags, IsActiveMember in the row above")
check_refused({(39, "Exited"): 3}, "Exited", 39, what="An Exited of 3")
check_refused({(38, "Exited"): np.nan}, "Exited", 38, what="An empty Exited")

# %% [markdown]
# ## `split_churn`
#
# Write `split_churn(frame, fraction, seed)`, which returns `(train, validation)`, two tables with the columns of `frame`, in a tuple
# or a list. The order of their rows and their index are up to you.
#
# - `validation` has the share `fraction` of the rows, of *each class* of `Exited`, within one row: the split is
#   **stratified**.
# - Every row is in exactly one of the two. Which one is random.
# - The same `seed` (an integer from 0 up) gives the same split, another seed another one.
# - `frame` stays as it is.
#
# **Example.** Of 1,000 customers, 200 of whom left, `split_churn(frame, 0.25, seed=0)` puts 250 into validation, 50 of
# whom left.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw from those who stayed and from those who left separately.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `np.random.default_rng(seed)` is a generator of its own. For each class: the positions of its rows, permuted; the
# first `round(fraction * count)` of them are for validation.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# A boolean array with one entry per row, false at first, becomes true at the positions that were drawn in each class. It picks the
# rows of one table; which picks those of the other?
#
# </details>


# %% task="split_churn" role="answer" about="train and validation, stratified" minutes=20 difficulty=2
def split_churn(frame, fraction, seed):
    """Split customers at random into train and validation, each class alike.

    fraction: share of validation; seed: an int >= 0. Returns (train, validation).
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    exited = frame["Exited"].to_numpy()
    is_validation = np.zeros(len(frame), dtype=bool)
    for value in np.unique(exited):
        positions = rng.permutation(np.flatnonzero(exited == value))
        is_validation[positions[: round(fraction * len(positions))]] = True
    return frame[~is_validation], frame[is_validation]
    ### END SOLUTION


# %% task="split_churn" role="check" points=1
frame = customers.iloc[:2000]
result = split_churn(frame, 0.25, seed=0)
assert result is not None and len(result) == 2, "split_churn should return (train, validation)."
train, validation = result
assert len(train) + len(validation) == 2000, (
    f"There are {len(train)} rows in train and {len(validation)} in validation, of 2,000 in all."
)
assert abs(len(validation) - 500) <= 2, (
    f"validation has {len(validation)} of 2,000 rows: `fraction`, here 0.25, is its share."
)
for value in [0, 1]:
    count, drawn = (frame["Exited"] == value).sum(), (validation["Exited"] == value).sum()
    assert abs(drawn - 0.25 * count) <= 1, (
        f"Of {count} customers with Exited = {value}, {drawn} are in validation; a stratified split "
        f"has a quarter of them, {0.25 * count:.1f}, within one."
    )
again = split_churn(frame, 0.25, seed=0)[1]
assert sorted(again["id"]) == sorted(validation["id"]), "The same seed gave another split."

# %% task="split_churn" role="hidden" points=2 tries="other fractions and seeds, shares of both classes, whether each customer is in one table only, and whether the frame is left as it was"
for first, last, fraction, seed in [(0, 12_000, 0.2, 1), (3000, 3777, 0.33, 0), (0, 1500, 0.6, 9)]:
    frame = customers.iloc[first:last]
    before = frame.copy()
    train, validation = split_churn(frame, fraction, seed)
    call = f"split_churn(frame of {len(frame):,} rows, {fraction}, {seed})"
    assert list(train.columns) == list(frame.columns) == list(validation.columns), (
        f"{call}: the columns are not those of the frame. Is a helper column left?"
    )
    ids_train, ids_validation = set(train["id"]), set(validation["id"])
    assert not ids_train & ids_validation, (
        f"{call}: {len(ids_train & ids_validation)} customers are in both tables."
    )
    assert len(train) + len(validation) == len(frame) and ids_train | ids_validation == set(
        frame["id"]
    ), f"{call}: not every customer is in exactly one of the two tables."
    for value in [0, 1]:
        count, drawn = (frame["Exited"] == value).sum(), (validation["Exited"] == value).sum()
        assert abs(drawn - fraction * count) <= 1, (
            f"{call}: of {count} customers with Exited = {value}, {drawn} are in validation; "
            f"stratified, it is {fraction * count:.1f} within one."
        )
    joined = pd.concat([train, validation]).sort_values("id", kind="stable")
    wanted = before.sort_values("id", kind="stable")
    assert joined.reset_index(drop=True).equals(wanted.reset_index(drop=True)), (
        f"{call}: the rows of the two tables are not the rows of the frame."
    )
    assert frame.equals(before), f"{call} changed the frame it was given."
    again = split_churn(frame, fraction, seed)
    assert set(again[1]["id"]) == ids_validation, f"{call}: the same seed gave another split."
    others = [set(split_churn(frame, fraction, seed + 1 + i)[1]["id"]) for i in range(2)]
    assert all(other != ids_validation for other in others), (
        f"{call}: other seeds gave the same split. Is `seed` used?"
    )
    rank = np.argsort(np.argsort(frame["id"].to_numpy()))
    inside = rank[frame["id"].isin(ids_validation).to_numpy()]
    assert abs(inside.mean() / len(frame) - 0.5) < 0.1, (
        f"{call}: validation is not a random part; it comes from one end of the table."
    )

# %% [markdown]
# ## `churn_model`
#
# Write `churn_model(train)`, which returns a Keras model that takes *raw* rows and returns the probability of leaving. It
# is not trained yet, but its preprocessing is fitted.
#
# - Its inputs are exactly the ten names in `FEATURES`: strings for `Geography` and `Gender`, `float32` for the others, each
#   an array of shape `(n,)`, as `features(frame)` gives them.
# - Its output has shape `(n, 1)` and is a probability (sigmoid).
# - The preprocessing (scaling numbers, encoding strings) is part of the model, and is fitted on `train` alone.
# - A category that `train` does not have, and an empty flag (NaN), give a finite probability.
# - Saved to a `.keras` file, it is loaded by `keras.saving.load_model(path)` alone.
#
# **Example.** `churn_model(train).predict(features(validation), verbose=0)` has the shape `(len(validation), 1)`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A Functional model with ten inputs: encode each, concatenate, then a few `Dense` layers.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.Input((), name=…, dtype="string")` and `layers.StringLookup(vocabulary=…, output_mode="one_hot")` for the
# strings: what is not in the vocabulary gets a column of its own. For numbers, replace NaN with `ops.where` and
# `ops.isnan`, then use `layers.Normalization(mean=…, variance=…)` with the mean and variance of `train`.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# For a number, `mean` and `variance` are Python floats, computed without the empty cells. An input of shape `(n,)` becomes a column
# by `ops.expand_dims(x, -1)`, and one mean for all of it is what `axis=None` says. What stands in the place of NaN, so that it is 0 after scaling?
#
# </details>


# %% task="churn_model" role="answer" about="a model that takes raw rows" minutes=50 difficulty=3
def churn_model(train):
    """Return an untrained model from raw features to the probability of leaving, (n, 1).

    train: DataFrame of customers; preprocessing is fitted on it. Inputs are named like FEATURES,
    each of shape (n,).
    """
    ### BEGIN SOLUTION
    inputs, encoded = {}, []
    for name in FEATURES:
        if name in STRINGS:
            x = inputs[name] = keras.Input((), name=name, dtype="string")
            lookup = layers.StringLookup(
                vocabulary=sorted(train[name].unique()), output_mode="one_hot"
            )
            encoded.append(lookup(x))
        else:
            values = train[name].to_numpy("float64")
            mean, variance = float(np.nanmean(values)), float(np.nanvar(values))
            x = inputs[name] = keras.Input((), name=name, dtype="float32")
            x = ops.expand_dims(ops.where(ops.isnan(x), mean, x), -1)
            encoded.append(layers.Normalization(axis=None, mean=mean, variance=variance)(x))
    x = layers.Concatenate()(encoded)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dense(16, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
    ### END SOLUTION


# %% task="churn_model" role="check" points=2
keras.utils.set_random_seed(0)
train, rest = customers.iloc[::3], customers.iloc[1::3].head(200)
model = churn_model(train)
assert isinstance(model, keras.Model), f"churn_model returned {type(model).__name__}, not a model."
try:
    probability = np.asarray(model.predict_on_batch(features(rest)), dtype="float64")
except Exception as error:
    raise AssertionError(
        f"predict with features(frame) raised {type(error).__name__}. The inputs are "
        "the ten names in FEATURES and no others (id, CustomerId and Surname say who a customer is, "
        "not whether the next one leaves). Each takes an array of shape (n,): keras.Input((), name=…), "
        'with dtype="string" for Geography and Gender.'
    ) from error
assert probability.shape == (200, 1), (
    f"For 200 rows the output has shape {probability.shape}, it should be (200, 1)."
)
assert np.isfinite(probability).all() and (probability >= 0).all() and (probability <= 1).all(), (
    "The outputs are not probabilities. Does the model end in a sigmoid, and are empty flags "
    "replaced?"
)

# %% task="churn_model" role="hidden" points=3 tries="values that train lacks, empty flags, other scales and countries, whether each input counts, and saving and loading"
keras.utils.set_random_seed(1)
train, rest = customers.iloc[::4], customers.iloc[1::4].head(300)


def predict_each(model, *frames):
    """The outputs for each table, all computed in one call."""
    rows = features(pd.concat(frames))
    tensors = {name: tf.constant(values) for name, values in rows.items()}
    result = np.asarray(model(tensors, training=False), dtype="float64")
    return np.split(result, np.cumsum([len(frame) for frame in frames])[:-1])


def trained_a_little(model):
    """The model with all weights moved, as training would: a last layer of zeros hides the rest."""
    noise = np.random.default_rng(5)
    for weight in model.trainable_variables:
        weight.assign_add(0.1 * noise.normal(size=weight.shape).astype("float32"))
    return model


model = trained_a_little(churn_model(train))
try:
    [before] = predict_each(model, rest)
except Exception as error:
    raise AssertionError(
        f"Called with features(frame) the model raised {type(error).__name__}. Its inputs are the ten names "
        "in FEATURES and no others, each of shape (n,)."
    ) from error
assert before.shape == (300, 1), f"For 300 rows the output has shape {before.shape}, not (300, 1)."
assert ((before > 0) & (before < 1)).all() and before.std() > 1e-4, (
    "For raw rows the model says only 0 or 1, or the same for everybody. Are all numbers scaled "
    "(EstimatedSalary is about 100,000), and does it end in a sigmoid of one unit?"
)
try:
    [result] = predict_each(model, rest.assign(Geography="Atlantis", Gender="unknown"))
except Exception as error:
    raise AssertionError(
        f"A Geography that train does not have raised {type(error).__name__}. "
        "Keep a place for unknown strings (StringLookup does, with num_oov_indices=1)."
    ) from error
assert np.isfinite(result).all(), "A Geography that train does not have gives no finite number."

# Each input counts: change one, and the output changes for somebody.
changes = {
    "CreditScore": 400.0,
    "Geography": "Germany",
    "Gender": "Female",
    "Age": 77.0,
    "Tenure": 10,
    "Balance": 200_000.0,
    "NumOfProducts": 4,
    "HasCrCard": 0.0,
    "IsActiveMember": 0.0,
    "EstimatedSalary": 10_000.0,
}
empty = {"HasCrCard": np.nan, "IsActiveMember": np.nan}
ages = np.arange(20, 80, 0.25)
one = pd.concat([rest.head(1)] * len(ages)).assign(Age=ages)
changed = [rest.assign(**{name: value}) for name, value in changes.items()]
*moved, result, of_ages = predict_each(model, *changed, rest.assign(**empty), one)
assert np.isfinite(result).all(), (
    "An empty flag (NaN) gives NaN. Replace it inside the model, before any arithmetic."
)
for name, after in zip(changes, moved):
    assert np.abs(after - before).max() > 1e-6, (
        f"The input {name} has no influence on the output: is it used?"
    )

# An age is a float. Groups of ages are fine, cutting every age down to a whole number is not.
jumps = np.abs(np.diff(of_ages.ravel())) > 1e-7
at_birthdays = jumps[3::4]
assert at_birthdays.mean() < 0.5 or jumps.mean() > 0.3, (
    "Ages of 40.25 and 40.75 give the same probability, 41 another one, and so on: Age is cut to a "
    "whole number. It is a float32, and part of it is lost."
)

# Other customers: numbers in other units, other countries, and no empty flag in train. A preprocessing
# that is fitted on train takes them as they are.
numbers = [name for name in FEATURES if name not in STRINGS]
other_units = {name: train[name].fillna(1.0) * 1e6 for name in numbers}
countries = ["Norway", "Chile", "Kenya", "Japan", "Fiji", "Peru", "Nepal"]
other_train = train.assign(**other_units, Geography=np.resize(countries, len(train)))
other_rest = rest.assign(**{name: rest[name].fillna(1.0) * 1e6 for name in numbers})
other_model = trained_a_little(churn_model(other_train))
scaled = ["CreditScore", "Age", "Balance", "EstimatedSalary"]
low, high = (
    [other_rest.assign(**{name: other_train[name].quantile(share)}) for name in scaled]
    for share in [0.2, 0.9]
)
places = [other_rest.assign(Geography=name) for name in countries]
try:
    of_places = predict_each(other_model, *places)
except Exception as error:
    raise AssertionError(
        f"With seven countries in train, calling the model for them raised {type(error).__name__}: how many "
        "there are is to be taken from train."
    ) from error
cases = [other_rest, other_rest.assign(**empty), *low, *high]
result, of_empty, *of_numbers = predict_each(other_model, *cases)
assert ((result > 1e-6) & (result < 1 - 1e-6)).mean() > 0.99, (
    "With all numbers a million times as large in train *and* in the rows, the model says only 0 "
    "or 1: the numbers are scaled by fixed constants and not by what train holds."
)
for name, of_low, of_high in zip(scaled, of_numbers, of_numbers[len(scaled) :]):
    assert np.abs(of_high - of_low).max() > 1e-6, (
        f"With {name} a million times as large in train *and* in the rows, a low and a high {name} "
        "give the same output: the scale is not taken from train, the table that is given."
    )
assert np.isfinite(of_empty).all(), (
    "A flag that is never empty in train gives NaN when it is empty later."
)
for one, other in zip(of_places, of_places[1:]):
    assert np.abs(one - other).max() > 1e-6, (
        "With other countries in train, the model can't tell them apart: the vocabulary is not taken "
        "from train."
    )

path = str(Path(tempfile.mkdtemp()) / "churn.keras")
try:
    model.save(path)
    loaded = keras.saving.load_model(path)
    [after] = predict_each(loaded, rest)
except Exception as error:
    raise AssertionError(
        f"Saving and loading raised {type(error).__name__}. The model must load "
        "with keras.saving.load_model(path) alone: no Lambda around a Python function, own classes "
        "only if they are registered."
    ) from error
assert np.allclose(after, before, rtol=1e-4, atol=1e-5), (
    "The loaded model gives other probabilities: is all fitted state saved with it?"
)

# %% [markdown]
# ## `train_churn`
#
# Write `train_churn(model, train, validation, *, epochs=15)`, which compiles and trains a model such as `churn_model` makes,
# and returns its learning curves: a dictionary with one list per quantity, one number per epoch, `val_auc` among
# the keys.
#
# - It trains on `train` only; `validation` is for watching.
# - Few customers leave, one in five here. Both *classes* of `train` shall count alike in the loss, whatever their shares.
# - It stops early when the AUC (the area under the ROC curve) on `validation` no longer rises, and the model keeps the
#   weights of the best epoch.
#
# On customers that nobody has seen, a model of `churn_model` then reaches an AUC of at least 0.80 and, at threshold 0.5, a
# recall of at least 0.62.
#
# **Example.** `max(train_churn(model, train, validation)["val_auc"])` is about 0.87.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `compile`, `fit` with `validation_data`, one callback, one weight per class.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# `keras.metrics.AUC(name="auc")` makes the key `val_auc`. `EarlyStopping` can restore the best weights. A class that is
# *n / (2 · count)* as heavy balances the other.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# `EarlyStopping` cannot know that a larger `val_auc` is the better one: which of its arguments says so, and which one brings the
# best weights back? `fit` takes the two weights as `class_weight`, a dictionary from class to weight, counted in `train`.
#
# </details>


# %% task="train_churn" role="answer" about="early stopping and rare positives" minutes=35 difficulty=3
def train_churn(model, train, validation, *, epochs=15):
    """Train with both classes counting alike; stop early on the validation AUC.

    model: takes features(frame), returns probabilities (n, 1); train, validation: DataFrames with
    Exited. Returns a dict of lists, one number per epoch, `val_auc` among the keys; the model keeps
    the weights of the best epoch.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss="binary_crossentropy",
        metrics=[keras.metrics.AUC(name="auc")],
    )
    y_train = train["Exited"].to_numpy("float32")
    counts = np.bincount(y_train.astype(int), minlength=2)
    stop = keras.callbacks.EarlyStopping(
        "val_auc", mode="max", patience=3, restore_best_weights=True
    )
    history = model.fit(
        features(train),
        y_train,
        batch_size=128,
        epochs=epochs,
        validation_data=(features(validation), validation["Exited"].to_numpy("float32")),
        class_weight={i: len(y_train) / (2 * count) for i, count in enumerate(counts)},
        callbacks=[stop],
        verbose=0,
    )
    return history.history
    ### END SOLUTION


# %% task="train_churn" role="check" points=1
@keras.saving.register_keras_serializable(package="test")
class EagerModel(keras.Model):
    """A model of which no graph is made, since that takes longer than the few steps here."""

    def compile(self, *args, **kwargs):
        super().compile(*args, **{**kwargs, "run_eagerly": True})


def fresh_test_model():
    """A small model that takes raw rows, as churn_model makes."""
    inputs = {
        name: keras.Input((), name=name, dtype="string" if name in STRINGS else "float32")
        for name in FEATURES
    }
    x = ops.stack([inputs["Age"] / 50 - 1, inputs["NumOfProducts"] - 2], axis=-1)
    return EagerModel(inputs, layers.Dense(1, activation="sigmoid")(x))


keras.utils.set_random_seed(0)
train, validation = customers.iloc[::100], customers.iloc[1::200]
model = fresh_test_model()
before = [weight.copy() for weight in model.get_weights()]
result = train_churn(model, train, validation, epochs=1)
assert isinstance(result, dict), (
    f"train_churn returned {type(result).__name__}, it should return a dict: the `.history` of the "
    "History that `fit` returns."
)
assert "val_auc" in result, (
    f"The key 'val_auc' is missing; there are {sorted(result)}. Name the metric: "
    'keras.metrics.AUC(name="auc"), and pass validation_data.'
)
assert np.shape(result["val_auc"]) == (1,), (
    f"val_auc has the shape {np.shape(result['val_auc'])} after epochs=1: a list with one number per epoch."
)
assert any(not np.array_equal(a, b) for a, b in zip(before, model.get_weights())), (
    "No weight has changed: the model was not trained."
)


# %% task="train_churn" role="hidden" points=3 tries="whom it trains on and how much each class counts, when training stops, whose weights the model keeps, AUC on customers that training has not seen, and whether the tables are left as they were"
import inspect

FIRST = 1_000_000  # EstimatedSalary is a number for each row here, in validation from this one on
pulls = []  # of each batch: the numbers of its rows, their outputs, how strongly the loss pulls


@keras.saving.register_keras_serializable(package="test")
class EagerModel(keras.Model):
    """A model of which no graph is made, since that takes longer than the few steps here."""

    def compile(self, *args, **kwargs):
        super().compile(*args, **{**kwargs, "run_eagerly": True})


def keep(rows, outputs, slope):
    pulls.append(np.stack([rows, outputs, len(slope) * slope])[..., 0])
    return slope


@tf.custom_gradient
def watched(outputs, rows):
    """The outputs; what the loss does with them is kept."""

    def gradient(slope):
        kept = tf.numpy_function(keep, [rows, outputs, slope], slope.dtype)
        return tf.ensure_shape(kept, slope.shape), tf.zeros_like(rows)

    return tf.identity(outputs), gradient


@keras.saving.register_keras_serializable(package="test")
class TestScores(layers.Layer):
    """In training a small network. Otherwise scores that have, in each epoch, the AUC that `script` says.

    An epoch begins where training goes on after an evaluation. Its number is a weight, and comes back
    with the other weights of that epoch.
    """

    def __init__(self, script, **kwargs):
        super().__init__(**kwargs)
        self.script = script
        self.epoch = self.add_weight(name="epoch", initializer="zeros")
        self.starts = self.add_weight(name="starts", initializer="ones", trainable=False)
        # Steps that are too large make its outputs 0, for good.
        small = keras.initializers.Identity(gain=0.5)
        self.hidden = layers.Dense(2, activation="relu", use_bias=False, kernel_initializer=small)
        # At first it says the opposite of what is right.
        self.head = layers.Dense(
            1, activation="sigmoid", kernel_initializer=keras.initializers.Constant(-0.0012)
        )

    def build(self, input_shape):
        self.hidden.build((None, 2))
        self.head.build((None, 2))

    def learned(self, inputs):
        hump = ops.exp(-(((inputs["Age"] - 52) / 10) ** 2))
        idle = ops.where(inputs["IsActiveMember"] == 1, 0.0, 0.5)
        return self.head(0.4 * self.hidden(ops.stack([hump, idle], axis=-1)))

    def call(self, inputs, training=False):
        rows = ops.expand_dims(inputs["EstimatedSalary"], -1)
        if training:
            self.epoch.assign_add(self.starts)
            self.starts.assign(0.0)
            return watched(self.learned(inputs) + 0.0 * self.epoch, rows)
        self.starts.assign(1.0)
        epoch = ops.minimum(ops.cast(ops.round(self.epoch), "int32"), len(self.script) - 1)
        auc, sure = ops.unstack(ops.take(ops.convert_to_tensor(self.script), epoch, axis=0))
        left, place = (rows - FIRST) % 2, (rows - FIRST) // 2
        is_right = ops.cast(place < 20 * auc - 0.5, "float32")
        return 0.5 + sure * ops.where(left == is_right, 1.0, -1.0)

    def get_config(self):
        return {**super().get_config(), "script": self.script}


def tensors_of(frame):
    return {name: tf.constant(values) for name, values in features(frame).items()}


def numbered(frames, first):
    """The rows in random order, each with its number, from `first` on, as EstimatedSalary."""
    frame = pd.concat(frames).sample(frac=1, random_state=0)
    return frame.assign(EstimatedSalary=first + np.arange(float(len(frame))))


def test_auc(y, score):
    """Area under the ROC curve: the share of pairs in the right order."""
    rank = pd.Series(np.ravel(score)).rank().to_numpy()
    positives = int(np.sum(y))
    pairs = positives * (len(y) - positives)
    return (rank[y == 1].sum() - positives * (positives + 1) / 2) / pairs


def clear_cases(frame):
    """The idle around fifty, who leave more often than not, and active ones below forty."""
    idle = (frame["IsActiveMember"] == 0) & frame["Age"].between(45, 59)
    return frame[idle | (frame["IsActiveMember"] == 1) & (frame["Age"] < 40)]


# The AUC on validation rises once and then falls, while the loss on it falls all the time.
aucs = [0.5, 0.6, 0.8, 0.75, 0.7, 0.65, 0.6, 0.6, 0.6, 0.6]
sure = [0.499, 0.499, 0.49, 0.45, 0.4, 0.3, 0.2, 0.15, 0.12, 0.1]
inputs = {
    name: keras.Input((), name=name, dtype="string" if name in STRINGS else "float32")
    for name in FEATURES
}
scores = TestScores([list(pair) for pair in zip(aucs, sure)])
model = EagerModel(inputs, scores(inputs))
clear = clear_cases(customers)
left, stayed = clear[clear["Exited"] == 1], clear[clear["Exited"] == 0]
train = numbered([left.head(79), stayed.head(49)], 0)
validation = numbered([left.tail(20), stayed.tail(20)], FIRST)
validation["Exited"] = np.arange(40) % 2
copies = train.copy(), validation.copy()
keras.utils.set_random_seed(3)
result = train_churn(model, train, validation, epochs=40)
assert isinstance(result, dict) and np.ndim(result.get("val_auc")) == 1, (
    "What train_churn returned has no list 'val_auc': the AUC on validation, one number per epoch."
)
assert train.equals(copies[0]) and validation.equals(copies[1]), "train_churn changed its tables."
assert pulls, "The model was never trained: there was no gradient of a loss on its outputs."
rows, outputs, slope = np.concatenate(pulls, axis=1)
assert rows.max() < FIRST, (
    "The model has learned from customers of `validation`, too. Train on `train` only."
)
# What a row counts in the cross entropy is the slope at its output times the probability of its label.
leaves = slope < 0
ratio = -(slope * outputs)[leaves].sum() / (slope * (1 - outputs))[~leaves].sum()
assert 0.8 < ratio < 1.25, (
    "79 of 128 customers of train leave, and in the loss they count together "
    f"{ratio:.2f} times as much as all others together. Give both classes of `train` the same total "
    "weight, computed from `train` itself: no fixed factor, no root of it, no share of another table."
)
curve = [float(value) for value in result["val_auc"]]
assert len(curve) > 2, (
    f"With epochs=40, training ended after epoch {len(curve)}, while the AUC on validation was rising."
)
assert len(curve) < 40, (
    "The AUC on validation fell from the third epoch on, and training ran for all 40 epochs: stop "
    "early on val_auc (larger is better), not on a loss."
)
for epoch, value in enumerate(curve, start=1):
    wanted = aucs[min(epoch, len(aucs) - 1)]
    assert np.isclose(value, wanted, atol=0.02), (
        f"val_auc is {value:.3f} for epoch {epoch}, and the area under the ROC curve of all customers in "
        f"validation was {wanted:.3f} after it."
    )
shapes = {np.shape(np.asarray(values, dtype=object)) for values in result.values()}
assert shapes == {(len(curve),)}, (
    "A list in what train_churn returned has not one number per epoch."
)
final = test_auc(validation["Exited"].to_numpy(), model(tensors_of(validation), training=False))
assert abs(final - max(curve)) < 0.015, (
    f"The best val_auc of the training was {max(curve):.3f} (epoch {int(np.argmax(curve)) + 1}), the "
    f"model that is left has {final:.3f}: restore the weights of the best epoch. Best is the largest "
    "AUC, not the smallest loss."
)
unseen = clear_cases(pd.read_csv(churn_file("heldout.csv")))
auc = test_auc(unseen["Exited"].to_numpy(), scores.learned(tensors_of(unseen)))
assert auc >= 0.80, (
    f"On unseen customers the AUC is {auc:.3f}, it should be 0.80 or more. Does the optimizer get "
    "somewhere, with a learning rate that is neither too small nor too large?"
)
assert inspect.signature(train_churn).parameters["epochs"].default == 15, (
    "`epochs` is 15 where the caller does not say it."
)

# %% [markdown]
# ## `threshold_for_recall`
#
# The bank wants to reach, say, four of five customers who would leave, and bother as few others as possible. Write
# `threshold_for_recall(y, probability, recall)`, which returns the *largest* threshold *t* for which the decision
# `probability >= t` reaches the recall. Recall is the share of the positives (`y` is 1) that are found.
#
# - `y`: 0 and 1, `(n,)`; `probability`: `(n,)`; both are arrays or lists. `recall`: in (0, 1].
# - Without any positive there is no recall: `ValueError`.
#
# **Example.** `threshold_for_recall([1, 1, 0, 1], [0.9, 0.4, 0.6, 0.7], 0.6)` is `0.7`: it finds two of the three.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Only the probabilities of the positives matter. How many of them do you need?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Sort the positives' probabilities, largest first. With the *k*-th as threshold you find *k* of them. You want the smallest
# *k* for which *k* / positives reaches the recall.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# The shares that are found are `np.arange(1, positives + 1) / positives`. `argmax` of an array of booleans is the position of its first `True`: of
# which comparison?
#
# </details>


# %% task="threshold_for_recall" role="answer" about="from probabilities to decisions" minutes=15 difficulty=2
def threshold_for_recall(y, probability, recall):
    """Return the largest t for which `probability >= t` finds the share `recall` of the positives.

    y: 0 or 1, (n,); probability: (n,); recall: in (0, 1]. Raises ValueError without positives.
    """
    ### BEGIN SOLUTION
    positive = np.sort(np.asarray(probability)[np.asarray(y) == 1])[::-1]
    if positive.size == 0:
        raise ValueError("there are no positives, so there is no recall")
    found = np.arange(1, positive.size + 1) / positive.size
    return float(positive[np.argmax(found >= recall)])
    ### END SOLUTION


# %% task="threshold_for_recall" role="check" points=1
y, probability = np.array([1, 1, 0, 1]), np.array([0.9, 0.4, 0.6, 0.7])
result = threshold_for_recall(y, probability, 0.6)
assert result is not None, "threshold_for_recall returned None: is a `return` missing?"
assert float(result) != 0.4, (
    "You returned 0.4. It reaches the recall, but 0.7 does so too (two of three) and bothers fewer: "
    "return the largest threshold that is enough."
)
assert np.isclose(float(result), 0.7), (
    f"You returned {float(result)}; the positives have 0.9, 0.7 and 0.4, and two of the three are "
    "needed for a recall of 0.6: the threshold is 0.7. The negative with 0.6 does not matter."
)

# %% task="threshold_for_recall" role="hidden" points=1 tries="many recalls, ties, a single positive, and no positive at all"
generator = np.random.default_rng(0)
for n, levels in [(10, 10), (100, 7), (1000, 10_000), (37, 5)]:
    y = generator.integers(0, 2, n)
    y[0] = 1
    probability = generator.integers(0, levels + 1, n) / levels
    for recall in [1e-6, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]:
        enough = [
            t
            for t in np.unique(probability[y == 1])
            if np.sum(probability[y == 1] >= t) / np.sum(y == 1) >= recall
        ]
        t = float(threshold_for_recall(y, probability, recall))
        reached = np.sum(probability[y == 1] >= t) / np.sum(y == 1)
        assert reached >= recall, (
            f"The threshold {t} finds {reached:.1%} of the positives; asked for was {recall:.1%}. "
            "Remember that `>=` counts the threshold itself, and that a third of ten is four."
        )
        assert np.isclose(t, max(enough), rtol=0, atol=1e-9), (
            f"The threshold {t} reaches the recall of {recall:.1%}, but so does {max(enough)}, "
            "which is larger."
        )
for n in [10, 50, 100]:  # recalls that are reached exactly, where n * recall may be a bit too large
    probability = generator.permutation(n) / n
    for k in range(1, n + 1):
        t = float(threshold_for_recall(np.ones(n, dtype=int), probability, k / n))
        assert np.isclose(t, (n - k) / n), (
            f"Of {n} positives, {k} are {k / n} of them: the threshold for this recall is the {k}-th "
            f"largest probability, {(n - k) / n}, not {t}. Compare shares; {n} * {k / n} is "
            f"{n * (k / n)!r} in floats, and its ceiling may be one more."
        )
try:
    listed = float(threshold_for_recall([1, 1, 0, 1], [0.9, 0.4, 0.6, 0.7], 0.6))
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"With lists, as in the example, it raised {type(error).__name__}. Make arrays of "
        "them first: np.asarray."
    ) from error
assert np.isclose(listed, 0.7), (
    f"With lists, as in the example, it returns {listed} instead of 0.7. Make arrays of them first: "
    "a list is compared with 1 as a whole."
)
single = float(threshold_for_recall(np.array([0, 1, 0]), np.array([0.2, 0.3, 0.8]), 0.5))
assert np.isclose(single, 0.3), f"With one positive at 0.3 the threshold is 0.3, not {single}."
try:
    threshold_for_recall(np.zeros(4, dtype=int), np.linspace(0, 1, 4), 0.5)
except ValueError:
    pass
except Exception as error:
    if "Not attempted yet" in str(error):
        raise
    raise AssertionError(
        f"Without positives it should be a ValueError, it was {type(error).__name__}."
    ) from error
else:
    raise AssertionError("Without any positive there is no recall: it should be a ValueError.")

# %% [markdown]
# ## `write_submission`
#
# Write `write_submission(ids, probability, path)`, which writes the CSV file that Kaggle takes: the header `id,Exited`, then one
# row per customer with its id and its probability, in the given order.
#
# - `ids` and `probability` have the shape `(n,)`: of a model's predictions, `(n, 1)`, take `[:, 0]`. An id that is an integer
#   is written as one.
# - There must be as many probabilities as ids, and each must be in [0, 1] (NaN is not): else `ValueError`.
# - On *any* error nothing new is left behind, no temporary file either, and a file that was at `path` before stays as it was.
#
# **Example.** `write_submission([7, 9], [0.25, 1.0], path)` writes the lines `id,Exited`, `7,0.25` and `9,1.0`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Check everything before you open a file.
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Write to a temporary name in the same directory, then rename it to `path`: that either happens or not. If anything fails,
# remove the temporary file.
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# A table of two columns writes itself with `to_csv(…, index=False)`, and `Path(temporary).replace(path)` renames. What has to stand in
# `finally`, so that nothing is left behind, whether the file was renamed or not?
#
# </details>


# %% task="write_submission" role="answer" about="a file that is right or not there" minutes=25 difficulty=3
def write_submission(ids, probability, path):
    """Write `id,Exited` rows to a CSV file, completely or not at all.

    ids: (n,); probability: (n,), in [0, 1]; path: where to. Raises ValueError for other values or
    another number of them.
    """
    ### BEGIN SOLUTION
    ids, probability = np.asarray(ids), np.ravel(np.asarray(probability, dtype="float64"))
    if ids.shape != probability.shape:
        raise ValueError(f"{ids.size} ids, but {probability.size} probabilities")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("a probability is not in [0, 1]")
    path = Path(path)
    temporary = path.with_name(path.name + ".part")
    try:
        pd.DataFrame({"id": ids, "Exited": probability}).to_csv(temporary, index=False)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    ### END SOLUTION


# %% task="write_submission" role="check" points=1
path = Path(tempfile.mkdtemp()) / "submission.csv"
write_submission([7, 9, 8], [0.25, 1.0, 0.0], path)
assert path.is_file(), "write_submission wrote no file."
table = pd.read_csv(path)
assert list(table.columns) == ["id", "Exited"], (
    f"The columns are {list(table.columns)}, they should be ['id', 'Exited']: write no index."
)
assert list(table["id"]) == [7, 9, 8], f"The ids are {list(table['id'])}, given were [7, 9, 8]."
assert np.allclose(table["Exited"], [0.25, 1.0, 0.0]), (
    f"Exited is {list(table['Exited'])}, given were [0.25, 1.0, 0.0]: probabilities, not decisions."
)
try:
    write_submission([1, 2], [0.5, 1.5], path)
except ValueError:
    pass
else:
    raise AssertionError("A probability of 1.5 was accepted; it should be a ValueError.")

# %% task="write_submission" role="hidden" points=2 tries="exact ids and probabilities, arguments that are refused, an older file, errors in the middle of writing, and what is left behind"
folder = Path(tempfile.mkdtemp())
path = folder / "submission.csv"
generator = np.random.default_rng(0)
ids = generator.permutation(5000)[:200] + 165_034
probability = generator.random(200).astype("float32")
write_submission(ids, probability, str(path))
count = len(list(folder.iterdir()))
assert count == 1, (
    f"There are {count} files where one submission was written: nothing else may be left behind."
)
lines = path.read_text().splitlines()
assert lines[0].strip() == "id,Exited", "The first line is not 'id,Exited'."
table = pd.read_csv(path)
assert len(table) == 200 and list(table["id"]) == list(ids), (
    "The ids are not those given, in order."
)
assert lines[1].split(",")[0].strip('" ') == str(ids[0]), (
    f"The id of the first row is {ids[0]}, an integer, and is not written as one. In one array with the "
    "probabilities, ids become floats; keep them in a column of their own."
)
assert np.allclose(table["Exited"], probability, rtol=1e-4, atol=1e-5), (
    "The probabilities are not those given: do not round them, and do not turn them into 0 and 1."
)

older = path.read_bytes()
wrong = {
    "a probability of 1.01": ([1, 2, 3], [0.2, 1.01, 0.3]),
    "a negative probability": ([1, 2, 3], [0.2, 0.4, -0.001]),
    "a probability that is NaN": ([1, 2, 3], [0.2, float("nan"), 0.3]),
    "a probability that is infinite": ([1, 2], [0.2, float("inf")]),
    "fewer probabilities than ids": ([1, 2, 3], [0.2, 0.4]),
    "more probabilities than ids": ([1, 2], [0.2, 0.4, 0.6]),
    "one probability for three ids": ([1, 2, 3], [0.2]),
}
for what, (some_ids, some) in wrong.items():
    for target in [path, folder / "new.csv"]:
        try:
            write_submission(np.array(some_ids), np.array(some), target)
        except ValueError:
            pass
        except Exception as error:
            if "Not attempted yet" in str(error):
                raise
            raise AssertionError(
                f"With {what} it should be a ValueError, it was {type(error).__name__}."
            ) from error
        else:
            raise AssertionError(f"With {what} there was no error; it should be a ValueError.")
        assert path.read_bytes() == older, f"With {what}, the older file has changed."
        left = sorted(item.name for item in folder.iterdir())
        assert left == ["submission.csv"], f"With {what}, something new was left behind."

# The target is a folder, so that writing fails at the end; and a folder that does not exist.
(folder / "taken").mkdir()
for target in [folder / "taken", folder / "nowhere" / "submission.csv"]:
    try:
        write_submission([1, 2], [0.5, 0.5], target)
    except Exception:
        pass
    else:
        raise AssertionError(f"There can't be a file at {target.name}, and there was no error.")
    left = sorted(str(item.relative_to(folder)) for item in folder.rglob("*"))
    assert left == ["submission.csv", "taken"], (
        "Writing failed, and something new was left behind: remove the temporary file when an error "
        "occurs, whatever it is."
    )


# And an error in the middle of writing: the last id can't be turned into text.
class NoText:
    def __str__(self):
        raise OSError("disk full")

    __repr__ = __str__


broken = np.array([1, 2, NoText()], dtype=object)
try:
    write_submission(broken, [0.1, 0.2, 0.3], path)
except Exception:
    pass
else:
    raise AssertionError("An id without a text was written without an error.")
assert path.read_bytes() == older, (
    "An error in the middle of writing has destroyed the older file: write to another name first, "
    "and rename at the end."
)
left = sorted(item.name for item in folder.iterdir())
assert left == ["submission.csv", "taken"], (
    "An error in the middle of writing has left something new behind: remove the temporary file."
)
