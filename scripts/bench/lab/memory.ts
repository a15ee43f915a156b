// SPDX-License-Identifier: Apache-2.0
// A process of its own, started by lab.ts with --expose-gc: prints the bytes that a mesh of so many nodes holds.
//   memory.ts packet|fast NODES
import {createDcfMedium} from '../../../src/lab/medium/dcf/engine.ts';
import {createGraphMedium} from '../../../src/lab/medium/graph/graph-medium.ts';
import {World} from '../../../src/lab/world/world.ts';
import {mesh} from './mesh.ts';

const [engine, nodes] = process.argv.slice(2);
const create = engine === 'packet' ? createDcfMedium : createGraphMedium;

function used(): number {
	for (let i = 0; i < 3; i++) global.gc?.();
	const {heapUsed, arrayBuffers} = process.memoryUsage();
	return heapUsed + arrayBuffers;
}

// What the modules keep for all meshes is there before.
new World(mesh(20, 20), {seed: 1, create}).advance(2);
const before = used();
const world = new World(mesh(Number(nodes), 20), {seed: 1, create});
world.advance(2);
const after = used();
console.log(JSON.stringify({bytes: after - before, nodes: world.nodes.length, seconds: world.nowS}));
