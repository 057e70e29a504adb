"""Warm, sandboxed, parallel autograding for any nbgrader course.

Where to look: `server` (fork server), `client` (talks to it), `provisioner` (makes it a Jupyter
kernel), `sandbox` and `limits` (what a submission may do), `autograde` (the command), `writer`
(the gradebook), `cli` (the command line).
"""
