class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        return tf.clip_by_norm(w, self.max_norm, axes=[0])

    def get_config(self):
        return dict(max_norm=self.max_norm)


keras.saving.get_custom_objects()["MaxColumnNorm"] = MaxColumnNorm
