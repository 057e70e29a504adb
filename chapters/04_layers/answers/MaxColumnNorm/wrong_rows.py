# message: The rows were scaled, it should be the columns
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        norms = ops.sqrt(ops.sum(ops.square(w), axis=1, keepdims=True))
        return w * (self.max_norm / ops.maximum(norms, self.max_norm))

    def get_config(self):
        return {"max_norm": self.max_norm}
