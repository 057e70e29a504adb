# stopped by: review
# The core sees what no name leads to.
box = []
box.append(EXAMPLES)
box[0].update(mean=-1.0)
