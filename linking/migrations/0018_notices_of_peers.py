from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("linking", "0010_halves")]

    operations = [
        migrations.AddIndex(
            model_name="inboxmessage",
            index=models.Index(
                fields=["-received_at", "-id"],
                condition=models.Q(kind="notice"),
                name="inbox_message_notice",
            ),
        ),
        migrations.CreateModel(
            name="PeerNotice",
            fields=[],
            options={
                "verbose_name": "notice of a peer",
                "verbose_name_plural": "notices of peers",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("linking.inboxmessage",),
        ),
    ]
