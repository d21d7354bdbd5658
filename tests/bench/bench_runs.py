#!/usr/bin/env python3
"""Every bench runs on a tiny graph, gives right answers, and prints results in the agreed form.

Also: the R-MAT graph of scale 10 has the published number of edges, an edge list from a file is
read, and anew when it has changed, results are appended to a file as they are printed, two benches
may build one graph at the same time, and what cannot be measured is said before it is.
"""
import json
import os
import subprocess
import sys

KEYS = [
    "bench", "case", "graph", "unit", "median", "p95", "trials", "against", "against_median",
    "ratio", "verified", "commit", "machine", "command",
]
# Cases that measure a size, or compare the library with itself: nothing to verify.
UNVERIFIED = ("memory", "file", "adjacency", "scratch", "newest day", "H5", "H6",
              "commits")
BENCHES = [
    "expand", "bfs", "path", "sizes", "reach", "ingest", "load", "open", "compact", "scratch",
    "find",
    "formats",
    "concurrency",
]


def run(name, graph, *flags):
    program = os.path.join(os.environ["BENCH"], "bench_" + name)
    command = [program, "-g", graph, "-n", "2", "-v", "-d", ".", *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        return None, done.stderr
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def check(name, graph, results):
    assert results, f"{name}: no results"
    for result in results:
        assert list(result) == KEYS, f"{name}: keys are {list(result)}"
        assert result["bench"] == name and result["graph"] == graph, result
        assert result["median"] >= 0 and result["p95"] >= 0 and result["trials"] > 0, result
        assert (result["against"] is None) == (result["ratio"] is None), result
        is_due = not any(word in result["case"] or word == result["against"] for word in UNVERIFIED)
        assert result["verified"] is True or not is_due, result


def refused(name, graph, *flags):
    """What a bench says that ends without a result."""
    program = os.path.join(os.environ["BENCH"], "bench_" + name)
    command = [program, "-g", graph, "-n", "1", "-v", "-d", ".", *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (1, 2) and done.stdout == "", f"{command}: {done}"
    return done.stderr


def refuse_what_cannot_be_measured():
    for text in ("", "1 1\n", "1 2 0\n"):
        with open("nothing.txt", "w", encoding="utf-8") as stream:
            stream.write(text)
        for name in ("bfs", "path", "load", "ingest"):
            assert "nothing.txt: a graph without ties" in refused(name, "nothing.txt"), name
    for name in ("bfs", "load", "compact"):
        assert "no case of bench_" in refused(name, "community-200", "-c", "nothing"), name
    assert "cannot be written" in refused("bfs", "community-200", "-o", "missing/results.json")
    assert "expected rmat-4" in refused("bfs", "rmat-4294967306")
    assert "a number is 4294967297" in refused("bfs", "community-200", "-n", "4294967297")


def read_a_changed_file():
    for people in (30, 40):
        with open("changing.txt", "w", encoding="utf-8") as stream:
            stream.writelines(f"{i} {i + 1}\n" for i in range(people - 1))
        _, said = run("bfs", "changing.txt")
        assert f"changing.txt: {people} people" in said, said


def build_side_by_side():
    program = os.path.join(os.environ["BENCH"], "bench_bfs")
    command = [program, "-g", "community-3k", "-n", "1", "-v", "-d", "."]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for _ in range(2)]
    for one in both:
        _, said = one.communicate()
        assert one.returncode == 0 and "built in" in said, said
    assert not [name for name in os.listdir(".") if ".part" in name]


def main():
    for name in BENCHES:
        graph = "community-200" if name == "formats" else "community-2k"  # a file of each format
        results, _ = run(name, graph, "-o", "results.json")
        if results is not None:
            check(name, graph, results)
    results, said = run("bfs", "rmat-10")
    check("bfs", "rmat-10", results)
    assert " 10496 ties" in said, said
    with open("edges.txt", "w", encoding="utf-8") as stream:
        stream.write("# a ring of 2000 with chords\n")
        for i in range(2000):
            stream.write(f"{i} {(i + 1) % 2000} 0.{1 + i % 9}\n{i}\t{i * 7 % 2000} .5\n")
    for name in ("path", "load"):
        results, _ = run(name, "edges.txt")
        check(name, "edges.txt", results)
    with open("results.json", encoding="utf-8") as stream:
        appended = [json.loads(line) for line in stream]
    assert {line["bench"] for line in appended} >= set(BENCHES) - {"scratch"}, appended
    refuse_what_cannot_be_measured()
    read_a_changed_file()
    build_side_by_side()


if __name__ == "__main__":
    main()
