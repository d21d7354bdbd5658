/*
 * Samples for the self-test of tidy: small sources, each of which breaks one rule of the house, or
 * none although it looks like it. A rule without a sample here fails the self-test.
 */
#ifndef WARMPATH_TESTS_TIDY_SAMPLES_H
#define WARMPATH_TESTS_TIDY_SAMPLES_H

#include <stddef.h>

/* A file: head, then `times` lines "x;", then tail. It breaks `broken` and nothing else. */
typedef struct sample {
    const char *path;
    const char *broken; /* name of a rule; NULL: none, although it looks like it */
    const char *head;
    size_t times;
    const char *tail;
} sample;

#define OPENING "/* A sample. */\n"

static const sample samples[] = {
    {"engine/base/a.c", "layers", OPENING "#include \"store/store.h\"\n", 0, ""},
    {"engine/format/a.c", "layers", OPENING "#include \"rules/trust.h\"\n", 0, ""},
    {"engine/rules/a.c", "layers", OPENING "#include \"format/keys.h\"\n", 0, ""},
    {"engine/store/a.c", "layers", OPENING "#  include \"format/keys.h\"\n", 0, ""},
    {"engine/graph/a.c", "layers", OPENING "#include \"path/view.h\"\n", 0, ""},
    {"engine/path/a.c", "layers", OPENING "#include \"api/handle.h\"\n", 0, ""},
    {"engine/path/a.c", NULL, OPENING "#include \"graph/ties.h\"\n", 0, ""},
    {"engine/graph/a.c", NULL, OPENING "/*\n#include \"path/view.h\"\n*/\n", 0, ""},
    {"engine/api/a.c", "include-path", OPENING "#include \"handle.h\"\n", 0, ""},
    {"engine/api/a.c", "include-path", OPENING "#include \"../base/text.h\"\n", 0, ""},
    {"engine/api/a.c", "include-path", OPENING "#include <base/text.h>\n", 0, ""},
    {"engine/graph/a.c", "lmdb", OPENING "#include <lmdb.h>\n", 0, ""},
    {"tools/warmpath/a.c", "lmdb", OPENING "#include \"lmdb.h\"\n", 0, ""},
    {"bench/bench_ingest.c", "lmdb", OPENING "#include <lmdb.h>\n", 0, ""},
    {"bench/lmdb_twin.c", NULL, OPENING "#include <lmdb.h>\n", 0, ""},
    {"engine/store/a.c", NULL, OPENING "#include <lmdb.h>\n", 0, ""},
    {"tools/import/a.c", "private-header", OPENING "#include \"base/text.h\"\n", 0, ""},
    {"bench/a.c", "private-header", OPENING "#include \"../engine/base/text.h\"\n", 0, ""},
    {"include/a.h", "private-header", OPENING "#include \"base/text.h\"\n", 0, ""},
    {"tools/import/a.c", NULL, OPENING "#include \"warmpath.h\"\n", 0, ""},
    {"tests/base/a.c", NULL, OPENING "#include \"base/text.h\"\n", 0, ""},
    {"engine/path/reach.c", "sight", OPENING "int f(void) { return wpi_adjacency_find(g); }\n", 0,
     ""},
    {"engine/api/query.c", "sight", OPENING "int f(void) { return wpi_tie_read(g); }\n", 0, ""},
    {"engine/path/view.c", NULL, OPENING "int f(void) { return wpi_adjacency_find(g); }\n", 0, ""},
    {"engine/graph/a.c", NULL, OPENING "int f(void) { return wpi_tie_read(g); }\n", 0, ""},
    {"engine/base/a.c", "function-length", OPENING "int f(void)\n{\n", 69, "}\n"},
    {"engine/base/a.c", NULL, OPENING "int f(void)\n{\n", 68, "}\n"},
    {"engine/base/a.c", NULL, OPENING "static const int t[] = {\n", 200, "};\n"},
    {"engine/base/a.c", NULL, OPENING "#define F(x) \\\n {\n", 0, "int f(void)\n{\n}\n"},
    {"engine/base/a.c", "file-length", OPENING, 800, ""},
    {"tools/a.sh", "file-length", "", 801, ""},
    {"engine/base/a.c", NULL, OPENING, 799, ""},
    {"engine/base/a.c", "tab", OPENING "\tint x;\n", 0, ""},
    {"tests/a.c", "trailing-blank", OPENING "int x; \n", 0, ""},
    {"tests/a.c", "trailing-blank", OPENING "int x;\r\n", 0, ""},
    {"tests/a.c", "banned-call", OPENING "int f(void) { return atoi(s); }\n", 0, ""},
    {"tests/a.c", "banned-call", OPENING "void f(void) { (strcpy) (a, b), sprintf (s); }\n", 0, ""},
    {"tests/a.c", NULL, OPENING "/* atoi(s) */ char *s = \"'strcpy(a)\\\"\";\n", 0, ""},
    {"tests/a.c", NULL, OPENING "int my_atoi(int); char c = '\"'; // gets(s)\n", 0, ""},
    {"engine/base/a.c", "banned-call", OPENING "void f(void) { __builtin_prefetch(p); }\n", 0, ""},
    {"bench/harness.h", NULL, OPENING "void f(void) { __builtin_prefetch(p); }\n", 0, ""},
    {"engine/store/a.c", "allocation", OPENING "void f(void) { free(p); }\n", 0, ""},
    {"engine/base/memory.c", NULL, OPENING "void f(void) { free(p); }\n", 0, ""},
    {"engine/store/a.c", NULL, OPENING "void f(void) { p->free(q), o.free(q); }\n", 0, ""},
    {"tools/import/a.c", NULL, OPENING "void f(void) { free(p); }\n", 0, ""},
    {"engine/api/a.c", "engine-call", OPENING "void f(void) { printf(\"x\"); }\n", 0, ""},
    {"engine/api/a.c", "engine-call", OPENING "void f(void) { abort(); }\n", 0, ""},
    {"engine/api/a.c", NULL, OPENING "void f(void) { snprintf(s, 1, \"x\"); }\n", 0, ""},
    {"tools/a.c", "assert", OPENING "void f(void) { assert(0 == wp_check(t)); }\n", 0, ""},
    {"engine/store/a.c", "assert", OPENING "void f(void) { assert(!mdb_put(t)); }\n", 0, ""},
    {"engine/store/a.c", NULL, OPENING "void f(wp_txn *t) { assert(t); wp_x(t); }\n", 0, ""},
    {"engine/base/a.c", "leftover",
     OPENING "/* TO"
             "DO: more. */\n",
     0, ""},
    {"tools/a.sh", "leftover",
     "# FIX"
     "ME\n",
     0, ""},
    {"tools/tool", "leftover",
     "#!/bin/sh\n# X"
     "XX\n",
     0, ""},
    {"engine/base/a.c", NULL, OPENING "char t[] = \"/tmp/XXXXXX\";\n", 0, ""},
    {"engine/store/a.c", "lmdb-flag", OPENING "int flags = MDB_NOTLS | MDB_NOSYNC;\n", 0, ""},
    {"engine/store/a.c", NULL, OPENING "/* Never MDB_NOSYNC. */\n", 0, ""},
    {"engine/base/a.h", "opening-comment", "#include <stdio.h>\n/* Late. */\n", 0, ""},
    {"src.c", "top-level", OPENING, 0, ""},
};

#endif
