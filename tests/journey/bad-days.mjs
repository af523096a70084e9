// Days on which the tablet helps little: no fix for long, a poor one, no source of positions at all, a camera that says
// no, a camera without a light, a damaged database, a wrong date, an app that is too old. Nothing of it may block a
// technician, and each screen says what to do.

import { existsSync, openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { withTablet } from './hand.mjs';
import { Server, gpx, look, run, step, until } from './parts.mjs';

const AT_THE_STACK = [40.0, 112.9];
/** The first fix comes after an hour. */
const NO_FIX = gpx([[3600, ...AT_THE_STACK, 8]]);
/** The first fix comes after some seconds, and could be outside the fence (its radius is 120 m) as well as inside. */
const POOR_FIX = gpx([[5, ...AT_THE_STACK, 96]]);

run(async () => {
  const server = new Server();
  await server.up();
  await withTablet(server, 'demo-tech-a', { track: NO_FIX, camera: false }, waitingAndUnsure);
  await withTablet(server, 'demo-tech-b', { track: null, camera: true }, withoutSource);
  await withTablet(server, 'demo-tech-a', { track: null, camera: true }, damaged);
});

async function damaged(hand) {
  const { page, tablet } = hand;
  await step('a tablet whose database is damaged says so and goes on from its backup', async () => {
    await until('backup', () => existsSync(join(tablet.data, 'backups/000001.sqlite')));
    await tablet.down();
    for (const [name, length] of [['stackside.sqlite', 100], ['stackside.sqlite-wal', 32]]) {
      const file = openSync(join(tablet.data, name), 'r+');
      writeSync(file, Buffer.alloc(length, 0xa5), 0, length, 0);
      closeSync(file);
    }
    await tablet.up();
    await page.goto(tablet.url);
    // The backup is of the enrolment, before the PIN was set.
    await hand.setPin();
    await hand.seen(/数据库损坏，已换用/);
  });
  await look(page, '53-damaged');
  for (const [code, words] of [['too_old', /请更新应用，更新后自动发送/], ['wrong_clock', /请在系统设置中打开自动时间/]]) {
    await step(`sending that fails by ${code} says what to do`, async () => {
      // Neither a server of the future nor one with TLS runs here: only what the screen makes of the word is looked at.
      await page.route('**/ipc/get_sync', async (route) => {
        const answer = await route.fetch();
        const view = await answer.json();
        view.line.trouble = { code };
        await route.fulfill({ response: answer, json: view });
      });
      await page.goto(new URL('/sync', tablet.url).href);
      await hand.seen(words);
    });
    await look(page, `54-${code}`);
    await page.unroute('**/ipc/get_sync');
  }
}

async function waitingAndUnsure(hand) {
  const { page, tablet } = hand;
  await step('while no fix comes, the wait is shown and signing in waits too', async () => {
    await hand.toSignIn();
    await hand.seen('正在等待定位', /已等待 [1-9]\d* 秒/);
    if (await hand.button('签到').isEnabled()) throw new Error('one can sign in without a fix or a reason');
  });
  await look(page, '40-waiting');
  await step('whoever does not want to wait gives a reason', async () => {
    await hand.button('不再等待，写明原因签到').tap();
    await hand.seen(page.getByLabel('说明原因'));
    await hand.button('签到').tap();
    await hand.seen('请先写明原因。');
  });
  await look(page, '41-not-waiting');

  await step('a late and poor fix cannot tell, and says by how much', async () => {
    await tablet.down();
    tablet.play(POOR_FIX);
    await tablet.up();
    await hand.unlock();
    await hand.toSignIn();
    await hand.seen('正在等待定位');
    await hand.seen(page.getByText('无法判定', { exact: true }), page.getByText('±96 m'), page.getByLabel('说明原因'));
  });
  await look(page, '42-unsure');
  await step('a camera that is not allowed says so and takes a file', async () => {
    await hand.button('拍照').tap();
    await hand.seen(/没有相机权限/, '选择照片文件');
  });
  await look(page, '43-camera-denied');
  await step('trying again says it again', async () => {
    await hand.button('重试').tap();
    await hand.seen(/没有相机权限/);
  });
  await step('a file that is no photo is refused in words', async () => {
    const note = { name: 'note.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not a photo') };
    await page.locator('input[type=file]').setInputFiles(note);
    await hand.seen('这个文件不是照片（JPEG 或 PNG）。');
  });
  await look(page, '44-not-a-photo');
  await step('a photo from a file is marked as imported', async () => {
    const buffer = await page.screenshot({ type: 'jpeg' });
    await page.locator('input[type=file]').setInputFiles({ name: 'site.jpg', mimeType: 'image/jpeg', buffer });
    await hand.seen(page.getByRole('img', { name: '刚拍的照片' }), page.getByText('导入', { exact: true }));
  });
  await look(page, '45-imported');
  await step('another file can be chosen, and the way back says again why there is no camera', async () => {
    await hand.button('重选').tap();
    await hand.seen(/没有相机权限/);
    const buffer = await page.screenshot({ type: 'jpeg' });
    await page.locator('input[type=file]').setInputFiles({ name: 'site.jpg', mimeType: 'image/jpeg', buffer });
    await hand.button('使用照片').tap();
    await hand.seen(page.getByRole('img', { name: '现场照片' }), page.getByText('导入', { exact: true }));
  });
  await look(page, '46-unsure-with-photo');
  await step('with reason and photo the technician is signed in, and both marks stay', async () => {
    await hand.sign('站房在钢结构内，收不到卫星');
    await hand.seen(/无法判定/, page.getByText('导入', { exact: true }), page.getByRole('img', { name: /^导入的照片/ }));
  });
  await look(page, '47-visit-unsure');
}

async function withoutSource(hand) {
  const { page } = hand;
  await step('the list of points says why it cannot locate', async () => {
    await hand.rail('站点').tap();
    await hand.button('定位').tap();
    await hand.seen(/本机没有定位来源/);
  });
  await look(page, '48-points-without-source');
  await step('what went wrong on one screen does not lie over the next', async () => {
    await hand.rail('今日').tap();
    await hand.seen(hand.heading('今日'));
    await hand.absent(hand.text(/本机没有定位来源/));
  });
  await step('signing in without a source of positions asks for reason and photo at once', async () => {
    await hand.toSignIn();
    await hand.seen('本机没有定位来源', page.getByLabel('说明原因'));
    await hand.absent(hand.text('正在等待定位'), hand.button('不再等待，写明原因签到'));
  });
  await look(page, '49-no-source');
  await step('the reason alone is not enough, and the camera has no light to switch on', async () => {
    await page.getByLabel('说明原因').fill('平板没有定位模块');
    await hand.button('签到').tap();
    await hand.seen('请先拍一张现场照片。');
    await hand.button('拍照').tap();
    await hand.seen(hand.button('按下快门'));
    await hand.absent(hand.button('补光'));
    await hand.button('按下快门').tap();
    await hand.button('使用照片').tap();
    await hand.seen(page.getByRole('img', { name: '现场照片' }));
    await hand.absent(hand.text('请先拍一张现场照片。'));
  });
  await step('the technician is signed in, without a position', async () => {
    await hand.sign('平板没有定位模块');
    await hand.seen(/无法判定（没有定位）/);
  });
  await look(page, '50-visit-without-position');
  await step('leaving says that it goes without a position, and does', async () => {
    await page.getByRole('button', { name: /离场/ }).first().tap();
    await hand.seen(hand.heading('结束本次运维？'), '本机没有定位来源，将不带位置离场。');
  });
  await look(page, '51-leave-without-position');
  await step('the visit is over', async () => {
    await page.getByRole('dialog').getByRole('button', { name: '离场', exact: true }).tap();
    await hand.seen(hand.heading('今日'));
  });
  await step('the same in English', async () => {
    await page.goto(new URL('/settings', hand.tablet.url).href);
    await page.getByText('English', { exact: true }).tap();
    await hand.seen(hand.heading('Settings'));
    await page.goto(new URL('/sign-in/demo-stack-1', hand.tablet.url).href);
    await hand.seen('No source of positions here', page.getByLabel('Reason'));
  });
  await look(page, '52-no-source-en');
}
