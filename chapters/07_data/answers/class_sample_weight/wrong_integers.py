# message: The weight 0.5 became 0
def class_sample_weight(y, class_weight):
    weights = np.ones_like(y)
    for c, weight in class_weight.items():
        weights[y == c] = weight
    return weights.astype("float32")
