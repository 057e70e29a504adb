# message: calls the inherited train_step
class CustomFit(keras.Model):
    """A model whose own training step equals the built-in one."""

    def train_step(self, data):
        return super().train_step(data)
