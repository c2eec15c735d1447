"""Scores that grow batch by batch have the numbers of a table of the same answers, wherever the batches come from."""

from __future__ import annotations

import multiprocessing
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pytest

import nearmiss as nm
from batches import CLASSES, assert_same, batch
from scripts import said
from variants import LINEAGES, SPECIES, columns, taxonomy_rows, write_csv


@pytest.fixture(scope="module")
def taxonomy(tmp_path_factory: pytest.TempPathFactory) -> nm.Taxonomy:
    """The taxonomy of the tests."""
    path = tmp_path_factory.mktemp("taxonomy") / "taxonomy.csv"
    write_csv(path, taxonomy_rows())
    return nm.Taxonomy.read(str(path))


def listed(logits: numpy.ndarray[Any, Any], truth: Any, top: int = 5) -> dict[str, list[Any]]:
    """The best answers as a table; of equal ones the first in the taxonomy."""
    table: dict[str, list[Any]] = {"image": [], "truth": [], "label": [], "score": []}
    order = {name: SPECIES.index(name) for name in SPECIES}
    for image, (row, place) in enumerate(zip(logits, truth)):
        ranked = sorted(range(7), key=lambda column: (-float(row[column]), order[CLASSES[column]]))
        for column in ranked[:top]:
            for name, value in zip(
                table, (str(image), CLASSES[place] if place >= 0 else None, CLASSES[column], float(row[column]))
            ):
                table[name].append(value)
    return table


# Numbers


@pytest.mark.parametrize("precision", ["float16", "float32", "float64"])
def test_logits_have_the_numbers_of_a_table_of_their_best_five(precision: str, taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    logits, truth = batch(90, 1, precision)
    for part in (slice(0, 32), slice(32, 33), slice(33, 90)):
        scorer.update(logits[part], truth[part])
    report = nm.evaluate(listed(logits, truth), taxonomy=taxonomy)
    assert len(scorer) == 90 and report.metrics["species.n"].value == 90
    # A table does not say what could have been answered.
    assert_same(scorer.compute(), report.metrics, without=(".chance", ".classes"))
    # An answer among the seven, drawn at random, is in the kingdom of an animal six times.
    animals = numpy.array([CLASSES[place] != SPECIES[6] for place in truth])
    chance = scorer.compute()["kingdom.chance"].value
    assert scorer.compute()["species.chance"].value == 1 / 7
    assert chance == pytest.approx(numpy.where(animals, 6 / 7, 1 / 7).mean(), abs=1e-12)
    for name in ("taxa", "mistakes", "confusions"):
        assert getattr(scorer.report(), name).to_dict() == getattr(report, name).to_dict(), name


def test_more_answers_are_kept_where_that_is_asked(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(40, 2)
    for top in (1, 2, 7, 50):
        scorer = nm.Scorer(taxonomy, candidates=CLASSES, top=top)
        scorer.update(logits, truth)
        table = listed(logits, truth, top)
        assert_same(scorer.compute(), nm.evaluate(table, taxonomy=taxonomy).metrics, without=(".chance", ".classes"))


def test_whole_distributions_have_the_numbers_of_a_table_of_all_probabilities(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(80, 32, "float64")
    shares = numpy.exp(logits) / numpy.exp(logits).sum(axis=1, keepdims=True)
    scorer = nm.Scorer(taxonomy, candidates=CLASSES, top=7, probabilities=True)
    scorer.update(shares, truth)
    expected = nm.evaluate(listed(shares, truth, 7), taxonomy=taxonomy).metrics
    assert expected["species.ece"].value is not None and expected["genus.summed_top1"].value is not None
    assert_same(scorer.compute(), expected, without=(".chance", ".classes"))
    with pytest.raises(nm.NearmissError, match="from 0 to 1"):
        scorer.update(logits, truth)
    assert len(scorer) == 80


def test_names_places_and_taxa_have_the_same_numbers(taxonomy: nm.Taxonomy) -> None:
    draw = numpy.random.default_rng(3)
    answers, truth = draw.integers(-1, 7, 50), draw.integers(-1, 7, 50)
    named = [[CLASSES[place] if place >= 0 else None for place in places] for places in (answers, truth)]
    expected = nm.evaluate({"truth": named[1], "predicted": named[0]}, taxonomy=taxonomy).metrics
    taxa = [[name and taxonomy.find(name) for name in names] for names in named]
    for given in (
        (answers, truth),
        (answers.astype("int8"), truth.astype("int32")),
        (answers.tolist(), truth.tolist()),
        named,
        tuple(map(tuple, named)),
        (named[0], truth),
        (answers, named[1]),
        taxa,
        tuple(map(pandas.Series, named)),
        tuple(map(polars.Series, named)),
        tuple(numpy.array(names, dtype=object) for names in named),
    ):
        scorer = nm.Scorer(taxonomy, candidates=CLASSES)
        scorer.update(*given)
        assert len(scorer) == 50
        assert_same(scorer.compute(), expected, without=(".chance", ".classes"))
    without_candidates = nm.Scorer(taxonomy)
    without_candidates.update(*named)
    assert_same(without_candidates.compute(), expected)


def test_names_that_are_unknown_are_counted_as_a_report_counts_them(taxonomy: nm.Taxonomy) -> None:
    answers = ["Felis catus", "Nobody knows", "Felis", "felis_catus", "Oenanthe", LINEAGES[6]]
    truth = ["Felis catus", "Felis catus", "Felis catus", "Felis silvestris", "Oenanthe oenanthe", "Nobody knows"]
    scorer = nm.Scorer(taxonomy)
    scorer.update(answers, truth)
    assert_same(scorer.compute(), nm.evaluate({"truth": truth, "predicted": answers}, taxonomy=taxonomy).metrics)


def test_the_split_into_batches_does_not_matter(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(97, 4)
    whole = nm.Scorer(taxonomy, candidates=CLASSES)
    whole.update(logits, truth)
    for size in (1, 10, 64):
        parts = nm.Scorer(taxonomy, candidates=CLASSES)
        for begin in range(0, 97, size):
            parts.update(logits[begin : begin + size], truth[begin : begin + size])
        assert_same(parts.compute(), whole.compute())
        assert parts.report().mistakes.to_dict() == whole.report().mistakes.to_dict()


def test_logits_may_lie_in_any_way(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(40, 5)
    expected = nm.Scorer(taxonomy, candidates=CLASSES)
    expected.update(logits, truth)
    for name, laid_out in {
        "in columns": numpy.asfortranarray(logits),
        "every second row": numpy.repeat(logits, 2, axis=0)[::2],
        "every second column": numpy.repeat(logits, 2, axis=1)[:, ::2],
        "backwards": numpy.ascontiguousarray(logits[::-1, ::-1])[::-1, ::-1],
        "in a larger array": numpy.pad(logits, 2)[2:-2, 2:-2],
        "read only": numpy.frombuffer(logits.tobytes(), "float32").reshape(40, 7),
        "in other bytes": logits.astype(">f4"),
        "lists": logits.tolist(),
        "rows of arrays": list(logits),
        "wider": logits.astype("float64"),
        "transposed": numpy.ascontiguousarray(logits.T).T,
        "a column more than once": numpy.broadcast_to(logits, (1, 40, 7))[0],
    }.items():
        scorer = nm.Scorer(taxonomy, candidates=CLASSES)
        before = numpy.array(laid_out, copy=True)
        scorer.update(laid_out, truth)
        assert_same(scorer.compute(), expected.compute())
        assert (numpy.array(laid_out) == before).all(), name


def test_a_candidate_that_cannot_be_answered_has_minus_infinity(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(30, 6)
    masked = logits.copy()
    masked[numpy.arange(30), logits.argmax(axis=1)] = -numpy.inf
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(masked, truth)
    second = numpy.argsort(-logits, axis=1)[:, 1]
    assert scorer.compute()["how_wrong.exact"].value == (second == truth).mean()
    nothing = nm.Scorer(taxonomy, candidates=CLASSES)
    nothing.update(numpy.full((4, 7), -numpy.inf, "float32"), [0, 1, 2, 3])
    assert nothing.compute()["species.path_top1"].value == 0


def test_one_candidate_is_a_classifier_that_knows_one_answer(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=["Felis catus"])
    scorer.update(numpy.zeros((3, 1), "float32"), ["Felis catus", "Felis catus", "Felis catus"])
    assert scorer.compute()["species.path_top1"].value == 1
    scorer.update(numpy.zeros((1, 1), "float32"), ["Lynx lynx"])
    assert len(scorer) == 4


def test_a_batch_of_nothing_changes_nothing(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(20, 7))
    before = scorer.compute()
    nothing: Any
    for nothing in (
        (numpy.zeros((0, 7), "float32"), numpy.zeros(0, int)),
        ([], []),
        (numpy.zeros(0, int), numpy.zeros(0, int)),
        ((), []),
    ):
        scorer.update(*nothing)
    assert len(scorer) == 20
    assert_same(scorer.compute(), before)


def test_images_without_a_truth_are_counted_and_not_scored(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(30, 8)
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(logits, truth)
    before = scorer.compute()
    scorer.update(logits[:5], numpy.full(5, -1))
    assert len(scorer) == 35 and scorer.compute()["species.path_top1"] == before["species.path_top1"]
    assert scorer.compute()["accounting.without_truth"].value == 5


def test_a_call_adds_a_batch_and_scores_it_alone(taxonomy: nm.Taxonomy) -> None:
    scorer, alone = nm.Scorer(taxonomy, candidates=CLASSES), nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(30, 9))
    alone.update(*batch(20, 10))
    assert_same(scorer(*batch(20, 10)), alone.compute())
    assert len(scorer) == 50


def test_a_report_of_batches_has_all_that_a_report_has(taxonomy: nm.Taxonomy, tmp_path: Path) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(50, 11))
    report = scorer.report()
    assert_same(report.metrics, scorer.compute())
    assert report.taxonomy.fingerprint == taxonomy.fingerprint and "n = 50" in repr(report.metrics["species.path_top1"])
    assert report.images.column("image") == [str(place) for place in range(50)]
    assert (report.save(tmp_path / "out") / "index.html").exists() and report._repr_html_() and repr(report)


# Refusals


def test_nothing_scored_is_refused(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    with pytest.raises(nm.NearmissError, match="update"):
        scorer.compute()
    with pytest.raises(nm.NearmissError, match="update"):
        scorer.report()
    scorer.update(numpy.zeros((2, 7), "float32"), [-1, -1])
    with pytest.raises(nm.NearmissError, match="no image can be scored"):
        scorer.compute()


NAN = numpy.zeros((3, 7), "float32")
NAN[1, 4] = numpy.nan
INFINITE = numpy.zeros((3, 7), "float64")
INFINITE[2, 0] = numpy.inf

WRONG: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "a logit that is no number": (NAN, [0, 1, 2], ("row 1", "column 4", "not a number")),
    "an infinite logit": (INFINITE, [0, 1, 2], ("row 2", "column 0", "infinite")),
    "a truth that is no place": (numpy.zeros((2, 7), "float32"), [0, 7], ("truth[1]", "7")),
    "a truth below -1": (numpy.zeros((2, 7), "float32"), numpy.array([-2, 0]), ("truth[0]", "-2")),
    "an answer that is no place": (numpy.array([0, 9]), [0, 1], ("answers[1]", "9")),
    "fewer columns than candidates": (numpy.zeros((2, 6), "float32"), [0, 1], ("6 columns", "7 candidates")),
    "fewer truths than images": (numpy.zeros((2, 7), "float32"), [0], ("2 images", "1 truth")),
    "fewer answers than truths": (["Felis catus"], [0, 1], ("1 image", "2 truths")),
    "one row of logits": (numpy.zeros(7, "float32"), [0], ("answers", "[7]")),
    "three dimensions": (numpy.zeros((2, 7, 1), "float32"), [0, 1], ("answers", "[2, 7, 1]")),
    "truths as numbers with a point": (
        numpy.zeros((2, 7), "float32"),
        numpy.array([0.0, 1.0]),
        ("truth", "float64", "whole numbers"),
    ),
    "truths as truth values": (numpy.zeros((2, 7), "float32"), numpy.array([True, False]), ("truth", "bool")),
    "truths in two dimensions": (numpy.zeros((2, 7), "float32"), numpy.zeros((2, 1), int), ("truth", "[2, 1]")),
    "complex logits": (numpy.zeros((2, 7), complex), [0, 1], ("answers",)),
    "a name for all": ("Felis catus", [0], ("answers",)),
    "a number for all": (3, [0], ("answers",)),
    "nothing": (None, None, ()),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_batch_that_is_none_is_refused_and_changes_nothing(kind: str, taxonomy: nm.Taxonomy) -> None:
    answers, truth, parts = WRONG[kind]
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(20, 12))
    before = scorer.compute()
    with pytest.raises(nm.NearmissError) as refused:
        scorer.update(answers, truth)
    assert all(part in str(refused.value) for part in parts) and "\n" not in str(refused.value), refused.value
    assert len(scorer) == 20
    assert_same(scorer.compute(), before)


def test_candidates_are_taxa_each_once(taxonomy: nm.Taxonomy) -> None:
    candidates: Any
    for candidates, parts in (
        (["Felis catus", "Nobody knows"], ("candidates[1]", "'Nobody knows'")),
        (["Oenanthe"], ("candidates[0]", "'Oenanthe'", "2 taxa")),
        (["Felis catus", "Lynx lynx", LINEAGES[0]], ("candidates[0]", "candidates[2]", "Felis catus")),
        ([], ("candidates",)),
        (["Felis catus", None], ("candidates[1]",)),
    ):
        with pytest.raises(nm.NearmissError) as refused:
            nm.Scorer(taxonomy, candidates=candidates)
        assert all(part in str(refused.value) for part in parts), refused.value
    by_taxon = nm.Scorer(taxonomy, candidates=[taxonomy.find(name) for name in CLASSES])
    by_taxon.update(*batch(20, 13))
    by_name = nm.Scorer(taxonomy, candidates=CLASSES)
    by_name.update(*batch(20, 13))
    assert_same(by_taxon.compute(), by_name.compute())
    with pytest.raises(nm.NearmissError, match="needs candidates"):
        nm.Scorer(taxonomy).update(*batch(2, 13))
    with pytest.raises(nm.NearmissError, match="top"):
        nm.Scorer(taxonomy, top=0)
    with pytest.raises(nm.NearmissError, match="taxonomy"):
        nm.Scorer(None)


# From place to place


def test_merged_scorers_are_one(taxonomy: nm.Taxonomy) -> None:
    whole = nm.Scorer(taxonomy, candidates=CLASSES)
    parts = [nm.Scorer(taxonomy, candidates=CLASSES) for _ in range(3)]
    for seed, part in enumerate(parts):
        whole.update(*batch(25, 20 + seed))
        part.update(*batch(25, 20 + seed))
    merged = nm.Scorer(taxonomy, candidates=CLASSES)
    for part in reversed(parts):
        merged.merge(part)
    assert len(merged) == 75
    assert_same(merged.compute(), whole.compute())
    twice = nm.Scorer(taxonomy, candidates=CLASSES)
    twice.merge(parts[0])
    twice.merge(twice)
    assert (
        len(twice) == 50 and twice.compute()["species.path_top1"].value == parts[0].compute()["species.path_top1"].value
    )


def test_only_what_belongs_together_is_merged(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(5, 14))
    lineages = columns(taxonomy_rows())
    for other in (
        nm.Scorer(taxonomy, candidates=SPECIES),
        nm.Scorer(taxonomy),
        nm.Scorer(taxonomy, candidates=CLASSES, top=3),
        nm.Scorer({name: values[:5] for name, values in lineages.items()}, candidates=SPECIES[:5]),
    ):
        with pytest.raises(nm.NearmissError):
            scorer.merge(other)
        with pytest.raises(nm.NearmissError):
            scorer.merge(other.state_dict())
    for nothing in (
        {},
        {"state": b"x", "taxonomy": taxonomy.fingerprint},
        {"state": b"", "taxonomy": taxonomy.fingerprint},
        3,
    ):
        with pytest.raises(nm.NearmissError):
            scorer.merge(nothing)  # type: ignore[arg-type]
    assert len(scorer) == 5


def test_a_scorer_that_was_reset_is_as_new(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(30, 15))
    scorer.reset()
    assert len(scorer) == 0 and scorer
    with pytest.raises(nm.NearmissError):
        scorer.compute()
    scorer.update(*batch(10, 16))
    new = nm.Scorer(taxonomy, candidates=CLASSES)
    new.update(*batch(10, 16))
    assert_same(scorer.compute(), new.compute())


def test_scorers_are_pickled_and_their_states_loaded(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES, top=3)
    scorer.update(*batch(30, 17))
    again = pickle.loads(pickle.dumps(scorer))
    assert_same(again.compute(), scorer.compute())
    again.update(*batch(10, 18))
    scorer.update(*batch(10, 18))
    assert_same(again.compute(), scorer.compute())
    state = pickle.loads(pickle.dumps(scorer.state_dict()))
    assert len(pickle.dumps(state)) < 20_000
    loaded = nm.Scorer(taxonomy, candidates=CLASSES, top=3)
    loaded.load_state_dict(state)
    assert_same(loaded.compute(), scorer.compute())
    with pytest.raises(nm.NearmissError):
        loaded.load_state_dict({**state, "state": state["state"][: len(state["state"]) // 2]})
    assert len(loaded) == 40
    for other in (nm.Scorer(taxonomy, candidates=SPECIES, top=3), nm.Scorer(taxonomy, candidates=CLASSES, top=4)):
        with pytest.raises(nm.NearmissError):
            other.load_state_dict(state)


def test_any_damage_of_a_state_is_refused_and_none_ends_the_process(taxonomy: nm.Taxonomy) -> None:
    scorer = nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(*batch(6, 19))
    state = scorer.state_dict()
    draw = numpy.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(state["state"])
        for place in draw.integers(0, len(damaged), draw.integers(1, 4)):
            damaged[place] = draw.integers(0, 256)
        other = nm.Scorer(taxonomy, candidates=CLASSES)
        try:
            other.load_state_dict({**state, "state": bytes(damaged[: draw.integers(0, len(damaged) + 1)])})
            other.compute()
        except nm.NearmissError:
            continue


def part_of(scorer: nm.Scorer, seed: int) -> nm.Scorer:
    """A worker scores its share, and gives it back."""
    scorer.update(*batch(25, seed))
    return scorer


@pytest.mark.skipif(sys.platform == "win32", reason="it takes long to begin processes there")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_give_back_their_scorers(method: str, taxonomy: nm.Taxonomy, tmp_path: Path) -> None:
    whole = nm.Scorer(taxonomy, candidates=CLASSES)
    for seed in range(4):
        whole.update(*batch(25, seed))
    expected = whole.compute()
    if method == "spawn":
        gathered = nm.Scorer(taxonomy, candidates=CLASSES)
        with multiprocessing.get_context(method).Pool(2) as pool:
            for part in pool.starmap(part_of, [(nm.Scorer(taxonomy, candidates=CLASSES), seed) for seed in range(4)]):
                gathered.merge(part)
        assert_same(gathered.compute(), expected)
        return
    # In a process of its own, which may hang.
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    output = said(
        tmp_path,
        f"""
import multiprocessing, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import nearmiss as nm
from test_scorer import CLASSES, batch, part_of

taxonomy = nm.Taxonomy.read("taxonomy.csv")
gathered = nm.Scorer(taxonomy, candidates=CLASSES)
first = part_of(nm.Scorer(taxonomy, candidates=CLASSES), 0)
first.compute()
with multiprocessing.get_context("fork").Pool(2) as pool:
    for part in [first, *pool.starmap(part_of, [(nm.Scorer(taxonomy, candidates=CLASSES), seed) for seed in range(1, 4)])]:
        gathered.merge(part.state_dict())
print(repr(gathered.compute()["how_wrong.mean_height"].value), len(gathered))
""",
    )
    assert output.split() == [repr(expected["how_wrong.mean_height"].value), "100"]


# Tensors


def test_tensors_of_torch_are_taken(taxonomy: nm.Taxonomy) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    logits, truth = batch(40, 30)
    expected = nm.Scorer(taxonomy, candidates=CLASSES)
    expected.update(logits, truth)
    tensor = torch.from_numpy(logits)
    for answers, truths in (
        (tensor, torch.from_numpy(truth)),
        (tensor.clone().requires_grad_(), torch.from_numpy(truth).int()),
        (tensor.double(), truth),
        (torch.from_numpy(numpy.asfortranarray(logits)), truth.tolist()),
        (tensor.repeat_interleave(2, dim=1)[:, ::2], torch.from_numpy(truth)),
    ):
        scorer = nm.Scorer(taxonomy, candidates=CLASSES)
        scorer.update(answers, truths)
        assert_same(scorer.compute(), expected.compute())
    for half in (tensor.half(), tensor.bfloat16()):
        scorer, widened = nm.Scorer(taxonomy, candidates=CLASSES), nm.Scorer(taxonomy, candidates=CLASSES)
        scorer.update(half, torch.from_numpy(truth))
        widened.update(half.float().numpy(), truth)
        assert_same(scorer.compute(), widened.compute())
    places = nm.Scorer(taxonomy, candidates=CLASSES)
    places.update(tensor.argmax(dim=1), torch.from_numpy(truth))
    assert places.compute()["species.path_top1"].value == expected.compute()["species.path_top1"].value


def test_whatever_has_dlpack_is_taken(taxonomy: nm.Taxonomy) -> None:
    logits, truth = batch(20, 31)

    class Tensor:
        """A tensor of a library that nobody has heard of."""

        def __init__(self, array: Any) -> None:
            self.array = array

        def __dlpack__(self, **arguments: Any) -> Any:
            return self.array.__dlpack__(**arguments)

        def __dlpack_device__(self) -> Any:
            return self.array.__dlpack_device__()

    scorer, expected = nm.Scorer(taxonomy, candidates=CLASSES), nm.Scorer(taxonomy, candidates=CLASSES)
    scorer.update(Tensor(logits), Tensor(truth))
    expected.update(logits, truth)
    assert_same(scorer.compute(), expected.compute())
