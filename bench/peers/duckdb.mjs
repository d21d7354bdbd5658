// DuckDB, tuned by hand; started as peers.mjs says.
//
// The table of ties is stored in the order of its source (DuckDB skips blocks by their least and
// greatest value; its indexes serve constants and not joins, so there is none), and a second time
// in the order of its target. One thread, as everybody here. Each form is one or more statements,
// prepared once, with the people as lists:
//
//   recursive   WITH RECURSIVE, the least cost for each person after every hop
//   using-key   WITH RECURSIVE … USING KEY (node): one row a person, lowered hop by hop
//   levels      one CREATE TEMP TABLE … GROUP BY a hop
//   two-sided   two hops forward, two back, joined in the middle, in one statement (4 hops)
//
// Cutting two-sided at a cost, which helps SQLite, makes it slower here (measured: three times),
// because each statement reads the whole table of ties and more of them are needed. As in sqlite.c
// all are exact, and sources and targets are never passed.
import { askAll, fail, nowUs, printLoad, requirePackage } from './peers.mjs';

const [modules, verb, from, to, formName] = process.argv.slice(2);
const { DuckDBInstance, LIST, INTEGER, listValue } = requirePackage(modules, '@duckdb/node-api');

const ENDS = `source AS MATERIALIZED (SELECT unnest($sources) AS id),
    target AS MATERIALIZED (SELECT unnest($targets) AS id),
    near AS MATERIALIZED (SELECT src AS node, min(cost) AS cost FROM tie_in
        JOIN target ON dst = target.id WHERE src NOT IN (FROM target) GROUP BY src)`;
const NOT_AN_END = `tie.dst NOT IN (FROM source) AND tie.dst NOT IN (FROM target)`;
const ANSWER = (walk) => `SELECT node, min(${walk}.cost) + min(near.cost) AS total
    FROM ${walk} JOIN near USING (node) GROUP BY node ORDER BY total, node LIMIT $k`;

const RECURSIVE = `WITH RECURSIVE ${ENDS}, walk(node, hops, cost) AS (
    SELECT id, 0, 0::BIGINT FROM source UNION ALL
    SELECT tie.dst, walk.hops + 1, min(walk.cost + tie.cost) FROM walk
    JOIN tie ON tie.src = walk.node WHERE walk.hops < $hops - 1 AND ${NOT_AN_END}
    GROUP BY tie.dst, walk.hops) ${ANSWER('walk')}`;

// The working table holds the people whose cost the last hop lowered; the others need no second
// look, because what they lead to was found with fewer hops already.
const USING_KEY = `WITH RECURSIVE ${ENDS}, walk(node, hops, cost) USING KEY (node) AS (
    SELECT id, 0, 0::BIGINT FROM source UNION
    SELECT new.node, new.hops, new.cost FROM (
        SELECT tie.dst AS node, walk.hops + 1 AS hops, min(walk.cost + tie.cost) AS cost FROM walk
        JOIN tie ON tie.src = walk.node WHERE walk.hops < $hops - 1 AND ${NOT_AN_END}
        GROUP BY tie.dst, walk.hops) new
    LEFT JOIN recurring.walk known ON known.node = new.node
    WHERE known.cost IS NULL OR new.cost < known.cost) ${ANSWER('walk')}`;

const TWO_SIDED = `WITH ${ENDS},
    one AS MATERIALIZED (SELECT tie.dst AS node, min(tie.cost)::BIGINT AS cost FROM tie
        JOIN source ON tie.src = source.id WHERE ${NOT_AN_END} GROUP BY 1),
    reached AS MATERIALIZED (SELECT node, min(cost) AS cost FROM (
        SELECT id AS node, 0::BIGINT AS cost FROM source UNION ALL SELECT node, cost FROM one
        UNION ALL SELECT tie.dst, one.cost + tie.cost FROM one JOIN tie ON tie.src = one.node
        WHERE ${NOT_AN_END}) GROUP BY node),
    met(node, cost) AS (
        SELECT near.node, near.cost + reached.cost FROM near JOIN reached USING (node) UNION ALL
        SELECT near.node, near.cost + tie_in.cost + reached.cost FROM near
        JOIN tie_in ON tie_in.dst = near.node JOIN reached ON reached.node = tie_in.src)
    SELECT node, min(cost) AS total FROM met GROUP BY node ORDER BY total, node LIMIT $k`;

const forms = {
    'recursive': { statements: () => [RECURSIVE] },
    'using-key': { statements: () => [USING_KEY] },
    'levels': { statements: levels },
    'two-sided': { statements: () => [TWO_SIDED], hops: 4 },
};

function levels(hopsMax) {
    const create = (name, body) => `CREATE OR REPLACE TEMP TABLE ${name} AS ${body}`;
    const statements = [
        create('source', 'SELECT unnest($sources) AS id'),
        create('target', 'SELECT unnest($targets) AS id'),
        create('level0', 'SELECT id AS node, 0::BIGINT AS cost FROM source'),
    ];
    for (let hop = 1; hop < hopsMax; hop++) {
        statements.push(create(`level${hop}`, `SELECT tie.dst AS node,
            min(before.cost + tie.cost)::BIGINT AS cost FROM level${hop - 1} before
            JOIN tie ON tie.src = before.node WHERE ${NOT_AN_END} GROUP BY tie.dst`));
    }
    const all = Array.from({ length: hopsMax }, (_, hop) => `FROM level${hop}`).join(' UNION ALL ');
    statements.push(`WITH near AS (SELECT src AS node, min(cost) AS cost FROM tie_in
        JOIN target ON dst = target.id WHERE src NOT IN (FROM target) GROUP BY src),
        walk AS (${all}) ${ANSWER('walk')}`);
    return statements;
}

async function open(path) {
    const instance = await DuckDBInstance.create(path, { threads: '1' });
    return await instance.connect();
}

async function load(text, path) {
    const started = nowUs();
    const connection = await open(path);
    await connection.run(`CREATE TABLE tie AS SELECT * FROM read_csv('${text}', delim = ' ',
        header = false, columns = {'src': 'INTEGER', 'dst': 'INTEGER', 'cost': 'INTEGER'})
        ORDER BY src, cost, dst`);
    await connection.run('CREATE TABLE tie_in AS SELECT * FROM tie ORDER BY dst, cost, src');
    await connection.run('CHECKPOINT');
    const took = await connection.runAndReadAll('SELECT version()');
    printLoad(started, String(took.getRows()[0][0]));
    connection.closeSync();
}

// Statements that create what later ones read can only be prepared when it exists, so the tables
// of `levels` are created while preparing, and prepared once all the same.
async function prepareAll(connection, statements, question) {
    const prepared = [];
    for (const text of statements) {
        const statement = await connection.prepare(text);
        prepared.push(statement);
        bind(statement, question);
        await statement.run();
    }
    return prepared;
}

function bind(statement, question) {
    const types = { sources: LIST(INTEGER), targets: LIST(INTEGER) };
    const values = {
        sources: listValue(question.sources), targets: listValue(question.targets),
        k: question.k, hops: question.hopsMax,
    };
    for (let i = 1; i <= statement.parameterCount; i++) {
        const name = statement.parameterName(i);
        statement.bindValue(i, values[name], types[name] ?? INTEGER);
    }
}

async function answer(prepared, question) {
    let last;
    for (const statement of prepared) {
        bind(statement, question);
        last = await statement.runAndReadAll();
    }
    return last.getRows().map(([person, cost]) => [Number(person), Number(cost)]);
}

async function main() {
    if (verb === 'load') {
        return await load(from, to);
    }
    const form = forms[formName] ?? fail(`Error: no form ${formName}`);
    const connection = await open(from);
    let prepared;
    await askAll(to, async (question) => {
        if (form.hops !== undefined && form.hops !== question.hopsMax) {
            fail(`Error: ${formName} is written for ${form.hops} hops`);
        }
        prepared ??= await prepareAll(connection, form.statements(question.hopsMax), question);
        return await answer(prepared, question);
    });
}

await main();
