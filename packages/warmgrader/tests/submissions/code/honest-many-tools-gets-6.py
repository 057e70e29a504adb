# marked: objects that are equal to anything, and a comparison of its own
import contextlib
import copy
import dataclasses
import enum
import functools
import inspect
import io
import traceback
import unittest.mock
import warnings
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import NamedTuple



class Kind(enum.Enum):
    SUM = "sum"


class Pair(NamedTuple):
    total: float
    count: int


@dataclasses.dataclass(order=True, frozen=True)
class Box:
    value: float


@functools.total_ordering
class Length:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Length) and self.value == other.value

    def __lt__(self, other):
        return self.value < other.value

    def __hash__(self):
        return hash(self.value)


@functools.lru_cache(maxsize=None)
def size(kind, length):
    return length


def mean(values):
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        traceback.print_stack()
        print(inspect.signature(mean))
    try:
        raise ValueError("mine")
    except ValueError:
        traceback.print_exc()
    with unittest.mock.patch("os.getcwd", return_value="x"):
        pass
    with ThreadPoolExecutor() as pool:
        total = pool.submit(np.sum, values).result()
    box = copy.deepcopy(Box(float(total)))
    assert Length(1) < Length(2) and Box(1) < Box(2) and Fraction(1, 2) == 0.5
    pair = Pair(box.value, size(Kind.SUM, int(np.size(values))))
    return pair.total / pair.count


print(inspect.getsource(Length))
