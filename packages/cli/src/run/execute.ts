import type { Run, RunResult } from '@orc/core';

import type { CommandContext } from '../commands/context.ts';
import type { Config } from '../config/load.ts';
import { isHidden } from '../engine/hidden-files.ts';
import type { Engine, EngineOptions } from '../engine/open.ts';
import { codeOf, isCliError, messageOf } from '../errors.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { cleanLine } from '../output/clean.ts';
import { columnsOf } from '../output/columns.ts';
import { shellQuote } from '../output/shell-quote.ts';
import { Cancellation } from './cancel.ts';
import { closingCard } from './closing-card.ts';
import { copyArtifacts, prepareOutputFolder } from './output-folder.ts';
import { resultDocument } from './result-json.ts';
import { verboseLine, verboseTable } from './verbose-table.ts';
import { Views } from './views.ts';
import { jsonText } from '../output/json.ts';

/** What is to be run. */
export interface Task {
  /** Its request. */
  readonly request: string;
  /** Finds what it needs. Called when something is on the screen already: it loads the engine. */
  readonly prepare: () => Promise<PreparedTask>;
}

/** What is to be run, with all that it needs. */
export interface PreparedTask {
  /** What the engine has to know. */
  readonly engine: EngineOptions;
  /** Starts the run. */
  readonly begin: (engine: Engine, signal: AbortSignal) => Run | Promise<Run>;
}

/** Runs a pipeline, new or resumed: shows it, ends it when asked to, writes its result. Resolves to the exit code. */
export async function execute(context: CommandContext, config: Config, task: Task): Promise<number> {
  const { host } = context;
  const output = config.settings['paths.output_dir'];
  if (output !== '') prepareOutputFolder(output);
  const cancellation = new Cancellation(host);
  const onStdoutError = (error: Error): void => {
    if (codeOf(error) === 'EPIPE') cancellation.leave();
  };
  host.stdout.on('error', onStdoutError);
  let engine: Engine | undefined;
  let run: Run | undefined;
  const views = new Views(context, config);
  try {
    await views.start(task.request, cancellation, (paused) => (paused ? run?.pause() : run?.unpause()));
    const { openEngine } = await import('../engine/open.ts');
    const { engine: options, begin } = await task.prepare();
    engine = await openEngine(context, config, options);
    run = await begin(engine, cancellation.signal);
    run.subscribe((event) => views.event(event));
    const result = await run.result;
    await views.close();
    return finish(context, config, { result, request: task.request, views, cancellation });
  } catch (error) {
    await views.close();
    if (
      cancellation.signal.aborted &&
      (cancellation.signal.reason === error || codeOf(error) === 'ERR_ORC_CANCELLED')
    ) {
      if (cancellation.exitCode !== exitCodes.ok) context.note('orc: cancelled before anything was done');
      return cancellation.exitCode ?? exitCodes.interrupted;
    }
    throw error;
  } finally {
    await engine?.close();
    cancellation.close();
  }
}

/** A session holds a YAML pipeline, but never code: to go on, the module has to be named again. */
function moduleFlag(pipeline: string | undefined): string {
  if (pipeline === undefined || !/\.m?js$/.test(pipeline)) return '';
  return ` --pipeline ${/^[\w./@%+-]+$/.test(pipeline) ? pipeline : shellQuote(pipeline)}`;
}

interface Ending {
  readonly result: RunResult;
  readonly request: string;
  readonly views: Views;
  readonly cancellation: Cancellation;
}

function finish(context: CommandContext, config: Config, { result, request, views, cancellation }: Ending): number {
  const { host, flags, errorStyle } = context;
  const format = flags.text('output-format') ?? 'text';
  const quiet = flags.is('quiet') === true;
  let exitCode: number = exitCodes.ok;
  if (result.status === 'cancelled') exitCode = cancellation.exitCode ?? exitCodes.interrupted;
  else if (result.status === 'failed') exitCode = exitCodeOf(result.error?.code ?? '');

  const output = config.settings['paths.output_dir'];
  let copyError: unknown;
  if (output !== '' && result.artifactsDir !== undefined) {
    const paths = result.artifacts.map(({ path }) => path);
    const hidden = paths.filter(isHidden);
    if (hidden.length > 0 && !quiet)
      context.note(
        `${errorStyle.warn('warning:')} not copied, because hidden files stay in the folder of the run: ${cleanLine(hidden.join(', '))} (${result.artifactsDir})`,
      );
    try {
      copyArtifacts(
        result.artifactsDir,
        output,
        paths.filter((path) => !isHidden(path)),
      );
    } catch (error) {
      copyError = error;
    }
  }
  if (flags.is('verbose') === true && !quiet) {
    const columns = columnsOf(host.stderr, 200);
    const peakBytes = host.peakMemory();
    context.note(
      config.settings['log.format'] === 'json'
        ? verboseLine(result, views.state, { at: host.now(), peakBytes })
        : verboseTable(result, views.state, { style: errorStyle, columns, peakBytes, spaced: views.live }),
    );
  }
  if (format === 'json') context.print(jsonText(resultDocument(result, request), 2));
  else if (format === 'stream-json')
    context.print(jsonText({ schema: 'orc.event/1', type: 'result', result: resultDocument(result, request) }));
  else if (result.status === 'succeeded') {
    if (!host.stdout.isTTY) context.printExact(result.text.endsWith('\n') ? result.text : `${result.text}\n`);
    else if (!quiet) {
      const artifacts = result.artifacts.filter(({ path }) => output === '' || !isHidden(path));
      const shown: RunResult = { ...result, artifacts };
      context.print(
        closingCard(shown, {
          host,
          style: context.style,
          output: output === '' ? undefined : output,
          restored: views.state.restored,
          optimized: config.settings['performance.enabled'] && flags.is('cache') !== false,
          placeholder:
            result.model === 'offline/scribe' && config.settings['ai.model'] === '' && result.usage.outputTokens > 0,
          spaced: views.live || flags.is('verbose') === true,
        }),
      );
    }
  }
  if (result.status === 'failed') {
    const { error } = result;
    const where = error?.task ?? error?.phase;
    context.note(
      `${errorStyle.bad('orc:')} ${where === undefined ? '' : `${where}: `}${cleanLine(error?.message ?? 'the run failed')}`,
    );
    const hint =
      error?.hint ?? (/^(ENOSPC|EDQUOT)$/.test(error?.code ?? '') ? 'the disk is full: free some space' : undefined);
    if (hint !== undefined) context.note(`     ${cleanLine(hint)}`);
  }
  if (result.status !== 'succeeded' && exitCode !== exitCodes.ok && result.sessionDir !== undefined) {
    if (result.status === 'cancelled') context.note('orc: cancelled; what is done is saved');
    // On a line of its own: it is there to be copied, and an id that a narrow window folds can't be.
    context.note(`     Go on with: orc resume ${result.sessionId}${moduleFlag(flags.text('pipeline'))}`);
  }
  if (copyError !== undefined) {
    context.note(`${errorStyle.bad('orc:')} ${messageOf(copyError)}`);
    if (isCliError(copyError) && copyError.hint !== undefined) context.note(`     ${cleanLine(copyError.hint)}`);
    exitCode = exitCode === exitCodes.ok ? exitCodes.failed : exitCode;
  }
  return exitCode;
}
