import tempfile


def mean(values):
    with tempfile.TemporaryFile() as file:
        np.save(file, values)
        file.seek(0)
        return np.mean(np.load(file))
