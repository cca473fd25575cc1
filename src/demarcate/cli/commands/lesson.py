"""``demarcate lesson``: the plan of the lesson, its exercises, and the marking of solutions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from demarcate.cli.console import Cell, notify, print_json, print_lines, print_table
from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import argument, option
from demarcate.cli.options import Json
from demarcate.errors import InputError, Problem

if TYPE_CHECKING:
    from demarcate.lesson import Marking

ACTIONS = ("plan", "start", "check")


@dataclass(frozen=True, kw_only=True)
class LessonOptions:
    """What to do, with which exercises or files."""

    action: str = argument("plan, start or check.", "[ACTION]", default="plan")
    names: list[str] | None = argument("For start: exercises; for check: files.", "[NAME]...", default=None)
    answer: bool = option("For start: write the answer, as EXERCISE_answer.py.", "--answer", default=False)
    limit: float = option("For check: seconds that each file may run.", default=120.0)
    as_json: Json = False


def lesson(options: LessonOptions) -> None:
    """Show the lesson's plan, start an exercise, or check solutions.

    'lesson' shows the plan and the exercises. 'lesson start blobs' writes blobs.py with the task. 'lesson check
    blobs.py' runs the file and compares the numbers that it sets with expected ranges; it takes any number of files. A
    file runs with all of your rights: check only what you would run.
    """
    names = options.names or []
    if options.action not in ACTIONS:
        raise UsageError(f"The action is {options.action!r}", f"Choose one of {', '.join(ACTIONS)}")
    if options.action == "plan":
        _print_plan(as_json=options.as_json)
        return
    if not names:
        what = "an exercise, such as: demarcate lesson start blobs"
        files = "a file, such as: demarcate lesson check blobs.py"
        raise UsageError(f"lesson {options.action} has no name", f"Name {what if options.action == 'start' else files}")
    if options.action == "start":
        _start(names, answer=options.answer)
        return
    if not options.limit > 0:
        raise UsageError(f"--limit is {options.limit:g}", "Give a number of seconds above 0")
    _check(names, options.limit, as_json=options.as_json)


def _print_plan(*, as_json: bool) -> None:
    from dataclasses import asdict

    from demarcate.lesson import EXERCISES, PLAN

    if as_json:
        exercises = [each.to_json() for each in EXERCISES.values()]
        print_json({"plan": [asdict(part) for part in PLAN], "exercises": exercises})
        return
    parts = [
        (f"{part.minutes} min", part.topic, ", ".join(f"{n:02}" for n in part.scripts), ", ".join(part.exercises))
        for part in PLAN
    ]
    title = f"{sum(part.minutes for part in PLAN) // 60} hours"
    print_table(title, ("time", "topic", "scripts", "exercises"), parts, right=["time"])
    rows = [(each.name, f"{each.minutes} min", each.title) for each in EXERCISES.values()]
    print_table("Exercises", ("name", "time", "task"), rows, right=["time"])
    print_lines("Begin one with: demarcate lesson start logits", "Check it with: demarcate lesson check logits.py")


def _start(names: Sequence[str], *, answer: bool) -> None:
    from demarcate.io.atomic import write_atomically
    from demarcate.lesson import EXERCISES
    from demarcate.lesson.exercises import exercise_names

    for name in names:
        if name not in EXERCISES:
            raise UsageError(f"There is no exercise {name!r}", f"Choose one of {exercise_names()}")
        path = Path(f"{name}_answer.py" if answer else f"{name}.py")
        if path.exists():
            raise UsageError(f"{path} is there already", "Rename it, or begin in another folder")
        exercise = EXERCISES[name]
        write_atomically(str(path), (exercise.answer() if answer else exercise.starter()).encode())
        notify(f"Written to {path}: {exercise.title}. Check it with: demarcate lesson check {path}")


def _check(paths: Sequence[str], seconds: float, *, as_json: bool) -> None:
    """Mark each file; exit with 1 unless all of all files is right."""
    from demarcate.lesson import mark, run

    if missing := [path for path in paths if not Path(path).is_file()]:
        problems = [Problem(f"There is no file {path!r}", "Name the Python file of a solution") for path in missing]
        raise InputError(problems)
    markings = []
    for path in paths:
        marking = mark(run(path, seconds=seconds))
        markings.append(marking)
        if not as_json:
            _print_marking(marking)
    if len(markings) > 1 and not as_json:
        print_lines(f"{sum(each.is_right for each in markings)} of {len(markings)} files are right.")
    if as_json:
        print_json({"files": [marking.to_json() for marking in markings]})
    if not all(marking.is_right for marking in markings):
        raise typer.Exit(1)


def _print_marking(marking: "Marking") -> None:
    if marking.problem:
        print_lines(f"{marking.path}: not finished", style="bold")
        print_lines(marking.problem, "")
        return
    title = f"{marking.path}, exercise {marking.exercise}: {marking.n_right} of {len(marking.marks)} right"
    rows: list[Sequence[Cell]] = [
        (
            each.expected.name,
            "missing" if each.value is None else f"{each.value:.5g}",
            each.expected.range_text(),
            ("right", "green") if each.is_right else ("look again", "bold red"),
        )
        for each in marking.marks
    ]
    print_table(title, ("number", "yours", "expected", ""), rows, right=["yours"])
    for each in marking.marks:
        if not each.is_right:
            print_lines(f"{each.expected.name}: {each.look_at}")
    if not marking.is_right:
        print_lines("")
