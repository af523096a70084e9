// Smoke of the real window: Tauri on WebKitGTK under Xvfb, driven by WebKitWebDriver. It starts, shows the first
// screen, and its screens reach the shell.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

import { PATIENCE_MS, PICTURES, binary, folder, freePort, run, start, step, until } from './parts.mjs';

run(async () => {
  const program = binary('stackside-tauri');
  await step('the program is built', async () => {
    if (!existsSync(program)) throw new Error(`${program} is not built; build it with: cargo build -p stackside-tauri`);
  });
  const port = await freePort();
  const driver = `http://127.0.0.1:${port}`;
  const call = async (method, path, body) => {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(driver + path, { method, body: body && JSON.stringify(body), signal: patience });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error} ${value?.message}`);
    return value;
  };

  // A desktop of its own: a display, a session bus, no accessibility bus, homes in a temporary folder.
  const home = folder('window');
  const environment = {
    ...process.env, NO_AT_BRIDGE: '1', GDK_BACKEND: 'x11', WAYLAND_DISPLAY: '', HOME: home, XDG_DATA_HOME: home,
    XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home, WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    LIBGL_ALWAYS_SOFTWARE: '1', TAURI_WEBVIEW_AUTOMATION: 'true', STACKSIDE_DATA: join(home, 'tablet'), STACKSIDE_GPX: '',
  };
  const display = `:${90 + (process.pid % 400)}`;
  start('Xvfb', [display, '-screen', '0', '1400x900x24', '-nolisten', 'tcp', '-fbdir', home]);
  await until('display', async () => existsSync(`/tmp/.X11-unix/X${display.slice(1)}`));
  delete environment.STACKSIDE_GPX;
  const bus = ['--', 'WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'];
  start('dbus-run-session', bus, { env: { ...environment, DISPLAY: display } });
  await until('answer of WebKitWebDriver', () => call('GET', '/status').then(() => true, () => false));

  let session;
  await step('the window starts', async () => {
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary: program, args: [] } };
    session = (await call('POST', '/session', { capabilities: { alwaysMatch } })).sessionId;
  });
  const script = (code) => call('POST', `/session/${session}/execute/sync`, { script: code, args: [] });
  try {
    await step('a new tablet shows the screen that enrols it', async () => {
      const title = await until('heading', () => script("return document.querySelector('h1')?.textContent ?? ''"));
      if (title !== '登记平板') throw new Error(`the heading is “${title}”`);
    });
    await step('the screens reach the shell, and hear why it refuses', async () => {
      const state = await call('POST', `/session/${session}/execute/async`, {
        script: `const done = arguments[0];
          window.__TAURI__.core.invoke('get_state', { args: {} }).then(done, (error) => done({ error }));`,
        args: [],
      });
      if (state?.enrolment !== null || !state.version) throw new Error(JSON.stringify(state));
      const refused = await call('POST', `/session/${session}/execute/async`, {
        script: `const done = arguments[0];
          window.__TAURI__.core.invoke('get_today', { args: {} }).then(() => done(null), done);`,
        args: [],
      });
      if (refused?.code !== 'not_enrolled') throw new Error(JSON.stringify(refused));
    });
    await step('nothing of the page is stopped by its security policy', async () => {
      const size = await script('return [innerWidth, innerHeight, getComputedStyle(document.body).fontFamily.length]');
      if (size[0] < 600 || size[2] === 0) throw new Error(JSON.stringify(size));
    });
    await step('the window is drawn', () => until('picture of more than one colour', async () => {
      const { png, colours } = picture(join(home, 'Xvfb_screen0'));
      writeFileSync(join(PICTURES, '40-window.png'), png);
      return colours > 20;
    }));
  } catch (error) {
    writeFileSync(join(PICTURES, 'failed-window.png'), picture(join(home, 'Xvfb_screen0')).png);
    throw error;
  }
  // No polite end: WebKitWebDriver waits for a window that does not close itself. All ends with the journey.
});

/** The display as Xvfb keeps it (an XWD file), as PNG. WebKitWebDriver's own screenshot waits for ever under Xvfb. */
function picture(file) {
  const dump = readFileSync(file);
  const field = (n) => dump.readUInt32BE(n * 4);
  const [width, height, lineBytes, start] = [field(4), field(5), field(12), field(0) + field(19) * 12];
  const rows = Buffer.alloc(height * (1 + width * 3));
  const colours = new Set();
  for (let y = 0, to = 0; y < height; y += 1) {
    to += 1; // each row begins with its filter: none
    for (let x = 0; x < width; x += 1) {
      const from = start + y * lineBytes + x * 4;
      const pixel = dump.readUInt32LE(from) & 0xffffff;
      if (colours.size < 100) colours.add(pixel);
      to = rows.writeUIntBE(pixel, to, 3);
    }
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8); // eight bits, RGB
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const png = [magic, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return { png: Buffer.concat(png), colours: colours.size };
}
