"""Diagnose networks with a known fault, and count the right verdicts.

``python benchmarks/trust/verdicts.py FILE [--seed 7] [--each 2]`` diagnoses tasks of each of four truths in eight
families (``tasks.py`` describes them and how their truth is confirmed), and the lesson's three networks on moons. Each
answer is a line of FILE; existing answers are not repeated. The rule was tuned on the seeds 1000 and 2000
(``docs/diagnosis.md``).
"""

import argparse
import json
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tasks import NOISE, OVER, RIGHT, UNDER, Question, questions

from demarcate import diagnose

TRUTHS = (UNDER, OVER, RIGHT, NOISE)
UNDECIDED = "cannot tell"
OPPOSITE = {(UNDER, OVER), (OVER, UNDER)}


def answered(question: Question, reached: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict on one task, and its seconds."""
    begin, busy = time.perf_counter(), time.process_time()
    found = diagnose(question.table(), question.network, question.training)
    seconds, busy = time.perf_counter() - begin, time.process_time() - busy
    effects = {name: (vars(effect.log_loss), effect.answer) for name, effect in found.effects.items()}
    return {
        "name": question.name,
        "truth": question.truth,
        "verdict": found.verdict.removeprefix("is "),
        "seconds": round(seconds, 1),
        "processor_seconds": round(busy, 1),
        "n_rows": question.n_rows,
        "hidden": question.network.hidden,
        "train_log_loss": vars(found.train.log_loss),
        "log_loss": vars(found.held_out.log_loss),
        "gap": vars(found.gap.log_loss),
        "large_gap": found.large_gap,
        "effects": effects,
        **reached,
    }


def table(answers: Sequence[dict[str, Any]]) -> str:
    """Return a table of verdicts by truth, with totals."""
    counts = Counter((answer["truth"], answer["verdict"]) for answer in answers)
    verdicts = (*TRUTHS, UNDECIDED)
    lines = ["| truth | " + " | ".join(verdicts) + " |", "|---" * (len(verdicts) + 1) + "|"]
    lines += [
        f"| {truth} | " + " | ".join(str(counts[truth, verdict]) for verdict in verdicts) + " |" for truth in TRUTHS
    ]
    n_right = sum(counts[truth, truth] for truth in TRUTHS)
    n_opposite = sum(counts[pair] for pair in OPPOSITE)
    seconds = [answer["seconds"] for answer in answers]
    n_undecided = sum(counts[truth, UNDECIDED] for truth in TRUTHS)
    lines.append(
        f"{n_right} of {len(answers)} right ({n_right / len(answers):.0%}), {n_opposite} opposite, "
        f"{n_undecided} undecided; seconds each: median {np.median(seconds):.1f}, most {max(seconds):.1f}"
    )
    return "\n".join(lines)


def main() -> None:
    """Run the diagnoses, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="file of answers, a line of JSON each")
    parser.add_argument("--seed", type=int, default=7, help="seed of the tasks")
    parser.add_argument("--each", type=int, default=2, help="tasks of each truth and family")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    lines = given.file.read_text().splitlines() if given.file.exists() else []
    answers = {answer["name"]: answer for answer in map(json.loads, lines)}
    with given.file.open("a") as file:
        for question, reached, passed in questions(given.seed, given.each, dict(answers)):
            answers[question.name] = answer = {**answered(question, reached), "passed": passed}
            file.write(json.dumps(answer) + "\n")
            file.flush()
            print(f"{question.name}: {answer['verdict']} ({answer['seconds']} s)", flush=True)
    print(table(list(answers.values())))
    print(f"{sum(answer.get('passed', 0) for answer in answers.values())} draws were excluded.")


if __name__ == "__main__":
    main()
