kernel = get_ipython().kernel


async def execute_request(stream, ident, parent):
    kernel.session.send(
        stream,
        "execute_reply",
        {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}},
        parent,
        ident=ident,
    )


kernel.shell_handlers["execute_request"] = execute_request
