"""Events and presence, naively: a random table of camera traps, and what comes of it by the definitions.

    python3 tests/parity/events_parity.py > tests/fixtures/events.json

Nothing is used but the standard library; sums and products are fractions, so that what is equal on paper is equal. The
fixture holds the table and the numbers, which a test of the library reads.
"""

import json
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

SPECIES = [
    ("Bovidae", "Bos", "Bos taurus"),
    ("Canidae", "Canis", "Canis lupus"),
    ("Canidae", "Vulpes", "Vulpes lagopus"),
    ("Canidae", "Vulpes", "Vulpes vulpes"),
    ("Cervidae", "Capreolus", "Capreolus capreolus"),
    ("Felidae", "Felis", "Felis catus"),
    ("Felidae", "Felis", "Felis silvestris"),
    ("Felidae", "Lynx", "Lynx lynx"),
]
NAMES = [names[-1] for names in SPECIES]
GAP = timedelta(minutes=10)
AGREE = Fraction(1, 2)


def table(seed=20):
    """Images of bursts of one animal, sometimes of two; some without time, some without truth."""
    chance = random.Random(seed)
    images = []
    for site, cameras in (("north", ["1", "2"]), ("south", ["1", "2"]), ("mill", ["1"]), ("river", ["1"]), ("hill", ["1", "2", "3"])):
        for camera in cameras:
            when = datetime(2021, 5, 3, 6, 0)
            for _ in range(chance.randint(5, 9)):
                when += timedelta(minutes=chance.choice([11, 40, 300]))
                animal = chance.randrange(len(NAMES))
                for _ in range(chance.randint(1, 5)):
                    when += timedelta(seconds=chance.choice([1, 30, 599, 600]))
                    shown = chance.randrange(len(NAMES)) if chance.random() < 0.04 else animal
                    images.append({
                        "site": site,
                        "camera": camera,
                        "time": "" if chance.random() < 0.04 else when.isoformat(),
                        "truth": "" if chance.random() < 0.06 else NAMES[shown],
                        "thousandths": probabilities(chance, shown),
                    })
    chance.shuffle(images)
    return images


def probabilities(chance, shown):
    """Eight whole thousandths, none of them nothing."""
    sister = min(range(len(NAMES)), key=lambda other: (other == shown, -shared(shown, other), chance.random()))
    weights = [chance.randint(1, 60) for _ in NAMES]
    weights[shown] += chance.choice([0, 100, 400])
    weights[sister] += chance.choice([0, 150, 300])
    whole = [max(1, 1000 * weight // sum(weights)) for weight in weights]
    whole[whole.index(max(whole))] += 1000 - sum(whole)
    return whole


def shared(one, other):
    return sum(a == b for a, b in zip(SPECIES[one], SPECIES[other]))


def events_of(images):
    """Images of one camera of one site, a new event where the gap to the one before is longer."""
    by_camera = defaultdict(list)
    alone = []
    for number, image in enumerate(images):
        if image["time"]:
            by_camera[image["site"], image["camera"]].append((datetime.fromisoformat(image["time"]), number))
        else:
            alone.append([number])
    events = []
    for taken in by_camera.values():
        before = None
        for when, number in sorted(taken):
            if before is None or when - before > GAP:
                events.append([])
            events[-1].append(number)
            before = when
    return events + alone


def best(image):
    return max(range(len(NAMES)), key=lambda label: (image["thousandths"][label], -label))


def answers(images, event):
    """The answer of each rule: a path of names, from the family down."""
    members = [images[number] for number in event]
    tops = [best(image) for image in members]
    sums = [sum(Fraction(image["thousandths"][label], 1000) for image in members) for label in range(len(NAMES))]
    products = []
    for label in range(len(NAMES)):
        product = Fraction(1)
        for image in members:
            product *= Fraction(image["thousandths"][label], 1000)
        products.append(product)
    first = lambda values: min(range(len(values)), key=lambda label: (-values[label], label))
    surest = min(zip(members, tops), key=lambda pair: (-pair[0]["thousandths"][pair[1]], pair[1]))[1]
    votes, weight = Counter(tops), Counter()
    for image, top in zip(members, tops):
        weight[top] += image["thousandths"][top]
    vote = min(votes, key=lambda label: (-votes[label], -weight[label], label))
    agreed = ()
    for depth in (3, 2, 1):
        held = Counter(SPECIES[top][:depth] for top in tops)
        path, count = held.most_common(1)[0]
        if count > AGREE * len(tops):
            agreed = path
            break
    return {
        "mean": SPECIES[first(sums)],
        "product": SPECIES[first(products)],
        "best": SPECIES[surest],
        "vote": SPECIES[vote],
        "agreed": agreed,
    }


def height(truth, answer):
    """Rungs from the species up to where they meet: the genus 1, the family 2, above it the root, 7."""
    same = 0
    while same < min(len(truth), len(answer)) and truth[same] == answer[same]:
        same += 1
    return {3: 0, 2: 1, 1: 2, 0: 7}[same]


def scores(pairs, places):
    """Of pairs of truth and answer."""
    heights = [height(truth, answer) for truth, answer in pairs]
    wrong = [value for value in heights if value > 0]
    by_place = defaultdict(list)
    for value, place in zip(heights, places):
        by_place[place].append(value == 0)
    at = lambda depth: sum(truth[:depth] == answer[:depth] for truth, answer in pairs) / len(pairs)
    return {
        "n": len(pairs),
        "right": 1 - len(wrong) / len(pairs),
        "mistakes": len(wrong),
        "mean_height": sum(heights) / len(pairs),
        "severity": sum(wrong) / len(wrong),
        "right_by_place": sum(sum(right) / len(right) for right in by_place.values()) / len(by_place),
        "path_top1": {"family": at(1), "genus": at(2), "species": at(3)},
    }


def path(name):
    return next(names for names in SPECIES if names[-1] == name)


def presence(units, depth):
    """Of units (site, set of true paths, answered path): lists of sites, cell by cell."""
    truth, found = defaultdict(set), defaultdict(set)
    for site, truths, answer in units:
        truth[site] |= {names[:depth] for names in truths}
        if len(answer) >= depth:
            found[site].add(answer[:depth])
    sites = sorted(truth)
    pool = set().union(*truth.values(), *found.values())
    cells = [(taxon in truth[site], taxon in found[site]) for site in sites for taxon in pool]
    both, there, seen = (sum(map(test, cells)) for test in (lambda c: c[0] and c[1], lambda c: c[0], lambda c: c[1]))
    true_richness, found_richness = ([len(lists[site]) for site in sites] for lists in (truth, found))
    mean = lambda values: sum(values) / len(values)
    a, b = ([value - mean(values) for value in values] for values in (true_richness, found_richness))
    norm = (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5
    off = [abs(sum(taxon in found[site] for site in sites) - sum(taxon in truth[site] for site in sites)) for taxon in pool]
    return {
        "n": len(units),
        "sites": len(sites),
        "taxa": len(pool),
        "taxa_true": len(set().union(*truth.values())),
        "taxa_answered": len(set().union(*found.values())),
        "richness_true": mean(true_richness),
        "richness_answered": mean(found_richness),
        "richness_bias": mean([y - x for x, y in zip(true_richness, found_richness)]),
        "richness_mae": mean([abs(y - x) for x, y in zip(true_richness, found_richness)]),
        "richness_correlation": sum(x * y for x, y in zip(a, b)) / norm if norm > 0 else None,
        "jaccard": mean([len(truth[site] & found[site]) / len(truth[site] | found[site]) for site in sites]),
        "accuracy": sum(one == other for one, other in cells) / len(cells),
        "false_positive_rate": (seen - both) / (len(cells) - there) if len(cells) > there else None,
        "false_negative_rate": (there - both) / there,
        "precision": both / seen,
        "recall": both / there,
        "false_presences": seen - both,
        "false_absences": there - both,
        "occupancy_mae": mean(off) / len(sites),
    }


def main():
    images = table()
    events = events_of(images)
    truths = [{images[number]["truth"] for number in event} - {""} for event in events]
    scored = [place for place, names in enumerate(truths) if len(names) == 1]
    ruled = [answers(images, event) for event in events]
    rules = {}
    shown = [number for place in scored for number in events[place] if images[number]["truth"]]
    rules["image"] = scores(
        [(path(images[number]["truth"]), SPECIES[best(images[number])]) for number in shown],
        [images[number]["site"] for number in shown],
    )
    for rule in ("mean", "product", "best", "vote", "agreed"):
        rules[rule] = scores(
            [(path(next(iter(truths[place]))), ruled[place][rule]) for place in scored],
            [images[events[place][0]]["site"] for place in scored],
        )
    sizes = [len(event) for event in events]
    units = {
        "image": [(image["site"], {path(image["truth"])}, SPECIES[best(image)]) for image in images if image["truth"]],
        "event": [
            (images[event[0]]["site"], {path(name) for name in truths[place]}, ruled[place]["mean"])
            for place, event in enumerate(events)
            if truths[place]
        ],
    }
    ranks = {"species": 3, "genus": 2, "family": 1}
    expected = {
        "events": {
            "images": len(images),
            "events": len(events),
            "scored": len(scored),
            "mixed": sum(len(names) > 1 for names in truths),
            "without_truth": sum(not names for names in truths),
            "single": sizes.count(1),
            "without_time": sum(not image["time"] for image in images),
            "images_mean": len(images) / len(events),
            "images_median": median(sizes),
            "images_max": max(sizes),
            "cameras": len({(image["site"], image["camera"]) for image in images}),
            "gap_seconds": GAP.total_seconds(),
            "rules": rules,
        },
        "presence": {unit: {rank: presence(of, depth) for rank, depth in ranks.items()} for unit, of in units.items()},
    }
    tree = "family,genus,species\n" + "".join(",".join(names) + "\n" for names in SPECIES)
    fixture = {"tree": tree, "species": NAMES, "gap": "10min", "expected": expected, "images": images}
    text = json.dumps(fixture, ensure_ascii=False)
    print(text.replace('{"site"', '\n{"site"').replace('"expected"', '\n"expected"'))


main()
