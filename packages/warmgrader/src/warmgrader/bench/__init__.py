"""Measures warmgrader against nbgrader, side by side: `python -m warmgrader.bench`."""
