class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps, total_steps):
        self.peak, self.warmup, self.total = float(peak), int(warmup_steps), int(total_steps)

    def __call__(self, step):
        step = ops.minimum(ops.cast(step, "float64"), self.total)
        angle = np.pi / 2 * ops.maximum(step - self.warmup, 0) / (self.total - self.warmup)
        rate = self.peak * ops.minimum(step / self.warmup, 1.0) * ops.cos(angle) ** 2
        return ops.cast(rate, "float32")

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup, "total_steps": self.total}
