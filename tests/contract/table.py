"""Print the result of every case in every form: ``python tests/contract/table.py``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cases import Refused
from corpus import CASES
from forms import FORMS
from verdicts import faults, read_case

SIGNS = {True: "x", False: "!", None: "."}


def main() -> None:
    """Print a line for each case: x as expected, ! different, . if the form cannot express the case."""
    width = max(len(case.name) for case in CASES)
    print(*(f"{place:2} {form.name}" for place, form in enumerate(FORMS, 1)), sep="\n")
    wrong: list[str] = []
    n_pairs = 0
    with TemporaryDirectory() as folder:
        for case in CASES:
            signs = []
            for form in FORMS:
                found = read_case(case, form, Path(folder))
                differences = [] if found is None else faults(case, found)
                wrong += [f"{case.name}, {form.name}: {fault}" for fault in differences]
                n_pairs += found is not None
                signs.append(SIGNS[None if found is None else not differences])
            verdict = "refused" if isinstance(case.verdict, Refused) else "accepted"
            print(f"{case.name:{width}} {verdict:8}", *signs)
    print(*wrong, sep="\n")
    n_refused = sum(isinstance(case.verdict, Refused) for case in CASES)
    print(
        f"{len(CASES)} cases, {n_refused} of them refused, {len(FORMS)} forms, {n_pairs} pairs, {len(wrong)} different"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
