from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0044_openings_by_upload"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="limitcounter",
            name="limit_counter_is_one",
        ),
        migrations.AddField(
            model_name="basis",
            name="jurisdiction",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bases",
                to="registry.jurisdiction",
                verbose_name="jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="limitcounter",
            name="extra_t",
            field=models.BigIntegerField(default=0, verbose_name="beyond the limit (t)"),
        ),
        migrations.AddField(
            model_name="limitcounter",
            name="limit_t",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="limit (t)"),
        ),
        migrations.AddField(
            model_name="limitcounter",
            name="slot",
            field=models.IntegerField(default=0, verbose_name="slot"),
        ),
        migrations.AddField(
            model_name="limitcounter",
            name="slots",
            field=models.IntegerField(default=1, verbose_name="slots"),
        ),
        migrations.AlterField(
            model_name="basis",
            name="entity",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="registry.accountholder",
                verbose_name="entity",
            ),
        ),
        migrations.AddConstraint(
            model_name="basis",
            constraint=models.UniqueConstraint(
                fields=("jurisdiction", "kind", "period"),
                name="basis_of_a_jurisdiction_is_stated_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="basis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entity", None), ("jurisdiction__isnull", False)),
                    models.Q(("entity__isnull", False), ("jurisdiction", None)),
                    _connector="OR",
                ),
                name="basis_is_of_an_entity_or_a_jurisdiction",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=models.UniqueConstraint(
                fields=("pool", "entity", "period", "slot"),
                name="limit_counter_is_one",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("slot", 0), ("slots__gte", 1), ("slots__lte", 64)),
                    models.Q(
                        ("extra_t", 0),
                        ("limit_t", None),
                        ("slot__gte", 1),
                        ("slot__lt", 64),
                        ("slots", 1),
                    ),
                    _connector="OR",
                ),
                name="limit_slots_are_told_by_the_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcounter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entity", None), models.Q(("slot", 0), ("slots", 1)), _connector="OR"
                ),
                name="limit_of_an_entity_has_one_slot",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
