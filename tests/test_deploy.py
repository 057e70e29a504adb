"""The files in deploy/ agree with the dask command that is installed and with each other.

The class server's own configuration is tried by `make test-hub`.
"""

import ast
import json
import re

import pytest
import yaml
from distributed.cli import dask_scheduler, dask_worker
from places import ROOT

from workbook.instructors.accounts import COURSE_ID
from workbook.instructors.bundle import NAME

KUBERNETES = ROOT / "deploy" / "kubernetes" / "warmgrader.yaml"
SLURM = ROOT / "deploy" / "slurm" / "autograde.py"
DOCUMENTS = list(yaml.safe_load_all(KUBERNETES.read_text()))
COMMANDS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}


def by_kind(kind):
    [document] = [document for document in DOCUMENTS if document["kind"] == kind]
    return document


def parsed(command, arguments):
    """What `dask scheduler` or `dask worker` reads from its arguments."""
    return COMMANDS[command].make_context(command, list(arguments)).params


def containers():
    cluster, workers = by_kind("DaskCluster"), by_kind("Deployment")
    for spec in (
        cluster["spec"]["scheduler"]["spec"],
        cluster["spec"]["worker"]["spec"],
        workers["spec"]["template"]["spec"],
    ):
        yield from spec["containers"]


@pytest.mark.parametrize("container", list(containers()), ids=lambda container: container["name"])
def test_kubernetes_starts_commands_that_exist(container):
    dask, command, *arguments = container["args"]
    assert (dask, command) == ("dask", container["name"])
    parsed(command, arguments)


def test_kubernetes_workers_find_the_scheduler():
    cluster, workers = by_kind("DaskCluster"), by_kind("Deployment")
    [container] = workers["spec"]["template"]["spec"]["containers"]
    options = parsed("worker", container["args"][2:])
    [port] = [
        port["port"]
        for port in cluster["spec"]["scheduler"]["service"]["ports"]
        if port["name"] == "tcp-comm"
    ]
    # The operator names the service after the cluster.
    assert options["scheduler"] == f"tcp://{cluster['metadata']['name']}-scheduler:{port}"
    assert (options["n_workers"], options["nthreads"], options["memory_limit"]) == ("1", 1, "0")
    selector = by_kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]
    assert selector.items() <= workers["spec"]["template"]["metadata"]["labels"].items()


def test_slurm_workers_get_options_that_exist():
    [call] = [
        node
        for node in ast.walk(ast.parse(SLURM.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SLURMCluster"
    ]
    [extra] = [item.value for item in call.keywords if item.arg == "worker_extra_args"]
    assert parsed("worker", ast.literal_eval(extra))["memory_limit"] == "0"


@pytest.mark.parametrize("name", ["Dockerfile", "hub/Dockerfile"])
def test_the_image_is_made_of_files_that_exist(name):
    dockerfile = (ROOT / "deploy" / name).read_text()
    for line in re.findall(r"^COPY (.*)$", dockerfile, re.MULTILINE):
        *sources, _ = line.split()
        # The bundle is made by the command in the file's head.
        made = f"build/bundle/{NAME}"
        assert [each for each in sources if each != made and not (ROOT / each).exists()] == []


def test_a_class_on_kubernetes_is_the_class_server_s():
    values = yaml.safe_load((ROOT / "deploy" / "hub" / "zero-to-jupyterhub.yaml").read_text())
    config = (ROOT / "deploy" / "hub" / "jupyterhub_config.py").read_text()
    for code in values["hub"]["extraConfig"].values():
        ast.parse(code)
    [group] = values["hub"]["loadRoles"]["instructor"]["groups"]
    assert group == f"formgrade-{COURSE_ID}"
    for scope in values["hub"]["loadRoles"]["instructor"]["scopes"]:
        what, _, user = scope.partition("!")
        assert f'"{what}"' in config
        assert user == f"user={COURSE_ID}"
    # What the scripts of a person's server read.
    scripts = [ROOT / "deploy" / "hub" / name for name in ("student-server", "nbgrader_config.py")]
    text = "".join(path.read_text() for path in scripts)
    read = set(re.findall(r'\$([A-Z_]+)\b|environ\["(\w+)"\]', text))
    wanted = {name for pair in read for name in pair if name}
    assert wanted - {"JUPYTERHUB_USER"} <= values["singleuser"]["extraEnv"].keys()


def test_the_proxy_is_pinned():
    folder = ROOT / "deploy" / "hub"
    lock = json.loads((folder / "package-lock.json").read_text())
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    assert all("integrity" in each for name, each in lock["packages"].items() if name)
    assert "://" not in "".join(each.get("resolved", "") for each in lock["packages"].values())


def numbers_of(text):
    """The measured numbers of docs/scaling.md, by name."""
    found = re.findall(r"^\| `(\w+_seconds)` \|.*\| ([\d.]+) \|$", text, re.MULTILINE)
    return {name: float(number) for name, number in found}


def test_the_table_of_classes_follows_from_the_numbers():
    text = (ROOT / "docs" / "scaling.md").read_text()
    given = numbers_of(text)
    rows = re.findall(
        r"^\| ([\d,]+) \| ([\d.]+) \| (\d+) \| (\d+) \| ([\d.]+) (min|h) \|", text, re.MULTILINE
    )
    assert [row[0] for row in rows] == ["30", "300", "3,000", "300,000"]
    for submissions, hours, workers, heads, time, unit in rows:
        count = int(submissions.replace(",", ""))
        assert float(hours) == pytest.approx(count * given["worker_seconds"] / 3600, abs=0.06)
        each = max(given["worker_seconds"] / int(workers), given["head_seconds"] / int(heads))
        seconds = given["start_seconds"] + count * each
        length = {"min": 60, "h": 3600}[unit]
        assert float(time) == pytest.approx(seconds / length, abs=0.6 if unit == "min" else 0.06)
