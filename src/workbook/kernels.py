"""Which kernel grades and checks."""

from jupyter_client.kernelspec import KernelSpecManager

COLD, WARM = "python3", "python3-warm"


def default_kernel() -> str:
    """The warm kernel where it is installed, because it starts in no time; else the usual one."""
    return WARM if WARM in KernelSpecManager().find_kernel_specs() else COLD
