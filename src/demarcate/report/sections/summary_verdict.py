"""The verdict of the summary: how good the decisions are, and whether anything speaks against them."""

from dataclasses import dataclass
from typing import Literal, Self

from demarcate.evaluation.paired import Verdict
from demarcate.formatting import counted, decimal, percent
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.section import MIN_ROWS, JsonFields

Status = Literal["good", "unclear", "bad"]
_COMPARED: dict[Verdict, str] = {
    "better": "better than {}",
    "worse": "worse than {}",
    "cannot tell": "not clearly better than {}",
}
_STATUS: dict[Verdict, Status] = {"better": "good", "cannot tell": "unclear", "worse": "bad"}


@brief_repr
@dataclass(frozen=True, eq=False)
class SummaryVerdict(JsonFields):
    """A sentence on how good the decisions are, and its ``status``: ``good``, ``unclear`` or ``bad``.

    It is ``good`` where the classifier is better than the strongest simple model by the paired difference of the log
    loss and the audit has no warning, ``bad`` where it is worse, or where the scores are too good to be expected on new
    rows.
    """

    text: str
    status: Status

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self:
        """Return the verdict on evaluated rows."""
        if evaluated.is_training_data:
            return cls(f"{_result(evaluated)}, but these are the rows that it was trained on.", "bad")
        if evaluated.n_rows < MIN_ROWS:
            are = "is" if evaluated.n_rows == 1 else "are"
            return cls(f"{counted(evaluated.n_rows, 'row')} {are} too few to say how good it is.", "unclear")
        result, status = _result(evaluated), _STATUS["cannot tell"]
        if evaluated.comparison:
            compared = [*evaluated.comparison.values()][-1]
            result += f": {_COMPARED[compared.verdict].format(compared.other)}"
            status = _STATUS[compared.verdict]
        severities = {finding["severity"] for finding in evaluated.findings}
        if "leak" in severities:
            return cls(f"{result}. The audit found a leak, so new rows may be predicted worse.", "bad")
        if "warning" in severities:
            doubted = f"{result}. The audit warns that these scores may be too good."
            return cls(doubted, "unclear" if status == "good" else status)
        return cls(f"{result}.", status)


def _result(evaluated: EvaluatedRows) -> str:
    """Return what the decisions achieve, in words without an end."""
    given = f"the {evaluated.part or 'given'} rows"
    rows = {"given": given, "later": "later rows"}.get(evaluated.kind, "rows it had not learned from")
    if evaluated.is_training_data:
        rows = "the rows"
    if (costs := evaluated.cost_comparison) is not None:
        decided, likeliest = (decimal(each.value) for each in (costs.decided, costs.likeliest))
        return f"Its decisions cost {decided} a row; the likeliest classes would cost {likeliest}"
    accuracy = evaluated.decided_scores.get("accuracy")
    if accuracy is None:
        return "It decides none of the rows"
    if evaluated.n_undecided:
        rows = f"the {percent(1 - evaluated.n_undecided / evaluated.n_rows, 1)} of rows that it decides"
    return f"Right on {percent(accuracy.value, 1)} of {rows}"
