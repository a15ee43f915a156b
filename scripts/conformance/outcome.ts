// SPDX-License-Identifier: Apache-2.0

/** How one recorded case went. */
export interface Outcome {
	readonly name: string;
	/** What was played: '4 commands', '38 frames'. */
	readonly played: string;
	/** The first difference from the recording. Absent: undefined where there is none. */
	readonly failure: string | undefined;
}

/** A text for people, short enough for a line. */
export function shorten(text: string): string {
	const quoted = JSON.stringify(text);
	return quoted.length > 300 ? `${quoted.slice(0, 300)}…` : quoted;
}
