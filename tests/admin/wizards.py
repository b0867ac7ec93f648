"""Going through a wizard as a browser does: each page's fields are sent with what is typed."""

import re
from html import unescape

from django.urls import reverse

from registry.models import Account

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
MOST_PAGES = 5


def of_type(code, registry="KR-ETRS"):
    return reverse("admin:propose_type", args=[registry, code])


def of_kind(kind, registry="KR-ETRS"):
    return reverse("admin:ask_kind", args=[registry, kind])


def number(pk):
    return Account.objects.get(pk=pk).number


def carried(page):
    """The fields that a page carries: name -> values."""
    found = {}
    for name, value in HIDDEN.findall(page.split('id="content-main"')[1]):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(unescape(value))
    return found


def filled(pages, path, said):
    """The last page, or the one whose fields are to be mended, come to page by page."""
    page = pages.get(path).content.decode()
    for _page in range(MOST_PAGES):
        if 'name="key"' in page:
            return page
        answer = pages.post(path, carried(page) | said | {"go": "next"})
        assert answer.status_code == 200
        page = answer.content.decode()
        if "to be mended" in page:
            return page
    return page


def sent(pages, path, said):
    """What the button of the last page is answered with."""
    page = filled(pages, path, said)
    assert 'value="submit"' in page, re.sub(r"<[^>]+>|\s+", " ", page.split("content-main")[1])
    return pages.post(path, carried(page) | {"go": "submit"})
