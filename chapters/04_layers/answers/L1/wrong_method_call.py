# message: a method named `call` is never used
@keras.saving.register_keras_serializable()
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def call(self, x):
        return self.factor * ops.sum(ops.abs(x))

    def get_config(self):
        return {"factor": self.factor}
