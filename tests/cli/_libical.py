"""The events of an iCalendar file as libical reads them: the second reader, for comparison.

libical is driven through ctypes, in a process of its own: `_libical.py NOW` reads the names of
files, one a line, and prints the events of each as one line of JSON. It runs apart because some
rules keep libical busy for ever and have to be stopped. Nothing here knows how our reader works.
"""

import ctypes
import ctypes.util
import json
import os
import select
import subprocess
import sys


class Time(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in
                ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")]
    _fields_.append(("zone", ctypes.c_void_p))


class Span(ctypes.Structure):
    _fields_ = [("start", ctypes.c_long), ("end", ctypes.c_long), ("is_busy", ctypes.c_int)]


VISIT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(Span), ctypes.c_void_p)
TEXTS = ("icalproperty_get_property_name", "icalproperty_get_value_as_string",
         "icalproperty_get_parameter_as_string")
HANDLES = ("icalparser_parse_string", "icalcomponent_get_first_component",
           "icalcomponent_get_next_component", "icalcomponent_get_first_property",
           "icalcomponent_get_next_property", "icaltimezone_get_utc_timezone")
TIMES = ("icalcomponent_get_dtstart", "icalproperty_get_datetime_with_component",
         "icaltime_from_timet_with_zone")
ANY_COMPONENT, ANY_PROPERTY = 1, 0


def load():
    """The library; None when it is not installed."""
    name = ctypes.util.find_library("ical")
    if name is None:
        return None
    ical = ctypes.CDLL(name)
    for function in TEXTS:
        getattr(ical, function).restype = ctypes.c_char_p
    for function in HANDLES + TEXTS:
        getattr(ical, function).argtypes = [ctypes.c_void_p]
    for function in HANDLES:
        getattr(ical, function).restype = ctypes.c_void_p
    for function in ("first", "next"):
        for kind in ("component", "property"):
            getattr(ical, "icalcomponent_get_%s_%s" % (function, kind)).argtypes = [
                ctypes.c_void_p, ctypes.c_int]
    ical.icaltimezone_get_utc_timezone.argtypes = []
    ical.icalproperty_get_parameter_as_string.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    for function in TIMES:
        getattr(ical, function).restype = Time
    ical.icalcomponent_get_dtstart.argtypes = [ctypes.c_void_p]
    ical.icalproperty_get_datetime_with_component.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    ical.icaltime_from_timet_with_zone.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p]
    ical.icaltime_as_timet_with_zone.argtypes = [Time, ctypes.c_void_p]
    ical.icaltime_as_timet_with_zone.restype = ctypes.c_long
    ical.icalcomponent_foreach_recurrence.argtypes = [ctypes.c_void_p, Time, Time, VISIT,
                                                      ctypes.c_void_p]
    ical.icalcomponent_isa.argtypes = [ctypes.c_void_p]
    ical.icalcomponent_kind_to_string.restype = ctypes.c_char_p
    ical.icalerror_set_errors_are_fatal.argtypes = [ctypes.c_int]
    ical.icalerror_set_errors_are_fatal(0)
    return ical


def text(value):
    return None if value is None else value.decode("utf-8", "replace")


def children(ical, component):
    at = ical.icalcomponent_get_first_component(component, ANY_COMPONENT)
    while at:
        yield at
        at = ical.icalcomponent_get_next_component(component, ANY_COMPONENT)


def properties(ical, component):
    at = ical.icalcomponent_get_first_property(component, ANY_PROPERTY)
    while at:
        yield text(ical.icalproperty_get_property_name(at)), at
        at = ical.icalcomponent_get_next_property(component, ANY_PROPERTY)


def instant(ical, time):
    """Seconds since 1970; floating times and days as UTC. None: no time."""
    if time.year == 0 and time.month == 0:
        return None
    return ical.icaltime_as_timet_with_zone(time, time.zone)


def occurrences(ical, component, now):
    """The starts up to now."""
    found = []
    utc = ical.icaltimezone_get_utc_timezone()
    first = ical.icaltime_from_timet_with_zone(-62000000000, 0, utc)
    last = ical.icaltime_from_timet_with_zone(now, 0, utc)
    visit = VISIT(lambda _, span, __: found.append(span.contents.start))
    ical.icalcomponent_foreach_recurrence(component, first, last, visit, None)
    return sorted({start for start in found if start <= now})


def person(ical, handle):
    shown = {"value": text(ical.icalproperty_get_value_as_string(handle)) or ""}
    for name in ("CUTYPE", "ROLE", "PARTSTAT", "EMAIL"):
        shown[name.lower()] = text(ical.icalproperty_get_parameter_as_string(handle,
                                                                             name.encode()))
    return shown


def event(ical, component, method, now):
    out = {"method": method, "attendees": [], "organizers": [], "names": [], "values": {},
           "recurrence_id": None}
    for name, handle in properties(ical, component):
        out["names"].append(name)
        value = text(ical.icalproperty_get_value_as_string(handle))
        if name == "ATTENDEE":
            out["attendees"].append(person(ical, handle))
        elif name == "ORGANIZER":
            out["organizers"].append(person(ical, handle))
        elif name == "RECURRENCE-ID":
            time = ical.icalproperty_get_datetime_with_component(handle, component)
            out["recurrence_id"] = instant(ical, time)
        elif name in ("UID", "SEQUENCE", "STATUS", "CLASS", "DTSTART"):
            out["values"].setdefault(name, value)
    out["start"] = instant(ical, ical.icalcomponent_get_dtstart(component))
    recurs = {"RRULE", "RDATE"} & set(out["names"]) and out["recurrence_id"] is None
    out["occurrences"] = occurrences(ical, component, now) if recurs else None
    return out


def events(ical, component, method, now):
    """Those of a calendar or of several, without recursion: nesting is theirs to choose."""
    waiting = [(component, method)]
    while waiting:
        at, method = waiting.pop()
        kind = text(ical.icalcomponent_kind_to_string(ical.icalcomponent_isa(at)))
        if kind == "VEVENT":
            yield event(ical, at, method, now)
            continue
        if kind not in (None, "XROOT", "VCALENDAR"):
            continue
        for name, handle in properties(ical, at):
            if name == "METHOD":
                method = text(ical.icalproperty_get_value_as_string(handle))
        waiting += [(child, method) for child in reversed(list(children(ical, at)))]


class Reader:
    """The process, begun again when it does not come to an end."""

    def __init__(self, now):
        self.now = now
        self.process = None

    def events(self, path, seconds_max=10):
        """Those of a file; None: it takes longer, or fails."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(self.now)], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdin.write(os.fsencode(path) + b"\n")
        self.process.stdin.flush()
        is_ready = select.select([self.process.stdout], [], [], seconds_max)[0]
        line = self.process.stdout.readline() if is_ready else b""
        if not line:
            self.stop()
        return json.loads(line) if line else None

    def stop(self):
        self.process.kill()
        self.process.communicate()
        self.process = None


def main():
    ical = load()
    for line in sys.stdin:
        with open(line.rstrip("\n"), "rb") as file:
            data = file.read()
        root = ical.icalparser_parse_string(data.replace(b"\0", b" "))
        print(json.dumps(list(events(ical, root, None, int(sys.argv[1])) if root else [])),
              flush=True)


if __name__ == "__main__":
    main()
