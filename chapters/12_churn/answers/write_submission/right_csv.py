import csv
import os


def write_submission(ids, probability, path):
    ids, probability = list(ids), [float(p) for p in probability]
    if len(ids) != len(probability):
        raise ValueError("ids and probabilities differ in number")
    for p in probability:
        if not 0 <= p <= 1:
            raise ValueError(f"{p} is not a probability")
    rows = [["id", "Exited"]] + [[str(i), repr(p)] for i, p in zip(ids, probability)]
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    try:
        with os.fdopen(handle, "w", newline="") as file:
            csv.writer(file).writerows(rows)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
