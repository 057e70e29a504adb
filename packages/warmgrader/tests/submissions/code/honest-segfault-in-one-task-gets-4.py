# marked: it uses ctypes
# says: mean_check
import ctypes


def mean(values):
    ctypes.string_at(0)
