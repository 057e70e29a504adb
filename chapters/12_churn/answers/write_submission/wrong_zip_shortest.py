# message: With fewer probabilities than ids there was no error
def write_submission(ids, probability, path):
    rows = list(zip(ids, probability))
    if not all(0 <= p <= 1 for _, p in rows):
        raise ValueError("bad probabilities")
    text = "id,Exited\n" + "".join(f"{i},{p}\n" for i, p in rows)
    Path(path).write_text(text)
