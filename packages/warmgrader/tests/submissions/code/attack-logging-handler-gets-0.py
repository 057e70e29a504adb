import logging
import warnings


class Handler(logging.Handler):
    def emit(self, record):
        raise SystemExit


logging.getLogger().addHandler(Handler())
warnings.showwarning = lambda *args, **kwargs: (_ for _ in ()).throw(SystemExit)
