"""System checks of the node."""
