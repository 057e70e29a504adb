# message: a column of zeros has the norm 0, and 0 / 0 is not a number
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        norms = ops.sqrt(ops.sum(ops.square(w), axis=0, keepdims=True))
        return w * (ops.minimum(norms, self.max_norm) / norms)

    def get_config(self):
        return {"max_norm": self.max_norm}
