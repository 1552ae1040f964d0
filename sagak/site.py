"""How a site runs the service: its address, how long people stay signed in, who answers for it."""

import ipaddress
import os
import re
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
    "SAGAK_HOSTS": "names people reach it by, without port, with commas, beside this machine's own (default: none)",
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
_NAME_OF_HOST = re.compile(r"[A-Za-z0-9.-]+")


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

    @property
    def is_reached_from_elsewhere(self) -> bool:
        """Whether other machines can reach the port; a name that is no address is taken for one they can."""
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    @property
    def address(self) -> str:
        """Where it answers, as it is typed into a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Site":
        """Raises `UsageError` naming a setting that makes no sense; unknown ones are refused by `Settings`."""
        get = environment.get
        host = get("SAGAK_HOST", "127.0.0.1")
        return cls(
            host=host,
            port=_whole(environment, "SAGAK_PORT", 8000, at_least=1, at_most=65535),
            workers=_whole(environment, "SAGAK_WORKERS", 1, at_least=1, at_most=64),
            is_secure=_one_of(environment, "SAGAK_HTTPS", {"yes": True, "no": False}, "no"),
            hosts=(*_hosts(environment), "localhost", "127.0.0.1", host),  # the machine may always ask itself
            proxy=_proxy(environment),
            idle=timedelta(minutes=_whole(environment, "SAGAK_IDLE_MINUTES", 20, at_least=10, at_most=30)),
            absolute=timedelta(hours=_whole(environment, "SAGAK_SESSION_HOURS", 9, at_least=1, at_most=12)),
            contact=get("SAGAK_CONTACT", ""),
            overseer=get("SAGAK_OVERSEER", ""),
            sign_on=_sign_on(environment),
        )


def _whole(environment: Mapping[str, str], name: str, default: int, *, at_least: int, at_most: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and at_least <= int(text) <= at_most):
        raise UsageError(f"{name} is not a whole number from {at_least} to {at_most}.", hint=SITE[name])
    return int(text)


def _one_of(environment: Mapping[str, str], name: str, words: Mapping[str, _T], default: str) -> _T:
    text = environment.get(name, default)
    if text not in words:
        raise UsageError(f"{name} is none of {', '.join(words)}.", hint=SITE[name])
    return words[text]


def _hosts(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Names only: one with a port would never match what browsers send, and a star would match everything."""
    names = tuple(name.strip() for name in environment.get("SAGAK_HOSTS", "").split(",") if name.strip())
    if not all(map(_NAME_OF_HOST.fullmatch, names)):
        raise UsageError("SAGAK_HOSTS holds something that is not a name of a host.", hint=SITE["SAGAK_HOSTS"])
    return names


def _proxy(environment: Mapping[str, str]) -> str:
    """One address: whoever is believed about the caller's address decides what the trail says of it."""
    text = environment.get("SAGAK_PROXY", "")
    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError as error:
        raise UsageError("SAGAK_PROXY is not the address of one machine.", hint=SITE["SAGAK_PROXY"]) from error


def _sign_on(environment: Mapping[str, str]) -> "SignOn | None":
    from serving.service import SignOn

    names = ("SAGAK_OIDC_ISSUER", "SAGAK_OIDC_CLIENT", "SAGAK_OIDC_SECRET_FILE", "SAGAK_URL")
    if not any(environment.get(name) for name in names[:3]):
        return None
    if missing := [name for name in names if not environment.get(name)]:
        raise UsageError(f"{', '.join(missing)} is missing: the sign-on needs all four.", hint=SITE[missing[0]])
    for name in ("SAGAK_OIDC_ISSUER", "SAGAK_URL"):  # OpenID Connect Discovery 1.0, 3: in the open, anybody vouches
        if not environment[name].startswith("https://"):
            raise UsageError(f"{name} does not begin with https://: the sign-on needs it.", hint=SITE[name])
    secret = Path(environment["SAGAK_OIDC_SECRET_FILE"])
    try:
        if secret.stat().st_mode & 0o007:
            raise UsageError("Anybody on this machine may open the sign-on's secret.", hint=f"Run: chmod o= {secret}")
        word = secret.read_text(encoding="utf-8").strip()
        return SignOn(environment[names[0]], environment[names[1]], word, environment[names[3]].rstrip("/"))
    except UnicodeDecodeError as error:
        raise UsageError("The secret of the sign-on is not UTF-8 text.", hint=SITE[names[2]]) from error
    except OSError as error:
        raise UsageError(f"The secret of the sign-on cannot be read: {error.strerror}.", hint=SITE[names[2]]) from error
