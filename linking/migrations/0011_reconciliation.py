from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0013_names_of_retirements"),
        ("registry", "0060_addition_of_persons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestPass",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="digest_pass_is_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("daily", "daily"),
                            ("asked", "asked for"),
                        ],
                        max_length=16,
                        verbose_name="begun by",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("agreed", "agreed"),
                            ("differs", "differs"),
                            ("failed", "no answer"),
                        ],
                        max_length=16,
                        verbose_name="result",
                    ),
                ),
                ("position", models.BigIntegerField(null=True, verbose_name="position at home")),
                (
                    "partner_position",
                    models.BigIntegerField(null=True, verbose_name="position of the partner"),
                ),
                (
                    "units",
                    models.BigIntegerField(null=True, verbose_name="expected abroad (units)"),
                ),
                (
                    "partner_units",
                    models.BigIntegerField(null=True, verbose_name="held abroad (units)"),
                ),
                (
                    "on_the_way",
                    models.BigIntegerField(default=0, verbose_name="on the way (units)"),
                ),
                ("differences", models.JSONField(default=list, verbose_name="differences")),
                ("evidence", models.JSONField(default=dict, verbose_name="evidence")),
                ("questions", models.IntegerField(default=0, verbose_name="questions")),
                ("size", models.BigIntegerField(default=0, verbose_name="exchanged (bytes)")),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("ended_at", models.DateTimeField(verbose_name="ended at")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="registry.registry",
                        verbose_name="partner registry",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="registry.unittype",
                        verbose_name="unit type",
                    ),
                ),
            ],
            options={
                "verbose_name": "comparison",
                "verbose_name_plural": "comparisons",
            },
        ),
        migrations.CreateModel(
            name="ReconciliationCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("not_abroad", "booked with the partner, which does not hold them"),
                            ("not_at_home", "held by the partner, and not booked there"),
                            ("silence", "no answer about a transfer"),
                            ("contradiction", "statements that contradict each other"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("ranges", models.JSONField(verbose_name="serials")),
                ("units", models.BigIntegerField(verbose_name="quantity (units)")),
                ("about", models.CharField(blank=True, max_length=64, verbose_name="transfer")),
                ("evidence", models.JSONField(default=dict, verbose_name="evidence")),
                ("freezes", models.JSONField(default=list, verbose_name="freezes")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("proposed", "repair proposed"),
                            ("repaired", "repaired"),
                            ("dismissed", "closed without a repair"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "repair",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("take_home", "take the units home into suspense"),
                            ("give_up", "strike the units from the books abroad"),
                            ("none", "close the case without a posting"),
                        ],
                        max_length=16,
                        verbose_name="repair",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("releases", models.JSONField(default=list, verbose_name="releases")),
                (
                    "postings",
                    models.JSONField(default=list, verbose_name="transactions of the repair"),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                        verbose_name="partner registry",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.unittype",
                        verbose_name="unit type",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="linking.reconciliationrun",
                        verbose_name="found",
                    ),
                ),
            ],
            options={
                "verbose_name": "case of reconciliation",
                "verbose_name_plural": "cases of reconciliation",
            },
        ),
        migrations.CreateModel(
            name="DigestNode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("digest", models.BinaryField(max_length=256)),
                ("ends", models.BigIntegerField()),
                ("units", models.BigIntegerField(default=0)),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.unittype",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("keeper", "partner", "unit_type", "level", "number"),
                        name="digest_node_has_its_own_place",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="reconciliationrun",
            index=models.Index(fields=["unit_type", "partner", "id"], name="run_by_pair"),
        ),
        migrations.AddIndex(
            model_name="reconciliationcase",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "proposed"])),
                fields=["registry"],
                name="case_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="reconciliation_case_is_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["repaired", "dismissed"]), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("proposed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="reconciliation_case_ends_by_two_persons",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
