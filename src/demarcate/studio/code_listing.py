"""Code of exactly one card: as demarcate, and as plain PyTorch. Both run as they are copied."""

from dataclasses import dataclass

from demarcate.studio.listing_rows import rows_with_demarcate
from demarcate.studio.pytorch_listing import pytorch_script
from demarcate.studio.script_parts import call, epochs_of, has_own_epochs, literal, named, notes_of, script, together
from demarcate.studio.tables import OpenedTable
from demarcate.studio.trained_card import TrainedCard


@dataclass(frozen=True)
class CodeListing:
    """A card as code, in both forms, and what one has to know of it."""

    demarcate: str
    pytorch: str
    notes: tuple[str, ...]

    @classmethod
    def of(cls, trained: TrainedCard, opened: OpenedTable | None = None) -> "CodeListing":
        """Write the code of a card; ``opened`` is the table that its rows are of, if they are of one."""
        rows = rows_with_demarcate(trained.data, opened)
        notes = (*rows.notes, *notes_of(trained))
        imports = together(rows.imports, {"demarcate": ("Network", "Training", "train")})
        title = "A network of demarcate's studio, trained again: pip install demarcate"
        text = script((title, *notes), imports, rows.lines, _training_lines(trained))
        return cls(text, pytorch_script(trained, opened, notes), notes)


def _training_lines(trained: TrainedCard) -> list[str]:
    """Return the lines that train the card, after those that make its rows."""
    card, data = trained.card, trained.data
    network = {"hidden": card.hidden, "activation": card.activation, "dropout": card.dropout, "head": card.head}
    training = {
        "optimizer": card.optimizer,
        "lr": card.lr,
        "weight_decay": card.weight_decay,
        "schedule": card.schedule,
        "epochs": epochs_of(trained),
        "batch_size": card.batch_size,
    }
    if has_own_epochs(trained):
        # So long a patience ends nothing, and restores the best of all epochs.
        training["patience"] = epochs_of(trained)
    parts = [name for name in ("train_rows", "validation_rows", "test_rows") if len(getattr(data, name))]
    options: dict[str, object] = {"seed": card.seed, **({"seeds": card.seeds} if card.seeds > 1 else {})}
    options |= {} if data.data.standardise else {"standardise": False}
    options |= _column_options(trained)
    name, split = literal(card.name), f"split=({', '.join(parts)})"
    return [
        *call("network = Network(", named(network)),
        *call("training = Training(", named(training)),
        *call(
            "runs = train(",
            ["data", f"{{{name}: network}}", "training", split, *named(options)],
        ),
        f"for run in runs.repeats[{name}]:",
        f"    print(run.log(every={max(1, epochs_of(trained) // 10)}))",
    ]


def _column_options(trained: TrainedCard) -> dict[str, list[str]]:
    """Return what is said of the columns, unless the lines before say it."""
    data = trained.data
    if data.data.source == "table" and data.data.categorical:
        return {"categorical": list(data.data.categorical)}
    if data.data.source == "heart" and data.read.options.drop:
        return {"drop": list(data.read.options.drop)}
    return {}
