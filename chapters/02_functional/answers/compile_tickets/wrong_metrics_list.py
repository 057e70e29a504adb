# message: the mean absolute error on priority
# message: is not among the metrics
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss={"priority": "mse", "department": "categorical_crossentropy"},
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics=["mean_absolute_error", "accuracy"],
    )
