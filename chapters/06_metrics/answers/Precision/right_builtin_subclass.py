class Precision(keras.metrics.Precision):
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(thresholds=threshold, name=name, **kwargs)
        self.threshold = threshold

    def get_config(self):
        return {"threshold": self.threshold, "name": self.name, "dtype": self.dtype}
