/*
 * Random numbers for tests. See random.h.
 *
 * splitmix64 (Steele, Lea, Flood 2014): one addition and a finaliser, equal on every machine, and
 * good enough for choosing test cases. Nothing here is fit for secrets.
 */
#include "random.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_number(const char *text, uint64_t *out)
{
    if (text == NULL || text[0] < '0' || text[0] > '9') {
        return false;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0') {
        return false;
    }
    *out = value;
    return true;
}

bool random_arguments_read(int argc, char **argv, random_arguments *arguments)
{
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        bool is_read = false;
        if (strcmp(argv[i], "--seed") == 0) {
            is_read = read_number(value, &arguments->seed);
        } else if (strcmp(argv[i], "--cases") == 0) {
            is_read = read_number(value, &arguments->cases);
        }
        if (!is_read) {
            fprintf(stderr, "usage: %s [--seed N] [--cases N]\n", argv[0]);
            return false;
        }
    }
    printf("seed %" PRIu64 ", cases %" PRIu64 "\n", arguments->seed, arguments->cases);
    return true;
}

random_source random_start(uint64_t seed, uint64_t stream)
{
    random_source source = {seed};
    source.state = random_bits(&source) ^ (stream * UINT64_C(0xd1342543de82ef95));
    (void)random_bits(&source);
    return source;
}

uint64_t random_bits(random_source *source)
{
    source->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = source->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t random_below(random_source *source, size_t bound)
{
    return bound == 0 ? 0 : (size_t)(random_bits(source) % bound);
}

int64_t random_between(random_source *source, int64_t low, int64_t high)
{
    return low + (int64_t)random_below(source, (size_t)(high - low) + 1);
}

double random_unit(random_source *source)
{
    return (double)(random_bits(source) >> 11) * 0x1p-53;
}

bool random_chance(random_source *source, double probability)
{
    return random_unit(source) < probability;
}

void random_order(random_source *source, size_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = random_below(source, i + 1);
        items[i] = items[j];
        items[j] = i;
    }
}
