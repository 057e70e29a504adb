def write_submission(ids, probability, path):
    values = np.asarray(probability, dtype="float64").ravel()
    if len(values) != len(ids) or np.isnan(values).any() or values.min() < 0 or values.max() > 1:
        raise ValueError("one probability in [0, 1] for each id, please")
    text = pd.DataFrame({"id": ids, "Exited": values}).to_csv(index=False)
    Path(path).write_text(text)
