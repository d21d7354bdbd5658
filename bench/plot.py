#!/usr/bin/env python3
"""Draw how results grow: plot.py RESULTS.jsonl OUT.svg

Two rows of panels, all axes logarithmic. The upper row: time against the number of people in the
graph, for the questions that the benches ask. The lower row: the time of a path query against its
sources, targets and hops on the largest graph measured. In each panel the library and what it is
measured against; of equal results the last one counts. Nothing but the standard library is used.
"""
import html
import json
import math
import re
import sys

WIDTH, HEIGHT = 300, 230
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 34, 40
COLOURS = {"warmpath": "#c2410c", "csr": "#1d4ed8"}
OTHERS = ["#15803d", "#7e22ce", "#64748b", "#b45309", "#0e7490"]
UNITS = {"k": 1e3, "m": 1e6}

BY_PEOPLE = [
    ("one hop", "expand", ["1 hop, day +0"]),
    ("everybody, by hops", "bfs", ["full, any hops"]),
    ("everybody within 3 hops", "reach", ["3 hops"]),
    ("path, 50 x 20, 4 hops", "path", ["50x20 H4 k10"]),
    ("path, one pair, any hops", "path", ["1x1 any hops, plain"]),
    ("path, a month later", "path", ["50x20 H4 k10, day +30"]),
]
BY_SIZE = [
    ("path by sources (20 targets)", r"^(\d+)x20 H4 k10$"),
    ("path by targets (50 sources)", r"^50x(\d+) H4 k10$"),
    ("path by hops (50 x 20)", r"^50x20 H(\d+) k10$"),
]


def people_of(graph):
    match = re.match(r"community-([0-9.]+)([km]?)(-stated|-evidence)?$", graph)
    if match:
        return float(match.group(1)) * UNITS.get(match.group(2), 1)
    match = re.match(r"rmat-(\d+)$", graph)
    return 2.0 ** int(match.group(1)) if match else None


def read(path):
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def add(series, name, x, y):
    if x and y and y > 0:
        series.setdefault(name, {})[x] = y


def by_people(results, bench, cases):
    series, unit = {}, ""
    for result in results:
        people = people_of(result["graph"])
        if result["bench"] != bench or result["case"] not in cases or people is None:
            continue
        unit = result["unit"]
        add(series, "warmpath", people, result["median"])
        if result["against"]:
            add(series, result["against"], people, result["against_median"])
    return series, unit


def by_size(results, pattern):
    series, unit = {}, ""
    graphs = [r["graph"] for r in results if r["bench"] == "sizes" and people_of(r["graph"])]
    largest = max(graphs, key=people_of, default=None)
    for result in results:
        match = re.match(pattern, result["case"])
        if result["bench"] != "sizes" or result["graph"] != largest or not match:
            continue
        unit = result["unit"]
        add(series, "warmpath", float(match.group(1)), result["median"])
        if result["against"]:
            add(series, result["against"], float(match.group(1)), result["against_median"])
    return series, unit


def scale(values, low, high):
    """A function from a value to its place, for logarithmic axes, and the decades between."""
    bottom, top = math.log10(min(values)), math.log10(max(values))
    if top - bottom < 0.3:
        bottom, top = bottom - 0.3, top + 0.3
    pad = 0.06 * (top - bottom)
    bottom, top = bottom - pad, top + pad

    def place(value):
        return low + (math.log10(value) - bottom) / (top - bottom) * (high - low)

    ticks = [10.0**e for e in range(math.ceil(bottom), math.floor(top) + 1)]
    return place, ticks or [min(values), max(values)]


def label(value):
    for limit, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{suffix}"
    return f"{value:g}"


def text(x, y, words, size=10, anchor="middle", colour="#334155"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}">{html.escape(words)}</text>')


def draw_axes(place_x, ticks_x, place_y, ticks_y, ends_x):
    out = []
    for tick in ticks_y:
        y = place_y(tick)
        out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e2e8f0"/>')
        out.append(text(LEFT - 5, y + 3, label(tick), 9, "end"))
    for tick in ticks_x if len(ticks_x) > 1 else ends_x:
        x = place_x(tick)
        out.append(f'<path d="M{x:.1f} {HEIGHT - BOTTOM}v4" stroke="#94a3b8"/>')
        out.append(text(x, HEIGHT - BOTTOM + 15, label(tick), 9))
    out.append(f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" '
               'stroke="#94a3b8"/>')
    return out


def draw_series(series, place_x, place_y):
    out, legend = [], LEFT + 4
    others = iter(OTHERS)
    for name, points in series.items():
        colour = COLOURS.get(name) or next(others, "#000")
        line = "L".join(f"{place_x(x):.1f} {place_y(y):.1f}" for x, y in sorted(points.items()))
        out.append(f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in points.items():
            out.append(f'<circle cx="{place_x(x):.1f}" cy="{place_y(y):.1f}" r="2.6" '
                       f'fill="{colour}"><title>{html.escape(name)}: {label(x)}, {y:g}</title>'
                       "</circle>")
        out.append(text(legend, HEIGHT - 6, name, 9, "start", colour))
        legend += 6 + 5.4 * len(name)
    return out


def draw_panel(title, series, unit, axis):
    xs = [x for points in series.values() for x in points]
    ys = [y for points in series.values() for y in points.values()]
    out = [text(LEFT, 14, title, 12, "start", "#0f172a"), text(LEFT, 28, unit, 9, "start")]
    if not xs:
        return out + [text(WIDTH / 2, HEIGHT / 2, "not measured")]
    place_x, ticks_x = scale(xs, LEFT, WIDTH - RIGHT)
    place_y, ticks_y = scale(ys, HEIGHT - BOTTOM, TOP)
    out += draw_axes(place_x, ticks_x, place_y, ticks_y, sorted(set(xs)))
    out += draw_series(series, place_x, place_y)
    return out + [text(WIDTH - RIGHT, HEIGHT - BOTTOM - 4, axis, 9, "end")]


def draw(results):
    panels = [(title, *by_people(results, bench, cases), "people")
              for title, bench, cases in BY_PEOPLE]
    panels += [(title, *by_size(results, pattern), "") for title, pattern in BY_SIZE]
    columns = 3
    rows = (len(panels) + columns - 1) // columns
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns * WIDTH}" '
           f'height="{rows * HEIGHT}" font-family="sans-serif">',
           '<rect width="100%" height="100%" fill="#ffffff"/>']
    for i, panel in enumerate(panels):
        at = f"translate({i % columns * WIDTH} {i // columns * HEIGHT})"
        out += [f'<g transform="{at}">', *draw_panel(*panel), "</g>"]
    return "\n".join(out + ["</svg>", ""])


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: plot.py RESULTS.jsonl OUT.svg")
    with open(sys.argv[2], "w", encoding="utf-8") as stream:
        stream.write(draw(read(sys.argv[1])))


if __name__ == "__main__":
    main()
