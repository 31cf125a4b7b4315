"""Acts on starting material and batches. ``about`` is the collection, the product or the batch."""

from __future__ import annotations

from trialwright.study.model.products import Product
from trialwright.trial.cells.collection import MoveMaterial, RecordCollection
from trialwright.trial.cells.manufacture import FAILURES, FailBatch, FillContainers, NewContainer, StartBatch
from trialwright.trial.cells.records import Batch, Collection, Container
from trialwright.trial.cells.release import RecordReleaseTest, ReleaseBatch
from trialwright.trial.cells.states import state_at, transition_table
from trialwright.web.words import mark_of

from .kinds import Act, Entries, Field, Situation
from .subject_acts import codes

MATERIAL_ELSEWHERE = ("IN_MANUFACTURE", "EXPIRED", "CANCELLED", "DESTROYED")


def find_batch(at: Situation) -> Batch | None:
    """The batch that the act is about."""
    return at.state.batches.get(at.about)


def _product(at: Situation) -> Product | None:
    batch = find_batch(at)
    return at.viewer.study.product(batch.product if batch else at.about)


def open_moves(
    at: Situation, thing: Container | Collection, elsewhere: tuple[str, ...]
) -> list[tuple[str, str]]:
    """The moves that this role may make with a container or collection now: state and its words."""
    current = state_at(thing, at.now)
    moves = transition_table().moves.values()
    return [
        (move.target, mark_of("cell", move.target).word.capitalize())
        for move in moves
        if move.source == current
        and move.target not in elsewhere
        and any(at.viewer.may(right, at.state.site) for right in move.rights)
    ]


def instant_field(name: str, label: str) -> Field:
    return Field(name, label, "instant", help="Empty means now.")


def _collect_fields(at: Situation) -> tuple[Field, ...]:
    arm = at.state.allocation.arm if at.state.allocation else ""
    materials = {
        p.collection.material: p.collection.material for p in at.viewer.study.products_of(arm) if p.collection
    }
    return (
        Field("material", "Material", "choice", tuple(materials.items()), required=True),
        Field("din", "Donation number (DIN)", "scan", required=True, help="13 characters, as on the bag."),
        Field("volume", "Volume", "number", unit="mL"),
        instant_field("collected_at", "Collected at"),
        instant_field("expires_at", "Expires at"),
    )


COLLECT = Act(
    "record_collection",
    "Record the collection of starting material",
    "Record the collection",
    ("collect_material",),
    lambda at, e: RecordCollection(
        at.state.subject,
        e["material"],
        e["din"].upper(),
        e.other,
        e["collected_at"],
        e["volume"],
        "mL" if e["volume"] else "",
        e["expires_at"],
    ),
    fields=_collect_fields,
    closed=lambda at: "" if at.state.allocation else "The subject is not allocated.",
    second=("collect_material", "administer"),
    back="cells",
)


def _material_moves(at: Situation) -> list[tuple[str, str]]:
    material = at.state.collections.get(at.about)
    return open_moves(at, material, MATERIAL_ELSEWHERE) if material else []


MOVE_MATERIAL = Act(
    "move_material",
    "Move the starting material on",
    "Record the step",
    ("collect_material", "manufacture", "release_batch"),
    lambda at, e: MoveMaterial(at.state.subject, at.about, e["to"], e["scanned_coi"], e["at"], e["note"]),
    fields=lambda at: (
        Field("to", "Step", "choice", tuple(_material_moves(at)), required=True),
        Field("scanned_coi", "Chain of identity, scanned from the label", "scan", help="Needed at receipt."),
        instant_field("at", "When"),
        Field("note", "Note", "long", help="Needed for quarantine and rejection."),
    ),
    closed=lambda at: "" if _material_moves(at) else "Your role has no step to make with it now.",
    back="cells",
)


def _accepted(at: Situation) -> tuple[tuple[str, str], ...]:
    found = (c for c in at.state.collections.values() if state_at(c, at.now) == "ACCEPTED")
    return tuple((c.id, f"{c.id}, {c.material}") for c in found)


def _batch_days(at: Situation) -> tuple[tuple[str, str], ...]:
    product = at.viewer.study.product(at.about)
    return tuple((str(day), f"Day {day}") for day in (product.days if product else ()))


START_BATCH = Act(
    "start_batch",
    "Start a batch",
    "Start the batch",
    ("manufacture",),
    lambda at, e: StartBatch(
        at.state.subject,
        at.about,
        e.chosen("collections"),
        tuple(int(day) for day in e.chosen("days") if day.isdigit()),
        e["started_at"],
    ),
    fields=lambda at: (
        Field("collections", "From", "many", _accepted(at), required=True),
        Field("days", "For the doses of", "many", _batch_days(at), required=True),
        instant_field("started_at", "Started at"),
    ),
    closed=lambda at: "" if _accepted(at) else "No accepted starting material is at hand.",
    back="cells",
)
FAIL_BATCH = Act(
    "fail_batch",
    "Record a failed manufacture",
    "Record the failure",
    ("manufacture",),
    lambda at, e: FailBatch(at.state.subject, at.about, e["failure"], e["words"], e["at"]),
    fields=lambda _: (
        Field("failure", "Class", "choice", codes(FAILURES), required=True),
        Field("words", "In words", "long"),
        instant_field("at", "When"),
    ),
    closed=lambda at: (
        "" if (b := find_batch(at)) and b.state == "IN_MANUFACTURE" else "It is not in manufacture."
    ),
    back="batch",
)


def _filling_fields(at: Situation) -> tuple[Field, ...]:
    batch, product = find_batch(at), _product(at)
    if batch is None or product is None:
        return ()
    volume = f"{product.volume.minimum:f}" if product.volume else ""
    unit = product.volume.unit if product.volume else ""
    fields: list[Field] = []
    for day in batch.days:
        fields.append(
            Field(
                f"dose_{day}",
                f"Day {day}: cells in the container",
                "number",
                required=True,
                unit=product.dose.unit,
            )
        )
        fields.append(
            Field(f"volume_{day}", f"Day {day}: volume", "number", required=True, initial=volume, unit=unit)
        )
    return (*fields, instant_field("filled_at", "Filled at"))


def _fill(at: Situation, e: Entries) -> FillContainers:
    batch, product = find_batch(at), _product(at)
    unit, volume_unit = "", ""
    if product is not None:
        unit, volume_unit = product.dose.unit, product.volume.unit if product.volume else ""
    made = tuple(
        NewContainer(day, e[f"dose_{day}"], unit, e[f"volume_{day}"], volume_unit)
        for day in (batch.days if batch else ())
    )
    return FillContainers(at.state.subject, at.about, made, e.other, e["filled_at"])


FILL = Act(
    "fill_containers",
    "Fill and label the containers",
    "Record the filling",
    ("manufacture",),
    _fill,
    fields=_filling_fields,
    closed=lambda at: (
        "" if (b := find_batch(at)) and b.state == "IN_MANUFACTURE" else "It is not in manufacture."
    ),
    second=("manufacture", "release_batch"),
    back="batch",
)


def _tests(at: Situation) -> tuple[tuple[str, str], ...]:
    product = _product(at)
    return tuple((t.id, f"{t.label} ({t.limit})") for t in (product.release_tests if product else ()))


def _test(at: Situation, e: Entries) -> RecordReleaseTest:
    product = _product(at)
    units = {t.id: t.unit for t in (product.release_tests if product else ())}
    return RecordReleaseTest(
        at.state.subject,
        at.about,
        e["test"],
        e["result"],
        units.get(e["test"], ""),
        not e.ticked("interim"),
        e["tested_at"],
    )


def _filled(at: Situation) -> str:
    batch = find_batch(at)
    return "" if batch and batch.state == "HARVESTED" else "The batch is not filled yet."


RECORD_TEST = Act(
    "record_release_test",
    "Record a release test",
    "Record the result",
    ("manufacture",),
    _test,
    fields=lambda at: (
        Field("test", "Test", "choice", _tests(at), required=True),
        Field("result", "Result", required=True, help="A number in the unit of the limit, or pass or fail."),
        Field("interim", "This is an interim reading", "check"),
        instant_field("tested_at", "Read at"),
    ),
    closed=_filled,
    back="batch",
)


def _not_to_release(at: Situation) -> str:
    batch = find_batch(at)
    if batch is not None and at.viewer.account.username in batch.operators:
        return "You took part in making it; somebody else must release it."
    return _filled(at)


RELEASE = Act(
    "release_batch",
    "Release the batch",
    "Sign the release",
    ("release_batch",),
    lambda at, e: ReleaseBatch(at.state.subject, at.about, e["kind"], e["at"], e["physician"], e["words"]),  # type: ignore[arg-type]
    fields=lambda _: (
        Field(
            "kind",
            "Kind of release",
            "choice",
            (
                ("RELEASED", "Release: every test is final and passed"),
                ("RELEASED_CONDITIONAL", "Conditional: tests that come later are open"),
                ("RELEASED_EXCEPTIONAL", "Exceptional: out of specification, asked for by the physician"),
            ),
            required=True,
        ),
        Field("physician", "Physician who asked for it", help="Exceptional release only."),
        Field("words", "Reason", "long", help="Exceptional release only."),
        instant_field("at", "When"),
    ),
    closed=_not_to_release,
    signed=True,
    back="batch",
)


BATCH_ACTS = (FILL, FAIL_BATCH, RECORD_TEST, RELEASE)
