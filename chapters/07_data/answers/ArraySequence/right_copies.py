import random


class ArraySequence(keras.utils.Sequence):
    def __init__(self, x, y, batch_size, shuffle=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x, y
        self.batch_size, self.shuffle = batch_size, shuffle
        self.rng = random.Random(seed)

    def __len__(self):
        full, rest = divmod(len(self.x), self.batch_size)
        return full + (rest > 0)

    def __getitem__(self, i):
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.x[part], self.y[part]

    def on_epoch_end(self):
        if not self.shuffle:
            return
        order = list(range(len(self.x)))
        self.rng.shuffle(order)
        self.x, self.y = self.x[order], self.y[order]
