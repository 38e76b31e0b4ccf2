"""Two runs beside each other, by their ratios: what became faster (+) or slower (-), in hundredths."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser("make bench-compare", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    asked = parser.parse_args()
    before, after = (_runs(json.loads(path.read_text())) for path in (asked.before, asked.after))
    for which in before.keys() & after.keys():
        print(f"\n{which[0]}, {which[1]:,} entries{'':>6}{'before':>10}{'after':>10}{'change':>10}")
        for name in before[which].keys() & after[which].keys():
            one, other = before[which][name]["ratio"], after[which][name]["ratio"]
            print(f"{name:<28}{one:>10.3f}{other:>10.3f}{(other / one - 1) * 100:>+9.0f} %")


def _runs(found: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    return {(run["engine"], run["entries"]): run["pages"] for run in found["runs"]}


if __name__ == "__main__":
    main()
