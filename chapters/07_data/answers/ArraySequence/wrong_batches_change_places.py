# message: Only the batches change places
class ArraySequence(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, shuffle=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x, y
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = np.random.default_rng(seed)
        self.order = np.arange(len(self))

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, i):
        if i < len(self.x) // self.batch_size:
            i = self.order[i]
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.x[part], self.y[part]

    def on_epoch_end(self):
        if self.shuffle:
            self.generator.shuffle(self.order[: len(self.x) // self.batch_size])
