from pathlib import Path

from django.db import migrations, models

OF_THE_NODE = ["recovery", "person", "person_change"]
FORWARDS = Path(__file__).with_suffix(".sql").read_text()
BACKWARDS = """
DROP TRIGGER person_is_changed_by_others ON registry_governancerequest;
DROP FUNCTION registry_person_change_asked();
DROP TRIGGER person_change_is_decided_by_others ON registry_governancedecision;
DROP FUNCTION registry_person_change_decided();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0060_addition_of_persons"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="governancerequest",
            name="request_is_of_a_registry_or_of_the_node",
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
                    ("person_change", "change of a person"),
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
        migrations.RemoveConstraint(
            model_name="securityevent", name="security_event_kind_is_known"
        ),
        migrations.AlterField(
            model_name="securityevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_in", "signed in"),
                    ("new_address", "signed in from a new address"),
                    ("factor_added", "second factor added"),
                    ("factor_removed", "second factor removed"),
                    ("codes_made", "recovery codes made"),
                    ("key_made", "API key made"),
                    ("key_revoked", "API key revoked"),
                    ("role_given", "role given"),
                    ("role_taken", "role taken back"),
                    ("deactivated", "person deactivated"),
                    ("reactivated", "person let in again"),
                    ("password_given", "one-time password given"),
                    ("recovered", "sign-in recovered"),
                    ("mail_changed", "mail address changed"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="securityevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        *("signed_in", "new_address", "factor_added", "factor_removed"),
                        *("codes_made", "key_made", "key_revoked", "role_given"),
                        *("password_given", "recovered", "mail_changed"),
                        *("role_taken", "deactivated", "reactivated"),
                    ]
                ),
                name="security_event_kind_is_known",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
