# message: The base class's get_config is empty
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        norms = ops.sqrt(ops.sum(ops.square(w), axis=0, keepdims=True))
        return w * (self.max_norm / ops.maximum(norms, self.max_norm))
