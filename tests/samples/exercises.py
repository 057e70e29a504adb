# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Sample assignment
#
# {{ tasks }}

# %%
import math

# %% [markdown]
# ## `area`
# The area of a circle of this radius.

# %% task="area" role="answer" about="a circle" minutes=10 difficulty=1
def area(radius):
    """Return the area of a circle."""
    ### BEGIN SOLUTION
    squared = radius**2
    return math.pi * squared
    ### END SOLUTION


# %% task="area" role="check" points=4
assert math.isclose(area(1), math.pi), "The area of the unit circle is pi"

# %% task="area" role="hidden" points=6 tries="another radius"
secret_radius = 2.5
assert math.isclose(area(secret_radius), 6.25 * math.pi), "Radius 2.5 is wrong"

# %% [markdown]
# ## `Counter`

# %% task="Counter" role="answer" about="state" minutes=25 difficulty=3
class Counter:
    """Counts calls."""

    def __init__(self, start=0):
        ### BEGIN SOLUTION
        self.count = start
        ### END SOLUTION

    def __call__(self):
        ### BEGIN SOLUTION
        self.count += 1

        return self.count
        ### END SOLUTION


# %% task="Counter" role="check" points=9
assert Counter()() == 1, "The first call returns 1"

# %% task="Counter" role="hidden" points=1 tries="another start"
counter = Counter(41)
assert counter() == 42
