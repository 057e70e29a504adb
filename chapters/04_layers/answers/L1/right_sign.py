@keras.saving.register_keras_serializable()
class L1(keras.regularizers.Regularizer):
    def __init__(self, factor):
        self._config = {"factor": factor}

    def __call__(self, x):
        total = 0.0
        for value in ops.unstack(ops.ravel(x)):
            total = total + ops.relu(value) + ops.relu(-value)
        return self._config["factor"] * total

    def get_config(self):
        return self._config
