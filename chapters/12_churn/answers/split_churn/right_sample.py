def split_churn(frame, fraction, seed):
    validation = frame.groupby("Exited").sample(frac=fraction, random_state=seed)
    return frame.drop(validation.index), validation
