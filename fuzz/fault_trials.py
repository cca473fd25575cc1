"""What can come between: each fault is arranged, a command is run under it, and what is wrong with its end is said."""

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

from fuzz.fault_bench import COMMANDS, Bench, Seen, outputs_of

PR_CAPBSET_DROP = 24
RESUMED = ("p.csv.parts",)
"""What a prediction that did not end keeps, for --resume."""
SIGNALS = {"sigint": signal.SIGINT, "sigterm": signal.SIGTERM, "sighup": signal.SIGHUP, "sigkill": signal.SIGKILL}
SENTENCES = {"sigint": "Interrupted", "sigterm": "Terminated", "sighup": "Hung up"}

Trial = tuple[str, list[str], Seen]
"""What was seen in short, what is wrong with it, and all of it."""


def told(seen: Seen, code: int, start: str) -> list[str]:
    """What is wrong with how a command ended, if it had to end so."""
    wrong = [] if seen.code == code else [f"exit code {seen.code}, not {code}"]
    if not re.search(rf"^{start}.+", seen.sentence()) and start:
        wrong.append(f"says {seen.sentence()!r}")
    return wrong


def clean(seen: Seen, kept: Sequence[str] = ()) -> list[str]:
    """What is wrong with what a command left behind."""
    wrong = [f"{name} is half-written" for name, state in seen.outputs.items() if state == "half"]
    wrong += [f"left {name}" for name in seen.left if name not in kept and name not in RESUMED]
    for noise in ("Traceback", "Exception ignored", "panicked", "core dumped"):
        if noise in seen.err:
            wrong.append(f"{noise!r} on standard error")
    return wrong


def signalled(bench: Bench, command: str, fault: str) -> Trial:
    """A signal at a random moment of a command's life, the first milliseconds more often than the others."""
    bench.learn(command)
    early = bench.rng.random() < 0.3
    moment = bench.rng.uniform(0, min(0.3, bench.seconds[command]) if early else 1.05 * bench.seconds[command])
    with bench.folder(command, filled=bench.rng.random() < 0.5) as out:
        process = bench.start(command, out)
        time.sleep(moment)
        listens = _listens(process.pid)
        process.send_signal(SIGNALS[fault])
        seen = bench.see(process, command, out)
    wrong = clean(seen, kept=["checkpoint"])
    if seen.code == 0:
        return "done", wrong + [f"{n} is {s}" for n, s in seen.outputs.items() if s != "new"], seen
    if fault == "sigkill":
        return "killed", wrong, seen
    if not listens and seen.code != 128 + SIGNALS[fault]:
        return "before it began", [], seen
    return f"{seen.code}", wrong + told(seen, 128 + SIGNALS[fault], SENTENCES[fault]), seen


def _listens(process: int) -> bool:
    """Whether a command takes SIGTERM by now; before, Python itself is starting, and answers in its own way."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True
    caught = re.search(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
    return caught is None or bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def full_disk(bench: Bench, command: str, _fault: str) -> Trial:
    """Outputs on a file system without room."""
    if not outputs_of(command):
        return "writes no file", [], Seen(0, "", [], {})
    if os.geteuid() != 0:
        return "not arranged: only root can mount a full disk", [], Seen(0, "", [], {})
    bench.learn(command)
    with bench.folder(command, filled=False) as out:
        pages = 4096 * len(outputs_of(command))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={pages}", "tmpfs", str(out)], check=True)
        try:
            bench.fill(command, out)
            seen = bench.see(bench.start(command, out), command, out)
        finally:
            subprocess.run(["umount", str(out)], check=True)
    return f"{seen.code}", _refused(seen), seen


def small_files(bench: Bench, command: str, _fault: str) -> Trial:
    """A limit on the size of files that is too small for any output."""
    if not outputs_of(command):
        return "writes no file", [], Seen(0, "", [], {})
    bench.learn(command)
    with bench.folder(command, filled=True) as out:
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))  # noqa: E731
        seen = bench.see(bench.start(command, out, before=limit), command, out)
    return f"{seen.code}", _refused(seen), seen


def _refused(seen: Seen) -> list[str]:
    """What is wrong with how a file that could not be written was refused."""
    changed = [f"{name} is {state}" for name, state in seen.outputs.items() if state != "old"]
    return clean(seen, kept=["checkpoint"]) + told(seen, 1, "Error: ") + changed


def full_stdout(bench: Bench, command: str, _fault: str) -> Trial:
    """Standard output that takes nothing."""
    if not Path("/dev/full").exists():
        return "not arranged: only Linux has /dev/full", [], Seen(0, "", [], {})
    bench.learn(command)
    with bench.folder(command, filled=False) as out, Path("/dev/full").open("wb") as full:
        seen = bench.see(bench.start(command, out, stdout=full.fileno()), command, out)
    if not seen.code:
        return "prints nothing", clean(seen, kept=["checkpoint"]), seen
    return f"{seen.code}", clean(seen, kept=["checkpoint"]) + told(seen, 1, "Error: "), seen


def reader_left(bench: Bench, command: str, fault: str) -> Trial:
    """A reader that takes nothing, or one line."""
    bench.learn(command)
    with bench.folder(command, filled=False) as out:
        reading, writing = os.pipe()
        process = bench.start(command, out, stdout=writing)
        os.close(writing)
        if fault == "head":
            while os.read(reading, 1) not in (b"", b"\n"):
                pass
        os.close(reading)
        seen = bench.see(process, command, out)
    wrong = clean(seen, kept=["checkpoint"])
    # A command that has said its all by then, or says nothing, is simply done.
    return f"{seen.code}", wrong + ([] if seen.code == 0 else told(seen, 141, "")), seen


def _as_others() -> None:
    """Give up root's right to read and write what the modes of files forbid (capabilities 1 and 2)."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):
            if system.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "cannot give up a right of root")


def read_only(bench: Bench, command: str, _fault: str) -> Trial:
    """Outputs in a folder that takes no new files."""
    if not outputs_of(command):
        return "writes no file", [], Seen(0, "", [], {})
    bench.learn(command)
    with bench.folder(command, filled=True) as out:
        out.chmod(0o555)
        seen = bench.see(bench.start(command, out, before=_as_others), command, out)
        out.chmod(0o755)
    return f"{seen.code}", _refused(seen), seen


def unreadable(bench: Bench, command: str, fault: str) -> Trial:
    """A table or a model that may not be read."""
    what = fault.removeprefix("unreadable-")
    if not any(f"{{{what}}}" in word for word in COMMANDS[command]):
        return f"reads no {what}", [], Seen(0, "", [], {})
    bench.learn(command)
    with bench.folder(command, filled=True) as out:
        secret = bench.place / f"secret-{getattr(bench, what).name}"
        shutil.copy(getattr(bench, what), secret)
        secret.chmod(0)
        process = bench.start(command, out, before=_as_others, **{what: secret})  # type: ignore[arg-type]
        seen = bench.see(process, command, out)
        secret.unlink()
    return f"{seen.code}", _refused(seen), seen


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
