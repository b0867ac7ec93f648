from pathlib import Path

from django.db import migrations

PARTS = ("0065_submit_tells_when.sql", "0065_submit_together.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0064_return_of_allocation"),
    ]

    operations = [migrations.RunSQL(Path(__file__).with_name(part).read_text()) for part in PARTS]
