"""Counters when an amendment changes the parts of a tonne that an edge counts in.

What is used stays the same number of tonnes, rounded up to a part; what is extra is rounded down.
"""

from linking.edges.edge import read
from linking.selectors.limits import scale_of
from registry import limits


def scales_in_force(version) -> dict:
    """The parts of a tonne by the pool of each own quota, as the version in force counts."""
    if version is None:
        return {}
    found = {}
    for row in version.edges.all():
        edge = read(row.document)
        for number, quota in enumerate(edge.quotas):
            found[f"link:{edge.edge_id}:{number}"] = scale_of(edge, quota)
    return found


def restate(old: dict, new: dict) -> None:
    """Brings counters from the old parts to the new ones, pool by pool.

    Call it inside the database transaction in which the amendment comes into force.
    """
    for pool, scale in new.items():
        before = old.get(pool, scale)
        if before != scale:
            limits.restate(pool, before, scale)
