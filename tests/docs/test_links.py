"""Links lead somewhere."""

from urllib.parse import unquote

import pytest

from tests.docs.pages import Page, all_pages

ELSEWHERE = ("http://", "https://", "mailto:")


def dead(page):
    """The relative links of a page that lead nowhere."""
    for link in page.links():
        if link.startswith(ELSEWHERE):
            continue
        place, _hash, anchor = unquote(link).partition("#")
        target = (page.path.parent / place).resolve() if place else page.path
        if not target.exists():
            yield f"{page}: {link} is not there"
        elif anchor and anchor not in Page(target).anchors():
            yield f"{page}: {link} names no heading of {target.name}"


@pytest.mark.parametrize("page", all_pages(), ids=str)
def test_relative_links_resolve(page):
    """Each relative link names a file that exists and, after #, one of its headings."""
    assert not list(dead(page))


def test_dead_links_are_seen(tmp_path):
    """A missing file and a missing heading are found; a link to elsewhere is not followed."""
    (tmp_path / "other.md").write_text("# One heading, here\n")
    written = tmp_path / "page.md"
    written.write_text(
        "[a](other.md#one-heading-here) [b](other.md#two) [c](gone.md) [d](https://x.example)\n"
        "```sh\n[e](gone.md)\n```\n"
    )
    page = _Elsewhere(written)
    assert list(dead(page)) == [
        "page: other.md#two names no heading of other.md",
        "page: gone.md is not there",
    ]


def test_every_page_is_reached_from_the_readme():
    """No page is left that nobody finds."""
    found = {page.path for page in all_pages()}
    reached, waiting = set(), [all_pages()[0].path]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md":
            continue
        reached.add(path)
        for link in Page(path).links():
            if not link.startswith(ELSEWHERE):
                target = (path.parent / unquote(link).partition("#")[0]).resolve()
                waiting.extend(target.glob("*.md") if target.is_dir() else [target])
    assert found - reached == set()


class _Elsewhere(Page):
    """A page outside the project."""

    def __str__(self):
        return "page"
