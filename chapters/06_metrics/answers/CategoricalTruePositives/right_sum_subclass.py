class CategoricalTruePositives(keras.metrics.Sum):
    def __init__(self, name="ctp", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        hits = keras.metrics.sparse_categorical_accuracy(y_true, y_pred)
        if sample_weight is not None:
            sample_weight = ops.reshape(sample_weight, (-1,))
        super().update_state(hits, sample_weight)
