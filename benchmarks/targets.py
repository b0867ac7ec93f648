"""The ratios to reach."""

from .figures import Target

TARGETS = [
    Target("service", "l", first=0.5, then=0.7),
    Target("bulk", "l", first=2, then=5),
    Target("service", "orm", first=1),
    Target("service", "events", first=200, then=500),
]
