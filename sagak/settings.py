"""Settings: read from the environment once, at the front door. Unknown ones are refused. The clock is read here too."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.calendar import SEOUL
from domain.errors import UsageError
from domain.keys import load_key, read_key
from domain.policy import Policy
from sagak.site import SITE

KNOWN = {
    "SAGAK_HOME": "folder that holds data/, models/ and mlruns/ (default: the current folder)",
    "SAGAK_POLICY": "policy file (default: policy.toml in the home folder, else the one that came with Sagak)",
    "SAGAK_OUTSIDE_DATA": "folder with survey files that are not part of the project; only tests look there",
    "SAGAK_KEY_FILE": "key of the pseudonyms (default: data/keys/pseudonym.key in the home folder)",
    "SAGAK_DATABASE": "address of the database (default: the SQLite file data/store/sagak.db in the home folder)",
    "SAGAK_STORE_KEY_FILE": "key that encrypts a SQLite database (default: data/keys/store.key)",
    "SAGAK_TRAIL_KEY_FILE": "key that seals the trail (default: data/keys/trail.key)",
    "SAGAK_CHECKPOINTS": "checkpoints of the trail, best on another machine (default: data/trail/checkpoints.txt)",
    **SITE,
}
_STORE_LOST = "With a new key the database cannot be opened."
_TRAIL_LOST = "With a new key the trail cannot be verified."
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
_OWN_POLICY = Path(__file__).parent / "policy.toml"
_CHECKOUT_POLICY = Path(__file__).parent.parent / "policy.toml"


def now() -> datetime:
    """The present moment in Seoul; the only place that reads the clock."""
    return datetime.now(SEOUL)


@dataclass(frozen=True)
class Settings:
    """Where everything lies. Folders are made when something is first written into them."""

    home: Path
    policy_file: Path
    key_file: Path
    database: str
    store_key_file: Path
    trail_key_file: Path
    checkpoints: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises `UsageError` for an unknown ``SAGAK_…`` variable: a misspelt setting must not be ignored."""
        unknown = sorted(name for name in environment if name.startswith("SAGAK_") and name not in KNOWN)
        if unknown:
            raise UsageError(f"Unknown setting {', '.join(unknown)}.", hint=f"Known: {', '.join(KNOWN)}.")
        home = Path(environment.get("SAGAK_HOME", ".")).resolve()
        if home.exists() and not home.is_dir():
            raise UsageError(f"The home {home} is a file.", hint="Set SAGAK_HOME to a folder.")
        candidates = [home / "policy.toml", _OWN_POLICY, _CHECKOUT_POLICY]
        default = next(path for path in candidates if path.exists() or path is candidates[-1])
        data = home / "data"
        return cls(
            home=home,
            policy_file=Path(environment.get("SAGAK_POLICY", default)),
            key_file=Path(environment.get("SAGAK_KEY_FILE", data / "keys" / "pseudonym.key")),
            database=_database(environment, f"sqlite:///{data / 'store' / 'sagak.db'}"),
            store_key_file=Path(environment.get("SAGAK_STORE_KEY_FILE", data / "keys" / "store.key")),
            trail_key_file=Path(environment.get("SAGAK_TRAIL_KEY_FILE", data / "keys" / "trail.key")),
            checkpoints=Path(environment.get("SAGAK_CHECKPOINTS", data / "trail" / "checkpoints.txt")),
        )

    def policy(self) -> Policy:
        try:
            return Policy.parse(tomllib.loads(self.policy_file.read_text(encoding="utf-8-sig")))
        except FileNotFoundError as error:
            raise UsageError(f"There is no policy file at {self.policy_file}.", hint="Set SAGAK_POLICY.") from error
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{self.policy_file} is not valid TOML: {error}.") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{self.policy_file} is not UTF-8 text.", hint="Save it as UTF-8.") from error
        except OSError as error:
            raise UsageError(
                f"{self.policy_file} cannot be read: {error.strerror}.", hint="Set SAGAK_POLICY."
            ) from error

    def kept_keys(self) -> tuple[bytes, bytes]:
        """The keys of a database and of its trail that was there before; none is drawn. Raises `NotFound`."""
        return read_key(self.store_key_file, lost=_STORE_LOST), read_key(self.trail_key_file, lost=_TRAIL_LOST)

    def pseudonym_key(self) -> bytes:
        return load_key(self.key_file, lost="A new key gives every household another pseudonym.")

    def store_key(self) -> bytes:
        return load_key(self.store_key_file, lost=_STORE_LOST)

    def trail_key(self) -> bytes:
        return load_key(self.trail_key_file, lost=_TRAIL_LOST)

    @property
    def raw(self) -> Path:
        return self.home / "data" / "raw"

    @property
    def core(self) -> Path:
        return self.home / "data" / "core"

    @property
    def vault(self) -> Path:
        return self.home / "data" / "vault"

    @property
    def recorded(self) -> Path:
        return self.home / "data" / "recorded"

    @property
    def matrices(self) -> Path:
        return self.home / "data" / "matrices"

    @property
    def scores(self) -> Path:
        return self.home / "data" / "scores"

    @property
    def tried(self) -> Path:
        return self.home / "data" / "tried"

    @property
    def lists(self) -> Path:
        return self.home / "data" / "lists"

    @property
    def exports(self) -> Path:
        return self.home / "data" / "exports"

    @property
    def truth(self) -> Path:
        return self.home / "data" / "truth"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def mlruns(self) -> Path:
        return self.home / "mlruns"


def _database(environment: Mapping[str, str], default: str) -> str:
    """The address is not repeated where it is wrong: it may hold a password."""
    address = environment.get("SAGAK_DATABASE", default)
    if not address.startswith(_DATABASES):
        raise UsageError(
            "SAGAK_DATABASE is no address of a database that Sagak works with.",
            hint="Write sqlite:////folder/file.db or postgresql+psycopg://role@host/name.",
        )
    return address
