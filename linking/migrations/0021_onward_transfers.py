from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0020_promised_blocks"),
        ("registry", "0070_logged_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="OnwardTransfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(verbose_name="transfer")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("both", "both halves"),
                            ("source", "source"),
                            ("destination", "destination"),
                        ],
                        max_length=16,
                        verbose_name="half",
                    ),
                ),
                ("account", models.CharField(max_length=40, verbose_name="to account")),
                ("period", models.CharField(blank=True, max_length=32, verbose_name="period")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("at_home", "at home"),
                            ("sent", "sent on"),
                            ("arrived", "arrived"),
                            ("stayed", "stays at home"),
                            ("dropped", "dropped"),
                        ],
                        default="planned",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.JSONField(null=True, verbose_name="answer")),
                ("ordered_at", models.DateTimeField(verbose_name="ordered at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "peer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="linking.peer",
                        verbose_name="peer",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                        verbose_name="receiver",
                    ),
                ),
                (
                    "second",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goes_on",
                        to="linking.transfer",
                        verbose_name="second transfer",
                    ),
                ),
            ],
            options={
                "verbose_name": "onward transfer",
                "verbose_name_plural": "onward transfers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["planned", "at_home", "sent"])),
                        fields=["id"],
                        name="onward_transfer_under_way",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("uuid", "role"), name="onward_transfer_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("peer", None), ("role", "both")),
                            models.Q(
                                ("peer__isnull", False), ("role__in", ["source", "destination"])
                            ),
                            _connector="OR",
                        ),
                        name="onward_transfer_is_of_a_half",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None), ("state__in", ["planned", "at_home", "sent"])
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state__in", ["arrived", "stayed", "dropped"]),
                            ),
                            _connector="OR",
                        ),
                        name="onward_transfer_ends_at_an_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("second__isnull", False),
                            _connector="OR",
                        ),
                        name="onward_transfer_is_sent_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
