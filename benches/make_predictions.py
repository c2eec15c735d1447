"""Writes a table of predictions over a random taxonomy, for timing `nearmiss report`.

    python3 benches/make_predictions.py --images 1000000 --species 10000 DIR

One row per image with the seven ranks of truth and prediction, as Parquet (needs pyarrow and numpy).
A third of the answers are right; the others are a sister species, a cousin or anything at all.
"""

import argparse
import pathlib

import numpy
import pyarrow
import pyarrow.parquet

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--species", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("directory", type=pathlib.Path)
    arguments = parser.parse_args()
    random = numpy.random.default_rng(arguments.seed)

    # Every species number is divided again and again: 4 species a genus, 5 genera a family, ... Names
    # are unique, so that tools that compare bare names can be compared with.
    divisors = {"species": 1, "genus": 4, "family": 20, "order": 100, "class": 500, "phylum": 2_500, "kingdom": 5_000}
    truth = random.integers(0, arguments.species, arguments.images)
    reach = random.choice([1, 4, 20, 100, arguments.species], size=arguments.images, p=[0.4, 0.25, 0.15, 0.1, 0.1])
    predicted = numpy.minimum(truth // reach * reach + random.integers(0, reach), arguments.species - 1)

    columns = {"image": [f"photo_{number:07d}.jpg" for number in range(arguments.images)]}
    for side, taxa in (("truth", truth), ("predicted", predicted)):
        for rank in RANKS:
            names = numpy.array([f"{rank.capitalize()}{number}" for number in range(arguments.species // divisors[rank] + 1)])
            if rank == "species":
                names = numpy.array([f"Genus{number // 4} species{number}" for number in range(arguments.species)])
            columns[f"{side}_{rank}"] = names[taxa // divisors[rank]]
    columns["score"] = random.uniform(0.05, 1.0, arguments.images)
    arguments.directory.mkdir(parents=True, exist_ok=True)
    path = arguments.directory / f"predictions_{arguments.images}.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    print(path)


main()
