"""The tables of L as Django models; made by SQL, so nothing here migrates them."""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db import models
from django.db.models import F


class Row(models.Model):
    """What the five have in common; the ORM's own rules want a text for each."""

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.pk)


class Account(Row):
    class Meta:
        app_label = "peers"
        db_table = "account"
        managed = False


class Balance(Row):
    pk = models.CompositePrimaryKey("account_id", "unit_type")
    account = models.ForeignKey(Account, models.PROTECT)
    unit_type = models.BigIntegerField()
    quantity = models.BigIntegerField()

    class Meta:
        app_label = "peers"
        db_table = "balance"
        managed = False


class BlockQuerySet(models.QuerySet):
    def large_enough(self, quantity: int) -> models.QuerySet:
        """Blocks of at least this many units, the lowest serials first."""
        return (
            self.annotate(
                start=F("serials__startswith"),
                size=F("serials__endswith") - F("serials__startswith"),
            )
            .filter(size__gte=quantity)
            .order_by("start")
        )


class Block(Row):
    account = models.ForeignKey(Account, models.PROTECT)
    unit_type = models.BigIntegerField()
    serials = BigIntegerRangeField()

    objects = BlockQuerySet.as_manager()

    class Meta:
        app_label = "peers"
        db_table = "block"
        managed = False


class Transfer(Row):
    unit_type = models.BigIntegerField()
    quantity = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "peers"
        db_table = "transfer"
        managed = False


class Entry(Row):
    pk = models.CompositePrimaryKey("transfer_id", "account_id")
    transfer = models.ForeignKey(Transfer, models.PROTECT)
    account = models.ForeignKey(Account, models.PROTECT)
    serials = BigIntegerRangeField()
    quantity = models.BigIntegerField()

    class Meta:
        app_label = "peers"
        db_table = "entry"
        managed = False
