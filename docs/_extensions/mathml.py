"""Writes formulas as MathML, which browsers show by themselves: no script is fetched from anywhere."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

APPLIED = "<mo>&ApplyFunction;</mo>"


def markup(node, *, as_block):
    """The formula, with the narrow gap between a function's name and what it is taken of."""
    return tex2mathml(node.astext(), as_block=as_block).replace(APPLIED, f'{APPLIED}<mspace width="0.17em"/>')


def inline(translator, node):
    """A formula within a line."""
    translator.body.append(markup(node, as_block=False))
    raise nodes.SkipNode


def block(translator, node):
    """A formula with a line of its own."""
    translator.body.append(f'<div class="math">{markup(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Take part in the build."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
