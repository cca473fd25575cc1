"""Writes the types of arrays as the code does: ``NDArray[float64]``, not what numpy makes of it."""

import re

from sphinx import addnodes

ARRAY = re.compile(r"ndarray\[tuple\[Any, \.\.\.\], dtype\[(\w+)\]\]")


def shorten(app, doctree):
    """Put the short name where the long one stands, spread over many nodes."""
    del app
    for start in [node for node in doctree.findall(addnodes.pending_xref) if node.astext() == "ndarray"]:
        parts = start.parent.children[start.parent.index(start) :]
        for count in range(len(parts)):
            found = ARRAY.fullmatch("".join(part.astext() for part in parts[: count + 1]))
            if found:
                for part in parts[1 : count + 1]:
                    start.parent.remove(part)
                name = f"NDArray[{found[1]}]"
                start.parent.replace(start, addnodes.desc_sig_name(name, name))
                break


def setup(app):
    """Take part in the build."""
    app.connect("doctree-read", shorten)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
