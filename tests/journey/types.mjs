// A field of each type, on a form that the server brought: filled, refused where it is wrong, signed at the desk, shown,
// and named in both languages.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { withTablet } from './hand.mjs';
import { ROOT, Server, look, run, step, still, until } from './parts.mjs';

const FORM = join(ROOT, 'tests/journey/types');
const POINT = '/point/demo-stack-1';

run(async () => {
  const server = new Server();
  server.run('import', FORM);
  await server.up();
  await withTablet(server, 'demo-tech-a', { track: still(40.0, 112.9), camera: true }, async (hand) => {
    await open(hand);
    await words(hand);
    await picks(hand);
    await attachments(hand);
    await table(hand);
    await sign(hand);
    await inEnglish(hand);
  });
});

async function open(hand) {
  const { page } = hand;
  await step('desk work opens at the point, without a visit', async () => {
    await page.goto(new URL(POINT, hand.tablet.url).href);
    await hand.seen(hand.text('案头记录'));
    await hand.open('各类填写项');
  });
}

async function words(hand) {
  const { page } = hand;
  await step('text, numbers, days and times', async () => {
    await hand.outline(/^文字与时间/).tap();
    await hand.type({
      'words/text': '演示', 'words/long': '第一行\n第二行', 'words/decimal': '<0.5', 'words/integer': '3',
      'words/date': '2026-11-23', 'words/time': '14:05', 'words/moment': '2026-11-23 14:05',
    });
    await hand.saved();
  });
  for (const [key, wrong, right] of [
    ['words/decimal', '101', '<0.5'], ['words/decimal', '1e3', '<0.5'], ['words/decimal', '12,5', '<0.5'],
    ['words/integer', '3.5', '3'], ['words/date', '2026-02-30', '2026-11-23'], ['words/time', '25:00', '14:05'],
    ['words/moment', '2099-01-01 00:00', '2026-11-23 14:05'],
  ]) {
    await step(`${key} refuses ${wrong} in words, and keeps what was typed`, async () => {
      await hand.field(key).fill(wrong);
      await hand.field('words/text').focus();
      const why = page.locator(`[id="field-${key}-why"]`);
      await until('complaint', async () => (await why.innerText()).trim() !== '');
      if ((await hand.field(key).inputValue()) !== wrong) throw new Error('what was typed is gone');
      await hand.field(key).fill(right);
      await hand.field('words/text').focus();
      await until('no complaint', async () => (await why.innerText()).trim() === '');
    });
  }
  await look(page, '70-types-words');
}

async function picks(hand) {
  const { page } = hand;
  await step('yes and no, √ and ×, one, some, instrument, person, bottle', async () => {
    await hand.outline(/^选择/).tap();
    await hand.choose('picks/yes', 0);
    await hand.choose('picks/check', 2);
    await hand.field('picks/check-remark').fill('正在检修');
    await hand.choose('picks/one', 1);
    await hand.choose('picks/many', 0);
    await hand.choose('picks/many', 2);
    for (const key of ['picks/instrument', 'picks/bottle']) {
      const field = hand.field(key);
      await field.selectOption({ index: 1 });
    }
    await hand.field('picks/person').fill('演示·技术员乙');
    await hand.saved();
  });
  await look(page, '71-types-picks');
}

async function attachments(hand) {
  const { page } = hand;
  await step('a photo in its field', async () => {
    await hand.outline(/^附件/).tap();
    await hand.shoot();
  });
  await step('a file that is no PDF is refused, a PDF is kept', async () => {
    const input = page.locator('input[type=file]').first();
    const file = (name, text) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(text) });
    await input.setInputFiles(file('a.pdf', 'no document'));
    await hand.seen(page.getByText(/PDF/).and(page.locator('.field__why *, .field__why')));
    await input.setInputFiles(file('报告.pdf', '%PDF-1.4\n%demo\n'));
    await hand.seen(page.getByText(/报告\.pdf/));
  });
  await step('a second person signs', async () => {
    await page.locator('[id="field-kept/witness"]').tap();
    await hand.draw();
    await hand.button('确认签名').tap();
    await hand.seen(page.getByText('已签', { exact: true }));
  });
  await look(page, '72-types-kept');
}

async function table(hand) {
  const { page } = hand;
  await step('a table line, a suggestion, a computed figure', async () => {
    await hand.outline(/^计算/).tap();
    await hand.type({ 'table/high': '150', 'table/limit': '50', 'table/@1/amount': '2' });
    await page.getByRole('button', { name: /滤芯/ }).first().tap();
    await until('the suggestion', async () => (await hand.field('table/@1/name').inputValue()) === '滤芯');
    await hand.seen(page.getByText(/3\.00/));
    await hand.saved();
    await hand.seen(page.getByText('已填好', { exact: true }));
  });
  await step('a line is added and taken out again', async () => {
    await hand.button('加一行').tap();
    await hand.field('table/@3/name').fill('多余');
    await hand.saved();
    await page.getByRole('button', { name: /第 3 行/ }).last().tap();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button').last().tap();
    await until('one line less', async () => (await hand.field('table/@3/name').count()) === 0);
  });
  await look(page, '73-types-table');
}

async function sign(hand) {
  const { page } = hand;
  await step('the desk record is signed on the spot', async () => {
    await page.getByRole('navigation', { name: '表单各部分' }).getByRole('button', { name: /签名/ }).tap();
    await hand.draw();
    await hand.button('确认签名').tap();
    await hand.seen(page.getByText('已签名', { exact: true }));
  });
  await step('it reads as it was filled', async () => {
    await page.goto(new URL('/records', hand.tablet.url).href);
    await page.getByRole('link', { name: /各类填写项/ }).first().tap();
    await page.waitForURL('**/record/*');
    for (const [part, texts] of [
      [/^文字与时间/, ['演示', '第二行', '<0.5', '14:05']], [/^选择/, ['正在检修', '乙', '演示·技术员乙']],
      [/^附件/, ['报告.pdf']], [/^计算/, ['滤芯', '3.00']],
    ]) {
      await hand.outline(part).tap();
      for (const text of texts) await hand.seen(page.getByText(text, { exact: false }));
    }
  });
  await look(page, '74-types-signed');
}

/** Every label of the form, in English, in the part where it stands. */
async function inEnglish(hand) {
  const { page } = hand;
  await step('all labels are there in English, and none in Chinese', async () => {
    const path = new URL(page.url()).pathname;
    await page.goto(new URL('/settings', hand.tablet.url).href);
    await page.getByText('English', { exact: true }).tap();
    await page.goto(new URL(path, hand.tablet.url).href);
    const parts = page.getByRole('navigation', { name: 'Parts of the form' });
    const definition = readFileSync(join(FORM, 'form/types.toml'), 'utf8');
    for (const section of definition.split('[[section]]').slice(1)) {
      const labels = [...section.matchAll(/label = \{ zh = "(.*?)", en = "(.*?)" \}/g)];
      await parts.getByRole('button', { name: new RegExp(`^${labels[0][2]}`) }).tap();
      const paper = page.locator('.record__middle');
      const fields = section.split(/\[\[section\.(?:field|column)\]\]/).slice(1).map((text) => /zh = "(.*?)", en = "(.*?)"/.exec(text));
      for (const [, zh, en] of fields) {
        await hand.seen(paper.getByText(en, { exact: false }));
        await hand.absent(paper.getByText(zh, { exact: true }));
      }
    }
  });
}
