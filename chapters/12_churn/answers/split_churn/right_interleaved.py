def split_churn(frame, fraction, seed):
    generator = np.random.RandomState(seed)
    parts = {True: [], False: []}
    for value in (0, 1):
        rows = frame[frame["Exited"] == value]
        rows = rows.iloc[generator.permutation(len(rows))]
        cut = int(len(rows) * fraction)
        parts[True].append(rows.iloc[:cut])
        parts[False].append(rows.iloc[cut:])
    train = pd.concat(parts[False]).sample(frac=1, random_state=seed)
    return train.reset_index(drop=True), pd.concat(parts[True]).reset_index(drop=True)
