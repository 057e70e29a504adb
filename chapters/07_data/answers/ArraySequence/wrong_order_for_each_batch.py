# message: An epoch should hold every sample once
class ArraySequence(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size, shuffle=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x, y
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = np.random.default_rng(seed)

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __getitem__(self, i):
        n = len(self.x)
        order = self.generator.permutation(n) if self.shuffle else np.arange(n)
        rows = order[i * self.batch_size : (i + 1) * self.batch_size]
        return self.x[rows], self.y[rows]
