// What the journeys start and ask: the real programs, Chromium, axe, and a tally of what held.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
/** Packages that set-up installed. */
export const tool = createRequire(join(TOOLS, 'npm/package.json'));

export const PATIENCE_MS = 30_000;
export const TOKEN = 'token-of-the-journey-0123456789ab';
/** What the technicians of the journeys set. */
export const PIN = '135790';

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

/** A track for the development host, as GPX: `points` are [second, latitude, longitude, metres of accuracy]. */
export function gpx(points) {
  const at = (second) => new Date(Date.UTC(2026, 10, 23, 1) + second * 1000).toISOString();
  const point = ([second, lat, lon, accuracy]) =>
    `<trkpt lat="${lat}" lon="${lon}"><time>${at(second)}</time><sat>5</sat><hdop>${accuracy}</hdop></trkpt>`;
  const file = join(folder('track'), 'track.gpx');
  const head = '<gpx version="1.1" creator="stackside journey" xmlns="http://www.topografix.com/GPX/1/1">';
  const track = `<trk><trkseg>${points.map(point).join('')}</trkseg></trk>`;
  writeFileSync(file, `${head}<metadata><time>${at(0)}</time></metadata>${track}</gpx>`);
  return file;
}

/** A track that stands still at a place. */
export const still = (latitude, longitude) => gpx([0, 3, 6, 9, 3600].map((second) => [second, latitude, longitude, 4]));

/** The development host with the built screens. Without a track it has no source of positions. */
export class Tablet {
  constructor({ track = join(ROOT, 'demo/walk-to-stack.gpx'), speed = 1 } = {}) {
    this.data = folder('tablet');
    this.play(track, speed);
  }
  /** Which track is played from the next start on. */
  play(track, speed = 1) {
    this.track = track ? ['--gpx', track, '--gpx-speed', String(speed)] : [];
  }
  /** How many minutes its clocks are ahead from the next start on. */
  sleep(minutes) {
    this.ahead = ['--ahead-min', String(minutes)];
  }
  async up() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}/?token=${TOKEN}`;
    const serve = ['--ui', process.env.STACKSIDE_UI ?? join(ROOT, 'src-ui/dist'), '--listen', `127.0.0.1:${this.port}`, '--token', TOKEN];
    this.child = start(binary('stackside-host'), ['--data', this.data, ...this.track, ...(this.ahead ?? []), ...serve]);
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

/** Chromium with a fake camera, or one that says no to the camera; it looks up nothing by itself. */
export async function chromium({ camera = true } = {}) {
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
      camera ? '--use-fake-ui-for-media-stream' : '--use-fake-ui-for-media-stream=deny',
      '--use-fake-device-for-media-stream',
    ],
  });
}

export const LANDSCAPE = { width: 1280, height: 800 };
export const PORTRAIT = { width: 800, height: 1280 };

/** A page as the tablet shows it, and what it reports as errors. */
export async function tabletPage(browser, permissions) {
  const context = await browser.newContext({
    viewport: LANDSCAPE, hasTouch: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', permissions,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  return { page, errors };
}

/** A picture of the screen in both themes and both ways to hold the tablet; axe and thumbs on each. */
export async function look(page, name) {
  const findings = [];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((theme) => document.documentElement.setAttribute('data-theme', theme), theme);
    for (const [way, size] of [['portrait', PORTRAIT], ['landscape', LANDSCAPE]]) {
      await page.setViewportSize(size);
      // Two frames: layout and colours of the change are there.
      await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
      await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))
        .slice(0, 20).map((done) => Promise.race([done, new Promise((go) => setTimeout(go, 400))]))));
      await page.screenshot({ path: join(PICTURES, `${name}-${theme}-${way}.png`) });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (beyond > 1) findings.push(`${theme} ${way}: ${beyond} px beyond the edge`);
      if (theme === 'light') findings.push(...(await smallTargets(page)).map((text) => `${way}: small: ${text}`));
    }
    findings.push(...(await axe(page)).map((text) => `${theme}: ${text}`));
  }
  await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'light'));
  check(`screen ${name}: axe, thumbs, edges`, [...new Set(findings)]);
}

/** Errors of a page that the journey did not cause itself by taking the network away. */
export function unexpected(errors) {
  return errors.filter((text) => !/Failed to load resource|ERR_CONNECTION/.test(text));
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
