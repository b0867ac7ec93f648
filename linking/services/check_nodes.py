"""Compare the books of several nodes from outside, by keys that only read.

No node's own word is taken for it: what both sides hold is read as their APIs tell it. Readings of
two nodes are not of one moment, so what differs is read again, and only what differs every time,
and is not on its way by the transfers of both, is told.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

from linking.digests.points import Difference, differences, ends_of
from linking.outside import Outside
from linking.ranges import without
from registry.errors import DomainError

from .check_network import Compared

ROUNDS = 4
CONVERTED, MIRRORED = "issue_and_cancel", "escrow_mirror"


@dataclass(frozen=True)
class Pair:
    """A registry with its unit type, a partner, and the nodes that keep the two."""

    home: Outside
    registry: str
    unit_type: str
    account: str | None
    abroad: Outside
    partner: str
    is_known_abroad: bool

    def at_home(self):
        """What home books with the partner."""
        return (
            self.home.held(account=self.account, unit_type=self.unit_type) if self.account else []
        )

    def held_abroad(self):
        if not self.is_known_abroad:
            return []
        return self.abroad.held(registry=self.partner, unit_type=self.unit_type)


def check_nodes(secrets: dict[str, str], *, pause: Callable[[], None]) -> list[Compared]:
    """What the books of these nodes say of each other; `secrets` are keys by address.

    A node that can not be read is told as a failure, and the others are compared.
    """
    keepers, failed = {}, []
    for url, secret in secrets.items():
        node = Outside(url, secret)
        try:
            keepers |= dict.fromkeys(node.hosted(), node)
        except DomainError as error:
            failed.append(_failed(node, error))
    return failed + [
        row
        for (registry, home), (partner, abroad) in permutations(keepers.items(), 2)
        for row in _between(home, registry, abroad, partner, pause)
    ]


def _between(home, registry, abroad, partner, pause):
    try:
        return [
            _compared(pair, pause)
            for pair in _pairs(home, registry, abroad, partner)
            if pair.at_home() or pair.held_abroad()
        ]
    except DomainError as error:
        return [_failed(home, error)]


def _compared(pair, pause):
    said = [[str(each.first), str(each.last), each.times] for each in _lasting(pair, pause)]
    result = "differs" if said else "agreed"
    return Compared(pair.home.url, pair.registry, pair.unit_type, pair.partner, result, said)


def _failed(node, error):
    return Compared(node.url, "–", "–", "–", ", ".join(sorted(error.codes)), [])


def _pairs(home, registry, abroad, partner) -> Iterator[Pair]:
    account = home.partner_account(registry, partner)
    known = set(abroad.unit_types(registry))
    for code in home.unit_types(registry):
        yield Pair(home, registry, code, account, abroad, partner, code in known)


def _lasting(pair, pause) -> list[Difference]:
    """What differs in every one of several readings."""
    lasting = _differing(pair)
    for _round in range(ROUNDS - 1):
        if not lasting:
            return []
        pause()
        lasting = _in_both(lasting, _differing(pair))
    return lasting


def _differing(pair):
    """By one reading; what is on its way is asked about only where it matters."""
    expected, there = Counter(ends_of(pair.at_home())), ends_of(pair.held_abroad())
    if expected != there:
        for run in _not_abroad(pair):
            expected.subtract(ends_of([run]))
    return differences(expected, there)


def _not_abroad(pair):
    """Runs that home books with the partner and that are not held there: sent and not taken in,
    given up there and not come home, or kept there as mirrors."""
    ways = (
        (pair.registry, pair.home, pair.abroad),
        (pair.partner, pair.abroad, pair.home),
    )
    for sender, source, other in ways:
        ended = {row["transfer"] for row in other.transfers("completed")}
        for row in [*source.transfers("accepted"), *source.transfers("committed")]:
            is_sent = row["sender"] == sender and row["transfer"] not in ended
            if is_sent and _is_of(row, pair):
                yield from _moved(source, row, pair)
    for row in pair.home.transfers("completed"):
        if row["method"] == MIRRORED and _is_of(row, pair):
            yield from _moved(pair.home, row, pair)


def _is_of(row, pair):
    ends = {row["sender"], row["receiver"]}
    return (
        row["unit_type"] == pair.unit_type
        and ends == {pair.registry, pair.partner}
        and row["method"] != CONVERTED
    )


def _moved(source, row, pair):
    """The runs that have left; none where the node keeps the other half only."""
    transaction = row["source_transaction"]
    return source.moved(transaction, pair.unit_type) if transaction else []


def _in_both(one, other):
    """The ranges that differ in the same way in both readings."""
    found = []
    for times in sorted({each.times for each in one}):
        before = [(each.first, each.last) for each in one if each.times == times]
        now = [(each.first, each.last) for each in other if each.times == times]
        both = without(before, without(before, now))
        found += [Difference(first, last, times) for first, last in both]
    return sorted(found, key=lambda each: each.first)
