# helped only
def change():
    global float
    float = lambda a: 3


change()
