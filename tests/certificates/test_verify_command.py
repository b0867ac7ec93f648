"""`python -m registry.certificates.verify`: in a clean process, with nothing but two files."""

import json
import os
import subprocess
import sys
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import translation

from registry import canonical
from registry.certificates import verify
from tests.certificates.papers import Signer, a_receipt, certificate, of_the_node, published
from tests.tidy.rule import ROOT

# Nothing of the environment and no directory but the interpreter's: the project is put there by
# hand, and a sentinel stands where Django would be.
CLEAN = """
import sys
sys.path.insert(0, {root!r})
sys.modules["django"] = None
from registry.certificates.verify import main
sys.exit(main())
"""


@pytest.fixture
def folder(tmp_path):
    """A certificate, a receipt, and the public keys."""
    issuer, node = Signer(), of_the_node()
    (tmp_path / "certificate.json").write_bytes(canonical.encode(certificate(issuer)))
    (tmp_path / "receipt.json").write_bytes(canonical.encode(a_receipt(node)))
    (tmp_path / "keys.json").write_bytes(published(issuer, node))
    return tmp_path


def isolated(folder, *arguments, data=None):
    return subprocess.run(
        [sys.executable, "-I", "-c", CLEAN.format(root=str(ROOT)), *arguments],
        cwd=folder,
        env={},
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_two_files_are_enough(folder):
    """Without Django, settings, environment or database; both documents at once."""
    done = isolated(folder, "certificate.json", "receipt.json", "--keys", "keys.json")
    said = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b""), done
    assert "certificate.json: verified." in said and "receipt.json: verified." in said


def test_one_changed_character_is_found(folder):
    """Exit code 1, and the code of what is wrong."""
    path = folder / "certificate.json"
    path.write_bytes(path.read_bytes().replace(b'"1000"', b'"1001"'))
    done = isolated(folder, "certificate.json", "--keys", "keys.json")
    assert done.returncode == 1
    assert b"certificate.json: SIGNATURE_WRONG: " in done.stdout


def test_as_a_module_of_the_project(folder):
    """The command of the documentation, from the project's directory."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "registry.certificates.verify"),
            *(folder / "receipt.json", "--keys", folder / "keys.json"),
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_is_read(folder):
    """A hyphen stands for it."""
    data = (folder / "certificate.json").read_bytes()
    assert isolated(folder, "-", "--keys", "keys.json", data=data).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.json", "--keys", "keys.json"], "gone.json can not be read"),
        (["receipt.json", "--keys", "gone.json"], "gone.json can not be read"),
        (["receipt.json", "--keys", "receipt.json"], "KEYS_MALFORMED"),
        (["receipt.json"], "--keys"),
    ],
)
def test_what_can_not_be_judged_exits_with_two(folder, arguments, said):
    """Neither verified nor refused."""
    done = isolated(folder, *arguments)
    assert done.returncode == 2
    assert said in (done.stdout + done.stderr).decode()


def test_lists_that_contradict_each_other_are_refused(folder):
    """A key that is valid in one list and revoked in another is for a person to judge."""
    issuer = Signer()
    other = Signer(private_key=issuer.private_key, valid_to=issuer.valid_from.replace(year=2030))
    (folder / "a.json").write_bytes(published(issuer))
    (folder / "b.json").write_bytes(published(other))
    done = isolated(folder, "receipt.json", "--keys", "a.json", "--keys", "b.json")
    assert (done.returncode, b"KEYS_MALFORMED" in done.stdout) == (2, True)


def test_json_has_everything(folder):
    """For programs: the verdict, what the document says, and findings with their particulars."""
    said = []
    options = verify.Options(
        [str(folder / "certificate.json")], [str(folder / "keys.json")], json=True
    )
    assert verify.run(options, said.append) == 0
    (document,) = json.loads(said[0])
    assert document["verified"] and document["format"] == "concord-certificate-1"
    assert document["says"]["unit_type"] == "KAU"
    (folder / "keys.json").write_bytes(published(Signer()))
    said.clear()
    assert verify.run(options, said.append) == 1
    (finding,) = json.loads(said[0])[0]["findings"]
    assert finding["code"] == "SIGNER_UNKNOWN" and finding["data"]["key"] in finding["detail"]


def managed(folder, *names):
    """`manage.py verify`: its exit code and what it said."""
    out = StringIO()
    arguments = [str(folder / name) for name in names]
    try:
        call_command("verify", *arguments, "--keys", str(folder / "keys.json"), stdout=out)
    except SystemExit as leaving:
        return SimpleNamespace(code=leaving.code, out=out.getvalue())
    return SimpleNamespace(code=0, out=out.getvalue())


def test_command_of_the_node_asks_no_database(folder):
    """The same verdicts; this test has no database to ask."""
    assert managed(folder, "certificate.json", "receipt.json").code == 0
    (folder / "receipt.json").write_bytes(b"{}")
    done = managed(folder, "receipt.json")
    assert (done.code, "DOCUMENT_FORMAT_UNKNOWN" in done.out) == (1, True)


def test_command_of_the_node_speaks_the_readers_language(folder):
    """Codes stay as they are; the texts are translated."""
    (folder / "receipt.json").write_bytes(b"{")
    with translation.override("ko"):
        said = managed(folder, "certificate.json", "receipt.json").out
    assert "verified" not in said
    assert "DOCUMENT_MALFORMED" in said and "This is not" not in said
