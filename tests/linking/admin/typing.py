"""A form as a browser would send it: every field with the value that the page shows."""

from html.parser import HTMLParser


class Fields(HTMLParser):
    """The fields of what stands in the content of a page: name -> values."""

    def __init__(self, page):
        super().__init__()
        self.found, self.area, self.select = {}, None, None
        self.feed(page.split('id="content-main"')[1])

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "textarea":
            self.area, self.found[name] = name, [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            # Without a choice, a browser sends the first option.
            if "selected" in given or self.select not in self.found:
                self.found[self.select] = [given["value"]]
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                return
            plain = "on" if given.get("type") == "checkbox" else ""
            self.found.setdefault(name, []).append(given.get("value") or plain)

    def handle_data(self, data):
        if self.area:
            self.found[self.area] = [self.found[self.area][0] + data]

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser leaves out the line break that a text area begins with.
            self.found[self.area] = [self.found[self.area][0].removeprefix("\n")]
            self.area = None
        elif tag == "select":
            self.select = None


def pressed(browser, path, page, said=None, go="next"):
    """The answer to a button of a page, with what is typed besides."""
    return browser.post(path, {**Fields(page).found, **(said or {}), "go": go})


def went_on(browser, path, page, said=None, go="next"):
    """The page that follows."""
    answer = pressed(browser, path, page, said, go)
    assert answer.status_code == 200, answer
    return answer.content.decode()
