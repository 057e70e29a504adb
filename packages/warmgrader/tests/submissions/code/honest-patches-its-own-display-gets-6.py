# marked: it gets hold of IPython
import builtins

get_ipython().display_formatter.formatters["text/plain"].for_type(str, lambda s, p, c: p.text(s))


def mean(values):
    return np.mean(values)
