/*
 * Subjects and bodies. Readers of mail must not need the bodies; they are here because real
 * mailboxes have them, with lines that look like separators and headers.
 */
#include "words.h"

#include <assert.h>
#include <stddef.h>

static const char *const plain[] = {
    "Gripper for the second line",
    "Visit next week",
    "Offer 4417, updated",
    "Safety certificate",
    "Lunch on Thursday?",
    "Spare parts for cell 3",
    "Cycle time after the update",
    "Minutes of our call",
    "Angebot für zwei Greifer",
    "Wizyta w Gdańsku",
    "Visita técnica en junio",
    "Delivery dates",
    "Trial on the palletiser",
    "Drawings, revision C",
    "Question about the interface",
    "Budget for next year",
    "Your talk at Roboforum",
    "Training for the night shift",
    "Camera calibration",
    "Service contract",
    "Introduction",
    "Thank you for yesterday",
    "Results of the pilot",
    "Conveyor speed",
    "Torque sensor, second batch",
    "Re-scheduling the audit",
    "Rückfrage zur Abnahme",
    "A few numbers before the meeting",
    "Plan for the shutdown in August",
    "Contact at the integrator",
};

static const char *const list[] = {
    "[arm-users] Joint limits in firmware 5",      "[arm-users] Force control at low speed",
    "[arm-users] Simulator and real arm disagree", "[arm-users] Python bindings",
    "[arm-users] Best practice for tool changers", "[arm-users] Emergency stop and restart",
};

static const char *const bulk[] = {
    "News from the factory floor",
    "Five things we learned this quarter",
    "Save the date: Roboforum",
    "The week in automation",
};

static const char *const autoreply[] = {
    "Automatic reply: out of office",
    "Abwesenheitsnotiz: zurück am Montag",
};

static const char *const notice[] = {
    "Your invoice is ready",
    "Scan from the second floor",
};

static const char *const bodies[] = {
    "Thank you, that helps. I will come back to you by Friday.\n",
    "Could we speak tomorrow at ten? The line stands still until then anyway.\n\nBest wishes\n",
    "Attached is the drawing. Please look at page 2.\n\n-- \nSent from the shop floor\n",
    "Hello,\n\nthe trial went well, we should talk about the second cell.\n\nKind regards\n",
    "From what I have seen, the gripper is not the problem.\nThe conveyor is.\n",
    "Yes.\n",
    "See below.\n\nFrom: somebody else\nTo: nobody in particular\n\nthe numbers are right\n",
    "> Did the parts arrive?\n\nThey did, on Tuesday.\n",
    "Dzień dobry,\n\ndziękuję za wizytę.\n\nPozdrawiam\n",
    "Liebe Grüße aus der Werkhalle, alles läuft.\n",
    "I asked around.\n\n>From the look of it nobody objects.\n",
    "No news yet. I will ring when there is some.\n",
};

typedef struct subject_table {
    const char *const *rows;
    uint32_t count;
} subject_table;

#define TABLE(array)                                                                               \
    {                                                                                              \
        array, sizeof(array) / sizeof((array)[0])                                                  \
    }

static const subject_table subjects[] = {
    [POST_PLAIN] = TABLE(plain),   [POST_LIST] = TABLE(list),
    [POST_BULK] = TABLE(bulk),     [POST_AUTOREPLY] = TABLE(autoreply),
    [POST_NOTICE] = TABLE(notice), [POST_NO_DATE] = TABLE(notice),
};

#define BODY_COUNT (sizeof bodies / sizeof bodies[0])

uint16_t words_pick_subject(post_kind kind, dice *chance)
{
    return (uint16_t)dice_below(chance, subjects[kind].count);
}

uint16_t words_pick_body(dice *chance)
{
    return (uint16_t)dice_below(chance, (uint32_t)BODY_COUNT);
}

const char *words_subject(post_kind kind, uint16_t index)
{
    assert(index < subjects[kind].count);
    return subjects[kind].rows[index];
}

const char *words_body(uint16_t index)
{
    assert(index < BODY_COUNT);
    return bodies[index];
}
