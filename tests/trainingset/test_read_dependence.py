from demarcate.trainingset.read_dependence import RowRoles


def test_ids_with_a_counter_are_grouped_by_what_stands_before_it():
    ids = [f"S{subject:02d}_{row}" for subject in range(12) for row in range(5)]
    dependence = RowRoles(groups=ids).dependence({}, len(ids))
    assert dependence.labels == tuple(f"S{subject:02d}" for subject in range(12))
    assert dependence.groups.tolist() == [row // 5 for row in range(60)]
