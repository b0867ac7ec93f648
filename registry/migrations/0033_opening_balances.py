from importlib import import_module
from pathlib import Path

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

first_versions = import_module("registry.migrations.0012_transaction_types").first_versions


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0036_batches"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpeningBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("digests", models.JSONField(verbose_name="SHA-256 of the files")),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening",
                        to="registry.transaction",
                        verbose_name="transaction",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="registry.unittype",
                        verbose_name="unit type",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening balance",
                "verbose_name_plural": "opening balances",
            },
        ),
        migrations.CreateModel(
            name="LegacyBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="text before the numbers"
                    ),
                ),
                ("old_first", models.BigIntegerField(verbose_name="first old number")),
                ("old_last", models.BigIntegerField(verbose_name="last old number")),
                ("first", models.BigIntegerField(verbose_name="first serial")),
                ("last", models.BigIntegerField(verbose_name="last serial")),
                (
                    "opening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blocks",
                        to="registry.openingbalance",
                        verbose_name="opening balance",
                    ),
                ),
            ],
            options={
                "verbose_name": "block with old serials",
                "verbose_name_plural": "blocks with old serials",
                "indexes": [
                    models.Index(fields=["prefix", "old_first"], name="legacy_block_by_old_serial")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first__gte", 1),
                            ("last__gte", models.F("first")),
                            ("old_first__gte", 0),
                            (
                                "old_last",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("old_first"), "+", models.F("last")
                                    ),
                                    "-",
                                    models.F("first"),
                                ),
                            ),
                        ),
                        name="legacy_block_has_as_many_old_serials",
                    ),
                    models.UniqueConstraint(
                        fields=("opening", "prefix", "old_first"), name="legacy_serials_begin_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "old_number",
                    models.CharField(max_length=300, verbose_name="number in the old registry"),
                ),
                ("units", models.BigIntegerField(verbose_name="units")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening_totals",
                        to="registry.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "opening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="totals",
                        to="registry.openingbalance",
                        verbose_name="opening balance",
                    ),
                ),
            ],
            options={
                "verbose_name": "total of an opening balance",
                "verbose_name_plural": "totals of opening balances",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opening", "account"), name="opening_total_is_stated_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__gte", 1)), name="opening_total_is_of_units"
                    ),
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
        first_versions(Path(__file__).with_suffix(".toml")),
    ]
