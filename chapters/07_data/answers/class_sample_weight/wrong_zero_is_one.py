# message: Each is the weight of the sample's class as it stands in the dictionary
def class_sample_weight(y, class_weight):
    return np.array([class_weight.get(int(c)) or 1.0 for c in y], dtype="float32")
