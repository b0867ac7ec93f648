from django.db import migrations, models

OF_THE_NODE = ["recovery", "person"]


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0047_posted_in_time"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="governancerequest",
            name="request_is_of_a_registry_or_a_recovery",
        ),
        migrations.AlterField(
            model_name="governancerequest",
            name="kind",
            field=models.CharField(
                choices=[
                    ("account_opening", "opening of an account"),
                    ("account_change", "change of an account"),
                    ("account_status", "change of an account's status"),
                    ("account_closure", "closing of an account"),
                    ("account_handover", "handing over of an account"),
                    ("holder_merger", "merger of account holders"),
                    ("representative", "appointment of a representative"),
                    ("restoration", "restoration of a representative"),
                    ("trusted_account", "addition to the trusted account list"),
                    ("stop_lifting", "lifting of a stop"),
                    ("recovery", "recovery of a sign-in"),
                    ("person", "addition of a person"),
                    ("upload", "writing of an upload"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="governancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=OF_THE_NODE, registry__isnull=True)
                | ~models.Q(kind__in=OF_THE_NODE) & models.Q(registry__isnull=False),
                name="request_is_of_a_registry_or_of_the_node",
            ),
        ),
    ]
