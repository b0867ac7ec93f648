"""The ends of runs of serials, and the number that each serial hashes to. Pure.

A set of serials is told by its ends: each run [first, last] gives +1 at `last + 1` and -1 at
`first`. Where two runs meet, the two cancel, so the same set has the same ends however it is cut.
Its digest is the sum over the ends of sign times F(end), modulo 2**2048, which is the sum over the
runs of F(last + 1) - F(first).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

BITS = 2048
BYTES = BITS // 8
MODULUS = 1 << BITS
DOMAIN = b"concord-digest-1"
SERIAL_BYTES = 8
HASH_BYTES = 16

type_key = "{registry}/{unit_type}".format


@dataclass(frozen=True)
class Difference:
    """Serials [first, last] that `times` more runs of the own side hold than of the other's.

    -1: the other side holds them, and the own side does not.
    """

    first: int
    last: int
    times: int

    @property
    def quantity(self):
        return self.last - self.first + 1


class Points:
    """F for one unit type, named by its registry's code and its own: `CN-ETR/CEA`."""

    def __init__(self, key: str):
        self._begun = hashlib.shake_256(DOMAIN + b"\0" + key.encode() + b"\0")

    def at(self, serial: int) -> int:
        """F(serial): SHAKE-256 of the unit type and the serial, read as 2048 bits, big-endian."""
        made = self._begun.copy()
        made.update(serial.to_bytes(SERIAL_BYTES, "big"))
        return int.from_bytes(made.digest(BYTES), "big")

    def total(self, ends: dict[int, int]) -> int:
        """The digest of a set by its ends."""
        return sum(sign * self.at(serial) for serial, sign in ends.items()) % MODULUS


def ends_of(runs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """serial -> sign, of runs [first, last]; where runs meet there is no end."""
    ends = Counter()
    for first, last in runs:
        ends[last + 1] += 1
        ends[first] -= 1
    return {serial: sign for serial, sign in ends.items() if sign}


def written(total: int) -> bytes:
    """A digest as its 256 bytes, big-endian."""
    return total.to_bytes(BYTES, "big")


def short(total: int) -> bytes:
    """What stands for a digest in a message: the first 16 bytes of its SHA-256."""
    return hashlib.sha256(written(total)).digest()[:HASH_BYTES]


def differences(own: dict[int, int], other: dict[int, int]) -> list[Difference]:
    """The ranges by which two sets differ, from the ends of both: exact, and merged."""
    changes = Counter(own)
    changes.subtract(other)
    found, held, since = [], 0, 0
    for serial in sorted(serial for serial, sign in changes.items() if sign):
        if held:
            found.append(Difference(since, serial - 1, held))
        held -= changes[serial]
        since = serial
    return found
