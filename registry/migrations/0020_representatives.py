import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What holds in a registry that lays down nothing of its own.
FIRST = {
    "rights": ["read", "initiate", "approve", "initiate_and_approve", "surrender"],
    "most_representatives": 5,
    "trusted_delay_days": 4,
    "stop_quorum": 2,
}


def add_first_version(apps, schema_editor):
    digest = hashlib.sha256(json.dumps(FIRST, sort_keys=True).encode()).digest()
    apps.get_model("registry", "RegistryRules").objects.using(
        schema_editor.connection.alias
    ).create(version=1, valid_from=datetime(2000, 1, 1, tzinfo=UTC), digest=digest, **FIRST)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0022_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="name (English)")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Chinese)"),
                ),
                (
                    "name_ja",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Japanese)"),
                ),
                (
                    "name_ko",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Korean)"),
                ),
                (
                    "names_unofficial",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        help_text="Languages whose text here comes from no official source.",
                        size=None,
                        verbose_name="languages without an official name",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("operator", "operator holding account"),
                            ("trading", "trading account"),
                            ("government", "government holding account"),
                            ("allocation", "allocation account"),
                            ("auction", "auction account"),
                            ("buffer", "buffer account"),
                            ("suspense", "suspense account"),
                            ("partner", "partner registry account"),
                            ("surrender", "surrender account"),
                            ("retirement", "retirement account"),
                            ("cancellation", "voluntary cancellation account"),
                            ("mandatory_cancellation", "mandatory cancellation account"),
                            ("omge_cancellation", "cancellation account for overall mitigation"),
                            ("adaptation_fund", "Adaptation Fund account"),
                            ("conversion", "account of converted units"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                (
                    "per_holder",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="most accounts of one holder"
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_classes",
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
            ],
            options={
                "verbose_name": "account class",
                "verbose_name_plural": "account classes",
            },
        ),
        migrations.AddField(
            model_name="account",
            name="account_class",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="registry.accountclass",
                verbose_name="account class",
            ),
        ),
        migrations.CreateModel(
            name="AccountEvent",
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
                            ("opened", "account opened"),
                            ("changed", "account changed"),
                            ("status_changed", "status changed"),
                            ("handed_over", "account handed over"),
                            ("representative_appointed", "representative appointed"),
                            ("representative_suspended", "representative suspended"),
                            ("representative_restored", "representative restored"),
                            ("representative_ended", "representative ended"),
                            ("trusted_added", "trusted account added"),
                            ("trusted_removed", "trusted account removed"),
                            ("stopped", "account stopped"),
                            ("stop_lifted", "stop of the account lifted"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="details")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registry.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.apikey",
                        verbose_name="API key",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_events",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "account event",
                "verbose_name_plural": "account events",
            },
        ),
        migrations.CreateModel(
            name="RegistryRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "rights",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32),
                        size=None,
                        verbose_name="rights that representatives may have",
                    ),
                ),
                (
                    "most_representatives",
                    models.PositiveSmallIntegerField(
                        help_text="Of one account at a time, without those who only read.",
                        verbose_name="most representatives",
                    ),
                ),
                (
                    "trusted_delay_days",
                    models.PositiveSmallIntegerField(
                        help_text="From the approval of an entry until it counts.",
                        verbose_name="delay of the trusted account list (working days)",
                    ),
                ),
                (
                    "stop_quorum",
                    models.PositiveSmallIntegerField(
                        help_text="Persons, without the one who asks for it.",
                        verbose_name="quorum to lift a stop",
                    ),
                ),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="valid to")),
                (
                    "digest",
                    models.BinaryField(max_length=32, verbose_name="SHA-256 of this version"),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of a registry",
                "verbose_name_plural": "rules of registries",
            },
        ),
        migrations.CreateModel(
            name="Representative",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "right",
                    models.CharField(
                        choices=[
                            ("read", "read only"),
                            ("initiate", "initiate"),
                            ("approve", "approve"),
                            ("initiate_and_approve", "initiate and approve"),
                            ("surrender", "surrender only"),
                        ],
                        max_length=32,
                        verbose_name="right",
                    ),
                ),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("valid_to", models.DateTimeField(blank=True, null=True, verbose_name="valid to")),
                (
                    "suspended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="suspended at"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representatives",
                        to="registry.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="representations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "account representative",
                "verbose_name_plural": "account representatives",
            },
        ),
        migrations.AddConstraint(
            model_name="accountclass",
            constraint=models.UniqueConstraint(
                fields=("registry", "code"), name="account_class_code_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="registryrules",
            constraint=models.UniqueConstraint(
                fields=("registry", "version"),
                name="registry_rules_version_is_one",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="registryrules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="registry_rules_are_valid_for_an_interval",
            ),
        ),
        migrations.AddConstraint(
            model_name="registryrules",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rights__contained_by",
                        ["read", "initiate", "approve", "initiate_and_approve", "surrender"],
                    ),
                    ("rights__len__gt", 0),
                ),
                name="registry_rules_give_known_rights",
            ),
        ),
        migrations.AddConstraint(
            model_name="registryrules",
            constraint=models.CheckConstraint(
                condition=models.Q(("stop_quorum__gte", 2)),
                name="registry_rules_ask_two_to_lift_a_stop",
            ),
        ),
        migrations.AddConstraint(
            model_name="representative",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "right__in",
                        ["read", "initiate", "approve", "initiate_and_approve", "surrender"],
                    )
                ),
                name="representative_right_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="representative",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="representative_is_valid_for_an_interval",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
        migrations.RunPython(add_first_version, migrations.RunPython.noop),
    ]
