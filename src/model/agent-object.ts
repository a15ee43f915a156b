// SPDX-License-Identifier: Apache-2.0
import type {SlotPicture} from './slot-picture.ts';

// What the agent answers on ubus, as the object astral-mesh. The pages in LuCI read the same definitions. Quantities carry
// their units in their names; one that the kernel or driver does not give is absent, never 0.

export interface Part {
	readonly name: string;
	readonly state: 'absent' | 'loading' | 'running' | 'failed';
	readonly reason: string;
}

export interface Problem {
	readonly option: string;
	readonly message: string;
}

export interface Status {
	readonly node: string;
	readonly version: string;
	readonly uptimeS: number;
	readonly intervalS: number;
	readonly parts: readonly Part[];
	/** Values that were refused; the last good ones are in force. */
	readonly problems: readonly Problem[];
}

export interface Radio {
	readonly radio: string;
	readonly frequencyMhz?: number;
	readonly widthMhz?: number;
	readonly transmitPowerDbm?: number;
}

/** Counters of one channel as one radio keeps them; they grow, and begin again when the driver's do. */
export interface Survey {
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly inUse: boolean;
	readonly noiseDbm?: number;
	readonly activeMs?: number;
	readonly busyMs?: number;
	readonly receiveMs?: number;
	readonly transmitMs?: number;
	readonly ownReceiveMs?: number;
}

/** A mesh peer: a router, never a person's device. */
export interface Station {
	readonly interface: string;
	readonly peer: string;
	readonly signalDbm?: number;
	readonly signalAverageDbm?: number;
	readonly transmitRateKbps?: number;
	readonly receiveRateKbps?: number;
	readonly expectedThroughputKbps?: number;
	readonly inactiveMs?: number;
	readonly transmitPackets?: number;
	readonly transmitRetries?: number;
	readonly transmitFailed?: number;
	readonly airtimeMetric?: number;
}

export interface Clients {
	readonly interface: string;
	readonly count: number;
	readonly signalMedianDbm?: number;
}

/** Foreign networks of one channel in the last scan. */
export interface Foreign {
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly accessPoints: number;
}

export interface Decision {
	readonly atMs: number;
	readonly subject: string;
	readonly action: string;
	readonly reason: string;
	readonly numbers: Readonly<Record<string, number>>;
	readonly outcome?: string;
}

export interface Plan {
	readonly radio: string;
	readonly frequencyMhz: number;
	readonly reason: string;
}

/** A router of the mesh that is heard by this one. */
export interface Router {
	/** Its number in the mesh; it says nothing of it. */
	readonly router: string;
	/** Our radios that hear it. */
	readonly radios: readonly string[];
	readonly hearsUs: boolean;
	/** What the link takes of the air, or is taken to want; 0 to 1. */
	readonly airtimeShare: number;
	/** Where the plan has the link; 0 for nowhere. */
	readonly plannedMhz: number;
}

/** What routers told each other, and what was dropped, by reason. */
export interface Messages {
	/** Our own number in the mesh. */
	readonly router: string;
	readonly received: number;
	readonly sent: number;
	readonly sentBytes: number;
	/** Waiting for their share of the air. */
	readonly waiting: number;
	readonly dropped: Readonly<Record<string, number>>;
}

/** Signal strengths over a stretch of spectrum, the oldest row first. */
export interface Sweep {
	readonly radio: string;
	readonly leastMhz: number;
	readonly mostMhz: number;
	readonly intervalMs: number;
	readonly rowsDbm: readonly (readonly number[])[];
}

export interface Telemetry {
	/** Empty: nothing is reported. */
	readonly broker: string;
	readonly state: 'off' | 'connected' | 'waiting';
	/** Why there is no connection; empty while there is one. */
	readonly reason: string;
	readonly queueBytes: number;
	readonly queueLimitBytes: number;
	readonly queuedFrames: number;
	readonly sentFrames: number;
	readonly droppedFrames: number;
	readonly lastSentS?: number;
}

/** What is in force. */
export interface Settings {
	/** By their names in UCI; secrets are left out. */
	readonly options: Readonly<Record<string, string | number>>;
	/** Secrets that are set. */
	readonly secrets: readonly string[];
	readonly problems: readonly Problem[];
}

/** Lists that are empty say why. */
interface Reasoned {
	readonly reason?: string;
}

/** The reply of each method. */
export interface AgentReplies {
	readonly status: Status;
	readonly radios: {readonly radios: readonly Radio[]};
	readonly survey: {readonly channels: readonly Survey[]};
	readonly stations: {readonly stations: readonly Station[]; readonly clients: readonly Clients[]};
	readonly spectrum: {readonly sweeps: readonly Sweep[]} & Reasoned;
	readonly decisions: {readonly decisions: readonly Decision[]} & Reasoned;
	/** `slots`: of radios whose time is divided, or could be. Absent: none is. */
	readonly plan: {readonly radios: readonly Plan[]; readonly slots?: readonly SlotPicture[]} & Reasoned;
	readonly neighbours: {
		readonly channels: readonly Foreign[];
		readonly routers: readonly Router[];
		readonly messages?: Messages;
	};
	readonly telemetry: Telemetry;
	readonly config: Settings;
}
