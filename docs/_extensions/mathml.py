"""Writes formulas as MathML, which browsers show without a script."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

APPLIED = "<mo>&ApplyFunction;</mo>"


def markup(node, *, as_block):
    """Return the formula, with a thin space between a function's name and its argument."""
    return tex2mathml(node.astext(), as_block=as_block).replace(APPLIED, f'{APPLIED}<mspace width="0.17em"/>')


def inline(translator, node):
    """Write a formula within a line."""
    translator.body.append(markup(node, as_block=False))
    raise nodes.SkipNode


def block(translator, node):
    """Write a formula on a line of its own."""
    translator.body.append(f'<div class="math">{markup(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Register the extension with Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
