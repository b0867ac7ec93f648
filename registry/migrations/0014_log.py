from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_keys")]
    operations = [
        migrations.CreateModel(
            name="LogLeaf",
            fields=[
                (
                    "index",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="index"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("posting", "posting")], max_length=16, verbose_name="kind"
                    ),
                ),
                (
                    "digest",
                    models.BinaryField(
                        max_length=32, verbose_name="SHA-256 of the canonical bytes"
                    ),
                ),
                ("leaf_hash", models.BinaryField(max_length=32, verbose_name="leaf hash")),
                ("appended_at", models.DateTimeField(verbose_name="appended at")),
                (
                    "posting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaf",
                        to="registry.posting",
                        verbose_name="posting",
                    ),
                ),
            ],
            options={
                "verbose_name": "leaf of the log",
                "verbose_name_plural": "leaves of the log",
            },
        ),
        migrations.CreateModel(
            name="LogTile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.SmallIntegerField(verbose_name="level")),
                ("number", models.BigIntegerField(verbose_name="number")),
                ("hashes", models.BinaryField(max_length=8192, verbose_name="hashes")),
            ],
            options={
                "verbose_name": "tile of the log",
                "verbose_name_plural": "tiles of the log",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("level", "number"), name="log_tile_has_its_own_place"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "size",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="size (leaves)"
                    ),
                ),
                ("root", models.BinaryField(max_length=32, verbose_name="root")),
                ("note", models.TextField(verbose_name="signed note")),
                ("at", models.DateTimeField(db_index=True, verbose_name="made at")),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkpoints",
                        to="registry.keyrecord",
                        verbose_name="signing key",
                    ),
                ),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
