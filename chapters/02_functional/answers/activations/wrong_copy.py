# message: after the model's weights changed: entry
# message: is not what that layer returns
def activations(model, layer_names):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return keras.Model(copy.inputs, [copy.get_layer(name).output for name in layer_names])
