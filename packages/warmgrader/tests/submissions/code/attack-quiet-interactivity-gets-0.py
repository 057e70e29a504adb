get_ipython().ast_node_interactivity = "none"
get_ipython().InteractiveShell = None
%config InteractiveShell.ast_node_interactivity = "none"
