/*
 * The table of commands: what each is called, does, takes, and answers.
 *
 * The command line is parsed from it (args.c), the help and the manual page are rendered from it
 * (help.c, man.c). A text that is wrong here is wrong everywhere, and corrected once. Nothing in
 * this file decides anything but the nearest name of a misspelt command.
 */
#include "commands.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

/* clang-format off */

#define OPTION_END {NULL, 0, NULL, NULL}
#define EXAMPLE_END {NULL, NULL}
#define OPTION_DAY                                                                                 \
    {"day", 0, "DATE", "evaluate on this day, YYYY-MM-DD (default: today, UTC)"}
#define OPTION_JSON {"json", 0, NULL, "print one JSON document"}
#define OPTION_HOPS                                                                                \
    {"hops", 0, "N|any", "ties from the source to the target, 1..6, or any (default: 3)"}
#define OPTION_FROM                                                                                \
    {"from", 0, "WHO", "where paths begin: a person, a company, a group or us (default: us)"}
#define OPTION_PLAIN                                                                               \
    {"plain", 0, NULL, "add up the ties' costs alone: no load, relay factor, colleague floor, "    \
     "minimum strength or minimum score"}
#define OPTION_DEADLINE                                                                            \
    {"deadline", 0, "MS", "stop after so many milliseconds (exit code 5, the answer is partial)"}

#define OPTION_AS                                                                                  \
    {"as", 0, "WHO", "what this person may see, private ties included; audit: everything "         \
     "(default: what everybody may see)"}
#define OPTIONS_COMMON                                                                             \
    {"db", 0, "FILE", "the database (default: $WARMPATH_DB, else ./network.warmpath)"},            \
    {"quiet", 'q', NULL, "print no summaries or progress; errors are still printed"},              \
    {"no-color", 0, NULL, "print no colours (also: NO_COLOR in the environment)"},                 \
    {"help", 'h', NULL, "print help for the command and end"}

const option_row command_options_common[] = {OPTIONS_COMMON, OPTION_END};
const option_row command_options_holder[] = {OPTIONS_COMMON, OPTION_AS, OPTION_END};

static const option_row none[] = {OPTION_END};
static const option_row json_only[] = {OPTION_JSON, OPTION_END};
static const option_row as_json[] = {OPTION_AS, OPTION_JSON, OPTION_END};
static const option_row day_as_json[] = {OPTION_DAY, OPTION_AS, OPTION_JSON, OPTION_END};

static const option_row init_options[] = {
    {"us", 0, "DOMAIN…", "a mail domain of our own organisation, not one of a free-mail "
     "provider; may be repeated"},
    OPTION_END};

static const example_row init_examples[] = {
    {"warmpath init --us us.com --us us.co.uk", "Create ./network.warmpath for us.com."},
    {"warmpath --db /srv/network.warmpath init --us us.com", "The same somewhere else."},
    EXAMPLE_END};

static const option_row import_options[] = {
    {"format", 0, "FORMAT", "jsonl, edges, mbox, eml, vcard, ical, hubspot, salesforce, csv, "
     "google, outlook or linkedin (default: guessed from each file)"},
    {"encoding", 0, "NAME", "of tables, cards, calendars, edges and JSON lines, as iconv calls it: "
     "windows-1250, iso-8859-2, … (default: UTF-8 or UTF-16 where the bytes show it, else "
     "windows-1252, which the summary says)"},
    {"owner", 0, "WHO", "whose mailbox, address book, calendar or archive it is: private "
     "cards stay with them, and meetings without an organizer are theirs"},
    {"map", 0, "KEY=COLUMN,…|FILE", "csv: the columns by their labels, or a file of such lines; "
     "keys: email, name, first, middle, last, company, domain, title, linkedin, id, connected, "
     "from, to, no mail, no calls, no contact, private (default: guessed from the labels, all but "
     "id)"},
    {"lists", 0, NULL, "a reply on a mailing list counts for the author replied to; posts "
     "that are stored already stay as they are"},
    {"weight", 0, "p|cost|none", "edges: what the third column is (default: p when 95 % of a "
     "sample are in 0..1, else cost); costs are nats when one of the sample has a decimal point, "
     "else micro-nats; the summary says which"},
    {"both", 0, NULL, "edges: every tie holds in both directions"},
    {"source", 0, "NAME", "who states what is read (default: the absolute path of each PATH)"},
    {"undo", 0, "SOURCE", "take an import back: all that nobody else states goes; SOURCE is a "
     "name, a path, the last part of one, or a number (see 'sources')"},
    {"worked-together-max", 0, "N", "whose employments at a company overlap has worked together, "
     "unless the company has employed more than N people, 0..2000 (default: 500); kept in the "
     "database, and holds for what is stored already"},
    {"dry-run", 0, NULL, "read and report, store nothing"},
    {"strict", 0, NULL, "a bad row stops the import and rolls its file back"},
    {"report", 0, "FILE", "write every skipped row with its reason to FILE"},
    OPTION_JSON,
    OPTION_END};

static const example_row import_examples[] = {
    {"warmpath import --owner ann@us.com ~/mail/archive.mbox", "Ann's mail."},
    {"warmpath import --report skipped.jsonl ~/mail", "A directory; skipped rows into a file."},
    {"warmpath import --owner ann@us.com contacts.vcf calendar.ics", "Her contacts and meetings."},
    {"zcat rows.jsonl.gz | warmpath import --format jsonl -", "JSON lines from a program."},
    {"warmpath import ~/exports", "A folder of HubSpot or Salesforce CSV files; accounts before "
     "contacts."},
    {"warmpath import --dry-run contacts.csv", "What each column would be taken for."},
    {"warmpath import --map 'email=Mail,name=Full Name,company=Firma' kunden.csv",
     "A spreadsheet with labels of its own."},
    {"warmpath import --encoding windows-1250 klienci.csv", "A table of Polish Excel."},
    {"warmpath import --owner ann@us.com Basic_LinkedInDataExport.zip",
     "Ann's LinkedIn archive, as it comes; its folder is read as well."},
    {"warmpath import --format edges --weight cost graph.txt", "A weighted graph."},
    {"warmpath import --undo archive.mbox", "Take Ann's mail back."},
    EXAMPLE_END};

static const option_row path_options[] = {
    {"to", 0, "TARGET", "whom to reach: a person, or a company for the people employed there"},
    OPTION_FROM,
    {"count", 'k', "N", "introductions wanted, 1..1000 (default: 5)"},
    OPTION_HOPS,
    OPTION_DAY,
    OPTION_AS,
    {"min-strength", 0, "P", "ties weaker than this do not exist, 0..1 (default: 0.05)"},
    {"title", 0, "GLOB…", "at a company: only people whose job title matches, case ignored; "
     "may be repeated"},
    {"seniority", 0, "S…", "at a company: only people whose job title says so: c-level, vp, "
     "director, manager, senior, staff or entry; may be repeated"},
    {"department", 0, "D…", "at a company: only people whose job title says so: sales, finance, "
     "procurement, it, …; may be repeated"},
    {"via", 0, "WHO", "every path must pass through this person as an intermediary, "
     "who is neither a source nor a target"},
    {"avoid", 0, "WHO…", "no path may pass through this person; may be repeated"},
    {"diverse", 0, "X", "skip a path whose people overlap by more than X, 0..1, with a better one"},
    OPTION_PLAIN,
    OPTION_DEADLINE,
    OPTION_JSON,
    {"dot", 0, NULL, "print the paths as a Graphviz graph"},
    {"svg", 0, "FILE", "draw the paths into FILE (- for stdout)"},
    OPTION_END};

static const example_row path_examples[] = {
    {"warmpath path --to acme.com", "Who can introduce us to anybody at Acme?"},
    {"warmpath path --to acme.com --title '*sales*' --title 'vp *'",
     "To somebody in sales, or a vice president."},
    {"warmpath path --to acme.com --department procurement --seniority director",
     "To a head of procurement, whatever the language of the title."},
    {"warmpath path --from ann@us.com --to 'Carol Smith' --hops 2",
     "Ann alone, through one person at most."},
    {"warmpath path --to carol@home.com --as ann@us.com", "With what Ann keeps private."},
    {"warmpath path --to acme.com --avoid bob@us.com --svg acme.svg",
     "Without Bob, as a picture."},
    EXAMPLE_END};

static const option_row reach_options[] = {
    OPTION_FROM,
    OPTION_HOPS,
    OPTION_DAY,
    OPTION_AS,
    {"min-score", 0, "S", "leave out people with a score below this, 0..1 (default: 0.02)"},
    OPTION_PLAIN,
    {"limit", 0, "N", "list at most so many people (default: 50; with --json or --csv all)"},
    OPTION_DEADLINE,
    OPTION_JSON,
    {"csv", 0, "FILE", "write the list to FILE as CSV (- for stdout)"},
    OPTION_END};

static const example_row reach_examples[] = {
    {"warmpath reach", "Everybody whom we can reach, best first."},
    {"warmpath reach --from ann@us.com --hops 2 --limit 20", "Ann's 20 best."},
    {"warmpath reach --plain --hops any --csv reach.csv",
     "Cheapest paths over the whole graph, into a file."},
    EXAMPLE_END};

static const example_row who_examples[] = {
    {"warmpath who acme.com", "Which of us know somebody at Acme?"},
    {"warmpath who 'Carol Smith'", "Which of us know Carol?"},
    EXAMPLE_END};

static const example_row explain_examples[] = {
    {"warmpath explain ann@us.com carol@acme.com", "Will Carol answer if Ann asks, and why?"},
    {"warmpath explain '#17' '#23' --day 2024-03-01 --json", "With every interaction, as JSON."},
    EXAMPLE_END};

static const option_row find_options[] = {
    {"limit", 0, "N", "list at most so many, 1..1000 (default: 20)"},
    OPTION_DAY,
    OPTION_AS,
    OPTION_JSON,
    OPTION_END};

static const example_row find_examples[] = {
    {"warmpath find smiht", "People and companies called Smith, or nearly so."},
    {"warmpath find acme", "By the beginning of a name, an address or a domain."},
    {"warmpath find 'lee acme'", "A Lee who works at Acme."},
    {"warmpath find 'vp sales acme'", "By title and company."},
    EXAMPLE_END};

static const example_row show_examples[] = {
    {"warmpath show carol@acme.com", "Everything about Carol."},
    {"warmpath show acme.com --json", "Everything about Acme, as JSON."},
    EXAMPLE_END};

static const option_row record_options[] = {
    {"from", 0, "WHO", "who acted"},
    {"to", 0, "WHO…", "to whom; may be repeated"},
    {"time", 0, "TIME", "YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ (default: now)"},
    {"valence", 0, "V", "what it did to the recipients' trust, -1..1 (default: 0)"},
    {"id", 0, "SOURCE", "source id; one that is known already changes nothing"},
    OPTION_JSON,
    OPTION_END};

static const example_row record_examples[] = {
    {"warmpath record meeting --from ann@us.com --to bob@acme.com --time 2024-03-01",
     "Ann and Bob met."},
    {"warmpath record introduction --from bob@us.com --to ann@us.com", "Bob introduced Ann."},
    EXAMPLE_END};

static const option_row check_options[] = {
    {"deep", 0, NULL, "also compute every tie, list and index anew and compare; where the "
     "structure is damaged, list every fault that can be found"},
    OPTION_JSON,
    OPTION_END};

static const example_row doctor_examples[] = {
    {"warmpath doctor", "Who reads the database, and what they pin."},
    EXAMPLE_END};

static const example_row repair_examples[] = {
    {"warmpath repair network.warmpath saved.warmpath", "Save what can be saved."},
    EXAMPLE_END};

static const example_row sources_examples[] = {
    {"warmpath sources", "What was imported."},
    EXAMPLE_END};

static const option_row private_options[] = {
    {"owner", 0, "OWNER", "whose the person or the tie is"},
    {"off", 0, NULL, "take it back"},
    OPTION_END};

static const example_row private_examples[] = {
    {"warmpath private carol@home.com --owner ann@us.com", "Ann's doctor: nobody else's business."},
    {"warmpath private dan@acme.com ann@us.com --owner ann@us.com", "Others may know Dan; that Ann "
     "does is her own."},
    EXAMPLE_END};

static const option_row group_options[] = {
    {"day", 0, "DATE", "list: who is in it on this day, YYYY-MM-DD (default: today, UTC)"},
    OPTION_JSON,
    OPTION_END};

static const example_row group_examples[] = {
    {"warmpath group add team:sales ann@us.com bob@us.com", "Two people, in a new group."},
    {"warmpath group add list:fair acme.com", "Everybody at Acme, on the day of a question."},
    {"warmpath group remove team:sales bob@us.com", "Bob is no longer in it."},
    {"warmpath group list team:sales", "Who is in it."},
    EXAMPLE_END};

static const option_row sharing_options[] = {
    {"day", 0, "DATE", "the day of the decision, YYYY-MM-DD (default: today, UTC)"},
    OPTION_END};

static const example_row sharing_examples[] = {
    {"warmpath sharing ann@us.com closed", "Ann's ties are for her alone."},
    {"warmpath sharing bob@us.com team:sales", "Bob's are for the sales team."},
    EXAMPLE_END};

static const example_row barrier_examples[] = {
    {"warmpath barrier add advisory.com trading.com", "No path leads from one to the other."},
    {"warmpath barrier add ann@us.com acme.com", "Ann is kept apart from Acme."},
    {"warmpath barrier add team:advisory list:restricted", "And so are two groups."},
    {"warmpath barrier list", "All of them."},
    EXAMPLE_END};

static const example_row merge_examples[] = {
    {"warmpath merge carol@acme.com linkedin:carol-smith", "Carol's address and profile."},
    EXAMPLE_END};

static const example_row unmerge_examples[] = {
    {"warmpath unmerge carol@acme.com linkedin:carol-smith", "Two Carols after all."},
    EXAMPLE_END};

static const option_row duplicates_options[] = {
    {"limit", 0, "N", "list at most so many, 1..1000000 (default: 50)"},
    OPTION_DAY,
    OPTION_AS,
    OPTION_JSON,
    OPTION_END};

static const example_row duplicates_examples[] = {
    {"warmpath duplicates --limit 20", "The twenty likeliest."},
    EXAMPLE_END};

static const option_row company_options[] = {
    {"off", 0, NULL, "take back what was said by hand"},
    OPTION_END};

static const example_row company_examples[] = {
    {"warmpath company domain acme.com acme.co.uk", "Mail from both is Acme's."},
    {"warmpath company alias acme.com 'Acme Corporation'", "Another name of it."},
    {"warmpath company parent acme-labs.com acme.com", "Acme owns Acme Labs."},
    {"warmpath company domain acme.com acme.co.uk --off", "Two companies after all."},
    EXAMPLE_END};

static const example_row check_examples[] = {
    {"warmpath check", "Read every record and verify its checksum."},
    {"warmpath check --deep --json", "Verify all that is derived as well."},
    EXAMPLE_END};

static const example_row stats_examples[] = {
    {"warmpath stats", "Counts and sizes."},
    {"warmpath stats --json", "The same for a program."},
    EXAMPLE_END};

static const option_row forget_options[] = {
    {"defer", 0, NULL, "leave the bytes in the file for now: erase several people, then run "
     "'warmpath compact' within 30 days"},
    {"dry-run", 0, NULL, "say what would be erased, change nothing"},
    {"lift", 0, "IDENTITY", "let an address, id:TEXT or linkedin:SLUG be stored again"},
    {"list", 0, "FILE", "write whom not to store again, as hashes (- for stdout)"},
    {"apply", 0, "FILE", "take over such a list, or that of a dump, and erase whoever it names"},
    OPTION_JSON,
    OPTION_END};

static const example_row forget_examples[] = {
    {"warmpath forget carol@acme.com", "Carol asked to be erased."},
    {"warmpath forget --defer carol@acme.com dave@acme.com && warmpath compact",
     "Two people, and the file rebuilt once."},
    {"warmpath forget --list erased.jsonl", "For a backup that may be restored one day."},
    {"warmpath --db restored.warmpath forget --apply erased.jsonl",
     "Erase from a restored backup whoever was erased since."},
    EXAMPLE_END};

static const example_row compact_examples[] = {
    {"warmpath compact", "Make the file small, with nothing left of what was deleted."},
    EXAMPLE_END};

static const option_row retain_options[] = {
    {"before", 0, "DATE", "of interactions before this day"},
    {"older-than", 0, "DAYS", "of interactions more than so many days before --day"},
    {"remove", 0, NULL, "remove them with what they contribute to ties"},
    {"dry-run", 0, NULL, "say how many there are, change nothing"},
    {"defer", 0, NULL, "do not rebuild the file now; see 'warmpath compact'"},
    OPTION_DAY,
    OPTION_JSON,
    OPTION_END};

static const example_row retain_examples[] = {
    {"warmpath retain --older-than 1095 --dry-run", "What is older than three years?"},
    {"warmpath retain --older-than 1095", "Keep of it what the ties have from it, and no more."},
    {"warmpath retain --before 2020-01-01 --remove", "Forget everything before."},
    EXAMPLE_END};

static const option_row export_options[] = {
    {"output", 0, "FILE", "write to FILE instead of to stdout"},
    {"hide-others", 0, NULL, "call other people \"another person\""},
    OPTION_DAY,
    {"json", 0, NULL, "as one JSON document instead of a page"},
    OPTION_END};

static const example_row export_examples[] = {
    {"warmpath person-export carol@acme.com --output carol.html", "A page for Carol to read."},
    {"warmpath person-export carol@acme.com --json --output carol.json",
     "The same for another program."},
    EXAMPLE_END};

static const option_row audit_options[] = {
    {"person", 0, "WHO", "show: only entries about this person, or on behalf of them"},
    {"since", 0, "DATE", "show: only entries from this day on"},
    {"head", 0, "NUMBER:HASH", "verify: that this entry, as 'audit head' said it, is in the log"},
    OPTION_JSON,
    OPTION_END};

static const example_row audit_examples[] = {
    {"warmpath audit changes", "Log exports, erasures, changes of consent and barriers."},
    {"warmpath audit all", "Log who asked about whom as well."},
    {"warmpath audit show --since 2024-03-01", "What happened since."},
    {"warmpath audit head", "Note it elsewhere: what was logged up to now cannot be cut off."},
    {"warmpath audit verify --head 17:9f86d081…", "That nothing of it was changed since."},
    EXAMPLE_END};

static const example_row dump_examples[] = {
    {"warmpath dump network.jsonl", "Everything into a file."},
    {"warmpath dump | gzip > network.jsonl.gz", "The same, compressed."},
    EXAMPLE_END};

static const example_row load_examples[] = {
    {"warmpath --db new.warmpath load network.jsonl", "A new database from a dump."},
    {"zcat network.jsonl.gz | warmpath --db new.warmpath load -", "From a compressed one."},
    EXAMPLE_END};

static const example_row backup_examples[] = {
    {"warmpath backup /backup/network-2024-03-01.warmpath", "A verified copy, while in use."},
    EXAMPLE_END};

static const option_row optout_options[] = {
    {"contact", 0, NULL, "of being contacted at all: the person is in no path, not even as its "
     "end"},
    {"day", 0, "DATE", "the day of the decision, YYYY-MM-DD (default: today, UTC)"},
    OPTION_END};

static const option_row optin_options[] = {
    {"ask", 0, NULL, "the person wants to be asked first: paths say so"},
    {"contact", 0, NULL, "to being contacted, instead of to introductions"},
    {"day", 0, "DATE", "the day of the decision, YYYY-MM-DD (default: today, UTC)"},
    OPTION_END};

static const example_row optout_examples[] = {
    {"warmpath optout carol@acme.com", "Carol introduces nobody."},
    EXAMPLE_END};

static const example_row optin_examples[] = {
    {"warmpath optin carol@acme.com", "Carol introduces people again."},
    {"warmpath optin carol@acme.com --ask", "She does, and wants to be asked first."},
    EXAMPLE_END};

static const example_row settings_examples[] = {
    {"warmpath settings default-introductions out", "Opt-in: paths lead only through people who "
     "said so."},
    {"warmpath settings", "What holds now."},
    EXAMPLE_END};

const command_row command_rows[] = {
    {"init", "create a database", "[--us DOMAIN]…",
     "Creates the file, readable by its owner alone. A file that exists is left untouched; that is "
     "an error.",
     init_options, init_examples, 0, 0, false, cmd_init},
    {"import", "read people and interactions from files, or take that back",
     "[OPTION]… PATH… | --undo SOURCE",
     "Directories are walked; - is stdin. Importing the same file twice adds nothing. The rows "
     "read, new, already known and skipped are counted, with the reasons for skipping. Bodies and "
     "subjects of messages are not read.\n\n"
     "Each PATH, a directory too, is a source: what several sources state is kept for each of "
     "them, in any order, and --undo takes one back as if it had never been imported.",
     import_options, import_examples, 0, ARGUMENTS_ANY, true, cmd_import},
    {"sources", "list where facts come from", "[--json]",
     "The sources with their numbers, when they were first read, and their names. For whoever "
     "holds the file, as a name such as a path can tell who knows whom.",
     json_only, sources_examples, 0, 0, true, cmd_sources},
    {"path", "find the warmest introductions to somebody", "--to TARGET [OPTION]…",
     "Prints the best path through each possible introducer, best first. The score of a path is "
     "the product of the strengths of its ties, lowered for every further person asked and for "
     "introducers who were asked often of late. Before calibration a score ranks paths, it is no "
     "probability.",
     path_options, path_examples, 0, 0, true, cmd_path},
    {"reach", "list everybody within reach", "[OPTION]…",
     "The best path to each person, as 'path' would find it with that person as the only target: "
     "cost, score and hops, and the counts by hops.",
     reach_options, reach_examples, 0, 0, true, cmd_reach},
    {"who", "list our people with a tie to somebody", "[OPTION]… TARGET",
     "TARGET is a person, or a company for the people employed there. Strongest ties first.",
     day_as_json, who_examples, 1, 1, true, cmd_who},
    {"explain", "explain the strength of a tie", "[OPTION]… A B",
     "The tie from A to B says whether B will answer if A asks. Every interaction is listed with "
     "what it contributes on the day; the contributions add up to what B and A have put in.",
     day_as_json, explain_examples, 2, 2, true, cmd_explain},
    {"find", "search people and companies", "[OPTION]… TEXT",
     "By name, address or domain: case and accents do not matter, beginnings of words suffice, and "
     "up to two letters of a word may be wrong.",
     find_options, find_examples, 1, 1, true, cmd_find},
    {"show", "show everything about a person or company", "[OPTION]… WHO",
     "A person: identities, employments, consent, ties and last interactions. A company: domains, "
     "people, and who knows them. With --as audit also which sources state it.",
     day_as_json, show_examples, 1, 1, true, cmd_show},
    {"record", "record one interaction by hand", "KIND --from WHO --to WHO… [OPTION]…",
     "KIND is mail, call, meeting, message, comment, like, view, introduction, favour, connection "
     "or ask. An address that nobody has yet creates a person.",
     record_options, record_examples, 1, 1, true, cmd_record},
    {"optout", "take a person out of introductions", "[OPTION]… WHO",
     "From now on no path leads through this person.",
     optout_options, optout_examples, 1, 1, false, cmd_optout},
    {"optin", "let paths lead through a person", "[OPTION]… WHO",
     "Takes an opt-out back. With --ask the person is marked on every path: to be asked first.",
     optin_options, optin_examples, 1, 1, false, cmd_optin},
    {"settings", "show or set what holds for whoever decided nothing", "[NAME VALUE] | [--json]",
     "default-introductions is in (as created), ask or out: in, people are asked for introductions "
     "until they opt out; ask, they are, and paths say that they are to be asked first; out, no "
     "path leads through anybody who did not opt in. default-contact is in (as created) or out: "
     "out, nobody is in a path, not even as its end, who did not opt in with --contact. A decision "
     "comes before a default.\n\n"
     "default-sharing is open (as created) or closed: closed, ties of whoever is or was ours are "
     "seen by their two ends alone until one says otherwise with 'sharing'. mutual-sharing is no "
     "(as created) or yes: yes, a viewer sees ties of those of us alone with whom he shares his "
     "own. --json shows all as one document.",
     json_only, settings_examples, 0, 2, true, cmd_settings},
    {"private", "keep a person or a tie private", "WHO [WITH] --owner OWNER [--off]",
     "WHO is the owner's alone: for everybody else the person does not exist, in paths, reach, "
     "who, explain, show, find and counts. With WITH, the tie between the two is one of theirs "
     "alone, and both stay visible. The owner sees it with --as OWNER.",
     private_options, private_examples, 1, 2, false, cmd_private},
    {"group", "name sets of people and companies",
     "add NAME [WHO]… | remove NAME WHO… | empty NAME | delete NAME | list [NAME] [--json]",
     "NAME is team:…, list:… or tag:…; a company in it stands for those employed there on the day "
     "of a question. A group stands wherever several people may: --from and --to, reach, who, and "
     "as a side of a barrier. 'add' makes a group that is new. What an import states of a group "
     "goes with the import; 'remove', 'empty' and 'delete' take back what was said by hand.",
     group_options, group_examples, 1, ARGUMENTS_ANY, true, cmd_group},
    {"sharing", "say who sees a person's ties", "WHO open|closed|GROUP…",
     "open: everybody of the organisation; closed: nobody but the person and, of each tie, the "
     "other end; GROUP…: the members of these groups besides. A tie of two who both decided is "
     "seen by those with whom both share. Without --as only what is open is seen.",
     sharing_options, sharing_examples, 2, 65, false, cmd_sharing},
    {"barrier", "keep people apart", "add A B | remove A B | list [--json]",
     "A and B are people, companies or groups; a company stands for those employed there on the "
     "day of a question, a group for its members. No path touches both sides, in whatever order "
     "and through whomever, and ties from one side to the other are not shown. With --as audit "
     "they are.",
     json_only, barrier_examples, 1, 3, true, cmd_barrier},
    {"merge", "say that two people are one", "A B",
     "Their ties, interactions, employments and decisions become one person's; of decisions the "
     "stricter holds. It can be taken back.",
     none, merge_examples, 2, 2, false, cmd_merge},
    {"unmerge", "take a merge back", "A [B]",
     "With B, the two are different people afterwards, even when an imported row links them: A "
     "then stands apart whatever is imported. Without B, the merges by hand of A are taken back, "
     "and if there are none, A stands apart.",
     none, unmerge_examples, 1, 2, false, cmd_unmerge},
    {"duplicates", "list people who may be one", "[--limit N] [--json]",
     "By name and company, likeliest first, with the reason. Nobody is merged because of a name; "
     "see 'merge'.",
     duplicates_options, duplicates_examples, 0, 0, true, cmd_duplicates},
    {"company", "say something about a company", "alias|domain|parent COMPANY TEXT [--off]",
     "A further name, a further mail domain, or the company that owns it; another owner takes the "
     "place of the one named before. With --off that is taken back, as if it had never been said; "
     "what an import says stays. Whoever is then no longer behind a barrier, in a group or of us "
     "is listed.",
     company_options, company_examples, 3, 3, false, cmd_company},
    {"stats", "print counts and sizes", "[--as WHO] [--json]",
     "Interactions are counted as they are stored, also those that weigh nothing, such as "
     "automatic mail. A LinkedIn connection that two archives tell under different profiles or "
     "addresses is stored, and counted as new by each import, under two ids; one of them weighs. "
     "Ties, and interactions that belong to such ties alone, are counted as far as the viewer may "
     "see them. Sizes and whatever else is of the file are not shown for a person (--as WHO).",
     as_json, stats_examples, 0, 0, true, cmd_stats},
    {"check", "check the integrity of the database", "[--deep] [--json]",
     "Lists every fault; the exit code is 4 if there is any.",
     check_options, check_examples, 0, 0, true, cmd_check},
    {"doctor", "say how the database file is, and who uses it", "[--json]",
     "Readers with their process, how many commits they are behind and what they keep from being "
     "used again; versions; size and free pages; the file system and its free space; the lock "
     "file; erasures whose bytes are to go, with the deadline. What calls for something to be done "
     "stands at the end.",
     json_only, doctor_examples, 0, 0, true, cmd_doctor},
    {"repair", "save what a damaged database still holds", "[--json] FILE NEW",
     "Writes every record of FILE whose checksum holds to the new database NEW, wherever in FILE "
     "it lies, and builds anew what is derived. FILE is only read. The faults found, and how many "
     "records of each table are saved and lost, are printed. Who is named by what was saved, but "
     "was lost himself, is called lost:N. Where something had to be built anew, the audit log and "
     "how far imports came are not kept.",
     json_only, repair_examples, 2, 2, true, cmd_repair},
    {"dump", "write everything as JSON lines", "[FILE]",
     "The native exchange format, in a fixed order: a dump that is loaded and dumped again is the "
     "same, byte by byte. Without FILE to stdout.",
     none, dump_examples, 0, 1, false, cmd_dump},
    {"load", "read a dump into a new database", "FILE",
     "Creates the database when it does not exist. One that holds people or interactions is "
     "refused. Nothing is stored unless the whole file is good.",
     none, load_examples, 1, 1, false, cmd_load},
    {"backup", "copy the database while it is in use", "FILE",
     "Writes a verified copy. FILE must not exist; it appears complete or not at all.",
     none, backup_examples, 1, 1, false, cmd_backup},
    {"compact", "rebuild the file", "",
     "Folds recent changes into the base and writes every record into a new file, which takes the "
     "place of the old one: small, and without a byte of what was erased or deleted. Nobody else "
     "may have the database open, and the disk needs room for a second one.",
     none, compact_examples, 0, 0, false, cmd_compact},
    {"forget", "erase people, and do not store them again",
     "[--defer] [--dry-run] WHO… | --lift IDENTITY | --list FILE | --apply FILE",
     "Removes their names, addresses, ties, interactions, employments, decisions and all that "
     "follows; interactions of others lose them as recipients. What they were known by is kept as "
     "a keyed hash alone, so that imports and loads leave them out ('erased'); an address that "
     "nobody has is kept out likewise. Then the file is rebuilt.\n\nBackups and dumps made before, "
     "and the files that were imported, are not touched: see tools/PRIVACY.md.",
     forget_options, forget_examples, 0, 1000, true, cmd_forget},
    {"person-export", "write everything held about a person",
     "[--output FILE] [--hide-others] [--json] WHO",
     "What every source states, employments, decisions, ties, opportunities, interactions and the "
     "entries of the audit log: as a page of HTML for the person, or as JSON. Others are named as "
     "far as they took part; read it before you hand it out.",
     export_options, export_examples, 1, 1, true, cmd_person_export},
    {"retain", "reduce or remove old interactions",
     "--before DATE | --older-than DAYS [--remove] [--dry-run]",
     "Reduces them to one summary for each two people and source: who wrote to whom when is gone, "
     "the strength of ties stays the same, on that day and later. What is answered by a later "
     "message that is kept stays with it. With --remove, strengths are as if they had never been. "
     "The file is rebuilt afterwards, as 'forget' does.",
     retain_options, retain_examples, 0, 0, true, cmd_retain},
    {"audit", "set, show or verify the audit log", "off|changes|all|show|verify|head",
     "The log holds numbers and times alone, each entry the SHA-256 of the one before. It can be "
     "off (as created), keep changes and exports, or questions as well. 'verify' names the first "
     "entry that is not as it was written; exit code 4.",
     audit_options, audit_examples, 1, 1, true, cmd_audit},
    {NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, false, NULL}};

/* clang-format on */

const char *const command_names_later[] = {"calibrate", NULL};

const command_row *command_find(const char *name)
{
    for (const command_row *row = command_rows; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

bool command_has_viewer(const command_row *row)
{
    for (const option_row *option = row->options; option->name != NULL; option++)
        if (strcmp(option->name, "as") == 0)
            return true;
    return false;
}

const char *command_nearest(const char *name)
{
    const char *best = NULL;
    size_t best_edits = 3; /* nearer than this is a likely slip */

    for (const command_row *row = command_rows; row->name != NULL; row++) {
        size_t edits = text_distance(row->name, name);
        if (strlen(name) >= 2 && strncmp(row->name, name, strlen(name)) == 0)
            edits = 1; /* an abbreviation */
        if (edits < best_edits && edits < strlen(row->name)) {
            best_edits = edits;
            best = row->name;
        }
    }
    return best;
}
