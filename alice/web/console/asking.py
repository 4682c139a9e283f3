"""Ask: what is held about a question, with its evidence and what was held back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from alice import inputs
from alice.domain.vocab import Domain
from alice.queries.library import sources
from alice.services.composing import context_packs
from alice.web import current, shell
from alice.web.console import pages, reading
from alice.web.console.forms import form
from alice.web.inputs import accepts

FIELDS = ("q", "domain", "as_of")
NAMES = {"query": "q"}


def _ask_again(_form: Mapping[str, str], faults: Mapping[str, str]) -> Response:
    """Show the form with what was said and what was wrong with it, at the field itself."""
    told = {NAMES.get(name, name): sentence for name, sentence in faults.items()}
    return _show({name: request.args.get(name, "") for name in FIELDS}, told, status=422)


@pages.get("/ask")
@accepts(inputs.Ask, again=_ask_again)
def ask(given: inputs.Ask) -> Response:
    """Answer a question on a page whose address holds it; without a question show how to ask."""
    values = {name: str(value or "") for name, value in given.model_dump().items()}
    if not given.q.strip():
        return _show(values)
    domains = [given.domain] if given.domain else []
    zone = current.settings().timezone
    pack = context_packs.build(
        current.actor(), given.q, zone=zone, domains=domains, as_of=given.as_of, now=current.now()
    )
    return _show(values, pack=numbered(pack))


def _show(
    values: Mapping[str, str], faults: Mapping[str, str] | None = None, *, pack: Any = None, status: int = 200
) -> Response:
    total = None if pack or faults else sources.page(current.scope(), limit=1).total
    return shell.show("pages/today/ask.html", status=status, form=form(FIELDS, values, faults), domains=list(Domain),
                      pack=pack, total=total)  # fmt: skip


def numbered(pack: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pack as its page expects it: evidence with a number and where it stands, claims with those numbers.

    A claim whose words are not among the evidence leads straight to its source.
    """
    cards = [card | {"number": n, "href": _href(card)} for n, card in enumerate(pack["supporting_evidence"], 1)]
    numbers = {card["chunk_id"]: card["number"] for card in cards}
    told = dict(pack) | {"supporting_evidence": cards}
    for section in ("decisions", "beliefs", "relevant_memories"):
        told[section] = [item | {"cites": _cites(item, numbers)} for item in pack[section]]
    told["open_loops"] = [reading.loop(item) | {"cites": _cites(item, numbers)} for item in pack["open_loops"]]
    pairs = pack["contradicting_evidence"]
    told["contradicting_evidence"] = [
        pair | {"sides": [side | {"cites": _cites(side, numbers)} for side in pair["sides"]]} for pair in pairs
    ]
    return told


def _cites(item: Mapping[str, Any], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"number": numbers.get(words["chunk_id"]), "title": words["source_title"], "href": _href(words)}
        for words in item["evidence"]
    ]


def _href(words: Mapping[str, Any]) -> str:
    return f"/vnext/sources/{words['source_id']}?start={words['start']}&end={words['end']}#passage"
