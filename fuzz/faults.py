"""Every command under every fault: signals at any moment, full disks, unwritable files, readers that leave.

    python fuzz/faults.py                              # everything, 3 random moments for each signal
    python fuzz/faults.py --commands fit predict --faults sigint sigterm --repeats 50 --seed 7

Commands run as processes of their own on a small table. A fault passes if the command ends with the right exit code and
one message without a traceback, leaves each output unchanged or complete, and leaves no other file. The results are
printed as a Markdown table; the exit code is 1 if anything failed. A full disk needs root to mount it; faults that are
not possible on a machine are reported and never count as passed.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

# Python puts the folder of the program on the path, where its modules have no package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.fault_bench import COMMANDS, Bench
from fuzz.fault_trials import FAULTS, SIGNALS


def main(argv: Sequence[str] | None = None) -> int:
    """Run commands under faults; return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--commands", nargs="*", choices=COMMANDS, default=[*COMMANDS])
    parser.add_argument("--faults", nargs="*", choices=FAULTS, default=[*FAULTS])
    parser.add_argument("--repeats", type=int, default=3, help="moments for each signal and command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="start no trial after this time")
    options = parser.parse_args(argv)
    end = time.monotonic() + options.seconds
    failures: list[str] = []
    rows: dict[tuple[str, str], str] = {}
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        bench = Bench(Path(place), random.Random(options.seed))
        bench.prepare()
        for command in options.commands:
            for fault in options.faults:
                if time.monotonic() > end:
                    continue
                rows[command, fault] = _cell(bench, command, fault, options.repeats, failures)
    print("| command | " + " | ".join(options.faults) + " |\n" + "|---" * (len(options.faults) + 1) + "|")
    for command in options.commands:
        print(f"| {command} | " + " | ".join(rows.get((command, fault), "not run") for fault in options.faults) + " |")
    print("\n" + "\n".join(failures or ["Nothing failed."]))
    return 1 if failures else 0


def _cell(bench: Bench, command: str, fault: str, repeats: int, failures: list[str]) -> str:
    """Return the counted results of a command under a fault."""
    counts: Counter[str] = Counter()
    for _ in range(repeats if fault in SIGNALS else 1):
        short, wrong, result = FAULTS[fault](bench, command, fault)
        counts[f"FAILED ({short})" if wrong else short] += 1
        if wrong:
            failures.append(f"- {command}, {fault}: {'; '.join(wrong)}\n{_indented(result.err[-2500:])}")
            print(failures[-1], file=sys.stderr, flush=True)
    return ", ".join(f"{what} x{n}" if n > 1 else what for what, n in counts.most_common())


def _indented(text: str) -> str:
    return "".join(f"      {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
