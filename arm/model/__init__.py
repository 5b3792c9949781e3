"""What we keep: one module a noun. Import the classes from here."""

from arm.model.case_file import CaseFile, Deadline, Note, RouteStep
from arm.model.certificate import Certificate
from arm.model.duplicate import NotDuplicate, PersonMerge
from arm.model.facts import CaseFacts
from arm.model.identity_document import IdentityDocument
from arm.model.law import LawPack, LawValue
from arm.model.migration_card import MigrationCard
from arm.model.papers import Attachment, Consent, IssuedForm
from arm.model.person import Person
from arm.model.record import (
    Base,
    Entry,
    EntryList,
    FieldSpec,
    Instant,
    Record,
    StringSet,
    fields,
    from_wire,
    kinds,
    new_id,
    plain,
    to_wire,
)
from arm.model.registration import HostParty, Registration
from arm.model.sharing import AliasNotice, Disclosure, InfoRequest, SharedCard
from arm.model.stay_permit import StayPermit
from arm.office import Office

SCHEMA = 2
"""Version of the record shapes, sent with every operation."""

__all__ = [
    "SCHEMA",
    "AliasNotice",
    "Attachment",
    "Base",
    "CaseFacts",
    "CaseFile",
    "Certificate",
    "Consent",
    "Deadline",
    "Disclosure",
    "Entry",
    "EntryList",
    "FieldSpec",
    "HostParty",
    "IdentityDocument",
    "InfoRequest",
    "Instant",
    "IssuedForm",
    "LawPack",
    "LawValue",
    "MigrationCard",
    "NotDuplicate",
    "Note",
    "Office",
    "Person",
    "PersonMerge",
    "Record",
    "Registration",
    "RouteStep",
    "SharedCard",
    "StayPermit",
    "StringSet",
    "fields",
    "from_wire",
    "kinds",
    "new_id",
    "plain",
    "to_wire",
]
