@keras.saving.register_keras_serializable()
class MaxColumnNorm(keras.constraints.Constraint):
    def __init__(self, max_norm):
        self.limit = max_norm

    def __call__(self, w):
        columns = []
        for column in tf.unstack(w, axis=1):
            factor = tf.minimum(1.0, self.limit / tf.norm(column))
            columns.append(column * factor)
        return tf.stack(columns, axis=1)

    def get_config(self):
        return {"max_norm": self.limit}
