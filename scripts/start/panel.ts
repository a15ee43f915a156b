// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import type {Companion} from '../../src/noc/options.ts';
import type {LabMesh} from './lab-mesh.ts';

// What stands under the collector's page while its mesh is simulated: a map of the simulated world, and buttons that change
// that world. They are of this script; a collector that runs by itself has none of it, and no way to command a radio.

const PREFIX = '/lab/';
const page = (file: string): string => fileURLToPath(new URL(`./panel/${file}`, import.meta.url));

/** The panel of a mesh. Shape: `GET state`, `POST situation {"name"}`, and the page's own script and style sheet. */
export async function panelOf(mesh: () => LabMesh | undefined): Promise<Companion> {
	const esbuild = await import('esbuild');
	const {code} = await esbuild.transform(await readFile(page('panel.ts'), 'utf8'), {
		loader: 'ts',
		target: 'es2022',
		minify: true,
	});
	const style = await readFile(page('panel.css'), 'utf8');
	return {
		prefix: PREFIX,
		head: `<link rel="stylesheet" href="${PREFIX}panel.css"><script type="module" src="${PREFIX}panel.js"></script>`,
		async answer(request) {
			const {pathname} = new URL(request.url);
			const path = pathname.slice(PREFIX.length);
			if (request.method === 'GET' && path === 'panel.js') return text(code, 'text/javascript; charset=utf-8');
			if (request.method === 'GET' && path === 'panel.css') return text(style, 'text/css; charset=utf-8');
			const now = mesh();
			if (request.method === 'GET' && path === 'state') return json(200, stateOf(now));
			if (request.method === 'POST' && path === 'situation') return change(now, request);
			return refusal(404, 'not-found', `there is nothing at ${pathname}`);
		},
	};
}

function stateOf(mesh: LabMesh | undefined) {
	if (mesh === undefined) return {ready: false};
	const {scenario} = mesh.world;
	return {
		ready: true,
		scenario: scenario.name,
		about: scenario.about,
		situation: mesh.situation,
		situations: mesh.situations.map(({name, about}) => ({name, about})),
		map: mesh.portrait,
	};
}

async function change(mesh: LabMesh | undefined, request: Request): Promise<Response> {
	// A page from elsewhere cannot send this type without asking first, and nobody answers that question.
	if (request.headers.get('content-type') !== 'application/json')
		return refusal(415, 'type', 'the body must be application/json');
	const body: unknown = await request.json().catch(() => undefined);
	const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
	if (mesh === undefined) return refusal(503, 'busy', 'the mesh is not there yet');
	if (!mesh.situations.some(one => one.name === name)) {
		const names = mesh.situations.map(one => one.name).join(', ');
		return refusal(400, 'name', `name must be one of ${names}`);
	}
	mesh.bringAbout(String(name));
	return json(200, stateOf(mesh));
}

function text(body: string, type: string): Response {
	return new Response(body, {headers: {'Content-Type': type, 'Cache-Control': 'no-cache'}});
}

function json(status: number, value: unknown): Response {
	return new Response(JSON.stringify(value), {
		status,
		headers: {'Content-Type': 'application/json', 'Cache-Control': 'no-store'},
	});
}

function refusal(status: number, code: string, message: string): Response {
	return json(status, {error: {code, message}});
}
