#!/usr/bin/env python3
"""Breadth-first search and shortest paths against published and own answers.

The LDBC Graphalytics examples come with answers: depths of a breadth-first search (2^63 - 1 where
nothing leads) and lengths of shortest paths (Infinity). Edges are imported with weights of nats, or
with none; `reach --plain --hops any` must give every depth as hops and every length as cost. People
without edges are not in the file and therefore not known; a source without edges is not asked for.

The friendships of the SNAP ego-Facebook graph are compared with a breadth-first search done here.
"""

import os
import sys
from collections import Counter

sys.dont_write_bytecode = True

from _tool import ask, data_file, expect, expect_import, fail, run  # noqa: E402

UNREACHABLE = 2 ** 63 - 1
EXAMPLES = os.path.join("graphs", "graphalytics")


def read_words(path):
    with open(path, encoding="utf-8") as stream:
        return [line.split() for line in stream if line.strip()]


def read_answers(path, convert):
    """Vertex -> answer, those that can be reached."""
    answers = {}
    for vertex, text in read_words(path):
        value = convert(text)
        if value not in (UNREACHABLE, float("inf")):
            answers[vertex] = value
    return answers


def source_of(properties, algorithm):
    """The source vertex that a .properties file names; without a file it is 1."""
    if properties is None:
        return "1"
    with open(data_file(EXAMPLES, properties), encoding="utf-8") as stream:
        for line in stream:
            key, _, value = line.partition("=")
            if key.strip().endswith(".%s.source-vertex" % algorithm):
                return value.strip()
    return fail("%s: no source vertex for %s" % (properties, algorithm))


def write_edges(path, rows):
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(" ".join(row) + "\n" for row in rows)


def edges_of_lists(path):
    """The edges of a file that has a line for each vertex: itself, then where its edges lead."""
    return [[words[0], other] for words in read_words(path) for other in words[1:]]


def reach(database, source, *options):
    found = ask("--db", database, "reach", "--from", "id:" + source, "--plain", *options)
    expect("%s: complete" % database, found["complete"], True)
    counts = Counter(person["hops"] for person in found["people"])
    expect("%s: counts" % database, found["counts"],
           [counts[hops + 1] for hops in range(len(found["counts"]))])
    expect("%s: people counted" % database, sum(found["counts"]), len(found["people"]))
    costs = [person["cost"] for person in found["people"]]
    expect("%s: cheapest first" % database, costs == sorted(costs), True)
    return found["people"]


def load(database, rows, *options):
    """Import edges into a new database, twice. Edges are directed and none is given twice."""
    write_edges(database + ".txt", rows)
    run("--db", database, "init")
    arguments = ("--db", database, "import", "--format", "edges", *options, database + ".txt")
    expect_import(database + ": first import", ask(*arguments), len(rows), len(rows))
    expect_import(database + ": second import", ask(*arguments), len(rows), 0)
    stats = ask("--db", database, "stats")
    people = {vertex for row in rows for vertex in row[:2]}
    expect(database + ": people", stats["people"], len(people))
    expect(database + ": ties", stats["ties"], len({frozenset(row[:2]) for row in rows}))
    run("--db", database, "check", "--deep")


def expect_same(database, seen, expected):
    """Compare two dictionaries of a value a vertex."""
    for vertex in sorted(seen.keys() | expected.keys()):
        if seen.get(vertex) != expected.get(vertex):
            fail("%s: vertex %s: %s, expected %s" %
                 (database, vertex, seen.get(vertex), expected.get(vertex)))


def check_bfs(database, rows, answers, source, *options):
    load(database, rows, "--weight", "none", *options)
    seen = {person["id"]: person["hops"] for person in reach(database, source, "--hops", "any")}
    seen[source] = 0  # sources are not listed
    expect_same(database, seen, answers)


def check_sssp(database, rows, answers, source, *options):
    load(database, rows, "--weight", "cost", *options)
    seen = {person["id"]: person["cost"] for person in reach(database, source, "--hops", "any")}
    seen[source] = 0
    micro_nats = {vertex: round(length * 1e6) for vertex, length in answers.items()}
    expect_same(database, seen, micro_nats)


def check_folders():
    """bfs/ has lists of neighbours (undirected: each edge on both ends); sssp/ has edges."""
    for kind in ("dir", "undir"):
        answers = read_answers(data_file(EXAMPLES, "bfs", kind + "-output"), int)
        rows = edges_of_lists(data_file(EXAMPLES, "bfs", kind + "-input"))
        check_bfs("bfs-" + kind, rows, answers, "1")

        answers = read_answers(data_file(EXAMPLES, "sssp", kind + "-output"), float)
        rows = read_words(data_file(EXAMPLES, "sssp", kind + "-input.e"))
        properties = "test-sssp-undirected.properties" if kind == "undir" else None
        check_sssp("sssp-" + kind, rows, answers, source_of(properties, "sssp"),
                   *(["--both"] if kind == "undir" else []))


def check_examples():
    for kind in ("directed", "undirected"):
        name = "example-" + kind
        both = ["--both"] if kind == "undirected" else []
        rows = read_words(data_file(EXAMPLES, "example", name + ".e"))
        for algorithm, convert, check in (("bfs", int, check_bfs), ("sssp", float, check_sssp)):
            answers = read_answers(
                data_file(EXAMPLES, "example", "%s-%s" % (name, algorithm.upper())), convert)
            source = source_of(name + ".properties", algorithm)
            given = rows if algorithm == "sssp" else [row[:2] for row in rows]
            check("%s-%s" % (name, algorithm), given, answers, source, *both)


def depths_from(source, rows):
    neighbours = {}
    for a, b in rows:
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    depths, frontier = {source: 0}, [source]
    while frontier:
        following = []
        for vertex in frontier:
            for other in neighbours[vertex]:
                if other not in depths:
                    depths[other] = depths[vertex] + 1
                    following.append(other)
        frontier = following
    return depths


def check_facebook():
    rows = read_words(data_file("graphs", "facebook_combined.txt"))
    answers = depths_from("0", rows)
    expect("facebook: people in the data", len(answers), 4039)
    check_bfs("facebook", rows, answers, "0", "--both")
    for hops in range(1, 7):
        near = {vertex: depth for vertex, depth in answers.items() if 1 <= depth <= hops}
        seen = reach("facebook", "0", "--hops", str(hops))
        expect_same("facebook: %d hops" % hops,
                    {person["id"]: person["hops"] for person in seen}, near)
    # Every tie without a weight has p = .5.
    for person in seen:
        expect("facebook: cost of %s" % person["id"], person["cost"], 693147 * person["hops"])


def main():
    check_folders()
    check_examples()
    check_facebook()


if __name__ == "__main__":
    main()
