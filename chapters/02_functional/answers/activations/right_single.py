def activations(model, layer_names):
    outputs = []
    for name in layer_names:
        outputs.append(model.get_layer(name).output)
    if len(outputs) == 1:
        outputs = outputs[0]
    return keras.Model(model.inputs, outputs)
