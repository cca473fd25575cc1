import numpy as np

from demarcate.cli.decision_table import MAX_CROSSED, print_decisions
from demarcate.inspection.confusion import ConfusionMatrix


def test_undecided_rows_have_a_column(capsys):
    matrix = ConfusionMatrix.of(np.array([0, 0, 1]), np.array([0, -1, 0]), 2)
    print_decisions(["a", "b"], matrix, "the class of least expected cost", is_likeliest=False)
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in shown if line.startswith(" class")] == ["undecided"]
    assert [line.split() for line in shown if line.startswith((" a ", " b "))] == [list("a101"), list("b100")]
    assert "Of 3 rows 1 are decided for their class (0.333); the accuracy among" in " ".join(shown)


def test_of_many_classes_the_commonest_mistakes_are_shown(capsys):
    codes = np.repeat(np.arange(MAX_CROSSED + 1), 4)
    decided = codes.copy()
    decided[:2] = 5
    matrix = ConfusionMatrix.of(codes, decided, MAX_CROSSED + 1)
    print_decisions([*"abcdefghi"], matrix, "the likeliest class", is_likeliest=True)
    shown = capsys.readouterr().out
    assert ["a", "f", "2", "50.0%"] in [line.split() for line in shown.splitlines()]
    assert "Of 36 rows 34 are decided for their class (0.944)." in shown
