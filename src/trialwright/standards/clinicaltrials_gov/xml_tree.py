"""XML into plain nodes, with everything that could reach outside the file switched off."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (compiled, without types)

from trialwright.study.findings import Finding

from .codes import registry_finding

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_FORBIDDEN = re.compile(r"<!(DOCTYPE|ENTITY)\b", re.I)
_COMMENT = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.S)


@dataclass(slots=True)
class Node:
    """An element: its tag, attributes, own text and child elements. ``used`` marks what a reader took."""

    tag: str
    attributes: dict[str, str]
    text: str
    children: list[Node] = field(default_factory=list["Node"])
    used: bool = False

    def first(self, tag: str) -> Node | None:
        """The first child of that tag, marked as used."""
        for child in self.children:
            if child.tag == tag:
                child.used = True
                return child
        return None

    def all(self, tag: str) -> list[Node]:
        """All children of that tag, marked as used."""
        found = [child for child in self.children if child.tag == tag]
        for child in found:
            child.used = True
        return found

    def words(self, tag: str) -> str | None:
        """The trimmed text of the first child of that tag; None if there is none or it is empty."""
        child = self.first(tag)
        return (child.text.strip() or None) if child is not None else None


def parse_xml(text: str, origin: str) -> Node | Finding:
    """The root, or why there is none. A document type or an entity declaration is refused unread."""
    bare = _COMMENT.sub("", text)
    found = _FORBIDDEN.search(bare)
    if found is not None:
        return registry_finding(
            "TW-REG-006",
            f"The XML declares {'a document type' if found.group(1).upper() == 'DOCTYPE' else 'an entity'}; "
            "such files are refused, nothing in it was expanded or fetched.",
            "Remove the declaration, or download the record as JSON.",
            file=origin,
            line=bare.count("\n", 0, found.start()) + 1,
            column=1,
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root: Any = etree.fromstring(_DECLARATION.sub("", text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return _broken(error, origin)
    return _node(root)


def _broken(error: Any, origin: str) -> Finding:
    line, column = error.position if error.position else (0, 0)
    words = str(error.msg or "").split(", line")[0]
    cut = "Premature end" in words or "EndTag: '</' not found" in words or "Start tag expected" in words
    return registry_finding(
        "TW-REG-014" if cut else "TW-REG-005",
        f"The XML is {'cut off' if cut else 'broken'} at line {line}, column {column}: {words}.",
        "Fetch the record again.",
        file=origin,
        line=line or 0,
        column=column or 0,
    )


def _node(element: Any) -> Node:
    pieces = [element.text or ""]
    children: list[Node] = []
    for child in element:
        if isinstance(child.tag, str):
            children.append(_node(child))
        pieces.append(child.tail or "")
    tag = str(element.tag).rpartition("}")[2]
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    return Node(tag, attributes, "".join(pieces).replace("\r", ""), children)
