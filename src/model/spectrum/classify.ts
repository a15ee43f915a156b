// SPDX-License-Identifier: Apache-2.0
import {FEWEST_SAMPLES, type FeatureName, featureNames, type SpectrumFeatures} from './features.ts';
import {narrowTree, wideTree} from './tree.ts';

// Who sends: two small trees of comparisons over the features, one for what is narrow, one for what is wide. Every answer
// comes with the comparisons that led to it.

export const sources = [
	'none',
	'wifi',
	'microwave',
	'analogue-video',
	'zigbee',
	'bluetooth',
	'carrier',
	'radar',
	'unknown',
] as const;
export type SpectrumSource = (typeof sources)[number];

/** [the source's place in `sources`, per mille of the training windows here that were of it] */
export type Leaf = readonly [number, number];
/** [the feature's place in `featureNames`, at most this: the third; else: the fourth] */
export type Split = readonly [number, number, Tree, Tree];
export type Tree = Leaf | Split;

/** One comparison: the feature was at most the limit, or above it. */
export interface Reason {
	readonly feature: FeatureName;
	readonly value: number;
	readonly limit: number;
	readonly isAbove: boolean;
}

export interface SpectrumFinding {
	readonly source: Exclude<SpectrumSource, 'none'>;
	/** Share of the training windows that went the same way and were this source. */
	readonly confidenceShare: number;
	readonly reasons: readonly Reason[];
}

/** A guess this poor is no finding. */
const LEAST_PERMILLE = 500;

/** The sources in a window: none, one, or a narrow one beside a wide one. */
export function classify(features: SpectrumFeatures): SpectrumFinding[] {
	if (features.samples < FEWEST_SAMPLES) return [];
	const findings: SpectrumFinding[] = [];
	for (const tree of [narrowTree, wideTree]) {
		const finding = follow(tree, features);
		if (finding !== undefined && findings.every(({source}) => source !== finding.source)) findings.push(finding);
	}
	return findings;
}

function follow(root: Tree, features: SpectrumFeatures): SpectrumFinding | undefined {
	const reasons: Reason[] = [];
	let tree = root;
	while (tree.length === 4) {
		const [index, limit, atMost, above]: Split = tree;
		const feature = featureNames[index] as FeatureName;
		const value = features[feature];
		const isAbove = value > limit;
		const same = reasons.findIndex(known => known.feature === feature && known.isAbove === isAbove);
		// A later comparison of the same kind is the narrower one.
		if (same >= 0) reasons.splice(same, 1);
		reasons.push({feature, value, limit, isAbove});
		tree = isAbove ? above : atMost;
	}
	const [index, permille]: Leaf = tree;
	const known = sources[index] as SpectrumSource;
	if (known === 'none') return undefined;
	const source = permille < LEAST_PERMILLE ? 'unknown' : known;
	return {source, confidenceShare: permille / 1000, reasons};
}

/** A finding's reasons as a line. */
export function reasonText({reasons}: Pick<SpectrumFinding, 'reasons'>): string {
	return reasons
		.map(({feature, value, limit, isAbove}) => `${feature} ${value} ${isAbove ? '>' : '≤'} ${limit}`)
		.join(', ');
}
