// What a hand does on the tablet, by role and label; in forms by the key of an answer.

import { join } from 'node:path';

import {
  PICTURES, PIN, Tablet, check, chromium, personName, step, tabletPage, unexpected,
} from './parts.mjs';

/** Gives `day` the hand on the page of an unlocked tablet. */
export async function withTablet(server, person, { track, speed, camera }, day) {
  const code = server.personCode(person);
  const tablet = new Tablet({ track, speed });
  await tablet.up();
  const browser = await chromium({ camera });
  const { page, errors } = await tabletPage(browser, camera ? ['camera'] : []);
  try {
    const hand = new Hand(page, tablet, person, code);
    await step(`${person} has a tablet`, () => hand.begin(server));
    await day(hand);
    check('the page reports no error', unexpected(errors));
  } catch (error) {
    await page.screenshot({ path: join(PICTURES, 'failed.png') }).catch(() => {});
    for (const text of errors.slice(0, 5)) console.log(`      page: ${text}`);
    throw error;
  } finally {
    await browser.close();
    await tablet.down();
  }
}

export class Hand {
  constructor(page, tablet, person, code) {
    Object.assign(this, { page, tablet, person, code });
  }
  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }
  heading(name) {
    return this.page.getByRole('heading', { name });
  }
  text(text) {
    return this.page.getByText(text);
  }
  async seen(...places) {
    for (const place of places) await (place.first ? place : this.text(place)).first().waitFor();
  }
  async absent(...places) {
    for (const place of places) {
      if ((await place.count()) > 0) throw new Error(`there is ${await place.first().innerText()}`);
    }
  }
  async begin(server) {
    await this.page.goto(this.tablet.url);
    await this.page.getByLabel('平台地址').fill(server.url);
    await this.page.getByLabel('一次性登记码').fill(server.enrolCode());
    await this.button('登记平板').tap();
    await this.setPin();
  }
  /** The first unlock on a tablet: personal code, then a PIN. */
  async setPin() {
    await this.page.getByRole('button', { name: personName(this.person) }).tap();
    await this.page.getByLabel('个人码').fill(this.code);
    await this.page.getByLabel('新密码（6 至 12 位数字）').fill(PIN);
    await this.page.getByLabel('再输一次新密码').fill(PIN);
    await this.button('设置密码并解锁').tap();
    await this.seen(this.heading('今日'));
  }
  async unlock() {
    await this.page.goto(this.tablet.url);
    await this.page.getByRole('button', { name: personName(this.person) }).tap();
    const pad = this.page.getByRole('group', { name: '数字键盘', exact: true });
    for (const digit of PIN) await pad.getByRole('button', { name: digit, exact: true }).tap();
    await this.button('解锁').tap();
    await this.seen(this.page.getByRole('navigation', { name: '主导航' }));
  }
  rail(name) {
    return this.page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name });
  }
  async toSignIn(point = /1# 烟囱/) {
    await this.rail('站点').tap();
    await this.page.getByRole('link', { name: point }).first().tap();
    await this.seen(this.heading('仪器'));
    await this.page.getByRole('link', { name: /签到/ }).first().tap();
    await this.seen(this.heading('签到'));
  }
  async sign(reason) {
    await this.page.getByLabel('说明原因').fill(reason);
    await this.button('签到').tap();
    await this.page.waitForURL('**/visit/*');
    await this.seen(this.heading('本次记录'));
  }
  /** Signs in where the track stands. */
  async signInInside(point) {
    await this.toSignIn(point);
    await this.seen(this.page.getByText('在围栏内', { exact: true }));
    await this.button('签到').tap();
    await this.page.waitForURL('**/visit/*');
    await this.seen(this.heading('本次记录'));
  }
  /** Draws a signature into the box that is shown. */
  async draw() {
    const { page } = this;
    const box = await page.getByRole('img', { name: '请在框内签名' }).boundingBox();
    for (const [from, to] of [[0.2, 0.45], [0.5, 0.8]]) {
      await page.mouse.move(box.x + box.width * from, box.y + box.height * 0.3);
      await page.mouse.down();
      for (let n = 1; n <= 14; n += 1) {
        const x = from + ((to - from) * n) / 14;
        await page.mouse.move(box.x + box.width * x, box.y + box.height * (0.5 + 0.25 * Math.sin(n)));
      }
      await page.mouse.up();
    }
  }

  // --- In a form ---

  /** An answer's field, by its key. */
  field(key) {
    return this.page.locator(`[id="field-${key}"]`);
  }
  outline(name) {
    return this.page.getByRole('navigation', { name: '表单各部分' }).getByRole('button', { name });
  }
  /** Opens a form of the visit by its title. */
  async open(title) {
    await this.page.getByRole('button', { name: new RegExp(`^填写 ${title}`) }).tap();
    await this.page.waitForURL('**/record/*');
    await this.seen(this.page.getByRole('navigation', { name: '表单各部分' }));
  }
  async type(answers) {
    for (const [key, text] of Object.entries(answers)) await this.field(key).fill(text);
  }
  /** Chooses one of the signs, words or options that stand side by side; `nth` counts from 0. */
  async choose(key, nth = 0) {
    const id = nth === 0 ? `field-${key}` : `field-${key}-${nth}`;
    await this.page.locator('label', { has: this.page.locator(`[id="${id}"]`) }).tap();
  }
  async saved() {
    await this.seen(this.page.getByText('已保存', { exact: true }));
  }
  /** Takes the photo of a slot in the part that is shown. */
  async shoot(nth = 0) {
    await this.button('拍照').nth(nth).tap();
    await this.button('按下快门').tap();
    await this.button('使用照片').tap();
    await this.seen(this.page.getByRole('img', { name: /第 1 张/ }));
  }
  async backToVisit() {
    await this.page.getByRole('navigation', { name: '表单各部分' }).getByRole('link', { name: /签名|回到/ }).tap();
    await this.page.waitForURL('**/visit/*');
    await this.seen(this.heading('本次记录'));
  }
}
