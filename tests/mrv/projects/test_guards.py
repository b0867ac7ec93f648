"""What the database itself holds of projects and their credits, attacked in raw SQL."""

from django.db import IntegrityError, transaction

from tests.mrv import project_attacks


def refusal(attack, project):
    """The name of the rule that refuses an attack, or None; nothing of it stays."""
    try:
        with transaction.atomic():
            attack(project)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return None


def test_the_database_refuses(project):
    """Each by the name of the rule, whatever the code would have said. One project stands for all
    attacks, which leave nothing behind."""
    prepared = project_attacks.prepared(project)
    found = {name: refusal(run, prepared) for name, run in project_attacks.ATTACKS.items()}
    assert {name: by for name, by in found.items() if by != name} == {}
    assert len(found) > 40
