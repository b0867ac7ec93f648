from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0011_reconciliation"),
        ("registry", "0061_message_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Peer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("introduced", "introduced"),
                            ("pinned", "pinned"),
                            ("paused", "paused"),
                            ("ended", "ended"),
                        ],
                        default="introduced",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("card", models.TextField(verbose_name="card of the node")),
                ("protocol", models.IntegerField(default=1, verbose_name="protocol version")),
                ("introduced_at", models.DateTimeField(verbose_name="introduced at")),
                (
                    "confirmation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "by a person"),
                            ("agreement", "by an agreement in force"),
                        ],
                        max_length=16,
                        verbose_name="confirmation",
                    ),
                ),
                ("pinned_at", models.DateTimeField(null=True, verbose_name="pinned at")),
                ("not_before", models.DateTimeField()),
                ("leased_until", models.DateTimeField()),
                (
                    "failures",
                    models.IntegerField(default=0, verbose_name="attempts without an answer"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(null=True, verbose_name="without an answer since"),
                ),
                (
                    "introduced_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="introduced by",
                    ),
                ),
                (
                    "pinned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="pinned by",
                    ),
                ),
            ],
            options={
                "verbose_name": "peer",
                "verbose_name_plural": "peers",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, verbose_name="message")),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("transfer", models.UUIDField(null=True, verbose_name="transfer")),
                ("text", models.TextField(verbose_name="text")),
                ("digest", models.BinaryField()),
                ("key_id", models.CharField(max_length=43, verbose_name="key id")),
                ("signature", models.BinaryField()),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("delivered", "delivered"),
                            ("refused", "refused"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("next_attempt_at", models.DateTimeField(verbose_name="next attempt at")),
                ("attempts", models.IntegerField(default=0, verbose_name="attempts")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="delivered at")),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="problem")),
                ("refusal", models.JSONField(null=True, verbose_name="refusal")),
                (
                    "peer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outbox",
                        to="linking.peer",
                        verbose_name="peer",
                    ),
                ),
            ],
            options={
                "verbose_name": "message sent",
                "verbose_name_plural": "messages sent",
            },
        ),
        migrations.CreateModel(
            name="InboxMessage",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, verbose_name="message")),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("transfer", models.UUIDField(null=True, verbose_name="transfer")),
                ("text", models.TextField(verbose_name="text")),
                ("digest", models.BinaryField()),
                ("key_id", models.CharField(max_length=43, verbose_name="key id")),
                ("signature", models.BinaryField()),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                (
                    "peer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbox",
                        to="linking.peer",
                        verbose_name="peer",
                    ),
                ),
            ],
            options={
                "verbose_name": "message received",
                "verbose_name_plural": "messages received",
            },
        ),
        migrations.CreateModel(
            name="PeerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=16, verbose_name="purpose")),
                ("key_id", models.CharField(max_length=43, unique=True, verbose_name="key id")),
                ("algorithm", models.CharField(max_length=32)),
                ("public_key", models.BinaryField()),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("valid_to", models.DateTimeField(null=True, verbose_name="valid to")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="linking.peer",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="peer_keys",
                        to="registry.registry",
                    ),
                ),
            ],
            options={
                "verbose_name": "key of a peer",
                "verbose_name_plural": "keys of peers",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PeerRegistry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registries",
                        to="linking.peer",
                    ),
                ),
                (
                    "registry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_by_peer",
                        to="registry.registry",
                    ),
                ),
            ],
            options={
                "verbose_name": "registry of a peer",
                "verbose_name_plural": "registries of peers",
            },
        ),
        migrations.AddConstraint(
            model_name="peer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmation", ""), ("pinned_at", None), ("pinned_by", None)),
                    models.Q(
                        ("confirmation", "person"),
                        ("pinned_at__isnull", False),
                        ("pinned_by__isnull", False),
                        models.Q(("pinned_by", models.F("introduced_by")), _negated=True),
                    ),
                    models.Q(
                        ("confirmation", "agreement"),
                        ("pinned_at__isnull", False),
                        ("pinned_by", None),
                    ),
                    _connector="OR",
                ),
                name="peer_is_pinned_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="peer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["introduced", "ended"]),
                    models.Q(("confirmation", ""), _negated=True),
                    _connector="OR",
                ),
                name="peer_is_confirmed_before_it_is_used",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["peer", "next_attempt_at"],
                name="outbox_message_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(fields=["peer", "-created_at"], name="outbox_message_by_peer"),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("transfer__isnull", False)),
                fields=["transfer"],
                name="outbox_message_by_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivered_at", None), ("refusal", None), ("state", "waiting")),
                    models.Q(
                        ("delivered_at__isnull", False), ("refusal", None), ("state", "delivered")
                    ),
                    models.Q(
                        ("delivered_at", None), ("refusal__isnull", False), ("state", "refused")
                    ),
                    _connector="OR",
                ),
                name="outbox_message_state_says_what_became_of_it",
            ),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(fields=["peer", "-received_at"], name="inbox_message_by_peer"),
        ),
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(
                condition=models.Q(("transfer__isnull", False)),
                fields=["transfer"],
                name="inbox_message_by_transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="peerkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purpose", "issuance"), ("registry__isnull", False)),
                    models.Q(
                        ("purpose__in", ["log", "receipt", "message"]), ("registry__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="peer_key_is_of_an_owner_that_suits_its_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="peerkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("algorithm", "Ed25519")), name="peer_key_algorithm_is_known"
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
