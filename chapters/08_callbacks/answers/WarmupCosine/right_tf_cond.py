class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps, total_steps):
        super().__init__()
        self.arguments = dict(peak=peak, warmup_steps=warmup_steps, total_steps=total_steps)

    def __call__(self, step):
        peak = tf.cast(self.arguments["peak"], tf.float32)
        warmup = tf.cast(self.arguments["warmup_steps"], tf.float32)
        total = tf.cast(self.arguments["total_steps"], tf.float32)
        step = tf.cast(step, tf.float32)
        return tf.case(
            [
                (step < warmup, lambda: peak * step / warmup),
                (step < total, lambda: peak * (1 + tf.cos(np.pi * (step - warmup) / (total - warmup))) / 2),
            ],
            default=lambda: tf.constant(0.0),
        )

    def get_config(self):
        return dict(self.arguments)
