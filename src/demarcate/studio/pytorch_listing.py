"""A card as plain PyTorch: its rows, inputs, network and loop, with nothing of demarcate in the training."""

from collections.abc import Sequence
from itertools import pairwise

from demarcate.encoding.categorical import MAX_CATEGORIES, MIN_ROWS
from demarcate.encoding.numeric import LIMIT
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.heads import head_for
from demarcate.studio.listing_rows import ListingRows, plain_rows
from demarcate.studio.script_parts import call, epochs_of, literal, named, script, together
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import OpenedTable
from demarcate.studio.trained_card import TrainedCard
from demarcate.tabular import Column

OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
"""The classes of ``torch.optim`` by the names of their rules."""


def pytorch_script(trained: TrainedCard, opened: OpenedTable | None, notes: Sequence[str]) -> str:
    """Return the script of a card; ``notes`` stand at its top as comments."""
    data = trained.data
    rows = plain_rows(data, opened)
    comments = ["A network of demarcate's studio in plain PyTorch: pip install torch scikit-learn", *notes]
    if any("demarcate" in module for module in rows.imports):
        comments[0] += " demarcate (it reads the table)"
    if trained.card.dropout:
        comments.append("Dropout draws other numbers than the page did: losses come close and are not the same.")
    inputs, imports = _input_lines(data, rows)
    parts = (rows.lines, inputs, _evaluation_lines(trained), _fit_lines(trained), _last_lines(trained))
    needed = {"numpy": ("np",), "torch": ("nn",)}
    schedule: dict[str, tuple[str, ...]] = {"math": ()} if trained.card.schedule == "cosine" else {}
    return script(comments, together(rows.imports, imports, needed, schedule), *parts)


def _input_lines(data: StudioData, rows: ListingRows) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return the lines that make ``inputs`` and ``codes``, and what they import."""
    codes = "labels, codes = np.unique(y, return_inverse=True)"
    if rows.is_matrix:
        lines = ["inputs = X"]
        if data.data.standardise:
            lines = [
                "# Mean and deviation are those of the training rows alone: nothing of the others leaks in.",
                "mean, deviation = X[train_rows].mean(0), X[train_rows].std(0)",
                f"inputs = np.clip((X - mean) / deviation, -{LIMIT:g}, {LIMIT:g})",
            ]
        return [*lines, "inputs = torch.tensor(inputs, dtype=torch.float32)", codes], {}
    columns = data.table.schema.used
    if not all(map(_is_plain, columns)):
        return _encoded_lines(data, codes), {"demarcate": ("Network", "Training", "train")}
    return [*_column_functions(data, columns), "", *_matrix_lines(columns), codes], {"polars": ("pl",)}


def _is_plain(column: Column) -> bool:
    """Tell whether a few lines can encode a column: numbers and categories that are written in the usual way."""
    if column.is_written_unusually:
        return False
    if column.kind == "boolean":
        return set(column.categories) <= {"false", "true"}
    return column.kind == "numerical" or (column.kind == "categorical" and len(column.categories) <= MAX_CATEGORIES)


def _encoded_lines(data: StudioData, codes: str) -> list[str]:
    """Return lines that have demarcate encode the columns: dates, texts, and numbers written in their own ways."""
    parts = ", ".join(name for name in ("train_rows", "validation_rows", "test_rows") if len(getattr(data, name)))
    options: dict[str, object] = {} if data.data.standardise else {"standardise": False}
    options |= {"categorical": list(data.data.categorical)} if data.data.categorical else {}
    return [
        "# Dates, texts and numbers that are written in their own ways: demarcate makes inputs of them.",
        *call("run = train(", ["(X, y)", "Network(())", "Training(epochs=1)", f"split=({parts})", *named(options)]),
        'inputs = run["network"].encode(X)',
        codes,
    ]


def _column_functions(data: StudioData, columns: Sequence[Column]) -> list[str]:
    """Return the functions that make columns of inputs, of training rows' statistics alone."""
    has_numbers = any(column.kind == "numerical" for column in columns)
    has_others = any(column.kind != "numerical" for column in columns)
    scale = "    scaled = filled"
    if data.data.standardise:
        scale = f"    scaled = np.clip((filled - seen.mean()) / (seen.std() or 1), -{LIMIT:g}, {LIMIT:g})"
    of_numbers = [
        "",
        "def number(name):",
        '    """Return a column of numbers scaled, and another where cells are missing among the training rows."""',
        "    cells = X[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()",
        "    missing = np.isnan(cells)",
        "    seen = cells[train_rows][~missing[train_rows]]",
        "    filled = np.where(missing, np.median(seen), cells)",
        scale,
        "    return [scaled, missing] if missing[train_rows].any() else [scaled]",
    ]
    of_categories = [
        "",
        *([""] if has_numbers else []),
        "def category(name):",
        f'    """Return a column for each category of {MIN_ROWS} training rows, for rarer and for missing ones."""',
        '    cells = X[name].cast(pl.String).str.strip_chars().fill_null("").to_numpy().astype(str)',
        "    seen = cells[train_rows]",
        f'    words = [word for word in sorted(set(seen) - {{""}}) if (seen == word).sum() >= {MIN_ROWS}]',
        '    others = [~np.isin(cells, [*words, ""]), cells == ""]',
        "    columns = np.stack([*(cells == word for word in words), *others], 1).astype(float)",
        "    shares = columns[train_rows].mean(0)",
        "    # What no training row had is as the average training row.",
        "    columns[columns[:, shares == 0].any(1)] = shares",
        "    return list(columns[:, shares > 0].T)",
    ]
    return [*(of_numbers if has_numbers else []), *(of_categories if has_others else []), ""]


def _matrix_lines(columns: Sequence[Column]) -> list[str]:
    kinds = {column.name: "number" if column.kind == "numerical" else "category" for column in columns}
    return [
        "columns = [",
        *(f"    *{kind}({literal(name)})," for name, kind in kinds.items()),
        "]",
        "inputs = torch.tensor(np.stack(columns, 1), dtype=torch.float32)",
    ]


def _is_logit(trained: TrainedCard) -> bool:
    n_classes = len(trained.data.classes)
    return head_for(trained.card.head, n_classes).n_outputs(n_classes) == 1


def _evaluation_lines(trained: TrainedCard) -> list[str]:
    """Return the lines of the targets, the loss and what is right."""
    if _is_logit(trained):
        return [
            "# One logit takes floats of shape (n_rows, 1).",
            "targets = torch.tensor(codes, dtype=torch.float32).unsqueeze(1)",
            "loss_of = nn.BCEWithLogitsLoss()",
            "",
            "",
            "def n_right(logits, targets):",
            "    return ((logits > 0) == (targets > 0.5)).sum().item()",
        ]
    return [
        "# Cross-entropy takes class numbers, int64.",
        "targets = torch.tensor(codes)",
        "loss_of = nn.CrossEntropyLoss()",
        "",
        "",
        "def n_right(logits, targets):",
        "    return (logits.argmax(1) == targets).sum().item()",
    ]


def _layers(trained: TrainedCard) -> list[str]:
    """Return the lines of the network's layers."""
    card, data = trained.card, trained.data
    n_outputs = 1 if _is_logit(trained) else len(data.classes)
    widths = [data.encoder.n_encoded, *card.hidden, n_outputs]
    module = ACTIVATIONS[card.activation].functions.module
    lines = []
    for number, (d_in, d_out) in enumerate(pairwise(widths)):
        lines.append(f"nn.Linear({d_in}, {d_out}),")
        if number < len(card.hidden):
            lines += [f"nn.{module()!r},"] if module else []
            lines += [f"nn.Dropout({card.dropout!r}),"] if card.dropout else []
    return lines


def _fit_lines(trained: TrainedCard) -> list[str]:
    """Return the training loop as a function of the seed."""
    card, data = trained.card, trained.data
    n_train = len(data.train_rows)
    is_full = card.batch_size is None or card.batch_size >= n_train
    monitored = "validation" if len(data.validation_rows) else "test"
    n_epochs, every = epochs_of(trained), max(1, epochs_of(trained) // 10)
    n_steps = 1 if is_full or card.batch_size is None else -(-n_train // card.batch_size)
    settings = named({"lr": card.lr, "weight_decay": card.weight_decay})
    falls, rule = card.schedule == "cosine", OPTIMIZERS[card.optimizer]
    rate = [
        f"    fall = lambda step: (1 + math.cos(math.pi * step / {card.epochs * n_steps})) / 2",
        "    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, fall)",
    ]
    order = ["        order = train_rows"]
    if not is_full:
        order = ["        order = train_rows[torch.randperm(len(train_rows))]"]
    size = "len(order)" if is_full else repr(card.batch_size)
    return [
        "",
        "train_rows = torch.tensor(train_rows)",
        f"{monitored}_rows = torch.tensor({monitored}_rows)",
        "",
        "",
        "def fit(seed):",
        '    """Return the network, and the losses and accuracies of its last epoch."""',
        "    torch.manual_seed(seed)",
        "    network = nn.Sequential(",
        *(f"        {line}" for line in _layers(trained)),
        "    )",
        *call(f"optimizer = torch.optim.{rule}(", ["network.parameters()", *settings], indent="    "),
        *(rate if falls else []),
        f"    for epoch in range(1, {n_epochs + 1}):",
        "        network.train()",
        "        total, right = 0.0, 0",
        *order,
        f"        for rows in order.split({size}):",
        "            logits = network(inputs[rows])",
        "            loss = loss_of(logits, targets[rows])",
        "            optimizer.zero_grad()",
        "            loss.backward()",
        "            optimizer.step()",
        *(["            schedule.step()"] if falls else []),
        "            total += loss.item() * len(rows)",
        "            right += n_right(logits, targets[rows])",
        "        network.eval()",
        "        with torch.no_grad():",
        f"            logits = network(inputs[{monitored}_rows])",
        f"        {monitored}_loss = loss_of(logits, targets[{monitored}_rows]).item()",
        f"        {monitored}_right = n_right(logits, targets[{monitored}_rows])",
        "        scores = {",
        '            "train_loss": total / len(train_rows),',
        '            "train_accuracy": right / len(train_rows),',
        f'            "{monitored}_loss": {monitored}_loss,',
        f'            "{monitored}_accuracy": {monitored}_right / len({monitored}_rows),',
        "        }",
        f"        if epoch == 1 or epoch % {every} == 0 or epoch == {n_epochs}:",
        "            print(epoch, {name: round(score, 4) for name, score in scores.items()})",
        "    return network, scores",
    ]


def _last_lines(trained: TrainedCard) -> list[str]:
    card = trained.card
    if card.seeds == 1:
        return ["", f"fitted = [fit({card.seed})]"]
    return ["", f"fitted = [fit(seed) for seed in range({card.seed}, {card.seed + card.seeds})]"]
