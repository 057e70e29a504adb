class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps, total_steps):
        self.peak, self.warmup, self.total = peak, warmup_steps, total_steps

    def __call__(self, step):
        step = ops.minimum(ops.cast(step, "float32"), self.total)
        angle = np.pi / 2 * ops.maximum(step - self.warmup, 0) / (self.total - self.warmup)
        return self.peak * ops.minimum(step / self.warmup, 1.0) * ops.cos(angle) ** 2

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup, "total_steps": self.total}
