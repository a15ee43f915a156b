// SPDX-License-Identifier: Apache-2.0
import {fnv1a} from '../../core/hash.ts';
import {encodeUtf8, isMadeOf, NAME_CHARACTERS} from '../../core/text.ts';

/**
 * What a topic under a node carries.
 *
 * hello: retained JSON, what the node reports (`Hello`)      t: telemetry frames, or JSON from third parties
 * ev:    JSON events as they happen                           state: retained JSON for people, and the last will
 * cmd:   JSON requests to the agent (it never moves a radio)  res: JSON answers to them
 */
export const topicKinds = ['hello', 't', 'ev', 'state', 'cmd', 'res'] as const;
export type TopicKind = (typeof topicKinds)[number];

export interface Topic {
	readonly node: string;
	readonly kind: TopicKind;
}

const SHARDS = 64;
const NODE_LENGTH = 48;

/** Node names are what a topic level, a label and a file name all accept. */
export function isNodeName(text: string): boolean {
	return text.length > 0 && text.length <= NODE_LENGTH && isMadeOf(text, NAME_CHARACTERS);
}

/** Telemetry is delta-coded, so collectors share the work by node and never message by message. */
export function shardOf(node: string): number {
	return fnv1a(encodeUtf8(node)) % SHARDS;
}

/** `mesh/v1/<shard>/<node>/<kind>` */
export function topicFor(node: string, kind: TopicKind): string {
	return `mesh/v1/${shardOf(node)}/${node}/${kind}`;
}

/** Absent: undefined for a topic that is not one of ours, the shard being wrong included. */
export function parseTopic(topic: string): Topic | undefined {
	const [root, version, shard, node, kind, ...rest] = topic.split('/');
	if (root !== 'mesh' || version !== 'v1' || node === undefined || rest.length > 0) return undefined;
	const known = topicKinds.find(name => name === kind);
	if (known === undefined || !isNodeName(node) || shard !== String(shardOf(node))) return undefined;
	return {node, kind: known};
}
