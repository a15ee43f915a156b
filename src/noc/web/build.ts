// SPDX-License-Identifier: Apache-2.0
/** What the server hands out: path → file. */
export type WebFiles = ReadonlyMap<string, WebFile>;

export interface WebFile {
	readonly bytes: Uint8Array;
	readonly type: string;
	/** Its name carries the hash of its content. */
	readonly immutable: boolean;
}
