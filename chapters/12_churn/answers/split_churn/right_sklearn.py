from sklearn.model_selection import train_test_split


def split_churn(frame, fraction, seed):
    train, validation = train_test_split(
        frame, test_size=fraction, random_state=seed, stratify=frame["Exited"]
    )
    return train, validation
