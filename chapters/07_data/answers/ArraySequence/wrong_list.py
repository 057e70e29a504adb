# message: should be a tuple (x_batch, y_batch), it is a list
class ArraySequence(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, shuffle=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size, self.shuffle = x, y, batch_size, shuffle
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(len(x))

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, i):
        rows = self.order[i * self.batch_size : (i + 1) * self.batch_size]
        return [self.x[rows], self.y[rows]]

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.order)
