"""Where the tests find the course and their samples, and what a chapter says of its parameters."""

import ast
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "samples"


def copy_configuration(target: Path) -> None:
    """What makes a folder with chapters/ a course."""
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, target)


def parameter_bounds(source: str) -> dict[str, tuple[int | float, int | float]]:
    """Least and most of each parameter, from ``assert 1 <= EPOCHS <= 50, "Choose …"`` and the like.

    Args:
        source: a chapter's first cell of code below its parameters.
    """
    bounds = {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Assert(
                test=ast.Compare(
                    left=least, ops=[ast.LtE(), ast.LtE()], comparators=[ast.Name(id=name), most]
                ),
                msg=ast.expr(),
            ):
                bounds[name] = tuple(eval(ast.unparse(end), {}) for end in (least, most))
    return bounds
