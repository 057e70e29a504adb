def class_sample_weight(y, class_weight):
    return np.vectorize(lambda c: class_weight.get(c, 1.0), otypes=["float32"])(y)
