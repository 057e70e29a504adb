import dataclasses


def mean(values):
    @dataclasses.dataclass
    class Sums:
        total: float
        count: int

    assert Sums(1, 2) == Sums(1, 2)
    sums = Sums(float(np.sum(values)), np.size(values))
    Pair = dataclasses.make_dataclass("Pair", ["a", "b"])
    assert Pair(1, 2) != Pair(2, 1)
    return sums.total / sums.count
