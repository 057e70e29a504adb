# message: it should be [0.5, 1, 3, 0.5]
def class_sample_weight(y, class_weight):
    weights = np.array([class_weight.get(int(c), 1.0) for c in y], dtype="float32")
    return weights / weights.mean()
