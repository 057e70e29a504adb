# message: Along which axis did you take argmax?
def predict_labels(model, images):
    x = images.reshape(len(images), -1) / 255
    return model.predict(x, verbose=0).argmax(axis=0)
