# message: A customer of 17 was accepted
def load_churn(path):
    frame = pd.read_csv(path)
    return frame[frame["Age"].between(18, 100) & (frame["Balance"] >= 0)]
