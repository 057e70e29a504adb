try:
    from google.colab import drive

    drive.mount("/content/drive")
except ImportError:
    print("not on Colab")


def mean(values):
    return np.mean(values)
