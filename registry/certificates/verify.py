"""`python -m registry.certificates.verify FILE … --keys JWKS …`: offline, without settings.

Exit code 0: every document holds. 1: something is wrong, and is named. 2: it could not be judged.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import key_list, verification
from .findings import Finding, gettext_noop

HOLDS = 0
DOES_NOT_HOLD = 1
COULD_NOT_JUDGE = 2
VERIFIED = gettext_noop("%(file)s: verified.")

# Translates a text where a language is at hand.
Translate = Callable[[str], str]


def add_arguments(parser, translate: Translate = str):
    """Declares the arguments, for this program and for `manage.py verify`."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=translate(gettext_noop("A certificate, a receipt or a holding proof; - reads it.")),
    )
    parser.add_argument(
        "--keys",
        action="append",
        required=True,
        metavar="JWKS",
        help=translate(
            gettext_noop("The node's published keys (/.well-known/jwks.json); can be repeated.")
        ),
    )
    parser.add_argument("--json", action="store_true", help=translate(gettext_noop("Print JSON.")))


@dataclass(frozen=True)
class Options:
    """Paths of documents and lists of keys, where - is the standard input; the form of answers."""

    files: list[str]
    keys: list[str]
    json: bool = False


def run(options: Options, write: Callable[[str], None], translate: Translate = str) -> int:
    """Judges the files and writes what is found; the exit code."""
    try:
        keys = _keys(options.keys)
        documents = [(name, _bytes(name)) for name in options.files]
    except OSError as error:
        text = gettext_noop("%(file)s can not be read: %(reason)s.")
        write(translate(text) % {"file": error.filename, "reason": error.strerror})
        return COULD_NOT_JUDGE
    except key_list.KeysMalformed as error:
        write(_line("KEYS", Finding("KEYS_MALFORMED", {"reason": str(error)}), translate))
        return COULD_NOT_JUDGE
    judged = [(name, verification.verify(data, keys)) for name, data in documents]
    if options.json:
        write(json.dumps([_document(*one, translate) for one in judged], ensure_ascii=False))
    else:
        for name, verdict in judged:
            for line in _lines(name, verdict, translate):
                write(line)
    return HOLDS if all(verdict.holds for _name, verdict in judged) else DOES_NOT_HOLD


def _keys(names):
    found = {}
    for name in names:
        for key_id, key in key_list.parse(_bytes(name)).items():
            if found.setdefault(key_id, key) != key:
                raise key_list.KeysMalformed(f"{name}: {key_id} is listed elsewhere, differently")
    return found


def _bytes(name):
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _lines(name, verdict, translate):
    if verdict.holds:
        yield translate(VERIFIED) % {"file": name}
    for finding in verdict.findings:
        yield _line(name, finding, translate)
    width = max(map(len, verdict.says), default=0)
    for member, value in verdict.says.items():
        yield f"    {member:<{width}}  {value}"


def _line(name, finding, translate):
    message, hint = _texts(finding, translate)
    return f"{name}: {finding.code}: {message} {hint}"


def _texts(finding, translate):
    return [translate(text) % finding.data for text in finding.texts]


def _document(name, verdict, translate):
    findings = []
    for finding in verdict.findings:
        message, hint = _texts(finding, translate)
        findings.append(
            {"code": finding.code, "detail": message, "hint": hint, "data": finding.data}
        )
    return {
        "file": name,
        "format": verdict.format,
        "verified": verdict.holds,
        "says": verdict.says,
        "findings": findings,
    }


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m registry.certificates.verify")
    add_arguments(parser)
    options = Options(**vars(parser.parse_args(arguments)))
    return run(options, lambda line: sys.stdout.write(f"{line}\n"))


if __name__ == "__main__":
    sys.exit(main())
