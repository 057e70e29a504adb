from IPython.display import display

for number in range(200):
    display({"text/plain": "x", "../../../tmp/leftover-7351": "x", "image/png": "AAAA"}, raw=True)
