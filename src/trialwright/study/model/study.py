"""The whole study file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .administration import Administration
from .analysis import Analysis
from .base import Element, Slug
from .design import Design
from .dose_finding import DoseFinding
from .eligibility import Criterion, Eligibility, Variable
from .forms import Form
from .outcomes import Outcome
from .people import Role, Site
from .products import Arm, Intervention, Product
from .registry import RegistryRecord
from .rehearsal import Rehearsal
from .safety import Safety
from .scenario import Scenario
from .schedule import Epoch, Visit


class Study(Element):
    """One study, as planned. Immutable; an amendment is another version."""

    format: Literal["trialwright-study/1"] = Field(description="Version of this file format.")
    id: Slug
    version: str = Field(description="Protocol version, as the protocol prints it.")
    title: str
    short_title: str = ""
    registry: RegistryRecord = Field(description="What only the registry asks for.")
    design: Design = Design()
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    administrations: tuple[Administration, ...] = ()
    products: tuple[Product, ...] = ()
    eligibility: Eligibility = Eligibility()
    epochs: tuple[Epoch, ...] = ()
    visits: tuple[Visit, ...] = ()
    forms: tuple[Form, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    sites: tuple[Site, ...] = ()
    roles: tuple[Role, ...] = ()
    analysis: Analysis = Analysis()
    safety: Safety = Safety()
    scenarios: tuple[Scenario, ...] = ()
    dose_finding: DoseFinding | None = None
    rehearsal: Rehearsal | None = None

    def arm(self, arm_id: str) -> Arm | None:
        """The arm of that id, or None."""
        return next((arm for arm in self.arms if arm.id == arm_id), None)

    def product(self, product_id: str) -> Product | None:
        """The product of that id, or None."""
        return next((product for product in self.products if product.id == product_id), None)

    def form(self, form_id: str) -> Form | None:
        """The form of that id, or None."""
        return next((form for form in self.forms if form.id == form_id), None)

    def visit(self, visit_id: str) -> Visit | None:
        """The visit of that id as written (see `schedule.expand_visits` for repeated ones), or None."""
        return next((visit for visit in self.visits if visit.id == visit_id), None)

    def site(self, site_id: str) -> Site | None:
        """The site of that id, or None."""
        return next((site for site in self.sites if site.id == site_id), None)

    def role(self, role_id: str) -> Role | None:
        """The role of that id, or None."""
        return next((role for role in self.roles if role.id == role_id), None)

    def variable(self, variable_id: str) -> Variable | None:
        """The eligibility variable of that id (letter case ignored), or None."""
        wanted = variable_id.lower()
        return next((v for v in self.eligibility.variables if v.id.lower() == wanted), None)

    def criterion(self, criterion_id: str) -> Criterion | None:
        """The criterion of that id, or None."""
        return next((c for c in self.eligibility.criteria if c.id == criterion_id), None)

    def products_of(self, arm_id: str) -> tuple[Product, ...]:
        """The products that subjects of the arm receive, in the order of the file."""
        arm = self.arm(arm_id)
        return tuple(p for p in self.products if arm is not None and p.id in arm.products)
