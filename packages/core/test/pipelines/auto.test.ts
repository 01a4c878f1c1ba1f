import { describe, expect, it } from 'vitest';

import { choosePipeline } from '../../src/pipelines/auto.ts';

const cases: Readonly<Record<string, readonly string[]>> = {
  fiction: [
    'Create a story about space exploration',
    'Write a novel of 50,000 words',
    'Please write me a short fairy tale for children',
    'A mystery novel set in Lisbon',
    'Tell a story about how to analyze code',
    'write a 20k word novel about bees',
    'A mystery of 5000 words',
    'Write a mystery',
    'please write me a short cosy whodunit, with a cat',
    'Another space opera about two moons',
  ],
  analyze: [
    'Analyze this codebase',
    'Review the repository for risks',
    'Debug this issue: the build hangs',
    'explain the source of this project',
    'Find the memory leak',
    'Why does the server crash on start?',
  ],
  build: [
    'Build a CLI that counts words',
    'Write a small HTTP server',
    'Implement a markdown parser',
    'Create a todo app',
  ],
  quick: [
    'What is the capital of France?',
    'How many legs does a spider have?',
    'Translate "good morning" to French',
    'is 97 a prime number?',
  ],
  general: [
    'Compare remote work and office work',
    'Write an essay on the history of tea',
    'Plan a three-day trip to Rome',
    'Write a fantasy football guide',
    'Write a report on the mystery of dark matter',
    'An overview of the western about its heroes',
    'Zusammenfassung der Relativitätstheorie',
  ],
};

describe('auto', () => {
  for (const [id, requests] of Object.entries(cases)) {
    for (const request of requests) {
      it(`gives “${request}” to ${id}`, () => {
        const choice = choosePipeline(request);
        expect(choice.id).toBe(id);
        expect(choice.reason).not.toBe('');
      });
    }
  }

  it('keeps what a problem is about as the focus', () => {
    expect(choosePipeline('Debug this issue: the build hangs').focus).toBe('Debug this issue: the build hangs');
    expect(choosePipeline('Analyze this codebase').focus).toBeUndefined();
  });

  it('does not let a long question be quick', () => {
    const long = `What should a team of ten people consider when it moves ${'a large service '.repeat(4)}from one database to another one?`;
    expect(choosePipeline(long).id).toBe('general');
  });
});
