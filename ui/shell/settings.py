"""Settings of this computer: look, language, idle time, scale."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.design.text import counted, t
from ui.shell.look import Look
from ui.shell.preferences import IDLE_MINUTES, SCALES
from ui.shell.sign_in import LANGUAGES
from ui.widgets.choice import Choice
from ui.widgets.dialog import Dialog
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import column
from ui.widgets.toggle import Segmented


class Settings(Dialog):
    """Each choice takes effect at once, except the scale, which says so."""

    def __init__(
        self, look: Look, parent: QWidget | None = None, *, idle_limit: int | None = None
    ) -> None:
        super().__init__(t("Настройки"), width=480, parent=parent)
        self.setObjectName("settings")
        self._look = look
        kept = look.preferences
        theme = Segmented(
            [("light", t("Светлый")), ("dark", t("Тёмный")), ("system", t("Как в системе"))],
            kept.theme,
            name=t("Вид"),
        )
        theme.setObjectName("settings-theme")
        theme.changed.connect(look.set_theme)
        language = Segmented(list(LANGUAGES), kept.language, name=t("Язык"))
        language.setObjectName("settings-language")
        language.changed.connect(self._on_language)
        most = idle_limit or max(IDLE_MINUTES)
        offered = sorted({m for m in IDLE_MINUTES if m < most} | {most})
        minutes = [(str(m), counted(m, "минута", "минуты", "минут")) for m in offered]
        idle = Choice(minutes, str(min(kept.idle_minutes, most)))
        idle.setObjectName("settings-idle")
        idle.changed.connect(self._on_idle)
        scales = [(str(s), f"{s}\u00a0%" if s else t("Как в системе")) for s in SCALES]
        scale = Choice(scales, str(kept.scale))
        scale.setObjectName("settings-scale")
        scale.changed.connect(self._on_scale)
        self.body.setSpacing(16)
        for title, part in ((t("Вид"), theme), (t("Язык"), language)):
            self.body.addLayout(column(Label(title, "pill", "text2"), part, gap=4))
        self.body.addWidget(
            Field(
                t("Блокировать экран, если не работать"),
                idle,
                hint=_idle_hint(idle_limit),
            )
        )
        self.body.addWidget(Field(t("Масштаб"), scale, hint=t("Изменится при следующем запуске")))
        self.add_button(t("Закрыть"))

    def _on_language(self, language: str) -> None:
        # The window is built anew in the other language, and this dialog with it.
        self.close_dialog()
        self._look.set_language(language)

    def _on_idle(self, minutes: str) -> None:
        if minutes:
            self._look.preferences.idle_minutes = int(minutes)

    def _on_scale(self, per_cent: str) -> None:
        if per_cent:
            self._look.preferences.scale = int(per_cent)


def _idle_hint(limit: int | None) -> str:
    hint = t("Набранное сохранится. Сразу заблокировать: Ctrl L")
    if limit is None:
        return hint
    return t("Организация разрешает не больше {limit} мин.", limit=limit) + " " + hint
