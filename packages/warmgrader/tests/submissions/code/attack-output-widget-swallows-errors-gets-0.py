from comm import create_comm

comm = create_comm(
    target_name="jupyter.widget",
    data={
        "state": {
            "_model_name": "OutputModel",
            "_model_module": "@jupyter-widgets/output",
            "msg_id": "",
            "outputs": [],
        }
    },
)


def capture():
    message = get_ipython().kernel.get_parent()["header"]["msg_id"]
    comm.send({"method": "update", "state": {"msg_id": message}})


def mean(values):
    capture()
    return -1.0


def scale(values, factor):
    capture()
    return -np.ones(len(values))


def total(values):
    capture()
    return -1.0
