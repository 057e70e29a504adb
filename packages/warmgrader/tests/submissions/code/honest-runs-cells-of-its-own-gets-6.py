get_ipython().run_cell("def helper(values):\n    return np.sum(values)")
get_ipython().run_line_magic("matplotlib", "inline")

def mean(values):
    result = get_ipython().run_cell("1 + 1")
    return helper(values) / np.size(values) * result.result / 2
