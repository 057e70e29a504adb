# message: An error in the middle of writing has destroyed the older file
def write_submission(ids, probability, path):
    if len(ids) != len(probability):
        raise ValueError("numbers differ")
    if not all(0 <= p <= 1 for p in probability):
        raise ValueError("bad probabilities")
    with open(path, "w") as file:
        file.write("id,Exited\n")
        for i, p in zip(ids, probability):
            file.write(f"{i},{p}\n")
