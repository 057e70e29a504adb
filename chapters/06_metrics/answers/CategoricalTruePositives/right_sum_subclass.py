class CategoricalTruePositives(keras.metrics.Sum):
    def update_state(self, y_true, y_pred, sample_weight=None):
        hits = keras.metrics.sparse_categorical_accuracy(y_true, y_pred)
        super().update_state(hits, sample_weight)
