#!/bin/sh
# Install what the end-to-end tests need from Debian. They fail, and are not skipped, without it.
set -eu
packages='ca-certificates chromium curl debootstrap fonts-noto-cjk git make mount passwd procps python3 python3-venv util-linux'
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
        || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "make test-all needs Debian, root, and these packages:$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q || echo "the list of packages could not be refreshed; going on" >&2
# shellcheck disable=SC2086 - a list of words
apt-get install -q -y --no-install-recommends $missing </dev/null
