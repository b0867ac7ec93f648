"""Uploads: checked row by row, decided on as a whole, written whole or not at all."""

import io

import pytest
from openpyxl import Workbook

from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted
from registry.models import (
    Account,
    AccountClass,
    AccountEvent,
    GovernanceRequest,
    Person,
    Representative,
    Role,
    Transaction,
    Upload,
    UploadError,
)
from registry.selectors import uploads
from registry.services import work_on_upload as working
from registry.services.governance import withdraw
from registry.services.submit_upload import check_again, submit_upload
from tests.people import approved, person
from tests.services.uploading import (
    CSV,
    OPENINGS,
    XLSX,
    checked,
    decided,
    errors,
    numbers,
    sent,
    worked,
)
from tests.world import complete, stock

State = Upload.State


def test_accounts_are_opened_by_one_decision(world):
    """A file without errors is opened whole when a second person has approved it."""
    AccountClass.objects.create(
        registry=world.home, code="designated", kind="operator", per_holder=2, name_en="designated"
    )
    text = (
        "\ufeff"
        + OPENINGS
        + ("operator,Plant 1,KR-OPERATOR-A,designated,1000\ntrading,Desk,KR-OPERATOR-B,,\n")
    )
    made = checked(world, "accounts", text)
    assert (made.state, made.rows_checked, made.rows_total) == (State.CHECKED, 2, 2), errors(made)
    assert not Account.objects.filter(name__in=["Plant 1", "Desk"]).exists()
    done = decided(world, made)
    assert (done.state, done.rows_written) == (State.WRITTEN, 2)
    opened = list(Account.objects.filter(name__in=["Plant 1", "Desk"]).order_by("pk"))
    assert [(row.kind, row.holder.code, row.holding_limit) for row in opened] == [
        ("operator", "KR-OPERATOR-A", 1000),
        ("trading", "KR-OPERATOR-B", None),
    ]
    event = AccountEvent.objects.filter(account__in=opened, kind="opened")
    assert {row.data["request"] for row in event} == {str(done.request_id)}
    assert {row.person_id for row in event} == {world.administrator_2.person_id}


def test_every_error_of_a_row_and_of_all_rows(world):
    """What single openings would be refused for is told by row and column, all at once."""
    AccountClass.objects.create(
        registry=world.home, code="one", kind="operator", per_holder=1, name_en="one"
    )
    text = OPENINGS + "\n".join(
        [
            "operator,Plant 1,KR-OPERATOR-A,one,10",
            "factory,=1+1,NOBODY,none,10.5",
            ",,,,",
            "operator,,KR-OPERATOR-A,,0",
            "partner,Abroad,,,-1",
            "operator,Plant 2,KR-OPERATOR-A,one,99999999999999",
            "operator,Plant 1,KR-OPERATOR-A,one,10",
            f"operator,{'x' * 301},,,",
        ]
    )
    made = checked(world, "accounts", text)
    assert made.state == State.REFUSED
    assert errors(made) == [
        (3, "name", "FORMULA_IN_CELL"),
        (5, "name", "CELL_EMPTY"),
        (6, "account_kind", "PARTNER_MISMATCH"),
        (6, "holding_limit", "NOT_POSITIVE"),
        (7, "holding_limit", "TOO_LARGE"),
        (7, "account_class", "ACCOUNT_CLASS_FULL"),
        (8, "", "ROW_REPEATED"),
        (9, "name", "INVALID_TEXT"),
    ]
    assert made.errors_total == 8
    second = checked(world, "accounts", OPENINGS + "factory,Plant,NOBODY,none,10.5\n")
    assert errors(second) == [
        (2, "holder", "UNKNOWN_ENTITY"),
        (2, "account_class", "UNKNOWN_ACCOUNT_CLASS"),
        (2, "account_kind", "UNKNOWN_ACCOUNT_KIND"),
        (2, "holding_limit", "NOT_WHOLE_UNITS"),
    ]
    with pytest.raises(Conflict) as refused:
        submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    assert refused.value.codes == ["UPLOAD_IS_IN_ANOTHER_STATE"]


def test_representatives_are_judged_as_single_ones(world):
    """Persons, rights and the most of an account count, those of the same file among them."""
    for name in "abcdefghijk":
        person(world, name)
    known = numbers(world)
    one, two = known["operator_a"], known["operator_b"]
    lines = [f"{one},{name},approve" for name in "abcdefghijk"]
    lines += [f"{two},nobody,fly", f"{two},a,read", f"{two},a,approve", "KR-ETRS-0000000-00,a,read"]
    made = checked(world, "representatives", "account,person,right\n" + "\n".join(lines))
    most = 2 + 10
    told = errors(made)
    assert (13, "person", "UNKNOWN_PERSON") in told
    assert (13, "right", "RIGHT_NOT_GIVEN_HERE") in told
    assert (15, "", "ROW_REPEATED") in told
    assert (16, "account", "UNKNOWN_ACCOUNT") in told
    full = [row for row, _column, code in told if code == "TOO_MANY_REPRESENTATIVES"]
    assert full and full == list(range(full[0], most + 1))
    text = "account,person,right\n" + "\n".join([*lines[: full[0] - 2], lines[12]])
    done = decided(world, checked(world, "representatives", text))
    assert done.state == State.WRITTEN
    assert Representative.objects.filter(account=world.at_home.operator_a).count() == full[0] - 2
    assert AccountEvent.objects.filter(kind="representative_appointed").count() == full[0] - 1


def test_allocation_table_becomes_one_proposal(world):
    """All rows are lines of one transaction, which is approved as any other."""
    stock(world, government=100)
    known = numbers(world)
    book = Workbook()
    book.active.append(["source", "destination", "unit_type", "quantity", "vintage_from"])
    book.active.append([known["government"], known["operator_a"], "KAU", 60, "2025-01-01"])
    book.active.append([known["government"], known["operator_b"], "KAU", 40, None])
    file = io.BytesIO()
    book.save(file)
    made = checked(world, "allocations", file.getvalue(), media_type=XLSX)
    assert made.state == State.CHECKED, errors(made)
    assert Transaction.objects.filter(type__code="allocate").count() == 0
    submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    done = worked(world, made)
    assert done.state == State.SUBMITTED
    found = Transaction.objects.get(pk=done.transaction_number)
    assert (found.proposer_id, found.lines.count()) == (world.administrator_1.person_id, 2)

    class Outcome:
        transaction_id = found.pk

    complete(world, Outcome)
    assert Transaction.objects.get(pk=found.pk).status == Transaction.Status.COMPLETED


def test_errors_of_an_allocation_table(world):
    """What the ledger has against the lines is told with what is wrong with their form."""
    stock(world, government=50)
    known = numbers(world)
    closed = known["operator_b"]
    Account.objects.filter(number=closed).update(status="suspended")
    text = "source,destination,unit_type,quantity,vintage_from\n" + "\n".join(
        [
            f"{known['government']},{known['operator_a']},KAU,60,",
            f"{known['government']},{known['operator_a']},NONE,10.5,2025-13-01",
            f"{known['government']},KR-ETRS-9999999-00,KAU,-1,",
            f"{known['government']},{closed},KAU,1,",
            f"{known['government']},{known['operator_a']},KAU,=A1,",
        ]
    )
    made = checked(world, "allocations", text)
    assert made.state == State.REFUSED
    assert {
        (3, "unit_type", "UNKNOWN_UNIT_TYPE"),
        (3, "quantity", "NOT_WHOLE_UNITS"),
        (3, "vintage_from", "NOT_A_DATE"),
        (4, "destination", "UNKNOWN_DESTINATION_ACCOUNT"),
        (4, "quantity", "NOT_POSITIVE"),
        (5, "destination", "DESTINATION_ACCOUNT_BLOCKED"),
        (6, "quantity", "FORMULA_IN_CELL"),
    } <= set(errors(made))
    assert Transaction.objects.filter(type__code="allocate").count() == 0


def test_what_changed_after_the_approval_refuses_all(world, monkeypatch):
    """Rows that were in order when they were checked are written all or not at all."""
    monkeypatch.setattr(working, "STEP", 2)
    for name in ("a", "b", "c"):
        person(world, name)
    number = numbers(world)["operator_a"]
    rows = "".join(f"{number},{name},read\n" for name in "abc")
    made = checked(world, "representatives", "account,person,right\n" + rows)
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    approved(world, submitted.request)
    Person.objects.filter(username="c").update(is_active=False)
    done = worked(world, made)
    assert done.state == State.REFUSED
    assert errors(done) == [(4, "person", "UNKNOWN_PERSON")]
    assert not Representative.objects.filter(account=world.at_home.operator_a).exists()
    Person.objects.filter(username="c").update(is_active=True)
    check_again(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    again = worked(world, made)
    assert (again.state, again.errors_total, errors(again)) == (State.CHECKED, 0, [])
    assert decided(world, again).state == State.WRITTEN
    assert GovernanceRequest.objects.filter(kind="upload").count() == 2


def test_who_submits_does_not_decide(world):
    """Four eyes: the request is decided by another person, of exactly these rows."""
    made = checked(world, "accounts", OPENINGS + "trading,Desk,,,\n")
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    assert submitted.request.payload == {
        "upload": str(made.pk),
        "kind": "accounts",
        "file": "x.csv",
        "digest": bytes(made.digest).hex(),
        "rows": "1",
        "rows_digest": bytes(made.rows_digest).hex(),
    }
    with pytest.raises(NotPermitted) as refused:
        approved(world, submitted.request, by=world.administrator_1)
    assert refused.value.codes == ["REQUESTER_CAN_NOT_DECIDE"]
    assert worked(world, made).state == State.SUBMITTED
    assert not Account.objects.filter(name="Desk").exists()


def test_double_submission(world):
    """The second click finds that the upload has gone on; there is one request."""
    made = checked(world, "accounts", OPENINGS + "trading,Desk,,,\n")
    submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    with pytest.raises(Conflict) as refused:
        submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    assert refused.value.codes == ["UPLOAD_IS_IN_ANOTHER_STATE"]
    assert GovernanceRequest.objects.filter(kind="upload").count() == 1


@pytest.mark.parametrize("fate", ["rejected", "withdrawn"])
def test_what_is_not_approved_is_dropped(world, fate):
    """A rejected or withdrawn file is not written, and can be sent again."""
    text = OPENINGS + "trading,Desk,,,\n"
    made = checked(world, "accounts", text)
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    if fate == "rejected":
        approved(world, submitted.request, yes=False)
    else:
        request_id = submitted.request.pk
        withdraw(actor=world.administrator_1, request_id=request_id, at=world.at)
    assert worked(world, made).state == State.DROPPED
    assert checked(world, "accounts", text).state == State.CHECKED


def test_a_file_and_a_key_are_taken_once(world):
    """The same request is the same upload; the same file under another key is told."""
    text = OPENINGS + "trading,Desk,,,\n"
    made = sent(world, "accounts", text, key="k")
    assert sent(world, "accounts", text, key="k").pk == made.pk
    with pytest.raises(Conflict) as reused:
        sent(world, "accounts", text + "trading,Desk 2,,,\n", key="k")
    assert reused.value.codes == ["IDEMPOTENCY_KEY_REUSED"]
    with pytest.raises(Conflict) as twice:
        sent(world, "accounts", text, by=world.administrator_2)
    assert twice.value.codes == ["FILE_WAS_UPLOADED"]
    assert twice.value.failures[0].data == {"upload": str(made.pk)}
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("media_type", "content", "code"),
    [
        ("application/pdf", b"%PDF-", "FILE_TYPE_NOT_TAKEN"),
        (CSV, b"PK\x03\x04", "FILE_IS_ANOTHER_TYPE"),
        (CSV, b"a\0b", "FILE_IS_ANOTHER_TYPE"),
        (XLSX, b"name\n", "FILE_IS_ANOTHER_TYPE"),
        (CSV, b"", "FILE_SIZE"),
    ],
)
def test_files_that_are_not_taken(world, media_type, content, code):
    """A file is what it says that it is, and nothing is kept of another."""
    with pytest.raises(InvalidInput) as refused:
        sent(world, "accounts", content, media_type=media_type)
    assert refused.value.codes == [code]
    assert not Upload.objects.exists()


def test_file_that_can_not_be_read_is_refused_with_its_reason(world):
    """What is wrong with the whole file is an error of the upload like others."""
    made = checked(world, "accounts", "account_kind,nome\ntrading,Desk\n")
    assert (made.state, made.rows_total) == (State.REFUSED, None)
    assert errors(made) == [(1, "nome", "UNKNOWN_COLUMN"), (1, "name", "COLUMN_MISSING")]


def test_errors_are_bounded_and_counted(world, monkeypatch):
    """A file with an error in every row does not fill the database."""
    monkeypatch.setattr(working, "MOST_ERRORS", 5)
    monkeypatch.setattr(working, "STEP", 4)
    rows = "".join(f"factory,Plant {number},,,\n" for number in range(10))
    made = checked(world, "accounts", OPENINGS + rows)
    assert (made.errors_total, UploadError.objects.filter(upload=made).count()) == (10, 5)


def test_rights(world):
    """Auditors read uploads and send none; those elsewhere see none; others do not submit."""
    text = OPENINGS + "trading,Desk,,,\n"
    for actor in (world.auditor, person(world, "elsewhere", Role.ADMINISTRATOR, world.neighbour)):
        with pytest.raises(NotPermitted):
            sent(world, "accounts", text, by=actor)
    with pytest.raises(NotPermitted):
        sent(world, "accounts", text, by=person(world, "nobody"))
    made = checked(world, "accounts", text)
    assert uploads.find(world.auditor, made.pk) == made
    outsider = person(world, "elsewhere 2", Role.ADMINISTRATOR, world.neighbour)
    for act in (submit_upload, check_again):
        with pytest.raises(NotFound):
            act(actor=outsider, upload_id=made.pk, at=world.at)
        with pytest.raises(NotPermitted) as refused:
            act(actor=world.administrator_2, upload_id=made.pk, at=world.at)
        assert refused.value.codes == ["NOT_THE_UPLOADER"]
        with pytest.raises(NotPermitted):
            act(actor=world.auditor, upload_id=made.pk, at=world.at)
    assert not uploads.visible(outsider).exists()
    assert uploads.visible(world.auditor).count() == 1
