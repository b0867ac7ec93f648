#!/bin/sh
# A year of a registry by REST: accounts, representatives, an allocation table, transfers that wait,
# surrender and reversal; then what an auditor may, and what another jurisdiction sees.
#
# NODE is the node's address. KEY_1 and KEY_2 are API keys of two administrators of REGISTRY,
# KEY_INITIATOR and KEY_APPROVER those of the people INITIATOR and APPROVER, KEY_AUDITOR is an
# auditor's, KEY_ELSEWHERE an administrator's of another jurisdiction. TABLE is a CSV file with the
# names of operators and their tonnes. RUN makes the idempotency keys of this run its own.
set -eu

REGISTRY="${REGISTRY:-KR-ETRS}"
UNIT_TYPE="${UNIT_TYPE:-KAU}"
TABLE="${TABLE:-docs/guides/allocation.csv}"
RUN="${RUN:-guide}"
. "$(dirname "$0")/calls.sh"

# status KEY PATH BODY: the HTTP status of a request that is expected to be refused.
status() {
    curl -sS -o /dev/null -w '%{http_code}' ${3:+-d "$3"} "$API/$2" -H "Authorization: Bearer $1" \
        -H "Content-Type: application/json" -H "Idempotency-Key: $RUN-$COUNT"
}

# propose KEY BODY: a transaction is proposed; its number is in ID and the answer in ANSWER.
propose() {
    next
    ANSWER=$(send "$1" transactions "$2")
    ID=$(echo "$ANSWER" | at id)
    next
}

# open_account KIND NAME: one administrator asks, the other approves; the number is in ACCOUNT.
open_account() {
    next
    ANSWER=$(send "$KEY_1" requests "{\"kind\": \"account_opening\", \"registry\": \"$REGISTRY\",
        \"account_kind\": \"$1\", \"name\": \"$2\", \"reason\": \"the guide\"}")
    next
    ID=$(echo "$ANSWER" | at id)
    is "$2" approved "$(approve "$KEY_2" "requests/$ID/decisions" "$ANSWER" | at status)"
    ACCOUNT=$(get "$KEY_1" "accounts?registry=$REGISTRY&kind=$1" | python3 -c 'import json, sys
print(next(each["number"] for each in json.load(sys.stdin)["items"] if each["name"] == sys.argv[1]))' "$2")
}

# appoint ACCOUNT PERSON RIGHT: a representative of an account.
appoint() {
    next
    ANSWER=$(send "$KEY_1" requests "{\"kind\": \"representative\", \"account\": \"$1\",
        \"person\": \"$2\", \"right\": \"$3\", \"reason\": \"the guide\"}")
    next
    approve "$KEY_2" "requests/$(echo "$ANSWER" | at id)/decisions" "$ANSWER" | at status
}

# in_seconds N: that moment, as the API writes moments.
in_seconds() {
    python3 -c 'import sys; from datetime import UTC, datetime, timedelta
print((datetime.now(UTC) + timedelta(seconds=int(sys.argv[1]))).isoformat())' "$1"
}

# held ACCOUNT: how many units of the type it has.
held() {
    get "$KEY_1" "accounts/$1/balances" | python3 -c 'import json, sys
print(sum(int(each["quantity"]) for each in json.load(sys.stdin)["items"]))'
}

say "Accounts are opened: asked for by one administrator, approved by another."
open_account government "Allowances of the year"; GOVERNMENT=$ACCOUNT
open_account surrender "Surrendered"
OPERATORS=""
while IFS=, read -r NAME _TONNES; do
    [ "$NAME" != operator ] || continue
    open_account operator "$NAME"
    OPERATORS="$OPERATORS $ACCOUNT"
    echo "$NAME: $ACCOUNT"
done < "$TABLE"
set -- $OPERATORS
OPERATOR_A=$1 OPERATOR_B=$2

say "Operator A gets two representatives: one proposes, the other approves."
appoint "$OPERATOR_A" "$INITIATOR" initiate
appoint "$OPERATOR_A" "$APPROVER" approve

say "Units are issued to the government's account."
propose "$KEY_1" "{\"type\": \"issue\", \"issuances\": [{\"unit_type\": \"$UNIT_TYPE\",
    \"blocks\": [{\"account\": \"$GOVERNMENT\", \"quantity\": \"1000000\"}],
    \"vintage_from\": \"2026-01-01\", \"vintage_to\": \"2027-01-01\", \"vintage_label\": \"2026\"}]}"
approve "$KEY_2" "transactions/$ID/approvals" "$ANSWER" | at status

say "The allocation table is uploaded: its rows are checked, then it is one proposal."
FILE=$(mktemp)
python3 -c 'import csv, sys
table, government, unit_type, *accounts = sys.argv[1:]
print("source,destination,unit_type,quantity")
for row, account in zip(csv.DictReader(open(table)), accounts, strict=True):
    print(government, account, unit_type, row["tonnes"], sep=",")' \
    "$TABLE" "$GOVERNMENT" "$UNIT_TYPE" $OPERATORS > "$FILE"
next
ID=$(curl -sS --fail-with-body "$API/uploads?registry=$REGISTRY&kind=allocations&name=allocation.csv" \
    -H "Authorization: Bearer $KEY_1" -H "Content-Type: text/csv" \
    -H "Idempotency-Key: $RUN-$COUNT" --data-binary "@$FILE" | at id)
rm "$FILE"
wait_for "uploads/$ID" state checked
next
send "$KEY_1" "uploads/$ID/submission" "" > /dev/null
wait_for "uploads/$ID" state submitted
ID=$(get "$KEY_1" "uploads/$ID" | at transaction)
ANSWER=$(get "$KEY_2" "transactions/$ID")
next
approve "$KEY_2" "transactions/$ID/approvals" "$ANSWER" | at status
is "operator A has" 1000 "$(held "$OPERATOR_A")"

say "Operator A sells 300: proposed, approved, and carried out at a later moment."
SALE="\"source\": \"$OPERATOR_A\", \"destination\": \"$OPERATOR_B\", \"unit_type\": \"$UNIT_TYPE\""
propose "$KEY_INITIATOR" "{\"type\": \"transfer\", \"execute_at\": \"$(in_seconds 4)\",
    \"lines\": [{$SALE, \"quantity\": \"300\"}]}"
is "who proposed may approve" 403 "$(status "$KEY_INITIATOR" "transactions/$ID/approvals" \
    "{\"decision\": \"approve\", \"payload_hash\": \"$(echo "$ANSWER" | at payload_hash)\"}")"
next
approve "$KEY_APPROVER" "transactions/$ID/approvals" "$ANSWER" | at status
wait_for "transactions/$ID" status completed
is "operator B has" 800 "$(held "$OPERATOR_B")"

say "Another sale is stopped while it waits; its units are free again."
propose "$KEY_INITIATOR" "{\"type\": \"transfer\", \"execute_at\": \"$(in_seconds 3600)\",
    \"lines\": [{$SALE, \"quantity\": \"100\"}]}"
approve "$KEY_APPROVER" "transactions/$ID/approvals" "$ANSWER" | at status
next
send "$KEY_INITIATOR" "transactions/$ID/cancellation" '{"reason": "the buyer stepped back"}' | at status

say "Operator A surrenders 600 for its emissions of 2026."
propose "$KEY_INITIATOR" "{\"type\": \"surrender\", \"lines\": [{\"source\": \"$OPERATOR_A\",
    \"unit_type\": \"$UNIT_TYPE\", \"quantity\": \"600\", \"period\": \"2026\"}]}"
SURRENDER=$ID
approve "$KEY_APPROVER" "transactions/$ID/approvals" "$ANSWER" | at status
is "operator A has" 100 "$(held "$OPERATOR_A")"

say "It was the wrong year: administrators bring all of it back."
propose "$KEY_1" "{\"type\": \"reverse\", \"reverses\": \"$SURRENDER\", \"reason\": \"wrong year\"}"
approve "$KEY_2" "transactions/$ID/approvals" "$ANSWER" | at status
is "operator A has" 700 "$(held "$OPERATOR_A")"

say "An auditor reads all of it, and changes nothing."
for WHAT in "accounts?registry=$REGISTRY" "accounts/$OPERATOR_A/representatives" requests \
    "holdings?account=$OPERATOR_A" "transactions/$SURRENDER" "transactions/$SURRENDER/movements" \
    "accounts/$OPERATOR_A/events"; do
    is "$WHAT" 200 "$(status "$KEY_AUDITOR" "$WHAT")"
done
next
is "an auditor's proposal" 403 "$(status "$KEY_AUDITOR" transactions \
    "{\"type\": \"transfer\", \"lines\": [{$SALE, \"quantity\": \"1\"}]}")"
next
is "an auditor's request" 403 "$(status "$KEY_AUDITOR" requests \
    "{\"kind\": \"account_closure\", \"account\": \"$OPERATOR_B\", \"reason\": \"x\"}")"

say "Another jurisdiction's key sees none of it."
for WHAT in "accounts/$OPERATOR_A" "holdings?account=$OPERATOR_A" "transactions/$SURRENDER" \
    "accounts/$OPERATOR_A/representatives"; do
    is "$WHAT" 404 "$(status "$KEY_ELSEWHERE" "$WHAT")"
done
for WHAT in accounts transactions holdings requests; do
    is "its $WHAT" 0 "$(get "$KEY_ELSEWHERE" "$WHAT?registry=$REGISTRY" | python3 -c \
        'import json, sys; print(len(json.load(sys.stdin)["items"]))')"
done
say "Done."
