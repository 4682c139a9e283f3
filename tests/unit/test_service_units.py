"""The service units: what the templates become, whether systemd and launchd can read them, how they are installed."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from alice import config, paths
from alice.errors import InvalidInput, NotConfigured
from alice.scheduler import service_installs, service_units
from alice.scheduler.service_units import LAUNCHD, POSTGRES, SCHEDULER, SYSTEMD, WEB, Machine

USER = UUID("00000000-0000-0000-0000-00000000a11c")
DOCS = paths.PACKAGE.parent / "docs" / "runbooks"
TEMPLATES = sorted(paths.folder("service-templates").iterdir())
AWKWARD = "ä b%c&d<e"

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def machine(
    folder: Path, *, embedded: bool = True, root: bool = False, url: str = "postgresql://%2Frun@/alice"
) -> Machine:
    venv = folder / "venv" / "bin"
    venv.mkdir(parents=True, exist_ok=True)
    for name in ("alicebot", "gunicorn", "python"):
        (venv / name).write_text("#!/bin/sh\n")
        (venv / name).chmod(0o755)
    return Machine(folder, venv.parent, folder / "home", url, embedded, USER, "127.0.0.1", 8420, root)


def text_of(service: str, kind: str, folder: Path, **options) -> str:
    found = service_units.units(machine(folder, **options), kind, [SCHEDULER, WEB], owner_home=folder)
    return next(unit.text for unit in found if unit.service == service)


def values(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.M)


def verify(folder: Path, units: list[service_units.Unit]) -> str:
    """Return what systemd says about the units; nothing is what one wants, for it exits 0 on an unknown key."""
    for unit in units:
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        unit.path.write_text(unit.text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *(str(unit.path) for unit in units)],
        capture_output=True, text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
    )  # fmt: skip
    return done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


@needs_systemd
@pytest.mark.parametrize("name", ["plain", AWKWARD])
@pytest.mark.parametrize("embedded", [True, False])
@pytest.mark.parametrize("root", [True, False])
def test_systemd_has_nothing_to_say_about_the_units(tmp_path, name, embedded, root):
    made = machine(tmp_path / name, embedded=embedded, root=root)
    units = service_units.units(made, SYSTEMD, [SCHEDULER, WEB], owner_home=tmp_path)
    assert verify(tmp_path, list(units)) == ""


@needs_systemd
def test_systemd_would_say_so_if_a_unit_were_wrong(tmp_path):
    (unit,) = service_units.units(machine(tmp_path, embedded=False), SYSTEMD, owner_home=tmp_path)
    wrong = service_units.Unit(unit.service, unit.name, unit.path, unit.text.replace("OOMPolicy", "OOMPolice"))
    assert "OOMPolice" in verify(tmp_path, [wrong])


def test_the_scheduler_unit_runs_the_daemon_in_the_foreground(tmp_path):
    text = text_of(SCHEDULER, SYSTEMD, tmp_path)
    assert values(text, "ExecStart") == [f'"{tmp_path}/venv/bin/alicebot" vnext scheduler daemon start --foreground']
    assert values(text, "WorkingDirectory") == [str(tmp_path)]
    assert f'Environment="ALICE_USER_ID={USER}"' in text
    assert 'Environment="ALICE_DATABASE_URL=postgresql://%%2Frun@/alice"' in text
    assert values(text, "Restart") == ["on-failure"]


def test_a_run_that_is_killed_for_its_memory_does_not_stop_the_daemon(tmp_path):
    assert values(text_of(SCHEDULER, SYSTEMD, tmp_path), "OOMPolicy") == ["continue"]


@pytest.mark.parametrize("service", [SCHEDULER, WEB])
def test_a_unit_requires_the_embedded_postgres_and_no_other(tmp_path, service):
    embedded, own = (text_of(service, SYSTEMD, tmp_path, embedded=embedded) for embedded in (True, False))
    assert values(embedded, "Requires") == values(embedded, "After") == ["alicebot-vnext-postgres.service"]
    assert values(own, "Requires") == values(own, "After") == []


@pytest.mark.parametrize("kind", [SYSTEMD, LAUNCHD])
def test_the_embedded_postgres_is_a_unit_of_its_own_and_comes_first(tmp_path, kind):
    embedded, own = (
        [unit.service for unit in service_units.units(machine(tmp_path, embedded=embedded), kind, [SCHEDULER, WEB])]
        for embedded in (True, False)
    )
    assert embedded == [POSTGRES, SCHEDULER, WEB]
    assert own == [SCHEDULER, WEB]


def test_only_roots_units_close_the_system_off(tmp_path):
    assert values(text_of(SCHEDULER, SYSTEMD, tmp_path, root=True), "ProtectSystem") == ["full"]
    assert values(text_of(SCHEDULER, SYSTEMD, tmp_path, root=False), "ProtectSystem") == []


def test_nothing_hides_the_socket_that_may_lie_in_the_temporary_folder(tmp_path):
    assert not [path.name for path in TEMPLATES if "PrivateTmp" in path.read_text()]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (SYSTEMD, [".config/systemd/user/alicebot-vnext-postgres.service",
                   ".config/systemd/user/alicebot-vnext-scheduler.service",
                   ".config/systemd/user/alicebot-vnext-web.service"]),
        (LAUNCHD, ["Library/LaunchAgents/com.alicebot.vnext-postgres.plist",
                   "Library/LaunchAgents/com.alicebot.vnext-scheduler.plist",
                   "Library/LaunchAgents/com.alicebot.vnext-web.plist"]),
    ],
)  # fmt: skip
def test_the_units_go_where_their_system_looks_for_them(tmp_path, kind, names):
    units = service_units.units(machine(tmp_path), kind, [SCHEDULER, WEB], owner_home=tmp_path)
    assert [str(unit.path.relative_to(tmp_path)) for unit in units] == names


@pytest.mark.parametrize("service", [SCHEDULER, WEB, POSTGRES])
def test_launchd_can_read_its_agents(tmp_path, service):
    folder = tmp_path / AWKWARD
    agent = plistlib.loads(text_of(service, LAUNCHD, folder).encode())
    assert agent["Label"] == f"com.alicebot.vnext-{service}"
    assert agent["ProgramArguments"][0].startswith(f"{folder}/venv/bin/")
    assert agent["WorkingDirectory"] == str(folder)
    assert agent["EnvironmentVariables"]["ALICE_HOME"] == f"{folder}/home"
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["RunAtLoad"] is True
    assert agent["Umask"] == 0o077


def test_launchd_and_systemd_start_the_same_programs(tmp_path):
    for service in (SCHEDULER, WEB, POSTGRES):
        (line,) = values(text_of(service, SYSTEMD, tmp_path), "ExecStart")
        agent = plistlib.loads(text_of(service, LAUNCHD, tmp_path).encode())
        assert agent["ProgramArguments"] == [word.strip('"') for word in line.split()]


def _fields(made: Machine) -> dict[str, object]:
    return {name: getattr(made, name) for name in Machine.__slots__}


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALICE_HOME", "/a\nExecStart=/bin/evil"), ("ALICE_HOME", "/a "), ("ALICE_HOME", "/a\\"),
     ("ALICE_DATABASE_URL", "a\tb"), ("VENV", "/a$b"), ("VENV", "/a'b"), ("VENV", '/a"b')],
)  # fmt: skip
def test_it_refuses_what_would_break_out_of_its_line(tmp_path, name, value):
    words = {**machine(tmp_path).words(), name: value}
    with pytest.raises(InvalidInput, match=f"{name}: cannot be written into a service unit"):
        service_units.render(service_units.template(SCHEDULER, SYSTEMD), words, SYSTEMD)


def test_quotes_and_backslashes_stay_inside_their_quotes(tmp_path):
    words = {**machine(tmp_path).words(), "ALICE_DATABASE_URL": 'a"b\\c%d'}
    text = service_units.render(service_units.template(SCHEDULER, SYSTEMD), words, SYSTEMD)
    assert 'Environment="ALICE_DATABASE_URL=a\\"b\\\\c%%d"' in text


def test_this_machine_is_described_by_its_settings(tmp_path):
    found = service_units.machine(config.load({"HOME": str(tmp_path), "ALICE_DATABASE_URL": "postgresql://db/x"}))
    assert (found.embedded, found.database_url) == (False, "postgresql://db/x")
    assert (found.venv / "bin").is_dir()
    assert found.working_directory.is_dir()


def test_the_embedded_database_is_named_by_its_url_so_that_no_unit_starts_a_second(tmp_path):
    found = service_units.machine(config.load({"HOME": str(tmp_path)}))
    assert found.embedded
    assert found.database_url.startswith("postgresql://")
    assert "ALICE_DATABASE_URL=postgresql://" in service_units.units(found, SYSTEMD)[1].text


@pytest.mark.parametrize("page", ["linux-systemd.md", "macos-launchd.md"])
def test_the_runbook_shows_the_templates_as_they_are(page):
    shown = re.findall(r"^```(?:ini|xml)\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.M | re.S)
    suffix = ".service" if "systemd" in page else ".plist"
    assert sorted(shown) == sorted(path.read_text(encoding="utf-8") for path in TEMPLATES if path.suffix == suffix)


@pytest.mark.parametrize("name", ["vnext-local-scheduler.service", "vnext-local-scheduler.launchd.plist"])
def test_the_templates_that_the_runbooks_hand_out_are_the_ones_that_are_installed(name):
    assert (DOCS / name).read_bytes() == (paths.folder("service-templates") / name).read_bytes()


@pytest.fixture
def asked(tmp_path, monkeypatch) -> Path:
    """Put a systemctl on the path that notes what it is asked, and answers as the file `answer` beside it says."""
    folder = tmp_path / "programs"
    folder.mkdir()
    log = folder / "asked"
    (folder / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> "{log}"\n. "{folder}/answer"\n')
    (folder / "systemctl").chmod(0o755)
    (folder / "answer").write_text("echo active")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


def test_installing_writes_the_files_privately_and_starts_them(tmp_path, asked):
    units = service_units.units(machine(tmp_path), SYSTEMD, owner_home=tmp_path)
    service_installs.install(units, SYSTEMD, home=tmp_path / "home")
    names = "alicebot-vnext-postgres.service alicebot-vnext-scheduler.service"
    assert asked.read_text().splitlines() == [
        "--user daemon-reload", f"--user enable {names}", f"--user restart {names}"
    ]  # fmt: skip
    assert [unit.path.read_text() for unit in units] == [unit.text for unit in units]
    assert {unit.path.stat().st_mode & 0o777 for unit in units} == {0o600}
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_the_standing_says_what_is_there_what_is_outdated_and_what_runs(tmp_path, asked):
    units = service_units.units(machine(tmp_path), SYSTEMD, owner_home=tmp_path)
    service_installs.install(units[1:], SYSTEMD, home=tmp_path / "home")
    moved = service_units.units(machine(tmp_path, url="postgresql://elsewhere/x"), SYSTEMD, owner_home=tmp_path)
    postgres, scheduler = service_installs.standings(moved, SYSTEMD)
    assert (postgres.installed, postgres.current, postgres.running) == (False, False, True)
    assert (scheduler.installed, scheduler.current, scheduler.running) == (True, False, True)
    (asked.parent / "answer").write_text("echo inactive; exit 3")
    assert [standing.running for standing in service_installs.standings(units, SYSTEMD)] == [False, False]


def test_uninstalling_leaves_the_postgres_that_the_console_needs(tmp_path, asked):
    units = service_units.units(machine(tmp_path), SYSTEMD, [SCHEDULER, WEB], owner_home=tmp_path)
    service_installs.install(units, SYSTEMD, home=tmp_path / "home")
    assert service_installs.uninstall(units[:2], SYSTEMD) == [units[1].path]
    assert [unit.service for unit in units if unit.path.exists()] == [POSTGRES, WEB]
    assert "--user disable --now alicebot-vnext-scheduler.service" in asked.read_text()
    assert service_installs.uninstall([units[0], units[2]], SYSTEMD) == [units[0].path, units[2].path]
    assert service_installs.uninstall(units, SYSTEMD) == []


def test_it_says_in_one_sentence_when_systemd_does_not_answer(tmp_path, asked):
    (asked.parent / "answer").write_text("echo 'Failed to connect to bus: No medium found' >&2; exit 1")
    units = service_units.units(machine(tmp_path), SYSTEMD, owner_home=tmp_path)
    with pytest.raises(NotConfigured, match="daemon-reload` failed: Failed to connect to bus"):
        service_installs.install(units, SYSTEMD, home=tmp_path / "home")
    assert [standing.running for standing in service_installs.standings(units, SYSTEMD)] == [None, None]


def test_it_says_so_when_there_is_no_systemd(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    units = service_units.units(machine(tmp_path), SYSTEMD, owner_home=tmp_path)
    with pytest.raises(NotConfigured, match="has no systemctl"):
        service_installs.install(units, SYSTEMD, home=tmp_path / "home")


def test_it_refuses_a_folder_that_cannot_be_written(tmp_path, asked):
    (tmp_path / ".config").write_text("a file where a folder belongs")
    units = service_units.units(machine(tmp_path), SYSTEMD, owner_home=tmp_path)
    with pytest.raises(InvalidInput, match="the service unit cannot be written to"):
        service_installs.install(units, SYSTEMD, home=tmp_path / "home")
    assert not asked.exists()
