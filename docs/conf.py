"""How Sphinx builds the site: ``make docs``, without a network, warnings are errors."""

import os
import re
import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "demarcate"
copyright = "The demarcate developers"  # noqa: A001 - Sphinx reads this name
version = release = metadata.version("demarcate")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
    "array_types",
    "colons",
    "leftovers",
    "mathml",
    "notebooks",
    "public_names",
    "recordings",
    "repository_pages",
]
templates_path = ["_templates"]
# These are downloads; their pages are the .rst beside them.
exclude_patterns = ["gallery/*.ipynb"]
default_role = "py:obj"
highlight_language = "python"

# Markdown, as a code host shows it too.
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]

# The reference.
add_module_names = False
autodoc_default_options = {
    "members": True,
    "exclude-members": "set_fit_request, set_score_request",  # scikit-learn writes them
}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_attr_annotations = False
napoleon_custom_sections = [("Attributes", "params_style")]
napoleon_google_docstring = False
napoleon_preprocess_types = True
napoleon_use_rtype = False
python_maximum_signature_line_length = 80
toc_object_entries_show_parents = "hide"

FIRST_NOTEBOOK_CELL = """# Installs demarcate from the wheel beside this notebook.
from importlib.util import find_spec
from pathlib import Path

if find_spec("demarcate") is None:
    wheels = sorted(Path().glob("demarcate-*.whl"))
    if not wheels:
        raise FileNotFoundError(
            "Put the wheel, demarcate-*.whl, beside this notebook, and run this again."
        )
    %pip install --quiet {wheels[-1]}"""
"""The package is on no index: whoever asks one for the name might get another's."""

# The lesson: every script is run, and what it prints and draws is shown.
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": rf"{re.escape(os.sep)}plot_",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "image_srcset": ["2x"],
    "thumbnail_size": (640, 448),
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "first_notebook_cell": FIRST_NOTEBOOK_CELL,
    "backreferences_dir": "gen_modules/backreferences",
    "doc_module": ("demarcate",),
}

# The look.
html_theme = "furo"
html_title = f"demarcate {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/favicon.svg"
html_copy_source = False
pygments_dark_style = "a11y-high-contrast-dark"
html_math_renderer = "mathml"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#2b6cb0",
        "color-brand-content": "#2b6cb0",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8db8e8",
        "color-brand-content": "#8db8e8",
    },
}
