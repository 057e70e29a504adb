# message: but they are probabilities already
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss={
            "priority": "mse",
            "department": keras.losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mae"], "department": ["accuracy"]},
    )
