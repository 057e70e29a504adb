# message: The inputs of the new model are all of the model's inputs.
def activations(model, layer_names):
    outputs = [model.get_layer(name).output for name in layer_names]
    return keras.Model(model.inputs[0], outputs)
