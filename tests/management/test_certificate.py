"""`manage.py certificate`: files that are verified in another directory, with nothing else."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.certificates import key_list, verification
from registry.services.sign_issuances import sign_issuances
from registry.services.signing_keys import ensure_keys
from tests.tidy.rule import ROOT
from tests.world import stock


@pytest.fixture
def signed(world, keys_dir):
    """KAU 1-100 and 101-200 are signed, 201-300 are not."""
    ensure_keys(at=world.at)
    stock(world, operator_a=100)
    stock(world, operator_a=100)
    sign_issuances(at=world.at)
    stock(world, operator_a=100)
    return world


def certificate(*arguments):
    out = StringIO()
    call_command("certificate", *arguments, stdout=out)
    return out.getvalue()


def test_files_are_verified_elsewhere(signed, tmp_path):
    """A block of two issuances has two certificates, and receipts and keys lie beside them."""
    said = certificate("KAU", "50", "150", "--directory", str(tmp_path / "out"))
    kinds = ("certificate", "receipt")
    names = [f"KAU-{block}.{kind}.json" for block in ("50-100", "101-150") for kind in kinds]
    names.append("keys.json")
    assert said.split() == [str(tmp_path / "out" / name) for name in names]
    verify = [sys.executable, "-m", "registry.certificates.verify"]
    paths = [str(tmp_path / "out" / name) for name in names]
    done = subprocess.run(
        [*verify, *paths[:-1], "--keys", paths[-1]], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done
    spoilt = tmp_path / "out" / names[0]
    spoilt.write_bytes(spoilt.read_bytes().replace(b'"KAU"', b'"KAV"'))
    done = subprocess.run(
        [*verify, *paths[:-1], "--keys", paths[-1]], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.count(b"SIGNATURE_WRONG")) == (1, 1)


def test_one_certificate_is_printed(signed, client):
    """As it is, with a line feed at its end."""
    said = certificate("KAU", "7")
    keys = key_list.parse(client.get("/.well-known/jwks.json").content)
    verdict = verification.verify(said.encode(), keys)
    assert verdict.holds
    assert (verdict.says["first"], verdict.says["last"]) == ("7", "7")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["KAU", "50", "150"], "2 issuances"),
        (["KAU", "201", "210"], "ISSUANCE_NOT_SIGNED"),
        (["KAU", "290", "310"], "SERIALS_NOT_ISSUED"),
        (["KAU", "20", "10"], "BLOCK_BACKWARDS"),
        (["KAU", "0", "10"], "SERIALS_NOT_ISSUED"),
        (["XYZ", "1"], "UNKNOWN_UNIT_TYPE"),
        (["KAU", "one"], "invalid int"),
        (["KAU", "1", "--directory", "/dev/null"], "can not be written"),
    ],
)
def test_what_has_no_certificate_is_told(signed, arguments, told):
    """The code, or what is wrong with the arguments; the status is not 0."""
    with pytest.raises(CommandError, match=told):
        certificate(*arguments)
