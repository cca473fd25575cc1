from types import SimpleNamespace

import numpy as np

from demarcate.serving.contract_changes import contract_changes
from demarcate.tabular.schema import Schema
from demarcate.tabular.schema_column import Column


def model(target="ill", classes=("no", "yes"), **kinds):
    columns = tuple(Column(name, kind) for name, kind in kinds.items())
    return SimpleNamespace(schema=Schema(columns), target=target, classes=np.array(classes))


def test_what_clients_do_not_notice_is_no_change():
    assert contract_changes(model(age="numerical"), model(age="numerical")) == []


def test_other_columns_and_kinds_are_named():
    before = model(age="numerical", sex="boolean", town="text")
    after = model(age="categorical", rate="numerical", height="numerical")
    assert contract_changes(before, after) == [
        "needs the new columns 'rate', 'height'",
        "reads no more the columns 'sex', 'town'",
        "reads 'age' as categorical, not as numerical",
    ]


def test_another_target_and_other_classes_are_named():
    before, after = model(age="numerical"), model("cured", ("maybe", "no"), age="numerical")
    assert contract_changes(before, after) == [
        "predicts 'cured', not 'ill'",
        "has the new class 'maybe'",
        "has no more the class 'yes'",
    ]
    assert contract_changes(before, model(classes=("yes", "no"), age="numerical")) == [
        "has its classes in another order"
    ]
