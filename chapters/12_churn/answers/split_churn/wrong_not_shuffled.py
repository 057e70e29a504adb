# message: Is `seed` used?
def split_churn(frame, fraction, seed):
    parts = [frame[frame["Exited"] == value] for value in (0, 1)]
    cuts = [len(part) - round(fraction * len(part)) for part in parts]
    train = pd.concat([part.iloc[:cut] for part, cut in zip(parts, cuts)])
    return train, pd.concat([part.iloc[cut:] for part, cut in zip(parts, cuts)])
