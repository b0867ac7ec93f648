"""What is wrong with data, told to the person at the command line in the language of theirs."""

from contextlib import contextmanager

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from registry.errors import DomainError
from registry.management.problems import told as refusal
from scenarios.broken import Broken
from scenarios.tables import BrokenFiles


@contextmanager
def explained():
    """Turns what the services raise into one error message with everything that is wrong."""
    try:
        yield
    except BrokenFiles as error:
        lines = [
            f"{problem.file}:{problem.line}: {problem.column}: {told(problem.broken)}"
            for problem in error.problems
        ]
        raise CommandError(_("Nothing was loaded.") + "\n" + "\n".join(lines)) from error
    except Broken as broken:
        raise CommandError(told(broken)) from broken
    except DomainError as error:
        raise CommandError(refusal(error)) from error


def told(broken):
    """What is wrong and how to mend it, with the stable code."""
    return f"{_(broken.message) % broken.data} {_(broken.hint) % broken.data} [{broken.code}]"
