# message: `fraction`, here 0.25, is its share
def split_churn(frame, fraction, seed):
    train = frame.groupby("Exited").sample(frac=fraction, random_state=seed)
    return train, frame.drop(train.index)
