from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("linking", "0003_transfers")]
    operations = [migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text())]
