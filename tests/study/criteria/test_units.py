"""Units: what is understood, what is refused with advice, and exact conversion."""

from __future__ import annotations

from fractions import Fraction

import pytest

from trialwright.study.criteria import builtin_catalogue
from trialwright.study.units import (
    advise_unit,
    convert_exact,
    is_ucum,
    normalise_unit,
    parse_unit,
    show_unit,
    typeset_unit,
)

CLINICAL = [
    "mg/dL",
    "umol/L",
    "g/dL",
    "g/L",
    "U/L",
    "10*9/L",
    "10*3/uL",
    "/uL",
    "mmol/L",
    "mL/min",
    "mL/min/{1.73_m2}",
    "a",
    "mo",
    "wk",
    "d",
    "Cel",
    "[EU]/mL",
    "%",
    "mm",
    "[IU]/L",
    "m[IU]/mL",
    "ukat/L",
    "mm[Hg]",
    "kg/m2",
    "mg/m2",
    "ng/mL",
    "pg/mL",
    "mg/g",
    "mg/mmol",
    "ms",
    "kPa",
    "/mm3",
    "10*12/L",
    "10*6/kg",
    "meq/L",
    "Gy",
]


@pytest.mark.parametrize("code", CLINICAL)
def test_a_clinical_code_is_ucum_and_stands_for_itself(code: str) -> None:
    assert normalise_unit(code) == code
    assert parse_unit(code) is not None
    assert is_ucum(code)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("years", "a"),
        ("Months", "mo"),
        ("weeks", "wk"),
        ("day", "d"),
        ("µmol/L", "umol/L"),
        ("μmol/l", "umol/L"),
        ("mg/dl", "mg/dL"),
        ("10^9/L", "10*9/L"),
        ("x10^9/L", "10*9/L"),
        ("× 10^9/l", "10*9/L"),
        ("10*3/µL", "10*3/uL"),
        ("/mm³", "/mm3"),
        ("cells/uL", "/uL"),
        ("mmHg", "mm[Hg]"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("mL/min/1.73m²", "mL/min/{1.73_m2}"),
        ("°C", "Cel"),
        ("percent", "%"),
    ],
)
def test_usual_words_are_read_as_their_code(written: str, code: str) -> None:
    assert normalise_unit(written) == code


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("IU/l", "`U/L` for an enzyme activity, `[IU]/L` for an international unit"),
        ("mIU/mL", "`m[IU]/mL`"),
        ("mcg/L", "`ug/L`"),
        ("MG/DL", "`mg/dL`"),
        ("K/µL", "`10*3/uL`"),
        ("furlong", ""),
    ],
)
def test_free_text_is_refused_with_advice(written: str, advice: str) -> None:
    assert normalise_unit(written) is None
    assert advise_unit(written) == advice


@pytest.mark.parametrize(
    "broken", ["", "/", "mg/", "mg//dL", "(mg", "mg)", "a b", "{x", "mg/dL" * 20, "m9999", ".."]
)
def test_broken_expressions_are_not_units(broken: str) -> None:
    assert parse_unit(broken) is None
    assert normalise_unit(broken) is None


def test_a_ucum_code_outside_the_table_is_told_from_nonsense() -> None:
    assert parse_unit("[pptr]") is None
    assert is_ucum("[pptr]")
    assert not is_ucum("furlong")
    assert not is_ucum("m" * 61)


@pytest.mark.parametrize(
    ("number", "source", "target", "expected"),
    [
        ("60", "U/L", "ukat/L", "1"),
        ("1", "a", "mo", "12"),
        ("1", "mo", "d", "30.4375"),
        ("1", "wk", "d", "7"),
        ("100", "10*3/uL", "10*9/L", "100"),
        ("2.5", "mm[Hg]", "Pa", "333.305"),
        ("1", "m[IU]/mL", "[IU]/L", "1"),
        ("1", "[lb_av]", "kg", "0.45359237"),
        ("5", "mg/(dL)", "g/L", "0.05"),
    ],
)
def test_conversion_is_exact(number: str, source: str, target: str, expected: str) -> None:
    assert convert_exact(Fraction(number), source, target) == Fraction(expected)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("meq/L", "mmol/L"),
        ("mosm/kg", "mmol/kg"),
        ("mg/dL", "umol/L"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("U/L", "[IU]/L"),
        ("mg", "IU/l"),
        ("kg", "m"),
    ],
)
def test_different_quantities_do_not_convert(source: str, target: str) -> None:
    assert convert_exact(Fraction(1), source, target) is None


def test_an_affine_bridge_goes_both_ways() -> None:
    hba1c = builtin_catalogue().find("HbA1c")
    assert hba1c is not None
    assert hba1c.convert(Fraction(53), "mmol/mol", "%") == Fraction("7.00044")
    assert hba1c.convert(Fraction("7.00044"), "%", "mmol/mol") == 53
    assert hba1c.convert(Fraction(1), "g/g", "%") is None  # told apart by code, because dimensions cannot
    temperature = builtin_catalogue().find("body_temperature")
    assert temperature is not None
    assert temperature.convert(Fraction(38), "Cel", "[degF]") == Fraction("100.4")


def test_milliequivalents_convert_for_monovalent_ions_only() -> None:
    catalogue = builtin_catalogue()
    sodium, calcium = catalogue.find("sodium"), catalogue.find("calcium")
    assert sodium is not None
    assert calcium is not None
    assert sodium.convert(Fraction(140), "mEq/L", "mmol/L") == 140
    assert calcium.convert(Fraction(5), "mEq/L", "mmol/L") is None


def test_every_variable_of_the_catalogue_is_sound() -> None:
    catalogue = builtin_catalogue()
    names = [
        name for variable in catalogue.variables.values() for name in (variable.name, *variable.synonyms)
    ]
    assert len(names) == len({name.casefold() for name in names})
    for variable in catalogue.variables.values():
        assert variable.label
        assert all(variable.accepts_unit(unit or "1") for unit in variable.usual_units()), variable.name
        for unit, low, high in variable.plausible:
            assert low < high
            assert not unit or normalise_unit(unit) == unit
            assert not unit or variable.convert(Fraction(1), unit, variable.unit or "") is not None, (
                variable.name
            )


def test_a_likely_wrong_unit_is_implausible() -> None:
    creatinine = builtin_catalogue().find("creatinine")
    assert creatinine is not None
    assert not creatinine.is_plausible(Fraction(1), "umol/L")
    assert creatinine.is_plausible(Fraction(1), "mg/dL")
    assert creatinine.is_plausible(Fraction(1), "g/L")


def test_units_for_readers() -> None:
    assert show_unit("a") == "years"
    assert show_unit("mo", count_is_one=True) == "month"
    assert show_unit("mg/dL") == "mg/dL"
    assert typeset_unit("umol/L") == "µmol/L"
    assert typeset_unit("10*9/L") == "× 10⁹/L"
