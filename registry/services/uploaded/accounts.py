"""Accounts of a file: opened by the rules of a single opening, and by one decision."""

from collections import Counter

from registry.errors import CONSTRAINT_TEXTS, DomainError, Failure
from registry.models import Account, AccountEvent
from registry.services.account_events import event
from registry.services.accounts import form_failures, open_accounts
from registry.services.requested.accounts import named, new_account

from .work import Work, at_rows, require_none

FULL = "account_class_has_room_for_the_holder"


class Accounts(Work):
    columns = {
        "account_kind": True,
        "name": True,
        "holder": False,
        "account_class": False,
        "holding_limit": False,
    }
    places = {
        "UNKNOWN_ACCOUNT_KIND": "account_kind",
        "PARTNER_MISMATCH": "account_kind",
        "UNKNOWN_ENTITY": "holder",
        "HOLDER_HAS_A_SUCCESSOR": "holder",
        "UNKNOWN_ACCOUNT_CLASS": "account_class",
        "ACCOUNT_CLASS_FULL": "account_class",
    }

    def __init__(self, *given):
        super().__init__(*given)
        # Openings of the file by the codes of class and holder, where a holder has but a few.
        self.opened = Counter()

    def note(self, row):
        if "account_class" in row.cells and "holder" in row.cells:
            self.opened[row.cells["account_class"], row.cells["holder"]] += 1

    def failures_of(self, rows):
        """Everything that a single opening would be refused for."""
        found, opened, failures = self._read(rows)
        by_row = {row.number: row for row in rows}
        numbers = [row.number for row in rows]
        failures.extend(
            self.at_row(by_row[numbers[failure.line - 1]], failure)
            for failure in form_failures(self.upload.registry, opened)
        )
        failures.extend(self._full(rows, found))
        return failures

    def write(self, rows):
        _found, opened, failures = self._read(rows)
        require_none(failures)
        try:
            accounts = open_accounts(
                actor=self.actor, registry_id=self.upload.registry_id, accounts=opened, at=self.at
            )
        except DomainError as error:
            raise at_rows(error, rows) from error
        AccountEvent.objects.bulk_create(
            event(
                actor=self.actor,
                account_id=account.pk,
                kind=AccountEvent.Kind.OPENED,
                at=self.at,
                reason=self.upload.reason,
                request=str(self.upload.request_id),
            )
            for account in accounts
        )

    def _read(self, rows):
        payloads = [_payload(row) for row in rows]
        found = named(self.upload.registry, payloads)
        opened, failures = [], []
        for row, payload in zip(rows, payloads, strict=True):
            new, unknown = new_account(payload, found)
            opened.append(new)
            failures.extend(self.at_row(row, failure) for failure in unknown)
        return found, opened, failures

    def _full(self, rows, found):
        """Yields what the database refuses: more accounts of a class than a holder may have."""
        limited = {row.pk: row for row in found.classes.values() if row.per_holder is not None}
        standing = Counter(
            Account.objects.filter(
                account_class__in=limited, holder__in=[row.pk for row in found.holders.values()]
            )
            .exclude(status=Account.Status.CLOSED)
            .values_list("account_class__code", "holder__code")
            if limited
            else ()
        )
        standing.update(self.opened)
        most = {row.code: row.per_holder for row in limited.values()}
        for row in rows:
            place = row.cells.get("account_class"), row.cells.get("holder")
            if place[0] in most and place[1] in found.holders:
                standing[place] += 1
                if standing[place] > most[place[0]]:
                    _error, *said = CONSTRAINT_TEXTS[FULL]
                    yield self.at_row(row, Failure(*said, data={"most": str(most[place[0]])}))


def _payload(row):
    return {
        "kind": row.cells["account_kind"],
        **{name: text for name, text in row.cells.items() if name != "account_kind"},
    }
