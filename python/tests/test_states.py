"""States add up: of scorers, and of parts of tables, to the numbers of one scorer or one table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import polars
import pytest

import nearmiss as nm
import the_program
from asserting import says
from batches import CLASSES, assert_same, batch
from bits import LEFT_OUT, differences
from variants import SPECIES, columns, named, ranked, taxonomy_rows, write_csv

LINEAGES = columns(taxonomy_rows())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the taxonomy of the tests, that program and package work in."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "taxonomy.csv", taxonomy_rows())
    return tmp_path


def refused(call: Callable[[], Any]) -> str:
    """The one sentence of a refusal."""
    with pytest.raises(nm.NearmissError) as error:
        call()
    sentence = str(error.value)
    assert "\n" not in sentence, sentence
    return sentence


def shares(logits: Any) -> Any:
    """Probabilities of logits."""
    exponents = numpy.exp(logits.astype("float64"))
    return exponents / exponents.sum(axis=1, keepdims=True)


def in_names(places: Any) -> list[str | None]:
    """Names of places; -1 is none, and some are no taxon."""
    return [None if place < 0 else CLASSES[place] if place < 7 else "Nobody knows" for place in places]


def names(images: int, seed: int) -> tuple[Any, Any]:
    """Answers and truths by their names."""
    answers, truth = numpy.random.default_rng(seed).integers(-1, 8, (2, images))
    return in_names(answers), in_names(truth)


def probabilities(images: int, seed: int) -> tuple[Any, Any]:
    """Probabilities of all candidates, and places of truths."""
    logits, truth = batch(images, seed)
    return shares(logits), truth


def places(images: int, seed: int) -> tuple[Any, Any]:
    """Places of answers and truths among the candidates."""
    logits, truth = batch(images, seed)
    return logits.argmax(axis=1), truth


#: What jobs are given: the arguments of their scorers, and a batch of so many images with a seed.
GIVEN: dict[str, tuple[dict[str, Any], Callable[[int, int], tuple[Any, Any]]]] = {
    "names": ({}, names),
    "logits, of which five are kept": ({"candidates": CLASSES, "top": 5}, batch),
    "logits": ({"candidates": CLASSES, "top": 7}, batch),
    "all probabilities": ({"candidates": CLASSES, "top": 7, "probabilities": True}, probabilities),
    "five of the probabilities": ({"candidates": CLASSES, "top": 5, "probabilities": True}, probabilities),
    "places": ({"candidates": CLASSES}, places),
}


def jobs(folder: Path, kind: str, images: tuple[int, ...] = (64, 0, 41, 23)) -> tuple[list[Path], nm.Scorer]:
    """The states of some jobs, each of two batches, and one scorer that has seen them all."""
    arguments, given = GIVEN[kind]
    taxonomy = nm.Taxonomy.read("taxonomy.csv")
    whole, states = nm.Scorer(taxonomy, **arguments), []
    for job, count in enumerate(images):
        scorer = nm.Scorer(taxonomy, **arguments)
        for seed, part in ((10 * job, count // 2), (10 * job + 1, count - count // 2)):
            scorer.update(*given(part, seed))
            whole.update(*given(part, seed))
        states.append(scorer.save(folder / "states" / f"job-{job}.state"))
    return states, whole


# Scorers


@pytest.mark.parametrize("kind", GIVEN)
def test_states_of_scorers_have_the_numbers_of_one_scorer(kind: str, folder: Path) -> None:
    states, whole = jobs(folder, kind)
    report, expected = nm.evaluate(states), whole.report()
    assert report.metrics["accounting.images"].value == len(whole) == 128
    assert_same(report.metrics, expected.metrics)
    for name in ("ranks", "taxa", "confusions", "mistakes"):
        assert getattr(report, name).to_dict() == getattr(expected, name).to_dict(), name
    # In any order of the paths, and however these are given.
    assert_same(nm.evaluate(tuple(map(str, reversed(states))), taxonomy=LINEAGES).metrics, expected.metrics)


def test_what_takes_whole_distributions_is_there(folder: Path) -> None:
    states, _ = jobs(folder, "all probabilities")
    document = json.loads(nm.evaluate(states).to_json())
    assert document["calibration"]["temperature"]["temperature"] > 0
    assert document["decisions"] and document["selective"]["targets"]


@pytest.mark.parametrize("kind", ["names", "all probabilities"])
def test_the_program_adds_up_states_of_scorers(kind: str, folder: Path) -> None:
    states, _ = jobs(folder, kind)
    done = the_program.nearmiss(folder, "report", *states, "-o", "report", "--tables-only")
    assert done.code == 0, done
    wrong = list(differences(the_program.metrics(folder), json.loads(nm.evaluate(states).to_json())))
    assert not wrong, wrong[:5]
    assert "scorer: " in done.said and "read:" not in done.stderr


def test_one_state_is_a_report_as_well(folder: Path) -> None:
    states, whole = jobs(folder, "names", (40,))
    # What it is called says nothing: it is told by its content.
    state = states[0].rename(folder / "answers")
    assert_same(nm.evaluate(state).metrics, whole.compute())
    assert_same(nm.evaluate([str(state)]).metrics, whole.compute())


def test_a_taxonomy_in_memory_is_given_again(folder: Path) -> None:
    scorer = nm.Scorer(LINEAGES)
    scorer.update(SPECIES, SPECIES)
    state = scorer.save(folder / "memory.state")
    sentence = refused(lambda: nm.evaluate(state))
    says(sentence, "memory.state: made with the taxonomy in memory (", "give that taxonomy with taxonomy=")
    assert nm.evaluate(state, taxonomy=LINEAGES).metrics["how_wrong.exact"].value == 1
    # Read from a file it is the same; and one part that names it is enough.
    by_path = nm.Scorer("taxonomy.csv")
    by_path.update(SPECIES, SPECIES[::-1])
    both = [state, by_path.save(folder / "path.state")]
    for report in (nm.evaluate(both), nm.evaluate(both, taxonomy="taxonomy.csv")):
        assert report.metrics["species.n"].value == 14
    less = {name: values[:6] for name, values in LINEAGES.items()}
    says(refused(lambda: nm.evaluate(state, taxonomy=less)), "the one given is another", "give that taxonomy with taxonomy=")


def test_states_that_do_not_belong_together_are_refused(folder: Path) -> None:
    def state(name: str, taxonomy: Any, **arguments: Any) -> Path:
        scorer = nm.Scorer(taxonomy, **arguments)
        scorer.update(["Felis catus"], ["Felis catus"])
        return scorer.save(folder / name)

    first = state("a.state", "taxonomy.csv", candidates=CLASSES)
    write_csv(folder / "other.csv", taxonomy_rows()[:-1])
    nm.write_state({"truth": ["Felis catus"], "predicted": ["Felis catus"]}, folder / "table.state", taxonomy="taxonomy.csv")
    for other, parts in (
        (state("b.state", "other.csv"), ("taxonomy other.csv (", "taxonomy taxonomy.csv (", "read all parts with one")),
        (state("c.state", "taxonomy.csv", candidates=CLASSES, top=3), ("read otherwise than", "5 answers", "3 answers")),
        (state("d.state", "taxonomy.csv"), ("read otherwise than", "among 7 candidates", "without candidates")),
        (state("e.state", "taxonomy.csv", candidates=[*CLASSES[1:], "Felis"]), ("does not add up with", "candidates")),
        (folder / "table.state", ("read otherwise than", "answers given batch by batch")),
    ):
        says(refused(lambda: nm.evaluate([first, other])), *parts)


def test_a_scorer_without_images_is_a_part_of_none(folder: Path) -> None:
    state = nm.Scorer("taxonomy.csv").save(folder / "empty.state")
    says(refused(lambda: nm.evaluate(state)), "empty.state: no image can be scored")


def test_nothing_but_a_state_is_written_over(folder: Path) -> None:
    scorer = nm.Scorer("taxonomy.csv")
    scorer.update(SPECIES, SPECIES)
    (folder / "notes.txt").write_text("precious")
    table = {"truth": SPECIES, "predicted": SPECIES}
    for write in (
        lambda **more: scorer.save("notes.txt", **more),
        lambda **more: nm.write_state(table, "notes.txt", taxonomy="taxonomy.csv", **more),
    ):
        (folder / "notes.txt").write_text("precious")
        says(refused(write), "notes.txt: there is a file that is no state; give another one, or force=True")
        assert (folder / "notes.txt").read_text() == "precious"
        write(force=True)
        # Over a state anything is written that is one.
        write()
        assert nm.evaluate("notes.txt").metrics["species.n"].value == 7


# Tables


def parts(folder: Path, rows: list[list[str]], cut: int) -> None:
    """A table as `whole.csv`, and its images in two parts as `a.csv` and `b.csv`."""
    head, body = rows[0], rows[1:]
    for name, some in (("whole", body), ("a", body[:cut]), ("b", body[cut:])):
        write_csv(folder / f"{name}.csv", [head, *some])


@pytest.mark.parametrize(
    "rows",
    [named(84, 3), ranked(28, 4, whole=False), ranked(24, 5)],
    ids=["names", "the best three", "whole distributions"],
)
def test_parts_of_a_table_have_the_numbers_of_the_whole(rows: list[list[str]], folder: Path) -> None:
    # An image has one row, three or seven.
    parts(folder, rows, (len(rows) - 1) // 42 * 21)
    expected = nm.evaluate("whole.csv", taxonomy="taxonomy.csv")
    told = {"image": "image", "truth": "truth", "taxonomy": "taxonomy.csv"}
    images = [nm.write_state(f"{name}.csv", f"states/{name}.state", **told) for name in "ab"]
    assert sum(images) == expected.metrics["accounting.images"].value
    for source in (["a.csv", "b.csv"], [folder / "b.csv", folder / "a.csv"], ["states/a.state", "states/b.state"]):
        assert_same(nm.evaluate(source, **told).metrics, expected.metrics)
    frames = [nm.write_state(polars.read_csv(f"{name}.csv"), f"frames/{name}.state", **told) for name in "ab"]
    assert frames == images
    assert_same(nm.evaluate(["frames/a.state", "frames/b.state"]).metrics, expected.metrics)


def test_a_folder_of_parquet_files_is_counted(folder: Path) -> None:
    parts(folder, named(30, 6), 14)
    for name in "ab":
        (folder / "data").mkdir(exist_ok=True)
        polars.read_csv(f"{name}.csv").write_parquet(folder / "data" / f"part-{name}.parquet")
    report = nm.evaluate("data", taxonomy="taxonomy.csv")
    assert_same(report.metrics, nm.evaluate("whole.csv", taxonomy="taxonomy.csv").metrics)
    assert [part["images"] for part in report.parts] == [30]
    says(refused(lambda: nm.evaluate("data")), "give taxonomy=")


def test_a_state_is_the_one_that_the_program_writes(folder: Path) -> None:
    parts(folder, named(20, 7), 9)
    done = the_program.nearmiss(folder, "score", "a.csv", "--taxonomy", "taxonomy.csv", "-o", "program.state")
    assert done.code == 0, done
    assert nm.write_state("a.csv", "python.state", taxonomy="taxonomy.csv") == 9
    assert (folder / "program.state").read_bytes() == (folder / "python.state").read_bytes()
    done = the_program.nearmiss(folder, "report", "a.csv", "b.csv", "--taxonomy", "taxonomy.csv", "-o", "report", "--tables-only")
    assert done.code == 0, done
    document = json.loads(nm.evaluate(["a.csv", "b.csv"], taxonomy="taxonomy.csv").to_json())
    assert not list(differences(the_program.metrics(folder), document, LEFT_OUT))


def test_a_report_of_parts_says_which_these_are(folder: Path) -> None:
    parts(folder, named(20, 8), 9)
    report = nm.evaluate(["a.csv", "b.csv"], taxonomy="taxonomy.csv")
    assert report.understood == [] and repr(report) and report._repr_html_()
    (part,) = report.parts
    assert (part["path"], part["images"], part["named"]) == ("a.csv", 20, True) and part["notes"], part
    assert nm.evaluate("a.csv", taxonomy="taxonomy.csv").parts == []
    assert (report.save("out") / "index.html").exists() and (folder / "out" / "parts.json").exists()
    says(refused(lambda: report.images), "images", "counted")
    says(refused(lambda: nm.compare({"one": report, "other": report})), "keeps no answers")


def test_what_needs_images_one_by_one_is_refused_in_the_words_of_python(folder: Path) -> None:
    parts(folder, named(20, 9), 9)
    for name in "ab":
        nm.write_state(f"{name}.csv", f"{name}.state", taxonomy="taxonomy.csv")
    states = ["a.state", "b.state"]
    for options, part in (
        ({"by": "observation"}, "by='observation': it pools"),
        ({"event_gap": "30min"}, "event_gap=: events are made of images one by one"),
        ({"site_column": "site"}, "site_column=: sites are made of"),
        ({"prior": {"taxon": ["Felis"], "prior": [0.5]}}, "prior=: a prior weights"),
        ({"geofence": {"taxon": ["Felis"]}}, "geofence=: a geofence weights"),
        ({"roll_up": "speciesnet"}, "roll_up=: it takes"),
        ({"verdicts": {"image": ["1.jpg"], "verdict": ["unusable"]}}, "verdicts=: verdicts are on"),
    ):
        says(refused(lambda: nm.evaluate(states, **options)), part, "states hold counts")
    # Options that change numbers and not the reading are for what is added up.
    strict = nm.evaluate(states, yellow_from="family", gates="species.path_top1>=0.99", intervals="taxon")
    assert not strict.passed and strict.metrics["species.n"].value == nm.evaluate(states).metrics["species.n"].value


def test_inputs_that_do_not_add_up_are_refused(folder: Path) -> None:
    parts(folder, named(20, 10), 9)
    nm.write_state("a.csv", "a.state", taxonomy="taxonomy.csv")
    sentence = refused(lambda: nm.evaluate(["a.state", "b.csv"]))
    says(sentence, "a.state: a state, and b.csv is none", "(nearmiss.write_state() makes one of a table)")
    says(refused(lambda: nm.evaluate(["a.state", "a.state"])), "9 of its images are in a.state too")
    says(refused(lambda: nm.evaluate(["a.csv", "b.csv"])), "give taxonomy=")
    says(refused(lambda: nm.evaluate(["a.csv", "nowhere.csv"], taxonomy="taxonomy.csv")), "nowhere.csv")
    sentence = refused(lambda: nm.evaluate(["a.csv", "b.csv"], truth=["Felis catus"] * 20))
    says(sentence, "a truth for each row", "these are 2 files")
    says(refused(lambda: nm.write_state("a.csv", "c.state")), "give taxonomy=")
    sentence = refused(lambda: nm.write_state("a.csv", "c.state", taxonomy="taxonomy.csv", back_off=0.7))
    says(sentence, "back_off=", "count_unreachable=True", "give them to nearmiss.evaluate()")
    assert not (folder / "c.state").exists()
    # Half a state is none any more, and no table either.
    whole = (folder / "a.state").read_bytes()
    (folder / "half.state").write_bytes(whole[: len(whole) // 2])
    says(refused(lambda: nm.evaluate("half.state")), "half.state")
