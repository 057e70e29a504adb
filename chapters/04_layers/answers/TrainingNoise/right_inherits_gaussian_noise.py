class TrainingNoise(layers.GaussianNoise):
    pass
