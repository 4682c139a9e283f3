"""Knows the parts that notes are made of by their headings: who was there, actions, decisions, news, links."""

from __future__ import annotations

import re

PEOPLE, ACTIONS, DECISIONS, QUESTIONS = "people", "actions", "decisions", "questions"
NEWS, INITIATIVES, ASIDE, STANDING = "news", "initiatives", "aside", "standing"

_SECTIONS = re.compile(
    r"(?P<people>present|attendees?|attendance|participants?|in attendance|invited|apologies|regrets|absent|"
    r"members present)"
    r"|(?P<actions>(?:my |open |new |[\w.-]{1,30} )?(?:action items?|actions|to-?dos?|todo list|tasks|next steps?|"
    r"follow[ -]?ups?|commitments)|(?:the |my |[\w.-]{1,30}'s )?plan is to)"
    r"|(?P<decisions>(?:key |main )?(?:decisions?|resolutions?|agreements|what we decided)(?: made| taken)?|"
    r"(?:(?:so )?(?:we|all|the group|tsc) )?(?:have )?(?:agreed|decided|concluded)(?: to| that| on)?|"
    r"consensus(?: is| was)?(?: that| to)?)"
    r"|(?P<questions>(?:open |unanswered )?questions)"
    r"|(?P<news>announcements?|(?:.{0,40} )?updates?|news|status|highlights)"
    r"|(?P<initiatives>(?:strategic |current |active )?(?:initiatives?|projects|workstreams))"
    r"|(?P<standing>reminders?|standing items?)"
    r"|(?P<aside>links?|upcoming meetings?|references?|resources|further reading|see also|credits|licen[sc]e|footnotes|"
    r"table of contents|contents|background reading|sources)",
    re.IGNORECASE,
)
_OPENERS = ("next steps", "action items", "todos", "follow-ups", "open questions", "decisions")


def section_of(heading: str) -> str:
    """Return the kind of section that `heading`, plain words, opens; "" for one that says what it is about."""
    match = _SECTIONS.fullmatch(heading.strip(" #:*_\u00a0"))
    return (match.lastgroup or "") if match else ""


def opens_a_list(line: str) -> bool:
    """Tell whether a short line only opens what hangs below it: "Next steps:", "We agreed to:", "consensus is"."""
    return len(line) <= 60 and (line.endswith((":", " is", " to", " that")) or line.lower().endswith(_OPENERS))
