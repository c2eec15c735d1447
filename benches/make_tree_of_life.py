"""Writes answers as a classifier of the whole tree of life would give them, for timing `nearmiss report` on many files.

    python3 benches/make_tree_of_life.py --rows 214000000 --files 100 --species 868000 DIR

A taxonomy of as many species (eight a genus, five genera a family, ...) in DIR/taxonomy.csv, and DIR/part-000.parquet and so
on: image, truth, predicted, score. Few species are photographed often and most seldom, as it is (the square of a uniform
number says which). Seven answers in ten are right; two in ten are one of two sisters in the genus, one of twelve a cousin in
the family, and the rest one of a thousand species that attract what is unlike them. Needs pyarrow and numpy. --only FROM:TO
writes some of the files, where the disk does not hold all at once.
"""

import argparse
import pathlib

import numpy
import pyarrow
import pyarrow.parquet

GENUS, FAMILY, ORDER, CLASS, PHYLUM, KINGDOM = 8, 40, 400, 4_000, 40_000, 200_000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=214_000_000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--species", type=int, default=868_000)
    parser.add_argument("--only", default="", help="FROM:TO, the numbers of the files to write")
    parser.add_argument("directory", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    names = [f"Genus{number // GENUS} species{number}" for number in range(arguments.species)]
    write_taxonomy(arguments.directory / "taxonomy.csv", names)
    first, last = (int(word) for word in arguments.only.split(":")) if arguments.only else (0, arguments.files)
    for number in range(first, last):
        rows = arguments.rows * (number + 1) // arguments.files - arguments.rows * number // arguments.files
        write_part(arguments.directory / f"part-{number:03d}.parquet", number, rows, pyarrow.array(names))


def write_taxonomy(path, names):
    """The species with the ranks above them."""
    with path.open("w", encoding="utf-8") as file:
        file.write("kingdom,phylum,class,order,family,genus,species\n")
        for number, name in enumerate(names):
            above = [(KINGDOM, "Kingdom"), (PHYLUM, "Phylum"), (CLASS, "Class"), (ORDER, "Order"), (FAMILY, "Family")]
            steps = [f"{rank}{number // size}" for size, rank in above]
            file.write(",".join([*steps, f"Genus{number // GENUS}", name]) + "\n")


def write_part(path, number, rows, names):
    """One file, the same whatever others are written."""
    species = len(names)
    random = numpy.random.default_rng([7, number])
    truth = (random.random(rows) ** 2 * species).astype(numpy.int64)
    genus, family = truth // GENUS * GENUS, truth // FAMILY * FAMILY
    sister = genus + (truth - genus + random.integers(1, 3, rows)) % GENUS
    cousin = family + (truth - family + GENUS) % FAMILY
    stranger = random.integers(0, 1_000, rows) * (species // 1_000)
    kind = random.choice(4, size=rows, p=[0.7, 0.2, 0.09, 0.01])
    predicted = numpy.minimum(numpy.choose(kind, [truth, sister, cousin, stranger]), species - 1)
    # Strangers are met by few of the species: those that are photographed often.
    predicted = numpy.where((kind == 3) & (truth > species // 5), truth, predicted)
    start = number * 10_000_000
    images = pyarrow.array(numpy.char.add(f"{number:03d}/", numpy.arange(start, start + rows).astype("U12")))
    dictionary = lambda taxa: pyarrow.DictionaryArray.from_arrays(pyarrow.array(taxa.astype(numpy.int32)), names)
    score = pyarrow.array(random.integers(50, 1_000, rows) / 1_000)
    table = pyarrow.table({"image": images, "truth": dictionary(truth), "predicted": dictionary(predicted), "score": score})
    pyarrow.parquet.write_table(table, path, row_group_size=1_000_000, compression="zstd")
    print(path, rows, flush=True)


main()
