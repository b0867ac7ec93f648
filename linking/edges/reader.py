"""Reading an object of a document field by field, collecting everything that is wrong. Pure."""

from .findings import Finding, Unreadable

REQUIRED = object()


class Reader:
    """One object. What can not be read is added to `findings` and stands as None."""

    def __init__(self, given, where, findings):
        self.where = where
        self.findings = findings
        self._rest = {}
        self.is_object = isinstance(given, dict)
        if self.is_object:
            self._rest = dict(given)
        else:
            self.add("WRONG_TYPE", wanted="object")

    def add(self, code, name="", **data):
        where = f"{self.where}/{name}" if name != "" else self.where
        self.findings.append(Finding(code, where, data))

    def take(self, name, kind, default=REQUIRED):
        """The value of a field; the default where it is left out."""
        if not self.is_object:
            return None
        if name not in self._rest:
            if default is REQUIRED:
                self.add("FIELD_MISSING", name)
                return None
            return default
        value = self._rest.pop(name)
        try:
            return kind(value)
        except Unreadable as unreadable:
            self.add(unreadable.code, name, **unreadable.data)
            return None

    def part(self, name, read, default=REQUIRED):
        """A field that is an object itself: `read(value, where, findings)` reads it."""
        if not self.is_object:
            return None
        if name not in self._rest:
            if default is REQUIRED:
                self.add("FIELD_MISSING", name)
            return None if default is REQUIRED else default
        return read(self._rest.pop(name), f"{self.where}/{name}", self.findings)

    def parts(self, name, read, default=REQUIRED):
        """A field that is a list of objects."""
        if not self.is_object:
            return ()
        if name not in self._rest:
            if default is REQUIRED:
                self.add("FIELD_MISSING", name)
            return ()
        value = self._rest.pop(name)
        if not isinstance(value, list | tuple):
            self.add("WRONG_TYPE", name, wanted="list")
            return ()
        return tuple(
            read(item, f"{self.where}/{name}/{number}", self.findings)
            for number, item in enumerate(value)
        )

    def close(self):
        """Whatever nobody has taken is no field of the object."""
        for name in self._rest:
            self.add("UNKNOWN_FIELD", name)
