import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

mpl.use("agg")

from benchmarks.lesson.__main__ import main
from benchmarks.lesson.figures import ROWS, as_often, equal

FAST = [name for name, row in ROWS.items() if row.is_fast]


@pytest.fixture(autouse=True)
def no_open_pictures():
    yield
    plt.close("all")


def test_every_row_of_the_lesson_is_there():
    numbers = {"I": 7, "D": 4, "T": 8, "P": 6, "H": 6, "C": 4}
    assert sorted(ROWS) == sorted(f"{group}{n + 1}" for group, count in numbers.items() for n in range(count))


@pytest.mark.parametrize("name", FAST)
def test_a_row_has_the_figures_of_plain_pytorch(name):
    figures = [*ROWS[name].figures()]
    assert figures
    assert [figure for figure in figures if not figure.agrees] == []


def test_figures_that_differ_are_told():
    assert equal("loss", [1.0, np.nan], [1.0 + 1e-7, np.nan]).agrees
    assert not equal("loss", [1.0, 2.0], [1.0, 2.00001]).agrees
    assert not equal("loss", [1.0, np.nan], [1.0, 2.0]).agrees
    assert not equal("loss", [1.0], [1.0, 1.0]).agrees
    assert as_often("accuracy", [0.8, 0.9, 0.7], [0.82, 0.87, 0.72]).agrees
    assert not as_often("accuracy", [0.8, 0.81, 0.8], [0.7, 0.7, 0.71]).agrees


def test_the_table_and_the_code_of_a_row_are_printed(capsys):
    assert main(["D2", "I7"]) == 0
    table = capsys.readouterr().out
    assert [line.split()[:2] for line in table.splitlines()[1:3]] == [["D2", "yes"], ["I7", "yes"]]
    assert table.endswith("2 of 2 rows work\n")
    main(["--code", "T5"])
    assert "torch.optim.SGD" in capsys.readouterr().out
