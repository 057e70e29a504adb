# message: a balance of 0 and empty flags is right and was refused
def load_churn(path):
    frame = pd.read_csv(path)
    missing = [name for name in ["id", "CustomerId", "Surname", *FEATURES] if name not in frame]
    if missing:
        raise ValueError(f"missing: {missing}")

    def refuse(column, bad):
        if bad.any():
            raise ValueError(f"{column}: bad value at id {frame.loc[bad, 'id'].iloc[0]}")

    refuse("id", frame["id"].duplicated())
    refuse("Age", ~frame["Age"].between(18, 100))
    refuse("Balance", frame["Balance"] < 0)
    refuse("HasCrCard", ~frame["HasCrCard"].isin([0, 1]))
    refuse("IsActiveMember", ~frame["IsActiveMember"].isin([0, 1]))
    return frame
