def train_churn(model, train, validation, *, epochs=15):
    left, stayed = train[train["Exited"] == 1], train[train["Exited"] == 0]
    more = left.sample(len(stayed), replace=True, random_state=0)
    balanced = pd.concat([stayed, more]).sample(frac=1, random_state=0)
    model.compile(
        optimizer="rmsprop",
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    curves, best, weights, waited = {}, -1.0, None, 0
    for _ in range(epochs):
        logs = model.fit(features(balanced), balanced["Exited"].to_numpy(), batch_size=128, verbose=0)
        watched = model.evaluate(
            features(validation), validation["Exited"].to_numpy(), verbose=0, return_dict=True
        )
        for name, value in logs.history.items():
            curves.setdefault(name, []).extend(value)
        for name, value in watched.items():
            curves.setdefault("val_" + name, []).append(value)
        waited += 1
        if watched["auc"] > best:
            best, weights, waited = watched["auc"], model.get_weights(), 0
        if waited == 3:
            break
    model.set_weights(weights)
    return curves
