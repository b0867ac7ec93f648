#!/bin/sh
# Make the virtual environment if there is none, and install pinned and hashed requirements.
# usage: install.sh PYTHON VENV REQUIREMENTS STAMP
set -eu
python=$1 venv=$2 requirements=$3 stamp=$4
unfinished=$venv/.unfinished

if [ -z "$python" ]; then
    echo "Python 3.11 or later is needed, and none was found." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2
    exit 1
fi

# An installation that was killed may have left half a package that pip takes for whole.
if [ -e "$unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "making the virtual environment $venv"
    rm -rf "$venv"
    if ! said=$("$python" -m venv "$venv" 2>&1); then
        rm -rf "$venv"
        printf '%s\n' "$said" >&2
        echo "$python cannot make virtual environments." >&2
        echo "On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi

: >"$unfinished"
echo "installing $requirements"
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes -r "$requirements"; then
    # pip ended in an orderly way: what it installed is whole, and the next try goes on from it.
    rm -f "$unfinished"
    echo "Nothing was started: the requirements could not be installed (see above)." >&2
    echo "Check the connection to the package index and try again." >&2
    exit 1
fi
rm -f "$unfinished" "${stamp%-*}-"[0-9]*
: >"$stamp"
