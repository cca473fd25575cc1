"""Results as JSON, and as the table of the documentation."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.engine.runner import Result

ROOT = Path(__file__).resolve().parents[2]
RESULTS, DOCUMENT = ROOT / "benchmarks" / "results" / "engine.json", ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEADER = "| figure | what is compared | ratio | goal | measured (lowest to highest) | met |\n|---|---|---|---|---|---|"
NOTHING_YET = "Nothing has been measured yet."

Entry = dict[str, Any]
"""A figure's result, JSON-ready."""
Results = dict[str, Entry]


def entry(result: Result) -> Entry:
    """Return the JSON of one figure: its claim, its measurement, and every single value."""
    figure = result.figure
    found: Entry = {
        "claim": figure.claim,
        "ratio_of": figure.ratio.how,
        "bound": figure.bound,
        "goal": figure.goal,
        "unit": figure.unit,
        "date": result.date,
        "machine": result.machine.as_dict(),
    }
    if result.reason is not None:
        return found | {"not_applicable": result.reason}
    return found | {
        "ratio": result.ratio,
        "met": figure.met_by(result.ratio),
        "lowest": min(result.ratios),
        "highest": max(result.ratios),
        "values": {name: list(values) for name, values in result.values.items()},
        "notes": dict(result.notes),
    }


def merge(earlier: Results, later: Results, order: Iterable[str]) -> Results:
    """Return results with later ones replacing earlier ones; removed figures are left out."""
    both = earlier | later
    return {name: both[name] for name in order if name in both}


def read(path: Path = RESULTS) -> Results:
    """Read results from a file; empty if there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write(results: Results, path: Path = RESULTS) -> None:
    """Write results to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def table(results: Results) -> str:
    """Return results as Markdown, followed by a line for every machine and day."""
    if not results:
        return NOTHING_YET
    rows = [_row(name, found) for name, found in results.items()]
    return "\n".join([HEADER, *rows, "", *_provenance(results)])


def with_table(document: str, results: Results) -> str:
    """Return a document with a new table between its markers."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}"


def update(path: Path, results: Results) -> None:
    """Replace the table in a document's file."""
    path.write_text(with_table(path.read_text(encoding="utf-8"), results), encoding="utf-8")


def _row(name: str, found: Entry) -> str:
    if "not_applicable" in found:
        measured, met = f"not applicable: {found['not_applicable']}", ""
    else:
        measured = f"{_number(found['ratio'])} ({_number(found['lowest'])} to {_number(found['highest'])})"
        met = "yes" if found["met"] else "no"
    goal = f"{found['bound']} {found['goal']:g}"
    return f"| `{name}` | {found['claim']} | {found['ratio_of']} | {goal} | {measured} | {met} |"


def _number(value: float) -> str:
    """Return a number with three significant digits."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _provenance(results: Results) -> list[str]:
    groups: dict[str, list[Entry]] = {}
    names: dict[str, list[str]] = {}
    for name, found in results.items():
        line = f"{found['date']}, {_machine(found['machine'])}"
        groups.setdefault(line, []).append(found)
        names.setdefault(line, []).append(f"`{name}`")
    return [f"- {line}{_load(group)}: {', '.join(names[line])}." for line, group in groups.items()]


def _machine(machine: Mapping[str, Any]) -> str:
    extensions = " ".join(machine["extensions"])
    return (
        f"{machine['cpu']}, {machine['cores']} cores{f' ({extensions})' if extensions else ''}, "
        f"torch {machine['torch']}, {machine['threads']} threads"
    )


def _load(group: Iterable[Entry]) -> str:
    loads = [found["machine"]["load"] for found in group if found["machine"]["load"] is not None]
    return f", load average before the runs {min(loads):.2f} to {max(loads):.2f}" if loads else ""
