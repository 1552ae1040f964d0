"""Who a household is, as pages show it before anybody has opened it."""

import re

from domain.korean import masked_name
from domain.published import Person
from serving import wording_casework_ko as ko
from serving.rendering import masked_phone

_ROAD = re.compile(r"^(.*?\S*(?:로|길))(?=\s|$)")


def name_of(person: Person) -> str:
    """``김○○``, or that the name is not known."""
    return masked_name(person.name) if person.name else ko.UNNAMED


def phone_of(person: Person) -> str:
    """``010-****-5678``, or that there is no number."""
    return masked_phone(person.phone) if person.phone else ko.NO_PHONE


def address_of(person: Person) -> str:
    """The address as far as its road: the number behind it would name the house.

    >>> address_of(Person("", "경기도 고양시 은달래로 1000, 햇살마을 700동", ""))
    '경기도 고양시 은달래로 ○○'
    """
    if not person.address:
        return ko.NO_ADDRESS
    road = _ROAD.match(person.address)
    # Without a road, what comes before the first number: the name of the neighbourhood.
    shown = road[1] if road else re.split(r"\s*\S*\d", person.address, maxsplit=1)[0]
    return f"{shown} {ko.HIDDEN_REST}".strip()


def grouped_phone(digits: str) -> str:
    """``010-1234-5678``; a number of another form stays as it is.

    >>> grouped_phone("01012345678"), grouped_phone("0212345678"), grouped_phone("119")
    ('010-1234-5678', '02-1234-5678', '119')
    """
    parts = re.fullmatch(r"(02|0\d{2}|050\d)(\d{3,4})(\d{4})", digits)
    return "-".join(parts.groups()) if parts else digits
