"""Whether this process lives, and whether the node can do its work."""

from django.http import JsonResponse


def live(request):
    """This process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


def ready(request):
    return JsonResponse({"status": "ok"})
