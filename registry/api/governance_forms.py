"""What is sent to ask for something, and to act at once, as forms."""

import base64
import binascii

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry.models import LARGEST_DOCUMENT, Account, Right
from registry.services.requested.accounts import SETTABLE
from registry.services.requested.persons import ROLES

from . import fields

LANGUAGES = [code for code, _name in settings.LANGUAGES]
KINDS = [kind for kind in Account.Kind.values if kind != Account.Kind.PARTNER]
LONGEST_USERNAME = 150


@extend_schema_field(
    {"type": "string", "contentEncoding": "base64", "maxLength": 4 * (LARGEST_DOCUMENT // 3) + 8}
)
class Bytes(fields.Input):
    """Bytes as base64."""

    def read(self, value):
        if type(value) is not str:
            raise fields.not_text()
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise fields.Refused(
                "NOT_BASE64",
                _("This is not base64."),
                _("Encode the file's bytes as in RFC 4648, without line breaks."),
            ) from error


class KindWord(fields.Choice):
    """The discriminator of requests."""


class Person(fields.Text):
    """A person's username."""

    def __init__(self, **kwargs):
        super().__init__(max_length=LONGEST_USERNAME, **kwargs)


class AskedFor(serializers.Serializer):
    """What every request may say."""

    reason = fields.Text(required=False)


class FirstRepresentative(serializers.Serializer):
    """Someone who shall act for the account from its opening."""

    person = Person()
    right = fields.Choice(Right.values)


class AccountOpening(AskedFor):
    """Open an account."""

    kind = KindWord(["account_opening"])
    registry = fields.Code()
    account_kind = fields.Choice(KINDS)
    name = fields.Text(max_length=300)
    holder = fields.Code(required=False, help_text="The code of an account holder.")
    account_class = fields.Code(required=False)
    holding_limit = fields.Units(required=False)
    representatives = FirstRepresentative(many=True, required=False)


class AccountChange(AskedFor):
    """Change an account's name or holding limit."""

    kind = KindWord(["account_change"])
    account = fields.AccountNumber()
    name = fields.Text(max_length=300, required=False)
    holding_limit = fields.Units(required=False)


class AccountStatusChange(AskedFor):
    """Give an account another status."""

    kind = KindWord(["account_status"])
    account = fields.AccountNumber()
    status = fields.Choice(SETTABLE)


class AccountClosure(AskedFor):
    """Close an account that holds nothing; it is in closure_pending until that is decided."""

    kind = KindWord(["account_closure"])
    account = fields.AccountNumber()


class AccountHandover(AskedFor):
    """Another holder takes the account over; its representatives end."""

    kind = KindWord(["account_handover"])
    account = fields.AccountNumber()
    holder = fields.Code()


class HolderMerger(AskedFor):
    """One holder takes over all accounts of another one."""

    kind = KindWord(["holder_merger"])
    registry = fields.Code()
    predecessor = fields.Code()
    successor = fields.Code()


class Appointment(AskedFor):
    """Appoint a representative."""

    kind = KindWord(["representative"])
    account = fields.AccountNumber()
    person = Person()
    right = fields.Choice(Right.values)


class Restoration(AskedFor):
    """Give a suspended representative their right again."""

    kind = KindWord(["restoration"])
    account = fields.AccountNumber()
    representative = fields.Number()


class TrustedAddition(AskedFor):
    """Put an account of the same registry on the trusted account list."""

    kind = KindWord(["trusted_account"])
    account = fields.AccountNumber()
    trusted = fields.AccountNumber()
    note = fields.Text(max_length=200, required=False)


class StopLifting(AskedFor):
    """Lift an emergency stop, by a quorum."""

    kind = KindWord(["stop_lifting"])
    registry = fields.Code()
    stop = fields.Number()


# What is asked for in another place than /requests has no form here.
class Recovery(AskedFor):
    """Give a person who has lost the second factor a one-time password; in a signed request."""

    kind = KindWord(["recovery"])
    person = Person()
    reason = fields.Text()


class RoleGiven(serializers.Serializer):
    """A role, in one registry or in all."""

    role = fields.Choice(ROLES)
    registry = fields.Code(required=False)


class PersonAddition(AskedFor):
    """Add a person who signs in, with roles; in a signed request."""

    kind = KindWord(["person"])
    person = Person()
    display_name = fields.Text(max_length=200)
    language = fields.Choice(LANGUAGES, required=False)
    email = fields.Text(max_length=254, required=False)
    roles = RoleGiven(many=True, required=False)


class PersonChange(AskedFor):
    """Change another person's roles or name, or let them in again; in a signed request."""

    kind = KindWord(["person_change"])
    person = Person()
    display_name = fields.Text(max_length=200, required=False)
    give = RoleGiven(many=True, required=False)
    take = RoleGiven(many=True, required=False)
    active = fields.Choice(["true"], required=False, help_text="Of who was deactivated.")
    reason = fields.Text()


FORMS = {
    form._declared_fields["kind"].choices[0]: form
    for form in (
        *(AccountOpening, AccountChange, AccountStatusChange, AccountClosure, AccountHandover),
        *(HolderMerger, Appointment, Restoration, TrustedAddition, StopLifting, Recovery),
        *(PersonAddition, PersonChange),
    )
}


class AddedFile(serializers.Serializer):
    """A document: a PDF, a PNG or a JPEG of at most 5 MiB."""

    name = fields.Text(max_length=200)
    media_type = fields.Text(max_length=100)
    content = Bytes()


class Reason(serializers.Serializer):
    """Why something is done."""

    reason = fields.Text(required=False)


class SaidReason(serializers.Serializer):
    """Why something is done that is not done without a reason."""

    reason = fields.Text()


class StopForm(serializers.Serializer):
    """What shall stop: an account, a unit type, a subject that others know, or the registry."""

    registry = fields.Code()
    account = fields.AccountNumber(required=False)
    unit_type = fields.Code(required=False)
    subject = fields.Text(max_length=200, required=False)
    reason = fields.Text()
