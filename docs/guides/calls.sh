# What the guides' scripts call the API with. NODE is the node's address, KEY_1 the key of who
# waits; RUN makes the idempotency keys of a run its own.

API="${NODE:-http://localhost:8000}/api/v1"
COUNT=0

say() { printf '\n== %s\n' "$*"; }

# at NAME…: what stands there in the JSON document that comes in.
at() { python3 -c 'import json, sys
found = json.load(sys.stdin)
for name in sys.argv[1:]:
    found = found[int(name) if isinstance(found, list) else name]
print(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))' "$@"; }

# each NAME MEMBER…: a line for each object of a list, with these of its members.
each() { python3 -c 'import json, sys
for found in json.load(sys.stdin)[sys.argv[1]]:
    print(", ".join(f"{name} {found[name]}" for name in sys.argv[2:]))' "$@"; }

# get KEY PATH: what is at an address.
get() { curl -sS --fail-with-body -H "Authorization: Bearer $1" "$API/$2"; }

# ask KEY PATH BODY: the answer, also where the request is refused.
ask() {
    curl -sS "$API/$2" -H "Authorization: Bearer $1" -H "Content-Type: application/json" \
        -H "Idempotency-Key: $RUN-$COUNT" -d "$3"
}

# send KEY PATH BODY: something is asked for, under an idempotency key of its own.
send() {
    curl -sS --fail-with-body "$API/$2" -H "Authorization: Bearer $1" \
        -H "Content-Type: application/json" -H "Idempotency-Key: $RUN-$COUNT" -d "$3"
}

# approve KEY PATH ANSWER: exactly what was answered is approved, by its hash.
approve() {
    HASH=$(echo "$3" | at payload_hash)
    send "$1" "$2" "{\"decision\": \"approve\", \"payload_hash\": \"$HASH\", \"reason\": \"checked\"}"
}

# Every request that asks for something counts.
next() { COUNT=$((COUNT + 1)); }

# wait_for PATH MEMBER VALUE: until something has come so far.
wait_for() {
    for _ in $(seq 60); do
        NOW=$(get "$KEY_1" "$1" | at "$2")
        [ "$NOW" != "$3" ] || { echo "$1: $NOW"; return 0; }
        sleep 1
    done
    echo "$1 is $NOW, not $3" >&2
    return 1
}

# is WHAT EXPECTED FOUND: ends the script where they differ.
is() { [ "$2" = "$3" ] && echo "$1: $3" || { echo "$1: $3, not $2" >&2; exit 1; }; }
