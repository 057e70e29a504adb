# message: compute with keras.ops, without NumPy
@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        w = np.array(w)
        for j in range(w.shape[1]):
            norm = np.linalg.norm(w[:, j])
            if norm > self.max_norm:
                w[:, j] *= self.max_norm / norm
        return w

    def get_config(self):
        return {"max_norm": self.max_norm}
