"""Reads JSON piece by piece, so that a large file never lies in memory whole. It knows nothing of Telegram."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

_CHUNK = 1 << 16
_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[-+.0-9A-Za-z]{1,400}")
_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_DEEPEST = 100
_BROKEN = "is cut short or is not valid JSON"


class Malformed(Exception):
    """The file is not what it should be; the text says how, and begins with a verb."""


class Reader:
    """A place in a JSON text that moves forward only. Values that are kept hold at most `most` characters."""

    def __init__(self, file: BinaryIO, *, most: int = 1_000_000) -> None:
        self._file = file
        self._most = most
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """Return the next character that is no space, without taking it; nothing at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> None:
        """Take one character; raise Malformed when it is another."""
        if self.peek() != expected:
            raise Malformed(_BROKEN)
        self._at += 1

    def names(self) -> Iterator[str]:
        """Yield the names in the object that begins here; after each the caller takes its value."""
        for _ in self._members("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise Malformed(_BROKEN)
            self.take(":")
            yield key

    def entries(self) -> Iterator[None]:
        """Yield once for each entry of the array that begins here; the caller takes it."""
        yield from self._members("[", "]")

    def _members(self, opening: str, closing: str) -> Iterator[None]:
        self.take(opening)
        first = True
        while self.peek() != closing:
            if not first:
                self.take(",")
            first = False
            yield None
        self.take(closing)

    def value(self) -> Any:
        """Return the value that begins here."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise Malformed("is nested too deeply") from None
            except ValueError:
                end = len(self._text)
            if end < len(self._text) or self._ended:
                break
            self._grow()
        if end == len(self._text):
            raise Malformed(_BROKEN)
        self._at = end
        return found

    def _grow(self) -> None:
        """Read as much again as lies ahead, so that a long value costs twice its length and no more."""
        ahead = len(self._text) - self._at
        if ahead > self._most:
            raise Malformed(f"is not valid JSON, or has an entry of more than {self._most} characters")
        while len(self._text) - self._at <= 2 * ahead and self._more():
            pass

    def skip(self) -> None:
        """Take the value that begins here without keeping it."""
        depth = 0
        while True:
            char = self.peek()
            if char == '"':
                self._skip_string()
            elif char in "{[" and char:
                depth += 1
                self._at += 1
            elif char in "}]" and char and depth:
                depth -= 1
                self._at += 1
            elif char in ",:" and char and depth:
                self._at += 1
                continue
            else:
                self._skip_scalar()
            if depth > _DEEPEST:
                raise Malformed("is nested too deeply")
            if depth == 0:
                return

    def _skip_string(self) -> None:
        self._at += 1
        while True:
            match = _STRING.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._text[self._at : self._at + 1] == '"':
                self._at += 1
                return
            if not self._more():
                raise Malformed(_BROKEN)

    def _skip_scalar(self) -> None:
        if len(self._text) - self._at < 500:
            self._more()
        match = _SCALAR.match(self._text, self._at)
        if match is None:
            raise Malformed(_BROKEN)
        self._at = match.end()

    def _more(self) -> bool:
        if self._ended:
            return False
        raw = self._file.read(_CHUNK)
        self._ended = not raw
        try:
            fresh = self._decode.decode(raw, final=self._ended)
        except UnicodeDecodeError:
            raise Malformed("is not UTF-8") from None
        self._text = self._text[self._at :] + fresh
        self._at = 0
        return not self._ended
