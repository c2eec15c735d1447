"""Answers held against their truths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from . import _nearmiss
from ._columns import names_of, require_one_index
from ._input import source_of
from ._nearmiss import Frame
from ._options import Path, Scoring, TaxonomyLike, check_scoring, gates_of, given, names
from ._report import Report
from ._taxonomies import taxonomy_of
from ._text import spaced
from ._truth import joined, several_with_truth
from ._warning import warn

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["evaluate", "score"]

_PREDICTIONS = "predictions"


def evaluate(
    predictions: Any,
    *,
    truth: Any = None,
    predicted: str | Sequence[str] | None = None,
    taxonomy: TaxonomyLike = None,
    image: str | None = None,
    score: str | None = None,
    truth_table: Any = None,
    truth_image: str | None = None,
    group: str | Sequence[str] | None = None,
    clade: str | None = None,
    lineage_separator: str | None = None,
    predicted_pattern: str | None = None,
    missing_truth: Literal["leave-out", "wrong", "taxon"] | None = None,
    encoding: str | None = None,
    non_taxon: str | Sequence[str] | None = None,
    taxon_after_all: str | Sequence[str] | None = None,
    by: Literal["image", "observation", "event"] | None = None,
    pool: Literal["mean", "max", "product"] | None = None,
    intervals: Literal["observation", "taxon", "image"] | None = None,
    back_off: float | None = None,
    tree: Literal["full", "main-ranks"] | None = None,
    information: Literal["leaves", "truths"] | None = None,
    count_unreachable: bool | None = None,
    yellow_from: str | None = None,
    costs: Path | None = None,
    look_alikes: Path | None = None,
    training_counts: Path | None = None,
    gates: Path | Sequence[str] | None = None,
    latent: bool | None = None,
    verdicts: Any = None,
    event_gap: str | timedelta | None = None,
    time_column: str | None = None,
    camera_column: str | None = None,
    site_column: str | None = None,
    agree: float | None = None,
    present_from: int | None = None,
    prior: Any = None,
    geofence: Any = None,
    roll_up: str | None = None,
) -> Report:
    """Scores answers against a taxonomy: how often they are right at each rank, and how far each mistake is from the truth.

    Columns are recognised by their usual names and by what is in them; :attr:`Report.understood` says what was understood.
    What cannot be told apart is refused with one sentence, and named with the arguments below.

    Parameters
    ----------
    predictions : path, list of paths, data frame, dict of columns, or list of dicts
        A table of predictions, or a run directory. Data frames of pandas, polars, pyarrow and DuckDB, and everything else
        that has ``__arrow_c_stream__``. What pybioclip's ``predict`` returns is such a list of dicts. Several paths are added
        up, in memory for one of them: tables, run directories, or states that :meth:`Scorer.save` and :func:`write_state`
        wrote; and so are a state alone and a folder of Parquet files.
    truth : str, sequence, Series, mapping, table or path, optional
        The column of true names; or a true name for each row; or true names by image, ``{"1.jpg": "Felis catus"}``; or a
        table that has them, joined by image (a ``pathlib.Path`` where it is a file).
    predicted : str or sequence of str, optional
        The column of answers, or several: each is one run.
    taxonomy : Taxonomy, path, str or table, optional
        A taxonomy, its file, the name of a shipped one, or a table of lineages; what the predictions themselves say by
        default.
    image, score : str, optional
        Columns of image names and of scores.
    truth_table : path or table, optional
        A table with the truth, where ``truth`` names its column.
    truth_image : str, optional
        Column of image names in the truth table, where it is called otherwise.
    group : str or sequence of str, optional
        Columns that sort images into groups, each scored apart.
    clade : str, optional
        Lineage that all names of the table lie in: ``"Animalia;Arthropoda;Insecta;Coleoptera;Carabidae"``.
    lineage_separator : str, optional
        The character that separates the ranks of a lineage in one cell.
    predicted_pattern : str, optional
        Regular expression whose first group is the name inside a free-text answer.
    missing_truth : {"leave-out", "wrong", "taxon"}, optional
        What an image with a blank truth is: left out by default, a mistake, or a class of its own.
    encoding : str, optional
        Encoding of a file that is not UTF-8.
    non_taxon : str or list of str, optional
        Classes that are no taxa, with the words they are told by: ``"setup=calibration board,pickup"``, beside blank, person,
        vehicle and unknown.
    taxon_after_all : str or list of str, optional
        Words of these classes that are names of taxa after all.
    by : {"image", "observation", "event"}, optional
        What is scored: photographs by default, or all photographs of one individual, or of one event, as one answer.
    pool : {"mean", "max", "product"}, optional
        How the probabilities of an observation's photographs become one.
    intervals : {"observation", "taxon", "image"}, optional
        What the intervals draw together: observations where they repeat by default.
    back_off : float, optional
        Probability that an answer of the back-off rule must reach.
    tree : {"full", "main-ranks"}, optional
        Which tree edges and lineages are counted in.
    information : {"leaves", "truths"}, optional
        What the information of a taxon is taken from, for the metrics in bits.
    count_unreachable : bool, optional
        Score images whose true taxon was no candidate as well.
    yellow_from : str, optional
        Rank at which truth and answer must meet for a near miss to be acceptable; the genus by default.
    costs, look_alikes, training_counts : path, optional
        CSV files of what mistakes cost, of pairs that may be taken for each other, and of images a model was trained on.
    gates : str, sequence of str, or path, optional
        Lines that metrics must reach, ``"family.path_top1>=0.8"``, or a TOML file of them; see :attr:`Report.passed`.
    latent : bool, optional
        Whether the space of a run directory is looked at.
    verdicts : path or table, optional
        What people said of images: ``image``, ``verdict`` and ``note``, as the page's workbench exports it; the report shows
        the numbers with and without the images that are judged ``label_wrong``, ``unusable`` or ``synonym``.
    event_gap : str or timedelta, optional
        Score events beside images: an image taken longer than this (``"30min"``, ``"90s"``, ``"2h"``) after the one before it
        of its camera begins a new event. See :attr:`Report.events`.
    time_column, camera_column, site_column : str, optional
        Columns of times (date and time of day in two as ``"date+time"``), of cameras and of sites; recognised by their usual
        names where ``event_gap`` is given. Sites have their lists of taxa compared: :attr:`Report.sites`,
        :attr:`Report.presence`, :attr:`Report.occupancy`.
    agree : float, optional
        Share of the answers of an event, from 0.5 to 1, that the taxon they agree on must hold more of.
    present_from : int, optional
        Images (or events) of a site that must be answered so for a taxon to count as present there; 1 by default.
    prior : path or table, optional
        What is known of place and season: ``taxon``, one of ``prior``, ``log_prior`` and ``allowed``, and a column of the name of
        a column of the predictions; ``prior`` of :meth:`Report.to_json` has the numbers with and without it.
    geofence : path or table, optional
        The taxa that may be answered, by group or for all: a table, a list of names, a download of GBIF, TAXREF.
    roll_up : str, optional
        One more decision rule, a published way of rolling up: ``"speciesnet"``, ``"antenna"`` or ``"antenna=0.7"``.

    Returns
    -------
    Report
        Numbers with intervals, tables, and what to be wary of.

    Raises
    ------
    NearmissError
        The predictions cannot be read or told apart, or nothing in them can be scored; the message says why and what to do.

    Warns
    -----
    NearmissWarning
        Whatever would mislead if it were overlooked.

    Examples
    --------
    >>> import nearmiss as nm
    >>> predictions = {
    ...     "image": ["1.jpg", "2.jpg", "3.jpg"],
    ...     "species": ["Felis catus", "Felis catus", "Vulpes vulpes"],
    ...     "pred": ["Felis catus", "Felis silvestris", "Felis catus"],
    ... }
    >>> lineages = {
    ...     "order": ["Carnivora", "Carnivora", "Carnivora"],
    ...     "family": ["Felidae", "Felidae", "Canidae"],
    ...     "genus": ["Felis", "Felis", "Vulpes"],
    ...     "species": ["Felis catus", "Felis silvestris", "Vulpes vulpes"],
    ... }
    >>> report = nm.evaluate(predictions, truth="species", predicted="pred", taxonomy=lineages)
    >>> report.metrics["genus.path_top1"].value, report.metrics["species.path_top1"].value
    (0.6666666666666666, 0.3333333333333333)

    Heights of errors: 0, then 1 for the sister species, then 3 for the fox, which meets the cat in their order.

    >>> report.metrics["how_wrong.mean_height"].value
    1.3333333333333333

    What pybioclip answered in memory, with the truth by file:

    >>> answers = [
    ...     {"file_name": "1.jpg", "family": "Felidae", "genus": "Felis", "species": "Felis catus", "score": 0.9},
    ...     {"file_name": "2.jpg", "family": "Felidae", "genus": "Lynx", "species": "Lynx lynx", "score": 0.6},
    ... ]
    >>> report = nm.evaluate(answers, truth={"1.jpg": "Felis catus", "2.jpg": "Felis catus"})
    >>> report.metrics["family.path_top1"].value, report.metrics["genus.path_top1"].value
    (1.0, 0.5)

    Three photographs of one fox, of which two were taken for it, and one of a cat:

    >>> camera = {
    ...     "image": ["1.jpg", "2.jpg", "3.jpg", "4.jpg"],
    ...     "site": ["mill", "mill", "mill", "river"],
    ...     "timestamp": ["2021-05-03 10:00", "2021-05-03 10:01", "2021-05-03 10:02", "2021-05-03 10:00"],
    ...     "truth": ["Vulpes vulpes", "Vulpes vulpes", "Vulpes vulpes", "Felis catus"],
    ...     "predicted": ["Vulpes vulpes", "Felis catus", "Vulpes vulpes", "Felis catus"],
    ... }
    >>> report = nm.evaluate(camera, event_gap="30min", clade="Carnivora")
    >>> report.metrics["events.rules.image.right"].value, report.metrics["events.rules.vote.right"].value
    (0.75, 1.0)
    >>> report.metrics["presence.image.species.false_presences"].value  # the cat that is not at the mill
    1
    >>> report.events.column("vote_name")
    ['Vulpes vulpes', 'Felis catus']

    Parts that two processes counted, and what they come to:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     states = [f"{folder}/monday.state", f"{folder}/tuesday.state"]
    ...     for state, answer in zip(states, ["Felis catus", "Felis silvestris"]):
    ...         part = {"image": [f"{answer}.jpg"], "truth": ["Felis catus"], "predicted": [answer]}
    ...         images = nm.write_state(part, state, taxonomy=lineages)
    ...     nm.evaluate(states, taxonomy=lineages).metrics["species.path_top1"].value
    0.5

    What a list of the species of a place changes; the numbers of the report are those without it:

    >>> import json
    >>> answers = [
    ...     {"image": "1.jpg", "truth": "Felis catus", "label": "Lynx lynx", "score": 0.6},
    ...     {"image": "1.jpg", "truth": "Felis catus", "label": "Felis catus", "score": 0.4},
    ... ]
    >>> report = nm.evaluate(answers, clade="Carnivora;Felidae", geofence={"taxon": ["Felis catus"]})
    >>> species = json.loads(report.to_json())["prior"]["ranks"][-1]
    >>> species["name"], species["before"], species["after"]
    ('species', 0.0, 1.0)
    """
    source, options = several_with_truth(predictions, truth, truth_table, _PREDICTIONS)
    options |= given(
        predicted=names(predicted, "predicted"),
        taxonomy=taxonomy_of(taxonomy),
        image=image,
        score=score,
        truth_image=truth_image,
        group=names(group, "group"),
        clade=clade,
        lineage_separator=lineage_separator,
        predicted_pattern=predicted_pattern,
        missing_truth=missing_truth,
        encoding=encoding,
        non_taxon=names(non_taxon, "non_taxon"),
        taxon_after_all=names(taxon_after_all, "taxon_after_all"),
        by=by,
        pool=pool,
        intervals=intervals,
        back_off=back_off,
        tree=tree,
        information=information,
        count_unreachable=count_unreachable,
        yellow_from=yellow_from,
        costs=costs,
        look_alikes=look_alikes,
        training_counts=training_counts,
        gates=gates_of(gates),
        latent=latent,
        verdicts=None if verdicts is None else source_of(verdicts, "verdicts"),
        event_gap=f"{event_gap.total_seconds()}s" if isinstance(event_gap, timedelta) else event_gap,
        time_column=time_column,
        camera_column=camera_column,
        site_column=site_column,
        agree=agree,
        present_from=present_from,
        prior=None if prior is None else source_of(prior, "prior"),
        geofence=None if geofence is None else source_of(geofence, "geofence"),
        roll_up=roll_up,
    )
    evaluation = _nearmiss.evaluate(source, options)
    # What was added up from parts keeps no answers to be read again.
    kept = None if evaluation.parts or isinstance(source, list) else source
    report = Report(evaluation, kept, options)
    warn(report.warnings, stacklevel=2)
    return report


def score(y_true: Any, y_pred: Any, taxonomy: TaxonomyLike = None, **options: Unpack[Scoring]) -> dict[str, float | None]:
    """Scores names against names: all numbers of a report in a plain dict, for scripts.

    Parameters
    ----------
    y_true : sequence of str
        The true names; ``None`` where the truth is unknown. A row of several names is a lineage, as hiclass has them.
    y_pred : sequence of str
        The answers, in the same order; ``None`` is no answer. A row of several names is a ranked answer, the best first; where
        truths are lineages it is one as well. Two dicts are held against each other by their keys.
    taxonomy : Taxonomy, path, str or table, optional
        As in :func:`evaluate`.
    **options
        ``clade``, ``missing_truth``, ``intervals``, ``yellow_from`` and the others of :func:`evaluate` that say how answers are
        scored.

    Returns
    -------
    dict of str to float or None
        The numbers by their documented names; ``None`` where they are undefined.

    Raises
    ------
    NearmissError
        There are more of the one than of the other, it is unclear which belong together, or nothing can be scored.

    Examples
    --------
    >>> import nearmiss as nm
    >>> y_true = ["Felis catus", "Felis catus", "Lynx lynx"]
    >>> y_pred = ["Felis catus", "Felis silvestris", "Felis catus"]
    >>> scores = nm.score(y_true, y_pred, clade="Carnivora;Felidae")
    >>> scores["species.path_top1"], scores["genus.path_top1"], scores["family.path_top1"]
    (0.3333333333333333, 0.6666666666666666, 1.0)
    >>> scores["how_wrong.mean_height"]
    1.0

    Lineages instead of names:

    >>> y_true = [["Felidae", "Felis", "Felis catus"], ["Canidae", "Vulpes", "Vulpes vulpes"]]
    >>> y_pred = [["Felidae", "Lynx", "Lynx lynx"], ["Canidae", "Vulpes", "Vulpes vulpes"]]
    >>> nm.score(y_true, y_pred)["family.path_top1"]
    1.0
    """
    check_scoring("score", options)
    numbers, warnings = scored(y_true, y_pred, taxonomy, options)
    warn(warnings, stacklevel=2)
    return numbers


def scored(
    y_true: Any, y_pred: Any, taxonomy: TaxonomyLike, options: Mapping[str, Any]
) -> tuple[dict[str, float | None], list[str]]:
    """The numbers of :func:`score`, and what would mislead if it were overlooked.

    Examples
    --------
    >>> numbers, warnings = scored(["Felis catus"], ["Felis silvestris"], None, {"clade": "Felidae"})
    >>> numbers["genus.path_top1"], warnings
    (1.0, [])
    """
    truths, answers = _beside(y_true, y_pred, options.get("lineage_separator") or ";")
    if len(truths) != len(answers):
        raise _nearmiss.NearmissError(
            f"y_true has {len(truths)} and y_pred {len(answers)}; each answer needs its truth, in this order"
        )
    frame = Frame.from_columns([("truth", truths), ("predicted", answers)], _PREDICTIONS)
    told = given(truth="truth", predicted="predicted", taxonomy=taxonomy_of(taxonomy), **options)
    evaluation = _nearmiss.evaluate(frame, told)
    numbers = {name: None if value is None else float(value) for name, value, *_ in evaluation.metrics(0)}
    return numbers, list(map(spaced, evaluation.warnings))


def _beside(y_true: Any, y_pred: Any, separator: str) -> tuple[list[Any], list[Any]]:
    """Truths and answers in one order; answers are lineages where truths are."""
    require_one_index({"y_true": y_true, "y_pred": y_pred}, "score()")
    if isinstance(y_true, Mapping) and isinstance(y_pred, Mapping):
        other = next(iter(y_true.keys() ^ y_pred.keys()), None)
        if other is not None:
            missing = "y_pred" if other in y_true else "y_true"
            raise _nearmiss.NearmissError(f"there is no {other!r} in {missing}; each answer needs its truth, by the same key")
        y_pred = [y_pred[key] for key in y_true]
    truths, answers = names_of(y_true), names_of(y_pred)
    if any(isinstance(truth, (list, tuple)) for truth in truths):
        return joined(truths, separator), joined(answers, separator)
    return truths, answers
