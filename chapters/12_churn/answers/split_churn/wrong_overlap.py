# message: rows in train and
def split_churn(frame, fraction, seed):
    train = frame.groupby("Exited").sample(frac=1.0, random_state=seed)
    validation = frame.groupby("Exited").sample(frac=fraction, random_state=seed)
    return pd.concat([train, validation]), validation
