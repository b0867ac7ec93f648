from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("linking", "0016_retirements_for_others")]

    operations = [
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                fields=["transfer", "kind"],
                condition=models.Q(state="refused"),
                name="outbox_message_refused",
            ),
        ),
    ]
