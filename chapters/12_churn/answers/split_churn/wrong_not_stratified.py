# message: a stratified split has a quarter of them
def split_churn(frame, fraction, seed):
    positions = np.random.default_rng(seed).permutation(len(frame))
    count = round(fraction * len(frame))
    return frame.iloc[positions[count:]], frame.iloc[positions[:count]]
