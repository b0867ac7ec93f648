"""One bit, or one character, anywhere: the document is refused, and the reason has a name."""

import pytest

from registry import canonical
from registry.certificates import findings, verification
from tests.certificates.papers import Signer, a_receipt, certificate, keys, of_the_node


def papers():
    issuer, node = Signer(), of_the_node()
    yield pytest.param(canonical.encode(certificate(issuer)), keys(issuer, node), id="certificate")
    yield pytest.param(canonical.encode(a_receipt(node)), keys(issuer, node), id="receipt")


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
def test_every_bit_of_the_key_counts(data, known):
    """A list of keys with another key under the same id is no list; see also test_key_list."""
    verdicts = []
    for key_id, key in known.items():
        for place in range(32):
            spoilt = bytearray(key.public_key)
            spoilt[place] ^= 1
            other = type(key)(**{**vars(key), "public_key": bytes(spoilt)})
            verdicts.append(bool(refused(data, {**known, key_id: other})))
    assert verdicts.count(True) == 32
