from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0038_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorporateGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="sources",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(blank=True, max_length=200, verbose_name="confidence"),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
            ],
            options={
                "verbose_name": "corporate group",
                "verbose_name_plural": "corporate groups",
            },
        ),
        migrations.AddField(
            model_name="accountholder",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holders",
                to="registry.corporategroup",
                verbose_name="corporate group",
            ),
        ),
        migrations.CreateModel(
            name="GroupLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="sources",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(blank=True, max_length=200, verbose_name="confidence"),
                ),
                ("units", models.BigIntegerField(verbose_name="holding limit (units)")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to="registry.corporategroup",
                        verbose_name="corporate group",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_limits",
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: all unit types together.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_limits",
                        to="registry.unittype",
                        verbose_name="unit type",
                    ),
                ),
            ],
            options={
                "verbose_name": "holding limit of a group",
                "verbose_name_plural": "holding limits of groups",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "registry", "unit_type"),
                        name="group_limit_is_stated_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__gte", 0)), name="group_limit_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
