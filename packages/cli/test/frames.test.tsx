import { render } from 'ink-testing-library';
import { describe, expect, it, vi } from 'vitest';

import { App, type ViewControls } from '../src/ui/app.tsx';
import { unicodeMarks } from '../src/ui/phase-line.ts';
import { ViewStore } from '../src/ui/view-store.ts';
import { storyEvents, type StoryOptions } from './support/story-events.ts';

const window = (): { columns: number; rows: number } => ({ columns: 100, rows: 24 });

/** The app with the events of a story, and what it asked for. */
function show(options: StoryOptions, { keys = true, details = false } = {}) {
  const store = new ViewStore(
    unicodeMarks,
    () => 100,
    () => 1_005_200,
  );
  for (const event of storyEvents(options)) store.event(event);
  const asked: string[] = [];
  let view: ViewControls | undefined;
  const app = render(
    <App
      store={store}
      marks={unicodeMarks}
      request="Create a story about space exploration"
      window={window}
      colors={false}
      keys={keys}
      details={details}
      onCancel={(reason) => asked.push(`cancel by ${reason}`)}
      onPause={(paused) => asked.push(paused ? 'pause' : 'continue')}
      onSuspended={() => asked.push('stop')}
      onReady={(controls) => (view = controls)}
    />,
  );
  return { ...app, store, asked, end: () => view?.end(), suspend: (suspended: boolean) => view?.suspend(suspended) };
}

describe('the live view', () => {
  it('shows what has ended above what goes on', () => {
    const { lastFrame, unmount } = show({ until: 'scenes' });
    expect(lastFrame()).toMatchInlineSnapshot(`
      "
        Create a story about space exploration
        fiction · offline/scribe · parallel, 4 workers

        ✓ Brief            2 ms         ↺ cached
        ✓ Premise          2 ms         ↺ cached
        ⠋ Scenes          5.2 s  9/20   ━━━━━━━━━━━─────────────  1 retry
          then Metrics, Assemble

        │ The hull sang softly as the stars turned.
        │
        │

        ━━━━━━━━━━━━━━━━━━──────────────────────  45 %  5.2 s  about 6 s left
        4/4 workers · 13 % cached · 9.9k tokens · $0.0090 · 1 retry
        q cancel · v details · p pause"
    `);
    unmount();
  });

  it('shows text from outside as text: no title moves the cursor, colours a word or breaks a line', () => {
    const { lastFrame, unmount } = show({ until: 'scenes', title: 'Sc\u001B[31men\u009B2Je\u202Es\n\u0007!' });
    // oxlint-disable-next-line no-control-regex
    expect(lastFrame()).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
    expect(lastFrame()).toMatch(/⠋ Scenes !/);
    unmount();
  });

  it('keeps only what stays when the run has ended', async () => {
    const { frames, end, unmount } = show({ until: 'end' });
    end();
    // In CI ink ends with a line break of its own, which is no frame.
    const shown = (): string => frames.findLast((frame) => frame.trim() !== '') ?? '';
    await vi.waitFor(() => expect(shown()).not.toContain('q cancel'));
    expect(shown()).toMatch(/✓ Assemble/);
    expect(shown()).not.toContain('workers ·');
    unmount();
  });

  it('tells why a phase failed', () => {
    const { lastFrame, unmount } = show({ until: 'end', fails: true });
    expect(lastFrame()).toMatch(/✗ Scenes .* the server said 503/);
    unmount();
  });

  it('asks before q ends a run: q again does, any other key does not', async () => {
    const { stdin, asked, lastFrame, unmount } = show({ until: 'scenes' });
    const question = 'cancel the run? q again: yes, any other key: no';
    stdin.write('q');
    await vi.waitFor(() => expect(lastFrame()).toContain(question));
    stdin.write('x');
    await vi.waitFor(() => expect(lastFrame()).not.toContain(question));
    stdin.write('q');
    await vi.waitFor(() => expect(lastFrame()).toContain(question));
    expect(asked).toEqual([]);
    stdin.write('q');
    await vi.waitFor(() => expect(asked).toEqual(['cancel by q']));
    unmount();
  });

  it('takes no letters of a word that was meant for the shell for keys', async () => {
    const { stdin, asked, lastFrame, unmount } = show({ until: 'scenes' });
    stdin.write('q');
    await vi.waitFor(() => expect(lastFrame()).toContain('cancel the run?'));
    for (const key of 'uit\r') stdin.write(key);
    await vi.waitFor(() => expect(lastFrame()).not.toContain('cancel the run?'));
    stdin.write('squeue\r');
    stdin.write('\u0003');
    await vi.waitFor(() => expect(asked).toEqual(['cancel by Ctrl-C']));
    unmount();
  });

  it('Ctrl-Z leaves nothing of the frame and stops; afterwards it goes on where it was, with what has ended since', async () => {
    const { stdin, asked, lastFrame, store, suspend, unmount } = show({ until: 'scenes' });
    stdin.write('\u001A');
    await vi.waitFor(() => expect(asked).toEqual(['stop']));
    await vi.waitFor(() => expect(lastFrame()).not.toContain('workers ·'));
    store.hold(true);
    store.add([{ text: 'said meanwhile', tone: 'plain' }]);
    stdin.write('\u0003');
    expect(store.lines.some(({ line }) => line[0]?.text === 'said meanwhile')).toBe(false);
    store.hold(false);
    suspend(false);
    await vi.waitFor(() => expect(lastFrame()).toContain('workers ·'));
    expect(store.lines.at(-1)?.line[0]?.text).toBe('said meanwhile');
    expect(asked).toEqual(['stop']);
    unmount();
  });

  it('q and Ctrl-C cancel, p pauses, v shows details; other keys do nothing', async () => {
    const { stdin, asked, lastFrame, unmount } = show({ until: 'scenes' });
    await vi.waitFor(() => expect(stdin.listenerCount('readable') + stdin.listenerCount('data')).toBeGreaterThan(0));
    for (const key of ['\u0003', 'p', 'x', '\r']) stdin.write(key);
    await vi.waitFor(() => expect(asked).toEqual(['cancel by Ctrl-C', 'pause']));
    stdin.write('v');
    await vi.waitFor(() => expect(lastFrame()).toContain('v fewer details'));
    unmount();
  });

  it('without keys says nothing of keys', () => {
    const { lastFrame, unmount } = show({ until: 'scenes' }, { keys: false });
    expect(lastFrame()).not.toContain('q cancel');
    unmount();
  });
});
