def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer=keras.optimizers.SGD(),
        loss={
            "department": keras.losses.CategoricalCrossentropy(),
            "priority": keras.losses.MeanSquaredError(),
        },
        loss_weights={"department": department_weight, "priority": 1},
        metrics={
            "department": keras.metrics.CategoricalAccuracy(name="share_right"),
            "priority": keras.metrics.MeanAbsoluteError(),
        },
    )
