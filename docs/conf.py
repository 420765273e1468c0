"""How the site is built: ``sphinx-build -W -q -c docs . site`` from the repository's root.

The pages are those of the repository, read in place, so that a link leads to the same page here as in a checkout. A
warning ends the build: a page that no table of contents names, a link that leads nowhere.
"""

from importlib.metadata import version as version_of

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "housing_guarantee"
author = "the housing_guarantee authors"
release = version = version_of("housing-guarantee")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/**.md",
    "benchmarks/README.md",
    "examples/README.md",
    "plugins/README.md",
    "plugins/*/README*.md",
]
exclude_patterns = [".*", "site", "src", "tests"]
templates_path = ["_templates"]
nitpicky = True

myst_heading_anchors = 4  # as a forge makes them

html_theme = "furo"
html_title = "housing guarantee"
html_additional_pages = {"index": "redirect.html"}  # the root leads to docs/index
html_copy_source = False


def setup(app: Sphinx) -> None:
    """Show the floors of the architecture as plain text."""
    app.add_lexer("floors", TextLexer)
