"""Executing a Dockerfile in a root made by debootstrap, where no container engine is at hand.

The file itself is read, so that nothing has to be kept in step with it. An instruction that is
not understood is an error.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
# python:3.13-slim-trixie is Debian trixie with a Python of that version, which is also Debian's.
BASES = {"python:3.13-slim-trixie": ("trixie", "3.13")}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What the machine needs to reach package indexes is of the machine, not of the image.
PASSED_ON = re.compile(r"(?i)^(pip_(?!find_links).*|.*_proxy|ssl_cert_file)$")


@dataclass
class Image:
    """A root, and what the instructions have said of it."""

    root: Path
    context: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH, "HOME": "/root"})
    user: str = "0"
    directory: str = "/"
    command: list[str] = field(default_factory=list)

    def build(self, dockerfile: Path) -> None:
        for name, rest in instructions(dockerfile.read_text()):
            getattr(self, f"do_{name.lower()}")(rest)

    def run(self, command: list[str], *, environment: dict[str, str] | None = None, **options):
        """Start a program as the image's user; return its process."""
        words = [
            *("unshare", "--mount", "--propagation", "slave", "sh", "-c", ENTER, "sh"),
            *(str(self.root), self.numbers(), self.directory, *command),
        ]
        return subprocess.Popen(
            words, env={**self.environment, **(environment or {})}, cwd="/", **options
        )

    def check(self, command: list[str], **options) -> str:
        """Run a program to its end and return what it said; it must succeed."""
        process = self.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
        )
        said, _ = process.communicate(timeout=900)
        assert process.returncode == 0, f"{command} failed:\n{said}"
        return said

    def numbers(self) -> str:
        """The user and group as chroot wants them, from the root's own list of users."""
        for line in (self.root / "etc/passwd").read_text().splitlines():
            name, _, uid, gid, *_ = line.split(":")
            if self.user in (name, uid):
                return f"{uid}:{gid}"
        raise AssertionError(f"the image has no user {self.user}")

    def do_from(self, rest: str) -> None:
        release, version = BASES[rest]
        subprocess.run(
            [
                *("debootstrap", "--variant=minbase"),
                *("--include=ca-certificates,python3,python3-venv", release),
                *(str(self.root), MIRROR),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        for shared in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"):
            shutil.copyfile(shared, self.root / shared.lstrip("/"))
        assert f"Python {version}." in self.check(["python3", "--version"])

    def do_env(self, rest: str) -> None:
        for name, value in re.findall(r'(\w+)=("[^"]*"|\S+)', rest):
            self.environment[name] = re.sub(
                r"\$\{?(\w+)\}?", lambda found: self.environment[found[1]], value.strip('"')
            )

    def do_run(self, rest: str) -> None:
        passed = {name: value for name, value in os.environ.items() if PASSED_ON.match(name)}
        self.check(["sh", "-c", rest], environment=passed)

    def do_workdir(self, rest: str) -> None:
        self.directory = rest
        (self.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def do_copy(self, rest: str) -> None:
        source, target = rest.split()
        place = self.root / self.directory.lstrip("/") / target
        for path in self.included(source):
            inner = path.relative_to(self.context / source)
            copied = place / path.name if target.endswith("/") else place / inner
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copied)

    def included(self, source: str) -> list[Path]:
        """The files of the context below a path, without those that .dockerignore leaves out."""
        assert (self.context / source).exists(), f"COPY {source}: there is no such file"
        lines = (self.context / ".dockerignore").read_text().split()
        assert lines[0] == "*"
        allowed = {line[1:] for line in lines if line.startswith("!")}
        everywhere = [line[3:] for line in lines if line.startswith("**/")]
        assert len(lines) == 1 + len(allowed) + len(everywhere), "not understood: .dockerignore"
        assert source in allowed, f"COPY {source}: left out by .dockerignore"
        start = self.context / source
        files = (
            [start] if start.is_file() else [path for path in start.rglob("*") if path.is_file()]
        )
        return [
            path
            for path in files
            if not any(
                fnmatch.fnmatch(part, pattern)
                for part in path.relative_to(self.context).parts
                for pattern in everywhere
            )
        ]

    def do_user(self, rest: str) -> None:
        self.user = rest
        self.environment["HOME"] = "/"
        assert self.numbers()

    def do_cmd(self, rest: str) -> None:
        self.command = json.loads(rest)

    def do_healthcheck(self, rest: str) -> None:
        self.probe = json.loads(rest.partition("CMD ")[2])

    def do_expose(self, rest: str) -> None:
        assert rest.isdecimal()


# The mounts belong to the program's own namespace and vanish with it.
ENTER = """
set -e
root=$1 user=$2 directory=$3
shift 3
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
exec chroot --userspec="$user" --groups= "$root" /usr/bin/env -C "$directory" "$@"
"""


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions, with continued lines joined and comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [
        (name, rest.strip())
        for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]
