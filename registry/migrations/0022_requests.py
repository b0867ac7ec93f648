from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SCOPES = ["read", "propose", "approve", "manage"]


def add(name, field):
    return migrations.AddField(model_name="apikey", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("registry", "0016_printable_codes")]
    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="prefix",
            field=models.CharField(max_length=64, unique=True, verbose_name="prefix"),
        ),
        add(
            "public_key",
            models.BinaryField(
                help_text="Ed25519; empty for a secret.",
                max_length=32,
                null=True,
                verbose_name="public key",
            ),
        ),
        add(
            "networks",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43),
                blank=True,
                default=list,
                help_text="Addresses that may use the key, as in 192.0.2.0/24; empty: all.",
                size=None,
                verbose_name="networks",
            ),
        ),
        add(
            "last_used_at",
            models.DateTimeField(
                blank=True,
                help_text="To within an hour.",
                null=True,
                verbose_name="last used at",
            ),
        ),
        add(
            "replaces",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="registry.apikey",
                verbose_name="replaces",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=Q(scopes__contained_by=SCOPES), name="api_key_scopes_are_known"
            ),
        ),
        migrations.CreateModel(
            name="SeenSignature",
            fields=[
                (
                    "digest",
                    models.BinaryField(
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                        verbose_name="SHA-256 of the signature",
                    ),
                ),
                ("seen_at", models.DateTimeField(verbose_name="seen at")),
            ],
            options={
                "verbose_name": "signature seen",
                "verbose_name_plural": "signatures seen",
                "indexes": [models.Index(fields=["seen_at"], name="seen_signature_by_age")],
            },
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=300, verbose_name="address")),
                ("key", models.CharField(max_length=200, verbose_name="idempotency key")),
                (
                    "fingerprint",
                    models.BinaryField(
                        help_text="SHA-256 of what was sent.",
                        max_length=32,
                        verbose_name="fingerprint of the request",
                    ),
                ),
                ("status", models.SmallIntegerField(verbose_name="status")),
                ("headers", models.JSONField(default=dict, verbose_name="headers")),
                ("body", models.BinaryField(verbose_name="body, compressed")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "stored answer",
                "verbose_name_plural": "stored answers",
                "indexes": [models.Index(fields=["created_at"], name="stored_answer_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["person", "address", "key"], name="stored_answer_is_one_per_key"
                    )
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
