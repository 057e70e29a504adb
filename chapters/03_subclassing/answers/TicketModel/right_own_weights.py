class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.num_departments = num_departments
        self.hidden_units = hidden_units

    def build(self, input_shape):
        width = sum(shape[-1] for shape in input_shape.values())
        sizes = [width, self.hidden_units], [self.hidden_units, 1]
        sizes = *sizes, [self.hidden_units, self.num_departments]
        self.kernels = [self.add_weight(shape=size) for size in sizes]
        self.biases = [self.add_weight(shape=size[1:]) for size in sizes]

    def call(self, inputs):
        x = ops.concatenate([inputs["title"], inputs["text_body"], inputs["tags"]], axis=-1)
        features = ops.relu(x @ self.kernels[0] + self.biases[0])
        priority = ops.sigmoid(features @ self.kernels[1] + self.biases[1])
        return priority, ops.softmax(features @ self.kernels[2] + self.biases[2])
