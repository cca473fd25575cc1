"""What a sweep refuses before it begins."""

import pytest

from demarcate import Between, datasets, sweep
from demarcate.errors import SettingError

MOONS = datasets.moons(n_samples=40)


@pytest.mark.parametrize(
    ("over", "settings", "message"),
    [
        (
            {"lr": Between(1e-3, 1e-1)},
            {"sample": 10**8},
            "The sweep would train 300,000,000 networks, more than 100,000",
        ),
        (
            {"lr": [0.1 + step / 1e4 for step in range(400)], "dropout": [step / 1e3 for step in range(400)]},
            {},
            "The sweep would train 480,000 networks, more than 100,000",
        ),
        ({"lr": [0.1]}, {"precision": "fp16"}, "precision must be one of auto, float32, bf16, got 'fp16'"),
        ({"lr": [0.1]}, {"test_size": 1.5}, "rows to hold out must be a share below 1 or a whole number, got 1.5"),
    ],
    ids=["sample", "grid", "precision", "test_size"],
)
def test_what_cannot_be_is_refused_at_once(over, settings, message):
    with pytest.raises(SettingError, match=message.replace("(", r"\(")):
        sweep(MOONS, over, **settings)
