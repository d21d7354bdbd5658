/*
 * Drawing and writing networks with policies: see leak_world.h.
 */
#include "leak_world.h"

#include <string.h>
#include <time.h>

#define DAY_S 86400
#define LAST_S 1709294400 /* 2024-03-01T12:00:00Z */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *const leak_domains[LEAK_COMPANIES] = {"us.com", "acme.com", "globex.com",
                                                  "initech.com"};
const char *const leak_companies[LEAK_COMPANIES] = {"Us", "Acme", "Globex", "Initech Lee"};

static const char *const groups[LEAK_GROUPS] = {"team:x", "list:y"};
static const char *const firsts[] = {"Ann", "Anne", "Bob", "Carol", "Karol", "Dave"};
static const char *const lasts[] = {"Lee", "Lea", "Ray", "Smith", "Smyth"};
static const char *const titles[] = {NULL, "VP Sales", "Head of Procurement", "Engineer"};
static const char *const ids[] = {"42", "43", "44"};
static const char *const choices[] = {NULL, NULL, NULL, NULL, "out", "ask", "in"};
static const char *const sharings[] = {NULL, NULL, NULL, "closed", "groups", "open"};
static const char *const kinds[] = {"mail",    "mail",    "mail",         "call", "meeting",
                                    "message", "comment", "introduction", "ask"}; /* asks last */

static const char *pick(random_source *random, const char *const *from, size_t count)
{
    return from[random_below(random, count)];
}

static void draw_person(random_source *random, size_t index, leak_person *out)
{
    size_t company = index < 3 ? 0 : random_below(random, LEAK_COMPANIES + 1);
    *out = (leak_person){.title = pick(random, titles, COUNT_OF(titles)),
                         .id = index < COUNT_OF(ids) ? ids[index] : NULL,
                         .choice = pick(random, choices, COUNT_OF(choices)),
                         .is_do_not_contact = random_chance(random, 0.08)};
    snprintf(out->name, sizeof out->name, "%s %s", pick(random, firsts, COUNT_OF(firsts)),
             pick(random, lasts, COUNT_OF(lasts)));
    if (company < LEAK_COMPANIES)
        out->works_at[company] = true;
    if (company == 0)
        out->sharing = pick(random, sharings, COUNT_OF(sharings));
    for (size_t i = 0; i < LEAK_GROUPS; i++)
        out->is_in[i] = random_chance(random, 0.3);
    if (random_chance(random, 0.15))
        out->works_at[1 + random_below(random, LEAK_COMPANIES - 1)] = true;
    snprintf(out->email, sizeof out->email, "p%zu@%s", index,
             company < LEAK_COMPANIES ? leak_domains[company] : "gmail.com");
}

static void draw_events(random_source *random, bool has_more, leak_tie *tie)
{
    size_t kind_count = COUNT_OF(kinds) - (has_more ? 0 : 1);
    tie->event_count = random_below(random, LEAK_EVENTS_MAX + 1);
    for (size_t i = 0; i < tie->event_count; i++)
        tie->events[i] = (leak_event){.kind = pick(random, kinds, kind_count),
                                      .days_ago = (int)random_below(random, 500) - 20,
                                      .is_back = random_chance(random, 0.5),
                                      .is_reply = i > 0 && random_chance(random, 0.3),
                                      .is_automatic = random_chance(random, 0.1),
                                      .valence = random_chance(random, 0.07) ? -1.0 : 0.0};
}

static void draw_tie(random_source *random, bool has_more, size_t low, size_t high, leak_tie *out)
{
    *out = (leak_tie){.ends = {low, high}, .has_source = random_chance(random, 0.2)};
    draw_events(random, has_more, out);
    for (int i = 0; i < 2; i++) {
        bool is_stated = random_chance(random, out->event_count == 0 ? 0.8 : 0.25);
        out->stated[i] = is_stated ? 0.05 + 0.9 * random_unit(random) : 0.0;
        out->is_owner[i] = random_chance(random, 0.12);
    }
}

static void draw_barriers(random_source *random, leak_world *world)
{
    size_t count = 1 + random_below(random, LEAK_BARRIERS_MAX);
    for (size_t i = 0; i < count; i++)
        for (int side = 0; side < 2; side++) {
            const size_t bounds[] = {world->people_count, LEAK_COMPANIES, LEAK_GROUPS};
            leak_kind kind = (leak_kind)random_below(random, COUNT_OF(bounds));
            size_t bound = bounds[kind];
            leak_side *at = &world->barriers[i][side];
            *at = (leak_side){kind, random_below(random, bound)};
            const leak_side *other = &world->barriers[i][0];
            if (side == 1 && at->kind == other->kind && at->index == other->index)
                at->index = (at->index + 1) % bound;
        }
    world->barrier_count = count;
}

/* Whether a tie without an owner is hidden from somebody, of whom there are many where sharing is
 * mutual. */
static bool is_hidden(const leak_world *world, const leak_tie *tie)
{
    bool is_any = leak_hides(world, tie, LEAK_NOBODY);
    for (size_t viewer = 0; viewer < world->people_count && !is_any; viewer++)
        is_any = leak_hides(world, tie, viewer);
    return is_any;
}

/* Whether any tie between some people is hidden from somebody. */
static bool is_any_hidden(const leak_world *world, const size_t *people, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            leak_tie between = {.ends = {people[i], people[j]}};
            if (people[i] == people[j] || is_hidden(world, &between))
                return true;
            for (size_t k = 0; k < world->tie_count; k++) {
                const leak_tie *tie = &world->ties[k];
                bool is_it = (tie->ends[0] == people[i] && tie->ends[1] == people[j]) ||
                             (tie->ends[1] == people[i] && tie->ends[0] == people[j]);
                if (is_it && (tie->is_owner[0] || tie->is_owner[1]))
                    return true;
            }
        }
    return false;
}

static void draw_posts(random_source *random, leak_world *world)
{
    for (size_t tries = 0; tries < 12 && world->post_count < LEAK_POSTS_MAX; tries++) {
        size_t people[LEAK_TO_MAX + 1];
        size_t count = 3 + random_below(random, LEAK_TO_MAX - 1);
        for (size_t i = 0; i < count; i++)
            people[i] = random_below(random, world->people_count);
        if (is_any_hidden(world, people, count))
            continue;
        leak_post *post = &world->posts[world->post_count++];
        *post = (leak_post){people[0], {0}, count - 1, (int)random_below(random, 300)};
        memcpy(post->to, people + 1, (count - 1) * sizeof *people);
    }
}

void leak_world_draw(random_source *random, bool has_barriers, leak_world *out)
{
    *out = (leak_world){.people_count = 6 + random_below(random, LEAK_PEOPLE_MAX - 5),
                        .has_more = random_chance(random, 0.5)};
    bool has_owner = random_chance(random, 0.4);
    out->owner = has_owner ? random_below(random, out->people_count - 1) : LEAK_NOBODY;
    out->is_closed = random_chance(random, 0.2);
    out->is_mutual = random_chance(random, 0.3);
    for (size_t i = 0; i < LEAK_GROUPS; i++)
        out->staff[i] =
            random_chance(random, 0.3) ? random_below(random, LEAK_COMPANIES) : LEAK_NOBODY;
    double density = 0.2 + 0.3 * random_unit(random);
    for (size_t i = 0; i < out->people_count; i++)
        draw_person(random, i, &out->people[i]);
    for (size_t i = 0; i < out->people_count; i++)
        for (size_t j = i + 1; j < out->people_count; j++)
            if (random_chance(random, density))
                draw_tie(random, out->has_more, i, j, &out->ties[out->tie_count++]);
    if (has_barriers)
        draw_barriers(random, out);
    if (out->has_more)
        draw_posts(random, out);
    if (random_chance(random, 0.2))
        out->default_choice = random_chance(random, 0.5) ? "ask" : "out";
}

bool leak_is_in(const leak_world *world, size_t group, size_t person)
{
    size_t company = world->staff[group];
    const leak_person *who = &world->people[person];
    return who->is_in[group] || (company != LEAK_NOBODY && who->works_at[company]);
}

bool leak_is_on(const leak_world *world, size_t barrier, int side, size_t person)
{
    const leak_side *at = &world->barriers[barrier][side];
    if (at->kind == LEAK_GROUP)
        return leak_is_in(world, at->index, person);
    return at->kind == LEAK_COMPANY ? world->people[person].works_at[at->index]
                                    : at->index == person;
}

/* Whether somebody shares with somebody, or with everybody. */
static bool shares(const leak_world *world, size_t person, size_t with)
{
    const leak_person *who = &world->people[person];
    if (who->sharing == NULL)
        return !(world->is_closed && who->works_at[0]);
    if (strcmp(who->sharing, "groups") == 0)
        return with != LEAK_NOBODY && leak_is_in(world, 0, with);
    return strcmp(who->sharing, "open") == 0;
}

/* Whether a tie is not shared with a viewer. */
static bool is_closed(const leak_world *world, const leak_tie *tie, size_t viewer)
{
    bool is_any = false;
    for (int i = 0; i < 2; i++) {
        size_t end = tie->ends[i];
        const leak_person *who = &world->people[end];
        bool is_concerned = who->sharing != NULL || who->works_at[0];
        bool must_share = world->is_mutual && viewer != LEAK_NOBODY && is_concerned;
        is_any |= !shares(world, end, viewer) || (must_share && !shares(world, viewer, end));
    }
    return is_any && viewer != tie->ends[0] && viewer != tie->ends[1];
}

bool leak_hides_person(const leak_world *world, size_t person, size_t viewer)
{
    bool is_private = world->owner != LEAK_NOBODY && person + 1 == world->people_count;
    return is_private && viewer != person && viewer != world->owner;
}

bool leak_hides(const leak_world *world, const leak_tie *tie, size_t viewer)
{
    bool is_private = tie->is_owner[0] || tie->is_owner[1];
    for (int i = 0; i < 2; i++)
        if (leak_hides_person(world, tie->ends[i], viewer))
            return true;
    for (int i = 0; i < 2; i++) {
        bool has_other = world->owner == tie->ends[i] && tie->ends[!i] + 1 == world->people_count;
        is_private &= !((tie->is_owner[i] || has_other) && tie->ends[i] == viewer);
    }
    bool is_barred = false;
    for (size_t i = 0; i < world->barrier_count; i++) {
        bool has[2] = {false, false};
        for (int side = 0; side < 2; side++)
            for (int end = 0; end < 2; end++)
                has[side] |= leak_is_on(world, i, side, tie->ends[end]);
        is_barred |= has[0] && has[1];
    }
    return is_private || is_closed(world, tie, viewer) || is_barred;
}

static void write_time(FILE *out, int days_ago)
{
    char text[32];
    struct tm parts;
    time_t time_s = LAST_S - (time_t)days_ago * DAY_S;
    (void)gmtime_r(&time_s, &parts);
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    fprintf(out, "\"time\":\"%s\"", text);
}

static void write_person(const leak_person *person, FILE *out)
{
    fprintf(out, "{\"type\":\"person\",\"email\":\"%s\",\"name\":\"%s\"", person->email,
            person->name);
    if (person->id != NULL)
        fprintf(out, ",\"id\":\"%s\"", person->id);
    if (person->title != NULL)
        fprintf(out, ",\"title\":\"%s\"", person->title);
    fprintf(out, "}\n");
    for (size_t i = 0; i < LEAK_COMPANIES; i++)
        if (person->works_at[i])
            fprintf(out, "{\"type\":\"employment\",\"person\":\"%s\",\"company\":\"%s\"}\n",
                    person->email, leak_domains[i]);
    for (size_t i = 0; i < LEAK_GROUPS; i++)
        if (person->is_in[i])
            fprintf(out, "{\"type\":\"member\",\"group\":\"%s\",\"person\":\"%s\"}\n", groups[i],
                    person->email);
    if (person->sharing != NULL)
        fprintf(out, "{\"type\":\"consent\",\"person\":\"%s\",\"sharing\":\"%s\"%s}\n",
                person->email, person->sharing,
                strcmp(person->sharing, "groups") == 0 ? ",\"groups\":[\"team:x\"]" : "");
    if (person->choice != NULL)
        fprintf(out,
                "{\"type\":\"consent\",\"person\":\"%s\",\"introductions\":\"%s\","
                "\"since\":\"2023-05-01\"}\n",
                person->email, person->choice);
    if (person->is_do_not_contact)
        fprintf(out, "{\"type\":\"consent\",\"person\":\"%s\",\"contact\":\"out\"}\n",
                person->email);
}

static void write_event(const leak_world *world, size_t index, size_t event, FILE *out)
{
    const leak_tie *tie = &world->ties[index];
    const leak_event *at = &tie->events[event];
    const char *ends[2] = {world->people[tie->ends[0]].email, world->people[tie->ends[1]].email};
    fprintf(out, "{\"type\":\"interaction\",\"id\":\"m%zu-%zu\",\"kind\":\"%s\",", index, event,
            at->kind);
    write_time(out, at->days_ago);
    fprintf(out, ",\"from\":\"%s\",\"to\":[\"%s\"],\"valence\":%g", ends[at->is_back],
            ends[!at->is_back], at->valence);
    if (at->is_reply)
        fprintf(out, ",\"reply_to\":\"m%zu-%zu\"", index, event - 1);
    if (at->is_automatic)
        fprintf(out, ",\"automatic\":true");
    if (tie->has_source)
        fprintf(out, ",\"source\":\"book of p%zu\"", tie->ends[0]);
    fprintf(out, "}\n");
}

static void write_tie(const leak_world *world, size_t index, FILE *out)
{
    const leak_tie *tie = &world->ties[index];
    for (int i = 0; i < 2; i++)
        if (tie->stated[i] > 0.0)
            fprintf(out, "{\"type\":\"tie\",\"from\":\"%s\",\"to\":\"%s\",\"p\":%.17g}\n",
                    world->people[tie->ends[i]].email, world->people[tie->ends[!i]].email,
                    tie->stated[i]);
    for (size_t i = 0; i < tie->event_count; i++)
        write_event(world, index, i, out);
}

static void write_private(const leak_world *world, const leak_tie *tie, FILE *out)
{
    size_t last = world->people_count - 1; /* all of whose ties are the owner's, that one too */
    for (int i = 0; i < 2; i++)
        if (tie->is_owner[i] && (tie->ends[i] != world->owner || tie->ends[!i] != last))
            fprintf(out, "{\"type\":\"private\",\"person\":\"%s\",\"owner\":\"%s\"}\n",
                    world->people[tie->ends[!i]].email, world->people[tie->ends[i]].email);
}

static void write_barrier(const leak_world *world, const leak_side *sides, FILE *out)
{
    fprintf(out, "{\"type\":\"barrier\"");
    for (int i = 0; i < 2; i++) {
        static const char *const names[] = {"person", "company", "group"};
        const char *text = world->people[sides[i].index].email;
        if (sides[i].kind != LEAK_PERSON)
            text = (sides[i].kind == LEAK_COMPANY ? leak_domains : groups)[sides[i].index];
        fprintf(out, ",\"%s%s\":\"%s\"", i == 0 ? "" : "other_", names[sides[i].kind], text);
    }
    fprintf(out, "}\n");
}

static void write_post(const leak_world *world, size_t index, FILE *out)
{
    const leak_post *post = &world->posts[index];
    fprintf(out, "{\"type\":\"interaction\",\"id\":\"post%zu\",\"kind\":\"mail\",", index);
    write_time(out, post->days_ago);
    fprintf(out, ",\"from\":\"%s\",\"to\":[", world->people[post->from].email);
    for (size_t i = 0; i < post->to_count; i++)
        fprintf(out, "%s\"%s\"", i == 0 ? "" : ",", world->people[post->to[i]].email);
    fprintf(out, "]}\n");
}

static void write_groups(const leak_world *world, FILE *out)
{
    for (size_t i = 0; i < LEAK_GROUPS; i++) {
        fprintf(out, "{\"type\":\"group\",\"name\":\"%s\"}\n", groups[i]);
        if (world->staff[i] != LEAK_NOBODY)
            fprintf(out, "{\"type\":\"member\",\"group\":\"%s\",\"company\":\"%s\"}\n", groups[i],
                    leak_domains[world->staff[i]]);
    }
}

static void write_settings(const leak_world *world, bool has_policies, FILE *out)
{
    if (world->default_choice != NULL)
        fprintf(out, "{\"type\":\"setting\",\"default_introductions\":\"%s\"}\n",
                world->default_choice);
    if (has_policies)
        fprintf(out, "{\"type\":\"setting\",\"default_sharing\":\"%s\",\"mutual_sharing\":%s}\n",
                world->is_closed ? "closed" : "open", world->is_mutual ? "true" : "false");
}

/* is_kept: NULL: all ties, and the policies. */
static void write_all(const leak_world *world, size_t viewer, const bool *is_kept, FILE *out)
{
    bool has_policies = is_kept == NULL;
    size_t last = world->people_count - 1;
    for (size_t i = 0; i < LEAK_COMPANIES; i++)
        fprintf(out, "{\"type\":\"company\",\"domain\":\"%s\",\"name\":\"%s\",\"us\":%s}\n",
                leak_domains[i], leak_companies[i], i == 0 ? "true" : "false");
    write_groups(world, out);
    for (size_t i = 0; i < world->people_count; i++)
        if (has_policies || !leak_hides_person(world, i, viewer))
            write_person(&world->people[i], out);
    if (has_policies && world->owner != LEAK_NOBODY)
        fprintf(out, "{\"type\":\"private\",\"person\":\"%s\",\"owner\":\"%s\",\"whole\":true}\n",
                world->people[last].email, world->people[world->owner].email);
    write_settings(world, has_policies, out);
    for (size_t i = 0; i < world->tie_count; i++) {
        if (is_kept == NULL || is_kept[i])
            write_tie(world, i, out);
        if (has_policies)
            write_private(world, &world->ties[i], out);
    }
    for (size_t i = 0; i < world->barrier_count && has_policies; i++)
        write_barrier(world, world->barriers[i], out);
    for (size_t i = 0; i < world->post_count; i++)
        write_post(world, i, out);
}

void leak_world_write(const leak_world *world, FILE *out)
{
    write_all(world, LEAK_NOBODY, NULL, out);
}

void leak_world_write_seen(const leak_world *world, size_t viewer, const bool *is_kept, FILE *out)
{
    write_all(world, viewer, is_kept, out);
}
