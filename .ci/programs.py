"""What the scripts that compare `dreamprice` with other programs share: where these are, and how they are installed."""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import Any, Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
FOLDER = TARGET / "engines"
VENV = FOLDER / "venv"
COMMAND = pathlib.Path(os.environ.get("DREAMPRICE", TARGET / "release" / "dreamprice"))
# In a job of a minute, optimized code does not make up for its compilation.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@contextmanager
def one_installer() -> Iterator[None]:
    """Waits for other scripts that change the environment: some run beside each other."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def enter_environment() -> None:
    """Runs the script again, in a Python environment of its own."""
    if pathlib.Path(sys.prefix).resolve() == VENV.resolve():
        return
    with one_installer():
        if not (VENV / "bin" / "pip").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    # Python finds its packages by the path of its own program.
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *sys.argv])


def build() -> None:
    if "DREAMPRICE" not in os.environ:
        command = ["cargo", "build", "--locked", "--release", "--quiet", "--package", "dreamprice"]
        subprocess.run(command, cwd=ROOT, check=True)


def dreamprice(*arguments: Any) -> str:
    process = subprocess.run([COMMAND, *arguments], capture_output=True, text=True)
    if process.returncode == 2 or process.stderr:
        raise SystemExit(f"dreamprice {arguments} fails: {process.stderr}")
    return process.stdout


def pip(*packages: str) -> None:
    with one_installer():
        subprocess.run([VENV / "bin" / "pip", "install", "--quiet", *packages], check=True)


def apt(is_installed: bool, package: str) -> None:
    if not is_installed:
        subprocess.run(["apt-get", "update", "--quiet"], check=True)
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package], check=True)


def install_java() -> None:
    apt(shutil.which("java") is not None, "openjdk-17-jre-headless")


@contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """Runs the newest server that Debian's package has. Returns the variables with which clients find it."""
    apt(any(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")), "postgresql")
    programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    # PostgreSQL refuses to run as root.
    as_user = {"user": "postgres"} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        if as_user:
            shutil.chown(folder, "postgres")
        data, quiet = pathlib.Path(folder) / "data", {"stdout": subprocess.DEVNULL, **as_user}
        initdb = [programs / "initdb", "--auth", "trust", "--username", "prices", "-D", data]
        subprocess.run(initdb, check=True, cwd=folder, **quiet)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], check=True, cwd=folder, **quiet)
        try:
            yield {"PGHOST": folder, "PGUSER": "prices", "PGDATABASE": "postgres"}
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd=folder, **quiet)


def psql(server: dict[str, str], text: str, *options: str) -> str:
    command = ["psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", *options]
    return subprocess.run(command, input=text, check=True, capture_output=True, text=True, env={**os.environ, **server}).stdout
