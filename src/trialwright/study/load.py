"""Reading a study: ``study.yaml`` with its ``forms/*.yaml`` into a model, or every reason why not."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

from .findings import Finding, Place, Severity, sort_findings
from .model import Study
from .positions import Document, Path, parse_yaml

MAXIMUM_BYTES = 5_000_000
"""A study file larger than this is refused unread: the largest real one is under 200 kB."""


@dataclass(frozen=True, slots=True)
class LoadedStudy:
    """What reading a study gave: the model (None when an error stands in the way), documents, findings."""

    study: Study | None
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    form_origins: tuple[tuple[Document, Path], ...] = ()

    def place(self, path: Path) -> Place:
        """Where an element of the model stands in its file; ``forms.3`` may stand in a file of its own."""
        if len(path) >= 2 and path[0] == "forms" and int(path[1]) < len(self.form_origins):
            document, prefix = self.form_origins[int(path[1])]
            return replace(document.place((*prefix, *path[2:])), path=path)
        return self.documents[0].place(path) if self.documents else Place(path=path)


def load_study(path: FilePath) -> LoadedStudy:
    """Read the study at ``path`` (its folder or its ``study.yaml``) and the ``forms/*.yaml`` beside it.

    A form file holds one form or a list of forms.
    """
    file = path / "study.yaml" if path.is_dir() else path
    document, findings = _read(file)
    if document is None:
        return LoadedStudy(None, (), tuple(findings))
    if not isinstance(document.data, dict):
        message = "The file does not hold a study: a mapping of keys is expected at the top."
        remedy = "Begin with `format: trialwright-study/1`."
        findings.append(Finding("TW-FIL-005", Severity.ERROR, message, remedy, document.place(())))
        return LoadedStudy(None, (document,), tuple(findings))
    documents, unread = _read_forms(file.parent / "forms")
    origins = _form_origins(document, documents)
    data = {**cast(dict[str, Any], document.data), "forms": [_at(origin, path) for origin, path in origins]}
    loaded = LoadedStudy(None, (document, *documents), (), origins)
    study, problems = validate_study(data, loaded.place)
    problems = sort_findings([*findings, *unread, *problems])
    return replace(loaded, study=None if unread else study, findings=tuple(problems))


def _read_forms(folder: FilePath) -> tuple[list[Document], list[Finding]]:
    documents: list[Document] = []
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.yaml")):
        document, problems = _read(file)
        findings += problems
        documents += [document] if document is not None else []
    return documents, findings


def _form_origins(study: Document, documents: Iterable[Document]) -> tuple[tuple[Document, Path], ...]:
    """Document and path of every form: those of the study file first, then file by file."""
    own: Any = study.data.get("forms")
    origins: list[tuple[Document, Path]] = [
        (study, ("forms", index)) for index in range(len(own) if isinstance(own, list) else 0)
    ]
    for document in documents:
        if isinstance(document.data, list):
            origins += [(document, (index,)) for index in range(len(cast(list[Any], document.data)))]
        else:
            origins.append((document, ()))
    return tuple(origins)


def _at(document: Document, path: Path) -> Any:
    value: Any = document.data
    for step in path:
        value = value[step]
    return value


def validate_study(
    data: Mapping[str, Any], place: Callable[[Path], Place]
) -> tuple[Study | None, list[Finding]]:
    """Validate plain data into a study; ``place(path)`` tells where a path stands."""
    try:
        return Study.model_validate(data), []
    except ValidationError as error:
        return None, [_finding(detail, place) for detail in error.errors(include_url=False)]


def study_json(study: Study) -> str:
    """The canonical JSON of a study: sorted keys, no spaces, defaults left out, so that it is stable."""
    document = study.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def study_hash(study: Study) -> str:
    """The content address of a study version: SHA-256 of its canonical JSON, hexadecimal."""
    return hashlib.sha256(study_json(study).encode()).hexdigest()


def _read(file: FilePath) -> tuple[Document | None, list[Finding]]:
    place = Place(str(file), 1, 1)

    def refuse(message: str, remedy: str) -> tuple[None, list[Finding]]:
        return None, [Finding("TW-FIL-001", Severity.ERROR, message, remedy, place)]

    try:
        if file.stat().st_size > MAXIMUM_BYTES:
            return refuse("The file is too large for a study file.", "Name the study.yaml of the study.")
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return refuse("There is no such file.", "Name a folder with a study.yaml, or the file itself.")
    except UnicodeDecodeError:
        return refuse("The file is not text in UTF-8.", "Save it as UTF-8.")
    except OSError as error:
        return refuse(f"The file cannot be read ({error.strerror}).", "Check its permissions.")
    if not text.strip():
        return refuse("The file is empty.", "Begin with `format: trialwright-study/1`.")
    return parse_yaml(text, str(file))


def _finding(detail: Any, place: Callable[[Path], Place]) -> Finding:
    path = _model_path(detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = _keys_at(path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        remedy = f"Did you mean `{near[0]}`?" if near else f"Known keys here: {', '.join(sorted(known))}."
        return Finding("TW-FIL-010", Severity.ERROR, f"Unknown key `{path[-1]}`.", remedy, place(path))
    if detail["type"] == "missing":
        message = f"The key `{path[-1]}` is missing."
        remedy = "Add it; `trialwright schema` describes it."
        return Finding("TW-FIL-011", Severity.ERROR, message, remedy, place(path[:-1]))
    message = str(detail["msg"]).removeprefix("Value error, ")
    message = f"{_dotted(path)}: {message[0].lower()}{message[1:]}" if message else _dotted(path)
    return Finding(
        "TW-FIL-012", Severity.ERROR, f"{message}.", "Give a value of the expected kind.", place(path)
    )


def _model_path(location: Iterable[str | int]) -> Path:
    """Pydantic's location without the steps that name a union's branch instead of a key."""
    return tuple(
        step for step in location if isinstance(step, int) or not step.startswith(("function-", "tuple["))
    )


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path) or "study"


def _keys_at(path: Path) -> list[str]:
    """The keys that the model knows at a path; empty where the path leaves the model."""
    model: type[BaseModel] | None = Study
    for step in path:
        if isinstance(step, int) or model is None:
            continue
        info = model.model_fields.get(step)
        model = _model_in(info.annotation) if info is not None else None
    return list(model.model_fields) if model is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
