// SPDX-License-Identifier: Apache-2.0
import {type SpectrumSource, sources, type Tree} from '../../model/spectrum/classify.ts';
import {featureNames} from '../../model/spectrum/features.ts';
import {type Example, makeExamples} from './example.ts';

// Grows a classification tree. Source: L. Breiman et al., "Classification and Regression Trees" (1984): the split with the
// least Gini impurity, greedily.

/** Training windows of each source. */
export const TRAINING_WINDOWS = 300;
const DEPTH = 8;
const FEWEST_IN_LEAF = 12;
/** A split that makes less of a difference is not worth a line. */
const LEAST_GAIN = 0.002;

export interface TrainingCase {
	readonly values: readonly number[];
	/** Its place in `sources`. */
	readonly label: number;
}

/** What the tree for narrow signals is to say of a window. */
export function narrowCase({features, source}: Example): TrainingCase {
	const isSeen = features.narrowPermille > 0 && source !== 'wifi' && source !== 'none';
	return {values: valuesOf(features), label: sources.indexOf(isSeen ? source : 'none')};
}

/** What the tree for wide signals is to say of a window. */
export function wideCase({features, truth, source}: Example): TrainingCase {
	// A network that something stronger covers is there and is not seen: no tree shall guess it.
	const label: SpectrumSource =
		truth.includes('wifi') && features.widePermille > 0
			? 'wifi'
			: isWideStranger(source, features)
				? 'unknown'
				: 'none';
	return {values: valuesOf(features), label: sources.indexOf(label)};
}

function isWideStranger(source: SpectrumSource, features: Example['features']): boolean {
	return source === 'unknown' && features.widePermille > 900;
}

function valuesOf(features: Example['features']): number[] {
	return featureNames.map(name => features[name]);
}

export function growTree(cases: readonly TrainingCase[], depth = DEPTH): Tree {
	const counts = countLabels(cases);
	const most = counts.indexOf(Math.max(...counts));
	const leaf: Tree = [most, Math.round((1000 * (counts[most] ?? 0)) / cases.length)];
	const split = depth === 0 ? undefined : bestSplit(cases, counts);
	if (split === undefined) return leaf;
	const {feature, limit} = split;
	const atMost = growTree(
		cases.filter(({values}) => (values[feature] as number) <= limit),
		depth - 1,
	);
	const above = growTree(
		cases.filter(({values}) => (values[feature] as number) > limit),
		depth - 1,
	);
	return isSame(atMost, above) ? leaf : [feature, limit, atMost, above];
}

/** Two leaves that say the same are one. */
function isSame(a: Tree, b: Tree): boolean {
	return a.length === 2 && b.length === 2 && a[0] === b[0];
}

function countLabels(cases: readonly TrainingCase[]): number[] {
	const counts = new Array<number>(sources.length).fill(0);
	for (const {label} of cases) counts[label] = (counts[label] ?? 0) + 1;
	return counts;
}

/** Cases times Gini impurity. */
function impurity(counts: readonly number[], total: number): number {
	let squares = 0;
	for (const count of counts) squares += count * count;
	return total === 0 ? 0 : total - squares / total;
}

function bestSplit(
	cases: readonly TrainingCase[],
	counts: readonly number[],
): {feature: number; limit: number} | undefined {
	const total = cases.length;
	const before = impurity(counts, total);
	let best: {feature: number; limit: number} | undefined;
	let least = before - LEAST_GAIN * total;
	for (let feature = 0; feature < featureNames.length; feature++) {
		const sorted = cases.toSorted((a, b) => (a.values[feature] as number) - (b.values[feature] as number));
		const below = new Array<number>(sources.length).fill(0);
		const above = [...counts];
		sorted.forEach((each, i) => {
			const value = each.values[feature] as number;
			const next = sorted[i + 1]?.values[feature];
			below[each.label] = (below[each.label] ?? 0) + 1;
			above[each.label] = (above[each.label] ?? 0) - 1;
			const left = i + 1;
			if (next === undefined || next === value || left < FEWEST_IN_LEAF || total - left < FEWEST_IN_LEAF) return;
			const after = impurity(below, left) + impurity(above, total - left);
			if (after >= least) return;
			least = after;
			best = {feature, limit: Math.floor((value + next) / 2)};
		});
	}
	return best;
}

/** Both trees, from the training windows: the text of src/model/spectrum/tree.ts. */
export function train(): string {
	const examples = makeExamples(TRAINING_WINDOWS, 'training');
	return treeFile(growTree(examples.map(narrowCase)), growTree(examples.map(wideCase)), TRAINING_WINDOWS);
}

/** A tree as source text, a comparison a line. */
function treeText(tree: Tree, indent = '\t'): string {
	if (tree.length === 2) return `[${tree[0]}, ${tree[1]}], // ${sources[tree[0]]}`;
	const [feature, limit, atMost, above] = tree;
	const inner = `${indent}\t`;
	return [
		`[`,
		`${inner}${feature},`,
		`${inner}${limit}, // ${featureNames[feature]}`,
		`${inner}${treeText(atMost, inner)}`,
		`${inner}${treeText(above, inner)}`,
		`${indent}],`,
	].join('\n');
}

function treeFile(narrow: Tree, wide: Tree, perSource: number): string {
	const root = (tree: Tree): string => treeText(tree, '').replace(/,$/, ';');
	return `// SPDX-License-Identifier: Apache-2.0
import type {Tree} from './classify.ts';

// Grown by \`npm run spectral -- train\` from ${perSource} windows a source of src/lab/spectrum; a test grows it again.

export const narrowTree: Tree = ${root(narrow)}

export const wideTree: Tree = ${root(wide)}
`;
}
