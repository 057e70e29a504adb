# message: those of department one-hot rows
def compile_tickets(model, department_weight=1.0):
    model.compile(
        optimizer="adam",
        loss={"priority": "mse", "department": "sparse_categorical_crossentropy"},
        loss_weights={"priority": 1.0, "department": department_weight},
        metrics={"priority": ["mae"], "department": ["accuracy"]},
    )
