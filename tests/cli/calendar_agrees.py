#!/usr/bin/env python3
"""The reader of iCalendar files against libical, on the real and hostile files in the data.

Every file is read, or left out with a reason; every event is counted. The meetings stored (source
id, time, organizer, the part of each attendee) must be those that follow from what libical reads by
the rules of engine/README.md, which are written here a second time. As few events of the corpora
name both an organizer and guests, such lines are put at the end of every event, so that the times
of all of them are compared; UIDs get the number of their file, so that one database holds them all.
KNOWN lists what differs, with the reason. Exit code 77: no data, or no libical.

The program is $WARMPATH. Names and addresses of the data are never printed.
"""

import collections
import datetime
import glob
import json
import os
import re
import sys
import time
import urllib.parse

import _libical
import _tool

OCCURRENCES_MAX, SEATS_MAX = 1000, 100000
PARTS = {"ACCEPTED": "to", "COMPLETED": "to", "TENTATIVE": "tentative", "DECLINED": "declined",
         "DELEGATED": "declined"}
NOW = int(time.time())
GUESTS = (b"ORGANIZER:mailto:organizer@x.test\r\n"
          b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:guest@x.test\r\n")

# What differs, by file, and why. A file that is here and differs no longer is a fault as well.
START = "libical leaves out a start that the rule does not name; in RFC 5545 it is the first one"
PERIODS = "libical leaves out an RDATE that is a period"
NAMES = "libical knows the system's zones under its own prefix alone, not under those of others"
ZONES = "libical reads an RDATE with a TZID as UTC"
VALUES = ("libical keeps the first of two starts, or an event without the start or rule that it "
          "could not read; ours refuses it")
WHOLE = "libical reads nothing of a file that is damaged somewhere; ours refuses one event"
DAYS = "ours names the occurrences of a whole-day event by their days, whatever RECURRENCE-ID says"
KNOWN = {
    "src__test__resources__samples__invalid__CalendarDataFile.ics": START,
    "src__test__resources__samples__valid__Australian32Holidays.ics": DAYS,
    "src__test__resources__samples__valid__Christian32Holidays.ics": START,
    "src__test__resources__samples__valid__derryn.ics": START,
    "src__test__resources__samples__valid__korganizer_sample.ics": START,
    "src__test__resources__samples__valid__calconnect2.ics": PERIODS,
    "src__test__resources__samples__valid__calconnect4.ics": PERIODS,
    "src__test__resources__samples__valid__calconnect8.ics": PERIODS,
    "src__test__resources__samples__valid__calconnect9.ics": PERIODS,
    "src__icalendar__fuzzing__corpus__issue_156_RDATE_with_PERIOD.ics": PERIODS,
    "src__icalendar__fuzzing__corpus__issue_156_RDATE_with_PERIOD_list.ics": PERIODS,
    "src__icalendar__tests__calendars__issue_1426.ics": PERIODS,
    "src__icalendar__tests__calendars__issue_1633_rdate_with_dates.ics": PERIODS,
    "src__icalendar__tests__calendars__issue_1633_rdate_with_dates_and_tzid.ics": PERIODS,
    "src__icalendar__tests__calendars__period_with_timezone.ics": PERIODS,
    "src__icalendar__tests__calendars__rfc_7265_appendix_example_2_ical.ics": PERIODS,
    "src__icalendar__tests__events__issue_156_RDATE_with_PERIOD.ics": PERIODS,
    "src__icalendar__tests__events__issue_156_RDATE_with_PERIOD_list.ics": PERIODS,
    "src__test__resources__samples__invalid__phpicalendar_sample.ics": NAMES,
    "src__test__resources__samples__invalid__talios.ics": NAMES,
    "src__icalendar__tests__calendars__issue_313_globally_unique_tzid.ics": NAMES,
    "src__Net-ICal-Libical__test-data__rfc2446.ics": ZONES,
    "test-data__2446.ics": ZONES,
    "test-data__large.ics": ZONES,
    "src__icalendar__fuzzing__corpus__america_new_york.ics": VALUES,
    "src__icalendar__fuzzing__corpus__issue_464_invalid_rdate.ics": PERIODS,
    "src__icalendar__fuzzing__corpus__pacific_fiji.ics": VALUES,
    "src__icalendar__tests__calendars__america_new_york_forward_reference.ics": VALUES,
    "src__icalendar__tests__calendars__issue_1081_invalid_rrule_freq.ics": VALUES,
    "src__icalendar__tests__calendars__pacific_fiji.ics": VALUES,
    "src__icalendar__tests__events__issue_464_invalid_rdate.ics": PERIODS,
    "src__icalendar__tests__calendars__rfc_7529.ics": VALUES,
    "test-data__process-calendar.ics": VALUES,
    "test-data__process-incoming.ics": VALUES,
    "src__test__resources__samples__invalid__13-MoonPhase.ics": WHOLE,
    "src__icalendar__tests__calendars__big_bad_calendar.ics": WHOLE,
    "src__icalendar__tests__calendars__fuzz_testcase_0_char_in_component_name.ics": WHOLE,
    "src__icalendar__tests__calendars__fuzz_testcase_invalid_month.ics": WHOLE,
    "src__icalendar__tests__calendars__pr_480_summary_with_colon.ics": WHOLE,
    "src__icalendar__tests__calendars__small_bad_calendar.ics": WHOLE,
    "test-data__crash.ics": WHOLE,
    "test-data__issue251.ics": WHOLE,
    "test-data__malloc.ics": WHOLE,
}


def address_of(who):
    """The address by a rule of its own: after mailto:, up to a question mark, else EMAIL."""
    for value in (who["value"], who["email"] or ""):
        if value.lower().startswith("ldap"):
            continue
        if value.lower().startswith("mailto:"):
            value = urllib.parse.unquote(value[7:].split("?")[0])
        found = re.search(r"[^\s<>,;\"@:]+@[^\s<>,;\"@:]+", value)
        if found and not found.group(0).lower().endswith("calendar.google.com"):
            return found.group(0).lower().rstrip(".")
    return None


def part_of(guest):
    part = PARTS.get((guest["partstat"] or "").upper(), "unanswered")
    is_told = (guest["role"] or "").upper() == "NON-PARTICIPANT"
    return "unanswered" if is_told and part != "declined" else part


def source_of(event, start):
    uid = event["values"].get("UID", "").strip()
    is_added = (event["method"] or "").upper() == "ADD"
    if event["recurrence_id"] is None and event["occurrences"] is None and not is_added:
        return uid
    at = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
    return uid + at.strftime("/%Y%m%dT%H%M%SZ")


def starts_of(event, guests):
    """Pairs of the start that was planned and the real one."""
    if event["occurrences"] is not None:
        room = max(1, min(OCCURRENCES_MAX, SEATS_MAX // (guests + 1)))
        return [(start, start) for start in event["occurrences"] if start >= 0][-room:]
    start = event["start"] if event["start"] is not None else event["recurrence_id"]
    if start is None or start > NOW or start < 0:
        return []
    planned = event["recurrence_id"] if event["recurrence_id"] is not None else start
    return [(planned, start)]


def meetings_of(event):
    """What follows from an event: pairs of a source id and a meeting."""
    if (event["method"] or "").upper() in ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"):
        return
    guests = [guest for guest in event["attendees"]
              if (guest["cutype"] or "").upper() not in ("ROOM", "RESOURCE", "GROUP") and
              address_of(guest)]
    chairs = [guest for guest in guests if (guest["role"] or "").upper() == "CHAIR"]
    callers = [who for who in map(address_of, event["organizers"] + chairs) if who]
    organizer = callers[0] if callers else None
    parts = {}
    order = ("to", "tentative", "unanswered", "declined")
    for guest in guests:
        parts.setdefault(address_of(guest), []).append(part_of(guest))
    parts = {who: min(seen, key=order.index) for who, seen in parts.items() if who != organizer}
    if organizer is None or not parts:
        return
    for planned, start in starts_of(event, len(guests)):
        yield source_of(event, planned), (start, organizer, tuple(sorted(parts.items())))


def seconds(text):
    form = "%Y-%m-%dT%H:%M:%SZ"
    return int(datetime.datetime.strptime(text, form).replace(
        tzinfo=datetime.timezone.utc).timestamp())


def as_list(value):
    return [value] if isinstance(value, str) else value or []


def stored_meetings(database):
    """By source id: (time, organizer, parts)."""
    found = {}
    for line in map(json.loads, _tool.run("--db", database, "dump", "-").splitlines()):
        if line["type"] != "interaction":
            continue
        parts = [(who.lower(), part) for part in ("to", "tentative", "unanswered", "declined")
                 for who in as_list(line.get(part))]
        found[line["id"]] = (seconds(line["time"]), line["from"].lower(), tuple(sorted(parts)))
    return found


def put_guests(path, copy, number):
    with open(path, "rb") as file:
        data = file.read()
    data = re.sub(rb"(?im)^(END:VEVENT[ \t]*\r?\n)", GUESTS + rb"\1", data)
    data = re.sub(rb"(?im)^(UID(?:;[^:\r\n]*)?(?:\r?\n )?:)", rb"\g<1>f%d-" % number, data)
    with open(copy, "wb") as file:
        file.write(data)


def read_with_tool(names):
    """The counts of each file, and its meetings by source id."""
    _tool.run("--db", "agrees.warmpath", "init")
    report = json.loads(_tool.run("--db", "agrees.warmpath", "import", "--format", "ical",
                                  "--json", "copies"))
    meetings = collections.defaultdict(dict)
    for source, meeting in stored_meetings("agrees.warmpath").items():
        number = re.match(r"f(\d+)-", source)
        if number:
            meetings[int(number.group(1))][source] = meeting
    for entry in report["files"]:
        name = os.path.basename(entry["path"])
        if entry["read"] != entry["new"] + entry["known"] + entry["skipped"]:
            _tool.fail("%s: counts do not add up" % name)
    _tool.expect("files", len(report["files"]), len(names))
    # Calendars with replies are read last.
    return sorted(report["files"], key=lambda entry: entry["path"]), meetings


def what_differs(source, stored, expected):
    if source not in stored:
        return "a meeting is missing"
    if source not in expected:
        return "a meeting too many"
    if stored[source] in expected[source]:
        return None
    one = next(iter(expected[source]))
    return next(what for i, what in enumerate(("time", "organizer", "attendees"))
                if stored[source][i] != one[i]) + " differs"


def compare(entry, stored, events, counts):
    """What differs, as short texts."""
    if events is None:
        return ["libical does not read it to its end"]
    rows = entry["read"] - entry["reasons"].get("no event", 0)
    counts["events"] += rows
    faults = ["events: %d, libical %d" % (rows, len(events))] * (rows != len(events))
    expected = collections.defaultdict(set)
    called_off = set()
    for event in events:
        is_off = (event["method"] or "").upper() == "CANCEL" or \
            event["values"].get("STATUS", "").upper() == "CANCELLED"
        for source, meeting in meetings_of(event):
            expected[source].add(meeting)
            called_off |= {source} if is_off else set()
        if is_off and event["start"] is None:
            called_off.add(event["values"].get("UID", "").strip())
    for source in set(expected) | set(stored):
        # One without a UID has a hash as its id.
        if source in called_off or not source.startswith("f"):
            counts["not compared"] += 1
            continue
        counts["meetings"] += 1
        faults.append(what_differs(source, stored, expected))
    return [fault for fault in faults if fault]


def main():
    folder = _tool.data_file("calendar")
    if _libical.load() is None:
        print("skipped: libical is not installed")
        sys.exit(77)
    paths = sorted(glob.glob(folder + "/*/*.ics"))
    os.mkdir("copies")
    copies = ["copies/%05d.ics" % number for number in range(len(paths))]
    for number, path in enumerate(paths):
        put_guests(path, copies[number], number)
    entries, meetings = read_with_tool(copies)
    libical = _libical.Reader(NOW)
    counts = collections.Counter()
    is_bad = False
    for number, path in enumerate(paths):
        name = os.path.basename(path)
        events = libical.events(copies[number], 30)
        faults = collections.Counter(compare(entries[number], meetings[number], events, counts))
        counts["files"] += 1
        counts["files that differ"] += bool(faults)
        if bool(faults) != (name in KNOWN):
            is_bad = True
            print("FAULT %s: %s" % (name, dict(faults) or "differs no longer"))
    libical.stop()
    print(dict(counts))
    if counts["meetings"] < 1000:
        _tool.fail("only %d meetings were compared" % counts["meetings"])
    sys.exit(1 if is_bad else 0)


main()
