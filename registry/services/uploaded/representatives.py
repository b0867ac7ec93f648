"""Representatives of a file: appointed by the rules of a single appointment, by one decision."""

from collections import Counter

from registry import errors
from registry.models import Account
from registry.services.representatives import (
    READERS_ONLY,
    Appointment,
    appoint_judged,
    judged,
    standing,
)

from .work import Work, require_none


class Representatives(Work):
    columns = {"account": True, "person": True, "right": True}
    places = {
        "UNKNOWN_ACCOUNT": "account",
        "ACCOUNT_CLOSED": "account",
        "UNKNOWN_PERSON": "person",
        "REPRESENTATIVE_EXISTS": "person",
        "RIGHT_NOT_GIVEN_HERE": "right",
        "TOO_MANY_REPRESENTATIVES": "account",
    }
    identity = ("account", "person")

    def __init__(self, *given):
        super().__init__(*given)
        # Those of the file who do more than read, by the account's number.
        self.acting = Counter()

    def note(self, row):
        if row.cells.get("right") not in READERS_ONLY and "account" in row.cells:
            self.acting[row.cells["account"]] += 1

    def failures_of(self, rows):
        return self._judged(rows)[2]

    def write(self, rows):
        new, found, failures = self._judged(rows)
        require_none(failures)
        appoint_judged(
            actor=self.actor, new=new, found=found, at=self.at, reason=self.upload.reason
        )
        for row in rows:
            self.note(row)

    def _judged(self, rows):
        """The appointments that the rows ask for, what they are judged by, and the failures."""
        accounts = self._accounts({row.cells["account"] for row in rows})
        appointments = {
            row.number: Appointment(
                accounts[row.cells["account"]], row.cells["person"], row.cells["right"]
            )
            for row in rows
            if row.cells["account"] in accounts
        }
        found = standing(self.upload.registry_id, appointments.values(), self.at)
        for account in accounts.values():
            found.acting[account.pk] += self._acting_before(account)
        failures = []
        for row in rows:
            new = appointments.get(row.number)
            if new is None:
                (failure,) = errors.unknown_account(row.cells["account"]).failures
                failures.append(self.at_row(row, failure))
                continue
            failures.extend(self.at_row(row, failure) for failure in judged(new, found))
            if new.right not in READERS_ONLY:
                found.acting[new.account.pk] += 1
        return list(appointments.values()), found, failures

    def _acting_before(self, account):
        """Those of earlier rows, unless they are written and therefore counted already."""
        return 0 if self.upload.state == self.upload.State.WRITING else self.acting[account.number]

    def _accounts(self, numbers):
        rows = Account.objects.filter(registry=self.upload.registry_id, number__in=numbers)
        return {account.number: account for account in rows}
