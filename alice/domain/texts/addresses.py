"""Addresses of web pages: which are taken, what of one is kept, and when two mean the same page. It opens none."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from alice.domain.redaction import redact

# What mailings, shops and networks append to follow a reader; none of it says which page is meant.
_FOLLOWING = re.compile(
    r"(?:utm|mtm|hsa)_\w+|(?:fb|g|d|ms|y|tt|tw)cl(?:k)?id|[gw]braid|gclsrc|mc_[ce]id|igsh(?:id)?|_g[al]|_hs(?:enc|mi)"
    r"|mkt_tok|ref_src|vero_id|oly_(?:enc|anon)_id|pk_(?:campaign|kwd)|_openstat|li_fat_id",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"(?:.*[_-]|access|refresh|id|csrf|xsrf|auth)?(?:token|secret|password|passwd|pwd|passphrase|signature|sig"
    r"|api[_-]?key|auth|authorization|session|session[_-]?id|sid|jwt|otp)",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_PORTS = {"http": 80, "https": 443}
_MARK = re.compile(r"\[redacted [a-z ]+\]")  # has blanks, which an address has not
HIDDEN = "redacted"


def page(text: str) -> str:
    """Return the address of a web page as it is kept: without what follows readers, and without secrets.

    Raise ValueError with the rest of a sentence when it is no address of a web page.
    """
    parts = _split(text)
    # Each parameter by itself: a secret ends where the next one begins.
    query = "&".join(_clean(_kept(one)) for one in parts.query.split("&") if one and not _follows(one))
    fragment = "" if _is_secret(parts.fragment) else _clean(parts.fragment)
    place = _clean(urlunsplit((parts.scheme, _place(parts), _path(parts), "", "")))
    return urlunsplit(("", "", place, query, fragment))


def same_page(address: str) -> str:
    """Return what is the same for every address of one page: the scheme, `www.` and the place on the page go."""
    parts = urlsplit(page(address))
    host = parts.netloc.removeprefix("www.")
    route = parts.fragment if parts.fragment.startswith(("/", "!")) else ""  # pages that are drawn by scripts
    return urlunsplit(("", host, parts.path.rstrip("/"), parts.query, route)).removeprefix("//")


def _split(text: str) -> SplitResult:
    given = text.strip()
    if _CONTROLS.search(given):
        raise ValueError("holds blanks or control characters; send the address as the browser shows it.")
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no address of a web page; send one such as https://example.org/page.") from None
    if parts.scheme not in _PORTS:
        raise ValueError("must begin with http:// or https://; other addresses are not taken.")
    if not host:
        raise ValueError("names no host; send an address such as https://example.org/page.")
    return parts


def _place(parts: SplitResult) -> str:
    """Return host and port in one spelling; a name and password before them are not kept."""
    host = (parts.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in (None, _PORTS[parts.scheme]) else f"{shown}:{parts.port}"


def _path(parts: SplitResult) -> str:
    return quote(parts.path, safe="/%:@!$&'()*+,;=~") or "/"


def _follows(parameter: str) -> bool:
    return _FOLLOWING.fullmatch(unquote(parameter.partition("=")[0])) is not None


def _kept(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    return f"{name}={HIDDEN}" if equals and value and _SECRET.fullmatch(unquote(name)) else parameter


def _clean(text: str) -> str:
    return _MARK.sub(HIDDEN, redact(text).text)


def _is_secret(fragment: str) -> bool:
    return any(_SECRET.fullmatch(name) for name, _ in parse_qsl(fragment.lstrip("#?/!"), max_num_fields=50))
