#!/usr/bin/env python3
"""Whether others read what `report` writes for them: `--model-index` by huggingface_hub, `--multiqc` by MultiQC.

    python3 tests/parity/model_cards.py PROGRAM

Made with huggingface_hub 2.4.0 and MultiQC 1.35: `pip install huggingface_hub==2.4.0 multiqc==1.35`. Small tables of one
and two runs, whose names are words of YAML and full of its signs, are scored by the program. Every card must be read
without loss and come out of huggingface_hub as it went in, MultiQC must show all reports together without a warning, and
every value must be that of metrics.json to the last digit; what is undefined there must be missing and be named in the
card's first lines. Exit code 1 if anything differs. Without one of the packages its half is skipped, and said so.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

MADE_WITH = {"huggingface_hub": "2.4.0", "multiqc": "1.35"}
OF_A_RANK = ("path_top1", "path_top5", "path_macro")
OF_A_RUN = ("exact", "mistakes", "mean_height", "severity", "hp", "hr", "hf")
IN_THE_TABLE = ("n", "mean_height", "severity")

LADDER = ("kingdom", "phylum", "class", "order", "family", "genus", "species")
TAXONOMY = """kingdom,phylum,class,order,family,genus,species
Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Apis,Apis mellifera
Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Apis,Apis cerana
Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Bombus,Bombus terrestris
Animalia,Arthropoda,Insecta,Lepidoptera,Nymphalidae,Vanessa,Vanessa cardui
"""
# The names of the runs: a word that YAML 1.1 takes for false, and one of signs that mean something to it.
RUNS = ("no", "ä: \"b\" #1/{2} '蝶'")
TWO = """image,split,truth,no,"ä: ""b"" #1/{2} '蝶'"
1,test,Apis mellifera,Apis mellifera,Apis mellifera
2,test,Apis cerana,Apis mellifera,Apis cerana
3,test,Bombus terrestris,Vanessa cardui,Bombus terrestris
"""
# Two answers of all probability each: the five best are known.
RANKED = """image,truth,label,score
1,Apis mellifera,Apis mellifera,0.75
1,Apis mellifera,Apis cerana,0.25
2,Bombus terrestris,Apis cerana,0.625
2,Bombus terrestris,Bombus terrestris,0.375
3,Vanessa cardui,Apis cerana,0.875
3,Vanessa cardui,Apis mellifera,0.125
"""
# Names alone: the tree has genus and species only, and the other reports more.
BINOMIALS = """image,truth,predicted
1,Felis catus,Felis catus
2,Felis catus,Felis silvestris
3,Lynx lynx,Felis catus
"""
# A tree without ranks.
NEWICK = "((a,b)x,(c,d)y)z;\n"
LEAVES = """image,truth,predicted
1,a,a
2,a,b
3,c,a
"""

# Of each report: the table, its text, options, names of models where they are given, name of the data set, split.
REPORTS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], str, str | None], ...] = (
    (
        "two.csv",
        TWO,
        ("--taxonomy", "tax.csv", "--group-column", "split", *(word for run in RUNS for word in ("--predicted-column", run))),
        (),
        "two",
        "test",
    ),
    ("ranked.csv", RANKED, ("--taxonomy", "tax.csv"), ("null",), "owner/bees: 2025", None),
    ("names.csv", BINOMIALS, (), (), "names", None),
    ("leaves.csv", LEAVES, ("--taxonomy", "tree.nwk"), (), "leaves", None),
)

Run = dict[str, Any]


def report(program: str, folder: pathlib.Path, row: tuple[Any, ...]) -> list[Run]:
    """Scores a table and gives the blocks of its runs, each with the name that others should know it by."""
    table, text, options, models, dataset, _ = row
    (folder / table).write_text(text, encoding="utf-8")
    output = pathlib.Path(table).stem
    command = [program, "report", table, *options, "--model-index", "--multiqc", "-o", f"reports/{output}"]
    for model in models:
        command += ["--model-name", model]
    if dataset != output:
        command += ["--dataset-name", dataset]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    metrics = json.loads((folder / "reports" / output / "metrics.json").read_text(encoding="utf-8"))
    runs = metrics["runs"] if "runs" in metrics else [{"run": output, **metrics}]
    return [{**run, "run": model} for run, model in zip(runs, models or [run["run"] for run in runs], strict=True)]


def chosen(run: Run) -> dict[str, tuple[Any, dict[str, Any]]]:
    """The metrics that a card should have, by name: the value, and what stands beside it."""
    blocks = [(row["rank"], row, OF_A_RANK) for row in run["ranks"] if row["n"] > 0]
    blocks.append(("how_wrong", run["how_wrong"], OF_A_RUN))
    found = {}
    for block, values, names in blocks:
        for name in names:
            beside = {"n": values["n"], "low": values.get(f"{name}_low"), "high": values.get(f"{name}_high")}
            beside["no_interval"] = values.get("no_interval", {}).get(name)
            found[f"{block}.{name}"] = (values[name], {key: value for key, value in beside.items() if value is not None})
    return found


def card_faults(path: pathlib.Path, run: Run, dataset: str, split: str | None) -> list[str]:
    """What huggingface_hub makes of a card, held against the numbers of the run."""
    import yaml
    from huggingface_hub import ModelCard
    from huggingface_hub.repocard_data import eval_results_to_model_index

    text = path.read_text(encoding="utf-8")
    card = ModelCard(f"---\nlicense: mit\n{text}---\n\n# A card\n")
    results = card.data.eval_results
    faults = []

    def expect(what: str, found: object, expected: object) -> None:
        # Types as well: 1 and 1.0 and True are one to Python.
        if repr(found) != repr(expected):
            faults.append(f"{path}: {what} is {found!r}, not {expected!r}")

    expect("the name of the model", card.data.model_name, run["run"])
    metrics = chosen(run)
    defined = {name: metric for name, metric in metrics.items() if metric[0] is not None}
    expect("the list of metrics", [result.metric_type for result in results], list(defined))
    for result in results:
        value, beside = defined.get(result.metric_type, (None, {}))
        expect(result.metric_type, result.metric_value, value)
        expect(f"what stands beside {result.metric_type}", result.metric_args, beside)
        expect("the task", result.task_type, "image-classification")
        expect("the data set", (result.dataset_name, result.dataset_type), (dataset, dataset))
        expect("the split", result.dataset_split, split)
        expect("a title", bool(result.metric_name), True)
    undefined = [name for name in metrics if name not in defined]
    head = [line for line in text.splitlines() if line.startswith("#")]
    said = [name for line in head if "Undefined" in line for name in line.rstrip(".").split(": ")[1].split(", ")]
    expect("what is undefined", said, undefined)
    expect("the card written again", ModelCard(str(card)).data.to_dict(), card.data.to_dict())
    index = yaml.safe_load(text)["model-index"]
    # The order of keys is not the same: YAML and huggingface_hub both leave it open.
    again = eval_results_to_model_index(card.data.model_name, results)
    if again != index:
        faults.append(f"{path}: huggingface_hub makes {again} of {index}")
    return faults


def multiqc_faults(folder: pathlib.Path, runs: list[Run]) -> list[str]:
    """What MultiQC makes of all reports together, held against the numbers of the runs."""
    command = [sys.executable, "-m", "multiqc", "reports", "-o", "shown", "--strict", "--no-version-check"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        return [f"multiqc: exit code {done.returncode}\n{done.stdout}{done.stderr}"]
    data = folder / "shown/multiqc_data"
    log = (data / "multiqc.log").read_text(encoding="utf-8")
    faults = [f"multiqc: {line}" for line in log.splitlines() if any(f"[{level}" in line for level in ("WARN", "ERR", "CRIT"))]
    shown = json.loads((data / "multiqc_data.json").read_text(encoding="utf-8"))
    table = {sample: row for rows in shown["report_general_stats_data"].values() for sample, row in rows.items()}
    graph = shown["report_saved_raw_data"]["multiqc_nearmiss_accuracy_plot"]
    table_expected, graph_expected = {}, {}
    for run in runs:
        ranks = {row["rank"]: row["path_top1"] for row in run["ranks"] if row["n"] > 0}
        row = {f"{rank}.path_top1": value for rank, value in ranks.items()}
        row |= {f"how_wrong.{name}": run["how_wrong"][name] for name in IN_THE_TABLE}
        sample = run["run"].replace("/", "_")
        table_expected[sample] = {name: value for name, value in row.items() if value is not None}
        if ranks:
            graph_expected[sample] = {rank: ranks.get(rank) for rank in LADDER}
    headers = [name for columns in shown["report_general_stats_headers"].values() for name in columns]
    columns = ["how_wrong.n", *(f"{rank}.path_top1" for rank in LADDER), "how_wrong.mean_height", "how_wrong.severity"]
    for what, found, expected in (
        ("its table", table, table_expected),
        ("its graph", graph, graph_expected),
        ("the order of its columns", headers, columns),
    ):
        if found != expected:
            faults.append(f"multiqc: {what} is {found}, not {expected}")
    return faults


def has(package: str) -> bool:
    """Whether a package is there; says so where it is not, or is of another version."""
    if importlib.util.find_spec(package) is None:
        print(f"skipped: there is no {package} ({MADE_WITH[package]}); pip install {package}=={MADE_WITH[package]}")
        return False
    version = importlib.metadata.version(package)
    if version != MADE_WITH[package]:
        print(f"note: {package} is {version}, and this was made with {MADE_WITH[package]}")
    return True


def main() -> int:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with_cards, with_multiqc = has("huggingface_hub"), has("multiqc")
    faults: list[str] = []
    cards, values = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "tax.csv").write_text(TAXONOMY, encoding="utf-8")
        (folder / "tree.nwk").write_text(NEWICK, encoding="utf-8")
        every: list[Run] = []
        for row in REPORTS:
            runs = report(program, folder, row)
            every += runs
            *_, dataset, split = row
            output = folder / "reports" / pathlib.Path(row[0]).stem
            for place, run in enumerate(runs) if with_cards else ():
                card = output / ("model-index.yml" if len(runs) == 1 else f"model-index-{place + 1}.yml")
                faults += card_faults(card, run, dataset, split)
                cards, values = cards + 1, values + sum(value is not None for value, _ in chosen(run).values())
        if with_multiqc:
            faults += multiqc_faults(folder, every)
    print("\n".join(faults), end="\n" if faults else "")
    print(f"{cards} cards with {values} values, {len(every) if with_multiqc else 0} runs shown by MultiQC: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
