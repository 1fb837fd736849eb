"""Finding, building and running the two sides of a comparison."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def built(product):
    """The path of an executable of the package, of a release build made now."""
    build = ["swift", "build", "-c", "release", "--product", product]
    subprocess.run(build, cwd=ROOT, check=True, stdout=sys.stderr)
    folder = subprocess.run(build + ["--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    return str(pathlib.Path(folder) / product)


def unroll():
    """The path of the tool: the environment's UNROLL, or that of a build made now."""
    return os.environ.get("UNROLL") or built("unroll")


class Run:
    """A process that has ended: its lines of JSON, or what it complained about, and the most memory it had, in bytes."""

    def __init__(self, command, environment=None):
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(command, stdout=output, stderr=errors, env=dict(os.environ, **(environment or {})))
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                process.wait()
                raise
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            errors.seek(0)
            text, said = output.read(), errors.read().strip()
        self.failure = None if process.returncode == 0 else (said.splitlines() or [f"exit code {process.returncode}"])[-1]
        self.results = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        # Linux counts in kilobytes, macOS in bytes.
        self.peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def processors():
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def processor_name():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "an unnamed processor"


def warn_of_load():
    """A measurement beside other work says little."""
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"warning: the machine has other work (load {load:.1f}); wait until it is quiet", file=sys.stderr)


def tell(text):
    print(text, file=sys.stderr, flush=True)
