"""What is known of answers that were scored."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path as FilePath
from typing import Literal

from . import _html, _text
from ._display import run_html, run_text, runs_html, runs_text
from ._held import Held
from ._input import Source, path_of
from ._metrics import Metrics
from ._nearmiss import Evaluation, NearmissError, Taxonomy
from ._options import Path
from ._table import ArrowTable

__all__ = ["Report", "RunReport"]


class _Tables(Held):
    """The tables of a run, or of all runs of a report."""

    _evaluation: Evaluation
    _place: int | None

    @cached_property
    def ranks(self) -> ArrowTable:
        """A row per rank: ``rank``, ``n``, ``path_top1`` with its interval, ``chance``, ..., the columns of ``ranks.csv``."""
        return ArrowTable(self._evaluation.ranks(self._place))

    @cached_property
    def taxa(self) -> ArrowTable:
        """A row per taxon that is a truth or an answer: ``recall``, ``precision``, ``confused_with``, ..., as in ``taxa.csv``."""
        return ArrowTable(self._evaluation.taxa(self._place))

    @cached_property
    def mistakes(self) -> ArrowTable:
        """A row per wrong answer, gravest first: ``image``, ``truth``, ``predicted``, ``height``, ..., as in ``mistakes.csv``."""
        return ArrowTable(self._evaluation.mistakes(self._place))

    @cached_property
    def confusions(self) -> ArrowTable:
        """A row per pair of truth and answer that was confused, with its ``count``, as in ``confusions.csv``."""
        return ArrowTable(self._evaluation.confusions(self._place))

    @cached_property
    def probably_the_name(self) -> ArrowTable:
        """A row per pair of truth and answer that have one epithet in two genera: probably one species under two names."""
        return ArrowTable(self._evaluation.probably_the_name(self._place))

    @cached_property
    def non_taxa(self) -> ArrowTable:
        """A row per class that is no taxon, and one for all taxa (``animal``): ``precision``, ``recall``, ``f1`` with intervals,
        and how often it is ``answered_blank``, ``answered_person``, ..., as in ``non_taxa.csv``; no row where no picture is said
        to show or answered as blank, person or vehicle.

        Examples
        --------
        >>> import nearmiss as nm
        >>> table = {
        ...     "truth": ["Vulpes vulpes", "Vulpes vulpes", "blank", "person"],
        ...     "predicted": ["Vulpes vulpes", "empty", "Vulpes vulpes", "human"],
        ... }
        >>> classes = nm.evaluate(table, truth="truth", predicted="predicted").non_taxa
        >>> classes.column("class"), classes.column("recall")
        (['animal', 'blank', 'person'], [0.5, 0.0, 1.0])
        """
        return ArrowTable(self._evaluation.non_taxa(self._place))

    @cached_property
    def novelty(self) -> ArrowTable:
        """A row for what is known, for what is no candidate, and for that by how new it is, as in ``novelty.csv``.

        Without rows where every truth is a candidate, or nobody says what the candidates were.
        """
        return ArrowTable(self._evaluation.novelty(self._place))

    @cached_property
    def novelty_detection(self) -> ArrowTable:
        """A row per rank and score: whether what is no candidate is noticed, as in ``novelty_detection.csv``."""
        return ArrowTable(self._evaluation.novelty_detection(self._place))

    @cached_property
    def events(self) -> ArrowTable:
        """A row per event (``event_gap=``): its camera, times, images, truth, and the answer of each rule, as in ``events.csv``."""
        return ArrowTable(self._evaluation.events(self._place))

    @cached_property
    def sites(self) -> ArrowTable:
        """A row per unit (image, event), rank and site: its list of taxa against the true one, as in ``sites.csv``."""
        return ArrowTable(self._evaluation.sites(self._place))

    @cached_property
    def presence(self) -> ArrowTable:
        """A row per unit, rank, site and taxon: how often it is there and answered, as in ``presence.csv``."""
        return ArrowTable(self._evaluation.presence(self._place))

    @cached_property
    def occupancy(self) -> ArrowTable:
        """A row per unit, rank and taxon: at how many sites it is, and is found, as in ``occupancy.csv``."""
        return ArrowTable(self._evaluation.occupancy(self._place))

    @cached_property
    def images(self) -> ArrowTable:
        """A row per image: its truth, its answer, and what became of it; there is none where images were counted in parts."""
        return ArrowTable(self._evaluation.images(self._place))


class RunReport(_Tables):
    """One run of a report: ``report["svm"]``.

    Attributes
    ----------
    name : str
        What the run is called.

    Examples
    --------
    >>> import nearmiss as nm
    >>> table = {
    ...     "truth": ["Felis catus", "Lynx lynx"],
    ...     "svm": ["Felis catus", "Felis catus"],
    ...     "mlp": ["Felis silvestris", "Lynx lynx"],
    ... }
    >>> report = nm.evaluate(table, truth="truth", predicted=["svm", "mlp"], clade="Carnivora;Felidae")
    >>> report["mlp"].metrics["genus.path_top1"].value
    1.0
    >>> report["mlp"].mistakes.column("predicted_name")
    ['Felis silvestris']
    """

    def __init__(self, report: Report, place: int) -> None:
        self._report = report
        self._evaluation = report._evaluation
        self._place: int = place
        self.name = self._evaluation.runs[place]

    @property
    def sentence(self) -> str:
        """What is said of the run in one line."""
        return _text.spaced(self._evaluation.sentence(self._place))

    @cached_property
    def metrics(self) -> Metrics:
        """The numbers by their documented names."""
        return Metrics(self._evaluation.metrics(self._place))

    def __repr__(self) -> str:
        """The sentence, accuracy per rank, where truth and answer meet."""
        return run_text(self.sentence, self.metrics)

    def _repr_html_(self) -> str:
        """The same for notebooks."""
        return _html.block(run_html(self.sentence, self.metrics))


class Report(_Tables):
    """How wrong a classifier is: what :func:`nearmiss.evaluate` gives.

    In a notebook it shows its sentence, accuracy per rank with intervals, where truth and answer meet, and what to be wary
    of. Where the predictions have several columns of answers, each is a run: the tables have a column ``run``, the names of
    :attr:`metrics` begin with that of their run, and ``report["svm"]`` is one of them.

    Examples
    --------
    >>> import nearmiss as nm
    >>> lineages = {
    ...     "order": ["Carnivora", "Carnivora", "Carnivora", "Carnivora"],
    ...     "family": ["Felidae", "Felidae", "Felidae", "Canidae"],
    ...     "genus": ["Felis", "Felis", "Lynx", "Vulpes"],
    ...     "species": ["Felis catus", "Felis silvestris", "Lynx lynx", "Vulpes vulpes"],
    ... }
    >>> predictions = {
    ...     "image": ["1.jpg", "2.jpg", "3.jpg", "4.jpg"],
    ...     "truth": ["Felis catus", "Felis catus", "Lynx lynx", "Vulpes vulpes"],
    ...     "predicted": ["Felis catus", "Felis silvestris", "Felis catus", "Felis catus"],
    ... }
    >>> report = nm.evaluate(predictions, taxonomy=lineages)
    >>> report.metrics["how_wrong.mean_height"].value
    1.5
    >>> for row in report.mistakes:
    ...     print(row["image"], row["truth_name"], "->", row["predicted_name"], row["height"])
    4.jpg Vulpes vulpes -> Felis catus 3
    3.jpg Lynx lynx -> Felis catus 2
    2.jpg Felis catus -> Felis silvestris 1
    """

    def __init__(self, evaluation: Evaluation, source: Source | None = None, options: dict[str, object] | None = None) -> None:
        self._evaluation = evaluation
        self._source = source
        self._options = options or {}
        self._place: int | None = None

    @property
    def runs(self) -> list[str]:
        """Names of the runs; a table with one column of answers has one."""
        return list(self._evaluation.runs)

    @cached_property
    def _parts(self) -> dict[str, RunReport]:
        return {name: RunReport(self, place) for place, name in enumerate(self._evaluation.runs)}

    @property
    def title(self) -> str:
        """What the report is of."""
        return self._evaluation.title

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy that truths and answers were held against."""
        return self._evaluation.taxonomy

    @property
    def understood(self) -> list[str]:
        """How the table was read: its columns, names that are unknown, where the taxonomy comes from."""
        return list(map(_text.spaced, self._evaluation.understood))

    @property
    def notes(self) -> list[str]:
        """What was decided and left out, a sentence each."""
        return list(map(_text.spaced, self._evaluation.notes))

    @property
    def warnings(self) -> list[str]:
        """What would mislead if it were overlooked, a sentence each."""
        return list(map(_text.spaced, self._evaluation.warnings))

    @property
    def parts(self) -> list[dict[str, object]]:
        """The parts that were added up: ``path``, ``images``, ``named`` (whether images have names of their own, so that none is
        counted twice), ``recipe``, ``notes``, ``warnings``. Empty where images were scored one by one."""
        return list(self._evaluation.parts)

    @property
    def has_unreadable(self) -> bool:
        """Whether photographs could not be read, and so are in no number."""
        return self._evaluation.has_unreadable

    @property
    def gates(self) -> list[dict[str, object]]:
        """The gates: ``run``, ``metric``, ``operator``, ``line``, ``value``, ``low``, ``high``, ``outcome``, ``sentence``, ..."""
        return list(self._evaluation.gates)

    @property
    def passed(self) -> bool:
        """Whether no gate failed.

        Examples
        --------
        >>> import nearmiss as nm
        >>> table = {"truth": ["Felis catus", "Felis catus"], "predicted": ["Felis catus", "Felis silvestris"]}
        >>> nm.evaluate(table, clade="Felidae", gates="species.path_top1>=0.8").passed
        False
        """
        return all(gate["outcome"] != "fail" for gate in self._evaluation.gates)

    @property
    def sentence(self) -> str:
        """What is said of each run, a line each."""
        return "\n".join(run.sentence for run in self)

    @cached_property
    def metrics(self) -> Metrics:
        """The numbers by their documented names; of several runs with the name of the run and ``/`` before them."""
        parts = list(self)
        return parts[0].metrics if len(parts) == 1 else Metrics.together({part.name: part.metrics for part in parts})

    def __getitem__(self, run: str) -> RunReport:
        """One run by its name."""
        try:
            return self._parts[run]
        except KeyError:
            names = ", ".join(f"'{name}'" for name in self._parts)
            raise KeyError(f"there is no run '{run}'; runs: {names}") from None

    def __iter__(self) -> Iterator[RunReport]:
        """The runs."""
        return iter(self._parts.values())

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self._parts)

    def to_json(self) -> str:
        """All numbers as ``metrics.json`` has them.

        Examples
        --------
        >>> import json
        >>> import nearmiss as nm
        >>> table = {"truth": ["Felis catus", "Felis catus"], "predicted": ["Felis catus", "Felis silvestris"]}
        >>> json.loads(nm.evaluate(table, clade="Felidae").to_json())["how_wrong"]["mistakes"]
        1
        """
        return self._evaluation.metrics_json()

    def save(
        self,
        folder: Path,
        *,
        force: bool = False,
        tables_only: bool = False,
        csv_safe: bool = False,
        photographs: Path | None = None,
        language: Literal["en", "fr", "es"] = "en",
        unit: str | None = None,
    ) -> FilePath:
        """Writes the report folder: a page, its figures, ``metrics.json``, and a CSV of each table.

        Parameters
        ----------
        folder : path
            Where to; a report that lies there is written over.
        force : bool
            Write into a folder that holds something else.
        tables_only : bool
            No page, no figures.
        csv_safe : bool
            Begin cells that a spreadsheet would take for a formula with an apostrophe.
        photographs : path, optional
            Folder of the photographs, for the gallery of mistakes.
        language : {"en", "fr", "es"}
            The language that the page opens in.
        unit : str, optional
            What one answer is about where it is no image: ``"sequence"`` or ``"larva:larvae"``.

        Returns
        -------
        pathlib.Path
            The folder; ``index.html`` in it is the page.

        Raises
        ------
        NearmissError
            The folder holds something else, or cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import nearmiss as nm
        >>> table = {"truth": ["Felis catus", "Felis catus"], "predicted": ["Felis catus", "Felis silvestris"]}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     saved = nm.evaluate(table, clade="Felidae").save(f"{folder}/cats", tables_only=True)
        ...     sorted(path.name for path in saved.glob("*.csv"))
        ['confusions.csv', 'mistakes.csv', 'ranks.csv', 'taxa.csv']
        """
        where = path_of(folder)
        shown = None if photographs is None else path_of(photographs)
        self._evaluation.save(where, force, tables_only, csv_safe, shown, language, unit)
        return FilePath(where)

    def __repr__(self) -> str:
        """The sentence, accuracy per rank, where truth and answer meet, and warnings; runs beside each other."""
        parts = list(self)
        if len(parts) == 1:
            text = repr(parts[0])
        else:
            text = f"{self.title}: {len(parts)} runs\n\n" + runs_text({part.name: part.metrics for part in parts})
        said = [str(gate["sentence"]) for gate in self.gates] + [f"warning: {sentence}" for sentence in self.warnings]
        return "\n\n".join([text, "\n".join(said)]) if said else text

    def _repr_html_(self) -> str:
        """The same for notebooks."""
        parts = list(self)
        if len(parts) == 1:
            inner = run_html(parts[0].sentence, parts[0].metrics)
        else:
            inner = _html.paragraph(self.sentence, strong=True) + runs_html({part.name: part.metrics for part in parts})
        said = _html.table([""], [[line] for line in [*self.understood, *self.notes]], [False]) if self.understood else ""
        gates = _html.listed("Gates", [str(gate["sentence"]) for gate in self.gates])
        return _html.block(inner, gates, _html.listed("Be wary", self.warnings), _html.details("How it was read", said))


def reread(report: Report | RunReport) -> tuple[Source, dict[str, object]]:
    """What a report was made of, to be read again.

    Parameters
    ----------
    report : Report or RunReport
        A report, or one run of it.

    Returns
    -------
    tuple of Source and dict
        The table or path, and the options that it was read with.

    Raises
    ------
    NearmissError
        The report keeps no answers: a :class:`nearmiss.Scorer` has made it, or it was added up from parts.
    """
    whole = report if isinstance(report, Report) else report._report
    if whole._source is None:
        raise NearmissError(
            f"the report '{whole.title}' keeps no answers to compare image by image; "
            "compare tables, or reports that nearmiss.evaluate made"
        )
    options = dict(whole._options)
    if isinstance(report, RunReport) and len(whole) > 1:
        options["predicted"] = report.name
    return whole._source, options
