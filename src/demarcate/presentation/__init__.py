"""How objects show themselves: short representations, results as text and as HTML, progress while work goes on."""

from demarcate.presentation.brief import brief_repr
from demarcate.presentation.result_view import ResultTable, ResultView, ShownAsHtml

__all__ = ["ResultTable", "ResultView", "ShownAsHtml", "brief_repr"]
