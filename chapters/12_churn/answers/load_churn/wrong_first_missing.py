# message: name all of them, not only one
def load_churn(path):
    frame = pd.read_csv(path)
    for column in ["id", "CustomerId", "Surname", *FEATURES]:
        if column not in frame.columns:
            raise ValueError(f"column {column} is missing")

    def refuse(column, bad):
        if bad.any():
            raise ValueError(f"{column}: bad value at id {frame.loc[bad, 'id'].iloc[0]}")

    refuse("id", frame["id"].duplicated())
    refuse("Age", ~frame["Age"].between(18, 100))
    refuse("Balance", frame["Balance"] < 0)
    for flag in ["HasCrCard", "IsActiveMember"]:
        refuse(flag, ~(frame[flag].isin([0, 1]) | frame[flag].isna()))
    if "Exited" in frame:
        refuse("Exited", ~frame["Exited"].isin([0, 1]))
    return frame
