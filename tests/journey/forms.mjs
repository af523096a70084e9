// Two visits with the forms that people fill most: at a stack G.1, G.4 with a new bottle and G.5; at an outfall B, D and
// H. Offline until the end; then everything is received, and the portal shows it.

import { withTablet } from './hand.mjs';
import { Server, look, run, step, still, until } from './parts.mjs';

/** The worked examples A1 (hj75.md §4.4) and V3.1 (hj355.md §4). */
const RM = [286, 292, 301, 295, 288, 279, 283, 297, 290];
const CEMS = [278, 287, 290, 289, 283, 268, 280, 291, 281];
const COD = [['48.6', '42.0', '43.0'], ['66.0', '45.5', '46.5'], ['52.3', '49.0', '50.0']];

const AT_THE_STACK = still(40.0, 112.9);
const AT_THE_OUTFALL = still(40.02, 112.94);

run(async () => {
  const server = new Server();
  await server.up();
  await withTablet(server, 'demo-tech-a', { track: AT_THE_STACK, camera: true }, async (hand) => {
    await server.down();
    await atTheStack(hand);
    await hand.tablet.down();
    hand.tablet.play(AT_THE_OUTFALL);
    await hand.tablet.up();
    await hand.unlock();
    await atTheOutfall(hand);
    await online(hand, server);
  });
});

async function atTheStack(hand) {
  await step('the technician is at the stack', () => hand.signInInside(/1# 烟囱/));
  await look(hand.page, '60-forms');
  await inspection(hand);
  await calibration(hand);
  await verification(hand);
  await mend(hand);
  await signAndLeave(hand, 4);
}

/** Before the signature the tablet points out what a platform would, and leads to the field. */
async function mend(hand) {
  const { page } = hand;
  const found = page.getByRole('dialog').getByRole('region', { name: '平台会指出这些问题' });
  await step('a × without a word is pointed out before it is signed', async () => {
    await page.getByRole('button', { name: /继续：签名/ }).tap();
    await hand.seen(found.getByText('打了 ×，没有写明情况和处理。'));
    const { y, height } = await hand.button('确认签名').boundingBox();
    if (y + height > page.viewportSize().height) throw new Error(`the signature ends at ${y + height}`);
  });
  await look(page, '62b-findings-sign');
  await step('a tap leads to the field, and once it says what was done nothing is pointed out', async () => {
    await found.getByRole('button').first().tap();
    await page.waitForURL('**/record/*');
    await hand.seen(hand.field('aux/aux.aircon-remark'));
    await hand.field('aux/aux.aircon-remark').fill('制冷不足，已清洗滤网');
    await hand.saved();
    await hand.backToVisit();
    await page.getByRole('button', { name: /继续：签名/ }).tap();
    await hand.seen(page.getByText('签署 4 份记录'));
    if ((await found.count()) > 0) throw new Error('it is still pointed out');
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).tap();
  });
}

/** Sets √ on all that is due in each part that has items. */
async function restNormal(hand, parts) {
  for (const part of parts) {
    await hand.outline(part).tap();
    await hand.button('其余全部正常').tap();
  }
}

async function inspection(hand) {
  const { page } = hand;
  await step('G.1: a fault takes a remark, the rest of a part is normal with one tap, readings are never filled', async () => {
    await hand.open('完全抽取法 CEMS 日常巡检');
    await hand.outline(/^辅助设备/).tap();
    await hand.choose('aux/aux.aircon', 1);
    await hand.field('aux/aux.aircon-remark').fill('无');
    await hand.button('其余全部正常').tap();
    await hand.field('aux/aux.room_climate.temp').fill('23.5');
    if ((await hand.field('aux/aux.room_climate.humidity').inputValue()) !== '') throw new Error('a reading was filled');
    await hand.saved();
  });
  await look(page, '61-inspection');
  await step('G.1 is complete once each part that is due is answered and the photo is there', async () => {
    await restNormal(hand, [/^维护预备/, /^气态污染物/, /^颗粒物/, /^流速/, /^其他/, /^数据/]);
    await hand.outline(/^照片/).tap();
    await hand.shoot();
    await hand.seen(page.getByText('已填好', { exact: true }));
    await hand.backToVisit();
  });
}

async function calibration(hand) {
  const { page } = hand;
  await step('G.4: a new bottle is put in inside the calibration, and G.8 is written by itself', async () => {
    await hand.open('零点');
    await hand.outline(/SO₂/).tap();
    await hand.button('更换标气/标液').tap();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('瓶号').fill('YB-9001');
    await dialog.getByLabel('浓度', { exact: true }).fill('402.5');
    await dialog.getByLabel(/有效期至/).fill('2028-01-31');
    await dialog.getByLabel(/供应商/).fill('演示标准气体有限公司');
    await dialog.getByLabel(/压力/).fill('12.0');
  });
  await look(page, '62-new-bottle');
  await step('the new gas stands in the calibration', async () => {
    await page.getByRole('dialog').getByRole('button', { name: /更换/ }).last().tap();
    await hand.seen(page.getByText(/更换记录（HJ75-G8）已生成/));
    await until('the new concentration', async () => (await hand.field('analyser/DA001-SO2/span.ref').innerText()).includes('402.5'));
  });
  await step('SO₂ is calibrated and judged', async () => {
    const so2 = (field) => `analyser/DA001-SO2/${field}`;
    await hand.type({
      [so2('zero.last_after')]: '0.4', [so2('zero.before')]: '6.9', [so2('zero.after')]: '0.2',
      [so2('span.last_after')]: '400.1', [so2('span.before')]: '398', [so2('span.after')]: '402.4',
    });
    await hand.seen(page.getByText(/零点漂移 \+1\.30 %F\.S\./), page.getByText(/量程漂移 −0\.42 %F\.S\./));
    await hand.outline(/^结束/).tap();
    await hand.button('现在').first().tap();
    await hand.outline(/^照片/).tap();
    await hand.shoot();
    await hand.seen(page.getByText('已填好', { exact: true }));
    await hand.backToVisit();
  });
  await step('G.8 needs only the photo of the label', async () => {
    await page.getByRole('link', { name: /标准气体更换记录表/ }).first().tap();
    await page.waitForURL('**/record/*');
    await hand.seen(hand.outline(/^照片/));
    await hand.outline(/^照片/).tap();
    await hand.shoot();
    await hand.seen(page.getByText('已填好', { exact: true }));
    await hand.backToVisit();
  });
}

async function verification(hand) {
  const { page } = hand;
  await step('G.5: nine pairs with a series of times are judged by relative accuracy', async () => {
    await hand.open('CEMS 校验测试');
    await hand.outline(/SO₂/).tap();
    await hand.button('生成时间').tap();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '填入' }).tap();
    await until('the last time', async () => (await hand.field('gas/DA001-SO2/@9/t').inputValue()) !== '');
    await hand.field('gas/DA001-SO2/@1/rm').tap();
    for (let n = 0; n < 9; n += 1) {
      for (const value of [RM[n], CEMS[n]]) {
        await page.keyboard.type(String(value));
        await page.keyboard.press('Enter');
      }
    }
    await hand.outline(/SO₂/).tap();
    for (let n = 0; n < 9; n += 1) {
      const values = [await hand.field(`gas/DA001-SO2/@${n + 1}/rm`).inputValue(), await hand.field(`gas/DA001-SO2/@${n + 1}/cems`).inputValue()];
      if (values.join() !== [RM[n], CEMS[n]].join()) throw new Error(`line ${n + 1} holds ${values.join()}`);
    }
    await hand.seen(page.getByText(/准确度（相对准确度） 3\.19 %/));
    await hand.saved();
  });
  await look(page, '63-verification');
  await step('G.5 is finished through the list of what is missing', async () => {
    await finish(hand);
    await hand.backToVisit();
  });
}

/** Answers what the app says is missing, one after the other, as it stands. */
async function finish(hand, answers = {}) {
  const { page } = hand;
  for (let round = 0; round < 40; round += 1) {
    await hand.saved();
    if ((await page.getByText('已填好', { exact: true }).count()) > 0) return;
    await page.getByRole('button', { name: /还缺 \d+ 项/ }).tap();
    const dialog = page.getByRole('dialog');
    const first = dialog.getByRole('listitem').first();
    let what;
    try {
      what = (await first.innerText({ timeout: 5000 })).replaceAll('\n', ' ');
      await first.getByRole('button').tap({ timeout: 5000 });
    } catch (error) {
      // What was saved last completed the record while the list opened: it says that nothing is missing.
      if ((await first.count()) > 0) throw error;
      await page.keyboard.press('Escape');
      continue;
    }
    await answer(hand, what, answers);
  }
  throw new Error('forty answers were not enough');
}

async function answer(hand, what, answers) {
  const { page } = hand;
  if (what.includes('照片')) return hand.shoot();
  const id = await until(`focus for ${what}`, () => page.evaluate(() => document.activeElement?.id?.startsWith('field-') && document.activeElement.id));
  const field = page.locator(`[id="${id}"]`);
  const kind = await field.evaluate((element) => (element.tagName === 'SELECT' ? 'select' : element.type));
  if (kind === 'radio') await page.locator('label', { has: field }).tap();
  else if (kind === 'select') await field.selectOption({ index: 1 });
  else {
    const box = page.locator('.field', { has: field }).last();
    const stamp = box.getByRole('button', { name: /^(现在|今天)$/ });
    if ((await stamp.count()) > 0) await stamp.tap();
    else await field.fill(Object.entries(answers).find(([name]) => what.includes(name))?.[1] ?? '演示填写');
  }
}

const leave = (page) => page.getByRole('button', { name: /离场/ }).first().tap();

async function signAndLeave(hand, count, before = async () => {}) {
  const { page } = hand;
  await step('all records are signed with one gesture', async () => {
    await page.getByRole('button', { name: /继续：签名/ }).tap();
    await hand.seen(page.getByText(new RegExp(`签署 ${count} 份记录`)));
    await hand.draw();
    await hand.button('确认签名').tap();
    await hand.seen(page.getByText('已签名', { exact: true }));
  });
  await step('the technician leaves', async () => {
    await leave(page);
    await before();
    await page.getByRole('dialog').getByRole('button', { name: '离场', exact: true }).tap();
    await hand.seen(hand.heading('今日'));
  });
}

async function atTheOutfall(hand) {
  const { page } = hand;
  await step('the technician is at the outfall', () => hand.signInInside(/总排口/));
  await step('B: only items that fit the instruments of the point are asked', async () => {
    await hand.open('巡检维护记录表');
    await hand.outline(/^维护预备/).tap();
    await hand.choose('prep/b1.2', 1);
    await hand.field('prep/b1.2-remark').fill('无');
    await restNormal(hand, [/^维护预备/, /^辅助设备/, /^采样系统/, /^水污染源/, /^数据/]);
    await hand.outline(/^照片/).tap();
    await hand.shoot();
    await finish(hand);
    await hand.backToVisit();
  });
  await step('D: the standard check of COD is judged against ±10 %', async () => {
    await hand.open('标样核查及校准');
    await hand.outline(/化学需氧量/).tap();
    const cod = (field) => `analyser/DW001-COD/${field}`;
    await hand.field(cod('x')).fill('71.2');
    await hand.saved();
    await finish(hand, { 标准溶液浓度: '75' });
    await hand.outline(/化学需氧量/).tap();
    await hand.seen(page.getByText(/标样核查误差.* [−+]?\d+\.\d+ %/));
    await hand.backToVisit();
  });
  await step('H: two of three pairs of COD pass, which is enough', async () => {
    await hand.open('实际水样比对');
    await hand.outline(/化学需氧量/).tap();
    await hand.button('生成时间').tap();
    await page.getByRole('dialog').getByRole('button', { name: '填入' }).tap();
    for (const [n, [online, first, second]] of COD.entries()) {
      const at = (column) => `sample/DW001-COD/@${n + 1}/${column}`;
      await hand.type({ [at('x')]: online, [at('b1')]: first, [at('b2')]: second });
    }
    await hand.seen(page.getByText(/3 对中 2 对合格/));
    await hand.saved();
  });
  await look(page, '64-real-samples');
  await step('H is finished', async () => {
    await finish(hand);
    await hand.backToVisit();
  });
  const visit = page.url();
  await signAndLeave(hand, 3, async () => {
    const dialog = page.getByRole('dialog');
    await hand.seen(dialog.getByText('打了 ×，没有写明情况和处理。'), dialog.getByText('记录已签名，只能更正。'));
    await look(page, '64b-findings-leave');
    // What is found about the visit before leads there, and nothing stays over it.
    await dialog.getByRole('button', { name: /1# 烟囱/ }).first().tap();
    await hand.seen(hand.heading(/1# 烟囱/), hand.text('本次运维已结束。'));
    await hand.absent(dialog);
    await page.goBack();
    await hand.seen(hand.heading(/总排口/));
    await leave(page);
  });
  const left = page.getByRole('region', { name: '离场时有提示' });
  await step('who leaves all the same finds it again at the visit, without what to do there', async () => {
    await page.goto(visit);
    await hand.seen(left.getByText('打了 ×，没有写明情况和处理。'));
    await hand.absent(left.getByText(/请拍一张站房照片/));
  });
  await look(page, '64c-left-with');
  await step('it leads to where the signed record is corrected', async () => {
    await left.getByRole('button', { name: /打了 ×/ }).tap();
    await hand.seen(hand.heading('版本与更正'), hand.button('更正'));
  });
}

async function online(hand, server) {
  const { page } = hand;
  await step('the network is back: everything is received', async () => {
    await server.up();
    await hand.rail('同步').tap();
    await hand.button('立即同步').tap();
    await hand.seen(page.getByRole('link', { name: '全部已收妥' }));
  });
  await step('a signed verification reads as it was signed', async () => {
    await hand.rail('台账').tap();
    await page.getByRole('link', { name: /CEMS 校验测试记录表/ }).first().tap();
    await page.waitForURL('**/record/*');
    await hand.outline(/SO₂/).tap();
    await hand.seen(page.getByText('签名后不能修改，只能更正。'), page.getByText(/准确度（相对准确度） 3\.19 %/));
  });
  await look(page, '65-verification-signed');
}
