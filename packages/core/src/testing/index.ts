export { startFaultServer } from './fault-server.ts';
export type { FaultServer, FaultServerCall, FaultServerOptions } from './fault-server.ts';
export { passingFaults } from './fault-server-plan.ts';
export type { FaultKind } from './fault-server-plan.ts';
