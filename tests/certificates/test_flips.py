"""One bit, or one character, anywhere: the document is refused, and the reason has a name."""

from dataclasses import replace

import pytest

from registry import canonical
from registry.certificates import findings, verification
from tests.certificates.papers import (
    Signer,
    a_receipt,
    certificate,
    five_leaves,
    holding_proof,
    keys,
    of_the_node,
)


def papers():
    issuer, node, log = Signer(), of_the_node(), of_the_node("log")
    known = keys(issuer, node, log)
    made = {
        "certificate": certificate(issuer),
        "receipt": a_receipt(node),
        "holding": holding_proof(node, five_leaves(log)),
        "holding not logged yet": holding_proof(node),
    }
    for name, document in made.items():
        yield pytest.param(canonical.encode(document), known, id=name)


each_paper = pytest.mark.parametrize(("data", "known"), list(papers()))


def refused(data, known):
    """The findings; each is of the table."""
    found = verification.verify(data, known).findings
    assert all(finding.code in findings.TEXTS for finding in found)
    return found


@each_paper
def test_every_bit_counts(data, known):
    """Each bit of each byte, one at a time."""
    assert not refused(data, known)
    for place in range(len(data)):
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[place] ^= 1 << bit
            assert refused(bytes(spoilt), known), (place, bit)


@each_paper
def test_every_character_counts(data, known):
    """Each character replaced by some of those that could pass for it, left out, or doubled."""
    for place in range(len(data)):
        before, character, after = data[:place], data[place : place + 1], data[place + 1 :]
        for other in (b"0", b"1", b"A", b"a", b" ", b'"', b"\n", b"\\", b"", character * 2):
            if other != character:
                assert refused(before + other + after, known), (place, other)


@each_paper
def test_every_bit_of_a_key_counts(data, known):
    """No other key verifies in the place of one that signed; see also test_key_list."""
    signers = [key_id for key_id in known if refused(data, without(known, key_id))]
    assert signers
    for key_id in signers:
        key = known[key_id]
        for place in range(32):
            spoilt = bytearray(key.public_key)
            spoilt[place] ^= 1
            other = replace(key, public_key=bytes(spoilt))
            assert refused(data, {**known, key_id: other}), (key.purpose, place)


def without(known, key_id):
    return {name: key for name, key in known.items() if name != key_id}
