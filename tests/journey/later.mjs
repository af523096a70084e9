// What is done with a signed record later, as people do it: 更正, 复核, 作废.

import { Hand } from './hand.mjs';
import { PIN, look, personName, step } from './parts.mjs';

/** From the signed record on the screen: corrected, countersigned, then void. */
export async function later(page, tablet, person, { group, outline, press }) {
  const hand = new Hand(page, tablet, person);
  const zero = () => group('零点').getByLabel('校前测试值', { exact: true });
  const sign = async () => {
    await hand.draw();
    await hand.button('确认签名').tap();
  };
  await step('a correction starts from the signed answers and asks why', async () => {
    await page.getByRole('link', { name: '版本与更正' }).tap();
    await hand.seen(hand.heading('第 1 版'));
    await look(page, '40-history-first');
    await hand.button('更正').tap();
    await hand.seen('原记录保留');
    await outline(/SO₂/).tap();
    await zero().fill('');
    await zero().tap();
    await press('7.1');
    await page.getByLabel('更正原因').fill('读数抄错，以仪器记录为准');
    await hand.seen(page.getByText('已保存', { exact: true }), /零点漂移 \+1\.34 %F\.S\./);
  });
  await look(page, '41-correction');
  await step('after a kill it is there with its reason', async () => {
    const { pathname } = new URL(page.url());
    await hand.saved();
    await tablet.down();
    await tablet.up();
    await page.goto(tablet.url);
    await page.getByRole('button', { name: personName(person) }).tap();
    for (const digit of PIN) await group('数字键盘').getByRole('button', { name: digit, exact: true }).tap();
    await hand.button('解锁').tap();
    await page.waitForURL(`**${pathname}`);
    await outline(/SO₂/).tap();
    const typed = [await zero().inputValue(), await page.getByLabel('更正原因').inputValue()];
    if (typed.join() !== '7.1,读数抄错，以仪器记录为准') throw new Error(`the form shows ${typed}`);
  });
  await step('signed, it is the second version, and says what changed', async () => {
    await outline(/签名/).tap();
    await hand.seen('6.9', '7.1');
    await look(page, '42-correction-sign');
    await sign();
    await hand.seen(hand.heading('第 2 版'), '读数抄错，以仪器记录为准');
  });
  await step('a second person signs the current version', async () => {
    await hand.button('复核签名').tap();
    await page.getByLabel('签名人姓名', { exact: true }).fill('王主任');
    await look(page, '43-countersign');
    await sign();
    await hand.seen(/复核 · 王主任/);
  });
  await look(page, '44-history');
  await step('the first version stays within reach', async () => {
    await page.getByRole('link', { name: '查看这一版' }).tap();
    await hand.seen('这是更正前的版本。');
    await outline(/SO₂/).tap();
    await hand.seen(/零点漂移 \+1\.30 %F\.S\./);
    await look(page, '45-old-version');
    await page.getByRole('link', { name: '版本与更正' }).tap();
  });
  await step('a void record stays visible, with who and why', async () => {
    await hand.button('作废').tap();
    await page.getByLabel('作废原因').fill('测错了仪器，已另填记录');
    await look(page, '46-void');
    await sign();
    await hand.seen(/这份记录已作废：测错了仪器，已另填记录/);
  });
  await look(page, '47-history-void');
}
