# message: A table in which CustomerId and Surname repeat is right and was refused
def load_churn(path):
    frame = pd.read_csv(path)
    for column in ["id", "CustomerId"]:
        bad = frame[column].duplicated()
        if bad.any():
            raise ValueError(f"{column} repeats at id {frame.loc[bad, 'id'].iloc[0]}")
    bad = ~frame["Age"].between(18, 100)
    if bad.any():
        raise ValueError(f"Age is wrong at id {frame.loc[bad, 'id'].iloc[0]}")
    return frame
