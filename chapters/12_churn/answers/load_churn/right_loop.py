def load_churn(path):
    frame = pd.read_csv(path)
    required = "id CustomerId Surname CreditScore Geography Gender Age Tenure Balance NumOfProducts"
    required = required.split() + ["HasCrCard", "IsActiveMember", "EstimatedSalary"]
    missing = set(required) - set(frame.columns)
    if missing:
        raise ValueError(f"missing columns: {sorted(missing)}")
    seen = set()
    for value in frame["id"]:
        if value in seen:
            raise ValueError(f"column id: duplicate id {value}")
        seen.add(value)
    empty_or_flag = lambda v: v != v or v in (0, 1)
    rules = {
        "Age": lambda v: 18 <= v <= 100,
        "Balance": lambda v: v >= 0,
        "HasCrCard": empty_or_flag,
        "IsActiveMember": empty_or_flag,
        "Exited": lambda v: v in (0, 1),
    }
    for column, rule in rules.items():
        if column in frame:
            for key, value in zip(frame["id"], frame[column]):
                if not rule(value):
                    raise ValueError(f"bad {column} in the row with id {key}: {value}")
    return frame
