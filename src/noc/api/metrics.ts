// SPDX-License-Identifier: Apache-2.0
import {type SeriesName, seriesDefinitions} from '../../model/series.ts';
import type {NodeRecord} from '../ingest/intake.ts';
import {latestValues} from '../latest.ts';
import {nodeState} from '../node-state.ts';
import {conventionalNames} from './conventional.ts';

/**
 * The newest values of nodes that report now, in Prometheus' text format. Names that we do not know have no conventional
 * name and are left to /api/v1/latest.
 *
 * Source: Prometheus exposition formats, text-based format 0.0.4.
 */
export function nodeMetrics(records: Iterable<NodeRecord>, wallMs: number): string {
	const families = new Map<SeriesName, string[]>();
	for (const record of records) {
		const state = nodeState(record, wallMs);
		if (state !== 'online' && state !== 'late') continue;
		const seen = new Set<string>();
		for (const {name, labels, value} of latestValues(record)) {
			if (!Object.hasOwn(conventionalNames, name)) continue;
			const known = name as SeriesName;
			const {metric, labels: renamed, divisor} = conventionalNames[known];
			const pairs = Object.entries(labels).map(
				([key, label]) => `,${labelName(renamed[key] ?? key)}="${escapeLabel(label)}"`,
			);
			const line = `${metric}{node="${record.name}"${pairs.join('')}}`;
			if (seen.has(line)) continue; // a third party repeats what the agent says
			seen.add(line);
			const family = families.get(known) ?? [];
			if (family.length === 0) families.set(known, family);
			family.push(`${line} ${value / divisor}`);
		}
	}
	let text = '';
	for (const [name, lines] of families) {
		const {metric} = conventionalNames[name];
		const {about, kind} = seriesDefinitions[name];
		text += `# HELP ${metric} ${about}\n# TYPE ${metric} ${kind}\n${lines.join('\n')}\n`;
	}
	return text;
}

function labelName(text: string): string {
	const clean = text.replaceAll(/[^A-Za-z0-9_]/g, '_');
	return clean === 'node' || /^\d|^__/.test(clean) ? `label_${clean}` : clean;
}

function escapeLabel(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
