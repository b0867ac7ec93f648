"""What a ledger of one unit type should be: dictionaries from serials, and nothing clever.

Accounts are names. A proposal reserves serials; a mark of any kind keeps units where they are.
"""

from dataclasses import dataclass, field


@dataclass
class Done:
    """A completed movement: which serials went from where to where."""

    transaction: int
    kind: str
    moved: dict
    reversed: bool = False


@dataclass
class Model:
    holder: dict = field(default_factory=dict)
    year: dict = field(default_factory=dict)
    reserved: dict = field(default_factory=dict)
    frozen: dict = field(default_factory=dict)
    done: list = field(default_factory=list)
    waiting: dict = field(default_factory=dict)
    snapshots: list = field(default_factory=lambda: [{}])

    def held(self, account):
        """Serials of an account in the order in which they are picked."""
        own = [serial for serial, holder in self.holder.items() if holder == account]
        return sorted(own, key=lambda serial: (self.year[serial], serial))

    def free(self, account):
        return [
            serial
            for serial in self.held(account)
            if serial not in self.reserved and serial not in self.frozen
        ]

    def pick(self, account, quantity, *, first=None, least=None):
        """(serials, code): what a line takes, or why it takes nothing."""
        free = self.free(account)
        if first is None:
            if len(free) < (least or quantity):
                return None, "INSUFFICIENT_UNITS"
            return free[:quantity], None
        named = range(first, first + quantity)
        if any(self.holder.get(serial) != account for serial in named):
            return None, "SERIALS_NOT_HELD"
        if not set(named) <= set(free):
            return None, "SERIALS_MARKED"
        return list(named), None

    def issue(self, account, quantity, year):
        first = len(self.holder) + 1
        for serial in range(first, first + quantity):
            self.holder[serial] = account
            self.year[serial] = year
        self.remember()

    def move(self, transaction, kind, serials, destination):
        moved = {serial: (self.holder[serial], destination) for serial in serials}
        self.holder.update(dict.fromkeys(serials, destination))
        self.done.append(Done(transaction, kind, moved))
        self.remember()

    def undo(self, done):
        """Serials go back to where they came from."""
        for serial, (source, _destination) in done.moved.items():
            self.holder[serial] = source
        done.reversed = True
        self.remember()

    def undoable(self, done):
        """None, or the code with which a reversal is refused."""
        if done.reversed:
            return "NOT_REVERSIBLE"
        if any(self.holder[serial] != end for serial, (_start, end) in done.moved.items()):
            return "SERIALS_NOT_HELD"
        if any(serial in self.reserved or serial in self.frozen for serial in done.moved):
            return "SERIALS_MARKED"
        return None

    def remember(self):
        """The holders after each posting, so that every position can be compared."""
        self.snapshots.append(dict(self.holder))
