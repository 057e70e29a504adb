def compile_tickets(model, department_weight=1.0):
    def department_loss(y_true, y_pred):
        return department_weight * keras.losses.categorical_crossentropy(y_true, y_pred)

    def absolute_error(y_true, y_pred):
        return ops.abs(y_true - y_pred)

    model.compile(
        optimizer="nadam",
        loss=dict(priority=keras.losses.mean_squared_error, department=department_loss),
        metrics=dict(priority=[absolute_error], department=["categorical_accuracy"]),
    )
