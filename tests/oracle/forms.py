"""The same input in another form, and what then must be the same."""

import csv
import json

import pyarrow
import pyarrow.parquet

# Lists with an entry per row of the input, and merges, which name rows.
PER_ROW = ["silhouette_euclidean_points", "counts"]


def once(document, path=""):
    """A report with its counts and interval ends taken out, so that a table twice over must give the same."""
    if isinstance(document, dict):
        return {key: once(value, f"{path}.{key}") for key, value in document.items()
                if not interval(key) and key != "no_interval"}
    if isinstance(document, list):
        return [once(value, path) for value in document]
    return None if count(document, path) else document


def counts(document, times=1, path=""):
    """The counts of images alone, times a number."""
    if isinstance(document, dict):
        return {key: counts(value, times, f"{path}.{key}") for key, value in document.items() if key != "no_interval"}
    if isinstance(document, list):
        return [counts(value, times, path) for value in document]
    return document * times if count(document, path) else None


def count(value, path):
    """Whether a leaf counts images: a whole number, but no classes, candidates, lengths, draws or seeds."""
    others = ("classes", "candidates", ".k", "draws", "seed", "tuned_on_needed")
    return isinstance(value, int) and not isinstance(value, bool) and not path.endswith(others)


# Shares of images, whose intervals narrow with the number of images.
SHARES = ["path_top1", "path_top5", "summed_top1", "summed_top5", "disagree", "right", "exact", "correct"]


def wider(before, after, path=""):
    """Intervals of shares that are wider in a table twice over, by their paths."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = {}
        for key in before:
            found |= wider(before[key], after.get(key), f"{path}.{key}")
            ends = [document.get(f"{key}_{end}") for document in (before, after) for end in ("low", "high")]
            numbers = all(isinstance(end, (int, float)) for end in ends)
            if key in SHARES and numbers and ends[3] - ends[2] > ends[1] - ends[0] + 1e-9:
                found[f"{path}.{key}"] = ends
        return found
    if isinstance(before, list) and isinstance(after, list):
        found = {}
        for place, pair in enumerate(zip(before, after)):
            found |= wider(*pair, f"{path}[{place}]")
        return found
    return {}


def interval(key):
    """Whether a key is an end of an interval."""
    return key.endswith("_low") or key.endswith("_high") or key in ("low", "high", "interval", "intervals")


def renaming(taxonomy, draw):
    """A new id for every taxon."""
    identities = [row[0] for row in taxonomy[1:]]
    numbers = list(range(len(identities)))
    draw.shuffle(numbers)
    return {identity: f"Q{number:03}" for identity, number in zip(identities, numbers)}


def renamed_taxonomy(taxonomy, names):
    """Rows with ids and parents renamed."""
    return [taxonomy[0], *[[names[row[0]], names.get(row[1], ""), *row[2:]] for row in taxonomy[1:]]]


def kingdom_added(taxonomy, columns):
    """Rows with a kingdom, a class and two species more."""
    if columns:
        return taxonomy + [["Zzzia", "", "Zzzopsida", "", "", "Zzzus", "Zzzus unus"], ["Zzzia", "", "Zzzopsida", "", "", "Zzzus", "Zzzus duo"]]
    # Beside the other kingdoms: where something stands above these, there is one root.
    top = next((row[0] for row in taxonomy[1:] if not row[1] and row[3] != "kingdom"), "")
    return taxonomy + [["Z1", top, "Zzzia", "kingdom"], ["Z2", "Z1", "Zzzopsida", "class"],
                       ["Z3", "Z2", "Zzzus unus", "species"], ["Z4", "Z2", "Zzzus duo", "species"]]


def write_table(path, table, kind):
    """A table as TSV, JSON Lines or Parquet; scores are numbers there."""
    head, *rows = table
    if kind == "tsv":
        path.write_text("".join("\t".join(row) + "\n" for row in table), encoding="utf-8")
        return
    records = [{key: cell_of(key, cell) for key, cell in zip(head, row)} for row in rows]
    if kind == "jsonl":
        path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
        return
    kinds = {key: pyarrow.float64() if key == "score" else pyarrow.string() for key in head}
    columns = [pyarrow.array([record[key] for record in records], kinds[key]) for key in head]
    pyarrow.parquet.write_table(pyarrow.table(columns, names=head), path)


def cell_of(key, cell):
    """A cell as its value; nothing where it is blank."""
    if cell == "":
        return None
    return float(cell) if key == "score" else cell


def read_rows(path):
    """Rows of a CSV."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def mirrored(document):
    """A comparison of B with A as one of A with B."""
    if "refused" in document:
        return document
    document["model_names"].reverse()
    inner = document["nearmiss"]
    inner["runs"].reverse()
    for metric in inner["metrics"]:
        for key, value in metric.items():
            if isinstance(value, list) and key != "pairs":
                value.reverse()
        for pair in metric["pairs"]:
            pair["difference"] = turned(pair["difference"])
            pair["student_t"] = turned(pair["student_t"])
            pair["wins"], pair["losses"] = pair["losses"], pair["wins"]
            if pair.get("interval"):
                low, high = pair["interval"]["low"], pair["interval"]["high"]
                pair["interval"].update(low=turned(high), high=turned(low))
    return document


def turned(value):
    """A number with the other sign."""
    return None if value is None else 0.0 - value


def equal_to_itself(document):
    """Whether a run against itself differs nowhere; else what does."""
    if "refused" in document:
        return {"all": "equal"}
    for metric in document["nearmiss"]["metrics"]:
        for pair in metric["pairs"]:
            if pair["wins"] or pair["losses"] or pair["difference"] not in (0, None) or pair["randomisation"]["p"] != 1:
                return {"all": pair}
    return {"all": "equal"}


def without_order(document):
    """A document with its per-row lists sorted and the numbers of rows left out."""
    if isinstance(document, dict):
        return {key: sorted(value) if key in PER_ROW and value else without_order(value)
                for key, value in document.items() if key not in ("left", "right")}
    if isinstance(document, list):
        return [without_order(value) for value in document]
    return document


def scores_of(report, names):
    """The numbers of a report that a comparison calls by these names."""
    found = {}
    for name in names:
        short, _, rank = name.partition(".")
        if rank:
            found[name] = next((row[short] for row in report["ranks"] if row["rank"] == rank), None)
        else:
            block = report["how_wrong"]
            found[name] = block[{"height": "mean_height", "edges": "mean_edges", "hf": "hf_mean"}.get(short, short)]
    return found


def rankings_in(latent):
    """Measures of whole rankings by rank, as `latent` has them."""
    return {row["rank"]: {"precision@1": row["ranking"]["precision_at_1"], "r-precision": row["ranking"]["r_precision"],
                          "map@r": row["ranking"]["map_at_r"], "n": row["ranking"]["n"]}
            for row in latent.get("ranks", []) if row["ranking"]}


def rankings_of(retrieval, latent):
    """The same from retrieval.json, at the ranks that `latent` has."""
    found = {rank: {} for rank in rankings_in(latent)}
    for one in retrieval.get("measured", []):
        if one["rank"] in found and one["measure"] in ("precision@1", "r-precision", "map@r"):
            found[one["rank"]][one["measure"]] = one["value"]
            found[one["rank"]]["n"] = one["n"]
    return found
