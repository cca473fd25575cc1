"""Check that the repository can be released, and build what is uploaded into ``dist``.

``python scripts/check_release.py`` prints a line for each check and exits with 1 if one fails. It needs the packages of
the ``release`` extra. The steps around it are in docs/releasing.md.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
Problems = Iterator[str]


def main() -> int:
    """Run every check, in an order that finds the cheap faults first."""
    checks: dict[str, Callable[[], Problems]] = {
        "versions and dates agree": lambda: version_problems(ROOT),
        "there are addresses": lambda: address_problems(ROOT),
        "CITATION.cff is valid": lambda: run("cffconvert", "--validate"),
        "the Dockerfiles have no lint": lambda: run("hadolint", "Dockerfile", "deploy/Dockerfile"),
        "two builds are the same bytes": build_problems,
        "twine accepts both files": lambda: run("twine", "check", "--strict", *map(str, sorted(built()))),
    }
    failed = False
    for name, check in checks.items():
        problems = list(check())
        print(f"{'FAILED' if problems else 'ok':<8}{name}", *problems, sep="\n        ")
        failed |= bool(problems)
    for path in built():
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}")
    return int(failed)


def version_problems(root: Path) -> Problems:
    """Yield where the version of pyproject.toml is not that of the changes or of the citation, and has no date."""
    version = project(root)["version"]
    heading = re.search(r"^## (\S+) \((.*)\)$", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    if heading is None or heading[1] != version:
        yield f"CHANGELOG.md begins with {heading and heading[1]}, pyproject.toml has {version}"
    elif not re.fullmatch(r"\d{4}-\d\d-\d\d", heading[2]):
        yield f"CHANGELOG.md has {heading[2]!r} where the day of the release belongs, such as 2026-12-24"
    cited = re.search(r"^version: (\S+)$", (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    if cited is None or cited[1] != version:
        yield f"CITATION.cff has version {cited and cited[1]}, pyproject.toml has {version}"


def address_problems(root: Path) -> Problems:
    """Yield which public addresses are missing: pyproject.toml has no invented ones."""
    wanted = {"Documentation", "Source", "Issues", "Changelog"}
    if missing := sorted(wanted - project(root).get("urls", {}).keys()):
        yield f"[project.urls] of pyproject.toml lacks {', '.join(missing)}"
    if "repository-code:" not in (root / "CITATION.cff").read_text("utf-8"):
        yield "CITATION.cff has no repository-code"


def build_problems() -> Problems:
    """Build wheel and source archive twice, from two copies of the files, and yield which differ."""
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    yield from build(ROOT, ROOT / "dist")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "another", "place")
        for name in project_files(ROOT):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
        yield from build(copy, copy / "dist")
        for path in built():
            if path.read_bytes() != (copy / "dist" / path.name).read_bytes():
                yield f"{path.name} of two builds is not the same"
    for path in built():
        if path.suffix == ".whl":
            yield from wheel_problems(path)


def wheel_problems(wheel: Path) -> Problems:
    """Yield what a wheel holds that is neither the package nor its metadata, and what it lacks."""
    names = zipfile.ZipFile(wheel).namelist()
    yield from (f"{wheel.name} holds {name}" for name in names if not re.match(r"demarcate[/-]", name))
    page = sorted(f"demarcate/studio/web/{path.name}" for path in (ROOT / "src/demarcate/studio/web").iterdir())
    data = ["demarcate/py.typed", "demarcate/datasets/heart.csv", "demarcate/datasets/heart.LICENSE.md"]
    yield from (f"{wheel.name} lacks {needed}" for needed in [*data, *page] if needed not in names)


def project_files(root: Path) -> list[str]:
    """Return the names of all files that git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if (root / name).is_file()]


def build(root: Path, out: Path) -> Problems:
    """Build a wheel and a source archive of the files below ``root``; yield what the builder says if it fails."""
    yield from run("pyproject-build", "--outdir", str(out), str(root))


def built() -> list[Path]:
    """Return the files in ``dist``, of which there are a wheel and a source archive."""
    return sorted([*(ROOT / "dist").glob("*.whl"), *(ROOT / "dist").glob("*.tar.gz")])


def project(root: Path) -> dict:
    """Return the table [project] of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


def run(program: str, *arguments: str) -> Problems:
    """Run a program of this environment; yield the last lines of its output if it fails."""
    path = shutil.which(program, path=str(Path(sys.executable).parent))
    if path is None:
        yield f"{program} is not installed: python -m pip install '.[release]'"
        return
    done = subprocess.run([path, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        yield from (done.stdout + done.stderr).strip().splitlines()[-8:]


if __name__ == "__main__":
    sys.exit(main())
