"""``demarcate report``: one page that says all there is to say of a saved model on a table."""

from pathlib import Path
from typing import Annotated

import typer

from demarcate.cli.error_handling import UsageError, say
from demarcate.cli.options import (
    Abstain,
    Cost,
    Delimiter,
    DropMissingTarget,
    Encoding,
    ExpectSha256,
    Json,
    Model,
    Quiet,
)

ENDINGS = (".html", ".htm")


def report(
    model: Model,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A table with the target, not seen in training.")],
    out: Annotated[str | None, typer.Option("--out", "-o", help="Write the page to this .html file.")] = None,
    target: Annotated[str | None, typer.Option("--target", "-t", help="The target, if it is called otherwise.")] = None,
    cost: Cost = None,
    abstain: Abstain = None,
    drop_missing_target: DropMissingTarget = False,
    expect_sha256: ExpectSha256 = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Report on a saved model: scores, mistakes, thresholds, importance, on one page that needs no network.

    It is judged by the rows given, which it should not have been trained on; fit --report makes the same page of
    out-of-fold rows. The page holds some cells of the table.
    """
    from demarcate.bundle import read_bundle
    from demarcate.cli.cost_options import with_costs
    from demarcate.cli.outputs import check_outputs
    from demarcate.cli.table_input import load, refuse_overwriting, split_target, warn_of_training_rows
    from demarcate.tabular.fingerprint import fingerprint

    if out is None and not as_json:
        raise UsageError("name the page with --out FILE.html, or ask for --json")
    check_outputs(table, {"--out": (out, check_writable_as_page)})
    if out:
        refuse_overwriting(out, model)
    predictor = with_costs(read_bundle(model, expect_sha256=expect_sha256), cost, abstain)
    loaded = load(table, encoding, delimiter)
    frame, labels, _ = split_target(loaded, target or predictor.target, drop_missing=drop_missing_target)
    # scikit-learn takes seconds to import: by now the model and the table have been read.
    from demarcate.report import Report

    made = Report.from_predictor(predictor, frame, labels, name=short_name(loaded.name))
    warn_of_training_rows(predictor, fingerprint(made.evaluated.parsed, made.evaluated.codes))
    if out:
        made.save(out)
        if not quiet:
            say(f"Reported to {out}")
    if as_json:
        import json

        print(json.dumps(made.to_json(), allow_nan=False))


def check_writable_as_page(out: str) -> None:
    """Refuse a page before the work, not after it.

    Raises
    ------
    UsageError
        If its name does not say that it is one.
    OutputError
        If it could not be written.
    """
    from demarcate.io.atomic import check_writable

    if Path(out).suffix.lower() not in ENDINGS:
        raise UsageError(f"a report is a file that ends in {' or '.join(ENDINGS)}: got {out!r}")
    check_writable(out)


def short_name(source: str) -> str:
    """What a page calls the table: its file's name without the folders, which are nobody's business.

    Examples
    --------
    >>> short_name("/home/ada/patients.csv"), short_name("heart"), short_name("-")
    ('patients.csv', 'heart', '')
    """
    if source == "-":
        return ""
    # An address may carry a key behind its question mark.
    return source.split("?", maxsplit=1)[0].rstrip("/").replace("\\", "/").rsplit("/", 1)[-1]
