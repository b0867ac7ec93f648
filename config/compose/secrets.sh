#!/bin/sh
# Invent the secrets that compose.yaml reads, once: sh config/compose/secrets.sh
set -eu
umask 077
cd "$(dirname "$0")/../.."
if [ -e .secrets ]; then
    echo ".secrets exists already; nothing was changed." >&2
    exit 1
fi
random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}
mkdir .secrets
random >.secrets/superuser_password
random >.secrets/owner_password
random >.secrets/app_password
random >.secrets/secret_key
host='postgres:5432/concord'
printf 'postgresql://concord_owner:%s@%s' "$(cat .secrets/owner_password)" "$host" \
    >.secrets/owner_url
printf 'postgresql://concord_app:%s@%s' "$(cat .secrets/app_password)" "$host" >.secrets/app_url
# The processes in the containers run as another user than the one who calls this.
chmod 0711 .secrets
chmod 0444 .secrets/*
