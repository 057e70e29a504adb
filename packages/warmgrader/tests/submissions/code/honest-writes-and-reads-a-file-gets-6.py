from pathlib import Path


def mean(values):
    Path("values.txt").write_text(" ".join(str(value) for value in values))
    return np.mean([float(word) for word in Path("values.txt").read_text().split()])
