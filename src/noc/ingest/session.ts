// SPDX-License-Identifier: Apache-2.0

/** A command on its way to a node. */
export interface Outbound {
	readonly topic: string;
	readonly payload: string;
	readonly qos: 0 | 1;
	readonly untilMs: number;
}

/** The open end of a session. */
export interface SessionHolder {
	deliver(message: Outbound, messageId: number, again: boolean): void;
	takenOver(): void;
}

const MAX_IN_FLIGHT = 16;
const COMMAND_LIFE_MS = 60_000;

/** What outlives a connection: subscriptions to commands and commands that were not acknowledged. */
export class Session {
	readonly key: string;
	readonly subscriptions = new Map<string, 0 | 1>();
	readonly inFlight = new Map<number, Outbound>();
	holder: SessionHolder | undefined;
	/** Seconds it outlives its connection. */
	expiryS = 0;
	expiresMs = Number.POSITIVE_INFINITY;
	#nextId = 0;

	constructor(key: string) {
		this.key = key;
	}

	send(message: Outbound): void {
		if (message.qos === 0) {
			this.holder?.deliver(message, 0, false);
			return;
		}
		if (this.inFlight.size >= MAX_IN_FLIGHT) {
			const oldest = this.inFlight.keys().next().value;
			if (oldest !== undefined) this.inFlight.delete(oldest);
		}
		do this.#nextId = (this.#nextId % 65_535) + 1;
		while (this.inFlight.has(this.#nextId));
		this.inFlight.set(this.#nextId, message);
		this.holder?.deliver(message, this.#nextId, false);
	}

	/** Sends again what the node has not acknowledged and is still worth sending. */
	resume(nowMs: number): void {
		for (const [id, message] of this.inFlight) {
			if (message.untilMs < nowMs) this.inFlight.delete(id);
			else this.holder?.deliver(message, id, true);
		}
	}
}

/** All sessions, and who hears which commands. */
export class Sessions {
	readonly #byKey = new Map<string, Session>();
	readonly #listeners = new Map<string, Set<Session>>();

	get count(): number {
		return this.#byKey.size;
	}

	/** Opens the session of a client; who held it before is told. */
	open(key: string, clean: boolean, holder: SessionHolder): {session: Session; present: boolean} {
		const before = this.#byKey.get(key);
		before?.holder?.takenOver();
		if (before !== undefined && !clean) {
			before.holder = holder;
			before.expiresMs = Number.POSITIVE_INFINITY;
			return {session: before, present: true};
		}
		if (before !== undefined) this.#remove(before);
		const session = new Session(key);
		session.holder = holder;
		this.#byKey.set(key, session);
		return {session, present: false};
	}

	/** Its connection ended: it stays for as long as the client asked. */
	release(session: Session, holder: SessionHolder, nowMs: number): void {
		if (session.holder !== holder) return;
		session.holder = undefined;
		if (session.expiryS === 0) this.#remove(session);
		else session.expiresMs = nowMs + session.expiryS * 1000;
	}

	expire(nowMs: number): void {
		for (const session of this.#byKey.values()) if (session.expiresMs <= nowMs) this.#remove(session);
	}

	subscribe(session: Session, topic: string, qos: 0 | 1): void {
		session.subscriptions.set(topic, qos);
		let sessions = this.#listeners.get(topic);
		if (sessions === undefined) {
			sessions = new Set();
			this.#listeners.set(topic, sessions);
		}
		sessions.add(session);
	}

	/** Whether there was such a subscription. */
	unsubscribe(session: Session, topic: string): boolean {
		const sessions = this.#listeners.get(topic);
		sessions?.delete(session);
		if (sessions?.size === 0) this.#listeners.delete(topic);
		return session.subscriptions.delete(topic);
	}

	/** Sends a command to whoever subscribed to exactly this topic. */
	route(topic: string, payload: string, nowMs: number): void {
		for (const session of this.#listeners.get(topic) ?? [])
			session.send({topic, payload, qos: session.subscriptions.get(topic) ?? 0, untilMs: nowMs + COMMAND_LIFE_MS});
	}

	#remove(session: Session): void {
		for (const topic of [...session.subscriptions.keys()]) this.unsubscribe(session, topic);
		if (this.#byKey.get(session.key) === session) this.#byKey.delete(session.key);
	}
}
