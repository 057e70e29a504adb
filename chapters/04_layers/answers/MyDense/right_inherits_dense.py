@keras.saving.register_keras_serializable("mine")
class MyDense(layers.Dense):
    pass
