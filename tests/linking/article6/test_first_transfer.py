"""Which act first transfers an outcome, by what it is authorized for."""

import pytest

from linking.article6.first_transfer import Act, Definition, Purpose, subtype

# Acts in their order, with the tonnes that each is about.
COURSE = [
    (Act.AUTHORIZATION, 100_000),
    (Act.ISSUANCE, 90_000),
    (Act.CANCELLATION, 70_000),
]


@pytest.mark.parametrize(
    ("definition", "tonnes"),
    [
        (Definition.AUTHORIZATION, 100_000),
        (Definition.ISSUANCE, 90_000),
        (Definition.USE_OR_CANCELLATION, 70_000),
    ],
)
def test_first_transfer_is_what_the_party_specified(definition, tonnes):
    """Of the same course of acts, one first transfers: as much as that one is about."""
    found = [
        (subtype(act, Purpose.OTHER, definition), amount)
        for act, amount in COURSE
        if subtype(act, Purpose.OTHER, definition)
    ]
    assert found == [(definition.value, tonnes)]


@pytest.mark.parametrize("purpose", [Purpose.NDC, Purpose.NDC_AND_OTHER, Purpose.NDC_AND_OWN])
def test_first_international_transfer_towards_an_ndc(purpose):
    """Where an NDC is among the purposes, leaving for another Party is a first transfer."""
    found = subtype(Act.INTERNATIONAL_TRANSFER, purpose, Definition.USE_OR_CANCELLATION)
    assert found == "First transfer to another Party"


@pytest.mark.parametrize("purpose", [Purpose.OTHER, Purpose.INTERNATIONAL, Purpose.OWN])
def test_transfer_abroad_for_other_purposes_alone_is_none(purpose):
    """It is the act that the Party specified, wherever the outcome lies."""
    assert subtype(Act.INTERNATIONAL_TRANSFER, purpose, Definition.ISSUANCE) is None


def test_of_two_purposes_the_earlier_act_counts():
    """Authorized in 2024 by a Party that specified the authorization, transferred in 2025: 2024."""
    acts = (Act.AUTHORIZATION, Act.INTERNATIONAL_TRANSFER)
    kinds = [subtype(act, Purpose.NDC_AND_OTHER, Definition.AUTHORIZATION) for act in acts]
    assert kinds == ["Authorization", "First transfer to another Party"]


@pytest.mark.parametrize("act", [Act.AUTHORIZATION, Act.ISSUANCE, Act.USE, Act.CANCELLATION])
def test_for_an_ndc_alone_nothing_else_is_one(act):
    """No definition is needed, and none is applied."""
    assert subtype(act, Purpose.NDC, None) is None


@pytest.mark.parametrize("purpose", list(Purpose))
def test_gifts_and_cancellations_for_overall_mitigation_always_are(purpose):
    """Unless there was a first transfer before, which the caller knows."""
    assert subtype(Act.ADAPTATION_FUND, purpose, None)
    assert subtype(Act.MITIGATION_CANCELLATION, purpose, None)


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("definition", [None, *Definition])
def test_use_towards_an_ndc_never_is(purpose, definition):
    """Whoever uses has acquired, and that was the first transfer."""
    assert subtype(Act.USE_TOWARDS_NDC, purpose, definition) is None
