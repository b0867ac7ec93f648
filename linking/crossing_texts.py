"""What can go wrong with a transfer between nodes, in words. Some of these are also the reasons for
which a half ends, and travel in its messages."""

from django.utils.translation import gettext_lazy as _

CROSSING = {
    "TRANSFER_CONTRADICTED": (
        _("This can not be true of the transfer, beside what was said of it before."),
        _("Both nodes compare their halves and messages; nothing was changed."),
    ),
    "PROPOSAL_IS_UNDER_WAY": (
        _("The proposal of this transfer has not come yet."),
        _("Send the message again after it."),
    ),
    "NOT_OF_THIS_PEER": (
        _("The sending registry is not kept by the node that asks."),
        _("Let the node that keeps the registry send."),
    ),
    "NOT_ON_THIS_NODE": (
        _("The receiving registry is not on this node."),
        _("Send to the node that keeps the registry."),
    ),
    "UNITS_OF_ANOTHER_HOME": (
        _("The units are at home in a registry that this transfer does not come from or go to."),
        _("Send them home first; they go on from there."),
    ),
    "BLOCK_NOT_HELD_ABROAD": (
        _("By the books of their home, these units are not with the registry that returns them."),
        _("Reconcile both registries."),
    ),
    "BLOCK_HELD_HERE": (
        _("These units are in the books of the receiving node already, held or used."),
        _("Reconcile both registries: the sender has sent them before."),
    ),
    "BLOCK_PROMISED": (
        _("Another transfer of these units was accepted before, and has not been aborted."),
        _("Let that transfer come to its end; of converted units none comes again."),
    ),
    "UNITS_USED_ABROAD": (
        _("Units that are to come home were used abroad, by what their home was told."),
        _("A case is open about them; compare the books of both registries."),
    ),
    "USED_ALREADY": (
        _("Home was told before that these units were used, by another posting."),
        _("Compare the books of both registries."),
    ),
    "NOT_BOOKED_ABROAD": (
        _("Home has never booked these units with the registry that has used them."),
        _("Reconcile both registries."),
    ),
    "USE_IS_UNDER_WAY": (
        _("The use that is undone was not told yet."),
        _("Send the message again after it."),
    ),
    "UNKNOWN_USE": (_("There is no such use abroad."), _("See the list of uses abroad.")),
    "TRANSFER_NOT_WAITING": (
        _("The transfer does not wait for people of its receiver."),
        _("Read it again: it has ended, or somebody has decided."),
    ),
    "OWN_TRANSFER": (
        _("Whoever has proposed a transfer does not accept it."),
        _("Another administrator of the receiving registry decides."),
    ),
    "RECEIVER_REFUSED": (
        _("People of the receiving registry do not accept the transfer."),
        _("See the reason, or ask them."),
    ),
    "NOBODY_ACCEPTED": (
        _("People of the receiving registry did not decide while the sender waited."),
        _("Send the units again, and tell them."),
    ),
    "RETIREMENT_NOT_TOLD": (
        _("The answer is about no retirement that waits for one."),
        _("Compare the messages of both nodes; nothing was changed."),
    ),
    "RETIREMENT_REFUSED": (
        _("An administrator of the acceptor's registry has refused the retirement."),
        _("Ask the acceptor why; the retirement may be reversed while its type allows that."),
    ),
    "SEVERAL_BLOCKS": (
        _("The credits do not lie in one run of one issuance in this account."),
        _("Retire each run on its own, and name its first serial."),
    ),
    "UNKNOWN_RETIREMENT_FOR": (
        _("There is no such retirement for a use elsewhere."),
        _("See the list of retirements for a use elsewhere."),
    ),
    "CERTIFICATE_DOES_NOT_HOLD": (
        _("The certificate of a block does not prove where its units come from."),
        _("Fetch the other node's card again if its keys have changed; else report it."),
    ),
    "RECEIPT_DOES_NOT_HOLD": (
        _("The receipt of the posting does not hold."),
        _("Fetch the other node's card again if its keys have changed; else report it."),
    ),
    "AGREEMENT_DIFFERS": (
        _("The version of the agreement is not the one in force on this node."),
        _("Wait until both nodes have the version in force, and send again."),
    ),
    "EDGE_DIFFERS": (
        _("On this node another edge, or another method, holds for these units."),
        _("Compare the agreements of both nodes."),
    ),
    "ACCEPTANCE_EXPIRED": (
        _("The acceptance ended before the units could leave."),
        _("Send the units again."),
    ),
    "SOURCE_WITHDREW": (
        _("The source's transaction has ended without a posting."),
        _("Nothing is to be done; what limits had lost is given back."),
    ),
    "PROPOSAL_REFUSED": (
        _("The other node has refused to read the proposal."),
        _("See what it said, on the page of the transfer."),
    ),
    "NOT_ONWARD": (
        _("The units can go straight to this account: one of the two registries is their home."),
        _("Leave out the account that they are to go through."),
    ),
    "THROUGH_NOT_HOME": (
        _("The account that the units are to go through is not of the registry that issued them."),
        _("Name an account of the registry that has issued the units."),
    ),
    "SEVERAL_RUNS": (
        _("The units do not lie in one run of serials."),
        _("Order each run by itself, and name its first serial."),
    ),
    "ONWARD_TOO_LATE": (
        _("The transfer was accepted before it was said that its units go on."),
        _("The units stay in the account at home; send them on from there."),
    ),
    "ONWARD_OF_ANOTHER_REGISTRY": (
        _("The last account is of another registry than the order names."),
        _("The units stay in the account at home; send them on from there."),
    ),
    "ONWARD_IN_SUSPENSE": (
        _("The units have come home into suspense, because their account does not take them."),
        _("An administrator at home moves them out of suspense; send them on afterwards."),
    ),
    "ONWARD_ENDED": (
        _("The second transfer has ended before the units left their home."),
        _("The units stay in the account at home; send them on from there."),
    ),
    "ONWARD_NOT_TAKEN": (
        _("The node of the units' home does not send on for others."),
        _("The units stay in the account at home; send them on from there."),
    ),
    "ONWARD_IS_UNDER_WAY": (
        _("The end of the transfer to their home is still under way."),
        _("Send the message again after it."),
    ),
    "ONWARD_CONTRADICTED": (
        _("No onward transfer waits for this answer."),
        _("Compare the messages of both nodes; nothing was changed."),
    ),
}
