// A fault at a stack from notice to return to service: a deadline passes under a moved clock, a proof is asked for, a
// replaced instrument has duties of its own, and the portal shows it all.

import { join } from 'node:path';

import { withTablet } from './hand.mjs';
import { PICTURES, Server, axe, check, look, run, step, until } from './parts.mjs';

const HOUR = 60;

run(async () => {
  const server = new Server();
  await server.up();
  await withTablet(server, 'demo-tech-a', { track: null, camera: true }, (hand) => faulty(hand, server));
});

async function faulty(hand, server) {
  const { page, tablet } = hand;
  /** The tablet lies in a car for so long; clocks of app and screen alike. */
  const sleep = async (minutes) => {
    await tablet.down();
    tablet.sleep(minutes);
    await tablet.up();
    // Only what the time is: Playwright's own clock numbers timers beyond what wasm can clear again.
    await page.addInitScript((ahead) => {
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...parts) {
          super(...(parts.length > 0 ? parts : [Real.now() + ahead]));
        }
        static now() {
          return Real.now() + ahead;
        }
      };
    }, minutes * 60_000);
    await hand.unlock();
  };
  const open = async () => {
    await hand.rail('今日').tap();
    await page.getByRole('link', { name: /SO₂ 示值不变/ }).tap();
    await hand.seen(hand.heading('经过'));
  };
  /** Notes a step, and waits until the screen shows it among what happened. */
  const note = async (button, words) => {
    const noted = page.getByRole('button', { name: '更正', exact: true });
    const before = await noted.count();
    await hand.button(button).tap();
    if (words) await page.getByRole('dialog').locator('textarea').fill(words);
    await page.getByRole('dialog').getByRole('button', { name: '记录', exact: true }).tap();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await until(`step ${button}`, async () => (await noted.count()) !== before);
  };

  await step('a fault is noticed at a stack', async () => {
    await hand.rail('站点').tap();
    await page.getByRole('link', { name: /1# 烟囱/ }).first().tap();
    await hand.button('新故障').tap();
    await page.getByRole('button', { name: '记录', exact: true }).tap();
    await hand.seen(page.getByText('故障部位').first());
    await page.getByLabel('故障部位').selectOption('instrument');
    await page.getByLabel('故障设备').selectOption({ index: 1 });
    await page.getByLabel('故障情况').fill('SO₂ 示值不变');
  });
  await look(page, '60-new-fault');
  await step('its clock runs at once', async () => {
    await page.getByRole('button', { name: '记录', exact: true }).tap();
    await page.waitForURL('**/fault/*');
    await hand.seen('到达现场', /还有 3 小时 5\d 分/, '依据待核');
  });
  await look(page, '61-fault');
  await step('it stands on top of today, with its count-down', async () => {
    await hand.rail('今日').tap();
    await hand.seen(hand.heading('故障'), /到达现场 还有 3 小时/);
  });
  await look(page, '62-today-with-fault');
  await step('five hours later the deadline is missed, after a kill as well', async () => {
    await sleep(5 * HOUR);
    await hand.rail('今日').tap();
    await hand.seen(/到达现场 超时 1 小时/);
  });
  await look(page, '63-today-missed');
  await step('reported, arrived; the next deadline runs from the arrival', async () => {
    await open();
    await note('已报告管理部门', '市生态环境局值班室，电话');
    await hand.seen(hand.button('已到达现场'));
    await note('已到达现场');
    await hand.seen(/还有 [78] 小时/, /超时 1 小时/);
  });
  await step('a step that cannot be true says so beside its field', async () => {
    await hand.button('已修复').tap();
    await page.getByLabel('发生时间').fill('2020-01-01 08:00');
    await page.getByRole('button', { name: '记录', exact: true }).tap();
    await hand.seen('结束时间早于开始时间。');
    await hand.button('取消').tap();
  });
  await step('the written report is filled from what is known', async () => {
    const { pathname } = new URL(page.url());
    await page.getByRole('button', { name: /^填写 自动监测设备故障报告/ }).tap();
    await page.waitForURL('**/record/*');
    await hand.outline(/故障情况/).tap();
    await until('what was noticed in the report', async () =>
      (await hand.field('fault/description').inputValue()) === 'SO₂ 示值不变');
    await page.goto(new URL(pathname, tablet.url).href);
    await hand.seen(hand.heading('经过'));
  });
  await step('repaired by a new instrument, proved, back in service', async () => {
    await note('已修复', '更换分析仪');
    await hand.button('更换或改动了部件').tap();
    await page.getByRole('dialog').locator('label', { hasText: '更换监测仪器' }).tap();
    await page.getByRole('dialog').locator('textarea').fill('SO₂ 分析仪整机更换');
    await page.getByRole('button', { name: '记录', exact: true }).tap();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hand.seen(/变更 · 更换监测仪器/);
    await note('已校准验证', '标气校准通过');
    await note('已恢复运行');
    await hand.seen(hand.button('已重新调试'));
  });
  await look(page, '64-fault-duties');
  await step('it is over once the duties of the change are done', async () => {
    await note('已重新调试', '调试报告 2026-11');
    await note('已重新验收', '验收意见 2026-11');
    await hand.seen('故障处理完毕');
    await hand.rail('今日').tap();
    await hand.absent(page.getByRole('link', { name: /SO₂ 示值不变/ }));
  });
  await step('the portal shows its steps and the deadline that was missed', async () => {
    const portal = await page.context().browser().newPage({ locale: 'zh-CN' });
    await portal.goto(`${server.url}/login`);
    await portal.locator('#login').fill('demo-admin');
    await portal.locator('#password').fill(server.password);
    await portal.locator('form[action="/login"] button').click();
    await portal.waitForURL('**/visits');
    await until('the whole fault in the portal', async () => {
      await portal.goto(`${server.url}/faults`);
      return (await portal.getByText('已结束').count()) > 0;
    });
    await portal.getByRole('link', { name: /1# 烟囱/ }).click();
    for (const words of ['到达现场', '超时', '标气校准通过', '更换监测仪器']) {
      await portal.getByText(words).first().waitFor();
    }
    await portal.screenshot({ path: join(PICTURES, '65-portal-fault.png'), fullPage: true });
    check('the page of a fault in the portal: axe', await axe(portal));
    await portal.close();
  });
}
