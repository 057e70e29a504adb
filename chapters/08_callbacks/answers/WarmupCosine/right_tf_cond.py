class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps, total_steps):
        self.arguments = dict(peak=peak, warmup_steps=warmup_steps, total_steps=total_steps)

    def __call__(self, step):
        peak, warmup, total = self.arguments.values()
        step = tf.cast(step, tf.float32)
        return tf.case(
            [
                (step < warmup, lambda: peak * step / warmup),
                (step < total, lambda: peak * (1 + tf.cos(np.pi * (step - warmup) / (total - warmup))) / 2),
            ],
            default=lambda: 0.0,
        )

    def get_config(self):
        return self.arguments
