from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0067_foreign_issuances"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logleaf",
            name="kind",
            field=models.CharField(max_length=32, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="logleaf",
            name="posting",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leaf",
                to="registry.posting",
                verbose_name="posting",
            ),
        ),
        migrations.CreateModel(
            name="LoggedDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("subject", models.CharField(max_length=128, verbose_name="subject")),
                (
                    "digest",
                    models.BinaryField(
                        max_length=32, verbose_name="SHA-256 of the canonical bytes"
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "leaf",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document",
                        to="registry.logleaf",
                        verbose_name="leaf",
                    ),
                ),
            ],
            options={
                "verbose_name": "logged document",
                "verbose_name_plural": "logged documents",
                "indexes": [
                    models.Index(
                        condition=models.Q(("leaf", None)),
                        fields=["id"],
                        name="documents_that_have_no_leaf",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "subject"), name="logged_document_is_recorded_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
