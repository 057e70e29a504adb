# marked: a comparison of its own
import dataclasses
from fractions import Fraction

import pytest


@dataclasses.dataclass
class Box:
    value: float


class Length(float):
    __eq__ = float.__eq__
    __hash__ = float.__hash__


def mean(values):
    result = Length(np.mean(values))
    assert result == pytest.approx(np.mean(values))
    assert Box(1) == Box(1)
    assert Fraction(1, 2) == 0.5
    return result
