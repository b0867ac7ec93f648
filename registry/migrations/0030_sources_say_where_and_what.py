from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0029_closing_waits_for_postings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="what",
            field=models.TextField(verbose_name="what"),
        ),
        migrations.AlterField(
            model_name="source",
            name="where",
            field=models.CharField(max_length=500, verbose_name="where"),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("where", ""), _negated=True), models.Q(("what", ""), _negated=True)
                ),
                name="source_says_where_and_what",
            ),
        ),
    ]
