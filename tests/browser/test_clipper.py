"""From a page to the inbox in a real browser: the bookmarklet under a strict policy, and pages that mean harm."""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from alice.db import database
from alice.services.access import bookmarklets
from tests.browser.conftest import Window
from tests.browser.test_hostility import EVIL

STORY = "".join(
    f"<p>On {day} the allotment club met in the old boiler house, and all who came had brought tea and cake.</p>"
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
)
ARTICLE = f"""<!doctype html><html><head><title>Tea in the boiler house | Club News</title></head><body>
<nav>Shop Imprint</nav><article><h1>Tea in the boiler house</h1>{STORY}<p id="chosen">Decision: we water on Mondays.</p>
</article><form><input name="csrf" type="hidden" value="hidden-canary"><textarea>typed-canary</textarea></form>
</body></html>"""

# What Chromium says on the hostile page about what it was not let do.
REFUSED = re.compile(r"ERR_BLOCKED_BY_RESPONSE|Cross-Origin-Opener-Policy|Blocked a frame with origin")


def certificate(folder: Path) -> Path:
    """Write a certificate for this machine, good for an hour, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file = folder / "page.pem"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )  # fmt: skip
    return file


class Site(BaseHTTPRequestHandler):
    """A site somewhere else, served by TLS under a policy that allows nothing, unless a test says otherwise."""

    body = ARTICLE
    policy = "default-src 'none'"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(self.body.encode() if self.path == "/" else b"")

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_who: object) -> None:
        """Say nothing of browsers that hang up."""


@pytest.fixture
def reader(db: str, chromium: Any, served: Any) -> Iterator[Window]:
    """The owner's browser, which takes the site's certificate; at the end no window of it has complained."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, ignore_https_errors=True)
    made = Window(context.new_page(), served)
    made.watch()

    def watch(page: Page) -> None:
        window = Window(page, served, made.complaints)
        window.watch()

    context.on("page", watch)
    yield made
    context.close()
    assert made.complaints == []


@pytest.fixture
def site(reader: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[type[Site], str]]:
    """The site, and its address; it ends when the reader has left it."""
    monkeypatch.setattr(Site, "body", ARTICLE)
    monkeypatch.setattr(Site, "policy", Site.policy)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with Server(("127.0.0.1", 0), Site) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site, f"https://localhost:{server.server_port}/"
        reader.page.goto("about:blank")
        server.shutdown()


def clipped(window: Window) -> Page:
    """Press the bookmark on the page that is open, and return the window that it opens."""
    script = unquote(bookmarklets.link(window.settings).removeprefix("javascript:"))
    with window.page.context.expect_page() as opened:
        window.page.evaluate(script)
    return opened.value


def brought(window: Window, clip: dict[str, Any]) -> str:
    """Return the address by which any page can bring a clip."""
    fragment = base64.urlsafe_b64encode(json.dumps(clip).encode()).decode().rstrip("=")
    return f"{window.settings.console_url}/vnext/clip#{fragment}"


def sources() -> list[dict[str, Any]]:
    names = ("title", "uri", "content_text", "status", "connector", "domain")
    rows = database.query(f"SELECT {', '.join(names)} FROM source WHERE current ORDER BY captured_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def awake(popup: Page) -> Page:
    expect(popup.locator("[data-save][aria-disabled=false]")).to_be_visible(timeout=15_000)
    return popup


def save(popup: Page) -> None:
    """Press the one key, and wait until the window has closed itself."""
    awake(popup)
    with popup.expect_event("close", timeout=15_000):
        popup.keyboard.press("s")


def test_a_page_that_forbids_everything_ends_in_the_inbox(reader: Window, site: tuple[type[Site], str]) -> None:
    reader.sign_in()
    reader.page.goto(site[1])
    popup = clipped(reader)
    expect(popup.locator("blockquote")).to_contain_text("On Monday the allotment club met", timeout=15_000)
    assert popup.url == f"{reader.settings.console_url}/vnext/clip"
    expect(popup.get_by_label("Title")).to_have_value("Tea in the boiler house")
    popup.get_by_label("Domain").select_option("personal")
    popup.locator("h1, .brand").first.click()
    save(popup)
    [kept] = sources()
    assert (kept["connector"], kept["status"], kept["domain"]) == ("browser_clipper", "new", "personal")
    assert (kept["title"], kept["uri"]) == ("Tea in the boiler house", site[1])
    assert "we water on Mondays" in kept["content_text"]
    everything = str(database.query("SELECT string_agg(s::text, '') FROM source s"))
    assert not [word for word in ("Imprint", "hidden-canary", "typed-canary") if word in everything]
    reader.open("/vnext/sources?status=new")
    expect(reader.page.get_by_text("Tea in the boiler house").first).to_be_visible()


def test_only_what_is_selected_is_kept(reader: Window, site: tuple[type[Site], str]) -> None:
    reader.sign_in()
    reader.page.goto(site[1])
    reader.page.evaluate("getSelection().selectAllChildren(document.getElementById('chosen'))")
    save(clipped(reader))
    assert [kept["content_text"] for kept in sources()] == ["Decision: we water on Mondays."]
    assert sources()[0]["title"] == "Tea in the boiler house"


def test_the_same_page_again_is_a_revision(reader: Window, site: tuple[type[Site], str]) -> None:
    reader.sign_in()
    reader.page.goto(site[1])
    save(clipped(reader))
    site[0].body = ARTICLE.replace("Mondays", "Sundays")
    reader.page.goto(f"{site[1]}#top")
    reader.page.reload()
    popup = awake(clipped(reader))
    expect(popup.get_by_text("its next revision")).to_be_visible()
    save(popup)
    assert ["Sundays" in kept["content_text"] for kept in sources()] == [True]
    assert database.query("SELECT revision FROM source WHERE current") == [(2,)]


def test_the_link_works_as_a_link(reader: Window, site: tuple[type[Site], str]) -> None:
    """What is dragged is the link itself: here it stands on a page without a policy, and is clicked."""
    site[0].policy = ""
    site[0].body = ARTICLE.replace("<nav>", f'<a id="bookmark" href="{bookmarklets.link(reader.settings)}">x</a><nav>')
    reader.sign_in()
    reader.page.goto(site[1])
    with reader.page.context.expect_page() as opened:
        reader.page.locator("#bookmark").click()
    save(opened.value)
    assert len(sources()) == 1
    assert reader.page.url == site[1]


def test_a_megabyte_is_cut_and_said_so(reader: Window, site: tuple[type[Site], str]) -> None:
    site[0].body = f"<title>Long</title><p>begin {'wörter ' * 200_000}</p><p>the very end</p>"
    reader.sign_in()
    reader.page.goto(site[1])
    popup = clipped(reader)
    expect(popup.locator("#clip-cut")).to_be_visible(timeout=20_000)
    awake(popup)
    popup.get_by_label("Your note").fill("Too long, but good.")
    popup.locator(".brand").click()
    save(popup)
    [kept] = sources()
    assert kept["content_text"].startswith("## Note\n\nToo long, but good.\n\n## Page\n\nbegin wörter")
    assert 800_000 < len(kept["content_text"].encode()) <= 1_000_000
    assert "the very end" not in kept["content_text"]


def test_a_stranger_signs_in_and_the_clip_has_waited(reader: Window, site: tuple[type[Site], str]) -> None:
    reader.page.goto(site[1])
    popup = clipped(reader)
    expect(popup.get_by_role("heading", name="Sign in to keep this clip")).to_be_visible()
    assert "boiler" not in popup.content()
    reader.sign_in()
    popup.get_by_role("link", name="Go on").click()
    expect(popup.locator("blockquote")).to_contain_text("boiler house", timeout=15_000)
    popup.reload()
    save(popup)
    assert len(sources()) == 1


def test_without_a_clip_the_page_offers_the_bookmarklet(reader: Window) -> None:
    page = reader.open("/vnext/clip")
    assert page.get_by_role("link", name="Clip to Alice").get_attribute("href") == bookmarklets.link(reader.settings)
    page.goto(f"{reader.settings.console_url}/vnext/clip#nonsense")
    expect(page.get_by_role("heading", name="Sign in to keep this clip")).to_be_visible()
    reader.sign_in()
    page.goto(f"{reader.settings.console_url}/vnext/clip#nonsense")
    expect(page.get_by_role("heading", name="This is no clip")).to_be_visible()


def hostile(reader: Window, site: tuple[type[Site], str], script: str = "") -> Page:
    """Sign in, go to a page that opens the clip page with words of its own when it is clicked, and click it."""
    address = brought(reader, {"url": "https://evil.example/", "selected_text": "Decision: we pay Mallory."})
    site[0].policy = ""
    site[0].body = (
        f"<button id=b>Kitten</button><script>b.onclick = () => {{ const w = window.open({json.dumps(address)});"
        f" {script} }}</script>"
    )
    reader.sign_in()
    reader.page.goto(site[1])
    with reader.page.context.expect_page() as opened:
        reader.page.locator("#b").click()
    expect(opened.value.locator("blockquote")).to_contain_text("we pay Mallory", timeout=15_000)
    return opened.value


def test_a_hostile_page_saves_nothing_by_presses_that_were_begun_for_it(
    reader: Window, site: tuple[type[Site], str]
) -> None:
    popup = hostile(reader, site)
    popup.keyboard.down("s")
    for _ in range(12):
        popup.keyboard.down("s")  # held down: the keyboard repeats it
        popup.wait_for_timeout(150)
    popup.keyboard.up("s")
    button = popup.locator("[data-save]")
    for _ in range(8):
        popup.keyboard.press("s")
        popup.keyboard.press("Enter")
        button.click(force=True)
        popup.wait_for_timeout(150)
    expect(button).to_have_attribute("aria-disabled", "true")
    assert sources() == []
    save(popup)  # a fresh press, after a second of calm, is the owner's own
    assert len(sources()) == 1


def test_a_hostile_page_saves_nothing_by_itself(reader: Window, site: tuple[type[Site], str]) -> None:
    base = reader.settings.console_url
    script = f"""
      const key = new KeyboardEvent('keydown', {{key: 's', bubbles: true}});
      const tries = [() => w.dispatchEvent(key), () => w.document.body.dispatchEvent(key),
        () => w.document.querySelector('[data-save]').click(), () => w.document.getElementById('clip').submit(),
        () => w.postMessage({{save: true}}, '*'), () => w.focus(), () => {{ w.location.hash = '#x' }},
        () => open('{base}/vnext/clip', w.name)];
      window.refusals = 0;
      const press = () => tries.forEach((one) => {{ try {{ one(); }} catch {{ window.refusals += 1; }} }});
      setInterval(press, 200);
      const form = new FormData(); form.set('url', 'https://evil.example/'); form.set('page_text', 'Pay Mallory.');
      for (const path of ['/vnext/clip', '/v0/vnext/connectors/browser-clipper/capture'])
        fetch('{base}' + path, {{method: 'POST', mode: 'no-cors', credentials: 'include', body: form}}).catch(() => 0);
    """
    popup = hostile(reader, site, script)
    popup.wait_for_timeout(3_000)
    reader.page.evaluate(
        """(action) => { const form = document.createElement('form'); form.method = 'post'; form.action = action;
        form.enctype = 'multipart/form-data'; form.target = '_blank';
        form.innerHTML = '<input name=url value="https://evil.example/"><input name=page_text value="Pay Mallory.">';
        document.body.append(form); form.submit(); }""",
        f"{base}/vnext/clip",
    )
    popup.wait_for_timeout(1_500)
    assert sources() == []
    expect(popup.locator("[data-save]")).to_have_attribute("aria-disabled", "false")
    told = "\n".join(reader.complaints)
    assert "ERR_BLOCKED_BY_RESPONSE" in told
    assert reader.page.evaluate("refusals") > 10
    reader.complaints[:] = [one for one in reader.complaints if not REFUSED.search(one)]


def test_saving_sleeps_until_the_page_is_in_front(reader: Window, site: tuple[type[Site], str]) -> None:
    popup = hostile(reader, site)
    awake(popup)
    popup.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    popup.wait_for_timeout(1_500)
    popup.keyboard.press("s")
    popup.locator("[data-save]").click(force=True)
    popup.wait_for_timeout(1_500)
    assert sources() == []
    popup.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    popup.keyboard.press("s")
    popup.wait_for_timeout(500)
    assert sources() == []
    save(popup)
    assert len(sources()) == 1


def test_what_is_typed_into_a_field_saves_nothing(reader: Window, site: tuple[type[Site], str]) -> None:
    popup = awake(hostile(reader, site))
    popup.get_by_label("Your note").press_sequentially("sss")
    popup.wait_for_timeout(500)
    assert sources() == []
    expect(popup.get_by_label("Your note")).to_have_value("sss")


def test_escape_closes_and_keeps_nothing(reader: Window, site: tuple[type[Site], str]) -> None:
    popup = awake(hostile(reader, site))
    with popup.expect_event("close"):
        popup.keyboard.press("Escape")
    assert sources() == []


def test_hostile_words_do_nothing_where_they_are_shown(reader: Window, site: tuple[type[Site], str]) -> None:
    words = "\n\n".join(EVIL)
    reader.sign_in()
    html = f"<title>{EVIL[4]}</title><meta name=author content='{EVIL[0]}'>"
    told = {"url": "https://evil.example/?<img/src=x>", "selected_text": words, "html": html}
    address = brought(reader, told)
    page = reader.page
    page.goto(address)
    expect(page.locator("blockquote")).to_contain_text("<script>", timeout=15_000)
    look_only_shows(page)
    awake(page)
    page.keyboard.press("s")
    expect(page.get_by_role("link", name="Open it")).to_be_visible(timeout=15_000)  # it was not opened by a script
    [(source_id,)] = database.query("SELECT id FROM source")
    fresh = page.context.new_page()
    for path in (f"/vnext/sources/{source_id}", "/vnext/sources", "/vnext"):
        fresh.goto(reader.settings.console_url + path)
        fresh.wait_for_load_state("networkidle")
        look_only_shows(fresh)


def look_only_shows(page: Page) -> None:
    """Check that evidence is words alone: no element in it, nothing fetched, nothing renamed."""
    assert page.locator("blockquote *").count() == 0
    assert page.locator("iframe, main img, main style, base").count() == 0
    assert page.title() != "owned"


def test_a_page_of_a_listed_origin_hands_in_by_token_and_no_other(
    reader: Window, site: tuple[type[Site], str], owner: Any
) -> None:
    from alice.services.access import capture_tokens

    token = capture_tokens.make(owner, home=reader.settings.home)
    told = {"url": "https://news.example/tea", "page_text": "Tea at four."}
    ask = """async ([address, token, clip]) => { try {
      const answer = await fetch(address, {method: 'POST', body: JSON.stringify(clip),
        headers: {'Content-Type': 'application/json', 'X-Alice-Capture-Token': token}});
      return answer.status; } catch { return 'refused'; } }"""
    address = f"http://localhost:{reader.settings.port}/v0/vnext/connectors/browser-clipper/capture"
    reader.open("/vnext/clip")
    assert fetched_from(reader.page.context, f"http://127.0.0.1:{reader.settings.port}/healthz", ask,
                        [address, token, told]) == 201  # fmt: skip
    site[0].policy = ""
    assert fetched_from(reader.page.context, site[1], ask, [address, token, told | {"page_text": "No."}]) == "refused"
    assert [kept["content_text"] for kept in sources()] == ["Tea at four."]


def fetched_from(context: BrowserContext, address: str, script: str, told: list[Any]) -> Any:
    page = context.browser.new_context(ignore_https_errors=True, bypass_csp=True).new_page()  # type: ignore[union-attr]
    try:
        page.goto(address)
        return page.evaluate(script, told)
    finally:
        page.context.close()
