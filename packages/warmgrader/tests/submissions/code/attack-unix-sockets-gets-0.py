import glob
import socket

for path in [*glob.glob("/tmp/**", recursive=True), *glob.glob("/run/**", recursive=True), "\0x"]:
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(0.1)
        connection.connect(path)
        connection.sendall(b'{"op": "shutdown"}\n' * 10)
    except (OSError, ValueError):
        pass
