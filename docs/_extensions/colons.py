"""Keeps the first line of a property whole: napoleon would take what stands before a colon for its type."""

STAND_IN = "\N{OBJECT REPLACEMENT CHARACTER}"


def hide(app, what, name, value, options, lines):
    """Put something else in a colon's place, before napoleon reads."""
    del app, name, value, options
    if what == "property" and lines:
        lines[0] = lines[0].replace(": ", f"{STAND_IN} ")


def show(app, what, name, value, options, lines):
    """Put the colon back."""
    del app, what, name, value, options
    lines[:] = [line.replace(STAND_IN, ":") for line in lines]


def setup(app):
    """Take part in the build."""
    app.connect("autodoc-process-docstring", hide, priority=400)
    app.connect("autodoc-process-docstring", show, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
