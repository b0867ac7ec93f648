import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0002_guards"),
        ("registry", "0042_border_transaction_types"),
    ]

    operations = [
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("recognition", "recognition"),
                            ("issue_and_cancel", "issue_and_cancel"),
                            ("escrow_mirror", "escrow_mirror"),
                            ("repatriation", "repatriation"),
                        ],
                        max_length=16,
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted"),
                            ("completed", "completed"),
                            ("aborted", "aborted"),
                        ],
                        default="accepted",
                        max_length=16,
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_in",
                        to="registry.account",
                    ),
                ),
                (
                    "destination_transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_in",
                        to="registry.transaction",
                    ),
                ),
                (
                    "edge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="linking.linkedge",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent",
                        to="registry.registry",
                    ),
                ),
                (
                    "source_transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer",
                        to="registry.transaction",
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
        ),
        migrations.CreateModel(
            name="TransferPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("vintage_from", models.DateField()),
                ("quantity", models.BigIntegerField()),
                ("withheld", models.BigIntegerField(default=0)),
                ("credited", models.BigIntegerField(default=0)),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="part",
                        to="linking.storeddecision",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="linking.transfer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("state", "accepted")), fields=["id"], name="transfer_under_way"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "accepted")),
                    models.Q(("ended_at__isnull", False), ("state__in", ["completed", "aborted"])),
                    _connector="OR",
                ),
                name="transfer_ends_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("destination_transaction__isnull", False), ("state", "completed")),
                    models.Q(
                        ("destination_transaction", None), ("state__in", ["accepted", "aborted"])
                    ),
                    _connector="OR",
                ),
                name="transfer_is_completed_by_its_destination",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "method__in",
                        ["recognition", "issue_and_cancel", "escrow_mirror", "repatriation"],
                    )
                ),
                name="transfer_method_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="transfer_moves_units"
            ),
        ),
        migrations.AddConstraint(
            model_name="transferpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited__gte", 0),
                    ("quantity__gt", 0),
                    ("withheld__gte", 0),
                    ("withheld__lte", models.F("quantity")),
                ),
                name="transfer_part_withholds_of_what_it_moves",
            ),
        ),
    ]
