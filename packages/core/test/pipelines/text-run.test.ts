import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'acorn';
import { describe, expect, it } from 'vitest';

import { builtIn, runOffline } from './built.ts';

describe('general', () => {
  it('writes a text of five sections near its word target, with no sentence twice', async () => {
    await runOffline(
      await builtIn('general'),
      { text: 'Compare remote work and office work', words: 800 },
      (result) => {
        expect(result.text.match(/^## /gm)).toHaveLength(5);
        expect(result.words).toBeGreaterThan(720);
        expect(result.words).toBeLessThan(880);
        const sentences = result.text
          .replace(/^#.*$/gm, '')
          .split(/(?<=[.!?])\s+/)
          .map((sentence) => sentence.trim().toLowerCase())
          .filter((sentence) => sentence.split(/\s+/).length >= 6);
        expect(new Set(sentences).size).toBe(sentences.length);
        expect(result.artifacts.map((artifact) => artifact.path)).toEqual(['outline.json', 'review.json', 'text.md']);
      },
    );
  });

  it('runs its three looks at the subject at once', async () => {
    await runOffline(await builtIn('general'), { text: 'Compare tea and coffee' }, (result) => {
      expect(result.strategy.name).toBe('parallel');
      expect(result.phases.find((phase) => phase.id === 'section')?.tasks).toBe(5);
    });
  });
});

describe('build', () => {
  it('leaves a project whose modules parse and export what was promised', async () => {
    await runOffline(await builtIn('build'), { text: 'Build a CLI that counts words' }, (result) => {
      const sources = result.artifacts.filter((artifact) => artifact.path.endsWith('.js'));
      expect(sources.length).toBeGreaterThanOrEqual(4);
      for (const { path } of sources) {
        const source = readFileSync(join(result.artifactsDir as string, path), 'utf8');
        expect(() => parse(source, { ecmaVersion: 2024, sourceType: 'module' }), path).not.toThrow();
      }
      expect(result.text).not.toContain('missing');
    });
  });
});

describe('a length in the request', () => {
  it('is kept by general', async () => {
    await runOffline(await builtIn('general'), { text: 'Write 3000 words about the history of bees' }, (result) => {
      expect(result.words).toBeGreaterThan(2700);
      expect(result.words).toBeLessThan(3300);
      expect(result.title).not.toMatch(/word/i);
    });
  });
});

describe('quick', () => {
  it('is two phases, one after the other', async () => {
    await runOffline(await builtIn('quick'), { text: 'What is the capital of France?' }, (result) => {
      expect(result.strategy.name).toBe('sequential');
      expect(result.phases.map((phase) => phase.id)).toEqual(['answer', 'format']);
      expect(result.text).toContain('offline placeholder model');
    });
  });
});
