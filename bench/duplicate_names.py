"""Names of invented people for the held-out pairs: none of these lists was looked at while the
rules were made, and most of the names are in no list of ``resources/reference``.

By country: surnames, men's names, women's names, each as (Russian, Latin spellings …).
"""

from __future__ import annotations

from typing import Final

Names = tuple[tuple[str, ...], ...]

HELD_OUT: Final[dict[str, tuple[Names, Names, Names]]] = {
    "UZB": (
        (
            ("Бекмуродов", "BEKMURODOV", "BEKMURADOV"),
            ("Хўжамкулов", "XOJAMQULOV", "KHUJAMKULOV"),
            ("Сайфиддинов", "SAYFIDDINOV", "SAIFIDDINOV"),
            ("Эшонкулов", "ESHONQULOV", "ESHANKULOV"),
            ("Тожибоев", "TOJIBOYEV", "TAJIBAEV"), ("Ражабов", "RAJABOV", "RADJABOV"),
            ("Ўринбоев", "URINBOYEV", "ORINBOEV"), ("Мелиев", "MELIYEV", "MELIEV"),
            ("Жалолов", "JALOLOV", "DJALALOV"), ("Кенжаев", "KENJAYEV", "KENJAEV"),
        ),
        (
            ("Дилмурод", "DILMUROD", "DILMURAD"), ("Фазлиддин", "FAZLIDDIN"),
            ("Жахонгир", "JAHONGIR", "JAKHONGIR"), ("Мухриддин", "MUXRIDDIN", "MUKHRIDDIN"),
            ("Элёр", "ELYOR", "ELIOR"), ("Бунёд", "BUNYOD"), ("Қобил", "QOBIL", "KABIL"),
            ("Нуриддин", "NURIDDIN"), ("Асадбек", "ASADBEK"), ("Умиджон", "UMIDJON"),
        ),
        (
            ("Муаттар", "MUATTAR"), ("Гулчехра", "GULCHEHRA", "GULCHEKHRA"), ("Зебо", "ZEBO"),
            ("Ойгул", "OYGUL", "AYGUL"), ("Наргиза", "NARGIZA"),
            ("Шохида", "SHOHIDA", "SHAKHIDA"),
        ),
    ),
    "TJK": (
        (
            ("Сафарзода", "SAFARZODA"), ("Гулмуродов", "GULMURODOV", "GULMURADOV"),
            ("Ҷумъаев", "JUMAEV", "DZHUMAEV"), ("Мирзоалиев", "MIRZOALIEV"),
            ("Ашуров", "ASHUROV"), ("Пирназаров", "PIRNAZAROV"), ("Бобохонов", "BOBOKHONOV"),
            ("Ятимов", "YATIMOV", "IATIMOV"), ("Файзуллоев", "FAYZULLOEV", "FAIZULLOEV"),
        ),
        (
            ("Сироҷиддин", "SIROJIDDIN", "SIRODZHIDDIN"), ("Хуршед", "KHURSHED", "HURSHED"),
            ("Амонулло", "AMONULLO", "AMONULLOH"), ("Парвиз", "PARVIZ"),
            ("Манучехр", "MANUCHEHR"),
            ("Исломиддин", "ISLOMIDDIN"), ("Сайвали", "SAYVALI", "SAIVALI"), ("Бехруз", "BEHRUZ"),
        ),
        (("Зайнаб", "ZAYNAB", "ZAINAB"), ("Мавзуна", "MAVZUNA"), ("Ситора", "SITORA")),
    ),
    "KGZ": (
        (
            ("Токтогулов", "TOKTOGULOV"), ("Осмоналиев", "OSMONALIEV"),
            ("Бейшеналиев", "BEISHENALIEV"),
            ("Чынгышев", "CHYNGYSHEV", "CHINGISHEV"), ("Мамбеталиев", "MAMBETALIEV"),
            ("Өмүралиев", "OMURALIEV"), ("Эсенбаев", "ESENBAEV"),
        ),
        (
            ("Кубанычбек", "KUBANYCHBEK"), ("Таалайбек", "TAALAIBEK", "TALAYBEK"),
            ("Эрмек", "ERMEK"), ("Жаныбек", "JANYBEK", "ZHANYBEK"), ("Үсөн", "USON", "USEN"),
            ("Мирлан", "MIRLAN"),
        ),
        (("Гүлзат", "GULZAT"), ("Жылдыз", "JYLDYZ", "ZHYLDYZ"), ("Чолпон", "CHOLPON")),
    ),
    "AZE": (
        (
            ("Намазов", "NAMAZOV"), ("Исрафилов", "ISRAFILOV"),
            ("Бабазаде", "BABAZADE", "BABAZADA"),
            ("Шыхалиев", "SHIKHALIYEV", "SIXALIYEV"), ("Аббасов", "ABBASOV"),
            ("Везиров", "VAZIROV"),
        ),
        (
            ("Вугар", "VUGAR", "VUQAR"), ("Эмиль", "EMIL"), ("Тогрул", "TOGHRUL", "TOGRUL"),
            ("Азер", "AZER", "AZAR"), ("Фуад", "FUAD"), ("Анар", "ANAR"),
        ),
        (("Севиндж", "SEVINJ", "SEVINC"), ("Лейла", "LEYLA"), ("Гюнель", "GUNEL", "GUNAL")),
    ),
    "ARM": (
        (
            ("Мартиросян", "MARTIROSYAN"), ("Галстян", "GALSTYAN"),
            ("Казарян", "GHAZARYAN", "KAZARYAN"),
            ("Асатрян", "ASATRYAN"), ("Погосян", "POGHOSYAN", "BOGHOSIAN"),
            ("Манукян", "MANUKYAN"),
        ),
        (
            ("Тигран", "TIGRAN"), ("Вардан", "VARDAN"), ("Размик", "RAZMIK"), ("Айк", "HAYK"),
            ("Левон", "LEVON"), ("Мисак", "MISAK"),
        ),
        (("Анаит", "ANAHIT"), ("Шушан", "SHUSHAN"), ("Нарине", "NARINE")),
    ),
    "UKR": (
        (
            ("Гончаренко", "HONCHARENKO"), ("Бойко", "BOIKO", "BOYKO"), ("Ткачук", "TKACHUK"),
            ("Лысенко", "LYSENKO"), ("Шевчук", "SHEVCHUK"), ("Бондарь", "BONDAR"),
        ),
        (
            ("Тарас", "TARAS"), ("Олексей", "OLEKSII"), ("Роман", "ROMAN"), ("Остап", "OSTAP"),
            ("Вячеслав", "VIACHESLAV", "VYACHESLAV"), ("Ярослав", "YAROSLAV", "IAROSLAV"),
        ),
        (("Оксана", "OKSANA"), ("Людмила", "LIUDMYLA", "LYUDMYLA"), ("Галина", "HALYNA")),
    ),
    "SYR": (
        (
            ("Аль-Хатиб", "AL KHATIB", "ALKHATEEB"), ("Хаддад", "HADDAD"),
            ("Аль-Ассад", "AL ASAAD"),
            ("Мансур", "MANSOUR", "MANSUR"), ("Шахин", "SHAHIN", "CHAHINE"),
            ("Дарвиш", "DARWISH", "DARWEESH"),
        ),
        (
            ("Махмуд", "MAHMOUD", "MAHMOOD"), ("Башир", "BASHIR", "BASHEER"),
            ("Тарик", "TAREK", "TARIQ"),
            ("Мустафа", "MUSTAFA", "MOSTAFA"), ("Валид", "WALID", "WALEED"),
            ("Самир", "SAMIR", "SAMEER"),
        ),
        (("Рима", "RIMA", "REEMA"), ("Нур", "NOUR", "NOOR"), ("Амина", "AMINA", "AMINEH")),
    ),
    "CHN": (
        (
            ("Лю", "LIU"), ("Чжао", "ZHAO"), ("Сунь", "SUN"), ("Сюй", "XU"), ("Чжу", "ZHU"),
            ("Гао", "GAO"), ("Цай", "CAI"),
        ),
        (
            ("Цзяньго", "JIANGUO"), ("Вэймин", "WEIMING"),
            ("Чжицян", "ZHIQIANG"), ("Сяолун", "XIAOLONG"),
            ("Хайтао", "HAITAO"), ("Юнцзюнь", "YONGJUN"),
        ),
        (("Сюмэй", "XIUMEI"), ("Лина", "LINA"), ("Юйтин", "YUTING")),
    ),
    "VNM": (
        (("Буй", "BUI"), ("Данг", "DANG"), ("До", "DO"), ("Хо", "HO"), ("Зыонг", "DUONG")),
        (
            ("Ван Тхань", "VAN THANH"), ("Куанг Винь", "QUANG VINH"), ("Дык Лонг", "DUC LONG"),
            ("Минь Туан", "MINH TUAN"), ("Ван Зунг", "VAN DUNG"),
        ),
        (("Тхи Хоа", "THI HOA"), ("Тхи Лан", "THI LAN"), ("Тхи Май", "THI MAI")),
    ),
    "TUR": (
        (
            ("Кая", "KAYA"), ("Демир", "DEMIR"),
            ("Айдын", "AYDIN"), ("Арслан", "ARSLAN", "ASLAN"),
            ("Коч", "KOÇ", "KOC"), ("Эрдоган", "ERDOĞAN", "ERDOGAN"),
        ),
        (
            ("Эмре", "EMRE"), ("Бурак", "BURAK"), ("Хакан", "HAKAN"), ("Серкан", "SERKAN"),
            ("Угур", "UĞUR", "UGUR"), ("Джан", "CAN"),
        ),
        (("Айше", "AYŞE", "AYSE"), ("Зейнеп", "ZEYNEP"), ("Элиф", "ELIF")),
    ),
}  # fmt: skip
