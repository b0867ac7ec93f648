from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0015_used_abroad"),
        ("registry", "0067_foreign_issuances"),
    ]

    operations = [
        migrations.AddField(
            model_name="externalretirement",
            name="message",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retirement",
                to="linking.inboxmessage",
                verbose_name="message",
            ),
        ),
        migrations.CreateModel(
            name="RetirementFor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.BigIntegerField(verbose_name="first serial")),
                ("last", models.BigIntegerField(verbose_name="last serial")),
                ("account", models.CharField(max_length=40, verbose_name="to account")),
                ("period", models.CharField(blank=True, max_length=32, verbose_name="period")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("told", "acceptor is told"),
                            ("credited", "credited by the acceptor"),
                            ("refused", "refused by the acceptor"),
                            ("aborted", "aborted"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.JSONField(null=True, verbose_name="answer")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "acceptor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                        verbose_name="acceptor's registry",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="linking.outboxmessage",
                        verbose_name="message",
                    ),
                ),
                (
                    "statement",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told_by",
                        to="linking.externalretirement",
                        verbose_name="statement",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retirement_for",
                        to="registry.transaction",
                        verbose_name="transaction",
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
            ],
            options={
                "verbose_name": "retirement for a use elsewhere",
                "verbose_name_plural": "retirements for a use elsewhere",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "proposed")),
                        fields=["id"],
                        name="retirement_for_to_be_told",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 1), ("last__gte", models.F("first"))),
                        name="retirement_for_is_of_serials",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["proposed", "told"])),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["credited", "refused", "aborted"]),
                            ),
                            _connector="OR",
                        ),
                        name="retirement_for_ends_at_an_instant",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="reconciliationrun",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("daily", "daily"),
                    ("asked", "asked for"),
                    ("statement", "statement handed in"),
                ],
                max_length=16,
                verbose_name="begun by",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
