"""`alicebot vnext connectors telegram`: signs in, names the chats that may be read, looks, reads. Nothing secret is
taken from the command line, which everybody on the machine can see: it is asked for, or read from standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.cli.vnext.connectors import run, said
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput

if TYPE_CHECKING:
    from alice.services.access.secrets import Secret


@click.group(cls=Group)
def group() -> None:
    """Telegram, read-only: login, configure, test, sync, import."""


@group.command()
@click.option("--api-id", type=click.IntRange(1, 2**31 - 1), help="Of your application, at my.telegram.org.")
@click.option("--bot-token", is_flag=True, help="Sign in as a bot; its token is asked for, or read from a pipe.")
@click.option("--secret-ref", metavar="REF", help="Sign in as the bot whose token is there: env:TELEGRAM_BOT_TOKEN.")
@click.option("--session-ref", metavar="REF", help="Where to keep the session: file:NAME or keyring:NAME.")
def login(api_id: int | None, bot_token: bool, secret_ref: str | None, session_ref: str | None) -> None:
    """Sign in once; phone, code and password are asked for, and only the session is kept, as a secret."""
    from alice.services.connecting import telegram_logins

    way = telegram_logins.Way(api_id, session_ref, bot_token, secret_ref)
    with brain.opened() as opened:
        told = telegram_logins.sign_in(opened.actor, way, _ask, settings=opened.settings)
    output.show(told, lambda: click.echo(_signed_in(told)))


def _ask(field: str, sentence: str) -> Secret:
    """Ask the person; what is secret is not shown. Where nobody types, the next line of standard input answers."""
    from alice.services.access.secrets import Secret

    if sys.stdin.isatty():
        return Secret(str(click.prompt(sentence, hide_input=field not in ("phone", "api_id"), err=True)))
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        raise InvalidInput({field: "is not UTF-8 text."}) from None
    if not line:
        raise InvalidInput({field: "is needed; run this on a terminal, where it is asked for, or pipe it in."})
    return Secret(line.rstrip("\r\n"))


def _signed_in(told: dict[str, Any]) -> str:
    who = (
        f"Signed in as {told['account']['name'] or told['account']['id']}; the session is kept as {told['secret_ref']}."
    )
    if told["chats"]:
        return f"{who} Chats that are read: {output.join(told['chats'])}."
    return f"{who}\nNow say what may be read: alicebot vnext connectors telegram configure --chat me --enabled"


@group.command()
@click.option("--chat", "chats", multiple=True, help="A chat that may be read: me, @name or a number.")
@click.option("--remove-chat", "gone", multiple=True, help="A chat that is read no more.")
@click.option("--api-id", type=click.IntRange(1, 2**31 - 1), help="Of your application, at my.telegram.org.")
@click.option("--api-hash-ref", metavar="REF", help="The name of the secret that holds its api_hash.")
@click.option("--session-ref", metavar="REF", help="The name of the secret that holds the session.")
@click.option("--enabled/--disabled", default=None, help="Switch it on or off.")
@click.option("--domain", type=click.Choice([d.value for d in Domain]), help="What it brings belongs there.")
@click.option("--sensitivity", type=click.Choice([s.value for s in Sensitivity]), help="How private what it brings is.")
@click.option("--sync-mode", type=click.Choice(["manual", "poll"]), help="When asked, or by itself.")
@click.option("--poll-interval", type=int, metavar="SECONDS", help="How often it looks, when it polls.")
def configure(chats: tuple[str, ...], gone: tuple[str, ...], **given: Any) -> None:
    """Say which chats may be read and how; what is not named stays, chats that are named are added."""
    from alice.services.connecting import telegram

    names = {"session_ref": "secret_ref", "domain": "default_domain", "sensitivity": "default_sensitivity",
             "poll_interval": "poll_interval_seconds"}  # fmt: skip
    values = {name: value for name, value in given.items() if value is not None}
    options = {name: values.pop(name) for name in ("api_id", "api_hash_ref") if name in values}
    changes = {names.get(name, name): value for name, value in values.items()}
    with brain.opened() as opened:
        told = telegram.configure(
            opened.actor, changes | {"options": options}, add=chats, remove=gone, settings=opened.settings
        )
    output.show(told, lambda: output.pairs(told))


@group.command()
def test() -> None:
    """Say who is signed in and which of the allowed chats can be read; no message is read."""
    from alice.services.connecting import telegram_logins

    with brain.opened() as opened:
        told = telegram_logins.look(opened.actor, settings=opened.settings)
    output.show(told, lambda: click.echo(_looked(told)))


def _looked(told: dict[str, Any]) -> str:
    account = told["account"]
    lines = [f"Signed in as {account['name'] or account['id']}{', a bot' if account['bot'] else ''}."]
    for one in told["chats"]:
        lines.append(f"  {one['chat']}: {'can be read' if one['reachable'] else one['reason'].replace('_', ' ')}")
    return "\n".join(lines if told["chats"] else [*lines, "No chat may be read yet; add one: configure --chat me"])


@group.command()
def sync() -> None:
    """Take in what is new in the allowed chats."""
    run("telegram")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--chat", "chats", multiple=True, help="Only this chat; several may be given.")
def import_file(file: Path, chats: tuple[str, ...]) -> None:
    """Take in FILE, the result.json of an export by Telegram Desktop; what a sync brought is known."""
    from alice.services.connecting import telegram

    with brain.opened() as opened, output.progress(f"Reading {file.name}") as tell:
        told = telegram.import_export(opened.actor, file, settings=opened.settings, chats=chats, progress=tell)
    output.show(told, lambda: click.echo(said(told)))
