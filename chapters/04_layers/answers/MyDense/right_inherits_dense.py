@keras.saving.register_keras_serializable("mine")
class MyDense(layers.Dense):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation, **kwargs)
