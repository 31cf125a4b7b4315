"""The parts of an act's declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from trialwright.study.model.people import Right
from trialwright.trial.dates import local_date
from trialwright.trial.events import Actor
from trialwright.trial.subject import SubjectState
from trialwright.web.viewer import Viewer

FieldKind = Literal["text", "long", "date", "instant", "choice", "many", "scan", "number", "check", "hidden"]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of an act. ``name`` is the command's field, so that a refusal can point at it."""

    name: str
    label: str
    kind: FieldKind = "text"
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    required: bool = False
    initial: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an act would be done: by whom, on which subject, about which part of the subject's record."""

    viewer: Viewer
    state: SubjectState
    about: str
    now: datetime

    @property
    def today(self) -> str:
        """The date at the subject's site."""
        return local_date(self.viewer.study, self.state.site, self.now).isoformat()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the subject's site."""
        site = self.viewer.study.site(self.state.site)
        return ZoneInfo(site.time_zone if site else "UTC")


@dataclass(frozen=True, slots=True)
class Entries:
    """What was entered: texts by field, lists for fields of kind many, and the second person."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    second: Actor | None = None

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.texts.get(name, "") == "yes"

    def chosen(self, name: str) -> tuple[str, ...]:
        """The values chosen of a field of kind many."""
        return self.lists.get(name, ())

    @property
    def other(self) -> Actor:
        """The second person of an act that needs one."""
        if self.second is None:
            raise ValueError("this act is carried out only with a second person")
        return self.second


def _open(_situation: Situation) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a subject.

    ``verb`` stands in the address; it is the action's name too, unless ``action`` gives that. ``fields`` and
    ``command`` make the page and the command; ``closed`` says why the state forbids it now ('' when it does
    not). ``signed`` asks for the person's password again, ``second`` for a second person with one of these
    rights.
    """

    verb: str
    title: str
    button: str
    rights: tuple[Right, ...]
    command: Callable[[Situation, Entries], Any]
    fields: Callable[[Situation], Sequence[Field]] = lambda _situation: ()
    words: Callable[[Situation], str] = _open
    closed: Callable[[Situation], str] = _open
    signed: bool = False
    second: tuple[Right, ...] = ()
    action: str = ""
    back: Literal["subject", "cells", "queries", "form", "container", "batch"] = "subject"

    def allowed(self, viewer: Viewer, state: SubjectState) -> bool:
        """Whether this role may do it for subjects of this site at all."""
        return any(viewer.may(right, state.site) for right in self.rights)
