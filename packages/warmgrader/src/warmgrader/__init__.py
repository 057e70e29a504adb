"""Warm, sandboxed, parallel autograding for any nbgrader course.

For use from other code, and kept as they are between minor versions:

- `warmgrader.switch.use_warmgrader`: one line in nbgrader_config.py.
- `warmgrader.grading.autograde.WarmAutograde`: nbgrader's converter Autograde, warm; its options.
- `warmgrader.reading.read.read`: what a submission reaches for, as a list.
- `warmgrader.trial`: notebooks graded in a throw-away course, to try an assignment's tests.

The command is `warmgrader` (`warmgrader.cli`). Everything else is the grader's own.
"""

__version__ = "1.0.0"
