#!/usr/bin/env python3
"""The reader of address books against a small one in Python, on the real cards in the data.

Every card of every file is counted, and is stored or left out with a reason. What is stored of each
(addresses, profiles, ids, the name, company and title) must be what the reader below finds, which
shares nothing with ours but the rules of engine/README.md. Exit code 77: no data.

The program is $WARMPATH. Names and addresses of the data are never printed.
"""

import glob
import json
import os
import quopri
import re
import unicodedata

import _tool

UUID = re.compile(r"(?i)^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")


def unfold(data):
    """Logical lines as bytes; soft breaks of quoted-printable joined, blank lines dropped."""
    lines = []
    for line in re.split(rb"\r?\n", data):
        is_soft = lines and lines[-1].endswith(b"=") and \
            b"QUOTED-PRINTABLE" in lines[-1].split(b":")[0].upper()
        if is_soft and not line.upper().startswith(b"END:"):
            lines[-1] = lines[-1][:-1] + line
        elif lines and line[:1] in (b" ", b"\t"):
            lines[-1] += line[1:]
        elif line:
            lines.append(line)
    return lines


def properties(data):
    """(name, parameters, value) with the value decoded and its backslashes as they are."""
    for line in unfold(data):
        head, colon, value = line.partition(b":")
        if not colon:
            continue
        name, *params = head.decode("latin-1").split(";")
        params = [param.upper() for param in params]
        charset = [param[8:] for param in params if param.startswith("CHARSET=")]
        if any("QUOTED-PRINTABLE" in param for param in params):
            value = quopri.decodestring(value)
        try:
            text = value.decode(charset[0] if charset else "utf-8")
        except (LookupError, UnicodeDecodeError):
            text = value.decode("cp1252", "replace")
        yield name.rsplit(".", 1)[-1].strip().upper(), params, text


def unescape(text):
    return re.sub(r"\\(.)", lambda found: " " if found.group(1) in "nN" else found.group(1), text)


def parts(text):
    return [unescape(part).strip() for part in re.split(r"(?<!\\);", text)]


def tidy(text):
    text = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    return unicodedata.normalize("NFC", " ".join(text.split())) or None


def is_preferred(params):
    return any("PREF" in param.replace("=", ",").split(",") for param in params)


def read_card(lines):
    """A card as the facts about a person."""
    card = {"emails": [], "profiles": [], "ids": [], "is_person": True}
    preferred = []
    for name, params, text in lines:
        if name == "EMAIL":
            found = re.search(r"[^\s<>:]+@[^\s<>]+", unescape(text))
            if found:
                (preferred if is_preferred(params) else card["emails"]).append(
                    found.group(0).lower())
        elif name == "FN" and "fn" not in card and tidy(unescape(text)):
            card["fn"] = tidy(unescape(text))
        elif name == "N" and "n" not in card:
            family, given, more = (parts(text) + ["", "", ""])[:3]
            card["n"] = tidy(" ".join((given, more, family)))
        elif name == "ORG" and not card.get("company"):
            card["company"] = tidy(parts(text)[0])
        elif name in ("TITLE", "ROLE") and not card.get(name.lower()):
            card[name.lower()] = tidy(unescape(text))
        elif name == "UID" and UUID.match(unescape(text).strip()):
            card["ids"].append("urn:uuid:" + UUID.match(unescape(text).strip()).group(1).lower())
        elif name in ("KIND", "X-ADDRESSBOOKSERVER-KIND"):
            card["is_person"] = text.strip().lower() in ("", "individual")
        elif name == "X-ABSHOWAS":
            card["is_person"] = text.strip().upper() != "COMPANY"
        elif name in ("URL", "X-SOCIALPROFILE", "SOCIALPROFILE", "IMPP"):
            found = re.search(r"(?i)linkedin\.com/in/([^/?#\s]+)", unescape(text))
            if found:
                card["profiles"].append(found.group(1).lower())
    card["emails"] = list(dict.fromkeys(preferred + card["emails"]))
    return card


def read_cards(data):
    """The cards of a file; None stands for one that is never closed."""
    lines, depth, last = None, 0, None
    for name, params, text in properties(data):
        is_card = text.strip().upper() == "VCARD"
        if name == "BEGIN" and lines is None:
            if is_card:
                lines = []
        elif name == "BEGIN" and is_card and depth == 0 and last != "AGENT":
            yield None
            lines = []
        elif name == "BEGIN":
            depth += 1
        elif name == "END" and lines is not None and depth == 0:
            yield read_card(lines)
            lines = None
        elif name == "END":
            depth -= 1
        elif lines is not None and depth == 0:
            lines.append((name, params, text))
        last = name
    if lines is not None:
        yield None


def expected_people(cards):
    """The facts of the cards that say who somebody is; names as they may be stored."""
    for card in cards:
        if card is None or not card["is_person"]:
            continue
        if card["emails"] or card["profiles"] or card["ids"]:
            yield card


def as_list(*values):
    out = []
    for value in values:
        out += [value] if isinstance(value, str) else value or []
    return out


def stored_people(database):
    """By identity: the person's line, with its employments."""
    by_identity, employers = {}, {}
    lines = [json.loads(line) for line in _tool.run("--db", database, "dump", "-").splitlines()]
    for line in lines:
        if line["type"] == "person":
            for email in as_list(line.get("email"), line.get("emails")):
                by_identity[email] = line
            for slug in as_list(line.get("linkedin"), line.get("linkedins")):
                by_identity["linkedin:" + slug] = line
            for one in as_list(line.get("id"), line.get("ids")):
                by_identity["id:" + one] = line
        elif line["type"] == "employment":
            employers.setdefault(line["person"], []).append((line["company"], line.get("title")))
    return by_identity, employers


def plain(name):
    """A name without the order and signs that ours may turn round or strip."""
    return sorted(re.findall(r"\w+", name.lower())) if name else None


def name_of(card):
    """FN, but N where FN has a comma and so no sure order."""
    formatted = card.get("fn")
    return card.get("n") or formatted if formatted is None or "," in formatted else formatted


def keys_of(card):
    return (card["emails"] + ["linkedin:" + slug for slug in card["profiles"]] +
            ["id:" + one for one in card["ids"]])


def compare_person(what, card, people, stored, employers):
    """Whether the person of a card is stored so; other cards of hers may have named her."""
    lines = {json.dumps(stored.get(key)) for key in keys_of(card)}
    _tool.expect(what + ": people with the identities of a card", len(lines), 1)
    line = json.loads(lines.pop())
    if line is None:
        _tool.fail(what + ": a person is missing")
    same = [other for other in people if set(keys_of(other)) & set(keys_of(card))]
    names = [plain(name_of(other)) for other in same]
    if plain(line.get("name")) not in names and "@" not in (card.get("fn") or ""):
        _tool.fail(what + ": a name differs")
    if card.get("company"):
        said = [(plain(company.replace("name:", "", 1)), plain(title)) for key in keys_of(card)
                for company, title in employers.get(key, [])]
        wanted = (plain(card["company"]), plain(card.get("title") or card.get("role")))
        if wanted not in said:
            _tool.fail(what + ": an employment differs")


def compare(path, counts):
    with open(path, "rb") as file:
        cards = list(read_cards(file.read()))
    name = os.path.basename(path)
    database = name + ".warmpath"
    _tool.run("--db", database, "init")
    report = json.loads(_tool.run("--db", database, "import", "--format", "vcard", "--json", path))
    people = list(expected_people(cards))
    _tool.expect(name + ": cards", report["total"]["read"], len(cards))
    _tool.expect(name + ": skipped", report["total"]["skipped"], len(cards) - len(people))
    stored, employers = stored_people(database)
    for card in people:
        compare_person(name, card, people, stored, employers)
    counts["files"] += 1
    counts["cards"] += len(cards)
    counts["people"] += len(people)
    counts["companies"] += sum(bool(card.get("company")) for card in people)


def main():
    folder = _tool.data_file("vcard")
    counts = dict.fromkeys(("files", "cards", "people", "companies"), 0)
    for path in sorted(glob.glob(folder + "/*/*.vcf")):
        compare(path, counts)
    print(counts)
    if counts["people"] < 50:
        _tool.fail("only %d people were compared" % counts["people"])


main()
