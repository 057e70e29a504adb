@keras.saving.register_keras_serializable("mine")
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        norm = ops.norm(w, axis=0)
        too_long = norm > self.max_norm
        return ops.where(too_long, w * self.max_norm / ops.where(too_long, norm, 1.0), w)

    def get_config(self):
        return {"max_norm": self.max_norm}
