"""A card as plain PyTorch: its rows, inputs, network and loop, with nothing of demarcate in the training."""

from collections.abc import Sequence
from itertools import pairwise

from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.heads import head_for
from demarcate.studio.listing_inputs import input_lines
from demarcate.studio.listing_rows import plain_rows
from demarcate.studio.script_parts import call, epochs_of, named, script, together
from demarcate.studio.tables import OpenedTable
from demarcate.studio.trained_card import TrainedCard

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
    inputs, imports = input_lines(data, rows)
    parts = (rows.lines, inputs, _evaluation_lines(trained), _fit_lines(trained))
    needed = {"numpy": ("np",), "torch": ("nn",)}
    schedule: dict[str, tuple[str, ...]] = {"math": ()} if trained.card.schedule == "cosine" else {}
    return script(comments, together(rows.imports, imports, needed, schedule), *parts)


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
    """Return the training as a function of the seed, and its calls."""
    card = trained.card
    settings = named({"lr": card.lr, "weight_decay": card.weight_decay})
    rule = f"optimizer = torch.optim.{OPTIMIZERS[card.optimizer]}("
    seeds = f"[fit(seed) for seed in range({card.seed}, {card.seed + card.seeds})]"
    monitored = _monitored(trained)
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
        *call(rule, ["network.parameters()", *settings], indent="    "),
        *_schedule_lines(trained),
        *_epoch_lines(trained),
        "    return network, scores",
        "",
        "",
        f"fitted = {f'[fit({card.seed})]' if card.seeds == 1 else seeds}",
    ]


def _monitored(trained: TrainedCard) -> str:
    """Return which rows' scores stand beside those of the training rows."""
    return "validation" if len(trained.data.validation_rows) else "test"


def _batch_size(trained: TrainedCard) -> int | None:
    """Return the rows of a step; None where it is all of them, in order."""
    size = trained.card.batch_size
    return None if size is None or size >= len(trained.data.train_rows) else size


def _schedule_lines(trained: TrainedCard) -> list[str]:
    """Return the lines of a rate that falls."""
    if trained.card.schedule != "cosine":
        return []
    size, n_train = _batch_size(trained), len(trained.data.train_rows)
    n_steps = trained.card.epochs * (1 if size is None else -(-n_train // size))
    return [
        f"    fall = lambda step: (1 + math.cos(math.pi * step / {n_steps})) / 2",
        "    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, fall)",
    ]


def _epoch_lines(trained: TrainedCard) -> list[str]:
    """Return the loop over epochs and batches, with what it prints."""
    size, monitored, n_epochs = _batch_size(trained), _monitored(trained), epochs_of(trained)
    order = "train_rows" if size is None else "train_rows[torch.randperm(len(train_rows))]"
    falls = ["            schedule.step()"] if trained.card.schedule == "cosine" else []
    return [
        f"    for epoch in range(1, {n_epochs + 1}):",
        "        network.train()",
        "        total, right = 0.0, 0",
        f"        order = {order}",
        f"        for rows in order.split({'len(order)' if size is None else size}):",
        "            logits = network(inputs[rows])",
        "            loss = loss_of(logits, targets[rows])",
        "            optimizer.zero_grad()",
        "            loss.backward()",
        "            optimizer.step()",
        *falls,
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
        f"        if epoch == 1 or epoch % {max(1, n_epochs // 10)} == 0 or epoch == {n_epochs}:",
        "            print(epoch, {name: round(score, 4) for name, score in scores.items()})",
    ]
