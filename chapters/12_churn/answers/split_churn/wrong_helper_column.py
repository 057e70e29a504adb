# message: Is a helper column left?
def split_churn(frame, fraction, seed):
    frame = frame.copy()
    frame["draw"] = np.random.default_rng(seed).random(len(frame))
    rank = frame.groupby("Exited")["draw"].rank(method="first")
    size = frame.groupby("Exited")["draw"].transform("size")
    is_validation = rank <= (fraction * size).round()
    return frame[~is_validation], frame[is_validation]
