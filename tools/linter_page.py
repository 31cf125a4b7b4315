"""docs/reference/linter.md, written from the rulebooks that the linter and its tests read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from trialwright.standards.clinicaltrials_gov.check_book import CheckEntry, check_book
from trialwright.standards.clinicaltrials_gov.check_case import Check
from trialwright.standards.clinicaltrials_gov.checks import CHECKS
from trialwright.standards.clinicaltrials_gov.lint_registration import record_rulebook
from trialwright.study.checks.rulebook import LintRule, rulebook

_HEAD = """# The linter: every rule

The linter reads a protocol as registered, a curated study or the draft of an imported record, and says what is wrong
with it before the first subject does. Every finding has a code, a severity, a place, a message and a remedy.

- `trialwright check STUDY` runs it on a study file; with `--on DATE` also the rules on dates, status and registration.
- `trialwright registry lint PATHS... [--on DATE] [--format table|json|sarif]` runs it over records, thousands at once.

An **error** is never right. A **warning** is wrong often enough to be looked at, but good records break it too. An
**information** is what most records leave open and a protocol should not. Where criteria have no rules of their own,
the entries that the eligibility reader computes are taken; what it finds ambiguous or conditional takes no part in
interval arithmetic, so that no gap is claimed that the words may close.

Rules marked *record* need the record or a date of judgement. Examples are parts of a study file over a bare one; the
tests run every one of them. The tables of words (spellings, synonyms, systems of organs, names of outcomes) stand in
`study/data/lint_words.yaml` and grow by one line.

The checks that make a study file run (`TW-REF`, `TW-SCH`, `TW-DES` and others) are listed in [the study
file](study-file.md), findings of reading and mapping records (`TW-REG-001` to `-070`) in
[the registry](registry.md).
"""
_CHECKS_HEAD = """
## Checks of the registry's rules

*record.* The registry's own rules with the base rates measured on 1,435 records: a check that no good record breaks is
an error. Details stand in [the registry](registry.md).

| code | severity | what |
|---|---|---|
"""


def render_linter_page(_root: Path) -> str:
    """The whole page: one heading a topic, one heading a rule."""
    parts = [_HEAD, _contents()]
    for rules, record in ((rulebook().values(), False), (record_rulebook().values(), True)):
        topic = ""
        for rule in rules:
            if rule.topic != topic:
                topic = rule.topic
                parts.append(f"\n## {topic}\n")
            parts.append(_section(rule, record))
    parts.append(_CHECKS_HEAD)
    parts += [f"| {c.code} | {c.severity.value} | {c.title} (rule {c.id}) |\n" for c in CHECKS]
    parts += [_check(c, check_book()[c.id]) for c in CHECKS]
    return "".join(parts)


def _check(check: Check, entry: CheckEntry) -> str:
    return (
        f"\n### {check.code} {check.title}\n\n{check.severity.value.capitalize()}, rule {check.id}. {entry.why}\n\n"
        f"**Remedy.** {entry.remedy}\n\n"
        f"Bad:\n\n{_example(entry.bad)}\nGood:\n\n{_example(entry.good)}"
    )


def _contents() -> str:
    rules: Iterable[LintRule] = [*rulebook().values(), *record_rulebook().values()]
    rows = [f"| [{r.code}](#{_anchor(r)}) | {r.severity.value} | {r.title} |\n" for r in rules]
    return "\n| rule | severity | what |\n|---|---|---|\n" + "".join(rows)


def _anchor(rule: LintRule) -> str:
    kept = "".join(c for c in f"{rule.code} {rule.title}".lower() if c.isalnum() or c in " -")
    return kept.replace(" ", "-")


def _section(rule: LintRule, record: bool) -> str:
    mark = ", *record*" if record else ""
    return (
        f"\n### {rule.code} {rule.title}\n\n{rule.severity.value.capitalize()}{mark}. {rule.why}\n\n"
        f"**Remedy.** {rule.remedy}\n\nBad:\n\n{_example(rule.bad)}\nGood:\n\n{_example(rule.good)}"
    )


def _example(part: Mapping[str, Any]) -> str:
    """A part of a study file as YAML, in block style."""
    writer = YAML()
    writer.width = 110
    writer.representer.ignore_aliases = lambda *_: True
    text = StringIO()
    cast(Any, writer).dump(_plain(part), text)
    return f"```yaml\n{text.getvalue()}```\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return value
