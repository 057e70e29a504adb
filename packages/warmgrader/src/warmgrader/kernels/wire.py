"""Messages between a client, a fork server and a kernel's supervisor: JSON with a length in front."""

from __future__ import annotations

import array
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_FDS_BYTES = 8 * array.array("i").itemsize


class Channel:
    """One end of a Unix socket that carries JSON messages and, on request, open files."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = b""
        self._fds: list[int] = []

    def send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """Send one message, with duplicates of the open files `fds`."""
        data = json.dumps(message).encode()
        header = _LENGTH.pack(len(data))
        if fds:
            socket.send_fds(self.sock, [header], list(fds))
            self.sock.sendall(data)
        else:
            self.sock.sendall(header + data)

    def receive(self, block: bool = True) -> dict[str, Any] | None:
        """Return the next message, or None where `block` is false and none has come yet.

        Raises:
            EOFError: the other end is gone.
        """
        while True:
            if len(self._buffer) >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._buffer)
                end = _LENGTH.size + length
                if len(self._buffer) >= end:
                    data, self._buffer = self._buffer[_LENGTH.size : end], self._buffer[end:]
                    return json.loads(data)
            flags = 0 if block else socket.MSG_DONTWAIT
            try:
                # `socket.recv_fds` ignores its flags in Python 3.11.
                data, ancillary, _, _ = self.sock.recvmsg(
                    1 << 16, socket.CMSG_SPACE(_FDS_BYTES), flags
                )
            except BlockingIOError:
                return None
            except ConnectionError:
                raise EOFError("connection lost") from None
            if not data:
                raise EOFError("connection closed")
            for level, kind, content in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    fds = array.array("i")
                    fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
                    self._fds += fds
            self._buffer += data

    def take_fds(self) -> list[int]:
        """Return the open files that came with messages so far; they are the caller's now."""
        fds, self._fds = self._fds, []
        return fds

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()
