// Each engine as its own documentation advises. An engine that can't express a graph says so by returning undefined.
import { readFileSync } from 'node:fs';

const version = (name) =>
  JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

export const engines = {
  // https://www.npmjs.com/package/p-graph
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
  // https://docs.langchain.com/oss/javascript/langgraph/graph-api
  async langgraph() {
    const { StateGraph, Annotation, START, END } = await import('@langchain/langgraph');
    const State = Annotation.Root({
      done: Annotation({ reducer: (left, right) => left.concat(right), default: () => [] }),
    });
    return {
      version: version('@langchain/langgraph'),
      async prepare({ nodes, concurrency }, execute) {
        const graph = new StateGraph(State);
        for (const node of nodes) graph.addNode(node.id, async () => ({ done: [await execute(node)] }));
        const needed = new Set(nodes.flatMap((node) => node.needs));
        for (const node of nodes) {
          if (node.needs.length === 0) graph.addEdge(START, node.id);
          else graph.addEdge(node.needs.length === 1 ? node.needs[0] : node.needs, node.id);
          if (!needed.has(node.id)) graph.addEdge(node.id, END);
        }
        const app = graph.compile();
        return () => app.invoke({}, { recursionLimit: nodes.length + 10, maxConcurrency: concurrency });
      },
    };
  },
  // https://mastra.ai/docs/workflows/overview
  async mastra() {
    const { createWorkflow, createStep } = await import('@mastra/core/workflows');
    const { z } = await import('zod');
    const any = z.any();
    return {
      version: version('@mastra/core'),
      async prepare({ nodes }, execute) {
        const step = (node) =>
          createStep({
            id: node.id,
            inputSchema: any,
            outputSchema: any,
            execute: async () => ({ value: await execute(node) }),
          });
        const flow = (id) => createWorkflow({ id, inputSchema: any, outputSchema: any });
        const roots = nodes.filter((node) => node.needs.length === 0);
        const next = (node) => nodes.find((other) => other.needs.includes(node.id));
        const chain = (node) => {
          const members = [];
          for (let at = node; at !== undefined; at = next(at)) members.push(at);
          return members;
        };
        // Mastra has no graph: branches of several steps are nested workflows that run in parallel.
        const branches = roots.map((root) => {
          const members = chain(root);
          if (members.length === 1 && roots.length > 1) return step(root);
          return members.reduce((workflow, node) => workflow.then(step(node)), flow(`branch-${root.id}`)).commit();
        });
        const workflow = branches.length === 1 ? branches[0] : flow('all').parallel(branches).commit();
        return async () => {
          const run = await workflow.createRunAsync();
          const result = await run.start({ inputData: {} });
          if (result.status !== 'success') throw new Error(`mastra: ${result.status}`);
        };
      },
    };
  },
  // https://listr2.kilic.dev: lists, no graph. A level is a list, levels run one after another.
  async listr2() {
    const { Listr } = await import('listr2');
    return {
      version: version('listr2'),
      async prepare({ nodes, concurrency }, execute) {
        const level = new Map();
        for (const node of nodes) level.set(node.id, Math.max(-1, ...node.needs.map((need) => level.get(need))) + 1);
        const levels = [];
        for (const node of nodes) (levels[level.get(node.id)] ??= []).push(node);
        const list = new Listr(
          levels.map((members, index) => ({
            title: `level ${index}`,
            task: (_, task) =>
              task.newListr(
                members.map((node) => ({ title: node.id, task: async () => void (await execute(node)) })),
                { concurrent: concurrency },
              ),
          })),
          { renderer: 'silent', concurrent: false },
        );
        return () => list.run();
      },
    };
  },
};
