// Writes npm-semver-table.tsv: what npm's `semver` says about generated ranges and versions.
//
//   npm install semver@7.8.6          in a scratch folder
//   node generate-npm-table.mjs <that folder> [seed] [ranges] > npm-semver-table.tsv
//
// One line for each range: the range, the versions it holds, the versions it does not hold, separated by tabs; inside a
// column versions are separated by spaces. A range that npm refuses has the single word `refused` in the second column.
// White space and backslashes in the range are escaped as in JSON. The same seed and npm version give the same bytes.
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, seedText = '20261120', rangesText = '900'] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, 'package.json'));
const semver = require('semver');
const npmVersion = require('semver/package.json').version;

let state = Number(seedText) >>> 0;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (p) => random() < p;

const number = () => pick(['0', '0', '0', '1', '1', '2', '2', '3', '4', '9', '10', '12', '100', '9007199254740990']);
const open = () => pick(['x', 'X', '*']);
const identifier = () => pick(['0', '1', '2', '9', '10', '11', 'a', 'b', 'alpha', 'beta', 'rc', 'rc1', '1a', '-', '--', 'A', 'x', '99999999']);
const preRelease = () => '-' + Array.from({ length: 1 + below(3) }, identifier).join('.');
const build = () => '+' + Array.from({ length: 1 + below(2) }, () => pick(['1', '001', 'sha', 'b-1'])).join('.');
const space = () => (chance(0.9) ? ' ' : pick(['  ', '\t', ' \n ', '   ', '\r\n', '\f', '\v']));
const maybeSpace = (p) => (chance(p) ? space() : '');

function full(preChance = 0.35) {
  return [number(), number(), number()].join('.') + (chance(preChance) ? preRelease() : '') + (chance(0.08) ? build() : '');
}

function partial() {
  switch (below(9)) {
    case 0: return number();
    case 1: return `${number()}.${number()}`;
    case 2: return `${number()}.${open()}`;
    case 3: return `${number()}.${number()}.${open()}` + (chance(0.1) ? preRelease() : '');
    case 4: return `${number()}.${open()}.${open()}`;
    case 5: return open() + (chance(0.2) ? `.${open()}` : '');
    case 6: return number() + (chance(0.1) ? build() : '');
    default: return full();
  }
}

const prefix = () => (chance(0.06) ? pick(['v', 'v', '=', 'vv', '=v', 'v=', '==']) : '');

function comparator() {
  const operator = pick(['', '', '=', '<', '<=', '>', '>=', '~', '~>', '^', '^', '~', '>=', '<']);
  const gap = operator === '' ? '' : maybeSpace(0.15);
  return operator + gap + prefix() + partial();
}

function hyphen() {
  return prefix() + partial() + space() + '-' + space() + prefix() + partial();
}

function alternative() {
  if (chance(0.15)) {
    return hyphen();
  }
  return Array.from({ length: chance(0.55) ? 1 : 2 + below(2) }, comparator).join(space());
}

function bounded() { // an interval that is usually not empty, so that the middle is tried as well as the ends
  const low = below(4);
  return `${pick(['>', '>='])}${low}.${below(4)}.${below(4)}${chance(0.4) ? preRelease() : ''} ${pick(['<', '<='])}${low + below(3)}.${below(5)}.${below(5)}${chance(0.4) ? preRelease() : ''}`;
}

function range() {
  const count = chance(0.75) ? 1 : 2 + below(2);
  const parts = Array.from({ length: count }, () => (chance(0.15) ? bounded() : alternative()));
  return maybeSpace(0.05) + parts.join(maybeSpace(0.6) + '||' + maybeSpace(0.6)) + maybeSpace(0.05);
}

function damaged() { // one character of a good range dropped, doubled or replaced
  const good = range();
  const at = below(good.length);
  const other = pick([...'.-+<>=~^|xX*v01 ab,&()[]{}!@#$%/_:;"\\', '\u00e9', '\u0000']);
  switch (below(3)) {
    case 0: return good.slice(0, at) + good.slice(at + 1);
    case 1: return good.slice(0, at) + other + good.slice(at);
    default: return good.slice(0, at) + other + good.slice(at + 1);
  }
}

function versionsNear(text) {
  const found = new Set();
  for (const match of text.matchAll(/(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?/g)) {
    const numbers = [match[1], match[2] ?? '0', match[3] ?? '0'].map(Number);
    if (numbers.some((n) => n > 9007199254740990)) continue;
    for (const [i, delta] of [[2, 0], [2, 1], [1, 1], [0, 1], [2, -1], [1, -1], [0, -1]]) {
      const near = [...numbers];
      near[i] += delta;
      if (near[i] < 0) continue;
      found.add(near.join('.'));
      found.add(near.join('.') + pick(['-0', preRelease(), preRelease(), match[4] ?? '-a', (match[4] ?? '-a') + '.1']));
    }
    if (match[4]) found.add(numbers.join('.') + match[4]);
  }
  for (let i = 0; i < 3; i++) found.add(full(0.4));
  return [...found].filter((v) => semver.valid(v) !== null && v.length <= 60);
}

function sample(list, size) {
  const left = [...list];
  const taken = [];
  while (left.length > 0 && taken.length < size) taken.push(left.splice(below(left.length), 1)[0]);
  return taken;
}

const shown = (text) => JSON.stringify(text).slice(1, -1);

function parsed(text) {
  try {
    return new semver.Range(text);
  } catch {
    return undefined;
  }
}

const seen = new Set();
const lines = [`# npm semver ${npmVersion}, seed ${seedText}, see generate-npm-table.mjs`];
let pairs = 0;
function add(text) {
  if (seen.has(text) || text.trim() === '') return;
  seen.add(text);
  const npm = parsed(text);
  if (npm === undefined) {
    lines.push(`${shown(text)}\trefused`);
    return;
  }
  const versions = versionsNear(text);
  const inside = sample(versions.filter((v) => npm.test(v)), 7);
  const outside = sample(versions.filter((v) => !npm.test(v)), 7);
  pairs += inside.length + outside.length;
  lines.push([shown(text), inside.join(' '), outside.join(' ')].join('\t'));
}

for (const text of ['*', 'x', '>=0.0.0', '<0.0.0-0', '^0', '^0.0', '^0.x', '^0.0.0', '~0', '* >0.2.2', '* || 1.2.3-alpha', '>=0.0.0 <0.0.0-5',
  '1.2.3 - 2', '1 - 2', '1.2.x - 2.x', '>x', '<*', '>=*', '~>1.2.3', '~ > 1.2', '^ 1', '> =1.2.3', '>= 1.2.3', '1.2.3||2.0.0', '<=1.2.x', '>1.2',
  '9007199254740991.0.0', '9007199254740992.0.0', 'latest', 'foo', '[1.0,2.0)', '1.2.3 &&', '>=', '^', '~', '1.2.3 -', '- 1.2.3', '1.2.3 <', '1..2', '.1', '1.',
  '1.2.3.4', '01.2.3', '1.2.3-01', '1.2.3-', '1.2.3+', '1.2-rc', 'x.1', '1.x.1', '>x.1', '^x.1', '~1.x.1', '^1.2.x-rc', '1.2.3,2.0.0', '!1.2.3', '1.2.3 - 2 - 3',
  '<>1', '=<1', '=>1', '><1', '^^1', '~~1', '^~1', '1 || || 2', 'V1.2.3']) add(text);
while (seen.size < Number(rangesText)) add(chance(0.8) ? range() : damaged());
process.stdout.write(lines.join('\n') + '\n');
process.stderr.write(`${seen.size} ranges, ${pairs} pairs\n`);
