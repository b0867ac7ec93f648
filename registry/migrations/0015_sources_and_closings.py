from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

# Accounts that were closed before are trusted to have received nothing since.
COUNT = """
UPDATE registry_account SET holdings_at_closing = (
    SELECT count(*) FROM registry_holding WHERE account_id = registry_account.id)
WHERE status = 'closed'
"""
VALUE_TYPES = [
    ("integer", "whole number"),
    ("decimal", "decimal number"),
    ("rational", "number or fraction"),
    ("date", "date"),
    ("date_range", "first and last day"),
    ("month_day", "day of each year"),
    ("boolean", "yes or no"),
    ("unit_types", "list of unit types"),
    ("formula", "formula"),
    ("text", "text"),
    ("unknown", "unknown"),
]


def add(model, name, field):
    return migrations.AddField(model_name=model, name=name, field=field)


def confidence():
    return models.CharField(blank=True, max_length=200, verbose_name="confidence")


def sources():
    return ArrayField(
        base_field=models.CharField(max_length=16),
        blank=True,
        default=list,
        size=None,
        verbose_name="sources",
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_log")]
    operations = [
        *(
            operation
            for model in ("jurisdiction", "scheme", "registry", "unittypealias")
            for operation in (
                add(model, "source_codes", sources()),
                add(model, "confidence", confidence()),
            )
        ),
        add(
            "unittypealias",
            "is_official",
            models.BooleanField(default=False, verbose_name="official"),
        ),
        migrations.AlterField(model_name="fact", name="confidence", field=confidence()),
        add(
            "fact",
            "value_type",
            models.CharField(
                blank=True, choices=VALUE_TYPES, max_length=16, verbose_name="type of the value"
            ),
        ),
        add("fact", "period", models.CharField(blank=True, max_length=40, verbose_name="period")),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.CheckConstraint(
                condition=Q(value_type__in=["", *(value for value, _label in VALUE_TYPES)]),
                name="fact_value_type_is_known",
            ),
        ),
        add(
            "account",
            "holdings_at_closing",
            models.BigIntegerField(
                blank=True,
                editable=False,
                help_text="How many holdings it ever had; counted by the database when it was"
                " closed.",
                null=True,
                verbose_name="holdings until closing",
            ),
        ),
        migrations.RunSQL(COUNT),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=Q(status="closed", holdings_at_closing__gte=0)
                | ~Q(status="closed") & Q(holdings_at_closing__isnull=True),
                name="account_closed_has_counted_holdings",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
