# message: The whole kernel was scaled by one number.
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        norm = ops.sqrt(ops.sum(ops.square(w)))
        return w * (self.max_norm / ops.maximum(norm, self.max_norm))

    def get_config(self):
        return {"max_norm": self.max_norm}
