class GradientAccumulation(keras.Model):
    """Applies the mean gradient of `every` batches once per `every` batches."""

    def __init__(self, inputs, outputs, every):
        super().__init__(inputs, outputs)
        self.every = every

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        self.optimizer.gradient_accumulation_steps = self.every
