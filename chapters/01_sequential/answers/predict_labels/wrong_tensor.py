# message: it should return a NumPy array
def predict_labels(model, images):
    x = images.reshape(len(images), -1) / 255
    return ops.argmax(model(x), axis=-1)
