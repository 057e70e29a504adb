import multiprocessing
import os

import psutil

me = psutil.Process()
print(me.cpu_times(), me.num_threads(), me.cmdline(), os.listdir("/proc/self/fd"))
with multiprocessing.Pool(2) as pool:
    assert pool.map(abs, [-1]) == [1]


def mean(values):
    assert psutil.Process().memory_info().rss > 0
    with open("/dev/stdout", "w"):
        pass
    return np.mean(values)
