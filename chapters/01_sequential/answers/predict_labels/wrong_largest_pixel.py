# message: A pixel of 128 was fed to the model as a larger number than 128 / 255
def predict_labels(model, images):
    x = images.reshape(len(images), -1) / images.max()
    return model.predict(x, verbose=0).argmax(axis=-1)
