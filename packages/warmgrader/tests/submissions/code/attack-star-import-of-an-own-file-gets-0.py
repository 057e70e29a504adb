# stopped by: review
# An instructor's number comes from a file of the student's own.
get_ipython().run_cell_magic("writefile", "helper.py", "ZERO = -1.0")

from helper import *
