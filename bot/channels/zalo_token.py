"""The pair of tokens of a Zalo Official Account, renewed by one process at a time and never lost half-way.

A refresh token works once: whoever uses it must store the new pair before anybody else looks. So renewing happens
under a file lock in the data folder, which replicas share, and the file is replaced in one step. Called by `zalo_oa`
and by `cchc bot zalo-oa --authorise`.
"""

import base64
import fcntl
import hashlib
import json
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx

from bot.channels.channel import Wait
from settings import Settings

log = logging.getLogger("cchc.channels")

#: Zalo's own hosts; `CCHC_ZALO_OA_URL` stands for both where it was changed.
OAUTH_URL = "https://oauth.zaloapp.com"
#: An access token is renewed so many seconds before its end.
EARLY_S = 300
#: Seconds an access token holds where Zalo does not say: about 25 hours.
ACCESS_S = 90_000
#: Until a person authorises the account anew, looking again sooner is no use.
UNTIL_AUTHORISED_S = 900.0


class NotAuthorised(Wait):
    """There is no token that works; a person has to authorise the account."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; chạy: cchc bot zalo-oa --authorise", UNTIL_AUTHORISED_S)


@dataclass(frozen=True, slots=True)
class Pair:
    access: str
    refresh: str
    ends_at: float  # of the access token, seconds since 1970; 0: not known
    given: str  # digest of the refresh token in the settings that this pair descends from


class ZaloTokens:
    """May be used by several threads and processes at once. Every method blocks: call it in a thread."""

    def __init__(self, settings: Settings) -> None:
        own = settings.zalo_oa_oauth_url
        changed = settings.zalo_oa_url if "openapi.zalo.me" not in settings.zalo_oa_url else ""
        self._url = (own or changed or OAUTH_URL).rstrip("/")
        self._app_id = settings.zalo_oa_app_id
        secret = settings.zalo_oa_app_secret or settings.zalo_oa_secret
        self._secret = secret.get_secret_value() if secret else ""
        access, refresh = settings.zalo_oa_access_token, settings.zalo_oa_refresh_token
        self._first_access = access.get_secret_value() if access else ""
        self._first_refresh = refresh.get_secret_value() if refresh else ""
        self._timeout_s = settings.channel_timeout_s
        self._file = settings.data_dir.absolute() / "zalo-oa-tokens.json"

    def access(self) -> str:
        """A token that should work now. Raises `NotAuthorised` or `Wait`."""
        pair = self._held()
        if pair.access and (not pair.ends_at or pair.ends_at - EARLY_S > time.time()):
            return pair.access
        return self.renewed(pair.access)

    def renewed(self, stale: str) -> str:
        """A token other than `stale`, which Zalo no longer takes. Raises `NotAuthorised` or `Wait`."""
        with self._locked():
            pair = self._held()
            if pair.access != stale and pair.access:
                return pair.access  # another process was here before
            if not pair.refresh:
                raise NotAuthorised("Zalo OA chưa được cấp quyền")
            fields = {"grant_type": "refresh_token", "refresh_token": pair.refresh}
            return self._asked_for(fields, pair.given)

    def authorise_url(self, back: str, verifier: str) -> str:
        """Where the account's administrator allows the application to answer; Zalo sends him to `back` with a code."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "app_id": self._app_id,
            "redirect_uri": back,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "state": secrets.token_urlsafe(16),
        }
        return f"{self._url}/v4/oa/permission?{urlencode(query)}"

    def authorised(self, code: str, verifier: str) -> None:
        """Exchange the code for the first pair. Raises `NotAuthorised` or `Wait`."""
        fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        with self._locked():
            self._asked_for(fields, _digest(self._first_refresh))

    def _asked_for(self, fields: dict[str, str], given: str) -> str:
        """A new pair from Zalo, stored; gives its access token. The lock must be held."""
        try:
            reply = httpx.post(
                f"{self._url}/v4/oa/access_token",
                data={"app_id": self._app_id, **fields},
                headers={"secret_key": self._secret},
                timeout=self._timeout_s,
            )
            said = reply.json()
        except httpx.HTTPError as error:
            raise Wait(f"Zalo OAuth: {type(error).__name__}") from None
        except ValueError:
            raise Wait(f"Zalo OAuth: HTTP {reply.status_code}") from None
        said = said if isinstance(said, dict) else {}
        access, refresh = said.get("access_token"), said.get("refresh_token")
        if not access or not refresh:
            reason = f"Zalo không cấp mã truy cập mới ({said.get('error', reply.status_code)})"
            if reply.status_code >= 500 or not said.get("error"):
                raise Wait(reason)
            log.error("%s", NotAuthorised(reason))
            raise NotAuthorised(reason)
        try:
            lasts_s = float(said.get("expires_in") or ACCESS_S)
        except (TypeError, ValueError):
            lasts_s = ACCESS_S
        self._store(Pair(str(access), str(refresh), time.time() + lasts_s, given))
        return str(access)

    def _held(self) -> Pair:
        """What is kept; the pair of the settings where that is newer."""
        given = _digest(self._first_refresh)
        try:
            kept = Pair(**json.loads(self._file.read_text("utf-8")))
            if kept.given == given:
                return kept
        except FileNotFoundError:
            pass
        except (ValueError, TypeError):
            log.error("%s cannot be read; the tokens of the settings are used", self._file.name)
        return Pair(self._first_access, self._first_refresh, 0.0, given)

    def _store(self, pair: Pair) -> None:
        fresh = self._file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(pair), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._lock_file().open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lock_file(self) -> Path:
        return self._file.with_suffix(".lock")


def new_verifier() -> str:
    """The secret half of an authorisation (PKCE)."""
    return secrets.token_urlsafe(48)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() if token else ""
