"""Have a worker do at once what beat has done every second anyway."""

import logging
from importlib import import_module

# A kick that waits longer is of no use: beat has done its work by then.
EXPIRES_S = 5
GO_ON = "linking.tasks.go_on_with_halves"

logger = logging.getLogger(__name__)


def soon(task: str, *arguments) -> None:
    """Without a broker beat does it, a second later."""
    try:
        # The application of Celery is loaded where something is sent, not by every command.
        app = import_module("config.celery").app
        app.send_task(task, arguments, expires=EXPIRES_S, retry=False)
    except Exception as error:  # noqa: BLE001 - what a broker raises is of many libraries
        logger.warning("%s waits for beat: %s", task, error)


def go_on_soon() -> None:
    """A half of a transfer between nodes can move."""
    soon(GO_ON)
