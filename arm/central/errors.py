"""What can go wrong when a centre is set up, said in the administrator's words."""

from __future__ import annotations

from arm.errors import ExpectedError


class PostgresTooOld(ExpectedError):
    """PostgreSQL older than 15."""

    code = "postgres_too_old"
    title = "PostgreSQL {found} слишком старый"
    advice = "Нужен PostgreSQL 15 или новее"


class PostgresNotUtf8(ExpectedError):
    """The database does not keep text in UTF-8."""

    code = "postgres_not_utf8"
    title = "База хранит текст в кодировке {found}"
    advice = "Создайте базу заново с ENCODING 'UTF8' и повторите"


class NotEnoughRights(ExpectedError):
    """The login used for setting up may not do it."""

    code = "centre_rights"
    title = "Этому логину нельзя настраивать центр: {why}"
    advice = "Подключитесь администратором PostgreSQL (право CREATEROLE и владение базой)"


class BadAddress(ExpectedError):
    """No connection string of PostgreSQL. It is not repeated: a password may stand in it."""

    code = "bad_address"
    title = "Это не адрес PostgreSQL"
    advice = "Напишите его так: postgresql://postgres@db.example.ru:5432/arm"


class BadIdleMinutes(ExpectedError):
    """A screen that stays open longer is no lock, and less than a minute is no work."""

    code = "bad_idle_minutes"
    title = "Время до блокировки должно быть от 1 до 60 минут, а не {minutes}"
    advice = "Впишите число минут или «off», если каждый выбирает сам"


class BadRegion(ExpectedError):
    """A region's code is two digits."""

    code = "bad_region"
    title = "Код региона «{region}» не подходит"
    advice = "Нужны две цифры, например 63"


class BadLogin(ExpectedError):
    """A login that PostgreSQL or people would stumble over."""

    code = "bad_login"
    title = "Логин «{login}» не подходит"
    advice = (
        "Нужны строчные латинские буквы, цифры, точка, дефис; первая — буква; от 2 до 60 знаков"
    )


class LoginTaken(ExpectedError):
    """The login exists and belongs to somebody else."""

    code = "login_taken"
    title = "Логин «{login}» уже занят"
    advice = "Выберите другой логин"


class NoSuchOrganisation(ExpectedError):
    """No organisation of this name or number."""

    code = "no_such_organisation"
    title = "Организации «{organisation}» в центре нет"
    advice = "Список организаций покажет «arm central status»"


class NoSuchPerson(ExpectedError):
    """No account of this login."""

    code = "no_such_account"
    title = "Учётной записи «{login}» в центре нет"
    advice = "Проверьте логин; список покажет «arm central status»"


class NoSuchWorkstation(ExpectedError):
    """No workstation of this id."""

    code = "no_such_workstation"
    title = "Рабочего места «{client}» в центре нет"
    advice = "Список покажет «arm central workstation list»"


class OrganisationExists(ExpectedError):
    """An organisation of this name is there already."""

    code = "organisation_exists"
    title = "Организация «{name}» в центре уже есть"
    advice = "Добавляйте в неё людей или назовите новую иначе"


class EmbeddedDoesNotStart(ExpectedError):
    """The PostgreSQL of the demonstration did not come up."""

    code = "embedded_does_not_start"
    title = "Не запустился PostgreSQL для показа"
    advice = "Подробности в журнале {log}. {why}"


class BadOrganisationRole(ExpectedError):
    """A kind of organisation that the centre does not know."""

    code = "bad_organisation_role"
    title = "Вид организации «{role}» неизвестен"
    advice = "Нужен один из: center, tax, university, employer, region"


class NoSuchRule(ExpectedError):
    """No sharing rule of this number."""

    code = "no_such_rule"
    title = "Правила № {rule} в центре нет"
    advice = "Список покажет «arm central rules list»"


class BadRule(ExpectedError):
    """The rule makes no sense, or would show what no rule may."""

    code = "bad_rule"
    title = "Такое правило передачи сведений не годится ({why})"
    advice = (
        "Нужны название, основание, вид записи, который можно передавать, и хотя бы одно поле;"
        " последний день не раньше первого"
    )
