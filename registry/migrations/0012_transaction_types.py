import hashlib
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations


def first_versions(path):
    """The operation that adds the first version of each type of a file."""

    def add(apps, schema_editor):
        transaction_type = apps.get_model("registry", "TransactionType")
        rows = tomllib.loads(path.read_text())
        defaults = rows.pop("defaults", {})
        for code, given in rows.items():
            row = {**defaults, **given}
            digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).digest()
            transaction_type.objects.using(schema_editor.connection.alias).create(
                code=code,
                version=1,
                valid_from=datetime(2000, 1, 1, tzinfo=UTC),
                digest=digest,
                **row,
            )

    return migrations.RunPython(add, migrations.RunPython.noop)


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_reference")]
    operations = [first_versions(Path(__file__).with_suffix(".toml"))]
