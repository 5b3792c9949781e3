"""What can stand between a workstation and its centre: known to both ends."""

from __future__ import annotations

from arm.errors import ExpectedError


class CentreUnreachable(ExpectedError):
    """No answer: no network, the server is down, or the connection broke half-way."""

    code = "centre_unreachable"
    title = "Нет связи с центром"
    advice = "Работайте дальше: правки целы и уйдут сами, когда связь появится"


class CentreOnlyReads(CentreUnreachable):
    """The server is a standby, or is being recovered to an earlier point: what it tells is of the
    past, and it takes nothing."""

    code = "centre_only_reads"
    title = "Центр сейчас только читает: его восстанавливают, или это резервный сервер"
    advice = "Работайте дальше: правки целы и уйдут сами, когда центр снова начнёт их принимать"


class FormerServer(CentreUnreachable):
    """A server that was the centre before another took over has come back by itself: what it takes
    now, nobody else would ever see."""

    code = "former_server"
    title = "Отвечает прежний сервер центра ({host}), обмен с ним не начат"
    advice = (
        "Правки целы и уйдут нынешнему серверу. Администратору: остановите прежний сервер "
        "и верните его в строй резервным"
    )


class CentreBusy(ExpectedError):
    """Somebody else holds what we need, again and again; nothing is wrong with us."""

    code = "centre_busy"
    title = "Центр занят: подразделение сейчас обновляют"
    advice = "Работайте дальше: правки целы и уйдут сами через несколько секунд"


class TooManyWorkstations(ExpectedError):
    """This login has made more workstations today than the centre takes for honest work."""

    code = "too_many_workstations"
    title = "С этим логином сегодня подключили слишком много рабочих мест"
    advice = "Правки целы. Подключитесь завтра или попросите администратора увеличить предел"


class WrongCentrePassword(ExpectedError):
    """The centre does not accept this login with this password."""

    code = "wrong_centre_password"
    title = "Центр не принял логин «{login}» с этим паролем"
    advice = (
        "Правки целы. Если пароль сменили, впишите новый на экране входа: «Другая учётная запись», "
        "подтвердите прежним паролем. Если забыли, новый выдаст администратор"
    )


class TlsRequired(ExpectedError):
    """The way to the centre is not encrypted, or its encryption can't be trusted."""

    code = "tls_required"
    title = "Соединение с центром не защищено, обмен не начат"
    advice = "Администратору: включите TLS на сервере ({host}) или проверьте его сертификат"


class CentreNotReady(ExpectedError):
    """There is a PostgreSQL, but our tables and functions are not in it."""

    code = "centre_not_ready"
    title = "На сервере нет центральной базы «Единого окна»"
    advice = "Администратору: выполните «arm central provision»"


class CentreTooOld(ExpectedError):
    """The centre does not understand this version of the program."""

    code = "centre_too_old"
    title = "Центр старее этой программы"
    advice = "Администратору: обновите центральную базу командой «arm central provision»"


class ProgramTooOld(ExpectedError):
    """The centre has moved on: edits are still taken, others' edits are not given out."""

    code = "program_too_old"
    title = "Программа устарела: центр принимает правки, но не выдаёт новые"
    advice = "Обновите программу. Всё, что вы записали, уже отправлено или ждёт отправки"


class MayNotErase(ExpectedError):
    """The centre does not let this login erase people."""

    code = "may_not_erase"
    title = "Центр не разрешает этой учётной записи уничтожать данные"
    advice = "Это право руководителя смены: попросите его"


class NobodyToErase(ExpectedError):
    """The centre has nothing of this person, or not for these eyes."""

    code = "nobody_to_erase"
    title = "В центре нет данных этого человека"
    advice = "Обменяйтесь с центром и проверьте, отправлено ли дело"


class WorkstationRevoked(ExpectedError):
    """An administrator shut this workstation out: it was lost, or changes hands."""

    code = "workstation_revoked"
    title = "Администратор отозвал это рабочее место"
    advice = (
        "Неотправленная работа сохранена в зашифрованном файле, открыть его может администратор. "
        "Чтобы работать дальше, подключите рабочее место заново"
    )


class AccountLocked(ExpectedError):
    """An administrator locked the account."""

    code = "account_locked"
    title = "Учётная запись заблокирована администратором"
    advice = "Правки целы и уйдут, когда её разблокируют. Обратитесь к администратору"


class TemporaryPassword(ExpectedError):
    """The password was given by an administrator and must be replaced by one's own."""

    code = "temporary_password"
    title = "Пароль временный, обмен начнётся после его смены"
    advice = "Задайте свой пароль: меню под вашим именем, «Сменить пароль»"
