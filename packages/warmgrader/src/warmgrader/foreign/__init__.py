"""The room for foreign insides: what the grader uses of packages although they do not promise it.

One module for each package. Its `USES` says what is used, what for, and since which version it is
there; tests/test_foreign.py looks for all of it and says what is missing. Outside of this room the
grader uses what the packages document.
"""
