/*
 * No file crashes or hangs the process that opens it, and no damaged value is taken for a right
 * one.
 *
 * A small real database is damaged at random in many ways: flipped bits and bytes, pages zeroed,
 * swapped, overwritten or moved, meta pages exchanged, the end cut off or extended; a set of files
 * that are something else is made by hand. A child process with an alarm opens each, checks it
 * deeply, reads everything, asks for paths, and writes. It may be refused at any point. When a
 * check finds no fault everything read must equal what was stored (or what was stored one commit
 * earlier: a newest meta page that is lost is a commit that never happened), and writing must leave
 * a database without faults.
 *
 * `--damages N` of them, from `--seed N`. A file that fails is kept under $TMPDIR and named.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash_process.h"
#include "crash_world.h"
#include "random.h"
#include "scratch.h"

#define BATCHES 3
#define PAGE_BYTES ((size_t)4096)
#define META_BYTES ((size_t)168)
#define FILE_BYTES_MAX ((size_t)4 << 20)
#define ALARM_S (2u * CRASH_PATIENCE)
#define TABLES 16

static crash_arguments arguments = {1, 3000};

/* What became of a file; the exit codes of the child. */
typedef enum outcome {
    OUTCOME_REFUSED = 10, /* By wp_open(). */
    OUTCOME_NOTICED,      /* By a later call, or as faults of a check. */
    OUTCOME_INTACT,       /* All as stored. */
    OUTCOME_EARLIER,      /* All as stored one commit earlier. */
    OUTCOME_WRONG,        /* No fault, yet something else. */
    OUTCOME_SPOILT,       /* Writing made faults. */
    OUTCOME_COUNT
} outcome;

/* A file in memory, with room to grow. */
typedef struct image {
    unsigned char *bytes;
    size_t size;
} image;

/* The database as it was, and as text after its last two commits. */
static image original;
static char *contents;
static char *contents_earlier;
static uint64_t tally[OUTCOME_COUNT];

/* ---- the child ------------------------------------------------------------------------------ */

static uint64_t faults_seen;

static outcome read_everything(wp_db *db)
{
    wp_txn *txn = NULL;
    char *text = NULL;
    outcome result = OUTCOME_NOTICED;
    if (wp_begin_read(db, &txn, NULL) != WP_OK)
        return OUTCOME_NOTICED;
    wp_status checked = wp_check(txn, true, NULL, NULL, &faults_seen, NULL);
    wp_status dumped = crash_dump(txn, &text, NULL);
    if (dumped == WP_OK && strcmp(text, contents) == 0)
        result = OUTCOME_INTACT;
    else if (dumped == WP_OK && strcmp(text, contents_earlier) == 0)
        result = OUTCOME_EARLIER;
    else if (checked == WP_OK && faults_seen == 0)
        result = OUTCOME_WRONG;
    if (result == OUTCOME_WRONG && text != NULL)
        crash_dump_compare(contents, text);
    if (checked != WP_OK || faults_seen != 0)
        result = OUTCOME_NOTICED;
    free(text);
    wp_abort(txn);
    return result;
}

/* A small transaction that touches most tables. */
static wp_status write_something(wp_db *db)
{
    wp_identity identity = {WP_IDENTITY_EMAIL, "late@c1.example"};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    wp_interaction interaction = WP_INTERACTION_INIT;
    wp_participant recipient = {1, WP_ROLE_TO};
    wp_txn *txn = NULL;
    wp_status status = wp_begin_write(db, &txn, NULL);
    if (status != WP_OK)
        return status;
    facts.identities = &identity;
    facts.identity_count = 1;
    interaction.source = "late";
    interaction.time_s = (int64_t)CRASH_DAY * 86400;
    interaction.to = &recipient;
    interaction.to_count = 1;
    status = wp_person_put(txn, &facts, &interaction.from, NULL, NULL);
    if (status == WP_OK)
        status = wp_interaction_put(txn, &interaction, NULL, NULL);
    if (status == WP_OK)
        return wp_commit(txn, NULL);
    wp_abort(txn);
    return status;
}

static bool has_faults(wp_db *db)
{
    wp_txn *txn = NULL;
    uint64_t faults = 0;
    if (wp_begin_read(db, &txn, NULL) != WP_OK)
        return true;
    wp_status status = wp_check(txn, true, NULL, NULL, &faults, NULL);
    wp_abort(txn);
    return status != WP_OK || faults != 0;
}

static void examine_and_exit(const char *path)
{
    wp_db *db = NULL;
    (void)alarm(ALARM_S);
    if (wp_open(path, NULL, &db, NULL) != WP_OK)
        _exit(OUTCOME_REFUSED);
    outcome result = read_everything(db);
    wp_status written = write_something(db);
    if (result == OUTCOME_INTACT || result == OUTCOME_EARLIER) {
        if (written == WP_OK && has_faults(db))
            result = OUTCOME_SPOILT;
    }
    wp_close(db);
    _exit((int)result);
}

/* ---- the parent ----------------------------------------------------------------------------- */

static void write_file(const char *path, const unsigned char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    crash_require(fd >= 0, path);
    for (size_t at = 0; at < size;) {
        ssize_t written = write(fd, bytes + at, size - at);
        crash_require(written > 0, path);
        at += (size_t)written;
    }
    crash_require(close(fd) == 0, path);
}

static void remove_file(const char *path)
{
    char lock[8192];
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)unlink(path);
    (void)unlink(lock);
}

static image read_image(const char *path)
{
    image out = {.bytes = calloc(1, FILE_BYTES_MAX)};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    crash_require(fd >= 0 && out.bytes != NULL, path);
    ssize_t got = read(fd, out.bytes, FILE_BYTES_MAX);
    crash_require(got > 0 && (size_t)got < FILE_BYTES_MAX / 2 && close(fd) == 0, path);
    out.size = (size_t)got;
    return out;
}

/* Let a child look at a file. Returns whether what became of it is allowed. */
static bool examine(const char *path)
{
    pid_t child = crash_fork();
    if (child == 0)
        examine_and_exit(path);
    int code = crash_wait(child);
    if (code >= OUTCOME_REFUSED && code < OUTCOME_COUNT)
        tally[code]++;
    if (code >= OUTCOME_REFUSED && code <= OUTCOME_EARLIER)
        return true;
    fprintf(stderr, "%s: %s (exit code %d)\n", path,
            code == OUTCOME_WRONG    ? "something else was read and no fault found"
            : code == OUTCOME_SPOILT ? "a write made faults"
                                     : "crashed or hung",
            code);
    return false;
}

/* As examine(), for an image. A file that fails is kept. */
static bool examine_image(const image *damaged, const char *what, uint64_t number)
{
    char kept[4200];
    const char *parent = getenv("TMPDIR");
    const char *path = scratch_path("damaged.warmpath");
    remove_file(path);
    write_file(path, damaged->bytes, damaged->size);
    bool is_allowed = examine(path);
    remove_file(path);
    if (is_allowed)
        return true;
    (void)snprintf(kept, sizeof kept, "%s/warmpath-damage-%" PRIu64 "-%" PRIu64,
                   parent == NULL || *parent == '\0' ? "/tmp" : parent, arguments.seed, number);
    remove_file(kept);
    write_file(kept, damaged->bytes, damaged->size);
    fprintf(stderr, "seed %" PRIu64 ", damage %" PRIu64 ", %s: kept as %s\n", arguments.seed,
            number, what, kept);
    return false;
}

/* ---- kinds of damage ------------------------------------------------------------------------ */

typedef void damage_fn(image *file, random_source *random);

static size_t pick_page(const image *file, random_source *random)
{
    return random_below(random, file->size / PAGE_BYTES) * PAGE_BYTES;
}

static void flip_bits(image *file, random_source *random)
{
    for (size_t count = 1 + random_below(random, 4); count > 0; count--)
        file->bytes[random_below(random, file->size)] ^=
            (unsigned char)(1u << random_below(random, 8));
}

static void change_bytes(image *file, random_source *random)
{
    for (size_t count = 1 + random_below(random, 16); count > 0; count--)
        file->bytes[random_below(random, file->size)] = (unsigned char)random_bits(random);
}

/* The headers of pages and the offsets of their nodes. */
static void change_header(image *file, random_source *random)
{
    static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    size_t at = pick_page(file, random) + random_below(random, 64);
    file->bytes[at] = random_chance(random, .5) ? values[random_below(random, sizeof values)]
                                                : (unsigned char)random_bits(random);
}

static void change_meta(image *file, random_source *random)
{
    static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
    for (size_t count = 1 + random_below(random, 3); count > 0; count--) {
        size_t at = random_below(random, 2) * PAGE_BYTES + random_below(random, META_BYTES);
        file->bytes[at] = random_chance(random, .5) ? values[random_below(random, sizeof values)]
                                                    : (unsigned char)random_bits(random);
    }
}

static void exchange_metas(image *file, random_source *random)
{
    unsigned char kept[PAGE_BYTES];
    memcpy(kept, file->bytes, PAGE_BYTES);
    memcpy(file->bytes, file->bytes + PAGE_BYTES, PAGE_BYTES);
    if (random_chance(random, .5)) {
        memcpy(file->bytes + PAGE_BYTES, kept, PAGE_BYTES);
    } else { /* as LMDB would number them */
        memcpy(file->bytes + PAGE_BYTES, kept, PAGE_BYTES);
        file->bytes[0] = 0;
        file->bytes[PAGE_BYTES] = 1;
    }
}

static void zero_page(image *file, random_source *random)
{
    memset(file->bytes + pick_page(file, random), 0, PAGE_BYTES);
}

static void zero_part(image *file, random_source *random)
{
    size_t at = random_below(random, file->size);
    size_t bytes = 1 + random_below(random, 3 * PAGE_BYTES);
    memset(file->bytes + at, 0, bytes < file->size - at ? bytes : file->size - at);
}

static void fill_page(image *file, random_source *random)
{
    size_t at = pick_page(file, random);
    for (size_t i = random_below(random, PAGE_BYTES); i < PAGE_BYTES; i++)
        file->bytes[at + i] = (unsigned char)random_bits(random);
}

static void swap_pages(image *file, random_source *random)
{
    unsigned char kept[PAGE_BYTES];
    unsigned char *left = file->bytes + pick_page(file, random);
    unsigned char *right = file->bytes + pick_page(file, random);
    memcpy(kept, left, PAGE_BYTES);
    memcpy(left, right, PAGE_BYTES);
    memmove(right, kept, PAGE_BYTES);
}

/* One page over another, with the number that belongs there: a write that went astray. */
static void move_page(image *file, random_source *random)
{
    unsigned char number[8];
    unsigned char *to = file->bytes + pick_page(file, random);
    memcpy(number, to, sizeof number);
    memmove(to, file->bytes + pick_page(file, random), PAGE_BYTES);
    memcpy(to, number, sizeof number);
}

static void copy_part(image *file, random_source *random)
{
    size_t bytes = 1 + random_below(random, PAGE_BYTES / 8);
    size_t from = random_below(random, file->size - bytes);
    memmove(file->bytes + random_below(random, file->size - bytes), file->bytes + from, bytes);
}

/* Move part of a page: sizes and offsets of nodes then point elsewhere. */
static void shift_part(image *file, random_source *random)
{
    size_t at = pick_page(file, random) + random_below(random, PAGE_BYTES - 64);
    memmove(file->bytes + at + 1 + random_below(random, 8), file->bytes + at,
            random_below(random, 48));
}

static void cut(image *file, random_source *random)
{
    size_t page = 1 + random_below(random, file->size / PAGE_BYTES);
    file->size = random_chance(random, .5) ? random_below(random, file->size)
                                           : file->size - page * PAGE_BYTES;
}

static void extend(image *file, random_source *random)
{
    size_t bytes = 1 + random_below(random, 20 * PAGE_BYTES);
    bool is_zero = random_chance(random, .5);
    for (size_t i = 0; i < bytes; i++)
        file->bytes[file->size + i] = is_zero ? 0 : (unsigned char)random_bits(random);
    file->size += bytes;
}

static void replace_all(image *file, random_source *random)
{
    size_t kept = random_chance(random, .5) ? META_BYTES : 0; /* the magic number may be right */
    file->size = kept + random_below(random, 10 * PAGE_BYTES);
    for (size_t i = kept; i < file->size; i++)
        file->bytes[i] = (unsigned char)random_bits(random);
}

static const struct {
    const char *name;
    damage_fn *apply;
} damages[] = {
    {"flipped bits", flip_bits},
    {"changed bytes", change_bytes},
    {"changed header", change_header},
    {"changed meta page", change_meta},
    {"exchanged metas", exchange_metas},
    {"zeroed page", zero_page},
    {"zeroed part", zero_part},
    {"filled page", fill_page},
    {"swapped pages", swap_pages},
    {"moved page", move_page},
    {"copied part", copy_part},
    {"shifted part", shift_part},
    {"cut", cut},
    {"extended", extend},
    {"replaced", replace_all},
};

#define EXCHANGED_METAS 4
#define DAMAGES (sizeof damages / sizeof *damages)

/* ---- tests ---------------------------------------------------------------------------------- */

static int make_original(void **state)
{
    const char *path = scratch_path("original.warmpath");
    (void)state;
    crash_create(path);
    wp_db *db = crash_open(path);
    for (uint64_t batch = 0; batch < BATCHES; batch++) {
        free(contents_earlier);
        contents_earlier = contents;
        crash_batch_commit(db, arguments.seed, batch);
        contents = crash_dump_db(db);
    }
    crash_check_db(db, "in the original");
    wp_close(db);
    original = read_image(path);
    return 0;
}

static int forget_original(void **state)
{
    (void)state;
    free(original.bytes);
    free(contents);
    free(contents_earlier);
    return 0;
}

static void print_tally(void)
{
    printf("%zu bytes; refused %" PRIu64 ", noticed later %" PRIu64 ", intact %" PRIu64
           ", one commit earlier %" PRIu64 ", wrong %" PRIu64 ", spoilt %" PRIu64 "\n",
           original.size, tally[OUTCOME_REFUSED], tally[OUTCOME_NOTICED], tally[OUTCOME_INTACT],
           tally[OUTCOME_EARLIER], tally[OUTCOME_WRONG], tally[OUTCOME_SPOILT]);
    memset(tally, 0, sizeof tally);
}

static void damage__at_random_is_survived(void **state)
{
    image file = {.bytes = calloc(1, FILE_BYTES_MAX)};
    uint64_t failures = 0, earlier[DAMAGES] = {0};
    (void)state;
    crash_require(file.bytes != NULL, "memory");
    for (uint64_t number = 0; number < arguments.count; number++) {
        random_source random = random_start(arguments.seed, number);
        size_t kind = random_below(&random, DAMAGES);
        memcpy(file.bytes, original.bytes, original.size);
        file.size = original.size;
        damages[kind].apply(&file, &random);
        uint64_t earlier_before = tally[OUTCOME_EARLIER];
        failures += !examine_image(&file, damages[kind].name, number);
        earlier[kind] += tally[OUTCOME_EARLIER] - earlier_before;
    }
    free(file.bytes);
    for (size_t kind = 0; kind < DAMAGES; kind++)
        if (earlier[kind] > 0)
            printf("one commit earlier: %s %" PRIu64 "\n", damages[kind].name, earlier[kind]);
    print_tally();
    assert_int_equal(failures, 0);
    assert_int_equal(earlier[EXCHANGED_METAS], 0); /* snapshot numbers belong to their pages */
}

/* Every length up to two pages, then some of each page. */
static void damage__by_cutting_is_survived(void **state)
{
    uint64_t failures = 0;
    image file = original;
    (void)state;
    for (file.size = 0; file.size < original.size;) {
        failures += !examine_image(&file, "cut", file.size);
        file.size += file.size < 256 ? 16 : file.size < 2 * PAGE_BYTES ? 512 : PAGE_BYTES;
    }
    print_tally();
    assert_int_equal(failures, 0);
}

/* The original, undamaged, must pass: else the tests above would prove nothing. */
static void damage__none_is_intact(void **state)
{
    (void)state;
    assert_true(examine_image(&original, "none", 0));
    assert_int_equal(tally[OUTCOME_INTACT], 1);
    print_tally();
}

static void damage__files_of_other_kinds_are_refused(void **state)
{
    char directory[4096], link[4096], pipe[4096], fine[4096];
    (void)state;
    (void)snprintf(directory, sizeof directory, "%s", scratch_path("directory.warmpath"));
    (void)snprintf(link, sizeof link, "%s", scratch_path("link.warmpath"));
    (void)snprintf(pipe, sizeof pipe, "%s", scratch_path("pipe.warmpath"));
    (void)snprintf(fine, sizeof fine, "%s", scratch_path("fine.warmpath"));
    write_file(fine, original.bytes, original.size);
    crash_require(mkdir(directory, 0700) == 0, directory);
    crash_require(symlink(fine, link) == 0, link);
    crash_require(mkfifo(pipe, 0600) == 0, pipe);
    assert_true(examine(directory) && examine(link) && examine(pipe));
    assert_true(examine("/dev/zero") && examine(scratch_path("absent")));
    assert_int_equal(tally[OUTCOME_REFUSED], 5);
    assert_true(examine(fine));
    print_tally();
}

/* ---- databases that LMDB finds in order -------------------------------------------------------
 */

static void lmdb_must(int code, const char *what)
{
    if (code != MDB_SUCCESS)
        crash_fail("%s: %s", what, mdb_strerror(code));
}

/* Change a copy of the original with LMDB itself. */
typedef void change_fn(MDB_txn *txn);

static void open_lmdb(const char *path, MDB_env **env, MDB_txn **txn)
{
    lmdb_must(mdb_env_create(env), "mdb_env_create");
    lmdb_must(mdb_env_set_maxdbs(*env, TABLES + 4), "mdb_env_set_maxdbs");
    lmdb_must(mdb_env_set_mapsize(*env, FILE_BYTES_MAX), "mdb_env_set_mapsize");
    lmdb_must(mdb_env_open(*env, path, MDB_NOSUBDIR, 0600), "mdb_env_open");
    lmdb_must(mdb_txn_begin(*env, NULL, 0, txn), "mdb_txn_begin");
}

/* In a child, since LMDB keeps track of the threads of a process. */
static void change_file(const char *path, change_fn *change)
{
    pid_t child = crash_fork();
    if (child == 0) {
        MDB_env *env = NULL;
        MDB_txn *txn = NULL;
        open_lmdb(path, &env, &txn);
        change(txn);
        lmdb_must(mdb_txn_commit(txn), "mdb_txn_commit");
        mdb_env_close(env);
        _exit(0);
    }
    crash_wait_well(child, "changing a file");
}

static MDB_dbi table_of(MDB_txn *txn, const char *name, unsigned flags)
{
    MDB_dbi table;
    lmdb_must(mdb_dbi_open(txn, name, flags, &table), name);
    return table;
}

static void drop_ties(MDB_txn *txn)
{
    lmdb_must(mdb_drop(txn, table_of(txn, "tie", 0), 1), "mdb_drop");
}

static void empty_ties(MDB_txn *txn)
{
    lmdb_must(mdb_drop(txn, table_of(txn, "tie", 0), 0), "mdb_drop");
}

/* A table of ours made anew with other flags, holding a few records. */
static void remake_ties(MDB_txn *txn, unsigned flags)
{
    drop_ties(txn);
    MDB_dbi table = table_of(txn, "tie", MDB_CREATE | flags);
    for (unsigned i = 0; i < 3000; i++) {
        unsigned number[2] = {i % 5, i};
        MDB_val key = {sizeof *number, number}, value = {sizeof *number, number + 1};
        lmdb_must(mdb_put(txn, table, &key, &value, 0), "mdb_put");
    }
}

static void remake_with_duplicates(MDB_txn *txn)
{
    remake_ties(txn, MDB_DUPSORT);
}

static void remake_with_fixed_duplicates(MDB_txn *txn)
{
    remake_ties(txn, MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP);
}

static void remake_with_integer_keys(MDB_txn *txn)
{
    remake_ties(txn, MDB_INTEGERKEY);
}

static void remake_with_reverse_keys(MDB_txn *txn)
{
    remake_ties(txn, MDB_REVERSEKEY);
}

static void add_table(MDB_txn *txn)
{
    (void)table_of(txn, "visitor", MDB_CREATE | MDB_DUPSORT);
}

static void add_record_to_main(MDB_txn *txn)
{
    MDB_val key = {5, (void *)(uintptr_t) "hello"}, value = {3, (void *)(uintptr_t) "you"};
    lmdb_must(mdb_put(txn, table_of(txn, NULL, 0), &key, &value, 0), "mdb_put");
}

/* A record as LMDB would store it, without our checksum. */
static void forge_record(MDB_txn *txn)
{
    MDB_val key = {0, NULL}, value = {0, NULL};
    MDB_cursor *cursor = NULL;
    lmdb_must(mdb_cursor_open(txn, table_of(txn, "person", 0), &cursor), "mdb_cursor_open");
    lmdb_must(mdb_cursor_get(cursor, &key, &value, MDB_LAST), "mdb_cursor_get");
    unsigned char key_kept[64];
    crash_require(key.mv_size <= sizeof key_kept, "key of a person");
    memcpy(key_kept, key.mv_data, key.mv_size);
    MDB_val forged_key = {key.mv_size, key_kept};
    MDB_val forged = {40, (void *)(uintptr_t) "0123456789012345678901234567890123456789"};
    lmdb_must(mdb_cursor_put(cursor, &forged_key, &forged, 0), "mdb_cursor_put");
    mdb_cursor_close(cursor);
}

/* A record without even room for a checksum, under a key that is too long for its table. */
static void add_odd_records(MDB_txn *txn)
{
    static const char *const tables[] = {"person", "interaction", "tie", "adjacency", "name"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        MDB_val key = {9, (void *)(uintptr_t) "oddoddodd"}, value = {0, NULL};
        lmdb_must(mdb_put(txn, table_of(txn, tables[i], 0), &key, &value, 0), "mdb_put");
    }
}

static void delete_record(MDB_txn *txn, const char *table)
{
    MDB_val key = {0, NULL}, value = {0, NULL};
    MDB_cursor *cursor = NULL;
    lmdb_must(mdb_cursor_open(txn, table_of(txn, table, 0), &cursor), "mdb_cursor_open");
    lmdb_must(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), "mdb_cursor_get");
    lmdb_must(mdb_cursor_del(cursor, 0), "mdb_cursor_del");
    mdb_cursor_close(cursor);
}

static void delete_person(MDB_txn *txn)
{
    delete_record(txn, "person");
}

static void delete_interaction(MDB_txn *txn)
{
    delete_record(txn, "interaction");
}

static void delete_list(MDB_txn *txn)
{
    delete_record(txn, "adjacency");
}

static void delete_meta(MDB_txn *txn)
{
    delete_record(txn, "meta");
}

static void damage__in_good_order_for_lmdb_is_noticed(void **state)
{
    static change_fn *const changes[] = {drop_ties,
                                         empty_ties,
                                         remake_with_duplicates,
                                         remake_with_fixed_duplicates,
                                         remake_with_integer_keys,
                                         remake_with_reverse_keys,
                                         add_table,
                                         add_record_to_main,
                                         forge_record,
                                         add_odd_records,
                                         delete_person,
                                         delete_interaction,
                                         delete_list,
                                         delete_meta};
    size_t count = sizeof changes / sizeof *changes;
    const char *path = scratch_path("changed.warmpath");
    (void)state;
    for (size_t i = 0; i < count; i++) {
        uint64_t before = tally[OUTCOME_REFUSED] + tally[OUTCOME_NOTICED];
        remove_file(path);
        write_file(path, original.bytes, original.size);
        change_file(path, changes[i]);
        bool is_allowed = examine(path);
        if (!is_allowed || tally[OUTCOME_REFUSED] + tally[OUTCOME_NOTICED] == before)
            crash_fail("change %zu was not noticed", i);
    }
    print_tally();
}

/* Another program's database, empty or with tables that bear our names. */
static void make_foreign(MDB_txn *txn)
{
    static const char *const names[] = {"meta", "person", "company", "tie", "interaction"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        MDB_val key = {6, (void *)(uintptr_t) "format"}, value = {4, (void *)(uintptr_t) "\1\0\0"};
        MDB_dbi table = table_of(txn, names[i], MDB_CREATE | MDB_DUPSORT);
        lmdb_must(mdb_put(txn, table, &key, &value, 0), "mdb_put");
    }
}

static void make_nothing(MDB_txn *txn)
{
    (void)txn;
}

static void damage__databases_of_others_are_refused(void **state)
{
    static change_fn *const makers[] = {make_foreign, make_nothing, add_record_to_main, add_table};
    size_t count = sizeof makers / sizeof *makers;
    const char *path = scratch_path("foreign.warmpath");
    (void)state;
    for (size_t i = 0; i < count; i++) {
        remove_file(path);
        change_file(path, makers[i]);
        assert_true(examine(path));
    }
    assert_int_equal(tally[OUTCOME_REFUSED], count);
    print_tally();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage__none_is_intact),
        cmocka_unit_test(damage__files_of_other_kinds_are_refused),
        cmocka_unit_test(damage__databases_of_others_are_refused),
        cmocka_unit_test(damage__in_good_order_for_lmdb_is_noticed),
        cmocka_unit_test(damage__by_cutting_is_survived),
        cmocka_unit_test(damage__at_random_is_survived),
    };
    if (!crash_arguments_read(argc, argv, "damages", &arguments))
        return 2;
    int failed = cmocka_run_group_tests(tests, make_original, forget_original);
    scratch_remove();
    return failed == 0 ? 0 : 1;
}
