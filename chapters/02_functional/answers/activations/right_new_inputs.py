def activations(model, layer_names):
    inner = keras.Model(model.inputs, [model.get_layer(name).output for name in layer_names])
    inputs = [keras.Input(t.shape[1:], name=t.name) for t in model.inputs]
    outputs = inner(inputs)
    return keras.Model(inputs, outputs)
