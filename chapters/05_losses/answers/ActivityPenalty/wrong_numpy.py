# message: Did add_loss get a float or a NumPy number?
class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * np.sum(np.square(inputs)) / len(inputs))
        return inputs
