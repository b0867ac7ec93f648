import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0009_peers"),
        ("registry", "0061_message_keys"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_ends_at_an_instant",
        ),
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_is_completed_by_its_destination",
        ),
        migrations.RemoveIndex(
            model_name="transfer",
            name="transfer_under_way",
        ),
        migrations.AddField(
            model_name="transfer",
            name="account_abroad",
            field=models.CharField(blank=True, max_length=40, verbose_name="account abroad"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="answer",
            field=models.JSONField(null=True, verbose_name="answer"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="peer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers",
                to="linking.peer",
                verbose_name="peer",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="period",
            field=models.CharField(blank=True, max_length=32, verbose_name="period"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="receiver",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received",
                to="registry.registry",
                verbose_name="receiver",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="role",
            field=models.CharField(
                choices=[
                    ("both", "both halves"),
                    ("source", "source"),
                    ("destination", "destination"),
                ],
                default="both",
                max_length=16,
                verbose_name="half",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="uuid",
            field=models.UUIDField(default=uuid.uuid4, null=True, verbose_name="transfer"),
        ),
        # Rows of before are both halves, on this node.
        migrations.RunSQL(Path(__file__).with_name("0010_halves_of_before.sql").read_text()),
        migrations.AlterField(
            model_name="transfer",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received",
                to="registry.registry",
                verbose_name="receiver",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="uuid",
            field=models.UUIDField(default=uuid.uuid4, verbose_name="transfer"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="valid_until",
            field=models.DateTimeField(null=True, verbose_name="accepted until"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="accepted_at",
            field=models.DateTimeField(null=True, verbose_name="accepted at"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="destination",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers_in",
                to="registry.account",
                verbose_name="to account",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="source_transaction",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfer",
                to="registry.transaction",
                verbose_name="transaction of the sender",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "proposed"),
                    ("asked", "asked"),
                    ("accepted", "accepted"),
                    ("committed", "committed"),
                    ("completed", "completed"),
                    ("rejected", "rejected"),
                    ("aborted", "aborted"),
                ],
                default="accepted",
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("state__in", ["proposed", "asked", "accepted", "committed"])),
                fields=["id"],
                name="transfer_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                fields=("uuid", "role"), name="transfer_half_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at", None),
                        ("state__in", ["proposed", "asked", "accepted", "committed"]),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["completed", "rejected", "aborted"]),
                    ),
                    _connector="OR",
                ),
                name="transfer_ends_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("destination_transaction", None), ("role", "source")),
                    models.Q(("destination_transaction__isnull", False), ("state", "completed")),
                    models.Q(
                        models.Q(("state", "completed"), _negated=True),
                        ("destination_transaction", None),
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
                    models.Q(
                        ("destination__isnull", False),
                        ("peer", None),
                        ("role", "both"),
                        ("source_transaction__isnull", False),
                        ("state__in", ["accepted", "completed", "aborted"]),
                    ),
                    models.Q(
                        ("destination", None),
                        ("peer__isnull", False),
                        ("role", "source"),
                        ("source_transaction__isnull", False),
                    ),
                    models.Q(
                        ("destination__isnull", False),
                        ("peer__isnull", False),
                        ("role", "destination"),
                        ("source_transaction", None),
                        ("state__in", ["asked", "accepted", "completed", "rejected", "aborted"]),
                    ),
                    _connector="OR",
                ),
                name="transfer_half_has_its_own_ends",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
