"""Write src/demarcate/datasets/heart.csv from the copy of the Cleveland heart disease data in orange3.

    python scripts/make_heart.py                      # fetches the orange3 wheel with pip
    python scripts/make_heart.py orange3-3.40.0.whl   # or an unpacked heart_disease.tab

The UCI Machine Learning Repository holds the original (https://doi.org/10.24432/C52P4X, CC BY 4.0).
"""

import argparse
import csv
import io
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

MEMBER = "Orange/datasets/heart_disease.tab"
DESTINATION = Path(__file__).parent.parent / "src" / "demarcate" / "datasets" / "heart.csv"
ORANGE_HEADER_LINES = 3  # names, kinds, roles

# Our column, orange's column, and the codes of orange's values; None keeps the value.
COLUMNS: tuple[tuple[str, str, dict[str, str] | None], ...] = (
    ("age", "age", None),
    ("sex", "gender", {"female": "0", "male": "1"}),
    ("cp", "chest pain", {"typical ang": "1", "atypical ang": "2", "non-anginal": "3", "asymptomatic": "4"}),
    ("trestbps", "rest SBP", None),
    ("chol", "cholesterol", None),
    ("fbs", "fasting blood sugar > 120", {"0": "0", "1": "1"}),
    ("restecg", "rest ECG", {"normal": "0", "ST-T abnormal": "1", "left vent hypertrophy": "2"}),
    ("thalach", "max HR", None),
    ("exang", "exerc ind ang", {"0": "0", "1": "1"}),
    ("oldpeak", "ST by exercise", None),
    ("slope", "slope peak exc ST", {"upsloping": "1", "flat": "2", "downsloping": "3"}),
    ("ca", "major vessels colored", {"0": "0", "1": "1", "2": "2", "3": "3", "": ""}),
    ("thal", "thal", {"normal": "normal", "fixed defect": "fixed", "reversable defect": "reversible", "": ""}),
    ("target", "diameter narrowing", {"0": "0", "1": "1"}),
)


def main() -> None:
    """Read, recode, check and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, help="an orange3 wheel or heart_disease.tab; default: pip")
    source: Path | None = parser.parse_args().source
    rows = recoded(orange_table(source) if source else downloaded_table())
    check(rows)
    with DESTINATION.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[name for name, _, _ in COLUMNS], *rows])
    print(f"{DESTINATION}: {len(rows)} rows")


def orange_table(source: Path) -> str:
    """Return the text of heart_disease.tab, from the file itself or from a wheel."""
    if not zipfile.is_zipfile(source):
        return source.read_text(encoding="utf-8")
    with zipfile.ZipFile(source) as wheel:
        return wheel.read(MEMBER).decode("utf-8")


def downloaded_table() -> str:
    """Return the text of heart_disease.tab from a wheel that pip downloads into a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", folder, "orange3"], check=True)
        return orange_table(next(Path(folder).glob("*.whl")))


def recoded(table: str) -> list[list[str]]:
    """Return rows in our columns and codes; exit at a value without a code."""
    names, *rows = csv.reader(io.StringIO(table, newline=""), delimiter="\t")
    position = {name: place for place, name in enumerate(names)}
    return [
        [_code(row[position[theirs]], ours, words) for ours, theirs, words in COLUMNS]
        for row in rows[ORANGE_HEADER_LINES - 1 :]
    ]


def _code(value: str, column: str, words: dict[str, str] | None) -> str:
    value = "" if value == "?" else value
    if words is None:
        float(value)
        return value
    if value not in words:
        sys.exit(f"{column} has no code for {value!r}")
    return words[value]


def check(rows: list[list[str]]) -> None:
    """Exit unless the table has the size, class balance and missing cells that the repository documents."""
    column = {name: [row[place] for row in rows] for place, (name, _, _) in enumerate(COLUMNS)}
    actual = {
        "rows": len(rows),
        "balance": Counter(column["target"]),
        "missing": {name: cells.count("") for name, cells in column.items() if "" in cells},
    }
    expected = {"rows": 303, "balance": Counter({"0": 164, "1": 139}), "missing": {"ca": 4, "thal": 2}}
    if actual != expected:
        sys.exit(f"expected {expected}, got {actual}")


if __name__ == "__main__":
    main()
