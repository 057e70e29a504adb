# message: it should compute the penalty anew at every call
@keras.saving.register_keras_serializable(package="ex04")
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor
        self.penalty = None

    def __call__(self, x):
        if self.penalty is None:
            self.penalty = self.factor * ops.sum(ops.abs(x))
        return self.penalty

    def get_config(self):
        return {"factor": self.factor}
