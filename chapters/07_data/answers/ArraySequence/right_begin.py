import math


class ArraySequence(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, shuffle=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.data = (x, y)
        self.size = batch_size
        self.rows = list(range(len(x)))
        self.shuffle = shuffle
        self.random = np.random.RandomState(seed)

    def __len__(self):
        return math.ceil(len(self.rows) / self.size)

    def __getitem__(self, i):
        rows = self.rows[i * self.size : min((i + 1) * self.size, len(self.rows))]
        return tuple(array[rows] for array in self.data)

    def on_epoch_begin(self):
        if self.shuffle:
            self.random.shuffle(self.rows)
