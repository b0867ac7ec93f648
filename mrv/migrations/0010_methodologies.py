import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mrv", "0001_initial"),
        ("registry", "0067_foreign_issuances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Methodology",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="name (English)")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Chinese)"),
                ),
                (
                    "name_ja",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Japanese)"),
                ),
                (
                    "name_ko",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Korean)"),
                ),
                (
                    "names_unofficial",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        help_text="Languages whose text here comes from no official source.",
                        size=None,
                        verbose_name="languages without an official name",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="methodologies",
                        to="registry.scheme",
                        verbose_name="scheme",
                    ),
                ),
            ],
            options={
                "verbose_name": "methodology",
                "verbose_name_plural": "methodologies",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="MethodologyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("document", models.JSONField(verbose_name="text")),
                ("digest", models.BinaryField(max_length=32, verbose_name="SHA-256 digest")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "methodology",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="mrv.methodology",
                        verbose_name="methodology",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a methodology",
                "verbose_name_plural": "versions of methodologies",
                "ordering": ["methodology", "number"],
            },
        ),
        migrations.CreateModel(
            name="ProjectType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="name (English)")),
                (
                    "name_zh_hans",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Chinese)"),
                ),
                (
                    "name_ja",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Japanese)"),
                ),
                (
                    "name_ko",
                    models.CharField(blank=True, max_length=200, verbose_name="name (Korean)"),
                ),
                (
                    "names_unofficial",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        help_text="Languages whose text here comes from no official source.",
                        size=None,
                        verbose_name="languages without an official name",
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
            ],
            options={
                "verbose_name": "project type",
                "verbose_name_plural": "project types",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z0-9_]*$")),
                        name="project_type_code_is_a_word",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="methodology",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9.-]*$")),
                name="methodology_code_can_be_printed",
            ),
        ),
        migrations.AddConstraint(
            model_name="methodologyversion",
            constraint=models.UniqueConstraint(
                fields=("methodology", "number"), name="methodology_version_is_numbered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="methodologyversion",
            constraint=models.UniqueConstraint(
                fields=("methodology", "valid_from"), name="methodology_version_begins_alone"
            ),
        ),
    ]
