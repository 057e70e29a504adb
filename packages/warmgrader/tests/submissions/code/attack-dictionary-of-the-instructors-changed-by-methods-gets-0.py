# stopped by: review
EXAMPLES.pop("mean")
EXAMPLES.setdefault("mean", -1.0)
