"""Settings of a site: what makes no sense is refused with the setting's name and never with its value."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import UsageError
from sagak.settings import Settings
from sagak.site import SITE, Site


def site(**settings: str) -> Site:
    return Site.from_environment(settings)


def sign_on(folder: Path) -> Mapping[str, str]:
    (folder / "secret").write_text("agreed with the sign-on\n", encoding="utf-8")
    (folder / "secret").chmod(0o640)
    return {
        "SAGAK_OIDC_ISSUER": "https://login.example",
        "SAGAK_OIDC_CLIENT": "sagak",
        "SAGAK_OIDC_SECRET_FILE": str(folder / "secret"),
        "SAGAK_URL": "https://sagak.example/",
    }


def test_without_settings_only_this_machine_is_served() -> None:
    found = site()
    assert (found.host, found.port, found.workers, found.is_secure) == ("127.0.0.1", 8000, 1, False)
    assert set(found.hosts) == {"localhost", "127.0.0.1"}
    assert (found.proxy, found.sign_on) == ("", None)
    assert (found.idle, found.absolute) == (timedelta(minutes=20), timedelta(hours=9))
    assert not found.is_reached_from_elsewhere


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAGAK_PORT", "0"),
        ("SAGAK_PORT", "65536"),
        ("SAGAK_PORT", "80 80"),
        ("SAGAK_PORT", "٨٠٨٠"),
        ("SAGAK_PORT", "9" * 5000),
        ("SAGAK_WORKERS", "-1"),
        ("SAGAK_WORKERS", "two"),
        ("SAGAK_IDLE_MINUTES", "9"),
        ("SAGAK_IDLE_MINUTES", "31"),
        ("SAGAK_SESSION_HOURS", "13"),
        ("SAGAK_HTTPS", "true"),
        ("SAGAK_HTTPS", ""),
        ("SAGAK_HOSTS", "*"),
        ("SAGAK_HOSTS", "sagak.example:443"),
        ("SAGAK_HOSTS", "https://sagak.example"),
        ("SAGAK_PROXY", "*"),
        ("SAGAK_PROXY", "10.0.0.0/8"),
        ("SAGAK_PROXY", "proxy"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name) as refused:
        site(**{name: value})
    assert refused.value.hint == SITE[name]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_these_addresses_are_this_machine_alone(host: str) -> None:
    assert not site(SAGAK_HOST=host).is_reached_from_elsewhere


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "sagak.example"])
def test_these_addresses_are_reached_from_elsewhere(host: str) -> None:
    assert site(SAGAK_HOST=host).is_reached_from_elsewhere


def test_the_address_told_can_be_typed_into_a_browser() -> None:
    assert site().address == "http://127.0.0.1:8000"
    assert site(SAGAK_HOST="::1", SAGAK_PORT="81").address == "http://[::1]:81"


def test_names_of_hosts_are_separated_by_commas() -> None:
    assert site(SAGAK_HOSTS=" sagak.example, 10.1.2.3 ,").hosts[:2] == ("sagak.example", "10.1.2.3")


def test_the_machine_itself_may_always_ask_whether_it_is_well() -> None:
    assert {"localhost", "127.0.0.1"} < set(site(SAGAK_HOSTS="sagak.example").hosts)


def test_the_sign_on_needs_all_its_settings(tmp_path: Path) -> None:
    whole = sign_on(tmp_path)
    found = site(**whole).sign_on
    assert found is not None
    assert (found.client_secret, found.base_url) == ("agreed with the sign-on", "https://sagak.example")
    assert "agreed" not in repr(site(**whole))
    for name in whole:
        rest = {other: value for other, value in whole.items() if other != name}
        with pytest.raises(UsageError, match=f"^{name} is missing"):
            site(**rest)


def test_an_address_alone_is_no_sign_on() -> None:
    assert site(SAGAK_URL="https://sagak.example").sign_on is None


@pytest.mark.parametrize("name", ["SAGAK_URL", "SAGAK_OIDC_ISSUER"])
def test_a_sign_on_is_never_reached_in_the_open(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} .* https"):
        site(**sign_on(tmp_path) | {name: "http://sagak.example"})


def test_a_secret_that_anybody_may_read_is_refused(tmp_path: Path) -> None:
    settings = sign_on(tmp_path)
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(UsageError, match="Anybody on this machine"):
        site(**settings)


def test_a_secret_that_cannot_be_read_is_told_without_it(tmp_path: Path) -> None:
    settings = sign_on(tmp_path)
    (tmp_path / "secret").write_bytes(b"\xff\xfe secret")
    with pytest.raises(UsageError, match="not UTF-8"):
        site(**settings)
    (tmp_path / "secret").unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        site(**settings)


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://root:hunter2@db/sagak", "postgresql://db/sagak"])
def test_an_address_that_is_no_database_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError, match="SAGAK_DATABASE") as refused:
        Settings.from_environment({"SAGAK_DATABASE": address})
    assert "hunter2" not in f"{refused.value} {refused.value.hint}"
