"""What the service needs from outside, read once at start-up and handed to create_app."""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "for development only"  # noqa: S105  # known to everybody, and refused in production


class Settings(BaseSettings):
    """Every setting, by its environment variable in capitals; the README lists them with their meaning."""

    model_config = SettingsConfigDict(env_file=".env", frozen=True, extra="ignore")

    environment: Literal["dev", "test", "production"] = "production"
    database_url: str
    owner_database_url: str | None = None
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    public_url: str = "http://localhost:8000"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    operator_name_en: str = "Sample Operator (fictional)"
    operator_name_ja: str = "見本運営機構（架空）"
    smtp_url: str = "smtp://127.0.0.1:25"
    mail_from: str = "Madoguchi <window@madoguchi.example>"
    mail_catcher_dir: Path | None = None
    ctgov_url: str = "https://clinicaltrials.gov/api/v2"
    # Seconds between two questions to ClinicalTrials.gov, over all workers.
    ctgov_pause: float = Field(default=1.0, ge=0, le=60)
    # Whether what has changed at ClinicalTrials.gov is brought in every day without anybody asking for it.
    ctgov_sync: Literal["off", "daily"] = "off"
    # The address of jRCT, or of a registry like it; "off": nobody is asked.
    jrct_url: str = Field(default="off", pattern=r"^(off|https?://\S+)$")
    # Which permission the operator has to collect records comprehensively; empty: none.
    jrct_bulk_permission: str = ""
    preliminary_picture: Literal["on", "off"] = "on"
    session_days: int = Field(default=14, ge=1, le=90)
    # The days on which public offices are closed beside the holidays (行政機関の休日に関する法律, article 1).
    closing_days: str = Field(default="12-29,12-30,12-31,01-02,01-03", pattern=r"^(\s*((\d{4}-)?\d{2}-\d{2})?\s*,?)*$")
    confirmation_days: int = Field(default=30, ge=1, le=60)
    # Business days after the asking at which each reminder goes; none, one or two, rising.
    confirmation_reminders: str = Field(default="5,10", pattern=r"^(\s*\d{1,2}\s*(,\s*\d{1,2}\s*)?)?$")
    sign_in_minutes: int = Field(default=15, ge=1, le=60)

    @property
    def served_over_https(self) -> bool:
        """Whether readers reach the service over https, so that cookies can insist on it."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def demonstration(self) -> bool:
        """Whether invented data may be shown: never in production."""
        return self.environment != "production"

    @model_validator(mode="after")
    def refuse_what_is_unsafe_in_production(self) -> Self:
        """Refuse to start in production with a known secret, without https, or with mail that strangers could read."""
        if self.environment != "production":
            return self
        if len(self.secret_key.get_secret_value()) < 32 or self.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
            raise ValueError("SECRET_KEY must be set in production, to at least 32 characters that nobody else knows")
        if self.ctgov_pause < 1:
            raise ValueError("CTGOV_PAUSE must be at least 1 in production: one question a second")
        if not self.served_over_https:
            raise ValueError("PUBLIC_URL must begin with https:// in production")
        if self.mail_catcher_dir is not None:
            raise ValueError("MAIL_CATCHER_DIR must not be set in production: it shows every mail to every visitor")
        if "fictional" in self.operator_name_en or "架空" in self.operator_name_ja:
            raise ValueError("OPERATOR_NAME_EN and OPERATOR_NAME_JA must name the operator in production")
        return self
