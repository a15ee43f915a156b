// SPDX-License-Identifier: Apache-2.0
import type {Decision, Messages, Plan, Router, Sweep, Telemetry} from '../model/agent-object.ts';
import type {Board} from '../model/board.ts';
import type {Configuration, ConfigurationProblem} from '../model/configuration.ts';
import type {Observe} from '../model/observation.ts';
import type {SlotPicture} from '../model/slot-picture.ts';
import type {Log, Runtime} from '../port/port.ts';

// Parts of the agent that a router may do without. Each lives behind a dynamic import(): its code is read into memory
// only where it is wanted, so a router without the hardware, daemon or option pays nothing for it.

/** What the agent drains once an interval. `poll` says when it is done, also when nothing could be read. */
export interface Source {
	start(): void;
	stop(): void;
	poll(done: () => void): void;
	/** Rows of spectrum for the router's own page. Absent: the part knows nothing of spectra. */
	sweeps?(): readonly Sweep[];
	/** What the part decided, and what it plans. Absent: it does neither. */
	decisions?(): readonly Decision[];
	plan?(): readonly Plan[];
	/** Who sends when. Absent: the part divides no time. */
	slots?(): readonly SlotPicture[];
	/** Routers of the mesh, and what is told between them. Absent: the part talks to none. */
	routers?(): readonly Router[];
	messages?(): Messages | undefined;
}

/** The agent as its parts see it that tell others of it. */
export interface AgentView {
	readonly node: string;
	/** When the program started, by the clock's `nowMs`. */
	readonly startedMs: number;
	readonly board: Board;
	readonly parts: () => readonly PartState[];
	readonly sources: () => readonly Source[];
	/** Reads the configuration again. */
	readonly reload: () => void;
	readonly problems: () => readonly ConfigurationProblem[];
	readonly telemetry: () => Telemetry;
	/** What is observed from now on, until the agent stops. */
	readonly listen: (observe: Observe) => void;
}

/** What a part is given when it is opened. */
export interface PartContext {
	readonly runtime: Runtime;
	readonly configuration: Configuration;
	readonly observe: Observe;
	readonly log: Log;
	/** A keyed name for an address that must not leave the router. */
	readonly pseudonym: (text: string) => string;
	readonly agent: AgentView;
}

export interface OptionalPart {
	readonly name: string;
	/** Absent: undefined when it is wanted and can run; else the reason why not, a sentence for people. */
	readonly absence: (configuration: Configuration, runtime: Runtime) => string | undefined;
	readonly open: (context: PartContext) => Promise<Source>;
}

/** Why a part does not run, or that it does. */
export interface PartState {
	readonly name: string;
	readonly state: 'absent' | 'loading' | 'running' | 'failed';
	/** Empty where it runs. */
	readonly reason: string;
}

/** Opens the parts a router wants, and keeps the state of each. */
export class Parts {
	readonly #context: PartContext;
	readonly #states = new Map<string, PartState>();
	readonly #sources: Source[] = [];
	/** Names of those that were opened, whatever became of it. */
	readonly #wanted = new Set<string>();
	#stopped = false;

	constructor(context: PartContext) {
		this.#context = context;
	}

	get states(): readonly PartState[] {
		return [...this.#states.values()];
	}

	get sources(): readonly Source[] {
		return this.#sources;
	}

	/** Opens what is wanted and can run. Called again, it opens what could not run before: daemons start when they start. */
	start(parts: readonly OptionalPart[]): void {
		for (const part of parts) {
			if (this.#wanted.has(part.name)) continue;
			const reason = part.absence(this.#context.configuration, this.#context.runtime);
			if (reason === undefined) {
				this.#wanted.add(part.name);
				void this.#open(part);
			} else this.#states.set(part.name, {name: part.name, state: 'absent', reason});
		}
	}

	stop(): void {
		this.#stopped = true;
		for (const source of this.#sources) source.stop();
	}

	async #open({name, open}: OptionalPart): Promise<void> {
		this.#states.set(name, {name, state: 'loading', reason: 'being loaded'});
		try {
			const source = await open(this.#context);
			if (this.#stopped) return;
			source.start();
			this.#sources.push(source);
			this.#states.set(name, {name, state: 'running', reason: ''});
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			// What is not there, a file, a daemon or the package the part comes in, makes the part absent too.
			const isMissing = error instanceof Error && (error as {code?: unknown}).code === 'not-found';
			this.#states.set(name, {name, state: isMissing ? 'absent' : 'failed', reason});
			this.#context.log.write(isMissing ? 'notice' : 'warning', `${name} does not run: ${reason}`);
		}
	}
}
