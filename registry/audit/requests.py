"""Requests that others decide, recounted from their decisions.

Written for the audit: nothing here is shared with what asks, decides and carries out.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import rfc8785

Violation = tuple[str, str, str, dict]
REQUEST = "registry_governancerequest"
DECISION = "registry_governancedecision"


def recounted(requests: Iterator[tuple], decisions: Iterator[tuple]) -> Iterator[Violation]:
    """What is wrong with requests and with decisions, given their rows by number of request."""
    groups = groupby(decisions, key=lambda row: row[0])
    group = next(groups, None)
    for request in requests:
        while group is not None and group[0] < request[0]:
            yield from _of_no_request(group)
            group = next(groups, None)
        own = []
        if group is not None and group[0] == request[0]:
            own = list(group[1])
            group = next(groups, None)
        yield from _request(request, own)
    while group is not None:
        yield from _of_no_request(group)
        group = next(groups, None)


def _of_no_request(group):
    number, rows = group
    for _request, decision, *_rest in rows:
        yield "no_request", DECISION, str(decision), {"request": str(number)}


def _request(request, decisions):
    number, status, needed, asker, requested_at, closed_at, digest, document, stopper = request
    if hashlib.sha256(rfc8785.dumps(document)).digest() != bytes(digest):
        yield "hash", REQUEST, str(number), {}
    seen = Counter()
    for _number, decision, person, _approved, said, at in decisions:
        where = DECISION, str(decision), {"request": str(number), "person": str(person)}
        seen[person] += 1
        if person == asker:
            yield "own", *where
        if person == stopper:
            yield "stopper", *where
        if seen[person] > 1:
            yield "twice", *where
        if bytes(said) != bytes(digest):
            yield "payload", *where
        if at < requested_at or (closed_at is not None and at > closed_at):
            yield "time", *where
    approved = sum(row[3] for row in decisions)
    rejected = len(decisions) - approved
    counts = {"status": status, "approved": str(approved), "needed": str(needed)}
    told = {
        "approved": approved >= needed and not rejected,
        "rejected": rejected > 0,
        "withdrawn": approved < needed and not rejected,
        "waiting": approved < needed and not rejected,
    }
    if not told[status]:
        yield "status", REQUEST, str(number), counts
