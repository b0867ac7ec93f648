from importlib import import_module
from pathlib import Path

from django.db import migrations

first_versions = import_module("registry.migrations.0012_transaction_types").first_versions


class Migration(migrations.Migration):
    dependencies = [("registry", "0061_message_keys")]
    operations = [first_versions(Path(__file__).with_suffix(".toml"))]
