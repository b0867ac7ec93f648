"""Requests cost a constant number of queries, however much they show or move."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.posting import sequence
from tests.api.proposals import block, line, proposal
from tests.world import open_operators, stock


@pytest.fixture
def queries(world, auditor):
    """queries(path, query) -> how many queries a request runs, once the process is warm."""

    def count(path, query=None):
        auditor.get(path, query)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert auditor.get(path, query).status_code == 200
        return [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]

    return count


@pytest.fixture
def trades(world, administrator_1, numbers):
    """trades(n) makes n deliveries of one unit each from operator A to B."""
    stock(world, operator_a=1000)

    def make(count, key):
        ends = numbers("operator_a"), numbers("operator_b")
        # Odd serials, so that no two blocks are adjacent.
        lines = [block(*ends, 2 * n + 1 + key * 100, 2 * n + 1 + key * 100) for n in range(count)]
        answer = administrator_1.post("transactions", proposal("delivery", *lines), key=str(key))
        assert answer.status_code == 201, answer.content
        sequence(1000)
        return answer["Location"]

    return make


@pytest.mark.parametrize(
    "path",
    ["jurisdictions", "schemes", "registries", "unit-types", "transaction-types", "transactions"],
)
def test_lists_of_one_item_cost_what_all_items_cost(world, trades, queries, path):
    """The number of queries does not depend on the number of items."""
    for key in range(3):
        trades(2, key)
    assert len(queries(path, {"limit": "1"})) == len(queries(path))


def test_account_lists(world, queries):
    """Accounts with registries and holders are one query, beside the actor and the record."""
    few = queries("accounts", {"limit": "2"})
    open_operators(world, 50)
    assert len(queries("accounts")) == len(few) == 3


def test_holdings(trades, queries, numbers):
    """Blocks, their vintages and the postings that brought them are one query."""
    trades(1, 0)
    few = queries("holdings", {"account": numbers("operator_b")})
    trades(40, 1)
    query = {"account": numbers("operator_b")}
    assert len(queries("holdings", query)) == len(few) == 4
    assert len(queries("holdings", {"registry": "KR-ETRS", "unit_type": "KAU"})) <= 6
    assert len(queries("blocks", {"unit_type": "KAU", "first": "1", "last": "500"})) <= 7


def test_detail_of_a_transaction(trades, queries):
    """The detail costs the same for one line and for forty."""
    assert len(queries(trades(1, 0))) == len(queries(trades(40, 1)))


def test_proposal_costs_few_round_trips(world, administrator_1, numbers):
    """Key and ledger, which answers as well: two round trips for one line or for forty."""
    stock(world, operator_a=1000)
    counts = []
    for number, size in enumerate((1, 1, 40)):
        lines = [line(numbers("operator_a"), numbers("operator_b"), "1") for _ in range(size)]
        with CaptureQueriesContext(connection) as captured:
            answer = administrator_1.post(
                "transactions", proposal("delivery", *lines), key=str(number)
            )
        assert answer.status_code == 201
        counts.append(len([each for each in captured if "SAVEPOINT" not in each["sql"]]))
    # The first one finds the process without the reference data, and without the names.
    assert counts[1:] == [2, 2]
