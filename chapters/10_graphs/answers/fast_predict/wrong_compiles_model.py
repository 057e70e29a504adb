# message: fast_predict changed what model.compile had been told
def fast_predict(model):
    model.compile(jit_compile=True)
    return lambda x: model.predict(x, verbose=0).argmax(axis=-1)
