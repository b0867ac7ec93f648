"""Keys that can not be, issuances without a signature, and signatures that do not hold."""

from tests.audit.corruption import corruption

LOG = "purpose = 'log'"
FIRST = "(SELECT min(id) FROM registry_issuancesignature)"


def _key(hand, **changes):
    """The key of the log, changed; its id."""
    told = ", ".join(f"{name} = {value}" for name, value in changes.items())
    return hand.one(f"UPDATE registry_keyrecord SET {told} WHERE {LOG} RETURNING id")


def _revoked(hand):
    """The key of the first signature is revoked from the moment of that signature on."""
    hand.run(
        "UPDATE registry_keyrecord k SET revoked_at = s.signed_at, revocation_reason = 'lost'"
        f" FROM registry_issuancesignature s WHERE s.id = {FIRST} AND k.id = s.key_id"
    )


@corruption("KEYS_ARE_SOUND", "thumbprint", "keyrecord")
def key_is_exchanged_under_its_id(hand):
    hand.without("keyrecord", "key_id_is_the_thumbprint")
    return "registry_keyrecord", _key(hand, public_key="sha256(public_key)")


@corruption("KEYS_ARE_SOUND", "thumbprint", "keyrecord")
def key_is_cut(hand):
    hand.without("keyrecord", "key_id_is_the_thumbprint", "key_has_the_length_of_its_algorithm")
    return "registry_keyrecord", _key(hand, public_key="substring(public_key for 31)")


@corruption("KEYS_ARE_SOUND", "owner", "keyrecord")
def key_of_the_log_is_given_to_a_registry(hand):
    hand.without("keyrecord", "key_is_of_an_owner_that_suits_its_purpose")
    return "registry_keyrecord", _key(hand, registry_id=hand.world.home.pk)


@corruption("KEYS_ARE_SOUND", "owner", "keyrecord", superuser=True)
def key_of_a_registry_that_is_gone(hand):
    return "registry_keyrecord", hand.one(
        "UPDATE registry_keyrecord SET registry_id = 999999999 WHERE registry_id = %s RETURNING id",
        hand.world.home.pk,
    )


@corruption("KEYS_ARE_SOUND", "validity", "keyrecord")
def key_ends_before_it_begins(hand):
    hand.without("keyrecord", "key_validity_is_an_interval", "key_in_force_is_one")
    return "registry_keyrecord", _key(hand, valid_to="valid_from")


@corruption("KEYS_ARE_SOUND", "revocation", "keyrecord")
def key_is_revoked_without_a_reason(hand):
    hand.without("keyrecord", "key_revocation_has_a_time_and_a_reason")
    return "registry_keyrecord", _key(hand, revoked_at="valid_from")


@corruption("KEYS_ARE_SOUND", "overlap", "keyrecord")
def key_for_receipts_signs_the_log_too(hand):
    hand.without("keyrecord", "key_in_force_is_one")
    return "registry_keyrecord", hand.one(
        f"UPDATE registry_keyrecord SET purpose = CASE WHEN {LOG} THEN 'receipt' ELSE 'log' END"
        " WHERE id = (SELECT max(id) FROM registry_keyrecord WHERE purpose IN ('log', 'receipt'))"
        " RETURNING id"
    )


@corruption("KEYS_ARE_SOUND", "node", "keyrecord")
def key_is_given_to_another_node(hand):
    return "registry_keyrecord", hand.one(
        "UPDATE registry_keyrecord SET node = 'other.example'"
        " WHERE id = (SELECT max(id) FROM registry_keyrecord) RETURNING id"
    )


@corruption("ISSUANCES_ARE_SIGNED", "unsigned", "issuancesignature", "posting")
def signature_is_lost(hand):
    issuance = hand.one(
        f"DELETE FROM registry_issuancesignature WHERE id = {FIRST} RETURNING issuance_id"
    )
    hand.run(
        "UPDATE registry_posting p SET recorded_at = now() - interval '2 minutes'"
        " FROM registry_issuance i WHERE i.posting_id = p.id AND i.id = %s",
        issuance,
    )
    return "registry_issuance", issuance


@corruption("ISSUANCES_ARE_SIGNED", "unsigned", "keyrecord", "posting")
def signature_is_void_and_not_replaced(hand):
    _revoked(hand)
    hand.run("UPDATE registry_posting SET recorded_at = now() - interval '2 minutes'")
    return "registry_issuance", hand.one(
        f"SELECT issuance_id FROM registry_issuancesignature WHERE id = {FIRST}"
    )


@corruption("ISSUANCES_ARE_SIGNED", "no_issuance", superuser=True)
def signature_of_nothing(hand):
    hand.run("ALTER TABLE registry_issuancesignature DISABLE TRIGGER USER")
    return "registry_issuancesignature", hand.copy(
        "issuancesignature", "true", issuance_id=999_999_999
    )


@corruption("ISSUANCES_ARE_SIGNED", "key", "issuancesignature")
def signature_is_by_the_key_of_the_log(hand):
    return "registry_issuancesignature", hand.one(
        "UPDATE registry_issuancesignature SET key_id = ("
        f" SELECT id FROM registry_keyrecord WHERE {LOG}) WHERE id = {FIRST} RETURNING id"
    )


@corruption("ISSUANCES_ARE_SIGNED", "validity", "issuancesignature")
def signature_is_older_than_its_key(hand):
    return "registry_issuancesignature", hand.one(
        "UPDATE registry_issuancesignature SET signed_at = signed_at - interval '1 year'"
        f" WHERE id = {FIRST} RETURNING id"
    )


@corruption("ISSUANCES_ARE_SIGNED", "twice", "issuancesignature")
def issuance_is_signed_twice(hand):
    hand.without("issuancesignature", "issuance_is_signed_once")
    return "registry_issuancesignature", hand.copy("issuancesignature", f"id = {FIRST}")


@corruption("ISSUANCES_ARE_SIGNED", "replaces", "issuancesignature")
def signature_that_stands_is_replaced(hand):
    return "registry_issuancesignature", hand.copy(
        "issuancesignature", f"id = {FIRST}", replaces_id="id"
    )


def _over_other_rows(hand, table, change, row):
    """The first signature, after a row that it is over has changed."""
    hand.run(
        f"UPDATE registry_{table} SET {change} WHERE id = ("
        f" SELECT {row} FROM registry_issuancesignature s"
        " JOIN registry_issuance i ON i.id = s.issuance_id"
        f" WHERE s.id = {FIRST})"
    )
    return "registry_issuancesignature", hand.one(f"SELECT {FIRST}")


@corruption("SIGNATURES_HOLD", "signature", "issuancesignature")
def a_bit_of_a_signature_flips(hand):
    return "registry_issuancesignature", hand.one(
        "UPDATE registry_issuancesignature SET signature ="
        " set_bit(signature, 100, 1 - get_bit(signature, 100))"
        f" WHERE id = {FIRST} RETURNING id"
    )


@corruption("SIGNATURES_HOLD", "signature", "issuancesignature")
def moment_of_a_signature_is_changed(hand):
    return "registry_issuancesignature", hand.one(
        "UPDATE registry_issuancesignature SET signed_at = signed_at + interval '1 microsecond'"
        f" WHERE id = {FIRST} RETURNING id"
    )


@corruption("SIGNATURES_HOLD", "signature", "issuancesignature")
def signature_is_that_of_another_issuance(hand):
    return "registry_issuancesignature", hand.one(
        "UPDATE registry_issuancesignature SET signature = ("
        " SELECT signature FROM registry_issuancesignature ORDER BY id DESC LIMIT 1)"
        f" WHERE id = {FIRST} RETURNING id"
    )


@corruption("SIGNATURES_HOLD", "signature", "issuance")
def vintage_is_changed_after_signing(hand):
    return _over_other_rows(hand, "issuance", "vintage_label = '2031'", "s.issuance_id")


@corruption("SIGNATURES_HOLD", "signature", "issuance")
def units_become_usable_for_longer(hand):
    return _over_other_rows(hand, "issuance", "usable_until = '2099-12-31'", "s.issuance_id")


@corruption("SIGNATURES_HOLD", "signature", "posting")
def moment_of_issuance_is_changed(hand):
    change = "recorded_at = recorded_at - interval '1 second'"
    return _over_other_rows(hand, "posting", change, "i.posting_id")


@corruption("SIGNATURES_HOLD", "signature", "unittype")
def units_become_credits(hand):
    change = "kind = CASE kind WHEN 'credit' THEN 'allowance' ELSE 'credit' END"
    return _over_other_rows(hand, "unittype", change, "i.unit_type_id")
