from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_webhooks")]
    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=["id", "status"], name="account_status_change_waits_for_postings"
            ),
        ),
    ]
