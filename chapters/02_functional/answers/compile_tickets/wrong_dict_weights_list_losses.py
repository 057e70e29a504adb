# message: the weight went to the priority loss
def compile_tickets(model, department_weight=1.0):
    names = model.output_names
    losses = {"priority": "mse", "department": "categorical_crossentropy"}
    model.compile(
        optimizer="adam",
        loss=[losses[name] for name in names],
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mae"], "department": ["accuracy"]},
    )
