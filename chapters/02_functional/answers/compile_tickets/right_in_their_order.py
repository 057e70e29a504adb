def compile_tickets(model, department_weight=1.0):
    losses = {"priority": "mse", "department": "categorical_crossentropy"}
    weights = {"priority": 1.0, "department": department_weight}
    metrics = {"priority": ["mae"], "department": ["accuracy"]}
    names = model.output_names
    model.compile(
        "rmsprop",
        loss=[losses[name] for name in names],
        loss_weights=[weights[name] for name in names],
        metrics=[metrics[name] for name in names],
    )
