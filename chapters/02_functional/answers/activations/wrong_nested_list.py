# message: as a list in a list: give one flat list
def activations(model, layer_names):
    return keras.Model(model.inputs, [[model.get_layer(name).output for name in layer_names]])
