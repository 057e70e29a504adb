# marked: it forks the process that runs the tests
import os


def mean(values):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, repr(float(np.sum(values) / np.size(values))).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    return float(os.read(read, 100))
