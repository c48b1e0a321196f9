'use strict';
// Uses the report page as a reader does. Arguments: sqrtn, browser, checkout, folder for pages and screenshots.
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [sqrtn, executablePath, checkout, folder] = process.argv.slice(2);
const results = path.join(checkout, 'results/published');
const machine = fs.readdirSync(results).find((name) => fs.existsSync(path.join(results, name, 'results.json')));
if (!machine) {
  console.log('skipped: no results in the checkout');
  process.exit(77);
}
const published = (name) => path.join(results, machine, name);
const hostile = '"><script>window.broken = 1</script><img src=x onerror="window.broken = 1">';

// A second machine whose every text is an attack, with a claim that failed and an answer that was wrong.
function attackedDocument() {
  const document = JSON.parse(fs.readFileSync(published('results.json'), 'utf8'));
  document.environment.cpu_model = hostile;
  document.command = ['sqrtn', 'run', hostile];
  const claim = document.claims.find((one) => one.observed !== null);
  Object.assign(claim, { verdict: 'fail', reason: hostile, statement: hostile, source: hostile, p_value: 1e-30 });
  Object.assign(document.measurements.at(-1), { group: hostile, rate: null, note: hostile, note_kind: 'wrong answer', shape: hostile });
  document.verdict = 'fail';
  const file = path.join(folder, 'attacked.json');
  fs.writeFileSync(file, JSON.stringify(document));
  return file;
}

function makePage(name, inputs) {
  const output = path.join(folder, name);
  execFileSync(sqrtn, ['report', ...inputs, '--output', output]);
  return 'file://' + path.join(output, 'report.html');
}

// A page that fails the test on any message, error or request but for the file itself.
async function open(browser, url, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => page.complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => page.complaints.push(`error: ${error.message}`));
  page.on('request', (request) => request.url() === url || page.complaints.push(`request: ${request.url()}`));
  await page.goto(url);
  return page;
}

const column = (page, table, index) =>
  page.locator(`${table} tbody tr`).evaluateAll((rows, at) => rows.map((row) => row.cells[at].dataset.v), index);

async function testSort(page) {
  const table = '#speed-init table.data';
  const known = async (index) => (await column(page, table, index)).filter((v) => v !== undefined).map(Number);
  const median = page.locator(`${table} thead th`).nth(2);
  await median.getByRole('button').click();
  assert.equal(await median.getAttribute('aria-sort'), 'ascending');
  const ascending = await known(2);
  assert.deepEqual(ascending, [...ascending].sort((a, b) => a - b), 'times sort by value, not by unit or text');
  await median.getByRole('button').press('Enter');
  assert.equal(await median.getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await known(2), [...ascending].reverse(), 'the keyboard sorts too');
}

async function testFilter(page) {
  const claims = page.locator('#claims');
  await claims.getByRole('searchbox').fill('He_Normal ars');
  const shown = await claims.locator('tbody tr:not([hidden])').allTextContents();
  assert.ok(shown.length > 0 && shown.every((text) => text.includes('he_normal') && text.includes('ars')));
  assert.match(await claims.getByRole('status').textContent(), new RegExp(`^${shown.length} of \\d+ rows$`));
  assert.ok(await claims.locator('tbody tr:not([hidden])').first().isVisible(), 'the list that holds a match opens');
  await claims.getByRole('searchbox').fill('');
  assert.equal(await claims.locator('tbody tr[hidden]').count(), 0);
}

async function testAccessibility(page, what) {
  await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.length}, first ${nodes[0].html.slice(0, 200)}`);
  assert.deepEqual(told, [], `${what}: no serious finding of axe`);
}

async function testLooks(browser, url, name) {
  const papers = new Set();
  for (const [look, width, colorScheme] of [['wide', 1280, 'light'], ['wide', 1280, 'dark'], ['narrow', 375, 'light'],
    ['narrow', 375, 'dark']]) {
    const page = await open(browser, url, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      `${name} ${look}: the page itself does not scroll sideways`);
    papers.add(colorScheme + await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    await page.screenshot({ path: path.join(folder, `${name}-${look}-${colorScheme}.png`) });
    await testAccessibility(page, `${name} ${look} ${colorScheme}`);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
  assert.equal(papers.size, 2, 'light and dark have papers of their own');
}

async function testWithoutScripts(browser, url) {
  const page = await open(browser, url, { javaScriptEnabled: false });
  assert.ok((await page.locator('#claims tbody tr').count()) > 100);
  assert.equal(await page.locator('thead button').count(), 0);
  assert.equal(await page.locator('h1').count(), 1);
  assert.equal(await page.locator('svg.chart > title + desc').count(), await page.locator('svg.chart').count());
  assert.equal(await page.locator('table:not(:has(caption))').count(), 0);
}

async function testAttack(browser, url) {
  // Without the policy too: the escaping alone has to hold.
  for (const bypassCSP of [false, true]) {
    const page = await open(browser, url, { bypassCSP });
    assert.equal(await page.evaluate(() => window.broken), undefined, 'no script from a document runs');
    assert.equal(await page.locator('script').count(), 1);
    assert.equal(await page.locator('img').count(), 0);
    assert.ok((await page.locator('.finding').count()) >= 2);
    assert.deepEqual(page.complaints, []);
  }
}

// The page of a whole run: every library of the machine, with what is wrong and how it is seen again.
async function testLibraries(browser, url) {
  const page = await open(browser, url, { viewport: { width: 375, height: 900 }, colorScheme: 'dark', bypassCSP: true });
  assert.ok((await page.locator('#libraries tbody tr').count()) > 1);
  assert.ok((await page.locator('#accuracy tbody tr').count()) > 1);
  assert.ok((await page.locator('#library-speeds tbody tr').count()) > 1);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
    'the page itself does not scroll sideways');
  const defect = page.locator('#libraries li').first();
  await page.locator('#libraries summary').first().click();
  assert.match(await defect.textContent(), /sqrtn verify --blas/);
  await testAccessibility(page, 'every library');
  assert.deepEqual(page.complaints, []);
  await page.locator('#libraries').screenshot({ path: path.join(folder, 'libraries.png') });
}

async function main() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const one = makePage('one', [published('results.json')]);
    const two = makePage('two', [published('results.json'), attackedDocument()]);
    const page = await open(browser, one);
    await testSort(page);
    await testFilter(page);
    assert.deepEqual(page.complaints, []);
    await testWithoutScripts(browser, one);
    await testAttack(browser, two);
    await testLooks(browser, one, 'one');
    await testLooks(browser, two, 'two');
    // The report takes the libraries from the backends.json beside the results.
    if (fs.existsSync(published('backends.json'))) await testLibraries(browser, one);
  } finally {
    await browser.close();
  }
}

main().then(() => console.log('the page works'), (error) => {
  console.error(error);
  process.exitCode = 1;
});
