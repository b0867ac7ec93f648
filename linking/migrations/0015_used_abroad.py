from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0018_notices_of_peers"),
        ("registry", "0067_foreign_issuances"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsesTold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
                (
                    "home",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsedAbroad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.BigIntegerField(verbose_name="first serial")),
                ("last", models.BigIntegerField(verbose_name="last serial")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("surrender", "surrender"),
                            ("retirement", "retirement"),
                            ("cancellation", "cancellation"),
                        ],
                        max_length=16,
                        verbose_name="use",
                    ),
                ),
                ("period", models.CharField(blank=True, max_length=200, verbose_name="period")),
                ("entity", models.CharField(blank=True, max_length=200, verbose_name="entity")),
                ("posting", models.CharField(max_length=20, verbose_name="posting")),
                ("used_at", models.DateTimeField(verbose_name="used at")),
                ("kept_at", models.DateTimeField(verbose_name="kept at")),
                (
                    "undone_by",
                    models.CharField(blank=True, max_length=20, verbose_name="undone by posting"),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="linking.inboxmessage",
                        verbose_name="message",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.registry",
                        verbose_name="used in registry",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.unittype",
                        verbose_name="unit type",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of units abroad",
                "verbose_name_plural": "uses of units abroad",
                "indexes": [
                    models.Index(
                        fields=["registry", "unit_type", "posting"], name="use_abroad_by_posting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 1), ("last__gte", models.F("first"))),
                        name="use_abroad_is_of_serials",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("undone_at", None), ("undone_by", "")),
                            models.Q(
                                models.Q(("undone_by", ""), _negated=True),
                                ("undone_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="use_abroad_is_undone_by_a_posting",
                    ),
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
