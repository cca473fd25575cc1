"""Keeps the first line of a property whole: napoleon would read the part before a colon as its type."""

STAND_IN = "\N{OBJECT REPLACEMENT CHARACTER}"


def hide(app, what, name, value, options, lines):
    """Replace the colon before napoleon reads the line."""
    del app, name, value, options
    if what == "property" and lines:
        lines[0] = lines[0].replace(": ", f"{STAND_IN} ")


def show(app, what, name, value, options, lines):
    """Restore the colon."""
    del app, what, name, value, options
    lines[:] = [line.replace(STAND_IN, ":") for line in lines]


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("autodoc-process-docstring", hide, priority=400)
    app.connect("autodoc-process-docstring", show, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
