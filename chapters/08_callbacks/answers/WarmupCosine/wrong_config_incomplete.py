# message: The keys should be the arguments of __init__
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps, total_steps):
        self.peak = peak
        self.warmup_steps = warmup_steps
        self.total_steps = total_steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rising = self.peak * step / self.warmup_steps
        t = ops.clip((step - self.warmup_steps) / (self.total_steps - self.warmup_steps), 0, 1)
        falling = 0.5 * self.peak * (1 + ops.cos(np.pi * t))
        return ops.where(step < self.warmup_steps, rising, falling)

    def get_config(self):
        return {
            "peak": self.peak,
            "warmup_steps": self.warmup_steps,
        }
