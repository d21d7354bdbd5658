#!/usr/bin/env python3
"""Print results as a table for a README: table.py RESULTS.jsonl [GRAPH]...

One line a case and opponent, in the order of their first occurrence; of equal ones the last counts.
"""
import json
import sys


def figure(value):
    if value is None:
        return ""
    if abs(value) >= 1e6:
        return f"{value / 1e6:.3g} M"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: table.py RESULTS.jsonl [GRAPH]...")
    graphs = sys.argv[2:]
    rows = {}
    with open(sys.argv[1], encoding="utf-8") as stream:
        for line in stream:
            result = json.loads(line)
            if not graphs or result["graph"] in graphs:
                key = (result["graph"], result["bench"], result["case"], result["against"])
                rows[key] = result
    print("| graph | bench | case | median | p95 | unit | against | its median | ratio | right |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for result in rows.values():
        right = {True: "yes", False: "**no**", None: ""}[result["verified"]]
        print("| " + " | ".join([
            result["graph"], result["bench"], result["case"], figure(result["median"]),
            figure(result["p95"]), result["unit"], result["against"] or "",
            figure(result["against_median"]), figure(result["ratio"]), right]) + " |")


if __name__ == "__main__":
    main()
