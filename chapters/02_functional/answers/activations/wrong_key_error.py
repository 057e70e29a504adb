# message: which should raise a ValueError; it raised KeyError
def activations(model, layer_names):
    found = {layer.name: layer.output for layer in model.layers}
    return keras.Model(model.inputs, [found[name] for name in layer_names])
