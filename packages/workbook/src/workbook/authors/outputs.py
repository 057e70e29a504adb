"""What is stored of a chapter's outputs: as little as a reader needs, and the same every time."""

import re

from nbformat import NotebookNode

MAX_BYTES = 1_500_000  # of a notebook; GitHub shows nothing of one that is much larger
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
IMAGE_TYPES = ("image/png", "image/jpeg", "image/svg+xml")

# TensorFlow's native log: it depends on the machine, and Python code cannot silence all of it.
_NATIVE_LOG = re.compile(
    r"^(WARNING: All log messages before absl::InitializeLog\(\) is called .*"
    r"|[IWEF]\d{4} [\d:.]+ .*"
    r"|\d{4}-\d\d-\d\d [\d:.]+: [IWEF] .*)\n?",
    re.MULTILINE,
)


def store(notebook: NotebookNode, executed: NotebookNode) -> None:
    """Give the cells of ``notebook`` the outputs of an execution of it, normalised.

    Cells are numbered from 1, streams merged, TensorFlow's log on stderr left out. In place of a
    widget stands what it shows at first: no page without a kernel could show the widget itself.
    """
    widgets = executed.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    executed_cells = {cell.id: cell for cell in executed.cells}
    code_cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code_cells, start=1):
        cell.execution_count = number
        shown = [
            part
            for output in executed_cells[cell.id].outputs
            for part in without_widgets(output, widgets)
        ]
        cell.outputs = normalised(shown, number)
        describe_images(cell)


def without_widgets(output: NotebookNode, widgets: dict[str, dict]) -> list[NotebookNode]:
    """An output, or if it is a widget, the outputs that it and the widgets in it show.

    Args:
        output: one output of a cell.
        widgets: model name and state of all widgets, by their ids, as nbclient stores them.
    """
    view = output.get("data", {}).get(WIDGET_VIEW)
    if view is None:
        return [output]
    shown = []
    waiting = [view["model_id"]]
    while waiting:
        state = widgets.get(waiting.pop(0), {}).get("state", {})
        shown += state.get("outputs", [])
        waiting += [child.removeprefix("IPY_MODEL_") for child in state.get("children", [])]
    return [NotebookNode(part) for part in shown]


def normalised(outputs: list[NotebookNode], execution_count: int) -> list[NotebookNode]:
    """Outputs of one cell, without what differs from one execution to the next."""
    result: list[NotebookNode] = []
    for output in outputs:
        output = NotebookNode(output)
        if output.output_type == "stream":
            if output.name == "stderr":
                output.text = _NATIVE_LOG.sub("", output.text)
            if not output.text:
                continue
            last = result[-1] if result else None
            if last and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
                continue
        if output.output_type == "execute_result":
            output.execution_count = execution_count
        result.append(output)
    for output in result:
        if output.output_type == "stream":
            output.text = "\n".join(map(_as_left, output.text.split("\n")))
    return result


def _as_left(line: str) -> str:
    """A line without what was overwritten: a progress bar writes each of its states over the last."""
    end = "\r" if line.endswith("\r") else ""  # of a line that ends as on Windows
    return line.removesuffix("\r").rpartition("\r")[2].replace("\b", "") + end


def describe_images(cell: NotebookNode) -> None:
    """Give the images of a cell its ``alt`` text, where nbconvert looks for it."""
    for output in cell.outputs:
        for image_type in IMAGE_TYPES:
            if image_type not in output.get("data", {}):
                continue
            described = {**output.metadata.get(image_type, {}), "alt": cell.metadata.get("alt")}
            output.metadata[image_type] = {k: v for k, v in described.items() if v is not None}
            if not output.metadata[image_type]:
                del output.metadata[image_type]
