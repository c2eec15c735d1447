"""Two groupings of the same points: how much they say about each other."""

import math


def entropy(parts):
    """In nats, of groups by their members."""
    n = sum(parts)
    return -math.fsum(c / n * math.log(c / n) for c in parts if c)


def partition(clusters, labels):
    """How much two groupings of the same points say about each other."""
    n = len(labels)
    us, vs = sorted(set(clusters)), sorted(set(labels))
    table = [[sum(a == u and b == v for a, b in zip(clusters, labels)) for v in vs] for u in us]
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table)]
    hu, hv = entropy(rows), entropy(columns)
    cells = [(c, rows[i], columns[j]) for i, row in enumerate(table) for j, c in enumerate(row) if c]
    information = math.fsum(c / n * math.log(n * c / (a * b)) for c, a, b in cells)
    expected = expected_information(rows, columns, n)
    pairs = lambda counts: sum(math.comb(c, 2) for c in counts)
    both, first, second = pairs(c for c, _, _ in cells), pairs(rows), pairs(columns)
    chance = first * second / math.comb(n, 2) if n > 1 else 0
    top = (first + second) / 2 - chance
    return {
        "clusters": len(us),
        "nmi": information / ((hu + hv) / 2) if hu + hv > 0 else 1.0,
        "ami": (information - expected) / ((hu + hv) / 2 - expected) if abs((hu + hv) / 2 - expected) > 1e-12 else 1.0,
        "ari": (both - chance) / top if abs(top) > 1e-12 else 1.0,
        "homogeneity": information / hv if hv > 0 else 1.0,
        "completeness": information / hu if hu > 0 else 1.0,
        "fmi": both / math.sqrt(first * second) if first * second else 0.0,
        "purity": sum(max(row) for row in table) / n,
    }


def expected_information(rows, columns, n):
    """Mutual information of two groupings of these sizes by chance: hypergeometric."""
    total = 0.0
    for a in rows:
        for b in columns:
            for c in range(max(1, a + b - n), min(a, b) + 1):
                p = math.comb(b, c) * math.comb(n - b, a - c) / math.comb(n, a)
                total += p * c / n * math.log(n * c / (a * b))
    return total
