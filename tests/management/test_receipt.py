"""`manage.py receipt`: a promise that is verified in another directory, with nothing else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.certificates import key_list, verification
from registry.lines import Line
from registry.services.freeze import freeze
from registry.services.signing_keys import ensure_keys
from tests.world import moved, stock


@pytest.fixture
def outcome(world, keys_dir):
    ensure_keys(at=world.at)
    stock(world, operator_a=100)
    return moved(world, world.at_home.operator_a, world.at_home.operator_b, 10)


def receipt(*arguments):
    out = StringIO()
    call_command("receipt", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_files_are_verified_elsewhere(outcome, tmp_path):
    """With the public keys beside it; after one character is changed it is not."""
    directory = tmp_path / "out"
    said = receipt(outcome.transaction_id, "--directory", directory)
    name = f"transaction-{outcome.transaction_id}.receipt.json"
    assert said.split() == [str(directory / name), str(directory / "keys.json")]
    data = (directory / name).read_bytes()
    keys = key_list.parse((directory / "keys.json").read_bytes())
    verdict = verification.verify(data, keys)
    assert verdict.holds
    assert verdict.says["posting"] == str(outcome.posting_id)
    assert not verification.verify(data.replace(b'"posting":"', b'"posting":"1', 1), keys).holds


def test_receipt_is_printed(outcome, client):
    """As it is, with a line feed at its end."""
    keys = key_list.parse(client.get("/.well-known/jwks.json").content)
    assert verification.verify(receipt(outcome.transaction_id).encode(), keys).holds


def test_what_has_no_receipt_is_told(world, outcome):
    """A number that nothing has, and a transaction that moves nothing."""
    line = Line(world.at_home.operator_a, None, world.kau.pk, 1)
    frozen = freeze(actor=world.administrator_1, lines=[line], key="f", at=world.at)
    for number, code in ((999_999, "UNKNOWN_TRANSACTION"), (frozen.transaction_id, "NO_POSTING")):
        with pytest.raises(CommandError, match=code):
            receipt(number)


def test_directory_that_can_not_be_written(outcome, tmp_path):
    """The reason is told, and nothing else goes wrong."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="can not be written"):
        receipt(outcome.transaction_id, "--directory", tmp_path / "file")
