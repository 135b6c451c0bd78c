"""How long `twidder --help` takes beside importing click."""

import statistics
import subprocess
import sys
import time

RUNS = 20


def seconds(argv: list[str]) -> float:
    """Return how long a command takes, the median of several runs."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Measure both, and print the ratio."""
    ours = seconds([sys.executable, "-m", "twidder_cli", "--help"])
    peer = seconds([sys.executable, "-c", "import click"])
    print(f"twidder --help {ours * 1000:.0f} ms, import click {peer * 1000:.0f} ms")
    print(f"ratio {ours / peer:.2f} (aim: 2 or less)")


if __name__ == "__main__":
    main()
