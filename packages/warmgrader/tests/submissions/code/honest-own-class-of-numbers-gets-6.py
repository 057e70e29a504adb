class Fraction(float):
    def __repr__(self):
        return "a fraction"


def mean(values):
    return Fraction(np.mean(values))
