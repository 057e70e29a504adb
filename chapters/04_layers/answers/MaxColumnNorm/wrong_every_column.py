# message: Columns shorter than max_norm should come back exactly as they are
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        norms = ops.sqrt(ops.sum(ops.square(w), axis=0, keepdims=True))
        return w * self.max_norm / (norms + 1e-12)

    def get_config(self):
        return {"max_norm": self.max_norm}
