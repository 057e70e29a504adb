# The core gives the class its own values again.
Other = Checker
Other.closeness = 1e9
