from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0065_submit_together"),
    ]

    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text())]
