import { describe, expect, it } from 'vitest';

import { importPeer } from '../../src/ai/providers/import-peer.ts';

describe('A provider package that is not installed', () => {
  it('is named, with the command that installs it', async () => {
    const missing = '@ai-sdk/not-installed-anywhere';
    const error = Object.assign(new Error(`Cannot find package '${missing}' imported from here`), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    await expect(importPeer(missing, () => Promise.reject(error))).rejects.toMatchObject({
      code: 'ERR_ORC_MODEL_PROVIDER',
      message: `This model needs the package \`${missing}\`, which is not installed`,
      hint: `Install it: \`npm install ai@6 ${missing}\`.`,
      cause: error,
    });
  });

  it('is told apart from a package that is there and fails by itself', async () => {
    const error = new Error('It broke');
    await expect(importPeer('@ai-sdk/openai', () => Promise.reject(error))).rejects.toBe(error);
  });
});
