"""Reads a submission before it runs, and lists what it reaches for: text in, text out, no kernel."""
