import { describe, expect, it } from 'vitest';

import { resolveModel } from '../../src/ai/index.ts';
import { FaultPlan, passingFaults } from '../../src/testing/fault-server-plan.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { ManualClock, hurry } from './manual-clock.ts';

describe('The faults', () => {
  it('depend on the seed and the request, not on the order of the calls', () => {
    const bodies = Array.from({ length: 200 }, (_, index) => `body ${index}`);
    const draw = (seed: number, order: readonly string[]): Map<string, unknown> => {
      const plan = new FaultPlan(seed, 0.3, passingFaults);
      return new Map(order.map((body) => [body, plan.next(body)]));
    };
    const first = draw(7, bodies);
    const second = draw(7, bodies.toReversed());
    expect(bodies.map((body) => second.get(body))).toEqual(bodies.map((body) => first.get(body)));
    expect([...draw(8, bodies).values()]).not.toEqual([...first.values()]);
    const failed = [...first.values()].filter((fault) => fault !== undefined).length;
    expect(failed).toBeGreaterThan(40);
    expect(failed).toBeLessThan(80);
  });

  it('of the same request are drawn anew each time it comes', () => {
    const plan = new FaultPlan(1, 0.5, passingFaults);
    expect(new Set(Array.from({ length: 20 }, () => plan.next('the same') === undefined)).size).toBe(2);
  });
});

describe.each([{ flavour: 'openai' }, { flavour: 'anthropic' }] as const)(
  'Where three of ten calls fail ($flavour)',
  ({ flavour }) => {
    it('every reply comes, and is the same as without faults', async () => {
      const clock = new ManualClock();
      const ask = async (failRate: number): Promise<{ readonly texts: readonly string[]; readonly calls: number }> => {
        await using server = await startFaultServer({
          flavour,
          seed: 3,
          failRate,
          clock,
          reply: ({ prompt }) => `${prompt} is answered. `.repeat(30),
        });
        const { onEvent } = hurry(clock);
        const config = { baseUrl: server.url, maxRetries: 10 };
        const model = await resolveModel(flavour === 'openai' ? 'compatible/test' : 'anthropic/claude-sonnet-4-6', {
          config,
          clock,
          onEvent,
          random: () => 0,
        });
        const replies = await Promise.all(
          Array.from({ length: 60 }, (_, index) => model.generate({ prompt: `Question ${index}` })),
        );
        return { texts: replies.map(({ text }) => text), calls: server.calls.length };
      };
      const without = await ask(0);
      const faulty = await ask(0.3);
      expect(without.calls).toBe(60);
      expect(faulty.calls).toBeGreaterThan(70);
      expect(faulty.texts).toEqual(without.texts);
    });
  },
);

describe('The server', () => {
  it('answers whole replies to clients that do not stream, and 404 elsewhere', async () => {
    await using server = await startFaultServer({ reply: () => 'Yes.' });
    const post = (path: string): Promise<Response> =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        body: JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'Hi' }] }),
      });
    expect(await (await post('/chat/completions')).json()).toMatchObject({
      choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }],
    });
    expect((await post('/elsewhere')).status).toBe(404);
    expect((await fetch(`${server.url}/chat/completions`, { method: 'POST', body: 'not JSON' })).status).toBe(400);
  });
});
