"""Real tables of others that may lie beside the checkout, and what each needs to be read."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas

from the_program import REPOSITORY

FOLDER = Path(os.environ.get("NEARMISS_SHARED") or REPOSITORY.parent / "shared") / "real"

#: Larger tables are left out, so that the run stays short.
MEGABYTES = float(os.environ.get("NEARMISS_REAL_MEGABYTES", "8"))

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".parquet")

CARABIDAE = "Animalia;Arthropoda;Insecta;Coleoptera;Carabidae"
PLANTS = "preds_plantnet_field/09_validated_ground_truth.csv"
FUNGI = "preds_taxcredit_dna/F1-REF-iter0_truth.tsv"
SENTENCE = r"[A-D]\)\s*(.+?)\.?\s*$"

#: Tables of which more is known than their names, by the beginning of their path.
KNOWN: list[tuple[str, dict[str, Any]]] = [
    ("preds_beetleverse/puum_bioclip_", {"clade": CARABIDAE}),
    ("preds_beetleverse/allcarabids_", {"clade": CARABIDAE, "missing_truth": "wrong"}),
    ("preds_beetleverse/bpz_BioCLIP_species.csv", {"missing_truth": "taxon"}),
    ("preds_plantnet_field/06_", {"truth_table": PLANTS}),
    ("preds_plantnet_field/08_", {"truth_table": PLANTS}),
    ("preds_plantnet_field/densenet", {"truth_table": PLANTS}),
    ("preds_plantnet_field/efficientnet", {"truth_table": PLANTS}),
    ("preds_plantnet_field/resnet", {"truth_table": PLANTS}),
    ("preds_plantnet_field/plantnet_api", {"truth_table": PLANTS}),
    (
        "preds_taxcredit_dna/F1-REF-iter0_nb_bespoke",
        {"truth_table": FUNGI, "truth": "column_2", "truth_image": "column_1"},
    ),
    (
        "preds_taxcredit_dna/F1-REF-iter0_",
        {
            "image": "column_1",
            "predicted": "column_2",
            "truth_table": FUNGI,
            "truth": "column_2",
            "truth_image": "column_1",
        },
    ),
    (
        "preds_taxcredit_dna/q2qc_mock-3-observed",
        {"truth_table": "preds_taxcredit_dna/q2qc_mock-3-expected-taxonomy.tsv"},
    ),
    ("preds_vlm4bio/", {"predicted_pattern": SENTENCE, "missing_truth": "wrong"}),
    (
        "fathomnet/kavin_submission_ema",
        {
            "truth_table": "fathomnet/kavin_submission_hier_loss_86_076.csv",
            "taxonomy": "fathomnet/taxonomy.csv",
        },
    ),
]


@dataclass(frozen=True)
class RealTable:
    """A table, and the arguments that it is evaluated with."""

    path: Path
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = str(self.path.relative_to(FOLDER)).replace("/", " ").replace("_", " ")
        return f"{words} with {', '.join(self.options)}" if self.options else words


def tables() -> list[RealTable]:
    """Every table of predictions, as it is and with what is known about it; none where the folder is absent."""
    found = []
    for path in sorted(FOLDER.glob("*/*")):
        name = path.relative_to(FOLDER).as_posix()
        if not name.startswith(("preds_", "fathomnet", "emb_")) or not name.endswith(ENDINGS):
            continue
        if path.stat().st_size > MEGABYTES * 2**20:
            continue
        found.append(RealTable(path))
        options = next((options for begin, options in KNOWN if name.startswith(begin)), None)
        if options is not None:
            files: dict[str, Any] = {
                key: str(FOLDER / options[key]) for key in ("truth_table", "taxonomy") if key in options
            }
            found.append(RealTable(path, {**options, **files}))
    return found


def names_columns(path: Path) -> bool:
    """Whether the first line of a table names its columns: all but the results of DNA classifiers have such a line."""
    return not path.name.startswith("F1-REF") or "bespoke" in path.name


def columns(path: Path) -> dict[str, list[str]]:
    """A CSV or TSV file as columns of text, as pandas reads it where it is told to leave the text alone."""
    frame = pandas.read_csv(
        path,
        sep="\t" if path.suffix == ".tsv" else ",",
        header=None,
        dtype=str,
        keep_default_na=False,
        skiprows=1 if names_columns(path) else 0,
        quoting=csv.QUOTE_MINIMAL,
    )
    names = [f"column_{number}" for number in range(1, frame.shape[1] + 1)]
    if names_columns(path):
        with path.open(newline="", encoding="utf-8-sig") as file:
            names = next(csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ","))
    return {name: frame[number].tolist() for number, name in enumerate(names)}
