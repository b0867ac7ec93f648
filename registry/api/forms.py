"""What is sent to propose a transaction, as forms. Reading one says all that is wrong at once."""

from rest_framework import serializers

from registry.models import Operation, ReferenceTable

from . import fields

MOVEMENTS = ("transfer", "delivery", "allocate", "auction_delivery", "return_allocation")
CANCELLATIONS = (
    "cancel",
    "cancel_mandatorily",
    "cancel_for_omge",
    "cancel_for_adaptation_fund",
)
USES = ("surrender", "retire", *CANCELLATIONS)
BATCHED = (*MOVEMENTS, *USES)


class TypeCode(fields.Choice):
    """The discriminator of proposals."""


class NamedBlock(serializers.Serializer):
    """A run of serials of one unit type, both ends included."""

    unit_type = fields.Code()
    first = fields.Units()
    last = fields.Units()


class Quantities(serializers.Serializer):
    """Either a block, which names serials, or a unit type and how many units of it."""

    block = NamedBlock(required=False)
    unit_type = fields.Code(required=False)
    quantity = fields.Units(required=False)
    minimum = fields.Units(
        required=False, help_text="The least quantity that is acceptable; else all of it."
    )
    vintage_from = fields.Day(
        required=False, help_text="Take units only of the vintage that begins on this day."
    )


class MovementLine(Quantities):
    """Units go from one account to another."""

    source = fields.AccountNumber()
    destination = fields.AccountNumber()


class UseLine(Quantities):
    """Units end in the registry's account for this use."""

    source = fields.AccountNumber()
    entity = fields.Code(
        required=False, help_text="Who uses them: an account holder; else the source's holder."
    )
    period = fields.Text(required=False, max_length=32)


class BatchLine(Quantities):
    """A line of a batch, as a proposal of its type has it."""

    type = TypeCode(BATCHED, required=False, help_text="Else the type of the batch.")
    source = fields.AccountNumber()
    destination = fields.AccountNumber(required=False, help_text="Where units move.")
    entity = fields.Code(required=False, help_text="Where units are used.")
    period = fields.Text(required=False, max_length=32, help_text="Where units are used.")


class FreezeLine(Quantities):
    """Units that shall stay where they are."""

    source = fields.AccountNumber()


class IssuedBlock(serializers.Serializer):
    """How many of the issued units go to an account."""

    account = fields.AccountNumber()
    quantity = fields.Units()


class Issuance(serializers.Serializer):
    """The attributes that the issued units share. The vintage's last day is exclusive."""

    unit_type = fields.Code()
    blocks = IssuedBlock(many=True)
    vintage_from = fields.Day()
    vintage_to = fields.Day()
    vintage_label = fields.Text(max_length=32)
    first = fields.Units(required=False, help_text="Else the serial after the last issued.")
    usable_until = fields.Day(required=False)
    legal_basis = fields.Text(required=False, max_length=300)
    project = fields.Text(required=False, max_length=100)
    activity = fields.Text(required=False, max_length=100)
    sector = fields.Text(required=False, max_length=100)
    mitigation_type = fields.Text(required=False, max_length=32)


class Proposal(serializers.Serializer):
    """What every proposal may say."""

    reason = fields.Text(required=False)


class MovementProposal(Proposal):
    """Move units between accounts: all lines or none."""

    type = TypeCode(MOVEMENTS)
    lines = MovementLine(many=True)
    execute_at = fields.Moment(required=False, help_text="It is not completed before this moment.")


class UseProposal(Proposal):
    """Surrender, retire or cancel units."""

    type = TypeCode(USES)
    lines = UseLine(many=True)


class FreezeProposal(Proposal):
    """Hold units where they are, at once."""

    type = TypeCode(["freeze"])
    lines = FreezeLine(many=True)


class ReleaseProposal(Proposal):
    """Let everything go that one freeze holds."""

    type = TypeCode(["release"])
    freeze = fields.Number()


class ReversalProposal(Proposal):
    """Bring all units of a completed transaction back."""

    type = TypeCode(["reverse"])
    reverses = fields.Number()


class ConsolidationProposal(serializers.Serializer):
    """Merge adjacent blocks of an account."""

    type = TypeCode(["consolidate"])
    account = fields.AccountNumber()
    unit_type = fields.Code()


class IssueProposal(Proposal):
    """Bring units into being."""

    type = TypeCode(["issue"])
    issuances = Issuance(many=True)


class ConversionProposal(Proposal):
    """End units in the conversion account, and issue others for them, one for one."""

    type = TypeCode(["convert"])
    lines = MovementLine(many=True)
    issuances = Issuance(many=True)


FORMS = {
    **dict.fromkeys(MOVEMENTS, MovementProposal),
    **dict.fromkeys(USES, UseProposal),
    "freeze": FreezeProposal,
    "release": ReleaseProposal,
    "reverse": ReversalProposal,
    "consolidate": ConsolidationProposal,
    "issue": IssueProposal,
    "convert": ConversionProposal,
}


# The form of a line of a batch, without its type.
LINES = {**dict.fromkeys(MOVEMENTS, MovementLine), **dict.fromkeys(USES, UseLine)}


class Decision(serializers.Serializer):
    """One person's decision on exactly one payload."""

    decision = fields.Choice(["approve", "reject"])
    payload_hash = fields.Hash()
    reason = fields.Text(required=False)


class Cancellation(serializers.Serializer):
    """A delayed transaction is stopped."""

    reason = fields.Text(required=False)


class TypeVersionProposal(serializers.Serializer):
    """The next version of a transaction type: what `rules` says anew, the rest as it is."""

    code = fields.Text(max_length=40)
    registry = fields.Code(required=False, help_text="Where it holds; else in all registries.")
    rules = fields.Rules(help_text="Names of rules, and their values.")
    valid_from = fields.Moment(help_text="From when it holds, if it is approved by then.")
    reason = fields.Text(max_length=2000)


class VersionDecision(serializers.Serializer):
    """What a person says of a proposed version; its proposer can only withdraw it."""

    decision = fields.Choice(["approve", "reject", "withdraw"])
    payload_hash = fields.Hash()
    reason = fields.Text(required=False)


class Withdrawal(serializers.Serializer):
    """The proposer takes the proposal back."""

    reason = fields.Text(required=False)


class ReferenceChangeProposal(serializers.Serializer):
    """A row of reference data that shall be added, changed or deleted."""

    table = fields.Choice(ReferenceTable.values)
    operation = fields.Choice(Operation.values)
    identity = fields.Rules(
        required=False, help_text="The row that is there: the fields of its identity."
    )
    values = fields.Rules(
        required=False,
        help_text="Fields and their new values; rows referred to by code. The rest stays.",
    )
    reason = fields.Text(max_length=10000)
    source = fields.Text(max_length=10000, help_text="Where what is proposed can be read.")


class ReferenceDecision(serializers.Serializer):
    """What is decided on."""

    payload_hash = fields.Hash()
    reason = fields.Text(required=False)
