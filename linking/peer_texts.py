"""What can go wrong between nodes, as codes with texts for people."""

from django.utils.translation import gettext_lazy as _

PEERS = {
    "SIGNATURE_BINDS": (
        _("This party has signed the text, and other nodes have been told."),
        _("Ask another party to reject it or to propose another text; or wait for its signature."),
    ),
    "TEXT_NOT_HERE_YET": (
        _("This node does not have the text yet that the message is about."),
        _("Nothing has to be done: the message is sent again."),
    ),
    "UNKNOWN_PEER": (
        _("No other node of this name is known here."),
        _("See the list of peers; `manage.py introduce` adds one."),
    ),
    "PEER_EXISTS": (
        _("This node is pinned already, or its link has ended."),
        _("A change of its keys or of its address is told by its own messages."),
    ),
    "PEER_ADDRESS_REFUSED": (
        _("No peer can be at this address."),
        _("Give an https:// address of the public network; PEER_NETWORKS allows networks inside."),
    ),
    "PEER_DOES_NOT_ANSWER": (
        _("The other node does not answer."),
        _("Try again in a while; ask whoever runs it."),
    ),
    "CARD_REFUSED": (
        _("The card of the other node is not well formed, or its signatures do not hold."),
        _("Ask whoever runs the node; nothing was kept of it."),
    ),
    "PROTOCOL_NOT_COMMON": (
        _("The two nodes speak no version of the protocol in common."),
        _("One of them has to be brought up to date."),
    ),
    "KEY_OF_ANOTHER_PEER": (
        _("A key of the card is known as that of another node."),
        _("Ask whoever runs the node: every node has keys of its own."),
    ),
    "REGISTRY_OF_ANOTHER_PEER": (
        _("A registry of the card is kept by another peer."),
        _("End the link to that peer first, if the registry has moved."),
    ),
    "FINGERPRINT_DIFFERS": (
        _("The fingerprint is not that of the card which is kept here."),
        _("Compare it again; introduce the node anew if its keys have changed."),
    ),
    "PEER_INTRODUCED_BY_YOU": (
        _("Who introduces a node does not confirm it."),
        _("Ask another system administrator to compare the fingerprint."),
    ),
    "PEER_STATE": (
        _("The state of the link to this node does not allow this."),
        _("Read it again."),
    ),
    "REGISTRY_WITHOUT_PEER": (
        _("The node that keeps this registry is not pinned here."),
        _("A system administrator introduces it, and another one confirms it."),
    ),
    "PEER_UNKNOWN": (
        _("The request is signed by no key of a node that is known here."),
        _("Let the two nodes introduce each other; a card tells of a new key, and comes first."),
    ),
    "PEER_KEY_REVOKED": (
        _("The key that signed the request is revoked."),
        _("Sign with a key in force."),
    ),
    "PEER_KEY_NOT_IN_FORCE": (
        _("The key that signed the request has ended, or has not begun."),
        _("Sign with a key in force."),
    ),
    "PEER_NOT_PINNED": (
        _("The link to this node is not confirmed, or has ended."),
        _("A system administrator confirms it by the fingerprint."),
    ),
    "PEER_PAUSED": (
        _("The exchange with your node is paused here."),
        _("Send the same message later: nothing is lost."),
    ),
    "PEER_FLOODS": (
        _("The node has sent too many requests in this minute."),
        _("Wait for the seconds of Retry-After."),
    ),
    "SIGNATURE_MISSING": (
        _("The request is not signed."),
        _("Sign it as the page on the protocol says (RFC 9421)."),
    ),
    "MESSAGE_OF_ANOTHER": (
        _("The message is said to be from another node than the one that sends it."),
        _("Send your own messages only."),
    ),
    "MESSAGE_FOR_ANOTHER": (
        _("The message is for another node."),
        _("Send it to the node that it names."),
    ),
    "MESSAGE_SIGNATURE_INVALID": (
        _("The signature over the message is not one by a key of its sender that was in force."),
        _("Sign the canonical bytes of the message, by the key of the node for messages."),
    ),
    "MESSAGE_ID_REUSED": (
        _("Another message came with this id."),
        _("Give each message an id of its own; repeat one with the same bytes."),
    ),
    "QUERY_REFUSED": (
        _("The other node refuses the query."),
        _("Its code is in the data."),
    ),
    "ANSWER_WRONG": (
        _("The answer of the other node is not one to this query, signed by its key."),
        _("Ask whoever runs the node; nothing was kept of it."),
    ),
    "UNKNOWN_MESSAGE": (
        _("There is no such message."),
        _("See the list of messages of the peer."),
    ),
    "NOBODY_TO_TELL": (
        _("No other node is named that could be told."),
        _("Name one that is linked to this node."),
    ),
    "NOTICE_ENDS_BEFORE_IT_BEGINS": (
        _("The notice ends before it begins."),
        _("Give a later end, or none where it is not known."),
    ),
    "MESSAGE_NOT_REFUSED": (
        _("The message was not refused."),
        _("What waits is sent by itself, and what was taken is not sent again."),
    ),
    "VERSION_EXISTS": (
        _("There is another text with this number."),
        _("Read the agreement again, and propose a later number."),
    ),
    "TEXT_MALFORMED": (
        _("The text is not an agreement in its canonical form."),
        _("Send exactly the text that was signed, as the page on the protocol says."),
    ),
}
