"""Shares that add up exactly, and sizes like those of real operators.

Everything is integer arithmetic on seeded integers: the same on every machine, for ever. This
module imports neither Django nor a clock.
"""

import random

# Ranks are shifted by this much, so that the largest operator of some hundreds has a few per
# cent of the total, as in the published lists of large emitters, and not a fifth of it.
RANK_SHIFT = 10
WEIGHT_SCALE = 10**9


def apportion(total, weights):
    """Divide `total` in proportion to `weights`, in whole units, by the largest remainder.

    Floors never hand out too much; what they leave, fewer units than there are weights, goes to
    the largest remainders, the earlier weight first where two are equal.

    Raises: ValueError
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("The total and the weights must not be negative.")
    whole = sum(weights)
    if whole == 0:
        raise ValueError("At least one weight must be positive.")
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


def heavy_tailed_weights(count, seed):
    """Weights that fall with the rank as a power law does, each shaken by up to 30 %."""
    source = random.Random(seed)  # noqa: S311 - sizes of made-up operators, not secrets
    return [
        WEIGHT_SCALE * source.randint(70, 130) // (rank + RANK_SHIFT)
        for rank in range(1, count + 1)
    ]


def sizes(total, count, seed):
    """Sizes of `count` operators: heavy-tailed, at least 1 each, exactly `total` together.

    Raises: ValueError
    """
    if count < 1 or total < count:
        raise ValueError("There must be at least one operator, and one unit for each.")
    return [1 + share for share in apportion(total - count, heavy_tailed_weights(count, seed))]
