def class_sample_weight(y, class_weight):
    table = np.ones(max([*y.tolist(), *class_weight]) + 1, dtype="float32")
    for c in class_weight:
        table[c] = class_weight[c]
    return table[y]
