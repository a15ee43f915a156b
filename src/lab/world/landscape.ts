// SPDX-License-Identifier: Apache-2.0
import {type RadioSite, reachOf} from '../medium/assembly.ts';
import {emissionOf} from '../medium/interferer/interferer.ts';
import type {InterfererSetup, RadioSetup} from '../medium/medium.ts';
import {noiseFloorDbm} from '../medium/noise-floor.ts';
import type {PathLoss} from '../medium/path-loss.ts';
import {type MeasuredLink, pathsBetween, type Reach} from '../medium/paths.ts';
import type {Place} from '../medium/place.ts';
import type {Scenario, ScenarioInterferer} from '../scenario/scenario.ts';
import type {RadioPlan} from './layout.ts';

// What lies between the radios of a scenario, and what disturbs them from outside.

const FASTEST_REACH_DB = 16;
const BELOW_NOISE_DB = 10;
const HOUR_US = 3.6e9;

/** A scenario's law of propagation. */
export function lossOf({propagation}: Scenario): PathLoss {
	return {exponent: propagation?.exponent ?? 2.8, referenceM: 1};
}

/** A radio on its channel. Shape: `active` says whether it may send and hear. */
export function siteOf(radio: RadioPlan, node: number, channelMhz: number, active: boolean): RadioSite {
	const {plan, antenna} = radio;
	const widthMhz = plan.widthMhz ?? 20;
	const setup: RadioSetup = {
		node,
		standard: plan.standard ?? 'n',
		primaryMhz: channelMhz,
		widthMhz,
		noiseDbm: noiseFloorDbm(widthMhz, plan.noiseFigureDb),
		active,
		...(plan.rtsThresholdBytes === undefined ? {} : {rtsThresholdBytes: plan.rtsThresholdBytes}),
		...(plan.aggregateLimit === undefined ? {} : {aggregateLimit: plan.aggregateLimit}),
		...(plan.streams === undefined ? {} : {streams: plan.streams}),
		...(plan.shortGuard === undefined ? {} : {shortGuard: plan.shortGuard}),
	};
	return {setup, centreMhz: channelMhz + (widthMhz - 20) / 2, powerDbm: plan.powerDbm ?? 20, antenna};
}

/** The loss between the nodes. With `cut` nothing passes between these nodes and the others. */
export function pathsOf(
	scenario: Scenario,
	mesh: {
		readonly sites: readonly RadioSite[];
		readonly places: readonly (Place | undefined)[];
		readonly links: readonly MeasuredLink[] | undefined;
		readonly cut: ReadonlySet<number>;
		readonly seed: number;
	},
): readonly Reach[] {
	const {propagation} = scenario;
	const {sites, places, links, cut, seed} = mesh;
	// What the strongest radio with the best antennas on both sides reaches, at the lowest frequency.
	let [budgetDbm, frequencyMhz] = [0, 6000];
	for (const {powerDbm, antenna, centreMhz, setup} of sites) {
		budgetDbm = Math.max(budgetDbm, powerDbm + 2 * antenna.gainDbi - setup.noiseDbm + BELOW_NOISE_DB);
		frequencyMhz = Math.min(frequencyMhz, centreMhz);
	}
	const first = sites[0];
	const paths = pathsBetween({
		places,
		loss: lossOf(scenario),
		seed,
		mostLossDb: budgetDbm - 20 * Math.log10(frequencyMhz),
		...(propagation?.shadowingDb === undefined
			? {}
			: {shadowing: {deviationDb: propagation.shadowingDb, correlationM: propagation.correlationM ?? 20}}),
		...(links === undefined || first === undefined
			? {}
			: {measured: {links, budgetDbm: first.powerDbm + FASTEST_REACH_DB, frequencyMhz: first.centreMhz}}),
	});
	if (cut.size === 0) return paths;
	return paths.map(({nodes, lossDb}, one) => {
		const kept = [...nodes.keys()].filter(at => cut.has(nodes[at] ?? 0) === cut.has(one));
		return {nodes: kept.map(at => nodes[at] ?? 0), lossDb: kept.map(at => lossDb[at] ?? 0)};
	});
}

/** The interferers that are on, as they reach these radios. */
export function interferersOf(
	scenario: Scenario,
	isOn: readonly boolean[],
	sites: readonly RadioSite[],
	places: readonly (Place | undefined)[],
): InterfererSetup[] {
	const startUs = (scenario.startHour ?? 0) * HOUR_US;
	return (scenario.interferers ?? []).flatMap((interferer, index) => {
		if (isOn[index] !== true) return [];
		return reachOf(emissionOf(kindOf(interferer)), interferer, sites, places, lossOf(scenario)).map(one => ({
			...one,
			next: (nowUs: number, random: () => number) => one.next(nowUs + startUs, random),
		}));
	});
}

function kindOf(interferer: ScenarioInterferer): Parameters<typeof emissionOf>[0] {
	const {kind, channelMhz = 2412, busyShare = 0, mainsHz, profile} = interferer;
	const power = interferer.powerDbm === undefined ? {} : {powerDbm: interferer.powerDbm};
	switch (kind) {
		case 'wifi':
			return {kind, channelMhz, busyShare, ...power, ...(profile === undefined ? {} : {profile})};
		case 'microwave':
			return {kind, ...power, ...(mainsHz === undefined ? {} : {mainsHz})};
		case 'video':
		case 'radar':
			return {kind, centreMhz: channelMhz, ...power};
	}
}
