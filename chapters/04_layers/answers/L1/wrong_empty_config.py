# message: L1.from_config(L1(0.25).get_config()) fails.
@keras.saving.register_keras_serializable()
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.factor * ops.sum(ops.abs(x))

    def get_config(self):
        return {}
