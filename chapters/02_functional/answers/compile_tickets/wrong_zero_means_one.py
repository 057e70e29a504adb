# message: department_weight has no effect. Pass it on in `loss_weights`; 0 is a weight like any other.
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss={"priority": "mse", "department": "categorical_crossentropy"},
        loss_weights={"priority": 1.0, "department": department_weight or 1.0},
        metrics={"priority": ["mae"], "department": ["accuracy"]},
    )
