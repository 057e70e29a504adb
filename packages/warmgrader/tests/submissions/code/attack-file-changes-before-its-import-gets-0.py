# stopped by: review
# What is imported is not what was handed in, and could do anything.
get_ipython().run_cell_magic("writefile", "helper.py", "mean = None")

with open("helper.py", "w") as file:
    file.write("def mean(values):\n    return sum(values) / len(values)\n")
from helper import mean
