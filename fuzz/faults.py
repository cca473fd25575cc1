"""Every command against every fault: signals at any moment, full disks, files that refuse, readers that leave.

    python fuzz/faults.py                              # everything, 3 random moments for each signal
    python fuzz/faults.py --commands fit predict --faults sigint sigterm --repeats 50 --seed 7

Commands run as processes of their own on a small table. A fault passes if the command ends with the right exit code,
says so in one sentence without a traceback, leaves each output as it was or complete, and leaves nothing else. The
table of what was seen is printed as Markdown; the exit code is 1 if anything failed. A full disk needs root, to mount
one; what cannot be arranged on a machine is said, and never counts as passed.
"""

import argparse
import contextlib
import ctypes
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OLD = b"what was there before\n"
PR_CAPBSET_DROP = 24
RESUMED = ("p.csv.parts",)
"""What a prediction that did not end keeps, for --resume."""
SOURCE = Path(__file__).resolve().parents[1] / "src"
"""What is tried is the code beside this file, whatever is installed."""
TIMEOUT = 120
SIGNALS = {"sigint": signal.SIGINT, "sigterm": signal.SIGTERM, "sighup": signal.SIGHUP, "sigkill": signal.SIGKILL}
SENTENCES = {"sigint": "Interrupted", "sigterm": "Terminated", "sighup": "Hung up"}
TINY = ("--target", "y", "--epochs", "2", "--hidden", "4")
COMMANDS: dict[str, tuple[str, ...]] = {
    "help": ("--help",),
    "version": ("--version",),
    "fit": ("fit", "{table}", *TINY, "--folds", "2", "--out", "{out}/m.safetensors", "--report", "{out}/m.html"),
    "fit-checkpoint": (
        *("fit", "{table}", *TINY, "--folds", "2", "--plot", "{out}/m.svg", "--out", "{out}/m.safetensors"),
        *("--checkpoint", "{out}/checkpoint"),
    ),
    "predict": ("predict", "{model}", "{table}"),
    "predict-out": ("predict", "{model}", "{table}", "--out", "{out}/p.csv"),
    "evaluate": ("evaluate", "{model}", "{table}"),
    "report": ("report", "{model}", "{table}", "--out", "{out}/r.html"),
    "inspect": ("inspect", "{model}"),
    "plot": ("plot", "{model}", "{table}", "--kind", "confusion", "--out", "{out}/p.png"),
    "sweep": (
        *("sweep", "{table}", *TINY, "--seeds", "2", "--weight-decay", "0,0.01", "--out", "{out}/s.csv"),
        *("--save", "{out}/s.safetensors", "--plot", "{out}/s.pdf"),
    ),
    "diagnose": ("diagnose", "{table}", *TINY, "--seeds", "2", "--max-rows", "100", "--plot", "{out}/d.png"),
    "audit": ("audit", "{table}", "--target", "y"),
}
OUTPUT = re.compile(r"^\{out\}/(.+\..+)$")


@dataclass
class Seen:
    """What a command did.

    Attributes
    ----------
    code
        How it ended, as `subprocess` counts it.
    err
        What it said on standard error.
    left
        The names in its folder of outputs, and in its folder for temporary files.
    outputs
        By name: ``absent``, ``old``, ``new`` or ``half``.
    """

    code: int
    err: str
    left: list[str]
    outputs: dict[str, str]

    def sentence(self) -> str:
        """The last line on standard error."""
        return self.err.strip().split("\n")[-1]


@dataclass
class Bench:
    """A folder with a table and a model, and what commands write when nothing goes wrong."""

    place: Path
    rng: random.Random
    references: dict[str, dict[str, bytes]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def table(self) -> Path:
        """The table that commands read."""
        return self.place / "table.csv"

    @property
    def model(self) -> Path:
        """The model that commands read."""
        return self.place / "model.safetensors"

    def prepare(self) -> None:
        """Write the table and train the model."""
        self.place.chmod(0o755)
        rows = [f"{x},{self.rng.gauss(x % 2, 1):.3f},{'ab'[x % 3 == 0]},{['no', 'yes'][x % 2]}" for x in range(60)]
        self.table.write_text("\n".join(["row,height,kind,y", *rows]) + "\n")
        for name in ("cache", "temporary"):
            (self.place / name).mkdir()
            (self.place / name).chmod(0o777)
        made = self.start(
            "fit", out=self.place, arguments=("fit", str(self.table), *TINY, "--folds", "2", "--out", str(self.model))
        )
        err = _err_of(made)
        if made.returncode:
            raise SystemExit(f"no model could be trained to begin with:\n{err.decode()}")

    def start(
        self,
        command: str,
        out: Path,
        *,
        arguments: Sequence[str] = (),
        stdout: int | None = None,
        before: Callable[[], None] | None = None,
        model: Path | None = None,
        table: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command."""
        words = {"table": table or self.table, "model": model or self.model, "out": out}
        given = arguments or [word.format(**words) for word in COMMANDS[command]]
        places = {"TMPDIR": str(self.place / "temporary"), "MPLCONFIGDIR": str(self.place / "cache")}
        places["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SOURCE), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(
            [*_program(), *given],
            env={**os.environ, **places, "HOME": str(self.place / "cache")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if stdout is None else stdout,
            stderr=subprocess.PIPE,
            preexec_fn=before,  # noqa: PLW1509 - this program has one thread
        )

    @contextlib.contextmanager
    def folder(self, command: str, *, filled: bool) -> Iterator[Path]:
        """A folder for outputs, which are there already or are not."""
        out = Path(tempfile.mkdtemp(dir=self.place, prefix="out-"))
        out.chmod(0o777)
        if filled:
            self.fill(command, out)
        try:
            yield out
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def fill(self, command: str, out: Path) -> None:
        """Put old outputs where new ones go."""
        for name in outputs_of(command):
            (out / name).write_bytes(OLD)
            (out / name).chmod(0o666)

    def see(self, process: subprocess.Popen[bytes], command: str, out: Path) -> Seen:
        """Wait for a command and look at what it left."""
        err = _err_of(process)
        names = outputs_of(command)
        temporary = [*(self.place / "temporary").iterdir()]
        left = [path.name for path in out.iterdir() if path.name not in names]
        left += [f"temporary/{path.name}" for path in temporary]
        for path in temporary:
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
        outputs = {name: self._state(command, out, name) for name in names}
        return Seen(process.returncode, err.decode(errors="replace"), sorted(left), outputs)

    def _state(self, command: str, out: Path, name: str) -> str:
        if not (out / name).exists():
            return "absent"
        data = (out / name).read_bytes()
        if data == OLD:
            return "old"
        return "new" if data == self.references.get(command, {}).get(name) else "half"

    def learn(self, command: str) -> None:
        """Run a command without a fault, for what it writes and how long it takes."""
        if command in self.references:
            return
        with self.folder(command, filled=False) as out:
            begin = time.perf_counter()
            seen = self.see(self.start(command, out), command, out)
            self.seconds[command] = time.perf_counter() - begin
            if seen.code or set(seen.outputs.values()) - {"half"}:
                raise SystemExit(f"{command} fails without a fault ({seen.code}):\n{seen.err}")
            self.references[command] = {name: (out / name).read_bytes() for name in seen.outputs}


def outputs_of(command: str) -> list[str]:
    """The names of the files that a command writes."""
    return [found[1] for word in COMMANDS[command] if (found := OUTPUT.match(word))]


def _err_of(process: subprocess.Popen[bytes]) -> bytes:
    """What a command says on standard error until it ends, which it is made to if it will not."""
    try:
        return process.communicate(timeout=TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1] + f"\nIt did not end within {TIMEOUT} seconds.".encode()


def _program() -> list[str]:
    script = Path(sys.executable).with_name("demarcate")
    return [str(script)] if script.exists() else [sys.executable, "-m", "demarcate"]


def _told(seen: Seen, code: int, start: str) -> list[str]:
    """What is wrong with how a command ended, if it had to end so."""
    wrong = [] if seen.code == code else [f"exit code {seen.code}, not {code}"]
    if not re.search(rf"^{start}.+", seen.sentence()) and start:
        wrong.append(f"says {seen.sentence()!r}")
    return wrong


def _clean(seen: Seen, kept: Sequence[str] = ()) -> list[str]:
    """What is wrong with what a command left behind."""
    wrong = [f"{name} is half-written" for name, state in seen.outputs.items() if state == "half"]
    wrong += [f"left {name}" for name in seen.left if name not in kept and name not in RESUMED]
    for noise in ("Traceback", "Exception ignored", "panicked", "core dumped"):
        if noise in seen.err:
            wrong.append(f"{noise!r} on standard error")
    return wrong


Trial = tuple[str, list[str], Seen]
"""What was seen in short, what is wrong with it, and all of it."""


def signalled(bench: Bench, command: str, fault: str) -> Trial:
    """A signal at a random moment of a command's life, the first milliseconds more often than the others."""
    bench.learn(command)
    early = bench.rng.random() < 0.3
    moment = bench.rng.uniform(0, min(0.3, bench.seconds[command]) if early else 1.05 * bench.seconds[command])
    with bench.folder(command, filled=bench.rng.random() < 0.5) as out:
        process = bench.start(command, out)
        time.sleep(moment)
        process.send_signal(SIGNALS[fault])
        seen = bench.see(process, command, out)
    wrong = _clean(seen, kept=["checkpoint"])
    if seen.code == 0:
        return "done", wrong + [f"{n} is {s}" for n, s in seen.outputs.items() if s != "new"], seen
    if fault == "sigkill":
        return "killed", wrong, seen
    if _is_too_early(seen, SIGNALS[fault]):
        return "before it began", [], seen
    return f"{seen.code}", wrong + _told(seen, 128 + SIGNALS[fault], SENTENCES[fault]), seen


def _is_too_early(seen: Seen, number: int) -> bool:
    """Whether the signal came before a line of ours ran, while Python itself was starting."""
    if seen.code == -number and not seen.err:
        return True
    own = re.findall(r'File "[^"]*demarcate/([^"]+)", line \d+, in (\S+)', seen.err)
    return "KeyboardInterrupt" in seen.err and all(
        where in ("__init__.py", "cli/__init__.py") and name == "<module>" for where, name in own
    )


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
    return _clean(seen, kept=["checkpoint"]) + _told(seen, 1, "Error: ") + changed


def full_stdout(bench: Bench, command: str, _fault: str) -> Trial:
    """Standard output that takes nothing."""
    if not Path("/dev/full").exists():
        return "not arranged: only Linux has /dev/full", [], Seen(0, "", [], {})
    bench.learn(command)
    with bench.folder(command, filled=False) as out, Path("/dev/full").open("wb") as full:
        seen = bench.see(bench.start(command, out, stdout=full.fileno()), command, out)
    if not seen.code:
        return "prints nothing", _clean(seen, kept=["checkpoint"]), seen
    return f"{seen.code}", _clean(seen, kept=["checkpoint"]) + _told(seen, 1, "Error: "), seen


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
    wrong = _clean(seen, kept=["checkpoint"])
    # A command that has said its all by then, or says nothing, is simply done.
    return f"{seen.code}", wrong + ([] if seen.code == 0 else _told(seen, 141, "")), seen


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


def main(argv: Sequence[str] | None = None) -> int:
    """Run commands against faults; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--commands", nargs="*", choices=COMMANDS, default=[*COMMANDS])
    parser.add_argument("--faults", nargs="*", choices=FAULTS, default=[*FAULTS])
    parser.add_argument("--repeats", type=int, default=3, help="moments for each signal and command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin nothing new after so long")
    asked = parser.parse_args(argv)
    end = time.monotonic() + asked.seconds
    failures: list[str] = []
    rows: dict[tuple[str, str], str] = {}
    with tempfile.TemporaryDirectory(prefix="faults-") as place:
        bench = Bench(Path(place), random.Random(asked.seed))
        bench.prepare()
        for command in asked.commands:
            for fault in asked.faults:
                if time.monotonic() > end:
                    continue
                rows[command, fault] = _cell(bench, command, fault, asked.repeats, failures)
    print("| command | " + " | ".join(asked.faults) + " |\n" + "|---" * (len(asked.faults) + 1) + "|")
    for command in asked.commands:
        print(f"| {command} | " + " | ".join(rows.get((command, fault), "not run") for fault in asked.faults) + " |")
    print("\n" + "\n".join(failures or ["Nothing failed."]))
    return 1 if failures else 0


def _cell(bench: Bench, command: str, fault: str, repeats: int, failures: list[str]) -> str:
    """What was seen of a command under a fault, counted."""
    seen: Counter[str] = Counter()
    for _ in range(repeats if fault in SIGNALS else 1):
        short, wrong, all_of_it = FAULTS[fault](bench, command, fault)
        seen[f"FAILED ({short})" if wrong else short] += 1
        if wrong:
            failures.append(f"- {command}, {fault}: {'; '.join(wrong)}\n{_indented(all_of_it.err[-2500:])}")
            print(failures[-1], file=sys.stderr, flush=True)
    return ", ".join(f"{what} x{n}" if n > 1 else what for what, n in seen.most_common())


def _indented(text: str) -> str:
    return "".join(f"      {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
