"""A log of who has read what."""

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARDS = Path(__file__).with_suffix(".sql").read_text()
BACKWARDS = """
DROP TRIGGER reading_is_of_its_moment ON registry_reading;
DROP TRIGGER reading_is_kept_for_a_year ON registry_reading;
DROP FUNCTION registry_reading_inserted, registry_reading_deleted;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0048_limits_in_slots"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="at"
                    ),
                ),
                (
                    "face",
                    models.CharField(
                        choices=[("rest", "REST interface"), ("admin", "pages")],
                        max_length=8,
                        verbose_name="read by",
                    ),
                ),
                ("route", models.CharField(max_length=200, verbose_name="route")),
                (
                    "parameters",
                    models.JSONField(default=dict, verbose_name="parameters of the address"),
                ),
                (
                    "filters",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        size=None,
                        verbose_name="filters",
                    ),
                ),
                (
                    "registries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="registries"
                    ),
                ),
                ("count", models.IntegerField(null=True, verbose_name="objects in the answer")),
                ("status", models.SmallIntegerField(verbose_name="status of the answer")),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.apikey",
                        verbose_name="API key",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reading",
                "verbose_name_plural": "readings",
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["at"], name="reading_at"
                    ),
                    models.Index(fields=["person", "-id"], name="reading_person"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["registries"], name="reading_registries"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("api_key__isnull", False), ("face", "rest")),
                            models.Q(("api_key__isnull", True), ("face", "admin")),
                            _connector="OR",
                        ),
                        name="reading_is_by_a_key_or_on_pages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count__gte", 0), ("count__isnull", True), _connector="OR"
                        ),
                        name="reading_count_is_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__gte", 200), ("status__lt", 300)),
                            ("status", 304),
                            models.Q(
                                ("count", 0),
                                ("count__isnull", False),
                                ("registries", []),
                                ("status__gte", 300),
                                ("status__lt", 500),
                            ),
                            _connector="OR",
                        ),
                        name="reading_that_was_refused_shows_nothing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
