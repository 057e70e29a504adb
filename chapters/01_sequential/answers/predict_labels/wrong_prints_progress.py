# message: pass verbose=0 to predict
def predict_labels(model, images):
    x = images.reshape(len(images), -1) / 255
    return model.predict(x).argmax(axis=-1)
