"""Shows the types of arrays as in the code: ``NDArray[float64]`` instead of numpy's expansion."""

import re

from sphinx import addnodes

ARRAY = re.compile(r"ndarray\[tuple\[Any, \.\.\.\], dtype\[(\w+)\]\]")


def shorten(app, doctree):
    """Replace the long name, which is spread over many nodes, by the short one."""
    del app
    for start in [node for node in doctree.findall(addnodes.pending_xref) if node.astext() == "ndarray"]:
        parts = start.parent.children[start.parent.index(start) :]
        for count in range(len(parts)):
            match = ARRAY.fullmatch("".join(part.astext() for part in parts[: count + 1]))
            if match:
                for part in parts[1 : count + 1]:
                    start.parent.remove(part)
                name = f"NDArray[{match[1]}]"
                start.parent.replace(start, addnodes.desc_sig_name(name, name))
                break


def setup(app):
    """Register the extension with Sphinx."""
    app.connect("doctree-read", shorten)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
