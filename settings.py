"""All settings of the help desk in one typed object.

Values come, strongest first, from keyword arguments, `CCHC_…` environment variables, `cchc.toml` in the
working directory (or the file named by `CCHC_CONFIG`), and the defaults below. Unknown keys are refused, so a
misspelt setting is an error instead of a silence. Secrets are `SecretStr` and never printed.
"""

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ENV_PREFIX = "CCHC_"
#: Environment variables of the project that are not settings of the desk.
_NOT_SETTINGS = {"CCHC_CONFIG"}


class SettingsError(Exception):
    """A setting is unknown or its value cannot be used; the message says which and what to do."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, extra="forbid", frozen=True, validate_default=True
    )

    data_dir: Path = Field(Path("data"), description="Folder of everything the desk stores.")
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy DSN; empty: SQLite file `corpus.db` in the data folder."
    )

    people_database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy DSN of what is kept about askers; empty: `people.db` in the data folder.",
    )
    conversation_idle_minutes: float = Field(
        30, gt=0, description="A conversation is over when nobody asked for so long, minutes."
    )
    retention_days: float = Field(
        90,
        gt=0,
        description="Questions, answers and feedback are kept for so long, days; then they are erased.",
    )
    outbox_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="Encrypts the addresses of messages on their way; 32 characters or more. Empty: made once, in the data "
        "folder.",
    )
    operator_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Password of the operator's pages; 16 characters or more. Empty: there are no such pages.",
    )

    embedder: str = Field(
        "e5-small-vi-law",
        description="`e5-small-vi-law` (shipped, no torch), `off` (keyword search only), or the name or folder of "
        "any sentence-transformers model (needs the `models` extra).",
    )
    embedder_threads: int = Field(2, ge=1, le=64, description="Threads of the embedder.")
    vector_weight: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of the vector score in the fused score; keyword search has the rest. Measured: "
        "docs/decisions/0005-fusion-of-normalised-scores.md.",
    )

    read_max_bytes: int = Field(100_000_000, ge=1, description="Largest file that is read, bytes.")
    read_timeout_s: float = Field(300, gt=0, description="Longest time one file may take to read, seconds.")
    read_max_memory_mb: int = Field(2048, ge=256, description="Memory a file's reader may use, MB.")
    ocr: Literal["auto", "off"] = Field(
        "auto", description="`auto`: scanned pages are read by tesseract where it is installed; `off`: never."
    )
    ocr_page_timeout_s: float = Field(
        30,
        gt=0,
        description="Longest time OCR may take for one page, seconds; a file gets so much more time per scanned page.",
    )
    ingest_workers: int = Field(
        0, ge=0, le=64, description="Files read at the same time, one process each; 0 = as many as cores."
    )
    archive_max_files: int = Field(10_000, ge=1, description="Most files of one ZIP.")
    archive_max_bytes: int = Field(4_000_000_000, ge=1, description="Largest ZIP when unpacked, bytes.")
    download_timeout_s: float = Field(120, gt=0, description="Longest time one download may take, seconds.")
    download_delay_s: float = Field(1, ge=0, description="Pause between two requests to one host, seconds.")
    download_allow_private: bool = Field(
        False,
        description="**Unsafe**: download from addresses of the own network too; for tests and closed networks only.",
    )
    watch_interval_s: float = Field(
        5, gt=0, description="Pause between two looks at a watched folder, seconds."
    )
    watch_settle_s: float = Field(
        10, ge=0, description="A watched file is read when it stood still for so long, seconds."
    )
    watch_publish_s: float = Field(
        60, ge=0, description="While files keep coming, the index is published at most this often, seconds."
    )

    question_max_chars: int = Field(2000, ge=50, description="Longest question that is answered, characters.")
    contact: str = Field("", description="Whom to ask when the desk has no answer; shown in refusals.")

    public_url: str = Field(
        "",
        description="Address of this server for people, e.g. `https://hoi.sonoivu.gov.vn`; links in channels.",
    )
    channel_timeout_s: float = Field(
        10, gt=0, le=50, description="Longest time Telegram or Zalo may take for one call, seconds."
    )
    telegram_token: SecretStr | None = Field(None, description="Token of the Telegram bot.")
    telegram_secret: SecretStr | None = Field(
        None, description="Secret of the Telegram webhook; without it the webhook is off."
    )
    telegram_url: str = Field("https://api.telegram.org", description="Telegram Bot API.")
    telegram_length_max: int = Field(
        4096, ge=500, le=4096, description="Longest Telegram message, UTF-16 units."
    )
    zalo_oa_app_id: str = Field("", description="Id of the application of the Zalo Official Account.")
    zalo_oa_secret: SecretStr | None = Field(
        None, description="OA secret key, which signs the webhook; without it and the id the webhook is off."
    )
    zalo_oa_app_secret: SecretStr | None = Field(
        None, description="Secret key of the application, for its tokens; empty: `CCHC_ZALO_OA_SECRET`."
    )
    zalo_oa_access_token: SecretStr | None = Field(
        None, description="First access token of the account; renewed ones are kept in the data folder."
    )
    zalo_oa_refresh_token: SecretStr | None = Field(
        None, description="First refresh token; a new value here replaces what is kept."
    )
    zalo_oa_name: str = Field(
        "", description="Name by which the account is mentioned in groups (`@…`); empty: commands only there."
    )
    zalo_oa_url: str = Field("https://openapi.zalo.me", description="Zalo OpenAPI.")
    zalo_oa_oauth_url: str = Field(
        "",
        description="Zalo OAuth; empty: `https://oauth.zaloapp.com`, or `CCHC_ZALO_OA_URL` where that was changed.",
    )
    zalo_bot_token: SecretStr | None = Field(None, description="Token of the bot on the Zalo Bot Platform.")
    zalo_bot_secret: SecretStr | None = Field(
        None, description="Secret of the Zalo bot's webhook; without it the webhook is off."
    )
    zalo_bot_url: str = Field("https://bot-api.zaloplatforms.com", description="Zalo Bot API.")
    zalo_length_max: int = Field(2000, ge=500, le=2000, description="Longest Zalo message, characters.")
    zalo_bubbles_max: int = Field(2, ge=1, le=8, description="Most Zalo messages for one answer.")
    llm_url: str = Field(
        "",
        description="OpenAI-compatible server whose model words the answers anew, up to `/v1`; empty: quotes only, nothing "
        "leaves the machine. Needs the `llm` extra.",
    )
    llm_model: str = Field("", description="Name of that model.")
    llm_key: SecretStr | None = Field(None, description="Key for that server, if it asks for one.")
    llm_deadline_s: float = Field(
        20, gt=0, le=600, description="Longest wait for that model, seconds; after it the quotes are sent."
    )

    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the server listens on.")
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of the proxies in front, with commas: only their `X-Forwarded-For` says who asks.",
    )
    rate_limit_per_minute: int = Field(
        0,
        ge=0,
        description="Questions a minute of one person: a web session, a chat user, else the client address; 0 = off.",
    )
    rate_limit_per_address: int = Field(
        0,
        ge=0,
        description="Questions a minute of one client address with all its sessions, for offices behind one address; "
        "0 = `CCHC_RATE_LIMIT_PER_MINUTE`.",
    )
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Keys of callers with a limit of their own, with commas; make them with `openssl rand -hex 24`.",
    )
    rate_limit_per_key: int = Field(600, ge=0, description="Questions a minute of one API key; 0 = no limit.")
    rate_limit_storage: SecretStr | None = Field(
        None,
        description="Store in which several processes count together, e.g. `redis://host:6379` (needs the `redis` extra); "
        "empty: each counts alone.",
    )

    @field_validator("api_keys", "trusted_proxies", "widget_origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [one for one in re.split(r"[\s,]+", value) if one] if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            try:
                ipaddress.ip_network(one)
            except ValueError:
                raise ValueError(f"{one} không phải địa chỉ IP hoặc dải mạng như 10.0.0.0/24") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        address = urlsplit(value)
        if value and (
            address.scheme not in ("http", "https") or not address.hostname or "@" in address.netloc
        ):
            raise ValueError("phải có dạng https://hoidap.tinh.gov.vn")
        return value.rstrip("/")

    widget_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Other sites whose pages may embed the widget, as in `https://xa.tinh.gov.vn`, separated by spaces or "
        "commas; empty: none.",
    )

    @field_validator("llm_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        address = urlsplit(value)
        if value and (address.scheme not in ("http", "https") or not address.hostname):
            raise ValueError("phải có dạng http://máy:cổng/v1 hoặc https://máy/v1")
        if "@" in address.netloc:  # it is shown by the doctor
            raise ValueError("không viết mật khẩu trong địa chỉ, hãy đặt CCHC_LLM_KEY")
        return value

    @field_validator("llm_model")
    @classmethod
    def _goes_with_address(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("llm_url") and not value.strip():
            raise ValueError("CCHC_LLM_URL cần tên mô hình, hãy đặt CCHC_LLM_MODEL")
        return value

    @field_validator("widget_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_origin(word) for word in value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = Path(os.environ.get("CCHC_CONFIG", "cchc.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file)

    @property
    def dsn(self) -> str:
        """SQLAlchemy URL of the corpus database."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.absolute() / 'corpus.db'}"

    @property
    def people_dsn(self) -> str:
        """SQLAlchemy URL of the database of what is kept about askers."""
        if self.people_database_url is not None:
            return self.people_database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.absolute() / 'people.db'}"

    @property
    def index_dir(self) -> Path:
        return self.data_dir / "index"


def _origin(word: str) -> str:
    """The site as a browser spells it in `Origin`. Raises ValueError where it is not one."""
    address = urlsplit(word)
    host = (address.hostname or "").encode("idna").decode()
    if address.scheme not in ("http", "https") or word.rstrip("/") != f"{address.scheme}://{address.netloc}":
        raise ValueError(f"“{word}” phải có dạng https://cong.tinh.gov.vn, không có đường dẫn")
    if not host or "*" in host or "@" in address.netloc:
        raise ValueError(f"“{word}” phải nêu đủ tên máy, không dùng dấu * hay tên đăng nhập")
    usual = {"http": 80, "https": 443}[address.scheme]
    host = f"[{host}]" if ":" in host else host
    return f"{address.scheme}://{host}" + (f":{address.port}" if address.port not in (None, usual) else "")


def load_settings(**overrides: Any) -> Settings:
    """The settings in force. Raises `SettingsError` with one line per problem."""
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(k for k in os.environ if k.startswith(ENV_PREFIX) and k not in known | _NOT_SETTINGS)
    if unknown:
        raise SettingsError(
            f"Không có cài đặt {', '.join(unknown)}. Các cài đặt: {', '.join(sorted(known))}."
        )
    config = os.environ.get("CCHC_CONFIG")
    if config and not Path(config).is_file():
        raise SettingsError(f"CCHC_CONFIG chỉ tới {config}, nhưng không có tệp này.")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SettingsError("Cài đặt không dùng được. " + "; ".join(lines)) from None
    except ValueError as error:  # a cchc.toml that is not TOML
        raise SettingsError(f"Không đọc được {config or 'cchc.toml'}: {error}") from None
