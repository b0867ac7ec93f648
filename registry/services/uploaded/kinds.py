"""All kinds of files."""

from registry.models import Upload

from . import openings
from .accounts import Accounts
from .allocations import Allocations
from .representatives import Representatives

WORKS = {
    Upload.Kind.ACCOUNTS: Accounts,
    Upload.Kind.REPRESENTATIVES: Representatives,
    Upload.Kind.ALLOCATIONS: Allocations,
}
# Files that are not gone through row by row.
WHOLE = {Upload.Kind.OPENING_BALANCES: openings}
