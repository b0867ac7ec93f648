from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mrv", "0011_projects"),
        ("registry", "0067_foreign_issuances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuanceRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("units", models.BigIntegerField(verbose_name="quantity (units)")),
                ("to_buffer", models.BigIntegerField(verbose_name="to the buffer (units)")),
                (
                    "state",
                    models.CharField(
                        choices=[("standing", "standing"), ("dropped", "dropped")],
                        default="standing",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="mrv.monitoringreport",
                        verbose_name="monitoring report",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_request",
                        to="registry.transaction",
                        verbose_name="transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "issuance request",
                "verbose_name_plural": "issuance requests",
            },
        ),
        migrations.CreateModel(
            name="CreditLoss",
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
                            ("reversal", "reversal of removals"),
                            ("invalidation", "invalidation"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("units", models.BigIntegerField(verbose_name="quantity (units)")),
                ("evidence", models.TextField(verbose_name="evidence")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stated", "stated"),
                            ("settled", "settled"),
                            ("refused", "refused"),
                        ],
                        default="stated",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("cancelled", models.BigIntegerField(default=0, verbose_name="cancelled (units)")),
                ("stated_at", models.DateTimeField(verbose_name="stated at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="losses",
                        to="mrv.offsetproject",
                        verbose_name="project",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stated by",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_loss",
                        to="registry.transaction",
                        verbose_name="transaction",
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mrv.verifier",
                        verbose_name="verifier",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="losses",
                        to="mrv.issuancerequest",
                        verbose_name="issuance request",
                    ),
                ),
            ],
            options={
                "verbose_name": "loss of credits",
                "verbose_name_plural": "losses of credits",
            },
        ),
        migrations.CreateModel(
            name="Replacement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("units", models.BigIntegerField(verbose_name="quantity (units)")),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
                (
                    "loss",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
                        to="mrv.creditloss",
                        verbose_name="loss of credits",
                    ),
                ),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="offered by",
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacement",
                        to="registry.transaction",
                        verbose_name="transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "replacement",
                "verbose_name_plural": "replacements",
            },
        ),
        migrations.AddConstraint(
            model_name="issuancerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "standing")),
                fields=("report",),
                name="issuance_request_credits_a_period_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_buffer__gte", 0), ("to_buffer__lte", models.F("units")), ("units__gte", 1)
                ),
                name="issuance_request_divides_its_units",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditloss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "reversal"), ("request", None), ("verifier__isnull", False)),
                    models.Q(
                        ("kind", "invalidation"), ("request__isnull", False), ("verifier", None)
                    ),
                    _connector="OR",
                ),
                name="credit_loss_is_found_or_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditloss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled__gte", 0), ("cancelled__lte", models.F("units")), ("units__gte", 1)
                ),
                name="credit_loss_cancels_no_more_than_is_lost",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditloss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("state", "stated"),
                        ("transaction", None),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state__in", ["settled", "refused"]),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("stated_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="credit_loss_is_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditloss",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled", 0), ("transaction", None)),
                    models.Q(
                        ("cancelled__gte", 1), ("state", "settled"), ("transaction__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="credit_loss_cancels_by_its_transaction",
            ),
        ),
        migrations.AddConstraint(
            model_name="replacement",
            constraint=models.CheckConstraint(
                condition=models.Q(("units__gte", 1)), name="replacement_is_of_some_units"
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
