import pytest

from demarcate.cli.fit_ending import notify_of_next


@pytest.mark.parametrize(
    ("table", "out", "lines"),
    [
        ("heart", "m.st", ["Next: demarcate predict m.st heart --out predictions.csv"]),
        ("my people.csv", "a b.st", ["Next: demarcate predict 'a b.st' NEW_ROWS.csv --out predictions.csv"]),
        ("-", "m.st", ["Next: demarcate predict m.st NEW_ROWS.csv --out predictions.csv"]),
        ("moons", None, ["Not saved: name a file with --out to keep this model.", "Next: demarcate diagnose moons"]),
        (
            "p.csv",
            None,
            [
                "Not saved: name a file with --out to keep this model.",
                "Next: demarcate diagnose p.csv --target 'the income'",
            ],
        ),
        ("-", None, ["Not saved: name a file with --out to keep this model."]),
    ],
)
def test_the_next_command_can_be_copied(capsys, table, out, lines):
    notify_of_next(table, "the income", out)
    assert capsys.readouterr().err.splitlines() == lines


def test_names_that_would_rule_a_terminal_are_spelled_out(capsys):
    notify_of_next("a\x1b[31m.csv", "y", None)
    assert "\x1b" not in capsys.readouterr().err
