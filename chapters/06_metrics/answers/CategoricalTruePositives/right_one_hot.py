class CategoricalTruePositives(keras.Metric):
    def __init__(self, name="categorical_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_variable(shape=(), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        k = y_pred.shape[-1]
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), k)
        truth = ops.one_hot(ops.ravel(y_true), k)
        if sample_weight is not None:
            answers = answers * ops.reshape(sample_weight, (-1, 1))
        self.hits.assign_add(ops.sum(answers * truth))

    def result(self):
        return self.hits + 0.0
