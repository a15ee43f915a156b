// SPDX-License-Identifier: Apache-2.0
import {encodeUtf8} from '../../../src/core/text.ts';
import type {PeerMessage} from '../../../src/model/peer.ts';

// The largest message that is usual: the record of a router of three radios, with ten links and 24 channels.

export const message: PeerMessage = {
	origin: 0x9e3779b1,
	epoch: 31_536_000,
	seq: 4711,
	hopsLeft: 3,
	via: undefined,
	body: {
		kind: 'record',
		record: {
			radios: [2437, 5180, 5500].map(mhz => ({live: {mhz, widthMhz: 20}, pinned: mhz < 3000})),
			links: Array.from({length: 10}, (_, i) => ({
				peer: (0x85ebca6b * (i + 1)) >>> 0,
				weight: 16 + i,
				planMhz: 5180 + 20 * i,
				stamp: 100 + i,
			})),
			channels: Array.from({length: 24}, (_, i) => ({
				mhz: 5180 + 20 * i,
				widthMhz: 20,
				busy: (i * 37) % 256,
				blocked: false,
				radar: i > 4,
			})),
			pressure: 12,
			deploying: false,
			participation: 'active',
			backupMhz: 5180,
		},
	},
};

export const key = encodeUtf8('a key of sixteen');
