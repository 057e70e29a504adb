# message: There is no gradient from the loss back to y_pred
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = np.abs(np.asarray(y_true, "float32") - np.asarray(y_pred))
        values = np.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2)
        return values.reshape(len(values), -1).mean(axis=1)

    return loss
