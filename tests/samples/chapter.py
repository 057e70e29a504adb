# %% [markdown]
# # Sample chapter

# %% tags=["parameters"]
REPEATS = 3  # int: lines to print
WORD = "spam"  # str: what to print

# %%
# %matplotlib inline
import matplotlib.pyplot as plt

# %% [markdown]
# ## Words

# %%
for number in range(REPEATS):
    print(number, WORD)

# %% tags=["nbval-ignore-output"]
import time

time.time()

# %% alt="A line that rises from 1 to 3"
plt.plot([1, 2, 3])
plt.show()
