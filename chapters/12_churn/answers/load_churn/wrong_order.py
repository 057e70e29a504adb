# message: a check is made on all rows before the next check begins
def load_churn(path):
    frame = pd.read_csv(path)
    missing = [name for name in ["id", "CustomerId", "Surname", *FEATURES] if name not in frame]
    if missing:
        raise ValueError(f"missing: {missing}")
    seen = set()
    for _, row in frame.iterrows():
        if row["id"] in seen:
            raise ValueError(f"id twice: id {row['id']}")
        seen.add(row["id"])
        if not 18 <= row["Age"] <= 100:
            raise ValueError(f"Age: id {row['id']}")
        if row["Balance"] < 0:
            raise ValueError(f"Balance: id {row['id']}")
        for flag in ["HasCrCard", "IsActiveMember"]:
            if row[flag] not in (0, 1) and not np.isnan(row[flag]):
                raise ValueError(f"{flag}: id {row['id']}")
        if "Exited" in frame and row["Exited"] not in (0, 1):
            raise ValueError(f"Exited: id {row['id']}")
    return frame
