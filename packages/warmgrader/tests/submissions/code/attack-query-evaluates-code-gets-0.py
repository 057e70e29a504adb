# stopped by: review
# pandas runs what a text says.
import pandas as pd

for text in ["@EXAMPLES.update(mean=-1.0)"]:
    try:
        pd.DataFrame({"a": [1.0]}).eval(text)
    except Exception as error:
        print(error)
