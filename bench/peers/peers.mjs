// What the JavaScript programs of this directory share; the counterpart of peers.c.
//
// `node PROGRAM MODULES … load EDGES STORE` and `node PROGRAM MODULES … ask STORE QUESTIONS FORM`.
// MODULES is the directory below which `install` put the packages; nothing is looked for beside
// the sources. Questions and answers have the form that peers.h describes, and are asked in the
// same way: once to warm up, again for the time, unless the first pass was slow.
import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const WARM_UP_US_MAX = 10e6;

// Load a package from MODULES, or end with a message that `run` shows.
export function requirePackage(modules, name) {
    try {
        return createRequire(join(modules, 'package.json'))(name);
    } catch (error) {
        fail(`Error: ${name} is not installed in ${modules} (${error.code ?? error.message})`);
    }
}

export function fail(message) {
    console.error(message);
    process.exit(1);
}

export function nowUs() {
    return Number(process.hrtime.bigint()) / 1e3;
}

export function printLoad(startedUs, version) {
    print({ load_us: nowUs() - startedUs, version });
}

// Not through the event loop: a line must be out before the next question begins.
function print(row) {
    writeSync(1, JSON.stringify(row) + '\n');
}

function readQuestions(path) {
    return readFileSync(path, 'utf8').trim().split('\n').map((line) => {
        const [hopsMax, k, sourceCount, targetCount, ...people] = line.split(' ').map(Number);
        const targets = people.slice(sourceCount, sourceCount + targetCount);
        return { hopsMax, k, sources: people.slice(0, sourceCount), targets };
    });
}

// `ask` takes a question and returns (a promise of) rows [introducer, cost], best first;
// a third element, the hops of the path, lets `run` see whether a limit was kept.
export async function askAll(path, ask) {
    const questions = readQuestions(path);
    let passUs = 0;
    for (let pass = 0; pass < 2 && passUs < WARM_UP_US_MAX; pass++) {
        for (const [index, question] of questions.entries()) {
            const started = nowUs();
            const rows = await ask(question);
            const us = nowUs() - started;
            passUs += us;
            print({ question: index, us, answer: rows });
        }
    }
}

// The cheapest row for each introducer among [introducer, cost, …], the first k of them.
export function keepBest(rows, k) {
    const best = new Map();
    for (const row of rows) {
        if (!(best.get(row[0])?.[1] <= row[1])) {
            best.set(row[0], row);
        }
    }
    return [...best.values()].sort((a, b) => a[1] - b[1] || a[0] - b[0]).slice(0, k);
}
