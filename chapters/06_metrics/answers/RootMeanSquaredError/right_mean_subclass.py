class RootMeanSquaredError(keras.metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
        super().update_state(ops.square(y_true - y_pred), sample_weight=sample_weight)

    def result(self):
        return ops.sqrt(super().result())
