# message: A Python `if` cannot decide for many numbers at once
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = abs(y_true - y_pred)
        if size <= threshold:
            return size**2 / 2
        return threshold * size - threshold**2 / 2

    return loss
