"""What can go wrong with links, as codes with texts; the classes are the registry's.

The pure modules speak in codes; here each has its words for people.
"""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput, RuleViolated

from .article6_texts import ARTICLE6
from .case_texts import CASES
from .crossing_texts import CROSSING
from .peer_texts import PEERS

FORM = {
    "FIELD_MISSING": (_("This is required."), _("Give this field.")),
    "UNKNOWN_FIELD": (_("There is no such field here."), _("Leave the field out.")),
    "WRONG_TYPE": (_("This is of another kind than expected."), _("See the page on links.")),
    "NOT_A_CHOICE": (
        _("This is none of the words that are possible here."),
        _("Use one of the words that are listed."),
    ),
    "NOT_A_DATE": (_("This must be a date."), _("Write it as 2026-11-22.")),
    "NOT_AN_INSTANT": (
        _("This must be an instant with its offset from UTC."),
        _("Write it as 2026-11-22T09:30:00Z."),
    ),
    "NOT_EXACT": (
        _("This must be an exact number that is not negative."),
        _("Write it as text: 0.8, 4/5 or 1000. A binary fraction is not the number you wrote."),
    ),
    "SHARE_ABOVE_ONE": (
        _("A share is at most 1."),
        _("Write five per cent as 0.05."),
    ),
}
WRITTEN = {
    "FACTOR_DOES_NOT_SUIT_KIND": (
        _("The factor does not suit its kind."),
        _("Par is 1, a discount lies below 1, a mitigation value is at most 1; above 0 all."),
    ),
    "FACTOR_ABOVE_ONE": (
        _("A factor above 1 has no units to give where an adjustment is required."),
        _("Set the factor to at most 1."),
    ),
    "QUOTA_WITHOUT_PERIOD": (
        _("The quota has no period."),
        _("Say in which period it is counted; `lifetime` where it never begins anew."),
    ),
    "QUOTA_DOES_NOT_FIT": (
        _("This makes no sense beside the other fields of the quota."),
        _("See the table of quotas on the page on links."),
    ),
    "PHASES_OVERLAP": (
        _("Phases overlap, or stand in another order than their days."),
        _("Let each phase begin when the one before has ended, with a higher number."),
    ),
    "TRIGGER_WITHOUT_THRESHOLD": (
        _("This trigger means nothing without a threshold."),
        _("Write it as an object with `kind`, `above` and `days`."),
    ),
    "EDGE_TWICE": (
        _("Two edges have this name."),
        _("Give each edge a name of its own."),
    ),
    "EDGE_TO_ITSELF": (
        _("The edge leads back to its own jurisdiction."),
        _("A jurisdiction needs no link to recognise its own units."),
    ),
    "LEGAL_BASIS_DIFFERS": (
        _("The legal basis is none for this form of link."),
        _("A formal link rests on a treaty, a reciprocal one on recognitions of each side."),
    ),
    "FORM_DIFFERS": (
        _("The edge is not of the form that it names."),
        _("Name the form that it has, or change what contradicts it."),
    ),
    "RECIPROCAL_WITHOUT_PARTNER": (
        _("There is no edge the other way."),
        _("Add it, or name another form."),
    ),
    "SYMMETRIC_NOT_RECIPROCAL": (
        _("The factor is not the exact reciprocal of that of the edge the other way."),
        _("Write 5/4 where the other is 4/5."),
    ),
    "CYCLE_MINTS": (
        _("Units that go round this cycle become more than they were."),
        _("Lower a factor until the product of the cycle is at most 1."),
    ),
    "CONVERTED_UNITS_STAY": (
        _("Converted units do not go home, so nothing can be repatriated."),
        _("Forbid re-export, or recognise the units without converting them."),
    ),
    "USED_UNITS_STAY": (
        _("Recognised units are used abroad, so none of them can go to the source's reserve."),
        _("Cancel the remainder, keep it in the acceptor's reserve, or convert the units."),
    ),
    "CONVERSION_NOT_STATED": (
        _("It is not said what the acceptor issues for this unit type."),
        _("Name it in `converts_to`."),
    ),
    "UNKNOWN_UNIT_TYPE": (
        _("There is no such unit type."),
        _("Check the code in the list of unit types."),
    ),
    "UNIT_TYPE_OF_ANOTHER": (
        _("Another jurisdiction issues this unit type."),
        _("An edge is about units that its source issues."),
    ),
    "ADJUSTMENT_REQUIRED": (
        _("A flow between two Parties is reported, so it needs corresponding adjustments."),
        _("Set `ca_required`, also for a link between places inside the Parties."),
    ),
}
REFUSED = {
    "NO_EDGE": (
        _("No link in force leads there for these units."),
        _("See which links there are, and when they begin."),
    ),
    "LINK_SUSPENDED": (
        _("The link is suspended."),
        _("Wait until it is resumed; units that you hold may still be usable."),
    ),
    "LINK_TERMINATED": (_("The link has ended."), _("Look for another way.")),
    "ORIGIN_NOT_RECOGNISED": (
        _("Units of this origin are not recognised there, whoever held them last."),
        _("Recognition goes by the issuing registry."),
    ),
    "UNIT_TYPE": (
        _("The link does not cover this unit type now."),
        _("See which unit types the phase in force covers."),
    ),
    "PROJECT_TYPE": (
        _("Credits of this type of project are not accepted."),
        _("See the lists of the link."),
    ),
    "VINTAGE_TOO_OLD": (_("The vintage is too old."), _("Choose units of a later vintage.")),
    "VINTAGE_FUTURE": (
        _("The vintage is not yet usable."),
        _("Choose units of an earlier vintage."),
    ),
    "ISSUED_TOO_EARLY": (
        _("The units were issued before the day from which the link covers them."),
        _("Choose units that were issued later."),
    ),
    "FACILITY_SIZE": (
        _("The facility that the units come from is too large for this link."),
        _("Choose units of a smaller facility."),
    ),
    "HOLDER_CLASS": (
        _("Holders of this class may not acquire these units."),
        _("The link says who may."),
    ),
    "QUOTA_PARTIAL": (
        _("The limit leaves less than is asked."),
        _("Ask for at most what is left."),
    ),
    "QUOTA_EXHAUSTED": (
        _("Nothing is left of the limit in this period."),
        _("Wait for the next period."),
    ),
    "QUOTA_EXCEEDED": (
        _("The limit does not leave as much as is asked, and no part is wanted."),
        _("Ask for at most what is left."),
    ),
    "BASE_UNKNOWN": (
        _("The tonnes by which the limit is measured are not known."),
        _("They are uploaded for each entity and period."),
    ),
    "CONVERTED_UNIT": (
        _("Converted units do not go back to where they were made from."),
        _("Use them where they are."),
    ),
    "RE_EXPORT_FORBIDDEN": (
        _("The link does not let these units go on from here."),
        _("Send them home first, if the link allows it."),
    ),
    "ALREADY_RETIRED": (
        _("These units were retired already."),
        _("A unit is used once, in one place."),
    ),
    "GRACE_EXPIRED": (
        _("The link has stopped, and the days in which held units were usable are over."),
        _("Units can still be sent home where the link allows it."),
    ),
    "WINDOW_CLOSED": (
        _("The link transfers at other times."),
        _("Repeat the request in the next window."),
    ),
    "PHASE_GATE": (
        _("The next phase has come by date, but its gate is closed."),
        _("See the assessment of readiness."),
    ),
    "AUTHORISATION_MISSING": (
        _("The link has no authorization under Article 6."),
        _("The Parties authorize the transfer, and the edge names it."),
    ),
    "BANKING_NOT_ALLOWED": (
        _("Units of this link are not kept for a later period."),
        _("Use them in the period in which they came."),
    ),
    "UNITS_FOR_NOTHING": (
        _("Some of the units would count for no whole tonne."),
        _("Use only as many as are consumed."),
    ),
}
AGREEMENTS = {
    "NOT_A_PARTY": (
        _("This jurisdiction is no party of the agreement."),
        _("Act for a party: an administrator of its registry does."),
    ),
    "UNKNOWN_REGISTRY": (
        _("There is no such registry."),
        _("Check the code in the list of registries."),
    ),
    "UNKNOWN_AGREEMENT": (_("There is no such agreement."), _("Check its code.")),
    "AGREEMENT_EXISTS": (
        _("There is an agreement with this code."),
        _("Choose another code, or propose a version of the one that exists."),
    ),
    "TOO_FEW_PARTIES": (
        _("An agreement has at least two parties, each once, and each edge joins two of them."),
        _("Name the jurisdictions, and for each the registry that acts for it."),
    ),
    "KEY_NOT_PINNED": (
        _("The key of a registry on another node is not known."),
        _("Give the public key that the registry has published."),
    ),
    "NOT_PROPOSED": (
        _("This version awaits no signatures."),
        _("Read the agreement again: it may be in force, or dropped for another version."),
    ),
    "SIGNED_ANOTHER_VERSION": (
        _("The digest or the signature is not of this version."),
        _("Read the version again, and sign exactly its canonical text."),
    ),
    "ANOTHER_VERSION_IS_PROPOSED": (
        _("By now another version is proposed."),
        _("Read it, and say what you mean of that one."),
    ),
    "ALREADY_SIGNED": (_("This party has signed already."), _("A version is signed once.")),
    "EDGE_OF_ANOTHER": (
        _("Only the acceptor changes an edge."),
        _("Leave the edges as they are that another party accepts."),
    ),
    "UNKNOWN_EDGE": (
        _("The agreement in force has no such edge."),
        _("Check the name of the edge."),
    ),
    "NOT_SUSPENDED": (
        _("The state of the edge does not allow this."),
        _("Read the edge again: a link is suspended while it is open, and resumed afterwards."),
    ),
    "LINK_STOPPED": (
        _("An emergency stop of the edge stands."),
        _("Ask for the stop to be lifted: a quorum of the registry decides that."),
    ),
    "LIMIT_MOVES": (
        _("Others take from this limit all the time."),
        _("Repeat the request."),
    ),
    "QUOTA_BELOW_USE": (
        _("More than this limit is used already."),
        _("Let the lower limit begin with the next period."),
    ),
    "NOT_A_SCORE": (
        _("A criterion is scored from 0 to 3."),
        _("Use the code of a criterion that the page on links lists."),
    ),
}
TRANSFERS = {
    "UNKNOWN_TRANSFER": (
        _("There is no such transfer over a link."),
        _("See the list of transfers."),
    ),
    "SAME_REGISTRY": (
        _("Both accounts are in the same registry."),
        _("Use a transfer within the registry."),
    ),
    "ONWARD_THROUGH_HOME": (
        _("These units are at home in neither of the two registries."),
        _("Send them home first; they go on from there."),
    ),
    "NO_ACCOUNT_FOR_LINKS": (
        _("A registry has no account that this link needs."),
        _("Its administrator opens one of the kind that is named."),
    ),
}
RETIREMENTS = {
    "UNKNOWN_RETIREMENT": (
        _("No statement of credits retired elsewhere has this number."),
        _("See the list of them."),
    ),
    "RETIRED_LATER": (
        _("The day of the retirement is yet to come."),
        _("First retire the credits at their mechanism."),
    ),
    "SERIAL_OF_ANOTHER_TYPE": (
        _("This serial is of another unit type."),
        _("Write it as the mechanism prints it, or the code of the unit type with numbers."),
    ),
    "RETIREMENT_DECIDED": (
        _("This statement is decided already."),
        _("Read it again."),
    ),
    "OWN_STATEMENT": (
        _("Whoever states a retirement does not decide on it."),
        _("Another administrator of the registry looks at the evidence."),
    ),
}
MESSAGES = {
    "NOT_CANONICAL_JSON": (
        _("This is no JSON object in UTF-8 that has a canonical form, or it is too large."),
        _("Name each member once; write numbers of units as text; see the page on the protocol."),
    ),
    "PROTOCOL_NOT_SPOKEN": (
        _("This version of the protocol is not spoken here."),
        _("Use the highest version that both cards name."),
    ),
    "KIND_NOT_KNOWN": (
        _("No message of this kind is known here."),
        _("The page on the protocol lists the kinds; queries have an address of their own."),
    ),
    "NOT_A_UUID": (
        _("This must be a UUID in small letters."),
        _("Write it as 0190d6a4-7b8e-4c3f-9f55-0d8b1f5a2c11."),
    ),
    "NOT_A_DIGEST": (
        _("This must be a SHA-256 digest."),
        _("Write it as 64 hexadecimal digits in small letters."),
    ),
    "NOT_A_MOMENT": (
        _("This must be a moment in UTC with six digits after the point."),
        _("Write it as 2026-03-02T09:00:00.000000+00:00."),
    ),
    "NOT_BASE64URL": (
        _("This must be bytes in base64url without padding."),
        _("Write them as RFC 4648, section 5, does, and leave out the equals signs."),
    ),
    "NOT_DECIMAL": (
        _("This must be an integer as decimal text."),
        _("Write it in quotes and without zeros before it."),
    ),
    "FIELD_DOES_NOT_SUIT": (
        _("This does not suit the method of the transfer."),
        _("Units that go home have neither an edge nor certificates; all others have both."),
    ),
    "QUANTITY_DIFFERS": (
        _("The quantity is not that of the serials."),
        _("Name exactly as many serials as units are to move."),
    ),
    "BLOCKS_DISORDERED": (
        _("Serials are named twice, or not from the lowest up."),
        _("List each block once, in the order of the serials."),
    ),
    "CERTIFICATE_OF_OTHER_UNITS": (
        _("The certificate is of other units than the block."),
        _("Send the certificate of exactly this block."),
    ),
    "RECEIPT_OF_ANOTHER_POSTING": (
        _("The receipt is for another posting than the message."),
        _("Send the receipt for the posting that the message names."),
    ),
}
TEXTS = {
    **FORM,
    **WRITTEN,
    **REFUSED,
    **AGREEMENTS,
    **TRANSFERS,
    **RETIREMENTS,
    **MESSAGES,
    **CASES,
    **PEERS,
    **ARTICLE6,
    **CROSSING,
}


def refused_document(findings) -> InvalidInput:
    """The error for what is wrong with the document of a link."""
    return InvalidInput(
        *(Failure(f.code, *TEXTS[f.code], data={**f.data, "pointer": f.where}) for f in findings)
    )


def failure(code, **data) -> Failure:
    """One failure with the words of its code."""
    return Failure(code, *TEXTS[code], data=data)


def refused_decision(decision, **data) -> RuleViolated:
    """The error for a decision that accepts less than is asked."""
    told = {
        "accepted": str(decision.accepted),
        "rejected": str(decision.rejected),
        "edge": decision.edge_id,
        **data,
    }
    return RuleViolated(*(Failure(code, *TEXTS[code], data=told) for code in decision.codes))
