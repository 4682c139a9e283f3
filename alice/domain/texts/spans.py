"""Says how long so many days are, as people say it. Pure."""

from __future__ import annotations


def span(days: int) -> str:
    """Return how long `days` are: "1 day", "12 days", "5 weeks", "7 months", "2 years"."""
    for size, least, noun in ((365, 730, "year"), (30, 91, "month"), (7, 21, "week"), (1, 0, "day")):
        if days >= least:
            number = max(days, 0) // size
            return f"{number} {noun}{'' if number == 1 else 's'}"
    return "0 days"
