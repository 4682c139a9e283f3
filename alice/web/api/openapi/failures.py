"""How the API fails: one shape for every error, and what each status means."""

from __future__ import annotations

from typing import Any

from alice import errors
from alice.errors import AliceError
from alice.web.api.answers import Answer, Open, means
from alice.web.api.openapi.examples import ID


class Problem(Open):
    """What went wrong, and the way out; also `current`, the row as it is now, or `policy_decision` and `event_id`."""

    code: str = means("A word for programs, such as not_found.")
    message: str = means("One sentence for people.")
    hint: str | None = means("The way out, where there is one.")
    fields: dict[str, str] = means("For each field that was wrong, what was wrong and what is allowed.")
    trace_id: str | None = means("What the log and the events call this request.")


class Failure(Answer):
    """Every error, whatever failed."""

    error: Problem = means("What went wrong.")


_TEXT = {"type": "string"}
RETRY = {
    "Retry-After": {
        "description": "Seconds until it is worth trying again, where that is known.",
        "schema": {"type": "integer"},
    }
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "How to show a key.", "schema": _TEXT}},
    429: RETRY,
    502: RETRY,
    503: RETRY,
}
# By status: its name in the document, what it means, and an error of that kind as its example.
MEANT: dict[int, tuple[str, str, AliceError]] = {
    401: ("NotAuthenticated", "Nobody known is asking, or the key is wrong, expired or revoked.",
          errors.NotAuthenticated("A key is missing.", "Send `Authorization: Bearer …`.")),
    403: ("PolicyBlocked", "The policy says no: the answer names the rule, never the content, and the refusal is in"
          " the log.", errors.PolicyBlocked("This is not allowed: read_only_agent may not capture.")),
    404: ("NotFound", "There is no such thing, or it is not the caller's to see: the two are told alike.",
          errors.NotFound("source", ID)),
    409: ("Conflict", "Somebody decided first, or something has to be set up first; `current` is the row as it is now.",
          errors.Conflict("This was decided already.", {"status": "closed", "version": 2})),
    413: ("TooLarge", "More came in than is taken at once, which is 2 MB.",
          errors.TooLarge("That is more than the 2 MB that are taken at once.")),
    415: ("UnsupportedMediaType", "The body is not JSON.",
          AliceError("This address does not take a body of that type.", "Programs send `application/json`.")),
    422: ("InvalidInput", "Something that was given cannot be used; `fields` names each and what is allowed.",
          errors.InvalidInput({"limit": "must be 500 or less, not '501'."})),
    423: ("Busy", "The same thing is being done elsewhere at this moment.",
          errors.Busy("A sync of Local folder is running already.", "Wait for it to end.")),
    429: ("TooManyRequests", "Asked too often, or with too many wrong keys.",
          errors.TooManyRequests("Too many wrong keys.", after_seconds=30)),
    502: ("Upstream", "Something outside failed: Telegram, a model.",
          errors.Upstream("The model does not answer.", "Start it, then try again.")),
    503: ("DatabaseUnavailable", "The database does not answer.",
          errors.DatabaseUnavailable("The database does not answer.")),
}  # fmt: skip
_CODES = {415: "unsupported_media_type"}


def reference(status: int) -> dict[str, str]:
    """Return the reference to what a status means."""
    return {"$ref": f"#/components/responses/{MEANT[status][0]}"}


def responses() -> dict[str, Any]:
    """Return what every status means, by its name."""
    return {name: _response(status) for status, (name, _, _) in MEANT.items()}


def _response(status: int) -> dict[str, Any]:
    _, meaning, error = MEANT[status]
    body = {"schema": {"$ref": "#/components/schemas/Failure"}, "example": {"error": _told(status, error)}}
    told: dict[str, Any] = {"description": meaning, "content": {"application/json": body}}
    return told | ({"headers": HEADERS[status]} if status in HEADERS else {})


def _told(status: int, error: AliceError) -> dict[str, Any]:
    code = _CODES.get(status, error.code)
    told = {"code": code, "message": error.message, "hint": error.hint, "fields": dict(error.fields)}
    return told | error.extra | {"trace_id": "9f86d081884c7d65"}
