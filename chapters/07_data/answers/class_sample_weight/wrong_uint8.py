# message: Compare with the labels
def class_sample_weight(y, class_weight):
    labels = y.astype("uint8")
    return np.array([class_weight.get(int(c), 1.0) for c in labels], dtype="float32")
