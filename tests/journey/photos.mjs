// Photos and the space that they take: one is taken, opened with its mark, and its original said to be on the server;
// space runs short and ends; what is unsent is handed over. What a large disk never shows is put into the replies.

import { withTablet } from './hand.mjs';
import { Server, look, run, smallTargets, check, axe, still, step, until } from './parts.mjs';

const MB = 1e6;
const DATABASE = 3 * MB;

run(async () => {
  const server = new Server();
  await server.up();
  await withTablet(server, 'demo-tech-a', { track: still(40.0, 112.9), camera: true }, (hand) => day(hand, server));
});

async function day(hand, server) {
  const { page, tablet } = hand;
  const photo = page.getByRole('button', { name: /照片：现场照片/ }).first();
  let reads = 0;
  page.on('request', (request) => { reads += request.url().endsWith('/ipc/get_photo'); });
  const path = await step('a photo of the visit is taken and opens with its mark', async () => {
    await hand.signInInside();
    await hand.button('拍照').first().tap();
    await hand.button('按下快门').tap();
    await hand.button('使用照片').tap();
    await photo.tap();
    await hand.seen(page.getByRole('dialog').getByRole('img'), /原图 SHA-256/);
    return new URL(page.url()).pathname;
  });
  await look(page, '80-photo');
  check('the opened photo is within reach', await axe(page).then(async (found) => [...found, ...(await smallTargets(page))]));
  await step('the upload draws it anew no more than the screen below, which has the focus again', async () => {
    await hand.seen(page.locator('.photos__state').getByText('已收妥'));
    if (reads !== 1) throw new Error(`it was read ${reads} times`);
    await hand.button('关闭').tap();
    await until('focus on the photo', () => photo.evaluate((button) => button === document.activeElement));
  });

  await step('where the original gave way, the thumbnail says so', async () => {
    await page.route('**/ipc/get_photo', async (route) => {
      const answer = await route.fetch();
      const view = await answer.json();
      const small = await page.request.post(new URL('/ipc/get_thumbnail', tablet.url).href, {
        data: route.request().postDataJSON(), headers: route.request().headers(),
      });
      await route.fulfill({ response: answer, json: {
        ...view, line: { ...view.line, original: 'uploaded', send: 'held' }, jpeg: await small.json(), is_marked: false,
      } });
    });
    await photo.tap();
    await hand.seen(/原图已上传，本机只留缩略图/);
  });
  await look(page, '81-original-gone');
  await hand.button('关闭').tap();
  await page.unroute('**/ipc/get_photo');

  const space = (free) => page.route('**/ipc/get_storage', async (route) => {
    const answer = await route.fetch();
    const view = await answer.json();
    await route.fulfill({ response: answer, json: { ...view, storage: { free_bytes: free, database_bytes: DATABASE } } });
  });
  await step('space that runs short is told in the camera, and photos go on', async () => {
    await space(120 * MB);
    await page.goto(new URL(path, tablet.url).href);
    await hand.button('拍照').first().tap();
    await hand.seen(/还能拍约 4 张/, hand.button('按下快门'));
  });
  await look(page, '82-short');
  await step('without space the camera says why, and what to do', async () => {
    await page.unroute('**/ipc/get_storage');
    await space(40 * MB);
    await page.goto(new URL(path, tablet.url).href);
    await hand.button('拍照').first().tap();
    await hand.seen(/空间不足，暂时不能拍照/);
    await hand.absent(hand.button('按下快门'));
  });
  await look(page, '83-no-room');
  await step('the queue and the settings say it as well', async () => {
    await hand.button('关闭').tap();
    await hand.rail('同步').tap();
    await hand.seen(/空间不足，暂时不能拍照/);
    await hand.rail('设置').tap();
    await hand.seen(hand.heading('存储空间'), /空间不足，暂时不能拍照/);
  });
  await look(page, '84-settings');
  await page.unroute('**/ipc/get_storage');

  await step('what is unsent is handed over with a code', async () => {
    await server.down();
    await page.goto(new URL(path, tablet.url).href);
    await hand.button('拍照').first().tap();
    await hand.button('按下快门').tap();
    await hand.button('使用照片').tap();
    await hand.seen(page.getByRole('button', { name: /照片：现场照片/ }).nth(1));
    await hand.rail('设置').tap();
    await hand.button('导出未上传数据').tap();
    await hand.seen(page.getByText(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/), /exports\/unsent-/);
  });
  await look(page, '85-handover');
  await step('a handover is taken over with its code, and a wrong one is told', async () => {
    const code = await page.locator('.handover__code').innerText();
    const file = await page.getByText(/exports\/unsent-/).innerText();
    await hand.button('关闭').tap();
    await hand.button('导入他机数据').tap();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=file]').setInputFiles(file);
    await dialog.getByLabel('开启码').fill('ABCD-EFGH-JKMN-PQRS');
    await dialog.getByRole('button', { name: '导入他机数据' }).tap();
    await hand.seen(/开启码不对/);
    await look(page, '86-wrong-code');
    await dialog.getByLabel('开启码').fill(code.toLowerCase());
    await dialog.getByRole('button', { name: '导入他机数据' }).tap();
    await hand.seen(/已导入 0 条存证/);
  });
  await look(page, '87-taken');
}
