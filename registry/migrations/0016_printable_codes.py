from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """A serial names its registry and its unit type, so their codes have only what it can have."""

    dependencies = [("registry", "0015_sources_and_closings")]
    operations = [
        migrations.AddConstraint(
            "registry",
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"),
                name="registry_code_can_be_printed",
            ),
        ),
        migrations.AddConstraint(
            "unittype",
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9.-]*$"),
                name="unit_type_code_can_be_printed",
                violation_error_message=(
                    "A code begins with a letter or digit and has letters A to Z, digits, dots and "
                    "hyphens."
                ),
            ),
        ),
        migrations.AddConstraint(
            "unittype",
            models.UniqueConstraint(
                Upper("code"),
                name="unit_type_code_is_one_in_any_case",
                violation_error_message="Another unit type has this code in other letters.",
            ),
        ),
    ]
