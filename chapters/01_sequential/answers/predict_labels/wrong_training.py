# message: is the model used as in prediction, not in training?
def predict_labels(model, images):
    x = images.reshape(len(images), -1) / 255
    return np.asarray(model(x, training=True)).argmax(axis=-1)
