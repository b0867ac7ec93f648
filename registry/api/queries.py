"""The parameters of addresses, as forms: what is not declared here is refused."""

from rest_framework import serializers

from registry.models import (
    ASSIGNED_ROLES,
    Account,
    GovernanceRequest,
    Jurisdiction,
    Notice,
    Operation,
    ReferenceChange,
    ReferenceTable,
    Scheme,
    Task,
    Transaction,
    UnitType,
    Upload,
)
from registry.serials.reader import LONGEST

from . import fields

STATUSES = {status.name.lower(): status.value for status in Transaction.Status}


class Nothing(serializers.Serializer):
    """An address that takes no parameters."""


class Page(serializers.Serializer):
    cursor = fields.Text(required=False, help_text="From a next link, as it was given.")
    limit = fields.Limit(required=False, help_text="How many items at most, to 1,000.")


class Jurisdictions(Page):
    level = fields.Choice(Jurisdiction.Level.values, required=False)
    parent = fields.Code(required=False)


class Schemes(Page):
    jurisdiction = fields.Code(required=False)
    kind = fields.Choice(Scheme.Kind.values, required=False)


class Registries(Page):
    jurisdiction = fields.Code(required=False)
    scheme = fields.Code(required=False)


class UnitTypes(Page):
    registry = fields.Code(required=False)
    kind = fields.Choice(UnitType.Kind.values, required=False)


class Facts(Page):
    jurisdiction = fields.Code(required=False)
    subject = fields.Text(
        required=False, max_length=80, help_text="For example scheme:KR-ETS or unit_type:KAU."
    )
    topic = fields.Code(required=False)
    param = fields.Text(required=False, max_length=80)


class TransactionType(serializers.Serializer):
    registry = fields.Code(required=False, help_text="Where it holds; else in general.")


class Accounts(Page):
    registry = fields.Code(required=False)
    kind = fields.Choice(Account.Kind.values, required=False)
    status = fields.Choice(Account.Status.values, required=False)
    holder = fields.Code(required=False, help_text="The code of an account holder.")


class AccountHolders(Page):
    jurisdiction = fields.Code(required=False)
    registry = fields.Code(required=False, help_text="In which they have an account.")
    group = fields.Code(required=False, help_text="The code of a corporate group.")
    sector = fields.Text(required=False, max_length=100)
    name = fields.Text(required=False, max_length=100, help_text="A part of the name.")
    synthetic = fields.Choice(["true", "false"], required=False)


class AsOf(serializers.Serializer):
    as_of_position = fields.Number(required=False)
    as_of_instant = fields.Moment(required=False)


class Holdings(Page, AsOf):
    account = fields.AccountNumber(required=False)
    registry = fields.Code(required=False)
    unit_type = fields.Code(required=False, help_text="A code or an alias.")


class Transactions(Page):
    registry = fields.Code(required=False)
    type = fields.Code(required=False)
    status = fields.Choice(STATUSES, required=False)
    account = fields.AccountNumber(
        required=False,
        help_text="Transactions that moved units of this account, or have reserved some in it.",
    )
    batch = fields.Number(required=False)


class DryRun(serializers.Serializer):
    at = fields.Moment(required=False, help_text="For which moment ahead; else for now.")


class Requests(Page):
    registry = fields.Code(required=False)
    account = fields.AccountNumber(required=False)
    kind = fields.Choice(GovernanceRequest.Kind.values, required=False)
    status = fields.Choice(GovernanceRequest.Status.values, required=False)


class ReferenceChanges(Page):
    table = fields.Choice(ReferenceTable.values, required=False)
    operation = fields.Choice(Operation.values, required=False)
    status = fields.Choice(ReferenceChange.Status.values, required=False)


class Notices(Page):
    kind = fields.Choice(Notice.Kind.values, required=False)
    unread = fields.Choice(["true", "false"], required=False)


class Readings(Page):
    person = fields.Text(required=False, max_length=150, help_text="A username.")
    registry = fields.Code(required=False)
    route = fields.Text(
        required=False, max_length=200, help_text="For example /api/v1/accounts/{number}."
    )
    since = fields.Moment(required=False)
    until = fields.Moment(required=False, help_text="The first that is no longer in the interval.")


class Uploads(Page):
    registry = fields.Code(required=False)
    kind = fields.Choice(Upload.Kind.values, required=False)
    state = fields.Choice(Upload.State.values, required=False)


class OpeningBalances(Page):
    registry = fields.Code(required=False)
    upload = fields.Number(required=False, help_text="What the files came by.")


class UploadedFile(serializers.Serializer):
    """What is said of a file that is the body."""

    registry = fields.Code(help_text="The registry for which the file is.")
    kind = fields.Choice(Upload.Kind.values)
    name = fields.Text(max_length=200, required=False, help_text="The name of the file.")
    reason = fields.Text(required=False, help_text="Of the request or of the proposal.")


class Tasks(Page):
    registry = fields.Code(required=False)
    status = fields.Choice(Task.Status.values, required=False)
    assignee = fields.Text(required=False, max_length=150, help_text="A username.")


class Persons(Page):
    active = fields.Choice(["true", "false"], required=False)
    role = fields.Choice([role for role, _label in ASSIGNED_ROLES], required=False)
    registry = fields.Code(required=False, help_text="In which the person has a role.")


class Stops(Page):
    registry = fields.Code(required=False)
    standing = fields.Choice(["true", "false"], required=False)


class Blocks(serializers.Serializer):
    text = fields.Text(
        max_length=LONGEST,
        required=False,
        help_text="A serial as it is printed here or by another registry, or a unit type with a "
        "number; then nothing else names serials.",
    )
    unit_type = fields.Code(required=False, help_text="A code or an alias.")
    serial = fields.Units(required=False, help_text="One serial; or give first and last.")
    first = fields.Units(required=False)
    last = fields.Units(required=False)
    limit = fields.Limit(required=False)


class History(Blocks):
    registry = fields.Code(
        required=False, help_text="Where the units were held; else the registry that issued them."
    )


class OneBlock(Blocks):
    """Serials that are one thing; there is no list to be cut."""

    limit = None


class HoldingProof(OneBlock, AsOf):
    registry = fields.Code(
        required=False, help_text="Where the block was held; else the registry that issued it."
    )


class OfTree(serializers.Serializer):
    size = fields.Number(
        required=False, help_text="Of the tree, in leaves; that of the last checkpoint."
    )


class BetweenTrees(serializers.Serializer):
    to = fields.Number(
        required=False, help_text="Of the newer tree, in leaves; that of the last checkpoint."
    )


# A word of Python can not be declared as a name.
BetweenTrees._declared_fields = {
    "from": fields.Number(help_text="Of the older tree, in leaves."),
    **BetweenTrees._declared_fields,
}

LONGEST_WAIT_S = 20


class Feed(serializers.Serializer):
    after = fields.Number(required=False, help_text="A position; 0 for the beginning.")
    limit = fields.Limit(required=False, help_text="How many postings at most, to 1,000.")
    wait_s = fields.Number(required=False, help_text="Seconds to wait for more, to 20.")
