// SPDX-License-Identifier: Apache-2.0
import type {NodeSummary} from './api.ts';
import {strings} from './format.ts';

/** A state is a shape and a word; its colour only repeats them. */
export function State({state}: {state: NodeSummary['state']}) {
	return (
		<span class={`state state-${state}`}>
			<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
				{shapes[state]}
			</svg>
			{strings.state[state]}
		</span>
	);
}

const shapes = {
	online: (
		<>
			<circle cx="8" cy="8" r="7" class="fill" />
			<path d="M4.8 8.2 7.1 10.5 11.3 5.9" class="mark" />
		</>
	),
	late: (
		<>
			<path d="M8 1.6 15 14.2H1z" class="fill" />
			<path d="M8 6.2v3.6M8 11.6v.5" class="mark" />
		</>
	),
	offline: (
		<>
			<rect x="1.5" y="1.5" width="13" height="13" rx="2" class="fill" />
			<path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" class="mark" />
		</>
	),
	silent: <circle cx="8" cy="8" r="6" class="ring" />,
};

/** The mark of the project: three nodes and their links. */
export function Logo() {
	return (
		<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
			<path d="M16 7 6.5 24h19z" />
			<circle cx="16" cy="7" r="4.2" />
			<circle cx="6.5" cy="24" r="4.2" />
			<circle cx="25.5" cy="24" r="4.2" />
		</svg>
	);
}
