"""The taxonomy: a tree under a root that stands for everything."""

import csv
import functools

MAIN_RANKS = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]

# All ranks that the generators write, from the coarsest to the finest.
RANKS = [
    "domain", "kingdom", "subkingdom", "phylum", "subphylum", "class", "subclass", "order",
    "suborder", "family", "subfamily", "tribe", "genus", "subgenus", "species", "subspecies",
    "variety", "form",
]

ROOT = 0


class Taxonomy:
    """Taxa by number; 0 is the root, the others stand in the order of the tree.

    The order of the tree is the one that the definitions break ties by: the root first, then
    every taxon before its children, siblings by name, rank and id.
    """

    def __init__(self, rows):
        """`rows` are (id, parent id or "", name, rank); the order of rows does not matter."""
        by_id = {row[0]: row for row in rows}
        below = {}
        for identity, parent, _, _ in rows:
            below.setdefault(parent if parent in by_id else "", []).append(identity)

        def place(identity):
            _, _, name, rank = by_id[identity]
            return (name.encode(), rank_place(rank), identity.encode())

        self.id = ["root"]
        self.name = ["root"]
        self.rank = [""]
        self.parent = [ROOT]

        def walk(identity, parent):
            number = len(self.id)
            self.id.append(identity)
            self.name.append(by_id[identity][2])
            self.rank.append(by_id[identity][3])
            self.parent.append(parent)
            for child in sorted(below.get(identity, []), key=place):
                walk(child, number)

        for top in sorted(below.get("", []), key=place):
            walk(top, ROOT)

        self.children = [[] for _ in self.id]
        for taxon in self.taxa():
            self.children[self.parent[taxon]].append(taxon)
        self.has_ranks = any(rank in RANKS for rank in self.rank[1:])

    def taxa(self):
        """All taxa but the root."""
        return range(1, len(self.id))

    @functools.cache
    def lineage(self, taxon):
        """From the root down to the taxon, both included."""
        if taxon == ROOT:
            return (ROOT,)
        return self.lineage(self.parent[taxon]) + (taxon,)

    @functools.cache
    def contains(self, above, taxon):
        """Whether `above` is the taxon or one of its ancestors."""
        return above in self.lineage(taxon)

    @functools.cache
    def lca(self, first, second):
        """The lowest common ancestor."""
        return [taxon for taxon in self.lineage(first) if self.contains(taxon, second)][-1]

    @functools.cache
    def at(self, taxon, rank):
        """The taxon or its ancestor at a rank; None where its lineage has none."""
        found = [above for above in self.lineage(taxon) if above != ROOT and self.rank[above] == rank]
        return found[-1] if found else None

    def depth(self, taxon, tree="full"):
        """Steps from the root: every taxon, or only those of main ranks."""
        steps = self.lineage(taxon)[1:]
        if tree == "main-ranks":
            steps = [above for above in steps if self.rank[above] in MAIN_RANKS]
        return len(steps)

    @functools.cache
    def rung(self, taxon):
        """Species 0, genus 1, ... kingdom 6, root 7; a rank between takes the next above it."""
        if taxon == ROOT:
            return 7
        rank = self.rank[taxon]
        if rank not in RANKS:
            return self.rung(self.parent[taxon])
        coarser = [main for main in MAIN_RANKS if RANKS.index(main) <= RANKS.index(rank)]
        return 6 - MAIN_RANKS.index(coarser[-1]) if coarser else 7

    def step(self, taxon):
        """What heights are counted in: rungs, or in a tree without ranks edges (fewer further up is more)."""
        return self.rung(taxon) if self.has_ranks else -self.depth(taxon)


class Met:
    """The part of the taxonomy that a run is about: taxa that are true or were answered, and all above them."""

    def __init__(self, taxonomy, taxa):
        self.taxa = {above for taxon in [ROOT, *taxa] for above in taxonomy.lineage(taxon)}
        inner = {taxonomy.parent[taxon] for taxon in self.taxa if taxon != ROOT}
        self.tips = [taxon for taxon in self.taxa if taxon not in inner]
        self.children = {taxon: [child for child in taxonomy.children[taxon] if child in self.taxa] for taxon in self.taxa}
        self.tips_below = {taxon: sum(taxonomy.contains(taxon, tip) for tip in self.tips) for taxon in self.taxa}


def rank_place(rank):
    """Coarser ranks first; what is no rank comes last."""
    return RANKS.index(rank) if rank in RANKS else len(RANKS)


def read(path):
    """A CSV of id, parent, name, rank, or one of rank columns."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if "parent" in rows[0]:
        return Taxonomy([(row["id"], row["parent"], row["name"], row["rank"]) for row in rows])
    return Taxonomy(from_columns(rows))


def from_columns(rows):
    """A taxon is its lineage of names; blank ranks are left out of it."""
    taxa = {}
    for row in rows:
        lineage = []
        for rank, name in row.items():
            if rank not in RANKS or not name:
                continue
            parent = ";".join(lineage)
            lineage.append(name)
            taxa[";".join(lineage)] = (parent, name, rank)
    return [(identity, *rest) for identity, rest in taxa.items()]
