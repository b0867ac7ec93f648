"""The ratios to reach."""

from .figures import Target

TARGETS = [
    Target("service", "l", first=0.5, then=0.7),
    Target("bulk", "l", first=2, then=5),
    Target("rest", "l", first=0.2),
    Target("rest_batch", "l", first=1),
    Target("rest_each", "l", first=1),
    Target("list_large", "list_small", first=1.5, at_most=True),
    Target("large", "small", first=0.8, then=0.95),
    Target("issue_8bn", "issue_one", first=1.1, at_most=True),
    Target("service", "events", first=200, then=500),
    Target("service", "orm", first=1),
    Target("home_page_large", "home_page_small", first=1.5, at_most=True),
    Target("account_page_large", "account_page_small", first=1.5, at_most=True),
    Target("block_page_large", "block_page_small", first=1.5, at_most=True),
    Target("cross", "domestic", first=2.5, at_most=True),
    Target("quota_slots", "quota_sixteen", first=0.7),
    Target("compare_10", "compare_full", first=0.1, at_most=True),
    Target("bytes_10", "bytes_full", first=0.01, at_most=True),
    Target("log_on", "log_off", first=0.95),
]
