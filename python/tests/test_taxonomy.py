"""Taxonomies in memory: names, lowest common taxa, heights as a report has them, pickles."""

from __future__ import annotations

import copy
import itertools
import multiprocessing
import pickle
import shutil
import sys
from pathlib import Path

import polars
import pyarrow
import pytest

import nearmiss as nm
import the_program
from sources import as_arrow, as_pandas, as_polars
from variants import LINEAGES, RANKS, SPECIES, columns, named, taxonomy_rows, write_csv


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The taxonomy of the tests as a file."""
    path = tmp_path_factory.mktemp("taxonomy") / "taxonomy.csv"
    write_csv(path, taxonomy_rows())
    return path


@pytest.fixture(scope="module")
def taxonomy(path: Path) -> nm.Taxonomy:
    """The same, read."""
    return nm.Taxonomy.read(str(path))


def test_a_taxon_has_a_name_a_rank_and_a_lineage(taxonomy: nm.Taxonomy) -> None:
    cat = taxonomy.find("Felis catus")
    assert (cat.name, cat.rank, cat.id) == ("Felis catus", "species", LINEAGES[0])
    assert cat.lineage == list(zip(RANKS, LINEAGES[0].split(";")))
    assert cat.taxonomy is taxonomy and str(cat) == "Felis catus" and repr(cat) == "Taxon('Felis catus', 'species')"


def test_the_lowest_taxon_of_two_is_on_both_lineages(taxonomy: nm.Taxonomy) -> None:
    """Against the definition: the last taxon that two lineages share."""
    for first in LINEAGES:
        for second in LINEAGES:
            pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first.split(";"), second.split(";")))
            shared = [name for name, _ in pairs]
            found = taxonomy.lca(first.rsplit(";", 1)[1], taxonomy.find(second))
            if shared:
                assert (found.name, found.rank) == (shared[-1], RANKS[len(shared) - 1])
            height = 7 - len(shared)
            assert taxonomy.height(first, second.rsplit(";", 1)[1]) == height
            assert taxonomy.distance(first, second) == 2 * height
    assert (
        taxonomy.lca("Felis", "Felis catus").name == "Felis"
        and taxonomy.lca("Felis catus", "Felis catus").rank == "species"
    )


def test_heights_are_those_of_the_mistakes_of_a_report(taxonomy: nm.Taxonomy) -> None:
    mistakes = nm.evaluate(columns(named(60, 51)), taxonomy=taxonomy).mistakes
    assert len({row["height"] for row in mistakes}) > 3
    for row in mistakes:
        if row["predicted"] == "root":
            continue
        truth, predicted = taxonomy.find(row["truth"]), taxonomy.find(row["predicted"])
        assert taxonomy.height(truth, predicted) == row["height"]
        lca = taxonomy.lca(truth, predicted)
        assert (lca.name, lca.id) == (row["lca_name"], row["lca"])
        assert lca.rank == row["lca_rank"] or row["lca_rank"] == "root"


def test_a_coarse_truth_has_heights_of_its_own(taxonomy: nm.Taxonomy) -> None:
    assert taxonomy.height("Felis", "Felis catus") == 0
    assert taxonomy.height("Felis", "Lynx lynx") == 1
    assert taxonomy.height("Felis catus", "Felis") == 1


def test_a_name_that_is_not_there_is_refused_with_the_nearest(taxonomy: nm.Taxonomy) -> None:
    with pytest.raises(nm.NearmissError) as unknown:
        taxonomy.find("Felis cattus")
    assert "'Felis cattus'" in str(unknown.value) and "Felis catus" in str(unknown.value)
    assert taxonomy.get("Felis cattus") is None and taxonomy.get("Felis catus") == taxonomy.find("Felis catus")
    with pytest.raises(nm.NearmissError):
        taxonomy.lca("Felis catus", "Nobody knows")


def test_a_name_of_two_taxa_is_refused_with_both_lineages(taxonomy: nm.Taxonomy) -> None:
    with pytest.raises(nm.NearmissError) as several:
        taxonomy.find("Oenanthe")
    assert "2 taxa" in str(several.value) and "Aves" in str(several.value) and "Apiaceae" in str(several.value)
    assert taxonomy.get("Oenanthe") is None
    bird = taxonomy.find("Animalia;Chordata;Aves;Passeriformes;Muscicapidae;Oenanthe")
    assert (bird.name, bird.rank) == ("Oenanthe", "genus") and bird != taxonomy.find("Oenanthe crocata").taxonomy.find(
        "Plantae"
    )


def test_taxa_are_one_where_they_stand_at_one_place_of_one_taxonomy(taxonomy: nm.Taxonomy, path: Path) -> None:
    again = nm.Taxonomy.read(str(path))
    cat, same = taxonomy.find("Felis catus"), again.find(LINEAGES[0])
    assert cat == same and hash(cat) == hash(same) and {cat: 1}[same] == 1
    assert cat != taxonomy.find("Lynx lynx") and cat != "Felis catus"
    assert taxonomy.lca(same, cat) == cat
    other = nm.Taxonomy.read("pollinators-france")
    with pytest.raises(nm.NearmissError, match="another taxonomy"):
        taxonomy.lca(other.find("Apis mellifera"), "Felis catus")
    with pytest.raises(TypeError, match="int"):
        taxonomy.lca(3, "Felis catus")  # type: ignore[arg-type]


def test_the_tree_is_walked_from_its_roots_to_its_leaves(taxonomy: nm.Taxonomy) -> None:
    assert (
        [root.name for root in taxonomy.roots()]
        == ["Animalia", "Plantae"]
        == [root.name for root in taxonomy.children()]
    )
    assert [child.name for child in taxonomy.children("Felis")] == ["Felis catus", "Felis silvestris"]
    assert taxonomy.children("Felis catus") == []
    assert sorted(leaf.name for leaf in taxonomy.leaves()) == sorted(SPECIES)
    below = [*taxonomy.roots()]
    for taxon in below:
        below += taxonomy.children(taxon)
    assert (
        len(below)
        == len(set(below))
        == len(taxonomy)
        == len({tuple(lineage.split(";")[:depth]) for lineage in LINEAGES for depth in range(1, 8)})
    )


def test_a_taxonomy_is_a_table(taxonomy: nm.Taxonomy) -> None:
    table = polars.DataFrame(taxonomy.to_table())
    assert table.columns == ["taxon", "name", "rank", "parent", *RANKS] and table.height == len(taxonomy)
    cat = table.row(by_predicate=polars.col("name") == "Felis catus", named=True)
    assert (
        cat["taxon"] == LINEAGES[0]
        and cat["parent"] == LINEAGES[0].rsplit(";", 1)[0]
        and [cat[rank] for rank in RANKS] == LINEAGES[0].split(";")
    )
    top = table.row(by_predicate=polars.col("name") == "Plantae", named=True)
    assert top["parent"] is None and top["species"] is None
    assert pyarrow.table(taxonomy.to_table()).num_rows == len(taxonomy)


def test_a_table_is_a_taxonomy(taxonomy: nm.Taxonomy) -> None:
    lineages = columns(taxonomy_rows())
    table = columns(named(20, 52))
    expected = dict(nm.evaluate(table, taxonomy=taxonomy).metrics)
    for held in (
        lineages,
        as_pandas(lineages),
        as_polars(lineages),
        as_arrow(lineages),
        list(map(dict, (zip(RANKS, row) for row in taxonomy_rows()[1:]))),
    ):
        assert dict(nm.evaluate(table, taxonomy=held).metrics) == expected


def test_one_clade_is_read_alone(path: Path, taxonomy: nm.Taxonomy) -> None:
    cats = nm.Taxonomy.read(str(path), within="Felidae")
    assert sorted(leaf.name for leaf in cats.leaves()) == ["Felis catus", "Felis silvestris", "Lynx lynx"]
    assert cats.get("Vulpes vulpes") is None and cats.fingerprint != taxonomy.fingerprint
    assert cats.lca("Felis catus", "Lynx lynx").name == "Felidae"
    with pytest.raises(nm.NearmissError, match="Nobody"):
        nm.Taxonomy.read(str(path), within="Nobody")


def test_shipped_taxonomies_are_read_by_their_names() -> None:
    bees = nm.Taxonomy.read("pollinators-france")
    assert bees.source == "pollinators-france" and len(bees) > 200
    assert bees.find("Western honey bee").name == "Apis mellifera"
    with pytest.raises(nm.NearmissError) as unknown:
        nm.Taxonomy.read("nowhere")
    assert "nowhere" in str(unknown.value) and "pollinators-france" in str(unknown.value)


def test_a_faulty_taxonomy_is_refused_with_the_programs_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    faulty = "id,parent,name,rank\n1,2,Felis,genus\n2,1,Felidae,family\n3,9,Lynx,genus\n"
    (tmp_path / "faulty.csv").write_text(faulty)
    write_csv(tmp_path / "table.csv", [["truth", "predicted"], ["Felis", "Felis"]])
    done = the_program.report(tmp_path, "table.csv", {"taxonomy": "faulty.csv"})
    for refuse in (
        lambda: nm.Taxonomy.read("faulty.csv"),
        lambda: nm.evaluate({"truth": ["Felis"], "predicted": ["Felis"]}, taxonomy="faulty.csv"),
    ):
        with pytest.raises(nm.NearmissError) as refused:
            refuse()
        assert "faulty.csv:2" in done.refusal and str(refused.value) == done.refusal


def test_the_fingerprint_is_that_of_what_the_taxonomy_says(path: Path, taxonomy: nm.Taxonomy, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / "another_name.csv")
    assert nm.Taxonomy.read(str(tmp_path / "another_name.csv")).fingerprint == taxonomy.fingerprint
    report = nm.evaluate(columns(named(20, 52)), taxonomy=taxonomy)
    assert (
        f'"sha256": "{taxonomy.fingerprint}"' in report.to_json()
        or f'"sha256":"{taxonomy.fingerprint}"' in report.to_json()
    )


@pytest.mark.parametrize("source", ["file", "pollinators-france"])
def test_a_pickled_taxonomy_is_the_same_wherever_its_file_has_gone(source: str, path: Path, tmp_path: Path) -> None:
    """Synonyms and common names with it."""
    if source == "file":
        shutil.copy(path, tmp_path / "gone.csv")
        taxonomy = nm.Taxonomy.read(str(tmp_path / "gone.csv"))
        pickled = pickle.dumps(taxonomy)
        (tmp_path / "gone.csv").unlink()
    else:
        taxonomy = nm.Taxonomy.read(source)
        pickled = pickle.dumps(taxonomy)
    again = pickle.loads(pickled)
    assert (again.source, again.fingerprint, len(again)) == (taxonomy.source, taxonomy.fingerprint, len(taxonomy))
    assert polars.DataFrame(again.to_table()).equals(polars.DataFrame(taxonomy.to_table()), null_equal=True)
    assert [str(leaf) for leaf in again.leaves()] == [str(leaf) for leaf in taxonomy.leaves()]
    if source != "file":
        assert again.find("Western honey bee") == taxonomy.find("Western honey bee")
    names = [*(leaf.name for leaf in taxonomy.leaves()), "Nobody knows", "Apis mellifera Linnaeus, 1758"]
    assert nm.resolve(names, again).to_dict() == nm.resolve(names, taxonomy).to_dict()


def test_taxa_are_pickled_with_their_taxonomy_and_copied_without(taxonomy: nm.Taxonomy) -> None:
    taxa = [taxonomy.find(name) for name in SPECIES]
    again = pickle.loads(pickle.dumps(taxa))
    assert again == taxa and again[0].lineage == taxa[0].lineage
    assert again[0].taxonomy is again[1].taxonomy and len(pickle.dumps(taxa)) < 2 * len(pickle.dumps(taxa[:1]))
    assert copy.copy(taxonomy) is taxonomy and copy.deepcopy({"a": taxonomy})["a"] is taxonomy
    assert copy.deepcopy(taxa[0]) == taxa[0]


def height_of(pair: tuple[nm.Taxon, str]) -> int:
    """In another process."""
    return pair[0].taxonomy.height(pair[0], pair[1])


@pytest.mark.skipif(sys.platform == "win32", reason="it takes long to begin processes there")
def test_taxa_go_to_other_processes(taxonomy: nm.Taxonomy) -> None:
    pairs = [(taxonomy.find("Felis catus"), name) for name in SPECIES]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(height_of, pairs) == [0, 1, 2, 3, 4, 5, 7]


def test_names_are_resolved_as_the_program_resolves_them(tmp_path: Path) -> None:
    names = [
        "Apis mellifera",
        "Apis mellifera Linnaeus, 1758",
        "apis melifera",
        "Western honey bee",
        "Apis",
        "Nobody knows",
        "Bombus terrestris",
    ]
    (tmp_path / "names.txt").write_text("\n".join(names) + "\n")
    done = the_program.nearmiss(
        tmp_path, "taxonomy", "resolve", "names.txt", "-t", "pollinators-france", "-o", "resolved.csv"
    )
    assert done.code in (0, 1), done
    head, body = the_program.rows(tmp_path / "resolved.csv")
    found = nm.resolve(names, "pollinators-france")
    assert set(found.columns) <= set(head)
    for column in found.columns:
        if column in ("file", "line"):
            continue
        assert [cell or "" for cell in found.column(column)] == [row[head.index(column)] for row in body], column


def test_names_are_resolved_from_every_kind_of_column(taxonomy: nm.Taxonomy) -> None:
    import numpy
    import pandas

    names = ["Felis catus", None, "Lynx lynx"]
    expected = nm.resolve(names, taxonomy).column("status")
    assert expected == ["matched", "blank", "matched"]
    for held in (
        tuple(names),
        numpy.array(names, dtype=object),
        pandas.Series(names),
        pandas.Series(names, dtype="category"),
        polars.Series(names),
        pyarrow.array(names),
    ):
        assert nm.resolve(held, taxonomy).column("status") == expected
    assert nm.resolve("Felis catus", taxonomy).column("matched_name") == ["Felis catus"]
    assert len(nm.resolve([], taxonomy)) == 0
    assert nm.resolve(["Oenanthe"], taxonomy).column("status") == ["ambiguous"]
    assert nm.resolve(["Oenanthe"], taxonomy, above=["Plantae"]).column("taxon") == [LINEAGES[6].rsplit(";", 1)[0]]
    with pytest.raises(nm.NearmissError, match="2 lineages for 1 name"):
        nm.resolve(["Oenanthe"], taxonomy, above=["Plantae", None])
