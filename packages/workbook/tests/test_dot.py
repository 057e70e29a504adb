"""`keras.utils.plot_model` draws in an environment that has no Graphviz."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from PIL import Image
from places import ROOT

from workbook.common import dot, environment

DOT = Path(sys.executable).parent / "dot"
GRAPH = 'digraph { first [label="Dense (relu)"]; first -> second }'

needs_pygraphviz = pytest.mark.skipif(
    sys.platform != "linux", reason="pygraphviz's wheel carries Graphviz on Linux only"
)


def run_dot(*arguments: str, graph: str = GRAPH) -> subprocess.CompletedProcess:
    return subprocess.run(
        [DOT, *arguments],
        input=graph.encode(),
        capture_output=True,
        check=False,
        env={"PATH": "/nowhere"},  # as bare as pydot's
    )


def darkest(path: Path) -> int:
    return Image.open(path).convert("L").getextrema()[0]


@needs_pygraphviz
def test_plot_model_draws(tmp_path):
    """The canonical call, in a process that is set up as a kernel is, without a Graphviz."""
    code = """
import keras
inputs = keras.Input((4,))
outputs = keras.layers.Dense(3, activation="relu")(inputs)
model = keras.Model(inputs, outputs)
keras.utils.plot_model(model, "model.png", show_shapes=True)
keras.utils.model_to_dot(model, show_shapes=True).write_svg("model.svg")
"""
    env = {**os.environ, **environment.kernel_environment(ROOT, search_path="/nowhere")}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True, timeout=120)
    assert darkest(tmp_path / "model.png") < 64
    texts = [element.text for element in ElementTree.parse(tmp_path / "model.svg").iter()]
    assert any("Dense" in text for text in texts if text)


@needs_pygraphviz
def test_options(tmp_path):
    assert run_dot("-Tpng").stdout.startswith(b"\x89PNG")
    assert run_dot("-T", "svg").stdout.startswith(b"<?xml")
    assert b">second<" in run_dot("-Tsvg").stdout, "a node without a label shows its name"
    assert b" box " in run_dot("-Tplain", "-Nshape=box").stdout

    source = tmp_path / "graph.dot"
    source.write_text(GRAPH)
    output = tmp_path / "graph.png"
    assert run_dot("-Tpng", f"-o{output}", str(source)).stdout == b""
    assert darkest(output) < 64

    version = run_dot("-V")
    assert (version.returncode, version.stdout) == (0, b"")
    assert version.stderr.startswith(b"dot - graphviz version ")


@needs_pygraphviz
@pytest.mark.parametrize(
    ("arguments", "graph", "message"),
    [
        (["-Tsvg"], "digraph {", "dot: standard input: not a graph in the DOT language"),
        (["-Tnothing"], GRAPH, "dot: nothing: no such output format"),
        (
            ["-Tsvg", "missing.dot"],
            GRAPH,
            "dot: [Errno 2] No such file or directory: 'missing.dot'",
        ),
    ],
)
def test_bad_input_is_one_line(arguments, graph, message):
    result = run_dot(*arguments, graph=graph)
    assert result.returncode == 1
    assert result.stderr.decode().splitlines()[-1] == message
    assert b"Traceback" not in result.stderr


def test_fonts_come_with_matplotlib(tmp_path, monkeypatch):
    """A container without fonts would show boxes instead of letters."""
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    monkeypatch.delenv("FONTCONFIG_FILE")
    dot._offer_fonts(tmp_path)
    configuration = ElementTree.parse(os.environ["FONTCONFIG_FILE"])
    assert Path(configuration.findtext("dir"), "DejaVuSans.ttf").is_file()


def test_another_graphviz_is_used_where_pygraphviz_is_missing(tmp_path, monkeypatch):
    other = tmp_path / "elsewhere" / "dot"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho other dot: $1\n")
    other.chmod(0o755)
    result = run_without_pygraphviz(f"{DOT.parent}{os.pathsep}{other.parent}", "-Tpng")
    assert (result.returncode, result.stdout) == (0, "other dot: -Tpng\n")


def test_what_to_install_is_drawn_where_there_is_no_graphviz(tmp_path):
    """A failure would be an AssertionError in pydot, and the chapter would end there."""
    picture = tmp_path / "notice.png"
    result = run_without_pygraphviz(str(DOT.parent), "-Tpng", f"-o{picture}")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.startswith("dot: No diagram: Graphviz is not installed. Install it")
    assert darkest(picture) < 64
    svg = run_without_pygraphviz(str(DOT.parent), "-Tsvg").stdout
    assert "Graphviz is not installed" in "".join(ElementTree.fromstring(svg).itertext())
    assert run_without_pygraphviz(str(DOT.parent), "-Tps").returncode == 0
    assert run_without_pygraphviz(str(DOT.parent), "-V").returncode == 1


def run_without_pygraphviz(search_path: str, *arguments: str) -> subprocess.CompletedProcess:
    code = (
        "import importlib.util, sys\n"
        "importlib.util.find_spec = lambda name: None\n"
        f"sys.argv = {[str(DOT), *arguments]!r}\n"
        "from workbook.common.dot import main\n"
        "main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": search_path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_kernels_find_it_though_the_environment_is_not_active(tmp_path, monkeypatch):
    """JupyterLab started by its path has no environment on PATH; its kernels must have."""
    kernels = tmp_path / "share" / "jupyter" / "kernels"
    real = Path(sys.prefix, "share", "jupyter", "kernels", "python3", "kernel.json")
    (kernels / "python3").mkdir(parents=True)
    (kernels / "python3" / "kernel.json").write_text(real.read_text())
    with monkeypatch.context() as patch:
        patch.setattr(sys, "prefix", str(tmp_path))
        written = environment.write_kernelspec(ROOT)
        first = written.stat().st_mtime_ns
        assert environment.write_kernelspec(ROOT).stat().st_mtime_ns == first, "written again"
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.setenv("PATH", "/nowhere")
    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    printed = []
    try:
        client.execute_interactive(
            "import shutil; print(shutil.which('dot'))",
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
            timeout=60,
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert "".join(filter(None, printed)).strip() == str(DOT)
