from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("linking", "0017_refused_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="usedabroad",
            options={
                "verbose_name": "units used abroad",
                "verbose_name_plural": "units used abroad",
            },
        ),
        migrations.AddField(
            model_name="transfer",
            name="accepted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="accepted by",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="asks_people",
            field=models.BooleanField(default=False, verbose_name="people accept it"),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
