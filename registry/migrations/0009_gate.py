from pathlib import Path

from django.db import migrations

HERE = Path(__file__)


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_write")]
    operations = [
        migrations.RunSQL(HERE.with_suffix(".sql").read_text()),
        migrations.RunSQL(HERE.with_name("0009_gate_decisions.sql").read_text()),
    ]
