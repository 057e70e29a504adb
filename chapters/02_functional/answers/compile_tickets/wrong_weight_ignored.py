# message: department_weight has no effect
def compile_tickets(model, department_weight=1.0):
    model.compile("adam", loss={"priority": "mse", "department": "categorical_crossentropy"}, metrics={"priority": ["mae"], "department": ["accuracy"]})
