"""Answers the queries by which nodes compare books: docs/reconciliation.md, for partner.py.

A set of serials is told by its ends: +1 at the serial after each run, -1 at its first. Its digest
is the sum of sign times F(end), modulo 2^2048, however the runs are cut.
"""

import hashlib

from partner_wire import Refused, b64url, sha256

MODULUS, BYTES = 1 << 2048, 256


def runs_of(serials) -> list:
    """[first, last] of each run, from the lowest up."""
    runs = []
    for serial in sorted(serials):
        if runs and runs[-1][1] == serial - 1:
            runs[-1][1] = serial
        else:
            runs.append([serial, serial])
    return runs


def ends_of(runs) -> dict:
    return {serial: sign for first, last in runs for serial, sign in ((first, -1), (last + 1, 1))}


def total(key, ends) -> int:
    """The digest of ends; `key` is the code of the home registry and that of the unit type."""
    begun = b"concord-digest-1\0" + key.encode() + b"\0"
    points = (
        sign * int.from_bytes(hashlib.shake_256(begun + s.to_bytes(8, "big")).digest(BYTES), "big")
        for s, sign in ends.items()
    )
    return sum(points) % MODULUS


def within(ends, level, number) -> dict:
    """The ends in a node of the grid: 16^level serials from number * 16^level on."""
    return {serial: sign for serial, sign in ends.items() if serial >> 4 * level == number}


def children(key, ends, level, number) -> list:
    """[number, ends, hash] of the nodes below that are not empty."""
    below = level - 4 if level > 8 else level - 1
    listed = []
    for child in sorted({serial >> 4 * below for serial in within(ends, level, number)}):
        inside = within(ends, below, child)
        found = total(key, inside)
        if found:
            short = hashlib.sha256(found.to_bytes(BYTES, "big")).digest()[:16]
            listed.append([str(child), str(len(inside)), b64url(short)])
    return listed


class Books:
    """What a partner answers about units of the one who asks: `accounts` are its serials, `halves`
    its transfers, `postings` its position."""

    def held(self, unit_type) -> set:
        """The serials of a type that are here: in accounts, or marked and not gone yet."""
        marked = (half.units for half in self.halves.values()
                  if (half.role, half.state) == ("source", "asked"))  # fmt: skip
        every = set().union(*self.accounts.values(), *marked)
        return {serial for of, serial in every if of == unit_type}

    def answer_held(self, sender, _asked) -> dict:
        """The unit types that are here and not of this registry, as of each that the sender has."""
        every = {of for units in self.accounts.values() for of, _serial in units}
        every -= {of for of, _first, _last in self.issued}
        homes = [each["code"] for each in self.peers[sender]["registries"]]
        named = [(home, unit_type) for home in homes for unit_type in sorted(every)]
        return {
            "held": [
                {"home": home, "partner": self.registry, "unit_type": unit_type}
                for home, unit_type in named
            ]
        }

    def answer_digests(self, sender, asked) -> dict:
        """All that is kept of a unit type, as of now; the view is kept, for the next questions."""
        runs = runs_of(self.held(asked["unit_type"]))
        self.views[self.postings, asked["unit_type"]] = runs
        digest = total(f"{asked['home']}/{asked['unit_type']}", ends_of(runs))
        returning = [
            {
                "transfer": transfer,
                "blocks": [[block["first"], block["last"]] for block in half.propose["blocks"]],
            }
            for transfer, half in self.halves.items()
            if (half.role, half.state, half.peer) == ("source", "committed", sender)
            and half.propose["method"] == "repatriation"
            and half.propose["unit_type"] == asked["unit_type"]
        ]
        return {
            "position": str(self.postings),
            "digest": sha256(digest.to_bytes(BYTES, "big")),
            "units": str(sum(last - first + 1 for first, last in runs)),
            "returning": returning,
        }

    def answer_posted(self, sender, asked) -> dict:
        """Those of the transfers that were posted at a position, out or in."""
        halves = ((name, self.halves.get(name)) for name in asked["transfers"])
        at = int(asked["position"])
        return {
            "transfers": [
                name
                for name, half in halves
                if half and half.peer == sender and half.posting and half.posting <= at
            ]
        }

    def answer_ranges(self, _sender, asked) -> dict:
        """Digests of the children of some nodes, and the ends in others."""
        runs = self.views.get((int(asked["position"]), asked["unit_type"]))
        if runs is None:
            raise Refused(422, "POSITION_NOT_KEPT")
        key, ends = f"{asked['home']}/{asked['unit_type']}", ends_of(runs)
        question = asked["question"]
        said = {
            "children": [
                children(key, ends, level, int(number)) for level, number in question["children"]
            ],
            "ends": [
                [[str(serial), sign] for serial, sign in sorted(within(ends, *node).items())]
                for node in ((level, int(number)) for level, number in question["ends"])
            ],
        }
        return {"answer": said}

    def answer_differences(self, sender, asked) -> dict:
        """What the one who asks does not book here: for people."""
        self.cases.append((sender, asked["unit_type"], asked["blocks"]))
        return {"cases": [str(len(self.cases))]}
