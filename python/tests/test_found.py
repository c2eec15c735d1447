"""What was found by those who tried to break the package: each is a table, a call or a screen that people have."""

from __future__ import annotations

import copy
import decimal
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import duckdb
import nearmiss as nm
import numpy
import pandas
import polars
import pyarrow
import pyarrow.compute
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_val_score

from asserting import ANSWERS, TABLE, TAXONOMY, assert_same, encoded, refusal, says
from sources import as_pandas, as_polars
from variants import SPECIES

TRUTH = SPECIES[:4]
PREDICTED = [SPECIES[0], SPECIES[0], SPECIES[2], SPECIES[1]]
LINEAGE = {name: (genus, name) for genus, name in zip(TAXONOMY["genus"], TAXONOMY["species"])}


def right(scores: dict[str, float | None], rank: str = "species") -> float | None:
    """How often the answers are right."""
    return scores[f"{rank}.path_top1"]


def sentence(call: Callable[[], Any], kind: type[Exception] = nm.NearmissError) -> str:
    """The one sentence of a refusal."""
    with pytest.raises(kind) as refused:
        call()
    said = str(refused.value)
    assert "\n" not in said, said
    return said


# What belongs together


def test_two_dicts_are_held_against_each_other_by_their_keys() -> None:
    truth = dict(zip("abcd", TRUTH))
    shuffled = {key: name for key, name in reversed(list(zip("abcd", PREDICTED)))}
    assert right(nm.score(truth, shuffled, TAXONOMY)) == right(nm.score(TRUTH, PREDICTED, TAXONOMY)) == 0.5
    says(sentence(lambda: nm.score(truth, {"a": TRUTH[0]}, TAXONOMY)), "y_pred", "key")


def test_series_that_go_by_another_index_are_not_guessed_at() -> None:
    truth = pandas.Series(TRUTH, index=list("abcd"))
    shuffled = pandas.Series(PREDICTED, index=list("abcd"))[::-1]
    for call in (
        lambda: nm.score(truth, shuffled, TAXONOMY),
        lambda: nm.evaluate({"truth": truth, "predicted": shuffled}, taxonomy=TAXONOMY),
    ):
        says(sentence(call), "index", "reindex", "tolist")
    assert right(nm.score(truth, shuffled.reindex(truth.index), TAXONOMY)) == 0.5


def test_a_frame_with_one_column_is_that_column_and_one_with_several_is_refused() -> None:
    for frame in (pandas.DataFrame, polars.DataFrame, pyarrow.table):
        assert right(nm.score(frame({"t": TRUTH}), frame({"p": PREDICTED}), TAXONOMY)) == 0.5
        says(
            sentence(lambda: nm.score(frame({"t": TRUTH, "u": TRUTH}), PREDICTED, TAXONOMY)), "2 columns", "'t'", "'u'"
        )
        says(sentence(lambda: nm.resolve(frame({"t": TRUTH, "u": TRUTH}), TAXONOMY)), "2 columns")


def test_columns_of_arrays_of_two_dimensions_are_names() -> None:
    truth, predicted = numpy.array(TRUTH)[:, None], numpy.array(PREDICTED)[:, None]
    assert right(nm.score(truth, predicted, TAXONOMY)) == right(nm.score(TRUTH, predicted, TAXONOMY)) == 0.5


@pytest.mark.parametrize("kind", ["lists", "text", "objects"])
def test_arrays_of_lineages_are_lineages(kind: str) -> None:
    """As hiclass has them: with a blank where a lineage ends early."""
    truth: Any = [[*LINEAGE[name]] for name in TRUTH]
    predicted: Any = [[*LINEAGE[name]] for name in PREDICTED[:3]] + [[LINEAGE[PREDICTED[3]][0], ""]]
    if kind != "lists":
        truth, predicted = (
            numpy.array(rows, dtype=object if kind == "objects" else str) for rows in (truth, predicted)
        )
    flat = [*PREDICTED[:3], LINEAGE[PREDICTED[3]][0]]
    expected = nm.score(TRUTH, flat, TAXONOMY)
    assert nm.score(truth, predicted, TAXONOMY) == expected
    assert right(nm.score(truth, predicted), "genus") == right(expected, "genus")
    answers = {"predicted": flat}
    assert nm.evaluate(answers, truth=truth, taxonomy=TAXONOMY).metrics["species.path_top1"].value == right(expected)


def test_rows_of_names_beside_single_truths_are_ranked_answers() -> None:
    ranked = [[name, *(other for other in SPECIES if other != name)] for name in PREDICTED]
    scores = nm.score(TRUTH, ranked, TAXONOMY)
    assert right(scores) == 0.5 and scores["species.path_top5"] is not None


# Other people's tables


def test_arrays_with_named_fields_are_tables() -> None:
    rows = list(zip(*TABLE.values()))
    fields = numpy.array(rows, dtype=[(name, "U60") for name in TABLE])
    assert_same(fields)
    assert_same(fields.view(numpy.recarray))
    assert len(nm.Scorer(as_pandas(TAXONOMY).to_records(index=False)).taxonomy) == len(nm.Scorer(TAXONOMY).taxonomy)


UNUSUAL: dict[str, Any] = {
    "runs": pyarrow.compute.run_end_encode(pyarrow.array([1] * 10 + [None] * 10)),
    "views": pyarrow.array([[1.5, 2.5]] * 20, pyarrow.list_view(pyarrow.float64())),
    "large views": pyarrow.array([["a"]] * 20, pyarrow.large_list_view(pyarrow.string())),
    "long decimals": pyarrow.array([decimal.Decimal("1.5")] * 20, pyarrow.decimal256(50, 3)),
    "decimals of hundreds": pyarrow.array([decimal.Decimal("500")] * 20, pyarrow.decimal128(10, -2)),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_column_of_a_type_that_polars_does_not_import_may_stand_beside(name: str) -> None:
    assert_same(encoded(pyarrow.array(ANSWERS)).append_column(name, UNUSUAL[name]))


def test_answers_may_be_encoded_in_runs_and_views() -> None:
    assert_same(encoded(pyarrow.compute.run_end_encode(pyarrow.array(ANSWERS))))
    ranked = [[answer, SPECIES[0]] for answer in ANSWERS]
    lists = encoded(pyarrow.array(ranked, pyarrow.list_(pyarrow.string())))
    assert_same(encoded(pyarrow.array(ranked, pyarrow.list_view(pyarrow.string()))), lists)


def test_long_whole_numbers_are_ids() -> None:
    ids = [2**70 + place for place in range(20)]
    frame = as_polars(TABLE).with_columns(polars.Series("image", ids, dtype=polars.Int128))
    assert nm.evaluate(frame, taxonomy=TAXONOMY).images.column("image") == list(map(str, ids))


@pytest.mark.parametrize("kind", ["objects", "bytes", "complex numbers"])
def test_cells_that_nobody_can_read_may_stand_beside(kind: str) -> None:
    """Photographs in a column, as data sets have them."""
    cells: Any = {"objects": [object()] * 20, "bytes": [b"\xff\xd8"] * 20, "complex numbers": numpy.ones(20, complex)}[
        kind
    ]
    for table in ({**TABLE, "thing": cells}, as_pandas(TABLE).assign(thing=cells)):
        found = nm.evaluate(table, taxonomy=TAXONOMY)
        assert any("'thing'" in note and "left aside" in note for note in found.notes), found.notes
        says(refusal(table, predicted="thing", taxonomy=TAXONOMY), "'thing'", "neither text nor numbers")


def test_truths_of_several_kinds_are_read_beside_a_frame_of_polars() -> None:
    answers = as_polars({name: values for name, values in TABLE.items() if name != "truth"})
    truth: list[Any] = [1, None, *TABLE["truth"][2:]]
    found = nm.evaluate(answers, truth=truth, taxonomy=TAXONOMY).metrics
    assert float(found["accounting.outside_taxonomy"]) >= 1 and float(found["accounting.without_truth"]) >= 1


def test_a_result_of_duckdb_that_was_read_is_said_to_be_gone() -> None:
    with duckdb.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        connection.register("held", pyarrow.table(TABLE))
        executed = connection.execute("select * from held")
        nm.evaluate(executed, taxonomy=TAXONOMY)
        says(refusal(executed), "no result", "read")


def test_a_stream_says_why_it_cannot_be_read() -> None:
    class Once:
        def __init__(self) -> None:
            self.stream = pyarrow.table(TABLE).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.stream

    once = Once()
    nm.evaluate(once, taxonomy=TAXONOMY)
    says(refusal(once), "once")

    def batches() -> Any:
        yield pyarrow.table(TABLE).to_batches()[0]
        raise RuntimeError("the disk is full")

    broken = pyarrow.RecordBatchReader.from_batches(pyarrow.table(TABLE).schema, batches())
    said = refusal(broken)
    says(said, "the disk is full")
    assert "unusual types" not in said, said


# Arguments


def test_arguments_of_other_types_are_refused_by_their_names() -> None:
    for argument in ("predicted", "group", "gates"):
        for value in (3, 2.5, object(), b"predicted", [None]):
            given: dict[str, Any] = {argument: value}
            says(sentence(lambda: nm.evaluate(TABLE, **given)), f"{argument}=")
    says(refusal(as_pandas(TABLE).set_axis([0, 1, 2], axis=1), truth=1), "truth='1'")
    says(refusal(as_pandas(TABLE).set_axis([0, 1, 2], axis=1), truth="1", predicted=2), "predicted='2'")
    says(refusal(TABLE, truth=object()), "truth")
    says(refusal(as_pandas(TABLE), predicted=pandas.Series(ANSWERS)), "predicted=", "nearmiss.score")
    vectors = numpy.eye(4, dtype="float32")
    says(sentence(lambda: nm.latent(vectors, TRUTH, taxonomy=TAXONOMY, k=2.5)), "k=", "2.5")  # type: ignore[arg-type]
    nm.latent(vectors, TRUTH, taxonomy=TAXONOMY, k=numpy.int64(1), map=False, progress=False)  # type: ignore[arg-type]


def test_arguments_that_score_does_not_have_are_refused() -> None:
    with pytest.raises(TypeError, match="did you mean 'taxonomy'"):
        nm.score(TRUTH, PREDICTED, taxonmy=TAXONOMY)  # type: ignore[call-arg]
    for argument in ("truth", "image", "predicted", "clases"):
        given: dict[str, Any] = {argument: "x"}
        with pytest.raises(TypeError, match=argument):
            nm.score(TRUTH, PREDICTED, **given)
        with pytest.raises(TypeError, match=argument):
            nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY, **given)


def test_what_is_no_taxonomy_is_refused_as_such() -> None:
    for value in (3, 2.5, b"taxref.csv", [], ["Felis catus"], {}, numpy.array([1]), pandas.Series(["a"]), object()):
        for call in (lambda: nm.evaluate(TABLE, taxonomy=value), lambda: nm.Scorer(value)):
            says(sentence(call), "taxonomy=", "a table of lineages")
    says(refusal(TABLE, taxonomy="https://example.org/backbone.zip"), "address", "fetch")
    says(sentence(lambda: nm.evaluate("s3://bucket/predictions.parquet")), "address", "fetch")


def test_the_home_folder_is_known_wherever_a_path_is(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    as_pandas(TAXONOMY).to_csv(tmp_path / "tree.csv", index=False)
    assert nm.Taxonomy.read("~/tree.csv") == nm.Scorer("~/tree.csv").taxonomy


# Scorers


class Tensor:
    """A tensor that computes gradients, of a library that is not PyTorch."""

    def __init__(self, values: Any, gradient: bool = True, device: str = "gpu") -> None:
        self.values, self.gradient, self.device = numpy.asarray(values), gradient, device

    def detach(self) -> Tensor:
        return Tensor(self.values, False, self.device)

    def cpu(self) -> Tensor:
        return Tensor(self.values, self.gradient, "cpu")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.gradient or self.device != "cpu":
            raise RuntimeError("cannot be read: detach it, and bring it to the processor")
        return self.values

    def __dlpack__(self, **arguments: Any) -> Any:
        return self.__array__().__dlpack__(**arguments)

    def __dlpack_device__(self) -> Any:
        return self.values.__dlpack_device__()


def scored(answers: Any, truth: Any) -> nm.Metrics:
    """The numbers of one batch."""
    scorer = nm.Scorer(TAXONOMY, candidates=SPECIES)
    scorer.update(answers, truth)
    return scorer.compute()


def logits() -> Any:
    """Scores of all species for the answers of these tests."""
    return numpy.eye(len(SPECIES), dtype="float32")[[SPECIES.index(name) for name in PREDICTED]]


def test_tensors_are_detached_and_brought_to_the_processor() -> None:
    expected = scored(logits(), numpy.arange(4))
    assert expected["species.path_top1"].value == 0.5
    assert scored(Tensor(logits()), Tensor(numpy.arange(4), gradient=False)) == expected


def test_truths_that_are_missing_in_a_column_are_none() -> None:
    expected = scored(logits(), [0, None, 2, 3])
    assert expected["species.n"].value == 3
    for truth in (
        numpy.ma.array([0, 1, 2, 3], mask=[False, True, False, False]),
        pandas.Series([0, None, 2, 3], dtype="Int64"),
        pandas.array([0, None, 2, 3], dtype="Int64"),
        polars.Series([0, None, 2, 3]),
        pyarrow.array([0, None, 2, 3]),
    ):
        assert scored(logits(), truth) == expected


def test_a_frame_of_scores_is_refused_because_its_columns_have_an_order_of_their_own() -> None:
    for frame in (pandas.DataFrame, polars.DataFrame):
        shuffled = frame({name: logits()[:, SPECIES.index(name)] for name in reversed(SPECIES)})
        says(sentence(lambda: scored(shuffled, numpy.arange(4))), "answers", "order", "candidates")


def test_columns_with_a_vector_in_each_cell_are_vectors() -> None:
    vectors = numpy.random.default_rng(0).standard_normal((28, 4)).astype("float32")
    labels = SPECIES * 4
    expected = nm.retrieve(vectors, labels, taxonomy=TAXONOMY, measures="mrr@10", progress=False).metrics.to_dict()
    for given in (pandas.Series(list(vectors)), polars.Series(vectors.tolist()), list(vectors)):
        if not isinstance(given, list):
            given = given.astype(object) if hasattr(given, "astype") else given.cast(polars.List(polars.Float32))
        found = nm.retrieve(given, labels, taxonomy=TAXONOMY, measures="mrr@10", progress=False).metrics.to_dict()
        assert found == pytest.approx(expected)
    for given in (None, 3, object()):
        says(sentence(lambda: nm.retrieve(given, labels, taxonomy=TAXONOMY)), "embeddings", "no array")


def test_a_space_without_taxa_says_why_it_has_no_numbers() -> None:
    vectors = numpy.random.default_rng(0).standard_normal((8, 4))
    space = nm.latent(vectors, ["Nobody knows"] * 8, taxonomy=TAXONOMY, map=False, progress=False)
    for shown in (repr(space), space._repr_html_()):
        assert "8 of 8 vectors have no taxon" in shown


# scikit-learn


def test_labels_that_are_no_place_have_no_name() -> None:
    score = nm.sklearn.make_scorer("mean_height", taxonomy=TAXONOMY, classes=SPECIES)._score_func  # type: ignore[attr-defined]
    assert score([0, 1], [0, 1]) == 0
    for label in (-1, len(SPECIES), 0.5):
        says(sentence(lambda: score([0, label], [0, 0])), f"{label}", "no name")


def test_a_search_warns_once() -> None:
    labels = numpy.array(["Felis catus", "Vulpes vulpes", "Canis lupus"] * 10)
    lineages = {"genus": ["Felis", "Vulpes", "Canis"], "species": ["Felis catus", "Vulpes vulpes", "Canis lupus"]}
    scorer = nm.sklearn.make_scorer("mean_height", taxonomy=lineages)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", nm.NearmissWarning)
        cross_val_score(DummyClassifier(), numpy.zeros((30, 1)), labels, scoring=scorer, cv=5)
    assert len([warning for warning in caught if warning.category is nm.NearmissWarning]) <= 1


# Copies, pickles, screens


def test_tables_are_pickled_with_their_types() -> None:
    report = nm.evaluate(TABLE, taxonomy=TAXONOMY)
    for table in (report.ranks, report.mistakes, report.images, report.metrics.to_frame(), nm.metrics):
        for again in (pickle.loads(pickle.dumps(table)), copy.deepcopy(table)):
            assert polars.DataFrame(again).equals(polars.DataFrame(table), null_equal=True)
            assert polars.DataFrame(again).schema == polars.DataFrame(table).schema


def test_reports_are_their_own_copies_and_say_what_can_be_sent_instead() -> None:
    table = {**TABLE, "other": ANSWERS}
    report = nm.evaluate(table, predicted=["predicted", "other"], taxonomy=TAXONOMY)
    comparison = nm.compare(table, predicted=["predicted", "other"], taxonomy=TAXONOMY)
    for held in (report, report["other"], comparison):
        assert copy.copy(held) is held and copy.deepcopy(held) is held
        says(sentence(lambda: pickle.dumps(held), TypeError), type(held).__name__, "metrics", "save()")


def test_taxonomies_that_say_the_same_are_alike() -> None:
    first, second = nm.Taxonomy.read("pollinators-france"), nm.Taxonomy.read("pollinators-france")
    assert first == second == pickle.loads(pickle.dumps(first)) and len({first, second}) == 1
    assert first != nm.Taxonomy.read("arable-france") and first != "pollinators-france"


def test_numbers_are_formatted_as_numbers() -> None:
    metric = nm.evaluate(TABLE, taxonomy=TAXONOMY).metrics["genus.path_top1"]
    assert f"{metric:.3f}" == f"{metric.value:.3f}" and f"{metric}" == repr(metric)
    assert f"{nm.Metric(None):.1f}" == "nan"
    names: Any = nm.evaluate(TABLE, taxonomy=TAXONOMY).metrics
    assert 3 not in names and "genus.path_top1" in names


def test_names_cannot_command_a_terminal() -> None:
    table = {**TABLE, "image": [f"\x1b[2J\u202e{place}" for place in range(20)]}
    shown = repr(nm.evaluate(table, image="image", taxonomy=TAXONOMY).images)
    assert "\x1b" not in shown and "\u202e" not in shown


def test_long_names_do_not_flood_a_page() -> None:
    name = "x" * 1_000_000
    report = nm.evaluate({"truth": [SPECIES[0]] * 2, "predicted": [name, SPECIES[0]]}, clade="Animalia")
    for shown in (report.mistakes, report.taxa, report.images):
        assert len(repr(shown)) < 10_000 and len(shown._repr_html_()) < 100_000


def test_wide_letters_stand_in_line() -> None:
    table = {"truth": [SPECIES[0]] * 2, "predicted": [SPECIES[0]] * 2, "image": ["家猫.jpg", "1.jpg"]}
    lines = repr(nm.evaluate(table, image="image", taxonomy=TAXONOMY).images).splitlines()
    # Both letters of the first are two places wide.
    assert lines[2].index("right") == lines[1].index("right") + 2


def test_tables_without_rows_say_so() -> None:
    table = nm.evaluate({"truth": SPECIES, "predicted": SPECIES}, taxonomy=TAXONOMY).mistakes
    assert len(table) == 0 and "no rows" in repr(table) and "no rows" in table._repr_html_()


NARROW = """
import sys, nearmiss as nm
class Terminal:
    def __init__(self, stream): self.stream = stream
    def isatty(self): return True
    def __getattr__(self, name): return getattr(self.stream, name)
name = "a classifier with a long name of many letters"
table = {"truth": ["Apis mellifera"] * 9, name: ["Apis mellifera"] * 9, name + "!": ["Bombus lucorum"] * 9}
report = nm.evaluate(table, truth="truth", predicted=[name, name + "!"], taxonomy="pollinators-france")
sys.stdout = Terminal(sys.stdout)
print(repr(report).partition("\\n\\n")[2], report.images, report.taxa, report.ranks, sep="\\n")
"""


def test_tables_fit_a_narrow_terminal() -> None:
    environment = {"COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "ignore"}
    ran = subprocess.run(
        [sys.executable, "-c", NARROW], env=environment, capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    lines = [line for line in ran.stdout.splitlines() if not line.startswith(("warning:", "without"))]
    assert len(lines) > 10 and max(map(len, lines)) <= 80, max(lines, key=len)


def test_documented_metrics_name_arguments_and_no_options() -> None:
    assert not [row for row in nm.metrics for cell in row.values() if isinstance(cell, str) and "--" in cell]
