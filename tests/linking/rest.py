"""What tests of links by REST say to the API, and read of its answers."""

import copy

from tests.linking.conftest import SAID


def propose(client, **changes):
    text = {**copy.deepcopy(SAID), **changes}
    return client.post("agreements/KR-CN/versions", {"party": "KR", "text": text})


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]
