"""Several nodes on one machine that share nothing but HTTP, and who acts on them.

What is done to a node is done through its API, by signals to its processes, and by its commands, as
by anybody else: nothing here reads a node's tables or calls its services.
"""
