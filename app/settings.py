"""The environment, read once. Nothing else in the code looks at os.environ."""

import os
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.demands import NEEDED, NEEDED_FOR_EVENTS, NEEDED_OF_DATABASE, wrong_with
from internal.paid import Limits
from internal.times import Times

LAPTOP_TIMES = Times(
    lease=timedelta(seconds=6),
    heartbeat=timedelta(seconds=2),
    undispatched=timedelta(seconds=2),
    unleased=timedelta(seconds=10),
    backoff_first=timedelta(seconds=2),
    backoff_most=timedelta(seconds=60),
)


#: what is refused is named by field, never shown: it may be a secret
CONFIG = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class VertexSettings(BaseSettings):
    """Of Vertex AI: all that a command needs which asks nobody else."""

    model_config = CONFIG

    google_project: str = ""
    #: a local server that speaks Vertex AI's API
    vertex_endpoint: str | None = None
    gemini_model: str = "gemini-3.5-flash-lite"
    gemini_location: str = "global"
    veo_model: str = "veo-3.1-lite-generate-001"
    veo_location: str = "us-central1"
    prompts_location: str = "us-central1"


class ServingSettings(BaseSettings):
    """How a process serves: all that gunicorn asks before the app is made."""

    model_config = CONFIG

    serve: Literal["web", "worker", "all"] = "all"
    #: requests answered at once; each stream takes one for as long as it lasts
    threads: int | None = Field(default=None, ge=2, le=10_000)
    #: seconds after which a client that sends or reads nothing has left
    stalled_after: float = Field(default=30.0, gt=0, le=600)

    @property
    def most_at_once(self) -> int:
        """A worker renders on all cores as it is: more threads would only wait."""
        return self.threads or (16 if self.serve == "worker" else 1000)

    @property
    def most_streams(self) -> int:
        """Fewer than threads, so that there is always one for everything else."""
        return self.most_at_once * 9 // 10


class SignInSettings(BaseSettings):
    """Who may use the service, and who proves it: Google, or any other issuer of OpenID Connect."""

    model_config = CONFIG

    auth: Literal["none", "google"] = "none"
    sign_in_client_id: str = ""
    sign_in_client_secret: str = Field(default="", repr=False)
    sign_in_issuer: str = Field(default="https://accounts.google.com", min_length=1)
    #: where browsers are sent
    sign_in_address: str = Field(default="https://accounts.google.com/o/oauth2/v2/auth", min_length=1)
    sign_in_token_url: str = Field(default="https://oauth2.googleapis.com/token", min_length=1)
    sign_in_certs_url: str = Field(default="https://www.googleapis.com/oauth2/v1/certs", min_length=1)
    #: addresses and domains, as `internal.accounts.AllowList` takes them
    allowed: tuple[str, ...] = ()
    #: seals access tokens and what a browser brings back from the sign-in
    session_key: str = Field(default="", repr=False)


class Settings(VertexSettings, ServingSettings, SignInSettings):
    """Each field is the environment variable of the same name in upper case; the README's table explains them."""

    #: fields without which it is not made
    needed: ClassVar[tuple[str, ...]] = NEEDED

    profile: Literal["laptop", "cloud"] = "laptop"
    #: the laptop's folder of state
    state: Path = Path(".daylog")

    #: holds a password
    database_url: str = Field(default="", repr=False)
    tasks_endpoint: str | None = None
    tasks_queue: str = ""
    tasks_target: str = ""
    tasks_service_account: str = ""
    scheduler_service_account: str = ""
    tasks_audience: str = ""
    #: whose vlogs are made by the version that does not serve yet, and the queue that leads to it
    smoke_account: str = ""
    smoke_queue: str = ""
    tasks_issuer: str = Field(default="https://accounts.google.com", min_length=1)
    tasks_certs_url: str = Field(default="https://www.googleapis.com/oauth2/v1/certs", min_length=1)
    task_auth: Literal["app", "iam"] = "app"
    work_endpoint: str | None = None
    work_bucket: str = ""
    #: PEM file of the certificate that a local work store shows
    work_certificate: Path | None = None
    media_endpoint: str = ""
    media_bucket: str = ""
    media_access_key: str = Field(default="", repr=False)
    media_secret_key: str = Field(default="", repr=False)
    #: where browsers find us
    public_url: str = ""
    #: names that requests may be addressed to
    hosts: tuple[str, ...] = ()

    analyst: Literal["measured", "gemini"] = "measured"
    generator: Literal["panned", "veo"] = "panned"
    #: US dollars: for one vlog whose user names no limit; for one user and for all of them in 24 hours
    vlog_cost: float = Field(default=Limits().vlog, ge=0)
    owner_daily_cost: float = Field(default=Limits().owner_day, ge=0)
    daily_cost: float = Field(default=Limits().service_day, ge=0)
    submissions_per_minute: int = Field(default=Limits().submissions, ge=1)
    #: the folder of the gazetteer's file; STATE/places if not given
    places: Path | None = None
    streams_per_user: int = Field(default=12, ge=1)
    #: seconds between the pings of a stream: less than the idle time of any proxy on the way
    ping_every: float = Field(default=15.0, gt=0, le=60)
    #: seconds for which what was read of a vlog answers those who poll it; 0: each poll reads its row
    snapshot_age: float = Field(default=1.0, ge=0, le=10)
    most_body_bytes: int = Field(default=30 * 1024 * 1024, gt=0)
    #: seconds
    lease: float | None = Field(default=None, gt=0)
    heartbeat: float | None = Field(default=None, gt=0)
    dispatch_deadline: float | None = Field(default=None, ge=15, le=1800)
    submit_timeout: float | None = Field(default=None, gt=0)
    unknown_for: float | None = Field(default=None, gt=0)
    first_poll: float | None = Field(default=None, ge=0)
    poll_every: float | None = Field(default=None, gt=0)
    undo_for: float | None = Field(default=None, ge=0, le=1800)
    #: the film's short side in pixels, for tests
    short_side: int | None = Field(default=None, ge=16, le=1080)
    #: child processes that render at once; all cores if not given
    render_cores: int | None = Field(default=None, ge=1)
    #: a named point at which to be killed, for tests
    crash_at: str = ""

    @field_validator("work_endpoint", mode="before")
    @classmethod
    def _none_if_empty(cls, given: object) -> object:
        """So that the environment can say "Google's" where the laptop's supervisor wrote its own."""
        return given or None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Names everything that is missing at once."""
        if wrong := wrong_with(self):
            raise ValueError("; ".join(wrong))
        return self

    @property
    def times(self) -> Times:
        base = LAPTOP_TIMES if self.profile == "laptop" else Times()
        if self.generator == "panned":
            # it has made the clip by the time it answers; and a clip that nobody knows of may well be made again
            base = replace(base, first_poll=timedelta(0), unknown_for=timedelta(0))
        named = {one.name for one in fields(base)} & set(type(self).model_fields)
        given: dict[str, Any] = {
            name: timedelta(seconds=value) for name in named if (value := getattr(self, name)) is not None
        }
        return replace(base, **given)

    @property
    def limits(self) -> Limits:
        return Limits(self.vlog_cost, self.owner_daily_cost, self.daily_cost, self.submissions_per_minute)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then on a laptop what its supervisor wrote."""
        if os.environ.get("PROFILE", "laptop") != "laptop":
            return init_settings, env_settings
        state = init_settings().get("state") or os.environ.get("STATE", ".daylog")
        written = Path(state) / "settings.json"
        return init_settings, env_settings, JsonConfigSettingsSource(settings_cls, json_file=written)


class EventSettings(Settings):
    """Of the function for Cloud Storage's events."""

    needed = NEEDED_FOR_EVENTS


class DatabaseSettings(Settings):
    """Of a command that asks the database alone."""

    needed = NEEDED_OF_DATABASE
