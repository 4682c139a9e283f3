"""What commands print: JSON for programs, tables for people, errors on standard error in the same two forms."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from alice.cli.framework import common

if TYPE_CHECKING:
    from alice.errors import AliceError
    from alice.queries.page import Page


def as_json() -> bool:
    """Tell whether to print JSON: it was asked for, or nobody is looking."""
    return bool(common("json")) or not sys.stdout.isatty()


def plain(value: Any) -> Any:
    """Return `value` for the JSON encoder: times as ISO 8601 in UTC, ids as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def dumps(data: Any) -> str:
    """Return `data` as the JSON text that commands print."""
    return json.dumps(data, ensure_ascii=False, indent=2, default=plain)


def show(data: Any, text: Callable[[], None] | None = None) -> None:
    """Print `data` as JSON, or call `text` to print it for a person."""
    if as_json() or text is None:
        click.echo(dumps(data))
    else:
        text()


def first(told: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """Return a short list, read whole, cut to its first `limit` items, 0 for all; `total` counts them all."""
    items = list(told["items"])
    shown = items[:limit] if limit else items
    return {**told, "items": shown, "count": len(shown), "total": len(items), "next": None}


Columns = Mapping[str, Callable[[Mapping[str, Any]], Any]]


def table(rows: Iterable[Mapping[str, Any]], columns: Columns, *, empty: str, foot: str | None = None) -> None:
    """Print `rows` as a table with the given columns, or the sentence `empty` when there are none."""
    from rich.console import Console
    from rich.table import Table

    listed = list(rows)
    if not listed:
        click.echo(empty)
        return
    cells = {name: [_cell(column(row)) for row in listed] for name, column in columns.items()}
    told = {name: values for name, values in cells.items() if set(values) != {_cell(None)}}
    console = Console(highlight=False, markup=False)
    whole = _unbroken(told, console.width)
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for name in told:
        drawn.add_column(name, overflow="fold", no_wrap=name in whole)
    for row in zip(*told.values(), strict=True):
        drawn.add_row(*row)
    console.print(drawn)
    if foot:
        click.echo(foot)


def page(found: Page, columns: Columns, *, empty: str) -> None:
    """Print a part of a list: as JSON with its cursor, or as a table with how much of it that is."""
    foot = f"{len(found.items)} of {found.total}."
    show(found.as_dict(), lambda: table(found.items, columns, empty=empty, foot=foot))


def _unbroken(cells: Mapping[str, Sequence[str]], width: int) -> set[str]:
    """Return the columns of single words, such as ids, that are kept in one piece, as long as there is room beside."""
    words = {
        name: max(map(len, (name, *values)))
        for name, values in cells.items()
        if all(" " not in value for value in values)
    }
    kept: set[str] = set()
    for name in sorted(words, key=lambda name: (name != "id", words[name])):
        if sum(words[one] + 2 for one in kept) + words[name] <= width * 3 // 4:
            kept.add(name)
    return kept


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def pairs(data: Mapping[str, Any]) -> None:
    """Print a mapping as aligned lines."""
    width = max((len(name) for name in data), default=0)
    for name, value in data.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {_cell(value)}")


def problem(error: AliceError, trace_id: str) -> None:
    """Print an error on standard error, as JSON or as one sentence and the way out."""
    if common("json") or not sys.stderr.isatty():
        click.echo(json.dumps({"error": envelope(error, trace_id)}, ensure_ascii=False, default=plain), err=True)
        return
    for line in [f"{name}: {said}" for name, said in error.fields.items()] or [error.message]:
        click.secho(line, fg="red", err=True)
    if error.hint:
        click.echo(error.hint, err=True)


def envelope(error: AliceError, trace_id: str) -> dict[str, Any]:
    """Return an error in the shape of architecture.md section 7."""
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "fields": dict(error.fields),
        "trace_id": trace_id,
        **error.extra,
    }


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, str], None]]:
    """Yield a function that shows how far long work is: a count and a note. Quiet when nobody is looking."""
    if not sys.stderr.isatty():
        yield lambda _count, _note: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, note="")
        yield lambda count, note: bar.update(task, completed=count, note=note)


def join(words: Sequence[Any]) -> str:
    """Return words with commas between them, or a dash."""
    return ", ".join(map(str, words)) or "–"
