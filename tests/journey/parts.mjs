// What the journeys start and ask: the real programs, Chromium, axe, and a tally of what held.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const PICTURES = join(ROOT, 'target/journey');
const CACHE = process.env.STACKSIDE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'stackside');
const TOOLS = process.env.STACKSIDE_TOOLS ?? join(CACHE, 'tools');
const BINARIES = join(process.env.CARGO_TARGET_DIR ?? join(CACHE, 'target'), 'debug');
const tool = createRequire(join(TOOLS, 'npm/package.json'));

export const PATIENCE_MS = 30_000;
export const TOKEN = 'token-of-the-journey-0123456789ab';

// --- Tally ---------------------------------------------------------------------------------------------------------

let passed = 0;
const failures = [];

/** Counts a finding; the journey goes on. */
export function check(name, problems = []) {
  if (problems.length === 0) {
    passed += 1;
    console.log(`ok    ${name}`);
  } else {
    failures.push(name);
    console.log(`FAIL  ${name}`);
    for (const problem of problems) console.log(`      ${problem}`);
  }
}

/** Does a step; a step that fails ends the journey. */
export async function step(name, act) {
  try {
    const result = await act();
    check(name);
    return result;
  } catch (error) {
    check(name, [String(error?.message ?? error).split('\n').slice(0, 12).join('\n      ')]);
    throw new Abort();
  }
}

export class Abort extends Error {}

/** Runs a journey, cleans up whatever happens, prints the tally, ends with its exit code. */
export async function run(journey) {
  mkdirSync(PICTURES, { recursive: true });
  process.on('SIGINT', () => finish(130));
  process.on('SIGTERM', () => finish(143));
  try {
    await journey();
  } catch (error) {
    if (!(error instanceof Abort)) check('journey', [error?.stack ?? String(error)]);
  }
  finish();
}

function finish(code) {
  for (const child of children) end(child);
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch (error) {
      console.log(`      ${folder} is left: ${error.message}`);
    }
  }
  console.log(`journey: ${passed} passed, ${failures.length} failed`);
  process.exit(code ?? (failures.length === 0 ? 0 : 1));
}

// --- Programs ------------------------------------------------------------------------------------------------------

const children = new Set();
const folders = [];

export function folder(name) {
  const path = mkdtempSync(join(tmpdir(), `stackside-${name}-`));
  folders.push(path);
  return path;
}

export function binary(name) {
  return join(BINARIES, name);
}

/** Ends a program and all that it started. */
function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Starts a program, at the head of a group of its own; it ends with the journey. */
export function start(program, args, options = {}) {
  const stdio = ['ignore', 'ignore', process.env.STACKSIDE_TEST_LOG ? 'inherit' : 'ignore'];
  const child = spawn(program, args, { stdio, detached: true, ...options });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', (error) => console.log(`      ${program}: ${error.message}; build it first: make test`));
  return child;
}

/** Ends a program as a dead battery would. */
export async function kill(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  end(child);
  await gone;
}

export function output(program, args, input) {
  const done = spawnSync(program, args, { input, encoding: 'utf8' });
  if (done.error) throw new Error(`${program}: ${done.error.message}; build it first: make test`);
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr.trim()}`);
  return done.stdout.trim();
}

export async function freePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer();
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

/** Asks again and again until there is something. */
export async function until(what, ask, patience = PATIENCE_MS) {
  const start = Date.now();
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() - start > patience) throw new Error(`after ${patience / 1000} s there is still no ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answers(url) {
  return fetch(url).then((answer) => answer.status < 500, () => false);
}

/** The server with the demo city, on a port that stays the same over restarts. */
export class Server {
  constructor() {
    this.data = folder('server');
    this.run('keys', 'new');
    this.run('import', join(ROOT, 'demo'));
    this.password = 'a-password-of-the-journey';
    const user = ['user', 'add', '--login', 'demo-admin', '--role', 'operator_admin', '--org', 'demo-operator'];
    output(binary('stackside-server'), ['--data', this.data, ...user, '--password-stdin'], this.password);
  }
  run(...args) {
    return output(binary('stackside-server'), ['--data', this.data, ...args]);
  }
  async up() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const args = ['--data', this.data, 'serve', '--listen', `127.0.0.1:${this.port}`];
    this.child = start(binary('stackside-server'), args);
    await until('answer of the server', () => answers(`${this.url}/api/v1/health`));
  }
  async down() {
    await kill(this.child);
  }
  enrolCode() {
    return this.run('code', 'enrol', '--operator', 'demo-operator').split(/\s+/).at(-1);
  }
  personCode(person) {
    return this.run('code', 'person', person).split(/\s+/).at(-1);
  }
}

/** The development host with the built screens. */
export class Tablet {
  constructor(speed, track = join(ROOT, 'demo/walk-to-stack.gpx')) {
    this.data = folder('tablet');
    this.speed = speed;
    this.track = track;
  }
  async up() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}/?token=${TOKEN}`;
    const track = ['--gpx', this.track, '--gpx-speed', String(this.speed)];
    const serve = ['--ui', process.env.STACKSIDE_UI ?? join(ROOT, 'src-ui/dist'), '--listen', `127.0.0.1:${this.port}`, '--token', TOKEN];
    this.child = start(binary('stackside-host'), ['--data', this.data, ...track, ...serve]);
    await until('answer of the tablet', () => answers(`http://127.0.0.1:${this.port}/`));
  }
  async down() {
    await kill(this.child);
  }
}

/** A person's name in the demo city. */
export function personName(id) {
  const text = readFileSync(join(ROOT, 'demo/person.toml'), 'utf8');
  const row = text.split('[[row]]').find((row) => row.includes(`id = "${id}"`));
  return /^name = "(.*)"$/m.exec(row ?? '')[1];
}

// --- Browser -------------------------------------------------------------------------------------------------------

/** Chromium with a fake camera, which looks up nothing by itself. */
export async function chromium() {
  const { chromium } = tool('playwright-core');
  return chromium.launch({
    executablePath: process.env.STACKSIDE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
    ],
  });
}

let axeSource;

/** Serious and critical findings of axe on what is shown. */
export async function axe(page) {
  axeSource ??= readFileSync(tool.resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 4).map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
    );
}

/** Things to touch that are smaller than a gloved thumb. */
export async function smallTargets(page, least = 56) {
  return page.evaluate((least) => {
    const selector = 'button, a[href], input, select, textarea, summary, [role=button]';
    // With a dialog open only what is in it can be touched.
    const dialogs = [...document.querySelectorAll('dialog[open], [role=dialog]')];
    const scope = dialogs.at(-1) ?? document;
    const small = [];
    for (const element of scope.querySelectorAll(selector)) {
      const target = element.matches('input[type=radio], input[type=checkbox], input[type=file]')
        ? (element.closest('label') ?? element)
        : element;
      if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const { width, height } = target.getBoundingClientRect();
      if (width < 2 || height < 2) continue;
      if (width < least - 0.5 || height < least - 0.5) {
        const name = (element.getAttribute('aria-label') ?? target.textContent ?? '').trim().slice(0, 30);
        small.push(`${element.tagName.toLowerCase()}.${element.className} “${name}” ${width.toFixed(0)} × ${height.toFixed(0)}`);
      }
    }
    return [...new Set(small)];
  }, least);
}
