from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0024_rule_tables"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(("status", 30)), fields=["due_at", "id"], name="transaction_due"
            ),
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status__in", [0, 30])),
                fields=["expires_at", "id"],
                name="transaction_expiring",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("daily_limit__isnull", True), ("daily_limit__gte", 0), _connector="OR"
                ),
                name="account_daily_limit_is_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="transactiontype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delay", "none"), ("delay_days", 0), ("delay_hours", 0)),
                    models.Q(
                        ("delay__in", ["untrusted", "always"]),
                        models.Q(("delay_days__gt", 0), ("delay_hours__gt", 0), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="transaction_type_delays_for_some_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="transactiontype",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_after_hours__isnull", True),
                    ("expires_after_hours__gt", 0),
                    _connector="OR",
                ),
                name="transaction_type_proposals_live_for_some_time",
            ),
        ),
        migrations.AddField(
            model_name="accountday",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.account",
                verbose_name="account",
            ),
        ),
        migrations.AddField(
            model_name="calendarday",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="days",
                to="registry.jurisdiction",
                verbose_name="jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="calendaryear",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="years",
                to="registry.jurisdiction",
                verbose_name="jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="issuancecap",
            name="unit_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="caps",
                to="registry.unittype",
                verbose_name="unit type",
            ),
        ),
        migrations.AddField(
            model_name="officehours",
            name="jurisdiction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="office_hours",
                to="registry.jurisdiction",
                verbose_name="jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="registry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.registry",
                verbose_name="registry",
            ),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="unit_type",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: all unit types.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.unittype",
                verbose_name="unit type",
            ),
        ),
        migrations.AddField(
            model_name="typeproposal",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.apikey",
                verbose_name="API key",
            ),
        ),
        migrations.AddField(
            model_name="typeproposal",
            name="decider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="typeproposal",
            name="proposer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposed_types",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposer",
            ),
        ),
        migrations.AddField(
            model_name="typeproposal",
            name="registry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="registry.registry",
                verbose_name="registry",
            ),
        ),
        migrations.AddField(
            model_name="typeproposal",
            name="version",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposal",
                to="registry.transactiontype",
                verbose_name="version made",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountday",
            constraint=models.UniqueConstraint(
                fields=("account", "day"), name="account_day_is_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountday",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gte", 0)), name="account_day_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.UniqueConstraint(
                fields=("jurisdiction", "day"), name="calendar_day_is_said_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendaryear",
            constraint=models.UniqueConstraint(
                fields=("jurisdiction", "year"), name="calendar_year_is_said_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="issuancecap",
            constraint=models.UniqueConstraint(
                fields=("unit_type", "vintage_from"),
                name="issuance_cap_is_stated_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="issuancecap",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gte", 0)), name="issuance_cap_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="officehours",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__gt", models.F("opens"))),
                name="office_closes_after_it_opens",
            ),
        ),
        migrations.AddIndex(
            model_name="reconciliation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["registry"],
                name="reconciliation_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="reconciliation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True),
                    ("ended_at__gte", models.F("began_at")),
                    _connector="OR",
                ),
                name="reconciliation_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="typeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decider__isnull", True), ("status", 0)
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decider__isnull", False),
                        ("status__in", [4, 6, 7]),
                    ),
                    _connector="OR",
                ),
                name="type_proposal_is_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="typeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", [4, 6]), _negated=True),
                    models.Q(("decider", models.F("proposer")), _negated=True),
                    _connector="OR",
                ),
                name="type_proposal_is_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="typeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", 4), ("version__isnull", False)),
                    models.Q(models.Q(("status", 4), _negated=True), ("version__isnull", True)),
                    _connector="OR",
                ),
                name="type_proposal_approved_makes_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="typeproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", 0)),
                fields=("code", "registry"),
                name="type_proposal_waits_alone",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
