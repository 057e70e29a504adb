@keras.saving.register_keras_serializable()
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self._config = {"factor": factor}

    def __call__(self, x):
        total = 0.0
        for row in ops.unstack(ops.reshape(x, (-1, 1))):
            total = total + ops.sum(ops.maximum(row, -row))
        return self._config["factor"] * total

    def get_config(self):
        return dict(self._config)
