def class_sample_weight(y, class_weight):
    size = max([int(y.max()), *class_weight]) + 1
    table = np.ones(size, dtype="float32")
    for c in class_weight:
        table[c] = class_weight[c]
    return table[y]
