// What benches/photo.rs is measured against: the same copies by sharp (libvips) in one thread, once for each line of
// input. It prints milliseconds: of one pass from the pixels of the larger copy, or of two passes from the file, whichever
// is quicker here.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const tools = process.env.NODE_PATH ?? '';
const sharp = createRequire(join(tools, '../package.json'))('sharp');
sharp.concurrency(1);
sharp.cache(false);

const original = readFileSync(process.argv[2]);
const SHOWN = 2048;
const THUMBNAIL = 480;
const inside = { fit: 'inside' };
const encoded = (picture) => picture.jpeg({ quality: 80 }).toBuffer();

async function onePass() {
  const shown = sharp(original).rotate().resize(SHOWN, SHOWN, inside).raw();
  const { data, info } = await shown.toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
  await encoded(sharp(data, raw));
  await encoded(sharp(data, raw).resize(THUMBNAIL, THUMBNAIL, inside));
}

async function twoPasses() {
  for (const side of [SHOWN, THUMBNAIL]) await encoded(sharp(original).rotate().resize(side, side, inside));
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

for await (const _ of createInterface({ input: process.stdin })) {
  console.log(Math.min(await timed(onePass), await timed(twoPasses)));
}
