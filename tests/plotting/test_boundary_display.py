import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from demarcate import DemarcateClassifier, load
from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.plotting import BoundaryDisplay, style
from demarcate.plotting.boundary_display import boundary_length


def test_the_grid_holds_what_the_network_itself_says(moons, moon_runs):
    run = moon_runs["curve"]
    display = BoundaryDisplay.from_estimator(run, moons, resolution=30)
    across, up = np.meshgrid(display.across, display.up)
    places = {"x1": across.ravel(), "x2": up.ravel()}
    np.testing.assert_allclose(display.probabilities.reshape(-1, 2), run.predict_proba(places), atol=1e-7)
    np.testing.assert_array_equal(display.regions.ravel(), run.predict(places))


def test_points_are_the_rows_asked_for_in_their_classes_colours_and_shapes(moons, moon_runs):
    rows = moon_runs.test_rows
    display = BoundaryDisplay.from_estimator(moon_runs["curve"], moons, rows=rows)
    drawn = {points.get_label(): points for points in display.ax_.collections if points.get_label() in ("0", "1")}
    assert set(drawn) == {"0", "1"}
    for label, points in drawn.items():
        own = moons.X.to_numpy()[rows[moons.y[rows] == int(label)]]
        np.testing.assert_allclose(points.get_offsets(), own)
        np.testing.assert_allclose(points.get_facecolor()[0, :3], style.rgb(int(label)))
    assert len({tuple(points.get_paths()[0].vertices.ravel()) for points in drawn.values()}) == 2


def test_the_title_says_how_often_a_run_is_right_and_the_caption_which_points_are_shown(moons, moon_runs):
    run = moon_runs["curve"]
    score = run.scores["accuracy"]
    of_test = BoundaryDisplay.from_estimator(run, moons, rows=run.test_rows[::-1], resolution=20)
    assert of_test.title == f"'curve': {score.value:.0%} right on rows not seen"
    interval = f"Test accuracy {score.value:.2f} [{score.low:.2f}, {score.high:.2f}] on {len(run.test_rows)} rows."
    assert of_test.caption == f"Points: the {len(run.test_rows)} test rows. {interval}"
    part = BoundaryDisplay.from_estimator(run, moons, rows=run.test_rows[:5], resolution=20)
    assert part.caption == f"Points: 5 of the {len(run.test_rows)} test rows. {interval}"
    of_all = BoundaryDisplay.from_estimator(run, moons, resolution=20)
    assert of_all.caption == f"Points: 120 rows, {120 - len(run.test_rows)} of them used in training. {interval}"
    trained = BoundaryDisplay.from_estimator(run, moons, rows=run.train_rows, resolution=20)
    assert trained.caption == f"Points: {len(run.train_rows)} rows, all used in training. {interval}"


def test_a_model_says_how_often_it_is_right_on_rows_not_seen_and_another_librarys_does_not(
    heart, heart_classifier, moons
):
    value = heart_classifier.scores_["accuracy"].value
    for model in (heart_classifier, heart_classifier.predictor_.with_record(heart_classifier.record())):
        display = BoundaryDisplay.from_estimator(model, heart, columns=("age", "thalach"), resolution=8)
        assert display.title == f"{value:.0%} right on rows not seen"
        assert display.caption.startswith(f"Points: 303 rows, all used in training. Out-of-fold accuracy {value:.2f} [")
    plain = LogisticRegression().fit(moons.X.to_numpy(), moons.y)
    display = BoundaryDisplay.from_estimator(plain, (moons.X.to_numpy(), moons.y), resolution=8)
    assert (display.title, display.caption) == ("Where the classifier draws the line", "")


def test_a_model_with_a_hold_out_says_how_many_points_it_was_trained_on(moons):
    clf = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=1, patience=None).fit(*moons)
    saved = clf.predictor_.with_record(clf.record())
    for model in (clf, saved):
        assert _points(model, moons) == "Points: 120 rows, 96 of them used in training."
    assert _points(clf, moons, clf.oof_rows_) == "Points: the 24 test rows."
    assert _points(saved, moons, [0, 1]) == "Points: 2 rows of the table it was trained on."
    others = moons.X[:50], moons.y[:50]
    assert _points(saved, others) == "Points: 50 rows; nothing records whether they were used in training."


def _points(model, data, rows=None):
    caption = BoundaryDisplay.from_estimator(model, data, rows=rows, resolution=5).caption
    return caption.partition(".")[0] + "."


def test_a_wider_table_is_cut_through_the_boundary_over_its_two_most_important_numbers(heart, heart_classifier):
    display = BoundaryDisplay.from_estimator(heart_classifier, heart, resolution=12)
    assert set(display.slice.columns) < {"age", "trestbps", "chol", "thalach", "oldpeak"}
    assert len(np.unique(display.regions)) == 2


def test_a_slice_of_one_class_says_so_and_is_drawn_as_probabilities():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (100, 3))
    estimator = LogisticRegression().fit(X, X[:, 0] > 0)
    estimator.coef_, estimator.intercept_ = np.array([[1.0, 1.0, 9.0]]), np.array([0.0])
    display = BoundaryDisplay.from_estimator(estimator, (X, X[:, 0] > 0), columns=("x1", "x2"), at={"x3": 9})
    assert (display.title, display.drawn_kind) == ("All class True here", "probability")
    assert "its probability is 1.00 to 1.00" in display.figure_.get_supxlabel()
    assert "at the values given: x3" in display.slice.caption
    assert display.bar_ is not None


def test_without_a_boundary_lines_of_equal_probability_say_how_sure_it_is():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (100, 3))
    estimator = LogisticRegression().fit(X, X[:, 0] > 0)
    estimator.coef_, estimator.intercept_ = np.array([[1.0, 1.0, 9.0]]), np.array([0.0])
    display = BoundaryDisplay.from_estimator(estimator, (X, X[:, 0] > 0), columns=("x1", "x2"), at={"x3": 0.3})
    written = [float(text.get_text()) for text in display.ax_.texts]
    of_class = display.probabilities[..., 1]
    assert len(written) >= 2
    assert all(of_class.min() <= value <= of_class.max() for value in written)


def test_two_features_of_one_scale_have_equal_units(moons, moon_runs, heart, heart_classifier):
    assert BoundaryDisplay.from_estimator(moon_runs["line"], moons, resolution=5).ax_.get_aspect() == 1
    named = BoundaryDisplay.from_estimator(heart_classifier, heart, columns=("age", "thalach"), resolution=5)
    assert named.ax_.get_aspect() == "auto"


def test_axes_are_labelled_and_bounded_by_the_plane(moons, moon_runs):
    ax = BoundaryDisplay.from_estimator(moon_runs["curve"], moons).ax_
    points = moons.X.to_numpy()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x2")
    assert ax.get_xlim()[0] < points[:, 0].min() < points[:, 0].max() < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < points[:, 1].min() < points[:, 1].max() < ax.get_ylim()[1]


@pytest.mark.parametrize("kind", ["regions", "probability"])
def test_several_classes_have_a_region_each(kind, blobs, blob_run):
    display = BoundaryDisplay.from_estimator(blob_run, blobs, kind=kind)
    assert set(np.unique(display.regions)) == {0, 1, 2, 3}
    (image,) = display.ax_.get_images()
    drawn = np.asarray(image.get_array())
    assert drawn.shape == (200, 200, 3)
    certain = [drawn[tuple(np.argwhere(display.probabilities[..., code] > 0.9)[0])] for code in range(4)]
    assert len({tuple(colour.round(1)) for colour in certain}) == 4


def test_a_probability_map_of_two_classes_has_a_bar_that_says_of_which(moons, moon_runs):
    display = BoundaryDisplay.from_estimator(moon_runs["curve"], moons, kind="probability")
    bar = next(ax for ax in display.figure_.axes if ax is not display.ax_)
    assert bar.get_ylabel() == "probability of class 1"
    assert bar.get_ylim() == (0, 1)


def test_a_straight_line_is_shorter_than_a_curve(moons, moon_runs):
    line, curve = (BoundaryDisplay.from_estimator(moon_runs[name], moons) for name in ("line", "curve"))
    assert 0.9 < line.boundary_length < 1.45
    assert curve.boundary_length > line.boundary_length


def test_the_length_of_one_line_between_two_classes_is_its_length():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (200, 2))
    estimator = LogisticRegression().fit(X, X[:, 0] > 0)
    estimator.coef_, estimator.intercept_ = np.array([[5.0, 0.0]]), np.array([0.0])
    display = BoundaryDisplay.from_estimator(estimator, (X, X[:, 0] > 0))
    assert display.boundary_length == pytest.approx(1, abs=1e-3)


def test_another_librarys_classifier_is_asked_in_its_own_kind_of_table(moons):
    X, y = moons.X.to_pandas(), moons.y
    estimator = LogisticRegression().fit(X, y)
    display = BoundaryDisplay.from_estimator(estimator, (X, y), resolution=20)
    across, up = np.meshgrid(display.across, display.up)
    expected = LogisticRegression().fit(X.to_numpy(), y).predict(np.stack([across.ravel(), up.ravel()], 1))
    np.testing.assert_array_equal(display.regions.ravel(), expected)


def test_a_slice_of_a_wider_table_is_of_the_trained_model_itself(heart, heart_classifier):
    display = BoundaryDisplay.from_estimator(
        heart_classifier, heart, columns=("age", "thalach"), at={"cp": 1}, resolution=12
    )
    held = {name: value for name, value in display.slice.held.items() if name != "cp"}
    assert held["chol"] == heart.X["chol"].cast(float).median()
    for row, column in ((0, 0), (5, 7), (11, 11)):
        place = {"age": display.across[column], "thalach": display.up[row], "cp": 1, **held}
        alone = heart_classifier.predictor_.predict_proba([place])[0]
        np.testing.assert_allclose(display.probabilities[row, column], alone, atol=1e-6)
    caption = display.figure_.get_supxlabel().replace("\n", " ")
    assert "cp\u00a0=\u00a01" in caption
    assert "chol\u00a0=\u00a0241" in caption
    assert "rows as they are" in caption


def test_a_loaded_model_draws_as_the_one_that_was_saved(heart, heart_classifier, tmp_path):
    heart_classifier.save(tmp_path / "heart.safetensors")
    given = {"columns": ("age", "chol"), "resolution": 9}
    before = BoundaryDisplay.from_estimator(heart_classifier, heart, **given)
    after = BoundaryDisplay.from_estimator(load(tmp_path / "heart.safetensors"), heart, **given)
    np.testing.assert_array_equal(before.probabilities, after.probabilities)


def test_a_threshold_moves_the_line(moons, moon_runs):
    from dataclasses import replace

    predictor = moon_runs["curve"].predictor
    strict = BoundaryDisplay.from_estimator(replace(predictor, threshold=0.9), moons)
    plain = BoundaryDisplay.from_estimator(predictor, moons)
    np.testing.assert_array_equal(strict.regions == 1, strict.probabilities[..., 1] >= 0.9)
    assert strict.regions.mean() < plain.regions.mean()


def test_the_length_of_a_circle_is_its_circumference():
    across, up = np.meshgrid(np.linspace(-1, 1, 101), np.linspace(-1, 1, 101))
    # A quarter of the square's side is the radius.
    assert boundary_length(0.25 - across**2 - up**2) == pytest.approx(np.pi / 2, abs=5e-3)


@pytest.mark.parametrize("abstain", [None, 0.2])
def test_costs_decide_where_the_lines_are(blobs, blob_run, abstain):
    predictor = blob_run.predictor
    costs = Costs.of(predictor.classes, {(0, 1): 30, (0, 2): 30, (0, 3): 30}, abstain)
    display = BoundaryDisplay.from_estimator(predictor.deciding(costs), blobs, resolution=40)
    flat = display.probabilities.reshape(-1, 4)
    np.testing.assert_array_equal(display.regions.ravel(), costs.abstaining(None).decide(flat))
    assert (display.regions == 0).mean() > (flat.argmax(1) == 0).mean()


def test_it_is_drawn_again_on_axes_of_the_callers(moons, moon_runs):
    display = BoundaryDisplay.from_estimator(moon_runs["line"], moons)
    figure, ax = plt.subplots()
    assert display.plot(ax) is display
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert ax.get_title(loc="left") == display.title


def test_what_is_no_classifier_of_probabilities_is_refused(moons):
    for estimator in (object(), SVC().fit(moons.X.to_numpy(), moons.y), LogisticRegression()):
        with pytest.raises(SettingError, match="not a fitted classifier with predict_proba"):
            BoundaryDisplay.from_estimator(estimator, moons)


@pytest.mark.parametrize(
    ("given", "message"), [({"kind": "3d"}, "kind is '3d'. Give one of"), ({"rows": [500]}, "0 to 119")]
)
def test_settings_that_cannot_be_drawn_are_refused(given, message, moons, moon_runs):
    with pytest.raises(SettingError, match=message):
        BoundaryDisplay.from_estimator(moon_runs["line"], moons, **given)


def test_a_column_that_the_classifier_leaves_out_is_no_hindrance(moons):
    from demarcate import DemarcateClassifier

    table = moons.X.with_columns(same=1)
    with pytest.warns(match="'same': not used"):
        clf = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(table, moons.y)
    display = BoundaryDisplay.from_estimator(clf, (table, moons.y), resolution=5)
    assert display.slice.columns == ("x1", "x2")
    assert display.slice.caption == ""
