from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0004_transfer_guards"),
        ("registry", "0048_limits_in_slots"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarriedForward",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pool", models.CharField(max_length=64)),
                ("closed", models.CharField(max_length=32)),
                ("opened", models.CharField(max_length=32)),
                ("scale", models.BigIntegerField()),
                ("left", models.BigIntegerField()),
                ("carried", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        # What a period has beyond its limit stands in the registry's counters.
        migrations.RunSQL(
            "SELECT registry_shift_limit(pool, period, parts) FROM linking_quotaextra "
            "WHERE parts <> 0 ORDER BY pool, period"
        ),
        migrations.DeleteModel(
            name="QuotaExtra",
        ),
        migrations.AddConstraint(
            model_name="carriedforward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("carried__gte", 0),
                    ("left__gt", 0),
                    ("scale__gte", 1),
                    ("carried__lte", models.F("left")),
                ),
                name="carried_forward_is_of_what_was_left",
            ),
        ),
        migrations.AddConstraint(
            model_name="carriedforward",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed", models.F("opened")), _negated=True),
                name="carried_forward_to_another_period",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
