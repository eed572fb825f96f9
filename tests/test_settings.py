"""Where the options of a server come from, which of them wins, and what they refuse."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from customary.cli import application, server
from customary.errors import OperatorError
from customary.settings import Settings, environment_variable

PACKAGE = Path(__file__).parents[1] / "customary"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of each server that a command line would have started."""
    started: list[Settings] = []

    def serve(settings: Settings, announce: object) -> Settings:
        return settings

    def run(settings: Settings) -> int:
        started.append(settings)
        return 0

    for command in (application.app, application.serving):  # what a command line sets on them must not stay
        monkeypatch.setattr(command, "config", command.config)
    for module in ("app", "workers"):
        monkeypatch.setattr(f"customary.{module}.serve", serve)
    monkeypatch.setattr(server, "run", run)
    monkeypatch.setattr(server, "set_up_logging", lambda log_format, level: None)
    return started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "customary.toml"
    path.write_text('port = 1111\nhost = "127.0.0.2"\naccess_log = false\nlog_format = "text"\n')
    return path


def test_the_defaults(started: list[Settings]) -> None:
    assert application.main(["serve"]) == 0
    assert started == [Settings()]


def test_a_flag_goes_before_a_variable_and_a_variable_before_the_file(
    started: list[Settings], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMARY_PORT", "2222")
    monkeypatch.setenv("CUSTOMARY_HOST", "127.0.0.3")
    assert application.main(["serve", "--config", str(file), "--port", "3333"]) == 0
    assert started == [Settings(port=3333, host="127.0.0.3", access_log=False, log_format="text")]


def test_the_file_may_be_named_before_the_command(started: list[Settings], file: Path) -> None:
    assert application.main(["--config", str(file), "serve"]) == 0
    assert started[0].port == 1111


def test_every_setting_has_a_variable(started: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    other = Settings(
        database="postgresql://other",
        database_replica="postgresql://replica",
        host="127.0.0.4",
        port=1,
        tls_certificate=Path(__file__),
        tls_key=Path(__file__),
        log_format="text",
        log_level="debug",
        access_log=False,
        body_limit=2,
        body_timeout=3.5,
        header_timeout=4.5,
        header_limit=9000,
        drain_timeout=5.5,
        workers=3,
        password_hash_concurrency=6,
        password_hash_queue=7,
        feed_readers=11,
        history_days=12,
        writes_per_commit=8,
        cache_mib=9,
        reader_threads=10,
        database_connections=3,
    )
    tls = Settings(tls_self_signed=True, tls_names="a.test,b.test", tls_directory=Path(__file__))
    for chosen in (other, tls):
        for setting in fields(Settings):
            value = getattr(chosen, setting.name)
            if value != setting.default:
                monkeypatch.setenv(environment_variable(setting), str(value))
            else:
                monkeypatch.delenv(environment_variable(setting), raising=False)
        assert application.main(["serve"]) == 0
    assert started == [other, tls]
    for setting in fields(Settings):
        values = [getattr(chosen, setting.name) for chosen in (other, tls)]
        assert values != [setting.default] * 2, "this test must set every field"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--port", "70000"], "port is 70000, but the most it can be is 65535"),
        (["--port", "-1"], "port is -1, but the least it can be is 0"),
        (["--port", "x"], 'Invalid value for --port: unable to convert "x" into int.'),
        (["--body-timeout", "nan"], "body_timeout is nan, but the least it can be is 0.1"),
        (["--header-limit", "100"], "header_limit is 100, but the least it can be is 8192"),
        (["--tls-key", "key.pem"], "tls_certificate and tls_key go together: give both or neither"),
        (["--tls-key", "/nowhere", "--tls-certificate", "/nowhere"], "There is no file /nowhere"),
        (
            ["--tls-self-signed", "--tls-key", "a", "--tls-certificate", "b"],
            "tls_self_signed and tls_certificate are two ways to the same: give one",
        ),
        (["--tls-names", "a.test"], "tls_names and tls_directory are of use with tls_self_signed only"),
        (["--tls-directory", "tls"], "tls_names and tls_directory are of use with tls_self_signed only"),
        (["--log-format", "xml"], 'Invalid value "xml" for --log-format. Choose from: "text", "json".'),
        (["--prot", "80"], "Unknown option: --prot. Did you mean --port?"),
        (["--config", "/nowhere"], "The settings file /nowhere can't be read: No such file or directory"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(
    words: list[str], reason: str, started: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert application.main(["serve", *words]) == 2
    assert capsys.readouterr().err == f"customary: {reason}\n"
    assert not started


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("prot = 80", "has prot, which is no setting"),
        ("[serve]\nport = 80", "has serve, which is no setting"),
        ("port = ", "is not TOML"),
        ("port = 'x'", "unable to convert"),
        ("port = 70000", "port is 70000"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(
    text: str, reason: str, started: list[Settings], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    assert application.main(["serve", "--config", str(path)]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1
    assert not started


def test_a_variable_of_another_name_is_left_alone(started: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMARY_SERVICE_HOST", "10.0.0.1")
    assert application.main(["serve"]) == 0
    assert started == [Settings()]


@pytest.mark.parametrize("value", [0, -1])
def test_settings_made_in_code_are_checked_too(value: int) -> None:
    with pytest.raises(OperatorError, match="writes_per_commit"):
        Settings(writes_per_commit=value)


def test_nothing_else_reads_the_environment() -> None:
    readers = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "getenvb"})
        or (isinstance(node, ast.alias) and node.name in {"environ", "environb", "getenv", "getenvb"})
    ]
    assert readers == []
