def activations(model, layer_names):
    found = {layer.name: layer.output for layer in model.layers}
    for name in layer_names:
        if name not in found:
            raise ValueError(f"There is no layer named {name}.")
    return keras.Model(inputs=model.input, outputs=[found[name] for name in layer_names])
