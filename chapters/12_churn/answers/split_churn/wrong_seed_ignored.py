# message: The same seed gave another split.
def split_churn(frame, fraction, seed):
    validation = frame.groupby("Exited").sample(frac=fraction)
    return frame.drop(validation.index), validation
