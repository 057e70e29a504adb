class WarmupCosine(keras.optimizers.schedules.CosineDecay):
    def __init__(self, peak, warmup_steps, total_steps):
        super().__init__(0.0, total_steps - warmup_steps, warmup_target=peak, warmup_steps=warmup_steps)
        self.peak, self.total_steps = peak, total_steps

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps, "total_steps": self.total_steps}
