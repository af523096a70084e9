// 审核: a record is returned in the portal with a comment at an answer, comes back on 今日, leads to that answer, is
// corrected, sent, and accepted. Pictures go to target/journey/.

import { join } from 'node:path';

import { withTablet } from './hand.mjs';
import { LANDSCAPE, PATIENCE_MS, PICTURES, Server, axe, check, look, run, step, still, until } from './parts.mjs';

const ZERO = 'analyser/DA001-SO2/zero.before';
const COMMENT = '与数采仪记录不符，请核对';

run(async () => {
  const server = new Server();
  await server.up();
  await withTablet(server, 'demo-tech-a', { track: still(40.0, 112.9), camera: true }, async (hand) => {
    await step('a calibration is signed and sent', () => signed(hand));
    const desk = await portal(hand, server);
    await returned(desk);
    await answered(hand);
    await accepted(hand, desk);
    await desk.context().close();
  });
});

async function signed(hand) {
  const so2 = (field) => `analyser/DA001-SO2/${field}`;
  await hand.signInInside(/1# 烟囱/);
  await hand.open('零点');
  await hand.outline(/SO₂/).tap();
  await hand.type({
    [so2('zero.last_after')]: '0.4', [so2('zero.before')]: '6.9', [so2('zero.after')]: '0.2',
    [so2('span.last_after')]: '449.1', [so2('span.before')]: '447', [so2('span.after')]: '450.2',
  });
  await hand.saved();
  await hand.outline(/^结束/).tap();
  await hand.button('现在').first().tap();
  await hand.outline(/^照片/).tap();
  await hand.shoot();
  await hand.seen(hand.page.getByText('已填好', { exact: true }));
  await hand.backToVisit();
  await hand.page.getByRole('button', { name: /继续：签名/ }).tap();
  await hand.draw();
  await hand.button('确认签名').tap();
  await hand.seen(hand.page.getByText('已签名', { exact: true }));
  await synced(hand);
}

/** Asks for contact, until all that is here was received and what is there came down. */
async function synced(hand) {
  await hand.rail('同步').tap();
  await hand.button('立即同步').tap();
  await hand.seen(hand.page.getByRole('link', { name: '全部已收妥' }));
}

async function portal(hand, server) {
  const context = await hand.page.context().browser().newContext({ viewport: LANDSCAPE, locale: 'zh-CN' });
  const desk = await context.newPage();
  desk.setDefaultTimeout(PATIENCE_MS);
  await desk.goto(`${server.url}/visits`);
  await desk.locator('#login').fill('demo-admin');
  await desk.locator('#password').fill(server.password);
  await desk.locator('form[action="/login"] button').click();
  await desk.waitForURL(/\/visits/);
  return desk;
}

async function toRecord(desk, state) {
  await desk.getByRole('link', { name: '审核', exact: true }).click();
  await desk.getByText(state).last().waitFor();
  await desk.screenshot({ path: join(PICTURES, `50-portal-reviews-${state}.png`), fullPage: true });
  check(`portal, reviews ${state}: axe`, await axe(desk));
  await desk.locator('a[href^="/records/"]').first().click();
  await desk.getByRole('button', { name: '审核通过' }).waitFor();
}

async function returned(desk) {
  await step('the portal lists it, and it is returned with a comment at an answer', async () => {
    await toRecord(desk, '未审核');
    const place = desk.locator('details', { has: desk.locator(`input[name="at:${ZERO}"]`) });
    await place.locator('summary').click();
    await place.locator('input').fill(COMMENT);
    await desk.locator('#general').fill('请核对校前读数');
    await desk.screenshot({ path: join(PICTURES, '51-portal-review.png'), fullPage: true });
    check('portal, a review: axe', await axe(desk));
    await desk.getByRole('button', { name: '退回', exact: true }).click();
    await desk.getByText(COMMENT).waitFor();
    await desk.screenshot({ path: join(PICTURES, '52-portal-returned.png'), fullPage: true });
  });
}

async function answered(hand) {
  const { page } = hand;
  await step('it comes back on 今日, on top', async () => {
    await hand.button('立即同步').tap();
    await hand.seen(page.getByRole('link', { name: /^已退回 1/ }));
    await look(page, '53-sync-returned');
    await hand.rail('今日').tap();
    await hand.seen(hand.heading('审核退回，待处理'), '请核对校前读数');
  });
  await look(page, '54-today-returned');
  await step('a tap leads to the answer, with the words beside it', async () => {
    await page.getByRole('link', { name: /^处理/ }).tap();
    await page.waitForURL('**/record/*');
    await hand.seen(page.locator('.said', { hasText: COMMENT }), hand.button('申诉'));
    await look(page, '55-record-returned');
    await hand.button('申诉').tap();
    await page.getByLabel('申诉理由').fill('现场读数就是 6.9');
    await look(page, '56-appeal');
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).tap();
  });
  await step('the correction begins there, in the words of the reviewer', async () => {
    await hand.button('更正').tap();
    await hand.seen('原记录保留', page.locator('.said', { hasText: COMMENT }));
    const reason = await page.getByLabel('更正原因').inputValue();
    if (reason !== `请核对校前读数；${COMMENT}`) throw new Error(`the reason is ${reason}`);
    await until('focus on the answer', () => hand.field(ZERO).evaluate((field) => field === document.activeElement));
    await hand.field(ZERO).fill('7.1');
    await hand.saved();
  });
  await look(page, '57-correction-returned');
  await step('it is signed and sent', async () => {
    await hand.outline(/签名/).tap();
    await hand.draw();
    await hand.button('确认签名').tap();
    await hand.seen(hand.heading('第 2 版'));
    await look(page, '58-history-reviewed');
    await synced(hand);
  });
}

async function accepted(hand, desk) {
  const { page } = hand;
  await step('the portal accepts it', async () => {
    await toRecord(desk, '已更正，待审核');
    await desk.getByRole('button', { name: '审核通过' }).click();
    await desk.getByText('已审核', { exact: true }).first().waitFor();
  });
  await step('and the tablet says so, everywhere', async () => {
    await hand.button('立即同步').tap();
    await page.getByRole('link', { name: /^已审核 1/ }).tap();
    await hand.seen(page.getByText('已审核', { exact: true }), page.getByText('零点/量程漂移与校准记录表'));
    await look(page, '59-accepted');
    await hand.rail('今日').tap();
    await hand.seen(hand.heading('要做的事'));
    await hand.absent(hand.heading('审核退回，待处理'));
  });
}
