"""Warm kernels: a server that has imported everything forks them, a client and a provisioner fetch them."""
