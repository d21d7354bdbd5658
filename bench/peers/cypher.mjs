// Ladybug, and Kùzu from which it was made: `node cypher.mjs MODULES PACKAGE …`, then as peers.mjs.
//
// Both take the same package interface and the same Cypher. People are nodes with their number as
// primary key, ties are relationships with a cost. One thread, prepared statements.
//
//   levels      one statement a length of path, WITH the least cost for each person after a hop
//   two-sided   two hops forward, two hops back, each one statement, joined here (4 hops)
//   steps       the same, but every hop is a statement with the list of people to go on from
//   walks       a variable-length match that lists all simple paths, whose costs are summed; for
//               one pair, because it lists every path
//   shortest    the weighted shortest path of the engine, WSHORTEST(cost), with the hop limit as
//               its upper bound; for the one best path of one pair. Whether it keeps to the limit
//               is for `run` to find
//
// Sources and targets are never passed. Costs come back as numbers or big integers and are far
// below 2^53.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { askAll, fail, keepBest, nowUs, printLoad, requirePackage } from './peers.mjs';

const BUFFER_BYTES = 4 * 2 ** 30;

const [modules, name, verb, from, to, formName] = process.argv.slice(2);
const engine = requirePackage(modules, name);

function open(path) {
    return new engine.Connection(new engine.Database(path, BUFFER_BYTES), 1);
}

// --- loading ---

async function load(text, path) {
    const started = nowUs();
    const people = new Set();
    for (const line of readFileSync(text, 'utf8').trim().split('\n')) {
        const [a, b] = line.split(' ', 2);
        people.add(a).add(b);
    }
    // The engines want people before ties, and know a file's format by the end of its name.
    writeFileSync(`${path}.people.csv`, [...people].join('\n') + '\n');
    writeFileSync(`${path}.ties.csv`, readFileSync(text));
    const connection = open(path);
    await connection.query('CREATE NODE TABLE Person(id INT64 PRIMARY KEY)');
    await connection.query('CREATE REL TABLE Tie(FROM Person TO Person, cost INT64)');
    await connection.query(`COPY Person FROM '${path}.people.csv' (header = false)`);
    await connection.query(`COPY Tie FROM '${path}.ties.csv' (header = false, delim = ' ')`);
    await connection.query('CHECKPOINT');
    printLoad(started, engine.VERSION);
    rmSync(`${path}.people.csv`);
    rmSync(`${path}.ties.csv`);
}

// --- asking ---

const notAnEnd = (v) => `NOT ${v}.id IN $sources AND NOT ${v}.id IN $targets`;

// Paths of exactly `hops` ties; the least over all lengths up to the limit is the answer.
function levelStatement(hops) {
    if (hops === 1) {
        return `MATCH (w:Person)-[e:Tie]->(t:Person) WHERE w.id IN $sources AND t.id IN $targets
            RETURN w.id AS person, min(e.cost) AS cost`;
    }
    let text = `MATCH (n0:Person)-[e:Tie]->(n1:Person) WHERE n0.id IN $sources
        AND ${notAnEnd('n1')} WITH n1, min(e.cost) AS cost `;
    for (let i = 2; i < hops; i++) {
        text += `MATCH (n${i - 1})-[e:Tie]->(n${i}:Person) WHERE ${notAnEnd(`n${i}`)}
            WITH n${i}, min(cost + e.cost) AS cost `;
    }
    return text + `MATCH (n${hops - 1})-[e:Tie]->(t:Person) WHERE t.id IN $targets
        RETURN n${hops - 1}.id AS person, min(cost + e.cost) AS cost`;
}

const ONE_HOP = {
    forward: `MATCH (s:Person)-[e:Tie]->(x:Person) WHERE s.id IN $people
        RETURN s.id AS a, x.id AS b, e.cost AS cost`,
    back: `MATCH (t:Person)<-[e:Tie]-(w:Person) WHERE t.id IN $people
        RETURN w.id AS a, t.id AS b, e.cost AS cost`,
};

const TWO_HOPS = {
    forward: `MATCH (s:Person)-[e:Tie]->(x:Person)-[f:Tie]->(y:Person) WHERE s.id IN $sources
        AND ${notAnEnd('x')} AND ${notAnEnd('y')} RETURN y.id AS a, min(e.cost + f.cost) AS cost`,
    back: `MATCH (t:Person)<-[h:Tie]-(w:Person)<-[g:Tie]-(y:Person) WHERE t.id IN $targets
        AND ${notAnEnd('w')} AND NOT y.id IN $targets
        RETURN y.id AS a, w.id AS b, min(g.cost + h.cost) AS cost`,
};

const WALKS = (hopsMax) => `MATCH p = (s:Person)-[e:Tie* ACYCLIC 1..${hopsMax}]->(t:Person)
    WHERE s.id = $source AND t.id = $target
    RETURN properties(nodes(p), 'id') AS people, list_sum(properties(rels(p), 'cost')) AS cost`;

const SHORTEST = (range) => `MATCH p = (s:Person)-[e:Tie* WSHORTEST(cost) ${range}]->(t:Person)
    WHERE s.id IN $sources AND t.id IN $targets
    RETURN properties(nodes(p), 'id') AS people, cost(e) AS cost`;

// A connection and its prepared statements, by text.
class Asker {
    constructor(path) {
        this.connection = open(path);
        this.prepared = new Map();
    }

    async rows(text, parameters) {
        if (!this.prepared.has(text)) {
            const statement = await this.connection.prepare(text);
            if (!statement.isSuccess()) {
                fail(`Error: ${statement.getErrorMessage()}`);
            }
            this.prepared.set(text, statement);
        }
        const result = await this.connection.execute(this.prepared.get(text), parameters);
        return await result.getAll();
    }

    // Ties from (or to) people, as [from, to, cost].
    async expand(direction, people) {
        const rows = people.length > 0 ? await this.rows(ONE_HOP[direction], { people }) : [];
        return rows.map((row) => [Number(row.a), Number(row.b), Number(row.cost)]);
    }
}

function lower(map, key, cost) {
    if (!(map.get(key) <= cost)) {
        map.set(key, cost);
    }
}

const ends = ({ sources, targets }) => ({ sources, targets });

// Join what is reached within two hops with what leads to a target within two.
function meet(reached, near, middle, k) {
    const rows = [];
    for (const [w, cost] of near) {
        if (reached.has(w)) {
            rows.push([w, reached.get(w) + cost]);
        }
    }
    for (const [y, w, cost] of middle) {
        if (reached.has(y)) {
            rows.push([w, reached.get(y) + cost]);
        }
    }
    return keepBest(rows, k);
}

// The first hop of both sides: people reached with their cost, and the cost from there to a target.
async function firstHops(asker, { sources, targets }) {
    const isSource = new Set(sources);
    const isTarget = new Set(targets);
    const reached = new Map(sources.map((s) => [s, 0]));
    const near = new Map();
    for (const [, x, cost] of await asker.expand('forward', sources)) {
        if (!isSource.has(x) && !isTarget.has(x)) {
            lower(reached, x, cost);
        }
    }
    for (const [w, , cost] of await asker.expand('back', targets)) {
        if (!isTarget.has(w)) {
            lower(near, w, cost);
        }
    }
    return { reached, near, isSource, isTarget };
}

async function askLevels(asker, question) {
    const rows = [];
    for (let hops = 1; hops <= question.hopsMax; hops++) {
        for (const row of await asker.rows(levelStatement(hops), ends(question))) {
            rows.push([Number(row.person), Number(row.cost)]);
        }
    }
    return keepBest(rows, question.k);
}

async function askTwoSided(asker, question) {
    const { reached, near } = await firstHops(asker, question);
    for (const row of await asker.rows(TWO_HOPS.forward, ends(question))) {
        lower(reached, Number(row.a), Number(row.cost));
    }
    const rows = await asker.rows(TWO_HOPS.back, ends(question));
    const middle = rows.map((row) => [Number(row.a), Number(row.b), Number(row.cost)]);
    return meet(reached, near, middle, question.k);
}

async function askSteps(asker, question) {
    const { reached, near, isSource, isTarget } = await firstHops(asker, question);
    const first = [...reached.keys()].filter((x) => !isSource.has(x));
    const second = [...near.keys()].filter((w) => !isSource.has(w));
    const one = new Map(reached);
    for (const [x, y, cost] of await asker.expand('forward', first)) {
        if (!isSource.has(y) && !isTarget.has(y)) {
            lower(reached, y, one.get(x) + cost);
        }
    }
    const middle = (await asker.expand('back', second)).filter(([y]) => !isTarget.has(y))
        .map(([y, w, cost]) => [y, w, near.get(w) + cost]);
    return meet(reached, near, middle, question.k);
}

const byPath = (rows, k) => keepBest(
    rows.map((row) => [Number(row.people.at(-2)), Number(row.cost), row.people.length - 1]), k);

async function askWalks(asker, { hopsMax, k, sources, targets }) {
    const pair = { source: sources[0], target: targets[0] };
    return byPath(await asker.rows(WALKS(hopsMax), pair), k);
}

async function askShortest(asker, question) {
    const range = question.hopsMax > 0 ? `1..${question.hopsMax}` : '';
    return byPath(await asker.rows(SHORTEST(range), ends(question)), question.k);
}

const forms = {
    'levels': askLevels,
    'two-sided': askTwoSided,
    'steps': askSteps,
    'walks': askWalks,
    'shortest': askShortest,
};

if (verb === 'load') {
    await load(from, to);
} else {
    const ask = forms[formName] ?? fail(`Error: no form ${formName}`);
    const asker = new Asker(from);
    await askAll(to, async (question) => {
        if (['two-sided', 'steps'].includes(formName) && question.hopsMax !== 4) {
            fail(`Error: ${formName} is written for 4 hops`);
        }
        return await ask(asker, question);
    });
}
process.exit(0);
