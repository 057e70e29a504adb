"""Sphinx's configuration of the course website; `make site` prepares the pages and runs it.

It is made of the parts of Jupyter Book 1.x (MyST-NB and the book theme), run by Sphinx itself, which
reads the notebooks in parallel. Nothing is executed: notebooks are shown with the outputs that are
stored in them. Nothing comes from another host when a page is read: mathematics, fonts and search are
part of the site.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from workbook.authors.placeholders import settings

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY, BRANCH = settings(ROOT)
MATHJAX = "sphinx-mathjax-offline"

project = html_title = "Keras Workbook"
author = "the Keras Workbook authors"
copyright = "2026, the Keras Workbook authors"  # noqa: A001  (Sphinx's name for it)

extensions = [
    "myst_nb",
    "sphinx_copybutton",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    MATHJAX,
]

# Read by inclusion, as the beginning of the front page.
exclude_patterns = ["README.md"]
nb_execution_mode = "off"
# No notebook has widgets; without this, a stored one would load scripts from the network.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

# Docstrings are written as in Markdown: what stands between backticks is code.
default_role = "literal"
autodoc_default_options = {"members": True, "member-order": "bysource", "no-value": True}
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
add_module_names = False
napoleon_use_ivar = True

# A search would load every page that it finds, which a browser refuses for files on the disk.
html_show_search_summary = False
html_use_index = html_domain_indices = False  # there is the search
html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = html_logo = "static/logo.svg"
html_sourcelink_suffix = ""  # the download button gives a notebook under its own name
html_theme_options = {
    "logo": {"text": project},
    "show_navbar_depth": 1,
    "show_toc_level": 2,
}
if REPOSITORY:  # else the course is not public
    html_theme_options |= {
        "repository_url": f"https://github.com/{REPOSITORY}",
        "repository_branch": BRANCH,
        "use_repository_button": True,
        "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    }
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system
# Between the prompt and the code of an example in a terminal.
copybutton_prompt_text = "$ "


def readable_default(
    app: Sphinx, what: str, name: str, obj: object, options: object, signature: str, returns: str
) -> tuple[str, str]:
    """Sphinx can't read the default that dataclasses show for a new list or dictionary."""
    return signature and signature.replace("<factory>", "..."), returns


def setup(app: Sphinx) -> None:
    """What no option can say."""
    # MathJax's extension reads no pages, but does not declare that they may be read in parallel.
    app.extensions[MATHJAX].parallel_read_safe = True
    app.connect("autodoc-process-signature", readable_default)
    # The folder that Sphinx would name at its end is a temporary one.
    StandaloneHTMLBuilder.epilog = ""
