@keras.saving.register_keras_serializable("mine", "absolute")
class L1(keras.regularizers.L1):
    def __init__(self, factor):
        super().__init__(l1=factor)

    def get_config(self):
        return {"factor": float(self.l1)}
