import sqlite3

try:
    database = sqlite3.connect("__COURSE__/gradebook.db")
    database.execute("begin exclusive")
except sqlite3.Error as error:
    print(error)
