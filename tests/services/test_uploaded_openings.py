"""Opening balances as an upload: tried by a worker, decided by another, brought as a whole."""

import io
import zipfile

import pytest

from registry import opening_archive
from registry.errors import InvalidInput, NotPermitted
from registry.models import Account, OpeningBalance, Transaction, Upload
from tests.people import person
from tests.services.test_opening_balances import FILES
from tests.services.uploading import State, checked, decided, sent

pytestmark = pytest.mark.django_db
ZIP = "application/zip"
KIND = "opening_balances"


def packed(files=FILES):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def tried(world, files=FILES, **more):
    return checked(world, KIND, packed(files), media_type=ZIP, **more)


def test_brought_when_another_has_decided(world):
    """The dry run leaves nothing; decided, accounts are open and each type is one proposal of who
    approved the file, which another approves."""
    found = tried(world)
    assert (found.state, found.rows_total, found.errors_total) == (State.CHECKED, 12, 0)
    assert not OpeningBalance.objects.exists()
    assert not Account.objects.filter(name="Plant 1").exists()
    done = decided(world, found)
    assert (done.state, done.rows_written) == (State.WRITTEN, 12)
    assert Account.objects.filter(name="Plant 1").exists()
    proposed = Transaction.objects.filter(opening__upload=done)
    assert proposed.count() == 2
    assert {each.status for each in proposed} == {Transaction.Status.AWAITING_APPROVAL}
    assert {each.proposer_id for each in proposed} == {world.administrator_2.person_id}


def test_errors_have_their_file_and_row(world):
    """All errors are kept, each by the file and row that it is in."""
    files = {
        **FILES,
        "accounts.csv": FILES["accounts.csv"].replace("GOV", "XYZ"),
        "holdings.csv": FILES["holdings.csv"].replace(",100,", ",1e2,"),
    }
    found = tried(world, files)
    assert found.state == State.REFUSED
    told = [(each.data["file"], each.row, each.column, each.code) for each in found.errors.all()]
    assert sorted(told) == [
        ("accounts.csv", 4, "kind", "OPENING_CODE_UNKNOWN"),
        ("holdings.csv", 2, "quantity", "OPENING_CELL_INVALID"),
    ]


def test_what_changed_meanwhile_refuses_the_whole(world):
    """A rule that was kept when the file was tried and is broken now leaves nothing."""
    first = tried(world)
    other = tried(world, {**FILES, "accounts.csv": FILES["accounts.csv"].replace("Plant 1", "P")})
    assert decided(world, first).state == State.WRITTEN
    refused = decided(world, other)
    assert refused.state == State.REFUSED
    assert {each.code for each in refused.errors.all()} == {"OPENING_SERIALS_TWICE"}
    assert OpeningBalance.objects.filter(upload=other).count() == 0


def test_only_administrators_send_them(world):
    """A junior administrator sends other files, but not these: they propose units."""
    junior = person(world, "junior", "junior_administrator", world.home)
    with pytest.raises(NotPermitted):
        sent(world, KIND, packed(), by=junior, media_type=ZIP)


@pytest.mark.parametrize(
    ("kind", "media_type", "content", "code"),
    [
        (KIND, "text/csv", b"a,b\n", "FILE_TYPE_NOT_TAKEN"),
        ("accounts", ZIP, packed(), "FILE_TYPE_NOT_TAKEN"),
        (KIND, ZIP, b"a,b\n", "FILE_IS_ANOTHER_TYPE"),
    ],
    ids=["rows", "an archive of accounts", "rows called an archive"],
)
def test_type_of_the_file_is_that_of_its_kind(world, kind, media_type, content, code):
    """Rows come as CSV or XLSX, opening balances as ZIP."""
    with pytest.raises(InvalidInput) as caught:
        sent(world, kind, content, media_type=media_type)
    assert caught.value.code == code
    assert not Upload.objects.exists()


def _locked():
    """An archive that says of its files that a password locks them."""
    return packed().replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and nothing of the kind", "OPENING_FILE_UNREADABLE"),
        (packed()[:-40], "OPENING_FILE_UNREADABLE"),
        (_locked(), "OPENING_FILE_UNREADABLE"),
        (packed({**FILES, "notes.txt": "x"}), "OPENING_FILES_OTHERS"),
        (packed({"books/totals.csv": "x"}), "OPENING_FILES_OTHERS"),
        (packed({**FILES, "totals.csv": "\n" * 200_003}), "TOO_MANY_ROWS"),
    ],
    ids=["noise", "cut off", "locked", "one more", "in a folder", "too long"],
)
def test_archives_that_can_not_be_read(content, code):
    """Each is refused by its code, whatever it says of itself."""
    with pytest.raises(InvalidInput) as caught:
        opening_archive.unpack(content)
    assert caught.value.code == code


def test_archive_that_would_fill_the_memory():
    """No more is unpacked than may be, however small it is when packed."""
    content = packed({**FILES, "holdings.csv": "x" * (40 * 2**20)})
    assert len(content) < 2**20
    with pytest.raises(InvalidInput) as caught:
        opening_archive.unpack(content)
    assert caught.value.code == "FILE_IS_TOO_LARGE_UNPACKED"
