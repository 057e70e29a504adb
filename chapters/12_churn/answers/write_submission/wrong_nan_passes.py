# message: With a probability that is NaN there was no error
def write_submission(ids, probability, path):
    probability = np.asarray(probability, dtype="float64")
    if len(ids) != len(probability) or (probability < 0).any() or (probability > 1).any():
        raise ValueError("bad probabilities")
    text = pd.DataFrame({"id": ids, "Exited": probability}).to_csv(index=False)
    Path(path).write_text(text)
