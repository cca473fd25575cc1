"""Print what becomes of every case at every door: ``python tests/contract/table.py``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cases import Refused
from corpus import CASES
from doors import DOORS
from verdicts import at_door, faults

SIGNS = {True: "x", False: "!", None: "."}


def main() -> None:
    """A line a case: x as written down, ! otherwise, . where the case does not fit through the door."""
    width = max(len(case.name) for case in CASES)
    print(*(f"{place:2} {door.name}" for place, door in enumerate(DOORS, 1)), sep="\n")
    wrong: list[str] = []
    n_pairs = 0
    with TemporaryDirectory() as folder:
        for case in CASES:
            signs = []
            for door in DOORS:
                found = at_door(case, door, Path(folder))
                told = [] if found is None else faults(case, found)
                wrong += [f"{case.name}, {door.name}: {fault}" for fault in told]
                n_pairs += found is not None
                signs.append(SIGNS[None if found is None else not told])
            verdict = "refused" if isinstance(case.verdict, Refused) else "taken"
            print(f"{case.name:{width}} {verdict:8}", *signs)
    print(*wrong, sep="\n")
    n_refused = sum(isinstance(case.verdict, Refused) for case in CASES)
    print(
        f"{len(CASES)} cases, {n_refused} of them refused, {len(DOORS)} doors, {n_pairs} pairs, {len(wrong)} otherwise"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
