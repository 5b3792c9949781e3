"""The facts of one case at one moment: what forms are filled from and deadlines computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from arm.model.case_file import CaseFile, Deadline, RouteStep
from arm.model.certificate import Certificate
from arm.model.identity_document import IdentityDocument
from arm.model.migration_card import MigrationCard
from arm.model.papers import Consent
from arm.model.person import Person
from arm.model.registration import HostParty, Registration
from arm.model.stay_permit import StayPermit
from arm.office import Office


@dataclass(frozen=True)
class CaseFacts:
    """Everything known of one person, detached from the database.

    ``document``, ``card``, ``permit``, ``registration`` are the present ones; the tuples hold all
    that are not deleted, newest first.
    """

    on: date
    office: Office
    filled_by: str
    """Full name of the caseworker."""
    person: Person
    case: CaseFile | None = None
    document: IdentityDocument | None = None
    card: MigrationCard | None = None
    permit: StayPermit | None = None
    registration: Registration | None = None
    host: HostParty | None = None
    documents: tuple[IdentityDocument, ...] = ()
    cards: tuple[MigrationCard, ...] = ()
    permits: tuple[StayPermit, ...] = ()
    registrations: tuple[Registration, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    steps: tuple[RouteStep, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    consents: tuple[Consent, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    """What was typed for one print only, by box name."""
