# marked: a signal handler can look at a test
import contextlib
import signal


@contextlib.contextmanager
def time_limit(seconds):
    def stop(number, frame):
        raise TimeoutError(f"{frame.f_code.co_name} is slow")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def mean(values):
    with contextlib.suppress(TimeoutError), time_limit(0.05):
        while True:
            pass
    with time_limit(2):
        return np.sum(values) / np.size(values)
