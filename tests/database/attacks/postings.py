"""Attacks on conservation, on what each kind of posting may do, and on its place in time."""

from datetime import date

from tests.database.attack import attack
from tests.database.attacker import SALT

CHECKED = {"trigger": "posting_is_checked"}
STAMPED = {"trigger": "posting_is_stamped"}


def _rewrite(db, *pieces, block=None, kind="delivery", **changes):
    """Close one block and open pieces of it: (account, first, last) each."""
    block = block or db.block(db.world.at_home.operator_a, 101)
    draft = db.draft(kind)
    db.close(block, draft)
    for account, first, last in pieces:
        db.open(block, draft, account_id=account, first=first, last=last, **changes)
    db.post(draft)


@attack("posting_conserves_units", **CHECKED)
def a_unit_is_lost(db):
    _rewrite(db, (db.world.at_home.operator_b, 101, 399))


@attack("posting_conserves_units", **CHECKED)
def a_unit_in_the_middle_is_lost(db):
    b = db.world.at_home.operator_b
    _rewrite(db, (b, 101, 200), (b, 202, 400))


@attack("posting_conserves_units", **CHECKED)
def a_unit_is_added(db):
    # Serial 100 is surrendered, 401 frozen; 5000 was never issued.
    b = db.world.at_home.operator_b
    _rewrite(db, (b, 101, 400), (b, 5000, 5000))


@attack("posting_conserves_units", **CHECKED)
def a_unit_is_doubled(db):
    home = db.world.at_home
    _rewrite(db, (home.operator_b, 101, 400), (home.operator_a, 400, 400))


@attack("posting_conserves_units", **CHECKED)
def one_unit_is_doubled_and_another_lost(db):
    home = db.world.at_home
    _rewrite(db, (home.operator_b, 101, 398), (home.operator_a, 398, 399))


@attack("posting_conserves_units", **CHECKED)
def units_swap_their_issuance(db):
    other = db.one("SELECT id FROM registry_issuance WHERE first = 1001 AND last = 1200")
    _rewrite(db, (db.world.at_home.operator_b, 101, 400), issuance_id=other)


@attack("posting_conserves_units", **CHECKED)
def units_swap_their_vintage(db):
    _rewrite(db, (db.world.at_home.operator_b, 101, 400), vintage_from=date(2024, 1, 1))


@attack("posting_conserves_units", **CHECKED)
def units_change_their_type(db):
    _rewrite(db, (db.world.at_home.operator_b, 101, 400), unit_type_id=db.world.kcu.pk)


@attack("posting_conserves_units", **CHECKED)
def units_become_foreign(db):
    _rewrite(db, (db.world.at_home.operator_b, 101, 400), is_foreign=True)


@attack("posting_conserves_units", **CHECKED)
def units_go_to_another_registry(db):
    world = db.world
    _rewrite(db, (world.at_neighbour.operator, 101, 400), registry_id=world.neighbour.pk)


@attack("posting_conserves_units", **CHECKED)
def the_second_of_two_at_once_loses_a_unit(db):
    home = db.world.at_home
    sound, broken = db.block(home.operator_a, 1, db.world.kcu.pk), db.block(home.operator_a, 101)
    drafts = []
    for block, first, last in ((sound, sound.first, sound.last), (broken, 101, 399)):
        draft = db.draft()
        db.close(block, draft)
        db.open(block, draft, account_id=home.operator_b, first=first, last=last)
        drafts.append(draft)
    db.execute(
        "INSERT INTO registry_posting (id, transaction_id, kind, salt)"
        " SELECT posting_id, id, 'move', %s FROM registry_transaction"
        " WHERE posting_id IN (%s, %s) ORDER BY posting_id",
        SALT,
        *drafts,
    )


@attack("posting_conserves_units", **CHECKED)
def less_is_opened_than_issued(db):
    draft = db.draft("issue_at_once")
    issuance = db.issue(draft, db.world.kau.pk, 5001, 5010)
    block = db.block(db.world.at_home.operator_a, 101)
    db.open(block, draft, first=5001, last=5009, issuance_id=issuance)
    db.post(draft, kind="issue")


@attack("posting_conserves_units", **CHECKED)
def more_is_taken_in_than_the_message_names(db):
    world = db.world
    draft = db.draft("post_in")
    db.open(db.block(world.at_neighbour.operator, 601), draft, first=621, last=631)
    db.post(draft, kind="post_in", message_id=db.facts.unposted_message)


@attack("posting_conserves_units", **CHECKED)
def message_for_another_registry(db):
    world = db.world
    message = db.message(world.home, world.overseas, world.kau.pk, 621, 630)
    draft = db.draft("post_in")
    db.open(db.block(world.at_neighbour.operator, 601), draft, first=621, last=630)
    db.post(draft, kind="post_in", message_id=message)


@attack("posting_opens_blocks_inside_their_issuance", **CHECKED)
def conversion_that_swaps_issuances(db):
    """Equal unions by type hide which issuance a block is of; this rule does not."""
    world = db.world
    block = db.block(world.at_offsets.operator_a, 101, world.koc.pk)
    draft = db.draft("convert_at_once")
    db.close(block, draft)
    issuance = db.issue(draft, world.kcu.pk, 5001, 5010)
    db.open(
        block,
        draft,
        account_id=world.at_offsets.conversion,
        issuance_id=db.one("SELECT id FROM registry_issuance WHERE first = 1001 AND last = 1200"),
    )
    db.open(
        db.block(world.at_home.operator_a, 1, world.kcu.pk),
        draft,
        first=5001,
        last=5010,
        issuance_id=issuance,
    )
    db.post(draft, kind="convert")


@attack("posting_opens_blocks_inside_their_issuance", **CHECKED)
def issued_as_foreign(db):
    draft = db.draft("issue_at_once")
    issuance = db.issue(draft, db.world.kau.pk, 5001, 5010)
    block = db.block(db.world.at_home.operator_a, 101)
    db.open(block, draft, first=5001, last=5010, issuance_id=issuance, is_foreign=True)
    db.post(draft, kind="issue")


@attack("posting_opens_blocks_inside_their_issuance", **CHECKED)
def taken_in_as_home_units(db):
    """Without the mark of foreign units the exclusion constraint would not see them."""
    world = db.world
    draft = db.draft("post_in")
    block = db.block(world.at_neighbour.operator, 601)
    db.open(block, draft, first=621, last=630, is_foreign=False)
    db.post(draft, kind="post_in", message_id=db.facts.unposted_message)


@attack("posting_opens_holdings_in_accounts_of_their_registry", **CHECKED)
def account_of_another_registry(db):
    _rewrite(db, (db.world.at_neighbour.operator, 101, 400))


@attack("posting_opens_holdings_in_accounts_of_their_registry", **CHECKED)
def account_that_does_not_exist(db):
    _rewrite(db, (10**9, 101, 400))


@attack("posting_opens_no_holding_in_a_closed_account", **CHECKED)
def into_a_closed_account(db):
    _rewrite(db, (db.world.at_home.buffer, 101, 400))


@attack("posting_does_what_its_kind_says", **CHECKED)
def a_move_of_nothing(db):
    db.post(db.draft())


@attack("posting_does_what_its_kind_says", **CHECKED)
def an_issue_that_also_moves(db):
    draft = db.draft("issue_at_once")
    block = db.block(db.world.at_home.operator_a, 101)
    issuance = db.issue(draft, db.world.kau.pk, 5001, 5010)
    db.open(block, draft, first=5001, last=5010, issuance_id=issuance)
    db.close(block, draft)
    db.open(block, draft, account_id=db.world.at_home.operator_b)
    db.post(draft, kind="issue")


@attack("posting_across_borders_is_of_foreign_units", **CHECKED)
def home_units_posted_out(db):
    """A message may tell that home units leave; they stay in the partner's account instead."""
    world = db.world
    block = db.block(world.at_home.operator_a, 101)
    message = db.message(world.home, world.neighbour, world.kau.pk, 101, 400)
    draft = db.draft("post_out")
    db.close(block, draft)
    db.post(draft, kind="post_out", message_id=message)


@attack("posting_across_borders_has_a_message", **STAMPED)
def taken_in_without_a_message(db):
    db.post(db.draft("post_in"), kind="post_in")


@attack("posting_across_borders_has_a_message", **STAMPED)
def move_with_a_message(db):
    db.post(db.draft(), message_id=db.facts.unposted_message)


@attack("posting_has_the_kind_of_its_transaction", **CHECKED)
def unknown_kind(db):
    db.post(db.draft(), kind="gift")


@attack("posting_takes_in_units_that_home_has_sent", **CHECKED)
def units_that_home_still_holds(db):
    world = db.world
    message = db.message(world.home, world.neighbour, world.kau.pk, 101, 110)
    draft = db.draft("post_in")
    block = db.block(world.at_neighbour.operator, 601)
    db.open(block, draft, first=101, last=110)
    db.post(draft, kind="post_in", message_id=message)


@attack("posting_takes_in_units_that_home_has_sent", **CHECKED)
def one_unit_more_than_home_has_sent(db):
    world = db.world
    message = db.message(world.home, world.neighbour, world.kau.pk, 641, 651)
    draft = db.draft("post_in")
    block = db.block(world.at_neighbour.operator, 601)
    db.open(block, draft, first=641, last=651)
    db.post(draft, kind="post_in", message_id=message)


@attack("posting_keeps_units_held_abroad_in_the_partner_account", **CHECKED)
def home_takes_back_what_is_held_abroad(db):
    home = db.world.at_home
    block = db.block(home.partner, 601)
    draft = db.draft()
    db.close(block, draft)
    db.open(block, draft, account_id=home.operator_a, last=601)
    db.open(block, draft, first=602)
    db.post(draft)


def _convert(db, account, *, issued, unit_type=None):
    """Bring 400 KOC to an account and issue units, of KCU unless another type is given."""
    world = db.world
    unit_type = unit_type or world.kcu.pk
    block = db.block(world.at_offsets.operator_a, 101, world.koc.pk)
    draft = db.draft("convert_at_once")
    db.close(block, draft)
    db.open(block, draft, account_id=account)
    last = 5000 + issued
    issuance = db.issue(draft, unit_type, 5001, last)
    db.open(
        db.block(world.at_home.operator_a, 1, world.kcu.pk),
        draft,
        first=5001,
        last=last,
        unit_type_id=unit_type,
        issuance_id=issuance,
    )
    db.post(draft, kind="convert")


@attack("posting_converts_one_for_one", **CHECKED)
def conversion_that_leaves_the_old_units_alive(db):
    _convert(db, db.world.at_offsets.operator_b, issued=400)


@attack("posting_converts_one_for_one", **CHECKED)
def conversion_that_issues_one_unit_more(db):
    _convert(db, db.world.at_offsets.conversion, issued=401)


@attack("posting_converts_one_for_one", **CHECKED)
def conversion_to_another_type(db):
    _convert(db, db.world.at_offsets.conversion, issued=400, unit_type=db.world.kau.pk)


@attack("posting_completes_its_transaction", **CHECKED)
def posting_of_a_waiting_transaction(db):
    db.post(db.draft(), transaction_id=db.facts.waiting)


@attack("posting_completes_its_transaction", **CHECKED)
def posting_without_a_transaction(db):
    db.post(db.draft(), transaction_id=10**9)


@attack("posting_has_the_kind_of_its_transaction", **CHECKED)
def issue_in_the_name_of_a_delivery(db):
    db.post(db.draft(), kind="issue")


@attack("posting_has_a_salt", **STAMPED)
def posting_that_can_be_guessed(db):
    db.post(db.draft(), salt=bytes(15))


@attack("posting_is_not_hidden_behind_the_sequencer", **CHECKED)
def id_that_the_sequencer_has_passed(db):
    db.post(db.draft(posting_id=db.facts.hidden_posting))


@attack("posting_completes_its_transaction", **CHECKED)
def two_postings_of_one_transaction(db):
    first = db.move(db.block(db.world.at_home.operator_a, 101), db.world.at_home.operator_b)
    transaction = db.one("SELECT transaction_id FROM registry_posting WHERE id = %s", first)
    db.post(db.draft(), transaction_id=transaction)


@attack("posting_rests_on_a_message_once")
def message_posted_twice(db):
    message = db.one("SELECT message_id FROM registry_posting WHERE message_id IS NOT NULL")
    db.post(db.draft("post_in"), kind="post_in", message_id=message)


@attack("registry_transaction_posting_id_key")
def one_posting_for_two_transactions(db):
    db.draft(posting_id=db.draft())
