# message: the order should be that of the list, not that of the layers in the model
def activations(model, layer_names):
    outputs = [layer.output for layer in model.layers if layer.name in layer_names]
    if len(outputs) < len(layer_names):
        raise ValueError("unknown layer")
    return keras.Model(model.inputs, outputs)
