from pathlib import Path

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0006_carried_forward"),
        ("registry", "0048_limits_in_slots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExternalRetirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("serial", models.CharField(max_length=200)),
                ("series", models.CharField(max_length=300)),
                ("serials", django.contrib.postgres.fields.ranges.BigIntegerRangeField()),
                ("vintage_from", models.DateField()),
                ("period", models.CharField(max_length=32)),
                ("retired_on", models.DateField()),
                ("evidence", models.CharField(max_length=1000)),
                ("document_hash", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stated", "stated"),
                            ("confirmed", "confirmed"),
                            ("refused", "refused"),
                        ],
                        default="stated",
                        max_length=16,
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_retirements",
                        to="registry.account",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retirement",
                        to="linking.storeddecision",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transaction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_retirement",
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
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("state", "stated")
                            ),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("state__in", ["confirmed", "refused"]),
                                ("decided_at__isnull", False),
                                models.Q(("decided_by", models.F("stated_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="external_retirement_is_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), ("transaction__isnull", False)),
                            models.Q(("state__in", ["stated", "refused"]), ("transaction", None)),
                            _connector="OR",
                        ),
                        name="external_retirement_is_confirmed_by_its_issuance",
                    ),
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
