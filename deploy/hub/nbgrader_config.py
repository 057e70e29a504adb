"""nbgrader's configuration of a person on the class server, on top of the course's own."""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader puts it here)
load_subconfig(os.environ["COURSE"] + "/nbgrader_config.py")  # noqa: F821

HOME = Path.home()

c.CourseDirectory.root = str(HOME)
# With one account for all, as when the server is only tried, the account's name says nothing.
c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
c.Exchange.root = os.environ["EXCHANGE"]
c.Exchange.assignment_dir = str(HOME / "work")
c.Exchange.cache = str(HOME / ".local" / "share" / "nbgrader")
# Who is in the course, the groups of JupyterHub say.
c.Authenticator.plugin_class = "nbgrader.auth.jupyterhub.JupyterHubAuthPlugin"
