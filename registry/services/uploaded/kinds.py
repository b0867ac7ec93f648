"""All kinds of files."""

from registry.models import Upload

from .accounts import Accounts
from .allocations import Allocations
from .representatives import Representatives

WORKS = {
    Upload.Kind.ACCOUNTS: Accounts,
    Upload.Kind.REPRESENTATIVES: Representatives,
    Upload.Kind.ALLOCATIONS: Allocations,
}
