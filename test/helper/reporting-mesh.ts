// SPDX-License-Identifier: Apache-2.0
import mqtt from 'mqtt';
import {topicFor} from '../../src/wire/report/topic.ts';
import {SyntheticNode, type SyntheticOptions} from './synthetic-node.ts';

/** Synthetic routers that are connected to a collector over real MQTT. */
export interface ReportingMesh {
	readonly nodes: readonly SyntheticNode[];
	/** Every node reports `count` intervals, all acknowledged when it resolves. */
	report(count: number): Promise<void>;
	close(): Promise<void>;
}

export async function connectMesh(mqttPort: number, options: readonly SyntheticOptions[]): Promise<ReportingMesh> {
	const nodes = options.map(one => new SyntheticNode(one));
	const clients = await Promise.all(
		nodes.map(async node => {
			const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
				clientId: node.node,
				will: {topic: topicFor(node.node, 'state'), payload: Buffer.from('{"online":false}'), qos: 1, retain: true},
			});
			await client.publishAsync(topicFor(node.node, 'state'), '{"online":true}', {qos: 1, retain: true});
			await client.publishAsync(topicFor(node.node, 'hello'), Buffer.from(node.hello), {qos: 1, retain: true});
			return client;
		}),
	);
	return {
		nodes,
		async report(count) {
			await Promise.all(
				nodes.map(async (node, i) => {
					for (let left = count; left > 0; left -= 100) {
						const frames = Array.from({length: Math.min(100, left)}, () => Buffer.from(node.next()));
						await Promise.all(frames.map(frame => clients[i]?.publishAsync(topicFor(node.node, 't'), frame, {qos: 1})));
					}
				}),
			);
		},
		async close() {
			await Promise.all(clients.map(client => client.endAsync()));
		},
	};
}
