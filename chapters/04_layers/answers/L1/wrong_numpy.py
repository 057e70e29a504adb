# message: Compute with keras.ops, not with NumPy
@keras.saving.register_keras_serializable()
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.factor * np.sum(np.abs(x))

    def get_config(self):
        return {"factor": self.factor}
