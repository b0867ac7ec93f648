"""From the body of a proposal to the service that it means.

First the form: everything that is wrong with it is told at once. Then the names: what does not
exist, or not for the actor, is told at once. What is then left to say, the services say.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from registry.actors import Actor
from registry.checks.existence import (
    DestinationExists,
    EntityExists,
    SourceExists,
    TypeInForce,
    UnitTypeExists,
)
from registry.errors import Failure, InvalidInput, RuleViolated, unknown_transaction
from registry.lines import MAX_SERIAL, Line, number_failures
from registry.selectors import references, transactions
from registry.services import (
    allocate,
    cancel,
    consolidate,
    convert,
    freeze,
    issue,
    retire,
    reverse,
    surrender,
    transfer,
)
from registry.services.propose import Outcome

from .forms import FORMS, MovementProposal
from .reading import missing, read_object
from .serials import block_backwards


@dataclass
class Naming:
    """Ids of the rows that a proposal names, and the failures of the names that mean nothing."""

    actor: Actor
    found: references.References
    failures: list = field(default_factory=list)
    line_pointers: list = field(default_factory=list)

    def account(self, number, pointer, check=SourceExists):
        return self._id(self.found.accounts, number, pointer, check, "account")

    def unit_type(self, code, pointer):
        return self._id(self.found.unit_types, code, pointer, UnitTypeExists, "unit_type")

    def entity(self, code, pointer):
        return self._id(self.found.entities, code, pointer, EntityExists, "entity")

    def transaction(self, number, pointer):
        """The number of a transaction, if the actor may read it."""
        if not transactions.exists(self.actor, number):
            (failure,) = unknown_transaction(number).failures
            self._fail(failure.code, failure.message, failure.hint, pointer, failure.data)
        return number

    def _id(self, ids, name, pointer, check, kind):
        if name not in ids:
            self._fail(check.code, check.message, check.hint, pointer, {kind: name})
            return None
        return ids[name]

    def _fail(self, code, message, hint, pointer, data):
        self.failures.append(Failure(code, message, hint, None, {**data, "pointer": pointer}))


@dataclass(frozen=True)
class Proposal:
    """A proposal that has been read. Calling `service` carries it out."""

    service: partial
    line_pointers: list

    def __call__(self, *, actor, key, at: datetime) -> Outcome:
        return self.service(actor=actor, key=key, at=at)


def read(request) -> Proposal:
    """What a request proposes.   Raises: InvalidInput, RuleViolated."""
    given, failures = request.data, []
    code = given.get("type") if type(given) is dict else None
    if type(code) is str and code not in FORMS:
        raise RuleViolated(_unknown_type(code))
    if type(given) is dict and code is None:
        failures.append(missing("", "type"))
        form = {}
    else:
        known = FORMS[code] if type(code) is str else MovementProposal
        form = read_object(known, given, "", failures)
    check_lines(form, failures)
    if failures:
        raise InvalidInput(*failures)
    naming = Naming(request.actor, resolve(request.actor, form))
    service = BUILDERS[code](form, naming)
    if naming.failures:
        raise RuleViolated(*naming.failures)
    return Proposal(service, naming.line_pointers)


def check_lines(form, failures):
    """A line says a block, or a unit type and a quantity; never both."""
    broken = {"/".join(f.data.get("pointer", "").split("/")[:3]) for f in failures}
    for index, line in enumerate(form.get("lines") or ()):
        pointer = f"/lines/{index}"
        if "block" in line:
            for name in ("unit_type", "quantity", "minimum", "vintage_from"):
                if name in line:
                    failures.append(_said_by_block(f"{pointer}/{name}"))
            if pointer not in broken and line["block"]["last"] < line["block"]["first"]:
                failures.append(block_backwards({"pointer": f"{pointer}/block/last"}))
        elif pointer not in broken:
            failures.extend(
                missing(pointer, name) for name in ("unit_type", "quantity") if name not in line
            )
            if line.get("minimum", 0) > line.get("quantity", MAX_SERIAL):
                failures.extend(_minimum_failures(line, f"{pointer}/minimum"))


def _minimum_failures(line, pointer):
    numbers = Line(None, None, 0, line["quantity"], minimum=line["minimum"])
    for failure in number_failures(numbers, None):
        yield Failure(failure.code, failure.message, failure.hint, data={"pointer": pointer})


def _said_by_block(pointer):
    return Failure(
        "SAID_BY_BLOCK",
        _("The block says this already."),
        _("Give a block, or a unit type and a quantity, not both."),
        data={"pointer": pointer},
    )


def _unknown_type(code):
    data = {"type": code[:100].encode(errors="replace").decode(), "pointer": "/type"}
    return Failure(TypeInForce.code, TypeInForce.message, TypeInForce.hint, data=data)


def resolve(actor, form):
    """Ids of what a form names, by one query.   Raises: NotPermitted."""
    accounts, unit_types, entities = set(), set(), set()
    for line in form.get("lines", ()):
        accounts.update(line[name] for name in ("source", "destination") if name in line)
        unit_types.add((line.get("block") or line)["unit_type"])
        entities.update(line[name] for name in ("entity",) if name in line)
    for issuance in form.get("issuances", ()):
        accounts.update(block["account"] for block in issuance["blocks"])
        unit_types.add(issuance["unit_type"])
    accounts.update(form[name] for name in ("account",) if name in form)
    unit_types.update(form[name] for name in ("unit_type",) if name in form)
    return references.resolve(actor, accounts=accounts, unit_types=unit_types, entities=entities)


def _lines(form, naming):
    return [line_of(line, f"/lines/{index}", naming) for index, line in enumerate(form["lines"])]


def line_of(line, pointer, naming):
    """A line by the ids of what it names; what means nothing is told in `naming`."""
    naming.line_pointers.append(pointer)
    block = line.get("block")
    source, destination, entity = line["source"], line.get("destination"), line.get("entity")
    return Line(
        naming.account(source, f"{pointer}/source"),
        destination and naming.account(destination, f"{pointer}/destination", DestinationExists),
        naming.unit_type(
            (block or line)["unit_type"],
            f"{pointer}/block/unit_type" if block else f"{pointer}/unit_type",
        ),
        block["last"] - block["first"] + 1 if block else line["quantity"],
        minimum=line.get("minimum"),
        first=block and block["first"],
        vintage_from=line.get("vintage_from"),
        entity=entity and naming.entity(entity, f"{pointer}/entity"),
        period=line.get("period", ""),
    )


def _issuances(form, naming):
    issuances = []
    for index, given in enumerate(form["issuances"]):
        pointer = f"/issuances/{index}"
        unit_type = naming.unit_type(given["unit_type"], f"{pointer}/unit_type")
        blocks = []
        for number, block in enumerate(given["blocks"]):
            place = f"{pointer}/blocks/{number}"
            naming.line_pointers.append(place)
            account = naming.account(block["account"], f"{place}/account", DestinationExists)
            blocks.append((account, block["quantity"]))
        issuances.append(issue.Issuance(**{**given, "unit_type": unit_type, "blocks": blocks}))
    return issuances


def _moving(service):
    return lambda form, naming: partial(
        service, lines=_lines(form, naming), reason=form.get("reason", ""), **_scheduled(form)
    )


def _scheduled(form):
    return {name: form[name] for name in ("execute_at",) if name in form}


def _issuing(form, naming):
    return partial(issue.issue, issuances=_issuances(form, naming), reason=form.get("reason", ""))


def _converting(form, naming):
    return partial(
        convert.convert,
        lines=_lines(form, naming),
        issuances=_issuances(form, naming),
        reason=form.get("reason", ""),
    )


def _releasing(form, naming):
    freeze_id = naming.transaction(form["freeze"], "/freeze")
    return partial(freeze.release, freeze_id=freeze_id, reason=form.get("reason", ""))


def _reversing(form, naming):
    transaction_id = naming.transaction(form["reverses"], "/reverses")
    return partial(reverse.reverse, transaction_id=transaction_id, reason=form.get("reason", ""))


def _consolidating(form, naming):
    return partial(
        consolidate.consolidate,
        account_id=naming.account(form["account"], "/account"),
        unit_type_id=naming.unit_type(form["unit_type"], "/unit_type"),
    )


BUILDERS = {
    "transfer": _moving(transfer.transfer),
    "delivery": _moving(transfer.deliver),
    "allocate": _moving(allocate.allocate),
    "auction_delivery": _moving(allocate.deliver_auction),
    "return_allocation": _moving(allocate.return_allocation),
    "surrender": _moving(surrender.surrender),
    "retire": _moving(retire.retire),
    **{purpose: _moving(partial(cancel.cancel, purpose=purpose)) for purpose in cancel.ACCOUNTS},
    "freeze": _moving(freeze.freeze),
    "release": _releasing,
    "reverse": _reversing,
    "consolidate": _consolidating,
    "issue": _issuing,
    "convert": _converting,
}
