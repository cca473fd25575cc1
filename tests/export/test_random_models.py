import numpy as np
import pytest
from random_models import as_file, as_torch, random_model

from demarcate import load
from demarcate.encoding.encoder_registry import ENCODERS

SEEDS = range(24)
IGNORED = "ignore::demarcate.errors.InputWarning"  # of unseen, extreme and infinite cells, which are meant


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_model_and_rows(seed):
    (first, rows), (again, same_rows) = random_model(seed), random_model(seed)
    assert repr(rows) == repr(same_rows)
    assert [encoder.state()[1].tobytes() for encoder in first.encoders] == [
        encoder.state()[1].tobytes() for encoder in again.encoders
    ]


def test_some_model_has_every_encoder_and_trees():
    models = [random_model(seed, n_rows=1).model for seed in SEEDS]
    kinds = {kind for model in models for encoder in model.encoders for kind in encoder.kinds}
    assert kinds == {encoder.kind for encoder in ENCODERS}
    assert any(encoder.leaves is not None for model in models for encoder in model.encoders)


@pytest.mark.filterwarnings(IGNORED)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_model_file_holds_it_and_torch_computes_it(seed, tmp_path):
    model, rows = random_model(seed)
    probabilities = model.predict_proba(rows)
    np.testing.assert_allclose(as_torch(model).predict_proba(rows), probabilities, atol=1e-6)
    loaded = load(as_file(model, tmp_path / "model.safetensors"), backend="numpy")
    assert np.array_equal(loaded.predict_proba(rows), probabilities)


def test_only_the_kinds_that_are_asked_for_are_drawn():
    kinds = {c.kind for seed in SEEDS for c in random_model(seed, 1, kinds=("numerical",)).model.schema.used}
    assert kinds == {"numerical"}
