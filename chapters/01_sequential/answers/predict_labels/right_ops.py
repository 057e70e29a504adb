def predict_labels(model, images):
    rows = np.stack([image.flatten() for image in images]) / 255.0
    scores = model.predict(rows, verbose=False)
    return ops.convert_to_numpy(ops.argmax(scores, axis=-1))
