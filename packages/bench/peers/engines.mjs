// Each engine as its own documentation advises. Where an engine has a way of its own for many items of one kind, `wide1000` takes that way.
import { readFileSync } from 'node:fs';

import { chains, isItems } from './workloads.mjs';

const version = (name) =>
  JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

export const engines = {
  // https://www.npmjs.com/package/p-graph: a map of nodes and a list of edges.
  async 'p-graph'() {
    const { PGraph } = await import('p-graph');
    return {
      version: version('p-graph'),
      async prepare({ nodes, concurrency }, execute) {
        const map = new Map(nodes.map((node) => [node.id, { run: () => execute(node) }]));
        const edges = nodes.flatMap((node) => node.needs.map((need) => [need, node.id]));
        const graph = new PGraph(map, edges);
        return () => graph.run({ concurrency });
      },
    };
  },
  // https://docs.langchain.com/oss/javascript/langgraph/graph-api: nodes and edges; items of one kind by `Send`.
  async langgraph() {
    const { StateGraph, Annotation, START, END, Send } = await import('@langchain/langgraph');
    const State = Annotation.Root({
      done: Annotation({ reducer: (left, right) => left.concat(right), default: () => [] }),
    });
    return {
      version: version('@langchain/langgraph'),
      async prepare(workload, execute) {
        const { nodes, concurrency } = workload;
        const graph = new StateGraph(State);
        if (isItems(workload)) {
          graph.addNode('item', async ({ node }) => ({ done: [await execute(node)] }));
          graph.addConditionalEdges(START, () => nodes.map((node) => new Send('item', { node })), ['item']);
          graph.addEdge('item', END);
        } else {
          for (const node of nodes) graph.addNode(node.id, async () => ({ done: [await execute(node)] }));
          const needed = new Set(nodes.flatMap((node) => node.needs));
          for (const node of nodes) {
            if (node.needs.length === 0) graph.addEdge(START, node.id);
            else graph.addEdge(node.needs.length === 1 ? node.needs[0] : node.needs, node.id);
            if (!needed.has(node.id)) graph.addEdge(node.id, END);
          }
        }
        const app = graph.compile();
        return () => app.invoke({}, { recursionLimit: nodes.length + 10, maxConcurrency: concurrency });
      },
    };
  },
  // https://mastra.ai/docs/workflows/control-flow: steps in a row and in parallel, nested workflows as branches, `foreach` for items.
  async mastra() {
    const { createWorkflow, createStep } = await import('@mastra/core/workflows');
    const { z } = await import('zod');
    const any = z.any();
    const step = (id, run) => createStep({ id, inputSchema: any, outputSchema: any, execute: run });
    const flow = (id) => createWorkflow({ id, inputSchema: any, outputSchema: any });
    return {
      version: version('@mastra/core'),
      async prepare(workload, execute) {
        const { nodes, concurrency } = workload;
        const stepOf = (node) => step(node.id, async () => ({ value: await execute(node) }));
        const branch = (members, alone) =>
          members.length === 1 && !alone
            ? stepOf(members[0])
            : members.reduce((workflow, node) => workflow.then(stepOf(node)), flow(`branch-${members[0].id}`)).commit();
        let workflow;
        if (isItems(workload)) {
          const item = step('item', async ({ inputData }) => ({ value: await execute(inputData) }));
          workflow = flow('items').foreach(item, { concurrency }).commit();
        } else {
          const all = chains(nodes);
          workflow =
            all.length === 1
              ? branch(all[0], true)
              : flow('all')
                  .parallel(all.map((members) => branch(members, false)))
                  .commit();
        }
        const inputData = isItems(workload) ? [...nodes] : {};
        return async () => {
          const run = await workflow.createRunAsync();
          const result = await run.start({ inputData });
          if (result.status !== 'success') throw new Error(`mastra: ${result.status}`);
        };
      },
    };
  },
  // https://listr2.kilic.dev/listr/subtasks: lists, no graph; a branch is a list of subtasks that run one after another.
  async listr2() {
    const { Listr } = await import('listr2');
    return {
      version: version('listr2'),
      async prepare({ nodes, concurrency }, execute) {
        const single = (node) => ({ title: node.id, task: async () => void (await execute(node)) });
        const all = chains(nodes);
        const options = { renderer: 'silent' };
        const list =
          all.length === 1
            ? new Listr(all[0].map(single), { ...options, concurrent: false })
            : new Listr(
                all.map((members) =>
                  members.length === 1
                    ? single(members[0])
                    : {
                        title: members[0].id,
                        task: (_, task) => task.newListr(members.map(single), { concurrent: false }),
                      },
                ),
                { ...options, concurrent: concurrency },
              );
        return () => list.run();
      },
    };
  },
};
