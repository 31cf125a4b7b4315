"""The trial with its arms put together before anything is computed, for those who must not see them apart.

Not only the arms: a product that one arm alone receives names the arm, so such products are put together too,
and every dose, batch and container with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trialwright.study.model import Study
from trialwright.study.model.products import Amount, Arm, Product
from trialwright.study.model.safety import Safety
from trialwright.trial.subject import SubjectState

POOLED_ARM = "all_subjects"
POOLED_LABEL = "All subjects"
POOLED_PRODUCT = "product_by_arm"


def pool_study(study: Study) -> Study:
    """The study with one arm in the place of all, so that no number can be computed by arm."""
    if len(study.arms) < 2:
        return study
    names = pool_products(study)
    products = _merge(study, names)
    arm = Arm(id=POOLED_ARM, label=POOLED_LABEL, products=tuple(product.id for product in products))
    analysis = study.analysis.model_copy(update={"reference_arm": None})
    update = {
        "arms": (arm,),
        "products": products,
        "analysis": analysis,
        "interventions": (),
        "safety": _pool_safety(study.safety, names),
    }
    return study.model_copy(update=update)


def _pool_safety(safety: Safety, names: Mapping[str, str]) -> Safety:
    """The window of dose-limiting toxicity opens with the pooled products."""
    limiting = safety.dose_limiting
    if limiting is None:
        return safety
    products = tuple(dict.fromkeys(names.get(product, product) for product in limiting.products))
    return safety.model_copy(update={"dose_limiting": limiting.model_copy(update={"products": products})})


def pool_states(study: Study, states: Iterable[SubjectState]) -> list[SubjectState]:
    """The subjects in the pooled arm, their doses, batches and containers under the pooled products' ids."""
    if len(study.arms) < 2:
        return list(states)
    names = pool_products(study)
    return [_pool_state(state, names) for state in states]


def has_one_plan(study: Study) -> bool:
    """Whether every arm is dosed on the same days; else "all planned doses" says nothing of the arms pooled."""
    plans = {
        frozenset(day for product in study.products_of(arm.id) for day in product.days) for arm in study.arms
    }
    return len(plans) <= 1


def pool_products(study: Study) -> dict[str, str]:
    """The id under which every product of the study stands when arms are pooled.

    A product of all arms keeps its own. Of those of single arms the first of each arm are one, the second of
    each arm another, and so on.
    """
    common = {p.id for p in study.products if all(p.id in arm.products for arm in study.arms)}
    names = {name: name for name in common}
    for arm in study.arms:
        own = [product.id for product in study.products_of(arm.id) if product.id not in common]
        for place, product in enumerate(own, start=1):
            names.setdefault(product, f"{POOLED_PRODUCT}_{place}")
    return names | {product.id: product.id for product in study.products if product.id not in names}


def _merge(study: Study, names: Mapping[str, str]) -> tuple[Product, ...]:
    groups: dict[str, list[Product]] = {}
    for product in study.products:
        groups.setdefault(names[product.id], []).append(product)
    return tuple(_merge_group(name, products) for name, products in groups.items())


def _merge_group(name: str, products: Sequence[Product]) -> Product:
    first = products[0]
    if first.id == name:
        return first
    place = name.removeprefix(f"{POOLED_PRODUCT}_")
    return Product(
        id=name,
        name="Product by arm" if place == "1" else f"Product by arm, {place}",
        kind="cells",
        dose=Amount(
            minimum=min(product.dose.minimum for product in products),
            maximum=max(product.dose.maximum for product in products),
            unit=first.dose.unit,
        ),
        route=first.route,
        cycles=max((product.cycles for product in products), key=lambda cycles: sum(map(len, cycles))),
        collection=first.collection,
    )


def _pool_state(state: SubjectState, names: Mapping[str, str]) -> SubjectState:
    if state.allocation is None:
        return state

    def renamed(part: object) -> dict[str, str]:
        product = getattr(part, "product", "")
        return {"product": names.get(product, product)}

    return state.model_copy(
        update={
            "allocation": state.allocation.model_copy(update={"arm": POOLED_ARM}),
            "batches": {k: b.model_copy(update=renamed(b)) for k, b in state.batches.items()},
            "containers": {k: c.model_copy(update=renamed(c)) for k, c in state.containers.items()},
            "administrations": tuple(d.model_copy(update=renamed(d)) for d in state.administrations),
        }
    )
