import numpy as np
import pytest
import torch
from small_classifier import tiny


def test_a_member_is_a_plain_torch_network(mixed):
    X, y = mixed
    fitted = tiny(dropout=0.2).fit(X, y)
    expected = fitted.predictor_.member_probabilities(X)
    for index in range(fitted.predictor_.n_members):
        network = fitted.member(index)
        assert type(network) is torch.nn.Sequential
        with torch.no_grad():
            logit = network(fitted.predictor_.encode(X, member=index))
        probability = torch.sigmoid(logit[:, 0]).numpy()
        np.testing.assert_allclose(probability, expected[index, :, 1], atol=1e-5)


def test_the_mean_of_the_members_is_the_prediction(mixed):
    X, y = mixed
    fitted = tiny().fit(X, y)
    mean = fitted.predictor_.member_probabilities(X).mean(0)
    np.testing.assert_allclose(fitted.predict_proba(X), mean, atol=1e-12)
    assert fitted.predict(X).tolist() == fitted.classes_[mean.argmax(1)].tolist()


@pytest.mark.parametrize("index", [2, -1])
def test_a_member_index_out_of_range_is_refused(matrix, index):
    with pytest.raises(IndexError, match="from 0 to 1"):
        tiny().fit(*matrix).member(index)
