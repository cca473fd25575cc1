"""Faults: each trial runs a command under a fault and returns the problems of its result."""

import ctypes
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fuzz.fault_bench import COMMANDS, Bench, CommandResult, outputs_of

PR_CAPBSET_DROP = 24
RESUMED = ("p.csv.parts",)
"""Files that an interrupted predict leaves for --resume."""
SIGNALS = {"sigint": signal.SIGINT, "sigterm": signal.SIGTERM, "sighup": signal.SIGHUP, "sigkill": signal.SIGKILL}
SENTENCES = {"sigint": "Interrupted", "sigterm": "Terminated", "sighup": "Hung up"}

Trial = tuple[str, list[str], CommandResult]
"""A summary, the problems, and the full result."""


def exit_problems(result: CommandResult, code: int, start: str) -> list[str]:
    """Return the problems of a command's exit code and last line."""
    wrong = [] if result.code == code else [f"exit code {result.code}, not {code}"]
    if not re.search(rf"^{start}.+", result.last_line()) and start:
        wrong.append(f"last line {result.last_line()!r}")
    return wrong


def leftover_problems(result: CommandResult, kept: Sequence[str] = ()) -> list[str]:
    """Return the problems of a command's files and standard error."""
    wrong = [f"{name} is partial" for name, state in result.outputs.items() if state == "half"]
    wrong += [f"left {name}" for name in result.left if name not in kept and name not in RESUMED]
    for noise in ("Traceback", "Exception ignored", "panicked", "core dumped"):
        if noise in result.err:
            wrong.append(f"{noise!r} on standard error")
    return wrong


def signalled(bench: Bench, command: str, fault: str) -> Trial:
    """Send a signal at a random moment of a command, more often in the first milliseconds."""
    bench.run_reference(command)
    early = bench.rng.random() < 0.3
    moment = bench.rng.uniform(0, min(0.3, bench.seconds[command]) if early else 1.05 * bench.seconds[command])
    with bench.folder(command, filled=bench.rng.random() < 0.5) as out:
        process = bench.start(command, out)
        time.sleep(moment)
        listens = _listens(process.pid)
        process.send_signal(SIGNALS[fault])
        result = bench.finish(process, command, out)
    wrong = leftover_problems(result, kept=["checkpoint"])
    if result.code == 0:
        return "done", wrong + [f"{n} is {s}" for n, s in result.outputs.items() if s != "new"], result
    if fault == "sigkill":
        return "killed", wrong, result
    if not listens and result.code != 128 + SIGNALS[fault]:
        return "before it began", [], result
    return f"{result.code}", wrong + exit_problems(result, 128 + SIGNALS[fault], SENTENCES[fault]), result


def _listens(process: int) -> bool:
    """Return whether a command handles SIGTERM yet; before, Python itself starts and handles it in its own way."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True
    caught = re.search(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
    return caught is None or bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def full_disk(bench: Bench, command: str, _fault: str) -> Trial:
    """Run with outputs on a full file system."""
    if not outputs_of(command):
        return "writes no file", [], CommandResult(0, "", [], {})
    if os.geteuid() != 0:
        return "not possible: only root can mount a full disk", [], CommandResult(0, "", [], {})
    bench.run_reference(command)
    with bench.folder(command, filled=False) as out:
        pages = 4096 * len(outputs_of(command))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={pages}", "tmpfs", str(out)], check=True)
        try:
            bench.fill(command, out)
            result = bench.finish(bench.start(command, out), command, out)
        finally:
            subprocess.run(["umount", str(out)], check=True)
    return f"{result.code}", _refused(result), result


def small_files(bench: Bench, command: str, _fault: str) -> Trial:
    """Run with a limit on file sizes that is too small for any output."""
    if not outputs_of(command):
        return "writes no file", [], CommandResult(0, "", [], {})
    bench.run_reference(command)
    with bench.folder(command, filled=True) as out:
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))  # noqa: E731
        result = bench.finish(bench.start(command, out, before=limit), command, out)
    return f"{result.code}", _refused(result), result


def _refused(result: CommandResult) -> list[str]:
    """Return the problems of the refusal of a file that cannot be written."""
    changed = [f"{name} is {state}" for name, state in result.outputs.items() if state != "old"]
    return leftover_problems(result, kept=["checkpoint"]) + exit_problems(result, 1, "Error: ") + changed


def full_stdout(bench: Bench, command: str, _fault: str) -> Trial:
    """Run with a full standard output."""
    if not Path("/dev/full").exists():
        return "not possible: only Linux has /dev/full", [], CommandResult(0, "", [], {})
    bench.run_reference(command)
    with bench.folder(command, filled=False) as out, Path("/dev/full").open("wb") as full:
        result = bench.finish(bench.start(command, out, stdout=full.fileno()), command, out)
    if not result.code:
        return "prints nothing", leftover_problems(result, kept=["checkpoint"]), result
    return (
        f"{result.code}",
        leftover_problems(result, kept=["checkpoint"]) + exit_problems(result, 1, "Error: "),
        result,
    )


def reader_left(bench: Bench, command: str, fault: str) -> Trial:
    """Run with a reader that leaves at once, or after one line."""
    bench.run_reference(command)
    with bench.folder(command, filled=False) as out:
        reading, writing = os.pipe()
        process = bench.start(command, out, stdout=writing)
        os.close(writing)
        if fault == "head":
            while os.read(reading, 1) not in (b"", b"\n"):
                pass
        os.close(reading)
        result = bench.finish(process, command, out)
    wrong = leftover_problems(result, kept=["checkpoint"])
    # A command that has printed everything by then, or prints nothing, ends normally.
    return f"{result.code}", wrong + ([] if result.code == 0 else exit_problems(result, 141, "")), result


def _as_others() -> None:
    """Drop root's right to ignore file permissions (capabilities 1 and 2)."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):
            if system.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "cannot drop a capability of root")


def read_only(bench: Bench, command: str, _fault: str) -> Trial:
    """Run with outputs in a read-only folder."""
    if not outputs_of(command):
        return "writes no file", [], CommandResult(0, "", [], {})
    bench.run_reference(command)
    with bench.folder(command, filled=True) as out:
        out.chmod(0o555)
        result = bench.finish(bench.start(command, out, before=_as_others), command, out)
        out.chmod(0o755)
    return f"{result.code}", _refused(result), result


def unreadable(bench: Bench, command: str, fault: str) -> Trial:
    """Run with a table or a model without read permission."""
    what = fault.removeprefix("unreadable-")
    if not any(f"{{{what}}}" in word for word in COMMANDS[command]):
        return f"reads no {what}", [], CommandResult(0, "", [], {})
    bench.run_reference(command)
    with bench.folder(command, filled=True) as out:
        secret = bench.place / f"secret-{getattr(bench, what).name}"
        shutil.copy(getattr(bench, what), secret)
        secret.chmod(0)
        process = bench.start(command, out, before=_as_others, **{what: secret})  # type: ignore[arg-type]
        result = bench.finish(process, command, out)
        secret.unlink()
    return f"{result.code}", _refused(result), result


FAULTS: dict[str, Callable[[Bench, str, str], Trial]] = {
    **dict.fromkeys(SIGNALS, signalled),
    "full-disk": full_disk,
    "small-files": small_files,
    "full-stdout": full_stdout,
    "no-reader": reader_left,
    "head": reader_left,
    "read-only": read_only,
    "unreadable-table": unreadable,
    "unreadable-model": unreadable,
}
