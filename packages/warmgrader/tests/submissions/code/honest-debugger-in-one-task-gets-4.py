def mean(values):
    breakpoint()
    raise ValueError("still searching")
