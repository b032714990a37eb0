"""The composition root: the one place that chooses an adapter for each port."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from app.lazily import when_used
from app.settings import Settings, VertexSettings
from internal import faults
from internal.ports import (
    Accounts,
    CallerCheck,
    Composer,
    Gazetteer,
    MediaAnalyst,
    MediaProbe,
    MediaStore,
    MusicLibrary,
    PromptLibrary,
    SceneGenerator,
    Services,
    SignIn,
    TaskQueue,
    WorkStore,
)

# Adapters are imported where they are chosen, and chosen when first used: a process pays only for what it uses.
# A web process never loads the decoders, and is up in half a second.


def connect(settings: Settings) -> Services:
    """Fill every port. Connects to nothing yet. `Settings` has refused every word that no `case` below knows."""
    from infra.postgres.store import PostgresStore

    if settings.crash_at:
        faults.arm(settings.crash_at)
    work, films = when_used(lambda: work_store(settings)), when_used(lambda: composer(settings))
    return Services(
        store=PostgresStore(settings.database_url, settings.times),
        queue=when_used(lambda: queue(settings)),
        callers=when_used(lambda: callers(settings)),
        work=work,
        media=when_used(lambda: media_store(settings)),
        probe=when_used(probe),
        analyst=when_used(lambda: analyst(settings, work)),
        gazetteer=when_used(lambda: gazetteer(settings)),
        music=when_used(music),
        composer=films,
        generator=when_used(lambda: generator(settings, films, work)),
        clock=lambda: datetime.now(UTC),
        times=settings.times,
        sign_in=sign_in(settings),
        limits=settings.limits,
        short_side=settings.short_side,
    )


def queue(settings: Settings) -> TaskQueue:
    from infra.queue.cloud_tasks import CloudTasksQueue, Target

    target = Target(
        queue=settings.tasks_queue,
        url=f"{settings.tasks_target}/internal/tasks/create-vlog",
        service_account=settings.tasks_service_account,
        audience=settings.tasks_audience,
        deadline=settings.times.dispatch_deadline,
        endpoint=settings.tasks_endpoint,
        smoke_queue=settings.smoke_queue,
    )
    return CloudTasksQueue(target)


def callers(settings: Settings) -> CallerCheck:
    from infra.callers.google import IamCallerCheck, OidcCallerCheck
    from infra.callers.tokens import Expected

    expected = Expected(
        audience=settings.tasks_audience,
        accounts=frozenset({settings.tasks_service_account, settings.scheduler_service_account}),
        issuers=frozenset({settings.tasks_issuer}),
    )
    match settings.task_auth:
        case "app":
            return OidcCallerCheck(expected, settings.tasks_certs_url)
        case "iam":
            return IamCallerCheck(expected)


def sign_in(settings: Settings) -> SignIn | None:
    match settings.auth:
        case "none":
            return None
        case "google":
            return when_used(lambda: provider(settings))


def provider(settings: Settings) -> SignIn:
    from infra.callers.people import OidcSignIn, Provider

    known = Provider(
        issuer=settings.sign_in_issuer,
        address=settings.sign_in_address,
        token_url=settings.sign_in_token_url,
        certs_url=settings.sign_in_certs_url,
        client_id=settings.sign_in_client_id,
        client_secret=settings.sign_in_client_secret,
        redirect_uri=f"{settings.public_url}/sign-in/callback",
    )
    return OidcSignIn(known)


def work_store(settings: Settings) -> WorkStore:
    from infra.work_store.gcs import GcsWorkStore

    return GcsWorkStore(settings.work_endpoint, settings.work_bucket, settings.work_certificate)


def media_store(settings: Settings) -> MediaStore:
    from infra.media_store.r2 import R2MediaStore

    return R2MediaStore(
        settings.media_endpoint, settings.media_bucket, settings.media_access_key, settings.media_secret_key
    )


def probe() -> MediaProbe:
    from infra.probe.ranged_probe import RangedProbe

    return RangedProbe()


def analyst(settings: Settings, work: WorkStore) -> MediaAnalyst:
    match settings.analyst:
        case "measured":
            from infra.analyst.measured import MeasuredAnalyst

            return MeasuredAnalyst()
        case "gemini":
            from infra.analyst.gemini import GeminiAnalyst

            return GeminiAnalyst(
                settings.google_project,
                settings.gemini_location,
                settings.gemini_model,
                work,
                settings.vertex_endpoint,
            )


def gazetteer(settings: Settings) -> Gazetteer:
    from infra.gazetteer.geonames import GeoNames

    return GeoNames(settings.places or settings.state / "places")


def music() -> MusicLibrary:
    from infra.music.bundled import BundledMusic

    return BundledMusic()


def composer(settings: Settings) -> Composer:
    from infra.composer.pyav import PyavComposer

    return PyavComposer(cores=settings.render_cores)


def check_machine() -> None:
    """For who renders. Raises RuntimeError that says what the machine lacks."""
    from infra.composer.machine import check

    check()


def generator(settings: Settings, films: Composer, work: WorkStore) -> SceneGenerator:
    match settings.generator:
        case "panned":
            from infra.generator.panned import PannedGenerator

            return PannedGenerator(films, work, settings.short_side)
        case "veo":
            from infra.generator.veo import VeoGenerator

            return VeoGenerator(
                settings.google_project,
                settings.veo_location,
                settings.veo_model,
                work,
                settings.times.submit_timeout,
                settings.vertex_endpoint,
            )


def prompt_library(settings: VertexSettings) -> PromptLibrary:
    """Of no service: for an operator's command."""
    from infra.prompts.vertex import VertexPrompts

    return VertexPrompts(
        settings.google_project, settings.prompts_location, settings.gemini_model, settings.vertex_endpoint
    )


@contextmanager
def accounts(settings: Settings) -> Iterator[Accounts]:
    """Of no service: for an operator's command."""
    from infra.postgres.store import PostgresStore

    with closing(PostgresStore(settings.database_url, settings.times)) as store:
        yield store


def migrate(settings: Settings) -> None:
    from infra.postgres.migrate import migrate as bring_up_to_date

    bring_up_to_date(settings.database_url)
