"""A document holds with the right keys, and everything that can be wrong with it has a name."""

import json
from datetime import timedelta

import pytest

from registry import canonical
from registry.certificates import findings, verification
from tests.certificates.papers import (
    AT,
    Signer,
    a_receipt,
    certificate,
    changed,
    keys,
    of_the_node,
    resigned,
    with_signature,
)


def codes(data, known):
    """The codes of all findings; each has texts that can be filled."""
    data = data if isinstance(data, bytes) else canonical.encode(data)
    found = verification.verify(data, known).findings
    for finding in found:
        assert all(text % finding.data for text in finding.texts)
    return [finding.code for finding in found]


def test_certificate_holds():
    """The verdict says what was proved."""
    signer = Signer()
    verdict = verification.verify(canonical.encode(certificate(signer)), keys(signer))
    assert verdict.holds
    assert verdict.says == {
        "unit_type": "KAU",
        "first": "10",
        "last": "20",
        "registry": "KR-ETRS",
        "vintage": "2025",
        "issued_at": "2026-03-02T08:59:59.000000+00:00",
        "signed_at": "2026-03-02T09:00:00.000000+00:00",
        "key_id": signer.key_id,
    }


def test_receipt_holds():
    """By the same call, with the node's key for receipts."""
    signer = of_the_node()
    verdict = verification.verify(canonical.encode(a_receipt(signer)), keys(signer))
    assert verdict.holds
    assert (verdict.says["posting"], verdict.says["transaction"]) == ("7", "8")


MAKERS = [
    pytest.param(Signer, certificate, id="certificate"),
    pytest.param(of_the_node, a_receipt, id="receipt"),
]


@pytest.mark.parametrize(("make_signer", "make"), MAKERS)
class TestKeys:
    """What can be wrong with the key that signed."""

    def test_unknown(self, make_signer, make):
        """A key that is in no list proves nothing."""
        assert codes(make(make_signer()), keys(make_signer(), Signer())) == ["SIGNER_UNKNOWN"]
        assert codes(make(make_signer()), {}) == ["SIGNER_UNKNOWN"]

    def test_validity_is_half_open(self, make_signer, make):
        """From its first moment until before its last one."""
        signer = make_signer(valid_from=AT, valid_to=AT + timedelta(hours=1))
        ends = AT + timedelta(hours=1)
        moment = timedelta(microseconds=1)
        for signed_at, expected in (
            (AT - moment, ["SIGNER_NOT_YET_VALID"]),
            (AT, []),
            (ends - moment, []),
            (ends, ["SIGNER_EXPIRED"]),
        ):
            assert codes(make(signer, signed_at=signed_at), keys(signer)) == expected

    def test_revoked_from_a_moment_on(self, make_signer, make):
        """What was signed before stays valid."""
        lost = AT + timedelta(hours=1)
        signer = make_signer(revoked_at=lost)
        before, after = lost - timedelta(microseconds=1), lost
        assert codes(make(signer, signed_at=before), keys(signer)) == []
        assert codes(make(signer, signed_at=after), keys(signer)) == ["SIGNER_REVOKED"]

    def test_dates_are_told(self, make_signer, make):
        """The finding says when the key ended and when it was signed."""
        signer = make_signer(valid_to=AT, revoked_at=AT)
        document = canonical.encode(make(signer))
        expired, revoked = verification.verify(document, keys(signer)).findings
        assert expired.data["valid_to"] == "2026-03-02T09:00:00.000000+00:00"
        assert revoked.data["revoked_at"] == expired.data["signed_at"] == expired.data["valid_to"]

    @pytest.mark.parametrize(
        "other",
        [{"purpose": "log", "registry": None}, {"registry": "CN-ETR"}, {"node": "other.example"}],
        ids=str,
    )
    def test_of_another_owner_or_purpose(self, make_signer, make, other):
        """A key signs for its owner and its purpose only."""
        signer = Signer(**other)
        if make is certificate and other.keys() == {"node"}:
            # A registry's key counts wherever the registry is kept.
            assert codes(make(signer), keys(signer)) == []
        else:
            assert codes(make(signer), keys(signer)) == ["SIGNER_WITHOUT_RIGHT"]

    def test_signature_of_another_key(self, make_signer, make):
        """Its id says one key, the signature is another's."""
        signer, thief = make_signer(), make_signer()
        document = json.loads(canonical.encode(make(signer)))
        stolen = make(thief)["signature"]
        document = {**document, "signature": stolen}
        if make is certificate:
            document = changed(document)
        assert codes(document, keys(signer, thief)) == ["SIGNATURE_WRONG"]


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (1, 1000, True),
        (1, 1, True),
        (1000, 1000, True),
        (1000, 1001, False),
        (1001, 1001, False),
        (20, 10, False),
        (1, 10**12, False),
    ],
)
def test_range_lies_inside_the_issuance(first, last, holds):
    """To the last serial, and not beyond."""
    signer = Signer()
    document = certificate(signer, first=first, last=last)
    assert codes(document, keys(signer)) == ([] if holds else ["RANGE_OUTSIDE_ISSUANCE"])


def test_signature_is_over_every_word():
    """Whatever the issuance says otherwise, the signature is over other bytes."""
    signer = Signer()
    document = certificate(signer)
    for member, value in {
        "unit_type": "KCU",
        "last": "1000000",
        "vintage": "2030",
        "vintage_to": "2031-01-01",
        "usable_until": "2040-12-31",
        "sector": "power",
        "posting": "8",
        "issued_at": "2025-03-02T08:59:59.000000+00:00",
        "signed_at": "2026-03-02T09:00:00.000001+00:00",
    }.items():
        assert codes(resigned(document, **{member: value}), keys(signer)) == ["SIGNATURE_WRONG"]


def test_everything_wrong_is_told_at_once():
    """The reader need not mend one thing to learn of the next."""
    signer = Signer(valid_from=AT + timedelta(hours=1), revoked_at=AT + timedelta(hours=1))
    signer.revoked_at = AT
    document = certificate(signer, first=2000, last=2000)
    document = {**document, "first": "1999"}
    assert codes(document, keys(signer)) == [
        "DOCUMENT_ALTERED",
        "RANGE_OUTSIDE_ISSUANCE",
        "SIGNER_NOT_YET_VALID",
        "SIGNER_REVOKED",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"7",
        b"{",
        b'{"format":"concord-certificate-1","format":"concord-certificate-1"}',
        b'{"format":NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"' + b"a" * 2**24 + b'"',
    ],
    ids=lambda data: repr(data[:20]),
)
def test_what_is_no_document_is_malformed(data):
    """Not JSON, not an object, a member named twice, or without an end."""
    assert codes(data, {}) == ["DOCUMENT_MALFORMED"]


@pytest.mark.parametrize("told", [None, 7, "concord-certificate-2", ["concord-receipt-1"]])
def test_other_formats_are_unknown(told):
    """A format that nobody has defined is not guessed."""
    assert codes({"format": told}, {}) == ["DOCUMENT_FORMAT_UNKNOWN"]
    assert codes({}, {}) == ["DOCUMENT_FORMAT_UNKNOWN"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("first", "010"),
        ("first", 10),
        ("first", "0"),
        ("last", "-1"),
        ("signature", "AA=="),
        ("signature", "A"),
        ("signature", None),
        ("digest", "00"),
        ("issuance", []),
        ("surprise", "1"),
    ],
)
def test_members_have_their_forms(member, value):
    """A member that is missing, unknown or of another form is named."""
    signer = Signer()
    document = {**certificate(signer), member: value}
    found = verification.verify(canonical.encode(document), keys(signer)).findings
    assert [(one.code, one.data) for one in found] == [
        ("DOCUMENT_MEMBER_WRONG", {"member": member})
    ]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", "concord-issuance-2"),
        ("vintage_from", "20250101"),
        ("vintage_from", "2025-13-01"),
        ("usable_until", ""),
        ("signed_at", "2026-03-02T09:00:00Z"),
        ("signed_at", "2026-03-02T18:00:00.000000+09:00"),
        ("posting", ""),
        ("project", None),
    ],
)
def test_members_of_the_issuance_have_their_forms(member, value):
    """One way to write each value; the path says where it stands."""
    signer = Signer()
    found = verification.verify(resigned(certificate(signer), **{member: value}), keys(signer))
    assert [one.data for one in found.findings] == [{"member": f"issuance.{member}"}]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(",", ", "),
        lambda text: text + "\n\n",
        lambda text: " " + text,
        lambda text: text.replace("KAU", "\\u004bAU"),
        lambda text: (
            json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)[:-1]
            + ',"z":1.5}'
        ),
        lambda text: text.replace('"project":""', '"project":"\\ud800"'),
    ],
)
def test_other_bytes_for_the_same_are_refused(spoil):
    """White space, escapes and numbers that the canonical form does not have."""
    signer = Signer()
    text = canonical.encode(certificate(signer)).decode()
    assert text != spoil(text)
    assert "DOCUMENT_NOT_CANONICAL" in codes(spoil(text).encode(), keys(signer))


def test_a_line_feed_at_the_end_is_no_part():
    """Editors and shells add one."""
    signer = Signer()
    assert codes(canonical.encode(certificate(signer)) + b"\n", keys(signer)) == []


@pytest.mark.parametrize("length", [0, 63, 65, 4096])
def test_signature_of_another_length_is_wrong(length):
    """It is no signature of the algorithm, and no error of the program."""
    signer = Signer()
    document = with_signature(certificate(signer), bytes(length))
    assert codes(document, keys(signer)) == ["SIGNATURE_WRONG"]


def test_another_algorithm_is_refused():
    """The name in the document is that of the key, whatever the signature is."""
    signer = Signer()
    found = codes(resigned(certificate(signer), algorithm="Ed448"), keys(signer))
    assert found == ["SIGNER_WITHOUT_RIGHT", "SIGNATURE_WRONG"]


def test_every_finding_has_been_seen_here():
    """No text of the table belongs to nothing."""
    from pathlib import Path

    said = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert all(f'"{code}"' in said for code in findings.TEXTS)
