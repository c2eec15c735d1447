"""Writes shards of a run with vectors over as many candidates as the tree of life has species, for timing `nearmiss score`.

    python3 benches/make_whole.py --images 10000 --labels 868000 --shards 10 DIR

A taxonomy of as many species (eight a genus, five genera a family, ...) in DIR/taxonomy.csv, and run directories
DIR/run-1-of-10 and so on, as `nearmiss classify --shard` leaves them: vectors of 768 numbers, of which those of one family
share most and those of one genus more. Images lie near the vector of their species, three in ten near that of a sister. The
labels' vectors (2.5 GiB of 868 000) are one file with a name in each run. Needs pyarrow and numpy.
"""

import argparse
import json
import os
import pathlib

import numpy
import pyarrow
import pyarrow.parquet

WIDTH = 768
RANKS = [("kingdom", 200_000), ("phylum", 40_000), ("class", 4_000), ("order", 400), ("family", 40), ("genus", 8), ("species", 1)]
FAMILY, GENUS = 40, 8


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--labels", type=int, default=868_000)
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("directory", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    numbers = numpy.arange(arguments.labels)
    lineages = {rank: pyarrow.array([f"{rank[:2].title()}{number}" for number in numbers // size]) for rank, size in RANKS}
    lineages["species"] = pyarrow.array([f"Ge{number // GENUS} sp{number}" for number in numbers])
    write_taxonomy(arguments.directory / "taxonomy.csv", lineages)
    vectors = label_vectors(arguments.labels)
    first = None
    for shard in range(arguments.shards):
        run = arguments.directory / f"run-{shard + 1}-of-{arguments.shards}"
        run.mkdir(exist_ok=True)
        images = arguments.images * (shard + 1) // arguments.shards - arguments.images * shard // arguments.shards
        if first is None:
            first = run / "labels.parquet"
            write_labels(first, lineages, vectors)
        else:
            (run / "labels.parquet").unlink(missing_ok=True)
            os.link(first, run / "labels.parquet")
        write_images(run, shard, images, lineages, vectors)
        write_record(run, images, arguments.labels)
        print(run, images, flush=True)


def write_taxonomy(path, lineages):
    """The species with the ranks above them, and their numbers."""
    columns = [lineages[rank].to_pylist() for rank, _ in RANKS]
    with path.open("w", encoding="utf-8") as file:
        file.write("id," + ",".join(rank for rank, _ in RANKS) + "\n")
        for number, row in enumerate(zip(*columns)):
            file.write(f"t{number}," + ",".join(row) + "\n")


def label_vectors(count):
    """Unit vectors, the same for the same number of labels."""
    random = numpy.random.default_rng(5)
    draw = lambda rows: random.uniform(-1, 1, (rows, WIDTH)).astype(numpy.float32)
    family, genus = draw(count // FAMILY + 1), draw(count // GENUS + 1)
    vectors = numpy.empty((count, WIDTH), numpy.float32)
    for start in range(0, count, 40_000):
        rows = numpy.arange(start, min(start + 40_000, count))
        part = family[rows // FAMILY] + 0.3 * genus[rows // GENUS] + 0.15 * draw(len(rows))
        vectors[rows] = part / numpy.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def embedding(vectors):
    return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.reshape(-1)), WIDTH)


def write_labels(path, lineages, vectors):
    writer = None
    for start in range(0, len(vectors), 50_000):
        rows = slice(start, min(start + 50_000, len(vectors)))
        columns = {"taxon": pyarrow.array([f"t{number}" for number in range(rows.start, rows.stop)])}
        columns["name"] = lineages["species"][rows]
        columns["rank"] = pyarrow.array(["species"] * (rows.stop - rows.start))
        columns.update({rank: lineages[rank][rows] for rank, _ in RANKS})
        columns["prompts"] = pyarrow.array(numpy.ones(rows.stop - rows.start, numpy.uint32))
        columns["embedding"] = embedding(vectors[rows])
        table = pyarrow.table(columns)
        writer = writer or pyarrow.parquet.ParquetWriter(path, table.schema, compression="none", use_dictionary=False)
        writer.write_table(table)
    writer.close()


def write_images(run, shard, count, lineages, vectors):
    """Photographs and their best labels, the same whatever others are written."""
    random = numpy.random.default_rng([7, shard])
    truth = random.integers(0, len(vectors), count)
    sister = numpy.minimum(truth // GENUS * GENUS + random.integers(0, GENUS, count), len(vectors) - 1)
    shown = numpy.where(random.random(count) < 0.7, truth, sister)
    seen = vectors[shown] + random.uniform(-0.08, 0.08, (count, WIDTH)).astype(numpy.float32)
    seen /= numpy.linalg.norm(seen, axis=1, keepdims=True)
    names = pyarrow.array([f"{shard:03d}/{image:06d}.jpg" for image in range(count)])
    text = lambda values: pyarrow.array(values, pyarrow.string())
    images = pyarrow.table({
        "image": names,
        "truth": text([f"t{number}" for number in truth]),
        "truth_name": lineages["species"].take(pyarrow.array(truth)),
        "observation": text([None] * count),
        "split": text([None] * count),
        "status": text(["ok"] * count),
        "error": text([None] * count),
        "embedding": embedding(seen),
    })
    pyarrow.parquet.write_table(images, run / "images.parquet", compression="none")
    answered = pyarrow.array(shown)
    predictions = {"image": names, "rank": text(["species"] * count), "position": pyarrow.array(numpy.ones(count, numpy.uint32))}
    predictions["taxon"] = text([f"t{number}" for number in shown])
    predictions["name"] = lineages["species"].take(answered)
    predictions.update({rank: lineages[rank].take(answered) for rank, _ in RANKS})
    predictions["probability"] = pyarrow.array(numpy.full(count, 0.5))
    pyarrow.parquet.write_table(pyarrow.table(predictions), run / "predictions.parquet")


def write_record(run, images, labels):
    identity = {
        "model": "made", "model_files": {}, "architecture": "", "recipe": {}, "taxonomy": "taxonomy.csv", "taxonomy_sha256": "",
        "labels": labels, "label_rank": "species", "labels_sha256": "", "dataset": "", "images": images, "dataset_sha256": "",
        "k": 1, "batch": 256, "format": "parquet",
    }
    record = {
        "program": "make_whole.py", "command_line": [], "identity": identity, "device": "cpu", "counts": {"ok": images},
        "truncated_labels": [], "unusable_labels": [], "logit_scale": 100.0, "seconds": {}, "complete": True,
    }
    (run / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


main()
