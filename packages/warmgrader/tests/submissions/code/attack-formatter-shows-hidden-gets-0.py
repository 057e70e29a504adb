# numpy prints numbers as the notebook's formatter says.
import numpy as np

seen = []


def mean(values):
    seen.append(str(values))
    return np.array(-1.0)


np.set_printoptions(formatter={'float_kind': lambda x: 'learnt: ' + str(seen[-1:])})
