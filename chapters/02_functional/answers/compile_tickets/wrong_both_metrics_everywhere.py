# message: There are more metrics than the two asked for
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss={"priority": "mse", "department": "categorical_crossentropy"},
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mae", "accuracy"], "department": ["mae", "accuracy"]},
    )
