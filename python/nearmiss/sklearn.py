"""Metrics for scikit-learn: model selection by how wrong the mistakes are.

scikit-learn is imported by the functions here, not by the module.
"""

# What is imported here need not be installed, nor have types.
# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _nearmiss
from ._columns import names_of
from ._documented import documented
from ._evaluate import scored
from ._nearest import nearest
from ._nearmiss import NearmissError
from ._options import Scoring, TaxonomyLike, check_scoring
from ._taxonomies import read_taxonomy
from ._warning import warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Unpack

__all__ = ["make_scorer"]

#: Blocks that have one value for a run of names against names, in which a metric may go without its block.
_OF_A_RUN = ("how_wrong", "flags", "costs", "consistency")
_RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species")

#: Warnings that this process has given: a search fits hundreds of models, and each would repeat them.
_SAID: set[str] = set()


def make_scorer(
    metric: str, *, taxonomy: TaxonomyLike, classes: Sequence[str] | None = None, **options: Unpack[Scoring]
) -> Callable[..., float]:
    """A scorer for ``cross_validate``, ``cross_val_score``, ``GridSearchCV`` and the like.

    Parameters
    ----------
    metric : str
        A documented name, ``"how_wrong.mean_height"`` or ``"genus.path_top1"``; ``"mean_height"`` where no other block of a
        whole run has the name. ``nearmiss.metrics`` lists them.
    taxonomy : Taxonomy, path, str or table
        The taxonomy; it is read once.
    classes : sequence of str, optional
        Names of the classes where the labels are numbers: ``LabelEncoder().classes_``.
    **options
        As in :func:`nearmiss.score`.

    Returns
    -------
    callable
        What ``sklearn.metrics.make_scorer`` gives. Where lower is better the sign is turned, as scikit-learn wants it. A number
        that is undefined is not a number, which a search ranks last: the severity of a model without mistakes is. Its
        ``mean_height`` is 0.

    Raises
    ------
    NearmissError
        There is no such metric, or more than one, or neither more nor less of it is better.
    TypeError
        There is no such option.
    ImportError
        scikit-learn is not installed.

    Examples
    --------
    >>> import nearmiss as nm
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> lineages = {
    ...     "family": ["Felidae", "Felidae", "Canidae"],
    ...     "genus": ["Felis", "Felis", "Vulpes"],
    ...     "species": ["Felis catus", "Felis silvestris", "Vulpes vulpes"],
    ... }
    >>> features = [[0.0], [0.1], [1.0], [1.1], [5.0], [5.1]] * 2
    >>> labels = ["Felis catus", "Felis catus", "Felis silvestris", "Felis silvestris", "Vulpes vulpes", "Vulpes vulpes"] * 2
    >>> scoring = {
    ...     "height": nm.sklearn.make_scorer("mean_height", taxonomy=lineages),
    ...     "genus": nm.sklearn.make_scorer("genus.path_top1", taxonomy=lineages),
    ... }
    >>> found = cross_validate(KNeighborsClassifier(1), features, labels, scoring=scoring, cv=2)
    >>> found["test_genus"].tolist()
    [1.0, 1.0]
    >>> found["test_height"].tolist()
    [-0.0, -0.0]
    """
    try:
        from sklearn import metrics
    except ImportError as error:
        raise ImportError(
            "nearmiss.sklearn makes scorers for scikit-learn, which is not installed: pip install scikit-learn"
        ) from error
    check_scoring("make_scorer", options)
    name, better = _resolved(metric)
    function = _Score(
        name, read_taxonomy(taxonomy, "make_scorer()"), None if classes is None else names_of(classes), dict(options)
    )
    scorer: Callable[..., float] = metrics.make_scorer(function, greater_is_better=better == "higher")
    return scorer


def _resolved(metric: str) -> tuple[str, str]:
    """The full name of a metric, and which way is better."""
    table = documented()
    directions = dict(zip(table.column("metric"), table.column("better"), strict=True))
    block, _, rest = metric.partition(".")
    if not rest:
        found = [f"{block}.{metric}" for block in _OF_A_RUN if f"{block}.{metric}" in directions]
        if len(found) > 1:
            raise NearmissError(
                f"'{metric}' is a metric of several blocks; give one of " + ", ".join(f"'{name}'" for name in found)
            )
        if not found and f"ranks.{metric}" in directions:
            raise NearmissError(f"'{metric}' is measured at each rank; give one of them, such as 'species.{metric}'")
        name = found[0] if found else metric
    else:
        name = metric
    at_rank = block in _RANKS
    described = f"ranks.{rest}" if at_rank else name
    if described not in directions:
        near = nearest(described, [known for known in directions if known.partition(".")[0] in (*_OF_A_RUN, "ranks")])
        shown = ", ".join(f"{block}.{found.partition('.')[2]}" if at_rank else found for found in near)
        raise NearmissError(
            f"there is no metric '{metric}'; " + (f"the nearest are {shown}" if near else "nearmiss.metrics lists all")
        )
    if directions[described] == "neither":
        raise NearmissError(
            f"'{name}' says nothing of which model is better; choose a metric that nearmiss.metrics calls better higher or lower"
        )
    return name, directions[described]


class _Score:
    """A function of truths and answers that can be sent to other processes."""

    def __init__(self, metric: str, taxonomy: _nearmiss.Taxonomy, classes: list[Any] | None, options: dict[str, Any]) -> None:
        self.metric, self.taxonomy, self.classes, self.options = metric, taxonomy, classes, options
        self.__name__ = metric

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        scores, said = scored(self._names(y_true), self._names(y_pred), self.taxonomy, self.options)
        new = [sentence for sentence in said if sentence not in _SAID]
        _SAID.update(new)
        warn(new, stacklevel=2)
        if self.metric not in scores:
            near = ", ".join(nearest(self.metric, scores))
            raise NearmissError(
                f"'{self.metric}' cannot be had of names against names" + (f"; the nearest are {near}" if near else "")
            )
        value = scores[self.metric]
        return float("nan") if value is None else value

    def _names(self, labels: Any) -> list[Any]:
        names = names_of(labels)
        if not any(isinstance(name, (int, float)) for name in names):
            return names
        if self.classes is None:
            raise NearmissError(
                "the labels are numbers, and a taxonomy knows names; give make_scorer(..., classes=encoder.classes_), "
                "the names in the order of their numbers"
            )
        return [None if name is None else self._name(name) for name in names]

    def _name(self, label: Any) -> Any:
        """The name of a label that is the place of its class."""
        classes = self.classes or []
        if not isinstance(label, (int, float)) or label != int(label) or not 0 <= label < len(classes):
            raise NearmissError(f"label {label!r} has no name: classes= has {len(classes)}, from 0 on")
        return classes[int(label)]

    def __repr__(self) -> str:
        return f"nearmiss.score[{self.metric!r}]"
