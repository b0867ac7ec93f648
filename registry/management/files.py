"""Documents as files of a directory: the very bytes that are verified elsewhere."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from registry import canonical
from registry.certificates import key_list
from registry.selectors.signing_keys import every_key


def write_documents(command, directory, documents) -> None:
    """Writes (name, document) pairs in their canonical form, and the public keys beside them.

    Prints the path of each.   Raises: CommandError.
    """
    files = [*documents, ("keys.json", key_list.document(every_key()))]
    paths = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, document in files:
            paths.append(directory.joinpath(name))
            paths[-1].write_bytes(canonical.encode(document))
    except OSError as error:
        text = _("%(file)s can not be written: %(reason)s.")
        told = {"file": error.filename, "reason": error.strerror}
        raise CommandError(text % told) from error
    for path in paths:
        command.stdout.write(str(path))
