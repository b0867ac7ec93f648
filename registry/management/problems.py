"""What the services refuse, as a command prints it."""


def told(error) -> str:
    """All failures, a line each, with the stable code, the text, the hint and the particulars."""
    return "\n".join(
        f"{failure.code}: {failure.message} {failure.hint} {failure.data or ''}".rstrip()
        for failure in error.failures
    )
