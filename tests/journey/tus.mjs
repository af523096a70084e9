// Resumable uploads against code that others wrote: tus-js-client sends to our server, our tablet to @tus/server. Both
// lines are cut on the way.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { connect, createServer as createLine } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { PIN, ROOT, Server, TOKEN, Tablet, check, folder, run, still, step, tool, until } from './parts.mjs';

const PERSON = 'demo-tech-a';
const POINT = 'demo-stack-1';
const IN_FLIGHT = 64 * 1024;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A package that is only there for import. */
const imported = (name) => import(pathToFileURL(tool.resolve(name)).href);

run(async () => {
  const server = new Server();
  await server.up();
  await ofOthersToOurs(server);
  await ofOursToOthers(server);
});

/** A line to `port` that is cut each time that `every` more bytes went up, `cuts` times. */
async function badLine(port, every, cuts) {
  const line = { cuts: 0, sent: 0 };
  let left = every;
  const server = createLine((near) => {
    const far = connect(port, '127.0.0.1');
    const end = () => [near, far].forEach((socket) => socket.destroy());
    [near, far].forEach((socket) => socket.on('error', end));
    far.pipe(near);
    near.on('data', (bytes) => {
      const rest = line.cuts < cuts ? Math.min(left, bytes.length) : bytes.length;
      left -= rest;
      line.sent += rest;
      // What went out arrives; then both ends are gone.
      far.write(bytes.subarray(0, rest), () => {
        if (rest === bytes.length && left > 0) return;
        if (line.cuts >= cuts) return;
        line.cuts += 1;
        left = every;
        far.end();
        near.destroy();
      });
    });
    near.on('end', () => far.end());
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  line.port = server.address().port;
  line.url = `http://127.0.0.1:${line.port}`;
  line.close = () => server.close();
  return line;
}

/** A device that speaks the API by itself. */
async function enrolled(server) {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const [X, Y] = [x, y].map((part) => Buffer.from(part, 'base64url'));
  const point = (Y.at(-1) % 2 ? '03' : '02') + X.toString('hex');
  const millis = Date.now().toString(16).padStart(12, '0');
  const random = randomBytes(10).toString('hex');
  const device = `${millis.slice(0, 8)}-${millis.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
  const body = { code: server.enrolCode(), device, public_key: point, model: 'tus-js-client', app_version: '0.1.0' };
  const answer = await fetch(`${server.url}/api/v1/enrol`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`enrol: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).token;
}

async function ofOthersToOurs(server) {
  const tus = tool('tus-js-client');
  const token = await step('a device enrols over the API', () => enrolled(server));
  const headers = { Authorization: `Bearer ${token}` };
  const bytes = randomBytes(1024 * 1024);
  const line = await badLine(server.port, 300_000, 3);
  const upload = (options = {}) => new Promise((resolve, reject) => {
    const made = new tus.Upload(bytes, {
      endpoint: `${line.url}/api/v1/files`,
      headers,
      metadata: { sha256: sha256(bytes), type: 'application/octet-stream' },
      retryDelays: [0, 50, 100, 200],
      onSuccess: () => resolve(made),
      onError: reject,
      ...options,
    });
    made.start();
  });
  const made = await step('tus-js-client uploads over a line that is cut three times', () => upload());
  check('nothing but what was in flight was sent again', [
    ...(line.cuts === 3 ? [] : [`${line.cuts} cuts`]),
    ...(line.sent <= bytes.length + 3 * IN_FLIGHT ? [] : [`${line.sent} bytes for ${bytes.length}`]),
  ]);
  await step('the file on the server is the one that was sent', async () => {
    const answer = await fetch(`${server.url}/api/v1/files/${sha256(bytes)}`, { headers });
    if (!Buffer.from(await answer.arrayBuffer()).equals(bytes)) throw new Error('it differs');
  });
  await step('tus-js-client finds an upload that is whole already by its address', async () => {
    const again = await upload({ uploadUrl: made.url, retryDelays: null });
    if (again.url !== made.url) throw new Error(`${again.url} is not ${made.url}`);
  });
  await step('tus-js-client may not end a file that is held', () =>
    tus.Upload.terminate(made.url, { headers, retryDelays: null }).then(
      () => { throw new Error('it was deleted'); },
      (error) => { if (error.originalResponse?.getStatus() !== 403) throw error; },
    ));
  line.close();
}

/** Our server, where uploads go to @tus/server instead. */
async function withOthersUploads(server) {
  const { Server: TusServer } = await imported('@tus/server');
  const { FileStore } = await imported('@tus/file-store');
  const directory = folder('tus');
  const uploads = {};
  const front = { patches: [], file: (hash) => join(directory, uploads[hash]?.id ?? 'none') };
  const tus = new TusServer({
    path: '/api/v1/files',
    datastore: new FileStore({ directory }),
    relativeLocation: true,
    onUploadFinish: async (_, upload) => {
      uploads[upload.metadata.sha256] = upload;
      return {};
    },
  });
  const missing = (text) => {
    const { files } = JSON.parse(text);
    const held = files.filter((hash) => uploads[hash]).map((hash) => ({ sha256: hash, size_bytes: uploads[hash].size }));
    return JSON.stringify({ missing: files.filter((hash) => !uploads[hash]), held });
  };
  const listener = createServer((request, response) => {
    if (request.url === '/api/v1/files/missing') {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => response.setHeader('content-type', 'application/json').end(missing(Buffer.concat(parts))));
    } else if (request.url.startsWith('/api/v1/files')) {
      if (request.method === 'PATCH') front.patches.push(Number(request.headers['upload-offset']));
      tus.handle(request, response);
    } else {
      const { method, url, headers } = request;
      const onward = ask({ port: server.port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    }
  });
  await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
  return Object.assign(front, { port: listener.address().port, close: () => listener.close() });
}

async function ofOursToOthers(server) {
  const front = await withOthersUploads(server);
  const line = await badLine(front.port, 400_000, 2);
  const tablet = new Tablet({ track: still(40.0, 112.9) });
  await tablet.up();
  const call = async (name, args = {}) => {
    const url = `http://127.0.0.1:${tablet.port}/ipc/${name}`;
    const headers = { 'content-type': 'application/json', 'x-stackside-token': TOKEN };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(args) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const code = server.personCode(PERSON);
  const visit = await step('our tablet, whose uploads go to @tus/server, is in a visit', async () => {
    await call('enrol', { server: line.url, code: server.enrolCode() });
    await until('people', async () => (await call('get_state')).people.length > 0);
    await call('set_pin', { person: PERSON, code, pin: PIN });
    await call('start_position');
    await until('presence', async () => (await call('get_position', { point: POINT })).verdict.presence === 'inside');
    return call('sign_in', { point: POINT, reason: null, photo: null });
  });
  const photo = Buffer.concat([readFileSync(join(ROOT, 'icons/icon.png')), randomBytes(1_200_000)]);
  await step('it takes a photo', async () => {
    const id = await call('begin_photo', { visit, record: null, slot: null, source: 'camera', name: null });
    for (let offset = 0; offset < photo.length; offset += 512 * 1024) {
      const base64 = photo.subarray(offset, offset + 512 * 1024).toString('base64');
      await call('add_photo_piece', { photo: id, offset, base64 });
    }
    await call('finish_photo', { photo: id, size_bytes: photo.length, sha256: sha256(photo) });
  });
  await step('the photo is held, over a line that was cut twice', () =>
    until('photo', async () => {
      const { line: sync } = await call('get_sync');
      if (!sync.running && sync.files_waiting > 0) await call('sync_now');
      return sync.files_waiting === 0 && line.cuts === 2;
    }));
  check('it went on where @tus/server had it', [
    ...(front.patches.some((offset) => offset > 0 && offset % (64 * 1024) !== 0) ? [] : [`offsets ${front.patches}`]),
    ...(line.sent <= photo.length + 2 * IN_FLIGHT + 64 * 1024 ? [] : [`${line.sent} bytes for ${photo.length}`]),
  ]);
  await step('what @tus/server has is the photo, byte for byte', async () => {
    const file = front.file(sha256(photo));
    if (!existsSync(file) || !readFileSync(file).equals(photo)) throw new Error(`${file} differs`);
  });
  await tablet.down();
  [line, front].forEach((part) => part.close());
}
