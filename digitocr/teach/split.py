"""Which part of a data set each picture goes to: by its writer or its document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digitocr.teach.examples import Example, Part


@dataclass(frozen=True)
class Shares:
    """How many of the documents are kept from learning, 0..1 each, together less than 1."""

    val: float = 0.1
    test: float = 0.1
    seed: int = 0


def split(examples: Sequence[Example], shares: Shares) -> list[Example]:
    """The examples, each with its part; those that have one keep it.

    Pictures of one writer, or of one document, go together; one of which neither is known goes
    by itself. The part is drawn from the name, so that pictures that are added change nothing;
    those of a writer or a document that has a part already follow it.
    """
    groups = together(examples)
    known: dict[str, Part] = {}
    for example, group in zip(examples, groups, strict=True):
        if example.part is not None:
            known.setdefault(group, example.part)
    return [
        replace(example, part=example.part or known.get(group) or drawn(group, shares))
        for example, group in zip(examples, groups, strict=True)
    ]


def together(examples: Sequence[Example]) -> list[str]:
    """The name of each example's group: of its writer, its document, or its own file.

    A document that several wrote, and all that these wrote besides, is one group.
    """
    leads: dict[str, str] = {}

    def root(name: str) -> str:
        while (lead := leads.setdefault(name, name)) != name:
            name = lead
        return name

    names = [_names(example) for example in examples]
    for first, *others in names:
        for other in others:
            one, another = sorted((root(first), root(other)))
            leads[another] = one
    return [root(first) for first, *_ in names]


def drawn(group: str, shares: Shares) -> Part:
    """A group's part, the same for the same name and seed."""
    digest = hashlib.sha256(f"{shares.seed}\0{group}".encode(errors="surrogatepass")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < shares.test:
        return Part.test
    return Part.val if place < shares.test + shares.val else Part.train


def _names(example: Example) -> list[str]:
    """What an example goes by; names of different kinds never meet."""
    kinds = ("document", example.document), ("writer", example.writer)
    return [f"{kind} {name}" for kind, name in kinds if name] or [f"file {example.file}"]
