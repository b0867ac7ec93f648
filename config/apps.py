from django.apps import AppConfig


class ConcordConfig(AppConfig):
    """The node itself: its commands, its checks, its Celery application."""

    name = "config"
    verbose_name = "Concord"

    def ready(self):
        # Importing the Celery application makes it the one that tasks belong to.
        from config import celery, checks  # noqa: F401
