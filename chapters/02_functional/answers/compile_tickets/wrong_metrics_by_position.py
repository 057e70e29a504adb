# message: for loss_weights, which are its third argument: give loss_weights and metrics by name
def compile_tickets(model, department_weight=1.0):
    model.compile(
        "adam",
        {"priority": "mean_squared_error", "department": "categorical_crossentropy"},
        {"priority": ["mean_absolute_error"], "department": ["accuracy"]},
    )
