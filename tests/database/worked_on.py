"""Tasks for attacks to start from: about a transaction, about a request, and a completed one."""

from registry.models import GovernanceRequest
from registry.services.tasks.claim import claim
from registry.services.tasks.complete import complete
from registry.services.tasks.open import Subject, open_task


def work_on(world, transaction_id):
    """Administrator 2 has a task about what administrator 1 asks for, and has done another one."""
    by = {"actor": world.administrator_2, "at": world.at}
    request = GovernanceRequest.objects.filter(status="waiting").latest("pk")
    about = (
        Subject(transaction_id=transaction_id),
        Subject(request_id=request.pk),
        Subject(registry_id=world.home.pk, subject="case:1"),
    )
    for each in about:
        task = claim(task_id=open_task(about=each, **by).pk, version=0, **by)
    complete(task_id=task.pk, version=1, **by)
