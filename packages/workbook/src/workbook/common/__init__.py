"""What all three wings need: where things are, tasks in notebooks, the environment of kernels."""
