"""`make run`: the whole service with its demonstration on this machine, until Ctrl-C.

PostgreSQL, migrations, seed data, mail catcher, practice registry, worker and web server, as `environment=dev`.
What it starts it stops; data stays in DATA_DIR.
"""

import errno
import os
import secrets
import signal
import socket
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.ground.embedded import CannotStart, start
from app.ground.embedded.servant import dies_with
from tools.children import Family
from tools.steps import ROOT, attempt, last_words, step
from tools.words import Stop, both, complain, japanese, say

MADOGUCHI = [sys.executable, "-m", "app.cli"]
PRACTICE_REGISTRY = "http://127.0.0.1"
PRACTICE_API = "/api/v2"
# Where the practice registry sends whoever asks for the number of a real study.
REAL_STUDIES = "https://clinicaltrials.gov/api/v2"


@dataclass(frozen=True)
class Where:
    """What PORT, HOST, DATA_DIR and DATABASE_URL say."""

    host: str
    port: int
    data: Path
    database_url: str | None

    @classmethod
    def read(cls) -> "Where":
        """Read the environment. Raises Stop for a PORT that is none."""
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Stop(
                both(
                    "PORT must be a number from 1 to 65535, not %s.",
                    "PORTには1～65535の数を指定してください（現在：%s）。",
                )
                % port
            )
        data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").expanduser().absolute()
        return cls(os.environ.get("HOST") or "127.0.0.1", int(port), data, os.environ.get("DATABASE_URL") or None)

    @property
    def public_url(self) -> str:
        """The address that a reader on this machine types."""
        return os.environ.get("PUBLIC_URL") or f"http://localhost:{self.port}"


def main() -> int:
    """Run until Ctrl-C (exit code 0) or until something fails (one sentence, exit code 1)."""
    _hear_every_wish_to_stop()
    try:
        with ExitStack() as running:
            _start_everything(Where.read(), running)
    except KeyboardInterrupt:
        say(both("\nStopped. The data is kept.", "\n停止しました。データは保存されています。"))
        return 0
    except Stop as stop:
        return complain(stop)
    except CannotStart as refusal:
        return complain(Stop(refusal.in_("ja" if japanese() else "en")))
    except OSError as error:
        return complain(_out_of_room_or_rights(error))


def _hear_every_wish_to_stop() -> None:
    """SIGTERM and a closed terminal mean the same as Ctrl-C; where make started us, so does the end of make."""
    wishes = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in wishes:  # a second wish must not break off the orderly stop
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in wishes:
        signal.signal(number, interrupt)
    if "MAKELEVEL" in os.environ:
        dies_with(os.getppid(), by=signal.SIGTERM)()


def _start_everything(where: Where, running: ExitStack) -> None:
    _port_must_be_free(where)
    where.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    env = _settings(where, running)
    with step(
        both(
            "Preparing the database: schema, seed data, demonstration",
            "データベースを準備しています（スキーマ、初期データ、デモ）",
        )
    ):
        links = _prepare(env)
    family = Family(where.data / "logs")
    running.callback(family.stop)
    with step(
        both(
            "Starting mail catcher, practice registry, worker and web server",
            "メール受信箱、練習用登録簿、ワーカー、ウェブサーバーを起動しています",
        )
    ):
        _start_processes(where, family, env)
    _tell(where, env, links)
    while True:
        family.check()
        time.sleep(0.3)


def _port_must_be_free(where: Where) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((where.host, where.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Stop(f"HOST={where.host} PORT={where.port}: {error.strerror}.") from error
            raise Stop(
                both(
                    "Port %d is in use by another program: stop it, or choose another port with PORT.",
                    "ポート%dは別のプログラムが使用しています。そのプログラムを停止するか、PORTで別のポートを指定してください。",
                )
                % where.port
            ) from error


def _settings(where: Where, running: ExitStack) -> dict[str, str]:
    """The environment of every process: the person's own, and what makes it a demonstration here."""
    if where.database_url:
        databases = {"DATABASE_URL": where.database_url}
    else:
        with step(both("Starting PostgreSQL", "PostgreSQLを起動しています")):
            server = running.enter_context(start(where.data / "postgres"))
        if not server.ours:
            raise Stop(
                both(
                    "Another `make run` is using %s: stop it, or choose another folder with DATA_DIR.",
                    "%sは別のmake runが使用しています。それを停止するか、DATA_DIRで別のフォルダーを指定してください。",
                )
                % where.data
            )
        databases = {"DATABASE_URL": server.service_url, "OWNER_DATABASE_URL": server.owner_url}
    practice = f"{PRACTICE_REGISTRY}:{_free_port()}"
    return {
        **os.environ,
        **databases,
        "ENVIRONMENT": "dev",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or _secret(where.data / "secret_key"),
        "HOST": where.host,
        "PORT": str(where.port),
        "PUBLIC_URL": where.public_url,
        "SMTP_URL": f"smtp://127.0.0.1:{_free_port()}",
        "MAIL_CATCHER_DIR": str(where.data / "mail"),
        # Registries that somebody names, or "off", stand in the place of ours.
        "JRCT_URL": os.environ.get("JRCT_URL") or practice,
        "CTGOV_URL": os.environ.get("CTGOV_URL") or f"{practice}{PRACTICE_API}",
    }


def _secret(path: Path) -> str:
    """Keep one secret a data folder, so that sessions outlive a restart."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _prepare(env: dict[str, str]) -> list[str]:
    """Return the sign-in links; when something goes wrong, the command's own sentence says what."""
    worked, said = attempt([sys.executable, "-m", "tools.prepare"], env=env)
    if not worked:
        raise Stop(last_words(said).strip())
    return [line for line in said.splitlines() if "?token=" in line]


def _start_processes(where: Where, family: Family, env: dict[str, str]) -> None:
    smtp_port = env["SMTP_URL"].rpartition(":")[2]
    mails = [sys.executable, "-m", "tools.mail_catcher", smtp_port, env["MAIL_CATCHER_DIR"]]
    catcher = family.start(both("mail catcher", "メール受信箱"), "mail", mails, env)
    _start_registry(family, env)
    worker = family.start(both("worker", "ワーカー"), "worker", [*MADOGUCHI, "worker"], env)
    web = family.start(both("web server", "ウェブサーバー"), "web", [*MADOGUCHI, "serve"], env)
    family.wait_for(catcher, lambda: _listens(int(smtp_port)))
    family.wait_for(web, lambda: _healthy(where))
    family.wait_for(worker, lambda: "worker ready" in worker.log.read_text(errors="replace"))


def _start_registry(family: Family, env: dict[str, str]) -> None:
    practice = _practice(env)
    if practice is None:
        return
    port = practice.rpartition(":")[2]
    command = [sys.executable, "-m", "tools.practice_registry", port, REAL_STUDIES]
    registry = family.start(both("practice registry", "練習用登録簿"), "registry", command, env)
    family.wait_for(registry, lambda: _listens(int(port)))


def _practice(env: dict[str, str]) -> str | None:
    """Return the address of the practice registry, None where both registries are somebody's own."""
    if not os.environ.get("JRCT_URL"):
        return env["JRCT_URL"]
    return None if os.environ.get("CTGOV_URL") else env["CTGOV_URL"].removesuffix(PRACTICE_API)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _healthy(where: Where) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(where.host, where.host)
    try:
        with urllib.request.urlopen(f"http://{host}:{where.port}/api/v1/health", timeout=5) as answer:
            healthy: bool = answer.status == 200
            return healthy
    except OSError:
        return False


def _tell(where: Where, env: dict[str, str], links: list[str]) -> None:
    say(both("\nMadoguchi is running.", "\n窓口が起動しました。"))
    say(both("  pages  ", "  画面    ") + where.public_url)
    say(both("  mails  ", "  メール  ") + f"{where.public_url}/demo/mail")
    say(both("  API    ", "  API     ") + f"{where.public_url}/api/v1/openapi.json")
    if practice := _practice(env):
        say(both("  trials ", "  試験    ") + f"{practice}/search" + both(" (fictional)", "（架空）"))
    say(
        both(
            "\nSign in as one of the demonstration (open the link, press the button):",
            "\nデモの利用者としてサインインするには、リンクを開いてボタンを押してください。",
        )
    )
    say("\n".join(f"  {line}" for line in links))
    say(
        both(
            "\nData is in %s, logs are in %s. Ctrl-C stops everything.",
            "\nデータは%s、ログは%sにあります。Ctrl-Cですべて停止します。",
        )
        % (where.data, where.data / "logs")
    )


def _out_of_room_or_rights(error: OSError) -> Stop:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Stop(both("The disk is full.", "ディスクの空き容量がありません。"))
    return Stop(both("%s cannot be used: %s.", "%sを使用できません（%s）。") % (error.filename, error.strerror))


if __name__ == "__main__":
    sys.exit(main())
