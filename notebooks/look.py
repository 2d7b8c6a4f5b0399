"""Open the notebooks in a real JupyterLab, run them, take pictures, and fail where a reader would stumble.

A notebook that runs can still show a red box, a table cut off at the edge or nothing where progress should be.
Each one is opened in JupyterLab by Chromium (that of the system), run from top to bottom and looked at: no
error, nothing on the error stream, no output or code wider than its cell, no printed line broken, no cell left.
Pictures of it all go to ``--out``, one a screenful.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 1300, 1500
STEP = HEIGHT - 150
"""How far a picture lies below the one before, in pixels: a little less than what is seen at once."""
START_SECONDS = 120
RUN_SECONDS = 1200
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
"""JupyterLab's settings: all cells are drawn, since what is not drawn cannot be measured, and no news is asked for."""

FAULTS = """() => {
  const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
  const found = [];
  const texts = (kind, name) => panel.querySelectorAll(`[data-mime-type="application/vnd.jupyter.${kind}"]`)
    .forEach(box => found.push(`${name}: ${box.innerText.trim().slice(0, 300)}`));
  texts('error', 'error');
  texts('stderr', 'red box');
  panel.querySelectorAll('.jp-OutputArea-output, .jp-OutputArea-output div').forEach(box => {
    const isSeen = box.innerText.trim() || box.querySelector('img, svg, canvas');
    if (isSeen && box.scrollWidth > box.clientWidth + 1)
      found.push(`wider than its cell by ${box.scrollWidth - box.clientWidth} px: ${box.innerText.trim().slice(0, 80)}`);
  });
  panel.querySelectorAll('.jp-OutputArea-output pre').forEach(pre => {
    const ruler = pre.appendChild(document.createElement('span'));
    ruler.textContent = '0'.repeat(100);
    ruler.style.whiteSpace = 'pre';
    const fits = Math.floor(100 * pre.clientWidth / ruler.getBoundingClientRect().width);
    ruler.remove();
    const long = pre.innerText.split('\\n').find(line => line.length > fits);
    if (long) found.push(`a line of ${long.length} characters is broken after ${fits}: ${long.slice(0, 80)}`);
  });
  panel.querySelectorAll('.jp-CodeCell').forEach((cell, number) => {
    const code = cell.querySelector('.jp-InputArea-editor .cm-scroller');
    if (code.scrollWidth > code.clientWidth + 1) found.push(`code of cell ${number + 1} is wider than the cell`);
    const prompt = cell.querySelector('.jp-InputPrompt').innerText;
    if (!/\\d/.test(prompt)) found.push(`cell ${number + 1} was not run: ${prompt}`);
  });
  return found;
}"""
BUSY = "() => [...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.innerText.includes('*'))"
READY = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer"


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Serve a folder by JupyterLab with settings of its own.

    Parameters
    ----------
    folder : pathlib.Path
        What is served; settings and the server's own files go into hidden folders in it.

    Yields
    ------
    str
        The address of a notebook called STEM, in a workspace of its own, so that no earlier one is opened beside it.
    """
    for what, setting in SETTINGS.items():
        file = folder / ".settings" / "@jupyterlab" / f"{what}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting), encoding="utf-8")
    runtime = folder / ".runtime"
    environment = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(folder / ".config"),
        "JUPYTER_TOKEN": secrets.token_hex(16),
        "LANG": "C.UTF-8",
    }
    command = [
        *(
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
        ),
        *(
            f"--ServerApp.root_dir={folder}",
            f"--LabApp.user_settings_dir={folder / '.settings'}",
            "--port=0",
        ),
    ]
    with (
        (folder / ".log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server,  # noqa: S603
    ):
        try:
            yield (
                address(server, runtime)
                + f"lab/workspaces/STEM/tree/STEM.ipynb?token={environment['JUPYTER_TOKEN']}"
            )
        finally:
            server.terminate()


def address(server: subprocess.Popen[bytes], runtime: Path) -> str:
    """Wait until the server has said where it is."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            if text := path.read_text(encoding="utf-8"):
                return str(json.loads(text)["url"])
        time.sleep(0.2)
    message = "JupyterLab did not start"
    raise SystemExit(message)


def look(page: Page, url: str, pictures: Path, stem: str) -> list[str]:
    """Run one notebook, take its pictures and say what is wrong.

    Parameters
    ----------
    page : playwright.sync_api.Page
        A page of the browser.
    url : str
        The notebook's address.
    pictures : pathlib.Path
        The folder for the pictures.
    stem : str
        What their names begin with.

    Returns
    -------
    list of str
        What a reader would stumble over; empty where all is well.
    """
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(url)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=START_SECONDS * 1000)
    page.wait_for_function(READY, timeout=START_SECONDS * 1000)
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_timeout(2000)
    page.screenshot(path=pictures / f"{stem}-while-running.png")
    page.wait_for_function(f"() => !({BUSY})()", timeout=RUN_SECONDS * 1000)
    page.wait_for_timeout(1000)
    bottom = page.evaluate(f"() => document.querySelector('{PANEL}').scrollHeight")
    for number, top in enumerate(range(0, bottom, STEP), 1):
        page.evaluate(f"() => document.querySelector('{PANEL}').scrollTo(0, {top})")
        page.wait_for_timeout(200)
        page.screenshot(path=pictures / f"{stem}-{number}.png")
    faults = [str(fault) for fault in page.evaluate(FAULTS)]
    page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
    return faults


def main() -> None:
    """Look at the notebooks that are named, or at all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", help="notebooks, as they begin: 01 05 (default: all)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("out/looked"), help="folder for the pictures"
    )
    given = parser.parse_args()
    chosen = [
        path
        for path in sorted(FOLDER.glob("*.ipynb"))
        if not given.names or path.name.startswith(tuple(given.names))
    ]
    browser_path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
        None,
    )
    if browser_path is None:
        parser.error(
            "no Chromium or Chrome on this machine; install one (on Debian the package chromium)"
        )
    if not chosen:
        parser.error(f"no notebook begins with {', '.join(given.names)}")
    given.out.mkdir(parents=True, exist_ok=True)
    stumbles = 0
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        for path in chosen:
            shutil.copy(path, folder)
        with jupyter_lab(folder) as url:
            browser = driver.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox"]
            )
            for path in chosen:
                began = time.monotonic()
                print(f"{path.name} ...", end=" ", flush=True)
                page = browser.new_page()
                faults = look(page, url.replace("STEM", path.stem), given.out, path.stem)
                page.close()
                print(f"{time.monotonic() - began:.0f} s, {len(faults) or 'no'} faults")
                for fault in faults:
                    print(f"  {fault}")
                stumbles += len(faults)
            browser.close()
    sys.exit(1 if stumbles else 0)


if __name__ == "__main__":
    main()
