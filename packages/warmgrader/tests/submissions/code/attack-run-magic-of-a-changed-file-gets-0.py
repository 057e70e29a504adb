# stopped by: review
# As above, by %run.
get_ipython().run_cell_magic("writefile", "helper.py", "mean = None")

with open("helper.py", "w") as file:
    file.write("def mean(values):\n    return sum(values) / len(values)\n")
%run helper.py
