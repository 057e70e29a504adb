# message: it is not the row number
def load_churn(path):
    frame = pd.read_csv(path)
    for column, bad in [("Age", ~frame["Age"].between(18, 100)), ("Balance", frame["Balance"] < 0)]:
        if bad.any():
            raise ValueError(f"{column} is out of range in row {bad.idxmax()}")
    return frame
