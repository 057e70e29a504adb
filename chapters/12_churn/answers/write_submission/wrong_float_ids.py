# message: In one array with the probabilities, ids become floats
import os


def write_submission(ids, probability, path):
    ids, probability = np.asarray(ids), np.asarray(probability)
    if len(ids) != len(probability):
        raise ValueError("as many probabilities as ids")
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("not a probability")
    table = pd.DataFrame(np.column_stack([ids, probability]), columns=["id", "Exited"])
    temporary = f"{path}.tmp"
    try:
        table.to_csv(temporary, index=False)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
