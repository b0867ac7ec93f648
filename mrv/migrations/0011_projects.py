from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mrv", "0010_methodologies"),
        ("registry", "0067_foreign_issuances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OffsetProject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("values", models.JSONField(default=dict, verbose_name="values")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("crediting_from", models.DateField(verbose_name="earns from")),
                ("crediting_to", models.DateField(verbose_name="earns until (exclusive)")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("validated", "validated"),
                            ("registered", "registered"),
                            ("refused", "refused"),
                            ("closed", "closed"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="registry.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.jurisdiction",
                        verbose_name="jurisdiction",
                    ),
                ),
                (
                    "project_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="mrv.projecttype",
                        verbose_name="project type",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "unit_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.unittype",
                        verbose_name="unit type",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="mrv.methodologyversion",
                        verbose_name="methodology",
                    ),
                ),
            ],
            options={
                "verbose_name": "offset project",
                "verbose_name_plural": "offset projects",
            },
        ),
        migrations.CreateModel(
            name="MonitoringReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period_from", models.DateField(verbose_name="from")),
                ("period_to", models.DateField(verbose_name="until (exclusive)")),
                ("values", models.JSONField(verbose_name="values")),
                ("evidence", models.TextField(verbose_name="evidence")),
                ("tonnes", models.BigIntegerField(verbose_name="earned (t)")),
                ("derivation", models.JSONField(verbose_name="derivation")),
                ("digest", models.BinaryField(max_length=32, verbose_name="SHA-256 digest")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "submitted"),
                            ("verified", "verified"),
                            ("returned", "returned"),
                        ],
                        default="submitted",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("submitted_at", models.DateTimeField(verbose_name="submitted at")),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="submitted by",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="mrv.offsetproject",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "monitoring report",
                "verbose_name_plural": "monitoring reports",
            },
        ),
        migrations.CreateModel(
            name="ProjectOpinion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("positive", models.BooleanField(verbose_name="positive")),
                ("findings", models.TextField(verbose_name="findings")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinions",
                        to="mrv.offsetproject",
                        verbose_name="project",
                    ),
                ),
                (
                    "report",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinion",
                        to="mrv.monitoringreport",
                        verbose_name="monitoring report",
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_opinions",
                        to="mrv.verifier",
                        verbose_name="verifier",
                    ),
                ),
            ],
            options={
                "verbose_name": "opinion on a project",
                "verbose_name_plural": "opinions on projects",
            },
        ),
        migrations.AddConstraint(
            model_name="offsetproject",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9-]*$")),
                name="offset_project_code_can_be_printed",
            ),
        ),
        migrations.AddConstraint(
            model_name="offsetproject",
            constraint=models.CheckConstraint(
                condition=models.Q(("crediting_to__gt", models.F("crediting_from"))),
                name="offset_project_earns_for_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="offsetproject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("state__in", ["proposed", "validated"]),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state__in", ["registered", "refused", "closed"]),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="offset_project_is_decided_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="offsetproject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "refused"),
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="offset_project_is_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="monitoringreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_to__gt", models.F("period_from"))),
                name="monitoring_report_is_of_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="monitoringreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("tonnes__gte", 0)),
                name="monitoring_report_earns_or_earns_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectopinion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("report", None)),
                fields=("project",),
                name="project_opinion_validates_once",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
