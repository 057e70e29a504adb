# message: calls the inherited test_step
class EvalOnly(keras.Model):
    """A model whose own test step equals the built-in one."""

    def test_step(self, data):
        return super().test_step(data)
