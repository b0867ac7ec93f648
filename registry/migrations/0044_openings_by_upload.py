import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0042_border_transaction_types"),
    ]

    operations = [
        migrations.AddField(
            model_name="openingbalance",
            name="upload",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="openings",
                to="registry.upload",
                verbose_name="upload",
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="form",
            field=models.CharField(
                choices=[("csv", "CSV file"), ("xlsx", "XLSX workbook"), ("zip", "ZIP file")],
                max_length=8,
                verbose_name="form of the file",
            ),
        ),
        migrations.AlterField(
            model_name="upload",
            name="kind",
            field=models.CharField(
                choices=[
                    ("accounts", "accounts to be opened"),
                    ("representatives", "representatives to be appointed"),
                    ("allocations", "allocation table"),
                    ("opening_balances", "opening balance"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
    ]
