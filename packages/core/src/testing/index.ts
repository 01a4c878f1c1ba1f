export { startFaultServer } from './fault-server.ts';
export type { FaultServer, FaultServerCall, FaultServerOptions } from './fault-server.ts';
export { passingFaults } from './fault-server-plan.ts';
export type { FaultKind } from './fault-server-plan.ts';
export { quirks, startQuirkServer } from './quirk-server.ts';
export type { QuirkInfo, QuirkServer } from './quirk-server.ts';
export { quirkSchema, quirkText, quirkValue } from './quirks/wire.ts';
export type { QuirkOutcome } from './quirks/wire.ts';
