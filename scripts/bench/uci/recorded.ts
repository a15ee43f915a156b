// SPDX-License-Identifier: Apache-2.0
import {decodeUtf8, encodeUtf8} from '../../../src/core/text.ts';
import type {Files} from '../../../src/port/port.ts';

/** The recorded network and wireless files of a real OpenWrt. */
export function recordedFiles(files: Files): Uint8Array[] {
	return ['network', 'wireless'].map(name => {
		const bytes = files.read(`test/fixture/uci/90-real-openwrt-${name}.json`);
		if (bytes === undefined) throw new Error('to be run in the project');
		const {files_before: before} = JSON.parse(decodeUtf8(bytes)) as {files_before: Record<string, string>};
		return encodeUtf8(before[`config/${name}`] ?? '');
	});
}
