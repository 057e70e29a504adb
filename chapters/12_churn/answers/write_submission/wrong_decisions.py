# message: probabilities, not decisions
def write_submission(ids, probability, path):
    probability = np.asarray(probability)
    if len(ids) != len(probability) or not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("bad probabilities")
    decision = (probability >= 0.5).astype(int)
    pd.DataFrame({"id": ids, "Exited": decision}).to_csv(path, index=False)
