import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { OrcError, shown } from '../errors.ts';
import type { PhaseArtifact } from '../pipeline/phase.ts';
import type { ArtifactRecord, Session } from '../session/session-port.ts';
import { diskError } from './disk-error.ts';
import type { EventHub } from './event-hub.ts';

/** The files of one run: each path once, with one content. */
export class ArtifactWriter {
  readonly #session: Session | undefined;
  readonly #hub: EventHub;
  readonly #written = new Map<string, { readonly record: ArtifactRecord; readonly task: string }>();

  /** Writes into a session; without one the files are only counted and digested. */
  constructor(session: Session | undefined, hub: EventHub) {
    this.#session = session;
    this.#hub = hub;
  }

  /** Everything written so far, by path. */
  get records(): readonly ArtifactRecord[] {
    return [...this.#written.values()].map(({ record }) => record).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Takes over what a resumed session has written already, and writes again what is not there any more. What was changed is left as it is. */
  restore(
    records: readonly ArtifactRecord[],
    task: string,
    make: () => readonly PhaseArtifact[],
  ): Promise<unknown> | undefined {
    for (const record of records) this.#written.set(record.path, { record, task });
    const dir = this.#session?.artifactsDir ?? '';
    const gone = new Set(records.map(({ path }) => path).filter((path) => !existsSync(join(dir, path))));
    if (gone.size === 0) return undefined;
    return this.write(
      make().filter(({ path }) => gone.has(path)),
      task,
    );
  }

  /** Writes the files of a task. Throws `ERR_ORC_ARTIFACT` for a path that leaves the folder, and for two contents of one path. */
  async write(files: readonly PhaseArtifact[], task: string): Promise<readonly ArtifactRecord[]> {
    const records: ArtifactRecord[] = [];
    for (const { path, content } of files) {
      checkPath(path, task);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const earlier = this.#written.get(path);
      if (earlier !== undefined && earlier.task !== task) {
        throw new OrcError(
          'ERR_ORC_ARTIFACT',
          `Tasks \`${earlier.task}\` and \`${task}\` both leave the artifact ${path}`,
          {
            task,
            retryable: false,
            hint: 'Put the item key into the path.',
          },
        );
      }
      const record: ArtifactRecord =
        this.#session === undefined
          ? { path, bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength, sha256 }
          : await this.#session.writeArtifact(path, content).catch((error: unknown) => {
              throw diskError(error, { task });
            });
      this.#written.set(path, { record, task });
      records.push(record);
      this.#hub.emit({ type: 'artifact-write', path, bytes: record.bytes, sha256 });
    }
    return records;
  }
}

function checkPath(path: unknown, task: string): void {
  const steps = typeof path === 'string' ? path.split('/') : [];
  const good =
    steps.length > 0 && steps.every((step) => step !== '' && step !== '.' && step !== '..' && !/[\\\0:]/.test(step));
  if (!good) {
    throw new OrcError(
      'ERR_ORC_ARTIFACT',
      `Expected the artifact path of task \`${task}\` to stay inside the folder, with forward slashes, got ${shown(path)}`,
      {
        task,
        retryable: false,
      },
    );
  }
}
