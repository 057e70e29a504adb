def mean(values):
    quit()
