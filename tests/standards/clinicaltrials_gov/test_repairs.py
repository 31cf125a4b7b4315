"""Repairs of text for reading, and what is read out of the words of interventions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.clinicaltrials_gov.samples import ALL, SEED, read_one, study_of

from trialwright.standards.clinicaltrials_gov import Record, derive_draft
from trialwright.standards.clinicaltrials_gov.administrations import derive_administrations
from trialwright.standards.clinicaltrials_gov.dose_words import parse_quantities, parse_routes
from trialwright.standards.clinicaltrials_gov.repairs import repair_text
from trialwright.standards.clinicaltrials_gov.schedule_words import (
    parse_cycles,
    parse_days,
    parse_duration_days,
    parse_rate,
)


@pytest.mark.parametrize(
    ("text", "repaired", "codes"),
    [
        ("(1×107 DC+ saline)", "(1×10^7 DC+ saline)", ["TW-REG-040"]),
        ("1-6×109 PIK", "1-6×10^9 PIK", ["TW-REG-040"]),
        ("PLT ≥50 x109/L", "PLT ≥50×10^9/L", ["TW-REG-040"]),
        ("WBC 1.5 109/L", "WBC 1.5×10^9/L", ["TW-REG-040"]),
        ("2 x 100 mg, 3 x 105 mg, 5 x 1000 g", "2 x 100 mg, 3 x 105 mg, 5 x 1000 g", []),
        ("size 2 x 10 mm", "size 2 x 10 mm", []),
        ("100 x 10\\^9/L", "100×10^9/L", []),
        ("1×10⁹ or 10E6 or 10**5", "1×10^9 or 10^6 or 10^5", ["TW-REG-046"] * 3),
        ("2 x 10<sup>6</sup>&nbsp;cells", "2×10^6 cells", ["TW-REG-041"] * 2),
        ("a &lt; b &amp; c<br/>d", "a < b & c\nd", ["TW-REG-041"] * 3),
        ("AT&T R&D; x < y", "AT&T R&D; x < y", []),
        ("１８～６５岁；（含）", "18-65岁;  (含) ", ["TW-REG-042"] * 8 + ["TW-REG-044"]),
        ("=<3, >= 5, ≦2, < or = 4, </=7", "≤3, ≥ 5, ≤2, ≤ 4, ≤7", ["TW-REG-043"] * 5),
        ("18~65 years, ~3 mg", "18-65 years, ~3 mg", ["TW-REG-044"]),
        ("2,5 mg and 0,25%", "2.5 mg and 0.25%", ["TW-REG-045"] * 2),
        ("5,10 mg; day 19,20; 1,000 mg; 1,3,6 mg", "5,10 mg; day 19,20; 1,000 mg; 1,3,6 mg", []),
        ("\\>5 \\[a\\] \\*", ">5 [a] *", []),
    ],
)
def test_repairs(text: str, repaired: str, codes: list[str]) -> None:
    found = repair_text(text)
    assert found.text == repaired
    assert [repair.code for repair in found.repairs] == codes
    for repair in found.repairs:
        assert repair.before != repair.after


def test_the_words_behind_a_repair_are_the_original_ones() -> None:
    found = repair_text("give 1-6×109 PIK-HER2 daily")
    start = found.text.index("1-6")
    assert found.words(start, start + len("1-6×10^9")) == "1-6×109"
    assert found.words(0, len(found.text)) == found.original


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="01259 ,.×x^~<=>&;lt/Lmg<sup>／～µ\\", max_size=60))
def test_every_place_of_a_repaired_text_has_its_original(text: str) -> None:
    found = repair_text(text)
    assert len(found.origins) == len(found.text) + 1
    assert list(found.origins) == sorted(found.origins)
    assert found.origins[-1] == len(text) or not text
    if not found.repairs and "\\" not in text and "×" not in found.text:
        assert found.text.lower().replace("μ", "µ") == text.lower() or "x" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300 mg daily", [("300", "300", "mg")]),
        ("100 mg/m^2 on day 1", [("100", "100", "mg/m2")]),
        ("70-80 mg/m2/day", [("70", "80", "mg/m2/d")]),
        ("0.5 to 1 mg/kg", [("0.5", "1", "mg/kg")]),
        ("1,250 mg", [("1250", "1250", "mg")]),
        ("1×10^7 cells/kg", [("1e7", "1e7", "{cells}/kg")]),
        ("1-6×10^9 PIK cells", [("1e9", "6e9", "{cells}")]),
        ("1×10^6 to 3×10^6 CAR-T cells", [("1e6", "3e6", "{cells}")]),
        ("5 million bone marrow mononuclear cells", [("5e6", "5e6", "{cells}")]),
        ("2×10^13 vg/kg", [("2e13", "2e13", "{vector genomes}/kg")]),
        ("50 Gy in 25 fractions", [("50", "50", "Gy")]),
        ("100 IU", [("100", "100", "[iU]")]),
        ("two 5 mg tablets", [("5", "5", "mg")]),
        ("version 2.5 of the scale, CTCAE 5.0", []),
        ("at 3 months", []),
    ],
)
def test_quantities(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = [(one.minimum, one.maximum, one.unit) for one in parse_quantities(text)]
    assert found == [(Decimal(low), Decimal(high), unit) for low, high, unit in expected]


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("IV (in the vein)", ["intravenous", "intravenous"]),
        ("subcutaneous injection", ["subcutaneous"]),
        ("given PO", ["oral"]),
        ("oral tablet", ["oral"]),
        ("stage IV disease, grade IV", []),
        ("oral mucositis", []),
        ("Intracavernous injection", ["intracavernous"]),
        ("a SC dose i.m.", ["subcutaneous", "intramuscular"]),
        ("four rooms", []),
    ],
)
def test_routes(text: str, routes: list[str]) -> None:
    assert [one.code for one in parse_routes(text)] == routes


@pytest.mark.parametrize(
    ("text", "rate", "cycle_days"),
    [
        ("once daily", (1, 1, "day"), None),
        ("8 mg BID", (2, 1, "day"), None),
        ("twice a day", (2, 1, "day"), None),
        ("three times weekly", (3, 1, "week"), None),
        ("every 3 weeks", (1, 3, "week"), None),
        ("q3w", (1, 3, "week"), None),
        ("every two weeks", (1, 2, "week"), None),
        ("every other day", (1, 2, "day"), None),
        ("every six months", (1, 6, "month"), None),
        ("q 12 h", (1, 12, "hour"), None),
        ("on day 1 of each 21-day cycle", None, None),
        ("twice daily on days 1-14 every 3 weeks", (2, 1, "day"), 21),
        ("16 mg QD or 8 mg BID", None, None),
        ("300 mg/day", None, None),
    ],
)
def test_frequencies(text: str, rate: tuple[int, int, str] | None, cycle_days: int | None) -> None:
    found, repeat = parse_rate(text)
    assert (None if found is None else (found.times, found.every, found.unit)) == rate
    assert repeat == cycle_days


@pytest.mark.parametrize(
    ("text", "groups", "within"),
    [
        ("two infusions on day 19, 20; 40, 41; 61, 62", ((19, 20), (40, 41), (61, 62)), False),
        ("on Days 1, 8 and 15 of each 28-day cycle", ((1, 8, 15),), True),
        ("days 1-5", ((1, 2, 3, 4, 5),), False),
        ("days 1 through 3 and day 8", ((1, 2, 3, 8),), False),
        ("on day 1 of every cycle", ((1,),), True),
        ("beginning on Study Day 1", None, None),
        ("within 7 days", None, None),
        ("day 5, 3, 1", None, None),
        ("28 days", None, None),
        ("day 99999", None, None),
    ],
)
def test_days(text: str, groups: tuple | None, within: bool | None) -> None:
    found = parse_days(text, None)
    assert (found.groups if found else None) == groups
    assert (found.within_cycle if found else None) == within


def test_days_fall_into_cycles_only_where_the_numbers_agree() -> None:
    three = parse_days("3 cycles, each cycle received one infusions on day 21, 42, 63", 3)
    assert three is not None and three.groups == ((21,), (42,), (63,))
    two = parse_days("each cycle received two infusions on day 21, 42, 63", 3)
    assert two is not None and two.groups == ((21, 42, 63),)


@pytest.mark.parametrize(
    ("text", "cycles", "length", "duration"),
    [
        ("3 cycles", 3, None, None),
        ("up to six 21-day cycles", None, 21, None),
        ("for 4 cycles, each cycle is 28 days", 4, 28, None),
        ("a total of three periods", 3, None, None),
        ("for 16 weeks", None, None, 112),
        ("weekly for 3 weeks followed by 1 week rest", None, None, None),
        ("for a total treatment period of 24 months", None, None, 730),
    ],
)
def test_cycles_and_durations(
    text: str, cycles: int | None, length: int | None, duration: int | None
) -> None:
    assert parse_cycles(text) == (cycles, length)
    assert parse_duration_days(text) == duration


def test_the_seed_gives_three_products_shared_as_written() -> None:
    draft = derive_draft(read_one(SEED))
    study = draft.study()
    assert [product.name for product in study.products] == [
        "DC cell suspension",
        "PIK-HER2 cell suspension",
        "PMAT cell suspension",
    ]
    dc, killer, _ = study.products
    assert dc.dose.minimum == dc.dose.maximum == Decimal("1e7") and dc.dose.words == "1×107"
    assert (killer.dose.minimum, killer.dose.maximum) == (Decimal("1e9"), Decimal("6e9"))
    assert dc.route == "subcutaneous" and killer.route == "intravenous"
    assert dc.cycles == ((19, 20), (40, 41), (61, 62)) and killer.days == (21, 42, 63)
    assert dc.volume is not None and (dc.volume.minimum, dc.volume.unit) == (1, "mL")
    assert dc.formulation == "physiological saline + 0.25% human serum albumin"
    assert [product.id for product in study.products_of(study.arms[0].id)] == [dc.id, killer.id]
    assert [visit.day for visit in study.visits] == [19, 20, 21, 40, 41, 42, 61, 62, 63]
    assert "TW-REG-040" in {finding.code for finding in draft.findings}


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_reading_rests_on_words_of_the_record(path) -> None:
    draft = derive_draft(read_one(path))
    texts = [
        row.get("description") or "" for row in (*draft.mapping["interventions"], *draft.mapping["arms"])
    ]
    for row in draft.mapping["administrations"]:
        source = next(text for text in texts if row["words"] in text)
        for key in ("dose", "volume", "frequency"):
            if key in row:
                assert row[key]["words"] in source
        for key in ("route_words", "formulation", "days_words"):
            assert row.get(key, "") in source


def test_an_arm_of_one_intervention_speaks_for_it() -> None:
    interventions = [{"id": "x", "type": "DRUG", "name": "X"}]
    arms = [{"id": "a", "label": "A", "description": "X 5 mg orally once daily", "interventions": ["x"]}]
    (row,) = derive_administrations(interventions, arms, "").rows
    assert row["dose"]["minimum"] == "5" and row["frequency"]["times"] == 1
    arms[0]["interventions"] = ["x", "y"]
    assert derive_administrations(interventions, arms, "").rows == ()


def test_days_of_a_cycle_become_days_of_the_study() -> None:
    study = study_of("NCT04265963")
    words = "10 mg IV on days 1 and 8 of each 21-day cycle for 2 cycles"
    study["protocolSection"]["armsInterventionsModule"]["interventions"][0]["description"] = words
    (product,) = derive_draft(Record(study, "api_v2")).study().products
    assert product.cycles == ((1, 8), (22, 29))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("75 mg/m², D1, every 21 days, 6 cycles", {"days": [[1]], "days_within_cycle": True, "cycle_days": 21}),
        ("40-60 mg bid, d1-14, q3w", {"days_within_cycle": True, "cycle_days": 21}),
        ("25 mg once daily on Days 1-3 of repeated 28-day cycles", {"days_within_cycle": True, "cycle_days": 28}),
        ("AUC 5 IV on Day 1 Q3W of Cycles 1-4", {"days": [[1]], "cycles": 4, "cycle_days": 21}),
        ("30 mg/m2/day IV on days -5, -4 and -3", {"days": [[-5, -4, -3]], "days_within_cycle": False}),
        ("2 mg IV on days -5 to -3", {"days": [[-5, -4, -3]]}),
        ("2 g IV q24h x 14 days", {"duration_days": 14}),
        ("5 mg/kg (max 300 mg) daily for 6 months", {"dose": "5 mg/kg", "duration_days": 183}),
        ("7.4 GBq (200 mCi) every 6 weeks", {"dose": "7.4 GBq"}),
        ("2 x 10^6 CAR-positive viable T cells/kg (maximum 2 x 10^8)", {"dose": "2e6 {cells}/kg"}),
        ("Starting at 25 mcg/day and adjusted every 6 weeks", {"dose": None, "frequency": None}),
        ("1 mg/kg/day, max 60 mg, tapered over 8 weeks", {"dose": None, "duration_days": None}),
        ("20, 50, 100, 200, 400 mg daily IV", {"dose": None, "frequency": None, "route": "intravenous"}),
        ("3 mg/kg/day from day -1", {"dose": "3 mg/kg/d", "days": None}),
        ("50 mg daily on cycle days 3-7", {"days": None}),
        ("75 mg/m2 IV every 3 weeks for 4 to 6 cycles", {"cycles": None}),
        ("75 mg/m2 SC daily x 7 days every 28 days", {"duration_days": None}),
        ("0.4 mg/ml IV", {"dose": None}),
        ("40 mg PO (20 mg if > 75 years)", {"dose": None, "route": "oral"}),
        ("500 mg on day 1 followed by 250 mg daily on days 2-5", {"days": None, "frequency": None}),
        ("2 mg intravitreal every 4 weeks for 3 months then every 8 weeks", {"frequency": None, "duration_days": None}),
        ("5 mg/kg at weeks 0, 2, and 6, then every 8 weeks", {"dose": "5 mg/kg", "frequency": None}),
        ("300 mg s.c. at weeks 0, 1, 2 and every 4 weeks thereafter", {"frequency": None}),
        ("100 mg/m2 days 1-7; daunorubicin 60 mg/m2 days 1-3", {"days": None, "dose": None}),
        ("10 mg daily for 3 weeks followed by 1 week rest", {"frequency": "1 every 1 day"}),
    ],
)  # fmt: skip
def test_courses_caps_and_cycles(text: str, read: dict) -> None:
    rows = derive_administrations([{"id": "x", "name": "X", "description": text}], [], "").rows
    row = dict(rows[0]) if rows else {}
    if "dose" in row:
        row["dose"] = f"{row['dose']['minimum']} {row['dose']['unit']}"
    if "frequency" in row:
        row["frequency"] = "{times} every {every} {unit}".format(**row["frequency"])
    assert {key: row.get(key) for key in read} == read


def test_days_of_a_cycle_without_a_number_of_cycles_make_no_product() -> None:
    study = study_of("NCT04265963")
    words = "10 mg IV on days 1 and 8 every 21 days"
    study["protocolSection"]["armsInterventionsModule"]["interventions"][0]["description"] = words
    assert derive_draft(Record(study, "api_v2")).study().products == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="day 1,;-and&+/toxX×^90mgIV.()cycleseach ", max_size=120))
def test_readings_of_any_words_neither_raise_nor_hang(text: str) -> None:
    study = study_of("NCT04265963")
    study["protocolSection"]["armsInterventionsModule"]["interventions"][0]["description"] = text
    for row in derive_draft(Record(study, "api_v2")).study().administrations:
        assert row.words in text


@pytest.mark.parametrize(
    "unit", ["day 1 , ", "1-", "( ", "every ", "10 x ", "for 1 ", "A B ", "1,000", "&lt;", "; "]
)
def test_words_without_end_are_read_to_their_end(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    for row in derive_administrations([{"id": "x", "name": "X", "description": text}], [], "").rows:
        assert row["words"] in text
    too_long = [{"id": "x", "name": "X", "description": text + "5 mg"}]
    assert derive_administrations(too_long, [], "").rows == ()
