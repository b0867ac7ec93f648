from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0063_changes_of_persons"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="keyrecord",
            name="key_is_of_an_owner_that_suits_its_purpose",
        ),
        migrations.AlterField(
            model_name="keyrecord",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("issuance", "issuance"),
                    ("log", "log"),
                    ("receipt", "receipt"),
                    ("message", "message"),
                ],
                max_length=16,
                verbose_name="purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(purpose="issuance", registry__isnull=False)
                | models.Q(purpose__in=["log", "receipt", "message"], registry__isnull=True),
                name="key_is_of_an_owner_that_suits_its_purpose",
            ),
        ),
    ]
