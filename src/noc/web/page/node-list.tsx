// SPDX-License-Identifier: Apache-2.0
import type {NodeSummary} from './api.ts';
import {formatAge, formatCount, formatShare, strings} from './format.ts';
import {State} from './icons.tsx';
import {clockOffsetMs, filter, listed, nodes, nowMs, sparks} from './model.ts';
import {Sparkline} from './sparkline.tsx';

const FILTER_FROM = 8;

export function NodeList() {
	const all = nodes.value;
	if (all === undefined) return <p class="quiet">{strings.waiting}</p>;
	if (all.length === 0)
		return (
			<div class="empty">
				<p>{strings.none}</p>
				<p class="quiet">{strings.noneHint}</p>
			</div>
		);
	const online = all.filter(({state}) => state === 'online').length;
	return (
		<>
			<div class="heading">
				<h1>{strings.nodes}</h1>
				<p class="quiet">{strings.countOf(online, all.length)}</p>
				{all.length >= FILTER_FROM && (
					<input
						type="search"
						class="filter"
						placeholder={strings.filter}
						aria-label={strings.filter}
						value={filter.value}
						onInput={event => {
							filter.value = event.currentTarget.value;
						}}
					/>
				)}
			</div>
			{listed.value.length === 0 ? <p class="quiet">{strings.noMatch}</p> : <Table list={listed.value} />}
		</>
	);
}

function Table({list}: {list: readonly NodeSummary[]}) {
	const {column} = strings;
	return (
		<table class="nodes card">
			<thead>
				<tr>
					<th scope="col">{column.node}</th>
					<th scope="col">{column.state}</th>
					<th scope="col">{column.busy}</th>
					<th scope="col" class="number">
						{column.lastReport}
					</th>
					<th scope="col">{column.software}</th>
					<th scope="col">{column.notes}</th>
				</tr>
			</thead>
			<tbody>
				{list.map(node => (
					<Row key={node.node} node={node} />
				))}
			</tbody>
		</table>
	);
}

function Row({node}: {node: NodeSummary}) {
	const values = sparks.value.get(node.node);
	const last = values?.findLast(value => value !== null);
	return (
		<tr>
			<th scope="row">
				<a href={`#/node/${node.node}`}>{node.node}</a>
			</th>
			<td class="cell-state">
				<State state={node.state} />
			</td>
			<td class="cell-busy">
				{values !== undefined && last !== undefined && last !== null && (
					<span class="busy">
						<Sparkline values={values} />
						<span class="busy-value">{strings.busyNow(formatShare(last))}</span>
					</span>
				)}
			</td>
			<td class="number cell-age">{formatAge(nowMs.value + clockOffsetMs.value - node.lastSeenMs)}</td>
			<td class="quiet cell-software">{node.software ?? ''}</td>
			<td class="quiet cell-notes">{notes(node)}</td>
		</tr>
	);
}

function notes({counts, clock}: NodeSummary): string {
	return [
		...(counts.gaps > 0 ? [strings.noteGaps(formatCount(counts.gaps))] : []),
		...(counts.decodeErrors > 0 ? [strings.noteErrors(formatCount(counts.decodeErrors))] : []),
		...(clock.unset ? [strings.noteClock] : []),
	].join(', ');
}
