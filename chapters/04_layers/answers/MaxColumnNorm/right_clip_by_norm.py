class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.max_norm = max_norm

    def __call__(self, w):
        return tf.clip_by_norm(tf.convert_to_tensor(w), float(self.max_norm), axes=[0])

    def get_config(self):
        config = super().get_config()
        config["max_norm"] = self.max_norm
        return config


keras.saving.get_custom_objects()["MaxColumnNorm"] = MaxColumnNorm
