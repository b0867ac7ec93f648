"""Bodies of messages are read strictly: each member's form, and what two members say together."""

import copy

import pytest

from linking.errors import TEXTS
from linking.messages import bodies, envelope, values
from linking.messages.forms import Listed, Object, OrNull, findings
from linking.messages.kinds import OF_TRANSFERS, Kind
from tests.linking.messages import samples

ROW = {"a": 1, "b": 2}


def found(kind, body):
    return [(finding.code, finding.where) for finding in findings(bodies.BODIES[kind], body)]


def changed(kind, change):
    body = copy.deepcopy(samples.bodies()[kind])
    change(body)
    return found(kind, body)


def test_every_kind_has_a_body():
    """Each kind has a form, and a sample that is of it."""
    assert set(bodies.BODIES) >= set(Kind)
    assert set(OF_TRANSFERS) == set(bodies.TRANSFERS)
    assert {kind: found(kind, body) for kind, body in samples.bodies().items()} == {
        kind: [] for kind in Kind
    }


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_every_member_is_needed_and_no_other_is_taken(kind):
    """Leaving out any member, or adding one, is found where it is."""
    good = samples.bodies()[kind]
    for name in good:
        body = {key: value for key, value in good.items() if key != name}
        assert found(kind, body) == [("FIELD_MISSING", f"/{name}")]
    assert found(kind, {**good, "more": None}) == [("UNKNOWN_FIELD", "/more")]


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_every_member_has_a_form(kind):
    """A number, a list of nothing, or a tree in place of a member is refused, and never an error
    of another sort."""
    good = samples.bodies()[kind]
    for name in good:
        for bad in (-1.5, [[]], {"x": {}}, "\x00"):
            if isinstance(good[name], dict) and bad == {"x": {}} and kind == Kind.CARD:
                continue
            if name == "text" and bad == "\x00":
                continue
            assert found(kind, {**good, name: bad}), (name, bad)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda b: b.update(quantity="999"), ("QUANTITY_DIFFERS", "/quantity")),
        (lambda b: b.update(quantity="01000"), ("NOT_DECIMAL", "/quantity")),
        (lambda b: b.update(quantity=1000), ("NOT_DECIMAL", "/quantity")),
        (lambda b: b.update(quantity="0"), ("NOT_DECIMAL", "/quantity")),
        (lambda b: b.update(quantity="１０００"), ("NOT_DECIMAL", "/quantity")),
        (lambda b: b["blocks"].reverse(), ("BLOCKS_DISORDERED", "/blocks")),
        (lambda b: b["blocks"][1].update(first="600"), ("BLOCKS_DISORDERED", "/blocks")),
        (lambda b: b["blocks"][0].update(last="0"), ("NOT_DECIMAL", "/blocks/0/last")),
        (lambda b: b["blocks"].clear(), ("WRONG_TYPE", "/blocks")),
        (lambda b: b.update(edge=None), ("FIELD_DOES_NOT_SUIT", "/edge")),
        (lambda b: b.update(agreement=None), ("FIELD_MISSING", "/agreement")),
        (
            lambda b: b["blocks"][0].update(certificate=None),
            ("FIELD_DOES_NOT_SUIT", "/blocks/0/certificate"),
        ),
        (
            lambda b: b["blocks"][0].update(certificate=samples.certificate(1, 599)),
            ("CERTIFICATE_OF_OTHER_UNITS", "/blocks/0/certificate"),
        ),
        (
            lambda b: b.update(unit_type="KAU"),
            ("CERTIFICATE_OF_OTHER_UNITS", "/blocks/1/certificate"),
        ),
        (
            lambda b: b["blocks"][0]["certificate"].pop("digest"),
            ("WRONG_TYPE", "/blocks/0/certificate"),
        ),
        (
            lambda b: b["blocks"][0]["certificate"]["issuance"].update(posting=17),
            ("WRONG_TYPE", "/blocks/0/certificate"),
        ),
        (lambda b: b.update(method="gift"), ("NOT_A_CHOICE", "/method")),
        (lambda b: b.update(version=0), ("WRONG_TYPE", "/version")),
        (lambda b: b.update(digest=samples.DIGEST.upper()), ("NOT_A_DIGEST", "/digest")),
        (lambda b: b["source"].pop("account"), ("FIELD_MISSING", "/source/account")),
    ],
    ids=[str(number) for number in range(20)],
)
def test_proposals_agree_with_themselves(change, expected):
    """Serials stand in order and make the quantity; certificates are of their blocks."""
    assert expected in changed(Kind.PROPOSE, change)


def test_units_that_go_home_need_no_proof():
    """The way home has no edge and no certificates, and needs no agreement in force."""
    body = samples.bodies()[Kind.PROPOSE]
    body.update(method="repatriation", edge=None, agreement=None, version=None, digest=None)
    for block in body["blocks"]:
        block["certificate"] = None
    assert found(Kind.PROPOSE, body) == []


def test_several_things_are_told_at_once():
    """Nothing hides another finding of the same body."""
    body = {**samples.bodies()[Kind.PROPOSE], "quantity": "x", "unit_type": 5}
    del body["period"]
    assert sorted(found(Kind.PROPOSE, body)) == [
        ("FIELD_MISSING", "/period"),
        ("NOT_DECIMAL", "/quantity"),
        ("WRONG_TYPE", "/unit_type"),
    ]


@pytest.mark.parametrize("kind", [Kind.COMMITTED, Kind.COMPLETED, Kind.USED], ids=str)
def test_receipts_are_for_the_posting(kind):
    """A receipt is for the posting that the message names; who keeps no log sends none."""
    expected = ("RECEIPT_OF_ANOTHER_POSTING", "/receipt/posting")
    assert changed(kind, lambda body: body.update(posting="43")) == [expected]
    assert changed(kind, lambda body: body.update(receipt=None)) == []
    assert changed(kind, lambda body: body["receipt"].pop("node")) == [("WRONG_TYPE", "/receipt")]


@pytest.mark.parametrize(
    "blocks", [[["2", "1"]], [["1", "5"], ["5", "6"]], [["9", "9"], ["1", "1"]]]
)
def test_ranges_stand_in_order(blocks):
    """Each serial is named once, from the lowest up."""
    expected = [("BLOCKS_DISORDERED", "/blocks")]
    assert changed(Kind.USED, lambda body: body.update(blocks=blocks)) == expected


def test_a_range_may_be_one_serial():
    """Both ends are inclusive."""
    assert changed(Kind.USED, lambda body: body.update(blocks=[["1", "1"], ["2", "2"]])) == []


@pytest.mark.parametrize("text", ["4/5", "1", "3/2", "1000"])
def test_factors_are_fractions(text):
    """A factor is written in lowest terms, in one way."""
    assert str(values.fraction(text)) == text


@pytest.mark.parametrize("text", ["0", "0.8", "8/10", "4/0", "4/1", "-1", "1e3", "", None, 1, "０"])
def test_other_factors_are_refused(text):
    """Another way to write a number is refused, and so is what is none."""
    with pytest.raises(values.Unreadable, match="NOT_EXACT"):
        values.fraction(text)


def test_forms_of_lists_and_nothing():
    """A list has a least and a most; null stands only where it may."""
    form = Listed(OrNull(Object({"a": values.ordinal, "b": values.ordinal})), least=1, most=2)
    assert findings(form, [ROW, None]) == []
    assert [f.code for f in findings(form, [])] == ["WRONG_TYPE"]
    assert [f.code for f in findings(form, [ROW] * 3)] == ["WRONG_TYPE"]
    assert [f.where for f in findings(form, [ROW, {**ROW, "b": None}], "/x")] == ["/x/1/b"]


def test_article_6_is_strict_as_well():
    """What is said for accounting has its own members, or is null."""
    said = {
        "cooperative_approach": "CA0004",
        "authorisation_id": "A-1",
        "first_transfer": "international_transfer",
        "ca_required": True,
        "purpose": "NDC",
    }
    assert findings(envelope.ARTICLE6, said) == []
    wrong = {**said, "purpose": "profit", "metric": "t"}
    assert [f.where for f in findings(envelope.ARTICLE6, wrong)] == ["/purpose", "/metric"]


def test_every_finding_has_words():
    """Whoever answers to a message that is malformed has a text for each code."""
    wrong = {**samples.document(Kind.PROPOSE), "more": 1, "protocol": 9}
    with pytest.raises(envelope.Malformed) as caught:
        envelope.read(wrong)
    assert all(code in TEXTS for code in caught.value.codes)
