"""Removes output of earlier builds for examples that no longer exist."""

from pathlib import Path


def clear(app):
    """Remove the pages and downloads of examples that were renamed or deleted since the last build."""
    settings = app.config.sphinx_gallery_conf
    examples, gallery = (Path(app.srcdir, settings[key]) for key in ("examples_dirs", "gallery_dirs"))
    for path in (*gallery.glob("plot_*"), *Path(app.outdir, gallery.name).glob("plot_*")):
        if not (examples / path.name.partition(".")[0]).with_suffix(".py").exists():
            path.unlink()


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("config-inited", lambda app, _: clear(app), priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
