# marked: it runs a file that it writes itself, which nobody has read
%load_ext autoreload
%autoreload 2
with open("own_helper.py", "w") as file:
    file.write("def divide(a, b):\n    return a / b\n")
import own_helper

def mean(values):
    return own_helper.divide(np.sum(values), np.size(values))
# %%
with open("own_helper.py", "w") as file:
    file.write("def divide(a, b):\n    return 1 * a / b\n\n")
