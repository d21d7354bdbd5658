/*
 * A run of ties: the ties of one person to people with higher numbers, or a stretch of them, in one
 * record. Little-endian, front to back, sorted by the higher number, none twice:
 *
 *   higher number u32
 *   flags u8      1: interactions; bits 1-2 what is stated low to high, bits 3-4 back:
 *                 0 nothing, 1 p, 2 a cost, 3 p as a whole number of billionths;
 *                 32: sources follow; 64: gone
 *   interactions  forms u8, times of 5 bytes: last, reference, first; then for each direction fast
 *                 and slow, positive and negative f64
 *   stated        for each direction: p f64, cost u32, or billionths u32
 *   counts        of interactions, for each direction, a number of seven bits a byte, lowest first,
 *                 the top bit on all but the last
 *   sources       for each direction stated, a number likewise: 0: several, 1: by hand, source + 1.
 *                 Left out when all is stated by hand
 *
 * The forms say what is left out because it is zero or the same. Bits 0-1 tell of low to high, 2-3
 * of back, what there is of fast and slow: 0 nothing, both are zero; 1 two f64; 2 the upper two
 * bytes of each, the others being zero; 3 one f64 that both are. Bits 4 and 5 tell whether positive
 * and negative of the directions are there, 6 and 7 whether the reference and the first time are,
 * which are the last time otherwise.
 *
 * Which form something takes follows from its value, so that a state has one encoding only.
 * Two records of WPI_TIE_RUN_BYTES_MAX share a page of 4096 bytes, so runs never overflow. Whose
 * ties they are stands in the key, which is not known here.
 */
#ifndef WPI_FORMAT_TIE_RUN_H
#define WPI_FORMAT_TIE_RUN_H

#include "base/tie_state.h"
#include "format/records.h"

#define WPI_TIE_RUN_BYTES_MAX 2000u
#define WPI_TIE_ENTRY_BYTES_MAX 121u

/* One tie of a run, in place. */
typedef struct wpi_tie_entry {
    uint32_t high;
    uint32_t size;
    const unsigned char *bytes;
} wpi_tie_entry;

/* A run being read front to back. */
typedef struct wpi_tie_run {
    const unsigned char *at;
    const unsigned char *end;
    uint32_t last; /* higher number of the entry before; 0: none */
    bool is_damaged;
} wpi_tie_run;

wpi_tie_run wpi_tie_run_of(wpi_record_bytes bytes);
/* The next entry; false at the end, and when the run is damaged or out of order. */
bool wpi_tie_run_next(wpi_tie_run *run, wpi_tie_entry *out);
/* WP_ECORRUPT when reading a run stopped because of damage. */
wp_status wpi_tie_run_status(const wpi_tie_run *run, wp_error *err);

/* The entry of a higher number; WP_ENOTFOUND (err alone), WP_ECORRUPT. */
wp_status wpi_tie_run_find(wpi_record_bytes bytes, uint32_t high, wpi_tie_entry *out,
                           wp_error *err);

/* The state in an entry; WP_ECORRUPT when something in it is out of range. */
wp_status wpi_tie_entry_read(const wpi_tie_entry *entry, wpi_tie_state *out, wp_error *err);
/* Write an entry; returns its size, at most WPI_TIE_ENTRY_BYTES_MAX. */
size_t wpi_tie_entry_write(unsigned char *out, uint32_t high, const wpi_tie_state *state);

/* The number of billionths that is exactly p; 0 when there is none. */
uint32_t wpi_tie_billionths(double p);
double wpi_tie_billionths_back(uint32_t billionths);

#endif
