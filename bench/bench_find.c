/*
 * Search by name among a million people.
 *
 * The names are drawn as populations have them: the surname of rank r with a probability like
 * 1/(r + 4), so that the first of 150 000 names about two people in a hundred, and given names
 * alike out of 8000. They are made of syllables, which gives words near each other as real ones
 * are. Most people have an address made of their name at one of their number / 20 companies, and a
 * title of three words. A hundred of them are ours, with a hundred stated ties each.
 *
 * Each case asks for another person each trial; some ask for what very many have: letters, the
 * commonest names, titles of three words. The twin is a scan of all texts in memory by the
 * same rules for words, which is also the verifier: where it finds fewer than the limit, both must
 * find the same people; where it finds more, each match of the library must be one of the twin's.
 * For misspelt words the share of the twin's matches that the library has too is reported as
 * recall.
 *
 * The scan goes through a hundred megabytes and more, which leaves nothing of the database in the
 * processor's caches. So each case is asked twice: first the questions that the twin answers too,
 * each right after a scan ("after a scan"), then all of them one after another, as somebody does
 * who types. The answers of the second round must be those verified in the first.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "graph.h"

#define SURNAMES 150000
#define GIVENS 8000
#define OURS 100
#define TIES 100
#define LIMIT 20
#define SCANNED .12 /* of the questions are put to the twin as well */
#define TEXT_MAX 160
#define WORDS 4 /* of a query at most */
#define COMMONEST 10
#define BATCH 20000

/* Words of a person, folded as they are stored: given, surname, local part joined. */
typedef struct person_words {
    uint32_t given;
    uint32_t surname;
    bool is_joined; /* the address is "g" + surname rather than given.surname */
} person_words;

typedef enum question_kind {
    Q_FULL,
    Q_SURNAME,
    Q_BEGINNING,
    Q_MISSPELT,
    Q_TWICE,
    Q_COMPANY,
    Q_TITLE,
    Q_LETTER,
    Q_LETTERS,
    Q_COMMON,
    Q_COMMON_MISSPELT,
    Q_TITLE_NAME,
    Q_KINDS
} question_kind;

typedef struct session {
    bench_options *options;
    graph network;
    person_words *people;
    uint32_t count;
    uint32_t surnames;
    char (*surname)[24];
    char (*given)[24];
    random_stream random;
    question_kind kind;
    char query[TEXT_MAX];
    char words[WORDS][32]; /* of the query, for the twin */
    int word_count;
    wp_txn *txn;
    wp_matches ours;
    uint64_t trial;
    wp_matches *verified; /* the library's answers of the first round, by trial */
    uint64_t verified_count;
    uint32_t *found; /* by person, how the twin says they fit */
    size_t wanted;   /* matches of the twin and those the library had, where it had room */
    size_t had;
} session;

/* --- names --- */

static void make_word(uint64_t number, unsigned syllables, char *out)
{
    static const char *const onsets[] = {"b", "br", "c", "ch", "d", "f", "g", "gr", "h",   "j",
                                         "k", "kl", "l", "m",  "n", "p", "r", "s",  "sch", "t"};
    static const char *const vowels[] = {"a", "e", "i", "o", "u", "ei", "ie", "y"};
    static const char *const ends[] = {"", "n", "r", "s", "t", "ll", "m", "ck"};
    uint64_t bits = random_mix(number * 2 + syllables);
    size_t used = 0;
    for (unsigned i = 0; i < syllables; i++, bits = random_mix(bits))
        used += (size_t)snprintf(
            out + used, 24 - used, "%s%s%s", onsets[bits % 20], vowels[bits >> 8 & 7],
            i + 1 == syllables || (bits >> 20 & 1) != 0 ? ends[bits >> 12 & 7] : "");
}

/* A rank below `count`, r with a weight of 1/(r + 4). */
static uint32_t draw_rank(random_stream *random, uint32_t count)
{
    uint32_t rank = (uint32_t)(4.0 * pow(((double)count + 4.0) / 4.0, random_unit(random)) - 4.0);
    return rank < count ? rank : count - 1;
}

static const char *const levels[] = {"chief", "vp", "director", "head", "senior", "junior"};
static const char *const fields[] = {"sales", "finance", "research", "legal", "logistics"};
static const char *const places[] = {"europe", "asia", "africa", "america"};

static void title_of(uint32_t person, const char *words[3])
{
    uint64_t bits = random_mix(person + UINT64_C(77000000000));
    words[0] = levels[bits % 6];
    words[1] = fields[(bits >> 8) % 5];
    words[2] = places[(bits >> 16) % 4];
}

static uint32_t company_of(const session *it, uint32_t person)
{
    return person % (it->count / 20 + 1);
}

static void company_word(uint32_t company, char out[24])
{
    make_word(UINT64_C(5000000000) + company, 3, out);
}

static void joined_word(const session *it, const person_words *who, char out[32])
{
    snprintf(out, 32, "%c%s", it->given[who->given][0], it->surname[who->surname]);
}

static void draw_people(session *it)
{
    random_stream random = {random_mix(it->options->seed + 21)};
    it->surnames = it->count < 2 * SURNAMES ? it->count / 2 : SURNAMES;
    it->surname = bench_new(it->surnames, sizeof *it->surname);
    it->given = bench_new(GIVENS, sizeof *it->given);
    it->people = bench_new(it->count + 1, sizeof *it->people);
    it->found = bench_new(it->count + 1, sizeof *it->found);
    for (uint32_t i = 0; i < it->surnames; i++)
        make_word(i, 2 + i % 2, it->surname[i]);
    for (uint32_t i = 0; i < GIVENS; i++)
        make_word(UINT64_C(1000000000) + i, 2, it->given[i]);
    for (uint32_t i = 1; i <= it->count; i++)
        it->people[i] = (person_words){draw_rank(&random, GIVENS), draw_rank(&random, it->surnames),
                                       (random_next(&random) >> 60) < 5};
}

/* --- the database --- */

static void put_person(const session *it, wp_txn *txn, uint32_t person)
{
    wp_error err;
    wp_number number;
    char name[64], address[128], company[24], title[64], joined[32];
    const char *words[3];
    const person_words *who = &it->people[person];
    title_of(person, words);
    company_word(company_of(it, person), company);
    joined_word(it, who, joined);
    snprintf(name, sizeof name, "%s %s", it->given[who->given], it->surname[who->surname]);
    snprintf(title, sizeof title, "%s %s %s", words[0], words[1], words[2]);
    /* Numbers make addresses of namesakes distinct, as people do. */
    if (who->is_joined)
        snprintf(address, sizeof address, "%s.%u@%s.example", joined, person, company);
    else
        snprintf(address, sizeof address, "%s.%s.%u@%s.example", it->given[who->given],
                 it->surname[who->surname], person, company);
    wp_identity identity = {WP_IDENTITY_EMAIL, address};
    wp_person_facts facts = WP_PERSON_FACTS_INIT;
    facts.identities = &identity;
    facts.identity_count = 1;
    facts.name = name;
    facts.title = title;
    facts.us = person <= OURS ? WP_US_YES : WP_US_UNSAID;
    bench_check(wp_person_put(txn, &facts, &number, NULL, &err), &err);
    if (number != person)
        bench_die("person %u has number %u", person, number);
}

static void put_ties(const session *it, wp_db *db)
{
    wp_error err;
    wp_txn *txn = NULL;
    random_stream random = {random_mix(it->options->seed + 22)};
    bench_check(wp_begin_write(db, &txn, &err), &err);
    for (uint32_t i = 0; i < OURS * TIES; i++) {
        wp_stated_tie tie = {.from = 1 + i % OURS,
                             .to = OURS + 1 + random_below(&random, it->count - OURS),
                             .p = .05 + .9 * random_unit(&random)};
        bench_check(wp_stated_tie_put(txn, &tie, &err), &err);
    }
    bench_check(wp_commit(txn, &err), &err);
}

static void build(session *it, const char *path)
{
    wp_error err;
    wp_txn *txn = NULL;
    double start = bench_now_us();
    wp_db *db = graph_create(path);
    for (uint32_t i = 1; i <= it->count; i++) {
        if (txn == NULL)
            bench_check(wp_begin_write(db, &txn, &err), &err);
        put_person(it, txn, i);
        if (i % BATCH == 0 || i == it->count) {
            bench_check(wp_commit(txn, &err), &err);
            txn = NULL;
        }
    }
    put_ties(it, db);
    bench_check(wp_sync(db, &err), &err);
    wp_close(db);
    bench_say("%u people written in %.1f s", it->count, (bench_now_us() - start) / 1e6);
}

static void open_network(session *it)
{
    wp_error err;
    char part[600];
    graph_cache_path(it->options, "-names", it->network.path, sizeof it->network.path);
    if (access(it->network.path, F_OK) != 0) {
        snprintf(part, sizeof part, "%s.%ld.part", it->network.path, (long)getpid());
        graph_remove(part);
        build(it, part);
        if (rename(part, it->network.path) != 0)
            bench_die("%s could not be renamed", part);
        graph_remove(part); /* its lock file */
    }
    bench_check(wp_open(it->network.path, NULL, &it->network.db, &err), &err);
    bench_check(wp_begin_read(it->network.db, &it->txn, &err), &err);
}

/* --- questions --- */

/* Up to two letters wrong: one of the first five replaced, two later ones swapped. */
static void misspell(random_stream *random, char *word, unsigned errors)
{
    size_t length = strlen(word), at = random_below(random, length < 5 ? length : 5);
    word[at] = word[at] == 'x' ? 'q' : 'x';
    if (errors == 2) {
        char last = word[length - 1];
        word[length - 1] = word[length - 2];
        word[length - 2] = last;
    }
}

/* The next word of the query, or its first letters. */
static void add_word(session *it, const char *word, int letters)
{
    snprintf(it->words[it->word_count++], sizeof it->words[0], "%.*s", letters, word);
}

/* Names that more bear than are looked at, in one trial these and in another those. */
static const char *common(random_stream *random, char (*words)[24])
{
    return words[random_below(random, COMMONEST)];
}

/* Besides the surname. */
static void add_words(session *it, uint32_t person, const char *given, const char *surname)
{
    const char *title[3];
    char company[24];
    title_of(person, title);
    company_word(company_of(it, person), company);
    it->word_count = 0;
    if (it->kind == Q_TITLE || it->kind == Q_TITLE_NAME)
        add_word(it, title[1], 31);
    if (it->kind == Q_TITLE_NAME)
        add_word(it, title[0], 31);
    if (it->kind == Q_TITLE_NAME)
        add_word(it, title[2], 31);
    if (it->kind == Q_COMPANY || it->kind == Q_TITLE)
        add_word(it, company, 31);
    if (it->kind == Q_LETTERS)
        add_word(it, given, 1);
    if (it->kind == Q_FULL || it->kind == Q_COMMON || it->kind == Q_COMMON_MISSPELT)
        add_word(it, given, 31);
    if (it->kind != Q_TITLE)
        add_word(it, surname,
                 it->kind == Q_LETTER || it->kind == Q_LETTERS ? 1
                 : it->kind == Q_BEGINNING                     ? 3
                                                               : 31);
}

static void ask(void *context, uint64_t trial)
{
    session *it = context;
    size_t used = 0;
    uint32_t person = 1 + random_below(&it->random, it->count);
    const person_words *who = &it->people[person];
    bool is_common = it->kind == Q_COMMON || it->kind == Q_COMMON_MISSPELT;
    it->trial = trial;
    const char *given = is_common ? common(&it->random, it->given) : it->given[who->given];
    const char *surname = is_common ? common(&it->random, it->surname) : it->surname[who->surname];
    add_words(it, person, given, surname);
    char *last = it->words[it->word_count - 1];
    if (it->kind == Q_MISSPELT || it->kind == Q_TWICE || it->kind == Q_COMMON_MISSPELT)
        misspell(&it->random, last, it->kind == Q_TWICE && strlen(last) >= 5 ? 2 : 1);
    for (int i = 0; i < it->word_count; i++)
        used += (size_t)snprintf(it->query + used, sizeof it->query - used, "%s ", it->words[i]);
}

static void run_ours(void *context)
{
    session *it = context;
    wp_error err;
    wp_find_query query = WP_FIND_QUERY_INIT;
    query.text = it->query;
    query.limit = LIMIT;
    wp_matches_free(&it->ours);
    bench_check(wp_find_on(it->txn, &query, &it->ours, &err), &err);
}

/* --- the twin: words compared one by one, Damerau and Levenshtein's distance in a full table ---
 */

static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned table[33][33];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = (unsigned)(i + j);
                continue;
            }
            unsigned best = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = table[i - 1][j] + 1 < best ? table[i - 1][j] + 1 : best;
            best = table[i][j - 1] + 1 < best ? table[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                table[i - 2][j - 2] + 1 < best)
                best = table[i - 2][j - 2] + 1;
            table[i][j] = best;
        }
    return table[n][m];
}

/* 2: equal or the beginning, 1: misspelt, 0: neither. */
static int fit(const char *query, const char *word)
{
    size_t n = strlen(query), m = strlen(word), most = n <= 2 ? 0 : n <= 4 ? 1 : 2;
    if (strncmp(query, word, n) == 0)
        return 2;
    return most > 0 && n <= m + most && m <= n + most && distance(query, n, word, m) <= most;
}

static int most_of(int a, int b)
{
    return a > b ? a : b;
}

/* How a person fits: 2 plainly, 1 misspelt, 0 not. fits: of all surnames and given names. */
static int fit_person(const session *it, uint32_t person, const signed char *surnames[WORDS],
                      const signed char *givens[WORDS])
{
    const person_words *who = &it->people[person];
    const char *title[3];
    char joined[32], company[24], digits[16];
    int best = 0, words = it->word_count;
    title_of(person, title);
    company_word(company_of(it, person), company);
    joined_word(it, who, joined);
    snprintf(digits, sizeof digits, "%u", person);
    for (int is_address = 0; is_address < 2; is_address++) {
        int worst = 2;
        bool has_own = false;
        for (int i = 0; i < words && worst > 0; i++) {
            const char *word = it->words[i];
            int own = is_address == 0 || !who->is_joined
                          ? most_of(surnames[i][who->surname], givens[i][who->given])
                          : fit(word, joined);
            if (is_address == 1 && own < 2)
                own = most_of(own, fit(word, digits));
            int all = own;
            for (int t = 0; t < 3 && all == 0; t++)
                own = most_of(own, fit(word, title[t]));
            if (all == 0)
                all = most_of(own, most_of(fit(word, company), fit(word, "example")));
            has_own = has_own || own > 0;
            worst = all < worst ? all : worst;
        }
        best = has_own ? most_of(best, worst) : best;
    }
    return best;
}

static signed char *fit_all(const char *query, char (*words)[24], uint32_t count)
{
    signed char *out = bench_new(count, 1);
    for (uint32_t i = 0; i < count && query[0] != '\0'; i++)
        out[i] = (signed char)fit(query, words[i]);
    return out;
}

/* found[person]: how the person fits. */
static void run_scan(void *context)
{
    session *it = context;
    signed char *surnames[WORDS], *givens[WORDS];
    for (int i = 0; i < it->word_count; i++) {
        surnames[i] = fit_all(it->words[i], it->surname, it->surnames);
        givens[i] = fit_all(it->words[i], it->given, GIVENS);
    }
    for (uint32_t person = 1; person <= it->count; person++)
        it->found[person] = (uint32_t)fit_person(it, person, (const signed char **)surnames,
                                                 (const signed char **)givens);
    for (int i = 0; i < it->word_count; i++) {
        free(surnames[i]);
        free(givens[i]);
    }
}

static bool verify(void *context, size_t contestant)
{
    session *it = context;
    size_t wanted[3] = {0, 0, 0}, had[3] = {0, 0, 0};
    if (contestant == 0)
        return true; /* the twin has answered only some of the questions */
    for (uint32_t person = 1; person <= it->count; person++)
        wanted[it->found[person]]++;
    for (size_t i = 0; i < it->ours.count; i++) {
        const wp_match *match = &it->ours.items[i];
        if (match->is_company)
            continue;
        int fits = (int)it->found[match->number];
        if (fits == 0 || (fits == 2) != ((match->how & WP_HOW_MISSPELT) == 0))
            return false;
        had[fits]++;
    }
    size_t count = it->ours.count;
    it->verified[it->trial] = it->ours;
    it->ours = (wp_matches){NULL, 0};
    if (count == LIMIT)
        return true;
    it->wanted += wanted[1] + wanted[2];
    it->had += had[1] + had[2];
    return had[2] == wanted[2];
}

/* --- cases --- */

/* Whether an answer is the one that was verified. */
static bool verify_again(void *context, size_t contestant)
{
    session *it = context;
    (void)contestant;
    if (it->trial >= it->verified_count)
        return true;
    const wp_matches *before = &it->verified[it->trial];
    bool is_same = before->count == it->ours.count;
    for (size_t i = 0; i < before->count && is_same; i++)
        is_same = before->items[i].number == it->ours.items[i].number &&
                  before->items[i].how == it->ours.items[i].how &&
                  before->items[i].is_company == it->ours.items[i].is_company;
    return is_same;
}

static void run_round(session *it, const char *name, bool has_scan)
{
    bench_options options = *it->options;
    bench_contestant contestants[] = {{NULL, run_ours, 0, {NULL, 0, 0}},
                                      {"scan", run_scan, 0, {NULL, 0, 0}}};
    bench_contest contest = {.name = name,
                             .context = it,
                             .prepare = ask,
                             .verify = has_scan ? verify : verify_again,
                             .contestants = contestants,
                             .count = has_scan ? 2 : 1,
                             .unit = "us"};
    if (has_scan)
        options.trials = (uint32_t)ceil(SCANNED * options.trials);
    it->random.state = random_mix(options.seed + 30 + it->kind);
    bench_contest_run(&options, &contest);
    it->options->has_failed |= options.has_failed;
    it->options->has_reported |= options.has_reported;
}

static void run_case(session *it, question_kind kind, const char *name)
{
    char cold_name[64];
    if (it->options->only != NULL && strstr(name, it->options->only) == NULL)
        return;
    snprintf(cold_name, sizeof cold_name, "%s, after a scan", name);
    it->kind = kind;
    it->wanted = it->had = 0;
    it->verified_count = (uint64_t)ceil(SCANNED * it->options->trials) + 1;
    it->verified = bench_new(it->verified_count, sizeof *it->verified);
    run_round(it, cold_name, true);
    run_round(it, name, false);
    for (uint64_t i = 0; i < it->verified_count; i++)
        wp_matches_free(&it->verified[i]);
    free(it->verified);
    if (it->wanted > 0)
        bench_say("%s: %zu of %zu matches, recall %.4f", name, it->had, it->wanted,
                  (double)it->had / (double)it->wanted);
}

int main(int argc, char **argv)
{
    static const bench_about about = {
        "find", "How long does a search by name take among people named as people are?",
        "community-1m", 500};
    static const char *const names[Q_KINDS] = {
        "full name",         "surname",          "three letters",
        "misspelt by one",   "misspelt by two",  "surname and company",
        "title and company", "one letter",       "two letters",
        "common name",       "common, misspelt", "title and surname"};
    bench_options options;
    graph_plan plan;
    bench_begin(&options, &about, argc, argv);
    graph_read_name(&options, &plan);
    if (plan.people <= OURS)
        bench_die("%s: a search by name needs a graph of more than %d people", options.graph, OURS);
    session it = {.options = &options, .count = plan.people};
    draw_people(&it);
    open_network(&it);
    for (int kind = 0; kind < Q_KINDS; kind++)
        run_case(&it, (question_kind)kind, names[kind]);
    wp_matches_free(&it.ours);
    wp_abort(it.txn);
    wp_close(it.network.db);
    free(it.people);
    free(it.found);
    free(it.surname);
    free(it.given);
    return bench_end(&options);
}
