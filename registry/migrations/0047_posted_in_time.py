from pathlib import Path

import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0043_readings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="accountevent",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("request", "data"),
                condition=models.Q(("kind", "opened")),
                name="account_opening_by_request",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
