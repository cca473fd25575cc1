"""The plan of three hours: minutes, topics, scripts and exercises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One part of the lesson.

    Attributes
    ----------
    minutes
        How long it takes, its exercises included.
    topic
        Its topic.
    scripts
        The numbers of its scripts in ``examples``.
    exercises
        The names of exercises that can be checked; those of long parts are instead of the scripts' own.
    """

    minutes: int
    topic: str
    scripts: tuple[int, ...]
    exercises: tuple[str, ...]


PLAN = (
    Part(15, "Classification", (1,), ("logits",)),
    Part(25, "Four clouds, and a model", (2, 3), ("blobs",)),
    Part(25, "The training loop; accuracy and boundary", (2, 5), ("activations",)),
    Part(15, "Two classes", (4,), ("circles", "heads")),
    Part(55, "Heart disease", (6, 7, 8), ("scaler", "heart", "costs")),
    Part(45, "Capstone: two moons", (9, 10, 11), ("moons", "stopping")),
)
"""The parts in order, three hours together."""
