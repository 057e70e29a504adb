def load_churn(path):
    frame = pd.read_csv(path)
    missing = [c for c in ["id", "CustomerId", "Surname"] + FEATURES if c not in frame]
    if len(missing) > 0:
        raise ValueError("These columns are missing: " + " ".join(missing))
    bad = {
        "id": frame.id.duplicated(keep="first"),
        "Age": (frame.Age < 18) | (frame.Age > 100) | frame.Age.isna(),
        "Balance": frame.Balance < 0,
        "HasCrCard": ~frame.HasCrCard.fillna(0).isin([0, 1]),
        "IsActiveMember": ~frame.IsActiveMember.fillna(0).isin([0, 1]),
    }
    if "Exited" in frame:
        bad["Exited"] = (frame.Exited != 0) & (frame.Exited != 1)
    for column in bad:
        rows = frame[bad[column]]
        if not rows.empty:
            raise ValueError(f"{column}={rows.iloc[0][column]} for id={rows.iloc[0]['id']}")
    return frame
