"""When a mitigation outcome is first transferred, and by what (G 2; T 11–17).

For use towards an NDC it is the first international transfer. For other purposes the first
transferring Party specifies, the same for all of a cooperative approach (T 15), whether it is the
authorization, the issuance, or the use or cancellation. Where an outcome is authorized for both,
the earlier of the two counts (T 12). A gift to the Adaptation Fund and a cancellation for overall
mitigation are first transfers as well, unless there has been one already (T 16, 17).
"""

from enum import StrEnum


class Purpose(StrEnum):
    """What an authorization is for, and how the agreed electronic format says it."""

    NDC = "NDC"
    OTHER = "OIMP"
    INTERNATIONAL = "IMP"
    OWN = "OP"
    NDC_AND_OTHER = "NDC and OIMP"
    NDC_AND_INTERNATIONAL = "NDC and IMP"
    NDC_AND_OWN = "NDC and OP"

    @property
    def towards_ndc(self) -> bool:
        return self.value.startswith("NDC")

    @property
    def otherwise(self) -> bool:
        return self != Purpose.NDC


class Definition(StrEnum):
    """What the first transfer is of what is authorized for other purposes (G 2(b))."""

    AUTHORIZATION = "Authorization"
    ISSUANCE = "Issuance"
    USE_OR_CANCELLATION = "Use or cancellation"


class Act(StrEnum):
    """What can happen to a mitigation outcome. `USE` and `CANCELLATION` are for purposes other than
    an NDC; use towards an NDC is never a first transfer."""

    AUTHORIZATION = "authorization"
    ISSUANCE = "issuance"
    INTERNATIONAL_TRANSFER = "international_transfer"
    USE_TOWARDS_NDC = "use_towards_ndc"
    USE = "use"
    CANCELLATION = "cancellation"
    MITIGATION_CANCELLATION = "mitigation_cancellation"
    ADAPTATION_FUND = "adaptation_fund"


# As table 3 of the agreed electronic format calls the first transfer.
TO_ANOTHER_PARTY = "First transfer to another Party"
MITIGATION = "Voluntary cancellation to deliver OMGE"
NOT_YET_DEFINED = "Not yet defined"
# By which act the definition that a Party specified makes the first transfer.
BY_DEFINITION = {
    Act.AUTHORIZATION: Definition.AUTHORIZATION,
    Act.ISSUANCE: Definition.ISSUANCE,
    Act.USE: Definition.USE_OR_CANCELLATION,
    Act.CANCELLATION: Definition.USE_OR_CANCELLATION,
}
# Whatever the outcome is authorized for. The list of subtypes has none for the gift to the Fund.
BY_THEMSELVES = {
    Act.MITIGATION_CANCELLATION: MITIGATION,
    Act.ADAPTATION_FUND: NOT_YET_DEFINED,
}


def subtype(act: Act, purpose: Purpose, definition: Definition | None) -> str | None:
    """As which subtype an act is the first transfer of an outcome that has had none; None where it
    is not one.

    `definition` is None where the authorization is for an NDC alone.
    """
    if act in BY_THEMSELVES:
        return BY_THEMSELVES[act]
    if act == Act.INTERNATIONAL_TRANSFER:
        # Of what is authorized for other purposes alone a transfer abroad is no first transfer.
        return TO_ANOTHER_PARTY if purpose.towards_ndc else None
    if purpose.otherwise and definition is not None and BY_DEFINITION.get(act) == definition:
        return definition.value
    return None
