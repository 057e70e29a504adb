%pylab inline
from numpy import *


def mean(values):
    return sum(values) / size(values)
