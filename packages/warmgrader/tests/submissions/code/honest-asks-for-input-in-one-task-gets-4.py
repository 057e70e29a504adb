def mean(values):
    return float(input("The mean is: "))
