import random

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from demarcate.encoding import text_features
from demarcate.encoding.base import FitContext
from demarcate.encoding.encoder_registry import checked_encoder
from demarcate.encoding.text_components import MAX_COMPONENTS, TextEncoder
from demarcate.encoding.text_scores import MAX_CLASSES, TextScoreEncoder

N_ROWS = 300
COMMON = ["the", "a", "my", "order", "shop", "parcel", "was", "and", "with", "for", "yesterday"]
TOLD = (["great", "quick", "happy"], ["broken", "late", "refund"], ["blue", "green", "yellow"])


def drawn(n_classes=2, n_rows=N_ROWS, seed=0):
    draw = random.Random(seed)
    codes = np.array([draw.randrange(n_classes) for _ in range(n_rows)])
    words = [draw.choices(COMMON, k=draw.randint(4, 9)) + draw.choices(TOLD[code], k=1) for code in codes]
    return pl.Series([" ".join(draw.sample(own, len(own))) for own in words]), codes


def rows_of(n_rows=N_ROWS, of=2):
    return np.arange(0, n_rows, of)


@pytest.fixture(scope="module")
def fitted():
    texts, codes = drawn()
    return TextScoreEncoder.fit(texts, rows_of(), FitContext(codes=codes))


def test_scores_rank_new_texts_by_their_words(fitted):
    texts, codes = drawn(seed=1)
    assert roc_auc_score(codes, fitted.scores(texts)[:, 0]) > 0.99
    assert fitted.score_names("note") == ["note: log odds"]


def test_with_more_classes_each_has_a_score():
    texts, codes = drawn(3)
    encoder = TextScoreEncoder.fit(texts, rows_of(), FitContext(codes=codes))
    new, truth = drawn(3, seed=1)
    assert (encoder.scores(new).argmax(1) == truth).mean() > 0.97
    assert len(encoder.score_names("note")) == 3


def test_encoded_texts_are_finite_and_as_many_columns_as_names(fitted):
    odd = pl.Series(["", None, "\u0000", "!!!", "unheard of", "a" * 50_000, "好 \U0001f600"], dtype=pl.String)
    encoded = fitted.encode(odd)
    assert encoded.shape == (len(odd), len(fitted.names("note")))
    assert encoded.dtype == np.float32
    assert np.isfinite(encoded).all()
    assert np.array_equal(encoded[2:3], fitted.encode(odd[2:3]))


def test_a_saved_encoder_has_the_same_bits(fitted):
    texts, _ = drawn(seed=2)
    for encoder in (fitted, fitted.plain):
        array, json = encoder.state
        entry = {"column": "note", "encoder": encoder.kind, "n_numbers": len(array), **json}
        assert checked_encoder(entry, "text", "column 0") is type(encoder)
        again = type(encoder).from_state(array, json)
        assert np.array_equal(again.encode(texts), encoder.encode(texts))
        assert again.state[0].tobytes() == array.tobytes()
        with pytest.raises(ValueError, match="numbers"):
            checked_encoder({**entry, "n_grams": json["n_grams"] + 1}, "text", "column 0")


def test_only_training_rows_are_learned_from():
    texts, codes = drawn()
    rows = rows_of()
    others = np.setdiff1d(np.arange(N_ROWS), rows)
    changed, other_codes = texts.to_list(), codes.copy()
    for row in others:
        changed[row], other_codes[row] = "nothing of it", 1 - codes[row]
    one = TextScoreEncoder.fit(texts, rows, FitContext(codes=codes))
    other = TextScoreEncoder.fit(pl.Series(changed), rows, FitContext(codes=other_codes))
    assert one.state[0].tobytes() == other.state[0].tobytes()


def test_a_refit_has_the_same_columns_whatever_it_learns_from(fitted):
    texts, codes = drawn()
    one_class = np.flatnonzero(codes == 1)
    for rows in (np.arange(0), one_class, np.arange(0, N_ROWS, 3)):
        refit = fitted.refit(texts, rows, FitContext(codes=codes))
        assert refit.names("note") == fitted.names("note")
        assert np.isfinite(refit.encode(texts)).all()
    # Of one class alone a word says nothing: all texts have the odds that its rows, and one of each class, have.
    scores = fitted.refit(texts, one_class, FitContext(codes=codes)).scores(texts)
    assert scores == pytest.approx(np.log(len(one_class) + 1))


def test_weights_of_rows_count():
    texts, codes = drawn()
    twice = np.flatnonzero(codes == 1)
    every = np.arange(N_ROWS)
    repeated = np.concatenate([every, twice])
    weighted = TextScoreEncoder.fit(texts, every, FitContext(codes=codes, weights=1.0 + codes)).scores(texts)
    plain = TextScoreEncoder.fit(texts, every, FitContext(codes=codes)).scores(texts)
    rows = TextScoreEncoder.fit(texts[repeated], np.arange(len(repeated)), FitContext(codes=codes[repeated]))
    assert weighted.mean() > plain.mean()
    assert np.abs(weighted.mean() - rows.scores(texts).mean()) < np.abs(plain.mean() - rows.scores(texts).mean())


def test_missing_texts_are_flagged():
    texts, _ = drawn()
    texts[3] = None
    encoder = TextEncoder.fit(texts, np.arange(N_ROWS))
    flag = encoder.names("note").index("note is missing")
    assert encoder.encode(texts)[:, flag].tolist() == [float(row == 3) for row in range(N_ROWS)]


def test_components_are_few_where_rows_are():
    texts, _ = drawn(n_rows=2000)
    assert TextEncoder.fit(texts, np.arange(2000)).components.n_columns == MAX_COMPONENTS
    assert TextEncoder.fit(texts, np.arange(100)).components.n_columns == 5
    for rows in (np.arange(0), np.arange(1)):
        assert TextEncoder.fit(texts, rows).names("note") == ["note: length"]


def test_scores_need_a_target_of_not_too_many_classes():
    codes = np.arange(N_ROWS) % (MAX_CLASSES + 1)
    assert not TextScoreEncoder.applies(None, FitContext(codes=codes))
    assert not TextScoreEncoder.applies(None, FitContext())
    assert TextScoreEncoder.applies(None, FitContext(codes=codes % MAX_CLASSES))


def test_shared_columns_are_the_encoders_own():
    texts, codes = drawn()
    encoders = [TextScoreEncoder.fit(texts, rows_of(of=of), FitContext(codes=codes)) for of in (2, 3)]
    shared = TextScoreEncoder.share(encoders, texts)
    for number, encoder in enumerate(encoders):
        picked = np.stack([shared.numbers[at] for _, at in shared.columns[number]], 1)
        assert np.array_equal(picked, encoder.encode(texts))


def test_of_a_long_column_every_few_texts_are_learned_from(monkeypatch):
    texts, codes = drawn(n_rows=1200)
    monkeypatch.setattr(text_features, "MAX_CHARACTERS_TO_LEARN", 20_000)
    monkeypatch.setattr(text_features, "_SLICE_CHARACTERS", 5_000)
    encoder = TextScoreEncoder.fit(texts, np.arange(1200), FitContext(codes=codes))
    new, truth = drawn(seed=1)
    assert roc_auc_score(truth, encoder.scores(new)[:, 0]) > 0.99
    assert encoder.encode(texts).shape[0] == 1200
