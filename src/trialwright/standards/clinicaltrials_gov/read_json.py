"""JSON in all the shapes in which API v2 studies are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from trialwright.study.findings import Finding

from .codes import registry_finding
from .decode import mend_surrogates
from .record import JsonObject, Record

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\r\n]*")
_NCT = re.compile(r"NCT\d{8}\Z")
_STUDY_START = re.compile(r'\{\s*"protocolSection"\s*:')
_MAX_DEPTH = 60
Item = Record | Finding


class NotJsonError(ValueError):
    """Raised by the decoder for numbers that are no JSON."""


def _refuse_constant(words: str) -> float:
    raise NotJsonError(f"{words} is no JSON number")


DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def parse_json(text: str, origin: str) -> Iterator[Item]:
    """Records and findings of a JSON text: one study, a list, ``{"studies": [...]}`` or JSON lines.

    Members of a list are read one by one: after a broken one, reading goes on at the next that begins as
    studies do.
    """
    start = _skip(text, 0)
    if text[start] == "[":
        yield from _parse_list(text, start, origin)
        return
    value, end, broken = _decode(text, start, origin)
    if broken is not None:
        lines = _parse_lines(text, origin) if "\n" in text.strip() else None
        if lines is None:
            yield broken
        else:
            yield from lines
        return
    if _skip(text, end) < len(text):
        yield from _parse_run(text, start, origin)
    else:
        yield from parse_member(value, origin, text)


def parse_member(value: Any, origin: str, text: str) -> Iterator[Item]:
    """The studies of a decoded value: one, or those of an answer of the API."""
    studies = cast("JsonObject", value).get("studies") if isinstance(value, dict) else None
    if isinstance(studies, list):
        for index, member in enumerate(cast("list[Any]", studies)):
            yield from parse_study(member, f"{origin}#{index + 1}", text)
    else:
        yield from parse_study(value, origin, text)


def _parse_list(text: str, start: int, origin: str) -> Iterator[Item]:
    position = _skip(text, start + 1)
    number = 0
    if text[position : position + 1] == "]":
        yield registry_finding(
            "TW-REG-001", "The list holds no record.", "Give a registry record.", file=origin
        )
        return
    while position < len(text):
        number += 1
        value, end, broken = _decode(text, position, f"{origin}#{number}")
        if broken is not None:
            yield broken
            again = next_study_start(text, position + 1)
            if again is None:
                return
            position = again
            continue
        yield from parse_member(value, f"{origin}#{number}", text[position:end])
        position = _skip(text, end)
        if text[position : position + 1] == "]":
            return
        if text[position : position + 1] != ",":
            break
        position = _skip(text, position + 1)
    yield registry_finding(
        "TW-REG-014",
        f"The list is cut off or broken after its {number}. member.",
        "Fetch the file again; the members before it were read.",
        file=origin,
    )


def _parse_run(text: str, start: int, origin: str) -> Iterator[Item]:
    """Values one after another: JSON lines. A broken line costs only itself."""
    yield from _parse_lines(text[start:], origin)


def _parse_lines(text: str, origin: str) -> Iterator[Item]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    good = sum(1 for _, line in lines[:3] if line.lstrip().startswith("{") and line.rstrip().endswith("}"))
    if good == 0:
        _, _, broken = _decode(text, _skip(text, 0), origin)
        if broken is not None:
            yield broken
            return
    for number, line in lines:
        yield from parse_line(line, f"{origin}:{number}")


def parse_line(line: str, origin: str) -> Iterator[Item]:
    """One line of JSON lines."""
    value, end, broken = _decode(line, _skip(line, 0), origin)
    if broken is None and line[end:].strip():
        broken = registry_finding(
            "TW-REG-004", "The line goes on after its JSON value.", "Write one record a line.", file=origin
        )
    if broken is not None:
        yield broken
    else:
        yield from parse_member(value, origin, line)


def parse_study(value: Any, origin: str, text: str = "") -> Iterator[Item]:
    """One study object; a finding if it is none. ``text`` is its source, looked at for half characters."""
    problem = _no_study(value, origin)
    if problem is not None:
        yield problem
        return
    findings: list[Finding] = []
    if _SURROGATE_ESCAPE.search(text):
        value, replaced = mend_surrogates(value)
        if replaced:
            findings.append(
                registry_finding(
                    "TW-REG-012",
                    f"{replaced} half character(s) were replaced by the replacement sign.",
                    "Compare the text with the registry's page.",
                    file=origin,
                )
            )
    record = Record(cast("JsonObject", value), "api_v2", origin)
    findings += check_number(record)
    yield Record(record.study, "api_v2", origin, findings=tuple(findings))


def check_number(record: Record) -> list[Finding]:
    """The NCT number: there, and well formed."""
    number = record.module("identificationModule").get("nctId")
    if isinstance(number, str) and _NCT.match(number):
        return []
    return [
        registry_finding(
            "TW-REG-013",
            "The record has no well-formed NCT number (NCT and eight digits).",
            "Expected in a record that is not registered yet; otherwise correct it.",
            file=record.origin,
            path=("protocolSection", "identificationModule", "nctId"),
            evidence=number if isinstance(number, str) else "",
        )
    ]


def _no_study(value: Any, origin: str) -> Finding | None:
    if not isinstance(value, dict):
        return registry_finding(
            "TW-REG-007",
            f"Expected a study object here, found {_kind(value)}.",
            "Give studies of API v2 (objects with a protocolSection).",
            file=origin,
        )
    section = cast("JsonObject", value).get("protocolSection")
    if not isinstance(section, dict) or not section:
        hint = "an answer of the older API" if "FullStudiesResponse" in value or "FullStudy" in value else ""
        return registry_finding(
            "TW-REG-007",
            "The object is no study: it has no protocolSection" + (f" ({hint})." if hint else "."),
            "Download the record from API v2 (/api/v2/studies/NCT...).",
            file=origin,
        )
    if _too_deep(cast("JsonObject", value)):
        return registry_finding(
            "TW-REG-007",
            f"The object is nested more than {_MAX_DEPTH} levels deep; no study is.",
            "Download the record again.",
            file=origin,
        )
    return None


_NESTING: frozenset[type[object]] = frozenset({dict, list})


def _too_deep(value: JsonObject) -> bool:
    layer: list[Any] = [value]
    for _ in range(_MAX_DEPTH):
        inner: list[Any] = []
        for node in layer:
            inner += node.values() if type(node) is dict else node
        layer = [node for node in inner if type(node) in _NESTING]
        if not layer:
            return False
    return True


def _kind(value: object) -> str:
    if value is None:
        return "null"
    names: dict[type[object], str] = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
    }
    return names.get(type(value), "something else")


def next_study_start(text: str, position: int) -> int | None:
    """Where the next study begins, as studies do."""
    match = _STUDY_START.search(text, position)
    return match.start() if match else None


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _decode(text: str, position: int, origin: str) -> tuple[Any, int, Finding | None]:
    try:
        value, end = DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        return None, 0, _broken(error, text, origin)
    except RecursionError:
        return (
            None,
            0,
            registry_finding(
                "TW-REG-004",
                "The JSON is nested too deeply to be read.",
                "No study is; fetch it again.",
                file=origin,
            ),
        )
    except ValueError as error:
        words = "a number of thousands of digits" if "digits" in str(error) else str(error)
        return (
            None,
            0,
            registry_finding(
                "TW-REG-004", f"The JSON cannot be read: {words}.", "Fetch the record again.", file=origin
            ),
        )
    return value, end, None


def _broken(error: json.JSONDecodeError, text: str, origin: str) -> Finding:
    at_end = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
    code = "TW-REG-014" if at_end else "TW-REG-004"
    message = (
        f"The JSON is cut off at line {error.lineno}, column {error.colno}."
        if at_end
        else f"The JSON is broken at line {error.lineno}, column {error.colno}: {error.msg}."
    )
    return registry_finding(
        code, message, "Fetch the record again.", file=origin, line=error.lineno, column=error.colno
    )
