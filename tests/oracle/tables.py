"""Tables of predictions: images with their truths and ranked answers."""

import csv
import math
from dataclasses import dataclass, field

from mathematics import level
from taxonomy import ROOT

# What stands in the place of a taxon.
BLANK = "blank"
UNKNOWN = "unknown"


@dataclass(eq=False)
class Image:
    """One image: its truth (a taxon, BLANK or UNKNOWN) and its answers, best first."""

    name: str
    truth: object
    answers: list = field(default_factory=list)  # (taxon, BLANK or UNKNOWN; score or None)
    listed: list = field(default_factory=list)  # all labels of the table, those of probability 0 among them
    observation: str = ""
    split: str = ""
    every: list = None  # the whole distribution, where more than the answers is known of it
    unreadable: bool = False
    scores_are_probabilities: bool = True
    by: str = "observation"  # what images belong together by
    groups: dict = field(default_factory=dict)
    energy: float = None  # minus the logarithm of the sum of the exponentials of its logits, where there are any
    vector: object = None
    nearest: float = None  # its distance to the nearest training image, where novelty looks for it

    @property
    def cluster(self):
        """What an image belongs to for intervals: its observation or taxon, or itself alone."""
        if self.by == "taxon":
            return ("taxon", self.truth)
        if self.by == "observation" and self.observation:
            return ("observation", self.observation)
        return ("image", self.name)

    @property
    def masses(self):
        """Labels with their probabilities, as many as are known."""
        if self.every is not None:
            return self.every
        # To decline is to answer the root.
        return [(ROOT if label == BLANK else label, score) for label, score in self.answers]

    def shared_best(self):
        """The labels, as taxa, that share the best score; without scores the first alone."""
        if not self.answers or self.answers[0][1] is None:
            return [self.best()]
        return [scored(label) for label, score in self.answers if score is not None and level(score) == level(self.answers[0][1])]

    def best(self):
        """The best answer as a taxon; the root where there is none or it is no taxon."""
        return scored(self.answers[0][0]) if self.answers else ROOT


def scored(answer):
    """The taxon that an answer is scored as."""
    return ROOT if answer in (BLANK, UNKNOWN) else answer


def resolve(taxonomy, cell):
    """A cell is an id, or a name that stands for one taxon."""
    if not cell:
        return BLANK
    for taxon in taxonomy.taxa():
        if taxonomy.id[taxon] == cell:
            return taxon
    named = [taxon for taxon in taxonomy.taxa() if taxonomy.name[taxon] == cell]
    return named[0] if len(named) == 1 else UNKNOWN


def read(path, taxonomy, options=None):
    """Images in the order of their first rows, and whether scores are probabilities.

    Answers are ordered by score, the largest first; equal scores by the order of the taxonomy,
    names that are no taxa after those that are, empty answers last. Answers without a score come
    after those with one, and keep the order of the table.
    """
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    options = options or {}
    group_columns = [options["group-column"]] if "group-column" in options else []
    images, seen = {}, {}
    label = "label" if "label" in rows[0] else "predicted"
    for row in rows:
        image = images.get(row["image"])
        if image is None:
            image = images[row["image"]] = Image(row["image"], resolve(taxonomy, row["truth"]))
            image.observation = row.get("observation", "")
            image.by = options.get("intervals", "observation")
            image.groups = {column: row.get(column, "") for column in group_columns}
        score = row.get("score")
        answer = (resolve(taxonomy, row[label]), float(score) if score else None)
        # Rows of one image that repeat a label and its score count once; unknown names are told apart by their text.
        if (row[label], score) not in seen.setdefault(row["image"], set()):
            image.answers.append(answer)
        seen[row["image"]].add((row[label], score))
    scores = [score for image in images.values() for _, score in image.answers if score is not None]
    probabilities = bool(scores) and all(0 <= score <= 1 + 1e-6 for score in scores)
    silent = all(score == 0 for score in scores)
    for image in images.values():
        # An empty cell is no answer, but one with a score: by that the classifier declines to answer.
        image.listed = [label for label, score in image.answers if label != BLANK or score is not None]
        # A probability of 0 is no answer, unless all are 0.
        image.answers = [(label, None if silent else score) for label, score in image.answers
                         if (label != BLANK or score is not None) and (silent or not probabilities or score != 0)]
        image.answers.sort(key=place)
    if not probabilities or silent:
        for image in images.values():
            image.scores_are_probabilities = False
    return list(images.values()), probabilities and not silent


def place(answer):
    """Where an answer stands in its list."""
    label, score = answer
    if score is None:
        return (1, 0, 0, 0)
    kind = 2 if label == BLANK else 1 if label == UNKNOWN else 0
    return (0, -level(score), kind, label if kind == 0 else 0)


def summable(images, probabilities):
    """Whether the listed answers of every image add up to 1; names that are no taxa count as well."""
    lists = [image.answers for image in images if image.answers]
    if not probabilities or any(score is None for answers in lists for _, score in answers):
        return False
    return all(abs(math.fsum(score for _, score in answers) - 1) <= TOLERANCE for answers in lists)


def whole(images, probabilities):
    """Whether they are whole distributions over taxa; one answer per image is none."""
    named = all(label != UNKNOWN for image in images for label, _ in image.answers)
    several = any(len(image.listed) > 1 for image in images)
    return named and several and summable(images, probabilities)


# How far the probabilities of an image may add up from 1.
TOLERANCE = 1e-3


def enough(images, k, everything=None):
    """Whether the lists say who is among the first k: each has k labels or all that there are, or its
    probabilities add up to 1, or is of an image without an answer; and one has several."""
    def one(image):
        scores = [score for _, score in image.answers]
        whole = None not in scores and image.scores_are_probabilities and abs(math.fsum(scores) - 1) <= 1e-3
        length = len(image.listed)
        return not image.answers or length >= k or whole or everything is not None and length >= everything

    return max((len(image.listed) for image in images), default=0) >= 2 and all(map(one, images))
