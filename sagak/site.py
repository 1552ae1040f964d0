"""How a site runs the service: its address, how long people stay signed in, who answers for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from domain.errors import UsageError

if TYPE_CHECKING:  # a command that shows its help loads no database
    from serving.service import SignOn

SITE = {
    "SAGAK_HOST": "address the service listens on (default: 127.0.0.1, this machine only)",
    "SAGAK_PORT": "its port (default: 8000)",
    "SAGAK_WORKERS": "processes that answer, on PostgreSQL only (default: 1)",
    "SAGAK_HTTPS": "yes where people reach it by https through a proxy: cookies are then sent over nothing else",
    "SAGAK_HOSTS": "names people reach it by, with commas (default: this machine's)",
    "SAGAK_URL": "address people type, where the sign-on sends them back to: https://sagak.city.go.kr",
    "SAGAK_PROXY": "address of the proxy whose word for the caller's address is believed (default: none)",
    "SAGAK_IDLE_MINUTES": "minutes without a click until somebody is signed out, 10 to 30 (default: 20)",
    "SAGAK_SESSION_HOURS": "hours until everybody signs in again, 1 to 12 (default: 9)",
    "SAGAK_CONTACT": "whom staff call when something does not work: department and phone",
    "SAGAK_OVERSEER": "who answers for the model, with phone",
    "SAGAK_OIDC_ISSUER": "address of the agency's own sign-on (OpenID Connect); without it people have passwords",
    "SAGAK_OIDC_CLIENT": "what the sign-on calls this service",
    "SAGAK_OIDC_SECRET_FILE": "file with the secret agreed with the sign-on",
}
_T = TypeVar("_T")


@dataclass(frozen=True)
class Site:
    """One site's settings; the defaults serve the machine itself and nobody else."""

    host: str
    port: int
    workers: int
    is_secure: bool
    hosts: tuple[str, ...]
    proxy: str
    idle: timedelta
    absolute: timedelta
    contact: str
    overseer: str
    sign_on: "SignOn | None"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Site":
        """Raises `UsageError` naming a setting that makes no sense; unknown ones are refused by `Settings`."""
        get = environment.get
        host = get("SAGAK_HOST", "127.0.0.1")
        hosts = tuple(name.strip() for name in get("SAGAK_HOSTS", "").split(",") if name.strip())
        return cls(
            host=host,
            port=_whole(environment, "SAGAK_PORT", 8000, at_least=1, at_most=65535),
            workers=_whole(environment, "SAGAK_WORKERS", 1, at_least=1, at_most=64),
            is_secure=_one_of(environment, "SAGAK_HTTPS", {"yes": True, "no": False}, "no"),
            hosts=hosts or ("localhost", "127.0.0.1", host),
            proxy=get("SAGAK_PROXY", ""),
            idle=timedelta(minutes=_whole(environment, "SAGAK_IDLE_MINUTES", 20, at_least=10, at_most=30)),
            absolute=timedelta(hours=_whole(environment, "SAGAK_SESSION_HOURS", 9, at_least=1, at_most=12)),
            contact=get("SAGAK_CONTACT", ""),
            overseer=get("SAGAK_OVERSEER", ""),
            sign_on=_sign_on(environment),
        )


def _whole(environment: Mapping[str, str], name: str, default: int, *, at_least: int, at_most: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and at_least <= int(text) <= at_most):
        raise UsageError(f"{name} is not a whole number from {at_least} to {at_most}.", hint=SITE[name])
    return int(text)


def _one_of(environment: Mapping[str, str], name: str, words: Mapping[str, _T], default: str) -> _T:
    text = environment.get(name, default)
    if text not in words:
        raise UsageError(f"{name} is none of {', '.join(words)}.", hint=SITE[name])
    return words[text]


def _sign_on(environment: Mapping[str, str]) -> "SignOn | None":
    from serving.service import SignOn

    names = ("SAGAK_OIDC_ISSUER", "SAGAK_OIDC_CLIENT", "SAGAK_OIDC_SECRET_FILE", "SAGAK_URL")
    given = [name for name in names[:3] if environment.get(name)]
    if not given:
        return None
    if missing := [name for name in names if name not in given]:
        raise UsageError(f"{', '.join(missing)} is missing: the sign-on needs all four.", hint=SITE[missing[0]])
    secret = Path(environment["SAGAK_OIDC_SECRET_FILE"])
    try:
        word = secret.read_text(encoding="utf-8").strip()
        return SignOn(environment[names[0]], environment[names[1]], word, environment[names[3]].rstrip("/"))
    except OSError as error:
        raise UsageError(f"The secret of the sign-on cannot be read: {error.strerror}.", hint=SITE[names[2]]) from error
