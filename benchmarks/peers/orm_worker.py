"""One process of the measure "orm": select for update, split in Python, save."""

import os
import sys

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"],
            "CONN_MAX_AGE": None,
        }
    },
    USE_TZ=True,
)
django.setup()

from django.db import transaction  # noqa: E402 - models need the settings above
from django.utils import timezone  # noqa: E402
from psycopg2.extras import NumericRange  # noqa: E402

from benchmarks.choices import UNIT_TYPE, Choice, Choices  # noqa: E402
from benchmarks.peers.orm_models import (  # noqa: E402
    Account,
    Balance,
    Block,
    Entry,
    Transfer,
)
from benchmarks.worker import serve  # noqa: E402


@transaction.atomic
def transfer(choice: Choice) -> None:
    """The steps of the SQL function, each as the ORM says it."""
    ids = [choice.source, choice.destination]
    accounts = Account.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    source, destination = sorted(accounts, key=lambda account: account.pk != choice.source)

    block = (
        Block.objects.filter(account=source, unit_type=UNIT_TYPE)
        .large_enough(choice.quantity)
        .first()
    )
    start, end = block.serials.lower, block.serials.upper
    moved = NumericRange(start, start + choice.quantity)
    if moved.upper == end:
        block.account = destination
        block.save()
    else:
        block.serials = NumericRange(moved.upper, end)
        block.save()
        Block.objects.create(account=destination, unit_type=UNIT_TYPE, serials=moved)

    made = Transfer.objects.create(
        unit_type=UNIT_TYPE, quantity=choice.quantity, made_at=timezone.now()
    )
    for account, quantity in ((source, -choice.quantity), (destination, choice.quantity)):
        Entry.objects.create(transfer=made, account=account, serials=moved, quantity=quantity)
        balance = Balance.objects.get(account=account, unit_type=UNIT_TYPE)
        balance.quantity += quantity
        balance.save()


def main(number: int) -> None:
    choices = Choices(seed=number)

    def step() -> int:
        transfer(choices.next())
        return 1

    serve(step)


if __name__ == "__main__":
    main(int(sys.argv[1]))
