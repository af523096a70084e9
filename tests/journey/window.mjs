// Smoke of the real window: Tauri on WebKitGTK under Xvfb, driven by WebKitWebDriver. It starts, shows the first
// screen, and its screens reach the shell.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PICTURES, binary, folder, freePort, run, start, step, until } from './parts.mjs';

run(async () => {
  const program = binary('stackside-tauri');
  await step('the program is built', async () => {
    if (!existsSync(program)) throw new Error(`${program} is not built; build it with: cargo build -p stackside-tauri`);
  });
  const port = await freePort();
  const driver = `http://127.0.0.1:${port}`;
  const call = async (method, path, body) => {
    const answer = await fetch(driver + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error} ${value?.message}`);
    return value;
  };

  // A desktop of its own: a display, a session bus, no accessibility bus, homes in a temporary folder.
  const home = folder('window');
  const environment = {
    ...process.env, NO_AT_BRIDGE: '1', GDK_BACKEND: 'x11', WAYLAND_DISPLAY: '', HOME: home, XDG_DATA_HOME: home,
    XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home, WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    LIBGL_ALWAYS_SOFTWARE: '1', TAURI_WEBVIEW_AUTOMATION: 'true', STACKSIDE_DATA: join(home, 'tablet'), STACKSIDE_GPX: '',
  };
  const display = `:${90 + (process.pid % 400)}`;
  start('Xvfb', [display, '-screen', '0', '1400x900x24', '-nolisten', 'tcp']);
  await until('display', async () => existsSync(`/tmp/.X11-unix/X${display.slice(1)}`));
  delete environment.STACKSIDE_GPX;
  const bus = ['--', 'WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'];
  start('dbus-run-session', bus, { env: { ...environment, DISPLAY: display }, detached: false });
  await until('answer of WebKitWebDriver', () => call('GET', '/status').then(() => true, () => false));

  let session;
  await step('the window starts', async () => {
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary: program, args: [] } };
    session = (await call('POST', '/session', { capabilities: { alwaysMatch } })).sessionId;
  });
  const script = (code) => call('POST', `/session/${session}/execute/sync`, { script: code, args: [] });
  const picture = async (name) => {
    const image = await call('GET', `/session/${session}/screenshot`);
    writeFileSync(join(PICTURES, name), Buffer.from(image, 'base64'));
  };
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
    await picture('40-window.png');
  } catch (error) {
    await picture('failed-window.png').catch(() => {});
    throw error;
  } finally {
    await call('DELETE', `/session/${session}`).catch(() => {});
  }
});
