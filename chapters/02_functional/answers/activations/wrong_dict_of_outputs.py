# message: The outputs were given to keras.Model as a dict
def activations(model, layer_names):
    return keras.Model(model.inputs, {name: model.get_layer(name).output for name in layer_names})
