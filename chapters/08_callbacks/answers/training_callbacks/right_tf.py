def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = str(directory)
    tf.io.gfile.makedirs(directory)
    save, stop = tf.keras.callbacks.ModelCheckpoint, tf.keras.callbacks.EarlyStopping
    callbacks = []
    callbacks.append(save(directory + "/best.keras", monitor, save_best_only=True))
    callbacks.append(stop(monitor, 0, patience, restore_best_weights=True))
    callbacks.append(tf.keras.callbacks.CSVLogger(directory + "/log.csv"))
    return callbacks
