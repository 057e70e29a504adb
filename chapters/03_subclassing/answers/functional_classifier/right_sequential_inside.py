def functional_classifier(input_dim, num_classes, head):
    body = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, activation=tf.nn.relu)])
    model = keras.Model(body.inputs, head(*body.outputs))
    model.compile()
    return model
