get_ipython().run_cell_magic('capture', '--no-stdout out', 'print(1)\n')
