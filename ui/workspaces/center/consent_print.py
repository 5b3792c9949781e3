"""The consent of a person who is not taken in yet, printed from the form on the screen."""

from __future__ import annotations

from arm.access.rights import require
from arm.casework import law_book
from arm.casework.intake import IntakeForm
from arm.casework.office import office
from arm.model import CaseFacts, IdentityDocument, Person, new_id
from arm.store.store import Store
from forms import catalogue

FORM = "consent"


def consent_pdf(store: Store, form: IntakeForm) -> bytes:
    """The PDF; gaps are left empty, to be written by hand. Raises NotPermitted."""
    require(store.actor, "print")
    return catalogue.draw(
        catalogue.fill(FORM, facts_of(store, form), tables=law_book.rulebook(store).tables)
    )


def facts_of(store: Store, form: IntakeForm) -> CaseFacts:
    """The form as facts of a case that does not exist yet."""
    scope = store.actor.scope
    person = Person(
        id=new_id(),
        scope=scope,
        surname=form.surname or None,
        given=form.given or None,
        patronymic=form.patronymic or None,
        surname_latin=form.surname_latin or None,
        given_latin=form.given_latin or None,
        birth_date=form.birth_date,
        sex=form.sex or None,
        citizenship=form.citizenship or None,
        phone=form.phone or None,
        languages=form.languages,
    )
    document = IdentityDocument(
        id=new_id(),
        scope=scope,
        person_id=person.id,
        document_type=form.document_type or None,
        series=form.document_series or None,
        number=form.document_number or None,
        issued_on=form.issued_on,
        valid_to=form.valid_to,
        issued_by=form.issued_by or None,
    )
    return CaseFacts(
        on=store.clock.today(),
        office=office(store),
        filled_by=store.actor.full_name,
        person=person,
        document=document,
        documents=(document,),
    )
