# message: class 2 is not in the dictionary
def class_sample_weight(y, class_weight):
    return np.array([class_weight[int(c)] for c in y], dtype="float32")
