// SPDX-License-Identifier: Apache-2.0
import type {Observation} from '../model/observation.ts';
import {UbusClient} from '../ubus-ts/client.ts';
import {sendEvent} from '../ubus-ts/events.ts';
import {type Handlers, type ServedObject, serve} from '../ubus-ts/serve.ts';
import {statusText} from '../ubus-ts/status.ts';
import {UBUS_SOCKET} from './object-absence.ts';
import {agentObject} from './object-definition.ts';
import {repliesOf} from './object-replies.ts';
import type {PartContext, Source} from './optional.ts';

// The object astral-mesh on OpenWrt's bus. ubusd may start later than the agent, and may restart: the client comes back by
// itself, and what is said of it in the log is said once.

/** When the bus refuses the object, as it does until it has read our access list. */
const RETRY_MS = 30_000;
/** Comes with every scan, several times a minute. */
const UNEVENTFUL = 'scan-done';

export function openAgentObject({runtime, configuration, log, agent}: PartContext): Source {
	const {clock} = runtime;
	const path = configuration.ubusSocket === '' ? UBUS_SOCKET : configuration.ubusSocket;
	const replies = repliesOf(agent, configuration, () => clock.nowMs());
	let object: ServedObject | undefined;
	let cancelRetry = (): void => {};
	let isRefusalSaid = false;
	const client = new UbusClient(
		{
			connect: handlers => runtime.stream({kind: 'unix', path}, handlers),
			after: (delayMs, task) => clock.after(delayMs, task),
		},
		{
			disconnected: error =>
				log.write('warning', `no connection to ubusd (${error?.message ?? 'closed'}); trying again, and on`),
		},
	);
	const registered = (status: number): void => {
		if (status === 0) {
			isRefusalSaid = false;
			log.write('notice', 'on ubus as astral-mesh');
			const problems = agent.problems();
			if (problems.length > 0)
				sendEvent(client, 'astral-mesh.configuration', {problems: problems.map(each => each.message)});
			return;
		}
		if (!isRefusalSaid) log.write('warning', `ubusd does not take the object astral-mesh: ${statusText(status)}`);
		isRefusalSaid = true;
		cancelRetry();
		cancelRetry = clock.after(RETRY_MS, () => {
			client.stop();
			client.start();
		});
	};
	agent.listen((observation: Observation) => {
		if (observation.kind !== 'event' || observation.event === UNEVENTFUL || !client.isConnected) return;
		const {event, subject, detail} = observation;
		const data = {event, subject, detail};
		object?.notify(event, data);
		sendEvent(client, `astral-mesh.${event}`, data);
	});
	return {
		start() {
			const handlers: Handlers<typeof agentObject> = {
				...replies,
				reload: (_args, call) => {
					// Answered first: reading again ends this connection.
					call.finish();
					clock.after(0, agent.reload);
				},
			};
			const failed = (method: string, error: unknown): void =>
				log.write('error', `ubus ${method}: ${error instanceof Error ? error.message : String(error)}`);
			object = serve(client, agentObject, handlers, {registered, failed});
			client.start();
		},
		stop() {
			cancelRetry();
			client.stop();
		},
		poll: done => done(),
	};
}
