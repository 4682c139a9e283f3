"""A fork server may be killed in the very moment in which a worker is asked of it."""

from __future__ import annotations

from typing import Any

import pytest

from alice.runs import starts
from alice.runs.starts import Forked


class Begun:
    """A worker that was begun."""

    pid, exitcode = 7, None


def breaking(monkeypatch: pytest.MonkeyPatch, error: type[Exception], times: int) -> list[Any]:
    tried: list[Any] = []

    def begun(job: Any) -> Any:
        tried.append(job)
        if len(tried) <= times:
            raise error
        return Begun()

    monkeypatch.setattr(Forked, "_begun", staticmethod(begun))
    monkeypatch.setattr(starts, "_PAUSES", (0, 0, 0))
    return tried


@pytest.mark.parametrize("error", [EOFError, BrokenPipeError, ConnectionRefusedError, ConnectionResetError])
def test_a_worker_is_asked_of_the_next_fork_server_when_one_breaks_off(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    job: Any = object()
    tried = breaking(monkeypatch, error, 2)
    assert Forked(job).pid == 7
    assert tried == [job] * 3


@pytest.mark.parametrize(("error", "times"), [(EOFError, 4), (BlockingIOError, 1)])
def test_what_goes_on_or_is_no_break_is_raised(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], times: int
) -> None:
    job: Any = object()
    tried = breaking(monkeypatch, error, 9)
    with pytest.raises(error):
        Forked(job)
    assert len(tried) == times
