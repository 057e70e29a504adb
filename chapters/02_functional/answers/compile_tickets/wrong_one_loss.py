# message: loss, loss_weights and metrics each need an entry for both outputs
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss="mean_squared_error",
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mae"], "department": ["accuracy"]},
    )
