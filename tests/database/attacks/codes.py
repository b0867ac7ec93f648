"""Attacks on the codes that serials are printed with."""

from tests.database.attack import attack

PERMITTED = {"permitted": True}


@attack("registry_code_can_be_printed", **PERMITTED)
def registry_with_a_colon(db):
    db.copy("registry", "true", code="KR:ETRS")


@attack("registry_code_can_be_printed", **PERMITTED)
def registry_in_small_letters(db):
    db.copy("registry", "true", code="kr-etrs-2")


@attack("registry_code_can_be_printed", **PERMITTED)
def registry_without_a_code(db):
    db.copy("registry", "true", code="")


@attack("unit_type_code_can_be_printed", **PERMITTED)
def unit_type_with_a_space(db):
    db.copy("unittype", "true", code="KAU 2")


@attack("unit_type_code_can_be_printed", **PERMITTED)
def unit_type_in_another_script(db):
    db.copy("unittype", "true", code="排出枠")


@attack("unit_type_code_can_be_printed", **PERMITTED)
def unit_type_with_a_second_line(db):
    db.copy("unittype", "true", code="KAU\n2")


@attack("unit_type_code_is_one_in_any_case", **PERMITTED)
def unit_type_in_small_letters(db):
    db.copy("unittype", "code = 'KAU'", code="kau")
