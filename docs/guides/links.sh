#!/bin/sh
# A link between Beijing and Tokyo by REST: what was agreed, what is left, a dry run, units that
# cross, a use at a discount, a quota that refuses, a link that is suspended and resumed.
#
# NODE is the node's address. KEY_1 and KEY_2 are API keys of two administrators of all registries,
# as `make run` prints them; KEY_BEIJING and KEY_TOKYO of one who administers that city's registry.
# SELLER_1 and SELLER_2, SEOUL_1 and SEOUL_2, BUYER_1 and BUYER_2 are people of operators of Beijing,
# Seoul and Tokyo, with their keys. RUN makes the idempotency keys of this run its own.
set -eu

RUN="${RUN:-links-$(date +%s)}"
YEAR=$(date -u +%Y)
. "$(dirname "$0")/calls.sh"

# account_of HOLDER: the number of an operator's account.
account_of() { get "$KEY_1" "accounts?holder=$1&kind=operator" | at items 0 number; }

# left EDGE: what is left of the edge's first quota, in tonnes.
left() { get "$KEY_BUYER_1" "links/$1/meters" | at meters 0 left; }

# appoint ACCOUNT PERSON RIGHT: a representative, unless the person is one from an earlier run.
appoint() {
    case "$(get "$KEY_1" "accounts/$1/representatives")" in *"\"$2\""*) return 0 ;; esac
    next
    ANSWER=$(send "$KEY_1" requests "{\"kind\": \"representative\", \"account\": \"$1\",
        \"person\": \"$2\", \"right\": \"$3\", \"reason\": \"the guide\"}")
    next
    echo "$2, $3: $(approve "$KEY_2" "requests/$(echo "$ANSWER" | at id)/decisions" "$ANSWER" \
        | at status)"
}

# over_link SOURCE DESTINATION UNIT_TYPE QUANTITY: the body of a transfer over a link.
over_link() {
    printf '{"source": "%s", "destination": "%s", "unit_type": "%s", "quantity": "%s"}' "$@"
}

# held ACCOUNT UNIT_TYPE: how many units of the type it has.
held() {
    get "$KEY_1" "holdings?account=$1&unit_type=$2" | python3 -c 'import json, sys
print(sum(int(each["quantity"]) for each in json.load(sys.stdin)["items"]))'
}

# cross KEY OTHER_KEY BODY: one person of the operator sends, another approves, and the node's
# workers take the units in.
cross() {
    next
    SENT=$(send "$1" transfers "$3")
    TRANSFER=$(echo "$SENT" | at id)
    ID=$(echo "$SENT" | at source_transaction)
    PROPOSED=$(get "$2" "transactions/$ID")
    refused "$1" REPRESENTATIVE_RIGHT_MISSING "transactions/$ID/approvals" \
        "{\"decision\": \"approve\", \"payload_hash\": \"$(echo "$PROPOSED" | at payload_hash)\"}"
    next
    approve "$2" "transactions/$ID/approvals" "$PROPOSED" > /dev/null
    wait_for "transfers/$TRANSFER" state completed
}

# refused KEY CODE PATH BODY: a request that is refused, with its reason and how to mend it.
refused() {
    next
    ANSWER=$(ask "$1" "$3" "$4")
    is "refused" "$2" "$(echo "$ANSWER" | at errors 0 code)"
    echo "$ANSWER" | at errors 0 detail
    echo "$ANSWER" | at errors 0 hint
}

say "What was agreed: the parties, and what Tokyo recognises of Beijing."
get "$KEY_1" agreements/CITY-PILOT | at parties
LINK=$(get "$KEY_1" "links/BJ%3ETK")
for FIELD in method accept_unit_types converts_to factor quotas; do
    echo "$FIELD: $(echo "$LINK" | at document "$FIELD")"
done

say "Operators act by people of their own: one proposes, the other approves."
SELLER=$(account_of EX-BJ-1) SEOUL=$(account_of EX-SEO-1) BUYER=$(account_of EX-TK-1)
appoint "$SELLER" "$SELLER_1" initiate
appoint "$SELLER" "$SELLER_2" approve
appoint "$SEOUL" "$SEOUL_1" initiate
appoint "$SEOUL" "$SEOUL_2" approve
appoint "$BUYER" "$BUYER_1" initiate
appoint "$BUYER" "$BUYER_2" approve

say "What is left of the quota this year, as the buyer sees it."
BEFORE=$(left "BJ%3ETK")
echo "$BEFORE t"

say "A dry run of the seller: what would 1,000 allowances of Beijing become in Tokyo?"
ORDER=$(over_link "$SELLER" "$BUYER" BEA 1000)
TRIAL=$(ask "$KEY_SELLER_1" transfers/dry-run "$ORDER")
is "would be answered with" 202 "$(echo "$TRIAL" | at status)"
is "tonnes that they would count for" 800 "$(echo "$TRIAL" | at parts 0 credited_tonnes)"
is "persons who would have to approve" 1 "$(echo "$TRIAL" | at approvals needed)"
is "nothing is taken from the quota" "$BEFORE" "$(left "BJ%3ETK")"

say "Tokyo's operator acquires them: one person of the seller sends, the other approves."
HELD=$(held "$BUYER" TK-BEA)
cross "$KEY_SELLER_1" "$KEY_SELLER_2" "$ORDER"
echo "cancelled for nothing: $(get "$KEY_BUYER_1" "transfers/$TRANSFER" \
    | at parts 0 decision remainder cancel) of 1000"
is "linked credits that came" 800 $(($(held "$BUYER" TK-BEA) - HELD))
is "the meter has moved by" 800 $((BEFORE - $(left "BJ%3ETK")))

say "Seoul's units are recognised as they are, and count for half where they are used."
cross "$KEY_SEOUL_1" "$KEY_SEOUL_2" "$(over_link "$SEOUL" "$BUYER" SEO-EXC 100)"
next
ANSWER=$(send "$KEY_BUYER_1" transactions "{\"type\": \"surrender\", \"lines\": [{\"source\": \"$BUYER\",
    \"unit_type\": \"SEO-EXC\", \"quantity\": \"100\", \"period\": \"$YEAR\"}]}")
ID=$(echo "$ANSWER" | at id)
next
approve "$KEY_BUYER_2" "transactions/$ID/approvals" "$ANSWER" | at status
get "$KEY_BUYER_1" "transactions/$ID/lines" | each items destination quantity credited_tonnes

say "One unit more than the quota leaves is refused."
refused "$KEY_SELLER_1" QUOTA_PARTIAL transfers "$(over_link "$SELLER" "$BUYER" BEA $(($(left "BJ%3ETK") * 5 / 4 + 1)))"

say "Beijing may not suspend what Tokyo accepts; Tokyo does: one act, and both ways are shut."
refused "$KEY_BEIJING" NOT_PERMITTED "links/BJ%3ETK/suspension" '{"reason": "an incident"}'
next
send "$KEY_TOKYO" "links/BJ%3ETK/suspension" '{"reason": "an incident in a registry"}' \
    | each changes edge state cause
refused "$KEY_SELLER_1" LINK_SUSPENDED transfers "$ORDER"

say "It is resumed, and units cross again."
next
send "$KEY_TOKYO" "links/BJ%3ETK/resumption" '{"reason": "the incident is over"}' \
    | each changes edge state cause
is "would be answered with" 202 "$(ask "$KEY_SELLER_1" transfers/dry-run "$ORDER" | at status)"

say "A credit of a mechanism outside: retired there, used once here."
HASH=$(printf 'what the mechanism says' | sha256sum | cut -d ' ' -f 1)
FIRST=$(date +%s)0
# retired HOLDER: the body that states the same ten credits for an operator.
retired() {
    printf '{"unit_type": "A6.4ER", "serial": "A6.4ER %s-%s", "account": "%s", "evidence": "%s",
        "vintage_from": "%s-01-01", "retired_on": "%s", "document_hash": "%s"}' "$FIRST" \
        $((FIRST + 9)) "$(account_of "$1")" "https://mechanism.example/$FIRST" "$YEAR" \
        "$(date -u +%F)" "$HASH"
}
HELD=$(held "$(account_of EX-KR-1)" i-KCU)
next
ID=$(send "$KEY_1" external-retirements "$(retired EX-KR-1)" | at id)
next
is "the second person's decision" confirmed "$(send "$KEY_2" "external-retirements/$ID/decision" \
    '{"decision": "confirm"}' | at state)"
is "credits that Korea has issued for them" 10 $(($(held "$(account_of EX-KR-1)" i-KCU) - HELD))
echo "The same credits for Japan:"
refused "$KEY_1" ALREADY_RETIRED external-retirements "$(retired EX-JP-1)"
say "Done."
