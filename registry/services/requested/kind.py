"""What a kind of request is: what it may say, who asks and who decides, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from registry import permissions
from registry.actors import Actor
from registry.models import Account, GovernanceRequest, Registry


@dataclass(frozen=True)
class Asked:
    """What a request is about, while it is asked and while it is carried out.

    `payload` has codes and numbers as text; `request` is there when it is carried out.
    """

    actor: Actor
    registry: Registry | None
    account: Account | None
    payload: dict
    at: datetime
    reason: str = ""
    request: GovernanceRequest | None = None


@dataclass(frozen=True)
class Kind:
    """`failures` yields what forbids it, now; `carry_out` does it, for the last approval; `drop`
    is told when it was rejected or taken back.

    `rights` are those by which a representative of the account may ask; `deciding` those by which
    one may decide. `pending` is the status of the account while the request waits. A request
    `of_node` is of no registry. What `carry_out` returns can be shown to who decides, only then.
    """

    failures: Callable
    carry_out: Callable
    about_account: bool = True
    of_node: bool = False
    rights: frozenset = frozenset()
    deciding: frozenset = frozenset()
    pending: str = ""
    quorum: Callable = field(default=lambda rules: 1)
    drop: Callable = field(default=lambda asked: None)

    def require_asker(self, actor, registry, account):
        """Raises: NotPermitted."""
        _require(actor, permissions.KEEPERS, self.rights, registry, account)

    def require_decider(self, actor, registry, account):
        """Raises: NotPermitted."""
        _require(actor, permissions.DECIDERS, self.deciding, registry, account)


def _require(actor, roles, rights, registry, account):
    permissions.require_actor(actor)
    if rights and account is not None and not actor.roles_in(registry.pk) & roles:
        permissions.require_right(actor, rights, {account.pk})
    else:
        permissions.require_role(actor, roles, registry.pk)
