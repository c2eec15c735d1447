"""Two trees of numbers held against each other, leaf by leaf."""

import fnmatch
import math

TOLERANCE = 1e-9


def compare(theirs, ours, exempt=(), path=""):
    """Yields (path, theirs, ours, whether they agree) for every leaf of `theirs` and of `ours`.

    A leaf of the program without a counterpart here disagrees, unless a pattern of `exempt` names it.
    """
    if ours is MISSING and path.endswith(("_low", "_high", "no_interval", ".interval")):
        return  # `intervals.checks` holds those against their values
    if isinstance(ours, Open) or any(fnmatch.fnmatchcase(path, pattern) for pattern in exempt):
        return
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in {**theirs, **ours}:
            yield from compare(theirs.get(key, MISSING), ours.get(key, MISSING), exempt, f"{path}.{key}".lstrip("."))
    elif isinstance(theirs, list) and isinstance(ours, list):
        theirs, ours = aligned(theirs, ours)
        for i in range(max(len(theirs), len(ours))):
            left = theirs[i] if i < len(theirs) else MISSING
            right = ours[i] if i < len(ours) else MISSING
            yield from compare(left, right, exempt, f"{path}[{label(left, right, i)}]")
    else:
        yield path, theirs, ours, equal(theirs, ours)


class Open:
    """A value that the definition leaves open here, and why."""

    def __init__(self, reason):
        self.reason = reason


class AnyOf:
    """A value that may be any of some equals."""

    def __init__(self, values):
        self.values = values

    def __repr__(self):
        return f"any of {self.values}"


class Around:
    """A number that chance has a part in: equal within an error."""

    def __init__(self, value, error):
        self.value = value
        self.error = error

    def __repr__(self):
        return f"about {self.value} +- {self.error}"


def aligned(theirs, ours):
    """Rows with names in one order."""
    named = all(isinstance(row, dict) and isinstance(row.get("name"), str) for row in theirs + ours)
    if not named:
        return theirs, ours
    names = list(dict.fromkeys(row["name"] for row in theirs + ours))
    by_name = [{row["name"]: row for row in rows} for rows in (theirs, ours)]
    return tuple([rows.get(name, MISSING) for name in names] for rows in by_name)


class Missing:
    """A value that one side does not have."""

    def __repr__(self):
        return "(missing)"


MISSING = Missing()


def label(left, right, i):
    """What a row of a list is called in messages: its rank or name where it has one."""
    for row in (left, right):
        for key in ("rank", "name"):
            if isinstance(row, dict) and isinstance(row.get(key), str):
                return row[key]
    return i


def equal(theirs, ours):
    """Whether two leaves agree; numbers to a relative and absolute tolerance."""
    if isinstance(ours, AnyOf):
        return theirs in ours.values
    if isinstance(ours, Around):
        return isinstance(theirs, (int, float)) and abs(theirs - ours.value) <= ours.error
    if ours is MISSING and theirs is None or theirs is MISSING and ours is None:
        return True
    if isinstance(theirs, bool) or isinstance(ours, bool):
        return theirs is ours
    if isinstance(theirs, (int, float)) and isinstance(ours, (int, float)):
        return math.isclose(theirs, ours, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return theirs == ours
