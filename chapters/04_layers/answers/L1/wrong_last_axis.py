# message: it should be 0.1 * (1 + 2 + 3 + 4) = 1.0
@keras.saving.register_keras_serializable()
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return ops.max(self.factor * ops.sum(ops.abs(x), axis=0))

    def get_config(self):
        return {"factor": self.factor}
