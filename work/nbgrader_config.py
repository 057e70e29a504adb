"""JupyterLab's Assignment List reads the configuration from the folder of fetched assignments."""

load_subconfig("../nbgrader_config.py")  # noqa: F821  (nbgrader puts it here)
