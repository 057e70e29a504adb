# message: predict_labels returned a list, it should return a NumPy array
def predict_labels(model, images):
    x = images.reshape(len(images), -1) / 255
    return [int(row.argmax()) for row in model.predict(x, verbose=0)]
