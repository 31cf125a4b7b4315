"""The study file told in sentences, for the protocol page and the report."""

from __future__ import annotations

from decimal import Decimal

from .model import Study
from .model.products import Amount, Product

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def render_design(study: Study) -> str:
    """The design in one sentence, from what is stated and nothing else."""
    design = study.design
    words = [
        {"RANDOMIZED": "randomised", "NON_RANDOMIZED": "non-randomised"}.get(design.allocation or "", ""),
        {"NONE": "open-label"}.get(design.masking or "", f"{(design.masking or '').lower()}-masked")
        if design.masking
        else "",
        (design.intervention_model or "").lower().replace("_", " "),
    ]
    kind = " ".join(word for word in words if word)
    phases = " and ".join(
        phase.replace("PHASE", "phase ").lower() for phase in design.phases if phase != "NA"
    )
    count = design.enrolment.count if design.enrolment else None
    size = f" with {count} subjects planned" if count is not None else ""
    arms = f" in {_number(len(study.arms))} arms" if study.arms else ""
    sentence = f"{_article(kind)} {kind} trial{arms}{size}".strip()
    return f"{sentence[0].upper()}{sentence[1:]}{f' ({phases})' if phases else ''}."


def render_randomisation(study: Study) -> str:
    """How subjects are allocated. Block sizes are left out: people who enrol must not know them."""
    randomisation = study.design.randomisation
    if randomisation is None:
        return "No method of allocation is stated."
    ratio = ":".join(str(arm.ratio) for arm in study.arms)
    strata = ", ".join(stratum.label for stratum in randomisation.strata)
    method = randomisation.method.replace("_", " ")
    stratified = f", stratified by {strata}" if strata else ", without strata"
    return f"Subjects are allocated {ratio} by {method}{stratified}. The list is sealed before the first subject."


def render_dose(product: Product) -> str:
    """What is given, how and when, in one sentence."""
    counted = product.dose.unit.strip("{}")
    dose = render_amount(product.dose)
    if counted in product.kind:
        dose = dose.removesuffix(f" {counted}")
    parts = [f"{dose} {product.kind}"]
    if product.volume is not None:
        parts.append(f"in {render_amount(product.volume)}")
    if product.formulation:
        parts.append(f"({product.formulation})")
    days = "; ".join(", ".join(str(day) for day in cycle) for cycle in product.cycles)
    return f"{' '.join(parts)}, {product.route}, on day {days}."


def render_amount(amount: Amount) -> str:
    """An amount or range with its unit: ``1×10⁹ to 6×10⁹ cells``, ``300 mL``."""
    unit = amount.unit.strip("{}")
    low, high = render_power(amount.minimum), render_power(amount.maximum)
    return f"{low} {unit}" if amount.minimum == amount.maximum else f"{low} to {high} {unit}"


def render_power(number: Decimal) -> str:
    """A number as people read it; from a million on as a power of ten."""
    if abs(number) < 1_000_000:
        return f"{number.normalize():f}"
    exponent = number.adjusted()
    mantissa = (number / Decimal(10) ** exponent).normalize()
    superscript = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa:f}×10{superscript}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _article(words: str) -> str:
    return "an" if words[:1] in "aeiou" and words else "a"
