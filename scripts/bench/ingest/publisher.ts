// SPDX-License-Identifier: Apache-2.0
// A process of its own that publishes: publisher.ts PORT CONNECTIONS FRAMES WINDOW. Prints one line of JSON.
import {SyntheticNode} from '../../../test/helper/synthetic-node.ts';
import {Load, type NodeLoad} from './load.ts';

const [port = 0, connections = 0, frames = 0, window = 0] = process.argv.slice(2).map(Number);
// One router's frames under every name: each is decoded with its own state all the same. At a sample in 5 s its deltas make about 200 bytes.
const router = new SyntheticNode({node: 'n', seed: 1, startMs: Date.now() - frames * 5000, intervalMs: 5000});
const made = Array.from({length: frames}, () => router.next());
const loads: NodeLoad[] = Array.from({length: connections}, (_, i) => ({
	node: `n${i}`,
	hello: Buffer.from(Buffer.from(router.hello).toString().replace('"node":"n"', `"node":"n${i}"`)),
	frames: made,
}));
const load = await Load.open(port, loads, window);
const result = await load.run();
load.close();
const frameBytes = made.reduce((sum, frame) => sum + frame.length, 0) / made.length;
console.log(JSON.stringify({...result, frameBytes}));
