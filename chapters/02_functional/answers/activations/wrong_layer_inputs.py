# message: what each layer returns, not what it is fed
def activations(model, layer_names):
    return keras.Model(model.inputs, [model.get_layer(name).input for name in layer_names])
