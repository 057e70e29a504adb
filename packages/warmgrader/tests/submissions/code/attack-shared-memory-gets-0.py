import contextlib
from multiprocessing import shared_memory

with contextlib.suppress(OSError):
    kept = shared_memory.SharedMemory("leftover-7351", create=True, size=10_000_000)
    kept.buf[:7] = b"7351735"
