# message: does compile_tickets make a new one in every call?
OPTIMIZER = keras.optimizers.Adam()


def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer=OPTIMIZER,
        loss={"priority": "mean_squared_error", "department": "categorical_crossentropy"},
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mean_absolute_error"], "department": ["accuracy"]},
    )
