# message: it should be (4,)
def class_sample_weight(y, class_weight):
    return np.array([[class_weight.get(int(c), 1.0)] for c in y], dtype="float32")
