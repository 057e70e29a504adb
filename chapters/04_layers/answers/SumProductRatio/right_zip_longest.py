from itertools import zip_longest


class SumProductRatio(layers.Layer):
    def call(self, pair):
        return [pair[0] + pair[1], pair[0] * pair[1], pair[0] / pair[1]]

    def compute_output_shape(self, shapes):
        backwards = zip_longest(reversed(shapes[0]), reversed(shapes[1]), fillvalue=1)
        sizes = [None if None in pair else max(pair) for pair in backwards]
        return [tuple(sizes[::-1]) for _ in range(3)]
