import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def pointer(to, name, **options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
        verbose_name=name,
        **options,
    )


STATES = [("stated", "stated"), ("confirmed", "confirmed"), ("refused", "refused")]
FIELDS = {
    "decided_by": pointer(settings.AUTH_USER_MODEL, "decided by", null=True),
    "retired_on": models.DateField(verbose_name="retired on"),
    "serial": models.CharField(max_length=200, verbose_name="serial"),
    "state": models.CharField(
        choices=STATES, default="stated", max_length=16, verbose_name="state"
    ),
    "stated_by": pointer(settings.AUTH_USER_MODEL, "stated by"),
    "unit_type": pointer("registry.unittype", "unit type"),
}


class Migration(migrations.Migration):
    dependencies = [("linking", "0012_rejections")]

    operations = [
        migrations.AlterModelOptions(
            name="externalretirement",
            options={
                "verbose_name": "credit retired elsewhere",
                "verbose_name_plural": "credits retired elsewhere",
            },
        ),
        *(
            migrations.AlterField(model_name="externalretirement", name=name, field=field)
            for name, field in FIELDS.items()
        ),
    ]
