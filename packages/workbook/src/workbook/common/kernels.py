"""Which kernel runs the chapters, grades and checks."""

import sys

from jupyter_client.kernelspec import KernelSpecManager

from warmgrader.kernels.kernelspec import KERNEL_NAME as WARM
from workbook.common.environment import KERNEL_NAME as COLD


def default_kernel() -> str:
    """The warm kernel where there can be one, because it starts in no time; else the usual one."""
    if sys.platform == "linux" and WARM in KernelSpecManager().find_kernel_specs():
        return WARM
    return COLD
