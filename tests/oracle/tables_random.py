"""Random taxonomies and tables of predictions that are hard on purpose."""

import random

# Few words, so that names repeat between branches and between ranks.
WORDS = ["Oenanthe", "Morus", "Prunella", "Iris", "Alpha", "Beta", "Béta", "Gamma", "Đelta", "Ωmega", "Zeta", "Eta"]
# Some are one word in several genders.
EPITHETS = ["albus", "alba", "niger", "nigrum", "vulgare", "fus"]
BETWEEN = ["subphylum", "suborder", "subfamily", "tribe", "subgenus"]
LADDER = ["kingdom", "phylum", "subphylum", "class", "order", "suborder", "family", "subfamily", "tribe", "genus",
          "subgenus", "species", "subspecies"]


CHOICES = {
    "tree": ["main-ranks"],
    "information": ["truths"],
    "yellow-from": ["family", "order", "species"],
    "back-off": ["0.7", "0.25"],
    "intervals": ["image", "taxon"],
}


class Case:
    """Everything that one run of the program reads: `taxonomy` and `table` are lists of rows."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        draw = self.random
        self.columns = draw.random() < 0.3
        self.taxonomy = columns_taxonomy(draw) if self.columns else parent_taxonomy(draw)
        self.table = table(self)
        self.refused = spoil(draw, self.table)
        self.options = {}
        if "site" in self.table[0]:
            self.options["group-column"] = "site"
        for name, values in CHOICES.items():
            if draw.random() < 0.15:
                self.options[name] = draw.choice(values)
        self.costs = costs(self) if draw.random() < 0.2 else []
        if self.costs:
            self.options["costs"] = "costs.csv"

    def arguments(self):
        """The options as the command line has them."""
        return [word for name, value in self.options.items() for word in (f"--{name}", value)]

    def write(self, folder):
        """Writes tax.csv and t.csv."""
        write_csv(folder / "tax.csv", self.taxonomy)
        write_csv(folder / "t.csv", self.table)
        write_csv(folder / "costs.csv", [["truth", "answer", "cost"], *self.costs])

    def rivals(self, folder):
        """Writes two or three tables of other answers to the first images of the table; gives their names."""
        images = {}
        for row in self.table[1:]:
            images.setdefault(row[0], row)
        images = list(images.values())[:16]
        names = ["a", "b", "c"][:self.random.choice([2, 2, 3])]
        labels = sorted({row[2] for row in self.table[1:]} - {""}) or [identities(self)[0][0]]
        kind = self.random.choice(["whole", "scores"])
        write_csv(folder / "tax.csv", self.taxonomy)
        for name in names:
            rows = [["image", "truth", "label", "score", *self.table[0][4:]]]
            for image in images:
                listed = answers(self.random, [image[1] or labels[0], *labels][:9], kind, False)
                if self.random.random() < 0.3:
                    listed = [(image[1], "1.0")] if image[1] else [(labels[0], "1.0")]
                seen = {}
                for label, score in listed:
                    seen.setdefault(label, score)
                if kind == "whole" and len(seen) < len(listed):
                    seen = {listed[0][0]: "1.0"}
                rows += [[image[0], image[1], label, score, *image[4:]] for label, score in seen.items()]
            write_csv(folder / f"{name}.csv", rows)
        return names


def write_csv(path, rows):
    """Rows as a CSV without more quotes than must be."""
    import csv

    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def parent_taxonomy(draw):
    """Ids with parents: homonyms, holes, ranks between, chains of single children, leaves at all depths."""
    rows = [["id", "parent", "name", "rank"]]
    names = set()

    def grow(parent, step, budget, genus=""):
        holes = draw.random()
        while step < len(LADDER) and (LADDER[step] in BETWEEN and draw.random() < 0.8 or
                                      LADDER[step] not in ("kingdom", "species") and holes < 0.25 and draw.random() < 0.3):
            step += 1
        if step >= len(LADDER):
            return
        rank = LADDER[step]
        many = draw.choice([1, 1, 2, 2, 3]) if rank != "kingdom" else draw.choice([1, 2, 2, 3])
        if rank in ("species", "subspecies"):
            many = draw.choice([1, 2, 3]) if rank == "species" else draw.choice([0, 0, 0, 1, 2])
        for _ in range(many):
            if len(rows) > budget:
                return
            name = draw.choice(WORDS)
            if rank in ("species", "subspecies"):
                # Most species are named after their genus.
                name = (genus if genus and len(rows) % 4 else name) + " " + draw.choice(EPITHETS)
            if (parent, name, rank) in names:
                continue
            names.add((parent, name, rank))
            identity = f"X{len(rows)}"
            rows.append([identity, parent, name, rank])
            if draw.random() < 0.92:
                grow(identity, step + 1, budget, name if rank == "genus" else genus)

    top = ""
    if draw.random() < 0.15:
        # A domain, or a taxon without a rank, above all kingdoms.
        rows.append(["X1", "", "Eukaryota", draw.choice(["domain", "domain", ""])])
        top = "X1"
    grow(top, 0, draw.choice([8, 20, 40, 60]))
    if draw.random() < 0.5:
        head, body = rows[0], rows[1:]
        draw.shuffle(body)
        rows = [head, *body]
    return rows


def columns_taxonomy(draw):
    """Rank columns: blanks between, rows that stop early, homonyms in two kingdoms.

    Within a kingdom a name has one parent, for the program refuses a taxonomy where it has two.
    """
    head = ["kingdom", "phylum", "class", "order", "family", "genus", "species"]
    rows = [head]
    parents = {}
    for _ in range(draw.choice([3, 8, 15, 25])):
        row = [draw.choice(["Animalia", "Plantae"])]
        for step in range(1, 7):
            below = [name for (kingdom, rank, name), (parent, _) in parents.items()
                     if kingdom == row[0] and parent == [name for name in row if name][-1] and rank == step]
            name = draw.choice(below) if below and draw.random() < 0.6 else draw.choice(WORDS) + head[step][:2]
            if step == 6:
                name = f"{draw.choice(WORDS)} {draw.choice(EPITHETS)}"
            if 0 < step < 6 and draw.random() < 0.1:
                name = ""
            row.append(name)
        if draw.random() < 0.15:
            stop = draw.randrange(1, 7)
            row[stop:] = [""] * (7 - stop)
        lineage = [(step, name) for step, name in enumerate(row) if name]
        steps = [(row[0], step, name, above) for (_, above), (step, name) in zip(lineage, lineage[1:])]
        if all(parents.get((kingdom, step, name), (above, 0))[0] == above for kingdom, step, name, above in steps):
            for kingdom, step, name, above in steps:
                parents[kingdom, step, name] = (above, 0)
            if row not in rows:
                rows.append(row)
    return rows


def identities(case):
    """The ids of all taxa, with their ranks: given ones, or lineages."""
    if not case.columns:
        return [(row[0], row[3]) for row in case.taxonomy[1:]]
    found = {}
    for row in case.taxonomy[1:]:
        lineage = []
        for rank, name in zip(case.taxonomy[0], row):
            if name:
                lineage.append(name)
                found[";".join(lineage)] = rank
    return list(found.items())


def costs(case):
    """What mistakes between some clades cost, each pair once."""
    taxa = ["root", *[identity for identity, _ in identities(case)]]
    pairs = {(case.random.choice(taxa), case.random.choice(taxa)) for _ in range(case.random.choice([1, 4, 12]))}
    return [[truth, answer, case.random.choice(["0", "0.5", "3", "10"])] for truth, answer in sorted(pairs)]


def table(case):
    """Images with ranked answers, one row per answer."""
    draw = case.random
    taxa = identities(case)
    fine = [identity for identity, rank in taxa if rank in ("species", "subspecies")] or [taxa[-1][0]]
    everything = [identity for identity, _ in taxa]
    kind = draw.choice(["whole", "whole", "whole", "scores", "logits", "none", "single"])
    mixed = draw.random() < 0.4
    labels = draw.sample(everything if mixed else fine, k=min(len(everything if mixed else fine), draw.choice([2, 5, 9])))
    strange = draw.random() < 0.4 and kind != "whole"
    observations = draw.random() < 0.3
    groups = draw.random() < 0.3
    splits = kind == "whole" and draw.random() < 0.4
    head = ["image", "truth", "label"] + (["score"] if kind != "none" else [])
    head += ["observation"] * observations + ["site"] * groups + ["split"] * splits
    rows = [head]
    for number in range(draw.choice([1, 4, 12, 30] if not splits else [12, 45])):
        truth = draw.choice(labels if draw.random() < 0.5 else everything if draw.random() < 0.3 else fine)
        if draw.random() < 0.06:
            truth = draw.choice(["", "Nobody knows", "Bogus bogus"])
        listed = answers(draw, labels, kind, strange)
        extra = [f"o{number // draw.choice([1, 2, 3])}"] * observations + [draw.choice(["a", "b", ""])] * groups
        extra += [draw.choice(["val", "Validation ", "test", "test", ""])] * splits
        for label, score in listed:
            rows.append([f"i{number:03}", truth, label] + ([score] if kind != "none" else []) + extra)
    return rows


def spoil(draw, rows):
    """Repeats a row here and there; now and then one that contradicts another, for which a table is refused.

    Gives what the message then says.
    """
    head, body = rows[0], rows[1:]
    if draw.random() < 0.15:
        rows += [list(row) for row in draw.sample(body, k=min(2, len(body))) if "score" in head]
    if draw.random() > 0.08:
        return None
    row = list(draw.choice(body))
    column = draw.choice([name for name in ("truth", "observation", "score", "site") if name in head])
    place = head.index(column)
    before = row[place]
    row[place] = {"truth": "X1" if row[place] != "X1" else "X2", "score": "0.123456789"}.get(column, row[place] + "x")
    # A blank cell gives way to another row's.
    if not row[2] or row[1] == "" or not before or column != "score" and "score" not in head:
        return None
    if column == "score" and (len(row) < 4 or not row[3]):
        return None
    rows.append(row)
    return column


def answers(draw, labels, kind, strange):
    """The answers of one image with their scores."""
    if draw.random() < 0.06:
        return [("", "")]
    if kind in ("single", "none"):
        many = 1
    else:
        many = draw.randint(1, len(labels))
    chosen = draw.sample(labels, k=many)
    if strange and draw.random() < 0.1:
        chosen[draw.randrange(len(chosen))] = "Bogus bogus"
    if kind == "whole":
        # Sixteenths add up to exactly 1, and tie often.
        if draw.random() < 0.5:
            cuts = sorted(draw.randint(0, 16) for _ in range(many - 1))
            parts = [(b - a) / 16 for a, b in zip([0, *cuts], [*cuts, 16])]
        else:
            parts = [draw.expovariate(1) for _ in range(many)]
            parts = [part / sum(parts) for part in parts]
    elif kind in ("scores", "logits"):
        parts = [round(draw.random(), draw.choice([1, 3])) * (9 if kind == "logits" else 1) for _ in range(many)]
    else:
        parts = [round(draw.random(), 2)] * many
    if kind == "whole" and draw.random() < 0.05:
        chosen[-1] = ""  # by a blank label a classifier declines to answer, with its probability
    return list(zip(chosen, map(repr, parts)))
