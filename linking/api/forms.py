"""What is sent about links, as forms."""

from rest_framework import serializers

from linking.messages.bodies import NOTICES
from registry.api import fields

# What only people can know of a link.
EVENTS = ("security", "MRV_failure", "partner_rule_change", "manual")


class Text(fields.Rules):
    """The text of an agreement as an object: its own reader checks each of its fields."""

    def other(self, number):
        """As it was parsed: no text to the readers of exact numbers, who refuse it."""
        return number


class PartyForm(serializers.Serializer):
    """A registry that signs for its jurisdiction."""

    registry = fields.Code()
    public_key = fields.PublicKey(
        required=False, help_text="Where another node keeps the registry: pinned for good."
    )


class AgreementForm(serializers.Serializer):
    """An agreement to begin; its parties are fixed from then on."""

    code = fields.Code()
    parties = PartyForm(many=True)


class VersionForm(serializers.Serializer):
    """A text that a party proposes, in place of an earlier proposal."""

    party = fields.Code(help_text="The jurisdiction that the caller acts for.")
    text = Text(help_text="`title`, `clauses` and `edges`, as the page on links has them.")


class CommentForm(serializers.Serializer):
    """What a party says about a clause or a field of what is proposed."""

    party = fields.Code()
    clause = fields.Text(max_length=200, help_text="A JSON pointer into the text.")
    text = fields.Text(max_length=10_000)


class SignatureForm(serializers.Serializer):
    """Consent of a party to exactly one text."""

    party = fields.Code()
    digest = fields.Hash(help_text="SHA-256 of the canonical text that was read.")
    signature = fields.Text(
        required=False,
        max_length=200,
        help_text="Base64url, where another node keeps the party's registry; else made here.",
    )


class RejectionForm(serializers.Serializer):
    """That a party does not want exactly one text, and why."""

    party = fields.Code()
    digest = fields.Hash(help_text="SHA-256 of the canonical text that was read.")
    reason = fields.Text(max_length=10_000)


class SuspensionForm(serializers.Serializer):
    """Why a link stops, and until when units that are held stay usable."""

    reason = fields.Text(max_length=2000)
    grace_until = fields.Day(required=False, help_text="The last day; else as the edge says.")


class LinkSuspensionForm(SuspensionForm):
    """A suspension that its acceptor takes back, or an emergency stop."""

    emergency = fields.Choice(
        ["true"], required=False, help_text="Resumed only after a quorum has lifted the stop."
    )


class ObservationsForm(serializers.Serializer):
    """What was observed of a link, by which its triggers may fire."""

    events = fields.Words(EVENTS, required=False)
    price_ratios = fields.Texts(
        required=False,
        max_length=40,
        help_text="Highest price over lowest, exact, a day each, the newest last.",
    )
    volume = fields.Units(required=False, help_text="Tonnes that came over the edge.")


class WishForm(serializers.Serializer):
    """What an account holder asks of a quota that is given out beforehand."""

    holder = fields.Code(help_text="The code of an account holder of the acceptor's.")
    tonnes = fields.Units()
    price = fields.Units(
        required=False, help_text="Of one tonne, in the smallest coins: a sealed bid."
    )


class AllotmentForm(serializers.Serializer):
    """A quota that is given out to those who ask, once for a period."""

    quota = fields.Units(help_text="Its place among the quotas of the edge, from 1.")
    period = fields.Text(max_length=32)
    wishes = WishForm(many=True, allow_empty=False)


class ResumptionForm(serializers.Serializer):
    """Why a link goes on."""

    reason = fields.Text(max_length=2000)


class TerminationForm(SuspensionForm):
    """A party withdraws, with the notice that its edges ask for."""

    party = fields.Code()


class TransferForm(serializers.Serializer):
    """Units of an account that go to an account of another registry."""

    source = fields.AccountNumber()
    destination = fields.AccountNumber()
    unit_type = fields.Code()
    quantity = fields.Units()
    first = fields.Units(required=False, help_text="The serial that the run begins with.")
    vintage_from = fields.Day(
        required=False, help_text="Take units only of the vintage that begins on this day."
    )
    period = fields.Text(
        required=False,
        max_length=32,
        help_text="The acceptor's compliance period; else the calendar year.",
    )
    through = fields.AccountNumber(
        required=False,
        help_text="Where the units are at home in neither registry: an account of their home, from"
        " which they go on by themselves.",
    )
    reason = fields.Text(required=False, max_length=10_000)


class AcceptanceForm(serializers.Serializer):
    """What people of the receiver say of a transfer that the rules have accepted."""

    decision = fields.Choice(["accept", "refuse"])
    reason = fields.Text(required=False, max_length=2000, help_text="Why it is refused.")


class RetirementForm(serializers.Serializer):
    """Credits that a mechanism outside has retired for a use here, and what proves it."""

    unit_type = fields.Code(help_text="Of the mechanism.")
    serial = fields.Text(max_length=200, help_text="In any form that the search box reads.")
    account = fields.AccountNumber(help_text="That gets what the credits convert to.")
    vintage_from = fields.Day()
    retired_on = fields.Day()
    evidence = fields.Text(max_length=1000, help_text="Where the mechanism says so.")
    document_hash = fields.Hash(help_text="SHA-256 of what it says.")
    project_type = fields.Text(required=False, max_length=100)
    period = fields.Text(
        required=False,
        max_length=32,
        help_text="The acceptor's compliance period; else the calendar year.",
    )


class RetirementForForm(serializers.Serializer):
    """Credits of a mechanism here that are retired for a use in another registry."""

    source = fields.AccountNumber()
    unit_type = fields.Code()
    first = fields.Units(help_text="The serial that the run begins with; one issuance has it all.")
    quantity = fields.Units()
    destination = fields.AccountNumber(
        help_text="The account, in another registry, that gets what the credits convert to."
    )
    period = fields.Text(
        required=False,
        max_length=32,
        help_text="The acceptor's compliance period; else the calendar year.",
    )
    reason = fields.Text(required=False, max_length=10_000)


class RetirementDecisionForm(serializers.Serializer):
    """What a second person says of the evidence."""

    decision = fields.Choice(["confirm", "refuse"])


class ScoreForm(serializers.Serializer):
    """How far two jurisdictions agree in one criterion."""

    criterion = fields.Code()
    score = fields.Choice(["0", "1", "2", "3"])
    evidence = fields.Text(required=False, max_length=2000)


class AssessmentForm(serializers.Serializer):
    """Scores that one assessor gives a pair of jurisdictions on a day."""

    one = fields.Code()
    other = fields.Code()
    assessor = fields.Text(max_length=80)
    on = fields.Day()
    scores = ScoreForm(many=True)


class PeerForm(serializers.Serializer):
    """Where another node is reached."""

    url = fields.Text(max_length=500, help_text="The scheme and the host, without a path.")


class FingerprintForm(serializers.Serializer):
    """What people of the other node have read out."""

    fingerprint = fields.Text(max_length=200, help_text="64 hexadecimal digits; spaces may stand.")


class TestForm(serializers.Serializer):
    """What the other node's people read."""

    text = fields.Text(max_length=2000)


class NoticeForm(serializers.Serializer):
    """What other nodes are told of this one; all that are linked, where none is named."""

    peers = fields.Texts(required=False, help_text="Names of nodes.")
    kind = fields.Choice(NOTICES)
    begins_at = fields.Moment()
    ends_at = fields.Moment(required=False, help_text="Left out where it is not known yet.")
    text = fields.Text(max_length=2000)


class EmptyForm(serializers.Serializer):
    """Nothing more is to be said."""
