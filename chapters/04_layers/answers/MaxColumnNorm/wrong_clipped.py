# message: Each number was clipped on its own.
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        return ops.clip(w, -self.max_norm, self.max_norm)

    def get_config(self):
        return {"max_norm": self.max_norm}
