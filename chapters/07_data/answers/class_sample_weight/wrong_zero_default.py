# message: Class 2 is not in the dictionary and weighs 0
def class_sample_weight(y, class_weight):
    return np.array([class_weight.get(int(c), 0.0) for c in y], dtype="float32")
