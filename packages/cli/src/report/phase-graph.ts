import type { PhaseReport, RunReport } from '@orc/core';

import { formatDuration } from '../output/format.ts';
import { nearestNeeds } from '../output/graph.ts';
import { markup, type Html } from './html.ts';
import { phaseClass } from './palette.ts';

const nodeWidth = 148;
const nodeHeight = 40;
const gapX = 40;
const gapY = 16;
/** The smallest scale at which the words in a node can be read: below it the panel scrolls. */
const legible = 0.75;

/** The phases in columns: each stands right of all that it needs. The critical path is drawn bold. */
export function phaseGraphSvg(report: RunReport): Html {
  const { phases } = report;
  const depths = new Map<string, number>();
  for (const phase of phases)
    depths.set(
      phase.id,
      phase.needs.length === 0 ? 0 : 1 + Math.max(...phase.needs.map((need) => depths.get(need) ?? 0)),
    );
  const columns = Math.max(0, ...depths.values()) + 1;
  const counts = Array.from({ length: columns }, () => 0);
  const places = new Map<string, { x: number; y: number }>();
  const tallest = Math.max(...counts.map((_, depth) => phases.filter(({ id }) => depths.get(id) === depth).length));
  const height = tallest * (nodeHeight + gapY);
  for (const { id } of phases) {
    const depth = depths.get(id) ?? 0;
    const inColumn = phases.filter((each) => depths.get(each.id) === depth).length;
    const row = counts[depth] ?? 0;
    counts[depth] = row + 1;
    places.set(id, {
      x: depth * (nodeWidth + gapX) + 2,
      y: (height - inColumn * (nodeHeight + gapY)) / 2 + row * (nodeHeight + gapY) + gapY / 2,
    });
  }
  const critical = report.criticalPath.tasks.map(({ phase }) => phase);
  const hotEdges = new Set(critical.map((phase, index) => `${critical[index - 1] ?? ''}>${phase}`));
  const hotNodes = new Set(critical);
  const nearest = nearestNeeds(phases);
  const edges = phases.flatMap((phase) =>
    phase.needs.flatMap((need) => {
      const hot = hotEdges.has(`${need}>${phase.id}`);
      // An edge that a longer way repeats only hides the others.
      return hot || nearest.get(phase.id)?.includes(need) === true
        ? [edge(places.get(need), places.get(phase.id), hot)]
        : [];
    }),
  );
  const nodes = phases.map((phase, index) => node(phase, places.get(phase.id), index, hotNodes.has(phase.id)));
  const width = columns * (nodeWidth + gapX) - gapX + 4;
  return markup`<svg viewBox="0 0 ${width} ${height}" style="min-width:${Math.max(640, Math.round(width * legible))}px;max-width:${width}px" role="img" aria-label="Graph of the phases">${edges}${nodes}</svg>`;
}

type Place = { readonly x: number; readonly y: number } | undefined;

function edge(from: Place, to: Place, hot: boolean): Html {
  if (from === undefined || to === undefined) return markup``;
  const [x1, y1, x2, y2] = [from.x + nodeWidth, from.y + nodeHeight / 2, to.x, to.y + nodeHeight / 2];
  const bend = Math.max(18, (x2 - x1) / 2);
  return markup`<path class="edge${hot ? ' hot' : ''}" d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function node(phase: PhaseReport, place: Place, index: number, hot: boolean): Html {
  if (place === undefined) return markup``;
  const { x, y } = place;
  const title = phase.title.length > 19 ? `${phase.title.slice(0, 18)}…` : phase.title;
  const tasks = phase.fanOut ? ` · ${phase.tasks.total} tasks` : '';
  const cached = phase.tasks.cached > 0 ? ' ↺' : '';
  const state =
    phase.status === undefined || phase.status === 'fulfilled' ? formatDuration(phase.durationMs) : phase.status;
  return markup`<g><title>${`${phase.id} (${phase.kind})`}</title><rect class="node${hot ? ' hot' : ''}" x="${x}" y="${y}" width="${nodeWidth}" height="${nodeHeight}" rx="7"/><rect class="${phaseClass(index)}" x="${x + 8}" y="${y + 9}" width="4" height="${nodeHeight - 18}" rx="2"/><text x="${x + 19}" y="${y + 17}">${title}</text><text class="faint" x="${x + 19}" y="${y + 31}">${state}${tasks}${cached}</text></g>`;
}
