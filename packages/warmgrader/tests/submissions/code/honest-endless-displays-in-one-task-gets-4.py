# says: printed or displayed more than
from IPython.display import display


def mean(values):
    while True:
        display({"text/html": "x" * 100_000}, raw=True)
