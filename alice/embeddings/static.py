"""Words that mean alike, by the static vectors that the wordllama wheel brings. It sees no table and no network.

Read directly: the wheel's own loader looks for its tokenizer in the wrong folder, then tries to download it, and takes
twice the memory. Only whole words are kept: what a word is made of says nothing about what it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

WEIGHTS = Path("weights") / "l2_supercat_256.safetensors"
VOCABULARY = Path("tokenizers") / "l2_supercat_tokenizer_config.json"
TENSOR = "embedding.weight"
MOST = 10
CLOSE = 0.4  # the cosine from which two words count as alike
_WHOLE_WORD = re.compile(r"▁[a-z]{3,}")


def alike(words: Sequence[str]) -> dict[str, list[str]]:
    """Return for each of `words` (lower case) up to ten words that mean alike, closest first; none for an unknown word.

    The first call reads about 20 MB and takes a tenth of a second.
    """
    import numpy

    names, columns, vectors = _table()
    known = [word for word in words if word in columns]
    if not known:
        return {}
    # Not `@`: its library would start a thread for each processor, and they wait busily for the next product.
    closeness = numpy.einsum("dk,dn->kn", vectors[:, [columns[word] for word in known]], vectors)
    found: dict[str, list[str]] = {}
    for row, (word, near) in enumerate(zip(known, closeness >= CLOSE, strict=True)):
        others = sorted(near.nonzero()[0], key=lambda at: -closeness[row, at])
        found[word] = [names[at] for at in others if names[at] != word][:MOST]
    return found


def vocabulary() -> list[str]:
    """Return the words that have a vector."""
    return list(_table()[0])


def available() -> bool:
    """Tell whether the vectors are installed; without them recall works by the words themselves."""
    return _folder() is not None


def _folder() -> Path | None:
    spec = find_spec("wordllama")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    return folder if folder and (folder / WEIGHTS).is_file() and (folder / VOCABULARY).is_file() else None


@cache
def _table() -> tuple[list[str], dict[str, int], numpy.ndarray]:
    """Return the words, the column of each, and their vectors as columns: centred, and of length one."""
    import numpy

    folder = _folder()
    if folder is None:
        return [], {}, numpy.zeros((0, 1), numpy.float32)
    known = json.loads((folder / VOCABULARY).read_bytes())["model"]["vocab"]
    numbers = {word[1:]: number for word, number in known.items() if _WHOLE_WORD.fullmatch(word)}
    vectors = _rows(folder / WEIGHTS, list(numbers.values()))
    vectors -= vectors.mean(axis=0)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    return list(numbers), {word: column for column, word in enumerate(numbers)}, numpy.ascontiguousarray(vectors.T)


def _rows(file: Path, numbers: list[int]) -> numpy.ndarray:
    """Return rows of the one matrix in a safetensors file: a length, a JSON header of that length, then the numbers."""
    import numpy

    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(length))[TENSOR]
    begin = 8 + length + header["data_offsets"][0]
    matrix = numpy.memmap(file, numpy.float16, "r", offset=begin, shape=tuple(header["shape"]))
    return matrix[numbers].astype(numpy.float32)
