import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { chromeTrace } from '../src/report/chrome-trace.ts';
import { htmlReport } from '../src/report/html-report.ts';
import { markdownReport } from '../src/report/markdown-report.ts';
import { phaseGraphSvg } from '../src/report/phase-graph.ts';
import { leftOut } from './support/left-out.ts';
import { storyReport } from './support/story-report.ts';

const executablePath =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ??
  '/usr/bin/chromium';
const withoutBrowser = leftOut(
  'the report in a browser',
  existsSync(executablePath) ? undefined : `there is no ${executablePath}`,
);

describe('the HTML report', () => {
  it('is one file: nothing from elsewhere, no script', () => {
    const page = htmlReport(storyReport());
    expect(page).not.toMatch(/<script|\bsrc=|\bhref=|url\(|@import/i);
    expect(page).toContain("default-src 'none'");
  });

  it('cannot be broken out of by what a model or a request says', () => {
    const evil = '</style><script>alert(1)</script>" onload="x \u001B[2J';
    const page = htmlReport(storyReport({ request: evil, task: evil }));
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('" onload="x');
    expect(page).not.toContain('\u001B');
    expect(page).toContain('&lt;/style&gt;&lt;script&gt;');
  });

  it('is whole for a run without any task', () => {
    expect(
      htmlReport({ ...storyReport(), tasks: [], phases: [], criticalPath: { workMs: 0, waitMs: 0, tasks: [] } }),
    ).toContain('No task was started.');
  });
});

describe('the graph of a report', () => {
  it('leaves out an edge that a longer way repeats', () => {
    const [phase] = storyReport().phases;
    if (phase === undefined) throw new Error('the report has phases');
    const phases = [
      { ...phase, id: 'first', needs: [] },
      { ...phase, id: 'second', needs: ['first'] },
      { ...phase, id: 'third', needs: ['first', 'second'] },
    ];
    const svg = phaseGraphSvg({ ...storyReport(), phases, criticalPath: { workMs: 0, waitMs: 0, tasks: [] } });
    expect(String(svg).match(/<path class="edge/g)).toHaveLength(2);
  });
});

describe.skipIf(withoutBrowser)('the HTML report in a browser', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orc-report-'));
    writeFileSync(join(folder, 'report.html'), htmlReport(storyReport()));
    browser = await chromium.launch({
      executablePath,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['light', 1200],
    ['dark', 1200],
    ['light', 390],
  ] as const)(
    '%s, %i pixels wide: every part is seen without JavaScript, nothing overflows, nothing is fetched',
    async (colorScheme, width) => {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 900 },
        javaScriptEnabled: false,
      });
      const page = await context.newPage();
      const asked: string[] = [];
      const errors: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => errors.push(message.text()));
      await page.goto(pathToFileURL(join(folder, 'report.html')).href);
      for (const heading of [
        'Timeline',
        'Graph',
        'Phases',
        'Critical path',
        'Saved',
        'Tokens and cost',
        'Retries',
        'Files',
        'Tasks',
      ]) {
        expect(await page.getByRole('heading', { name: heading, exact: true }).isVisible()).toBe(true);
      }
      expect(await page.locator('svg').count()).toBe(3);
      expect(await page.locator('svg[aria-label^="Timeline"] g').count()).toBe(storyReport().tasks.length);
      const body = await page.locator('body').boundingBox();
      expect(body?.width).toBeLessThanOrEqual(width);
      // A word is never broken into letters to make a table fit: it scrolls inside its panel.
      for (const row of await page.locator('tr').all()) expect((await row.boundingBox())?.height).toBeLessThan(100);
      const colors = await page.screenshot();
      expect(colors.byteLength).toBeGreaterThan(10_000);
      expect(asked).toHaveLength(1);
      expect(errors).toEqual([]);
      await context.close();
    },
  );
});

describe('the other forms', () => {
  it('Chrome trace: one complete event for each task, no two of a thread overlap', () => {
    const report = storyReport();
    const { traceEvents } = chromeTrace(report);
    const tasks = traceEvents.filter(({ ph }) => ph === 'X');
    expect(tasks).toHaveLength(report.tasks.length);
    for (const tid of new Set(tasks.map((event) => event.tid))) {
      const ends = tasks
        .filter((event) => event.tid === tid)
        .map((event) => [event.ts ?? 0, (event.ts ?? 0) + (event.dur ?? 0)] as const);
      ends.slice(1).forEach(([start], index) => expect(start).toBeGreaterThanOrEqual((ends[index]?.[1] ?? 0) - 1));
    }
    expect(
      traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'thread_name').map(({ args }) => args?.['name']),
    ).toContain('calls 1');
  });

  it('Markdown: a table of the phases and a graph', () => {
    const text = markdownReport(storyReport());
    expect(text).toContain('| Scenes | fulfilled | 3 | 1 | 2 |');
    expect(text).toContain('```mermaid\nflowchart TD');
  });
});
