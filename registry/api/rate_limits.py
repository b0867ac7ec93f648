"""How many requests a key may send in a minute, counted in the cache that all processes share.

Each process takes its requests from the shared count by the hundredth of a limit, so that most
requests need no round trip. Without the cache nobody is refused: it guards against haste, and the
ledger must not depend on it. Headers as in draft-ietf-httpapi-ratelimit-headers-10.
"""

import logging
import threading
import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from registry.errors import Failure, Unavailable

WINDOW_S = 60
LEASES = 100
MOST_KEYS = 10_000

logger = logging.getLogger("registry.api")


class Counter:
    """What this process has left of what it took, by key and kind, in the window at hand."""

    def __init__(self):
        self._left = {}
        self._window = None
        self._lock = threading.Lock()

    def take(self, name, limit, now):
        """(how many more requests are allowed at least, or None; seconds to the next window)."""
        window, passed = divmod(int(now), WINDOW_S)
        with self._lock:
            if window != self._window or len(self._left) > MOST_KEYS:
                self._window, self._left = window, {}
            leased, beyond = self._left.get(name, (0, 0))
            if leased == 0:
                leased, beyond = self._lease(f"rate:{name}:{window}", limit)
            self._left[name] = (max(leased - 1, 0), beyond)
        return (leased - 1 + beyond if leased else None), WINDOW_S - passed

    def _lease(self, shared, limit):
        """(how many requests this process may answer, how many are left for all after that)."""
        size = max(1, limit // LEASES)
        try:
            cache.add(shared, 0, 2 * WINDOW_S)
            taken = cache.incr(shared, size)
        except (RedisError, OSError, ValueError) as error:
            logger.warning("rate limits are not counted: %s", error)
            return size, limit - size
        return max(0, min(size, limit - (taken - size))), max(0, limit - taken)


counter = Counter()


def take(request) -> dict:
    """Counts the request; the headers that tell how many may follow.

    Raises: Unavailable (RATE_LIMITED).
    """
    kind = "read" if request.method in ("GET", "HEAD", "OPTIONS") else "write"
    limit = settings.CONCORD["RATE_LIMITS"][kind]
    left, wait_s = counter.take(f"{request.auth.pk}:{kind}", limit, time.time())
    if left is None:
        raise Unavailable(
            Failure(
                "RATE_LIMITED",
                _("This key has sent too many requests in this minute."),
                _("Wait for the seconds of Retry-After; many transfers go in one request."),
                data={"retry_after_s": str(wait_s), "limit": str(limit)},
            )
        )
    return {
        "RateLimit-Policy": f'"{kind}";q={limit};w={WINDOW_S}',
        "RateLimit": f'"{kind}";r={left};t={wait_s}',
    }
