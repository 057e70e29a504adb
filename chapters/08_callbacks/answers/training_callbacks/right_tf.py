def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = str(directory)
    tf.io.gfile.makedirs(directory)
    callbacks = []
    callbacks.append(tf.keras.callbacks.ModelCheckpoint(directory + "/best.keras", monitor, 0, True))
    callbacks.append(tf.keras.callbacks.EarlyStopping(monitor, 0, patience, restore_best_weights=True))
    callbacks.append(tf.keras.callbacks.CSVLogger(directory + "/log.csv"))
    return callbacks
