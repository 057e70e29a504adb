# message: Did each loss go to its own output? Use dicts with the names of the outputs as keys
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss=["mean_squared_error", "categorical_crossentropy"],
        loss_weights=[1.0, department_weight],
        metrics=[["mean_absolute_error"], ["accuracy"]],
    )
