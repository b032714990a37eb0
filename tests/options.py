"""Options of our test run, and the tests that need programs which are not there."""

from collections.abc import Callable

import pytest

#: under this name a test's report carries what it tells whoever reads the run
TOLD = "told"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("daylog")
    group.addoption("--no-skips", action="store_true", help="a skipped test fails the run, as in CI")
    group.addoption("--soak", action="store_true", help="long runs: every fault, hundreds of random ones")
    group.addoption("--seed", type=int, default=1, help="what the fault runs choose by")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Long runs take as long as they take."""
    if config.getoption("--soak"):
        config.option.timeout = 0


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for report in terminalreporter.stats.get("passed", ()):
        for name, text in report.user_properties:
            if name == TOLD:
                terminalreporter.write_line(text)
    if skipped := _skipped(config):
        terminalreporter.write_line(f"{skipped} tests were skipped, and this run allows none.", red=True)


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter and config.getoption("--no-skips") else 0


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells whoever reads the run a sentence, whichever process the test runs in."""
    return lambda text: record_property(TOLD, text)


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether this is a long run."""
    return bool(request.config.getoption("--soak"))
