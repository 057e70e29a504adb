from IPython.display import HTML, display


def mean(values):
    print("0.5")
    display(HTML("<b>mean</b>"))
    display(7)
    return np.mean(values)
