"""Bodies of proposals, for tests."""


def line(source, destination=None, quantity="100", unit_type="KAU", **more):
    """One line; `None` leaves a field out."""
    said = {
        "source": source,
        "destination": destination,
        "unit_type": unit_type,
        "quantity": quantity,
        **more,
    }
    return {name: value for name, value in said.items() if value is not None}


def block(source, destination, first, last, unit_type="KAU"):
    """One line that names serials."""
    return {
        "source": source,
        "destination": destination,
        "block": {"unit_type": unit_type, "first": str(first), "last": str(last)},
    }


def proposal(kind, *lines, **more):
    return {"type": kind, "lines": list(lines), **more}


def issuance(account, quantity="500", unit_type="KAU", **more):
    return {
        "unit_type": unit_type,
        "blocks": [{"account": account, "quantity": quantity}],
        "vintage_from": "2026-01-01",
        "vintage_to": "2027-01-01",
        "vintage_label": "KAU26",
        **more,
    }


def approve(client, answer, decision="approve", **more):
    """Decide on what a proposal was answered with."""
    said = answer.json()
    body = {"decision": decision, "payload_hash": said["payload_hash"], **more}
    return client.post(f"transactions/{said['id']}/approvals", body)
