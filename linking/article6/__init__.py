"""The accounting of Article 6.2 of the Paris Agreement: identifiers, first transfers, corresponding
adjustments, netting. Pure: no Django and no clock.

References are to decision 2/CMA.3, annex ("G"), decision 6/CMA.4, annex I ("D.I"), decision 4/CMA.6
("T"), decision 3/CMA.3, annex ("M"), and decision 5/CMA.3, annex II, table 4 ("CTF 4"), each with
the paragraph. What the decisions leave open is an argument, and docs/article6.md tells the choices.
"""
