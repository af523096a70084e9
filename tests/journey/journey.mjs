// One visit on the real app in Chromium: first unlock, walk to the stack, form G.4, offline, photo, signature, online.
// Everything is found as a person finds it: by role and label. Pictures of each screen go to target/journey/.

import { join } from 'node:path';

import { Hand } from './hand.mjs';
import { later } from './later.mjs';
import {
  LANDSCAPE, PATIENCE_MS, PICTURES, PIN, Server, Tablet, axe, check, chromium, look, personName, run, step, tabletPage,
  unexpected, until,
} from './parts.mjs';

const PERSON = 'demo-tech-a';

run(async () => {
  const server = new Server();
  const tablet = new Tablet({ speed: 4 });
  await server.up();
  await tablet.up();
  const browser = await chromium();
  const { page, errors } = await tabletPage(browser, ['camera']);
  try {
    await journey({ page, server, tablet });
    check('the page reports no error', unexpected(errors));
  } catch (error) {
    await page.screenshot({ path: join(PICTURES, 'failed.png') }).catch(() => {});
    for (const text of errors.slice(0, 5)) console.log(`      page: ${text}`);
    throw error;
  } finally {
    await browser.close();
  }
});

async function journey({ page, server, tablet }) {
  const button = (name) => page.getByRole('button', { name, exact: true });
  const link = (name) => page.getByRole('link', { name });
  const heading = (name) => page.getByRole('heading', { name });
  const seen = (locator) => locator.first().waitFor();
  const rail = (name) => page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name });
  const outline = (name) => page.getByRole('navigation', { name: '表单各部分' }).getByRole('button', { name });
  const group = (name) => page.getByRole('group', { name, exact: true });
  const press = async (digits) => {
    const pad = group('数字键盘');
    for (const key of digits) {
      await pad.getByRole('button', { name: key === '.' ? '小数点' : key, exact: true }).tap();
    }
  };
  const fill = async (row, label, text) => {
    const field = group(row).getByLabel(label, { exact: true });
    await field.tap();
    await press(text);
    const value = await field.inputValue();
    if (value !== text) throw new Error(`${row} ${label} shows ${value}, not ${text}`);
  };
  const saved = () => seen(page.getByText('已保存', { exact: true }));

  const personCode = server.personCode(PERSON);
  await step('the tablet is enrolled by a one-time code', async () => {
    await page.goto(tablet.url);
    await seen(heading('登记平板'));
    await look(page, '01-enrol');
    await page.getByLabel('平台地址').fill(server.url);
    await page.getByLabel('一次性登记码').fill(server.enrolCode());
    await button('登记平板').tap();
    await seen(heading('请选择人员'));
    await seen(page.getByRole('button', { name: personName(PERSON) }));
  });
  await look(page, '02-people');
  await step('the first unlock takes the personal code and sets a PIN', async () => {
    await page.getByRole('button', { name: personName(PERSON) }).tap();
    await page.getByLabel('个人码').fill(personCode);
    await page.getByLabel('新密码（6 至 12 位数字）').fill(PIN);
    await page.getByLabel('再输一次新密码').fill(PIN);
    await look(page, '03-first-unlock');
    await button('设置密码并解锁').tap();
    await seen(heading('今日'));
  });
  await seen(heading('要做的事'));
  await look(page, '04-today-empty');

  await step('the points are listed and the first stack opens', async () => {
    await rail('站点').tap();
    await seen(page.getByText('演示热电 1# 烟囱'));
    await look(page, '05-points');
    await page.getByRole('link', { name: /1# 烟囱/ }).first().tap();
    await seen(heading('仪器'));
  });
  await look(page, '06-point');
  const visitPath = await step('along the track the verdict turns to inside, and the technician signs in', async () => {
    await link(/签到/).first().tap();
    await seen(heading('签到'));
    await seen(page.getByText('在围栏外', { exact: true }));
    await look(page, '07-sign-in-outside');
    await seen(page.getByText('在围栏内', { exact: true }));
    await look(page, '08-sign-in-inside');
    await button('签到').tap();
    await page.waitForURL('**/visit/*');
    return new URL(page.url()).pathname;
  });
  await seen(heading('本次记录'));
  await look(page, '09-visit');

  await step('form G.4 opens with what the register knows', async () => {
    await page.getByRole('button', { name: /^填写 零点/ }).tap();
    await page.waitForURL('**/record/*');
    await seen(outline(/SO₂/));
    await outline(/^表头/).tap();
    await seen(page.getByText('演示热电', { exact: false }));
  });
  await look(page, '10-form-header');
  const recordPath = new URL(page.url()).pathname;
  await step('SO₂ is judged while its readings are typed on the pad', async () => {
    await outline(/SO₂/).tap();
    await fill('零点', '上次校准后测试值', '0.4');
    await fill('零点', '校前测试值', '6.9');
    await seen(page.getByText(/零点漂移 \+1\.30 %F\.S\./));
    await seen(page.getByText('合格', { exact: true }));
    await saved();
  });
  await look(page, '11-form-so2');
  await step('a comma shows its advice, and what was typed stays', async () => {
    const field = group('零点').getByLabel('校准后测试值', { exact: true });
    await field.tap();
    await page.keyboard.type('12,5');
    await seen(page.getByText(/请用小数点，不用逗号/));
    await group('量程').getByLabel('校前测试值', { exact: true }).tap();
    await saved();
    if ((await field.inputValue()) !== '12,5') throw new Error(`the field shows ${await field.inputValue()}`);
  });
  await look(page, '12-form-comma');
  await step('a reload comes back to the same form and field with the typed value', async () => {
    await group('零点').getByLabel('校准后测试值', { exact: true }).tap();
    await saved();
    await page.goto(tablet.url);
    await page.waitForURL(`**${recordPath}`);
    const field = group('零点').getByLabel('校准后测试值', { exact: true });
    await seen(field);
    if ((await field.inputValue()) !== '12,5') throw new Error(`the field shows ${await field.inputValue()}`);
    await until('focus on the field', () => field.evaluate((field) => field === document.activeElement));
  });
  await step('killed and started again, the app asks for the PIN and comes back to the form', async () => {
    await tablet.down();
    await tablet.up();
    await page.goto(tablet.url);
    await page.getByRole('button', { name: personName(PERSON) }).tap();
    await seen(page.getByLabel('密码', { exact: true }));
    await look(page, '13-unlock');
    for (const digit of PIN) await group('数字键盘').getByRole('button', { name: digit, exact: true }).tap();
    await button('解锁').tap();
    await page.waitForURL(`**${recordPath}`);
    const field = group('零点').getByLabel('校准后测试值', { exact: true });
    await seen(field);
    if ((await field.inputValue()) !== '12,5') throw new Error(`the field shows ${await field.inputValue()}`);
    await field.fill('');
  });
  await step('the rest of SO₂ and all of NOₓ, which fails with valid data', async () => {
    await fill('零点', '校准后测试值', '0.2');
    await fill('量程', '上次校准后测试值', '449.1');
    await fill('量程', '校前测试值', '447');
    await fill('量程', '校准后测试值', '450.2');
    await saved();
    await outline(/NOₓ/).tap();
    await fill('零点', '上次校准后测试值', '0.5');
    await fill('零点', '校前测试值', '1.5');
    await fill('零点', '校准后测试值', '0.3');
    await fill('量程', '上次校准后测试值', '399.2');
    await fill('量程', '校前测试值', '386.4');
    await seen(page.getByText(/量程漂移 −2\.56 %F\.S\./));
    await seen(page.getByText('不合格，数据仍有效'));
    await fill('量程', '校准后测试值', '400.1');
    await saved();
  });
  await look(page, '14-form-nox');
  await step('the end of the form is stamped with the time', async () => {
    await outline(/^结束/).tap();
    await button('现在').first().tap();
    await saved();
  });
  await look(page, '15-form-end');

  await step('the network goes', () => server.down());
  await step('the photo of the reading is taken in the app', async () => {
    await outline(/^照片/).tap();
    await look(page, '16-photos');
    await button('拍照').first().tap();
    await seen(button('按下快门'));
    await look(page, '17-camera');
    await button('按下快门').tap();
    await seen(button('使用照片'));
    await look(page, '18-camera-shot');
    await button('使用照片').tap();
    await seen(page.getByRole('img', { name: /分析仪读数/ }));
    await seen(page.getByText('已填好', { exact: true }));
  });
  await step('the record is signed by hand', async () => {
    await page.getByRole('navigation', { name: '表单各部分' }).getByRole('link', { name: /签名/ }).tap();
    await page.waitForURL(`**${visitPath}`);
    await button('继续：签名').tap();
    await new Hand(page, tablet, PERSON).draw();
    await look(page, '19-signature');
    await button('确认签名').tap();
    await seen(page.getByText('已签名', { exact: true }));
  });
  await step('offline is shown calmly, with what waits', async () => {
    await seen(link(/离线 · \d+ 条待发/));
    await rail('同步').tap();
    await seen(page.getByText('现在没有网络。内容都保存在本机，有网后自动发送，不用守着。'));
    await seen(page.getByText('待发', { exact: true }));
  });
  await look(page, '20-sync-offline');
  await step('a photo is let wait, and goes on', async () => {
    const pauses = page.getByRole('button', { name: /^暂停：/ });
    const goOn = page.getByRole('button', { name: /^继续：/ });
    await seen(pauses);
    const files = await pauses.count();
    await pauses.first().tap();
    await seen(page.getByText('已暂停', { exact: true }));
    await look(page, '20-sync-paused');
    if (!(await goOn.evaluate((button) => button === document.activeElement))) throw new Error('the list was drawn anew');
    await goOn.tap();
    await until('all files to wait for the network only', async () => (await pauses.count()) === files);
  });
  await rail('今日').tap();
  await seen(page.getByText(/进行中/));
  await look(page, '21-today-visit');
  await step('the network is back: everything is received', async () => {
    await server.up();
    await rail('同步').tap();
    await button('立即同步').tap();
    await seen(link('全部已收妥'));
    await seen(page.getByText('已收妥', { exact: true }));
  });
  await look(page, '22-sync-held');
  await step('the technician leaves', async () => {
    await page.goto(new URL(visitPath, tablet.url).href);
    await button('继续：离场').or(button('离场')).first().tap();
    await seen(heading('结束本次运维？'));
    await look(page, '23-leave');
    await page.getByRole('dialog').getByRole('button', { name: '离场', exact: true }).tap();
    await seen(heading('今日'));
  });
  await rail('台账').tap();
  await seen(page.getByText('零点/量程漂移与校准记录表'));
  await look(page, '24-records');
  await step('the signed record opens and cannot be changed', async () => {
    await page.getByRole('link', { name: /零点\/量程漂移与校准记录表/ }).first().tap();
    await page.waitForURL('**/record/*');
    await outline(/SO₂/).tap();
    await seen(page.getByText('签名后不能修改，只能更正。'));
  });
  await look(page, '25-record-signed');
  await later(page, tablet, PERSON, { group, outline, press });
  await step('the lists show it as void', async () => {
    await page.goto(new URL('/records', tablet.url).href);
    await seen(page.getByText('已作废', { exact: true }));
  });
  await look(page, '48-records-void');
  await step('the screens speak English, too', async () => {
    await page.goto(new URL('/settings', tablet.url).href);
    await seen(heading('设置'));
    await look(page, '26-settings');
    await page.getByText('English', { exact: true }).tap();
    await seen(heading('Settings'));
    await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Today' }).tap();
    await seen(heading('Today'));
    await look(page, '27-today-en');
    await page.goto(new URL(recordPath, tablet.url).href);
    await seen(page.getByRole('navigation', { name: 'Parts of the form' }));
    await page.getByRole('navigation', { name: 'Parts of the form' }).getByRole('button', { name: /NOₓ/ }).tap();
    await seen(page.getByText('Fail, data still valid'));
    await look(page, '28-record-en');
  });
  await portal(page, server, tablet, visitPath);
}

/** What the operator's people see in their browser. */
async function portal(page, server, tablet, visitPath) {
  const context = await page.context().browser().newContext({ viewport: LANDSCAPE, locale: 'zh-CN' });
  const desk = await context.newPage();
  desk.setDefaultTimeout(PATIENCE_MS);
  await step('the portal shows the visit with its record and photo', async () => {
    await desk.goto(`${server.url}/visits`);
    await desk.locator('#login').fill('demo-admin');
    await desk.locator('#password').fill(server.password);
    await desk.locator('form[action="/login"] button').click();
    await desk.waitForURL(/\/visits/);
    await desk.screenshot({ path: join(PICTURES, '30-portal-visits.png'), fullPage: true });
    await desk.goto(`${server.url}/visits/${visitPath.split('/').at(-1)}`);
    for (const text of ['零点/量程漂移与校准记录表', '+1.34', '−2.56', '已作废', '已更正', '已复核']) await desk.getByText(text).first().waitFor();
    const photo = desk.locator('img').first();
    await photo.waitFor();
    await photo.scrollIntoViewIfNeeded();
    await until('photo in the portal', () => photo.evaluate((image) => image.complete && image.naturalWidth > 0));
    await desk.screenshot({ path: join(PICTURES, '31-portal-visit.png'), fullPage: true });
  });
  await step('the portal shows what changed, who, when and why', async () => {
    await desk.getByRole('link', { name: '版本与更正' }).click();
    for (const text of ['第 2 版', '读数抄错，以仪器记录为准', '王主任']) await desk.getByText(text).first().waitFor();
    await desk.screenshot({ path: join(PICTURES, '32-portal-versions.png'), fullPage: true });
    await desk.getByRole('link', { name: '查看这一版' }).click();
    for (const text of ['这是更正前的版本。', '+1.30']) await desk.getByText(text).first().waitFor();
    await desk.screenshot({ path: join(PICTURES, '33-portal-old-version.png'), fullPage: true });
  });
  check('portal: axe', await axe(desk));
  await step('the portal lists the tablet, and strikes it off with a reason', async () => {
    await desk.getByRole('link', { name: '平板' }).click();
    await desk.getByRole('heading', { name: '平板' }).waitFor();
    await desk.screenshot({ path: join(PICTURES, '32-portal-devices.png'), fullPage: true });
    await desk.locator('a[href^="/devices/"]').first().click();
    check('portal, a tablet: axe', await axe(desk));
    await desk.getByLabel('停用原因').fill('演示：平板遗失');
    await desk.getByRole('checkbox').check();
    await desk.screenshot({ path: join(PICTURES, '33-portal-revoke.png'), fullPage: true });
    await desk.getByRole('button', { name: '停用这台平板' }).click();
    await desk.getByText('演示：平板遗失').waitFor();
    check('portal, struck off: axe', await axe(desk));
  });
  await context.close();
  await step('the tablet says that it was struck off, and keeps all it has', async () => {
    await page.goto(new URL('/sync', tablet.url).href);
    await page.getByRole('button', { name: 'Sync now' }).tap();
    await page.getByText(/^The server struck this tablet off/).waitFor();
  });
}
