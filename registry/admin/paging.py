"""Pages of lists that may have ten million rows."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """Counts no further than to `BOUND`: whoever looks for more narrows the list."""

    BOUND = 10_000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.BOUND].count()

    @property
    def is_bounded(self):
        """Whether there may be rows that were not counted."""
        return self.count == self.BOUND
