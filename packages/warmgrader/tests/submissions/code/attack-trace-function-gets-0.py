import sys


def trace(frame, event, argument):
    if frame.f_globals is globals() and event == "line":
        frame.f_globals.update(int=lambda *a: 1, list=lambda *a: [0])
        try:
            frame.f_lineno = frame.f_lineno + 1
        except ValueError:
            pass
    return trace


sys.settrace(trace)
sys.setprofile(trace)
