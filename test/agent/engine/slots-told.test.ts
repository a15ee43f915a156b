// SPDX-License-Identifier: Apache-2.0
import test from 'ava';
import {slotsOf} from '../../../src/noc/ingest/slots.ts';
import {topicFor} from '../../../src/wire/report/topic.ts';
import {AgentMesh} from '../../helper/agent-mesh.ts';
import {TestBroker} from '../../helper/broker.ts';

test.serial(
	'slots: the collector is sent what the router’s own page has, and not again while nothing changes',
	async t => {
		const mesh = new AgentMesh({
			links: [[0, 1]],
			routers: 2,
			radiosMhz: [5180],
			channelsMhz: [5180],
			settings: {pinnedRadios: 'phy0', timeDivision: 'all', broker: 'noc:1883'},
		});
		const broker = new TestBroker(mesh.network, 'noc:1883');
		await mesh.start();
		await mesh.pass(90_000);
		for (const [place, {name, clock}] of mesh.routers.entries()) {
			const sent = broker.received
				.filter(({topic}) => topic === topicFor(name, 'ev'))
				.flatMap(({payload}) => slotsOf(payload, clock.wallMs()) ?? []);
			const {slots = []} = await mesh.ask(place, 'plan');
			t.is(sent.length, 1);
			const shape = ({radio, state, sentences, open, routers}: (typeof slots)[number]) => ({
				...{radio, state, open, routers},
				reason: sentences[0],
			});
			t.deepEqual(
				sent.map(each => shape(each as unknown as (typeof slots)[number])),
				slots.map(shape),
			);
		}
		mesh.stop();
	},
);
