import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createOrchestrator, definePhase, definePipeline } from '@orc/core';
import { startFaultServer } from '@orc/core/testing';
import { expect, it } from 'vitest';

import { folderOfTest } from '../../../test-support/temporary-folder.ts';
import { loadConfig } from '../src/config/load.ts';
import { openModels } from '../src/engine/model.ts';
import { fakeHost } from './support/fake-host.ts';

it('in a run it is kept by the run, whatever its models: theirs have none besides', async () => {
  await using server = await startFaultServer({ reply: () => 'word '.repeat(800) });
  const home = folderOfTest();
  mkdirSync(join(home, '.config', 'orchestrator'), { recursive: true });
  writeFileSync(
    join(home, '.config', 'orchestrator', 'config.yaml'),
    `ai: { base_url: "${server.url}", prices: { "compatible/*": { input: 0, output: 1000 } } }\nlimits: { budget_usd: 2.5 }\n`,
  );
  const call = (id: string, model: string, needs = {}) =>
    definePhase({ id, kind: 'llm', needs, model: { model, maxOutputTokens: 1000 }, prompt: () => id });
  const first = call('first', 'compatible/first');
  const second = call('second', 'compatible/second', { first });
  const third = call('third', 'compatible/first', { second });
  const three = definePipeline({
    id: 'three',
    version: '1',
    description: '',
    phases: [first, second, third],
    result: { phase: third, text: String },
  });
  const config = await loadConfig(fakeHost({ env: { HOME: home }, cwd: home }));
  const models = await openModels(config, { model: 'compatible/first', pipelines: [three] });
  await using orchestrator = createOrchestrator({
    model: models.main,
    models: models.byName,
    limits: { budgetUsd: config.settings['limits.budget_usd'] },
  });
  for (const seed of [1, 2]) {
    const { error, usage } = await orchestrator.run(three, { text: '', seed }).result;
    expect(error).toMatchObject({ code: 'ERR_ORC_BUDGET', task: 'third' });
    expect(usage.costUsd).toBeCloseTo(2);
  }
  expect(server.calls).toHaveLength(4);
});
