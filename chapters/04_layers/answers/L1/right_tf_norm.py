class L1(keras.Regularizer):
    def __init__(self, factor):
        self.strength = factor

    def __call__(self, weights):
        return self.strength * tf.norm(weights, ord=1)

    def get_config(self):
        return {"factor": self.strength}


keras.saving.register_keras_serializable()(L1)
