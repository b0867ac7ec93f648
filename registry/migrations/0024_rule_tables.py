import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0023_governance"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("units", models.BigIntegerField(verbose_name="units")),
            ],
            options={
                "verbose_name": "day of an account",
                "verbose_name_plural": "days of accounts",
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
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
                ("day", models.DateField(verbose_name="day")),
                ("is_working", models.BooleanField(verbose_name="working day")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "calendar day",
                "verbose_name_plural": "calendar days",
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
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
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("is_published", models.BooleanField(verbose_name="published")),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "calendar years",
            },
        ),
        migrations.CreateModel(
            name="IssuanceCap",
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
                (
                    "vintage_from",
                    models.DateField(
                        blank=True,
                        help_text="Empty: all vintages together.",
                        null=True,
                        verbose_name="vintage from",
                    ),
                ),
                ("units", models.BigIntegerField(verbose_name="cap (units)")),
            ],
            options={
                "verbose_name": "issuance cap",
                "verbose_name_plural": "issuance caps",
            },
        ),
        migrations.CreateModel(
            name="OfficeHours",
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
                ("opens", models.TimeField(verbose_name="opens")),
                ("closes", models.TimeField(verbose_name="closes")),
            ],
            options={
                "verbose_name": "office hours",
                "verbose_name_plural": "office hours",
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "pending reconciliation",
                "verbose_name_plural": "pending reconciliations",
            },
        ),
        migrations.CreateModel(
            name="TypeProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("rules", models.JSONField(verbose_name="rules")),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                ("reason", models.TextField(verbose_name="reason")),
                ("payload_hash", models.BinaryField(max_length=32, verbose_name="payload hash")),
                (
                    "status",
                    models.SmallIntegerField(
                        choices=[
                            (0, "awaiting approval"),
                            (4, "approved"),
                            (6, "rejected"),
                            (7, "withdrawn"),
                        ],
                        default=0,
                        verbose_name="status",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "decision_reason",
                    models.TextField(blank=True, verbose_name="reason for the decision"),
                ),
            ],
            options={
                "verbose_name": "proposed version of a transaction type",
                "verbose_name_plural": "proposed versions of transaction types",
            },
        ),
        migrations.AddField(
            model_name="account",
            name="daily_limit",
            field=models.BigIntegerField(
                blank=True,
                help_text="No more than this leaves the account in a day; empty: no limit.",
                null=True,
                verbose_name="daily limit (units)",
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="approvals_needed",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="approvals needed"),
        ),
        migrations.AddField(
            model_name="transaction",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="due at"),
        ),
        migrations.AddField(
            model_name="transaction",
            name="execute_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="not before"),
        ),
        migrations.AddField(
            model_name="transaction",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires at"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="approver_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=32),
                default=list,
                size=None,
                verbose_name="roles that may approve",
            ),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="bands",
            field=models.JSONField(
                blank=True,
                help_text="Above so many units in all, so many approvals are needed.",
                null=True,
                verbose_name="approvals by amount",
            ),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="counts_per_day",
            field=models.BooleanField(default=False, verbose_name="counts towards the daily limit"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="delay",
            field=models.CharField(
                choices=[
                    ("none", "none"),
                    ("untrusted", "to accounts that are not trusted"),
                    ("always", "always"),
                ],
                default="none",
                max_length=16,
                verbose_name="delayed",
            ),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="delay_days",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="delay (working days)"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="delay_hours",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="delay (working hours)"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="earliest_vintage",
            field=models.DateField(blank=True, null=True, verbose_name="earliest vintage"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="expires_after_hours",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Counted from the proposal, and anew from the end of a delay.",
                null=True,
                verbose_name="expires after (hours)",
            ),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="latest_vintage",
            field=models.DateField(blank=True, null=True, verbose_name="latest vintage"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="pool",
            field=models.CharField(
                blank=True,
                help_text="What an entity may be given in a period is a limit of this pool.",
                max_length=64,
                verbose_name="draws on the pool",
            ),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="reason_required",
            field=models.BooleanField(default=False, verbose_name="a reason is mandatory"),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="reversal_days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="reversible for (days)"
            ),
        ),
        migrations.AddField(
            model_name="transactiontype",
            name="trusted_only",
            field=models.BooleanField(default=False, verbose_name="to trusted accounts only"),
        ),
    ]
