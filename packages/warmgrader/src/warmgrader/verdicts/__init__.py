"""Decides whether a test passed: in the kernel what no object of the notebook's can sway (`core`), outside
what is made of that (`verdict`)."""
