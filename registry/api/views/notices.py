"""What the person of the key is told, and how they want to be told."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import notice_forms as forms
from registry.api import queries
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.models import Person
from registry.selectors import notices
from registry.services.people import Preferences, set_preferences
from registry.services.read_notices import mark_all_read, mark_read

from .base import Collection, Resource, Thing, newest_first

WRITES = {"problems": described.WRITTEN, "parameters": [described.KEY_PARAMETER]}


@described.reads(
    "listNotices",
    "Your notices, the newest first",
    described.page_of(forms.NoticeDocument),
    queries.Notices,
)
class Notices(Collection):
    is_of_registries = False
    document = forms.NoticeDocument
    query = queries.Notices

    def rows(self, actor, *, after, limit):
        rows = notices.own(actor).order_by("-pk")
        if "kind" in self.asked:
            rows = rows.filter(kind=self.asked["kind"])
        if "unread" in self.asked:
            rows = rows.filter(read_at__isnull=self.asked["unread"] == "true")
        return newest_first(rows, after=after, limit=limit)


@described.reads("getNotice", "One of your notices", forms.NoticeDocument)
class NoticeThing(Thing):
    document = forms.NoticeDocument

    def find(self, actor, number):
        return notices.find(actor, number_of(number))


@described.extend_schema_view(
    post=described.operation(
        "readNotice",
        "Mark a notice as read",
        answers={201: forms.NoticeDocument},
        body=queries.Nothing,
        **WRITES,
    )
)
class Read(Resource):
    def post(self, request, number):
        read_form(queries.Nothing, request)
        found = mark_read(actor=request.actor, notice_id=number_of(number), at=timezone.now())
        return Response(forms.NoticeDocument(found).data, status=201)


@described.extend_schema_view(
    post=described.operation(
        "readAllNotices",
        "Mark all notices up to one as read",
        answers={201: forms.MarkedDocument},
        body=forms.AllRead,
        **WRITES,
    )
)
class ReadAll(Resource):
    def post(self, request):
        said = read_form(forms.AllRead, request)
        count = mark_all_read(actor=request.actor, upto=said["upto"], at=timezone.now())
        return Response({"read": count}, status=201)


@described.extend_schema_view(
    get=described.operation(
        "getPreferences",
        "How you want to be told",
        answers={200: forms.PreferencesDocument},
    ),
    post=described.operation(
        "setPreferences",
        "Choose language and mail",
        answers={201: forms.PreferencesDocument},
        body=forms.PreferencesForm,
        **WRITES,
    ),
)
class PreferencesThing(Resource):
    def get(self, request):
        return Response(self.document(request.actor))

    def post(self, request):
        said = read_form(forms.PreferencesForm, request)
        wanted = said.get("mail_notices")
        chosen = Preferences(
            said.get("language"), None if wanted is None else wanted == "true", said.get("email")
        )
        set_preferences(actor=request.actor, chosen=chosen)
        return Response(self.document(request.actor), status=201)

    def document(self, actor):
        return forms.PreferencesDocument(Person.objects.get(pk=actor.person_id)).data
