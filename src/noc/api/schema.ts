// SPDX-License-Identifier: Apache-2.0
import Type, {type Static} from 'typebox';

// The shapes of the HTTP interface, said once: they check what comes in, type what goes out, and are the public JSON Schema.

const timeMs = (description: string) => Type.Integer({minimum: 0, description: `${description}, ms since 1970 UTC`});
const labels = Type.Record(Type.String(), Type.String(), {description: 'What tells series of one name apart'});
const nodeName = Type.String({pattern: '^[A-Za-z0-9_-]{1,48}$', description: "The node's name"});

export const NodeSummary = Type.Object({
	node: nodeName,
	state: Type.Union([Type.Literal('online'), Type.Literal('late'), Type.Literal('offline'), Type.Literal('silent')], {
		description: 'online: samples come as announced; late: some are missing; offline; silent: no sample yet',
	}),
	firstSeenMs: timeMs('When the collector first heard of it'),
	lastSeenMs: timeMs('Its last message'),
	lastSampleMs: Type.Optional(timeMs('Time of its last sample')),
	software: Type.Optional(Type.String()),
	intervalMs: Type.Optional(Type.Integer()),
	boot: Type.Optional(Type.Integer({description: 'Drawn anew when its agent starts'})),
	series: Type.Integer({description: 'Series it reports'}),
	connections: Type.Integer({description: 'Open MQTT connections of the embedded listener'}),
	clock: Type.Object({
		unset: Type.Boolean({description: 'It did not know the time at its last sample'}),
		skewMs: Type.Optional(Type.Number({description: "Its clock minus the collector's, network delay included"})),
	}),
	counts: Type.Object({
		samples: Type.Integer(),
		duplicates: Type.Integer({description: 'Frames delivered more than once'}),
		gaps: Type.Integer({description: 'Frames that did not follow and were dropped'}),
		decodeErrors: Type.Integer(),
		keyframeRequests: Type.Integer(),
	}),
});
export type NodeSummary = Static<typeof NodeSummary>;

export const NodesAnswer = Type.Object({timeMs: timeMs('When this was answered'), nodes: Type.Array(NodeSummary)});

export const LatestQuery = Type.Object({node: nodeName});
export const LatestAnswer = Type.Object({
	node: nodeName,
	values: Type.Array(
		Type.Object({
			name: Type.String(),
			labels,
			unit: Type.String(),
			kind: Type.Union([Type.Literal('gauge'), Type.Literal('counter')]),
			value: Type.Number(),
			timeMs: timeMs('When it was measured'),
		}),
	),
});

export const ErrorAnswer = Type.Object({
	error: Type.Object({
		code: Type.String({description: 'A stable word'}),
		message: Type.String(),
		path: Type.Optional(Type.String({description: 'The parameter'})),
	}),
});
