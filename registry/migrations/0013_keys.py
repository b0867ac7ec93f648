from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_transaction_types")]
    operations = [
        migrations.CreateModel(
            name="KeyRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key_id",
                    models.CharField(max_length=43, unique=True, verbose_name="key id"),
                ),
                (
                    "node",
                    models.CharField(
                        help_text="The name of the node.", max_length=200, verbose_name="node"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("issuance", "issuance"), ("log", "log"), ("receipt", "receipt")],
                        max_length=16,
                        verbose_name="purpose",
                    ),
                ),
                ("algorithm", models.CharField(max_length=32, verbose_name="algorithm")),
                ("public_key", models.BinaryField(verbose_name="public key")),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                (
                    "valid_to",
                    models.DateTimeField(blank=True, null=True, verbose_name="valid to"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="revoked at"),
                ),
                (
                    "revocation_reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="reason for revocation"
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the key is the node's own.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_keys",
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
            ],
            options={
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(purpose="issuance", registry__isnull=False)
                        | Q(purpose__in=["log", "receipt"], registry__isnull=True),
                        name="key_is_of_an_owner_that_suits_its_purpose",
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                        name="key_validity_is_an_interval",
                    ),
                    models.CheckConstraint(
                        condition=Q(revoked_at__isnull=True, revocation_reason="")
                        | Q(revoked_at__gte=F("valid_from")) & ~Q(revocation_reason=""),
                        name="key_revocation_has_a_time_and_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuanceSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signature", models.BinaryField(verbose_name="signature")),
                ("signed_at", models.DateTimeField(verbose_name="signed at")),
                (
                    "issuance",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="registry.issuance",
                        verbose_name="issuance",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issuance_signatures",
                        to="registry.keyrecord",
                        verbose_name="signing key",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="A signature that is void because its key was revoked before it"
                        " was made.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="registry.issuancesignature",
                        verbose_name="replaces",
                    ),
                ),
            ],
            options={
                "verbose_name": "issuance signature",
                "verbose_name_plural": "issuance signatures",
                "indexes": [
                    models.Index(fields=["key", "signed_at"], name="issuance_signature_by_key")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuance", "replaces"),
                        name="issuance_is_signed_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuanceSigner",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("through", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "signer of issuances",
                "verbose_name_plural": "signers of issuances",
                "constraints": [
                    models.CheckConstraint(condition=Q(id=1), name="issuance_signer_is_one_row")
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
