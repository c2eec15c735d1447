"""Scorers for scikit-learn: models chosen by how wrong their mistakes are."""

from __future__ import annotations

import pickle
from typing import Any

import numpy
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score, cross_validate
from sklearn.preprocessing import LabelEncoder
from sklearn.tree import DecisionTreeClassifier

import nearmiss as nm
from variants import SPECIES, columns, taxonomy_rows

TAXONOMY = columns(taxonomy_rows())


def flowers(images: int = 140) -> tuple[numpy.ndarray[Any, Any], numpy.ndarray[Any, Any]]:
    """Features that tell species apart, most of the time."""
    draw = numpy.random.default_rng(3)
    places = numpy.arange(images) % len(SPECIES)
    features = numpy.stack([places + draw.normal(0, 0.6, images), draw.normal(0, 1, images)], axis=1)
    return features, numpy.array(SPECIES)[places]


X, y = flowers()


def test_models_are_validated_by_documented_metrics() -> None:
    scoring = {
        name: nm.sklearn.make_scorer(name, taxonomy=TAXONOMY)
        for name in ("how_wrong.mean_height", "genus.path_top1", "species.path_top1")
    }
    found = cross_validate(DecisionTreeClassifier(random_state=0), X, y, scoring=scoring, cv=4, error_score="raise")
    accuracy = cross_val_score(DecisionTreeClassifier(random_state=0), X, y, scoring="accuracy", cv=4)
    assert found["test_species.path_top1"].tolist() == accuracy.tolist()
    assert (found["test_genus.path_top1"] >= accuracy).all() and 0 < accuracy.mean() < 1
    assert (found["test_how_wrong.mean_height"] < 0).all()


def test_where_lower_is_better_the_sign_is_turned_and_the_value_is_that_of_a_report() -> None:
    answers = cross_val_predict(DecisionTreeClassifier(random_state=0), X, y, cv=4)
    height = nm.score(y, answers, TAXONOMY)["how_wrong.mean_height"]

    class Known(BaseEstimator):  # type: ignore[misc]
        """A model that knows the answers."""

        def fit(self, X: Any, y: Any) -> Known:
            return self

        def predict(self, X: Any) -> Any:
            return answers

    assert height is not None
    for name in ("how_wrong.mean_height", "mean_height"):
        assert nm.sklearn.make_scorer(name, taxonomy=TAXONOMY)(Known(), X, y) == -height


def test_a_grid_is_searched_by_the_height_of_errors() -> None:
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 2, 6]},
        scoring=nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY),
        cv=3,
        error_score="raise",
    ).fit(X, y)
    by_depth = search.cv_results_["mean_test_score"]
    assert search.best_params_ == {"max_depth": 6} and by_depth[0] < by_depth[1] < by_depth[2] <= 0


def test_workers_of_joblib_score_as_well() -> None:
    scorer = nm.sklearn.make_scorer(
        "mean_height",
        taxonomy=nm.evaluate({"truth": ["Felis catus"], "predicted": ["Felis catus"]}, taxonomy=TAXONOMY).taxonomy,
    )
    alone = cross_val_score(DecisionTreeClassifier(random_state=0), X, y, scoring=scorer, cv=3, error_score="raise")
    together = cross_val_score(
        DecisionTreeClassifier(random_state=0), X, y, scoring=scorer, cv=3, n_jobs=2, error_score="raise"
    )
    assert together.tolist() == alone.tolist()
    assert pickle.loads(pickle.dumps(scorer))(DecisionTreeClassifier(random_state=0).fit(X, y), X, y) == scorer(
        DecisionTreeClassifier(random_state=0).fit(X, y), X, y
    )


def test_classes_that_are_numbers_are_named() -> None:
    encoder = LabelEncoder()
    numbers = encoder.fit_transform(y)
    tree = DecisionTreeClassifier(random_state=0, max_depth=3)
    named = cross_val_score(
        tree, X, y, scoring=nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY), cv=3, error_score="raise"
    )
    scorer = nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY, classes=encoder.classes_)
    assert cross_val_score(tree, X, numbers, scoring=scorer, cv=3, error_score="raise").tolist() == named.tolist()
    with pytest.raises(nm.NearmissError, match="classes="):
        cross_val_score(
            tree,
            X,
            numbers,
            scoring=nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY),
            cv=3,
            error_score="raise",
        )
    with pytest.raises(nm.NearmissError, match="label 6"):
        cross_val_score(
            tree,
            X,
            numbers,
            scoring=nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY, classes=SPECIES[:3]),
            cv=3,
            error_score="raise",
        )


def test_options_of_scoring_are_taken() -> None:
    fitted = DecisionTreeClassifier(random_state=0, max_depth=1).fit(X, y)
    red = [
        nm.sklearn.make_scorer("flags.red_share", taxonomy=TAXONOMY, yellow_from=rank)(fitted, X, y)
        for rank in ("genus", "order")
    ]
    assert red[0] < red[1] < 0, "what meets in the order is red no longer"


@pytest.mark.parametrize(
    ("metric", "parts"),
    [
        ("mean_hight", ("'mean_hight'", "mean_height")),
        ("path_top1", ("'path_top1'", "species.path_top1")),
        ("how_wrong.n", ("how_wrong.n",)),
        ("", ("''",)),
    ],
    ids=["misspelt", "without its rank", "without a direction", "nothing"],
)
def test_what_is_no_metric_to_choose_by_is_refused_at_once(metric: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(nm.NearmissError) as refused:
        nm.sklearn.make_scorer(metric, taxonomy=TAXONOMY)
    assert all(part in str(refused.value) for part in parts), refused.value


def test_a_scorer_says_what_it_is() -> None:
    assert "how_wrong.mean_height" in repr(nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY))
