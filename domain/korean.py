"""Korean as people write it: particles, numbers, money, dates, masked names."""

import re
from datetime import date

# The final consonant of a digit's reading (영 일 이 삼 사 오 육 칠 팔 구), as an index of Unicode's 28 finals.
_DIGIT_FINALS = {"0": 21, "1": 8, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": 8, "8": 8, "9": 0}
_RIEUL = 8
_CLOSING_BRACKETS = re.compile(r"(?:\s*\([^()]*\)|\s*\[[^\[\]]*\])+['\"\s]*$")
_WEEKDAYS = "월화수목금토일"
# 복성, surnames of two syllables still in use.
_COMPOUND_SURNAMES = ("남궁", "선우", "황보", "제갈", "사공", "독고", "서문", "동방")


def _final(text: str) -> int | None:
    """The final consonant's index of the last syllable (0 = none), or None where it cannot be known.

    What stands in brackets at the end is not read aloud, unless nothing before it can be.
    """
    final = _last_final(_CLOSING_BRACKETS.sub("", text))
    return _last_final(text) if final is None else final


def _last_final(text: str) -> int | None:
    last = text.rstrip(")]}'\" ")[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    return _DIGIT_FINALS.get(last)


def with_particle(word: str, pair: str) -> str:
    """``word`` with the particle that fits its last sound; ``pair`` is "을/를", "이/가", "은/는", "과/와" or "으로/로".

    >>> with_particle("건강보험료", "을/를"), with_particle("단전", "이/가"), with_particle("개수(예전 방식)", "과/와")
    ('건강보험료를', '단전이', '개수(예전 방식)와')
    """
    after_consonant, after_vowel = pair.split("/")
    final = _final(word)
    if final is None:
        return f"{word}{after_consonant}({after_vowel})"
    closed = final != 0 and not (pair == "으로/로" and final == _RIEUL)
    return word + (after_consonant if closed else after_vowel)


def korean_number(value: float) -> str:
    """A number with thousands separators, one decimal only where it is not whole.

    >>> korean_number(1234567), korean_number(2.5)
    ('1,234,567', '2.5')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def won_short(amount: int) -> str:
    """Money as staff say it: 만 units from 10,000 won on, 억 above 100 million.

    >>> won_short(1_234_567), won_short(9_500), won_short(234_000_000)
    ('약 123만원', '9,500원', '약 2억 3,400만원')
    """
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if size < 10_000:
        return f"{sign}{size:,}원"
    eok, man = divmod(round(size / 10_000), 10_000)
    parts = [f"{eok:,}억"] * bool(eok) + [f"{man:,}만"] * bool(man)
    return f"약 {sign}{' '.join(parts)}원"


def korean_date(day: date) -> str:
    """The date as offices write it.

    >>> korean_date(date(2026, 11, 16))
    '2026. 11. 16.(월)'
    """
    return f"{day.year}. {day.month}. {day.day}.({_WEEKDAYS[day.weekday()]})"


def korean_month(day: date) -> str:
    """Year and month: ``2026년 9월``."""
    return f"{day.year}년 {day.month}월"


def masked_name(name: str) -> str:
    """The surname and circles: ``김○○``; compound surnames stay whole, foreign names keep their first letter."""
    surname = next(
        (known for known in _COMPOUND_SURNAMES if name.startswith(known) and len(name) > len(known)), name[:1]
    )
    return surname + "○" * max(1, len(name) - len(surname))
