# marked: it shows the stack, with the source of its callers
import logging
import warnings

logging.basicConfig(format="%(filename)s %(lineno)d %(funcName)s %(message)s", level="INFO")
log = logging.getLogger("mine")


def mean(values):
    log.info("computing", stack_info=True)
    warnings.warn("careful", stacklevel=3)
    try:
        [][0]
    except IndexError:
        log.exception("as expected")
    return np.sum(values) / np.size(values)
