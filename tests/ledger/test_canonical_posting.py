"""The canonical bytes of a posting: complete, stable, and silent about accounts."""

import json

import pytest
import rfc8785

from registry.canonical_posting import document, hidden, posting_bytes
from registry.lines import Line
from registry.models import Account, AccountHolder, Posting
from registry.services.surrender import surrender
from tests.world import AT, complete, make_world, moved, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = make_world()
    stock(made, operator_a=100)
    return made


def surrendered(world):
    line = Line(world.at_home.operator_a, None, world.kau.pk, 30, period="2025")
    outcome = surrender(actor=world.administrator_1, lines=[line], key="s", at=AT)
    return complete(world, outcome).posting_id


def test_bytes_are_those_of_an_independent_encoder(world):
    """The bytes are RFC 8785 of the document."""
    posting = surrendered(world)
    assert posting_bytes(posting) == rfc8785.dumps(document(posting))


def test_bytes_stay_the_same_while_the_ledger_goes_on(world):
    """What later postings close changes nothing in the bytes of an earlier one."""
    posting = surrendered(world)
    before = posting_bytes(posting)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 20)
    assert posting_bytes(posting) == before


def test_document_states_what_moved_and_for_what(world):
    """Closed, opened and used ranges are there with their codes."""
    said = document(surrendered(world))
    closed, opened, used = said["closed"], said["opened"], said["used"]
    assert [row[:4] for row in closed] == [[world.home.code, "KAU", "1", "100"]]
    assert sorted(row[2:4] for row in opened) == [["1", "30"], ["31", "100"]]
    assert used[0][:6] == [world.home.code, "KAU", "1", "30", "surrender", "2025"]
    assert used[0][7] == "30"
    assert (said["type"], said["kind"], said["reverses"]) == ("surrender", "move", None)


def test_accounts_and_entities_are_hidden_under_the_salt(world):
    """Neither numbers nor codes occur in the bytes; with the salt they can be recognised."""
    posting = Posting.objects.get(pk=surrendered(world))
    text = posting_bytes(posting.pk).decode()
    account = Account.objects.get(pk=world.at_home.operator_a)
    assert account.number not in text
    assert all(holder.code not in text for holder in AccountHolder.objects.all())
    rows = {row[4] for row in json.loads(text)["closed"]}
    assert rows == {hidden(posting.salt, "account", account.number)}
    assert hidden(b"another salt 123", "account", account.number) not in rows


def test_two_postings_do_not_share_the_digest_of_one_account(world):
    """Each posting has a salt of its own, so its entries can not be linked with another's."""
    first = document(surrendered(world))
    second = document(
        moved(world, world.at_home.operator_a, world.at_home.operator_b, 5).posting_id
    )
    assert {row[4] for row in first["opened"]}.isdisjoint(row[4] for row in second["opened"])
